"""Constraints among parameters: `==`, `<` and `>` lines as functions with gradients."""

from dataclasses import dataclass

import numpy as np

from emolabor.errors import EmolaborError
from emolabor.sem import expressions


@dataclass(frozen=True)
class Constraints:
    """Linear equalities as theta = basis @ alpha + offset; the others as trees."""

    basis: np.ndarray  # (q, r), orthonormal columns
    offset: np.ndarray  # (q,)
    curved: tuple  # trees that must be zero


def build_constraints(table, active=()):
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
    slopes, constants, curved = [], [], []
    for tree in (*table.equalities, *active):
        at_zero, slope = constraint_values(table, (tree,), np.zeros(q))
        _, other = constraint_values(table, (tree,), np.linspace(0.3, 1.7, q))
        if np.all(np.isfinite(slope)) and np.allclose(slope, other, atol=1e-10):
            slopes.append(slope[0])
            constants.append(at_zero[0])
        else:
            curved.append(tree)
    basis, offset = np.eye(q), np.zeros(q)
    if slopes:
        slopes, constants = np.array(slopes), np.array(constants)
        offset = -np.linalg.pinv(slopes) @ constants
        if np.max(np.abs(slopes @ offset + constants)) > 1e-8:
            raise EmolaborError("model: the constraints contradict each other.")
        basis = null_space(slopes)
    return Constraints(basis, offset, tuple(curved))


def constraint_values(table, trees, theta):
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


def label_values(table, theta):
    """Values and unit gradients (q,) of the labelled parameters; a shared label stands for one free number."""
    unit = np.eye(table.n_free)
    values, gradients = {}, {}
    for row in table.rows:
        if row.label and row.label not in values:
            free = row.free >= 0
            values[row.label] = theta[row.free] if free else (np.nan if row.value is None else row.value)
            gradients[row.label] = unit[row.free] if free else np.zeros(table.n_free)
    return values, gradients


def null_space(rows):
    """Orthonormal basis (q, r) of the directions along which the rows (k, q) do not change."""
    _, singular, right = np.linalg.svd(rows)
    rank = int((singular > 1e-10 * singular.max(initial=1e-300)).sum())
    return right[rank:].T
