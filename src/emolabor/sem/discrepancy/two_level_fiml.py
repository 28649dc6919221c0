"""Full information maximum likelihood of nested answers with holes.

Given the part v of a cluster, its rows are independent; what row i says of it is P = the inverse of the within
covariances of the answers it has, zero elsewhere. With A the sum of P over a cluster's rows and b the between
covariances given the cluster-level variables, the determinant and the quadratic form of all its answers follow from
(I + b A), so that nothing as large as a cluster is inverted, and b may be singular (Rosseel, 2021, *Psych* 3:197-232).
Derivatives are those of the two levels' moments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.normal import add_up_columns, slope_of_entries
from emolabor.sem.discrepancy.two_level import TwoLevelLikelihood, entries_of
from emolabor.sem.implied.ram import sum_entries
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.implied.level_pair import LevelPair
    from emolabor.sem.implied.ram import Implied
    from emolabor.sem.observed.incomplete_levels import IncompleteLevelSample

ROUNDING = 1e-14  # of eigenvalues that are zero
STEP = 1e-5  # of the differences of gradients that the Hessian is made of


@dataclass(frozen=True)
class Clusters:
    """What one parameter vector makes of every cluster.

    `value` is minus twice the log-likelihood; `precisions` (K, q, q) P of each pattern; `told` (J, q, q) A less A m A
    and `spread` (J, q, q) m, the part's covariances given the answers; `pull` (J, p) the slopes in the means; `rows`
    (n, q) what each row pulls; `given` the slopes (q, r) and inverse (r, r) on the cluster-level variables by pattern.
    """

    value: float
    precisions: np.ndarray
    told: np.ndarray
    spread: np.ndarray
    pull: np.ndarray
    rows: np.ndarray
    given: list[Any]


@dataclass(frozen=True)
class IncompleteTwoLevelLikelihood(TwoLevelLikelihood):
    """The likelihood of one group's answers in clusters, some of them missing."""

    sample: IncompleteLevelSample

    def at(self, moments: tuple[Implied, Implied]) -> float:
        """Minus the log-likelihood of a case at given moments, without the constant; infinite where it has none."""
        found = self._clusters(moments)
        return np.inf if found is None else 0.5 * found.value / self.sample.n

    def _clusters(self, moments: tuple[Implied, Implied]) -> Clusters | None:
        sample, (within, between) = self.sample, moments
        q, p, places = sample.n_within, len(sample.names), sample.places
        patterns, rows, counts = sample.patterns
        precisions, value = np.zeros((len(patterns), q, q)), 0.0
        centre, both = np.zeros(p), np.zeros((p, p))
        centre[:q] = within.mu
        centre[places] += between.mu
        both[np.ix_(places, places)] = between.sigma
        gaps, pulled = sample.values - centre[:q], np.zeros((sample.n, q))
        for k, (seen, own) in enumerate(zip(patterns, rows, strict=True)):
            here = np.flatnonzero(seen)
            found = inverse_and_logdet(within.sigma[np.ix_(here, here)])
            if found is None:
                return None
            precisions[k][np.ix_(here, here)] = found[0]
            value += len(own) * found[1]
            pulled[own] = gaps[own] @ precisions[k]
        value += float(np.vdot(pulled, gaps))
        total = (counts @ precisions.reshape(len(patterns), -1)).reshape(-1, q, q)
        pull = np.add.reduceat(pulled, sample.starts, axis=0)
        spread, expected = np.empty((sample.n_clusters, q, q)), np.zeros((sample.n_clusters, q))
        all_pulls, given = np.zeros((sample.n_clusters, p)), []
        for seen, own in sample.between_patterns:
            here = q + seen
            found = inverse_and_logdet(both[np.ix_(here, here)]) if len(here) else (np.zeros((0, 0)), 0.0)
            if found is None:
                return None
            slopes = both[:q, here] @ found[0]
            rest = both[:q, :q] - slopes @ both[here, :q]
            outer = sample.means[np.ix_(own, here)] - centre[here]
            turned = np.eye(q) + rest @ total[own]
            if not is_definite(rest, total[own]):
                return None
            spread[own] = np.linalg.solve(turned, np.broadcast_to(rest, turned.shape))
            told_of_means = outer @ found[0]
            value += len(own) * found[1] + float(np.vdot(told_of_means, outer)) + np.linalg.slogdet(turned)[1].sum()
            shift = outer @ slopes.T
            by_shift = (total[own] @ shift[:, :, None])[:, :, 0]
            left = pull[own] - by_shift
            moved = (spread[own] @ left[:, :, None])[:, :, 0]
            value += float(np.vdot(shift, by_shift) - 2 * np.vdot(shift, pull[own]) - np.vdot(left, moved))
            expected[own] = shift + moved
            all_pulls[own, :q] = left - (total[own] @ moved[:, :, None])[:, :, 0]
            all_pulls[np.ix_(own, here)] = told_of_means - all_pulls[own, :q] @ slopes
            given.append((here, own, slopes, found[0]))
        for k, own in enumerate(rows):
            pulled[own] -= expected[sample.of_rows[own]] @ precisions[k]
        told = total - total @ spread @ total
        return Clusters(value, precisions, told, spread, all_pulls, pulled, given)

    def _slopes(self, found: Clusters) -> tuple[Any, ...]:
        """Slopes in each level's covariances and means, of all clusters."""
        sample = self.sample
        q, p, places = sample.n_within, len(sample.names), sample.places
        _, _, counts = sample.patterns
        spreads = (counts.T @ found.spread.reshape(sample.n_clusters, -1)).reshape(-1, q, q)
        inner = np.tensordot(counts.sum(axis=0), found.precisions, 1) - found.rows.T @ found.rows
        inner -= (found.precisions @ spreads @ found.precisions).sum(axis=0)
        outer = np.zeros((p, p))
        for here, own, slopes, inverse in found.given:
            told = found.told[own].sum(axis=0)
            outer[:q, :q] += told
            outer[np.ix_(range(q), here)] -= told @ slopes
            outer[np.ix_(here, range(q))] -= slopes.T @ told
            outer[np.ix_(here, here)] += slopes.T @ told @ slopes + len(own) * inverse
        outer -= found.pull.T @ found.pull
        pull = found.pull.sum(axis=0)
        return (inner, pull[:q]), (outer[np.ix_(places, places)], pull[places])

    def value_and_gradient(self, pair: LevelPair, theta: np.ndarray) -> tuple[float, Any]:
        """Value and gradient (q,) of a case."""
        moments = pair.implied(theta)
        found = self._clusters(moments)
        if found is None:
            return np.inf, None
        parts = [
            slope_of_entries(left, right, weight, *slope)
            for (left, right, weight), slope in zip(pair.columns(moments), self._slopes(found), strict=True)
        ]
        n = self.sample.n
        return 0.5 * found.value / n, sum_entries(entries_of(pair), np.concatenate(parts)) / n

    def derivatives(self, pair: LevelPair, theta: np.ndarray, observed: bool = False) -> tuple[Any, ...]:
        """Value, gradient (q,) and information (q, q) of a case.

        Observed: the Hessian, by central differences of the gradient. Otherwise the expected information of as many
        complete answers, which serves to search.
        """
        value, gradient = self.value_and_gradient(pair, theta)
        if gradient is None:
            return np.inf, None, None
        complete = None if observed else TwoLevelLikelihood(self.sample.complete).derivatives(pair, theta)[2]
        if complete is not None:  # complete answers may have no likelihood where incomplete ones have one
            return value, gradient, complete
        steps = STEP * np.maximum(1.0, np.abs(theta))
        hessian = np.empty((len(theta), len(theta)))
        for k, step in enumerate(steps):
            up, down = (self._gradient_beside(pair, theta, k, sign * step) for sign in (1, -1))
            if up is None or down is None:  # beside the end of the domain one side has to do
                up, down, step = gradient if up is None else up, gradient if down is None else down, step / 2
            hessian[k] = (up - down) / (2 * step)
        return value, gradient, 0.5 * (hessian + hessian.T)

    def _gradient_beside(self, pair: LevelPair, theta: np.ndarray, k: int, step: float) -> Any:
        """Gradient (q,) with parameter k moved; None outside the domain."""
        moved = theta.copy()
        moved[k] += step
        return self.value_and_gradient(pair, moved)[1]

    def cluster_scores(self, pair: LevelPair, theta: np.ndarray) -> np.ndarray:
        """Gradients of the clusters' log-likelihoods (J, q)."""
        sample, moments = self.sample, pair.implied(theta)
        found = self._clusters(moments)
        q, p, places = sample.n_within, len(sample.names), sample.places
        _, _, counts = sample.patterns
        inner = np.add.reduceat(found.rows[:, :, None] * found.rows[:, None], sample.starts, axis=0)
        for k, precision in enumerate(found.precisions):
            inner -= counts[:, k, None, None] * (precision - precision @ found.spread @ precision)
        outer = found.pull[:, :, None] * found.pull[:, None]
        for here, own, slopes, inverse in found.given:
            turn = np.zeros((q, p))
            turn[:, :q] = np.eye(q)
            turn[:, here] = -slopes
            outer[own] -= turn.T @ found.told[own] @ turn
            outer[np.ix_(own, here, here)] -= inverse
        own = pair.columns(moments)
        pulls = found.pull[:, :q], found.pull[:, places]
        levels = inner, outer[:, places[:, None], places]
        parts = [
            ((slope @ right) * left).sum(axis=1) + weight * (pull @ left)
            for (left, right, weight), pull, slope in zip(own, pulls, levels, strict=True)
        ]
        return add_up_columns(pair, np.hstack(parts))


def is_definite(rest: np.ndarray, told: np.ndarray) -> bool:
    """Whether the answers' covariance matrix is positive definite in every cluster, given that of the within level."""
    values, vectors = np.linalg.eigh(rest)
    if values[0] >= -ROUNDING * abs(values[-1]) or not len(told):
        return True
    # A matrix and its transposed halves: I + h' b h has the eigenvalues of I + b A.
    roots, axes = np.linalg.eigh(told)
    half = axes * np.sqrt(np.maximum(roots, 0.0))[:, None, :]
    inner = np.eye(len(rest)) + half.transpose(0, 2, 1) @ (vectors * values) @ vectors.T @ half
    return bool(np.linalg.eigvalsh(inner)[:, 0].min() > 0)
