"""Minimising a discrepancy by scoring with step control, then Newton steps to the bottom."""

from dataclasses import dataclass

import numpy as np

MAX_ITERATIONS = 500
GRADIENT_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: parameters, value, largest gradient, number of steps."""

    theta: np.ndarray
    value: float
    gradient: np.ndarray
    iterations: int

    @property
    def converged(self):
        """The gradient is small: every element at most 1e-8 in units of a case's log-likelihood."""
        return bool(np.isfinite(self.value) and np.max(np.abs(self.gradient), initial=0.0) <= GRADIENT_TOLERANCE)


def minimize(value, derivatives, start):
    """Find the minimum of a smooth function.

    Parameters
    ----------
    value : callable
        theta -> float, infinite outside the domain.
    derivatives : callable
        (theta, observed) -> (value, gradient, information): expected information far away, the Hessian nearby.
    start : ndarray (q,)

    Returns
    -------
    Optimum
        Fisher scoring (Lee & Jennrich, 1979) with step halving; once the steps are small the Hessian takes over,
        which doubles the correct digits at each step.
    """
    theta, near, damping, tries = np.array(start, float), False, 0.0, 0
    current, gradient, information = derivatives(theta, near)
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _direction(gradient, information, damping)
        decrement = float(gradient @ step)
        if near and decrement < 0:  # the Hessian is not positive definite here
            near = False
            current, gradient, information = derivatives(theta, near)
            continue
        size, moved = 1.0, False
        for _ in range(30):
            candidate = theta - size * step
            new = value(candidate)
            if new <= current + 1e-13 * max(1.0, abs(current)):
                moved = True
                break
            size /= 2
        small = decrement < 1e-17 or not moved
        if not moved and damping < 1e6 and decrement > 1e-12:
            damping = max(10 * damping, 1e-4)
            continue
        if moved:
            theta = candidate
            damping = damping / 10 if damping > 1e-10 else 0.0
            near = decrement < 1e-2 and size == 1.0
            current, gradient, information = derivatives(theta, near)
        tries = tries + 1 if small else 0
        if tries >= 2 or (small and np.max(np.abs(gradient)) < 1e-12):
            break
    return Optimum(theta, current, gradient, iteration)


def _direction(gradient, information, damping):
    diagonal = np.diag(information).copy()
    scaled = information + np.diag(damping * np.maximum(diagonal, 1e-8))
    try:
        np.linalg.cholesky(scaled)
        return np.linalg.solve(scaled, gradient)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(scaled)
        floor = max(values[-1], 1e-8) * 1e-8
        return vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor))
