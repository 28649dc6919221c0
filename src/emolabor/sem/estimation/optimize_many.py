"""Minimising thousands of discrepancies at once, or one whose Hessian costs far more than its gradient.

All start near their minimum and take steps with one information matrix, which each improves by its own gradients
(limited-memory BFGS; Nocedal & Wright, 2006, algorithm 7.4). What has not converged after a few steps is left to the
careful search of `estimation.optimize`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEPS, COMPLETIONS, MEMORY = 40, 20, 8
NEAR = 1e-3  # of the gain where rows were completed last: below it another completion brings more than another step
DECREMENT = 1e-12  # g' H^-1 g before the last step: 3e-5 of a standard error at n = 1,000, which that step takes away


def minimize_many(
    evaluate: Callable[..., Any], start: np.ndarray, inverse: np.ndarray, decrement: float | np.ndarray = DECREMENT
) -> tuple:
    """Minimise many smooth functions.

    Parameters
    ----------
    evaluate : callable
        (numbers (R',), alphas (R', r)) -> values (R',) and gradients (R', r) of the functions of these numbers.
    start : ndarray (R, r)
    inverse : ndarray (r, r)
        Inverse information at the start.
    decrement : float or ndarray (R,)
        A function is done when g' H^-1 g is below.

    Returns
    -------
    tuple
        alphas (R, r), values (R,) one step before them, converged (R,) bool.
    """
    alphas = start.copy()
    values, converged = np.full(len(start), np.nan), np.zeros(len(start), bool)
    active, below = np.arange(len(start)), np.broadcast_to(decrement, len(start))
    history = []
    previous = None
    for _ in range(STEPS):
        value, gradient = evaluate(active, alphas[active])
        if previous is not None:
            history = [*history, (previous[0], gradient - previous[1])][-MEMORY:]
        step = _two_loops(gradient, history, inverse)
        gain = np.einsum("ri,ri->r", gradient, step)
        with np.errstate(invalid="ignore"):
            done = np.abs(gain) < below[active]
            lost = ~np.isfinite(value) | (gain < -1e-12)
        values[active[done]] = value[done]
        alphas[active[done]] -= step[done]
        converged[active[done]] = True
        going = ~(done | lost)
        if not going.any():
            break
        active, step = active[going], -step[going]
        alphas[active] += step
        previous = step, gradient[going]
        history = [(s[going], y[going]) for s, y in history]
    return alphas, values, converged


def minimize_completed(
    complete: Callable[..., Any],
    evaluate: Callable[..., Any],
    start: np.ndarray,
    count: int,
    inverse: np.ndarray,
    left_open: np.ndarray,
) -> tuple:
    """Minimise many discrepancies of incomplete rows, each in a few E-steps.

    An E-step costs many times the gradient at completed moments. With these held the gradient is that of the incomplete
    rows where they were completed; away from there it lacks what the completion would change, which is close to what
    it changes in the sample that the search starts from. So each search goes on with that taken into account, and the
    rows are completed anew where it ends.

    Parameters
    ----------
    complete : callable
        (numbers (R',), alphas (R', r) or (1, r)): completes the rows of these numbers there.
    evaluate : callable
        (numbers (R',), alphas (R', r)) -> values (R',) and gradients (R', r) with the rows as they were completed last.
    start : ndarray (r,)
        Where all start.
    count : int
        How many.
    inverse, left_open : ndarray (r, r)
        Inverse information at the start, and what the information of complete rows exceeds it by.

    Returns
    -------
    tuple
        alphas (R, r), converged (R,) bool: as `minimize_many` decides it, by gradients of the incomplete rows.
    """
    alphas, converged, active = np.tile(start, (count, 1)), np.zeros(count, bool), np.arange(count)
    complete(active, start[None])
    for _ in range(COMPLETIONS):
        where = alphas[active]
        gradient = evaluate(active, where)[1]
        gains = np.sum((gradient @ inverse) * gradient, axis=1)
        alphas[active], near = _held(evaluate, active, where, inverse, left_open, gains)
        done = near & (gains < DECREMENT)
        converged[active[done]] = True
        active = active[near & ~done]
        if not len(active):
            break
        complete(active, alphas[active])
    return alphas, converged


def _held(evaluate, active, where, inverse, left_open, gains):
    """Search on with the rows as they were completed at `where`; as `minimize_completed`."""

    def evaluate_near(chosen, alphas):
        value, gradient = evaluate(active[chosen], alphas)
        return value, gradient - (alphas - where[chosen]) @ left_open

    alphas, _, converged = minimize_many(evaluate_near, where, inverse, NEAR * gains)
    return alphas, converged


def _two_loops(gradient: np.ndarray, history: Sequence[Any], inverse: np.ndarray) -> np.ndarray:
    """Apply the improved inverse information to gradients (R, r)."""
    direction = gradient.copy()
    weights = []
    for s, y in reversed(history):
        product = np.einsum("ri,ri->r", s, y)
        rho = np.where(product > 1e-30, 1.0 / np.where(product > 1e-30, product, 1.0), 0.0)
        alpha = rho * np.einsum("ri,ri->r", s, direction)
        direction -= alpha[:, None] * y
        weights.append((s, y, rho, alpha))
    direction = direction @ inverse
    for s, y, rho, alpha in reversed(weights):
        beta = rho * np.einsum("ri,ri->r", y, direction)
        direction += (alpha - beta)[:, None] * s
    return direction
