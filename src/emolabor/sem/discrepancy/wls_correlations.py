"""Weighted least squares of correlations whose covariance matrix is known, such as pooled ones (Cheung & Chan, 2005).

Half of r'Wr, with r the differences of the correlations and what the model implies, and W the inverse of their
covariance matrix, a case's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.dwls import DiagonallyWeighted, implied_statistics, jacobian
from emolabor.sem.implied.quantities import hessian_by_differences
from emolabor.sem.implied.ram import implied_moments

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure

STEP = 1e-5  # parameters are correlations and slopes of standardized variables, of order one


@dataclass(frozen=True)
class WeightedCorrelations(DiagonallyWeighted):
    """Weighted least squares of one group's correlations; `weights` (s, s) are a matrix."""

    def value(self, structure: Structure, theta: np.ndarray) -> float:
        """Half the discrepancy of a case."""
        gap = self.sample.statistics.values - implied_statistics(structure, theta)
        value = 0.5 * float(gap @ self.weights @ gap)
        return value if np.isfinite(value) else np.inf

    def derivatives(self, structure: Any, theta: Any, observed: Any = False) -> Any:
        """Value, gradient (q,) and information J'WJ (q, q) of a case; observed: the Hessian, by differences."""
        implied = implied_moments(structure.given, theta)
        gap = self.sample.statistics.values - implied_statistics(structure, theta, implied)
        value = 0.5 * float(gap @ self.weights @ gap)
        if not np.isfinite(value):
            return np.inf, None, None
        slopes = jacobian(structure, theta, implied)
        weighted = self.weights @ slopes
        if observed:
            # By differences: correlations are few, and second derivatives of theirs many.
            steps, slope = np.full(len(theta), STEP), -(gap @ weighted)
            return (
                value,
                slope,
                hessian_by_differences(lambda at: self.derivatives(structure, at)[1], theta, steps, slope),
            )
        return value, -(gap @ weighted), slopes.T @ weighted

    def weighed(self, rows: np.ndarray) -> np.ndarray:
        """Rows (s, k) times the weights."""
        return self.weights @ rows

    def squares(self, here: slice) -> float:
        """Weighted sum of squares of some correlations, which are all there are."""
        values = self.sample.statistics.values[here]
        return float(values @ self.weights[here, here] @ values)
