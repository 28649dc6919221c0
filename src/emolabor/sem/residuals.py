"""What a fit leaves of the moments: raw, as correlations, and in units of their standard errors."""

import numpy as np
import pandas as pd

from emolabor.errors import EmolaborError
from emolabor.sem import fiml, likelihood
from emolabor.sem.inference import bordered_inverse, deviations_and_predicted, sum_in_clusters
from emolabor.sem.saturated import moment_structure
from emolabor.sem.structure import derivative_columns, implied_moments

KINDS = ("raw", "cor", "normalized", "standardized")
ZERO = 1e-10  # of the variance of a moment: below this share, its residual is zero in every sample
ROUNDING = 1e-8  # of the units: a residual that is zero in every sample is below, converged searches end near 1e-10


def residual_moments(fit, kind, group):
    """Sample moments less those implied.

    Parameters
    ----------
    fit : Fit
    kind : str
        "raw". "cor": sample less implied correlations, means over their sample standard deviations (Bollen, 1989).
        "normalized": raw over the standard error of the sample moment. "standardized": raw over the standard error of
        the residual itself, which makes it a z statistic (Joreskog & Sorbom, 1984; Ogasawara, 2001).
    group : int
        From 1.

    Returns
    -------
    tuple of DataFrame (p, p) and Series (p,)
        Residual (co)variances and means; means are zero without a mean structure. Standard errors are robust for MLM
        and MLR. As lavaan's ``residuals()``, but with equality constraints over groups the standardized ones
        take into account that a group's residuals depend on the other groups' moments; lavaan leaves that out.

    Raises
    ------
    EmolaborError
        Unknown kind or group.
    """
    if kind not in KINDS:
        raise EmolaborError(f"kind: found {kind!r}, allowed: {', '.join(KINDS)}.")
    structure, sample = one_group(fit, group)
    implied = implied_moments(structure, fit.estimate.theta)
    names = list(fit.table.variables.observed)
    cov, sigma = sample.cov, implied.sigma
    mean, mu = (sample.mean, implied.mu) if structure.mean_structure else np.zeros((2, len(cov)))
    if kind == "cor":
        sd, own = np.sqrt(np.diag(cov)), np.sqrt(np.diag(sigma))
        gaps = cov / np.outer(sd, sd) - sigma / np.outer(own, own), (mean - mu) / sd
    else:
        gaps = cov - sigma, mean - mu
    if kind in ("normalized", "standardized"):
        scale = np.sqrt(np.diag(cov))
        units = np.outer(scale, scale), scale
        errors = _standard_errors(fit, group - 1, kind == "standardized")
        parts = zip(gaps, errors, units, strict=True)
        gaps = tuple(_ratio(np.where(np.abs(gap) < ROUNDING * unit, 0.0, gap), se) for gap, se, unit in parts)
    return pd.DataFrame(gaps[0], index=names, columns=names), pd.Series(gaps[1], index=names)


def one_group(fit, group):
    """Structure and sample of a group, counted from 1."""
    if isinstance(group, bool) or not isinstance(group, int | np.integer) or not 1 <= group <= fit.table.n_groups:
        raise EmolaborError(f"group: found {group!r}, allowed: a whole number from 1 to {fit.table.n_groups}.")
    return fit.model.structures[group - 1], fit.model.samples[group - 1]


def _ratio(gap, error):
    """Gap over error; zero where the gap is, missing where only the error is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(gap == 0, 0.0, np.where(error > 0, gap / error, np.nan))


def _standard_errors(fit, group, of_residual):
    """Standard errors of one group's moments, or of their residuals: (p, p) and (p,), zero where nothing varies."""
    model = fit.model
    parts = [_moment_parts(model, fit.estimate.theta, fit.se, g) for g in range(len(model.samples))]
    slope, weight, spread = parts[group]
    n = model.samples[group].n
    variance = np.diag(spread) / n
    if of_residual:
        shares = model.case_shares
        info = sum(share * d.T @ w @ d for share, (d, w, _) in zip(shares, parts, strict=True))
        inverse = bordered_inverse(info, fit.estimate.basis)
        if inverse is None:
            raise EmolaborError("kind: 'standardized' needs a model that is identified; allowed here: 'normalized'.")
        meat = sum(
            share**2 / s.n * d.T @ w @ g @ w @ d
            for share, s, (d, w, g) in zip(shares, model.samples, parts, strict=True)
        )
        moved = slope @ inverse
        shared = shares[group] / n * np.sum((moved @ slope.T @ weight) * spread, axis=1)
        left = variance - 2 * shared + np.sum((moved @ meat) * moved, axis=1)
        variance = np.where(left > ZERO * variance, left, 0.0)
    i, j, means = _free_moments(model, group)
    p = len(model.samples[group].mean)
    errors = np.sqrt(variance)
    cov, mean = np.zeros((p, p)), np.zeros(p)
    cov[i, j] = cov[j, i] = errors[: len(i)]
    mean[means] = errors[len(i) :]
    return cov, mean


def _free_moments(model, group):
    """Rows and columns of the covariances, and the means, that are not those of fixed exogenous variables."""
    p, fixed = len(model.samples[group].mean), np.isin(np.arange(len(model.samples[group].mean)), model.exogenous)
    i, j = np.triu_indices(p)
    kept = ~(fixed[i] & fixed[j])
    means = np.flatnonzero(~fixed) if model.structures[group].mean_structure else np.zeros(0, int)
    return i[kept], j[kept], means


def _moment_parts(model, theta, se, group):
    """What the moments of one group do.

    Derivatives by the parameters (m, q), weight matrix of the discrepancy (m, m), asymptotic covariances (m, m).
    """
    structure, sample = model.structures[group], model.samples[group]
    implied = implied_moments(structure, theta)
    i, j, means = _free_moments(model, group)
    left, right, weight = derivative_columns(structure, implied)
    slope = np.zeros((len(i) + len(means), structure.n_parameters))
    entries = np.vstack([left[i] * right[j] + right[i] * left[j], weight * left[means]])
    np.add.at(slope.T, structure.parameter, entries.T)
    robust = se in ("robust_sem", "huber_white")
    observed = bool(sample.patterns) or se == "huber_white"
    at_sample = _information(structure, sample, sample.cov, sample.mean, model.exogenous, bool(sample.patterns))
    if model.estimator == "ULS":
        weights = np.eye(len(slope))
    elif model.estimator == "GLS":
        weights = at_sample
    else:
        weights = _information(structure, sample, implied.sigma, implied.mu, model.exogenous, observed)
    spread = np.linalg.inv(at_sample)
    if robust:
        scores = _moment_scores(structure, sample, model.exogenous)
        if sample.patterns:
            scores = scores @ spread
        spread = scores.T @ scores / sample.n
    return slope, weights, spread


def _information(structure, sample, cov, mean, exogenous, observed):
    """Information of a case on the free moments at given moments."""
    full, values = moment_structure(cov, mean, "all", structure.mean_structure, exogenous)
    module = fiml if sample.patterns else likelihood
    return module.derivatives(full, values, sample, observed=observed)[2]


def _moment_scores(structure, sample, exogenous):
    """What each case (or cluster) adds to the free moments; with missing answers, to their scores."""
    if sample.patterns:
        full, values = moment_structure(sample.cov, sample.mean, "all", structure.mean_structure, exogenous)
        scores = fiml.case_scores(full, values, sample)
    else:
        fixed = np.isin(np.arange(len(sample.mean)), exogenous)
        i, j = np.triu_indices(len(fixed))
        i, j = i[~(fixed[i] & fixed[j])], j[~(fixed[i] & fixed[j])]
        deviations, predicted = deviations_and_predicted(sample, exogenous)
        scores = deviations[:, i] * deviations[:, j] - predicted[:, i] * predicted[:, j]
        if structure.mean_structure:
            scores = np.hstack([scores, (deviations - predicted)[:, ~fixed]])
        scores = scores - scores.mean(axis=0)
    return scores if sample.clusters is None else sum_in_clusters(scores, sample.clusters)
