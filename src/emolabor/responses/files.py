"""Which reader reads a file, by how its name ends."""

from emolabor.common.errors import EmolaborError
from emolabor.common.files import refuse_endless
from emolabor.responses.csv_file import read_csv
from emolabor.responses.folder import read_folder
from emolabor.responses.json_file import read_json
from emolabor.responses.layout import refuse_unused
from emolabor.responses.parquet_file import read_parquet
from emolabor.responses.spreadsheet import read_spreadsheet
from emolabor.responses.statistics_file import read_statistics_file
from emolabor.responses.words import say

_TEXT, _WORKBOOK = ("separator", "encoding", "header_row"), ("sheet", "header_row")
# Files whose headings are looked for, with what a user can say about them.
_LAID_OUT = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"), (read_csv, _TEXT)),
    **dict.fromkeys((".xlsx", ".xlsm"), (read_spreadsheet, _WORKBOOK)),
}
# Files that say themselves what their columns are.
_DESCRIBED = {
    **dict.fromkeys((".sav", ".zsav", ".dta"), read_statistics_file),
    ".parquet": read_parquet,
    ".json": read_json,
}


def read_table(path, layout, known):
    """Read a file by its suffix, or a folder of files, into a table of cells.

    Parameters
    ----------
    path : Path
        The file or folder.
    layout : Layout
        What the user says about it.
    known : callable
        From headings and labels to how many of the questionnaire's columns they name.

    Returns
    -------
    Table
        Its columns.

    Raises
    ------
    EmolaborError
        Not there, empty, of another kind, or broken.
    """
    if path.is_dir():
        return read_folder(path, lambda file: read_table(file, layout, known))
    suffix = next((end for end in _LAID_OUT if path.name.lower().endswith(end)), path.suffix.lower())
    if suffix not in _LAID_OUT and suffix not in _DESCRIBED:
        remedy = say("save_as_xlsx") if suffix in (".xls", ".et", ".ods", ".numbers") else ""
        kinds = say("comma").join((*_LAID_OUT, *_DESCRIBED))
        raise EmolaborError(say("file_kind", path=str(path), kinds=kinds, remedy=remedy))
    refuse_endless(path)
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or say("no_file_name")
        raise EmolaborError(say("file_unreadable", path=path, reason=reason, suffix=suffix)) from None
    if empty:
        raise EmolaborError(say("file_empty", path=path))
    if suffix in _DESCRIBED:
        refuse_unused(path, layout, ())
        return _DESCRIBED[suffix](path)
    read, used = _LAID_OUT[suffix]
    refuse_unused(path, layout, used)
    return read(path, layout, known)
