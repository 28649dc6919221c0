"""What looks wrong in answers that are each allowed: nothing is changed, it is only reported."""

import numpy as np
import pandas as pd

from emolabor.responses.scoring import scored_items
from emolabor.responses.words import say

# Rows with the same answers are no chance when so many items were answered, and at most that share of them alike.
_ANSWERS_TO_COMPARE, _ALIKE = 20, 0.90
# Fewer respondents can all answer alike, or most leave an item out, by chance.
_RESPONDENTS_TO_COUNT = 10
_RESPONDENTS, _CORRELATION, _STANDARD_ERRORS = 50, -0.10, 3
_NO_SPREAD = 1e-9  # variance of answers that are all alike, rounded


def report_suspicions(data, rows, instrument, findings):
    """Report repeated answers, items without information, and items that run against their dimension.

    Parameters
    ----------
    data : DataFrame
        Answers as given.
    rows : ndarray, shape (n,)
        Number of each row in the file.
    instrument : Instrument
        What was asked.
    findings : Findings
        Receives what is found.
    """
    repeated = same_answers(data, instrument)
    if repeated.any():
        findings.add("same_answers", say("same_answers_found"), say("kept_sent_twice"), rows=rows[repeated])
    if len(data) >= _RESPONDENTS_TO_COUNT:
        for item in (item for items in instrument.dimensions().values() for item in items):
            if data[item].isna().mean() > 0.5:
                findings.add("sparse", say("sparse_found"), say("kept"), item)
            elif data[item].nunique() == 1:
                findings.add("constant", say("constant_found"), say("kept_read_rightly"), item)
    for item, dimension, r in against_their_dimension(data, instrument):
        findings.add("keying", say("keying_found", dimension=dimension, r=r), say("kept_key_right"), item)


def same_answers(data, instrument):
    """Mark rows whose answers and background are those of an earlier row.

    Respondent number and answering time are not compared. Rows with fewer than 20 answers, and rows that give one
    answer to more than nine tenths of the items, are never marked: those can be alike by chance.

    Parameters
    ----------
    data : DataFrame
        Answers as given.
    instrument : Instrument
        What was asked.

    Returns
    -------
    ndarray of bool, shape (n,)
        The later rows.
    """
    keys = [key for key in instrument.points() if key in data]
    items = np.column_stack([np.nan_to_num(data[key].to_numpy(dtype=float)).astype(np.int8) for key in keys])
    again = pd.Series([row.tobytes() for row in items]).duplicated(keep=False)
    rows = data.index[again]  # few, as a rule: only these are looked at closely
    compared = data.loc[rows].drop(columns=[key for key in ("respondent", "seconds") if key in data])
    items = items[again]
    answered = (items > 0).sum(axis=1)
    most_frequent = np.max([(items == code).sum(axis=1) for code in range(1, max(instrument.points().values()) + 1)], 0)
    telling = (answered >= _ANSWERS_TO_COMPARE) & (most_frequent <= _ALIKE * answered)
    return data.index.isin(rows[compared.duplicated() & telling])


def against_their_dimension(data, instrument):
    """Find items whose answers, turned as the instrument says, run against the rest of their dimension.

    The sign is the item-rest correlation: below -.10 and more than three standard errors (1 / sqrt(n)) below 0, with at
    least 50 respondents who answered the whole dimension. Where half of a dimension is keyed wrongly this cannot tell
    which half; a keying audit by the first component can.

    Parameters
    ----------
    data : DataFrame
        Answers as given.
    instrument : Instrument
        What was asked.

    Returns
    -------
    list of tuple of str, str and float
        Item, its dimension, and the correlation.
    """
    keyed, found = scored_items(data, instrument), []
    for dimension, items in instrument.dimensions().items():
        answers = keyed[items].to_numpy(dtype=float)
        complete = answers[~np.isnan(answers).any(axis=1)]
        if len(complete) < _RESPONDENTS or len(items) < 3:
            continue
        covariance = np.cov(complete, rowvar=False)
        own = np.diag(covariance)
        with_rest = covariance.sum(axis=1) - own
        rest = covariance.sum() - 2 * with_rest - own
        for place, item in enumerate(items):
            if complete[:, place].std() == 0 or rest[place] <= _NO_SPREAD:
                continue
            r = float(with_rest[place] / np.sqrt(own[place] * rest[place]))
            if r < _CORRELATION and r * np.sqrt(len(complete)) < -_STANDARD_ERRORS:
                found.append((item, dimension, r))
    return found
