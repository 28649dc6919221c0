"""How much correlations of one sample vary, and vary together, from sample to sample."""

import numpy as np


def cells_of(p):
    """Rows and columns of the correlations of p variables below the diagonal, column by column."""
    j, i = np.triu_indices(p, 1)
    return i, j


def correlation_covariance(cor, i, j):
    """N times the large-sample covariance matrix of correlations under normality (Olkin & Siotani, 1976).

    Parameters
    ----------
    cor : ndarray of shape (p, p)
        Correlations.
    i, j : ndarray of shape (m,)
        The variables of each correlation wanted.

    Returns
    -------
    ndarray of shape (m, m)

    References
    ----------
    Olkin, I., & Siotani, M. (1976). Asymptotic distribution of functions of a correlation matrix. In S. Ikeda (Ed.),
    Essays in probability and statistics (pp. 235-251). Shinko Tsusho.

    Examples
    --------
    >>> cor = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> correlation_covariance(cor, np.array([1]), np.array([0]))  # (1 - r^2)^2
    array([[0.5625]])
    """
    r, a = cor[i, j], np.ix_(i, i)
    ii, ij, ji, jj = cor[a], cor[np.ix_(i, j)], cor[np.ix_(j, i)], cor[np.ix_(j, j)]
    own, other = r[:, None], r[None, :]
    return (
        0.5 * own * other * (ii**2 + ij**2 + ji**2 + jj**2)
        + ii * jj
        + ij * ji
        - (own * ii * ij + own * ji * jj + ii * ji * other + ij * jj * other)
    )
