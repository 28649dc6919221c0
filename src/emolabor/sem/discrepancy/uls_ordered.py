"""Unweighted least squares of thresholds, means, variances and correlations (Muthen, du Toit & Spisic, 1997)."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emolabor.sem.discrepancy.dwls import DiagonallyWeighted


@dataclass(frozen=True)
class UnweightedOrdered(DiagonallyWeighted):
    """Unweighted least squares of one group's statistics."""

    @cached_property
    def weights(self) -> np.ndarray:
        """Ones (s,)."""
        return np.ones_like(self.sample.weights)
