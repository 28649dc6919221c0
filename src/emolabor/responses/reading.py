"""Answers read from a file: what fits the instrument is kept, everything else is reported."""

from pathlib import Path

import numpy as np
import pandas as pd

from emolabor.errors import EmolaborError, MendableError
from emolabor.instrument.part import part_of
from emolabor.responses.cells import reader_for, settle
from emolabor.responses.csv_file import read_csv, read_csv_folder
from emolabor.responses.findings import Findings, listed
from emolabor.responses.mapping import load_mapping
from emolabor.responses.parquet_file import read_parquet
from emolabor.responses.placing import PLATFORMS, is_computed, place, unplaced
from emolabor.responses.spreadsheet import read_spreadsheet
from emolabor.responses.staff import Staff
from emolabor.responses.statistics_file import read_statistics_file
from emolabor.responses.suspicions import report_suspicions
from emolabor.responses.table import EMPTY
from emolabor.responses.template import mapping_text
from emolabor.responses.unclear import refuse_unclear

_READERS = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".xlsx": read_spreadsheet,
    ".xlsm": read_spreadsheet,
    ".sav": read_statistics_file,
    ".zsav": read_statistics_file,
    ".dta": read_statistics_file,
    ".parquet": read_parquet,
}


def read_responses(path, instrument, mapping=None, *, partial=False):
    """Read answers from a file, or from a folder of files that the web page saved.

    Parameters
    ----------
    path : str or Path
        A .csv (also .tsv, .txt; UTF-8, GB18030 or UTF-16), .xlsx, .sav, .zsav, .dta or .parquet file; the first row
        holds the headings. Or a folder of .csv files with the same headings, such as the questionnaire's web page saves
        one a respondent. Columns are found by the instrument's keys, by the names that 问卷星, KoboToolbox or ODK, and
        LimeSurvey give them, or by the wording of the items. Answers are codes or the labels of the answers, one way in
        a column.
    instrument : Instrument
        What was asked.
    mapping : str, Path or dict, optional
        A YAML file (or the same as a dict) that says which column holds which key, where the names differ, and what
        other values mean; see `propose_mapping`.
    partial : bool
        Whether the file may hold only some of the scales. What has fewer than two of its items there is then left out
        of the instrument and reported, and so are single items that are not there.

    Returns
    -------
    Staff
        Valid answers, and a report of everything else. Set to missing: what is no allowed code or label, and what is
        written in another way than most cells of its column. Dropped: columns that are not the instrument's, rows
        without any answer to an item, later rows of a repeated respondent. Reported and kept: rows that repeat an
        earlier row's answers, items that run against their dimension, that all answered alike or most left out.

    Raises
    ------
    EmolaborError
        The file cannot be read, lacks columns of items (they are listed), repeats a column, has a row of another
        length than the header, or holds no valid answer; the mapping does not fit.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> instrument = el.load_instrument("window_staff")
    >>> answers = pd.DataFrame(3, index=[0, 1], columns=list(instrument.points())).assign(姓名="...")
    >>> with TemporaryDirectory() as folder:
    ...     answers.to_csv(f"{folder}/mine.csv", index=False)
    ...     staff = el.read_responses(f"{folder}/mine.csv", instrument)
    >>> staff
    Staff(respondents=2, instrument='window_staff', findings=9)
    >>> staff.report.iloc[0].tolist()
    [<NA>, '姓名', 'looks like personal data', 'column dropped', 'personal']
    >>> print(staff.report_text("en").splitlines()[0])
    Dropped, as what they hold looks like personal data: 姓名.
    """
    path, mapping = Path(path), load_mapping(mapping, instrument)
    table = read_table(path)
    placement = place(table, instrument, mapping, path)
    findings = Findings()
    if partial:
        instrument = _present_part(instrument, placement, findings)
    _refuse_missing_items(path, table, instrument, mapping, placement)
    if not len(table.rows):
        raise EmolaborError(
            f"{path}, row 2: found no row below the headings; allowed: a row a respondent; export it again"
        )
    _report_columns(table, placement, instrument, findings)
    readers = read_columns(table, placement, instrument, mapping)
    refuse_unclear(path, table, placement, instrument, mapping, readers)
    data = _answers(table, placement, instrument, mapping, readers, findings)
    kept = _keep_rows(data, table, placement, instrument, findings)
    if not len(kept):
        raise MendableError(
            f"{path}: found no valid answer to any item; allowed: answers as codes, e.g. 1 to 5, or as the labels of "
            "the questionnaire; a mapping file can say what other values mean",
            mapping_text(table, placement, instrument, mapping, readers),
        )
    data, rows = data.loc[kept].reset_index(drop=True), table.rows[kept]
    report_suspicions(data, rows, instrument, findings)
    return Staff(data, findings.table(instrument.columns), instrument)


def read_table(path):
    """Read a file by its suffix, or a folder of .csv files, into a table of cells.

    Parameters
    ----------
    path : Path
        The file or folder.

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
        return read_csv_folder(path)
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        remedy = "; save it as .xlsx" if suffix in (".xls", ".et", ".ods", ".numbers") else ""
        raise EmolaborError(f"path: found {str(path)!r}; allowed: a file ending in {', '.join(_READERS)}{remedy}")
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no name of a file"
        raise EmolaborError(f"{path}: found no readable file ({reason}); allowed: an existing {suffix} file") from None
    if empty:
        raise EmolaborError(
            f"{path}: found an empty file; allowed: a row of column names, then a row a respondent; download it again"
        )
    return _READERS[suffix](path)


def _present_part(instrument, placement, findings):
    """Reduce the instrument to what the file holds, and report what it does not; with nothing there, leave it whole."""
    part, missing = part_of(instrument, placement.columns)
    if not part.scales:
        return instrument
    kept = part.dimensions()
    for dimension, items in missing.items():
        if dimension in kept:
            findings.add("scale_shortened", listed(items, ", "), "scale used without them", dimension)
        else:
            findings.add("scale_absent", "fewer than two of its items", "scale left out", dimension)
    return part


def read_columns(table, placement, instrument, mapping):
    """Say of every placed column what its cells mean.

    Parameters
    ----------
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.
    instrument : Instrument
        What was asked.
    mapping : Mapping
        What the user said.

    Returns
    -------
    list of Reader
        In the instrument's order.
    """
    readers = [
        reader_for(key, instrument, mapping, placement.platform, table.columns[placement.columns[key]])
        for key in instrument.columns
        if key in placement.columns
    ]
    settle(readers)
    return readers


def _refuse_missing_items(path, table, instrument, mapping, placement):
    items = [item for items in instrument.dimensions().values() for item in items]
    missing = [item for item in items if item not in placement.columns]
    if missing:
        hint = "; are the headings legible, or is the encoding another than UTF-8?" if missing == items else ""
        raise MendableError(
            f"{path}, row 1: found no column for {listed(missing, ', ')} ({len(missing)} of {len(items)} items); "
            f"allowed: a column for each item of {instrument.key}, named by its key or wording in the first row, or by "
            f"a mapping file (`emolabor check` proposes one){hint}",
            mapping_text(table, placement, instrument, mapping),
        )


def _report_columns(table, placement, instrument, findings):
    """Report the platform, columns that are dropped, by name only, and background columns that are not there."""
    if placement.platform:
        findings.add("platform", PLATFORMS[placement.platform], "read accordingly")
    if table.further_sheets:
        findings.add("sheets", ", ".join(table.further_sheets), "not read")
    if table.files > 1:
        findings.add("files", table.files, "read one below the other")
    if table.unread:
        findings.add("unread", ", ".join(table.unread), "not read")
    for name, personal, added in unplaced(table, placement):
        if personal:
            findings.add("personal", personal, "column dropped", name)
        elif added:
            findings.add("added_column", "added by the platform", "column dropped", name)
        else:
            findings.add("unknown_column", "not a column of the instrument", "column dropped", name)
    for key in instrument.columns:
        if key not in placement.columns and not is_computed(key, table, placement):
            findings.add("absent", "no such column", "left out of the data", key)


def _answers(table, placement, instrument, mapping, readers, findings):
    """Take the answers of every column; the index of the frame counts the table's rows."""
    points, data = instrument.points(), {}
    numeric = {variable.key for variable in instrument.background if _is_numeric(variable)} | set(points)
    readers = {reader.question.key: reader for reader in readers}
    for key in instrument.columns:
        if key in readers:
            answers = readers[key].answers(table.rows, findings)
            data[key] = answers.astype(float) if key in numeric else pd.Series(answers, dtype="str")
        elif is_computed(key, table, placement):
            data[key] = _elapsed(table)
        if key in mapping.turned:
            data[key] = points[key] + 1 - data[key]
            findings.add("turned_back", "answers turned in the file", "turned back to the answers given", key)
    return pd.DataFrame(data)


def _is_numeric(variable):
    return variable.kind == "number" or (
        variable.kind == "choice" and all(isinstance(code, int) for code in variable.values)
    )


def _elapsed(table):
    """Return the seconds from start to end; missing where either is no moment or the end comes first."""
    start, end = (
        _moments(next(column for column in table.columns if column.name == name)) for name in ("start", "end")
    )
    passed = (end - start).dt.total_seconds().to_numpy()
    return np.where(passed >= 0, passed, np.nan)


def _moments(column):
    """Read moments, with or without a time zone, as UTC."""
    cells = pd.to_datetime(pd.Series([*map(str, column.cells), None]), utc=True, errors="coerce", format="ISO8601")
    return cells.iloc[column.codes].reset_index(drop=True)


def _keep_rows(data, table, placement, instrument, findings):
    """Return the index of rows to keep: with an answer to an item, and the first of each respondent."""
    items = [item for items in instrument.dimensions().values() for item in items]
    unanswered = data[items].isna().all(axis=1)
    if unanswered.any():
        findings.add("no_answer", "no valid answer to any item", "row dropped", rows=table.rows[unanswered])
    kept = data.index[~unanswered]
    for column, identity in _identities(data, table, placement):
        identity = identity.loc[kept]
        repeated = identity.duplicated() & identity.notna()
        if repeated.any():
            rows = table.rows[kept[repeated]]
            findings.add("repeated", "a number that came before", "row dropped", column, rows)
            kept = kept[~repeated]
    return kept


def _identities(data, table, placement):
    """Name and hold what identifies a respondent: the running number, and the number Kobo gives a submission."""
    if "respondent" in data:
        yield "respondent", data["respondent"]
    if placement.platform == "kobo":
        for column in table.columns:
            if column.name == "_uuid":
                yield "_uuid", pd.Series(column.codes).where(column.codes != EMPTY)
