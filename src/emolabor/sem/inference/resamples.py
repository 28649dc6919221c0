"""What is drawn: how often each case or cluster, and the moments of such resamples, within bounds of memory."""

import numpy as np

from emolabor.sem.discrepancy.fiml_many import ResampledRows
from emolabor.sem.implied.ram import implied_moments

NUMBERS = 4_000_000  # numbers in an array at a time: 32 MB


def draw_counts(rng, units, size, draws=None):
    """Draw how often each case, or each cluster, comes in a resample (size, units); `draws` by default as many."""
    equal = np.full(units, 1 / units)
    counts = np.empty((size, units), np.uint16)  # a quarter of what the generator writes
    for own in counts:
        own[:] = rng.multinomial(units if draws is None else draws, equal)
    return counts


def weighted_sums(values, centre, codes, counts, weights=None):
    """Sums over resamples of values and of their products, from one matrix product of counts and products.

    Parameters
    ----------
    values : ndarray (n, p)
        Rows of a unit stand together.
    centre : ndarray (p,)
        What values are taken from, near their mean, which keeps the digits.
    codes : ndarray (n,)
        The unit of each row, in rising order.
    counts : ndarray (R, units)
        How often each unit is drawn.
    weights : ndarray (n,), optional
        What each row counts then, instead of one.

    Returns
    -------
    tuple of ndarray
        Rows (R,), sums (R, p) and sums of products (R, p, p). Products are formed a part of the rows at a time, and
        added up within units first.
    """
    p = values.shape[1]
    i, j = np.tril_indices(p)
    rows, first, second = np.zeros(len(counts)), np.zeros((len(counts), p)), np.zeros((len(counts), len(i)))
    size = max(1, NUMBERS // (2 * len(i)))
    for start in range(0, len(values), size):
        part, own = values[start : start + size] - centre, codes[start : start + size]
        products = part[:, i]
        products *= part[:, j]
        starts = np.flatnonzero(np.diff(own, prepend=-1))
        counted = np.diff(starts, append=len(own))
        if weights is not None:
            here = weights[start : start + size, None]
            part, products, counted = part * here, products * here, np.add.reduceat(here[:, 0], starts)
        if len(starts) < len(own):
            part, products = np.add.reduceat(part, starts), np.add.reduceat(products, starts)
        drawn = counts[:, own[starts]].astype(float)
        rows += drawn @ counted
        first += drawn @ part
        second += drawn @ products
    matrices = np.empty((len(counts), p, p))
    matrices[:, i, j] = matrices[:, j, i] = second
    return rows, first, matrices


def resampled_moments(values, codes, counts, scale, weights=None):
    """Covariances (R, p, p) times `scale`, and means (R, p), of resamples; arguments as for `weighted_sums`."""
    centre = values.mean(axis=0)
    rows, mean, cov = weighted_sums(values, centre, codes, counts, weights)
    mean /= rows[:, None]
    for own, weight, middle in zip(cov, rows, mean, strict=True):
        own /= weight
        own -= middle[:, None] * middle
        own *= scale
    return cov, mean + centre


def resampled_rows(rows, spreads, values, codes, counts, weights=None):
    """Resample incomplete rows.

    Parameters
    ----------
    rows : IncompleteRows
    spreads : tuple
        As `spread_matrices` gives them.
    values : ndarray (n, p)
        The same rows as they were answered.
    codes : ndarray (n,)
        The unit of each row.
    counts : ndarray (R, units)
        How often each unit is drawn.
    weights : ndarray (n,), optional
        What each row counts then, instead of one.

    Returns
    -------
    ResampledRows
    """
    whole = rows.complete[np.argsort(codes[rows.complete], kind="stable")]
    complete, first, second = weighted_sums(
        values[whole], rows.centre, codes[whole], counts, None if weights is None else weights[whole]
    )
    drawn = [counts[:, codes[block.rows]].astype(float) for block in rows.blocks]
    if weights is not None:
        drawn = [own * weights[block.rows] for own, block in zip(drawn, rows.blocks, strict=True)]
    total = complete + sum(own.sum(axis=1) for own in drawn)
    drawn = tuple(own / total[:, None] for own in drawn)
    return ResampledRows(rows, complete / total, first / total[:, None], second / total[:, None, None], drawn, spreads)


def implied_samples(rng, structure, theta, sample, size):
    """Moments of normal samples of a group's size from what a fit implies."""
    implied = implied_moments(structure, theta)
    centre = implied.mu if structure.mean_structure else sample.mean
    covs, means = normal_moments(rng, implied.sigma, centre, sample.n, size)
    return covs * sample.n / sample.weight, means


def normal_moments(rng, sigma, centre, n, size):
    """Covariances (size, p, p), denominator n, and means (size, p) of normal samples.

    The covariances are Wishart by their triangular root (Bartlett, 1933): no case is drawn.
    """
    p = len(sigma)
    root = np.linalg.cholesky(sigma)
    below = np.tril_indices(p, -1)
    turned = np.zeros((size, p, p))
    turned[:, below[0], below[1]] = rng.standard_normal((size, len(below[0])))
    turned[:, np.arange(p), np.arange(p)] = np.sqrt(rng.chisquare(n - 1 - np.arange(p), (size, p)))
    turned = root @ turned
    covs = turned @ turned.swapaxes(1, 2) / n
    if centre is None:
        return covs, np.zeros((size, p))
    return covs, centre + rng.standard_normal((size, p)) @ root.T / np.sqrt(n)
