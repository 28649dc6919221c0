"""What makes thresholds and polychoric correlations less sure than they look, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.notices import Notice
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.ordinal.corners import cells_in_words, impossible_corners

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.ordinal.ordinal_samples import OrdinalSample

FEW = 5  # answers in a category
AWAY = 3.0  # standard deviations of a covariate between its mean and zero
EMPTY = 0.2  # share of the cells of a two-way table; five-point answers that go together leave some corners empty
MOVED = 0.01  # of a correlation, by leaving out its impossible cells
AT_BOUND = 0.995  # the likelihood of a table without a single contradiction is flat beyond


def sparse_answers(sample: OrdinalSample, names: Sequence[str], place: str) -> Iterator[Any]:
    """Find sparse and empty categories of one group.

    Parameters
    ----------
    sample : OrdinalSample
    names : sequence of str
    place : str
        What a warning begins with.

    Yields
    ------
    Notice
        One thing to keep in mind.
    """
    step: Any = sample.step
    categories, counts = sample.answers.categories, step.people[0]
    few = [
        f"{categories[v][k]} of {names[v]} ({int(counts[v, k])})"
        for v in np.flatnonzero(step.ordered).tolist()
        for k in range(step.n_categories[v])
        if counts[v, k] < FEW
    ]
    if few:
        said = f"{place}fewer than {FEW} cases chose {_some(few)}: join neighbouring categories"
        yield Notice("few_answers", said)
    if len(step.pairs):
        yield from _empty_cells(step, names, place)
    # Given covariates no cell is the same for all.
    found = [] if sample.covariates else impossible_corners(step)
    corners = [corner for corner in found if abs(corner.r_without - corner.r) > MOVED]
    if corners:
        a, b = (names[v] for v in corners[0].pair)
        others = f" and {len(corners) - 1} more" if len(corners) > 1 else ""
        said = (
            f"{place}correlations of ordered variables hang on answers they make all but impossible: {a} with {b}, "
            f"{cells_in_words(corners[0], categories)}: {corners[0].r:.3f}, without them {corners[0].r_without:.3f}"
            f"{others}; polychoric_corners lists them"
        )
        yield Notice("impossible_corner", said)
    strong = np.argwhere(np.triu(np.abs(step.correlations), 1) > AT_BOUND)
    for i, j in strong:
        rho = step.correlations[i, j]
        said = f"{place}the correlation behind {names[i]} and {names[j]} is {rho:.3f}: one of them tells nothing new"
        yield Notice("nearly_same", said)
    if not len(strong) and inverse_and_logdet(sample.cov) is None:
        said = f"{place}the matrix of polychoric correlations is not positive definite: there are no robust indices"
        yield Notice("polychorics_not_positive_definite", said)


def far_covariates(fit: Fit) -> Iterator[Any]:
    """Find covariates whose zero, at which thresholds stand, is far from their values, where thresholds are held.

    Free thresholds take up whatever zero means. Those held equal are weighed by their precision at that zero, without
    regard to the slopes that they go with: the further away it is, the less is left of the precision of the slopes.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    Notice
        One for all of them.
    """
    levels = [row for row in fit.table.rows if row.op == "|"]
    if len({row.free for row in levels if row.free >= 0}) == len(levels):
        return
    names, far = fit.table.variables.observed, {}
    for sample in fit.model.samples:
        for place in sample.covariates:
            mean, sd = sample.mean[place], np.sqrt(sample.cov[place, place])
            if abs(mean) > AWAY * sd:
                far.setdefault(names[place], f"{names[place]} (mean {mean:.4g}, standard deviation {sd:.2g})")
    if far:
        said = (
            "thresholds are held, and they stand where covariates are zero, far from the values of "
            f"{_some([*far.values()])}: estimates depend on where zero lies, and errors are larger than need be; "
            "subtract a number near the mean"
        )
        yield Notice("far_covariates", said)


def _empty_cells(step: Any, names: Sequence[Any], place: str) -> Iterator[Any]:
    sizes = step.n_categories[step.pairs].prod(axis=1)
    empty = sizes - np.count_nonzero(step.tables, axis=(1, 2))
    count = int(np.count_nonzero(empty > EMPTY * sizes))
    if count:
        worst = int(np.argmax(empty / sizes))
        a, b = (names[v] for v in step.pairs[worst])
        said = (
            f"{place}{count} of {len(empty)} pairs of ordered variables have more than {EMPTY:.0%} empty cells in "
            f"their table (most of all {a} with {b}: {int(empty[worst])} of {int(sizes[worst])})"
        )
        yield Notice("empty_cells", said)


def _some(texts: Any, most: Any = 4) -> Any:
    rest = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + rest
