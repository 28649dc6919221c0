"""The normal-theory likelihood of one group: discrepancy, gradient, expected and observed information.

Formulas: Joreskog (1969) for the discrepancy, Magnus & Neudecker (1999) for its differentials. All quantities are a
case's: half the discrepancy is minus the log-likelihood of a case up to a constant, so information times n is the
information of the sample.
"""

import numpy as np
from scipy.linalg import lapack

from emolabor.sem.structure import derivative_columns, implied_moments, sum_entries, sum_entry_pairs


def factor(sigma):
    """Inverse and log-determinant of a covariance matrix (p, p); None where it is not positive definite."""
    root, info = lapack.dpotrf(sigma, lower=1, clean=1)
    if info != 0:
        return None
    logdet = 2.0 * float(np.log(root.diagonal()).sum())
    if not np.isfinite(logdet):
        return None
    inverse, _ = lapack.dpotri(root, lower=1)
    inverse.ravel(order="K")[:: len(inverse) + 1] *= 0.5
    return inverse + inverse.T, logdet


def half_discrepancy(structure, theta, sample):
    """Minus the log-likelihood of a case, without the constant p/2 log(2 pi).

    Parameters
    ----------
    structure : Structure
    theta : ndarray (n_parameters,)
    sample : Sample

    Returns
    -------
    float
        Infinite where the implied covariance is not positive definite.
    """
    implied = implied_moments(structure, theta)
    factored = factor(implied.sigma)
    if factored is None:
        return np.inf
    inverse, logdet = factored
    about, _ = _about(structure, sample, implied)
    return 0.5 * (logdet + float(np.sum(inverse * about)))


def derivatives(structure, theta, sample, observed=False):
    """Value, gradient and information of `half_discrepancy`.

    Parameters
    ----------
    structure, theta, sample
        As for `half_discrepancy`.
    observed : bool
        The Hessian instead of the expected information.

    Returns
    -------
    tuple
        float, ndarray (q,), ndarray (q, q); infinite, None, None where the implied covariance is not positive definite.
    """
    implied = implied_moments(structure, theta)
    factored = factor(implied.sigma)
    if factored is None:
        return np.inf, None, None
    inverse, logdet = factored
    about, residual = _about(structure, sample, implied)
    value = 0.5 * (logdet + float(np.sum(inverse * about)))
    left, right, weight = derivative_columns(structure, implied)
    weighted = inverse - inverse @ about @ inverse
    pull = inverse @ residual
    gradient = slope_of_entries(left, right, weight, weighted, pull)
    if observed:
        information = observed_pairs(inverse, about, pull, left, right, weight)
        information = information + second_derivatives(structure, implied, weighted, pull)
    else:
        information = expected_pairs(inverse, left, right, weight)
    return value, sum_entries(structure, gradient), sum_entry_pairs(structure, information)


def _about(structure, sample, implied):
    """Second moments (p, p) about the implied mean, and the mean residual (p,)."""
    if not structure.mean_structure:
        return sample.cov, np.zeros(len(sample.cov))
    residual = sample.mean - implied.mu
    return sample.cov + np.outer(residual, residual), residual


def slope_of_entries(left, right, weight, weighted, pull):
    """Gradient by entry: u' W v minus the pull of the mean residual."""
    return np.sum(left * (weighted @ right), axis=0) - weight * (pull @ left)


def expected_pairs(inverse, left, right, weight):
    """Expected information by pair of entries, from the inverse covariance (p, p)."""
    inner_left, inner_right = inverse @ left, inverse @ right
    left_left, right_right, left_right = left.T @ inner_left, right.T @ inner_right, left.T @ inner_right
    return left_left * right_right + left_right * left_right.T + np.outer(weight, weight) * left_left


def observed_pairs(inverse, about, pull, left, right, weight):
    """Hessian by pair of entries, but for the part of `second_derivatives`."""
    turned = 2 * inverse @ about @ inverse - inverse
    p_left, p_right, r_left, r_right = inverse @ left, inverse @ right, turned @ left, turned @ right
    ll, rr, lr = left.T @ p_left, right.T @ p_right, left.T @ p_right
    # half of tr(R dSigma_a P dSigma_b), the sum over both orders of u and v
    curve = 0.5 * (
        (left.T @ r_right) * lr.T + (left.T @ r_left) * rr + (right.T @ r_right) * ll + (right.T @ r_left) * lr
    )
    # d mu_a' P d Sigma_b P r, and the same with a and b changed
    cross = weight[:, None] * (ll * (pull @ right)[None, :] + lr * (pull @ left)[None, :])
    return curve + np.outer(weight, weight) * ll + cross + cross.T


def second_derivatives(structure, implied, weighted, pull):
    """Half of tr(W d2 Sigma) minus d2 mu' P r, for every pair of entries."""
    p = structure.n_observed
    total, covariance = implied.total, implied.covariance
    turned = total[:p].T @ weighted
    by_cov, by_total = turned @ covariance[:p], turned @ total[:p]
    drawn = pull @ total[:p]
    path = np.flatnonzero(structure.kind == 0)
    other = np.flatnonzero(structure.kind != 0)
    i, j = structure.row[path], structure.col[path]
    k, m = structure.row[other], structure.col[other]
    column = j[:, None]
    b_ji = total[column, i]  # [a, b] = B[j_a, i_b]
    one_way = b_ji * (by_cov[i[:, None], j] - np.outer(drawn[i], implied.means[j]))
    paths = one_way + one_way.T + covariance[column, j] * by_total[i[:, None], i]
    b_jk = total[column, k]
    mixed = (total[column, m] * by_total[i[:, None], k] + b_jk * by_total[i[:, None], m]) * structure.scale[other]
    mixed = mixed - b_jk * drawn[i][:, None] * (structure.kind[other] == 2)
    result = np.zeros((len(structure.kind), len(structure.kind)))
    result[path[:, None], path] = paths
    result[path[:, None], other] = mixed
    result[other[:, None], path] = mixed.T
    return result


def case_scores(structure, theta, values, centre=None):
    """Gradient of each case's log-likelihood (n, q) for complete rows (n, p).

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    values : ndarray (n, p)
    centre : ndarray (p,), optional
        Deviations are taken from here instead of from the implied mean (without a mean structure: the sample mean).

    Returns
    -------
    ndarray (n, q)
    """
    implied = implied_moments(structure, theta)
    inverse, _ = factor(implied.sigma)
    left, right, weight = derivative_columns(structure, implied)
    return _scores(structure, values - (implied.mu if centre is None else centre), inverse, left, right, weight)


def _scores(structure, deviations, inverse, left, right, weight):
    turned = deviations @ inverse
    by_left, by_right = turned @ left, turned @ right
    scores = by_left * by_right - np.sum(left * (inverse @ right), axis=0) + by_left * weight
    return add_up_columns(structure, scores)


def add_up_columns(structure, entries):
    """Sum columns of entries (n, n_entries) by parameter: (n, q)."""
    if structure.one_to_one:
        return entries
    result = np.zeros((len(entries), structure.n_parameters))
    for k, parameter in enumerate(structure.parameter):
        result[:, parameter] += entries[:, k]
    return result
