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
from emolabor.sem.implied.quantities import hessian_by_differences
from emolabor.sem.implied.ram import sum_entries
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.implied.level_pair import LevelPair
    from emolabor.sem.implied.ram import Implied
    from emolabor.sem.observed.incomplete_levels import IncompleteLevelSample

ROUNDING = 1e-14  # of eigenvalues that are zero
STEP = 1e-5  # of the differences of gradients that the Hessian is made of


@dataclass(frozen=True)
class ClusterParts:
    """What the rows and the cluster-level variables tell of every cluster's part v, d variables.

    `value` is what they add to minus twice the log-likelihood; `mean` (J, d) and `spread` (J, d, d) of v given the
    answers; `told` (J, d, d) the rows' information G less G spread G; `pull` (J, p) slopes in the means of v and of the
    cluster-level variables; `by_pattern` their places, clusters, slopes (d, r) of v on them and inverse (r, r).
    """

    value: float
    mean: np.ndarray
    spread: np.ndarray
    told: np.ndarray
    pull: np.ndarray
    by_pattern: list[Any]

    def in_covariances(self) -> np.ndarray:
        """Slopes (J, p, p) of minus twice the log-likelihood in covariances of v and the cluster-level variables."""
        d, p = self.mean.shape[1], self.pull.shape[1]
        slopes = -self.pull[:, :, None] * self.pull[:, None]
        for here, clusters, on_known, inverse in self.by_pattern:
            turn = np.zeros((d, p))
            turn[:, :d] = np.eye(d)
            turn[:, here] = -on_known
            slopes[clusters] += turn.T @ self.told[clusters] @ turn
            slopes[np.ix_(clusters, here, here)] += inverse
        return slopes


@dataclass(frozen=True)
class Clusters:
    """What one parameter vector makes of every cluster.

    `value` is minus twice the log-likelihood; `precisions` (K, q, q) P of each pattern; `rows` (n, q) what each row
    pulls; `parts` what is known of v.
    """

    value: float
    precisions: np.ndarray
    rows: np.ndarray
    parts: ClusterParts


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
        centre[:q] = 0.0  # v is what a cluster's answers are beyond it
        for k, (seen, own) in enumerate(zip(patterns, rows, strict=True)):
            here = np.flatnonzero(seen)
            found = inverse_and_logdet(within.sigma[np.ix_(here, here)])
            if found is None:
                return None
            precisions[k][np.ix_(here, here)] = found[0]
            value += len(own) * found[1]
            pulled[own] = gaps[own] @ precisions[k]
        value += float(np.vdot(pulled, gaps))
        told = (counts @ precisions.reshape(len(patterns), -1)).reshape(-1, q, q)
        pull = np.add.reduceat(pulled, sample.starts, axis=0)
        parts = cluster_parts(both, centre, told, pull, sample.means[:, q:], sample.between_patterns)
        if parts is None:
            return None
        for k, own in enumerate(rows):
            pulled[own] -= parts.mean[sample.of_rows[own]] @ precisions[k]
        return Clusters(value + parts.value, precisions, pulled, parts)

    def _slopes(self, found: Clusters) -> tuple[Any, ...]:
        """Slopes in each level's covariances and means, of all clusters."""
        sample = self.sample
        q, p, places, known = sample.n_within, len(sample.names), sample.places, found.parts
        _, _, counts = sample.patterns
        spreads = (counts.T @ known.spread.reshape(sample.n_clusters, -1)).reshape(-1, q, q)
        inner = np.tensordot(counts.sum(axis=0), found.precisions, 1) - found.rows.T @ found.rows
        inner -= (found.precisions @ spreads @ found.precisions).sum(axis=0)
        outer = np.zeros((p, p))
        for here, own, slopes, inverse in known.by_pattern:  # `in_covariances`, summed over clusters as it goes
            told = known.told[own].sum(axis=0)
            outer[:q, :q] += told
            outer[np.ix_(range(q), here)] -= told @ slopes
            outer[np.ix_(here, range(q))] -= slopes.T @ told
            outer[np.ix_(here, here)] += slopes.T @ told @ slopes + len(own) * inverse
        outer -= known.pull.T @ known.pull
        pull = known.pull.sum(axis=0)
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
        hessian = hessian_by_differences(lambda at: self.value_and_gradient(pair, at)[1], theta, steps, gradient)
        return value, gradient, hessian

    def cluster_scores(self, pair: LevelPair, theta: np.ndarray) -> np.ndarray:
        """Gradients of the clusters' log-likelihoods (J, q)."""
        sample, moments = self.sample, pair.implied(theta)
        found = self._clusters(moments)
        q, places = sample.n_within, sample.places
        _, _, counts = sample.patterns
        inner = np.add.reduceat(found.rows[:, :, None] * found.rows[:, None], sample.starts, axis=0)
        for k, precision in enumerate(found.precisions):
            inner -= counts[:, k, None, None] * (precision - precision @ found.parts.spread @ precision)
        outer, pull = -found.parts.in_covariances(), found.parts.pull
        own = pair.columns(moments)
        pulls = pull[:, :q], pull[:, places]
        levels = inner, outer[:, places[:, None], places]
        parts = [
            ((slope @ right) * left).sum(axis=1) + weight * (pull @ left)
            for (left, right, weight), pull, slope in zip(own, pulls, levels, strict=True)
        ]
        return add_up_columns(pair, np.hstack(parts))


def cluster_parts(
    both: np.ndarray, centre: np.ndarray, told: np.ndarray, pull: np.ndarray, known: np.ndarray, patterns: list[Any]
) -> ClusterParts | None:
    """Tell what each cluster's part v is like, from its rows and its cluster-level variables.

    Parameters
    ----------
    both : ndarray (p, p)
        Covariances of v and the cluster-level variables.
    centre : ndarray (p,)
        Their means.
    told : ndarray (J, d, d)
        What a cluster's rows say of v: their information ...
    pull : ndarray (J, d)
        ... and their slopes at v = 0.
    known : ndarray (J, p - d)
        The cluster-level variables.
    patterns : list of (ndarray, ndarray)
        Which of these are known, and the clusters that know just these.

    Returns
    -------
    ClusterParts or None
        None where a covariance matrix is not positive definite.
    """
    n, d = pull.shape
    value, mean, spread = 0.0, np.empty((n, d)), np.empty((n, d, d))
    pulls, by_pattern = np.zeros((n, len(both))), []
    for seen, own in patterns:
        here = d + seen
        found = inverse_and_logdet(both[np.ix_(here, here)]) if len(here) else (np.zeros((0, 0)), 0.0)
        if found is None:
            return None
        slopes = both[:d, here] @ found[0]
        rest = both[:d, :d] - slopes @ both[here, :d]
        if not is_definite(rest, told[own]):
            return None
        gaps = known[np.ix_(own, seen)] - centre[here]
        turned = np.eye(d) + rest @ told[own]
        spread[own] = np.linalg.solve(turned, np.broadcast_to(rest, turned.shape))
        by_inverse, shift = gaps @ found[0], centre[:d] + gaps @ slopes.T
        by_shift = (told[own] @ shift[:, :, None])[:, :, 0]
        left = pull[own] - by_shift
        moved = (spread[own] @ left[:, :, None])[:, :, 0]
        value += len(own) * found[1] + float(np.vdot(by_inverse, gaps) + np.linalg.slogdet(turned)[1].sum())
        value += float(np.vdot(shift, by_shift) - 2 * np.vdot(shift, pull[own]) - np.vdot(left, moved))
        mean[own] = shift + moved
        pulls[own, :d] = left - (told[own] @ moved[:, :, None])[:, :, 0]
        pulls[np.ix_(own, here)] = by_inverse - pulls[own, :d] @ slopes
        by_pattern.append((here, own, slopes, found[0]))
    return ClusterParts(value, mean, spread, told - told @ spread @ told, pulls, by_pattern)


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
