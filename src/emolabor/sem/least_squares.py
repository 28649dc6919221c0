"""Generalised and unweighted least squares (Joreskog & Goldberger, 1972; Browne, 1974).

Half of r'Vr, with r the residuals of the distinct (co)variances and of the means. GLS: V is normal theory at the sample
covariance, so that the covariances' part is tr[((S - Sigma) S^-1)^2] / 2. ULS: V is the identity, every distinct
residual counts once. A case's, as the likelihood.
"""

import numpy as np

from emolabor.sem.likelihood import expected_pairs, factor, second_derivatives, slope_of_entries
from emolabor.sem.structure import derivative_columns, implied_moments, sum_entries, sum_entry_pairs


def weight_matrix(estimator, sample):
    """The inverse sample covariance (p, p) for GLS, None for ULS."""
    return factor(sample.cov)[0] if estimator == "GLS" else None


def half_quadratic(gap, residual, weights):
    """Half of r'Vr from residual covariances (p, p) and means (p,)."""
    if weights is None:
        return 0.25 * float(np.sum(gap**2) + np.sum(np.diag(gap) ** 2)) + 0.5 * float(residual @ residual)
    turned = weights @ gap
    return 0.25 * float(np.sum(turned * turned.T)) + 0.5 * float(residual @ weights @ residual)


def half_discrepancy(structure, theta, sample, weights):
    """Half of r'Vr at a parameter vector."""
    return half_quadratic(*_residuals(structure, sample, implied_moments(structure, theta)), weights)


def derivatives(structure, theta, sample, weights, observed=False):
    """Value, gradient (q,) and information (q, q) of `half_discrepancy`; observed: the Hessian."""
    implied = implied_moments(structure, theta)
    gap, residual = _residuals(structure, sample, implied)
    left, right, weight = derivative_columns(structure, implied)
    if weights is None:
        weighted, pull = -(gap + np.diag(np.diag(gap))), residual if structure.mean_structure else None
        diagonals = left * right
        pairs = expected_pairs(np.eye(len(gap)), left, right, weight) + 2 * diagonals.T @ diagonals
    else:
        weighted, pull = -weights @ gap @ weights, weights @ residual if structure.mean_structure else None
        pairs = expected_pairs(weights, left, right, weight)
    if observed:
        pairs = pairs + second_derivatives(structure, implied, weighted, pull)
    gradient = slope_of_entries(left, right, weight, weighted, pull)
    value = half_quadratic(gap, residual, weights)
    return value, sum_entries(structure, gradient), sum_entry_pairs(structure, pairs)


def _residuals(structure, sample, implied):
    residual = sample.mean - implied.mu if structure.mean_structure else np.zeros(len(sample.mean))
    return sample.cov - implied.sigma, residual
