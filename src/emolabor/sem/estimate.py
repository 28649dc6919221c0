"""From table and moments to estimates: the discrepancy of all groups, minimised under linear constraints."""

from dataclasses import dataclass

import numpy as np

from emolabor.errors import EmolaborError
from emolabor.sem import expressions
from emolabor.sem.likelihood import factor, gradient_and_information, half_discrepancy
from emolabor.sem.optimize import minimize
from emolabor.sem.structure import implied_moments


@dataclass(frozen=True)
class Estimate:
    """What estimation leaves: parameters (q,), the information of a case (q, q), the search's end, the constraints.

    `basis` (q, r) and `offset` (q,) say theta = basis @ alpha + offset; with no constraint the basis is the identity.
    """

    theta: np.ndarray
    information: np.ndarray
    optimum: object
    basis: np.ndarray
    offset: np.ndarray

    @property
    def n_free(self):
        """Free parameters after constraints."""
        return self.basis.shape[1]


def weights_of(moments):
    """Share of each group in the sample (n_groups,)."""
    sizes = np.array([sample.n for sample in moments], float)
    return sizes / sizes.sum()


def fit_ml(table, structures, moments, start):
    """Maximum likelihood over all groups.

    Parameters
    ----------
    table : ParameterTable
    structures : list of Structure
    moments : list of Moments
    start : ndarray (q,)

    Returns
    -------
    Estimate
    """
    weights = weights_of(moments)
    basis, offset = linear_constraints(table)

    def value(alpha):
        theta = basis @ alpha + offset
        return sum(
            w * half_discrepancy(s, theta, m.cov, m.mean) for w, s, m in zip(weights, structures, moments, strict=True)
        )

    def derivatives(alpha, observed):
        theta = basis @ alpha + offset
        total, gradient, information = case_derivatives(structures, moments, theta, observed)
        return total, basis.T @ gradient, basis.T @ information @ basis

    first = basis.T @ (start - offset)
    first = _make_admissible(structures, basis @ first + offset, first, table)
    optimum = minimize(value, derivatives, first)
    theta = basis @ optimum.theta + offset
    _, _, information = case_derivatives(structures, moments, theta, observed=False)
    return Estimate(theta, information, optimum, basis, offset)


def case_derivatives(structures, moments, theta, observed=False):
    """Value, gradient (q,) and information (q, q) of a case over all groups."""
    parts = [
        gradient_and_information(structure, theta, sample.cov, sample.mean, observed)
        for structure, sample in zip(structures, moments, strict=True)
    ]
    weights = weights_of(moments)
    return tuple(sum(w * part[i] for w, part in zip(weights, parts, strict=True)) for i in range(3))


def linear_constraints(table):
    """Turn the `==` lines into theta = basis @ alpha + offset.

    Parameters
    ----------
    table : ParameterTable

    Returns
    -------
    tuple of ndarray
        basis (q, r) with orthonormal columns, offset (q,).
    """
    q = table.n_free
    if not table.equalities:
        return np.eye(q), np.zeros(q)
    labels = {row.label: row for row in table.rows if row.label}
    slopes, constants = [], []
    for tree in table.equalities:
        at_zero, slope = _linear(tree, table, labels, np.zeros(q))
        _, other_slope = _linear(tree, table, labels, np.linspace(0.3, 1.7, q))
        if not np.allclose(slope, other_slope, atol=1e-10):
            raise EmolaborError("model: a == constraint is not linear in the parameters; allowed: linear constraints.")
        slopes.append(np.broadcast_to(slope, (q,)))
        constants.append(at_zero)
    slopes, constants = np.array(slopes, float), np.array(constants, float)
    offset = -np.linalg.pinv(slopes) @ constants
    if np.max(np.abs(slopes @ offset + constants)) > 1e-8:
        raise EmolaborError("model: the == constraints contradict each other.")
    _, singular, right = np.linalg.svd(slopes)
    rank = int((singular > 1e-10 * singular.max(initial=1e-300)).sum())
    return right[rank:].T, offset


def _linear(tree, table, labels, theta):
    values, gradients = parameter_values(table, labels, theta)
    for defined in table.defined:
        values[defined.name], gradients[defined.name] = expressions.gradient(defined.tree, values, gradients)
    return expressions.gradient(tree, values, gradients)


def parameter_values(table, labels, theta):
    """Values and unit gradients of the labelled parameters."""
    unit = np.eye(table.n_free)
    values, gradients = {}, {}
    for label, row in labels.items():
        free = row.free >= 0
        values[label] = theta[row.free] if free else (np.nan if row.value is None else row.value)
        gradients[label] = unit[row.free] if free else np.zeros(table.n_free)
    return values, gradients


def _make_admissible(structures, theta, alpha, table):
    """Inflate starting variances until every implied covariance is positive definite."""
    variances = {row.free for row in table.rows if row.op == "~~" and row.lhs == row.rhs and row.free >= 0}
    for _ in range(12):
        if all(factor(implied_moments(structure, theta).sigma) is not None for structure in structures):
            return alpha
        if table.equalities:
            break
        theta = theta.copy()
        theta[list(variances)] *= 2
        alpha = theta
    raise EmolaborError(
        "model: the implied covariance matrix is not positive definite at the starting values; "
        "look for fixed variances of zero and for start() values."
    )
