"""Values of the table's rows: estimates, standardized values, defined parameters, explained variance."""

import numpy as np
from scipy.special import ndtr, ndtri

from emolabor.sem import expressions
from emolabor.sem.structure import fill, implied_moments, total_paths


def row_values(table, theta, samples):
    """The value of every row of the table (n_rows,); exogenous moments come from the sample."""
    position = {name: i for i, name in enumerate(table.variables.observed)}
    values = np.empty(len(table.rows))
    for i, row in enumerate(table.rows):
        sample = samples[row.group]
        if row.free >= 0:
            values[i] = theta[row.free]
        elif not row.from_data:
            values[i] = row.value
        elif row.op == "~1":
            values[i] = sample.mean[position[row.lhs]]
        else:
            values[i] = sample.cov[position[row.lhs], position[row.rhs]]
    return values


def defined_values(table, by_label):
    """Values of the `:=` parameters, in order, from the values of the labels."""
    values = dict(by_label)
    for defined in table.defined:
        values[defined.name] = expressions.evaluate(defined.tree, values)
    return [values[defined.name] for defined in table.defined]


def standardized(table, structures, theta, samples):
    """Standardized values of every row: latent variables only (std_lv), all variables (std_all).

    Parameters
    ----------
    table : ParameterTable
    structures : list of Structure
    theta : ndarray (q,)
    samples : list of Sample

    Returns
    -------
    tuple of ndarray
        (n_rows,) each. Residual covariances are divided by the residual standard deviations, as lavaan does.
    """
    values = row_values(table, theta, samples)
    names = (*table.variables.observed, *table.variables.latent)
    position = {name: i for i, name in enumerate(names)}
    latent = np.array([name in table.variables.latent for name in names])
    scales = []
    for structure in structures:
        paths, covariances, _ = fill(structure, theta)
        total = total_paths(paths, structure.sources)
        spread = np.sqrt(np.maximum(np.diag(total @ covariances @ total.T), 0.0))
        residual = np.sqrt(np.abs(np.diag(covariances)))
        scales.append((spread, residual))
    result = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for only_latent in (True, False):
            out = values.copy()
            for i, row in enumerate(table.rows):
                spread, residual = scales[row.group]
                a, b = position[row.lhs], position.get(row.rhs)
                if row.op == "~~" and a != b:
                    factors = residual
                else:
                    factors = spread
                unit = np.where(latent, factors, 1.0) if only_latent else factors
                if row.op == "=~":
                    out[i] *= unit[a] / unit[b]
                elif row.op == "~":
                    out[i] *= unit[b] / unit[a]
                elif row.op == "~~":
                    out[i] /= unit[a] * unit[b]
                else:
                    out[i] /= unit[a]
            result.append(out)
    return tuple(result)


def wald(estimates, errors, level):
    """z, two-sided p and interval of estimates with standard errors; missing where the error is zero or missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(errors > 0, estimates / errors, np.nan)
    half = ndtri((1 + level) / 2) * errors
    return z, 2 * ndtr(-np.abs(z)), estimates - half, estimates + half


def r_squared(structures, theta, variables):
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
