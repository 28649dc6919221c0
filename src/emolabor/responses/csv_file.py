"""Text files with fields parted by commas, semicolons or tabs."""

import codecs
import csv
from itertools import islice

from emolabor.errors import EmolaborError
from emolabor.responses.table import TableBuilder

_ROWS_AT_ONCE = 20_000
_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path):
    """Read a text file, saved as UTF-8, GB18030 or UTF-16, piece by piece.

    Parameters
    ----------
    path : Path
        The file; its first row holds the headings.

    Returns
    -------
    Table
        Every cell a text.

    Raises
    ------
    EmolaborError
        Another encoding, an open quote, or a row of another length than the header.
    """
    with open(path, encoding=_encoding(path), newline="") as file:
        first = file.readline()
        file.seek(0)
        lines = csv.reader(file, delimiter=max(",;\t", key=first.count), strict=True)
        try:
            return _read(path, lines)
        except csv.Error as error:
            raise EmolaborError(
                f"{path}, line {lines.line_num}: found {error}; allowed: fields parted by commas, quotes closed; "
                "was the file cut off?"
            ) from None


def _read(path, lines):
    header = next(lines, None)
    if header is None:  # half a byte order mark, say
        raise EmolaborError(f"{path}: found no text; allowed: a row of column names and rows of answers")
    builder = TableBuilder(path, header)
    width, number = len(builder.header), 1
    while piece := list(islice(lines, _ROWS_AT_ONCE)):
        numbers = range(number + 1, number + len(piece) + 1)
        number += len(piece)
        kept = [(row, cells) for row, cells in zip(numbers, piece, strict=True) if cells]
        for row, cells in kept:
            if len(cells) != width:
                if not any(cell.strip() for cell in cells):
                    cells[:] = [""] * width
                    continue
                raise EmolaborError(
                    f"{path}, row {row}: found {len(cells)} fields; allowed: {width}, as the header; "
                    "was the file cut off, or is a quote missing?"
                )
        builder.add([row for row, _ in kept], [cells for _, cells in kept])
    return builder.table()


def _encoding(path):
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
        f"{path}, line {_undecodable_line(path)}: found bytes that are neither UTF-8 nor GB18030; allowed: CSV saved "
        "as UTF-8 (in Excel and WPS: CSV UTF-8); was the file cut off?"
    )


def _undecodable_line(path):
    """Return the first line that is no UTF-8."""
    with open(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return number
