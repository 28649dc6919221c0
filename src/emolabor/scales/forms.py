"""Forms that people fill in about a scale's items: experts' ratings and cognitive interviews, as XLSX or DOCX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_bytes
from emolabor.common.languages import chosen_language
from emolabor.common.office import document_bytes, read_tables, workbook_bytes
from emolabor.scales.traditional import written_in
from emolabor.scales.workbook_words import HEADINGS, YES_NO, in_any_language

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

_RATING = {"columns": ("item", "text", "rating", "remarks"), "letters": (12, 60, 24, 40), "cm": (2, 12, 4.5, 7)}
_INTERVIEW = {
    "columns": ("item", "text", "probes", "understood", "remarks"),
    "letters": (12, 45, 45, 20, 45),
    "cm": (2, 7, 6.5, 3, 7),
}
_TITLES = {
    "rating": {"zh": "专家评定表：{}", "en": "Experts' rating form: {}"},
    "interview": {"zh": "认知访谈提纲：{}", "en": "Cognitive-interview guide: {}"},
}
_SHEET = {"zh": "题目", "en": "Items"}
_LINES = {
    "rating": {
        "zh": "请按每道题与上述概念的相关程度评分：1 不相关，2 有些相关，3 比较相关，4 高度相关。每位专家填写一份。",
        "en": "Rate how relevant each item is to this construct: 1 not relevant, 2 somewhat relevant, 3 quite "
        "relevant, 4 highly relevant. One form an expert.",
    },
    "interview": {
        "zh": "请受访者边答边说出想法，再按提纲追问；不记录姓名。每位受访者填写一份。",
        "en": "Let the respondent think aloud while answering, then ask the probes; write down no names. One guide a "
        "respondent.",
    },
}
# One probe for each of the four stages of answering (Tourangeau, 1984; Willis, 2005, Cognitive Interviewing).
_PROBES = {
    "zh": "您觉得这道题在问什么？您想到了哪些事情？您是怎样决定选这个答案的？选项里有您要的答案吗？",
    "en": "What is this asking, in your own words? What did you think of? How did you come to your answer? Was your "
    "answer among those offered?",
}


def write_rating_form(scale: Scale | Instrument, path: str | Path, language: str | None = None) -> Path:
    """Write the form on which an expert rates how relevant each item is.

    Parameters
    ----------
    scale : Scale or Instrument
        What is rated; of an instrument all items, in the order asked.
    path : str or Path
        The .xlsx or .docx file to write.
    language : str, optional
        That of who fills it in; by default the first the scale is written in.

    Returns
    -------
    Path
        The file; `read_ratings` reads it when it is filled in.

    Raises
    ------
    EmolaborError
        Another language, texts that are not written or withheld, or another kind of file.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     el.write_rating_form(el.load_scale("belonging"), f"{folder}/form.docx", "en").name
    'form.docx'
    """
    return _write("rating", _RATING, scale, path, language)


def write_interview_guide(scale: Scale | Instrument, path: str | Path, language: str | None = None) -> Path:
    """Write the guide of a cognitive interview: items, probes, and room for what the respondent says.

    Parameters
    ----------
    scale : Scale or Instrument
        What is asked; of an instrument all items, in the order asked.
    path : str or Path
        The .xlsx or .docx file to write.
    language : str, optional
        That of who fills it in; by default the first the scale is written in.

    Returns
    -------
    Path
        The file; `record_interviews` reads it when it is filled in.

    Raises
    ------
    EmolaborError
        Another language, texts that are not written or withheld, or another kind of file.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     el.write_interview_guide(el.load_scale("belonging"), f"{folder}/guide.xlsx", "en").name
    'guide.xlsx'
    """
    return _write("interview", _INTERVIEW, scale, path, language)


def read_form(path, kind, keys):
    """Read a form that was filled in.

    Parameters
    ----------
    path : str or Path
        The .xlsx or .docx file.
    kind : {"rating", "interview"}
        Which form.
    keys : list of str or None
        Items of the scale; None where any will do.

    Returns
    -------
    dict of str to dict
        Item key to its cells by the meaning of their column; None where the file holds no such form.

    Raises
    ------
    EmolaborError
        An item is missing, unknown or there twice; an answer is none of those allowed: all at once, with sheet and row.
    """
    columns = set({"rating": _RATING, "interview": _INTERVIEW}[kind]["columns"])
    for title, rows in read_tables(path).items():
        for start, (_, headings) in enumerate(rows):
            names = [in_any_language(HEADINGS, heading) for heading in headings]
            if columns <= set(names):
                return _filled(path, title, names, rows[start + 1 :], kind, keys)
    return None


def _filled(path, title, names, rows, kind, keys):
    found, problems = {}, []
    for number, cells in rows:
        row, where = dict(zip(names, cells, strict=False)), f"{path}, {title}, row {number}"
        key = row["item"]
        if keys is not None and key not in keys:
            problems.append(f"{where}: found the item {key!r}; allowed: {', '.join(keys)}")
        elif key in found:
            problems.append(f"{where}: found {key} again; allowed: each item once")
        if kind == "rating" and row["rating"] not in ("", "1", "2", "3", "4"):
            problems.append(f"{where}, {key}: found {row['rating']!r}; allowed: 1, 2, 3 or 4, or nothing")
        if kind == "interview" and row["understood"] and in_any_language(YES_NO, row["understood"]) is None:
            problems.append(f"{where}, {key}: found {row['understood']!r}; allowed: yes, no, 是, 否, or nothing")
        found[key] = row
    left = [key for key in keys or () if key not in found]
    if left:
        problems.append(f"{path}, {title}: found no row for {', '.join(left)}; allowed: a row for each item")
    if problems:
        raise EmolaborError("\n".join(problems))
    return found


def _write(kind, layout, scale, path, language):
    scale = written_in(scale, language)
    language = chosen_language(language or scale.languages[0], scale.languages)
    written = "en" if language == "en" else "zh"
    scales = getattr(scale, "scales", (scale,))  # a whole questionnaire: every scale with its definition above
    missing = [key for one in scales for key in one.unwritten if key != "construct"]
    if missing:
        raise EmolaborError(
            f"scale: found no wording of {', '.join(missing)}; allowed: a scale whose texts are written"
        )
    rows = [[HEADINGS[column][written] for column in layout["columns"]]]
    for item in (item for one in scales for item in one.items):
        cells = {"item": item.key, "text": item.text[language], "probes": _PROBES[written]}
        rows.append([cells.get(column) for column in layout["columns"]])
    name = scale.names if hasattr(scale, "unwritten") else scale.title
    title, line = _TITLES[kind][written].format(name[language]), _LINES[kind][written]
    asked = [f"{one.names[language]}: {one.construct[language]}" for one in scales if len(scales) > 1]
    meant = asked or [scale.construct[language]]
    suffix = Path(path).suffix.lower()
    if suffix == ".docx":
        return write_bytes(path, document_bytes(title, [*meant, line], rows, layout["cm"]))
    if suffix == ".xlsx":
        about = [[title], *([text] for text in meant), [line]]
        sheets = {_SHEET[written]: rows, HEADINGS["about"][written]: about}
        return write_bytes(path, workbook_bytes(sheets, layout["letters"]))
    raise EmolaborError(f"path: found {str(path)!r}; allowed: a name that ends in .xlsx or .docx")
