"""The first step with ordered answers: thresholds, means and variances from single variables, then correlations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.ordinal.polychoric import BOUND, FAR, count_categories, polychoric, thresholds_of
from emolabor.sem.ordinal.polyserial import polyserial

if TYPE_CHECKING:
    from emolabor.sem.observed.columns import Answers

ADDED = 0.5


@dataclass(frozen=True)
class FirstStep:
    """What single variables and pairs tell.

    `codes` (n, p) categories from 0, -1 where missing or continuous; `z` (n, p) continuous variables standardized by
    `mean` and `sd` (p,), NaN elsewhere; `thresholds` (p, k - 1), `FAR` beyond the last one; `counts` (p, k); `pairs`
    the ordered pairs (m, 2) and `tables` (m, k, k) their frequencies; `correlations` (p, p). Frequencies are weighted
    where there are sampling `weights` (n,), which have mean one.
    """

    ordered: np.ndarray
    n_categories: np.ndarray
    codes: np.ndarray
    z: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    thresholds: np.ndarray
    counts: np.ndarray
    pairs: np.ndarray
    tables: np.ndarray
    correlations: np.ndarray
    weights: np.ndarray | None = field(default=None, kw_only=True)

    @property
    def people(self) -> tuple[np.ndarray, np.ndarray]:
        """Frequencies as `counts` and `tables` hold them, but of cases whatever their weights."""
        if self.weights is None:
            return self.counts, self.tables
        on = np.flatnonzero(self.ordered)
        found, tables = count_categories(self.codes[:, on], self.n_categories[on])
        counts = np.zeros_like(self.counts)
        counts[on] = found
        return counts, tables

    def counted(self, scores: np.ndarray, seen: Any = slice(None)) -> np.ndarray:
        """Scores (m, ...) of the cases seen times their sampling weights."""
        return scores if self.weights is None else (scores.T * self.weights[seen]).T

    def own_thresholds(self, variable: int) -> np.ndarray:
        """The thresholds of one variable (k_own - 1,)."""
        return self.thresholds[variable, : self.n_categories[variable] - 1]


def first_step(answers: Answers, names: Sequence[str], weights: np.ndarray | None = None) -> FirstStep:
    """Estimate thresholds, means, variances and correlations.

    Parameters
    ----------
    answers : Answers
    names : sequence of str
        For messages.
    weights : ndarray (n,), optional
        Sampling weights with mean one.

    Returns
    -------
    FirstStep
    """
    values, ordered = answers.values, answers.ordered
    codes = np.where(ordered & ~np.isnan(values), np.nan_to_num(values), -1).astype(int)
    z, mean, sd = _standardized(values, ordered, weights)
    refuse_two_valued(z, names)
    p = len(ordered)
    places = np.flatnonzero(ordered)
    counts, tables = count_categories(codes[:, places], answers.n_categories[places], weights)
    thresholds = np.full((p, max(counts.shape[1] - 1, 0)), FAR)
    if len(places):
        thresholds[places] = thresholds_of(counts)
    i, j = np.triu_indices(len(places), 1)
    pairs = np.column_stack([places[i], places[j]])
    refuse_unseen(tables.sum(axis=(1, 2)), pairs, names)
    correlations = np.eye(p)
    filled = without_empty_cells(tables, answers.n_categories[pairs])
    rho = polychoric(filled, thresholds[pairs[:, 0]], thresholds[pairs[:, 1]])
    correlations[pairs[:, 0], pairs[:, 1]] = correlations[pairs[:, 1], pairs[:, 0]] = rho
    all_counts = np.zeros((p, counts.shape[1]))
    all_counts[places] = counts
    step = FirstStep(
        ordered, answers.n_categories, codes, z, mean, sd, thresholds, all_counts, pairs, tables, correlations,
        weights=weights,
    )  # fmt: skip
    for b in np.flatnonzero(~ordered):
        for a in range(p):
            if a != b and (ordered[a] or a < b):
                correlations[a, b] = correlations[b, a] = _with_continuous(step, a, b, names)
    return step


def _standardized(values: np.ndarray, ordered: np.ndarray, weights: np.ndarray | None) -> tuple[Any, ...]:
    mean, sd = np.zeros(len(ordered)), np.ones(len(ordered))
    z = np.full(values.shape, np.nan)
    here = ~ordered
    if here.any():
        own = values[:, here]
        if weights is None:
            mean[here], sd[here] = np.nanmean(own, axis=0), np.nanstd(own, axis=0)
        else:
            counted = np.where(np.isnan(own), 0.0, weights[:, None])
            counted /= counted.sum(axis=0)
            mean[here] = np.sum(counted * np.nan_to_num(own), axis=0)
            sd[here] = np.sqrt(np.sum(counted * np.nan_to_num(own - mean[here]) ** 2, axis=0))
        z[:, here] = (values[:, here] - mean[here]) / sd[here]
    return z, mean, sd


def _with_continuous(step: FirstStep, a: int, b: Any, names: Sequence[Any]) -> float:
    """Correlation of any variable a with a continuous one b."""
    z = step.z[:, b]
    seen = ~np.isnan(z) & ((step.codes[:, a] >= 0) if step.ordered[a] else ~np.isnan(step.z[:, a]))
    refuse_unseen(np.array([seen.sum()]), np.array([[a, b]]), names)
    weights = None if step.weights is None else step.weights[seen]
    if step.ordered[a]:
        return polyserial(step.codes[seen, a], z[seen], step.own_thresholds(a), weights)
    rho = pearson(step.z[seen, a], z[seen], weights)
    if abs(rho) > BOUND:
        raise EmolaborError(f"data: '{names[a]}' and '{names[b]}' say the same (their correlation is {rho:.0f})")
    return rho


def pearson(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The likeliest correlation of two variables standardized by given means and standard deviations.

    With complete answers it is the mean product; else the root of the score, a cubic equation.
    """
    product, squares = (np.average(own, weights=weights) for own in (x * y, x**2 + y**2))
    if abs(squares - 2) < 1e-12:
        return float(product)
    roots = np.roots([-1.0, product, 1.0 - squares, product])
    roots = roots[np.abs(roots.imag) < 1e-9].real
    roots = roots[np.abs(roots) < BOUND]
    rest = 1 - roots**2
    likelihood = -0.5 * np.log(rest) - 0.5 * (squares - 2 * roots * product) / rest
    return float(roots[likelihood.argmax()])


def without_empty_cells(tables: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Half a case in the empty cell of a two-by-two table, its margins kept (as lavaan has it)."""
    tables = tables.copy()
    for t in np.flatnonzero((sizes == 2).all(axis=1)):
        own = tables[t, :2, :2]
        empty = np.argwhere(own == 0)
        if len(empty) == 1:
            (a, b), rest = empty[0], ADDED
            own[a, b] += rest
            own[1 - a, 1 - b] += rest
            own[a, 1 - b] -= rest
            own[1 - a, b] -= rest
    return tables


def refuse_two_valued(z: np.ndarray, names: Sequence[Any]) -> None:
    """The variance of a variable with two values follows from its mean: it is no statistic of its own."""
    for place, own in enumerate(z.T):
        if len(np.unique(own[~np.isnan(own)])) == 2:
            refuse_because(
                "data",
                f"'{names[place]}' takes two values only",
                "declare it in 'ordered' (its slope is then one on the normal variable behind it, no difference "
                "of the two)",
            )


def refuse_unseen(totals: np.ndarray, pairs: np.ndarray, names: Sequence[Any]) -> None:
    """Refuse pairs (m, 2) that nobody answered both of, given in how many cases (m,) both are there."""
    for k in np.flatnonzero(totals == 0):
        a, b = (names[place] for place in pairs[k])
        refuse_because("data", f"nobody answered both '{a}' and '{b}'", "pairs with common answers")
