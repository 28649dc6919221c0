"""Misfit that incomplete answers hide: fit indices as they would be with complete data (Zhang & Savalei, 2022)."""

import numpy as np

from emolabor.sem import fiml, likelihood
from emolabor.sem.inference import bordered_inverse, scores_of
from emolabor.sem.saturated import moment_structure
from emolabor.sem.structure import derivative_columns, implied_moments


def complete_data_misfit(model, theta, basis):
    """Chi-square against the saturated model's moments as if they were of complete data, and its expectation.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
        The FIML estimates.
    basis : ndarray (q, r)

    Returns
    -------
    tuple of float
        n F at the EM moments, and the trace k of Q'VQ Gamma: V the normal-theory weight of complete data, Gamma the
        covariance of the EM moments, Q what the model leaves of a change in them.
    """
    misfit, slopes, weights, covariances, curvatures = 0.0, [], [], [], []
    for structure, sample, _ in model.groups:
        implied = implied_moments(structure, theta)
        factored = likelihood.factor(implied.sigma)
        if factored is None:  # a search that ran away
            return np.nan, np.nan
        inverse, logdet = factored
        gap = sample.mean - implied.mu
        about = sample.cov + np.outer(gap, gap)
        misfit += sample.n * (logdet - likelihood.factor(sample.cov)[1] + np.sum(inverse * about) - len(gap))
        module = fiml if sample.patterns else likelihood
        full, moments = moment_structure(sample.cov, sample.mean, "all", True, model.exogenous)
        curvature = module.derivatives(full, moments, sample, observed=True)[2]
        covariance = bordered_inverse(curvature, np.eye(len(moments)))
        if covariance is None:
            return float(misfit), np.nan
        covariance = covariance / sample.n
        if model.estimator == "MLR":
            scores = scores_of(full, moments, sample)
            covariance = covariance @ (scores.T @ scores) @ covariance
        slopes.append(moment_slopes(structure, implied, full) @ basis)
        curvatures.append(sample.n * curvature)
        weights.append(sample.n * likelihood.derivatives(full, moments, sample)[2])
        covariances.append(covariance)
    parts = list(zip(slopes, curvatures, strict=True))
    total = sum(slope.T @ curvature @ slope for slope, curvature in parts)
    inner = bordered_inverse(total, np.eye(len(total)))
    if inner is None:
        return float(misfit), np.nan
    trace = 0.0
    for i, (slope, _) in enumerate(parts):
        for j, (other, other_curvature) in enumerate(parts):
            rest = -slope @ inner @ other.T @ other_curvature
            if i == j:
                rest = rest + np.eye(len(rest))
            trace += np.sum((rest.T @ weights[i] @ rest) * covariances[j])
    return float(misfit), float(trace)


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
    full, modelled = moment_structure(implied.sigma, implied.mu, "all", True, exogenous)
    module = fiml if sample.patterns else likelihood
    weights = module.derivatives(full, modelled, sample)[2]
    if weights is None:
        return np.nan
    cov, mean = pairwise_moments(sample.data)
    available = np.where(full.kind == 1, cov[full.row, full.col], mean[full.row])
    rest = available - modelled
    return float(1 - rest @ weights @ rest / (available @ weights @ available))


def pairwise_moments(values):
    """Covariances (p, p) over the rows where both are observed, times (n - 1) / n, and means (p,) of what is there."""
    seen = (~np.isnan(values)).astype(float)
    centred = np.nan_to_num(values - np.nanmean(values, axis=0))
    together, sums = seen.T @ seen, centred.T @ seen
    with np.errstate(invalid="ignore"):  # two variables observed together in one row have no covariance
        cov = (centred.T @ centred - sums * sums.T / together) / (together - 1)
    return cov * (len(values) - 1) / len(values), np.nanmean(values, axis=0)


def moment_slopes(structure, implied, full):
    """Derivatives (n_moments, q) of the distinct moments by the parameters, in the order of the saturated structure."""
    left, right, weight = derivative_columns(structure, implied)
    i, j = full.row, full.col
    by_entry = np.where((full.kind == 1)[:, None], left[i] * right[j] + left[j] * right[i], weight[None, :] * left[i])
    slopes = np.zeros((len(i), structure.n_parameters))
    np.add.at(slopes.T, structure.parameter, by_entry.T)
    return slopes
