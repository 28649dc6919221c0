"""Minimising a discrepancy by scoring with step control, then Newton steps to the bottom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import lapack

from emolabor.sem.estimation.optimize_many import minimize_many
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.specification.constraints import null_space, row_lengths

MAX_ITERATIONS = 200
GRADIENT_TOLERANCE = 1e-8
ENOUGH = 1e-10  # a gradient that Newton steps stop at: two more digits than convergence needs
CONSTRAINT_TOLERANCE = 1e-9
NEAR = 0.1  # gain per case that a full step promises, below which the Hessian takes over
# A search that takes this many steps in a row, each shorter than this part of the full step, runs along a valley that
# has no end: loadings grow and the latent variance shrinks for as long as one lets them.
SHORT, MANY = 0.1, 12
FAR_BELOW = 1e-21  # g' H^-1 g of a search by gradients: the next gradient is at the limit of the digits


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: parameters, value, gradient (along the constraints), number of steps.

    An element of the gradient is divided by the root of its information, so that units of measurement do not matter.
    `pushes` (k,) are the forces with which inequality constraints hold the solution, 0 for those that do not bind.
    """

    theta: np.ndarray
    value: float
    gradient: np.ndarray
    iterations: int
    pushes: np.ndarray | None = None

    @property
    def converged(self) -> bool:
        """The gradient is small: every element at most 1e-8 for a parameter in units of a case's standard error."""
        return bool(np.isfinite(self.value) and np.max(np.abs(self.gradient), initial=0.0) <= GRADIENT_TOLERANCE)


def minimize(
    value: Callable[..., Any], derivatives: Callable[..., Any], start: np.ndarray, until: float = 0.0
) -> Optimum | None:
    """Find the minimum of a smooth function.

    Parameters
    ----------
    value : callable
        theta -> float, infinite outside the domain.
    derivatives : callable
        (theta, observed) -> (value, gradient, information): expected information far away, the Hessian nearby.
    start : ndarray (q,)
    until : float
        The search ends before the minimum, where a full step promises to gain less.

    Returns
    -------
    Optimum or None
        None where the start is outside the domain. Fisher scoring (Lee & Jennrich, 1979) with step halving; once the
        steps are small the Hessian takes over, which doubles the correct digits at each step. Where the information is
        singular or a step leads nowhere the diagonal is raised (Levenberg, 1944).
    """
    theta, near, damping, still, short = np.array(start, float), False, 0.0, 0, 0
    current, gradient, information = derivatives(theta, near)
    if gradient is None:
        return None
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _direction(gradient, information, damping)
        decrement = float(gradient @ step)
        if near and decrement < 0:  # the Hessian is not positive definite here
            near = False
            current, gradient, information = derivatives(theta, near)
            continue
        trial = derivatives(theta - step, decrement < NEAR)
        size = 1.0 if trial[0] <= _not_above(current) else _step_size(value, theta, 0.5 * step, current) / 2
        if size == 0.0 and damping < 1e6 and decrement > 1e-12:
            damping = max(10 * damping, 1e-4)
            continue
        still = still + 1 if decrement < 1e-17 or size == 0.0 else 0
        short = short + 1 if size < SHORT else 0
        if short == MANY:
            break
        if size > 0.0:
            theta = theta - size * step
            damping = max(10 * damping, 1e-4) if size < SHORT else damping / 10 if damping > 1e-10 else 0.0
            near = decrement < NEAR and size == 1.0
            current, gradient, information = trial if size == 1.0 else derivatives(theta, near)
        if (
            still >= 2
            or (size == 1.0 and decrement < until)
            or (near and np.max(np.abs(gradient) / _units(information), initial=0.0) < ENOUGH)
        ):
            break
    return Optimum(theta, current, gradient / _units(information), iteration)


def minimize_by_gradients(
    value_and_gradient: Callable[..., Any], information: np.ndarray | None, start: np.ndarray
) -> Optimum | None:
    """Minimise with one information matrix, improved by the gradients on the way; None where that fails.

    Parameters
    ----------
    value_and_gradient : callable
        theta -> (value, gradient); (infinite, None) outside the domain.
    information : ndarray (q, q) or None
        None where there is none, which fails.
    start : ndarray (q,)

    Returns
    -------
    Optimum or None
    """
    inverse = None if information is None else bordered_inverse(information, np.eye(len(start)))
    if information is None or inverse is None:
        return None

    def evaluate(_, thetas):
        value, gradient = value_and_gradient(thetas[0])
        if gradient is None:
            return np.array([np.nan]), np.zeros_like(thetas)
        return np.array([value]), gradient[None]

    with np.errstate(invalid="ignore"):
        thetas, _, converged = minimize_many(evaluate, start[None], inverse, FAR_BELOW)
    value, gradient = evaluate(None, thetas)
    optimum = Optimum(thetas[0], float(value[0]), gradient[0] / np.sqrt(np.abs(information.diagonal())), 1)
    return optimum if converged[0] and optimum.converged else None


def _step_size(value: Callable[..., Any], theta: np.ndarray, step: np.ndarray, current: float) -> float:
    """The first of 1, 1/2, 1/4 ... at which the function does not rise; 0 where there is none."""
    size, allowed = 1.0, _not_above(current)
    for _ in range(30):
        if value(theta - size * step) <= allowed:
            return size
        size /= 2
    return 0.0


def _not_above(current: float) -> float:
    return current + 1e-13 * max(1.0, abs(current))


def _direction(gradient: np.ndarray, information: np.ndarray, damping: float) -> np.ndarray:
    units = _units(information)
    gradient, scaled = gradient / units, information / (units[:, None] * units)
    if damping:
        scaled += damping * np.eye(len(units))
    _, step, failed = lapack.dposv(scaled, gradient)
    if not failed:
        return step / units
    values, vectors = np.linalg.eigh(scaled)
    floor = max(values[-1], 1e-8) * 1e-8
    return vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor)) / units


def _units(information: np.ndarray) -> np.ndarray:
    """Roots of the diagonal (q,): what makes gradient and information free of the units of measurement."""
    units = np.sqrt(np.abs(information.diagonal()))
    units[units == 0] = 1.0
    return units


def minimize_on_curve(
    value: Callable[..., Any],
    derivatives: Callable[..., Any],
    constraint: Callable[..., Any],
    n_equal: int,
    start: np.ndarray,
) -> Optimum | None:
    """Find the minimum where constraints hold, by sequential quadratic programming (Nocedal & Wright, ch. 18).

    Parameters
    ----------
    value, derivatives, start
        As for `minimize`.
    constraint : callable
        theta -> (values (k,), Jacobian (k, q)).
    n_equal : int
        How many of the values, the first ones, are to be zero; the others are not to be negative.

    Returns
    -------
    Optimum or None
        None where the start is outside the domain. The gradient is that of the Lagrangian; the value is infinite where
        the constraints could not be met. They are measured by how far, in units of a case's standard error, the
        parameters are from meeting them.
    """
    theta, penalty = np.array(start, float), 1.0
    current, gradient, information = derivatives(theta, False)
    if gradient is None:
        return None
    lagrangian, pushes = gradient, np.zeros(0)
    for iteration in range(1, MAX_ITERATIONS + 1):
        gaps, jacobian = constraint(theta)
        lengths = row_lengths(jacobian / _units(information))
        gaps, jacobian = gaps / lengths, jacobian / lengths[:, None]
        found = _step_along(information, gradient, gaps, jacobian, n_equal)
        if found is None:
            break
        step, multipliers = found
        pushes = multipliers[n_equal:]
        lagrangian = gradient - jacobian.T @ multipliers
        if np.max(np.abs(lagrangian / _units(information))) < ENOUGH and _violation(gaps, n_equal) < 1e-11:
            break
        penalty = max(penalty, 2 * np.max(np.abs(multipliers)))

        def merit(point, penalty=penalty, lengths=lengths):
            gaps, jacobian = constraint(point)
            if not (np.isfinite(gaps).all() and np.isfinite(jacobian).all()):
                return np.inf
            return value(point) + penalty * _violation(gaps / lengths, n_equal)

        size = _step_size(merit, theta, -step, current + penalty * _violation(gaps, n_equal))
        if size == 0.0:
            break
        theta = theta + size * step
        current, gradient, information = derivatives(theta, False)
    gaps, jacobian = constraint(theta)
    met = _violation(gaps / row_lengths(jacobian / _units(information)), n_equal) < CONSTRAINT_TOLERANCE
    return Optimum(theta, current if met else np.inf, lagrangian / _units(information), iteration, pushes)


def _violation(gaps: np.ndarray, n_equal: int) -> float:
    return float(np.abs(gaps[:n_equal]).sum() + np.maximum(-gaps[n_equal:], 0.0).sum())


def _step_along(
    information: np.ndarray, gradient: np.ndarray, gaps: np.ndarray, jacobian: np.ndarray, n_equal: int
) -> tuple[Any, ...] | None:
    """The step (q,) of least curved cost that meets linearised constraints, and their multipliers (k,).

    With inequalities it is a least-distance problem (Lawson & Hanson, 1995, ch. 23), which non-negative least squares
    solve; None where no step meets all of them.
    """
    k, q = jacobian.shape
    if n_equal == k:
        bordered = np.block([[information, jacobian.T], [jacobian, np.zeros((k, k))]])
        solution = np.linalg.lstsq(bordered, -np.concatenate([gradient, gaps]), rcond=None)[0]
        return solution[:q], -solution[q:]
    units = _units(information)
    from scipy.optimize import nnls  # slow to import, and few models have curved constraints

    values, vectors = np.linalg.eigh(information / (units[:, None] * units))
    root = vectors / np.sqrt(np.maximum(np.abs(values), max(values[-1], 1e-8) * 1e-8)) / units[:, None]
    pull = root.T @ gradient
    slopes = jacobian @ root
    wanted = slopes @ pull - gaps
    equal, bounds = slopes[:n_equal], slopes[n_equal:]
    first = np.linalg.pinv(equal) @ wanted[:n_equal]
    free = null_space(equal) if n_equal else np.eye(q)
    least = wanted[n_equal:] - bounds @ first
    table = np.vstack([(bounds @ free).T, least])
    target = np.append(np.zeros(free.shape[1]), 1.0)
    try:
        weights, _ = nnls(table, target)
    except RuntimeError:  # too many changes of what binds
        return None
    rest = target - table @ weights
    if rest[-1] < 1e-12:
        return None
    pushes = weights / rest[-1]
    whole = first - free @ rest[:-1] / rest[-1]
    return root @ (whole - pull), np.append(np.linalg.pinv(equal.T) @ (whole - bounds.T @ pushes), pushes)
