"""What is read off a parameter vector, for one vector or for thousands at once.

Each function takes thetas (R, q) and gives values (R, k): the rows of the table, their standardized values, defined
parameters, effects. The same functions serve estimates, delta-method errors, resamples and Monte Carlo draws.
"""

import numpy as np

from emolabor.sem import expressions
from emolabor.sem.ordered_part import leave_residuals
from emolabor.sem.values import row_values, standardizing_units


def row_draws(model, thetas):
    """Values of every row of the table (R, n_rows); what is fixed stays at its value."""
    table = model.table
    free = np.array([row.free for row in table.rows])
    values = np.empty((len(thetas), len(free)))
    values[:] = row_values(table, np.zeros(table.n_free), model.samples)
    values[:, free >= 0] = thetas[:, free[free >= 0]]
    _fill_derived(model, thetas, values)
    return values


def _fill_derived(model, thetas, values):
    """Put the residual variances that ordered variables are left with into values (R, n_rows), in place."""
    table = model.table
    for group, structure in enumerate(model.structures):
        rows = [i for i, row in enumerate(table.rows) if row.derived and row.group == group]
        if rows:
            places = [table.variables.observed.index(table.rows[i].lhs) for i in rows]
            values[:, rows] = fill_many(structure, thetas)[1][:, places, places]


def spreads(model, thetas):
    """Standard deviations of all variables and of their residuals, by group: two lists of (R, v)."""
    totals, residuals = [], []
    for structure in model.structures:
        paths, covariances = fill_many(structure, thetas)
        total = many_total_paths(structure, paths)
        totals.append(np.sqrt(np.maximum(np.einsum("rij,rjk,rik->ri", total, covariances, total, optimize=True), 0.0)))
        residuals.append(np.sqrt(np.abs(np.einsum("rii->ri", covariances))))
    return totals, residuals


def fill_many(structure, thetas):
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


def many_total_paths(structure, paths):
    """B = (I - A)^-1 (R, v, v), from the block of the variables that paths start from."""
    total = np.zeros_like(paths)
    total[:] = np.eye(paths.shape[1])
    sources = structure.sources
    if len(sources):
        inner = np.linalg.inv(np.eye(len(sources)) - paths[:, sources[:, None], sources[None, :]])
        total[:, :, sources] += paths[:, :, sources] @ inner
    return total


def standardized_draws(model, thetas, only_latent=False):
    """Standardized values of every row (R, n_rows)."""
    values = row_draws(model, thetas)
    totals, residuals = spreads(model, thetas)
    width = totals[0].shape[1]
    units = np.hstack([np.ones((len(thetas), 1)), *totals, *residuals])
    times, over = standardizing_units(model.table, width, only_latent)
    with np.errstate(divide="ignore", invalid="ignore"):
        return values * units[:, times] / (units[:, over[:, 0]] * units[:, over[:, 1]])


def defined_draws(table, values):
    """Values of the `:=` parameters (R, n_defined) from the rows' values (R, n_rows)."""
    by_label = {}
    for i, row in enumerate(table.rows):
        if row.label:
            by_label.setdefault(row.label, values[:, i])
    for defined in table.defined:
        by_label[defined.name] = expressions.evaluate(defined.tree, by_label)
    columns = [np.broadcast_to(by_label[defined.name], len(values)) for defined in table.defined]
    return np.array(columns).T.reshape(len(values), len(table.defined))


def effect_draws(effects, values):
    """Values of effects (R, n_effects) from the rows' values (R, n_rows)."""
    result = np.zeros((len(values), len(effects)))
    for k, effect in enumerate(effects):
        for places in effect.ways:
            result[:, k] += np.prod(values[:, list(places)], axis=1)
    return result


def all_draws(model, effects, thetas):
    """Rows, defined parameters and effects, raw and standardized: two arrays (R, n_rows + n_defined + n_effects)."""
    both = []
    for values in (row_draws(model, thetas), standardized_draws(model, thetas)):
        both.append(np.hstack([values, defined_draws(model.table, values), effect_draws(effects, values)]))
    return tuple(both)


def slopes(function, theta, step=1e-6):
    """Derivatives (k, q) of a function of thetas (R, q) at one vector, by central differences."""
    sizes = step * np.maximum(1.0, np.abs(theta))
    up, down = theta + np.diag(sizes), theta - np.diag(sizes)
    values = function(np.vstack([up, down]))
    q = len(theta)
    return ((values[:q] - values[q:]) / (2 * sizes[:, None])).T
