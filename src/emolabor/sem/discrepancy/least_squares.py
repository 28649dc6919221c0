"""Generalised and unweighted least squares (Joreskog & Goldberger, 1972; Browne, 1974).

Half of r'Vr, with r the residuals of the distinct (co)variances and of the means. GLS: V is normal theory at the sample
covariance, so that the covariances' part is tr[((S - Sigma) S^-1)^2] / 2. ULS: V is the identity, every distinct
residual counts once. A case's, as the likelihood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.normal import expected_pairs, second_derivatives, slope_of_entries
from emolabor.sem.implied.ram import derivative_columns, implied_moments, sum_entries, sum_entry_pairs
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Implied, Structure
    from emolabor.sem.observed.samples import Sample


def half_quadratic(gap: np.ndarray, residual: np.ndarray, weights: np.ndarray | None) -> float:
    """Half of r'Vr from residual covariances (p, p) and means (p,)."""
    if weights is None:
        return 0.25 * float(np.sum(gap**2) + np.sum(np.diag(gap) ** 2)) + 0.5 * float(residual @ residual)
    turned = weights @ gap
    return 0.25 * float(np.sum(turned * turned.T)) + 0.5 * float(residual @ weights @ residual)


def half_discrepancy(structure: Structure, theta: np.ndarray, sample: Any, weights: np.ndarray | None) -> float:
    """Half of r'Vr at a parameter vector."""
    return half_quadratic(*_residuals(structure, sample, implied_moments(structure, theta)), weights)


def derivatives(structure: Any, theta: Any, sample: Any, weights: Any, observed: Any = False) -> Any:
    """Value, gradient (q,) and information (q, q) of `half_discrepancy`; observed: the Hessian."""
    implied = implied_moments(structure, theta)
    gap, residual = _residuals(structure, sample, implied)
    left, right, weight = derivative_columns(structure, implied)
    if weights is None:
        weighted, pull = -(gap + np.diag(np.diag(gap))), residual if structure.mean_structure else None
        diagonals = left * right
        pairs = expected_pairs(np.eye(len(gap)), left, right, weight) + 2 * diagonals.T @ diagonals
    else:
        weighted, pull = -weights @ gap @ weights, weights @ residual if structure.mean_structure else None
        pairs = expected_pairs(weights, left, right, weight)
    if observed:
        pairs = pairs + second_derivatives(structure, implied, weighted, pull)
    gradient = slope_of_entries(left, right, weight, weighted, pull)
    value = half_quadratic(gap, residual, weights)
    return value, sum_entries(structure, gradient), sum_entry_pairs(structure, pairs)


def _residuals(structure: Structure, sample: Any, implied: Implied) -> tuple[np.ndarray, np.ndarray]:
    residual = sample.mean - implied.mu if structure.mean_structure else np.zeros(len(sample.mean))
    return sample.cov - implied.sigma, residual


@dataclass(frozen=True)
class UnweightedLeastSquares:
    """Unweighted least squares of one group's moments."""

    sample: Sample
    saturated = 0.0  # half the discrepancy under the saturated model
    fits_margins = True  # the independence model's variances and means are the sample's

    @property
    def weights(self) -> Any:
        """The matrix that weighs the residuals; None: every distinct one counts once."""
        return None

    def value(self, structure: Structure, theta: np.ndarray) -> float:
        """Half the discrepancy of a case."""
        return half_discrepancy(structure, theta, self.sample, self.weights)

    def derivatives(self, structure: Any, theta: Any, observed: Any = False) -> Any:
        """Value, gradient (q,) and information (q, q) of a case; observed: the Hessian."""
        return derivatives(structure, theta, self.sample, self.weights, observed)

    def moment_weight(self, sigma: np.ndarray) -> np.ndarray | None:
        """The weights, which do not depend on the model."""
        return self.weights

    def information_of_moments(self, saturated: Any, implied: Any, observed: Any) -> Any:
        """Weight matrix of the distinct moments (m, m)."""
        return np.eye(len(saturated.moments))

    def pieces(self, structure: Any, implied: Any) -> Iterator[Any]:
        """The one piece of the discrepancy; as in `emolabor.sem.discrepancy.normal.NormalLikelihood.pieces`."""
        gap, residual = _residuals(structure, self.sample, implied)
        everything = np.arange(len(gap))
        yield everything, 1.0, np.eye(len(gap)), -(gap + np.diag(np.diag(gap))), residual, True


@dataclass(frozen=True)
class GeneralisedLeastSquares(UnweightedLeastSquares):
    """Generalised least squares of one group's moments."""

    fits_margins = False

    @cached_property
    def weights(self) -> Any:
        """The inverse sample covariance (p, p)."""
        return inverse_and_logdet(self.sample.cov)[0]

    def information_of_moments(self, saturated: Any, implied: Any, observed: Any) -> Any:
        """Weight matrix of the distinct moments (m, m): normal theory at the sample."""
        return saturated.information_at(self.sample.cov, self.sample.mean, False)

    def pieces(self, structure: Any, implied: Any) -> Iterator[Any]:
        """The one piece of the discrepancy; as in `emolabor.sem.discrepancy.normal.NormalLikelihood.pieces`."""
        gap, residual = _residuals(structure, self.sample, implied)
        inverse = self.weights
        yield np.arange(len(gap)), 1.0, inverse, -inverse @ gap @ inverse, inverse @ residual, False
