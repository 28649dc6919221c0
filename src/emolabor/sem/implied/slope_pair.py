"""A pair of levels with random slopes: the within moments given the covariates, and how the slopes turn them.

Given its covariates x and its cluster's variables v (what answers have between, then the slopes), the answers y of a
case have mean (base + sum of turn_k v over the columns) (1, x) and the covariances within; turn_k is linear in the
paths that lead from the outcomes of slopes to y (Rockwood, 2020, *Psychometrika* 85:275-300).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.implied.level_pair import LevelPair
from emolabor.sem.implied.ram import Implied, derivative_columns, implied_moments

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class Given:
    """The within level given the covariates.

    `implied` its moments where the covariates are zero; `sigma` (q, q) of the answers; `base` (q, 1 + r) their mean as
    coefficients of (1, x); `turns` (1 + r, q, d) what the cluster's variables add to them.
    """

    implied: Implied
    sigma: np.ndarray
    base: np.ndarray
    turns: np.ndarray


@dataclass(frozen=True, eq=False)
class SlopePair(LevelPair):
    """Structures of one group, with random slopes.

    `answers` (q,) and `covariates` (r,) are places among the within level's observed variables; `slopes` (R,) places
    among the between level's variables, `slope_names` what they are called. `paths` holds for each random path its
    outcome among the within variables, its covariate among `covariates` and its slope among `slopes`.
    """

    answers: np.ndarray
    covariates: np.ndarray
    slopes: np.ndarray
    paths: tuple[tuple[int, int, int], ...]
    slope_names: tuple[str, ...]

    @classmethod
    def of(cls, within: Structure, between: Structure, tables: tuple[ParameterTable, ...], group: int) -> SlopePair:
        """The pair of one group."""
        inner, outer = tables[0].variables, tables[1].variables
        names, outside = (*inner.observed, *inner.latent), (*outer.observed, *outer.latent)
        rows = [row for row in tables[0].rows if row.slope and row.group == group]
        slopes = list(dict.fromkeys(row.slope for row in rows))
        paths = tuple((names.index(row.lhs), inner.fixed_x.index(row.rhs), slopes.index(row.slope)) for row in rows)
        covariates = np.array([names.index(name) for name in inner.fixed_x], int)
        answers = np.setdiff1d(np.arange(len(inner.observed)), covariates)
        places = np.array([outside.index(name) for name in slopes])
        return cls(within, between, answers, covariates, places, paths, tuple(slopes))

    @cached_property
    def conditional(self) -> Structure:
        """The within structure given the covariates, which then have neither variances nor means."""
        covariances, intercepts = self.within.covariances.copy(), self.within.intercepts.copy()
        covariances[self.covariates], covariances[:, self.covariates], intercepts[self.covariates] = 0.0, 0.0, 0.0
        return replace(self.within, covariances=covariances, intercepts=intercepts)

    @cached_property
    def outer(self) -> np.ndarray:
        """Places of the observed variables and the slopes among the between level's variables."""
        return np.concatenate([np.arange(self.between.n_observed), self.slopes])

    def given(self, theta: np.ndarray) -> Given:
        """The within level given the covariates."""
        implied = implied_moments(self.conditional, theta)
        y, q, r = self.answers, len(self.answers), len(self.covariates)
        base = np.column_stack([implied.means[y], implied.total[np.ix_(y, self.covariates)]])
        turns = np.zeros((1 + r, q, q + len(self.slopes)))
        turns[0, :, :q] = np.eye(q)
        for outcome, covariate, slope in self.paths:
            turns[1 + covariate, :, q + slope] += implied.total[y, outcome]
        return Given(implied, implied.sigma[np.ix_(y, y)], base, turns)

    def columns_of(self, given: Given, between: Implied) -> tuple[Any, Any]:
        """The u, v and weights of every entry: of the answers given the covariates, and of the `outer` variables."""
        return (
            derivative_columns(self.conditional, given.implied, self.answers),
            derivative_columns(self.between, between, self.outer),
        )

    def path_slopes(self, given: Given, by_base: np.ndarray, by_turns: np.ndarray) -> np.ndarray:
        """Slopes (..., n_entries within) by what a path's value does to `base` and `turns`.

        `by_base` (..., q, 1 + r) and `by_turns` (..., 1 + r, q, d) are slopes in those.
        """
        total, q = given.implied.total, len(self.answers)
        by_source = by_base[..., 1:] @ total[:, self.covariates].T
        for outcome, covariate, slope in self.paths:
            by_source = by_source + by_turns[..., 1 + covariate, :, q + slope][..., None] * total[:, outcome]
        path = self.conditional.by_kind[0]
        i, j = self.conditional.row[path], self.conditional.col[path]
        slopes = np.zeros((*by_base.shape[:-2], len(self.conditional.kind)))
        slopes[..., path] = (total[np.ix_(self.answers, i)] * by_source[..., j]).sum(axis=-2)
        return slopes
