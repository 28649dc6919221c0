"""Convergent and discriminant validity: composite reliability, variance extracted, HTMT, Fornell-Larcker table."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_seed, check_share, check_whole
from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.common.notices import Notice, joined
from emolabor.common.threads import one_thread
from emolabor.measurement.answer_problems import answer_problems, named
from emolabor.measurement.factor_model import (
    complete_dimensions,
    factor_model,
    factor_name,
    neutral_names,
    refuse_unidentified,
)
from emolabor.sem.numerics import standardized_draws

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale


@one_thread
def convergent_validity(
    data: pd.DataFrame,
    scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]],
    *,
    n_resamples: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Composite reliability and average variance extracted from one factor model of all dimensions.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers, as for `reliability`; respondents with a missing answer to any of the items are left out.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`; two items a dimension at least.
    n_resamples : int
        Resamples behind the intervals.
    seed : int
        The same seed gives the same intervals.
    level : float
        Coverage of the percentile intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a dimension: ``items``, ``cr`` and ``ave`` from standardised loadings (Fornell & Larcker, 1981) with
        ``_lower`` and ``_upper``, ``smallest_loading``, ``largest_loading``, and ``problems`` of the model (the same in
        every row).

    Raises
    ------
    EmolaborError
        One dimension only, of two items, a level outside 0 to 1, a dimension whose factor is not identified, and what
        `reliability` refuses.

    References
    ----------
    Fornell, C., & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and
    measurement error. Journal of Marketing Research, 18(1), 39-50.

    Examples
    --------
    >>> import emolabor as el
    >>> answers = el.simulate_staff(n=400, seed=1)
    >>> found = el.convergent_validity(answers, el.load_scale("emotional_labor"), n_resamples=100)
    >>> found[["items", "cr", "ave", "smallest_loading"]].round(2)
                        items    cr   ave  smallest_loading
    surface_acting          4  0.83  0.55              0.73
    deep_acting             4  0.82  0.53              0.69
    natural_expression      3  0.80  0.58              0.72
    """
    check_seed(seed)
    check_whole("n_resamples", n_resamples, 2)
    check_share("level", level)
    answers, dimensions = complete_dimensions(data, scale_or_dimensions)
    [(only, items), *others] = dimensions.items()
    if not others and len(items) < 3:
        refuse(
            f"dimension {only}",
            f"{len(items)} items and no other dimension, which identify no factor",
            "three items, or a second dimension beside it",
        )
    fit = factor_model(answers, dimensions)
    refuse_unidentified(fit, dimensions)
    values = _cr_and_ave(fit, fit.estimate.theta[None, :], dimensions)[:, :, 0]
    draws = fit.bootstrap(n_resamples, seed)
    if draws.n_failed == n_resamples:
        reason = f"the factor model of {', '.join(dimensions)} converged on none of {n_resamples} resamples"
        refuse_because("data", reason, "more respondents, or fewer dimensions at once")
    resampled = _cr_and_ave(fit, draws.thetas[~np.isnan(draws.thetas).any(axis=1)], dimensions)
    lower, upper = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=2)
    tidy = fit.tidy()
    loadings = tidy[tidy["op"] == "=~"].groupby("lhs", sort=False)["std_all"]
    columns = {"items": [len(items) for items in dimensions.values()]}
    for k, name in enumerate(("cr", "ave")):
        columns |= {name: values[:, k], f"{name}_lower": lower[:, k], f"{name}_upper": upper[:, k]}
    columns |= {"smallest_loading": loadings.min().to_numpy(), "largest_loading": loadings.max().to_numpy()}
    found = [problem for problems in _answer_problems(answers, dimensions).values() for problem in problems]
    columns |= {"problems": joined([*found, *named(fit.problems, neutral_names(dimensions))])}
    return pd.DataFrame(columns, index=list(dimensions))


def fornell_larcker(
    data: pd.DataFrame, scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]]
) -> pd.DataFrame:
    """Set the root of each dimension's variance extracted beside its correlations with the others.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers, as for `convergent_validity`.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`; two items a dimension at least.

    Returns
    -------
    DataFrame of shape (d, d + 1)
        Diagonal: root of AVE; below it: correlations of the factors; above: NaN. Dimensions are told apart where each
        root exceeds every correlation in its row and column (Fornell & Larcker, 1981). The last column, ``problems``,
        says of each dimension's answers what speaks against the numbers, such as an item that is not turned.

    Raises
    ------
    EmolaborError
        What `convergent_validity` refuses.

    References
    ----------
    Fornell, C., & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and
    measurement error. Journal of Marketing Research, 18(1), 39-50.

    Examples
    --------
    >>> import emolabor as el
    >>> found = el.fornell_larcker(el.simulate_staff(n=400, seed=1), el.load_scale("emotional_labor"))
    >>> found.drop(columns="problems").round(2)
                        surface_acting  deep_acting  natural_expression
    surface_acting                0.74          NaN                 NaN
    deep_acting                   0.33         0.73                 NaN
    natural_expression           -0.27         0.57                0.76
    """
    answers, dimensions = complete_dimensions(data, scale_or_dimensions)
    fit = factor_model(answers, dimensions)
    refuse_unidentified(fit, dimensions)
    if not fit.converged:
        reason = named(fit.problems, neutral_names(dimensions))[0]
        refuse_because("data", reason, "a factor model that converges")
    tidy = fit.tidy().set_index(["lhs", "op", "rhs"])["std_all"]
    keys = list(dimensions)
    table = pd.DataFrame(np.nan, keys, keys)
    extracted = _cr_and_ave(fit, fit.estimate.theta[None, :], dimensions)[:, 1, 0]
    for k, key in enumerate(keys):
        table.loc[key, key] = np.sqrt(extracted[k])
        for other in range(k):
            table.loc[key, keys[other]] = tidy[factor_name(other), "~~", factor_name(k)]
    return table.assign(problems=pd.Series(_answer_problems(answers, dimensions)).map(joined))


@one_thread
def htmt(
    data: pd.DataFrame,
    scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]],
    *,
    kind: str = "htmt",
    n_resamples: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Heterotrait-monotrait ratio of each pair of dimensions with a bootstrap interval.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers, as for `convergent_validity`.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`; two items a dimension at least.
    kind : {"htmt", "htmt2"}
        Arithmetic means of absolute correlations between and within (Henseler, Ringle & Sarstedt, 2015), or geometric
        means, which items may load unequally (Roemer, Schuberth & Henseler, 2021).
    n_resamples : int
        Resamples behind the intervals.
    seed : int
        The same seed gives the same intervals.
    level : float
        Coverage of the percentile intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a pair: ``dimension``, ``other``, ``ratio``, ``lower``, ``upper`` and ``problems`` of their answers,
        such as an item that is not turned. Ratios under .85 (strict) or .90 tell dimensions apart; so does an interval
        that ends below 1.

    Raises
    ------
    EmolaborError
        An unknown kind, one dimension only, a level outside 0 to 1, and what `reliability` refuses.

    References
    ----------
    Henseler, J., Ringle, C. M., & Sarstedt, M. (2015). A new criterion for assessing discriminant validity in
    variance-based structural equation modeling. Journal of the Academy of Marketing Science, 43(1), 115-135.
    Roemer, E., Schuberth, F., & Henseler, J. (2021). HTMT2 - an improved criterion for assessing discriminant validity
    in structural equation modeling. Industrial Management & Data Systems, 121(12), 2637-2650.

    Examples
    --------
    >>> import emolabor as el
    >>> answers = el.simulate_staff(n=400, seed=1)
    >>> found = el.htmt(answers, el.load_scale("emotional_labor"), n_resamples=200)
    >>> found[["dimension", "other", "ratio", "upper"]].round(2)
            dimension               other  ratio  upper
    0  surface_acting         deep_acting   0.32   0.45
    1  surface_acting  natural_expression   0.27   0.42
    2     deep_acting  natural_expression   0.58   0.69
    """
    if kind not in ("htmt", "htmt2"):
        refuse("kind", shown(kind), "htmt, htmt2")
    check_seed(seed)
    check_whole("n_resamples", n_resamples, 2)
    check_share("level", level)
    answers, dimensions = complete_dimensions(data, scale_or_dimensions)
    if len(dimensions) < 2:
        refuse("scale", f"{len(dimensions)} dimension", "at least 2, a ratio needs them")
    values = answers.to_numpy()
    member = np.array([[item in items for item in answers] for items in dimensions.values()], dtype=float)
    rng = np.random.default_rng(seed)
    ratios = _ratios(values, member, kind)
    resampled = [_ratios(rng.choice(values, len(values)), member, kind) for _ in range(n_resamples)]
    lower, upper = np.nanquantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=0)
    pairs = pd.DataFrame(combinations(dimensions, 2), columns=["dimension", "other"])
    found = _answer_problems(answers, dimensions)
    problems = [joined([*found[one], *found[other]]) for one, other in combinations(dimensions, 2)]
    return pairs.assign(ratio=ratios, lower=lower, upper=upper, problems=problems)


def _answer_problems(answers, dimensions):
    """What speaks against each dimension's answers, with its key in front."""
    return {
        key: [Notice(problem.code, f"{key}: {problem}") for problem in answer_problems(answers[own])]
        for key, own in dimensions.items()
    }


def _ratios(values, member, kind):
    """The ratio of every pair of dimensions, from answers (n, p) and the items' membership (d, p) of zeros and ones."""
    # An item that does not vary in a resample makes its ratios missing.
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = np.abs(np.corrcoef(values.T))
        if kind == "htmt2":
            correlations = np.log(correlations)
        np.fill_diagonal(correlations, 0.0)
        sums, size = member @ correlations @ member.T, member.sum(axis=1)
        between, within = sums / np.outer(size, size), np.diag(sums) / (size * (size - 1))
        first, second = np.triu_indices(len(size), 1)
        if kind == "htmt2":
            return np.exp(between[first, second] - (within[first] + within[second]) / 2)
        return between[first, second] / np.sqrt(within[first] * within[second])


def _cr_and_ave(fit, thetas, dimensions):
    """Composite reliability and variance extracted from standardised loadings: (dimensions, 2, draws)."""
    standardized = standardized_draws(fit.model, thetas)
    rows = [(row.lhs, row.op) for row in fit.table.rows]
    found = []
    for k in range(len(dimensions)):
        loadings = standardized[:, [i for i, row in enumerate(rows) if row == (factor_name(k), "=~")]]
        common, residual = loadings.sum(axis=1) ** 2, np.sum(1 - loadings**2, axis=1)
        found.append([common / (common + residual), np.mean(loadings**2, axis=1)])
    return np.array(found)
