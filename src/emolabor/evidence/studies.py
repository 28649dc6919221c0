"""What is pooled: the tables brought to common variables, checked, with all faults named at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, shown
from emolabor.evidence.sampling import cells_of

LEAST = 4  # respondents: Fisher's z has the variance 1 / (n - 3)


@dataclass(frozen=True)
class Studies:
    """Tables on common variables.

    `names` (p,) the variables; `number` (p, p) the cells, -1 where no table has one; `pairs` (m,) their variables;
    `tables` those that have a cell; `cells`, `r`, `root`: for each table which cells it has, its correlations and what
    they are divided by for unreliability; `cors`: for each its places and correlations as printed; `unreliable` what
    was left out for want of a reliability.
    """

    names: list[str]
    number: np.ndarray
    pairs: list[tuple[str, str]]
    tables: dict[str, Any]
    cells: dict[str, np.ndarray]
    r: dict[str, np.ndarray]
    root: dict[str, np.ndarray]
    cors: dict[str, tuple[np.ndarray, np.ndarray]]
    unreliable: list[str]

    @property
    def n_cells(self) -> int:
        """How many cells there are."""
        return len(self.pairs)


def read_studies(tables: Mapping[str, Any], reliability: bool = False) -> Studies:
    """Check tables and bring them to common variables.

    Parameters
    ----------
    tables : dict of str to PublishedTable
    reliability : bool
        Whether correlations are to be corrected: then cells without both reliabilities are left out.

    Returns
    -------
    Studies
    """
    if not isinstance(tables, Mapping) or not tables:
        refuse("tables", shown(tables), "a dictionary of tables (PublishedTable) by their names, one or more")
    faults = [fault for key, table in tables.items() for fault in _faults(str(key), table)]
    if faults:
        raise EmolaborError("\n".join(faults))
    names = list(dict.fromkeys(name for table in tables.values() for name in table.cor))
    place = {name: k for k, name in enumerate(names)}
    seen = np.zeros((len(names), len(names)), bool)
    parts, unreliable = {}, []
    for key, table in tables.items():
        places = np.array([place[name] for name in table.cor])
        cor = table.cor.to_numpy(float)
        roots = np.ones_like(cor)
        if reliability:
            alpha = np.full(len(cor), np.nan) if table.alpha is None else table.alpha[list(table.cor)].to_numpy(float)
            roots = np.sqrt(np.outer(alpha, alpha))
            unreliable += [f"{key} ({name})" for name, own in zip(table.cor, alpha, strict=True) if np.isnan(own)]
        i, j = cells_of(len(cor))
        kept = ~np.isnan(cor[i, j] * roots[i, j])
        i, j = i[kept], j[kept]
        beyond = np.flatnonzero(np.abs(cor[i, j]) >= roots[i, j])
        faults += [
            f"{key}: the correlation of {table.cor.columns[j[b]]} and {table.cor.columns[i[b]]} ({cor[i[b], j[b]]:g}) "
            f"is {cor[i[b], j[b]] / roots[i[b], j[b]]:.2f} when corrected for unreliability; allowed: below 1, or "
            "reliability=False"
            for b in beyond
        ]
        a, b = places[i], places[j]
        seen[a, b] = seen[b, a] = True
        parts[key] = (a, b, cor[i, j], roots[i, j], places, cor)
    if faults:
        raise EmolaborError("\n".join(faults))
    i, j = cells_of(len(names))
    exists = seen[i, j]
    if not exists.any():
        why = ", for no table gives the reliabilities" if reliability else ""
        refuse("tables", f"no correlation that could be pooled{why}", "tables with two common variables or more")
    number = np.full(seen.shape, -1)
    number[i[exists], j[exists]] = number[j[exists], i[exists]] = np.arange(exists.sum())
    pairs = [(names[b], names[a]) for a, b in zip(i[exists], j[exists], strict=True)]
    used = {key: table for key, table in tables.items() if len(parts[key][0])}
    return Studies(
        names,
        number,
        pairs,
        used,
        {key: number[parts[key][0], parts[key][1]] for key in used},
        {key: parts[key][2] for key in used},
        {key: parts[key][3] for key in used},
        {key: parts[key][4:] for key in used},
        unreliable,
    )


def _faults(key, table):
    """What is wrong with a table, a sentence each."""
    cor, n = getattr(table, "cor", None), getattr(table, "n", None)
    if ", " in key:
        yield f"{key}: found a comma in the name of a table; allowed: names without one"
    if not isinstance(cor, pd.DataFrame):
        found = f"cor as {shown(cor)}" if cor is not None else shown(table)
        yield f"{key}: found {found}; allowed: a PublishedTable (correlations as a DataFrame, and n)"
        return
    if n is None or (isinstance(n, float) and np.isnan(n)):
        yield f"{key}: N is missing, without which nothing has a weight; allowed: a whole number, or no such table"
    elif isinstance(n, bool) or not isinstance(n, Integral) or n < LEAST:
        yield f"{key}: n: found {shown(n)}; allowed: a whole number of at least {LEAST}"
    if getattr(table, "ecological", False):
        yield f"{key}: its unit is a group of people; allowed: tables of persons, which alone can be pooled"
    twice = cor.columns[cor.columns.duplicated()].tolist()
    if twice or list(cor.index) != list(cor.columns):
        found = f"{', '.join(map(str, twice))} twice" if twice else "rows and columns of different names"
        yield f"{key}: found {found}; allowed: each variable once, in the same order in rows and columns"
        return
    yield from _alpha_faults(key, getattr(table, "alpha", None), cor)
    try:
        values = cor.to_numpy(float)
    except (TypeError, ValueError):
        yield f"{key}: found correlations that are no numbers; allowed: numbers, blank where there is none"
        return
    off = values[~np.eye(len(values), dtype=bool)]
    if np.nanmax(np.abs(off), initial=0.0) >= 1 or not np.allclose(np.diag(values), 1, atol=1e-9, equal_nan=True):
        yield f"{key}: found correlations of 1 and beyond, or a diagonal that is not 1; allowed: correlations below 1"
    elif not np.allclose(values, values.T, atol=1e-9, equal_nan=True):
        a, b = np.argwhere(~np.isclose(values, values.T, atol=1e-9, equal_nan=True))[0]
        yield f"{key}: not symmetric at {cor.index[a]} and {cor.columns[b]} ({values[a, b]:g}, {values[b, a]:g})"
    else:
        whole = ~np.isnan(values - np.diag(np.diag(values))).all(axis=1) if len(values) > 1 else np.ones(1, bool)
        inner = values[np.ix_(whole, whole)]
        if not np.isnan(inner).any() and len(inner) and np.linalg.eigvalsh(inner)[0] <= 0:
            found = f"not positive definite (smallest eigenvalue {np.linalg.eigvalsh(inner)[0]:.3g})"
            yield f"{key}: its correlations are {found}; {_remedy(inner, cor.columns[whole])}"


def _alpha_faults(key, alpha, cor):
    """What is wrong with the reliabilities of a table; one that is not known is missing."""
    if alpha is None:
        return
    if not isinstance(alpha, pd.Series) or not set(cor.columns) <= set(alpha.index):
        yield f"{key}: alpha: found {shown(alpha)}; allowed: a Series with every variable of the table"
        return
    values = pd.to_numeric(alpha[list(cor)], errors="coerce")
    for name, given, value in zip(cor, alpha[list(cor)], values, strict=True):
        if not pd.isna(given) and not 0 < value <= 1:
            yield f"{key}: alpha of {name}: found {shown(given)}; allowed: above 0, at most 1"


def _remedy(values, names):
    """Without which one variable the rest is positive definite."""
    for k, name in enumerate(names):
        rest = np.delete(np.delete(values, k, 0), k, 1)
        if len(rest) > 1 and np.linalg.eigvalsh(rest)[0] > 0:
            return f"allowed: such ones; without {name} they are"
    return "allowed: such ones; look the digits and signs up in the paper, or leave the table out"
