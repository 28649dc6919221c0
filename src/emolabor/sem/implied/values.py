"""Values of the table's rows, how they are standardized, their Wald tests, explained variance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from emolabor.common.checks import check_level
from emolabor.sem.implied.ram import fill, implied_moments

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable
    from emolabor.sem.specification.variables import Variables


def row_values(table: ParameterTable, theta: np.ndarray, samples: Sequence[Any]) -> np.ndarray:
    """The value of every row of the table (n_rows,); exogenous moments come from the sample."""
    values = table.values.copy()
    free = table.free >= 0
    values[free] = theta[table.free[free]]
    if not table.variables.fixed_x:
        return values
    position = {name: i for i, name in enumerate(table.variables.observed)}
    for i, row in enumerate(table.rows):
        if row.from_data and row.op == "~1":
            values[i] = samples[row.group].mean[position[row.lhs]]
        elif row.from_data:
            values[i] = samples[row.group].cov[position[row.lhs], position[row.rhs]]
    return values


@lru_cache(maxsize=256)
def standardizing_units(table: ParameterTable, only_latent: bool = False) -> tuple[np.ndarray, ...]:
    """By which standard deviations a row is multiplied and divided to be standardized.

    Parameters
    ----------
    table : ParameterTable
    only_latent : bool
        Standardize latent variables only (std_lv) instead of all (std_all).

    Returns
    -------
    tuple of ndarray
        times (n_rows,) and over (n_rows, 2): places in a list that starts with 1 and goes on with the v standard
        deviations of each group, then the v residual ones of each group. Residual covariances are divided by residual
        standard deviations, as lavaan does.
    """
    names = (*table.variables.observed, *table.variables.latent)
    position = {name: i for i, name in enumerate(names)}
    width = len(names)
    first_latent = len(table.variables.observed) if only_latent else 0
    times, over = [], []
    for row in table.rows:
        residual = row.op == "~~" and row.lhs != row.rhs
        start = 1 + width * (row.group + table.n_groups * residual)
        left, right = (
            0 if name not in position or position[name] < first_latent else start + position[name]
            for name in (row.lhs, row.rhs)
        )
        times.append({"=~": left, "~": right, "~*~": left}.get(row.op, 0))
        over.append({"=~": (right, 0), "~~": (left, right), "~*~": (0, 0)}.get(row.op, (left, 0)))
    return np.array(times, int), np.array(over, int).reshape(-1, 2)


def wald(estimates: np.ndarray, errors: np.ndarray, level: float, df: float = np.inf) -> tuple[Any, ...]:
    """z, two-sided p and interval of estimates with standard errors; missing where the error is zero or missing.

    `df` are the degrees of freedom of the t distribution that they come from: clusters less one, else the normal one.
    """
    check_level(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(errors > 0, estimates / errors, np.nan)
    if np.isinf(df):
        half, pvalue = ndtri((1 + level) / 2) * errors, 2 * ndtr(-np.abs(z))
    else:
        half, pvalue = stdtrit(df, (1 + level) / 2) * errors, 2 * stdtr(df, -np.abs(z))
    return z, pvalue, estimates - half, estimates + half


def r_squared(structures: Sequence[Any], theta: np.ndarray, variables: Variables) -> dict[Any, Any]:
    """Explained variance of every variable that has predictors: dict of (group, name) to share."""
    names = (*variables.observed, *variables.latent)
    shares = {}
    for group, structure in enumerate(structures):
        implied = implied_moments(structure, theta)
        _, covariances, _ = fill(structure, theta)
        dependent = (structure.paths != 0).any(axis=1)
        dependent[structure.row[structure.kind == 0]] = True
        for i in np.flatnonzero(dependent):
            total = implied.covariance[i, i]
            shares[group, names[i]] = float(1 - covariances[i, i] / total) if total > 0 else np.nan
    return shares
