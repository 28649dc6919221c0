"""Excel workbooks: the first sheet, as its values were stored."""

import warnings
import zipfile

from emolabor.errors import EmolaborError
from emolabor.responses.table import FORMULA, TableBuilder, check_size, unreadable

_ROWS_AT_ONCE = 1_000
_MAX_BYTES = 1_000_000_000
_REMEDY = "a workbook saved as .xlsx, without password"


def read_spreadsheet(path):
    """Read the first sheet of a workbook; formulas give the value that was stored with them.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file; the first row holds the headings.

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
        return _read(path, with_formulas)
    except EmolaborError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl, zipfile and the XML parser raise almost anything
        raise unreadable(path, error, _REMEDY) from None


def _examine(path):
    """Refuse what would unpack to more than memory holds; tell whether there are formulas."""
    with zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MAX_BYTES:
            raise EmolaborError(
                f"{path}: found more than {_MAX_BYTES:,} bytes when unpacked; allowed: up to that; split the file"
            )
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")) and _has_own_entities(archive, part):
                raise EmolaborError(f"{path}: found a document type in {part.filename}; allowed: {_REMEDY}")
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_has_formula(archive, name) for name in sheets if not name.endswith("/"))


def _has_own_entities(archive, part):
    """Tell whether a part begins with a document type; no workbook does, and its entities can fill the memory."""
    with archive.open(part) as file:
        return b"<!DOCTYPE" in file.read(1 << 16).replace(b"\0", b"")  # without the zeros of UTF-16


def _has_formula(archive, name):
    with archive.open(name) as sheet:
        tail = b""
        while piece := sheet.read(1 << 20):
            text = tail + piece
            if b"<f>" in text or b"<f " in text:
                return True
            tail = piece[-3:]
    return False


def _read(path, with_formulas):
    workbooks = [_open(path, data_only=True)] + ([_open(path, data_only=False)] if with_formulas else [])
    try:
        first, *others = workbooks[0].worksheets
        values = first.iter_rows(values_only=True)
        header = _trimmed(next(values, ()))
        if not header:
            raise EmolaborError(f"{path}: found nothing in the first row; allowed: a row of column names")
        formulas = workbooks[1].worksheets[0].iter_rows(min_row=2, values_only=True) if with_formulas else None
        builder = TableBuilder(path, header)
        numbers, rows = [], []
        for number, cells in enumerate(values, start=2):
            check_size(path, number, len(header))  # a row may claim any number, and the empty ones before it are given
            cells = _cells(cells, next(formulas, ()) if formulas else None)
            if cells:
                if len(cells) > len(header):
                    raise EmolaborError(
                        f"{path}, row {number}: found a value in column {len(cells)}; allowed: {len(header)} columns, "
                        "as the header; give it a heading or clear it"
                    )
                numbers.append(number)
                rows.append(cells + [None] * (len(header) - len(cells)))
            if len(rows) == _ROWS_AT_ONCE:
                builder.add(numbers, rows)
                numbers, rows = [], []
        builder.add(numbers, rows)
        return builder.table(sum(bool(next(sheet.iter_rows(values_only=True), ())) for sheet in others))
    finally:
        for workbook in workbooks:
            workbook.close()


def _open(path, data_only):
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
