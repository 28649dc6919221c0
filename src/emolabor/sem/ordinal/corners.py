"""Polychoric correlations that hang on a handful of answers: cells that the correlation itself makes impossible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.threads import one_thread
from emolabor.sem.observed.columns import check_frame, ordered_names, read_answers, used_categories
from emolabor.sem.ordinal.polychoric import cell_probabilities, polychoric
from emolabor.sem.ordinal.stage_one import first_step, without_empty_cells

if TYPE_CHECKING:
    from emolabor.sem.ordinal.stage_one import FirstStep

IMPOSSIBLE = 1e-3  # answers that a cell may expect: fewer than one sample in a thousand has any there
COLUMNS = ("item", "other", "n", "r", "cells", "cases", "r_without", "change")


@dataclass(frozen=True)
class Corner:
    """A pair of ordered variables whose table has answers in impossible cells.

    `pair` places of the two variables; `cells` (category, category, frequency), categories from 0; `r` the correlation
    and `r_without` the same without the answers in these cells; `n` the cases with both answers.
    """

    pair: tuple[int, int]
    n: int
    r: float
    cells: tuple[tuple[int, int, int], ...]
    r_without: float


def impossible_corners(step: FirstStep) -> list[Corner]:
    """Find the pairs with answers where their correlation expects fewer than `IMPOSSIBLE`.

    Parameters
    ----------
    step : FirstStep

    Returns
    -------
    list of Corner
        The one whose correlation moves most comes first. The thresholds stay those of all answers.
    """
    if not len(step.pairs):
        return []
    rows, columns = step.thresholds[step.pairs[:, 0]], step.thresholds[step.pairs[:, 1]]
    r = step.correlations[step.pairs[:, 0], step.pairs[:, 1]]
    totals = step.tables.sum(axis=(1, 2))
    held = (step.tables > 0) & (totals[:, None, None] * cell_probabilities(rows, columns, r) < IMPOSSIBLE)
    here = np.flatnonzero(held.any(axis=(1, 2)))
    if not len(here):
        return []
    kept = without_empty_cells(np.where(held, 0.0, step.tables)[here], step.n_categories[step.pairs[here]])
    without = polychoric(kept, rows[here], columns[here])
    found, people = [], step.people[1]
    for place, other in zip(here, without, strict=True):
        cells = tuple((int(a), int(b), int(people[place, a, b])) for a, b in np.argwhere(held[place]))
        first, second = (int(v) for v in step.pairs[place])
        found.append(Corner((first, second), int(totals[place]), float(r[place]), cells, float(other)))
    return sorted(found, key=lambda corner: -abs(corner.r_without - corner.r))


def cells_in_words(corner: Any, categories: Any) -> Any:
    """The cells of a corner: "1 and 5 (2 cases)"."""
    a, b = corner.pair
    return ", ".join(
        f"{categories[a][i]} and {categories[b][j]} ({n} case{'s' * (n != 1)})" for i, j, n in corner.cells
    )


@one_thread
def polychoric_corners(data: pd.DataFrame, ordered: Sequence[str] | None = None) -> pd.DataFrame:
    """Find polychoric correlations that hang on a handful of respondents in cells they make all but impossible.

    Where two items correlate strongly, a respondent who answers 1 to one and 5 to the other has next to no probability,
    and pulls the maximum-likelihood correlation further than hundreds of others. Careless answers, an item that was not
    turned and mistakes of coding look like that.

    Parameters
    ----------
    data : DataFrame
        As for `polychoric_correlations`.
    ordered : sequence of str, optional
        The ordered columns; by default all of them.

    Returns
    -------
    DataFrame
        One row a pair with answers in cells that expect fewer than 0.001 of them at its correlation; the one that moves
        most comes first. ``item``, ``other``, ``n`` (cases with both answers), ``r``, ``cells`` (the two answers, and
        how many gave them), ``cases`` (in all of these cells), ``r_without`` (without them, thresholds kept),
        ``change``. No row where there are no such pairs.

    Raises
    ------
    EmolaborError
        What `polychoric_correlations` refuses.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika, 44(4),
    443-460.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> rng = np.random.default_rng(1)
    >>> f = rng.normal(size=(2000, 1))
    >>> answers = pd.DataFrame(np.digitize(f + 0.3 * rng.normal(size=(2000, 2)), [-1, 0, 1, 2]) + 1, columns=["a", "b"])
    >>> answers.loc[:1] = [1, 5]  # two careless respondents
    >>> el.polychoric_corners(answers)[["item", "other", "r", "cells", "r_without"]].round(3)
      item other      r              cells  r_without
    0    a     b  0.894  1 and 5 (2 cases)      0.907
    """
    check_frame(data)
    names = list(data.columns)
    which = ordered_names(True if ordered is None else ordered, names)
    answers = used_categories(read_answers(data, names, which), names)
    rows = [
        (
            *(names[v] for v in corner.pair),
            corner.n,
            corner.r,
            cells_in_words(corner, answers.categories),
            sum(n for _, _, n in corner.cells),
            corner.r_without,
            corner.r_without - corner.r,
        )
        for corner in impossible_corners(first_step(answers, names))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
