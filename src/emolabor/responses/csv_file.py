"""Text files with fields parted by commas, semicolons, tabs or bars."""

import codecs
import csv
import gzip
import re
import unicodedata
import zlib
from dataclasses import replace
from itertools import chain, count, islice

from emolabor.common.errors import EmolaborError
from emolabor.responses.header import ENOUGH, ROWS, find_header
from emolabor.responses.table import TableBuilder
from emolabor.responses.words import say

_ROWS_AT_ONCE = 1_000
_LONGEST_LINE = 1_000_000
_MAX_BYTES = 4_000_000_000
_LIKE_GB18030 = ("big5hkscs", "cp949", "cp932", "cp1252")  # their bytes are letters of GB18030 too, only other ones
_WESTERN = "cp1252"
_TYPOGRAPHY = frozenset("‘’“”„‚–—…•·´«»‹›¿¡°ºª§€£©®™\xa0")
_NAMED = "cp1252, mac_roman, cp1250, cp1251, cp949, cp932"
_SAMPLE = 1 << 22
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = ",;\t|"
_ROWS_TO_TELL = 8  # so many first fields that all differ are no answers
_EXCEL = "sep="  # a first line for Excel alone


def read_csv(path, layout, known):
    """Read a text file, saved as UTF-8, GB18030, Big5 or UTF-16, piece by piece; it may be packed with gzip.

    Parameters
    ----------
    path : Path
        The file.
    layout : Layout
        What the user says about it.
    known : callable
        From headings and labels to how many of the questionnaire's columns they name.

    Returns
    -------
    Table
        Every cell a text.

    Raises
    ------
    EmolaborError
        Another encoding, an open quote, or a row of another length than the header.
    """
    try:
        encoding, separator, header = _start(path, layout, known)
        with _Lines(path, encoding) as lines:
            reader = csv.reader(lines, delimiter=separator, strict=True)
            try:
                encoding = "" if layout.encoding or encoding != _WESTERN else encoding
                return replace(_read(path, reader, header), encoding=encoding)
            except csv.Error as error:
                raise _broken(path, reader.line_num, error) from None
    except UnicodeError:
        raise EmolaborError(say("csv_encoding_named", path=path, encoding=layout.encoding)) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise EmolaborError(say("csv_gzip", path=path)) from None


def _broken(path, line, error):
    at_end = "unexpected end" in str(error)
    hint = say("csv_cut_or_open" if at_end else "csv_quote_in_quotes")
    return EmolaborError(say("csv_broken", path=path, line=line, error=error, hint=hint))


def _start(path, layout, known):
    """Return encoding, separator and headings; of encodings that differ in letters only, the one whose headings fit."""
    encoding = layout.encoding or _encoding(path)
    start = (encoding, *_separator_and_header(path, encoding, layout, known))
    for other in _LIKE_GB18030 if start[0] == "gb18030" and not layout.encoding else ():
        try:
            separator, header = _separator_and_header(path, other, layout, known)
        except (UnicodeError, EmolaborError):
            continue
        if _fit(header) > _fit(start[2]) and _can_read(path, other):
            start = other, separator, header
    return start


def _fit(header):
    """Return how many columns the headings name, and, less than 0, how many of their signs are no letters at all."""
    return header.known, -sum(unicodedata.category(sign) == "Co" for sign in "".join(header.names + header.labels))


def _separator_and_header(path, encoding, layout, known):
    """Return the separator under which the file is most of a table, and its headings.

    Each separator is tried on the first rows: the one under which most of the questionnaire's columns are named, then
    the one under which most rows are equally long, then the one that gives most columns.
    """
    with _Lines(path, encoding) as lines:
        first = lines.first
    candidates = [layout.separator] if layout.separator else [*sorted(_SEPARATORS, key=first.count, reverse=True), " "]
    if lines.directive and not layout.separator:
        candidates = [lines.directive]
    best, error = None, None
    for separator in candidates:
        if separator == " " and best and best[0][2] > 1:
            continue  # prose is parted by blanks too
        try:
            rows = _first_rows(path, encoding, separator)
        except EmolaborError as problem:
            error = error or problem
            continue
        header = find_header(rows, known, layout.header_row)
        widths = [len(row) for row in rows if any(row)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        share = widths.count(usual) / len(widths) if usual > 1 else 0
        if separator == " " != layout.separator and not header.known:
            continue
        header = _with_row_names(header, rows)
        rank = (header.known, share, usual)
        if best is None or rank > best[0]:
            best = rank, separator, header
        if header.known >= ENOUGH and share == 1:
            break
    if error and (best is None or best[0][:2] == (0, 0)):
        raise error
    return best[1:]


def _with_row_names(header, rows):
    """Add the heading that R leaves out above the names of rows: rows have a field more, and the first ones differ."""
    below = [row for row in rows[header.first :] if any(row)]
    first = [row[0] for row in below]
    if len(below) < _ROWS_TO_TELL or len(set(first)) < len(first):
        return header
    if any(len(row) != len(header.names) + 1 or not row[-1].strip() for row in below):
        return header
    return replace(header, names=["", *header.names], labels=["", *header.labels])


def _first_rows(path, encoding, separator):
    with _Lines(path, encoding) as lines:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            return list(islice(reader, ROWS))
        except csv.Error as error:
            raise _broken(path, reader.line_num, error) from None


def _read(path, rows, header):
    if not header.names:  # half a byte order mark, say
        raise EmolaborError(say("csv_no_text", path=path))
    builder = TableBuilder(path, header.names, header.labels)
    rows = _numbered(path, islice(rows, header.first, None), header)
    while piece := list(islice(rows, _ROWS_AT_ONCE)):
        builder.add(*zip(*piece, strict=True))
    return replace(builder.table(), header_row=header.row)


def _numbered(path, rows, header):
    """Number the rows that are not blank; one of another length than the header ends the reading."""
    width = len(header.names)
    for number, cells in enumerate(rows, start=header.first + 1):
        if len(cells) == width:
            yield number, cells
        elif any(cell.strip() for cell in cells[width:]) or (
            len(cells) < width and any(cell.strip() for cell in cells)
        ):
            last = len(cells) < width and next(rows, None) is None
            hint = say("csv_cut_off" if last else "csv_separator")
            raise EmolaborError(say("csv_fields", path=path, row=number, found=len(cells), width=width, hint=hint))
        elif len(cells) > width:
            yield number, cells[:width]


class _Lines:
    """A text file's lines, none longer than a row of a survey, so that a file without line ends never fills the memory.

    Attributes
    ----------
    directive : str
        The separator that a first line names for Excel; such a line is no line of the table.
    first : str
        The first line of the table.
    """

    def __init__(self, path, encoding):
        self._path, self._encoding = path, encoding

    def __enter__(self):
        self._file = _opened(self._path, self._encoding)
        lines = _bounded(self._path, self._file)
        first = next(lines, "").removeprefix("\ufeff")  # UTF-16 whose byte order is named keeps its mark
        self.directive = (
            first[len(_EXCEL)] if first.lower().startswith(_EXCEL) and len(first.strip("\r\n")) == 5 else ""
        )
        self.first = next(lines, "") if self.directive else first
        self._lines = chain([self.first], lines) if self.first else iter(())
        return self

    def __exit__(self, *_):
        self._file.close()

    def __iter__(self):
        return self._lines


def _bounded(path, file):
    for number in count(1):
        line = file.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE:
            raise EmolaborError(say("csv_line_length", path=path, line=number, limit=_LONGEST_LINE))
        if not line:
            return
        yield line


def _opened(path, encoding=None):
    """Open a file, packed or not: as text in an encoding, or without one as bytes."""
    how = {"mode": "rt", "encoding": encoding, "newline": ""} if encoding else {"mode": "rb"}
    return (gzip.open if path.suffix.lower() == ".gz" else open)(path, **how)


def _encoding(path):
    """Return the first encoding in which the whole file can be read."""
    with _opened(path) as file:
        sample = file.read(_SAMPLE)
    first = ["utf-16"] if sample.startswith(_UTF_16) else [*_unmarked_utf_16(sample[: 1 << 16]), "utf-8-sig"]
    for encoding in (*first, _WESTERN, "gb18030"):
        if (encoding != _WESTERN or _is_western(sample)) and _can_read(path, encoding):
            return encoding
    raise EmolaborError(say("csv_encoding", path=path, line=_undecodable_line(path), names=_NAMED))


def _is_western(sample):
    """Tell whether bytes that are no UTF-8 can only be those of a Western Windows.

    There a letter with an accent stands alone among plain ones; in Chinese encodings two such bytes make a sign, in
    those of other alphabets whole words are of them.
    """
    try:
        text = sample.decode(_WESTERN)
    except UnicodeDecodeError:
        return False
    runs = re.findall(r"[^\x00-\x7f]+", text)
    if not all(sign.isalpha() or sign in _TYPOGRAPHY for run in runs for sign in run):
        return False
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    mixed = all(re.search("[A-Za-z]", word) or len(word) == 1 for word in words)
    return mixed and max(map(len, runs), default=0) <= 2 and sum(len(run) == 1 for run in runs) > len(runs) / 2


def _can_read(path, encoding):
    """Tell whether the whole file is text in an encoding."""
    try:
        with _opened(path, encoding) as file:
            size = 0
            while piece := file.read(1 << 20):
                size += len(piece)
                if size > _MAX_BYTES:
                    raise EmolaborError(say("file_too_long", path=path, limit=_MAX_BYTES))
    except UnicodeError:
        return False
    return True


def _unmarked_utf_16(sample):
    """Return the UTF-16 that bytes without a byte order mark are written in, if any: every second one is often zero."""
    if sample.count(0) < len(sample) / 50:
        return []
    texts = {name: sample[: len(sample) // 2 * 2].decode(name, "replace") for name in ("utf-16-le", "utf-16-be")}
    return [name for name, text in texts.items() if "\0" not in text and ("\n" in text or "\r" in text)]


def _undecodable_line(path):
    """Return the first line that is no UTF-8."""
    decoder, number = codecs.getincrementaldecoder("utf-8")(), 1
    with _opened(path) as file:
        try:
            while piece := file.read(1 << 20):
                number += decoder.decode(piece).count("\n")
        except UnicodeDecodeError as error:
            number += error.object[: error.start].count(b"\n")
    return number
