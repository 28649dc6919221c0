"""Excel workbooks: the sheet that holds the answers, as its values were stored."""

import warnings
import zipfile
from dataclasses import replace
from itertools import islice

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.responses.header import ROWS, find_header
from emolabor.responses.personal_contents import redacted
from emolabor.responses.table import FORMULA, TableBuilder, check_size, unreadable
from emolabor.responses.words import say

_ROWS_AT_ONCE = 1_000
_MAX_BYTES = 1_000_000_000
_MAX_LAYOUT = 10_000_000  # bytes of styles and lists of parts, which openpyxl takes into memory whole
_MOST_PACKED = 200  # times that a larger part may be packed; tables of answers are packed some 10 to 50 times
_CELLS = ("xl/worksheets/", "xl/sharedStrings", "xl/media/", "xl/pivotCache/", "xl/drawings/", "xl/embeddings/")


def read_spreadsheet(path, layout, known):
    """Read the sheet of a workbook that names most of the questionnaire's columns, else the first that is not empty.

    Formulas give the value that was stored with them.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file.
    layout : Layout
        What the user says about it.
    known : callable
        From headings and labels to how many of the questionnaire's columns they name.

    Returns
    -------
    Table
        Cells as text, numbers or moments; `FORMULA` where a formula's value was not stored.

    Raises
    ------
    EmolaborError
        The file is no whole workbook, has no header, is too large, or has cells right of the last heading.
    """
    try:
        with_formulas = _examine(path)
        return _read(path, with_formulas, layout, known)
    except EmolaborError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl, zipfile and the XML parser raise almost anything
        raise unreadable(path, error, say("xlsx_remedy")) from None


def _examine(path):
    """Refuse what would unpack to more than memory holds; tell whether there are formulas."""
    with zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MAX_BYTES:
            raise EmolaborError(say("file_too_large_unpacked", path=path, limit=_MAX_BYTES))
        for part in archive.infolist():
            too_large = part.file_size > _MAX_LAYOUT and not part.filename.startswith(_CELLS)
            if too_large or part.file_size > max(_MAX_LAYOUT, _MOST_PACKED * part.compress_size):
                raise EmolaborError(say("xlsx_part_too_large", path=path, size=part.file_size, part=part.filename))
            if part.filename.endswith((".xml", ".rels")) and _holds(archive, part.filename, b"<!DOCTYPE"):
                facts = {"path": path, "part": part.filename, "remedy": say("xlsx_remedy")}
                raise EmolaborError(say("xlsx_document_type", **facts))
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_holds(archive, name, b"<f>", b"<f ") for name in sheets if not name.endswith("/"))


def _holds(archive, name, *signs):
    """Tell whether a part holds one of some signs; UTF-16 is read without its zeros.

    No workbook has a document type, whose entities can fill the memory; it may stand behind a long comment.
    """
    with archive.open(name) as file:
        tail = b""
        while piece := file.read(1 << 20):
            text = tail + piece.replace(b"\0", b"")
            if any(sign in text for sign in signs):
                return True
            tail = text[-10:]
    return False


def _read(path, with_formulas, layout, known):
    workbooks = [_open(path, data_only=True)] + ([_open(path, data_only=False)] if with_formulas else [])
    try:
        sheets = workbooks[0].worksheets
        place, header = _sheet_and_header(path, sheets, layout, known)
        rows = sheets[place].iter_rows(min_row=header.first + 1, values_only=True)
        formulas = (
            workbooks[1].worksheets[place].iter_rows(min_row=header.first + 1, values_only=True)
            if with_formulas
            else None
        )
        builder, width = TableBuilder(path, header.names, header.labels), len(header.names)
        numbers, table = [], []
        for number, cells in enumerate(rows, start=header.first + 1):
            check_size(path, number, width)  # a row may claim any number, and the empty ones before it are given
            cells = _cells(cells, next(formulas, ()) if formulas else None)
            if cells:
                if len(cells) > width:
                    facts = {"path": path, "row": number, "column": len(cells), "width": width}
                    raise EmolaborError(say("xlsx_beyond_header", **facts))
                numbers.append(number)
                table.append(cells + [None] * (width - len(cells)))
            if len(table) == _ROWS_AT_ONCE:
                builder.add(numbers, table)
                numbers, table = [], []
        builder.add(numbers, table)
        others = sum(bool(_beginning(sheet)) for sheet in sheets if sheet is not sheets[place])
        return replace(builder.table(others), sheet=place + 1 if place else 0, header_row=header.row)
    finally:
        for workbook in workbooks:
            workbook.close()


def _sheet_and_header(path, sheets, layout, known):
    """Return the place of the sheet that holds the answers, and its headings."""
    places = range(len(sheets)) if layout.sheet is None else [_named(path, sheets, layout.sheet)]
    rows = {place: _beginning(sheets[place]) for place in places}
    headers = {place: find_header(rows[place], known, layout.header_row) for place in places}
    filled = [place for place in places if headers[place].names]
    if not filled:
        raise EmolaborError(say("xlsx_nothing", path=path, rows=ROWS))
    best = max(filled, key=lambda place: (headers[place].known, len(rows[place]), -place))
    return best, headers[best]


def _named(path, sheets, wanted):
    titles = [sheet.title for sheet in sheets]
    if wanted in titles:
        return titles.index(wanted)
    if str(wanted).isdecimal() and 1 <= int(wanted) <= len(titles):
        return int(wanted) - 1
    shown = say("comma").join(map(redacted, titles))
    raise EmolaborError(say("xlsx_sheet", wanted=wanted, path=path, titles=shown, n=len(titles)))


def _beginning(sheet):
    """Return the first rows of a sheet; none where all are empty."""
    rows = [_trimmed(row) for row in islice(sheet.iter_rows(values_only=True), ROWS)]
    return rows if any(rows) else []


def _open(path, data_only):
    require("openpyxl")
    from openpyxl import load_workbook  # takes a tenth of a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which are not read
        workbook = load_workbook(path, read_only=True, data_only=data_only)
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # the size that other programs write down can be wrong
    return workbook


def _trimmed(cells):
    cells = list(cells)
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cells(values, formulas):
    """Return a row's values; a formula without a stored value is marked, so that it is not taken for an empty cell."""
    values = [str(value).upper() if isinstance(value, bool) else value for value in values]
    if formulas is not None:
        for place, formula in enumerate(formulas):
            if values[place : place + 1] == [None] and _is_formula(formula):
                values[place] = FORMULA
    return _trimmed(values)


def _is_formula(cell):
    return (isinstance(cell, str) and cell.startswith("=")) or type(cell).__name__ in (
        "ArrayFormula",
        "DataTableFormula",
    )
