"""Instruments read from the package or from a user's file."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from emolabor.common.documents import open_document
from emolabor.common.errors import EmolaborError
from emolabor.instrument.instrument import CONSENT, AttentionCheck, Instrument, Variable
from emolabor.instrument.patterns import pattern_problem
from emolabor.scales import load_scale
from emolabor.scales.loading import LIBRARY
from emolabor.scales.rules import check_converted

_FOLDER = Path(str(files("emolabor.instrument")))
_LAYOUT = ("new_page_before", "random_order")
_SHIPPED = {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def load_instrument(key_or_path: str | Path) -> Instrument:
    """Load an instrument of the package or from a file.

    Parameters
    ----------
    key_or_path : str or Path
        "window_staff", or the path of a YAML file. Scales are named in it by their key, or by the path of a scale file
        seen from the instrument's folder; ``texts`` maps a scale whose wording is withheld to the file in which you
        keep it (see `load_scale`).

    Returns
    -------
    Instrument
        The instrument with its scales, checked.

    Raises
    ------
    EmolaborError
        No such instrument, or a mistake in the file: file, line, key, what was found and what is allowed.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> len(instrument.scales), [check.expected for check in instrument.attention_checks]
    (23, [4, 2])
    """
    document = open_document(key_or_path, _SHIPPED, _FOLDER / "schema.json")
    scales = _load_scales(document)
    _check_languages(document, scales)
    check_converted(document, document.data["title"])
    _check_keys(document, scales)
    _check_layout(document, scales)
    _check_attention(document, scales)
    _check_background(document)
    document.refuse_problems()
    data = document.data
    named: dict[str, Any] = {key: tuple(data.get(key, ())) for key in _LAYOUT}
    return Instrument(
        **{key: data[key] for key in ("key", "title", "consent", "introduction")},
        scales=scales,
        **named,
        converted=tuple(
            dict.fromkeys([*data.get("converted", ()), *(one for scale in scales for one in scale.converted)])
        ),
        attention_checks=tuple(AttentionCheck(**check) for check in data["attention_checks"]),
        background=tuple(_variable(**variable) for variable in data["background"]),
        files=_files(document),
    )


def _files(document):
    """Map the names of the instrument's and its scales' files, as messages give them, to where they lie."""
    path = Path(document.file)
    paths = {path.stem if path in _SHIPPED.values() else document.file: path}
    for name in document.data["scales"]:
        path = _own_file(document, name)
        paths[str(path) if path else name] = path or LIBRARY[name]
    wordings = [Path(document.file).parent / name for name in document.data.get("texts", {}).values()]
    return paths | {str(wording): wording for wording in wordings}


def _own_file(document, name):
    """Return the path of a file that is named in the instrument's, seen from its folder; None for a library's key."""
    return Path(document.file).parent / name if Path(name).suffix in (".yaml", ".yml") else None


def _variable(key, kind, names, values=(), pattern=None, minimum=None, maximum=None):
    labels = {value["code"]: value["names"] for value in values}
    return Variable(key, kind, names, labels, pattern, minimum, maximum)


def _load_scales(document):
    """Load each scale; a name that ends like a file is one seen from the instrument's folder."""
    scales, texts = [], document.data.get("texts", {})
    for name in texts:
        if name not in document.data["scales"]:
            document.problem(("texts", name), "a scale that is not asked", ", ".join(document.data["scales"]))
    for position, name in enumerate(document.data["scales"]):
        wording = Path(document.file).parent / texts[name] if name in texts else None
        try:
            scales.append(load_scale(_own_file(document, name) or name, wording))
        except EmolaborError as error:
            document.problem(("scales", position), repr(name), f"a scale that loads ({error})")
            continue
        if scales[-1].response_format is None or not all(dimension.items for dimension in scales[-1].dimensions):
            document.problem(("scales", position), repr(name), "a scale whose items have been looked up")
    document.refuse_problems()
    return tuple(scales)


def _check_languages(document, scales):
    """Ask that everything is written in all languages of the title."""
    data = document.data
    translated = [((key,), data[key]) for key in ("consent", "introduction")]
    translated += [(("scales", position), scale.names) for position, scale in enumerate(scales)]
    translated += [
        (("attention_checks", position, "text"), check["text"])
        for position, check in enumerate(data["attention_checks"])
    ]
    for position, variable in enumerate(data["background"]):
        translated.append((("background", position, "names"), variable["names"]))
        for number, value in enumerate(variable.get("values", ())):
            translated.append((("background", position, "values", number, "names"), value["names"]))
    for where, translations in translated:
        document.check_translations(where, translations, data["title"])


def _check_keys(document, scales):
    """Ask for unique keys: items, checks and background are columns, dimensions latent variables, of one data set."""
    entries = []
    for position, scale in enumerate(scales):
        entries += [(("scales", position), entry.key) for entry in (*scale.dimensions, *scale.items)]
    for part in ("attention_checks", "background"):
        entries += [((part, position, "key"), entry["key"]) for position, entry in enumerate(document.data[part])]
    seen = {CONSENT: "every questionnaire, as the column of the consent"}
    for where, key in entries:
        name = key.casefold()  # SPSS tells no capital from a small letter
        if name in seen:
            document.problem(where, f"the key {key!r}, already used in {seen[name]}", "a new key")
        seen[name] = document.place(where)


def _check_layout(document, scales):
    """Ask that page breaks and random orders name scales of the instrument."""
    keys = [scale.key for scale in scales]
    for part in _LAYOUT:
        for position, key in enumerate(document.data.get(part, ())):
            if key not in keys:
                document.problem((part, position), repr(key), ", ".join(keys))


def _check_attention(document, scales):
    """Ask that a check follows a scale of the instrument and expects one of its codes."""
    codes = {scale.key: scale.response_format.codes for scale in scales}
    for position, check in enumerate(document.data["attention_checks"]):
        where = ("attention_checks", position)
        if check["after"] not in codes:
            document.problem((*where, "after"), repr(check["after"]), ", ".join(codes))
        elif check["expected"] not in codes[check["after"]]:
            allowed = f"1 to {codes[check['after']][-1]}, the codes of {check['after']}"
            document.problem((*where, "expected"), check["expected"], allowed)


def _check_background(document):
    for position, variable in enumerate(document.data["background"]):
        if problem := pattern_problem(variable.get("pattern", "")):
            found, allowed = problem.split("; allowed: ")
            document.problem(("background", position, "pattern"), f"{variable['pattern']!r}, {found}", allowed)
