"""What a file holds, before anyone asks what it means: columns whose cells are numbered.

An answer file repeats few different cells many times. Each column therefore keeps every different cell once, and for
each row the number of its cell: small in memory, and a rule about cells is applied once to each different cell.
"""

import sys
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.responses.words import say

EMPTY = -1
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 2_000_000, 20_000, 200_000_000
# What different cells may take in memory: columns of long texts, all different, are what makes a table large.
MAX_BYTES = 1_000_000_000
_ENTRY = 100  # bytes that a cell's number takes beside it


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds no text and no number; `what` is the key of the words that say what it is instead."""

    what: str


FORMULA, SEVERAL, OTHER = map(Unreadable, ("a_formula", "several_answers", "no_text_no_number"))


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a file.

    Attributes
    ----------
    name : str
        Heading.
    codes : ndarray of int32, shape (n,)
        For each row the place of its cell in `cells`, or EMPTY.
    cells : list of str, int, float, datetime, time, timedelta or Unreadable
        The different cells; text is stripped and never empty.
    label : str
        A longer heading, where the file has one beside the name (SPSS, Stata).
    value_labels : dict
        Number to label, where the file defines them.
    """

    name: str
    codes: np.ndarray
    cells: list
    label: str = ""
    value_labels: dict = field(default_factory=dict)

    def counts(self):
        """How many rows hold each of the cells."""
        return np.bincount(self.codes[self.codes != EMPTY], minlength=len(self.cells))

    def take(self, keep):
        """Return the column with only these rows."""
        return Column(self.name, self.codes[keep], self.cells, self.label, self.value_labels)


@dataclass(frozen=True, eq=False)
class Table:
    """A file's columns, and the number of each row, and of the row of headings, as a spreadsheet counts.

    Of a workbook also how many sheets were not read, and which was, from 1 (0 where it is the first); of a text file
    its encoding, where it was told by its letters alone. For a folder also how many files were read, how many entries
    were not, and which file each row is from.
    """

    columns: list
    rows: np.ndarray
    header_row: int = 1
    further_sheets: int = 0
    sheet: int = 0
    encoding: str = ""
    files: int = 1
    unread: int = 0
    sources: np.ndarray | None = None

    def as_rows(self):
        """List the rows as tuples of cells; None is an empty cell."""
        cells = [[*column.cells, None] for column in self.columns]  # EMPTY, -1, reads the last one
        return [
            tuple(kept[code] for kept, code in zip(cells, codes, strict=True))
            for codes in zip(*(column.codes for column in self.columns), strict=True)
        ]


class _Numbering(dict):
    """Gives each new key the next number."""

    def __missing__(self, key):
        number = self[key] = len(self)
        return number


class TableBuilder:
    """Takes rows in pieces and numbers their cells column by column."""

    def __init__(self, path, header, labels=None):
        self.path = path
        self.header = [heading(cell) for cell in header]
        self._labels = labels or [""] * len(self.header)
        check_size(path, 0, len(self.header))
        self._known = [_Numbering() for _ in self.header]
        self._codes = [[] for _ in self.header]
        self._rows = []
        self._bytes = 0

    def add(self, numbers, rows):
        """Add rows of the header's length with their numbers in the file."""
        if not rows:
            return
        check_size(self.path, numbers[-1], len(self.header))
        self._rows.append(np.array(numbers))
        for known, codes, cells in zip(self._known, self._codes, zip(*rows, strict=True), strict=True):
            before = len(known)
            codes.append(np.fromiter(map(known.__getitem__, cells), np.int32, len(cells)))
            new = islice(reversed(known), len(known) - before)
            self._bytes += sum(sys.getsizeof(cell) + _ENTRY for cell in new)
        if self._bytes > MAX_BYTES:
            raise EmolaborError(say("cells_too_large", path=self.path, row=numbers[-1], limit=MAX_BYTES))

    def table(self, further_sheets=0):
        """Return the table; rows without any cell are left out."""
        rows = np.concatenate(self._rows) if self._rows else np.zeros(0, dtype=int)
        columns = [
            numbered(name, np.concatenate(codes) if codes else np.zeros(0, np.int32), list(known), label)
            for name, label, codes, known in zip(self.header, self._labels, self._codes, self._known, strict=True)
        ]
        return without_blank_rows(columns, rows, further_sheets)


def numbered(name, codes, cells, label="", value_labels=None):
    """Make a column of cells as they come from a file: text is stripped, what is empty becomes EMPTY."""
    cells = [_plain(cell) for cell in cells]
    empty = np.array([cell is None for cell in cells] + [True])  # EMPTY, -1, reads the last one
    codes = np.where(empty[codes], EMPTY, codes)
    return Column(name, codes, cells, label, value_labels or {})


def without_blank_rows(columns, rows, further_sheets=0):
    """Make a table, leaving out rows in which every cell is empty."""
    filled = np.zeros(len(rows), dtype=bool)
    for column in columns:
        filled |= column.codes != EMPTY
    if not filled.all():
        columns, rows = [column.take(filled) for column in columns], rows[filled]
    return Table(columns, rows, further_sheets=further_sheets)


def heading(cell):
    """Write a heading as text on one line."""
    return "" if cell is None else " ".join(str(cell).split())


def check_size(path, rows, columns):
    """Refuse a file that is larger than any survey."""
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        limits = {"rows": MAX_ROWS, "columns": MAX_COLUMNS, "cells": MAX_CELLS}
        raise EmolaborError(say("table_too_large", path=path, **limits))


def unreadable(path, error, remedy):
    """Return the error for a file that its library could not read, without its words, which may quote cells."""
    return EmolaborError(say("file_broken", path=path, error=type(error).__name__, remedy=remedy))


def _plain(cell):
    """Return None for an empty cell, text stripped, numbers and moments as they are."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool | np.bool_):
        return str(bool(cell)).upper()
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None or cell != cell:
        return None
    if isinstance(cell, int | float | datetime | time | timedelta | Unreadable):
        return cell
    if isinstance(cell, date):
        return Unreadable("a_date_or_time")
    return OTHER
