"""Diagonally weighted least squares of thresholds, means, variances and correlations (Muthen, du Toit & Spisic, 1997).

Half of r'Wr, with r the differences of a group's statistics and what the model implies, and W the inverse of the
diagonal of their asymptotic covariance matrix. A case's, as the likelihood.
"""

import numpy as np

from emolabor.sem.structure import derivative_columns, implied_moments


def implied_statistics(structure, theta, implied=None):
    """What the model implies for the statistics of a group (s,), in their order.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    implied : Implied, optional

    Returns
    -------
    ndarray (s,)
    """
    part = structure.ordered
    implied = implied_moments(structure, theta) if implied is None else implied
    scale = all_scales(part, theta)
    i, j = part.pairs
    v = part.level_variable
    levels = scale[v] * (part.levels(theta) - implied.mu[v])
    variances = implied.sigma[part.continuous, part.continuous]
    return np.concatenate([levels, variances, scale[i] * scale[j] * implied.sigma[i, j]])


def all_scales(part, theta):
    """Scales of all observed variables (p,): 1 for the continuous ones."""
    scale = np.ones(part.n_observed)
    scale[part.variables] = part.scales(theta)
    return scale


def half_discrepancy(structure, theta, sample):
    """Half of r'Wr at a parameter vector."""
    gap = sample.statistics.values - implied_statistics(structure, theta)
    value = 0.5 * float(gap @ (sample.weights * gap))
    return value if np.isfinite(value) else np.inf


def derivatives(structure, theta, sample, observed=False):
    """Value, gradient (q,) and expected information (q, q) of `half_discrepancy`, whether or not `observed`."""
    implied = implied_moments(structure, theta)
    gap = sample.statistics.values - implied_statistics(structure, theta, implied)
    value = 0.5 * float(gap @ (sample.weights * gap))
    if not np.isfinite(value):
        return np.inf, None, None
    slopes = jacobian(structure, theta, implied)
    weighted = slopes * sample.weights[:, None]
    return value, -(gap @ weighted), slopes.T @ weighted


def jacobian(structure, theta, implied=None):
    """Derivatives (s, q) of `implied_statistics`."""
    part = structure.ordered
    implied = implied_moments(structure, theta) if implied is None else implied
    scale = all_scales(part, theta)
    i, j = part.pairs
    t, c = len(part.level_variable), len(part.continuous)
    left, right, weight = derivative_columns(structure, implied)
    v = part.level_variable
    by_entry = np.empty((t + c + len(i), left.shape[1]))
    by_entry[:t] = -(scale[v, None] * weight) * left[v]
    by_entry[t : t + c] = 2 * left[part.continuous] * right[part.continuous]
    product = scale[i] * scale[j]
    by_entry[t + c :] = product[:, None] * (left[i] * right[j] + left[j] * right[i])
    slopes = np.zeros((len(by_entry), structure.n_parameters))
    _add_columns(slopes, structure.parameter, by_entry)
    own = part.level_parameter >= 0
    slopes[np.flatnonzero(own), part.level_parameter[own]] += scale[v[own]]
    _add_scales(slopes, part, theta, implied, scale)
    _add_residuals(slopes, structure, theta, implied, left, right, product)
    return slopes


def _add_columns(slopes, parameter, by_entry):
    if len(np.unique(parameter)) == len(parameter):
        slopes[:, parameter] += by_entry
    else:
        np.add.at(slopes.T, parameter, by_entry.T)


def _add_scales(slopes, part, theta, implied, scale):
    """What a free scale does directly: it stretches the thresholds and correlations of its variable."""
    t, c = len(part.level_variable), len(part.continuous)
    i, j = part.pairs
    gaps = part.levels(theta) - implied.mu[part.level_variable]
    for variable, parameter in zip(part.variables, part.scale_parameter, strict=True):
        if parameter >= 0:
            here = part.level_variable == variable
            slopes[:t][here, parameter] += gaps[here]
            for one, other in ((i, j), (j, i)):
                pairs = np.flatnonzero(one == variable)
                slopes[t + c + pairs, parameter] += scale[other[pairs]] * implied.sigma[i[pairs], j[pairs]]


def _add_residuals(slopes, structure, theta, implied, left, right, product):
    """What parameters do through the residual variances they leave, where ordered variables predict others."""
    part = structure.ordered
    o = part.variables
    paths = implied.total[: part.n_observed, o]
    if not np.any(paths[o] != np.eye(len(o))) and not np.any(paths[part.continuous]):
        return
    i, j = part.pairs
    t, c = len(part.level_variable), len(part.continuous)
    left_over = np.zeros((len(o), structure.n_parameters))
    _add_columns(left_over, structure.parameter, -2 * left[o] * right[o])
    free = np.flatnonzero(part.scale_parameter >= 0)
    np.add.at(left_over, (free, part.scale_parameter[free]), -2 * part.scales(theta)[free] ** -3.0)
    residuals = np.linalg.solve(paths[o] ** 2, left_over)
    slopes[t + c :] += (product[:, None] * paths[i] * paths[j]) @ residuals
    slopes[t : t + c] += paths[part.continuous] ** 2 @ residuals


def robust_meat(structure, theta, sample):
    """n times J'W Gamma W J (q, q) of one group."""
    moved = sample.statistics.influence @ (jacobian(structure, theta) * sample.weights[:, None])
    return moved.T @ moved


def traces(model, theta, bread):
    """Traces of U Gamma and of its square, with U = W - W J (J'WJ)^-1 J'W over all groups.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
    bread : ndarray (q, q)
        Inverse information of a case.

    Returns
    -------
    tuple of float
    """
    first = second = 0.0
    meat, twice = np.zeros_like(bread), np.zeros_like(bread)
    for share, structure, sample in zip(model.case_shares, model.structures, model.samples, strict=True):
        gamma, weights = sample.gamma, sample.weights
        slopes = jacobian(structure, theta) * weights[:, None]
        turned = gamma @ slopes
        meat += share * slopes.T @ turned
        twice += share * turned.T @ (weights[:, None] * turned)
        first += float(weights @ np.diag(gamma))
        second += float(np.sum(gamma**2 @ weights * weights))
    spent = bread @ meat
    return first - float(np.trace(spent)), second - 2 * float(np.sum(bread * twice)) + float(np.sum(spent * spent.T))
