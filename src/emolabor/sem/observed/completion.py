"""Incomplete rows completed at given moments: the E-step of Dempster, Laird & Rubin (1977).

By Fisher's identity the slope of the incomplete-data likelihood is that of the complete-data likelihood at the
completed moments. With P the inverse of a covariance matrix, a row with holes m takes no more than the inverse of P_mm,
which is the covariance of what is missing given what is seen, and as wide as the row has holes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emolabor.sem.linalg import inverse_and_logdet, inverses_and_logdets

ROWS = 4000  # rows of a block: their values of 62 items take 2 MB


@dataclass(frozen=True)
class HoleBlock:
    """Incomplete rows with the same number k of holes.

    `holes` (G, k) are the variables that each of G patterns misses, `which` (R,) the pattern of each row, in rising
    order, `rows` (R,) their places among the cases, `counts` (G,) rows a pattern; `values` (R, p) less the centre, zero
    in the holes, `seen` (R, p) ones and zeros. `weights` (R,) are sampling weights, whose sums the counts are then.
    """

    holes: np.ndarray
    which: np.ndarray
    rows: np.ndarray
    counts: np.ndarray
    values: np.ndarray
    seen: np.ndarray
    weights: np.ndarray | None = None

    def weighed(self, rows):
        """Rows (R, ...) of the block times their sampling weights."""
        return rows if self.weights is None else rows * self.weights[:, None]

    @cached_property
    def members(self):
        """Which rows have which pattern (G, R), ones and zeros."""
        return (self.which == np.arange(len(self.holes))[:, None]).astype(float)


@dataclass(frozen=True)
class IncompleteRows:
    """The rows of one group by what they miss.

    Values are taken less `centre` (p,), which keeps the digits. `first` (p,) and `second` (p, p) are the sums of the
    complete rows' values and of the products of these. With sampling weights, which add up to n, everything that is
    counted or summed is weighted.
    """

    n: int
    centre: np.ndarray
    n_complete: int
    first: np.ndarray
    second: np.ndarray
    blocks: tuple[HoleBlock, ...]

    @property
    def n_patterns(self):
        """How many patterns of answers there are."""
        return (self.n_complete > 0) + sum(len(block.holes) for block in self.blocks)

    @property
    def widest(self):
        """Most numbers in the values of a block."""
        return max((block.values.size for block in self.blocks), default=1)

    @property
    def n_values(self):
        """How many answers there are."""
        return self.n * len(self.centre) - sum(
            float(block.counts.sum()) * block.holes.shape[1] for block in self.blocks
        )

    @property
    def observed_moments(self):
        """Means and variances (p,) of what is observed."""
        counts, first = np.full(len(self.centre), float(self.n_complete)), self.first.copy()
        second = self.second.diagonal().copy()
        for block in self.blocks:
            counts += block.weighed(block.seen).sum(axis=0)
            first += block.weighed(block.values).sum(axis=0)
            second += block.weighed(block.values**2).sum(axis=0)
        return self.centre + first / counts, second / counts - (first / counts) ** 2

    @property
    def seen_together(self):
        """In how many rows each pair of variables is observed (p, p)."""
        return self.n_complete + sum(block.seen.T @ block.weighed(block.seen) for block in self.blocks)

    @property
    def complete(self):
        """Places of the complete rows (c,)."""
        whole = np.ones(self.n, bool)
        for block in self.blocks:
            whole[block.rows] = False
        return np.flatnonzero(whole)


def sort_by_holes(values, centre=None, weights=None):
    """Sort the rows of (n, p) values by the number and the places of their holes; `centre` by default their means.

    `weights` (n,) are sampling weights with mean one.
    """
    centre = np.nanmean(values, axis=0) if centre is None else centre
    complete = ~np.isnan(values).any(axis=1)
    whole, places = values[complete] - centre, np.flatnonzero(~complete)
    blocks = hole_blocks(values[places], places, centre, None if weights is None else weights[places])
    count, weighed = len(whole), whole
    if weights is not None:
        count, weighed = weights[complete].sum(), whole * weights[complete, None]
    return IncompleteRows(len(values), centre, count, weighed.sum(axis=0), whole.T @ weighed, blocks)


def hole_blocks(values, places, centre, weights=None):
    """Blocks of incomplete rows (m, p), of no more than `ROWS` rows each.

    `places` (m,) are those among all rows, `weights` (m,) the rows' sampling weights.
    """
    missing = np.isnan(values)
    deviations = np.where(missing, 0.0, values - centre)
    count = missing.sum(axis=1)
    blocks = []
    for k in np.unique(count[count > 0]):
        rows = np.flatnonzero(count == k)
        patterns, which = np.unique(missing[rows], axis=0, return_inverse=True)
        order = np.argsort(which.ravel(), kind="stable")
        rows, which = rows[order], which.ravel()[order]
        holes = np.nonzero(patterns)[1].reshape(-1, k)
        for start in range(0, len(rows), ROWS):
            here, own = rows[start : start + ROWS], which[start : start + ROWS]
            weigh, which_here = None if weights is None else weights[here], own - own[0]
            block = holes[own[0] : own[-1] + 1], which_here, places[here], np.bincount(which_here, weigh)
            blocks.append(HoleBlock(*block, deviations[here], (~missing[here]).astype(float), weigh))
    return tuple(blocks)


def left_open(block, inverse):
    """Covariances (G, k, k) of what each pattern misses given what it has, and log-determinants (G,) of their inverses.

    `inverse` (p, p) is that of the covariance matrix.
    """
    return inverses_and_logdets(inverse[block.holes[:, :, None], block.holes[:, None, :]])


def completed_values(block, inverse, shift, covariances):
    """Rows (R, p) less the mean, their holes filled with what is expected there.

    `shift` (p,) is the mean less the centre, `covariances` (G, k, k) as `left_open` gives them.
    """
    filled = block.values - block.seen * shift
    row = np.arange(len(filled))[:, None]
    holes = block.holes[block.which]
    pulls = (filled @ inverse)[row, holes]
    filled[row, holes] = -np.einsum("rij,rj->ri", covariances[block.which], pulls)
    return filled


def completed_moments(rows, sigma, mu):
    """Moments about a mean as they are expected with every row complete, and the likelihood of what is seen.

    Parameters
    ----------
    rows : IncompleteRows
    sigma, mu : ndarray (p, p), (p,)

    Returns
    -------
    tuple or None
        Half the discrepancy of a case (minus its log-likelihood without the constant), inverse of sigma (p, p), mean
        deviation from mu (p,), second moments about mu (p, p). None where sigma is not positive definite.
    """
    factored = inverse_and_logdet(sigma)
    if factored is None:
        return None
    inverse, logdet = factored
    p, shift = len(mu), mu - rows.centre
    complete = rows.n_complete
    first = rows.first - complete * shift
    across = np.outer(rows.first, shift)
    second = rows.second - across - across.T + complete * np.outer(shift, shift)
    open_part = 0.0
    for block in rows.blocks:
        covariances, logdets = left_open(block, inverse)
        filled = completed_values(block, inverse, shift, covariances)
        weighed = block.weighed(filled)
        first += weighed.sum(axis=0)
        second += filled.T @ weighed
        second += _spread(block, covariances * block.counts[:, None, None], p)
        open_part += float(block.counts @ (logdets - block.holes.shape[1]))
    first, second = first / rows.n, second / rows.n
    half = 0.5 * (logdet + float(np.vdot(inverse, second)) + open_part / rows.n)
    return (half, inverse, first, second) if np.isfinite(half) else None


def _spread(block, matrices, p):
    """Sum matrices (G, k, k) of the holes in their places of a matrix (p, p)."""
    places = block.holes[:, :, None] * p + block.holes[:, None, :]
    return np.bincount(places.ravel(), weights=matrices.ravel(), minlength=p * p).reshape(p, p)
