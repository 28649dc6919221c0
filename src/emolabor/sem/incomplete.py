"""Misfit that incomplete answers hide: fit indices as they would be with complete data (Zhang & Savalei, 2022)."""

import numpy as np

from emolabor.sem import likelihood
from emolabor.sem.inference import bordered_inverse
from emolabor.sem.saturated import saturated
from emolabor.sem.structure import implied_moments, moment_slopes


def complete_data_misfit(model, theta, basis, saturated):
    """Chi-square against the saturated model's moments as if they were of complete data, and its expectation.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
        The FIML estimates.
    basis : ndarray (q, r)
    saturated : sequence of Saturated
        One a group.

    Returns
    -------
    tuple of float
        n F at the EM moments, and the trace k of Q'VQ Gamma: V the normal-theory weight of complete data, Gamma the
        covariance of the EM moments, Q = I - D (D'HD)^-1 D'H what the model leaves of a change in them, with H their
        information and D their derivatives.
    """
    misfit, parts = 0.0, []
    for (structure, sample, _), full in zip(model.groups, saturated, strict=True):
        implied = implied_moments(structure, theta)
        factored = likelihood.factor(implied.sigma)
        if factored is None:  # a search that ran away
            return np.nan, np.nan
        inverse, logdet = factored
        gap = sample.mean - implied.mu
        about = sample.cov + gap[:, None] * gap
        misfit += sample.n * (logdet - likelihood.factor(sample.cov)[1] + np.vdot(inverse, about) - len(gap))
        if full.inverse is None:
            return float(misfit), np.nan
        covariance = full.inverse / sample.n
        if model.estimator == "MLR":
            covariance = covariance @ full.cross_product @ covariance
        slopes = moment_slopes(structure, implied)[full.kept] @ basis
        weights = sample.n * likelihood.derivatives(full.structure, full.moments, sample)[2]
        parts.append((slopes, sample.n * full.information, weights, covariance))
    total = sum(slopes.T @ information @ slopes for slopes, information, _, _ in parts)
    inner = bordered_inverse(total, np.eye(len(total)))
    if inner is None:
        return max(float(misfit), 0.0), np.nan
    weighed = sum(slopes.T @ weights @ slopes for slopes, _, weights, _ in parts)
    trace = 0.0
    for slopes, information, weights, covariance in parts:
        spent = inner @ (slopes.T @ information)
        spread = spent @ covariance
        trace += np.vdot(weights, covariance) - 2 * np.vdot(slopes.T @ weights, spread)
        trace += np.vdot(weighed, spread @ spent.T)
    return max(float(misfit), 0.0), float(trace)  # the discrepancy of a perfect fit is rounding


def goodness(structure, theta, sample, exogenous):
    """Goodness of fit of incomplete answers, by lavaan's definition.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    sample : Sample
    exogenous : sequence of int

    Returns
    -------
    float
        1 - r'Wr / s'Ws with s the available means and pairwise covariances, r what the model leaves of them, W the
        expected information of the saturated model at the implied moments.
    """
    implied = implied_moments(structure, theta)
    full = saturated(sample, True, exogenous)
    weights = full.information_at(implied.sigma, implied.mu, observed=False)
    if weights is None:  # a search that ran away
        return np.nan
    available = full.values(*pairwise_moments(sample.data))
    rest = available - full.values(implied.sigma, implied.mu)
    return float(1 - rest @ weights @ rest / (available @ weights @ available))


def pairwise_moments(values):
    """Covariances (p, p) over the rows where both are observed, times (n - 1) / n, and means (p,) of what is there."""
    seen = (~np.isnan(values)).astype(float)
    centred = np.nan_to_num(values - np.nanmean(values, axis=0))
    together, sums = seen.T @ seen, centred.T @ seen
    with np.errstate(invalid="ignore"):  # two variables observed together in one row have no covariance
        cov = (centred.T @ centred - sums * sums.T / together) / (together - 1)
    return cov * (len(values) - 1) / len(values), np.nanmean(values, axis=0)
