"""Starting values: close enough for scoring to find its way, cheap enough not to be noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure
    from emolabor.sem.observed.samples import Sample
    from emolabor.sem.specification.parameter_table import ParameterTable

# Parts of an observed variance between which the starting value of a common or residual variance is kept.
LEAST, MOST = 0.1, 0.9
ORDERED = ("|", "~*~")  # thresholds and scales: not in the matrices of a structure


@dataclass(frozen=True)
class Plan:
    """What a group's starting values are made from.

    `pattern` (p, m) tells which observed variable indicates which of the m measured latent variables, `first` (m,)
    the first indicator of each; `latent` (m,) their places among all variables; `marker` (m,) the indicator with a
    fixed loading (-1: none) and `fixed` (m,) its loading, or the fixed variance where there is no marker. `given`
    (n_entries,) holds the values that the text states for free entries, missing elsewhere. `error` (m,) is the fixed
    residual variance of a single indicator, missing elsewhere. `outcomes` lists, for each outcome, its place and those
    of its predictors; `exogenous` (v,) tells which variables are neither outcomes nor indicators.
    """

    pattern: np.ndarray
    first: np.ndarray
    latent: np.ndarray
    marker: np.ndarray
    fixed: np.ndarray
    given: np.ndarray
    error: np.ndarray
    outcomes: tuple[Any, ...]
    exogenous: np.ndarray


def start_values(table: ParameterTable, samples: list[Sample], structures: Sequence[Structure]) -> np.ndarray:
    """Guess every free parameter from the sample moments.

    Parameters
    ----------
    table : ParameterTable
    samples : list of Sample
        One a group, in the order of ``table.variables.observed``.
    structures : sequence of Structure
        One a group.

    Returns
    -------
    ndarray (n_free,)
        Loadings by the instrumental-variable rule of Hagglund (1982); (co)variances of latent variables from the
        covariances among their indicators; regressions by least squares from those; residual variances as what is
        left; intercepts at the sample mean, thresholds at the sample's. Where a label is shared, the mean of the
        guesses.
    """
    totals, counts = np.zeros(table.n_free), np.zeros(table.n_free)
    for group, (structure, sample) in enumerate(zip(structures, samples, strict=True)):
        plan = _plan(table, group)
        guesses = _guesses(structure, plan, sample)
        np.add.at(totals, structure.parameter, np.where(np.isnan(plan.given), guesses, plan.given))
        np.add.at(counts, structure.parameter, 1.0)
        for number, value in _ordered_guesses(table, group, sample):
            totals[number] += value
            counts[number] += 1.0
    return totals / np.maximum(counts, 1.0)


@lru_cache(maxsize=256)
def _plan(table: ParameterTable, group: int) -> Plan:
    rows = [row for row in table.rows if row.group == group]
    names = (*table.variables.observed, *table.variables.latent)
    position = {name: i for i, name in enumerate(names)}
    p = len(table.variables.observed)
    blocks, outcomes, exogenous = {}, {}, np.ones(len(names), bool)
    for row in rows:
        if row.op in ("=~", "~"):
            exogenous[position[row.rhs if row.op == "=~" else row.lhs]] = False
        if row.op == "=~" and position[row.rhs] < p:
            blocks.setdefault(position[row.lhs], []).append(row)
        elif row.op == "~":
            outcomes.setdefault(position[row.lhs], []).append(position[row.rhs])
    pattern = np.zeros((p, len(blocks)))
    marker, fixed, error = np.full(len(blocks), -1), np.ones(len(blocks)), np.full(len(blocks), np.nan)
    variances = {position[row.lhs]: row.value for row in rows if row.op == "~~" and row.lhs == row.rhs and row.free < 0}
    for k, (latent, lines) in enumerate(blocks.items()):
        pattern[[position[line.rhs] for line in lines], k] = 1.0
        fixed[k] = variances.get(latent) or 1.0
        if len(lines) == 1:
            error[k] = variances.get(position[lines[0].rhs], np.nan)
        held = [line for line in lines if line.free < 0 and line.value]
        if held:
            marker[k], fixed[k] = position[held[0].rhs], held[0].value
    entries = [row for row in rows if row.free >= 0 and row.op not in ORDERED]
    return Plan(
        pattern,
        np.array([position[lines[0].rhs] for lines in blocks.values()], int),
        np.array(list(blocks), int),
        marker,
        fixed,
        np.array([np.nan if row.value is None else row.value for row in entries], float),
        error,
        tuple((place, np.array(predictors)) for place, predictors in outcomes.items()),
        exogenous,
    )


def _guesses(structure: Structure, plan: Plan, sample: Any) -> np.ndarray:
    """One value an entry of the structure (n_entries,)."""
    p, size = structure.n_observed, len(structure.paths)
    loadings, covariances = _measured(plan, sample.cov)
    paths = np.ones((size, size))  # loadings of latent variables on others
    paths[:p, plan.latent] = loadings
    joint = 0.5 * structure.identity  # variances of latent variables without indicators of their own
    joint[:p, :p] = sample.cov
    joint[np.ix_(plan.latent, plan.latent)] = covariances
    between = _indicator_covariances(plan, sample.cov, loadings)
    joint[:p, plan.latent] = between
    joint[plan.latent, :p] = between.T
    own = np.where(plan.exogenous[:, None] & plan.exogenous, joint, 0.0)
    variances = joint.diagonal().copy()
    variances[:p] = _left(sample.cov.diagonal(), loadings**2 @ covariances.diagonal(), plan)
    for place, predictors in plan.outcomes:
        paths[place, predictors], variances[place] = _regression(joint, place, predictors)
    np.fill_diagonal(own, variances)
    means = np.zeros(size)
    means[:p] = sample.mean
    row, col = structure.row, structure.col
    return np.where(structure.kind == 0, paths[row, col], np.where(structure.kind == 1, own[row, col], means[row]))


def _ordered_guesses(table: ParameterTable, group: int, sample: Any) -> Iterator[Any]:
    """Numbers and values of free thresholds and scales of ordered variables."""
    if not table.ordered:
        return
    told = sample.statistics
    levels = dict(zip(zip(told.variable, told.category, strict=True), told.values, strict=False))
    for row in table.rows:
        if row.op in ORDERED and row.group == group and row.free >= 0:
            guess = 1.0
            if row.op == "|":
                guess = levels[table.variables.observed.index(row.lhs), int(row.rhs[1:]) - 1]
            yield row.free, guess if row.value is None else row.value


def _measured(plan: Plan, cov: np.ndarray) -> tuple[Any, ...]:
    """Loadings (p, m) and covariances (m, m) of the latent variables with observed indicators."""
    relative = _relative_loadings(plan, cov)
    squares = relative**2
    totals = np.maximum(squares.sum(axis=0), 1e-12)
    product = relative.T @ cov @ relative
    covariances = product / (totals[:, None] * totals)
    variances = cov.diagonal()
    with np.errstate(divide="ignore", invalid="ignore"):
        common = (product.diagonal() - variances @ squares) / (totals**2 - (squares**2).sum(axis=0))
    scale = variances[plan.first]
    common = np.clip(np.where(np.isfinite(common), common, 0.5 * scale), LEAST * scale, MOST * scale)
    common = np.where(np.isnan(plan.error), common, np.maximum(scale - plan.error, LEAST * scale))
    np.fill_diagonal(covariances, common)
    covariances = _positive(covariances)
    at_marker = relative[plan.marker, np.arange(len(common))]
    by_marker = plan.fixed / np.where(at_marker == 0, 1.0, at_marker)
    factor = np.where(plan.marker >= 0, by_marker, np.sqrt(common / np.abs(plan.fixed)))
    return relative * factor, covariances / (factor[:, None] * factor)


def _relative_loadings(plan: Plan, cov: np.ndarray) -> np.ndarray:
    """Loadings (p, m) relative to the first indicator r: cov(j, others) cov(r, others) / cov(r, others)^2."""
    m = len(plan.first)
    columns = np.arange(m)
    instrument = cov[:, plan.first] * plan.pattern
    instrument[plan.first, columns] = 0.0
    variances = cov.diagonal()[:, None]
    squares = (instrument**2).sum(axis=0) - instrument**2
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = (cov @ instrument - variances * instrument) / squares
    ratio = np.sqrt(variances / variances[plan.first, 0])
    usable = (np.abs(relative) > 0) & (np.abs(relative) <= 5 * ratio) & (squares > 0)
    relative = np.where(usable, relative, np.where(cov[:, plan.first] < 0, -ratio, ratio)) * plan.pattern
    relative[plan.first, columns] = 1.0
    return relative


def _positive(covariances: np.ndarray) -> np.ndarray:
    """Pull covariances of latent variables towards zero until their matrix is positive definite."""
    if not len(covariances):
        return covariances
    spread = np.sqrt(covariances.diagonal())
    correlations = covariances / np.outer(spread, spread)
    if inverse_and_logdet(correlations - LEAST / 2 * np.eye(len(spread))) is not None:
        return covariances
    smallest = np.linalg.eigvalsh(correlations)[0]
    share = (1 - LEAST / 2) / (1 - smallest)
    return (share * correlations + (1 - share) * np.eye(len(spread))) * np.outer(spread, spread)


def _indicator_covariances(plan: Plan, cov: np.ndarray, loadings: np.ndarray) -> np.ndarray:
    """Covariances (p, m) of observed with latent variables, from the latent variables' indicators."""
    return cov @ loadings / np.maximum((loadings**2).sum(axis=0), 1e-12)


def _left(variances: np.ndarray, common: np.ndarray, plan: Plan) -> np.ndarray:
    """Residual variances (p,) of indicators, what the latent variables leave; all of the variance of the others."""
    return np.where(plan.pattern.any(axis=1), np.clip(variances - common, LEAST * variances, variances), variances)


def _regression(joint: np.ndarray, place: int, predictors: np.ndarray) -> tuple[Any, ...]:
    """Least-squares slopes (k,) on the predictors and the variance left, from covariances among all variables."""
    inner, outer = joint[predictors[:, None], predictors], joint[predictors, place]
    try:
        slopes = np.linalg.solve(inner, outer)
    except np.linalg.LinAlgError:
        slopes = np.zeros(len(predictors))
    total = joint[place, place]
    left = total - slopes @ outer
    if not 0 < slopes @ outer < total:
        slopes = np.zeros(len(predictors))
        left = total
    return slopes, max(left, LEAST * total)
