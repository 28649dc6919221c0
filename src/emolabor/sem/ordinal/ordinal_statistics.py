"""The asymptotic covariance matrix of thresholds, means, variances and correlations (Muthen, 1984; Joreskog, 1994).

Each statistic solves an estimating equation: single variables' scores for thresholds, means and variances, pairs'
scores for correlations. Stacked, their derivative is a lower triangular matrix, and what a case contributes to the
statistics is its scores times the inverse. The derivatives are mean cross-products of scores (Muthen & Satorra, 1995).
Of ordered variables everything about a case is looked up by its categories.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from emolabor.sem.ordinal.polychoric import FAR, cell_probabilities, cell_slopes
from emolabor.sem.ordinal.polyserial import density, polyserial_scores

NUMBERS = 4_000_000  # numbers in a block of influences: 32 MB


@dataclass(frozen=True)
class Statistics:
    """What a group's data say, in lavaan's order: thresholds and (minus) means, variances, covariances.

    `values` (s,); `influence`: what each case contributes to them; `variable` (t,) and `category` (t,) tell of each of
    the first t which variable it is about and which threshold (from 0; -1: the mean); `continuous` the variables whose
    variances come next; `pairs` (m, 2) those of the covariances; `slopes` (k, 2) those of the slopes on covariates, the
    last where there are any.
    """

    values: np.ndarray
    influence: "Influence | CaseInfluence"
    variable: np.ndarray
    category: np.ndarray
    continuous: np.ndarray
    pairs: np.ndarray
    slopes: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), int))

    @property
    def covariances(self) -> slice:
        """Where the covariances stand."""
        first = len(self.variable) + len(self.continuous)
        return slice(first, first + len(self.pairs))

    @property
    def joint(self) -> slice:
        """Where what variables have to do with one another stands: covariances and slopes."""
        return slice(self.covariances.start, None)


@dataclass(frozen=True)
class CaseInfluence:
    """What each case contributes to the statistics, worked out: `rows` (n, s)."""

    rows: np.ndarray

    @property
    def n_statistics(self):
        """How many statistics there are."""
        return self.rows.shape[1]

    def blocks(self):
        """Yield the rows (b, s) of some cases after the other, no more than `NUMBERS` numbers at a time."""
        size = max(1, NUMBERS // self.n_statistics)
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]


@dataclass(frozen=True)
class Influence:
    """What each case contributes to the statistics (n, s); its cross-product over n is their asymptotic covariance.

    A part of the cases at a time: `codes` (n, p) are the categories, -1 for no answer, the last of every table;
    `levels` has for each ordered variable where its thresholds stand and what each category contributes to them;
    `pairs` (m, 2), `places` (m,) and `tables` (m, k + 1, k + 1) are those of the polychoric correlations; `other` (d,)
    the statistics that continuous variables enter, with what each case contributes (n, d). Sampling `weights` (n,)
    multiply every contribution.
    """

    n_statistics: int
    codes: np.ndarray
    levels: tuple
    pairs: np.ndarray
    places: np.ndarray
    tables: np.ndarray
    other: np.ndarray
    of_other: np.ndarray
    weights: np.ndarray | None = None

    def blocks(self):
        """Yield the rows (b, s) of some cases after the other, no more than `NUMBERS` numbers at a time."""
        size, every = max(1, NUMBERS // self.n_statistics), np.arange(len(self.places))
        for start in range(0, len(self.codes), size):
            codes = self.codes[start : start + size]
            rows = np.empty((len(codes), self.n_statistics))
            for variable, here, table in self.levels:
                rows[:, here] = table[codes[:, variable]]
            rows[:, self.places] = self.tables[every, codes[:, self.pairs[:, 0]], codes[:, self.pairs[:, 1]]]
            rows[:, self.other] = self.of_other[start : start + size]
            if self.weights is not None:
                rows *= self.weights[start : start + size, None]
            yield rows


def statistics_of(step):
    """Collect the statistics of a first step and their influences.

    Parameters
    ----------
    step : FirstStep

    Returns
    -------
    Statistics
    """
    p, n = len(step.ordered), len(step.codes)
    sizes = np.where(step.ordered, step.n_categories - 1, 1)
    variable = np.repeat(np.arange(p), sizes)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    category = np.where(step.ordered[variable], np.arange(len(variable)) - first[variable], -1)
    continuous = np.flatnonzero(~step.ordered)
    pairs = np.column_stack(np.triu_indices(p, 1))
    levels = np.where(category < 0, -step.mean[variable], step.thresholds[variable, category])
    covariances = step.correlations[pairs[:, 0], pairs[:, 1]] * step.sd[pairs[:, 0]] * step.sd[pairs[:, 1]]
    values = np.concatenate([levels, step.sd[continuous] ** 2, covariances])
    t, c = len(variable), len(continuous)
    number = np.zeros((p, p), int)
    number[pairs[:, 0], pairs[:, 1]] = number[pairs[:, 1], pairs[:, 0]] = np.arange(len(pairs)) + t + c
    singles = {v: _single(step, v) for v in range(p)} if c else {}
    other, of_other = [], []
    for place, v in enumerate(continuous):
        other += [first[v], t + place]
        of_other += [-step.sd[v] * singles[v][:, 0], 2 * step.sd[v] ** 2 * singles[v][:, 1]]
        for a in range(p):
            if a != v and (step.ordered[a] or a < v):
                other.append(number[a, v])
                of_other.append(_with_continuous(step, a, v, singles))
    influence = Influence(
        len(values),
        step.codes,
        tuple(
            (v, slice(first[v], first[v] + sizes[v]), _threshold_table(step, v)) for v in np.flatnonzero(step.ordered)
        ),
        step.pairs,
        number[step.pairs[:, 0], step.pairs[:, 1]],
        _ordered_pairs(step),
        np.array(other, int),
        np.column_stack(of_other) if c else np.zeros((n, 0)),
        step.weights,
    )
    return Statistics(values, influence, variable, category, continuous, pairs)


def _single(step, v):
    """Influence of the cases on a variable's thresholds (n, k - 1), or on its mean and log sd in sd units (n, 2)."""
    n = len(step.codes)
    if not step.ordered[v]:
        z = np.nan_to_num(step.z[:, v])
        seen = ~np.isnan(step.z[:, v])
        scores = np.column_stack([z, np.where(seen, z**2 - 1, 0.0)])
        return n * scores @ np.linalg.inv(scores.T @ step.counted(scores))
    return _threshold_table(step, v)[step.codes[:, v]]


def _threshold_table(step, v):
    """Influence by category on the thresholds (k_v + 1, k_v - 1); the last row, of code -1, is no answer's: zero."""
    k = step.n_categories[v]
    counts = step.counts[v, :k]
    heights = density(step.own_thresholds(v))
    shares = counts / counts.sum()
    scores = np.zeros((k + 1, k - 1))
    above = np.arange(k - 1)
    with np.errstate(divide="ignore"):
        scores[above, above] = heights / shares[:-1]
        scores[above + 1, above] = -heights / shares[1:]
    information = (scores[:-1] * counts[:, None]).T @ scores[:-1]
    return len(step.codes) * scores @ np.linalg.inv(information)


def _ordered_pairs(step):
    """Influence by the categories of both variables on the polychoric correlations (m, k + 1, k + 1)."""
    n, k = len(step.codes), step.counts.shape[1]
    first, second = step.pairs[:, 0], step.pairs[:, 1]
    rho = step.correlations[first, second]
    tau = step.thresholds[first], step.thresholds[second]
    probability = cell_probabilities(*tau, rho)
    score = cell_slopes(*tau, rho)[0] / probability
    weighted = step.tables * score / probability
    # The last category, which code -1 finds, is that of no answer, which tells nothing of its threshold.
    table = np.zeros((len(rho), k + 1, k + 1))
    table[:, :k, :k] = score
    of_threshold = np.zeros((len(step.ordered), k + 1, k - 1))
    for v in np.flatnonzero(step.ordered):
        own = _threshold_table(step, v)
        of_threshold[v, : len(own) - 1, : own.shape[1]] = own[:-1]
    row_cross = np.sum(_edge_slopes(tau[0], tau[1], rho) * -np.diff(weighted, axis=1), axis=2)
    column_cross = np.sum(_edge_slopes(tau[1], tau[0], rho) * -np.diff(weighted, axis=2).swapaxes(1, 2), axis=2)
    table -= np.einsum("mt,mct->mc", row_cross, of_threshold[first])[:, :, None] / n
    table -= np.einsum("mt,mct->mc", column_cross, of_threshold[second])[:, None, :] / n
    table *= (n / np.sum(step.tables * score**2, axis=(1, 2)))[:, None, None]
    return table


def _edge_slopes(own, other, rho):
    """Derivatives of P(own variable below its threshold t, other in category b) by the threshold (m, k - 1, k)."""
    spread = np.sqrt(1 - rho**2)[:, None, None]
    edge = np.pad(other, ((0, 0), (1, 1)), constant_values=((0, 0), (-FAR, FAR)))
    below = ndtr((edge[:, None, :] - rho[:, None, None] * own[:, :, None]) / spread)
    return density(own)[:, :, None] * np.diff(below, axis=2)


def _with_continuous(step, a, b, single):
    """Influence (n,) on the covariance of any variable a with a continuous one b."""
    n, rho, scale = len(step.codes), step.correlations[a, b], step.sd[a] * step.sd[b]
    z = step.z[:, b]
    if step.ordered[a]:
        seen = ~np.isnan(z) & (step.codes[:, a] >= 0)
        score, by_threshold, by_mean, by_sd = polyserial_scores(
            step.codes[seen, a], z[seen], step.own_thresholds(a), rho
        )
        slopes = [(a, by_threshold), (b, np.column_stack([by_mean, by_sd]))]
    else:
        seen = ~np.isnan(z) & ~np.isnan(step.z[:, a])
        x, y, rest = step.z[seen, a], z[seen], 1 - rho**2
        by_x, by_y = (x - rho * y) / rest, (y - rho * x) / rest
        score = (rho * rest + (1 + rho**2) * x * y - rho * (x**2 + y**2)) / rest**2
        slopes = [(v, np.column_stack([by, by * own - 1])) for v, by, own in ((a, by_x, x), (b, by_y, y))]
    total = np.zeros(n)
    total[seen] = n * score
    weighed = step.counted(score, seen)
    for v, slope in slopes:
        total -= single[v] @ (weighed @ slope)
    correlation = total / (weighed @ score)
    spread = sum(single[v][:, 1] for v in (a, b) if not step.ordered[v])
    return scale * (correlation + rho * spread)
