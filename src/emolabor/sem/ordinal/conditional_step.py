"""The first step given covariates: probit and linear regressions, then correlations of what these leave.

Each variable is regressed on the covariates, an ordered one by an ordered probit (McKelvey & Zavoina, 1975), any other
by least squares; each pair's residual correlation maximises the likelihood of the two given the covariates (Muthen,
1984). Covariates are standardized here: their location and scale come back in `conditional_statistics`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.ordinal.polychoric import (
    BOUND,
    FAR,
    LEAST,
    count_categories,
    maximize_correlation,
)
from emolabor.sem.ordinal.polyserial import density, polyserial_between
from emolabor.sem.ordinal.rectangles import Rectangles, interval
from emolabor.sem.ordinal.stage_one import FirstStep, pearson, refuse_two_valued, refuse_unseen

if TYPE_CHECKING:
    from emolabor.sem.observed.columns import Answers

STEPS, TOLERANCE = 60, 1e-10
ROUNDING = 1e-12  # of a case's log-likelihood
SUM = 1e-10  # of a standard deviation: what rounding leaves of a variable that the covariates make up
FEWER = 0.5  # patterns a case below which equal cases are counted instead of gone through


@dataclass(frozen=True)
class ConditionalStep(FirstStep):
    """What single variables and pairs tell given the covariates.

    `thresholds`, `mean`, `sd` and `correlations` are those of the residuals, `z` standardized residuals. `covariates`
    (q,) are places; `x` (n, q) their values standardized by `centre` and `unit` (q,); `slopes` (p, q) on
    these, in residual standard deviations for continuous variables; `lower`, `upper` (n, p) the limits of the residual
    of each ordered answer.
    """

    covariates: np.ndarray
    x: np.ndarray
    centre: np.ndarray
    unit: np.ndarray
    slopes: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @property
    def dependent(self) -> np.ndarray:
        """Places of the other variables."""
        return np.setdiff1d(np.arange(len(self.ordered)), self.covariates)

    def seen(self, variable: int) -> np.ndarray:
        """Which cases answered a variable (n,)."""
        return self.codes[:, variable] >= 0 if self.ordered[variable] else ~np.isnan(self.z[:, variable])


def conditional_step(
    answers: Answers, names: Sequence[str], covariates: Sequence[int], weights: np.ndarray | None = None
) -> ConditionalStep:
    """Estimate regressions, and correlations of their residuals.

    Parameters
    ----------
    answers : Answers
        Covariates without a missing value among them.
    names : sequence of str
        For messages.
    covariates : sequence of int
        Places of the covariates.
    weights : ndarray (n,), optional
        Sampling weights with mean one.

    Returns
    -------
    ConditionalStep
    """
    values, ordered = answers.values, answers.ordered
    places = np.array(covariates, int)
    counted = np.ones(len(values)) if weights is None else weights
    centre = np.average(values[:, places], axis=0, weights=weights)
    unit = np.sqrt(np.average((values[:, places] - centre) ** 2, axis=0, weights=weights))
    x = (values[:, places] - centre) / unit
    n, p = values.shape
    codes = np.where(ordered & ~np.isnan(values), np.nan_to_num(values), -1).astype(int)
    on = np.flatnonzero(ordered)
    counts, tables = count_categories(codes[:, on], answers.n_categories[on], weights)
    all_counts = np.zeros((p, counts.shape[1]))
    all_counts[on] = counts
    z, mean, sd = np.full((n, p), np.nan), np.zeros(p), np.ones(p)
    mean[places], sd[places] = centre, unit
    thresholds, slopes = np.full((p, counts.shape[1] - 1), FAR), np.zeros((p, len(places)))
    lower, upper = np.full((n, p), -FAR), np.full((n, p), FAR)
    dependent = np.setdiff1d(np.arange(p), places)
    refuse_two_valued(values[:, dependent[~ordered[dependent]]], [names[v] for v in dependent if not ordered[v]])
    known = [names[v] for v in places]
    for v in dependent:
        here = ~np.isnan(values[:, v])
        refuse_unseen(np.array([here.sum()]), np.array([[v, v]]), names)
        if ordered[v]:
            k = answers.n_categories[v]
            thresholds[v, : k - 1], slopes[v] = probit(codes[here, v], x[here], k, names[v], known, counted[here])
            lower[here, v], upper[here, v] = _limits(codes[here, v], thresholds[v, : k - 1], x[here] @ slopes[v])
        else:
            mean[v], own, rest = _least_squares(values[here, v], x[here], counted[here])
            sd[v] = np.sqrt(np.average(rest**2, weights=counted[here]))
            if sd[v] < SUM * np.std(values[here, v]):
                refuse_because("data", f"'{names[v]}' is a sum of the covariates", f"outcomes other than {known}")
            slopes[v], z[here, v] = own / sd[v], rest / sd[v]
    i, j = np.triu_indices(len(on), 1)
    step = ConditionalStep(
        ordered, answers.n_categories, codes, z, mean, sd, thresholds, all_counts, np.column_stack([on[i], on[j]]),
        tables, np.eye(p), places, x, centre, unit, slopes, lower, upper, weights=weights,
    )  # fmt: skip
    pattern = np.unique(x, axis=0, return_inverse=True)[1].ravel()
    for first, a in enumerate(dependent):
        for b in dependent[first + 1 :]:
            rho = _correlation(step, a, b, pattern, names)
            step.correlations[a, b] = step.correlations[b, a] = rho
    return step


def moments_over_covariates(step: ConditionalStep) -> tuple[np.ndarray, np.ndarray]:
    """Covariances (p, p) and means (p,) of all variables over the covariates of these cases (denominator n - 1).

    Those of the ordered variables are of the normal ones behind them, whose residuals have variance 1 and mean 0.
    """
    by = step.slopes * step.sd[:, None]
    by[step.covariates] = np.diag(step.unit)
    n = len(step.x)
    rest = step.correlations * np.outer(step.sd, step.sd)
    rest[step.covariates] = 0.0
    rest[:, step.covariates] = 0.0
    mean = step.mean + step.ordered * (step.slopes @ (step.centre / step.unit))
    return rest + by @ (step.x.T @ step.counted(step.x) / (n - 1)) @ by.T, mean


def _limits(codes: np.ndarray, thresholds: np.ndarray, predicted: np.ndarray) -> list[np.ndarray]:
    """Lower and upper limits (n,) of the residuals of ordered answers; the outermost are `FAR` away."""
    bounds = np.concatenate([[-FAR], thresholds, [FAR]])
    ends = bounds[codes], bounds[codes + 1]
    return [np.where(np.abs(end) < FAR, np.clip(end - predicted, -FAR, FAR), end) for end in ends]


def _least_squares(y: np.ndarray, x: np.ndarray, counted: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Intercept, slopes (q,) and residuals (n,), each case counted (n,) as it says."""
    design, root = np.column_stack([np.ones(len(y)), x]), np.sqrt(counted)
    found = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
    return float(found[0]), found[1:], y - design @ found


def probit(
    codes: np.ndarray, x: np.ndarray, k: int, name: str, known: Sequence[str], counted: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Thresholds (k - 1,) and slopes (q,) of an ordered probit, by Newton's method on a concave likelihood.

    Parameters
    ----------
    codes : ndarray (n,)
        Categories from 0.
    x : ndarray (n, q)
    k : int
        Number of categories.
    name : str
    known : sequence of str
        Names of the covariates, for messages.
    counted : ndarray (n,)
        What each case counts.

    Returns
    -------
    tuple of ndarray
    """
    q = x.shape[1]
    shares = np.cumsum(np.bincount(codes, counted, minlength=k))[:-1] / counted.sum()
    theta = np.concatenate([ndtri(shares), np.zeros(q)])
    edge = np.zeros((len(codes), k + 1))
    edge[np.arange(len(codes)), codes + 1] = 1.0
    above = np.hstack([edge[:, 1:-1], -x * (codes < k - 1)[:, None]])  # derivatives of the upper limit
    edge = np.roll(edge, -1, axis=1)
    below = np.hstack([edge[:, 1:-1] * (codes > 0)[:, None], -x * (codes > 0)[:, None]])
    value, score, hessian = _probit_parts(theta, codes, k, above, below, counted)
    for _ in range(STEPS):
        try:
            step = np.linalg.solve(-hessian, score)
        except np.linalg.LinAlgError:
            break
        step /= max(1.0, np.abs(step).max())
        new = _probit_parts(theta + step, codes, k, above, below, counted)
        while new[0] < value - ROUNDING * len(codes):
            step /= 2
            new = _probit_parts(theta + step, codes, k, above, below, counted)
        theta, (value, score, hessian) = theta + step, new
        if np.abs(step).max() < TOLERANCE:
            return theta[: k - 1], theta[k - 1 :]
    worst = known[int(np.abs(theta[k - 1 :]).argmax())]
    refuse_because(
        "data",
        f"'{worst}' parts the answers to '{name}' so well that its slope is infinite",
        "covariates within which answers differ; join categories, or leave the covariate out",
    )


def _probit_parts(
    theta: np.ndarray, codes: np.ndarray, k: int, above: np.ndarray, below: np.ndarray, counted: np.ndarray
) -> tuple:
    """Log-likelihood, score (r,) and Hessian (r, r) of an ordered probit."""
    high = np.where(codes < k - 1, above @ theta, FAR)
    low = np.where(codes > 0, below @ theta, -FAR)
    share = np.maximum(interval(low, high), LEAST)
    up, down = density(high) / share, density(low) / share
    score = above.T @ (counted * up) - below.T @ (counted * down)
    by_up, by_down, both = (counted * own for own in (-high * up - up**2, low * down - down**2, up * down))
    cross = above.T @ (both[:, None] * below)
    hessian = above.T @ (by_up[:, None] * above) + below.T @ (by_down[:, None] * below) + cross + cross.T
    return float(counted @ np.log(share)), score, hessian


def _correlation(step: ConditionalStep, a: int, b: int, pattern: np.ndarray, names: Sequence[str]) -> float:
    """The residual correlation of two variables."""
    seen = step.seen(a) & step.seen(b)
    refuse_unseen(np.array([seen.sum()]), np.array([[a, b]]), names)
    if not (step.ordered[a] or step.ordered[b]):
        rho = pearson(step.z[seen, a], step.z[seen, b], None if step.weights is None else step.weights[seen])
        if abs(rho) > BOUND:
            raise EmolaborError(f"data: '{names[a]}' and '{names[b]}' say the same given the covariates")
        return rho
    if step.ordered[a] and step.ordered[b]:
        return _polychoric(*_rectangles(step, a, b, seen, pattern))
    a, b = (a, b) if step.ordered[a] else (b, a)
    low, high = step.lower[seen, a], step.upper[seen, a]
    middle = (density(low) - density(high)) / np.maximum(interval(low, high), LEAST)
    counted = step.counted(np.ones(int(seen.sum())), seen)
    return polyserial_between(
        low, high, step.z[seen, b], float(np.average(middle * step.z[seen, b], weights=counted)), counted
    )


def _rectangles(step: Any, a: int, b: int, seen: np.ndarray, pattern: np.ndarray) -> tuple[Rectangles, np.ndarray]:
    """Where two ordered answers place each case, equal cases once, and what these count."""
    width = step.counts.shape[1]
    key = (pattern[seen] * width + step.codes[seen, a]) * width + step.codes[seen, b]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    chosen, weight = np.flatnonzero(seen), step.counted(np.ones(len(key)), seen)
    if len(first) < FEWER * len(key):
        chosen, weight = chosen[first], np.bincount(group.ravel(), weight)
    limits = step.lower[chosen, a], step.upper[chosen, a], step.lower[chosen, b], step.upper[chosen, b]
    return Rectangles(*limits), weight


def _polychoric(places: Rectangles, weight: np.ndarray) -> float:
    means = [
        (density(low) - density(high)) / np.maximum(interval(low, high), LEAST)
        for low, high in ((places.low, places.high), (places.left, places.right))
    ]
    product, squares = weight @ (means[0] * means[1]), [weight @ mean**2 for mean in means]
    start = np.clip(product / np.sqrt(squares[0] * squares[1]), -0.9, 0.9)

    def derivatives(_, rho):
        probability, (slope, bend) = places.probability(rho[0]), places.slopes(rho[0])
        ratio = slope / probability
        gradient, information = weight @ ratio, weight @ ratio**2
        return np.array([gradient]), np.array([weight @ (bend / probability) - information]), np.array([information])

    return float(maximize_correlation(derivatives, np.array([start]))[0])
