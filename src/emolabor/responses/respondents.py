"""Which rows of a file are respondents: a person is file and number, and no answer is dropped for its number alone."""

import numpy as np
import pandas as pd

from emolabor.responses.platforms import PLATFORMS
from emolabor.responses.table import EMPTY
from emolabor.responses.words import say
from emolabor.responses.written import same


def kept_rows(data, table, placement, instrument, findings):
    """Return the rows to keep: with an answer to an item, and not the same submission once more.

    A row goes if an earlier one has the same number and the same answers: the running number within one file, or the
    number that the platform gives a submission. Rows with one number and other answers are kept and reported.

    Parameters
    ----------
    data : DataFrame
        What was read.
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.
    instrument : Instrument
        What was asked.
    findings : Findings
        Receives what is dropped, and numbers that stand twice.

    Returns
    -------
    Index
        Rows of `data`.
    """
    items = [item for items in instrument.dimensions().values() for item in items]
    unanswered = np.logical_and.reduce([data[item].isna() for item in items])
    if unanswered.any():
        findings.add("no_answer", say("no_answer_found"), say("row_dropped"), rows=table.rows[unanswered])
    kept = data.index[~unanswered]
    answers = data.drop(columns="respondent", errors="ignore")
    for column, persons in _persons(data, table, placement):
        persons = persons.loc[kept]
        again = persons.notna().all(axis=1) & persons.duplicated()
        if not again.any():
            continue
        sent_twice = again & pd.concat([persons, answers.loc[kept]], axis=1).duplicated()
        if sent_twice.any():
            rows = table.rows[kept[sent_twice]]
            findings.add("repeated", say("repeated_found"), say("row_dropped"), column, rows)
        if (again & ~sent_twice).any():
            rows = table.rows[kept[again & ~sent_twice]]
            findings.add("collision", say("collision_found"), say("kept"), column, rows)
        kept = kept[~sent_twice]
    return kept


def _persons(data, table, placement):
    """Name each column that numbers respondents or submissions, and hold what tells them apart."""
    files = np.zeros(len(data), int) if table.sources is None else table.sources
    if "respondent" in data:
        part = _parts(data.assign(_file=files))
        yield "respondent", pd.DataFrame({"_file": files, "_part": part, "_number": data["respondent"]})
    if placement.platform:
        for column in table.columns:
            if same(column.name) in PLATFORMS[placement.platform].submission:
                number = pd.Series(column.codes, data.index).where(column.codes != EMPTY)
                yield column.name, pd.DataFrame({"_number": number})


def _parts(data):
    """Number the exports that stand one below the other in a file: each begins to count as the first one does.

    An export that says of most numbers what an earlier one says of them is that one once more, as downloaded later.
    """
    numbers, files = data["respondent"].to_numpy(), data["_file"].to_numpy()
    if len(numbers) < 2:
        return np.zeros(len(numbers), int)
    begins = (numbers[:-1] == numbers[0]) & (numbers[1:] == numbers[1]) & (files[:-1] == files[1:])
    parts = np.cumsum(np.append(begins & (numbers[0] != numbers[1]), False))
    if parts[-1] == parts[0]:
        return parts
    counted_before, sent_before = data.duplicated(["_file", "respondent"]).to_numpy(), data.duplicated().to_numpy()
    first = data.groupby(list(data), dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(first, return_index=True)[1][first]  # where the same number and answers stand first
    for part in range(parts[0] + 1, parts[-1] + 1):
        again = (parts == part) & sent_before
        if again.sum() > ((parts == part) & counted_before).sum() / 2:
            parts[parts == part] = parts[first[again][0]]
    return parts
