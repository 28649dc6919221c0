"""Likelihood-ratio tests of two-level models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.two_level_model import TwoLevelModel
from emolabor.sem.two_level.fit import TwoLevelFit

# Half the discrepancy of a case, as for models of one level.
NESTED_TOLERANCE = 1e-8


@dataclass(frozen=True)
class ImpliedMoments:
    """What a fitted model implies of one group, as a sample of the same clusters has it."""

    n: int
    n_clusters: int
    n_within: int
    names: tuple[str, ...]
    places: np.ndarray
    pooled: np.ndarray
    by_size: tuple[np.ndarray, ...]
    levels: Any
    fixed: Any
    label: str
    incomplete: bool = False


def check_two_levels(restricted: Any, larger: Any, method: str) -> None:
    """Refuse what is no pair of nested two-level models of the same answers.

    Parameters
    ----------
    restricted, larger : TwoLevelFit
    method : str
        Not "auto".

    Raises
    ------
    EmolaborError
        A fit of one level, other data or variables, the 2010 method, models that are not nested.
    """
    if not all(isinstance(fit, TwoLevelFit) for fit in (restricted, larger)):
        refuse_because("lr_test", "one fit has two levels and the other one", "two of either kind")
    if method == "satorra_bentler_2010":
        refuse_because("method", f"{method!r} with two levels, which is not available", "satorra_bentler_2001")
    check_same_answers(restricted, larger)
    samples = [
        _implied(*own)
        for own in zip(
            restricted.bound.pairs,
            restricted.bound.samples,
            larger.bound.samples,
            [restricted.estimate.theta] * len(larger.bound.samples),
            strict=True,
        )
    ]
    model = TwoLevelModel.bind(larger.tables, samples, larger.bound.estimator)
    least = sum(share * _least(sample) for share, sample in zip(larger.bound.shares, samples, strict=True))
    for start in (larger.estimate.theta, model.start()):
        estimate = estimate_parameters(model, start)
        if estimate.optimum.value - least <= NESTED_TOLERANCE:
            return
    refuse_because(
        "lr_test",
        "the models are not nested: the one with fewer degrees of freedom cannot reproduce what the other implies",
        "a model and a restriction of it; compare others by AIC or BIC",
    )


def check_same_answers(restricted: Any, larger: Any) -> None:
    """Refuse two-level fits of other variables or cases."""
    for one, other in zip(restricted.tables.levels, larger.tables.levels, strict=True):
        apart = set(one.variables.observed) ^ set(other.variables.observed)
        if apart:
            refuse_because("lr_test", f"'{sorted(apart)[0]}' is in one model only, at one of the levels", "the same")
    if len(restricted.bound.samples) != len(larger.bound.samples) or not all(
        _same(a, b) for a, b in zip(restricted.bound.samples, larger.bound.samples, strict=True)
    ):
        refuse_because("lr_test", "the models are fitted to different data", "the same cases in both")


def _implied(pair: Any, own: Any, other: Any, theta: np.ndarray) -> ImpliedMoments:
    """The restricted model's moments in the larger one's order of variables."""
    within, between = pair.implied(theta)
    q, p = own.n_within, len(own.names)
    both, mean = np.zeros((p, p)), np.zeros(p)
    both[np.ix_(own.places, own.places)] = between.sigma
    mean[:q] = within.mu
    mean[own.places] += between.mu
    order = [own.names.index(name) for name in other.names]
    inside = np.zeros((p, p))
    inside[:q, :q] = within.sigma
    inside, both, mean = inside[np.ix_(order, order)], both[np.ix_(order, order)], mean[order]
    sizes, counts, _, _ = other.by_size
    covs = both + inside / sizes[:, None, None]
    by_size = sizes, counts, np.tile(mean, (len(sizes), 1)), covs
    pooled = inside[:q, :q]
    return ImpliedMoments(
        other.n, other.n_clusters, q, other.names, other.places, pooled, by_size, other.levels, other.fixed, other.label
    )


def _least(sample: ImpliedMoments) -> float:
    """Half the discrepancy of a case at the sample's own moments."""
    sizes, counts, _, covs = sample.by_size
    q, p = sample.n_within, len(sample.names)
    total = (sample.n - sample.n_clusters) * (np.linalg.slogdet(sample.pooled)[1] + q)
    total += float(counts @ (np.linalg.slogdet(covs)[1] + p + q * np.log(sizes)))
    return 0.5 * total / sample.n


def _same(x: Any, y: Any) -> bool:
    """Whether two samples are of the same cases, whatever the order of their variables."""
    if (x.n, x.n_clusters, set(x.names)) != (y.n, y.n_clusters, set(y.names)):
        return False
    order = [x.names.index(name) for name in y.names]
    return bool(np.allclose(x.means[:, order].mean(axis=0), y.means.mean(axis=0), atol=1e-8)) and bool(
        np.allclose(x.pooled.trace(), y.pooled.trace(), rtol=1e-8)
    )
