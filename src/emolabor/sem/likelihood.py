"""The normal-theory likelihood of one group: discrepancy, gradient, expected and observed information.

Formulas: Joreskog (1969) for the discrepancy, Magnus & Neudecker (1999) for its differentials. All quantities are a
case: half the discrepancy is minus the log-likelihood of a case up to a constant, so information times n is the
information of the sample.
"""

import numpy as np
from scipy.linalg import lapack

from emolabor.sem.structure import derivative_columns, implied_moments, sum_entries, sum_entry_pairs


def factor(sigma):
    """Inverse and log-determinant of a covariance matrix (p, p); None where it is not positive definite."""
    root, info = lapack.dpotrf(sigma, lower=1)
    if info != 0:
        return None
    inverse, info = lapack.dpotri(root, lower=1)
    diagonal = np.diag(root)
    if info != 0 or not np.all(np.isfinite(diagonal)):
        return None
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    return inverse, 2.0 * float(np.log(diagonal).sum())


def moments_about(cov, mean, mu, mean_structure):
    """Second moments (p, p) about the implied mean, and the mean residual (p,)."""
    if not mean_structure:
        return cov, np.zeros(len(cov))
    residual = mean - mu
    return cov + np.outer(residual, residual), residual


def half_discrepancy(structure, theta, cov, mean):
    """Minus the log-likelihood of a case, without the constant p/2 log(2 pi).

    Parameters
    ----------
    structure : Structure
    theta : ndarray (n_parameters,)
    cov, mean : ndarray
        Sample moments (p, p) and (p,), denominator n.

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
    about, _ = moments_about(cov, mean, implied.mu, structure.mean_structure)
    return 0.5 * (logdet + float(np.sum(inverse * about)))


def gradient_and_information(structure, theta, cov, mean, observed=False):
    """Value, gradient and information of `half_discrepancy`.

    Parameters
    ----------
    structure, theta, cov, mean
        As for `half_discrepancy`; the implied covariance must be positive definite.
    observed : bool
        The Hessian instead of the expected information.

    Returns
    -------
    tuple
        float, ndarray (q,), ndarray (q, q).
    """
    implied = implied_moments(structure, theta)
    inverse, logdet = factor(implied.sigma)
    about, residual = moments_about(cov, mean, implied.mu, structure.mean_structure)
    value = 0.5 * (logdet + float(np.sum(inverse * about)))
    left, right, weight = derivative_columns(structure, implied)
    weighted = inverse - inverse @ about @ inverse
    pull = inverse @ residual
    gradient = np.sum(left * (weighted @ right), axis=0) - weight * (pull @ left)
    if observed:
        information = _observed(structure, implied, inverse, about, weighted, pull, left, right, weight)
    else:
        information = _expected(inverse, left, right, weight)
    return value, sum_entries(structure, gradient), sum_entry_pairs(structure, information)


def _expected(inverse, left, right, weight):
    inner_left, inner_right = inverse @ left, inverse @ right
    left_left, right_right, left_right = left.T @ inner_left, right.T @ inner_right, left.T @ inner_right
    return left_left * right_right + left_right * left_right.T + np.outer(weight, weight) * left_left


def _observed(structure, implied, inverse, about, weighted, pull, left, right, weight):
    turned = 2 * inverse @ about @ inverse - inverse
    p_left, p_right, r_left, r_right = inverse @ left, inverse @ right, turned @ left, turned @ right
    ll, rr, lr = left.T @ p_left, right.T @ p_right, left.T @ p_right
    # half of tr(R dSigma_a P dSigma_b), the sum over both orders of u and v
    curve = 0.5 * (
        (left.T @ r_right) * lr.T + (left.T @ r_left) * rr + (right.T @ r_right) * ll + (right.T @ r_left) * lr
    )
    curve = curve + np.outer(weight, weight) * ll
    # d mu_a' P d Sigma_b P r, and the same with a and b changed
    to_left, to_right = pull @ left, pull @ right
    cross = weight[:, None] * (ll * to_right[None, :] + lr * to_left[None, :])
    return curve + cross + cross.T + _second_derivatives(structure, implied, weighted, pull)


def _second_derivatives(structure, implied, weighted, pull):
    """Half of tr(W d2 Sigma) minus d2 mu' P r, for every pair of entries."""
    p = structure.n_observed
    total, covariance = implied.total, implied.covariance
    observed_total, observed_cov = total[:p], covariance[:p]
    by_cov, by_total = observed_total.T @ weighted @ observed_cov, observed_total.T @ weighted @ observed_total
    drawn = pull @ observed_total
    i, j, kind, scale = structure.row, structure.col, structure.kind, structure.scale
    b_ji = total[np.ix_(j, i)]  # [a, b] = B[j_a, i_b]
    path = kind == 0
    both = np.outer(path, path)
    result = np.zeros_like(b_ji)
    paths = (
        b_ji.T * by_cov[np.ix_(i, j)].T
        + covariance[np.ix_(j, j)] * by_total[np.ix_(i, i)]
        + b_ji * by_cov[np.ix_(i, j)]
    )
    means = b_ji.T * drawn[None, i] * implied.means[j][:, None] + b_ji * drawn[i][:, None] * implied.means[j][None, :]
    result[both] = (paths - means)[both]
    mixed = np.outer(path, ~path)
    with_cov = (total[np.ix_(j, j)] * by_total[np.ix_(i, i)] + b_ji * by_total[np.ix_(i, j)]) * scale[None, :]
    with_mean = b_ji * drawn[i][:, None] * (kind == 2)[None, :]
    block = np.where(mixed, with_cov - with_mean, 0.0)
    return result + block + block.T
