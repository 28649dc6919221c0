"""The likelihood of complete nested answers, from sums over distinct cluster sizes.

With w the within and b the between covariances, the mean of n cases of a cluster has covariances b + w / n, together
with the cluster-level variables; the cases' deviations from it have w (McDonald & Goldstein, 1989, *British Journal of
Mathematical and Statistical Psychology* 42:215-232; Muthen, 1994; Rosseel, 2021, *Psych* 3:197-232). So a group is a
sum of normal likelihoods: one of the deviations and one for each distinct size, whose derivatives are those of
`emolabor.sem.discrepancy.normal`. Everything is divided by the cases, as in the likelihood of one level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.normal import (
    add_up_columns,
    expected_pairs,
    observed_pairs,
    second_derivatives,
    slope_of_entries,
)
from emolabor.sem.implied.level_pair import LevelPair, spread_columns
from emolabor.sem.implied.ram import sum_entries, sum_entry_pairs
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Implied
    from emolabor.sem.observed.level_samples import TwoLevelSample


@dataclass(frozen=True)
class TwoLevelLikelihood:
    """The likelihood of one group's complete answers in clusters."""

    sample: TwoLevelSample

    @property
    def n_values(self) -> int:
        """How many answers the likelihood is of."""
        return self.sample.n_values

    def value(self, pair: LevelPair, theta: np.ndarray) -> float:
        """Minus the log-likelihood of a case, without the constant; infinite where it has none."""
        return self.at(pair.implied(theta))

    def at(self, moments: tuple[Implied, Implied]) -> float:
        """The same at given moments of the two levels."""
        found = self._factored(moments)
        return np.inf if found is None else found[0]

    def _factored(self, moments: tuple[Implied, Implied]) -> Any:
        """Value, inverse within covariances, and for each size its inverse and mean gap; None where not definite."""
        sample, (within, between) = self.sample, moments
        inside = inverse_and_logdet(within.sigma)
        if inside is None:
            return None
        sizes, counts, means, covs = sample.by_size
        q, places = sample.n_within, sample.places
        spread, centre = np.zeros((len(sample.names),) * 2), np.zeros(len(sample.names))
        spread[np.ix_(places, places)] = between.sigma
        centre[:q] = within.mu
        centre[places] += between.mu
        value = (sample.n - sample.n_clusters) * (inside[1] + float(np.vdot(inside[0], sample.pooled)))
        pieces = []
        for size, count, mean, cov in zip(sizes.tolist(), counts.tolist(), means, covs, strict=True):
            sigma = spread.copy()
            sigma[:q, :q] += within.sigma / size
            found = inverse_and_logdet(sigma)
            if found is None:
                return None
            gap = mean - centre
            about = cov + gap[:, None] * gap
            value += count * (found[1] + q * np.log(size) + float(np.vdot(found[0], about)))
            pieces.append((size, count, found[0], gap, about))
        return 0.5 * value / sample.n, inside[0], pieces

    def derivatives(self, pair: LevelPair, theta: np.ndarray, observed: bool = False) -> tuple[Any, ...]:
        """Value, gradient (q,) and information (q, q) of a case; observed: the Hessian."""
        moments = pair.implied(theta)
        found = self._factored(moments)
        if found is None:
            return np.inf, None, None
        value, inside, pieces = found
        own = pair.columns(moments)
        gradient, slopes = self._gradient(own, inside, pieces)
        information = self._information(pair, own, inside, pieces, observed)
        if observed:
            structures, k = (pair.within, pair.between), len(pair.within.parameter)
            blocks = (slice(0, k), slice(k, None))
            for structure, implied, slope, block in zip(structures, moments, slopes, blocks, strict=True):
                information[block, block] += second_derivatives(structure, implied, *slope)
        n, entries = self.sample.n, entries_of(pair)
        return value, sum_entries(entries, gradient) / n, sum_entry_pairs(entries, information) / n

    def value_and_gradient(self, pair: LevelPair, theta: np.ndarray) -> tuple[Any, ...]:
        """Value and gradient (q,) of a case."""
        return self.derivatives(pair, theta)[:2]

    def _gradient(self, own: Any, inside: Any, pieces: Any) -> tuple[Any, ...]:
        """Slope by entry, and the slopes in each level's covariances and means that it is made of."""
        sample = self.sample
        q, places = sample.n_within, sample.places
        weighted = (sample.n - sample.n_clusters) * (inside - inside @ sample.pooled @ inside)
        between, pull = np.zeros((len(sample.names),) * 2), np.zeros(len(sample.names))
        for size, count, inverse, gap, about in pieces:
            slope = count * (inverse - inverse @ about @ inverse)
            weighted = weighted + slope[:q, :q] / size
            between += slope
            pull += count * (inverse @ gap)
        slopes = (weighted, pull[:q]), (between[np.ix_(places, places)], pull[places])
        parts = [
            slope_of_entries(left, right, weight, *slope)
            for (left, right, weight), slope in zip(own, slopes, strict=True)
        ]
        return np.concatenate(parts), slopes

    def _information(self, pair: LevelPair, own: Any, inside: np.ndarray, pieces: Any, observed: bool) -> np.ndarray:
        """Information by pair of entries, but for the second derivatives of the moments."""
        sample, (k, m) = self.sample, pair.n_entries
        left, right, weight = own[0]
        total = np.zeros((k + m, k + m))
        if observed:
            turned = 2 * inside @ sample.pooled @ inside - inside
            inner = observed_pairs(inside, turned, None, left, right, weight)
        else:
            inner = expected_pairs(inside, left, right, np.zeros(k))
        total[:k, :k] = (sample.n - sample.n_clusters) * inner
        left, right, weight = spread_columns(own[0], own[1], sample.places, len(sample.names))
        share = np.ones(k + m)
        for size, count, inverse, gap, about in pieces:
            share[:k] = 1 / size
            if observed:
                turned = 2 * inverse @ about @ inverse - inverse
                part = observed_pairs(inverse, turned, inverse @ gap, left, right * share, weight)
            else:
                part = expected_pairs(inverse, left, right * share, weight)
            total += count * part
        return total

    def cluster_scores(self, pair: LevelPair, theta: np.ndarray) -> np.ndarray:
        """Gradients of the clusters' log-likelihoods (J, q)."""
        sample, moments = self.sample, pair.implied(theta)
        _, inside, pieces = self._factored(moments)
        own = pair.columns(moments)
        left, right, _ = own[0]
        k = left.shape[1]
        turned = inside @ sample.squares @ inside - (sample.sizes - 1)[:, None, None] * inside
        entries = np.zeros((sample.n_clusters, k + own[1][0].shape[1]))
        entries[:, :k] = ((turned @ right) * left).sum(axis=1)
        left, right, weight = spread_columns(own[0], own[1], sample.places, len(sample.names))
        share, first = np.ones(len(weight)), 0
        for size, count, inverse, gap, _ in pieces:
            share[:k] = 1 / size
            here = slice(first, first + int(count))
            means = sample.means[here]
            by_inverse = (means - means.mean(axis=0) + gap) @ inverse
            by_left = by_inverse @ left
            scores = by_left * (by_inverse @ (right * share) + weight)
            entries[here] += scores - np.einsum("ij,ij->j", left, inverse @ (right * share))
            first += int(count)
        return add_up_columns(pair, entries)


def entries_of(pair: LevelPair) -> Any:
    """What the sums of entries ask of a structure, which a pair knows as well."""
    return pair
