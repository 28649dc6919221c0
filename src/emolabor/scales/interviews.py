"""Cognitive interviews: what was written on the guides becomes a step of each item's record."""

from collections.abc import Sequence
from pathlib import Path

from emolabor.common.documents import read_plain_text
from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_text
from emolabor.common.yaml_text import append_entry
from emolabor.scales.adapting import checked_source, entry_of, parsed_source, record_of
from emolabor.scales.forms import read_form
from emolabor.scales.loading import build_scale
from emolabor.scales.workbook_words import YES_NO, in_any_language


def record_interviews(
    path: str | Path, guides: list[str | Path], date: str, roles: Sequence[str] = ("interviewer",)
) -> dict[str, str]:
    """Record what respondents said of each item in cognitive interviews.

    Parameters
    ----------
    path : str or Path
        The file of the new version, begun with `adapt_scale`.
    guides : list of str or Path
        Guides that were filled in, one a respondent.
    date : str
        The day, YYYY-MM-DD.
    roles : sequence of str
        Who led the interviews: roles, no names.

    Returns
    -------
    dict of str to str
        Item to what was recorded of it: how many understood it as meant, and the remarks.

    Raises
    ------
    EmolaborError
        Mistakes in the guides, all at once with sheet and row; a file that is no guide; what `record_step` refuses. The
        scale's file is then as it was.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     try:
    ...         el.record_interviews(f"{folder}/absent.yaml", [f"{folder}/absent.xlsx"], "2026-11-09")
    ...     except el.EmolaborError as error:
    ...         print("absent" in str(error))
    True
    """
    source = read_plain_text(path)
    document = parsed_source(source, path)
    scale, record = build_scale(document), record_of(document, path)
    keys, filled, problems = [item.key for item in scale.items], [], []
    for guide in guides:
        try:
            form = read_form(guide, "interview", keys)
        except EmolaborError as error:
            problems.append(str(error))
            continue
        if form is None:
            problems.append(f"{guide}: found no guide; allowed: one that emolabor scales interview-guide wrote")
        filled.append(form)
    if problems:
        raise EmolaborError("\n".join(problems))
    told = {key: _summary([form[key] for form in filled]) for key in keys}
    told = {key: words for key, words in told.items() if words}
    for key, words in told.items():
        entry = entry_of(record[-1]["from"], key, "cognitive_interview", words, None, date, roles)
        source = append_entry(source, "adaptation", entry)
    write_text(path, checked_source(source, path))
    return told


def _summary(rows):
    """How many understood an item, and every remark; nothing where no guide says anything of it."""
    answers = [in_any_language(YES_NO, row["understood"]) for row in rows if row["understood"]]
    remarks = [" ".join(row["remarks"].split()) for row in rows if row["remarks"]]
    words = f"Understood as meant by {answers.count('yes')} of {len(answers)}." if answers else ""
    return f"{words} Remarks: {'; '.join(remarks)}".strip() if remarks else words
