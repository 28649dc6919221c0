"""Text files with fields parted by commas, semicolons or tabs."""

import codecs
import csv
from dataclasses import replace
from itertools import count, islice

from emolabor.errors import EmolaborError
from emolabor.responses.personal import shown_heading
from emolabor.responses.personal_contents import redacted
from emolabor.responses.table import TableBuilder

_ROWS_AT_ONCE = 1_000
_LONGEST_LINE = 1_000_000
_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path, shown=None):
    """Read a text file, saved as UTF-8, GB18030 or UTF-16, piece by piece.

    Parameters
    ----------
    path : Path
        The file; its first row holds the headings.
    shown : str, optional
        What messages call it instead of its path.

    Returns
    -------
    Table
        Every cell a text.

    Raises
    ------
    EmolaborError
        Another encoding, an open quote, or a row of another length than the header.
    """
    shown = shown or path
    with open(path, encoding=_encoding(path, shown), newline="") as file:
        first = next(_lines(shown, file), "")
        file.seek(0)
        lines = csv.reader(_lines(shown, file), delimiter=max(",;\t", key=first.count), strict=True)
        try:
            return _read(shown, lines)
        except csv.Error as error:
            raise EmolaborError(
                f"{shown}, line {lines.line_num}: found {error}; allowed: fields parted by commas, quotes closed; "
                "was the file cut off?"
            ) from None


def read_csv_folder(path):
    """Read a folder of .csv files with the same headings, as the web page saves them, one below the other.

    Parameters
    ----------
    path : Path
        The folder. Hidden files are passed over; folders in it and files of another kind are counted as not read.

    Returns
    -------
    Table
        Every cell a text. The files stand in the order of their names, and rows are counted through.

    Raises
    ------
    EmolaborError
        No .csv file in it, one that cannot be read, or one with other headings than the first.
    """
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith((".", "~$")))
    files = [entry for entry in entries if entry.suffix.lower() == ".csv" and entry.is_file()]
    if not files:
        raise EmolaborError(f"{path}: found a folder without .csv files; allowed: a folder of them, or a file")
    builder, number = None, 1
    for file in files:
        shown = path / redacted(file.name)
        table = read_csv(file, shown)
        header = [column.name for column in table.columns]
        builder = builder or TableBuilder(path, header)
        if header != builder.header:
            names = dict.fromkeys((*header, *builder.header))
            other = [
                shown_heading(name, header.index(name) if name in header else builder.header.index(name))
                for name in names
                if (name in header) != (name in builder.header)
            ]
            found = f"other headings than in {redacted(files[0].name)}: {', '.join(other) or 'another order'}"
            raise EmolaborError(f"{shown}: found {found}; allowed: files that one questionnaire saved")
        cells = [[*column.cells, None] for column in table.columns]  # EMPTY, -1, reads the last one
        rows = [
            tuple(kept[code] for kept, code in zip(cells, codes, strict=True))
            for codes in zip(*(column.codes for column in table.columns), strict=True)
        ]
        builder.add(range(number + 1, number + 1 + len(rows)), rows)
        number += len(rows)
    return replace(builder.table(), files=len(files), unread=len(entries) - len(files))


def _read(path, lines):
    header = next(lines, None)
    if header is None:  # half a byte order mark, say
        raise EmolaborError(f"{path}: found no text; allowed: a row of column names and rows of answers")
    builder = TableBuilder(path, header)
    rows = _rows(path, lines, len(header))
    while piece := list(islice(rows, _ROWS_AT_ONCE)):
        builder.add(*zip(*piece, strict=True))
    return builder.table()


def _rows(path, lines, width):
    """Number the rows that are not blank; one of another length than the header ends the reading."""
    for number, cells in enumerate(lines, start=2):
        if len(cells) == width:
            yield number, cells
        elif any(cell.strip() for cell in cells):
            raise EmolaborError(
                f"{path}, row {number}: found {len(cells)} fields; allowed: {width}, as the header; "
                "was the file cut off, or is a quote missing?"
            )


def _lines(path, file):
    """Give the lines, none longer than a row of a survey, so that a file without line ends never fills the memory."""
    for number in count(1):
        line = file.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE:
            raise EmolaborError(
                f"{path}, line {number}: found more than {_LONGEST_LINE:,} characters; allowed: a line a respondent; "
                "is it a CSV file?"
            )
        if not line:
            return
        yield line


def _encoding(path, shown):
    """Return the first encoding in which the whole file can be read."""
    with open(path, "rb") as file:
        if file.read(2) in _UTF_16:
            candidates = ("utf-16",)
        else:
            candidates = _ENCODINGS
    for encoding in candidates:
        try:
            with open(path, encoding=encoding, newline="") as file:
                while file.read(1 << 20):
                    pass
            return encoding
        except UnicodeError:
            continue
    raise EmolaborError(
        f"{shown}, line {_undecodable_line(path)}: found bytes that are neither UTF-8 nor GB18030; allowed: CSV saved "
        "as UTF-8 (in Excel and WPS: CSV UTF-8); was the file cut off?"
    )


def _undecodable_line(path):
    """Return the first line that is no UTF-8."""
    decoder, number = codecs.getincrementaldecoder("utf-8")(), 1
    with open(path, "rb") as file:
        try:
            while piece := file.read(1 << 20):
                number += decoder.decode(piece).count("\n")
        except UnicodeDecodeError as error:
            number += error.object[: error.start].count(b"\n")
    return number
