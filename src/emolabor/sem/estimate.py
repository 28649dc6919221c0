"""From table and samples to estimates: the discrepancy of all groups, minimised under the constraints."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from emolabor.errors import EmolaborError
from emolabor.sem import fiml, least_squares, likelihood, wlsmv
from emolabor.sem.constraints import build_constraints, constraint_values, null_space
from emolabor.sem.likelihood import factor
from emolabor.sem.model import Loss
from emolabor.sem.optimize import Optimum, minimize, minimize_on_curve
from emolabor.sem.structure import implied_moments


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


def losses_of(estimator, samples):
    """One loss a group: least squares, the likelihood, or the likelihood by pattern where answers are missing."""
    losses = []
    for sample in samples:
        if estimator in ("GLS", "ULS"):
            weights = least_squares.weight_matrix(estimator, sample)
            losses.append(
                Loss(
                    partial(least_squares.half_discrepancy, weights=weights),
                    partial(least_squares.derivatives, weights=weights),
                )
            )
        elif estimator in ("DWLS", "WLSMV"):
            losses.append(Loss(wlsmv.half_discrepancy, wlsmv.derivatives))
        else:
            module = fiml if sample.patterns else likelihood
            losses.append(Loss(module.half_discrepancy, module.derivatives))
    return losses


def estimate_parameters(model, start):
    """Minimise the discrepancy over all groups.

    Parameters
    ----------
    model : Model
    start : ndarray (q,)

    Returns
    -------
    Estimate
        Inequality constraints enter as equalities where they bind (active set: those that are violated come in, those
        whose multiplier pulls the wrong way go out).
    """
    table, active = model.table, ()
    for _ in range(2 * len(table.inequalities) + 1):
        constraints = build_constraints(table, active)
        estimate = _search(model, constraints, start, len(active))
        estimate = estimate or _search(model, constraints, _admissible(model, start), len(active))
        if estimate is None:
            raise EmolaborError("model: the implied covariance matrix is not positive definite at the starting values.")
        if not table.inequalities:
            break
        values, _ = constraint_values(table, table.inequalities, estimate.theta)
        violated = [t for t, v in zip(table.inequalities, values, strict=True) if v < -1e-9 and t not in active]
        if not violated:
            break
        active = (*active, violated[int(np.argmin([v for v in values if v < -1e-9]))])
    return estimate


def _search(model, constraints, start, n_active):
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
        values, jacobian = constraint_values(model.table, curved, theta_of(alpha))
        return values, jacobian @ basis

    first = start if unconstrained else basis.T @ (start - offset)
    if curved:
        optimum = minimize_on_curve(value, derivatives, constraint, first)
    else:
        optimum = minimize(value, derivatives, first)
    if optimum is None:
        return None
    free = basis @ null_space(constraint(optimum.theta)[1]) if curved else basis
    return Estimate(theta_of(optimum.theta), optimum, free, free.shape[1] + n_active)


def _admissible(model, theta):
    """Inflate starting variances until every implied covariance is positive definite, where the likelihood needs it."""
    if model.table.ordered:
        return theta
    variances = [row.free for row in model.table.rows if row.op == "~~" and row.lhs == row.rhs and row.free >= 0]
    theta = theta.copy()
    for _ in range(12):
        if all(factor(implied_moments(structure, theta).sigma) is not None for structure in model.structures):
            break
        theta[variances] *= 2
    return theta
