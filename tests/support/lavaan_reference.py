"""Reading the lavaan references of tests/r and setting a fit beside them."""

import csv
from functools import cache
from pathlib import Path

import pandas as pd

R = Path(__file__).parents[1] / "r"


def public_data(name):
    """A public data set that ships with semopy (MIT), each time anew: a test may punch holes into it."""
    return _public_data(name).copy()


@cache
def _public_data(name):
    import semopy

    files = {"holzinger": "holzinger_swineford39_data.csv", "democracy": "pd_data.csv"}
    return pd.read_csv(Path(semopy.__file__).parent / "examples" / files[name])


def cases(stem):
    """The rows of tests/r/<stem>_cases.csv as dicts."""
    with open(R / f"{stem}_cases.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _table(stem):
    return pd.read_csv(R / f"{stem}.csv", keep_default_na=False, dtype={"value": float})


def parameters(stem, case):
    """lavaan's parameters of one case: rows in its order, a column a quantity."""
    table = _table(stem)
    table = table[(table.case == case) & (table.lhs != "")]
    keys = ["lhs", "op", "rhs", "group"]
    order = table[keys].drop_duplicates()
    wide = table.pivot(index=keys, columns="what", values="value")
    return wide.loc[[tuple(row) for row in order.to_numpy()]].reset_index()


def measures(stem, case):
    """lavaan's fit measures of one case."""
    table = _table(stem)
    return table[(table.case == case) & (table.lhs == "")].set_index("what").value
