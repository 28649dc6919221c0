"""A sample that is correlations and their covariance matrix, without cases behind it: pooled from several studies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from emolabor.sem.ordinal.ordinal_samples import OrdinalSample
from emolabor.sem.ordinal.ordinal_statistics import Statistics


@dataclass(frozen=True)
class CorrelationSample(OrdinalSample):
    """Correlations in the order of `pairs`; `weights` (m, m) are the inverse of a case's covariance matrix of them."""

    acov: Any = None

    @cached_property
    def root(self) -> np.ndarray:
        """A matrix (m, m) whose cross-product is a case's covariance matrix of the correlations."""
        return np.linalg.cholesky(self.weight * self.acov).T


def correlation_sample(cor: np.ndarray, acov: np.ndarray, n: int) -> CorrelationSample:
    """Bind correlations to their covariance matrix.

    Parameters
    ----------
    cor : ndarray of shape (p, p)
    acov : ndarray of shape (m, m)
        Covariance matrix of the correlations above the diagonal, row by row.
    n : int
        How many people stand behind them.

    Returns
    -------
    CorrelationSample
    """
    p = len(cor)
    i, j = np.triu_indices(p, 1)
    none = np.zeros(0, int)
    cases: Any = None  # there are none
    statistics = Statistics(cor[i, j], cases, none, none, none, np.column_stack([i, j]))
    weights = np.linalg.inv((n - 1.0) * acov)
    return CorrelationSample(cor, np.zeros(p), n, n - 1.0, statistics=statistics, weights=weights, acov=acov)
