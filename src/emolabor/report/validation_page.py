"""A validation report as a page: Markdown, HTML or Word, in Chinese or English."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from emolabor.common.languages import chosen_language
from emolabor.drawing.formats import show
from emolabor.measurement.answers import as_instrument
from emolabor.report.markup import plain
from emolabor.report.page import check_file, write_page
from emolabor.report.tables import pipe_table
from emolabor.responses.findings import sentences
from emolabor.scales.scale import nearest_language

if TYPE_CHECKING:
    from emolabor.measurement.validation import ValidationReport

ENDINGS = (".md", ".html", ".docx")


def write_validation(report: ValidationReport, path: str | Path, language: str | None = None) -> Path:
    """Write a validation report; the ending of the file decides on its form.

    Parameters
    ----------
    report : ValidationReport
        As `validation_report` gives it.
    path : str or Path
        Ends with .md, .html or .docx.
    language : {"zh", "en"}, optional
        Of the page; by default that of `EMOLABOR_LANGUAGE` or the system.

    Returns
    -------
    Path
        The file written; one of that name is replaced.

    Raises
    ------
    EmolaborError
        Another ending or language.

    Examples
    --------
    >>> import emolabor as el
    >>> import tempfile
    >>> from pathlib import Path
    >>> report = el.validation_report(el.simulate_staff(n=300, seed=1), el.load_scale("emotional_exhaustion"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     el.write_validation(report, Path(folder) / "report.md", "en").read_text(encoding="utf-8").splitlines()[0]
    '# Validation report: Emotional exhaustion'
    """
    language = chosen_language(language)
    path = check_page(path, language)
    return write_page(path, validation_markdown(report, language), language)


def check_page(path, language):
    """Refuse a file or language that no validation report can be written to; return the path."""
    return check_file(path, language, ENDINGS)


def validation_markdown(report, language):
    """Write a validation report in pandoc's Markdown.

    Parameters
    ----------
    report : ValidationReport
    language : {"zh", "en"}

    Returns
    -------
    str
    """
    words = {key: entry[language] for key, entry in _described()["words"].items()}
    title = words["title"].format(scale=plain(report.scale.names[_quoted(report, language)]))
    parts = [f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---"]
    if report.simulated:
        parts.append(f"**{words['simulated']}**")
    parts.append(words["numbers"].format(n_read=report.n_read, n=report.n, key=plain(report.scale.key)))
    parts += [f"## {words['findings']}", f"**{report.verdict(language)}**"]
    told = zip(report.findings, report.sentences(language), strict=True)
    lines = [f"- **{words[finding.level]}** {plain(text)}" for finding, text in told]
    parts.append("\n".join(lines) or words["none"])
    if report.reading is not None and len(report.reading):
        parts += [
            f"## {words['reading']}",
            "\n".join(f"- {plain(line)}" for line in sentences(report.reading, language)),
        ]
    shown = [name for name in _described()["tables"] if len(report.tables.get(name, ()))]
    for number, name in enumerate(shown, 1):
        described = _described()["tables"][name]
        caption = f"{words['table'].format(number=number)} {described['caption'][language]}"
        note = described["note"][language] + _sample(report, described["sample"], words, language)
        table = _cells(report, name, described, language)
        parts += [f"## {described['title'][language]}", pipe_table(table, caption, note, language)]
    return "\n\n".join(parts) + "\n"


def _sample(report, whose, words, language):
    """The end of every note: how many respondents, and where the answers come from."""
    gap = "" if language == "zh" else " "
    n = {"read": report.n_read, "complete": report.tables["fit"]["n"].iloc[0]}.get(whose, report.n)
    return gap + words[f"sample_{whose}"].format(n=n) + (gap + words["simulated"] if report.simulated else "")


def _cells(report, name, described, language):
    """One table of the report as text, in the language's words."""
    frame = report.tables[name]
    if name == "screening":
        frame = frame.set_index("index")
    if name == "ladder":
        # The reasons of a step that fails stand in the columns before.
        frame = frame.assign(decision=frame["decision"].str.extract(r"^(\w+)", expand=False))
    if name == "keys":
        texts = as_instrument(report.scale).items(_quoted(report, language)).set_index("key")["text"]
        frame = frame.assign(text=texts.fillna("–"))
    heads, cells = [], []
    if "label" in described:
        heads.append(described["label"][language])
        cells.append([_label(report, entry, language) for entry in frame.index])
    for column in described["columns"]:
        for names, head in _expanded(column, frame, language):
            heads.append(head)
            rows = frame[names].itertuples(index=False)
            cells.append([_cell(report, row, column, language) for row in rows])
    return pd.DataFrame(dict(enumerate(cells))).set_axis(heads, axis=1)


def _quoted(report, language):
    return nearest_language(language, report.scale.languages)


def _expanded(column, frame, language):
    """Columns of the frame that a described column stands for, each with its heading."""
    named = column["column"]
    if isinstance(named, list):
        return [(named, column[language])]
    if named.endswith("*"):
        return [([name], plain(name)) for name in frame if name.startswith(named[:-1])]
    return [([named], column[language])]


def _cell(report, values, column, language):
    format_ = column.get("format", "")
    if len(values) == 2:
        return "[" + ", ".join(show(value, format_, language) for value in values) + "]"
    value = values[0]
    if isinstance(value, str):
        return plain(value) if column.get("free") else _label(report, value, language)
    if format_.endswith("%"):
        return f"{value:{format_}}"
    return show(value, format_, language).removeprefix("= ")


def _label(report, entry, language):
    """The words for a code, a dimension or an item; what has none stays as it is."""
    codes = _described()["codes"]
    if entry in codes:
        return codes[entry][language]
    named = as_instrument(report.scale).names(_quoted(report, language))
    return plain(named.get(entry, entry))


@cache
def _described():
    return yaml.safe_load((resources.files("emolabor.report") / "validation_page.yaml").read_text(encoding="utf-8"))
