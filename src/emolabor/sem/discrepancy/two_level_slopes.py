"""Maximum likelihood with random slopes, from sums of products of each cluster.

Given a cluster's variables v (what its answers have between, and its slopes), its rows are independent and linear in v,
so that determinant and quadratic form of all its answers follow from (I + b G), where b are the covariances of v given
the cluster-level variables and G is the information that the rows have of v (Rockwood, 2020, *Psychometrika*
85:275-300). G is a sum over products of covariates: rows are added up once, and nothing as large as a cluster is
inverted. Slopes come from what the answers tell of v, its mean and covariances given them. The likelihood is that given
the covariates; answers with holes form patterns, each with an inverse of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.normal import add_up_columns, slope_of_entries
from emolabor.sem.discrepancy.two_level import TwoLevelLikelihood, entries_of
from emolabor.sem.discrepancy.two_level_fiml import ClusterParts, cluster_parts
from emolabor.sem.implied.quantities import hessian_by_differences
from emolabor.sem.implied.ram import implied_moments, sum_entries
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.observed.slope_sums import SlopeSums, slope_sums

if TYPE_CHECKING:
    from emolabor.sem.implied.level_pair import LevelPair
    from emolabor.sem.implied.ram import Implied
    from emolabor.sem.implied.slope_pair import Given, SlopePair

STEP = 1e-4  # of the differences of gradients that the Hessian is made of, in standard errors of a case


@dataclass(frozen=True)
class Told:
    """What one parameter vector makes of the clusters.

    `value` is minus twice the log-likelihood; `precisions` (K, q, q) the inverse of each pattern; `parts` what is known
    of v.
    """

    given: Given
    between: Implied
    value: float
    precisions: np.ndarray
    parts: ClusterParts


@dataclass(frozen=True)
class SlopeLikelihood(TwoLevelLikelihood):
    """The likelihood of one group's answers in clusters with slopes of their own."""

    pair: SlopePair

    @cached_property
    def sums(self) -> SlopeSums:
        """The rows, added up."""
        return slope_sums(self.sample, self.pair.answers, self.pair.covariates)

    @property
    def n_values(self) -> int:
        """How many answers the likelihood is of: the covariates are given."""
        cluster_level = sum(len(own) * len(seen) for seen, own in self._cluster_level)
        return self.sums.n_values + cluster_level

    @cached_property
    def _cluster_level(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Which cluster-level variables are known, and the clusters that know just these."""
        known = getattr(self.sample, "between_patterns", None)
        every = np.arange(len(self.sample.names) - self.sample.n_within)
        return known or [(every, np.arange(self.sample.n_clusters))]

    @cached_property
    def _places(self) -> np.ndarray:
        """Places of the between level's observed variables and slopes among v and the cluster-level variables."""
        q, n_slopes = len(self.pair.answers), len(self.pair.slopes)
        order = {int(place): i for i, place in enumerate(self.pair.answers)}
        past = q + n_slopes - self.sample.n_within
        observed = [order[p] if p < self.sample.n_within else p + past for p in self.sample.places.tolist()]
        return np.array([*observed, *range(q, q + n_slopes)])

    def value(self, pair: LevelPair, theta: np.ndarray) -> float:
        """Minus the log-likelihood of a case, without the constant; infinite where it has none."""
        found = self.told(theta)
        return np.inf if found is None else 0.5 * found.value / self.sample.n

    def told(self, theta: np.ndarray) -> Told | None:
        """What the answers tell of the clusters; None where a covariance matrix is not positive definite."""
        sample, sums, given = self.sample, self.sums, self.pair.given(theta)
        q, d = given.turns.shape[1:]
        between, places = implied_moments(self.pair.between, theta), self._places
        p = d + len(sample.names) - sample.n_within
        both, centre, of = np.zeros((p, p)), np.zeros(p), self.pair.outer
        both[np.ix_(places, places)] = between.covariance[np.ix_(of, of)]
        centre[places] = between.means[of]
        precisions, logdets = np.zeros((len(sums.seen), q, q)), np.zeros(len(sums.seen))
        for k, seen in enumerate(sums.seen):
            if not seen.any():
                continue
            here = np.ix_(seen, seen)
            found = inverse_and_logdet(given.sigma[here])
            if found is None:
                return None
            precisions[k][here], logdets[k] = found
        rest = sums.mixed - given.base @ sums.inner
        own = precisions[sums.pattern]
        about = sums.outer - given.base @ sums.mixed.transpose(0, 2, 1) - rest @ given.base.T
        value = float(sums.counts @ logdets[sums.pattern] + np.vdot(own, about))
        # G of each unit: sums over pairs of columns of (1, x)
        turned = np.einsum("kab,sbe->ksae", precisions, given.turns)
        pairs = np.einsum("rad,ksae->krsde", given.turns, turned)
        units = np.empty((len(sums.pattern), d, d))
        for k in range(len(sums.seen)):
            mine = sums.pattern == k
            units[mine] = np.tensordot(sums.inner[mine], pairs[k], 2)
        told = sums.by_cluster(units)
        pull = sums.by_cluster(np.einsum("urad,uar->ud", turned[sums.pattern], rest))
        parts = cluster_parts(both, centre, told, pull, sample.means[:, sample.n_within :], self._cluster_level)
        return None if parts is None else Told(given, between, value + parts.value, precisions, parts)

    def _slopes(self, found: Told) -> tuple[Any, ...]:
        """Slopes of each cluster: in the within covariances, the base and the turns, in covariances and means between.

        Shapes (J, q, q), (J, q, 1 + r), (J, 1 + r, q, d), (J, o, o) and (J, o). Those in covariances are of minus twice
        the log-likelihood, those in means of the log-likelihood.
        """
        sums, given, known = self.sums, found.given, found.parts
        own, mean, spread = found.precisions[sums.pattern], known.mean[sums.cluster], known.spread[sums.cluster]
        base = given.base + np.einsum("rad,ud->uar", given.turns, mean)
        rest = sums.mixed - base @ sums.inner
        about = sums.outer - base @ sums.mixed.transpose(0, 2, 1) - rest @ base.transpose(0, 2, 1)
        # What is not known of v: covariances of the turned columns of (1, x)
        turned = np.einsum("urs,sad->urad", sums.inner, given.turns) @ spread[:, None]
        about += np.einsum("urad,rbd->uab", turned, given.turns)
        inner = sums.counts[:, None, None] * own - own @ about @ own
        by_base = own @ rest
        by_turns = by_base.transpose(0, 2, 1)[..., None] * mean[:, None, None] - own[:, None] @ turned
        places = self._places
        parts = (sums.by_cluster(part) for part in (inner, by_base, by_turns))
        return (*parts, known.in_covariances()[:, places[:, None], places], known.pull[:, places])

    def value_and_gradient(self, pair: LevelPair, theta: np.ndarray) -> tuple[Any, ...]:
        """Value and gradient (q,) of a case."""
        found = self.told(theta)
        if found is None:
            return np.inf, None
        inner, base, turns, outer, pull = (part.sum(axis=0) for part in self._slopes(found))
        columns, slopes = self.pair.columns_of(found.given, found.between), ((inner, base[:, 0]), (outer, pull))
        parts = [
            slope_of_entries(left, right, weight, *slope)
            for (left, right, weight), slope in zip(columns, slopes, strict=True)
        ]
        parts[0] -= self.pair.path_slopes(found.given, base, turns)
        entries = np.concatenate(parts)
        return 0.5 * found.value / self.sample.n, sum_entries(entries_of(pair), entries) / self.sample.n

    def cluster_scores(self, pair: LevelPair, theta: np.ndarray) -> np.ndarray:
        """Gradients of the clusters' log-likelihoods (J, q)."""
        found = self.told(theta)
        if found is None:
            return np.full((self.sample.n_clusters, len(theta)), np.nan)
        inner, base, turns, outer, pull = self._slopes(found)
        parts = []
        levels = zip(
            self.pair.columns_of(found.given, found.between), (inner, outer), (base[..., 0], pull), strict=True
        )
        for (left, right, weight), slope, means in levels:
            parts.append(weight * (means @ left) - ((slope @ right) * left).sum(axis=1))
        parts[0] += self.pair.path_slopes(found.given, base, turns)
        return add_up_columns(pair, np.hstack(parts))

    def derivatives(self, pair: LevelPair, theta: np.ndarray, observed: bool = False) -> tuple[Any, ...]:
        """Value, gradient (q,) and information (q, q) of a case.

        The information is the Hessian, by central differences of the gradient; where it is not positive definite and
        need not be the Hessian, it is the mean product of the clusters' scores.
        """
        value, gradient = self.value_and_gradient(pair, theta)
        if gradient is None:
            return np.inf, None, None
        scores = self.cluster_scores(pair, theta)
        products = scores.T @ scores / self.sample.n
        units = np.sqrt(products.diagonal())
        used = np.flatnonzero(units > 0)
        steps = np.zeros(len(theta))
        steps[used] = STEP / units[used]
        hessian = hessian_by_differences(lambda at: self.value_and_gradient(pair, at)[1], theta, steps, gradient)
        if not observed and inverse_and_logdet(hessian[np.ix_(used, used)]) is None:
            hessian = products
        return value, gradient, hessian
