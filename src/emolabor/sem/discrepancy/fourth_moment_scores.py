"""Cross-products of scores from moments up to the fourth order, for samples whose cases are not at hand."""

import numpy as np

from emolabor.sem import linalg
from emolabor.sem.discrepancy import normal
from emolabor.sem.implied.ram import derivative_columns, implied_moments
from emolabor.sem.observed.fourth_moments import distinct_pairs


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
    inverse, _ = linalg.inverse_and_logdet(implied.sigma)
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
    coefficients = normal.add_up_columns(structure, coefficients)
    own, mean = coefficients[:-1], coefficients[-1]
    return sample.n * (own.T @ sample.fourth @ own + np.outer(mean, mean))


def moment_score_products(structure, theta, sample, exogenous):
    """The same about the sample's own moments; what fixed exogenous variables predict is taken out (q, q)."""
    implied = implied_moments(structure, theta)
    inverse, _ = linalg.inverse_and_logdet(implied.sigma)
    left, right, weight = derivative_columns(structure, implied)
    turned_left, turned_right = inverse @ left, inverse @ right
    prediction = predicting(sample, exogenous)
    coefficients = np.vstack([turned_left * weight, products_coefficients(turned_left, turned_right)])
    seen_left, seen_right = prediction.T @ turned_left, prediction.T @ turned_right
    coefficients -= np.vstack([seen_left * weight, products_coefficients(seen_left, seen_right)])
    coefficients = normal.add_up_columns(structure, coefficients)
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
