"""Office files: tables written as XLSX or DOCX without the time of writing in them, and read back as text."""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.extras import require

_DATE = (1980, 1, 1, 0, 0, 0)
_MAX_BYTES = 100_000_000
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def zip_files(files):
    """Pack files into a zip archive that is the same on every run.

    Parameters
    ----------
    files : dict of str to bytes
        Name in the archive to content.

    Returns
    -------
    bytes
        The archive.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return buffer.getvalue()


def without_times(office_file):
    """Pack an XLSX or DOCX file again, its times of making set to 1 January 2000.

    Parameters
    ----------
    office_file : bytes
        What openpyxl or python-docx saved.

    Returns
    -------
    bytes
        The same document, the same on every run.
    """
    with zipfile.ZipFile(io.BytesIO(office_file)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    files[core] = _STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z", files[core])
    return zip_files(files)


def workbook_bytes(sheets, widths=()):
    """Write tables as an XLSX workbook.

    Parameters
    ----------
    sheets : dict of str to list
        Title to rows, the first with the headings; None leaves a cell empty.
    widths : sequence of float
        Widths of the columns, in letters, the same on each sheet; texts are then wrapped.

    Returns
    -------
    bytes
        The file. A text that begins with = stays a text, also when its cell is edited.
    """
    require("openpyxl")
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, (headings, *rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(headings)
        for number, row in enumerate(rows, start=2):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    cell = sheet.cell(number, column)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type, cell.quotePrefix = "s", True
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        if widths:
            for row in sheet.iter_rows():
                for cell in row:
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                    cell.font = Font(bold=cell.row == 1)
        sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return without_times(buffer.getvalue())


def document_bytes(title, paragraphs, rows, widths):
    """Write one table as a DOCX document on A4, lying on its side.

    Parameters
    ----------
    title : str
        Heading of the page.
    paragraphs : list of str
        What stands above the table.
    rows : list of list of str
        The first with the headings.
    widths : sequence of float
        Widths of the columns, in centimetres.

    Returns
    -------
    bytes
        The file.
    """
    require("docx")
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    document.core_properties.author = ""
    document.add_heading(title, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(len(rows), len(rows[0]))
    table.style, table.autofit = "Table Grid", False
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].add_run(text or "").font.size = Pt(10)
    buffer = io.BytesIO()
    document.save(buffer)
    return without_times(buffer.getvalue())


def read_tables(path):
    """Read the sheets of an XLSX workbook, or the tables of a DOCX document, as text.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    dict of str to list of tuple
        Title of the sheet (or "table 1") to its rows that hold something: the number that the program shows, and the
        cells as stripped text, empty where nothing stands.

    Raises
    ------
    EmolaborError
        The file is neither, is broken, unpacks to more than 100 MB, or holds a formula.
    """
    path = Path(path)
    readers = {".xlsx": _read_xlsx, ".docx": _read_docx}
    if path.suffix.lower() not in readers:
        refuse(path, "another kind of file", readers)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MAX_BYTES:
                refuse(path, f"more than {_MAX_BYTES:,} bytes when unpacked", "up to that")
        tables = readers[path.suffix.lower()](path)
    except (EmolaborError, OSError):
        raise
    except Exception as error:  # a broken file makes the libraries raise almost anything
        found = f"no whole file of this format ({type(error).__name__})"
        refuse(path, found, f"save it again as {path.suffix}")
    return {title: [(number, cells) for number, cells in rows if any(cells)] for title, rows in tables.items()}


def _read_xlsx(path):
    require("openpyxl")
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return {
            sheet.title: [
                (number, [_cell_text(cell, path, sheet.title) for cell in row])
                for number, row in enumerate(sheet.iter_rows(), start=1)
            ]
            for sheet in book.worksheets
        }
    finally:
        book.close()


def _cell_text(cell, path, title):
    if cell.data_type == "f":
        refuse(f"{path}, {title}, {cell.coordinate}", "a formula", "its value, as text")
    value = cell.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    return "" if value is None else str(value).strip()


def _read_docx(path):
    require("docx")
    import docx

    return {
        f"table {number}": [
            (place, [cell.text.strip() for cell in row.cells]) for place, row in enumerate(table.rows, 1)
        ]
        for number, table in enumerate(docx.Document(str(path)).tables, start=1)
    }
