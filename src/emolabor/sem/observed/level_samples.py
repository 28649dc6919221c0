"""Nested answers: what the two-level likelihood needs of one group's clusters.

Clusters of one size share the distribution of their means, so that the sums over cases shrink to one pooled covariance
matrix within clusters and the moments of the cluster means by distinct size (Muthen, 1994, *Sociological Methods &
Research* 22:376-398).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.sem.observed.columns import quoted
from emolabor.sem.observed.samples import Sample, check_variances

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0)  # of the sampling error that is taken out of the cluster means' covariances
LEAST = 0.02  # eigenvalue of the correlations of what is left


@dataclass(frozen=True)
class TwoLevelSample:
    """Complete answers of one group.

    Level-1 variables come first, then those of the cluster level only: p together. `places` (p_b,) tells where the
    cluster level's variables, in the order of that level's table, are among them.
    """

    names: tuple[str, ...]
    places: np.ndarray
    deviations: np.ndarray  # (n, p_w) from the cluster's mean, clusters of one size together
    sizes: np.ndarray  # (J,) of the clusters in that order, ascending
    means: np.ndarray  # (J, p) of the answers, and the cluster-level variables
    fixed: tuple[tuple[int, ...], tuple[int, ...]]  # places of fixed exogenous variables in each level's order
    clusters: np.ndarray  # (J,) values of the cluster column
    label: str = ""
    n_dropped: int = 0
    n_without_exogenous: int = 0  # of those left out, for an exogenous variable that full information does not fill

    @property
    def incomplete(self) -> bool:
        """Whether answers are missing."""
        return False

    @property
    def n_patterns(self) -> int:
        """Distinct patterns of missing answers of cases."""
        return 1

    @property
    def complete(self) -> TwoLevelSample:
        """The sample without holes."""
        return self

    @property
    def n_values(self) -> int:
        """How many answers there are."""
        return self.n * self.n_within + self.n_clusters * (len(self.names) - self.n_within)

    @property
    def n(self) -> int:
        """Cases."""
        return len(self.deviations)

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return len(self.sizes)

    @property
    def n_within(self) -> int:
        """How many of the variables are answered by cases."""
        return self.deviations.shape[1]

    @property
    def cases(self) -> np.ndarray:
        """The answers (n, p) as they were given, cluster by cluster."""
        values = np.repeat(self.means, self.sizes, axis=0)
        values[:, : self.n_within] += self.deviations
        return values.round(10)  # of the sums' rounding, so that whole numbers are whole again

    @cached_property
    def pooled(self) -> np.ndarray:
        """Covariances within clusters (p_w, p_w), denominator n - J."""
        return self.deviations.T @ self.deviations / (self.n - self.n_clusters)

    @cached_property
    def by_size(self) -> tuple[np.ndarray, ...]:
        """Distinct sizes (S,), clusters of each (S,), mean (S, p) and covariances (S, p, p) of the cluster means."""
        sizes, starts, counts = np.unique(self.sizes, return_index=True, return_counts=True)
        mean = np.add.reduceat(self.means, starts, axis=0) / counts[:, None]
        gaps = self.means - np.repeat(mean, counts, axis=0)
        covs = np.array(
            [gaps[i : i + k].T @ gaps[i : i + k] / k for i, k in zip(starts.tolist(), counts.tolist(), strict=True)]
        )
        return sizes.astype(float), counts.astype(float), mean, covs

    @cached_property
    def squares(self) -> np.ndarray:
        """Sums of squares and products within each cluster (J, p_w, p_w)."""
        parts, first = [], 0
        for size, count in zip(*np.unique(self.sizes, return_counts=True), strict=True):
            own = self.deviations[first : first + size * count].reshape(count, size, -1)
            parts.append(own.transpose(0, 2, 1) @ own)
            first += size * count
        return np.concatenate(parts)

    @cached_property
    def grand(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean (p_w,) and covariances (p_w, p_w) of the cases, denominator n, whatever their cluster."""
        q = self.n_within
        mean = self.sizes @ self.means[:, :q] / self.n
        gaps = self.means[:, :q] - mean
        between = (gaps * self.sizes[:, None]).T @ gaps
        return mean, ((self.n - self.n_clusters) * self.pooled + between) / self.n

    def drawn(self, chosen: np.ndarray) -> TwoLevelSample:
        """The sample of whole clusters (J,), each as often as it is chosen."""
        chosen = chosen[np.argsort(self.sizes[chosen], kind="stable")]
        ends = np.cumsum(self.sizes)
        rows = np.concatenate([np.arange(ends[i] - self.sizes[i], ends[i]) for i in chosen])
        return replace(
            self,
            deviations=self.deviations[rows],
            sizes=self.sizes[chosen],
            means=self.means[chosen],
            clusters=self.clusters[chosen],
        )

    @cached_property
    def levels(self) -> tuple[Sample, Sample]:
        """Moments of each level, as the search starts from them; those of fixed exogenous variables are exact."""
        q, (mean, total) = self.n_within, self.grand
        cov, own_mean = self.pooled.copy(), mean.copy()
        fixed = np.array(self.fixed[0], int)
        cov[np.ix_(fixed, fixed)] = total[np.ix_(fixed, fixed)]
        own_mean[[place for place in range(q) if place in self.places]] = 0.0
        within = Sample(cov, own_mean, self.n, float(self.n), self.label)
        means = self.means.mean(axis=0)
        gaps = self.means - means
        observed = (gaps.T @ gaps / self.n_clusters)[np.ix_(self.places, self.places)]
        error = np.zeros((len(means), len(means)))
        error[:q, :q] = self.pooled * np.mean(1.0 / self.sizes)
        error = error[np.ix_(self.places, self.places)]
        spread = np.sqrt(observed.diagonal())
        for share in SHARES:
            between = observed - share * error
            if np.linalg.eigvalsh(between / np.outer(spread, spread))[0] > LEAST:
                break
        return within, Sample(between, means[self.places], self.n_clusters, float(self.n_clusters), self.label)


def two_level_samples(
    columns: Any,
    cluster_values: np.ndarray,
    levels: Sequence[Sequence[str]],
    fixed: Sequence[Sequence[str]],
) -> list[TwoLevelSample]:
    """Samples of complete rows, one a group.

    Parameters
    ----------
    columns : Columns
        With the variables of both levels, the groups and the clusters.
    cluster_values : ndarray (n,)
        The cluster column, for messages.
    levels : sequence of sequence of str
        Observed variables of the within and of the between level, in the order of their tables.
    fixed : sequence of sequence of str
        The fixed exogenous variables of each level.

    Returns
    -------
    list of TwoLevelSample
        Rows with a missing answer are left out.
    """
    samples = []
    for part in nested_parts(columns, cluster_values, levels, fixed):
        whole = ~np.isnan(part.values).any(axis=1)
        if not whole.any():
            refuse_because(part.place, "no complete row", "rows with an answer to every variable of the model")
        sample = sample_of(part.kept(whole))
        samples.append(replace(sample, n_dropped=int((~whole).sum())))
    return samples


@dataclass(frozen=True)
class Nested:
    """The rows of one group as they were given: values (n, p), cluster codes and names (n,), and what they are."""

    values: np.ndarray
    codes: np.ndarray
    clusters: np.ndarray
    names: tuple[str, ...]
    places: np.ndarray
    fixed: tuple[tuple[int, ...], tuple[int, ...]]
    n_within: int
    label: str
    place: str  # as messages name it

    def kept(self, rows: np.ndarray) -> Nested:
        """Some of the rows."""
        return replace(self, values=self.values[rows], codes=self.codes[rows], clusters=self.clusters[rows])


def nested_parts(
    columns: Any, cluster_values: np.ndarray, levels: Sequence[Sequence[str]], fixed: Sequence[Sequence[str]]
) -> list[Nested]:
    """The rows of each group, variables of the within level first; arguments as for `two_level_samples`."""
    check_nested(columns, cluster_values)
    names = (*levels[0], *(name for name in levels[1] if name not in levels[0]))
    order = [columns.names.index(name) for name in names]
    places = np.array([names.index(name) for name in levels[1]])
    held = [tuple(list(own).index(name) for name in some) for own, some in zip(levels, fixed, strict=True)]
    parts = []
    for number, label in enumerate(columns.labels):
        place = f"data, group {label}" if len(columns.labels) > 1 else "data"
        here = np.flatnonzero(columns.members == number)
        values = columns.answers.values[here][:, order]
        own = values, columns.drawn.clusters[here, 0], cluster_values[here], names, places, (held[0], held[1])
        parts.append(Nested(*own, len(levels[0]), str(label), place))
    return parts


def sample_of(part: Nested) -> TwoLevelSample:
    """The sample of complete rows of one group."""
    names, places, n_within, place = part.names, part.places, part.n_within, part.place
    codes, counts = np.unique(part.codes, return_inverse=True, return_counts=True)[1:]
    if len(counts) < 2:
        refuse_because("cluster", f"{place} has one cluster only", "two or more")
    if counts.max() == 1:
        refuse_because("cluster", f"{place} has one case in every cluster", "clusters of several cases, or no levels")
    rows = in_clusters(codes, counts)
    values, codes, labels = part.values[rows], codes[rows], part.clusters[rows]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    sizes = np.diff(starts, append=len(codes))
    means = np.add.reduceat(values, starts, axis=0) / sizes[:, None]
    means[:, n_within:] = values[starts, n_within:]
    _check_cluster_level(values, starts, sizes, labels, names, n_within)
    deviations = values[:, :n_within] - np.repeat(means[:, :n_within], sizes, axis=0)
    sample = TwoLevelSample(names, places, deviations, sizes, means, part.fixed, labels[starts], part.label)
    if sample.n_clusters <= len(places):
        refuse_because(
            "cluster",
            f"{place} has {sample.n_clusters} clusters for {len(places)} variables of the between level",
            "more clusters than variables of that level",
        )
    _check_levels(sample, place)
    return sample


def in_clusters(codes: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Order of the rows (n,), cluster by cluster, those of one size together."""
    return np.lexsort((codes, counts[codes]))


def check_nested(columns: Any, cluster_values: np.ndarray) -> None:
    """Refuse clusters with cases in several groups."""
    members, clusters = columns.members, columns.drawn.clusters[:, 0]
    first = np.full(clusters.max() + 1, -1)
    first[clusters[::-1]] = members[::-1]
    across = np.flatnonzero(first[clusters] != members)
    if len(across):
        row = across[0]
        pair = f"{columns.labels[first[clusters[row]]]} and {columns.labels[members[row]]}"
        refuse_because(
            "cluster",
            f"cluster {cluster_values[row]} has cases in the groups {pair}",
            "clusters within one group; where numbers begin anew in each group, make the group a part of the name",
        )


def _check_cluster_level(
    values: np.ndarray,
    starts: np.ndarray,
    sizes: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    n_within: int,
) -> None:
    """Refuse variables of the between level only that are not the same in all cases of a cluster."""
    first = np.repeat(values[starts, n_within:], sizes, axis=0)
    apart = np.argwhere(values[:, n_within:] != first)
    if len(apart):
        row, column = apart[0]
        refuse_because(
            "data",
            f"'{names[n_within + column]}' stands at the between level only and varies inside cluster {labels[row]} "
            f"({first[row, column]:g} and {values[row, n_within + column]:g})",
            "one value a cluster; name the variable at the within level too, or take its cluster means",
        )


def _check_levels(sample: TwoLevelSample, place: str) -> None:
    """Refuse variables that do not vary at a level that they stand at."""
    q = sample.n_within
    scale = np.abs(sample.means[:, :q]).max(axis=0)
    spread = sample.deviations.std(axis=0)
    flat = [name for name, own, size in zip(sample.names, spread, scale, strict=False) if own <= 1e-12 * size]
    if flat:
        refuse_because(
            place,
            f"{quoted(flat)} do(es) not vary inside clusters",
            "name what belongs to clusters in the block 'level: 2' only",
        )
    check_variances(sample.pooled, sample.names[:q], f"{place}, within clusters", sample.grand[0])
    gaps = sample.means[:, sample.places] - sample.means[:, sample.places].mean(axis=0)
    names = [sample.names[i] for i in sample.places]
    flat = [
        name
        for name, own, size in zip(
            names, gaps.std(axis=0), np.abs(sample.means[:, sample.places]).max(axis=0), strict=True
        )
        if own <= 1e-12 * size
    ]
    if flat:
        refuse_because(place, f"{quoted(flat)} do(es) not vary between clusters", "name it in 'level: 1' only")
    check_variances(gaps.T @ gaps / sample.n_clusters, names, f"{place}, means of clusters")
