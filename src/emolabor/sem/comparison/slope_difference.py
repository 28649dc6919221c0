"""Likelihood-ratio tests where slopes are random: from the log-likelihoods, as there are no chi-squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.sem.comparison.two_level_difference import NESTED_TOLERANCE, check_same_answers
from emolabor.sem.estimation.test_statistic import chisq_pvalue
from emolabor.sem.specification.constraints import constraint_values
from emolabor.sem.two_level.fit import TwoLevelFit
from emolabor.sem.two_level.level_errors import score_trace
from emolabor.sem.two_level.two_level_measures import log_likelihood

SAME = 1e-7  # of max(1, |value|): values that both models hold
AT_THE_END = (
    "the restricted model holds a variance at zero, the end of its range: the p-value is too large (with one variance "
    "and no covariance half of it is right; Self & Liang, 1987)"
)


def slope_difference(fit0: Any, fit1: Any, scaled: bool) -> tuple[float, int, float, str]:
    """Difference test of two nested models, one of them or both with random slopes.

    Parameters
    ----------
    fit0, fit1 : TwoLevelFit
        In either order.
    scaled : bool
        Divide by the scaling factor of the difference (Satorra & Bentler, 2001, from those of the log-likelihoods).

    Returns
    -------
    tuple
        Statistic, degrees of freedom, p-value, and what is to be kept in mind of it.
    """
    if not all(isinstance(fit, TwoLevelFit) for fit in (fit0, fit1)):
        refuse_because("lr_test", "one fit has two levels and the other one", "two of either kind")
    restricted, larger = sorted((fit0, fit1), key=lambda fit: fit.estimate.n_free)
    df = larger.estimate.n_free - restricted.estimate.n_free
    if df == 0:
        refuse_because("lr_test", f"both models have {larger.estimate.n_free} free parameters", "different numbers")
    check_same_answers(restricted, larger)
    lower, upper = (log_likelihood(fit.bound, fit.bound.value(fit.estimate.theta)) for fit in (restricted, larger))
    theta = _placed(restricted, larger)
    if theta is None or abs(log_likelihood(larger.bound, larger.bound.value(theta)) - lower) > (
        NESTED_TOLERANCE * larger.n_obs
    ):
        refuse_because(
            "lr_test",
            "that the models are nested is not to be seen: what the restricted one says are not values of the larger "
            "one's parameters",
            "a model and the same with some of its parameters fixed, held equal or left out; others by AIC or BIC",
        )
    held = [row for row in larger.tables.rows.rows if row.op == "~~" and row.lhs == row.rhs and row.free >= 0]
    note = AT_THE_END if any(theta[row.free] == 0.0 for row in held) else ""
    statistic = 2 * (upper - lower)
    if statistic < -1e-6:
        return np.nan, df, np.nan, "the larger model ends below the restricted one: its search found no maximum"
    if scaled:
        traces = [score_trace(fit.bound, fit.estimate.theta, fit.estimate.basis) for fit in (larger, restricted)]
        factor = (traces[0] - traces[1]) / df
        if not factor > 0:
            return np.nan, df, np.nan, f"the scaling factor of the difference is not positive ({factor:.3g})"
        statistic /= factor
    statistic = max(float(statistic), 0.0)
    return statistic, df, chisq_pvalue(statistic, df), note


def _placed(restricted: TwoLevelFit, larger: TwoLevelFit) -> np.ndarray | None:
    """The larger model's parameters (q,) at the restricted solution, by the rows' names; None where they cannot be."""
    values = _values(restricted)
    paths = {r.slope: (r.lhs, "~", r.rhs, 1, r.group) for r in larger.tables.rows.rows if r.slope}
    theta = np.full(larger.tables.rows.n_free, np.nan)
    for row, level in zip(larger.tables.rows.rows, larger.tables.row_levels.tolist(), strict=True):
        if row.from_data or row.slope:
            continue
        fixed_before = row.op == "~1" and row.lhs in paths and row.lhs not in restricted.tables.slopes
        value = values.get(paths[row.lhs] if fixed_before else _key(row, level), 0.0)
        held = row.value if row.free < 0 else theta[row.free]
        if held is not None and not np.isnan(held) and abs(held - value) > SAME * max(1.0, abs(value)):
            return None
        if row.free >= 0:
            theta[row.free] = value
    gaps, _ = constraint_values(larger.tables.rows, larger.tables.rows.equalities, theta)
    return theta if np.all(np.abs(gaps) <= SAME) else None


def _values(fit: TwoLevelFit) -> dict[tuple[Any, ...], float]:
    """The value of every row that is not from the data, by its names, level and group."""
    rows, levels, theta = fit.tables.rows.rows, fit.tables.row_levels.tolist(), fit.estimate.theta
    return {
        _key(row, level): float(theta[row.free] if row.free >= 0 else row.value or 0.0)
        for row, level in zip(rows, levels, strict=True)
        if not row.from_data
    }


def _key(row: Any, level: int) -> tuple[Any, ...]:
    sides = sorted((row.lhs, row.rhs)) if row.op == "~~" else (row.lhs, row.rhs)
    return (sides[0], row.op, sides[1], level, row.group)
