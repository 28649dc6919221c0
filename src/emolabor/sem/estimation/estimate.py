"""From table and samples to estimates: the discrepancy of all groups, minimised under the constraints."""

from dataclasses import dataclass, replace

import numpy as np

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.estimation.optimize import Optimum, minimize, minimize_by_gradients, minimize_on_curve
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.specification.constraints import (
    build_constraints,
    check_bounds,
    constraint_values,
    null_space,
    relation,
    row_lengths,
)

BESIDE = 1e-3  # gain per case that a full step promises, below which gradients lead to the minimum
BOUND = 1e-7  # of a case's standard error: how far inequalities and their multipliers may be off, for rounding's sake


@dataclass(frozen=True)
class Estimate:
    """What estimation leaves.

    `theta` (q,) parameters; `basis` (q, r) the directions that the active constraints leave free; `n_free` the
    parameters less equality constraints; `optimum` the search's end.
    """

    theta: np.ndarray
    optimum: Optimum
    basis: np.ndarray
    n_free: int


def estimate_parameters(model, start):
    """Minimise the discrepancy over all groups.

    Parameters
    ----------
    model : Model
    start : ndarray (q,)

    Returns
    -------
    Estimate
        Where the solution without the inequality constraints does not meet them, those that bind are found, and enter
        as equalities: all others hold, and each that binds keeps the discrepancy from falling further.
    """
    estimate = _estimate(model, (), start)
    if model.table.inequalities and not (
        estimate is not None and estimate.optimum.converged and _holds(model, estimate)
    ):
        estimate = _at_bounds(model, estimate, start)
    if estimate is None:
        raise EmolaborError("model: the implied covariance matrix is not positive definite at the starting values")
    return estimate


def _estimate(model, active, start):
    """Minimise with some inequalities as equalities; None where no start has a positive definite covariance matrix."""
    constraints = build_constraints(model.table, active)
    estimate = _search(model, constraints, start)
    return _search(model, constraints, _admissible(model, start)) if estimate is None else estimate


def _at_bounds(model, free, start):
    """Minimise under the inequalities, given the solution without them (None where there is none)."""
    table = model.table
    constraints, bounds = build_constraints(table), table.inequalities
    starts = [_admissible(model, start)] + ([] if free is None else [free.theta])
    first = next((first for first in starts if _has_values(table, bounds, first)), None)
    if first is None:
        _refuse_start(table, bounds, starts[0])
    within = _search(model, constraints, first, bounds)
    if within is None or not np.isfinite(within.optimum.value):
        check_bounds(table, constraints)
        return within
    binding = within.optimum.pushes > 0
    active = tuple(tree for tree, binds in zip(bounds, binding, strict=True) if binds)
    estimate = _estimate(model, active, within.theta)
    if estimate is None or not _holds(model, estimate, active):
        return replace(within, optimum=replace(within.optimum, value=np.inf))
    _, slopes = constraint_values(table, table.equalities, estimate.theta)
    return replace(estimate, n_free=null_space(slopes).shape[1] if len(slopes) else len(start))


def _holds(model, estimate, active=()):
    """Whether a solution meets the inequalities, and those that are held as equalities push against the discrepancy."""
    table, theta = model.table, estimate.theta
    _, gradient, information = model.derivatives(theta)
    if gradient is None:
        return False
    units = np.sqrt(np.abs(information.diagonal()))
    units[units == 0] = 1.0
    values, slopes = constraint_values(table, table.inequalities, theta)
    if not (np.isfinite(values).all() and (values > -BOUND * row_lengths(slopes / units)).all()):
        return False
    if not active:
        return True
    from scipy.optimize import nnls  # slow to import, and few models have bounds

    _, bounds = constraint_values(table, active, theta)
    _, equal = constraint_values(table, table.equalities, theta)
    rows = np.vstack([bounds, equal.reshape(-1, len(theta)), -equal.reshape(-1, len(theta))]) / units
    return nnls((rows / row_lengths(rows)[:, None]).T, gradient / units)[1] < BOUND


def _has_values(table, trees, theta):
    """Whether constraints and their slopes are finite at a parameter vector."""
    return all(np.isfinite(found).all() for found in constraint_values(table, trees, theta))


def _refuse_start(table, trees, theta):
    tree = next(tree for tree in trees if not _has_values(table, (tree,), theta))
    refuse_because(
        "model",
        f"the constraint {relation(table, tree)} has no finite value where the search begins",
        "one that has; mend it, or give its parameters starting values at which it has (start(0.5)*)",
    )


def _search(model, constraints, start, bounds=()):
    """Minimise from a start; None where an implied covariance matrix is not positive definite there."""
    basis, offset, curved = constraints.basis, constraints.offset, constraints.curved
    unconstrained = basis.shape[0] == basis.shape[1]

    def theta_of(alpha):
        return alpha if unconstrained else basis @ alpha + offset

    def value(alpha):
        return model.value(theta_of(alpha))

    def derivatives(alpha, observed):
        total, gradient, information = model.derivatives(theta_of(alpha), observed)
        if unconstrained or gradient is None:
            return total, gradient, information
        return total, basis.T @ gradient, basis.T @ information @ basis

    def constraint(alpha):
        values, jacobian = constraint_values(model.table, (*curved, *bounds), theta_of(alpha))
        return values, jacobian @ basis

    first = start if unconstrained else basis.T @ (start - offset)
    if curved and not _has_values(model.table, curved, theta_of(first)):
        without = minimize(value, derivatives, first)  # the data may lead to where the constraints have values
        if without is None or not _has_values(model.table, curved, theta_of(without.theta)):
            _refuse_start(model.table, curved, theta_of(first))
        first = without.theta
    if curved or bounds:
        optimum = minimize_on_curve(value, derivatives, constraint, len(curved), first)
    elif model.by_gradients:
        first, information = _near_complete(model, constraints, start, first)

        def slope(alpha):
            total, gradient = model.value_and_gradient(theta_of(alpha))
            return total, None if gradient is None else gradient @ basis

        optimum = minimize_by_gradients(slope, information, first) or minimize(value, derivatives, first)
    else:
        optimum = minimize(value, derivatives, first)
    if optimum is None:
        return None
    free = basis
    if curved:
        free = basis @ null_space(constraint(optimum.theta)[1][: len(curved)])
    return Estimate(theta_of(optimum.theta), optimum, free, free.shape[1])


def _near_complete(model, constraints, start, first):
    """Where the search among incomplete answers starts: at the estimates from the saturated model's moments.

    With the information there of as many complete answers, which costs far less than that of the incomplete ones; None
    where there are no such estimates. Without holes a few steps with the scores' products lead near the minimum.
    """
    if not model.incomplete:
        return _near_by_scores(model, constraints, first)
    complete = model.completed()
    found = _search(complete, constraints, start)
    if found is None or not found.optimum.converged:
        return first, None
    basis, information = constraints.basis, complete.derivatives(found.theta)[2]
    return basis.T @ (found.theta - constraints.offset), basis.T @ information @ basis


def _near_by_scores(model, constraints, first):
    """Where scoring with the products of the scores comes near the minimum, and their products there."""
    basis, offset = constraints.basis, constraints.offset

    def scored(alpha, _=False):
        value, gradient, products = model.scored(basis @ alpha + offset)
        return value, *((None, None) if gradient is None else (basis.T @ gradient, basis.T @ products @ basis))

    found = minimize(lambda alpha: model.value(basis @ alpha + offset), scored, first, BESIDE)
    return (first, None) if found is None else (found.theta, scored(found.theta)[2])


def _admissible(model, theta):
    """Inflate starting variances until every implied covariance is positive definite, where the likelihood needs it."""
    if model.table.ordered:
        return theta
    variances = [row.free for row in model.table.rows if row.op == "~~" and row.lhs == row.rhs and row.free >= 0]
    theta = theta.copy()
    for _ in range(12):
        if all(
            inverse_and_logdet(implied_moments(structure, theta).sigma) is not None for structure in model.structures
        ):
            break
        theta[variances] *= 2
    return theta
