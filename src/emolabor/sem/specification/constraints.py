"""Constraints among parameters: `==`, `<` and `>` lines as functions with gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.language import expressions

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable

INFEASIBLE, UNBOUNDED = 2, 1e15  # linprog's word for it, and what it would take for infinite


@dataclass(frozen=True)
class Constraints:
    """Linear equalities as theta = basis @ alpha + offset; the others as trees."""

    basis: np.ndarray  # (q, r), orthonormal columns
    offset: np.ndarray  # (q,)
    curved: tuple[Any, ...]  # trees that must be zero


def build_constraints(table: ParameterTable, active: tuple = ()) -> Constraints:
    """Sort the constraints of a table.

    Parameters
    ----------
    table : ParameterTable
    active : tuple
        Inequalities (trees) that are to hold as equalities.

    Returns
    -------
    Constraints
    """
    q = table.n_free
    degrees = _label_degrees(table)
    straight, curved = [], []
    for tree in (*table.equalities, *active):
        (straight if _degree(tree, degrees) <= 1 else curved).append(tree)
    basis, offset = np.eye(q), np.zeros(q)
    if straight:
        constants, slopes = constraint_values(table, straight, np.zeros(q))
        for tree, constant, slope in zip(straight, constants, slopes, strict=True):
            if not (np.isfinite(constant) and np.isfinite(slope).all()):
                refuse_because("model", f"the constraint {relation(table, tree)} has no finite value", "one that has")
        lengths = row_lengths(slopes)
        slopes, constants = slopes / lengths[:, None], constants / lengths
        offset = -np.linalg.pinv(slopes) @ constants
        if np.any(np.abs(slopes @ offset + constants) > 1e-8 * np.maximum(1.0, np.abs(constants))):
            raise EmolaborError("model: the constraints contradict each other")
        basis = null_space(slopes)
    return Constraints(basis, offset, tuple(curved))


def check_bounds(table: Any, constraints: Any) -> None:
    """Refuse linear inequalities that no parameters within the equalities meet, by linear programming."""
    degrees = _label_degrees(table)
    straight = [tree for tree in table.inequalities if _degree(tree, degrees) <= 1]
    if not straight:
        return
    from scipy.optimize import linprog  # slow to import, and few models have bounds

    values, slopes = constraint_values(table, straight, constraints.offset)
    slopes = slopes @ constraints.basis
    lengths = row_lengths(slopes)
    least, slopes = -values / lengths, slopes / lengths[:, None]
    within = np.abs(least) < UNBOUNDED
    least, slopes = least[within], slopes[within]
    if linprog(np.zeros(slopes.shape[1]), -slopes, -least, bounds=(None, None)).status == INFEASIBLE:
        raise EmolaborError("model: the constraints contradict each other")


def _label_degrees(table: ParameterTable) -> dict[Any, Any]:
    """Degree, as of a polynomial, of every label and `:=` in the parameters: 0 where it is fixed, 1, or more."""
    degrees = {}
    for row in table.rows:
        if row.label:
            degrees.setdefault(row.label, float(row.free >= 0))
    for defined in table.defined:
        degrees[defined.name] = _degree(defined.tree, degrees)
    return degrees


def _degree(tree: Sequence[Any], degrees: dict[Any, Any]) -> float:
    """Degree of a tree in the parameters, infinite where it is no polynomial; read off its form, not its values."""
    kind = tree[0]
    if kind == "number":
        return 0.0
    if kind == "name":
        return degrees[tree[1]]
    inner = [_degree(part, degrees) for part in tree[1:] if isinstance(part, tuple)]
    if not any(inner):
        return 0.0
    if kind in "+-":
        return max(inner)
    if kind == "*":
        return sum(inner)
    if kind == "/" and inner[1] == 0:
        return inner[0]
    if kind == "^" and tree[2] == ("number", 1.0):
        return inner[0]
    return np.inf


def constraint_values(table: ParameterTable, trees: Sequence[Any], theta: np.ndarray) -> tuple[Any, ...]:
    """Values (k,) and Jacobian (k, q) of constraint trees at a parameter vector."""
    values, gradients = label_values(table, theta)
    found = []
    with np.errstate(all="ignore"):
        for defined in table.defined:
            value, slope = expressions.gradient(defined.tree, values, gradients)
            values[defined.name], gradients[defined.name] = value, slope
        for tree in trees:
            value, slope = expressions.gradient(tree, values, gradients)
            found.append((value, np.broadcast_to(slope, (table.n_free,))))
    return np.array([value for value, _ in found], float), np.array([slope for _, slope in found], float)


def label_values(table: ParameterTable, theta: np.ndarray) -> tuple[Any, ...]:
    """Values and unit gradients (q,) of the labelled parameters; a shared label stands for one free number."""
    unit = np.eye(table.n_free)
    values, gradients = {}, {}
    for row in table.rows:
        if row.label and row.label not in values:
            free = row.free >= 0
            values[row.label] = theta[row.free] if free else (np.nan if row.value is None else row.value)
            gradients[row.label] = unit[row.free] if free else np.zeros(table.n_free)
    return values, gradients


def row_lengths(rows: np.ndarray) -> np.ndarray:
    """Lengths (k,) of rows (k, q), 1 for zeros: they take away the factor that a constraint is written with."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    largest[largest == 0] = 1.0
    lengths = np.linalg.norm(rows / largest[:, None], axis=1)
    return np.where(lengths == 0, 1.0, lengths) * largest


def null_space(rows: np.ndarray) -> np.ndarray:
    """Orthonormal basis (q, r) of the directions along which the rows (k, q) do not change."""
    _, singular, right = np.linalg.svd(rows)
    rank = int((singular > 1e-10 * singular.max(initial=1e-300)).sum())
    return right[rank:].T


def relation(table: Any, tree: Any) -> Any:
    """A constraint as it might be written."""
    return f"'{words(tree[1])} {'>' if tree in table.inequalities else '=='} {words(tree[2])}'"


def words(tree: Sequence[Any]) -> str:
    """An expression tree as text."""
    kind = tree[0]
    if kind == "number":
        return f"{tree[1]:g}"
    if kind == "name":
        return tree[1]
    if kind == "call":
        return f"{tree[1]}({', '.join(map(words, tree[2:]))})"
    if tree[1] == ("number", 0.0) and kind == "-":
        return f"-{_side(tree[2])}"
    left, right = map(_side, tree[1:])
    return f"{left}{kind}{right}" if kind in "^/" else f"{left} {kind} {right}"


def _side(tree: Any) -> Any:
    """A part of an expression, in parentheses where it is a sum."""
    return f"({words(tree)})" if tree[0] in ("+", "-") else words(tree)
