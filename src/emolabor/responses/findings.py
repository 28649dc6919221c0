"""What was found while reading: one table, and the same as sentences in Chinese and English."""

import numpy as np
import pandas as pd

from emolabor.common.words import speaking
from emolabor.responses.words import say

_SHOWN = 12


class Findings:
    """Collects findings; a kind is the key of a sentence of this room, after sentence_."""

    def __init__(self):
        self._parts = []

    def add(self, kind, found, action, column=None, rows=(None,)):
        """Add one finding, or the same finding for many rows at once."""
        self._parts.append((np.asarray(rows, dtype=object), column, found, action, kind))

    def table(self, columns):
        """Return the report: what is about columns first, then by row, within a row as the columns stand.

        Parameters
        ----------
        columns : sequence of str
            The order of the columns.
        """
        place = {column: position for position, column in enumerate(columns)}
        lengths = [len(part[0]) for part in self._parts]
        data = {
            "row": pd.array(np.concatenate([part[0] for part in self._parts]) if self._parts else [], dtype="Int64")
        }
        for position, name in enumerate(("column", "found", "action", "kind"), start=1):
            values = np.array([part[position] for part in self._parts], dtype=object)
            data[name] = pd.Series(np.repeat(values, lengths), dtype="str")
        report = pd.DataFrame(data)
        order = report["column"].map(place).fillna(len(place)).where(report["row"].notna(), 0)
        order = pd.DataFrame({"row": report["row"].fillna(0), "order": order})
        return report.loc[order.sort_values(["row", "order"], kind="stable").index].reset_index(drop=True)


def sentences(report, language):
    """Say what a report tells, a sentence for each kind of finding and column.

    Parameters
    ----------
    report : DataFrame
        As `Findings.table` returns it.
    language : {"zh", "en"} or None
        None is the one that is spoken.

    Returns
    -------
    list of str
        In the order of the report.

    Raises
    ------
    EmolaborError
        No such language.

    Examples
    --------
    >>> findings = Findings()
    >>> findings.add("not_allowed", "6", "set to missing (allowed: 1 to 5)", "sa1", [3, 8])
    >>> sentences(findings.table(["sa1"]), "en")
    ['Column sa1: 2 cells hold something else than allowed (rows 3, 8); set to missing.']
    """
    with speaking(language):
        return list(_told(report))


def _told(report):
    for kind, found, part in _groups(report):
        numbers, names = part["row"].dropna().tolist(), part["column"].drop_duplicates().tolist()
        if kind == "declared":
            pairs = zip(part["column"], part["found"], strict=True)
            names = [say("unclear_value", name=name, n=count) for name, count in pairs]
        rows = say("in_row" if len(numbers) == 1 else "in_rows", rows=listed(numbers)) if numbers else ""
        yield say(
            f"sentence_{kind}",
            column=part["column"].iloc[0],
            columns=listed(names),
            n=sum(map(int, part["found"])) if kind == "declared" else len(part),
            rows=rows,
            found=found,
        )


def _groups(report):
    """Part a report by what makes one sentence, in its order: kind, what was found first, and the rows."""
    about_column = report["kind"].map(lambda kind: "{column}" in say.texts[f"sentence_{kind}"]["en"])
    keys = pd.DataFrame({"kind": report["kind"], "column": report["column"].where(about_column, "").fillna("")})
    for (kind, _), rows in keys.groupby(["kind", "column"], sort=False).groups.items():
        part = report.loc[rows]
        yield kind, part["found"].iloc[0], part


def listed(entries):
    """Join entries, the first twelve of them where there are more."""
    comma = say("comma")
    return comma.join(map(str, entries[:_SHOWN])) + (f"{comma}…" if len(entries) > _SHOWN else "")
