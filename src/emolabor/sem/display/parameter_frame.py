"""The frame that lists a fit's parameters, from which everything shown derives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable

NAMES = ("lhs", "op", "rhs", "group", "label")
NUMBERS = ("est", "se", "z", "pvalue", "ci_lower", "ci_upper", "std_lv", "std_all")


@lru_cache(maxsize=64)
def _names_of_rows(table: ParameterTable) -> dict[str, Any]:
    """Columns lhs, op, rhs, group, label: the same for every fit of a table."""
    rows = [(row.lhs, row.op, row.rhs, row.group + 1, row.label) for row in table.rows]
    rows += [(defined.name, ":=", defined.text, 0, defined.name) for defined in table.defined]
    frame = pd.DataFrame(rows, columns=NAMES)
    return {name: frame[name].array if name != "group" else frame[name].to_numpy() for name in frame}


def parameter_frame(table: ParameterTable, samples: Sequence[Any], numbers: Sequence[Any]) -> pd.DataFrame:
    """One row a parameter, then one a `:=`.

    Parameters
    ----------
    table : ParameterTable
    samples : sequence of Sample
        One a group; where there are several, their labels are the last column.
    numbers : sequence of ndarray
        In the order of `NUMBERS`.

    Returns
    -------
    DataFrame
    """
    columns = {**_names_of_rows(table), **dict(zip(NUMBERS, numbers, strict=True))}
    if table.n_groups > 1:
        labels = ["", *(sample.label for sample in samples)]
        columns["group_label"] = [labels[number] for number in columns["group"]]
    return pd.DataFrame(columns)
