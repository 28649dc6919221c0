"""Nested answers with holes: rows by pattern, clusters with the sums that they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.sem.observed.columns import quoted
from emolabor.sem.observed.level_samples import Nested, TwoLevelSample, in_clusters, nested_parts, sample_of


@dataclass(frozen=True)
class IncompleteLevelSample(TwoLevelSample):
    """Answers of one group, some of them missing.

    The fields of `TwoLevelSample` hold the answers with each hole filled by the cluster's mean (of a variable that the
    whole cluster lacks, by the grand mean): what the search starts from. `seen` (n, p_w) and `seen_between` (J, r) tell
    what was answered, in the order of the rows and clusters there.
    """

    seen: np.ndarray = None  # type: ignore[assignment]
    seen_between: np.ndarray = None  # type: ignore[assignment]

    @property
    def incomplete(self) -> bool:
        """Whether answers are missing."""
        return True

    @property
    def n_patterns(self) -> int:
        """Distinct patterns of missing answers of cases."""
        return len(self.patterns[0])

    @property
    def complete(self) -> TwoLevelSample:
        """The filled answers as a sample of their own."""
        own = {name: getattr(self, name) for name in TwoLevelSample.__dataclass_fields__}
        return TwoLevelSample(**own)

    @property
    def n_values(self) -> int:
        """How many answers there are."""
        return int(self.seen.sum() + self.seen_between.sum())

    @cached_property
    def values(self) -> np.ndarray:
        """Answers (n, p_w), whatever stands in the holes."""
        return self.deviations + np.repeat(self.means[:, : self.n_within], self.sizes, axis=0)

    @cached_property
    def starts(self) -> np.ndarray:
        """First row of each cluster (J,)."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def of_rows(self) -> np.ndarray:
        """Cluster of each row (n,)."""
        return np.repeat(np.arange(self.n_clusters), self.sizes)

    @cached_property
    def patterns(self) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
        """Distinct patterns (K, p_w), the rows of each, and how many rows of each cluster have it (J, K)."""
        patterns, codes = np.unique(self.seen, axis=0, return_inverse=True)
        codes = codes.ravel()
        rows = [np.flatnonzero(codes == k) for k in range(len(patterns))]
        counts = np.zeros((self.n_clusters, len(patterns)))
        np.add.at(counts, (self.of_rows, codes), 1.0)
        return patterns, rows, counts

    @cached_property
    def between_patterns(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Places of the answered cluster-level variables (among them), and the clusters that answered just these."""
        patterns, codes = np.unique(self.seen_between, axis=0, return_inverse=True)
        codes = codes.ravel()
        return [(np.flatnonzero(own), np.flatnonzero(codes == k)) for k, own in enumerate(patterns)]

    def drawn(self, chosen: np.ndarray) -> IncompleteLevelSample:
        """The sample of whole clusters (J,), each as often as it is chosen."""
        chosen = chosen[np.argsort(self.sizes[chosen], kind="stable")]
        rows = np.concatenate([np.arange(self.starts[i], self.starts[i] + self.sizes[i]) for i in chosen])
        return replace(
            self,
            deviations=self.deviations[rows],
            sizes=self.sizes[chosen],
            means=self.means[chosen],
            clusters=self.clusters[chosen],
            seen=self.seen[rows],
            seen_between=self.seen_between[chosen],
        )


def incomplete_level_samples(
    columns: Any, cluster_values: np.ndarray, levels: Sequence[Sequence[str]], fixed: Sequence[Sequence[str]]
) -> list[TwoLevelSample]:
    """Samples of rows with holes, one a group; arguments as for `two_level_samples`.

    Returns
    -------
    list of TwoLevelSample
        Left out are rows without any answer of the within level, and those without a fixed exogenous variable, which
        full information does not fill. A group without holes has a sample of complete rows.
    """
    samples = []
    for part in nested_parts(columns, cluster_values, levels, fixed):
        q = part.n_within
        part = replace(part, values=_one_value(part))
        seen = ~np.isnan(part.values)
        held = [*part.fixed[0], *(int(part.places[i]) for i in part.fixed[1])]
        exogenous = seen[:, held].all(axis=1)
        kept = seen[:, :q].any(axis=1) & exogenous
        never = [name for name, some in zip(part.names, seen[kept].any(axis=0), strict=True) if not some]
        if never or not kept.any():
            refuse_because(part.place, f"{quoted(never or part.names)} without any value", "columns with answers")
        own = part.kept(kept)
        if seen[kept].all():
            sample = sample_of(own)
        else:
            filled = sample_of(replace(own, values=_filled(own)))
            codes, counts = np.unique(own.codes, return_inverse=True, return_counts=True)[1:]
            rows = in_clusters(codes, counts)
            own_seen = seen[kept][rows]
            starts = np.cumsum(filled.sizes) - filled.sizes
            fields = {name: getattr(filled, name) for name in TwoLevelSample.__dataclass_fields__}
            sample = IncompleteLevelSample(**fields, seen=own_seen[:, :q], seen_between=own_seen[starts][:, q:])
        without = int((seen[:, :q].any(axis=1) & ~exogenous).sum())
        samples.append(replace(sample, n_dropped=int((~kept).sum()), n_without_exogenous=without))
    return samples


def _one_value(part: Nested) -> np.ndarray:
    """Values (n, p) in which each row of a cluster has the cluster-level value that any of its rows has."""
    values = part.values.copy()
    codes = np.unique(part.codes, return_inverse=True)[1]
    for column in range(part.n_within, values.shape[1]):
        own = values[:, column]
        known = np.full(codes.max() + 1, np.nan)
        known[codes[~np.isnan(own)]] = own[~np.isnan(own)]
        own[np.isnan(own)] = known[codes[np.isnan(own)]]
    return values


def _filled(part: Nested) -> np.ndarray:
    """Values (n, p) with each hole at the cluster's mean, or the grand mean where the cluster has none."""
    values, seen = np.nan_to_num(part.values), ~np.isnan(part.values)
    codes = np.unique(part.codes, return_inverse=True)[1]
    sums, counts = np.zeros((2, codes.max() + 1, values.shape[1]))
    np.add.at(sums, codes, values)
    np.add.at(counts, codes, seen)
    grand = values.sum(axis=0) / seen.sum(axis=0)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), grand)
    return np.where(seen, values, means[codes])
