"""Intervals that hold every value of a parameter under which the discrepancy is not much above its minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import chdtri

from emolabor.common.checks import check_level
from emolabor.common.errors import refuse_because
from emolabor.common.threads import one_thread
from emolabor.sem.language import expressions
from emolabor.sem.specification.constraints import build_constraints, label_values

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

STEPS = 200
CLOSE = 1e-5  # of the chi-square at an end: farther off, the end was not found


@one_thread
def likelihood_intervals(fit: Fit, level: float = 0.95) -> pd.DataFrame:
    """Likelihood-based intervals of the free parameters and of what the text defines.

    An end is where the parameter is largest (smallest) among all solutions whose chi-square is no more than that of one
    degree of freedom above the minimum (Neale & Miller, 1997). Unlike Wald intervals they need not be symmetric, and
    say the same of a parameter however the model is written.

    Parameters
    ----------
    level : float
        Coverage, between 0 and 1.

    Returns
    -------
    DataFrame
        lhs, op, rhs, group, label, est, ci_lower, ci_upper; an end that was not found is missing.

    Raises
    ------
    EmolaborError
        A fit whose differences in discrepancy are no chi-square (robust estimators, ULS, DWLS), that is not admissible,
        or whose text holds inequalities or curved constraints.

    References
    ----------
    Neale, M. C., & Miller, M. B. (1997). The use of likelihood-based confidence intervals in genetic models. Behavior
    Genetics, 27(2), 113-120.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> names = ["x", "m", "y"]
    >>> cor = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.5], [0.3, 0.5, 1]], index=names, columns=names)
    >>> fit = el.sem("m ~ a*x; y ~ b*m + x; ab := a*b", sample_cov=cor, n_obs=200)
    >>> fit.likelihood_intervals().query("op == ':='")[["lhs", "est", "ci_lower", "ci_upper"]].round(2)
      lhs   est  ci_lower  ci_upper
    5  ab  0.18      0.11      0.27
    """
    check_level(level)
    row = fit.model.estimator
    if row.test != "standard" or row.discrepancy == "dwls":
        reason = f"differences of {row.name}'s discrepancy have no chi-square distribution"
        refuse_because("likelihood_intervals", reason, "ML, GLS or pooled correlations; tidy() has Wald intervals")
    constraints = build_constraints(fit.table)
    if len(constraints.curved) or fit.table.inequalities:
        reason = "the text holds inequalities or curved constraints"
        refuse_because("likelihood_intervals", reason, "linear equalities; bootstrap() or monte_carlo()")
    if not fit.admissible:
        refuse_because("likelihood_intervals", fit.problems[0], "an admissible solution")
    ends = _Ends(fit, constraints, level)
    numbers, rows = {}, []
    for given in fit.table.rows:
        if given.free >= 0:
            if given.free not in numbers:
                numbers[given.free] = ends.of(lambda theta, at=given.free: (theta[at], np.eye(len(theta))[at]))
            head = [given.lhs, given.op, given.rhs, given.group + 1, given.label]
            rows.append([*head, fit.estimate.theta[given.free], *numbers[given.free]])
    for k, defined in enumerate(fit.table.defined):
        found = ends.of(lambda theta, k=k: _defined(fit.table, theta, k))
        est = _defined(fit.table, fit.estimate.theta, k)[0]
        own = fit.tidy().query("op == ':='").iloc[k]
        rows.append([own.lhs, ":=", own.rhs, 0, own.label, est, *found])
    columns = ["lhs", "op", "rhs", "group", "label", "est", "ci_lower", "ci_upper"]
    return pd.DataFrame(rows, columns=columns)


def _defined(table, theta, k):
    """Value and slope (q,) of the k-th defined parameter."""
    values, gradients = label_values(table, theta)
    for defined in table.defined[: k + 1]:
        value, slope = expressions.gradient(defined.tree, values, gradients)
        values[defined.name], gradients[defined.name] = value, np.broadcast_to(slope, (table.n_free,))
    return float(value), np.asarray(gradients[defined.name], float)


class _Ends:
    """The search for the ends of an interval, in units of the estimates' standard errors."""

    def __init__(self, fit: Fit, constraints: Any, level: float) -> None:
        self.model, self.hat = fit.model, fit.estimate.theta
        self.basis = constraints.basis
        self.rise = float(chdtri(1, 1 - level))
        self.least = self.model.value(self.hat)
        covariance = np.linalg.pinv(self.basis) @ fit.vcov().to_numpy() @ np.linalg.pinv(self.basis).T
        self.root = np.linalg.cholesky(0.5 * (covariance + covariance.T))

    def theta(self, step):
        """Parameters (q,) at a step (r,) from the estimates."""
        return self.hat + self.basis @ (self.root @ step)

    def excess(self, step):
        """How much of the chi-square that may be spent is left, and its slope (r,)."""
        value, gradient, _ = self.model.derivatives(self.theta(step))
        if gradient is None or not np.isfinite(value):
            return -1e6, np.zeros_like(step)
        spent = 2 * self.model.weight * (value - self.least)
        return self.rise - spent, -2 * self.model.weight * (self.root.T @ (self.basis.T @ gradient))

    def of(self, quantity):
        """Lower and upper end of a quantity, a function of the parameters that gives value and slope."""
        slope = self.root.T @ (self.basis.T @ quantity(self.hat)[1])
        length = np.linalg.norm(slope)
        if not length > 0:
            return np.nan, np.nan
        return tuple(self._end(quantity, side * slope / length, side / length) for side in (-1, 1))

    def _end(self, quantity, direction, side):
        """Where a quantity is farthest, searched from the Wald interval's end."""
        from scipy.optimize import minimize

        result = minimize(
            lambda step: -side * quantity(self.theta(step))[0],
            np.sqrt(self.rise) * direction,
            jac=lambda step: -side * (self.root.T @ (self.basis.T @ quantity(self.theta(step))[1])),
            constraints={
                "type": "ineq",
                "fun": lambda step: self.excess(step)[0],
                "jac": lambda step: self.excess(step)[1],
            },
            method="SLSQP",
            options={"maxiter": STEPS, "ftol": 1e-14},
        )
        reached = abs(self.excess(result.x)[0]) < CLOSE * self.rise
        return quantity(self.theta(result.x))[0] if reached else np.nan
