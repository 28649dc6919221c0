"""What the likelihood with random slopes needs of a group's rows: sums of products by cluster and pattern of holes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from emolabor.sem.observed.level_samples import TwoLevelSample


@dataclass(frozen=True)
class SlopeSums:
    """Sums of products of the q answers and of (1, x) over units: the rows of one cluster with one pattern of answers.

    Units stand cluster by cluster. Answers that a pattern lacks count as zero.
    """

    seen: np.ndarray  # (K, q) the patterns
    pattern: np.ndarray  # (U,) of each unit
    first: np.ndarray  # (J,) first unit of each cluster
    cluster: np.ndarray  # (U,)
    counts: np.ndarray  # (U,) rows
    inner: np.ndarray  # (U, 1 + r, 1 + r) of (1, x) with itself
    mixed: np.ndarray  # (U, q, 1 + r) of the answers with (1, x)
    outer: np.ndarray  # (U, q, q) of the answers

    @property
    def n_values(self) -> int:
        """How many answers there are."""
        return int(self.counts @ self.seen.sum(axis=1)[self.pattern])

    def by_cluster(self, values: np.ndarray) -> np.ndarray:
        """Sums of what units have (U, ...) over each cluster: (J, ...)."""
        return np.add.reduceat(values, self.first, axis=0)


def slope_sums(sample: TwoLevelSample, answers: np.ndarray, covariates: np.ndarray) -> SlopeSums:
    """Add up the rows of a sample.

    Parameters
    ----------
    sample : TwoLevelSample
    answers, covariates : ndarray
        Places among the within level's observed variables; covariates have no holes.

    Returns
    -------
    SlopeSums
    """
    own = np.repeat(np.arange(sample.n_clusters), sample.sizes)
    values = sample.deviations + np.repeat(sample.means[:, : sample.n_within], sample.sizes, axis=0)
    seen = getattr(sample, "seen", np.ones(values.shape, bool))[:, answers]
    patterns, codes = np.unique(seen, axis=0, return_inverse=True)
    keys, unit = np.unique(own * len(patterns) + codes.ravel(), return_inverse=True)
    rows = np.argsort(unit, kind="stable")
    starts = np.flatnonzero(np.diff(unit[rows], prepend=-1))
    y, x = np.where(seen, values[:, answers], 0.0)[rows], values[:, covariates][rows]
    x = np.column_stack([np.ones(len(x)), x])
    cluster = keys // len(patterns)

    def added(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return np.add.reduceat(left[:, :, None] * right[:, None], starts, axis=0)

    return SlopeSums(
        seen=patterns,
        pattern=keys % len(patterns),
        first=np.flatnonzero(np.diff(cluster, prepend=-1)),
        cluster=cluster,
        counts=np.diff(starts, append=len(rows)).astype(float),
        inner=added(x, x),
        mixed=added(y, x),
        outer=added(y, y),
    )
