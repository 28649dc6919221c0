"""Writing an instrument in a format: one table of formats, whole files, and a word on what is lost."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from emolabor.common.errors import EmolaborError
from emolabor.common.files import refuse_overwriting, write_bytes
from emolabor.common.languages import chosen_language
from emolabor.instrument.form import make_form
from emolabor.instrument.losses import LANGUAGE, cut_labels, mapping, not_carried
from emolabor.scales.scale import PLACEHOLDER
from emolabor.scales.traditional import written_in

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument

# Format: the module and the function that write it, and what of a questionnaire it does not carry (see losses.py).
_WJX = {"languages", "random order", "skipping", "patterns", "keys", "codes"}
_FORMATS = {
    "xlsform": ("xlsform", "xlsform", {"random order", "quotation marks"}),
    "wjx": ("wjx", "wjx", _WJX | {"web only", "blank lines"}),
    "wjx-jsonl": ("wjx", "wjx_jsonl", _WJX),
    "limesurvey": ("limesurvey", "limesurvey", {"underscores", "codes"}),
    "qualtrics": (
        "qualtrics",
        "qualtrics",
        {"languages", "random order", "agreement", "patterns", "row numbers", "codes"},
    ),
    "surveyjs": ("surveyjs", "surveyjs", {"nesting"}),
    "html": ("page", "page", {"files"}),
    "docx": ("paper", "paper", {"languages", "random order", "pages", "recording", "long titles"}),
    "sav-codebook": ("description", "sav_codebook", {"form", "languages", "patterns", "long labels"}),
    "table-schema": ("description", "table_schema", {"form", "languages"}),
    "ddi": ("ddi", "ddi", {"random order", "agreement", "patterns", "agency"}),
}
FORMATS = tuple(_FORMATS)


@dataclass(frozen=True)
class Export:
    """A questionnaire that was written.

    Attributes
    ----------
    path : Path
        The file.
    format, language : str
        As asked for.
    not_carried : tuple of str
        What the format could not carry, a sentence each.
    mapping : dict
        What `read_responses` has to know to read the answers back: ``columns`` (key to heading) and
        ``values`` (key to a table from what the file holds to codes), each only where names or codes had to change.
    """

    path: Path
    format: str
    language: str
    not_carried: tuple[str, ...]
    mapping: dict


def write_instrument(instrument: Instrument, path: str | Path, *, format: str, language: str | None = None) -> Export:
    """Write the questionnaire in a fieldwork format, or the description of its data.

    Parameters
    ----------
    instrument : Instrument
        As `load_instrument` gives it.
    path : str or Path
        Where the file goes; missing folders are made, a file of that name is replaced.
    format : str
        "xlsform" (ODK, KoboToolbox), "wjx" and "wjx-jsonl" (问卷星), "limesurvey", "qualtrics", "surveyjs", "html"
        (a page that opens from disk), "docx" (paper); of the data: "sav-codebook", "table-schema", "ddi".
    language : str, optional
        That of the respondents; by default the first the instrument is written in. Formats that hold several languages
        open in this one. "zh-Hant" is converted from zh where the instrument is not written in it (`in_traditional`).

    Returns
    -------
    Export
        The path, and in plain sentences what the format could not carry.

    Raises
    ------
    EmolaborError
        Another format or language, texts that are withheld, or something the format cannot take.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     export = el.load_instrument("window_staff").write(f"{folder}/survey.xlsx", format="xlsform")
    >>> export.not_carried[0]
    'random order: the items of emotional_labor are asked in the written order'
    """
    if format not in _FORMATS:
        raise EmolaborError(f"format: found {format!r}; allowed: {', '.join(FORMATS)}")
    marked = instrument.converted
    instrument = written_in(instrument, language)
    language = chosen_language(language or instrument.languages[0], instrument.languages)
    _refuse_unwritten(instrument)
    module, function, lost = _FORMATS[format]
    content = getattr(import_module(f"emolabor.instrument.writers.{module}"), function)(instrument, language)
    if Path(path).is_dir():
        raise EmolaborError(f"path: found the folder {str(path)!r}; allowed: the name of a file")
    refuse_overwriting(path, *instrument.files.values())
    form = make_form(instrument)
    written = write_bytes(path, content)
    told = tuple(
        f"{LANGUAGE[one]}: converted by a program and not yet read by a person; read it before anybody is asked"
        + (f", then take {one} out of `converted`" if one in marked else "")
        for one in instrument.converted
        if one == language or "languages" not in lost
    )
    told += not_carried(form, lost, language)
    told += cut_labels(instrument, language) if "long labels" in lost else ()
    return Export(written, format, language, told, mapping(form, lost))


def _refuse_unwritten(instrument):
    problems = []
    for scale in instrument.scales:
        if not scale.unwritten:
            continue
        found = f"{scale.key}: found no wording of {', '.join(scale.unwritten)}"
        if scale.rights["text"] == "withheld":
            problems.append(
                f"{found}, withheld because the rights are with {scale.rights['holder']} ({scale.rights['licence']}); "
                "allowed: a scale with texts. Get them from the holder, write them into a file that stays with you, "
                "and name it in the instrument under `texts:`, as in `texts: {" + scale.key + ": my_texts.yaml}`"
            )
        else:
            problems.append(f"{found}; allowed: texts in place of {PLACEHOLDER}, in the scale's file")
    if problems:
        raise EmolaborError("\n".join(problems))
