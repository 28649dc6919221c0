"""Answers read from a file: what fits the instrument is kept, everything else is reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from emolabor.common.errors import EmolaborError, MendableError
from emolabor.common.words import speaking
from emolabor.instrument.part import part_of
from emolabor.responses.cells import reader_for, settle
from emolabor.responses.elapsed import elapsed, start_and_end
from emolabor.responses.files import read_table
from emolabor.responses.findings import Findings, listed
from emolabor.responses.layout import make_layout
from emolabor.responses.mapping import load_mapping
from emolabor.responses.own_form import option_numbers
from emolabor.responses.placing import counter_of_known, place, unplaced
from emolabor.responses.platforms import PLATFORMS
from emolabor.responses.respondents import kept_rows
from emolabor.responses.scripts import lacks_opencc
from emolabor.responses.staff import Staff
from emolabor.responses.suspicions import report_suspicions
from emolabor.responses.template import mapping_text
from emolabor.responses.unclear import refuse_unclear
from emolabor.responses.words import say

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument


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
    language: str | None = None,
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
    language : {"zh", "en"}, optional
        Language of refusals and of the report.

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
    with speaking(language):
        layout = make_layout(separator, encoding, sheet, header_row)
        mapping = load_mapping(mapping, instrument).laid_out(layout)
        return _read(Path(path), instrument, mapping, partial)


def _read(path, instrument, mapping, partial):
    table = read_table(path, mapping.layout, counter_of_known(instrument, mapping))
    placement = place(table, instrument, mapping, path)
    findings = Findings()
    _refuse_doubled(path, table, instrument, mapping, placement)
    if partial:
        instrument = _present_part(instrument, placement, findings)
    _refuse_missing_items(path, table, instrument, mapping, placement)
    if not len(table.rows):
        raise EmolaborError(say("no_rows", path=path, row=table.header_row + 1))
    _report_columns(table, placement, instrument, findings)
    readers = read_columns(table, placement, instrument, mapping)
    refuse_unclear(path, table, placement, instrument, mapping, readers)
    data = _answers(table, placement, instrument, mapping, readers, findings)
    kept = kept_rows(data, table, placement, instrument, findings)
    if not len(kept):
        raise MendableError(
            say("no_valid_answer", path=path), mapping_text(table, placement, instrument, mapping, readers)
        )
    rows = table.rows[kept]
    data = data if len(kept) == len(data) else data.loc[kept].reset_index(drop=True)
    report_suspicions(data, rows, instrument, findings)
    return Staff(data, findings.table(instrument.columns), instrument)


def _refuse_doubled(path, table, instrument, mapping, placement):
    """Refuse to choose between columns that carry one key in the same way."""
    if not placement.doubled:
        return
    key, places = next(iter(placement.doubled.items()))
    more = say("doubled_more", n=len(placement.doubled) - 1) if len(placement.doubled) > 1 else ""
    facts = {"numbers": listed([place + 1 for place in places]), "first": places[0] + 1, "more": more}
    raise MendableError(
        say("doubled", path=path, key=key, **facts), mapping_text(table, placement, instrument, mapping)
    )


def _present_part(instrument, placement, findings):
    """Reduce the instrument to what the file holds, and report what it does not; with nothing there, leave it whole."""
    part, missing = part_of(instrument, placement.columns)
    if not part.scales:
        return instrument
    kept = part.dimensions()
    for dimension, items in missing.items():
        if dimension in kept:
            findings.add("scale_shortened", listed(items), say("scale_shortened"), dimension)
        else:
            findings.add("scale_absent", say("scale_absent"), say("scale_left_out"), dimension)
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
        hint = say("items_absent_all" if missing == items else "items_absent_partial")
        if lacks_opencc(column.name for column in table.columns):
            hint = say("traditional")
        facts = {"items": listed(missing), "n": len(missing), "total": len(items), "instrument": instrument.key}
        raise MendableError(
            say("items_absent", path=path, row=table.header_row, hint=hint, **facts),
            mapping_text(table, placement, instrument, mapping),
        )


def _report_columns(table, placement, instrument, findings):
    """Report the platform, columns that are dropped, by name only, and background columns that are not there."""
    if placement.platform:
        findings.add("platform", PLATFORMS[placement.platform].name, say("read_accordingly"))
    if table.sheet:
        findings.add("sheet", table.sheet, say("read"))
    if table.further_sheets:
        findings.add("sheets", table.further_sheets, say("not_read"))  # a name of a sheet or a file may be a person's
    if table.encoding:
        findings.add("encoding", table.encoding, say("read_accordingly"))
    if table.files > 1:
        findings.add("files", table.files, say("read_one_below_the_other"))
    if table.unread:
        findings.add("unread", table.unread, say("not_read"))
    for name, personal, added in unplaced(table, placement):
        if personal:
            findings.add("personal", personal, say("column_dropped"), name)
        elif added:
            findings.add("added_column", say("added_column"), say("column_dropped"), name)
        else:
            findings.add("unknown_column", say("unknown_column"), say("column_dropped"), name)
    for key in instrument.columns:
        if key not in placement.columns and not (key == "seconds" and start_and_end(table, placement)):
            findings.add("absent", say("no_such_column"), say("left_out_of_data"), key)


def _answers(table, placement, instrument, mapping, readers, findings):
    """Take the answers of every column; the index of the frame counts the table's rows."""
    points, data, times = instrument.points(), {}, start_and_end(table, placement)
    numeric = {variable.key for variable in instrument.background if _is_numeric(variable)} | set(points)
    readers = {reader.question.key: reader for reader in readers}
    for key in instrument.columns:
        if key in readers:
            answers = readers[key].answers(table.rows, findings, key in numeric)
            data[key] = answers if key in numeric else pd.Series(answers, dtype="str")
        elif key == "seconds" and times:
            data[key] = elapsed(*times, table.rows, findings)
        if key in mapping.turned:
            data[key] = points[key] + 1 - data[key]
            findings.add("turned_back", say("turned_in_file"), say("turned_back"), key)
    return pd.DataFrame(data)


def _is_numeric(variable):
    return variable.kind == "number" or (
        variable.kind == "choice" and all(isinstance(code, int) for code in variable.values)
    )
