"""How the cases were drawn: clusters of one or several classifications, strata, sampling weights.

What adds up over cases, such as scores, is added up within the units that were drawn. Of several classifications that
cross each other, the products of all sums over one are added, those over two at once taken off, and so on (Cameron,
Gelbach & Miller, 2011, *Journal of Business & Economic Statistics* 29:238-249): every sum has a sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import refuse_because, shown

if TYPE_CHECKING:
    from emolabor.sem.observed.drawn import Drawn


@dataclass(frozen=True)
class Summed:
    """Units that one classification, or several at once, part the cases of all groups into.

    `codes` (n,) the unit of each case of this group; `scale` (u,) what a unit's sum is multiplied by; `strata` (u,)
    the stratum of each, in which sums are taken from their mean, or None; `sign` of their products.
    """

    codes: np.ndarray
    scale: np.ndarray
    strata: np.ndarray | None
    sign: float


@dataclass(frozen=True)
class Design:
    """How the cases of one group were drawn; what `summed` says of units holds for all groups together.

    Attributes
    ----------
    weights : ndarray (n,) or None
        Sampling weights with mean one.
    clusters : ndarray (n, c) or None
        Numbers of each case's clusters.
    strata : ndarray (n,) or None
        Number of its stratum.
    summed : tuple of Summed
        What scores are added up within; empty where cases count one by one.
    names : tuple of str
        The classifications.
    """

    weights: np.ndarray | None = None
    clusters: np.ndarray | None = None
    strata: np.ndarray | None = None
    summed: tuple[Summed, ...] = ()
    names: tuple[str, ...] = ()

    @cached_property
    def signs(self) -> np.ndarray:
        """The sign of each row of `sums` (r,)."""
        return np.concatenate([np.full(len(own.scale), own.sign) for own in self.summed])

    def sums(self, blocks: Iterable[np.ndarray], width: int) -> np.ndarray:
        """Add up weighted blocks of scores (b, width) within units: (r, width), a row for every unit of all groups."""
        totals, first = [np.zeros((len(own.scale), width)) for own in self.summed], 0
        for scores in blocks:
            for own, total in zip(self.summed, totals, strict=True):
                _add_up(total, own.codes[first : first + len(scores)], scores)
            first += len(scores)
        for own, total in zip(self.summed, totals, strict=True):
            if own.strata is not None:
                means = np.zeros((own.strata.max() + 1, width))
                _add_up(means, own.strata, total)
                means /= np.maximum(np.bincount(own.strata), 1)[:, None]  # a stratum may have lost its cases
                total -= means[own.strata]
            total *= own.scale[:, None]
        return np.vstack(totals)


def _add_up(totals: np.ndarray, codes: np.ndarray, rows: np.ndarray) -> None:
    """Add rows (b, width) to the totals of their codes (b,)."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    totals[codes[order][starts]] += np.add.reduceat(rows[order], starts, axis=0)


def cluster_counts(samples: Sequence[Any]) -> dict[str, int]:
    """How many clusters of each classification there are over all groups; empty where there are none."""
    if samples[0].clusters is None:
        return {}
    every = np.concatenate([sample.clusters for sample in samples])
    names = samples[0].design.names
    return {name: len(np.unique(own)) for name, own in zip(names, every.T, strict=True)}


def degrees_of_errors(samples: Sequence[Any]) -> float:
    """Degrees of freedom behind standard errors: the fewest clusters less 1, or less the strata; without them no end.

    Cameron, Gelbach & Miller (2011) take the fewest of several classifications.
    """
    counts = cluster_counts(samples)
    if samples[0].design is None or not (counts or samples[0].in_units):
        return np.inf
    if samples[0].design.strata is not None:
        return float(len(samples[0].design.signs) - len(np.unique(samples[0].design.summed[0].strata)))
    return float(min(counts.values()) - 1)


def with_designs(samples: Sequence[Any], drawn: Sequence[Drawn]) -> list[Any]:
    """Tell samples, one a group, how their cases were drawn.

    A sum's product is multiplied by J / (J - 1), with J the units of its stratum; without strata, of the groups that
    share units. Groups that share none are as independent as they look, and count apart, as in lavaan.

    Parameters
    ----------
    samples : sequence of Sample
    drawn : sequence of Drawn
        Of each sample's cases, with normalized weights.

    Returns
    -------
    list of Sample
    """
    first = drawn[0]
    if first.clusters is None and first.strata is None:
        if first.weights is None:
            return list(samples)
        return [replace(s, design=Design(own.weights)) for s, own in zip(samples, drawn, strict=True)]
    for sample, own in zip(samples, drawn, strict=True):
        _refuse_single(own, f"data, group {sample.label}" if sample.label else "data")
    sizes = [sample.n for sample in samples]
    members = np.repeat(np.arange(len(sizes)), sizes)
    strata = None if first.strata is None else np.concatenate([own.strata for own in drawn])
    if first.clusters is None:
        clusters = np.arange(len(members))[:, None]
    else:
        clusters = np.concatenate([own.clusters for own in drawn])
    kinds = []
    for count in range(1, clusters.shape[1] + 1):
        for chosen in combinations(range(clusters.shape[1]), count):
            codes = np.unique(clusters[:, chosen], axis=0, return_inverse=True)[1].ravel()
            kinds.append((codes, *_scales(codes, members, strata, first), (-1.0) ** (count + 1)))
    result, ends = [], np.cumsum(sizes)
    for sample, own, end in zip(samples, drawn, ends, strict=True):
        here = slice(end - sample.n, end)
        summed = tuple(Summed(codes[here], *rest) for codes, *rest in kinds)
        result.append(replace(sample, design=Design(own.weights, own.clusters, own.strata, summed, own.names)))
    return result


def _refuse_single(drawn: Drawn, place: str) -> None:
    """Refuse a classification with one cluster."""
    for own, name in zip(() if drawn.clusters is None else drawn.clusters.T, drawn.names, strict=True):
        if len(np.unique(own)) < 2:
            of = f" of '{name}'" if len(drawn.names) > 1 else ""
            refuse_because("cluster", f"{place} has one cluster only{of}", "two or more")


def _scales(codes: np.ndarray, members: np.ndarray, strata: Any, drawn: Drawn) -> tuple[Any, Any]:
    """Roots of J / (J - 1) by unit (u,), and the units' strata (u,) or None."""
    units = int(codes.max()) + 1
    if strata is None:
        own = np.zeros(units, int)
        own[codes] = _sharing(codes, members)[members]
        counts = np.bincount(own)[own]
        return np.sqrt(counts / (counts - 1)), None
    own = np.zeros(units, int)
    own[codes] = strata
    wrong = np.flatnonzero(own[codes] != strata)
    if len(wrong):
        found = shown(drawn.labels[strata[wrong[0]]])
        refuse_because("strata", f"a cluster of '{drawn.names[0]}' lies in {found} and in another stratum", "one")
    counts = np.bincount(own)[own]
    if (counts < 2).any():
        alone = [shown(drawn.labels[k]) for k in np.unique(own[counts < 2])]
        what = "cluster" if drawn.names else "case"
        found = f"{'stratum' if len(alone) == 1 else 'strata'} {', '.join(alone[:10])} with a single {what}"
        refuse_because(
            "strata", f"{found}, which shows no variation", f"two or more {what}s in each: join it with a neighbour"
        )
    return np.sqrt(counts / (counts - 1)), own


def _sharing(codes: np.ndarray, members: np.ndarray) -> np.ndarray:
    """One number (g,) for all groups that share units with each other, at first hand or through others."""
    present = np.zeros((members.max() + 1, codes.max() + 1), bool)
    present[members, codes] = True
    linked, found = present @ present.T, np.arange(len(present))
    while True:
        lowest = np.where(linked, found, len(found)).min(axis=1)
        if (lowest == found).all():
            return found
        found = lowest
