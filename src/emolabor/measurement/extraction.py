"""Unrotated factors: minimum residuals and maximum likelihood, both by Newton's method in the unique variances."""

import numpy as np

from emolabor.common.errors import refuse_because

# No unique variance below this, as in psych and R's factanal: a solution at the bound is a Heywood case.
LOWEST = 0.005
GRADIENT, STEPS = 1e-9, 500
# What rounding may add to a discrepancy near its minimum, relative to it.
ROUNDING = 1e-12


def extract(correlations, n_factors, method):
    """Loadings of uncorrelated factors before rotation.

    Parameters
    ----------
    correlations : ndarray of shape (p, p)
    n_factors : int
    method : {"minres", "ml"}
        Minimum residuals (Harman & Jones, 1966; the least squares of Jöreskog, 1977) or maximum likelihood
        (Jöreskog, 1967).

    Returns
    -------
    loadings : ndarray of shape (p, n_factors)
        Factors in descending order of their eigenvalues, each with a positive sum.
    unique : ndarray of shape (p,)
        Unique variances, not below `LOWEST`.
    converged : bool

    References
    ----------
    Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres). Psychometrika, 31(3),
    351-368.
    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika, 32(4), 443-482.
    Jöreskog, K. G. (1977). Factor analysis by least-squares and maximum-likelihood methods. In K. Enslein, A. Ralston
    & H. S. Wilf (Eds.), Statistical methods for digital computers (Vol. 3, pp. 125-153). Wiley.
    """
    inverse = np.linalg.pinv(correlations, hermitian=True)
    start = np.clip((1 - n_factors / (2 * len(correlations))) / np.diag(inverse), 0.05, 0.95)
    if method == "minres":
        unique, converged = _minimize(_minres, start, correlations, n_factors, LOWEST)
        loadings = _principal(correlations - np.diag(unique), n_factors)
    else:
        if np.linalg.eigvalsh(correlations)[0] < 1e-10:
            refuse_because(
                "method", "'ml' needs a positive definite correlation matrix, found one that is not", "'minres'"
            )
        logs, converged = _minimize(_likelihood, np.log(start), correlations, n_factors, np.log(LOWEST))
        unique = np.exp(logs)
        scale = np.sqrt(unique)
        values, vectors = np.linalg.eigh(correlations / np.outer(scale, scale))
        values, vectors = values[::-1][:n_factors], vectors[:, ::-1][:, :n_factors]
        loadings = scale[:, None] * vectors * np.sqrt(np.maximum(values - 1, 0))
    return loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0), unique, converged


def _principal(reduced, n_factors):
    values, vectors = np.linalg.eigh(reduced)
    return vectors[:, ::-1][:, :n_factors] * np.sqrt(np.maximum(values[::-1][:n_factors], 0))


def _minres(unique, correlations, n_factors):
    """Half the sum of squares of the eigenvalues left over, its gradient and curvature (Jöreskog, 1977)."""
    values, vectors = np.linalg.eigh(correlations - np.diag(unique))
    rest = len(values) - n_factors
    left, right = vectors[:, :rest], vectors[:, rest:]
    small, large = values[:rest], values[rest:]
    gradient = -(left**2) @ small
    sure = (left @ left.T) ** 2
    curvature = sure.copy()
    for value, vector in zip(large, right.T, strict=True):
        inner = (left * (small / (small - value))) @ left.T
        curvature += 2 * inner * np.outer(vector, vector)
    return 0.5 * np.sum(small**2), gradient, curvature, sure


def _likelihood(logs, correlations, n_factors):
    """The likelihood discrepancy in the logarithms of the unique variances (Jöreskog, 1967)."""
    scale = np.exp(0.5 * logs)
    values, vectors = np.linalg.eigh(correlations / np.outer(scale, scale))
    rest = len(values) - n_factors
    left, right = vectors[:, :rest], vectors[:, rest:]
    small, large = values[:rest], values[rest:]
    gradient = (left**2) @ (1 - small)
    sure = ((left * small) @ left.T) * (left @ left.T)
    curvature = sure.copy()
    for value, vector in zip(large, right.T, strict=True):
        inner = (left * ((1 - small) * (small + value) / (value - small))) @ left.T
        curvature += inner * np.outer(vector, vector)
    return np.sum(small - np.log(small) - 1), gradient, curvature, sure


def _minimize(discrepancy, x, correlations, n_factors, lowest):
    """Newton's method with a lower bound: (minimum, whether the gradient vanished).

    Where the curvature is not positive definite, its part that always is takes its place.
    """
    value, gradient, curvature, sure = discrepancy(x, correlations, n_factors)
    for _ in range(STEPS):
        free = ~((x <= lowest) & (gradient > 0))
        if np.abs(gradient[free]).max(initial=0.0) < GRADIENT:
            return x, True
        move = np.zeros_like(x)
        move[free] = _direction(curvature, sure, gradient, free)
        step = 1.0
        while True:
            trial = np.maximum(x + step * move, lowest)
            found = discrepancy(trial, correlations, n_factors)
            if found[0] <= value * (1 + ROUNDING) + 1e-4 * gradient @ (trial - x):
                break
            step /= 2
            if step < 1e-10:
                return x, bool(np.abs(gradient[free]).max() < 1e-6)
        x, (value, gradient, curvature, sure) = trial, found
    return x, False


def _direction(curvature, sure, gradient, free):
    """Downhill in the free coordinates."""
    here = np.ix_(free, free)
    for matrix in (curvature, sure):
        try:
            factor = np.linalg.cholesky(matrix[here])
        except np.linalg.LinAlgError:
            continue
        return -np.linalg.solve(factor.T, np.linalg.solve(factor, gradient[free]))
    return -gradient[free]
