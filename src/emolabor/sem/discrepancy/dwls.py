"""Diagonally weighted least squares of thresholds, means, variances and correlations (Muthen, du Toit & Spisic, 1997).

With covariates these are conditional on them, and slopes on them come last (Muthen, 1984).

Half of r'Wr, with r the differences of a group's statistics and what the model implies, and W the inverse of the
diagonal of their asymptotic covariance matrix. A case's, as the likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emolabor.sem.discrepancy.case_scores import over_groups
from emolabor.sem.discrepancy.normal import second_derivatives
from emolabor.sem.implied.ram import derivative_columns, implied_moments, sum_entry_pairs

if TYPE_CHECKING:
    from emolabor.sem.ordinal.ordinal_samples import OrdinalSample


def implied_statistics(structure, theta, implied=None):
    """What the model implies for the statistics of a group (s,), in their order.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    implied : Implied, optional
        Given the covariates.

    Returns
    -------
    ndarray (s,)
    """
    part = structure.ordered
    implied = implied_moments(structure.given, theta) if implied is None else implied
    scale = all_scales(part, theta, implied.sigma)
    i, j = part.pairs
    y, x = part.slopes
    v = part.level_variable
    variances = implied.sigma[part.continuous, part.continuous]
    with np.errstate(invalid="ignore", over="ignore"):  # far out on the search
        levels = scale[v] * (part.levels(theta) - implied.mu[v])
        slopes = scale[y] * implied.total[y, x]
        return np.concatenate([levels, variances, scale[i] * scale[j] * implied.sigma[i, j], slopes])


def all_scales(part, theta, sigma):
    """Scales of all observed variables (p,) that imply covariances sigma (p, p): 1 for the continuous ones."""
    scale = np.ones(part.n_observed)
    scale[part.variables] = part.scales(theta, sigma)
    return scale


def half_discrepancy(structure, theta, sample, weights):
    """Half of r'Wr at a parameter vector."""
    gap = sample.statistics.values - implied_statistics(structure, theta)
    value = 0.5 * float(gap @ (weights * gap))
    return value if np.isfinite(value) else np.inf


def derivatives(structure, theta, sample, weights, observed=False):
    """Value, gradient (q,) and information J'WJ (q, q) of `half_discrepancy`; observed: the Hessian.

    Where ordered variables predict others, with covariates, and in the theta parametrisation, the information stands in
    for the Hessian.
    """
    implied = implied_moments(structure.given, theta)
    gap = sample.statistics.values - implied_statistics(structure, theta, implied)
    value = 0.5 * float(gap @ (weights * gap))
    if not np.isfinite(value):
        return np.inf, None, None
    slopes = jacobian(structure, theta, implied)
    weighted = slopes * weights[:, None]
    information = slopes.T @ weighted
    part = structure.ordered
    if observed and not (part.is_theta or len(part.covariates) or _predict(part, implied)):
        information = information + _curvature(structure, theta, implied, weights * gap)
    return value, -(gap @ weighted), information


def jacobian(structure, theta, implied=None, free=None):
    """Derivatives (s, q) of `implied_statistics`; with `free`, a structure of the same model, by its parameters."""
    part = structure.ordered
    free = structure if free is None else free
    implied = implied_moments(structure.given, theta) if implied is None else implied
    scale = all_scales(part, theta, implied.sigma)
    i, j = part.pairs
    y, x = part.slopes
    t, c = len(part.level_variable), len(part.continuous)
    left, right, weight = derivative_columns(free, implied)
    v = part.level_variable
    by_entry = np.empty((t + c + len(i) + len(y), left.shape[1]))
    by_entry[:t] = -(scale[v, None] * weight) * left[v]
    by_entry[t : t + c] = 2 * left[part.continuous] * right[part.continuous]
    product = scale[i] * scale[j]
    by_entry[t + c : t + c + len(i)] = product[:, None] * (left[i] * right[j] + left[j] * right[i])
    by_entry[t + c + len(i) :] = scale[y, None] * left[y] * (implied.total[free.col][:, x].T * (free.kind == 0))
    slopes = np.zeros((len(by_entry), free.n_parameters))
    _add_columns(slopes, free.parameter, by_entry)
    here = np.flatnonzero(free.ordered.level_parameter >= 0)
    slopes[here, free.ordered.level_parameter[here]] += scale[v[here]]
    own_scales = np.zeros((len(part.variables), free.n_parameters))
    if part.is_theta:
        o = part.variables
        _add_columns(own_scales, free.parameter, -(scale[o, None] ** 3) * left[o] * right[o])
    else:
        here = np.flatnonzero(free.ordered.scale_parameter >= 0)
        own_scales[here, free.ordered.scale_parameter[here]] = 1.0
        _add_residuals(slopes, part, scale, implied, free, (left, right, product))
    if np.any(own_scales):
        _add_scales(slopes, part, part.levels(theta) - implied.mu[v], scale, implied, own_scales)
    return slopes


def _predict(part, implied):
    """Whether ordered variables predict others."""
    paths = implied.total[: part.n_observed, part.variables].copy()
    paths[part.variables, np.arange(len(part.variables))] -= 1.0
    return bool(np.any(paths))


def _curvature(structure, theta, implied, pulls):
    """What the Hessian has beyond J'WJ: minus the statistics' second derivatives weighted by `pulls` (s,) = W r."""
    part = structure.ordered
    scale = all_scales(part, theta, implied.sigma)
    i, j = part.pairs
    v = part.level_variable
    t, c = len(v), len(part.continuous)
    by_pair = np.zeros_like(implied.sigma)
    by_pair[i, j] = by_pair[j, i] = pulls[t + c :]
    weighted = -by_pair * np.outer(scale, scale)
    weighted[part.continuous, part.continuous] = -2 * pulls[t : t + c]
    by_variable = np.bincount(v, pulls[:t], part.n_observed)
    entries = second_derivatives(structure, implied, weighted, -scale * by_variable)
    curvature = sum_entry_pairs(structure, entries)
    free = np.flatnonzero(part.scale_parameter >= 0)
    if not len(free):
        return curvature
    # Scales stretch what the other parameters do to their variables' covariances and levels.
    left, right, weight = derivative_columns(structure, implied)
    k, number = part.variables[free], part.scale_parameter[free]
    drawn = by_pair[k] * scale
    by_entry = (drawn @ left) * right[k] + (drawn @ right) * left[k] - by_variable[k, None] * weight * left[k]
    cross = np.zeros((len(free), structure.n_parameters))
    _add_columns(cross, structure.parameter, by_entry)
    own = np.flatnonzero(part.level_parameter >= 0)
    np.add.at(cross.T, part.level_parameter[own], ((v[own] == k[:, None]) * pulls[own]).T)
    np.add.at(curvature, number, -cross)
    np.add.at(curvature.T, number, -cross)
    np.add.at(curvature, (number[:, None], number), -(by_pair * implied.sigma)[np.ix_(k, k)])
    return curvature


def _add_columns(slopes, parameter, by_entry):
    if len(np.unique(parameter)) == len(parameter):
        slopes[:, parameter] += by_entry
    else:
        np.add.at(slopes.T, parameter, by_entry.T)


def _add_scales(slopes, part, gaps, scale, implied, own_scales):
    """What scales do: they stretch the thresholds, correlations and slopes of their variables.

    `gaps` (t,) are the levels before they are scaled, `own_scales` (o, q) the derivatives of the scales.
    """
    by_scale = np.zeros((part.n_observed, slopes.shape[1]))
    by_scale[part.variables] = own_scales
    i, j = part.pairs
    y, x = part.slopes
    t, c = len(gaps), len(part.continuous)
    slopes[:t] += gaps[:, None] * by_scale[part.level_variable]
    own = implied.sigma[i, j][:, None] * (scale[j, None] * by_scale[i] + scale[i, None] * by_scale[j])
    slopes[t + c : t + c + len(i)] += own
    slopes[t + c + len(i) :] += implied.total[y, x][:, None] * by_scale[y]


def _add_residuals(slopes, part, scale, implied, free, columns):
    """What parameters do through the residual variances they leave, where ordered variables predict others."""
    left, right, product = columns
    o = part.variables
    if not _predict(part, implied):
        return
    paths = implied.total[: part.n_observed, o]
    i, j = part.pairs
    t, c = len(part.level_variable), len(part.continuous)
    left_over = np.zeros((len(o), free.n_parameters))
    _add_columns(left_over, free.parameter, -2 * left[o] * right[o])
    here = np.flatnonzero(free.ordered.scale_parameter >= 0)
    np.add.at(left_over, (here, free.ordered.scale_parameter[here]), -2 * scale[o[here]] ** -3.0)
    residuals = np.linalg.solve(paths[o] ** 2, left_over)
    slopes[t + c : t + c + len(i)] += (product[:, None] * paths[i] * paths[j]) @ residuals
    slopes[t : t + c] += paths[part.continuous] ** 2 @ residuals


def robust_meat(model, theta):
    """The mean cross-product (q, q) of the scores over all groups: J'W Gamma W J."""
    return sum(rows.T @ model.samples[0].signed(rows) for rows in over_groups(_spreads(model, theta), model.samples))


def _spreads(model, theta):
    """For each group a root (r, q) of J'W Gamma W J times its share in the cases."""
    return [
        np.sqrt(share) * (sample.root @ _weighted_jacobian(structure, theta, discrepancy.weights))
        for share, (structure, sample, discrepancy) in zip(model.case_shares, model.groups, strict=True)
    ]


def _weighted_jacobian(structure, theta, weights):
    slopes = jacobian(structure, theta)
    slopes *= weights[:, None]
    return slopes


def weighted_traces(model, chosen=lambda sample: slice(None)):
    """Traces of W Gamma and of its square over all groups, of the statistics that are `chosen` of each sample."""
    parts = [(d.sample.root[:, chosen(d.sample)], d.weights[chosen(d.sample)]) for d in model.discrepancies]
    if model.samples[0].in_units:
        return _signed_traces(sum((root * weights) @ root.T for root, weights in parts), model.samples[0])
    first = second = 0.0
    for root, weights in parts:
        turned = root * np.sqrt(weights)
        first, second = first + float(np.vdot(turned, turned)), second + float(np.sum((turned @ turned.T) ** 2))
    return first, second


def _signed_traces(products, sample):
    """Traces of A Gamma and of its square, from products (r, r) = R A R' of Gamma's signed root R."""
    signs = sample.design.signs
    return float(signs @ products.diagonal()), float(signs @ products**2 @ signs)


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
    spreads = _spreads(model, theta)
    if model.samples[0].in_units:  # a row for every unit, however many statistics: the units are few
        total = sum(spreads)
        products = sum((d.sample.root * d.weights) @ d.sample.root.T for d in model.discrepancies)
        return _signed_traces(products - total @ bread @ total.T, model.samples[0])
    first, second = weighted_traces(model)
    meat, twice = np.zeros_like(bread), np.zeros_like(bread)
    for spread, discrepancy in zip(spreads, model.discrepancies, strict=True):
        meat += spread.T @ spread
        turned = discrepancy.sample.root.T @ spread
        turned *= np.sqrt(discrepancy.weights)[:, None]
        twice += turned.T @ turned
    spent = bread @ meat
    return first - float(np.trace(spent)), second - 2 * float(np.sum(bread * twice)) + float(np.sum(spent * spent.T))


@dataclass(frozen=True)
class DiagonallyWeighted:
    """Diagonally weighted least squares of one group's statistics."""

    sample: OrdinalSample
    saturated = 0.0  # half the discrepancy under the saturated model

    @property
    def weights(self):
        """Weights (s,) of the statistics: over their asymptotic variances."""
        return self.sample.weights

    def value(self, structure, theta):
        """Half the discrepancy of a case."""
        return half_discrepancy(structure, theta, self.sample, self.weights)

    def derivatives(self, structure, theta, observed=False):
        """Value, gradient (q,) and information (q, q) of a case; observed: the Hessian."""
        return derivatives(structure, theta, self.sample, self.weights, observed)

    def weighed(self, rows):
        """Rows (s, k) times the weights."""
        return rows * self.weights[:, None]

    def squares(self, here):
        """Weighted sum of squares of some statistics."""
        return float(self.weights[here] @ self.sample.statistics.values[here] ** 2)

    def case_scores(self, structure, theta):
        """Yield what the cases contribute to the slope of the discrepancy (b, q), a block of cases at a time."""
        weighted = _weighted_jacobian(structure, theta, self.weights)
        for rows in self.sample.statistics.influence.blocks():
            yield rows @ weighted
