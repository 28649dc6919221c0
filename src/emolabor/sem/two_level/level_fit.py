"""Fit, intraclass correlations and reliability of each level of a two-level fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_level
from emolabor.common.errors import refuse_because
from emolabor.common.threads import one_thread
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.test_statistic import chisq_pvalue
from emolabor.sem.evaluation import fit_indices
from emolabor.sem.implied.level_pair import LevelPair
from emolabor.sem.implied.quantities import jacobian_by_differences
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.implied.values import wald
from emolabor.sem.language import expressions
from emolabor.sem.specification.blocks import LEVEL_NAMES
from emolabor.sem.two_level.level_errors import covariance_of_two_levels, score_trace
from emolabor.sem.two_level.two_level_measures import residual_measures

if TYPE_CHECKING:
    from emolabor.sem.estimation.two_level_model import TwoLevelModel
    from emolabor.sem.two_level.fit import TwoLevelFit


@one_thread
def level_fit(fit: TwoLevelFit) -> pd.DataFrame:
    """Test each level with the other one saturated, so that the misfit of one level cannot hide in the other.

    The test of the whole model hardly sees the between level, of which there are only as many answers as clusters.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.

    Returns
    -------
    DataFrame
        One row a level: level, chisq, df, pvalue, cfi, tli, rmsea with its 90 % interval, srmr; with MLR also
        chisq_scaled, pvalue_scaled and cfi_scaled, tli_scaled, rmsea_scaled. RMSEA counts cases at the within level and
        clusters at the between level. CFI and TLI are missing where the level's independence model, the other level
        saturated, has no solution.

    Raises
    ------
    EmolaborError
        A constraint that joins the two levels.

    References
    ----------
    Ryu, E., & West, S. G. (2009). Level-specific evaluation of model fit in multilevel structural equation modeling.
    Structural Equation Modeling, 16(4), 583-601.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=900, seed=1)
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3 + ex4; level: 2; g =~ ex1 + ex2 + ex3 + ex4"
    >>> fit = el.sem(text, staff, cluster="centre")
    >>> fit.level_fit()[["level", "df"]].to_dict("records")
    [{'level': 'within', 'df': 2}, {'level': 'between', 'df': 2}]
    """
    model = fit.bound
    saturated, best, _ = model.saturated
    top, robust = saturated.value(best), model.estimator.robust
    whole = score_trace(saturated, best) if robust else np.nan
    srmr, rows, n = residual_measures(model, fit.estimate.theta), [], model.n_obs
    for level, name in enumerate(LEVEL_NAMES):
        own, estimate = _partly_saturated(fit, level)
        free = ["all", "all"]
        free[level] = "variances"
        base, independent, ended = model.of_moments(*free)
        df, base_df = len(best) - estimate.n_free, len(best) - len(independent)
        chisq = max(float(2 * n * (own.value(estimate.theta) - top)), 0.0)
        base_chisq = max(float(2 * n * (base.value(independent) - top)), 0.0)
        count = n if level == 0 else model.n_clusters
        indices = fit_indices.incremental(chisq, df, base_chisq, base_df)
        rmsea = fit_indices.rmsea(chisq, df, count, len(model.samples))
        row = {"level": name, "chisq": chisq, "df": df, "pvalue": chisq_pvalue(chisq, df)}
        row.update({key: indices[key] if ended.converged else np.nan for key in ("cfi", "tli")})
        row.update({key: rmsea[key] for key in ("rmsea", "rmsea_ci_lower", "rmsea_ci_upper")})
        row["srmr"] = srmr[f"srmr_{name}"]
        if robust:
            factor = (whole - score_trace(own, estimate.theta, estimate.basis)) / df if df > 0 else np.nan
            base_factor = (whole - score_trace(base, independent)) / base_df if base_df > 0 else np.nan
            scaled = chisq / factor if df > 0 and factor > 0 else chisq if df == 0 else np.nan
            indices = fit_indices.incremental(scaled, df, base_chisq / base_factor, base_df)
            row.update(chisq_scaled=scaled, pvalue_scaled=chisq_pvalue(scaled, df))
            row.update({f"{key}_scaled": indices[key] if ended.converged else np.nan for key in ("cfi", "tli")})
            row["rmsea_scaled"] = fit_indices.rmsea(scaled, df, count, len(model.samples))["rmsea"]
        rows.append(row)
    return pd.DataFrame(rows)


def _partly_saturated(fit: TwoLevelFit, level: int) -> tuple[TwoLevelModel, Any]:
    """The model with one level as it is and the other saturated, and its estimates."""
    model, theta = fit.bound, fit.estimate.theta
    table, other = model.tables.levels[level], model.tables.levels[1 - level]
    used = np.unique(table.free[table.free >= 0])
    renumbered = {int(number): place for place, number in enumerate(used)}
    saturated, best, _ = model.saturated
    count, pairs = len(used), []
    starts = [theta[used]]
    for pair, full in zip(model.pairs, saturated.pairs, strict=True):
        own, free = (pair.within, pair.between)[level], (full.between, full.within)[level]
        free_numbers = np.unique(free.parameter)
        parameter = np.searchsorted(free_numbers, free.parameter) + count
        starts.append(best[free_numbers])
        pairs.append((own, free, parameter))
        count += len(free_numbers)
    bound = []
    for own, free, parameter in pairs:
        mine = replace(own, parameter=np.searchsorted(used, own.parameter), n_parameters=count)
        rest = replace(free, parameter=parameter, n_parameters=count)
        bound.append(LevelPair(mine, rest) if level == 0 else LevelPair(rest, mine))
    rows = tuple(replace(row, free=renumbered[row.free]) if row.free >= 0 else row for row in table.rows)
    labels = {row.label for row in rows if row.label}
    elsewhere = {row.label for row in other.rows if row.label} - labels
    whole = model.table
    defined = tuple(own for own in whole.defined if _names(own.tree, whole) <= labels)
    kept: dict[str, Any] = {}
    for kind in ("equalities", "inequalities"):
        trees = getattr(whole, kind)
        if any(_names(tree, whole) & labels and _names(tree, whole) & elsewhere for tree in trees):
            refuse_because("level_fit", "a constraint joins the two levels", "constraints within a level")
        kept[kind] = tuple(tree for tree in trees if _names(tree, whole) & labels)
    own_table = replace(whole, rows=rows, n_free=count, defined=defined, **kept)
    part = replace(model, pairs=tuple(bound), tables=replace(model.tables, rows=own_table))
    return part, estimate_parameters(part, np.concatenate(starts))


def _names(tree: Any, table: Any) -> set[str]:
    """Labels of parameters in an expression, through the defined ones."""
    inner = {own.name: own.tree for own in table.defined}
    found = set()
    for name in expressions.names(tree):
        found |= _names(inner[name], table) if name in inner else {name}
    return found


@one_thread
def intraclass_correlations(fit: TwoLevelFit, level: float = 0.95) -> pd.DataFrame:
    """Share of the variance that lies between clusters: of each answer, and of factors measured alike at both levels.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        name, group, kind (observed, latent), icc, se, ci_lower, ci_upper. Of answers they come from the saturated
        model; of factors from the model, where both levels have a factor with the same indicators and their loadings
        are equal (name is then "within / between"), for the variances of factors in other units cannot be added.
        Intervals by the delta method on the logit, so that they stay within 0 and 1.

    Raises
    ------
    EmolaborError
        A level outside 0 to 1.

    References
    ----------
    Mehta, P. D., & Neale, M. C. (2005). People are variables too: Multilevel structural equations modeling.
    Psychological Methods, 10(3), 259-284.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + a*ex2 + b*ex3; level: 2; g =~ ex1 + a*ex2 + b*ex3"
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> fit.icc()[["name", "kind"]].to_dict("list")
    {'name': ['ex1', 'ex2', 'ex3', 'f / g'], 'kind': ['observed', 'observed', 'observed', 'latent']}
    """
    check_level(level)
    model, theta = fit.bound, fit.estimate.theta
    saturated, best, _ = model.saturated
    cov = covariance_of_two_levels(saturated, best, np.eye(len(best)), model.estimator.robust)
    rows = []
    for group, (full, pair) in enumerate(zip(saturated.pairs, model.pairs, strict=True)):
        places = [[table.variables.observed.index(name) for name in model.tables.in_both] for table in _levels(model)]

        def observed(t: np.ndarray, full: Any = full, places: Any = places) -> np.ndarray:
            (w, b), (i, j) = (moments.sigma.diagonal() for moments in full.implied(t)), places
            return b[j] / (b[j] + w[i])

        rows += _with_intervals(model.tables.in_both, group, "observed", observed, best, cov, level)
        twins = _twins(model, theta, group)

        def latent(t: np.ndarray, pair: Any = pair, twins: Any = twins) -> np.ndarray:
            w, b = (moments.covariance.diagonal() for moments in pair.implied(t))
            return np.array([b[j] / (b[j] + w[i]) for _, i, j in twins])

        names = [name for name, _, _ in twins]
        rows += _with_intervals(names, group, "latent", latent, theta, fit.vcov().to_numpy(), level)
    return pd.DataFrame(rows)


def _levels(model: TwoLevelModel) -> Any:
    return model.tables.levels


def _twins(model: TwoLevelModel, theta: np.ndarray, group: int) -> list[tuple[str, int, int]]:
    """Factors of the two levels with the same indicators and equal loadings: name, places among the variables."""
    own = []
    for table in model.tables.levels:
        factors: dict[str, dict[str, Any]] = {}
        for row in table.rows:
            if row.op == "=~" and row.group == group:
                factors.setdefault(row.lhs, {})[row.rhs] = theta[row.free] if row.free >= 0 else row.value
        own.append(factors)
    names = [(*table.variables.observed, *table.variables.latent) for table in model.tables.levels]
    return [
        (f"{f} / {g}", names[0].index(f), names[1].index(g))
        for f, loadings in own[0].items()
        for g, others in own[1].items()
        if set(loadings) == set(others) and all(np.isclose(loadings[x], others[x], atol=1e-8) for x in loadings)
    ]


def _with_intervals(
    names: Any, group: int, kind: str, function: Any, theta: np.ndarray, cov: np.ndarray, level: float
) -> list[dict[str, Any]]:
    """Shares with delta-method errors, intervals on the logit."""
    if not len(names):
        return []
    share = function(theta)
    slopes = jacobian_by_differences(lambda thetas: np.array([function(t) for t in thetas]), theta)
    error = np.sqrt(np.maximum(np.einsum("kq,qs,ks->k", slopes, cov, slopes), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = (share > 0) & (share < 1)
        logit = np.where(inside, np.log(share / (1 - share)), np.nan)
        _, _, lower, upper = wald(logit, error / (share * (1 - share)), level)
    ends = 1 / (1 + np.exp(-lower)), 1 / (1 + np.exp(-upper))
    return [
        {
            "name": name,
            "group": group + 1,
            "kind": kind,
            "icc": share[k],
            "se": error[k],
            "ci_lower": ends[0][k],
            "ci_upper": ends[1][k],
        }
        for k, name in enumerate(names)
    ]


@one_thread
def level_reliability(fit: TwoLevelFit, level: float = 0.95) -> pd.DataFrame:
    """Omega and alpha of each factor's indicators at its own level.

    At the within level: how well the items tell the members of a centre apart; at the between level: how well true
    centre means tell centres apart. The mean of few members is less reliable than that: their number is not in it.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    level : float
        Coverage of the intervals of omega, between 0 and 1.

    Returns
    -------
    DataFrame
        level, group, factor, n_items, omega, se, ci_lower, ci_upper (delta method), alpha. Omega is the share of the
        factor in the variance of the sum of its indicators that the model implies; alpha comes from the saturated
        covariances.

    Raises
    ------
    EmolaborError
        A level outside 0 to 1.

    References
    ----------
    Geldhof, G. J., Preacher, K. J., & Zyphur, M. J. (2014). Reliability estimation in a multilevel confirmatory factor
    analysis framework. Psychological Methods, 19(1), 72-91.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> fit.reliability()[["level", "factor", "n_items"]].to_dict("list")
    {'level': ['within', 'between'], 'factor': ['f', 'g'], 'n_items': [3, 3]}
    """
    check_level(level)
    model, theta, cov = fit.bound, fit.estimate.theta, fit.vcov().to_numpy()
    saturated, best, _ = model.saturated
    rows = []
    for group, (full, pair) in enumerate(zip(saturated.pairs, model.pairs, strict=True)):
        for at, name in enumerate(LEVEL_NAMES):
            structure, table = (pair.within, pair.between)[at], model.tables.levels[at]
            names = (*table.variables.observed, *table.variables.latent)
            moments = full.implied(best)[at].sigma
            for factor in table.variables.latent:
                items = [r.rhs for r in table.rows if (r.lhs, r.op, r.group) == (factor, "=~", group)]
                places = [names.index(item) for item in items if item in table.variables.observed]
                if len(places) < 2:
                    continue

                def omega(t: np.ndarray, s: Any = structure, i: Any = places, f: int = names.index(factor)) -> float:
                    implied = implied_moments(s, t)
                    loaded = implied.total[i, f].sum() ** 2 * implied.covariance[f, f]
                    return loaded / implied.sigma[np.ix_(i, i)].sum()

                value = omega(theta)
                slope = jacobian_by_differences(lambda ts, f=omega: np.array([[f(t)] for t in ts]), theta)[0]
                error = float(np.sqrt(max(slope @ cov @ slope, 0.0)))
                _, _, lower, upper = wald(np.array([value]), np.array([error]), level)
                own, k = moments[np.ix_(places, places)], len(places)
                alpha = k / (k - 1) * (1 - own.trace() / own.sum())
                row = dict(level=name, group=group + 1, factor=factor, n_items=k, omega=value, se=error)
                rows.append(dict(**row, ci_lower=lower[0], ci_upper=upper[0], alpha=alpha))
    return pd.DataFrame(rows)
