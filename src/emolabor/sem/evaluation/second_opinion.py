"""A second program's answer to the same question: semopy re-estimates the model, as far as it can be trusted to.

semopy gets the parameter table, not the user's text, in a form that leaves nothing to its defaults: every observed
variable is the only indicator of a latent variable, without residual, and every parameter, free or fixed, is written
out by number. It searches from the same starting values with its own likelihood, derivatives and optimiser.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common import html
from emolabor.common.extras import require
from emolabor.sem.estimation.start import start_values
from emolabor.sem.implied.ram import build_structure

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

# The default tolerance of semopy's optimiser leaves errors in the second decimal.
TOLERANCE = 1e-13
# A difference below this depends on the machine's arithmetic and is not told more finely.
FINEST = 1e-5


@dataclass(frozen=True)
class SecondOpinion:
    """What semopy found for the same model and data.

    Attributes
    ----------
    asked : bool
        Whether semopy could be asked.
    reason : str
        Why it could not; otherwise semopy's complaint about its own search, empty where it had none.
    table : DataFrame
        One row a free parameter: lhs, op, rhs, est, theirs, difference (est - theirs).
    largest_difference : float
        The largest absolute difference; missing where semopy was not asked.
    chisq : dict
        The chi-square of "emolabor" and of "semopy".
    """

    asked: bool
    reason: str
    table: pd.DataFrame
    largest_difference: float = np.nan
    chisq: dict[str, float] = field(default_factory=dict)

    def _lines(self):
        if not self.asked:
            return [f"semopy was not asked: {self.reason}"]
        bound = max(FINEST, 10.0 ** np.ceil(np.log10(max(self.largest_difference, FINEST))))
        lines = [
            f"semopy estimated the same {len(self.table)} free parameters: largest difference below {bound:.0e}",
            f"Chi-square: emolabor {self.chisq['emolabor']:.3f}, semopy {self.chisq['semopy']:.3f}",
        ]
        return lines + ([f"semopy's search ended with: {self.reason}"] if self.reason else [])

    def _shown(self):
        return self.table.drop(columns="difference")

    def __repr__(self):
        table = [self._shown().to_string(index=False, float_format=html.decimals)] if self.asked else []
        return "\n".join(self._lines() + table)

    def _repr_html_(self):
        parts = [html.paragraph(line) for line in self._lines()]
        return "\n".join(parts + ([html.table(self._shown())] if self.asked else []))


def ask_semopy(fit: Fit) -> SecondOpinion:
    """Have semopy re-estimate a fitted model.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.

    Returns
    -------
    SecondOpinion
        The question can be put for one group, complete data, maximum likelihood (MLM and MLR have its estimates), no
        fixed exogenous observed variables, no constraints beyond shared labels, unrestricted means, no negative
        variance; else `reason` says what stands against it.

    Raises
    ------
    EmolaborError
        semopy is not installed.

    References
    ----------
    Meshcheryakov, G., Igolkina, A. A., & Samsonova, M. G. (2021). semopy 2: A structural equation modeling package with
    random effects in Python. arXiv:2106.01140.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> names = ["x1", "x2", "x3", "x4"]
    >>> cov = pd.DataFrame(0.5 + 0.5 * np.eye(4), index=names, columns=names)
    >>> opinion = el.cfa("f =~ x1 + x2 + x3 + x4", sample_cov=cov, n_obs=200).second_opinion()
    >>> opinion.asked, bool(opinion.largest_difference < 1e-5)
    (True, True)
    """
    reason = why_not(fit)
    if reason:
        return SecondOpinion(False, reason, pd.DataFrame(columns=["lhs", "op", "rhs", "est", "theirs", "difference"]))
    theirs, discrepancy, complaint = _their_estimates(fit.table, fit.model.samples[0])
    rows = {}
    for row in fit.table.rows:
        if row.free in theirs and row.free not in rows:
            rows[row.free] = (row.lhs, row.op, row.rhs, fit.estimate.theta[row.free], theirs[row.free])
    table = pd.DataFrame(list(rows.values()), columns=["lhs", "op", "rhs", "est", "theirs"])
    table["difference"] = table.est - table.theirs
    chisq = {"emolabor": float(fit.fit_measures().chisq), "semopy": float(fit.model.weight * discrepancy)}
    return SecondOpinion(True, complaint, table, float(table.difference.abs().max()), chisq)


def why_not(fit):
    """The reason why semopy cannot be asked about a fit, in words; empty where it can."""
    table = fit.table
    if table.n_groups > 1:
        return f"the model has {table.n_groups} groups; semopy fits each group by itself"
    if not fit.model.estimator.likelihood:
        return f"the estimator is {fit.estimator}; semopy is right for maximum likelihood only"
    if fit.model.samples[0].incomplete:
        return "answers are missing; semopy is right for complete data only"
    if table.variables.fixed_x:
        names = ", ".join(table.variables.fixed_x)
        return f"the model has observed exogenous variables ({names}), which semopy takes into account in another way"
    if table.equalities or table.inequalities:
        return "the model has constraints (==, < or >), under which semopy's numbers are not right"
    if _means_restricted(table):
        return "the model restricts means, and semopy is right for covariances only"
    if not table.n_free or not fit.converged or not np.isfinite(fit.vcov().to_numpy()).all():
        return "there is no solution to compare with: " + (fit.problems[0] if fit.problems else "nothing is free")
    for row in table.rows:
        value = fit.estimate.theta[row.free] if row.free >= 0 else row.value
        if row.op == "~~" and row.lhs == row.rhs and value < 0:
            return f"the variance of {row.lhs} is negative, and semopy keeps variances at zero or above"
    return ""


def _means_restricted(table):
    """Whether anything but one free intercept for each observed variable is in the mean structure."""
    if not table.mean_structure:
        return False
    free = [row.free for row in table.rows if row.free >= 0]
    alone = [row for row in table.rows if row.op == "~1" and row.free >= 0 and free.count(row.free) == 1]
    return {row.lhs for row in alone} != set(table.variables.observed)


def semopy_text(table):
    """Write a parameter table in semopy's syntax, with ``p7`` for the free parameter number 7.

    Parameters
    ----------
    table : ParameterTable
        One group; the means are left out.

    Returns
    -------
    str
        Variables are ``v0, v1 ...``: the observed first, measured without error by ``o0, o1 ...``, then the latent.
    """
    observed = table.variables.observed
    names = {name: f"v{i}" for i, name in enumerate((*observed, *table.variables.latent))}
    lines = []
    for i in range(len(observed)):
        lines += [f"v{i} =~ 1*o{i}", f"o{i} ~~ 0*o{i}"]
    for row in table.rows:
        if row.op != "~1":
            factor = f"p{row.free}" if row.free >= 0 else float(row.value)
            lines.append(f"{names[row.lhs]} {row.op} {factor}*{names[row.rhs]}")
    return "\n".join(lines)


def _their_estimates(table, sample):
    """Estimates of semopy by number of the free parameter, its discrepancy, and its complaint or nothing."""
    require("semopy")
    import semopy

    with _silent_logging():
        model = semopy.Model(semopy_text(table), cov_diag=True)
        start = start_values(table, [sample], [build_structure(table, 0, sample.cov, sample.mean)])
        for number, value in enumerate(start):
            if f"p{number}" in model.parameters:  # intercepts are not
                # Not at the solution, where our start may be: semopy takes a discrepancy rounded below 0 for infinite.
                model.parameters[f"p{number}"].start = 0.9 * float(value)
        names = [f"o{i}" for i in range(len(sample.cov))]
        cov = pd.DataFrame(sample.cov, index=names, columns=names)
        with np.errstate(all="ignore"):
            result = model.fit(cov=cov, n_samples=sample.n, options={"ftol": TOLERANCE})
    active = [name for name, parameter in model.parameters.items() if parameter.active]
    estimates = {int(name[1:]): float(value) for name, value in zip(active, model.param_vals, strict=True)}
    return estimates, float(result.fun), "" if result.success else str(result.message)


@contextmanager
def _silent_logging():
    """Keep semopy, which logs to the root logger, from writing to standard error."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
