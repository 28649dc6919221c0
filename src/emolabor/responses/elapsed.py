"""How long answering took, where a file holds only the moments of its start and its end."""

import re

import numpy as np
import pandas as pd

from emolabor.responses.platforms import PLATFORMS
from emolabor.responses.words import say
from emolabor.responses.written import same


def start_and_end(table, placement):
    """Return the columns with the moments of start and end, for an export that holds no answering time.

    Parameters
    ----------
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.

    Returns
    -------
    tuple of Column or None
        The two, or None where they are not there or the answering time has a column.
    """
    if placement.platform is None or "seconds" in placement.columns:
        return None
    columns = {same(column.name): column for column in table.columns}
    for pair in PLATFORMS[placement.platform].times:
        if all(name in columns for name in pair):
            return tuple(columns[name] for name in pair)
    return None


def elapsed(start, end, rows, findings):
    """Return the seconds from start to end.

    Parameters
    ----------
    start, end : Column
        The moments.
    rows : ndarray
        Number of each row in the file.
    findings : Findings
        Receives what is no moment, and ends before the start.

    Returns
    -------
    ndarray, shape (n,)
        Missing where either is no moment or the end comes first.
    """
    start, end = _moments(start), _moments(end)
    passed = (end - start).dt.total_seconds().to_numpy()
    backwards = passed < 0
    if backwards.any():
        findings.add("not_allowed", say("end_before_start"), say("set_to_missing"), "seconds", rows[backwards])
    unread = (start.isna() | end.isna()).to_numpy()
    if unread.any():
        findings.add("not_allowed", say("no_moments"), say("set_to_missing"), "seconds", rows[unread])
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
