"""Standardized values with standard errors of their own, and the size of an interaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.threads import one_thread
from emolabor.sem.implied.quantities import (
    defined_draws,
    estimates,
    jacobian_by_differences,
    row_draws,
    spreads,
    standardized_draws,
)
from emolabor.sem.implied.values import wald

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.moderation.product_indicators import Interaction

NUMBERS = ("est", "se", "z", "pvalue", "ci_lower", "ci_upper")


@one_thread
def standardized_table(fit: Fit, level: float = 0.95) -> pd.DataFrame:
    """Tabulate standardized values (std_all) with the delta method's errors.

    The standard deviations that standardize are estimates too; their sampling error is in the interval, which that of
    the raw estimate times ``std_all / est`` leaves out (Bollen, 1989, *Structural Equations with Latent Variables*).

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        lhs, op, rhs, group, label, est, se, z, pvalue, ci_lower, ci_upper; the rows of `tidy`.

    Raises
    ------
    EmolaborError
        A level outside 0 to 1.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
    >>> fit = el.sem("y ~ x", sample_cov=cov, n_obs=101)
    >>> fit.standardized()[["est", "se"]].round(3).iloc[0].tolist()
    [0.5, 0.07]
    """
    theta = fit.estimate.theta
    own = estimates(fit.model, theta)[2]

    def function(thetas):
        values = standardized_draws(fit.model, thetas)
        return np.hstack([values, defined_draws(fit.table, values)])

    est = np.hstack([own, defined_draws(fit.table, own)])[0]
    frame = fit.tidy()[["lhs", "op", "rhs", "group", "label"]]
    return frame.assign(**_wald_columns(fit, function, est, level))


@one_thread
def interaction_size(fit: Fit, interaction: Interaction, level: float = 0.95) -> pd.Series:
    """Standardized coefficient of a product term.

    ``std_all`` of a product divides by the product's own standard deviation, which depends on the correlation of its
    factors and on their distributions. The appropriate value is b3 sd(x) sd(w) / sd(y): the change of the standardized
    slope of x with each standard deviation of w (Wen, Marsh & Hau, 2010, *Structural Equation Modeling* 17:1-22).

    Parameters
    ----------
    fit : Fit
        Of ``interaction.model`` to ``interaction.data``; one group.
    interaction : Interaction
        As `interaction` gives it.
    level : float
        Coverage of the interval (delta method), between 0 and 1.

    Returns
    -------
    Series
        est, se, z, pvalue, ci_lower, ci_upper.

    Raises
    ------
    EmolaborError
        The fit has several groups, ordered variables or no such product.

    Examples
    --------
    >>> import emolabor as el
    >>> model = "a =~ ex1 + ex2 + ex3; b =~ sa1 + sa2 + sa3; c =~ ps1 + ps2 + ps3; c ~ a + b"
    >>> prepared = el.interaction(model, el.simulate_staff(n=300, seed=1), "a", "b", "c")
    >>> el.interaction_size(el.sem(prepared.model, prepared.data, estimator="MLR"), prepared).round(2).to_dict()
    {'est': -0.07, 'se': 0.09, 'z': -0.74, 'pvalue': 0.46, 'ci_lower': -0.24, 'ci_upper': 0.11}
    """
    if fit.table.n_groups > 1:
        refuse("interaction_size", f"{fit.table.n_groups} groups", "a fit of one group")
    if fit.table.ordered:
        refuse("interaction_size", "a fit with ordered variables", "continuous ones")
    ends = (interaction.outcome, "~", interaction.term)
    places = [i for i, row in enumerate(fit.table.rows) if (row.lhs, row.op, row.rhs) == ends]
    if not places:
        raise EmolaborError(f"interaction: the fit has no '{' '.join(ends)}'; fit interaction.model")
    variables = fit.table.variables
    names = (*variables.observed, *variables.latent)
    x, w, y = (names.index(name) for name in (interaction.predictor, interaction.moderator, interaction.outcome))

    def function(thetas):
        (sd,), _ = spreads(fit.model, thetas, of_negative=np.nan)
        return (row_draws(fit.model, thetas)[:, places[0]] * sd[:, x] * sd[:, w] / sd[:, y])[:, None]

    est = function(fit.estimate.theta[None, :])[0]
    return pd.Series({name: values[0] for name, values in _wald_columns(fit, function, est, level).items()})


def _wald_columns(fit: Fit, function: Callable[..., Any], est: np.ndarray, level: float) -> dict[Any, Any]:
    """Estimates (k,) of a function of parameter vectors with delta-method errors and intervals."""
    gradient = jacobian_by_differences(function, fit.estimate.theta)
    variances = np.einsum("kq,qs,ks->k", gradient, fit.vcov().to_numpy(), gradient)
    # A value that is fixed by standardizing, such as the variance of what nothing explains, has no error but rounding.
    errors = np.where(np.isnan(est), np.nan, np.sqrt(np.where(variances < 1e-16, 0.0, variances)))
    return dict(zip(NUMBERS, (est, errors, *wald(est, errors, level, fit.model.degrees_of_errors)), strict=True))
