"""What a fit leaves of the moments: raw, as correlations, and in units of their standard errors."""

import numpy as np
import pandas as pd

from emolabor.errors import EmolaborError
from emolabor.sem import fiml
from emolabor.sem.inference import bordered_inverse, deviations_and_predicted, sum_in_clusters
from emolabor.sem.structure import implied_moments, moment_slopes

KINDS = ("raw", "cor", "normalized", "standardized")
ZERO = 1e-10  # of the variance of a moment: below this share, its residual is zero in every sample
CONVERGED = 1e-7  # of the unit of a moment: what a converged search leaves of a residual that must be zero


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
    if kind in ("normalized", "standardized"):
        refuse_ordered(fit, f"residuals: '{kind}'")
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
        gaps = tuple(_ratio(gap, se, unit) for gap, se, unit in parts)
    return pd.DataFrame(gaps[0], index=names, columns=names), pd.Series(gaps[1], index=names)


def one_group(fit, group):
    """Structure and sample of a group, counted from 1."""
    if isinstance(group, bool) or not isinstance(group, int | np.integer) or not 1 <= group <= fit.table.n_groups:
        raise EmolaborError(f"group: found {group!r}, allowed: 1 to {fit.table.n_groups}.")
    return fit.model.structures[group - 1], fit.model.samples[group - 1]


def refuse_ordered(fit, what):
    """Refuse a fit with ordered variables, for which a formula does not hold."""
    if fit.table.ordered:
        raise EmolaborError(f"{what}: found a fit with ordered variables, allowed: continuous ones.")


def _ratio(gap, error, unit):
    """Gap over error; where the error is zero, zero for a gap that is, else missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, gap / error, np.where(np.abs(gap) < CONVERGED * unit, 0.0, np.nan))


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
    layout, errors = model.saturated[group].structure, np.sqrt(variance)
    p, means = layout.n_observed, layout.kind == 2
    cov, mean = np.zeros((p, p)), np.zeros(p)
    row, col = layout.row[~means], layout.col[~means]
    cov[row, col] = cov[col, row] = errors[~means]
    mean[layout.row[means]] = errors[means]
    return cov, mean


def _moment_parts(model, theta, se, group):
    """What the moments of one group do.

    Derivatives by the parameters (m, q), weight matrix of the discrepancy (m, m), asymptotic covariances (m, m).
    """
    structure, sample, full = model.structures[group], model.samples[group], model.saturated[group]
    implied = implied_moments(structure, theta)
    slope = moment_slopes(structure, implied)[full.kept]
    robust = se in ("robust_sem", "huber_white")
    observed = bool(sample.patterns) or se == "huber_white"
    at_sample = full.information_at(sample.cov, sample.mean, bool(sample.patterns))
    if model.estimator == "ULS":
        weights = np.eye(len(slope))
    elif model.estimator == "GLS":
        weights = at_sample
    else:
        weights = full.information_at(implied.sigma, implied.mu, observed)
    spread = np.linalg.inv(at_sample)
    if robust:
        scores = _moment_scores(full, model.exogenous)
        if sample.patterns:
            scores = scores @ spread
        spread = scores.T @ scores / sample.n
    return slope, weights, spread


def _moment_scores(full, exogenous):
    """What each case (or cluster) adds to the free moments; with missing answers, to their scores."""
    sample, layout = full.sample, full.structure
    if sample.patterns:
        scores = fiml.case_scores(layout, full.moments, sample)
    else:
        means = layout.kind == 2
        i, j = layout.row[~means], layout.col[~means]
        deviations, predicted = deviations_and_predicted(sample, exogenous)
        scores = deviations[:, i] * deviations[:, j] - predicted[:, i] * predicted[:, j]
        scores = np.hstack([scores, (deviations - predicted)[:, layout.row[means]]])
        scores = scores - scores.mean(axis=0)
    return scores if sample.clusters is None else sum_in_clusters(scores, sample.clusters)
