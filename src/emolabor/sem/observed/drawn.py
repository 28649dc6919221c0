"""What the columns of a frame say of how its cases were drawn: clusters, strata, sampling weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem.observed.columns import check_column, codes_of, read_numbers, rows_of


@dataclass(frozen=True)
class Drawn:
    """How cases were drawn.

    `clusters` (n, c) numbers of each case's clusters, `strata` (n,) of its stratum, `weights` (n,); None where there
    are none. `names` of the classifications, `labels` of the strata.
    """

    clusters: np.ndarray | None = None
    strata: np.ndarray | None = None
    weights: np.ndarray | None = None
    names: tuple[str, ...] = ()
    labels: tuple[Any, ...] = ()

    def at(self, rows: Any) -> Drawn:
        """Of some of the cases, their weights adding up to their number, as lavaan has them within each group."""
        clusters, strata, weights = (None if own is None else own[rows] for own in self._columns)
        if weights is not None:
            weights = weights / weights.mean()
        return replace(self, clusters=clusters, strata=strata, weights=weights)

    @property
    def _columns(self) -> tuple[np.ndarray | None, ...]:
        return self.clusters, self.strata, self.weights


def cluster_names(cluster: Any) -> tuple[str, ...]:
    """The columns that `cluster` names: none, one or several."""
    if cluster is None:
        return ()
    several = isinstance(cluster, Sequence | np.ndarray | pd.Index) and not isinstance(cluster, str | bytes)
    names = tuple(cluster) if several else (cluster,)
    if not names:
        refuse("cluster", "no name", "a column, or a list of columns that cross each other")
    if len(names) > 4:
        refuse("cluster", f"{len(names)} columns", "up to 4 classifications")
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        refuse_because("cluster", f"{shown(twice[0])} is there more than once", "different columns")
    return names


def read_drawn(data: pd.DataFrame, cluster: Any = None, strata: Any = None, weights: Any = None) -> Drawn:
    """Read how the cases of a frame were drawn.

    Parameters
    ----------
    data : DataFrame
    cluster : str, sequence of str or None
    strata, weights : str or None

    Returns
    -------
    Drawn
    """
    names = cluster_names(cluster)
    if strata is not None and len(names) > 1:
        refuse("strata", f"strata with {len(names)} classifications", "one column in 'cluster', that of what was drawn")
    clusters = np.column_stack([codes_of(data, name, "cluster")[0] for name in names]) if names else None
    codes, labels = codes_of(data, strata, "strata") if strata is not None else (None, ())
    own = read_weights(data, weights) if weights is not None else None
    return Drawn(clusters, codes, own, names, tuple(labels))


def read_weights(data: pd.DataFrame, column: str, argument: str = "sampling_weights") -> np.ndarray:
    """Sampling weights (n,) from a column; what cannot weigh a case is refused, counted.

    Parameters
    ----------
    data : DataFrame
    column : str
    argument : str
        How messages call it.

    Returns
    -------
    ndarray (n,)
    """
    check_column(data, column, argument)
    values = read_numbers(data, [column], argument)[:, 0]
    for what, wrong in (("missing", np.isnan(values)), ("negative", values < 0), ("zero", values == 0)):
        if wrong.any():
            found = f"column '{column}' is {what} in {rows_of(wrong)}"
            refuse_because(argument, found, "numbers above zero; leave rows out that stand for nobody")
    return values
