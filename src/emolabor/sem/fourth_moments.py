"""Cross-products of scores from moments up to the fourth order, for samples whose cases are not at hand.

A case's score is linear in b = (z, vech(zz') - vech(S)), with z its deviations from the sample mean and S their
covariance. With G the mean of bb' (Browne 1984, *British Journal of Mathematical and Statistical Psychology* 37:62-83)
every sum of squares over cases is n C'GC, with C the coefficients of the scores.
"""

from functools import lru_cache

import numpy as np

from emolabor.sem import likelihood
from emolabor.sem.structure import derivative_columns, implied_moments


@lru_cache(maxsize=16)
def distinct_pairs(p):
    """Rows and columns (p (p + 1) / 2,) of the distinct entries of a symmetric matrix."""
    return np.triu_indices(p)


def recentred(sums, n, p):
    """Turn raw sums about any origin into the moments about the mean.

    Parameters
    ----------
    sums : ndarray (1 + p + p*, 1 + p + p*)
        Sum over cases of aa', a = (1, y, vech(yy')), y the deviations from an origin near the mean, which keeps the
        digits.
    n, p : int
        Cases, variables.

    Returns
    -------
    tuple of ndarray
        Mean of y (p,), covariance with denominator n (p, p), fourth-order matrix G (p + p*, p + p*).
    """
    i, j = distinct_pairs(p)
    mean = sums[0, 1 : p + 1] / n
    # vech(zz') = vech(yy') - (m_i y_j + m_j y_i) + m_i m_j with z = y - m: one linear map of a.
    turn = np.zeros((p + len(i), len(sums)))
    turn[:p, 0], turn[:p, 1 : p + 1] = -mean, np.eye(p)
    pairs = np.arange(len(i))
    turn[p + pairs, 1 + p + pairs] = 1.0
    turn[p + pairs, 0] = mean[i] * mean[j]
    turn[p + pairs, 1 + j] -= mean[i]
    turn[p + pairs, 1 + i] -= mean[j]
    cov = np.zeros((p, p))
    cov[i, j] = cov[j, i] = (turn @ sums[:, 0])[p:] / n
    turn[p:, 0] -= cov[i, j]
    return mean, cov, turn @ (sums / n) @ turn.T


def products_coefficients(left, right):
    """Coefficients (p*, m) of vech(zz') in (left_k'z)(right_k'z), for columns k of (p, m) matrices."""
    i, j = distinct_pairs(len(left))
    both = left[i] * right[j]
    both += np.where(i != j, 1.0, 0.0)[:, None] * (left[j] * right[i])
    return both


def score_products(structure, theta, sample):
    """Sum over cases of the outer products of their scores (q, q), about the implied moments.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    sample : Sample
        With `fourth`.

    Returns
    -------
    ndarray (q, q)
    """
    implied = implied_moments(structure, theta)
    inverse, _ = likelihood.factor(implied.sigma)
    left, right, weight = derivative_columns(structure, implied)
    gap = sample.mean - implied.mu if structure.mean_structure else np.zeros_like(sample.mean)
    turned_left, turned_right = inverse @ left, inverse @ right
    at_left, at_right = gap @ turned_left, gap @ turned_right
    coefficients = np.vstack(
        [
            turned_left * (at_right + weight) + turned_right * at_left,
            products_coefficients(turned_left, turned_right),
            np.einsum("ij,ij->j", turned_left, sample.cov @ turned_right)
            + at_left * (at_right + weight)
            - np.einsum("ij,ij->j", left, turned_right),
        ]
    )
    coefficients = likelihood.add_up_columns(structure, coefficients)
    own, mean = coefficients[:-1], coefficients[-1]
    return sample.n * (own.T @ sample.fourth @ own + np.outer(mean, mean))


def moment_score_products(structure, theta, sample, exogenous):
    """The same about the sample's own moments; what fixed exogenous variables predict is taken out (q, q)."""
    implied = implied_moments(structure, theta)
    inverse, _ = likelihood.factor(implied.sigma)
    left, right, weight = derivative_columns(structure, implied)
    turned_left, turned_right = inverse @ left, inverse @ right
    prediction = predicting(sample, exogenous)
    coefficients = np.vstack([turned_left * weight, products_coefficients(turned_left, turned_right)])
    seen_left, seen_right = prediction.T @ turned_left, prediction.T @ turned_right
    coefficients -= np.vstack([seen_left * weight, products_coefficients(seen_left, seen_right)])
    coefficients = likelihood.add_up_columns(structure, coefficients)
    return sample.n * coefficients.T @ sample.fourth @ coefficients


def predicting(sample, exogenous):
    """Matrix (p, p) that turns a case's deviations into their least-squares prediction from exogenous variables."""
    x = list(exogenous)
    matrix = np.zeros_like(sample.cov)
    if x:
        matrix[:, x] = np.linalg.solve(sample.cov[np.ix_(x, x)], sample.cov[x]).T
    return matrix


def mean_squares(sample, matrices):
    """Mean over cases of (z'Az)^2 for each symmetric matrix A: a list of floats."""
    p = len(sample.cov)
    i, j = distinct_pairs(p)
    found = []
    for matrix in matrices:
        own = np.where(i == j, 1.0, 2.0) * matrix[i, j]
        found.append(float(own @ sample.fourth[p:, p:] @ own + (own @ sample.cov[i, j]) ** 2))
    return found
