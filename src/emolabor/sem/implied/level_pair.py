"""The matrices of one group's two levels, and how their entries add up to the parameters that they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from emolabor.sem.implied.ram import Implied, derivative_columns, implied_moments

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure


@dataclass(frozen=True, eq=False)
class LevelPair:
    """Within and between structure of one group, with parameters of one numbering."""

    within: Structure
    between: Structure

    @cached_property
    def parameter(self) -> np.ndarray:
        """Free number of every entry, those of the within level first."""
        return np.concatenate([self.within.parameter, self.between.parameter])

    @property
    def n_parameters(self) -> int:
        """Free parameters of the whole model."""
        return self.within.n_parameters

    @cached_property
    def one_to_one(self) -> bool:
        """Whether entry k is parameter k."""
        return np.array_equal(self.parameter, np.arange(self.n_parameters))

    @property
    def n_entries(self) -> tuple[int, int]:
        """Entries of each level."""
        return len(self.within.parameter), len(self.between.parameter)

    def implied(self, theta: np.ndarray) -> tuple[Implied, Implied]:
        """Moments that each level implies."""
        return implied_moments(self.within, theta), implied_moments(self.between, theta)

    def columns(self, moments: tuple[Implied, Implied]) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """The u and v of every entry and the weight of u in the mean's derivative, for each level."""
        return derivative_columns(self.within, moments[0]), derivative_columns(self.between, moments[1])


def spread_columns(
    within: tuple[np.ndarray, ...], between: tuple[np.ndarray, ...], places: np.ndarray, p: int
) -> tuple[np.ndarray, ...]:
    """Both levels' u (p, n_entries), v (p, n_entries) and weights (n_entries,) among the p variables of both levels."""
    left, right = np.zeros((2, p, within[0].shape[1] + between[0].shape[1]))
    q, n_within = within[0].shape
    left[:q, :n_within], right[:q, :n_within] = within[0], within[1]
    left[places, n_within:], right[places, n_within:] = between[0], between[1]
    return left, right, np.concatenate([within[2], between[2]])
