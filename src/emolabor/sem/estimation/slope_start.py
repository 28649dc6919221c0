"""Where the search for the means and variances of random slopes starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from emolabor.sem.observed.level_samples import TwoLevelSample
    from emolabor.sem.specification.blocks import TwoLevelTable

SHARE = 0.1  # of the answers' variance that slopes are taken to make


def slope_starts(tables: TwoLevelTable, samples: tuple[TwoLevelSample, ...]) -> dict[int, float]:
    """Guess the means and variances of slopes from the within level's covariances.

    Parameters
    ----------
    tables : TwoLevelTable
    samples : sequence of TwoLevelSample
        One a group.

    Returns
    -------
    dict of int to float
        Number of the free parameter to its guess, for those that the text gives no start. A slope on a latent variable
        is guessed from its first indicator.
    """
    within, between = tables.levels
    names, guesses = within.variables.observed, dict[int, float]()
    first = {row.lhs: row.rhs for row in reversed(within.rows) if row.op == "=~"}
    for path in within.rows:
        outcome = path.lhs
        while outcome in first:
            outcome = first[outcome]
        if not path.slope or outcome not in names:
            continue
        cov, x, y = samples[path.group].levels[0].cov, names.index(path.rhs), names.index(outcome)
        means = {"~1": cov[x, y] / cov[x, x], "~~": SHARE * cov[y, y] / cov[x, x]}
        for row in between.rows:
            own = row.lhs == path.slope and row.rhs in ("", path.slope) and row.group == path.group
            if own and row.op in means and row.free >= 0 and row.value is None:
                guesses[row.free] = float(means[row.op])
    return {number: value for number, value in guesses.items() if np.isfinite(value)}
