"""A two-level model bound to its samples: the counterpart of `Model`, with a pair of structures for each group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.two_level import TwoLevelLikelihood
from emolabor.sem.discrepancy.two_level_fiml import IncompleteTwoLevelLikelihood
from emolabor.sem.discrepancy.two_level_slopes import SlopeLikelihood
from emolabor.sem.estimation.optimize import Optimum, minimize, minimize_by_gradients
from emolabor.sem.estimation.saturated import moment_structure
from emolabor.sem.estimation.slope_start import slope_starts
from emolabor.sem.estimation.start import start_values
from emolabor.sem.implied.level_pair import LevelPair
from emolabor.sem.implied.ram import build_structure
from emolabor.sem.implied.slope_pair import SlopePair

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure
    from emolabor.sem.observed.level_samples import TwoLevelSample
    from emolabor.sem.specification.blocks import TwoLevelTable
    from emolabor.sem.specification.estimators import Estimator
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class TwoLevelModel:
    """Tables, estimator, and for each group a pair of structures, a sample and a likelihood; made by `bind`."""

    tables: TwoLevelTable
    pairs: tuple[LevelPair, ...]
    samples: tuple[TwoLevelSample, ...]
    likelihoods: tuple[TwoLevelLikelihood, ...]
    estimator: Estimator

    @classmethod
    def bind(cls, tables, samples, estimator):
        """Bind tables to the samples of their groups.

        Parameters
        ----------
        tables : TwoLevelTable
        samples : sequence of TwoLevelSample
        estimator : Estimator

        Returns
        -------
        TwoLevelModel
        """
        pairs, likelihoods = [], []
        kinds = {False: TwoLevelLikelihood, True: IncompleteTwoLevelLikelihood}
        for group, sample in enumerate(samples):
            parts = zip(tables.levels, sample.levels, strict=True)
            own = [build_structure(table, group, level.cov, level.mean) for table, level in parts]
            pairs.append(SlopePair.of(*own, tables.levels, group) if tables.slopes else LevelPair(*own))
            likelihood = SlopeLikelihood(sample, pairs[-1]) if tables.slopes else kinds[sample.incomplete](sample)
            likelihoods.append(likelihood)
        return cls(tables, tuple(pairs), tuple(samples), tuple(likelihoods), estimator)

    def with_samples(self, samples):
        """The same model of other samples, such as resamples."""
        return self.bind(self.tables, samples, self.estimator)

    @property
    def table(self) -> ParameterTable:
        """Rows of all levels and groups."""
        return self.tables.rows

    @property
    def groups(self):
        """(pair, sample, likelihood) of each group."""
        return zip(self.pairs, self.samples, self.likelihoods, strict=True)

    @property
    def structures(self) -> tuple[Structure, ...]:
        """Structures of all groups and levels."""
        return tuple(structure for pair in self.pairs for structure in (pair.within, pair.between))

    @property
    def incomplete(self) -> bool:
        """Whether answers are missing, where that has a likelihood of its own."""
        return any(sample.incomplete for sample in self.samples) and not self.tables.slopes

    @property
    def by_gradients(self) -> bool:
        """Whether the information is dear: searches have to do with gradients."""
        return self.incomplete or bool(self.tables.slopes)

    def completed(self) -> TwoLevelModel:
        """The same model of filled answers, from whose estimates the search among incomplete ones starts."""
        samples = [sample.complete for sample in self.samples]
        likelihoods = tuple(TwoLevelLikelihood(sample) for sample in samples)
        return replace(self, samples=tuple(samples), likelihoods=likelihoods)

    def value_and_gradient(self, theta: np.ndarray) -> tuple[Any, ...]:
        """Value and gradient (q,) of a case over all groups."""
        value, gradient = 0.0, 0.0
        for share, (pair, _, likelihood) in zip(self.shares, self.groups, strict=True):
            own, slope = likelihood.value_and_gradient(pair, theta)
            if slope is None:
                return np.inf, None
            value, gradient = value + share * own, gradient + share * slope
        return value, gradient

    @property
    def n_obs(self) -> int:
        """Cases over all groups."""
        return sum(sample.n for sample in self.samples)

    @property
    def n_clusters(self) -> int:
        """Clusters over all groups."""
        return sum(sample.n_clusters for sample in self.samples)

    @property
    def shares(self) -> np.ndarray:
        """Share of each group in the cases (n_groups,)."""
        return np.array([sample.n for sample in self.samples]) / self.n_obs

    def value(self, theta: np.ndarray) -> float:
        """Half the discrepancy of a case over all groups."""
        parts = zip(self.shares, self.groups, strict=True)
        return sum(share * likelihood.value(pair, theta) for share, (pair, _, likelihood) in parts)

    def derivatives(self, theta: np.ndarray, observed: bool = False) -> tuple[Any, ...]:
        """Value, gradient (q,) and information (q, q) of a case over all groups."""
        parts = [likelihood.derivatives(pair, theta, observed) for pair, _, likelihood in self.groups]
        if any(part[1] is None for part in parts):
            return np.inf, None, None
        return tuple(sum(share * part[i] for share, part in zip(self.shares, parts, strict=True)) for i in range(3))

    def scored(self, theta: np.ndarray) -> tuple[Any, ...]:
        """Value, gradient (q,) and mean product of the clusters' scores (q, q) of a case over all groups."""
        value, gradient = self.value_and_gradient(theta)
        if gradient is None:
            return value, None, None
        scores = self.cluster_scores(theta)
        return value, gradient, scores.T @ scores / self.n_obs

    def cluster_scores(self, theta: np.ndarray) -> np.ndarray:
        """Gradients of the log-likelihoods of all clusters (J, q)."""
        return np.vstack([likelihood.cluster_scores(pair, theta) for pair, _, likelihood in self.groups])

    def start(self) -> np.ndarray:
        """Where the search starts (q,): each level's guesses from its own moments."""
        totals, counts = np.zeros(self.table.n_free), np.zeros(self.table.n_free)
        for level, table in enumerate(self.tables.levels):
            structures = [(pair.within, pair.between)[level] for pair in self.pairs]
            used = np.unique(table.free[table.free >= 0])
            guesses = start_values(table, [sample.levels[level] for sample in self.samples], structures)
            totals[used] += guesses[used]
            counts[used] += 1
        start = totals / np.maximum(counts, 1)
        for number, guess in slope_starts(self.tables, self.samples).items():
            start[number] = guess
        return start

    @cached_property
    def saturated(self) -> tuple[TwoLevelModel, np.ndarray, Any]:
        """The model in which every moment of both levels is free, and its solution."""
        return self.of_moments("all", "all")

    @cached_property
    def baseline(self) -> tuple[TwoLevelModel, np.ndarray, Any]:
        """The independence model of both levels, and its solution."""
        return self.of_moments("variances", "variances")

    def of_moments(self, within: str, between: str) -> tuple[TwoLevelModel, np.ndarray, Any]:
        """A model of moments alone: "all" or the "variances" of each level free, exogenous ones fixed.

        Returns
        -------
        tuple
            Model, its estimates (r,), how the search for them ended.
        """
        pairs, starts, count = [], [], 0
        for pair, sample in zip(self.pairs, self.samples, strict=True):
            own = []
            for level, free in enumerate((within, between)):
                structure, values = self._moments(sample, level, free)
                own.append((structure, count))
                starts.append(values)
                count += len(values)
            pairs.append(own)
        numbered = tuple(
            LevelPair(*(replace(s, parameter=s.parameter + first, n_parameters=count) for s, first in own))
            for own in pairs
        )
        model, start = replace(self, pairs=numbered), np.concatenate(starts)
        optimum = minimize(model.value, model.derivatives, start) if not self.incomplete else None
        if self.incomplete:
            complete = model.completed()
            first = minimize(complete.value, complete.derivatives, start).theta
            information = complete.derivatives(first)[2]
            found = minimize_by_gradients(model.value_and_gradient, information, first)
            # Moments driven to the end of the domain have no maximum: a search with Hessians only takes longer.
            optimum = found or Optimum(first, np.nan, np.full(len(first), np.inf), 1)
        return model, optimum.theta, optimum

    def _moments(self, sample: TwoLevelSample, level: int, free: str) -> tuple[Structure, np.ndarray]:
        """Structure and starting values of one level's moments; means of answers of both levels are between."""
        own, variables = sample.levels[level], self.tables.levels[level].variables
        random = tuple(variables.observed.index(name) for name in variables.random_x)
        structure, values = moment_structure(own.cov, own.mean, free, True, sample.fixed[level], random)
        if level == 1:
            return structure, values
        both = np.isin(np.arange(len(own.cov)), sample.places)
        kept = ~((structure.kind == 2) & both[structure.row])
        cut = {name: getattr(structure, name)[kept] for name in ("kind", "row", "col", "scale")}
        intercepts = np.where(both, 0.0, structure.intercepts)
        structure = replace(
            structure, **cut, parameter=np.arange(kept.sum()), n_parameters=int(kept.sum()), intercepts=intercepts
        )
        return structure, values[kept]
