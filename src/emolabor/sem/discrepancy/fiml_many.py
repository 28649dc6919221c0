"""Incomplete rows completed for many resamples at once: `observed.completion` in stacked arrays.

Resamples are the last axis wherever matrices are small: their numbers then lie side by side, and one pass serves all.
"""

from dataclasses import dataclass

import numpy as np

from emolabor.sem.discrepancy.factor_many import factor_inverses, is_factor_model
from emolabor.sem.discrepancy.normal_many import inverses
from emolabor.sem.implied.quantities import fill_many, many_total_paths
from emolabor.sem.linalg import sweep
from emolabor.sem.observed.completion import IncompleteRows


@dataclass(frozen=True)
class ResampledRows:
    """Resamples of the rows of one group.

    `first` (R, p) and `second` (R, p, p) are weighted sums of the complete rows' values and of their products, about
    the centre of `rows`; `complete` (R,) the weight of these rows; `weights` has an array (R, rows) for each block. A
    resample's weights add up to one. `spreads` has for each block the matrix (p p, k k patterns) that adds what is
    left open in the holes of its patterns in their places.
    """

    rows: IncompleteRows
    complete: np.ndarray
    first: np.ndarray
    second: np.ndarray
    weights: tuple[np.ndarray, ...]
    spreads: tuple

    def __getitem__(self, chosen):
        """Some of the resamples."""
        parts = (self.complete[chosen], self.first[chosen], self.second[chosen])
        weights = tuple(own[chosen] for own in self.weights)
        return ResampledRows(self.rows, *parts, weights, self.spreads)


def spread_matrices(rows):
    """Matrices that add (k, k) of each pattern's holes up in (p, p), for each block of incomplete rows."""
    from scipy import sparse  # slow to import

    p, found = len(rows.centre), []
    for block in rows.blocks:
        places = (block.holes.T[:, None] * p + block.holes.T[None]).ravel()
        columns = np.arange(len(places))
        found.append(sparse.csr_matrix((np.ones(len(places)), (places, columns)), shape=(p * p, len(places))))
    return tuple(found)


def completed_moments_many(structure, resamples, thetas):
    """Complete every resample at its own parameters: its covariances (R, p, p) and means (R, p) as they are expected.

    Parameters
    ----------
    structure : Structure
    resamples : ResampledRows
    thetas : ndarray (R, q) or (1, q)
        One vector for all takes one inverse a pattern for all.

    Returns
    -------
    tuple of ndarray
        NaN where the implied covariance is not positive definite.
    """
    rows = resamples.rows
    inverse, mu = _implied_inverses(structure, thetas)
    last = np.ascontiguousarray(inverse.transpose(1, 2, 0))
    shift = mu - rows.centre
    first = resamples.first - resamples.complete[:, None] * shift
    across = resamples.first[:, :, None] * shift[:, None]
    second = resamples.second - across
    second -= across.swapaxes(1, 2)
    second += resamples.complete[:, None, None] * shift[:, :, None] * shift[:, None]
    spread = np.zeros((last.shape[0] ** 2, len(first)))
    for block, weights, places in zip(rows.blocks, resamples.weights, resamples.spreads, strict=True):
        patterns, k = block.holes.shape
        covariances = last[block.holes.T[:, None], block.holes.T[None]]  # (k, k, patterns, R)
        sweep(covariances)
        filled = block.values - block.seen * shift[:, None]
        row, holes, every = np.arange(len(block.which))[:, None], block.holes[block.which], patterns == len(block.which)
        pulls = (filled @ inverse)[:, row, holes].transpose(2, 1, 0)
        own = covariances if every else covariances[:, :, block.which]
        filled[:, row, holes] = -np.einsum("ijnr,jnr->rni", own, pulls)
        weighed = filled * weights[:, :, None]
        first += weighed.sum(axis=1)
        second += weighed.swapaxes(1, 2) @ filled
        by_pattern = weights.T if every else block.members @ weights.T
        spread += places @ (covariances * by_pattern).reshape(k * k * patterns, -1)
    second += spread.T.reshape(second.shape)
    second -= first[:, :, None] * first[:, None]
    return second, first + mu


def _implied_inverses(structure, thetas):
    """Inverse implied covariances (R, p, p) and implied means (R, p)."""
    if is_factor_model(structure):
        return factor_inverses(structure, thetas)
    p = structure.n_observed
    paths, covariances = fill_many(structure, thetas)
    total = many_total_paths(structure, paths)
    intercepts = np.broadcast_to(structure.intercepts, (len(thetas), total.shape[1])).copy()
    here = structure.kind == 2
    intercepts[:, structure.row[here]] = thetas[:, structure.parameter[here]]
    observed = total[:, :p]
    inverse, logdet = inverses(observed @ covariances @ observed.swapaxes(1, 2))
    inverse[np.isnan(logdet)] = np.nan
    return inverse, (observed @ intercepts[:, :, None])[:, :, 0]
