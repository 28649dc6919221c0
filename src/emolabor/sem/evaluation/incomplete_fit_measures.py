"""Misfit that incomplete answers hide: fit indices as they would be with complete data (Zhang & Savalei, 2022)."""

import numpy as np

from emolabor.sem import linalg
from emolabor.sem.discrepancy import fiml
from emolabor.sem.implied.ram import implied_moments, moment_slopes
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.observed.completion import sort_by_holes

CHANGES = 2_000_000  # numbers in a stack of matrices: 16 MB


def complete_data_misfit(model, theta, basis, saturated):
    """Chi-square against the saturated model's moments as if they were of complete data, and its expectation.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
        The FIML estimates.
    basis : ndarray (q, r)
    saturated : sequence of Saturated
        One a group.

    Returns
    -------
    tuple of float
        n F at the EM moments, and the trace k of Q'VQ Gamma: V the normal-theory weight of complete data, Gamma the
        covariance of the EM moments, Q = I - D (D'HD)^-1 D'H what the model leaves of a change in them, with H their
        information and D their derivatives.
    """
    misfit, parts = 0.0, []
    for (structure, sample, _), full in zip(model.groups, saturated, strict=True):
        implied = implied_moments(structure, theta)
        factored = linalg.inverse_and_logdet(implied.sigma)
        if factored is None:  # a search that ran away
            return np.nan, np.nan
        inverse, logdet = factored
        gap = sample.mean - implied.mu
        about = sample.cov + gap[:, None] * gap
        inverse_found, logdet_found = linalg.inverse_and_logdet(sample.cov)
        misfit += sample.n * (logdet - logdet_found + np.vdot(inverse, about) - len(gap))
        if full.inverse_root is None:
            return float(misfit), np.nan
        # a root of the covariance of the EM moments: its cross-product is that matrix
        root = full.influence / sample.n if model.estimator.robust else full.inverse_root / np.sqrt(sample.n)
        slopes = moment_slopes(structure, implied)[full.kept] @ basis
        weighed = sample.n * _weigh(full.structure, inverse_found, slopes.T).T
        squares = sample.n * float(np.vdot(root, _weigh(full.structure, inverse_found, root)))
        parts.append((slopes, sample.n * full.information @ slopes, weighed, root, squares))
    total = sum(slopes.T @ informed for slopes, informed, *_ in parts)
    inner = bordered_inverse(total, np.eye(len(total)))
    if inner is None:
        return max(float(misfit), 0.0), np.nan
    both = sum(slopes.T @ weighed for slopes, _, weighed, *_ in parts)
    trace = 0.0
    for _, informed, weighed, root, squares in parts:
        spent = root @ (informed @ inner)
        trace += squares - 2 * np.vdot(root @ weighed, spent) + np.vdot(spent @ both, spent)
    return max(float(misfit), 0.0), float(trace)  # the discrepancy of a perfect fit is rounding


def _weigh(structure, inverse, changes):
    """The normal-theory weight matrix of complete data times changes (k, m) of the free moments."""
    p, mean = len(inverse), structure.kind == 2
    i, j = structure.row[~mean], structure.col[~mean]
    result = np.empty_like(changes)
    size = max(1, CHANGES // p**2)
    for first in range(0, len(changes), size):
        own = changes[first : first + size]
        matrices = np.zeros((len(own), p, p))
        matrices[:, i, j] = matrices[:, j, i] = own[:, ~mean]
        turned = inverse @ matrices @ inverse
        result[first : first + size, ~mean] = turned[:, i, j] * structure.scale[~mean]
    result[:, mean] = changes[:, mean] @ inverse[np.ix_(structure.row[mean], structure.row[mean])]
    return result


def goodness(structure, theta, sample, exogenous):
    """Goodness of fit of incomplete answers, by lavaan's definition.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    sample : Sample
    exogenous : sequence of int

    Returns
    -------
    float
        1 - r'Wr / s'Ws with s the available means and pairwise covariances, r what the model leaves of them, W the
        expected information of the saturated model at the implied moments.
    """
    implied = implied_moments(structure, theta)
    cov, mean = pairwise_moments(sample.data)
    fixed, rows = list(exogenous), sample.incomplete or sort_by_holes(sample.data)
    squares = []
    for sigma, mu in ((implied.sigma, implied.mu), (0.0, 0.0)):
        gap, shift = cov - sigma, mean - mu
        gap[np.ix_(fixed, fixed)], shift[fixed] = 0.0, 0.0
        squares.append(fiml.expected_square(rows, implied.sigma, gap, shift))
    if None in squares:  # a search that ran away
        return np.nan
    return 1 - squares[0] / squares[1]


def pairwise_moments(values):
    """Covariances (p, p) over the rows where both are observed, times (n - 1) / n, and means (p,) of what is there."""
    seen = (~np.isnan(values)).astype(float)
    centred = np.nan_to_num(values - np.nanmean(values, axis=0))
    together, sums = seen.T @ seen, centred.T @ seen
    with np.errstate(invalid="ignore"):  # two variables observed together in one row have no covariance
        cov = (centred.T @ centred - sums * sums.T / together) / (together - 1)
    return cov * (len(values) - 1) / len(values), np.nanmean(values, axis=0)
