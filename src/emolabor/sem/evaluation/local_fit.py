"""Where a model misses: the largest residual correlations and modification indices, side by side for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_whole
from emolabor.sem.evaluation.modification_indices import modification_indices
from emolabor.sem.evaluation.residuals import residual_moments

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit


def local_fit(fit: Fit, largest: int = 10) -> pd.DataFrame:
    """Rank the residual correlations and the modification indices of a fit.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    largest : int
        How many of each.

    Returns
    -------
    DataFrame
        A row a rank. ``rank``; of the residual: ``pair`` ("x1 ~~ x4"), ``pair_group``, ``residual`` (sample less
        implied correlation), ``z`` (standardized residual covariance); of the modification index: ``parameter``
        ("f =~ x4"), ``parameter_group``, ``mi``, ``epc``, ``sepc_all``. The two halves are ranked each by itself; blank
        where one is shorter.

    Raises
    ------
    EmolaborError
        `largest` is no whole number above 0; a model that is not identified.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.sem("a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3", el.simulate_staff(n=300, seed=1))
    >>> fit.local_fit(largest=2)[["rank", "pair", "residual", "z", "parameter", "mi"]].round(2)
       rank        pair  residual     z   parameter    mi
    0     1  ex2 ~~ ps1     -0.08 -1.99  ex1 ~~ ex2  8.01
    1     2  ex1 ~~ ps2      0.07  1.88  ex3 ~~ ex4  7.96
    """
    check_whole("largest", largest, 1)
    pairs = []
    for group in range(1, fit.table.n_groups + 1):
        cor, z = (residual_moments(fit, kind, group)[0] for kind in ("cor", "standardized"))
        names = cor.columns
        i, j = np.triu_indices(len(names), 1)
        pairs.append(
            pd.DataFrame(
                {
                    "pair": [f"{names[a]} ~~ {names[b]}" for a, b in zip(i, j, strict=True)],
                    "pair_group": group,
                    "residual": cor.to_numpy()[i, j],
                    "z": z.to_numpy()[i, j],
                }
            )
        )
    left = pd.concat(pairs).sort_values("residual", key=np.abs, ascending=False, kind="stable").head(largest)
    right = modification_indices(fit, largest=largest)
    right.insert(0, "parameter", (right["lhs"] + " " + right["op"] + " " + right["rhs"]).str.strip())
    right = right.rename(columns={"group": "parameter_group"})
    right = right[["parameter", "parameter_group", "mi", "epc", "sepc_all"]]
    frame = pd.concat([left.reset_index(drop=True), right], axis=1)
    frame = frame.astype({"pair_group": "Int64", "parameter_group": "Int64"})
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame
