"""A structural model of pooled correlations: the second stage (Cheung & Chan, 2005)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.common.threads import one_thread
from emolabor.evidence.pooling import Pooled
from emolabor.sem.numerics import POOLED_CORRELATIONS, build_table, correlation_sample, fit_table, parse_model

if TYPE_CHECKING:
    from emolabor.sem import Fit


@one_thread
def masem(model: str, pooled: Pooled) -> Fit:
    """Fit a structural equation model to pooled correlations.

    Weighted least squares, the weights being the inverse of the pooled correlations' covariance matrix. All variables
    have variance one: residual variances are what the predictors leave, and exogenous variables are free to covary.

    Parameters
    ----------
    model : str
        As `sem` takes it, of the pooled variables; latent variables may be measured by them.
    pooled : Pooled
        From `pool`.

    Returns
    -------
    Fit
        Estimates are standardized. As any other: ``tidy``, ``effects``, ``fit_measures``, ``monte_carlo``,
        ``likelihood_intervals``, ``residuals``, ``modification_indices``. What needs cases it refuses.

    Raises
    ------
    EmolaborError
        A mistake in the text; a variable that was not pooled; a model that needs cells no study has, all of them named.
        Cells whose pooled correlations are not positive definite.

    Notes
    -----
    N of the fit indices are all respondents of the tables that have one of the model's cells; the chi-square does not
    depend on it.

    References
    ----------
    Cheung, M. W.-L. (2015). Meta-analysis: A structural equation modeling approach. Wiley.
    Cheung, M. W.-L., & Chan, W. (2005). Meta-analytic structural equation modeling: A two-stage approach. Psychological
    Methods, 10(1), 40-64.

    Examples
    --------
    >>> import emolabor as el
    >>> tables = el.load_published()
    >>> pooled = el.pool(el.code_tables(tables, el.load_coding()))
    >>> fit = el.masem("exhaustion ~ role_pressure; proactive_service ~ exhaustion + role_pressure", pooled)
    >>> fit.tidy().query("op == '~'")[["lhs", "rhs", "est", "ci_lower", "ci_upper"]].round(2)
                     lhs            rhs   est  ci_lower  ci_upper
    0         exhaustion  role_pressure  0.29      0.09      0.49
    1  proactive_service     exhaustion -0.24     -0.32     -0.16
    2  proactive_service  role_pressure -0.06     -0.20      0.08
    """
    if not isinstance(pooled, Pooled):
        refuse("pooled", shown(pooled), "what pool() returns")
    if not isinstance(model, str):
        refuse("model", shown(model), "a text such as 'y ~ x'")
    syntax = parse_model(model)
    mean = next((term for term in syntax.terms if term.op == "~1"), None)
    if mean is not None:
        refuse_because(
            "model", f"it has a mean ({mean.lhs} ~ 1), of which correlations say nothing", "a text without ~ 1"
        )
    names = build_table(syntax, fixed_x=False).variables.observed
    unknown = [name for name in names if name not in pooled.cor]
    if unknown:
        refuse_because("model", f"{', '.join(unknown)} is in no table that was pooled", ", ".join(pooled.cor))
    lacking = [f"{a}~{b}" for a, b in pooled.missing if a in names and b in names]
    if lacking:
        reason = f"it needs correlations that no study has: {', '.join(lacking)}"
        refuse_because("model", reason, _what_is_left(pooled, names))
    cor = pooled.cor.loc[list(names), list(names)].to_numpy()
    if np.linalg.eigvalsh(cor)[0] <= 0:
        reason = "the pooled correlations of the model's variables are not positive definite"
        refuse_because("pooled", reason, "fewer variables")
    i, j = np.triu_indices(len(names), 1)
    pairs = zip(pooled.cells["a"], pooled.cells["b"], pooled.acov, strict=True)
    known = {frozenset((a, b)): label for a, b, label in pairs}
    cells = [known[frozenset((names[a], names[b]))] for a, b in zip(i, j, strict=True)]
    behind = pooled.cells.set_axis(pooled.acov.index).loc[cells, "studies"].str.split(", ").explode().unique()
    n = sum(pooled.tables[key].n for key in behind)
    sample = correlation_sample(cor, pooled.acov.loc[cells, cells].to_numpy(), n)
    fit = fit_table(model, _of_correlations(syntax, names), [sample], POOLED_CORRELATIONS)
    return replace(fit, columns=tuple(pooled.cor))


def _of_correlations(syntax, names):
    """The parameter table without means, and with every variance of an observed variable following from the rest."""
    table = build_table(syntax, fixed_x=False, ordered=tuple((name, 0) for name in names))
    rows = []
    for row in table.rows:
        if row.op == "~~" and row.lhs == row.rhs and row.lhs in names:
            row = replace(row, free=-1, value=1.0, derived=True)
        if row.op != "~1":
            rows.append(row)
    number = {free: k for k, free in enumerate(sorted({row.free for row in rows if row.free >= 0}))}
    rows = tuple(replace(row, free=number.get(row.free, -1)) for row in rows)
    return replace(table, rows=rows, n_free=len(number), mean_structure=False)


def _what_is_left(pooled, names):
    """The largest set of the model's variables whose correlations are all there."""
    kept = list(names)
    holes = [pair for pair in pooled.missing if set(pair) <= set(kept)]
    while holes:
        worst = max(kept, key=lambda name: (sum(name in pair for pair in holes), kept.index(name)))
        kept.remove(worst)
        holes = [pair for pair in holes if worst not in pair]
    return f"a model of {', '.join(kept)}" if len(kept) > 1 else "a model of other variables"
