"""The likelihood of incomplete rows for thousands of resamples at once: `observed.completion` in stacked arrays."""

from dataclasses import dataclass

import numpy as np

from emolabor.sem.discrepancy.normal_many import group_value_and_gradient, inverses
from emolabor.sem.implied.quantities import fill_many, many_total_paths
from emolabor.sem.linalg import inverses_and_logdets
from emolabor.sem.observed.completion import IncompleteRows


@dataclass(frozen=True)
class ResampledRows:
    """Resamples of the rows of one group.

    `first` (R, p) and `second` (R, p, p) are weighted sums of the complete rows' values and of their products, about
    the centre of `rows`; `complete` (R,) the weight of these rows; `weights` has an array (R, rows) for each block. A
    resample's weights add up to one.
    """

    rows: IncompleteRows
    complete: np.ndarray
    first: np.ndarray
    second: np.ndarray
    weights: tuple[np.ndarray, ...]

    def __getitem__(self, chosen):
        """Some of the resamples."""
        parts = (self.complete[chosen], self.first[chosen], self.second[chosen])
        return ResampledRows(self.rows, *parts, tuple(weights[chosen] for weights in self.weights))


def resample_rows(rows, values, counts):
    """Weigh the rows of one group as often as counts (R, n) say; `values` (n, p) are the answers."""
    weights = counts / counts.sum(axis=1, keepdims=True)
    whole = values[rows.complete] - rows.centre
    p, own = whole.shape[1], weights[:, rows.complete]
    i, j = np.tril_indices(p)
    second = np.empty((len(counts), p, p))
    second[:, i, j] = second[:, j, i] = own @ (whole[:, i] * whole[:, j])
    blocks = tuple(weights[:, block.rows] for block in rows.blocks)
    return ResampledRows(rows, own.sum(axis=1), own @ whole, second, blocks)


def incomplete_value_and_gradient(structure, resamples, thetas):
    """Half the discrepancy (R,) and its gradient by entry (R, n_entries), each parameter vector with its own resample.

    Parameters
    ----------
    structure : Structure
    resamples : ResampledRows
    thetas : ndarray (R, q)

    Returns
    -------
    tuple of ndarray
        The value is NaN where the implied covariance is not positive definite.
    """
    rows = resamples.rows
    sigma, mu = _implied(structure, thetas)
    inverse, _ = inverses(sigma)
    shift = mu - rows.centre
    first = resamples.first - resamples.complete[:, None] * shift
    across = resamples.first[:, :, None] * shift[:, None]
    second = resamples.second - across - across.swapaxes(1, 2)
    second += resamples.complete[:, None, None] * shift[:, :, None] * shift[:, None]
    open_part = np.zeros(len(thetas))
    for block, weights in zip(rows.blocks, resamples.weights, strict=True):
        patterns, k = block.holes.shape
        at_holes = inverse[:, block.holes[:, :, None], block.holes[:, None, :]]
        covariances, logdets = inverses_and_logdets(at_holes.reshape(-1, k, k))
        covariances, logdets = covariances.reshape(-1, patterns, k, k), logdets.reshape(-1, patterns)
        filled = block.values - block.seen * shift[:, None]
        row, holes = np.arange(len(block.which))[:, None], block.holes[block.which]
        pulls = (filled @ inverse)[:, row, holes]
        filled[:, row, holes] = -(covariances[:, block.which] @ pulls[..., None])[..., 0]
        weighed = filled * weights[:, :, None]
        first += weighed.sum(axis=1)
        second += weighed.swapaxes(1, 2) @ filled
        by_pattern = weights @ (block.which[:, None] == np.arange(patterns))
        _add_at_holes(second, block.holes, covariances * by_pattern[:, :, None, None])
        open_part += np.einsum("rg,rg->r", by_pattern, logdets - k)
    cov = second - first[:, :, None] * first[:, None]
    value, gradient = group_value_and_gradient(structure, cov, first + mu, thetas)
    return value + 0.5 * open_part, gradient


def _add_at_holes(matrices, holes, parts):
    """Add parts (R, G, k, k) to their places in matrices (R, p, p)."""
    count, p = len(matrices), matrices.shape[1]
    places = (holes[:, :, None] * p + holes[:, None, :]).ravel()
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    sums = np.add.reduceat(parts.reshape(count, -1)[:, order], starts, axis=1)
    matrices.reshape(count, -1)[:, places[order][starts]] += sums


def _implied(structure, thetas):
    """Implied covariances (R, p, p) and means (R, p)."""
    p = structure.n_observed
    paths, covariances = fill_many(structure, thetas)
    total = many_total_paths(structure, paths)
    intercepts = np.broadcast_to(structure.intercepts, (len(thetas), total.shape[1])).copy()
    here = structure.kind == 2
    intercepts[:, structure.row[here]] = thetas[:, structure.parameter[here]]
    observed = total[:, :p]
    return observed @ covariances @ observed.swapaxes(1, 2), (observed @ intercepts[:, :, None])[:, :, 0]
