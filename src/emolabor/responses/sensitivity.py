"""What changes when careless respondents are left out."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.common.privacy import is_small
from emolabor.responses.scoring import score
from emolabor.responses.screening import screen
from emolabor.responses.staff import Staff
from emolabor.responses.words import say


def screening_sensitivity(
    staff: Staff,
    screening: pd.DataFrame | None = None,
    statistics: Callable[..., Any] | list[Callable[..., Any]] | None = None,
) -> pd.DataFrame:
    """Compare results with and without the respondents that screening calls careless.

    Parameters
    ----------
    staff : Staff
        Answers that were read.
    screening : DataFrame, optional
        As `screen` returns it for these answers; by default with its default cut-offs.
    statistics : callable or list of callable, optional
        Each takes a Staff and returns named numbers (a Series or a dict). By default `score_statistics`: means,
        standard deviations and correlations of the scale scores.

    Returns
    -------
    DataFrame
        One row a statistic: all (every respondent), kept (careless ones left out), difference (kept minus all). Where
        1 to 4 are careless, all and difference are not given: they would tell what those few answered.

    Raises
    ------
    EmolaborError
        The screening is of other respondents, nobody would be left, or a statistic is not what it should be.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> staff = el.read_responses("data/simulated/study-windowstaff_sample-simulated_data.csv", instrument)
    >>> found = el.screening_sensitivity(staff)
    >>> found.loc[["mean exhaustion", "mean proactive_service"]].round(2)
                             all  kept  difference
    mean exhaustion         2.95  2.94       -0.01
    mean proactive_service  3.72  3.74        0.03
    """
    if not isinstance(staff, Staff):
        raise EmolaborError(say("staff_kind", found=type(staff).__name__))
    screening = screen(staff) if screening is None else screening
    if "careless" not in screening or not screening.index.equals(staff.data.index):
        raise EmolaborError(say("screening_other"))
    careless = screening["careless"].to_numpy(dtype=bool)
    if careless.all():
        raise EmolaborError(say("screening_all_careless"))
    statistics = statistics or score_statistics
    functions = statistics if isinstance(statistics, list | tuple) else [statistics]
    kept = Staff(staff.data[~careless].reset_index(drop=True), staff.report, staff.instrument)
    return all_and_kept(_numbers(functions, staff), _numbers(functions, kept), int(careless.sum()))


def all_and_kept(everyone, kept, left_out):
    """Set numbers of every respondent beside those of the respondents who stay.

    Parameters
    ----------
    everyone, kept : Series
        The same numbers of both.
    left_out : int
        How many do not stay.

    Returns
    -------
    DataFrame
        Columns all, kept, difference (kept minus all). Where 1 to 4 are left out, all and difference are not given:
        they would tell what those few answered.
    """
    table = pd.DataFrame({"all": everyone, "kept": kept})
    if is_small(left_out):
        table["all"] = float("nan")
    return table.assign(difference=table["kept"] - table["all"])


def score_statistics(staff):
    """Means, standard deviations and correlations of the scale scores.

    Parameters
    ----------
    staff : Staff
        Answers.

    Returns
    -------
    Series
        Named ``mean x``, ``sd x`` and ``r x, y``.
    """
    scores = score(staff)
    correlation = scores.corr()
    return pd.Series(
        {f"mean {name}": value for name, value in scores.mean().items()}
        | {f"sd {name}": value for name, value in scores.std().items()}
        | {f"r {one}, {other}": correlation.loc[one, other] for one, other in combinations(scores, 2)}
    )


def _numbers(functions, staff):
    parts = []
    for function in functions:
        part = function(staff)
        try:
            parts.append(pd.Series(part, dtype=float))
        except (TypeError, ValueError):
            facts = {"found": type(part).__name__, "function": getattr(function, "__name__", type(function).__name__)}
            raise EmolaborError(say("statistics_kind", **facts)) from None
    return pd.concat(parts)
