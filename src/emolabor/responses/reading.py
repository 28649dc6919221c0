"""Answers read from a file: what fits the instrument is kept, everything else is reported."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, MendableError
from emolabor.common.files import refuse_endless
from emolabor.instrument.part import part_of
from emolabor.responses.cells import reader_for, settle
from emolabor.responses.csv_file import read_csv
from emolabor.responses.findings import Findings, listed
from emolabor.responses.folder import read_folder
from emolabor.responses.json_file import read_json
from emolabor.responses.layout import make_layout, refuse_unused
from emolabor.responses.mapping import load_mapping
from emolabor.responses.own_form import option_numbers
from emolabor.responses.parquet_file import read_parquet
from emolabor.responses.placing import counter_of_known, place, start_and_end, unplaced
from emolabor.responses.platforms import PLATFORMS
from emolabor.responses.respondents import kept_rows
from emolabor.responses.spreadsheet import read_spreadsheet
from emolabor.responses.staff import Staff
from emolabor.responses.statistics_file import read_statistics_file
from emolabor.responses.suspicions import report_suspicions
from emolabor.responses.template import mapping_text
from emolabor.responses.unclear import refuse_unclear

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument

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


def read_responses(
    path: str | Path,
    instrument: Instrument,
    mapping: str | Path | dict[str, Any] | None = None,
    *,
    partial: bool = False,
    separator: str | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    header_row: int | None = None,
) -> Staff:
    """Read answers from a file, or from a folder of files such as the web page saves or several centres export.

    Parameters
    ----------
    path : str or Path
        A .csv (also .tsv, .txt; UTF-8, GB18030, Big5 or UTF-16; packed as .csv.gz), .xlsx, .sav, .zsav, .dta, .parquet
        or .json file, or a folder of .csv or .xlsx files with the same headings. The headings stand in the row, or the
        two or three rows, that name most of the questionnaire's columns. Columns are found by the instrument's keys, by
        the names that 问卷星, 腾讯问卷, KoboToolbox or ODK, LimeSurvey, Qualtrics, SurveyMonkey, Google Forms,
        Microsoft Forms and REDCap give them, or by the wording of the items. Answers are codes or the labels of the
        answers, or both together, such as 4. Agree.
    instrument : Instrument
        What was asked.
    mapping : str, Path or dict, optional
        A YAML file (or the same as a dict) that says which column holds which key, where the names differ, and what
        other values mean; see `propose_mapping`.
    partial : bool
        Whether the file may hold only some of the scales. What has fewer than two of its items there is then left out
        of the instrument and reported, and so are single items that are not there.
    separator, encoding : str, optional
        Of a text file: the character between its fields, and how its letters are written. By default both are found.
    sheet : str or int, optional
        Of a workbook: name or number of the sheet. By default the one that names most of the questionnaire's columns.
    header_row : int, optional
        Number of the row of headings, from 1. By default it is found.

    Returns
    -------
    Staff
        Valid answers, and a report of everything else. Set to missing: what is no allowed code or label. Dropped:
        columns that are not the instrument's, rows without any answer to an item, later rows with the number and the
        answers of an earlier one. Reported and kept: rows that repeat an earlier row's number or its answers, items
        that run against their dimension, that all answered alike or most left out.

    Raises
    ------
    EmolaborError
        The file cannot be read, lacks columns of items (they are listed), has two for one key, has a row of another
        length than the header, or more than a tenth of a column is not understood; the mapping does not fit.
    MendableError
        The same, where a mapping mends it: its attribute `mapping` is the file to fill in.

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
    layout = make_layout(separator, encoding, sheet, header_row)
    table = read_table(path, layout, counter_of_known(instrument, mapping))
    placement = place(table, instrument, mapping, path)
    findings = Findings()
    _refuse_doubled(path, table, instrument, mapping, placement)
    if partial:
        instrument = _present_part(instrument, placement, findings)
    _refuse_missing_items(path, table, instrument, mapping, placement)
    if not len(table.rows):
        raise EmolaborError(
            f"{path}, row {table.header_row + 1}: found no row below the headings; allowed: a row a respondent; "
            "export it again"
        )
    _report_columns(table, placement, instrument, findings)
    readers = read_columns(table, placement, instrument, mapping)
    refuse_unclear(path, table, placement, instrument, mapping, readers)
    data = _answers(table, placement, instrument, mapping, readers, findings)
    kept = kept_rows(data, table, placement, instrument, findings)
    if not len(kept):
        raise MendableError(
            f"{path}: found no valid answer to any item; allowed: answers as codes, e.g. 1 to 5, or as the labels of "
            "the questionnaire; a mapping file can say what other values mean",
            mapping_text(table, placement, instrument, mapping, readers),
        )
    data, rows = data.loc[kept].reset_index(drop=True), table.rows[kept]
    report_suspicions(data, rows, instrument, findings)
    return Staff(data, findings.table(instrument.columns), instrument)


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
        remedy = "; save it as .xlsx" if suffix in (".xls", ".et", ".ods", ".numbers") else ""
        kinds = ", ".join((*_LAID_OUT, *_DESCRIBED))
        raise EmolaborError(f"path: found {str(path)!r}; allowed: a file ending in {kinds}{remedy}")
    refuse_endless(path)
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
    if suffix in _DESCRIBED:
        refuse_unused(path, layout, ())
        return _DESCRIBED[suffix](path)
    read, used = _LAID_OUT[suffix]
    refuse_unused(path, layout, used)
    return read(path, layout, known)


def _refuse_doubled(path, table, instrument, mapping, placement):
    """Refuse to choose between columns that carry one key in the same way."""
    if not placement.doubled:
        return
    key, places = next(iter(placement.doubled.items()))
    numbers = listed([place + 1 for place in places], ", ")
    more = f" (and so for {len(placement.doubled) - 1} more)" if len(placement.doubled) > 1 else ""
    raise MendableError(
        f"{path}: found several columns named as {key} or with its wording, columns {numbers}{more}; allowed: one "
        f"each; a mapping file can say which, as in `columns: {{{key}: {places[0] + 1}}}`",
        mapping_text(table, placement, instrument, mapping),
    )


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
    known = option_numbers(table, placement, instrument)
    labelled = {key for key in known if table.columns[placement.columns[key]].value_labels}  # these say it themselves
    mapping = mapping.with_values({key: values for key, values in known.items() if key not in labelled})
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
        hint = "; are the headings in another row, sheet or encoding (`--header-row`, `--sheet`, `--encoding`)?"
        hint = hint if missing == items else ""
        raise MendableError(
            f"{path}, row {table.header_row}: found no column for {listed(missing, ', ')} ({len(missing)} of "
            f"{len(items)} items); allowed: a column for each item of {instrument.key}, named by its "
            f"key or wording in that row, or by a mapping file (`emolabor check` proposes one){hint}",
            mapping_text(table, placement, instrument, mapping),
        )


def _report_columns(table, placement, instrument, findings):
    """Report the platform, columns that are dropped, by name only, and background columns that are not there."""
    if placement.platform:
        findings.add("platform", PLATFORMS[placement.platform].name, "read accordingly")
    if table.sheet:
        findings.add("sheet", table.sheet, "read")
    if table.further_sheets:
        findings.add("sheets", table.further_sheets, "not read")  # a name of a sheet or a file may be a person's
    if table.files > 1:
        findings.add("files", table.files, "read one below the other")
    if table.unread:
        findings.add("unread", table.unread, "not read")
    for name, personal, added in unplaced(table, placement):
        if personal:
            findings.add("personal", personal, "column dropped", name)
        elif added:
            findings.add("added_column", "added by platform or form", "column dropped", name)
        else:
            findings.add("unknown_column", "not a column of the instrument", "column dropped", name)
    for key in instrument.columns:
        if key not in placement.columns and not (key == "seconds" and start_and_end(table, placement)):
            findings.add("absent", "no such column", "left out of the data", key)


def _answers(table, placement, instrument, mapping, readers, findings):
    """Take the answers of every column; the index of the frame counts the table's rows."""
    points, data, times = instrument.points(), {}, start_and_end(table, placement)
    numeric = {variable.key for variable in instrument.background if _is_numeric(variable)} | set(points)
    readers = {reader.question.key: reader for reader in readers}
    for key in instrument.columns:
        if key in readers:
            answers = readers[key].answers(table.rows, findings)
            data[key] = answers.astype(float) if key in numeric else pd.Series(answers, dtype="str")
        elif key == "seconds" and times:
            data[key] = _elapsed(*times, table.rows, findings)
        if key in mapping.turned:
            data[key] = points[key] + 1 - data[key]
            findings.add("turned_back", "answers turned in the file", "turned back to the answers given", key)
    return pd.DataFrame(data)


def _is_numeric(variable):
    return variable.kind == "number" or (
        variable.kind == "choice" and all(isinstance(code, int) for code in variable.values)
    )


def _elapsed(start, end, rows, findings):
    """Return the seconds from start to end; missing where either is no moment or the end comes first."""
    start, end = _moments(start), _moments(end)
    passed = (end - start).dt.total_seconds().to_numpy()
    backwards = passed < 0
    if backwards.any():
        findings.add("not_allowed", "an end before the start", "set to missing", "seconds", rows[backwards])
    unread = (start.isna() | end.isna()).to_numpy()
    if unread.any():
        findings.add("not_allowed", "no moments of start and end", "set to missing", "seconds", rows[unread])
    return np.where(backwards, np.nan, passed)


def _moments(column):
    """Read moments, with or without a time zone, as UTC; the order of the parts must be beyond doubt."""
    texts = [re.sub(r"^(\d{4})/(\d{1,2})/(\d{1,2})", _with_dashes, str(cell)) for cell in column.cells]
    texts = pd.Series([*texts, None])
    cells = pd.to_datetime(texts, utc=True, errors="coerce", format="ISO8601")
    cells = cells.fillna(pd.to_datetime(texts, utc=True, errors="coerce", format="%b %d, %Y %I:%M:%S %p"))
    return cells.iloc[column.codes].reset_index(drop=True)


def _with_dashes(match):
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
