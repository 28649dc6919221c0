"""How much unmeasured confounding of mediator and outcome it takes to explain an indirect effect away.

The residuals of mediator and outcome are given a correlation rho, as an unmeasured common cause would (Imai, Keele &
Yamamoto, 2010), and the model is estimated again: rho is not identified by the data, hence a range of it is tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from emolabor.common.checks import check_level
from emolabor.common.errors import EmolaborError, refuse, refuse_because
from emolabor.common.threads import one_thread
from emolabor.sem.numerics import Effect, Row, effects_table, fit_table, list_effects

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from emolabor.sem.fit import Fit

GRID = np.arange(-8, 9) / 10
LABELS = {"covariance": ".confounding.", "mediator": ".residual.mediator.", "outcome": ".residual.outcome."}
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Confounding:
    """What a range of confounding does to an indirect effect.

    Attributes
    ----------
    curve : DataFrame
        rho, est, se, z, pvalue, ci_lower, ci_upper, std_all of the indirect effect at each rho; missing where the model
        does not converge.
    rho_zero : float
        Where the effect is zero; missing where it is not within the range.
    rho_not_significant : float
        The smallest confounding, in absolute value, at which the interval holds zero; 0 where it does without any,
        missing where it does nowhere within the range.
    """

    curve: pd.DataFrame
    rho_zero: float
    rho_not_significant: float


@one_thread
def confounding(
    fit: Fit, source: str, mediator: str, outcome: str, *, rho: ArrayLike = GRID, level: float = 0.95
) -> Confounding:
    """Try a range of unmeasured confounding of an indirect effect.

    Parameters
    ----------
    fit : Fit
        Of one group, in which `mediator` predicts `outcome` and their residuals do not covary.
    source, mediator, outcome : str
        The indirect effect: all ways from source to outcome whose last step is from the mediator.
    rho : sequence of float
        Correlations of the residuals of mediator and outcome, between -1 and 1.
    level : float
        Coverage of the interval (delta method), between 0 and 1.

    Returns
    -------
    Confounding
        The product of the shares of the two residual variances that the common cause explains is rho squared: a rho of
        .3 needs one that explains 30 % of both (or 18 % of one and half of the other).

    Raises
    ------
    EmolaborError
        No such effect, a residual covariance already in the model, several groups, ordered variables, a rho out of
        range.

    References
    ----------
    Imai, K., Keele, L., & Yamamoto, T. (2010). Identification, inference and sensitivity analysis for causal mediation
    effects. Statistical Science, 25(1), 51-71.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> names = ["x", "m", "y"]
    >>> cor = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.5], [0.3, 0.5, 1]], index=names, columns=names)
    >>> fit = el.sem("m ~ x; y ~ m + x", sample_cov=cor, n_obs=200)
    >>> round(el.confounding(fit, "x", "m", "y").rho_zero, 3)
    0.435
    """
    tried = np.sort(np.unique(np.asarray(rho, float)))
    if not len(tried) or np.any(~(np.abs(tried) < 1)):
        refuse("rho", tried.tolist(), "numbers between -1 and 1")
    check_level(level)
    effect = _effect(fit, source, mediator, outcome)
    table = _with_covariance(fit.table, mediator, outcome)
    known: dict[float, Any] = {}

    def at(value):
        """A row of the curve; the search starts from the nearest one known."""
        if value not in known:
            near = min((k for k in known if known[k] is not None), key=lambda k: abs(k - value), default=None)
            start = _start(fit, table, mediator, outcome, value) if near is None else known[near][1]
            known[value] = _refit(fit, table, value, start, effect, level)
        return known[value]

    for value in sorted(tried, key=abs):
        at(float(value))
    found = [(value, at(float(value))) for value in tried]
    columns = ["est", "se", "z", "pvalue", "ci_lower", "ci_upper", "std_all"]
    rows = [{"rho": value, **({} if one is None else one[0][columns].to_dict())} for value, one in found]
    curve = pd.DataFrame(rows, columns=["rho", *columns])
    multiple = ndtri((1 + level) / 2)
    zero = _root(curve, at, lambda row: row["est"])
    edge = _root(curve, at, lambda row: abs(row["est"]) - multiple * row["se"])
    start = at(0.0)
    if start is not None and start[0]["ci_lower"] <= 0 <= start[0]["ci_upper"]:
        edge = 0.0
    return Confounding(curve, zero, edge)


def _effect(fit, source, mediator, outcome):
    """The ways from source to outcome that end with the step from the mediator, as one effect."""
    if fit.table.n_groups > 1:
        refuse("confounding", f"{fit.table.n_groups} groups", "a fit of one group")
    if fit.table.ordered:
        refuse("confounding", "a fit with ordered variables", "continuous ones")
    ways = []
    for effect in list_effects(fit.table):
        if effect.source == source and effect.target == outcome and effect.kind == "specific":
            ways += [effect.ways[0]] if effect.via[-1] == mediator else []
    if not ways:
        raise EmolaborError(f"confounding: the model has no way {source} -> ... -> {mediator} -> {outcome}")
    return Effect(source, outcome, "indirect", 0, (mediator,), tuple(ways))


def _with_covariance(table, mediator, outcome):
    """The table with a labelled residual covariance and labelled residual variances."""
    labels, rows = {}, []
    for row in table.rows:
        ends = {row.lhs, row.rhs}
        if row.op == "~~" and ends == {mediator, outcome}:
            if row.free >= 0 or row.value:
                refuse_because("confounding", f"the model has '{row.lhs} ~~ {row.rhs}' already", "a model without it")
            continue
        for role, name in (("mediator", mediator), ("outcome", outcome)):
            if row.op == "~~" and ends == {name}:
                labels[role] = row.label or LABELS[role]
                row = replace(row, label=labels[role])
        rows.append(row)
    rows.append(Row(mediator, "~~", outcome, 0, table.n_free, None, LABELS["covariance"]))
    product = ("*", ("name", labels["mediator"]), ("name", labels["outcome"]))
    return replace(table, rows=tuple(rows), n_free=table.n_free + 1), product


def _start(fit, table, mediator, outcome, rho):
    """The fit's estimates with the covariance that rho makes of their residual variances."""
    variance = {row.lhs: row for row in table[0].rows if row.op == "~~" and row.lhs == row.rhs}
    theta = fit.estimate.theta
    values = [theta[row.free] if row.free >= 0 else row.value for row in (variance[mediator], variance[outcome])]
    return np.append(theta, rho * np.sqrt(max(values[0] * values[1], 0.0)))


def _refit(fit, table, rho, start, effect, level):
    """The effect at one rho and the estimates, or None where the search fails."""
    table, product = table
    tie = ("-", ("name", LABELS["covariance"]), ("*", ("number", rho), ("call", "sqrt", product)))
    own = replace(table, equalities=(*table.equalities, tie))
    try:
        found = fit_table(fit.text, own, list(fit.model.samples), fit.model.estimator, start, fit.model.fiml)
    except EmolaborError:
        return None
    if not found.converged or np.isnan(found.vcov().to_numpy()).any():
        return None
    return effects_table(found, [effect], level).iloc[0], found.estimate.theta


def _root(curve, at, value):
    """The rho nearest to zero at which a function of the effect changes sign; missing where it does not."""
    from scipy.optimize import brentq  # slow to import

    rows = [(row["rho"], value(row)) for _, row in curve.iterrows() if not np.isnan(row["est"])]
    roots = []
    for (left, low), (right, high) in pairwise(rows):
        if low == 0 or low * high < 0:

            def gap(rho):
                found = at(float(rho))
                return np.nan if found is None else value(found[0])

            roots.append(left if low == 0 else brentq(gap, left, right, xtol=TOLERANCE))
    return float(min(roots, key=abs)) if roots else np.nan
