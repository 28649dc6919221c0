"""From answers as given to scale means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emolabor.common.errors import EmolaborError
from emolabor.responses.staff import Staff
from emolabor.responses.words import say

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument


def scored_items(data: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Turn reverse-worded items, so that a high value always means much of the construct.

    Parameters
    ----------
    data : DataFrame
        Answers as given, one column an item; other columns are left out. The frame is not changed.
    instrument : Instrument
        What was asked.

    Returns
    -------
    DataFrame
        The items in the instrument's order; a reverse-worded item answered x on a scale from 1 to k becomes k + 1 - x.

    Raises
    ------
    EmolaborError
        A column of an item is missing, is no number, or holds a number that is no code of its response format.

    Examples
    --------
    >>> import emolabor as el
    >>> answers, instrument = el.simulate_staff(n=200, seed=1), el.load_instrument("window_staff")
    >>> answers["ic4"].head(3).tolist(), el.scored_items(answers, instrument)["ic4"].head(3).tolist()
    ([2.0, 2.0, 3.0], [4.0, 4.0, 3.0])
    """
    keys = [item for items in instrument.dimensions().values() for item in items]
    missing = [key for key in keys if key not in data]
    if missing:
        raise EmolaborError(say("score_no_column", items=say("comma").join(missing)))
    points, turned = instrument.points(), instrument.reversed_items
    items = {key: _answers(data[key], points[key], key) for key in keys}
    return pd.DataFrame(
        {key: points[key] + 1 - answers if key in turned else answers for key, answers in items.items()},
        index=data.index,
    )


def _answers(answers, points, key):
    """Return the answers to an item as numbers, each a code of its response format or missing."""
    if isinstance(answers.dtype, np.dtype) and answers.dtype.kind in "iuf":
        given = answers.to_numpy()
        given = given[~np.isnan(given)]
        are_codes = not len(given) or (given.min() >= 1 and given.max() <= points and (given == np.floor(given)).all())
    else:  # numbers among missing answers are often objects
        are_codes = answers.drop_duplicates().dropna().isin(range(1, points + 1)).all()
    if not are_codes:
        raise EmolaborError(say("score_codes", key=key, points=points))
    if is_numeric_dtype(answers):
        return answers
    return answers.astype("Float64").to_numpy(dtype=float, na_value=float("nan"))


def score(staff: Staff) -> pd.DataFrame:
    """Score each dimension by the mean of its items, reverse-worded ones turned.

    Parameters
    ----------
    staff : Staff
        Answers that were read.

    Returns
    -------
    DataFrame
        One row a respondent as in `staff.data`, one column a dimension, in units of the answers (1 to 5). The score is
        missing where fewer than half of the dimension's items were answered.

    Raises
    ------
    EmolaborError
        No `Staff`; a column of an item is missing, is no number, or holds a number that is no code of its response
        format.

    Examples
    --------
    >>> import emolabor as el
    >>> file = "data/simulated/study-windowstaff_sample-simulated_data.csv"
    >>> staff = el.read_responses(file, el.load_instrument("window_staff"))
    >>> el.score(staff)[["surface_acting", "exhaustion", "proactive_service"]].mean().round(2).to_dict()
    {'surface_acting': 3.07, 'exhaustion': 2.95, 'proactive_service': 3.72}
    """
    if not isinstance(staff, Staff):
        raise EmolaborError(say("staff_kind", found=type(staff).__name__))
    items = scored_items(staff.data, staff.instrument)
    scores = {}
    for dimension, keys in staff.instrument.dimensions().items():
        answered = items[keys].notna().sum(axis=1)
        scores[dimension] = items[keys].mean(axis=1).where(2 * answered >= len(keys))
    return pd.DataFrame(scores)
