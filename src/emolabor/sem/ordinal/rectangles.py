"""Probabilities that two normal variables lie between limits, another rectangle for each case.

The probability without correlation is a product; what a correlation adds is the integral of the density at the corners
over correlations (Plackett, 1954), by Gauss-Legendre quadrature (Drezner & Wesolowsky, 1990; Genz, 2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from emolabor.sem.ordinal.polychoric import LEAST, binormal_cdf

SIGNS = np.array([1.0, -1.0, -1.0, 1.0])
# Correlations up to which so many nodes leave no error above 1e-15 in any corner; beyond the last, Owen's functions.
NODES = ((0.15, 5), (0.3, 6), (0.4, 7), (0.5, 8), (0.6, 9), (0.65, 10), (0.75, 12), (0.85, 16), (0.925, 20))
CASES = 2048  # at a time, which stay near the processor
RULES = {count: np.polynomial.legendre.leggauss(count) for _, count in NODES}


def interval(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Normal probability between two limits, from the tail that keeps its digits."""
    turned = low > 0
    return ndtr(np.where(turned, -low, high)) - ndtr(np.where(turned, -high, low))


@dataclass(frozen=True)
class Rectangles:
    """Limits of two variables: `low`, `high` of the first and `left`, `right` of the second, (n,) each."""

    low: np.ndarray
    high: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @cached_property
    def corners(self) -> tuple[np.ndarray, np.ndarray]:
        """The two coordinates (4, n) of the corners, in the order of `SIGNS`."""
        return np.array([self.high, self.low, self.high, self.low]), np.array(
            [self.right, self.right, self.left, self.left]
        )

    @cached_property
    def _products(self) -> tuple[np.ndarray, np.ndarray]:
        h, k = self.corners
        return h * k, (h**2 + k**2) / 2

    @cached_property
    def _independent(self) -> np.ndarray:
        return interval(self.low, self.high) * interval(self.left, self.right)

    def probability(self, rho: float) -> np.ndarray:
        """Probabilities (n,) at a correlation."""
        count = next((count for most, count in NODES if abs(rho) < most), None)
        if count is None:
            return np.maximum(SIGNS @ binormal_cdf(*self.corners, rho), LEAST)
        nodes, weights = RULES[count]
        end, added = np.arcsin(rho), np.empty_like(self.low)
        sine = np.sin(end * (nodes + 1) / 2)[:, None, None]
        for start in range(0, len(added), CASES):
            product, half = (part[:, start : start + CASES] for part in self._products)
            heights = np.exp((sine * product - half) / (1 - sine**2))
            added[start : start + CASES] = SIGNS @ np.tensordot(weights, heights, 1)
        return np.maximum(self._independent + end / (4 * np.pi) * added, LEAST)

    def slopes(self, rho: float) -> tuple[np.ndarray, np.ndarray]:
        """First and second derivatives (n,) of the probabilities by the correlation."""
        product, half = self._products
        rest = 1 - rho**2
        height = np.exp((rho * product - half) / rest) / (2 * np.pi * np.sqrt(rest))
        bend = height * (rho / rest + (product * (1 + rho**2) - 2 * rho * half) / rest**2)
        return SIGNS @ height, SIGNS @ bend
