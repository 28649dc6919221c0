"""From Markdown to one file: Markdown for readers, HTML that opens from disk, Word, LaTeX, typst."""

from __future__ import annotations

import json
import re
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from emolabor.common.checks import check_language
from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.common.files import write_bytes
from emolabor.common.languages import chosen_language
from emolabor.report.markup import emphasised, plain
from emolabor.report.pandoc import WRITING, pandoc, same_document, standalone_html
from emolabor.report.tables import pipe_table
from emolabor.report.word import reference_document

if TYPE_CHECKING:
    import pandas as pd

# The caption above with no number but its own, three lines: what typst does not do by itself.
TYPST_TABLE = """\
```{=typst}
#set figure(numbering: none, supplement: none)
#show figure.where(kind: table): set figure.caption(position: top)
#set table(stroke: none)
#show table: it => block(stroke: (top: 0.9pt, bottom: 0.9pt), it)
#set table.hline(stroke: 0.5pt)
```
"""
# pandoc's writer for readers' Markdown drops the sign behind a backslash, and lets what looks like an entity or an
# address become one: these signs stand for themselves until it has written.
MARKED = re.compile(r"\\(?:\\|&|:(?=\\/\\/)|[^:])")
KEPT = {r"\\": ("\ufdd0", r"\\"), r"\&": ("\ufdd1", "&amp;"), r"\:": ("\ufdd2", "&#58;")}
TABLE_ENDINGS = (".md", ".html", ".tex", ".typ", ".docx")


def check_file(path, language, endings):
    """Refuse a file or language that nothing can be written to, and a form that nothing here can write.

    Parameters
    ----------
    path : str or Path
    language : str
    endings : tuple of str
        Allowed endings.

    Returns
    -------
    Path
    """
    path = Path(path)
    if path.suffix not in endings:
        raise EmolaborError(f"path: found {path.name!r}; allowed: a file that ends with {', '.join(endings)}")
    check_language(language, ("zh", "en"))
    require(*(("pypandoc", "docx") if path.suffix == ".docx" else ("pypandoc",)), extra="pages")
    return path


def write_page(path, text, language):
    """Write a text; the ending of the file decides on its form.

    Parameters
    ----------
    path : Path
        Ends with .md, .html, .docx, .tex or .typ; the last two get a part of a document, without a head.
    text : str
        Markdown as pandoc reads it.
    language : {"zh", "en"}

    Returns
    -------
    Path
    """
    source = ["--from=markdown-raw_html+east_asian_line_breaks", f"--metadata=lang:{WRITING[language]}"]
    if path.suffix == ".md":
        marked = MARKED.sub(lambda sign: KEPT.get(sign[0], sign)[0], _for_readers(text))
        read = pandoc([*source[:1], "--to=gfm-raw_html", "--wrap=none"], marked.encode("utf-8")).decode("utf-8")
        for mark, written in KEPT.values():
            read = read.replace(mark, written)
        return write_bytes(path, read.encode("utf-8"))
    if path.suffix in (".tex", ".typ"):
        form = {".tex": "latex", ".typ": "typst"}[path.suffix]
        part = pandoc([*source, f"--to={form}", "--wrap=none"], text.encode("utf-8"))
        return write_bytes(path, part.replace(rb"\caption{", rb"\caption*{"))  # captions bring their own number
    with tempfile.TemporaryDirectory() as scratch:
        if path.suffix == ".html":
            style = (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
            options = standalone_html(style, Path(scratch))
            page = pandoc([*source, *options], text.encode("utf-8")).decode("utf-8")
            return write_bytes(path, _with_headings(page).encode("utf-8"))
        reference = Path(scratch) / "reference.docx"
        reference.write_bytes(reference_document(pandoc(["--print-default-data-file", "reference.docx"])))
        options = ["--standalone", "--to=docx", f"--reference-doc={reference}", "--output=-"]
        return write_bytes(path, same_document(pandoc([*source, *options], text.encode("utf-8"))))


def write_table(frame: pd.DataFrame, path: str | Path, caption: str, note: str, language: str | None = None) -> Path:
    """Write one table in three lines, as journals print it: caption above, note below.

    Every text is printed as it is; in headings, caption and note, ``*N*`` is set in italics and ``**N**`` bold.

    Parameters
    ----------
    frame : DataFrame of str
        What is printed: the columns are the headings, the first column names the rows.
    path : str or Path
        Ends with .md, .html, .tex (longtable and booktabs), .typ or .docx.
    caption : str
        With its number, for example ``Table 1. Reliability``.
    note : str
        Number of answers, estimator and source of the data; say there if they are simulated.
    language : {"en", "zh"}, optional
        Of the table, which decides on its type and dashes; by default that of `EMOLABOR_LANGUAGE` or the system.

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
    >>> import tempfile, pandas as pd, emolabor as el
    >>> table = pd.DataFrame({"Scale": ["Belonging"], "α": [".81"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = el.write_table(table, f"{folder}/table.md", "Table 1. Reliability", "N = 9, simulated.", "en")
    ...     print(path.read_text(encoding="utf-8"))
    **Table 1. Reliability**
    <BLANKLINE>
    | Scale     |  α  |
    |:----------|:---:|
    | Belonging | .81 |
    <BLANKLINE>
    *Note.* N = 9, simulated.
    <BLANKLINE>
    """
    language = chosen_language(language)
    file = check_file(path, language, TABLE_ENDINGS)
    caption, note = emphasised(caption), emphasised(note)
    frame = frame.map(plain).set_axis([emphasised(name) for name in frame.columns], axis=1)
    text = pipe_table(frame, caption, note, language)
    if file.suffix == ".html":
        # A page needs a title; the caption is it.
        text = f"---\npagetitle: {json.dumps(caption, ensure_ascii=False)}\n---\n\n{text}"
    if file.suffix == ".typ":
        text = f"{TYPST_TABLE}\n{text}"
    return write_page(file, text, language)


def _with_headings(page):
    """Say of the tables in HTML which cells head a column and which a row, and let a wide table move by itself."""
    page = re.sub(r"<th\b", '<th scope="col"', page)
    # A row is headed by its first cell where this holds words.
    page = re.sub(r"(<tr>\s*)<td([^>]*)>([^<]*[^\W\d_][^<]*)</td>", r'\1<th scope="row"\2>\3</th>', page)
    return page.replace("<table", '<div class="table"><table').replace("</table>", "</table></div>")


def _for_readers(text):
    """The Markdown without what only pandoc reads: captions and notes become paragraphs."""
    text = re.sub(r"^---\ntitle: (.*)\n---$", lambda title: f"# {json.loads(title[1])}", text, flags=re.MULTILINE)
    text = re.sub(r"^Table: (.*)$", r"**\1**", text, flags=re.MULTILINE)
    return re.sub(r"^::: .*$|^:::$|`[^`]*`\{=typst\}", "", text, flags=re.MULTILINE)
