"""Thresholds, intercepts, slopes and residual (co)variances given covariates, and what each case contributes to them.

As in `ordinal_statistics` the estimating equations of single variables and of pairs are stacked, their derivatives are
mean cross-products of scores (Muthen & Satorra, 1995), and a case's influence is its scores times the inverse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from emolabor.common.errors import refuse_because
from emolabor.sem.ordinal.ordinal_statistics import CaseInfluence, Statistics
from emolabor.sem.ordinal.polychoric import LEAST
from emolabor.sem.ordinal.polyserial import density, scores_between
from emolabor.sem.ordinal.rectangles import Rectangles, interval

if TYPE_CHECKING:
    from emolabor.sem.ordinal.conditional_step import ConditionalStep


def conditional_statistics(step: ConditionalStep) -> Statistics:
    """Collect the statistics of a conditional first step and their influences.

    Parameters
    ----------
    step : ConditionalStep

    Returns
    -------
    Statistics
        Thresholds and (minus) intercepts, residual variances, residual covariances, then for each variable its slopes.
    """
    dependent, q, n = step.dependent, len(step.covariates), len(step.codes)
    continuous = dependent[~step.ordered[dependent]]
    sizes = np.where(step.ordered[dependent], step.n_categories[dependent] - 1, 1)
    variable = np.repeat(dependent, sizes)
    category = np.concatenate([np.arange(size) for size in sizes])
    category[~step.ordered[variable]] = -1
    i, j = np.triu_indices(len(dependent), 1)
    pairs = np.column_stack([dependent[i], dependent[j]])
    slopes = np.column_stack([np.repeat(dependent, q), np.tile(step.covariates, len(dependent))])
    t, c, m = len(variable), len(continuous), len(pairs)
    values, rows = np.empty(t + c + m + len(slopes)), np.empty((n, t + c + m + len(slopes)))
    singles = {v: _single(step, v) for v in dependent}
    for place, v in enumerate(dependent):
        here, there = variable == v, t + c + m + q * place + np.arange(q)
        moved, own_moved = _at_zero(step, singles[v], v)
        if step.ordered[v]:
            values[:t][here] = step.own_thresholds(v) + moved
            rows[:, :t][:, here] = singles[v][:, : here.sum()] + own_moved[:, None]
        else:
            values[:t][here] = step.sd[v] * moved - step.mean[v]
            rows[:, :t][:, here] = step.sd[v] * (own_moved[:, None] - singles[v][:, :1])
        scale = step.sd[v] / step.unit  # an ordered variable's residual standard deviation is 1
        values[there], rows[:, there] = step.slopes[v] * scale, _slopes(step, singles[v], v) * scale
    for place, v in enumerate(continuous, start=t):
        values[place], rows[:, place] = step.sd[v] ** 2, 2 * step.sd[v] ** 2 * singles[v][:, -1]
    for place, (a, b) in enumerate(pairs, start=t + c):
        values[place] = step.correlations[a, b] * step.sd[a] * step.sd[b]
        rows[:, place] = _of_pair(step, a, b, singles)
    if step.weights is not None:
        rows *= step.weights[:, None]
    return Statistics(values, CaseInfluence(rows), variable, category, continuous, pairs, slopes)


def _slopes(step: ConditionalStep, single: np.ndarray, v: int) -> np.ndarray:
    """Influence (n, q) on the slopes of one variable, among all influences on what it has alone."""
    first = step.n_categories[v] - 1 if step.ordered[v] else 1
    return single[:, first : first + len(step.covariates)]


def _at_zero(step: ConditionalStep, single: np.ndarray, v: int) -> tuple[Any, ...]:
    """What thresholds gain, and intercepts lose, where covariates are zero instead of at their means; influence too."""
    away = step.centre / step.unit
    return float(step.slopes[v] @ away), _slopes(step, single, v) @ away


def _single(step: ConditionalStep, v: int) -> np.ndarray:
    """Influence (n, r) on thresholds and slopes, or on intercept, slopes (in residual sds) and log residual sd."""
    n, seen = len(step.codes), step.seen(v)
    if step.ordered[v]:
        share = np.maximum(interval(step.lower[:, v], step.upper[:, v]), LEAST)
        up, down = (density(edge[:, v]) / share * seen for edge in (step.upper, step.lower))
        scores = _edge_scores(step, v, up, -down)
    else:
        z = np.nan_to_num(step.z[:, v])
        scores = np.column_stack([z, z[:, None] * step.x, np.where(seen, z**2 - 1, 0.0)])
    products = scores.T @ step.counted(scores)
    if np.linalg.matrix_rank(products, hermitian=True) < len(products):
        refuse_because("data", f"{n} cases tell too little of so many slopes", "fewer covariates, or more cases")
    return n * scores @ np.linalg.inv(products)


def _edge_scores(step: ConditionalStep, v: int, up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Scores (n, k - 1 + q) by thresholds and slopes, from those by the upper and the lower limit (n,)."""
    n, k = len(step.codes), step.n_categories[v]
    case, code = np.flatnonzero(step.codes[:, v] >= 0), step.codes[step.codes[:, v] >= 0, v]
    edges = np.zeros((n, k + 1))
    edges[case, code + 1] += up[case]
    edges[case, code] += down[case]
    return np.hstack([edges[:, 1:-1], -(up + down)[:, None] * step.x])


def _of_pair(step: ConditionalStep, a: int, b: int, singles: dict[int, np.ndarray]) -> np.ndarray:
    """Influence (n,) on the residual covariance of two variables."""
    n, rho, seen = len(step.codes), step.correlations[a, b], step.seen(a) & step.seen(b)
    if step.ordered[a] and step.ordered[b]:
        score, crosses = _of_ordered_pair(step, a, b, rho, seen)
    elif step.ordered[a] or step.ordered[b]:
        score, crosses = _of_mixed_pair(step, *((a, b) if step.ordered[a] else (b, a)), rho, seen)
    else:
        x, y, rest = np.nan_to_num(step.z[:, a]), np.nan_to_num(step.z[:, b]), 1 - rho**2
        by_x, by_y = (x - rho * y) / rest, (y - rho * x) / rest
        score = (rho * rest + (1 + rho**2) * x * y - rho * (x**2 + y**2)) / rest**2 * seen
        crosses = {a: _by_mean(step, score, by_x, x), b: _by_mean(step, score, by_y, y)}
    total = n * score - sum(singles[v] @ cross for v, cross in crosses.items())
    correlation = total / (score @ step.counted(score))
    spread = sum(singles[v][:, -1] for v in (a, b) if not step.ordered[v])
    return step.sd[a] * step.sd[b] * (correlation + rho * spread)


def _by_mean(step: ConditionalStep, score: np.ndarray, by: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Cross-products of a pair's scores and those by intercept, slopes and log sd of one continuous variable."""
    score = step.counted(score)
    return np.concatenate([[score @ by], (score * by) @ step.x, [score @ (by * own - 1)]])


def _of_ordered_pair(step: ConditionalStep, a: int, b: int, rho: float, seen: np.ndarray) -> tuple[Any, ...]:
    places = Rectangles(step.lower[:, a], step.upper[:, a], step.lower[:, b], step.upper[:, b])
    probability = places.probability(rho)
    score = places.slopes(rho)[0] / probability * seen
    spread, crosses = np.sqrt(1 - rho**2), {}
    for v, w in ((a, b), (b, a)):
        ends = []
        for edge, sign in ((step.upper, 1.0), (step.lower, -1.0)):
            own = edge[:, v]
            between = ndtr((step.upper[:, w] - rho * own) / spread) - ndtr((step.lower[:, w] - rho * own) / spread)
            ends.append(sign * density(own) * between / probability * seen)
        crosses[v] = step.counted(score) @ _edge_scores(step, v, *ends)
    return score, crosses


def _of_mixed_pair(step: ConditionalStep, a: int, b: int, rho: float, seen: np.ndarray) -> tuple[Any, ...]:
    """Of an ordered variable a and a continuous one b."""
    z = np.nan_to_num(step.z[:, b])
    score, up, down, by_z = (part * seen for part in scores_between(step.lower[:, a], step.upper[:, a], z, rho))
    weighed = step.counted(score)
    own = np.concatenate([[weighed @ -by_z], (weighed * -by_z) @ step.x, [weighed @ (-1 - z * by_z)]])
    return score, {a: weighed @ _edge_scores(step, a, up, -down), b: own}
