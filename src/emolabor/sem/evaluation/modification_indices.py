"""Modification indices: what a fit would gain, and by how much it would move, if one fixed parameter were freed.

The score test of one parameter (Sorbom, 1989) with the parameter change it predicts (Saris, Satorra & Sorbom, 1987).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_whole
from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem.discrepancy import dwls
from emolabor.sem.discrepancy.normal import slope_of_entries
from emolabor.sem.implied.quantities import standard_deviations
from emolabor.sem.implied.ram import build_structure, derivative_columns, implied_moments
from emolabor.sem.implied.values import standardizing_units
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.specification.parameter_table import Row

if TYPE_CHECKING:
    from emolabor.sem.estimation.model import Model
    from emolabor.sem.fit import Fit
    from emolabor.sem.specification.parameter_table import ParameterTable

# Of a candidate's information, the share that the free parameters leave: below it, freeing changes nothing.
NOTHING_LEFT = 1e-8
COLUMNS = ("lhs", "op", "rhs", "group", "mi", "epc", "sepc_lv", "sepc_all", "sepc_nox")
OPERATORS = ("=~", "~", "~~", "~1")


def modification_indices(
    fit: Fit, minimum: float = 0.0, op: str | None = None, largest: int | None = None
) -> pd.DataFrame:
    """Find what freeing each fixed or absent parameter would gain.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    minimum : float
        Rows with a smaller index are left out.
    op : str, optional
        Only rows with this operator: ``=~``, ``~``, ``~~`` or ``~1``.
    largest : int, optional
        The so many largest, the largest first; otherwise all in lavaan's order.

    Returns
    -------
    DataFrame
        lhs, op, rhs, group, mi (the expected drop of the chi-square), epc (the expected change of the parameter),
        sepc_lv, sepc_all, sepc_nox (that change standardized for latent variables, for all, for all but fixed exogenous
        ones; covariances in units of the residuals). The rows are those of lavaan's ``modindices()``: first the fixed
        parameters of the table, then cross-loadings, residual covariances, covariances of latent variables,
        regressions. Left out is what the data could not tell from the free parameters, the moments of fixed exogenous
        variables, whose index is zero for any data, and the scales of ordered variables. Expected information, whatever
        the standard errors; a test of each parameter alone, not scaled.

    Raises
    ------
    EmolaborError
        No convergence, a model that is not identified, an unknown operator, or `largest` below 1.

    References
    ----------
    Saris, W. E., Satorra, A., & Sorbom, D. (1987). The detection and correction of specification errors in structural
    equation models. Sociological Methodology, 17, 105-129.
    Sorbom, D. (1989). Model modification. Psychometrika, 54(3), 371-384.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.sem("a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3", el.simulate_staff(n=300, seed=1))
    >>> fit.modification_indices(largest=3)[["lhs", "op", "rhs", "mi", "epc", "sepc_all"]].round(2)
       lhs  op  rhs    mi   epc  sepc_all
    0  ex1  ~~  ex2  8.01  0.14      0.37
    1  ex3  ~~  ex4  7.96  0.13      0.25
    2    b  =~  ex1  2.43  0.11      0.07
    """
    if op is not None and op not in OPERATORS:
        refuse("op", shown(op), OPERATORS)
    if largest is not None:
        check_whole("largest", largest, 1)
    if not fit.converged:
        refuse_because("modification_indices", fit.problems[0], "a fit that converged")
    model, estimate = fit.model, fit.estimate
    inverse = bordered_inverse(model.information(estimate.theta), estimate.basis)
    if inverse is None:
        refuse_because("modification_indices", "the model is not identified", "a model that is")
    rows = candidates(fit.table)
    score, own, spent = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(rows))
    for group, (share, sample) in enumerate(zip(model.case_shares, model.samples, strict=True)):
        here = [i for i, row in enumerate(rows) if row.group == group]
        slope, own[here], cross = _group_parts(model, estimate.theta, group, [rows[i] for i in here])
        cross = share * cross
        score[here], own[here] = -share * slope, share * own[here]
        if not model.estimator.likelihood:  # as in lavaan, whose slope counts n - 1 cases and whose information n
            score[here] *= sample.weight / sample.n
        spent[here] = np.einsum("ij,ij->i", cross @ inverse, cross)
    left = own - spent
    telling = left > NOTHING_LEFT * own
    rows = [row for row, tells in zip(rows, telling, strict=True) if tells]
    epc = score[telling] / left[telling]
    values = (model.n_obs * score[telling] * epc, epc, *_standardized(fit, rows, epc))
    labels = [(row.lhs, row.op, row.rhs, row.group + 1) for row in rows]
    frame = pd.DataFrame(labels, columns=COLUMNS[:4])
    for name, value in zip(COLUMNS[4:], values, strict=True):
        frame[name] = value
    chosen = frame["mi"] >= minimum
    if op is not None:
        chosen &= frame["op"] == op
    frame = frame[chosen]
    if largest is not None:
        frame = frame.sort_values("mi", ascending=False, kind="stable").head(largest)
    return frame.reset_index(drop=True)


def candidates(table: ParameterTable) -> list[Row]:
    """Rows of a table that are not free, then the cross-loadings, covariances and regressions it does not have."""
    variables = table.variables
    exogenous = set(variables.fixed_x)
    fixed = [r for r in table.rows if r.free < 0 and not (r.from_data or r.derived or r.op == "~*~")]
    first = [row for row in table.rows if row.group == 0]
    loaded = {row.rhs for row in first if row.op == "=~"}
    indicators = [name for name in variables.observed if name in loaded]
    sides = [[getattr(row, side) for row in first if row.op == "~"] for side in ("lhs", "rhs")]
    joined = list(dict.fromkeys(sides[0] + sides[1]))
    loadable = [name for name in variables.observed if name not in joined]
    pairs = [("=~", latent, name) for latent in variables.latent for name in loadable]
    for names in (indicators, variables.latent):
        pairs += [("~~", a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    loadings = {(a, b) for a in indicators for b in variables.latent}
    pairs += [("~", a, b) for a in joined for b in joined if a != b and (a, b) not in loadings]
    # Of ordered outcomes' covariates nothing is modelled, so that nothing predicts them.
    pairs = [
        p for p in pairs if not {*p[1:]} <= exogenous and not (table.ordered and p[0] == "~" and p[1] in exogenous)
    ]
    given = {_key(row.op, row.lhs, row.rhs) for row in first}
    absent = [(op, a, b) for op, a, b in pairs if _key(op, a, b) not in given]
    return fixed + [Row(a, op, b, group, 0) for group in range(table.n_groups) for op, a, b in absent]


def _key(op: str, lhs: str, rhs: str) -> tuple[Any, ...]:
    return (op, *sorted((lhs, rhs))) if op == "~~" else (op, lhs, rhs)


def _group_parts(model: Model, theta: np.ndarray, group: int, rows: Sequence[Any]) -> tuple[Any, ...]:
    """What a case tells of one group's candidates.

    Slopes of half the discrepancy (k,), own information (k,) and that shared with the free parameters (k, q).
    """
    structure, sample = model.structures[group], model.samples[group]
    implied = implied_moments(structure, theta)
    if model.table.ordered:
        return _ordinal_parts(model, theta, group, rows)
    own_rows = tuple(replace(row, free=i, group=0) for i, row in enumerate(rows))
    table = replace(model.table, rows=own_rows, n_free=len(rows))
    other = derivative_columns(build_structure(table, 0, sample.cov, sample.mean), implied)
    free = derivative_columns(structure, implied)
    fixed = np.zeros(len(implied.sigma))
    fixed[list(model.exogenous)] = 1.0
    # What a candidate changes among fixed exogenous variables alone is no information: it is taken out again.
    among = (other[0] * fixed[:, None], other[1] * fixed[:, None], other[2])
    slope, own, cross = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros((len(rows), len(structure.parameter)))
    for o, share, inverse, weighted, pull, twice in model.discrepancies[group].pieces(structure, implied):
        a, b, x = ((left[o], right[o], weight) for left, right, weight in (other, free, among))
        slope += share * slope_of_entries(*a, weighted, pull)
        own += share * _same(a, a, inverse, twice)
        cross += share * _pairs(a, b, inverse, twice)
        if model.exogenous:
            own += share * (_same(x, x, inverse, twice) - 2 * _same(a, x, inverse, twice))
            cross -= share * _pairs(x, b, inverse, twice)
    by_parameter = np.zeros((len(rows), structure.n_parameters))
    np.add.at(by_parameter.T, structure.parameter, cross.T)
    return slope, own, by_parameter


def _ordinal_parts(model: Model, theta: np.ndarray, group: int, rows: Sequence[Any]) -> tuple[Any, ...]:
    """The same where variables are ordered."""
    structure, sample = model.structures[group], model.samples[group]
    keys = {_key(row.op, row.lhs, row.rhs) for row in rows}
    kept = [row for row in model.table.rows if row.group == group and _key(row.op, row.lhs, row.rhs) not in keys]
    own_rows = [replace(row, free=i, group=0) for i, row in enumerate(rows)]
    own_rows += [replace(row, free=-1, value=0.0, group=0) for row in kept]
    table = replace(model.table, rows=tuple(own_rows), n_free=len(rows))
    other = build_structure(table, 0, sample.cov, sample.mean)
    slopes = dwls.jacobian(structure, theta, free=other)
    weighted = model.discrepancies[group].weighed(slopes)
    gap = sample.statistics.values - dwls.implied_statistics(structure, theta)
    return -(gap @ weighted), np.sum(slopes * weighted, axis=0), weighted.T @ dwls.jacobian(structure, theta)


def _pairs(a: Sequence[Any], b: Sequence[Any], inverse: np.ndarray, twice: bool) -> np.ndarray:
    """Information shared by two sets of entries (k, m), each as (u (p, k), v (p, k), weight (k,))."""
    u, v, w = inverse @ a[0], inverse @ a[1], a[2]
    uu = u.T @ b[0]
    result = uu * (v.T @ b[1]) + (u.T @ b[1]) * (v.T @ b[0]) + np.outer(w, b[2]) * uu
    return result + 2 * (a[0] * a[1]).T @ (b[0] * b[1]) if twice else result


def _same(a: Sequence[Any], b: Sequence[Any], inverse: np.ndarray, twice: bool) -> np.ndarray:
    """The diagonal (k,) of `_pairs` of two sets of equal size."""
    u, v = inverse @ a[0], inverse @ a[1]
    uu = np.sum(u * b[0], axis=0)
    crossed = np.sum(u * b[1], axis=0) * np.sum(v * b[0], axis=0)
    result = uu * np.sum(v * b[1], axis=0) + crossed + a[2] * b[2] * uu
    return result + 2 * np.sum(a[0] * a[1] * b[0] * b[1], axis=0) if twice else result


def _standardized(fit: Fit, rows: Sequence[Any], epc: np.ndarray) -> tuple[Any, ...]:
    """Changes in units of the latent variables, of all variables, and of all but fixed exogenous predictors."""
    units = standard_deviations(fit.model, fit.estimate.theta[None, :])[0]
    table = replace(fit.table, rows=tuple(rows))
    result = []
    for only_latent in (True, False):
        times, over = standardizing_units(table, only_latent)
        unit = units[over[:, 0]] * units[over[:, 1]]
        result.append(epc * units[times] / np.where(unit > 0, unit, np.nan))
    variables = fit.table.variables
    exogenous = np.array([row.op == "~" and row.rhs in variables.fixed_x + variables.random_x for row in rows], bool)
    return *result, np.divide(result[1], units[times], out=result[1].copy(), where=exogenous & (units[times] > 0))
