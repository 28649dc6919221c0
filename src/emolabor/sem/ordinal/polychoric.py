"""Thresholds and polychoric correlations of all pairs of ordered variables at once (Olsson, 1979).

Two steps: the thresholds of a variable come from its margin; given them, the correlation of each pair maximises the
likelihood of their table. Variables with fewer categories than the largest one have empty ones at the top.
"""

import numpy as np
from scipy.special import ndtr, ndtri, owens_t

FAR = 40.0  # a threshold beyond which nobody answers
BOUND = 1 - 1e-7  # correlations stay within it: a table with empty corners would have 1
STEPS, TOLERANCE, NEAR = 60, 1e-11, 1e-5
LEAST = 1e-100  # its square can still be divided by
SHOWN = 4_000_000  # numbers at a time in the table of who chose what: 32 MB


def count_categories(codes, n_categories, weights=None):
    """Frequencies of single variables and of all pairs.

    Parameters
    ----------
    codes : ndarray (n, p)
        Categories from 0; -1 where the answer is missing.
    n_categories : ndarray (p,)
    weights : ndarray (n,), optional
        What each case counts, instead of one.

    Returns
    -------
    tuple of ndarray
        (p, k) and, for the pairs in the order of ``np.triu_indices(p, 1)``, (pairs, k, k); of a pair, cases with both
        answers. k is the largest number of categories.
    """
    n, p = codes.shape
    k = int(np.max(n_categories, initial=1))
    counts, together = np.zeros((p, k)), np.zeros((p * k, p * k))
    size = max(1, SHOWN // (p * k))
    for start in range(0, n, size):
        own = codes[start : start + size]
        shown = np.zeros((len(own), p, k))
        case, variable = np.nonzero(own >= 0)
        shown[case, variable, own[case, variable]] = 1.0
        flat = shown.reshape(len(own), p * k)
        weighed = flat if weights is None else flat * weights[start : start + size, None]
        counts += weighed.sum(axis=0).reshape(p, k)
        together += flat.T @ weighed
    i, j = np.triu_indices(p, 1)
    return counts, together.reshape(p, k, p, k)[i, :, j, :]


def thresholds_of(counts):
    """Thresholds (p, k - 1) from frequencies (p, k); `FAR` where nobody answers above."""
    shares = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.clip(np.where(shares >= 1 - 1e-14, FAR, ndtri(shares)), -FAR, FAR)


def binormal_cdf(h, k, rho):
    """Standard bivariate normal distribution function by Owen's (1956) T function."""
    h, k, rho = np.broadcast_arrays(h, k, rho)
    h, k = h + 0.0, k + 0.0  # no negative zeros: their sign would be taken for that of a limit
    spread = np.sqrt(1 - rho**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_h, by_k = (k / h - rho) / spread, (h / k - rho) / spread
    other_side = (h * k < 0) | ((h * k == 0) & (h + k < 0))
    value = 0.5 * (ndtr(h) + ndtr(k)) - owens_t(h, by_h) - owens_t(k, by_k) - 0.5 * other_side
    return np.where((h == 0) & (k == 0), 0.25 + np.arcsin(rho) / (2 * np.pi), value)


def binormal_density(h, k, rho):
    """Standard bivariate normal density."""
    rest = 1 - rho**2
    return np.exp(-0.5 * (h**2 - 2 * rho * h * k + k**2) / rest) / (2 * np.pi * np.sqrt(rest))


def cell_probabilities(first, second, rho):
    """Probabilities (m, k, k) of the cells of m tables.

    Parameters
    ----------
    first, second : ndarray (m, k - 1)
        Thresholds of the rows' and of the columns' variable.
    rho : ndarray (m,)

    Returns
    -------
    ndarray (m, k, k)
    """
    grid = _bordered(binormal_cdf(first[:, :, None], second[:, None, :], rho[:, None, None]))
    grid[:, 1:-1, -1], grid[:, -1, 1:-1], grid[:, -1, -1] = ndtr(first), ndtr(second), 1.0
    return np.maximum(_cells(grid), LEAST)


def cell_slopes(first, second, rho):
    """First and second derivatives of `cell_probabilities` by the correlation, (m, k, k) each (Plackett, 1954)."""
    h, k, r = first[:, :, None], second[:, None, :], rho[:, None, None]
    density = binormal_density(h, k, r)
    rest = 1 - r**2
    bend = density * (r / rest + (h * k * (1 + r**2) - r * (h**2 + k**2)) / rest**2)
    return _cells(_bordered(density)), _cells(_bordered(bend))


def _bordered(inner):
    """Zeros around the grid (m, k - 1, k - 1) of inner corners."""
    m, k, _ = inner.shape
    grid = np.zeros((m, k + 2, k + 2))
    grid[:, 1:-1, 1:-1] = inner
    return grid


def _cells(grid):
    by_row = grid[:, 1:] - grid[:, :-1]
    return by_row[:, :, 1:] - by_row[:, :, :-1]


def polychoric(tables, first, second):
    """Polychoric correlations of m tables.

    Parameters
    ----------
    tables : ndarray (m, k, k)
        Frequencies.
    first, second : ndarray (m, k - 1)
        Thresholds.

    Returns
    -------
    ndarray (m,)
        By Newton's method, exact to about 1e-11; within `BOUND`.
    """
    scores = np.arange(tables.shape[1])
    total = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2) @ scores / total, tables.sum(axis=1) @ scores / total
    a, b = scores - rows[:, None], scores - columns[:, None]
    product = np.einsum("mij,mi,mj->m", tables, a, b)
    squares = np.einsum("mij,mi->m", tables, a**2) * np.einsum("mij,mj->m", tables, b**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        start = np.nan_to_num(product / np.sqrt(squares))
    return maximize_correlation(
        lambda here, rho: _derivatives(tables[here], first[here], second[here], rho), np.clip(start, -0.9, 0.9)
    )


def maximize_correlation(derivatives, start):
    """Maximise many likelihoods, each by its own correlation, by Newton steps that stay within `BOUND`.

    Parameters
    ----------
    derivatives : callable
        (which, rho) -> gradient, Hessian and expected information, each (len(which),).
    start : ndarray (m,)

    Returns
    -------
    ndarray (m,)
    """
    rho, going = start.copy(), np.arange(len(start))
    low, high, last = np.full(len(start), -BOUND), np.full(len(start), BOUND), np.ones(len(start))
    for _ in range(STEPS):
        if not len(going):
            break
        now = rho[going]
        gradient, hessian, information = derivatives(going, now)
        low[going], high[going] = np.where(gradient > 0, now, low[going]), np.where(gradient > 0, high[going], now)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = now + np.where(hessian < 0, -gradient / hessian, gradient / information)
        inside = np.isfinite(new) & (new > low[going]) & (new < high[going])
        # Near the end a step that rounds to none would fall on the limit that it has just set.
        settled = (np.abs(new - now) <= TOLERANCE) & (last[going] < NEAR)
        new = np.where(inside | settled, new, 0.5 * (low[going] + high[going]))
        rho[going], last[going] = new, np.abs(new - now)
        going = going[np.abs(new - now) > TOLERANCE]
    return rho


def _derivatives(tables, first, second, rho):
    probability = cell_probabilities(first, second, rho)
    slope, bend = cell_slopes(first, second, rho)
    ratio = slope / probability
    by_cell = tables / probability
    total = tables.sum(axis=(1, 2))
    hessian = np.sum(by_cell * bend - tables * ratio**2, axis=(1, 2))
    return np.sum(by_cell * slope, axis=(1, 2)), hessian, total * np.sum(slope * ratio, axis=(1, 2))
