"""What is read off a parameter vector of a two-level model: the values of each level in the order of all rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.implied import quantities

if TYPE_CHECKING:
    from emolabor.sem.estimation.two_level_model import TwoLevelModel
    from emolabor.sem.implied.ram import Structure
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


def estimates(model: TwoLevelModel, theta: np.ndarray) -> tuple[np.ndarray, ...]:
    """Values of every row and `:=` at one vector: as they are, std_lv and std_all, by each level's own variances."""
    parts = [quantities.estimates(view, theta) for view in level_views(model)]
    return tuple(with_defined(model, in_order(model, kind))[0] for kind in zip(*parts, strict=True))


def draws(model: TwoLevelModel, thetas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and `:=` of many vectors, raw and standardized: two arrays (R, n_rows + n_defined)."""
    views = level_views(model)
    kinds = ([function(view, thetas) for view in views] for function in (quantities.row_draws, _standardized))
    raw, standardized = (with_defined(model, in_order(model, parts)) for parts in kinds)
    return raw, standardized


def _standardized(view: Any, thetas: np.ndarray) -> np.ndarray:
    return quantities.standardized_draws(view, thetas)
