"""Fit measures of two-level models: the tests and indices of the whole model, SRMR of each level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.estimation.test_statistic import chisq_pvalue
from emolabor.sem.evaluation import fit_indices
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.specification.blocks import LEVEL_NAMES
from emolabor.sem.two_level.level_errors import score_trace

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate
    from emolabor.sem.estimation.two_level_model import TwoLevelModel


def two_level_measures(model: TwoLevelModel, estimate: Estimate) -> dict[str, float]:
    """Every fit measure, by lavaan's names with _ for a dot.

    Parameters
    ----------
    model : TwoLevelModel
    estimate : Estimate

    Returns
    -------
    dict
        RMSEA counts cases, as lavaan does; SRMR is the sum of those of the levels.
    """
    n, groups = model.n_obs, len(model.samples)
    saturated, best, _ = model.saturated
    base, independent, ended = model.baseline
    own, top, bottom = model.value(estimate.theta), saturated.value(best), base.value(independent)
    df, base_df = len(best) - estimate.n_free, len(best) - len(independent)
    chisq, base_chisq = (max(float(2 * n * (value - top)), 0.0) for value in (own, bottom))
    base_chisq = base_chisq if ended.converged else np.nan
    logl = log_likelihood(model, own)
    result = {
        "npar": estimate.n_free,
        "fmin": max(float(own - top), 0.0),
        "chisq": chisq,
        "df": df,
        "pvalue": chisq_pvalue(chisq, df),
        "baseline_chisq": base_chisq,
        "baseline_df": base_df,
        "baseline_pvalue": chisq_pvalue(base_chisq, base_df),
        **fit_indices.incremental(chisq, df, base_chisq, base_df),
        "logl": logl,
        "unrestricted_logl": log_likelihood(model, top),
        **fit_indices.information_criteria(logl, estimate.n_free, n),
        "ntotal": n,
        "nclusters": model.n_clusters,
        **fit_indices.rmsea(chisq, df, n, groups),
    }
    if model.estimator.robust:
        result.update(_scaled(model, estimate, result))
    if not ended.converged:  # without a baseline there is nothing to compare with
        result.update({name: np.nan for name in result if name.startswith("cfi")})
    return {**result, **residual_measures(model, estimate.theta)}


def log_likelihood(model: TwoLevelModel, value: float) -> float:
    """Log-likelihood given the fixed exogenous variables, from the half discrepancy of a case."""
    total = -model.n_obs * value
    for sample, likelihood in zip(model.samples, model.likelihoods, strict=True):
        total -= 0.5 * np.log(2 * np.pi) * likelihood.n_values
        for level, own, count in zip(sample.levels, sample.fixed, (sample.n, sample.n_clusters), strict=True):
            if own and not (model.tables.slopes and level is sample.levels[0]):  # which slopes are given
                logdet = inverse_and_logdet(level.cov[np.ix_(own, own)])[1]
                total += 0.5 * count * (len(own) * np.log(2 * np.pi) + logdet + len(own))
    return float(total)


def _scaled(model: TwoLevelModel, estimate: Estimate, plain: dict[str, Any]) -> dict[str, float]:
    """Scaled and robust tests and indices, from the clusters' scores."""
    df, base_df, n, groups = plain["df"], plain["baseline_df"], model.n_obs, len(model.samples)
    saturated, best, _ = model.saturated
    base, independent, _ = model.baseline
    whole, bottom = score_trace(saturated, best), score_trace(base, independent)
    own = score_trace(model, estimate.theta, estimate.basis)
    factors = (whole - own) / df if df > 0 else np.nan, (whole - bottom) / base_df if base_df > 0 else np.nan
    result = {
        "chisq_scaling_factor": factors[0],
        "scaling_factor_h1": whole / len(best),
        "scaling_factor_h0": own / sum(row.free >= 0 for row in model.table.rows),
    }
    factor, base_factor = (value if value > 0 else np.nan for value in factors)
    chisq = plain["chisq"] / factor if df > 0 else plain["chisq"]
    base_chisq = plain["baseline_chisq"] / base_factor
    result.update(
        chisq_scaled=chisq,
        df_scaled=df,
        pvalue_scaled=chisq_pvalue(chisq, df),
        baseline_chisq_scaled=base_chisq,
        baseline_df_scaled=base_df,
        baseline_pvalue_scaled=chisq_pvalue(base_chisq, base_df),
        baseline_chisq_scaling_factor=factors[1],
    )
    indices = fit_indices.incremental(chisq, df, base_chisq, base_df)
    indices.update(fit_indices.scaled_rmsea(plain["chisq"], df, factor, n, groups))
    result.update({f"{name}_scaled": value for name, value in indices.items()})
    ends = plain["chisq"], df, factor, plain["baseline_chisq"], base_df, base_factor
    return {**result, **fit_indices.robust(*ends, n, groups)}


def level_moments(model: TwoLevelModel, theta: np.ndarray) -> list[Any]:
    """Saturated and implied moments of each level: for each group, for each level, four arrays.

    Returns
    -------
    list of tuple of tuple
        Covariances and means of the saturated model, covariances and means that the model implies.
    """
    saturated, best, _ = model.saturated
    pairs = zip(saturated.pairs, model.pairs, strict=True)
    return [
        tuple(
            (full.sigma, full.mu, own.sigma, own.mu)
            for full, own in zip(top.implied(best), pair.implied(theta), strict=True)
        )
        for top, pair in pairs
    ]


def residual_measures(model: TwoLevelModel, theta: np.ndarray) -> dict[str, float]:
    """SRMR of each level and their sum.

    As lavaan has it for levels: residual correlations, without the means, over all p (p + 1) / 2 (co)variances; groups
    count by their cases.
    """
    sums = {f"srmr_{name}": 0.0 for name in LEVEL_NAMES}
    for share, levels in zip(model.shares, level_moments(model, theta), strict=True):
        for name, (cov, _, sigma, _) in zip(LEVEL_NAMES, levels, strict=True):
            gap = correlations(cov) - correlations(sigma)
            p = len(gap)
            square = np.sum(gap[np.tril_indices(p, -1)] ** 2) / (p * (p + 1) / 2)
            sums[f"srmr_{name}"] += share * float(np.sqrt(square))
    return {"srmr": sum(sums.values()), **sums}


def correlations(cov: np.ndarray) -> np.ndarray:
    """Correlations (p, p); missing where a variance is not positive."""
    spread = np.sqrt(np.where(cov.diagonal() > 0, cov.diagonal(), np.nan))
    return cov / np.outer(spread, spread)
