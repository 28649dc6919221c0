"""Item analysis: how each item behaves by itself and with the rest of its dimension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtr

from emolabor.common.privacy import coarse, is_small
from emolabor.measurement.answers import answers_and_dimensions, as_instrument, complete_answers
from emolabor.measurement.reliability import cronbach_alpha

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

# A floor or ceiling effect: more than this share of respondents at the lowest or highest answer (Terwee et al., 2007).
EXTREME = 0.15
# Share of respondents in the low and in the high group (Kelley, 1939).
GROUP = 0.27


def item_analysis(
    data: pd.DataFrame, scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]]
) -> pd.DataFrame:
    """Analyse the items of each dimension.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers, as for `reliability`: with a scale or an instrument as fielded, and reverse-worded items are turned
        first.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.

    Returns
    -------
    DataFrame
        One row an item, under its key: ``dimension``; ``n`` (complete on the dimension); ``mean``, ``sd``; ``skew``,
        ``kurtosis`` (excess; the unbiased forms that SPSS prints); ``floor``, ``ceiling`` (shares at the ends of the
        response format, or of what was answered where only a mapping is given) and ``extreme`` (whether one exceeds
        .15); ``item_rest_r`` (correlation with the sum of the dimension's other items); ``alpha_if_dropped`` (NaN with
        two items); ``high_low_t``, ``high_low_df``, ``high_low_p``: Welch's t-test of the item between the respondents
        at or above the 73rd and those at or below the 27th percentile of the dimension's sum (critical ratio, 决断值).

    Raises
    ------
    EmolaborError
        What `reliability` refuses.

    References
    ----------
    Kelley, T. L. (1939). The selection of upper and lower groups for the validation of test items. Journal of
    Educational Psychology, 30(1), 17-24.
    Terwee, C. B., et al. (2007). Quality criteria were proposed for measurement properties of health status
    questionnaires. Journal of Clinical Epidemiology, 60(1), 34-42.

    Examples
    --------
    >>> import emolabor as el
    >>> answers = el.simulate_staff(n=400, seed=1)
    >>> found = el.item_analysis(answers, el.load_scale("institutional_clarity"))
    >>> found[["mean", "sd", "item_rest_r", "alpha_if_dropped"]].round(2)
         mean    sd  item_rest_r  alpha_if_dropped
    ic1  3.55  1.05         0.65              0.70
    ic2  3.51  1.08         0.68              0.68
    ic3  3.29  1.16         0.61              0.72
    ic4  3.47  1.03         0.43              0.81
    """
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    points = {} if isinstance(scale_or_dimensions, dict) else as_instrument(scale_or_dimensions).points()
    rows = {}
    for dimension, items in dimensions.items():
        complete = complete_answers(answers, items, f"dimension {dimension}")
        covariance = complete.cov().to_numpy()
        total = complete.sum(axis=1)
        low, high = (total <= np.quantile(total, GROUP)), (total >= np.quantile(total, 1 - GROUP))
        for i, item in enumerate(items):
            answer = complete[item]
            lowest, highest = (1, points[item]) if item in points else (answer.min(), answer.max())
            floor, ceiling = (answer == lowest).mean(), (answer == highest).mean()
            t, df, p = welch(answer[high].to_numpy(), answer[low].to_numpy())
            rows[item] = {
                "dimension": dimension,
                "n": len(complete),
                "mean": answer.mean(),
                "sd": answer.std(),
                "skew": answer.skew(),
                "kurtosis": answer.kurt(),
                "floor": floor,
                "ceiling": ceiling,
                "extreme": bool(max(floor, ceiling) > EXTREME),
                "item_rest_r": np.corrcoef(answer, total - answer)[0, 1],
                "alpha_if_dropped": _alpha_without(covariance, i),
                "high_low_t": t,
                "high_low_df": df,
                "high_low_p": p,
            }
    return pd.DataFrame.from_dict(rows, orient="index")


def shown_items(table, data, scale):
    """Leave out of an item analysis what would tell an answer that 1 to 4 respondents gave; see `common.privacy`.

    Parameters
    ----------
    table : DataFrame
        As `item_analysis` gives it.
    data, scale
        What it was made from.

    Returns
    -------
    DataFrame
        The same, where an item has such an answer with coarse mean and sd and without skew, kurtosis and the share that
        is theirs.

    Examples
    --------
    >>> import emolabor as el
    >>> answers, scale = el.simulate_staff(n=120, seed=1), el.load_scale("institutional_clarity")
    >>> shown_items(el.item_analysis(answers, scale), answers, scale)[["mean", "sd", "skew", "floor"]].iloc[0].tolist()
    [3.3451327433628317, 1.024432870146286, -0.4848312525539761, 0.061946902654867256]
    """
    answers, dimensions = answers_and_dimensions(data, scale)
    table = table.copy()
    for dimension, items in dimensions.items():
        complete = complete_answers(answers, items, f"dimension {dimension}")
        for item in items:
            if is_small(complete[item].value_counts()).any():
                n = len(complete)
                small = [end for end in ("floor", "ceiling") if is_small(round(table.loc[item, end] * n))]
                table.loc[item, ["mean", "sd"]] = [coarse(table.loc[item, part], n) for part in ("mean", "sd")]
                table.loc[item, ["skew", "kurtosis", *small]] = np.nan
    return table


def welch(first, second):
    """Welch's t-test of two independent groups.

    Parameters
    ----------
    first, second : ndarray

    Returns
    -------
    t, df, pvalue : float
        NaN where neither group varies or one has fewer than two members.

    References
    ----------
    Welch, B. L. (1947). The generalization of "Student's" problem when several different population variances are
    involved. Biometrika, 34(1/2), 28-35.

    Examples
    --------
    >>> [round(value, 3) for value in welch(np.array([4.0, 5.0, 5.0]), np.array([1.0, 2.0, 2.0, 3.0]))]
    [5.06, 5.0, 0.004]
    """
    if min(len(first), len(second)) < 2:
        return np.nan, np.nan, np.nan
    parts = np.array([group.var(ddof=1) / len(group) for group in (first, second)])
    if parts.sum() == 0:
        return np.nan, np.nan, np.nan
    t = (first.mean() - second.mean()) / np.sqrt(parts.sum())
    df = parts.sum() ** 2 / np.sum(parts**2 / (np.array([len(first), len(second)]) - 1))
    return float(t), float(df), float(2 * stdtr(df, -abs(t)))


def _alpha_without(covariance, i):
    if len(covariance) < 3:
        return np.nan
    others = np.delete(np.delete(covariance, i, axis=0), i, axis=1)
    return cronbach_alpha(others)
