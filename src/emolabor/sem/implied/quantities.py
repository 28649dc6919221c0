"""What is read off a parameter vector, for one vector or for thousands at once.

Each function takes thetas (R, q) and gives values (R, k): the rows of the table, their standardized values, defined
parameters, effects. The same functions serve estimates, delta-method errors, resamples and Monte Carlo draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.implied.thresholds import leave_residuals
from emolabor.sem.implied.values import row_values, standardizing_units
from emolabor.sem.language import expressions

if TYPE_CHECKING:
    from emolabor.sem.estimation.model import Model
    from emolabor.sem.implied.ram import Structure
    from emolabor.sem.specification.parameter_table import ParameterTable

MATRICES = 2_000_000  # numbers in a stack of matrices: 16 MB


def row_draws(model: Model, thetas: np.ndarray) -> np.ndarray:
    """Values of every row of the table (R, n_rows); what is fixed stays at its value."""
    table = model.table
    values = np.empty((len(thetas), len(table.rows)))
    values[:] = row_values(table, np.zeros(table.n_free), model.samples)
    free = table.free >= 0
    values[:, free] = thetas[:, table.free[free]]
    if table.ordered:
        _fill_derived(model, thetas, values)
    return values


def _fill_derived(model: Model, thetas: np.ndarray, values: np.ndarray) -> None:
    """Put the residual variances (or, in the theta parametrisation, scales) that follow from the others into values."""
    table = model.table
    for group, structure in enumerate(model.structures):
        rows = [i for i, row in enumerate(table.rows) if row.derived and row.group == group]
        if rows:
            places = [table.variables.observed.index(table.rows[i].lhs) for i in rows]
            paths, covariances = fill_many(structure.given, thetas)
            if structure.ordered.is_theta:
                own = many_total_paths(structure, paths)[:, places]
                with np.errstate(invalid="ignore", divide="ignore"):  # an improper draw may leave no variance
                    values[:, rows] = ((own @ covariances) * own).sum(axis=-1) ** -0.5
            else:
                values[:, rows] = covariances[:, places, places]


def spreads(model: Model, thetas: np.ndarray, of_negative: float = 0.0) -> tuple[Any, ...]:
    """Standard deviations of all variables and of their residuals, by group: two lists of (R, v).

    That of a negative variance is `of_negative`: 0 lets improper draws keep their place in the order of all draws.
    """
    totals, residuals = [], []
    for structure in model.structures:
        paths, covariances = fill_many(structure, thetas)
        total = many_total_paths(structure, paths)
        variances = ((total @ covariances) * total).sum(axis=2)
        totals.append(np.sqrt(np.where(variances < 0, of_negative, variances)))
        residuals.append(np.sqrt(np.abs(np.einsum("rii->ri", covariances))))
    return totals, residuals


def fill_many(structure: Structure, thetas: np.ndarray) -> tuple[Any, ...]:
    """Paths A (R, v, v) and (co)variances S (R, v, v) of many parameter vectors."""
    shape = (len(thetas), *structure.paths.shape)
    paths, covariances = np.empty(shape), np.empty(shape)
    paths[:], covariances[:] = structure.paths, structure.covariances
    values = thetas[:, structure.parameter]
    for kind, matrix in ((0, paths), (1, covariances)):
        here = structure.kind == kind
        matrix[:, structure.row[here], structure.col[here]] = values[:, here]
        if kind == 1:
            matrix[:, structure.col[here], structure.row[here]] = values[:, here]
    if structure.ordered is not None:
        leave_residuals(structure.ordered, thetas, many_total_paths(structure, paths), covariances)
    return paths, covariances


def many_total_paths(structure: Structure, paths: np.ndarray) -> np.ndarray:
    """B = (I - A)^-1 (R, v, v), from the block of the variables that paths start from."""
    if not structure.sources_are_joined:
        return structure.identity + paths
    total = np.empty_like(paths)
    total[:] = structure.identity
    sources = structure.sources
    loops = np.eye(len(sources)) - paths[:, sources[:, None], sources[None, :]]
    loops[np.linalg.det(loops) == 0] = np.nan  # effects that do not die out: no finite moments
    inner = np.linalg.inv(loops)
    total[:, :, sources] += paths[:, :, sources] @ inner
    return total


def standardized_draws(model: Model, thetas: np.ndarray, only_latent: bool = False) -> np.ndarray:
    """Standardized values of every row (R, n_rows): by all standard deviations, or by those of latent variables."""
    return standardized(model.table, row_draws(model, thetas), standard_deviations(model, thetas), only_latent)


def standard_deviations(model: Model, thetas: np.ndarray, of_negative: float = 0.0) -> np.ndarray:
    """Standard deviations (R, 1 + 2 k v) in the order of `standardizing_units`: 1, totals and residuals by group.

    `of_negative` as for `spreads`.
    """
    totals, residuals = spreads(model, thetas, of_negative)
    return np.hstack([np.ones((len(thetas), 1)), *totals, *residuals])


def standardized(table: ParameterTable, values: np.ndarray, units: np.ndarray, only_latent: bool = False) -> np.ndarray:
    """Standardize the rows' values (R, n_rows) by given standard deviations."""
    times, over = standardizing_units(table, only_latent)
    with np.errstate(divide="ignore", invalid="ignore"):
        return values * units[:, times] / (units[:, over[:, 0]] * units[:, over[:, 1]])


def estimates(model: Model, theta: np.ndarray) -> tuple[Any, ...]:
    """Values of every row at one vector: as they are, std_lv and std_all; three arrays (1, n_rows).

    Standardized values are missing where a variance is negative or zero.
    """
    values = row_draws(model, theta[None, :])
    units = standard_deviations(model, theta[None, :], of_negative=np.nan)
    standard = (standardized(model.table, values, units, only_latent) for only_latent in (True, False))
    return values, *(np.where(np.isfinite(own), own, np.nan) for own in standard)


def defined_draws(table: ParameterTable, values: np.ndarray) -> np.ndarray:
    """Values of the `:=` parameters (R, n_defined) from the rows' values (R, n_rows); missing where not finite."""
    by_label = {}
    for i, row in enumerate(table.rows):
        if row.label:
            by_label.setdefault(row.label, values[:, i])
    with np.errstate(all="ignore"):
        for defined in table.defined:
            by_label[defined.name] = expressions.evaluate(defined.tree, by_label)
    columns = [np.broadcast_to(by_label[defined.name], len(values)) for defined in table.defined]
    drawn = np.array(columns).T.reshape(len(values), len(table.defined))
    return np.where(np.isfinite(drawn), drawn, np.nan)


def effect_draws(effects: Sequence[Any], values: np.ndarray) -> np.ndarray:
    """Values of effects (R, n_effects) from the rows' values (R, n_rows)."""
    result = np.zeros((len(values), len(effects)))
    for k, effect in enumerate(effects):
        for places in effect.ways:
            result[:, k] += np.prod(values[:, list(places)], axis=1)
    return result


def all_draws(model: Model, effects: Sequence[Any], thetas: np.ndarray) -> tuple[Any, ...]:
    """Rows, defined parameters and effects, raw and standardized: two arrays (R, n_rows + n_defined + n_effects).

    Worked out a part of the draws at a time: standardizing takes matrices (v, v) for each.
    """
    size = max(1, MATRICES // model.structures[0].paths.size)
    parts = [_part_of_draws(model, effects, thetas[i : i + size]) for i in range(0, max(len(thetas), 1), size)]
    return tuple(np.vstack(values) for values in zip(*parts, strict=True))


def _part_of_draws(model: Model, effects: Sequence[Any], thetas: np.ndarray) -> list[np.ndarray]:
    both = (row_draws(model, thetas), standardized_draws(model, thetas))
    return [np.hstack([values, defined_draws(model.table, values), effect_draws(effects, values)]) for values in both]


def jacobian_by_differences(function: Any, theta: Any, step: Any = 1e-6) -> Any:
    """Derivatives (k, q) of a function of thetas (R, q) at one vector, by central differences."""
    sizes = step * np.maximum(1.0, np.abs(theta))
    up, down = theta + np.diag(sizes), theta - np.diag(sizes)
    values = function(np.vstack([up, down]))
    q = len(theta)
    return ((values[:q] - values[q:]) / (2 * sizes[:, None])).T


def hessian_by_differences(gradient: Any, theta: np.ndarray, steps: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Second derivatives (q, q) by central differences of a gradient, which may be None outside its domain.

    Parameters
    ----------
    gradient : callable
        theta (q,) -> slopes (q,), or None.
    theta, steps : ndarray (q,)
        Where, and how far each parameter is moved; one whose step is zero has a row of zeros.
    here : ndarray (q,)
        The gradient at theta: beside the end of the domain it stands for the side that is beyond.

    Returns
    -------
    ndarray (q, q)
    """
    hessian = np.zeros((len(theta), len(theta)))
    for k in np.flatnonzero(steps):
        step = np.zeros(len(theta))
        step[k] = steps[k]
        sides = [gradient(theta + step), gradient(theta - step)]
        up, down = (here if side is None else side for side in sides)
        hessian[k] = (up - down) / (steps[k] if any(side is None for side in sides) else 2 * steps[k])
    return 0.5 * (hessian + hessian.T)
