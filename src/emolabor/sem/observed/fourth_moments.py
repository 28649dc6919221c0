"""Cross-products of scores from moments up to the fourth order, for samples whose cases are not at hand.

A case's score is linear in b = (z, vech(zz') - vech(S)), with z its deviations from the sample mean and S their
covariance. With G the mean of bb' (Browne 1984, *British Journal of Mathematical and Statistical Psychology* 37:62-83)
every sum of squares over cases is n C'GC, with C the coefficients of the scores.
"""

from functools import lru_cache

import numpy as np


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
