"""Agreement in groups: whether individual answers may stand for a team or a centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import fdtrc

from emolabor.common.checks import check_choice
from emolabor.common.errors import EmolaborError, refuse_because, shown
from emolabor.measurement.answers import answers_and_dimensions, as_instrument, complete_answers

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

# Shares of the answers 1 to 5 in people who do not agree but lean a little, more, or much towards the high end (James,
# Demaree & Wolf, 1984). Variances: 1.34, .90, .44; where nobody leans, 2.
SKEWED = {
    "slight_skew": (0.05, 0.15, 0.20, 0.35, 0.25),
    "moderate_skew": (0.0, 0.10, 0.15, 0.40, 0.35),
    "heavy_skew": (0.0, 0.0, 0.10, 0.40, 0.50),
}
NULLS = ("uniform", *SKEWED)
# Agreement from which means of groups are commonly formed, and the smallest group that is shown by itself.
ENOUGH, SMALLEST_SHOWN = 0.70, 5


@dataclass(frozen=True)
class Agreement:
    """How far members of groups agree.

    Attributes
    ----------
    table : DataFrame
        One row a dimension: ``n``, ``groups``, ``mean_size``; ``icc1`` (share of variance between groups), ``icc2``
        (reliability of group means); ``f``, ``df_between``, ``df_within``, ``pvalue`` of the one-way analysis of
        variance; ``design_effect`` (1 + (mean_size - 1) icc1); ``rwg_mean``, ``rwg_median`` and ``rwg_enough`` (share
        of groups from .70) over groups of two or more.
    by_group : DataFrame
        One row a dimension and group of five or more: ``dimension``, ``group``, ``n``, ``mean``, ``rwg``. Smaller
        groups are in `table` but not shown by themselves.
    hidden : int
        How many groups are not shown.
    null : str
        The answers expected without agreement.
    """

    table: pd.DataFrame
    by_group: pd.DataFrame
    hidden: int
    null: str


def agreement(
    data: pd.DataFrame,
    scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]],
    group: str,
    *,
    null: str = "uniform",
    points: int | None = None,
) -> Agreement:
    """Intraclass correlations, within-group agreement and design effect of each dimension.

    Parameters
    ----------
    data : DataFrame
        Answers, with a column of groups. Respondents with a missing answer on a dimension or without a group are left
        out of that dimension.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.
    group : str
        Column with each respondent's group.
    null : {"uniform", "slight_skew", "moderate_skew", "heavy_skew"}
        Answers expected without agreement; the skewed ones are known for five points.
    points : int, optional
        Number of answers, where a mapping is given.

    Returns
    -------
    Agreement
        The coefficients by dimension, and the groups of five or more by themselves.

    Raises
    ------
    EmolaborError
        Unknown group column or null, one group only or none with two members, points missing, and what `reliability`
        refuses.

    Notes
    -----
    ICC(1) = (MSB - MSW) / (MSB + (k - 1) MSW), ICC(2) = (MSB - MSW) / MSB with k the mean group size (Bliese, 2000), of
    dimension means. rwg(j) = j (1 - v) / (j (1 - v) + v), with v the mean item variance in the group over the variance
    of the null; where the group varies more than the null it is set to zero (James, Demaree & Wolf, 1984).

    References
    ----------
    Bliese, P. D. (2000). Within-group agreement, non-independence, and reliability. In K. J. Klein & S. W. J. Kozlowski
    (Eds.), Multilevel theory, research, and methods in organizations (pp. 349-381). Jossey-Bass.
    James, L. R., Demaree, R. G., & Wolf, G. (1984). Estimating within-group interrater reliability with and without
    response bias. Journal of Applied Psychology, 69(1), 85-98.
    Kish, L. (1965). Survey sampling. Wiley.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=600, seed=1)
    >>> found = el.agreement(staff, el.load_scale("unit_guidance"), "centre")
    >>> found.table[["icc1", "icc2", "rwg_mean"]].round(2).iloc[0].tolist()
    [0.01, 0.14, 0.67]
    """
    check_choice("null", null, NULLS)
    if group not in data.columns:
        raise EmolaborError(f"group: found no column {group!r} in data")
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    known = None if isinstance(scale_or_dimensions, dict) else as_instrument(scale_or_dimensions).points()
    rows, parts = {}, []
    for dimension, items in dimensions.items():
        complete = complete_answers(answers[data[group].notna()], items, f"dimension {dimension}")
        groups = data.loc[complete.index, group]
        if groups.nunique() < 2 or groups.value_counts().max() < 2:
            raise EmolaborError(f"group: column {group!r} needs two groups, one of them with two members")
        asked = known or points
        variance = null_variance(null, asked[items[0]] if isinstance(asked, dict) else asked)
        within = _within_groups(complete, groups, variance)
        rows[dimension] = _between(complete.mean(axis=1).to_numpy(), groups) | {
            "rwg_mean": within["rwg"].mean(),
            "rwg_median": within["rwg"].median(),
            "rwg_enough": (within["rwg"].dropna() >= ENOUGH).mean(),
        }
        parts.append(within.rename_axis("group").reset_index().assign(dimension=dimension))
    everything = pd.concat(parts, ignore_index=True)[["dimension", "group", "n", "mean", "rwg"]]
    large = everything[everything["n"] >= SMALLEST_SHOWN].reset_index(drop=True)
    hidden = everything.loc[everything["n"] < SMALLEST_SHOWN, "group"].nunique()
    return Agreement(pd.DataFrame.from_dict(rows, orient="index"), large, hidden, null)


def null_variance(null, points):
    """Variance of an item in people who do not agree.

    Parameters
    ----------
    null : str
        As for `agreement`.
    points : int
        Number of answers.

    Returns
    -------
    float
        (points^2 - 1) / 12 for the uniform null.

    Examples
    --------
    >>> [round(null_variance(null, 5), 2) for null in NULLS]
    [2.0, 1.34, 0.9, 0.44]
    """
    if points is None:
        raise EmolaborError("points: with a mapping the number of answers is needed, such as points=5")
    if null == "uniform":
        return (points**2 - 1) / 12
    if points != 5:
        refuse_because("null", f"{shown(null)} is known for 5 points, found {points}", "uniform")
    codes, shares = np.arange(1, 6), np.array(SKEWED[null])
    return float(shares @ codes**2 - (shares @ codes) ** 2)


def intraclass(between, within, size):
    """ICC(1) and ICC(2) from mean squares and the mean group size (Bliese, 2000); no ICC(2) where means do not differ.

    Examples
    --------
    >>> [round(value, 3) for value in intraclass(6.0, 2.0, 5.0)]
    [0.286, 0.667]
    """
    mean_reliability = (between - within) / between if between > 0 else np.nan
    return (between - within) / (between + (size - 1) * within), mean_reliability


def _between(score, groups):
    """One-way analysis of variance of a score (n,)."""
    frame = pd.Series(score).groupby(groups.to_numpy())
    means, sizes = frame.mean(), frame.size()
    count, n = len(sizes), len(score)
    between = np.sum(sizes * (means - score.mean()) ** 2) / (count - 1)
    within = np.sum((score - frame.transform("mean").to_numpy()) ** 2) / (n - count)
    icc1, icc2 = intraclass(between, within, n / count)
    ratio = between / within if within > 0 else np.inf
    return {
        "n": n,
        "groups": count,
        "mean_size": n / count,
        "icc1": icc1,
        "icc2": icc2,
        "f": ratio,
        "df_between": count - 1,
        "df_within": n - count,
        "pvalue": float(fdtrc(count - 1, n - count, ratio)),
        "design_effect": 1 + (n / count - 1) * icc1,
    }


def _within_groups(complete, groups, null):
    """Size, mean and rwg(j) of each group; one member cannot agree with anybody (NaN)."""
    j = complete.shape[1]
    parts = complete.groupby(groups)
    share = parts.var(ddof=1).mean(axis=1) / null
    agreed = (1 - share).clip(lower=0)
    return pd.DataFrame(
        {"n": parts.size(), "mean": parts.mean().mean(axis=1), "rwg": j * agreed / (j * agreed + share.clip(upper=1))}
    )
