"""What is read off a parameter vector of a two-level model: the values of each level in the order of all rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.implied import quantities

if TYPE_CHECKING:
    from emolabor.sem.estimation.two_level_model import TwoLevelModel
    from emolabor.sem.implied.ram import Structure
    from emolabor.sem.specification.blocks import TwoLevelTable
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class LevelView:
    """One level as the functions of `quantities` take a model: its table, structures and moments of each group."""

    table: ParameterTable
    structures: tuple[Structure, ...]
    samples: tuple[Any, ...]


def level_views(model: TwoLevelModel) -> tuple[Any, Any]:
    """The within and the between level of a model."""
    views = [
        LevelView(
            table,
            tuple((pair.within, pair.between)[level] for pair in model.pairs),
            tuple(sample.levels[level] for sample in model.samples),
        )
        for level, table in enumerate(model.tables.levels)
    ]
    return views[0], views[1]


def in_order(model: TwoLevelModel, parts: Any) -> np.ndarray:
    """Values of both levels' rows (R, n) each, in the order of all rows (R, n_rows)."""
    levels = model.tables.row_levels
    values = np.empty((len(parts[0]), len(levels)))
    for level, part in enumerate(parts, start=1):
        values[:, levels == level] = part
    return values


def with_defined(model: TwoLevelModel, values: np.ndarray) -> np.ndarray:
    """Rows (R, n_rows) and the defined parameters that follow from them."""
    return np.hstack([values, quantities.defined_draws(model.table, values)])


@lru_cache(maxsize=64)
def without_value(tables: TwoLevelTable) -> tuple[np.ndarray, ...]:
    """Rows whose value, std_lv and std_all no number tells: three of (n_rows + n_defined,) bool.

    A random slope has no one value. Within, the variance of what it reaches differs from cluster to cluster.
    """
    reached, latent = reached_by_slopes(tables.levels[0]), tables.levels[0].variables.latent
    masks = [np.zeros(len(tables.row_levels) + len(tables.rows.defined), bool) for _ in range(3)]
    for place, (row, level) in enumerate(zip(tables.rows.rows, tables.row_levels.tolist(), strict=True)):
        names = {row.lhs, row.rhs} & reached if level == 1 else set()
        for mask, unknown in zip(masks, (False, names & set(latent), names), strict=True):
            mask[place] = bool(row.slope) or bool(unknown)
    return tuple(masks)


def reached_by_slopes(table: ParameterTable) -> set[str]:
    """Variables of the within level that a random slope leads to, by paths of any length."""
    paths = [(row.lhs, row.rhs) if row.op == "=~" else (row.rhs, row.lhs) for row in table.rows if row.op in "=~~"]
    reached = {row.lhs for row in table.rows if row.slope}
    while more := {to for source, to in paths if source in reached} - reached:
        reached |= more
    return reached


def estimates(model: TwoLevelModel, theta: np.ndarray) -> tuple[np.ndarray, ...]:
    """Values of every row and `:=` at one vector: as they are, std_lv and std_all, by each level's own variances."""
    parts = [quantities.estimates(view, theta) for view in level_views(model)]
    values = [with_defined(model, in_order(model, kind))[0] for kind in zip(*parts, strict=True)]
    unknown = without_value(model.tables)
    return tuple(np.where(own, np.nan, value) for own, value in zip(unknown, values, strict=True))


def draws(model: TwoLevelModel, thetas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and `:=` of many vectors, raw and standardized: two arrays (R, n_rows + n_defined)."""
    views = level_views(model)
    kinds = ([function(view, thetas) for view in views] for function in (quantities.row_draws, _standardized))
    raw, standardized = (with_defined(model, in_order(model, parts)) for parts in kinds)
    unknown = without_value(model.tables)
    return np.where(unknown[0], np.nan, raw), np.where(unknown[2], np.nan, standardized)


def _standardized(view: Any, thetas: np.ndarray) -> np.ndarray:
    return quantities.standardized_draws(view, thetas)
