"""What a fit leaves of the moments: raw, as correlations, and in units of their standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_choice, check_whole
from emolabor.common.errors import refuse_because
from emolabor.sem.discrepancy import fiml
from emolabor.sem.discrepancy.case_scores import in_units, moment_contributions
from emolabor.sem.discrepancy.dwls import implied_statistics, jacobian
from emolabor.sem.implied.ram import implied_moments, moment_slopes
from emolabor.sem.linalg import bordered_inverse

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

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
    tuple of DataFrame (p, p), Series (p,), Series (t,) and DataFrame (p, q)
        Residual (co)variances, means and, of ordered variables, thresholds ("x1|t1") and slopes on covariates, given
        which the others are. Means are zero without a mean
        structure and for ordered variables, whose covariances are polychoric and polyserial. Standard errors are
        robust for MLM, MLR and ordered answers. As lavaan's ``residuals()``, but with equality constraints over groups
        the standardized ones take into account that a group's residuals depend on the other groups' moments, and there
        are standard errors where some variables are ordered and others not; lavaan leaves out both.

    Raises
    ------
    EmolaborError
        Unknown kind or group; "standardized" of a model that is not identified.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.sem("a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3", el.simulate_staff(n=300, seed=1))
    >>> float(fit.residuals("cor").abs().max(axis=None).round(2))
    0.08
    """
    check_choice("kind", kind, KINDS)
    structure, sample = one_group(fit, group)
    covariates = fit.table.variables.fixed_x if fit.table.ordered else ()
    names = [name for name in fit.table.variables.observed if name not in covariates]
    (cov, mean, levels, slopes), (sigma, mu, own_levels, own_slopes) = _moments(structure, sample, fit.estimate.theta)
    gaps = cov - sigma, mean - mu, levels - own_levels, slopes - own_slopes
    sd, own = np.sqrt(np.diag(cov)), np.sqrt(np.diag(sigma))
    places = [fit.table.variables.observed.index(name) for name in covariates]
    unit_x = np.sqrt(np.diag(sample.cov)[places])
    by_slope = sd[:, None] / unit_x
    if kind == "cor":
        by_cor = slopes / by_slope - own_slopes / (own[:, None] / unit_x)
        gaps = cov / np.outer(sd, sd) - sigma / np.outer(own, own), gaps[1] / sd, gaps[2], by_cor
    elif kind != "raw":
        units = np.outer(sd, sd), sd, np.ones(len(levels)), by_slope
        errors = _standard_errors(fit, group - 1, kind == "standardized")
        gaps = [_ratio(gap, se, unit) for gap, se, unit in zip(gaps, errors, units, strict=True)]
    marks = [f"{row.lhs}|{row.rhs}" for row in fit.table.rows if row.op == "|" and row.group == group - 1]
    return (
        pd.DataFrame(gaps[0], names, names),
        pd.Series(gaps[1], names),
        pd.Series(gaps[2], marks, dtype=float),
        pd.DataFrame(gaps[3], names, list(covariates)),
    )


def _moments(structure, sample, theta):
    """Covariances (p, p), means (p,), thresholds (t,) and slopes on covariates (p, q): of the sample, and implied."""
    if structure.ordered is not None:
        values = sample.statistics.values, implied_statistics(structure, theta)
        return [_unfold(structure.ordered, own, 1.0) for own in values]
    implied = implied_moments(structure, theta)
    p = len(sample.cov)
    mean, mu = (sample.mean, implied.mu) if structure.mean_structure else np.zeros((2, p))
    return (sample.cov, mean, np.zeros(0), np.zeros((p, 0))), (implied.sigma, mu, np.zeros(0), np.zeros((p, 0)))


def _unfold(part, values, own):
    """Covariances, means, thresholds and slopes from the statistics (s,) of a group with ordered variables.

    Of the variables that are no covariates. `own` is what the diagonal holds for an ordered variable: 1 in
    correlations, 0 among standard errors.
    """
    t, c, p = len(part.level_variable), part.continuous, part.n_observed
    cov, mean = np.zeros((p, p)), np.zeros(p)
    cov[part.variables, part.variables] = own
    cov[c, c] = values[t : t + len(c)]
    i, j = part.pairs
    cov[i, j] = cov[j, i] = values[t + len(c) : t + len(c) + len(i)]
    is_mean = np.isin(part.level_variable, c)
    mean[c] = -values[:t][is_mean]
    kept = part.dependent
    slopes = values[t + len(c) + len(i) :].reshape(len(kept), len(part.covariates))
    return cov[np.ix_(kept, kept)], mean[kept], values[:t][~is_mean], slopes


def one_group(fit, group):
    """Structure and sample of a group, counted from 1."""
    check_whole("group", group, 1, fit.table.n_groups)
    return fit.model.structures[group - 1], fit.model.samples[group - 1]


def _ratio(gap, error, unit):
    """Gap over error; where the error is zero, zero for a gap that is, else missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, gap / error, np.where(np.abs(gap) < CONVERGED * unit, 0.0, np.nan))


def _standard_errors(fit, group, of_residual):
    """Standard errors of one group's moments or of their residuals, in the shapes of these; 0 where nothing varies."""
    model = fit.model
    parts = [_moment_parts(model, fit.estimate.theta, fit.se, g) for g in range(len(model.samples))]
    slope, weight, spread, _ = parts[group]
    n = model.samples[group].n
    variance = np.diag(spread) / n
    if of_residual:
        shares = model.case_shares
        info = sum(share * d.T @ w @ d for share, (d, w, *_) in zip(shares, parts, strict=True))
        inverse = bordered_inverse(info, fit.estimate.basis)
        if inverse is None:
            refuse_because("kind", "'standardized' needs a model that is identified", "'normalized'")
        moved = slope @ inverse
        if model.samples[0].in_units:  # a row for every unit of all groups, which groups may share
            roots = [root / np.sqrt(s.n) for (*_, root), s in zip(parts, model.samples, strict=True)]
            drawn = sum(share * r @ w @ d for share, r, (d, w, *_) in zip(shares, roots, parts, strict=True))
            rows = roots[group] - drawn @ moved.T
            left = np.sum(model.samples[0].signed(rows) * rows, axis=0)
        else:
            meat = sum(
                share**2 / s.n * d.T @ w @ g @ w @ d
                for share, s, (d, w, g, _) in zip(shares, model.samples, parts, strict=True)
            )
            shared = shares[group] / n * np.sum((moved @ slope.T @ weight) * spread, axis=1)
            left = variance - 2 * shared + np.sum((moved @ meat) * moved, axis=1)
        variance = np.where(left > ZERO * variance, left, 0.0)
    errors = np.sqrt(variance)
    if model.table.ordered:
        cov, mean, levels, slopes = _unfold(model.structures[group].ordered, errors, 0.0)
        return cov, np.abs(mean), levels, slopes
    layout = model.saturated[group].structure
    p, means = layout.n_observed, layout.kind == 2
    cov, mean = np.zeros((p, p)), np.zeros(p)
    row, col = layout.row[~means], layout.col[~means]
    cov[row, col] = cov[col, row] = errors[~means]
    mean[layout.row[means]] = errors[means]
    return cov, mean, np.zeros(0), np.zeros((p, 0))


def _moment_parts(model, theta, se, group):
    """What the moments of one group do.

    Derivatives by the parameters (m, q), weight matrix of the discrepancy (m, m), asymptotic covariances (m, m), and a
    root of these (r, m) where they are robust.
    """
    structure, sample = model.structures[group], model.samples[group]
    if structure.ordered is not None:
        return (
            jacobian(structure, theta),
            model.discrepancies[group].weighed(np.eye(len(sample.statistics.values))),
            sample.gamma,
            sample.root,
        )
    full = model.saturated[group]
    implied = implied_moments(structure, theta)
    slope = moment_slopes(structure, implied)[full.kept]
    robust = se in ("robust_sem", "huber_white")
    observed = sample.incomplete is not None or se == "huber_white"
    at_sample = full.information_at(sample.cov, sample.mean, sample.incomplete is not None)
    weights = model.discrepancies[group].information_of_moments(full, implied, observed)
    spread, root = np.linalg.inv(at_sample), None
    if robust:
        root = _moment_scores(full, model.exogenous) / np.sqrt(sample.n)
        if sample.incomplete:
            root = root @ spread
        spread = root.T @ sample.signed(root)
    return slope, weights, spread, root


def _moment_scores(full, exogenous):
    """What each case (or unit) adds to the free moments; with missing answers, to their scores."""
    sample, layout = full.sample, full.structure
    if sample.data is None:
        refuse_because("data", "these residuals need the cases, which a file does not keep", "a DataFrame")
    if sample.incomplete:
        return in_units(sample, fiml.case_scores(layout, full.moments, sample.data, sample.incomplete.centre))
    return moment_contributions(sample, layout, exogenous)


def residuals(fit: Fit, kind: str = "raw", group: int = 1) -> pd.DataFrame:
    """Residual (co)variances (p, p): raw, cor, normalized or standardized.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    kind : {"raw", "cor", "normalized", "standardized"}
        "raw": sample less implied. "cor": of correlations, means in standard deviations of the sample (Bollen, 1989).
        "normalized": raw over the standard error of the sample moment. "standardized": raw over its own standard
        error, a z statistic (Joreskog & Sorbom, 1984; Ogasawara, 2001).
    group : int
        Number of the group, from 1.

    Returns
    -------
    DataFrame (p, p)
        By variable, in the order of the model; as lavaan's ``residuals()``, standard errors robust where the fit's are.
        Covariates of ordered outcomes are not in it: the others are given them (see `residual_slopes`).

    Raises
    ------
    EmolaborError
        Another kind or group; standardized ones of a model that is not identified.

    References
    ----------
    Bollen, K. A. (1989). Structural equations with latent variables. Wiley.
    Joreskog, K. G., & Sorbom, D. (1984). LISREL VI: User's guide. Scientific Software.
    Ogasawara, H. (2001). Standard errors of fit indices using residuals in structural equation modeling. Psychometrika,
    66(3), 421-436.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.sem("a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3", el.simulate_staff(n=300, seed=1))
    >>> fit.residuals("standardized").loc["ex2", ["ps1", "ps2", "ps3"]].round(1).to_dict()
    {'ps1': -2.0, 'ps2': 0.0, 'ps3': -1.0}
    """
    return residual_moments(fit, kind, group)[0]


def residual_means(fit: Fit, kind: str = "raw", group: int = 1) -> pd.Series:
    """Residual means (p,), of the same kinds as `residuals`.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    kind : {"raw", "cor", "normalized", "standardized"}
        As for `residuals`.
    group : int
        Number of the group, from 1.

    Returns
    -------
    Series (p,)
        By variable; zero without a mean structure, which reproduces the means.

    Raises
    ------
    EmolaborError
        Another kind or group; standardized ones of a model that is not identified.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=600, seed=1)
    >>> fit = el.cfa("a =~ ex1 + ex2 + ex3", staff, group="sex", group_equal=["loadings", "intercepts"])
    >>> fit.residual_means("standardized", group=2).round(2).to_dict()
    {'ex1': -1.09, 'ex2': 1.72, 'ex3': -0.74}
    """
    return residual_moments(fit, kind, group)[1]


def residual_thresholds(fit: Fit, kind: str = "raw", group: int = 1) -> pd.Series:
    """Residual thresholds (t,) of ordered variables, of the same kinds as `residuals`; empty without any.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    kind : {"raw", "cor", "normalized", "standardized"}
        As for `residuals`.
    group : int
        Number of the group, from 1.

    Returns
    -------
    Series (t,)
        By threshold, such as ``x1|t1``; empty where no variable is ordered.

    Raises
    ------
    EmolaborError
        Another kind or group; standardized ones of a model that is not identified.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.cfa("a =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=300, seed=1), ordered=True)
    >>> fit.residual_thresholds().index[:4].tolist()
    ['ex1|t1', 'ex1|t2', 'ex1|t3', 'ex1|t4']
    """
    return residual_moments(fit, kind, group)[2]


def residual_slopes(fit: Fit, kind: str = "raw", group: int = 1) -> pd.DataFrame:
    """Residual slopes (p, q) of a fit with ordered outcomes on its covariates, of the same kinds as `residuals`.

    Where one is far from zero the covariate goes with that answer in another way than through the factors: the item
    may work otherwise for the people it tells apart.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    kind : {"raw", "cor", "normalized", "standardized"}
        As for `residuals`; "cor": in standard deviations of the covariate and of what it leaves of the outcome.
    group : int
        Number of the group, from 1.

    Returns
    -------
    DataFrame (p, q)
        A row an outcome, a column a covariate; no column where no variable is ordered.

    Raises
    ------
    EmolaborError
        Another kind or group; standardized ones of a model that is not identified.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=600, seed=1)
    >>> staff["woman"] = staff.sex == "female"
    >>> fit = el.sem("exhaustion =~ ex1 + ex2 + ex3 + ex4; exhaustion ~ woman", staff, ordered=True)
    >>> fit.residual_slopes("standardized").woman.round(1).to_dict()
    {'ex1': 0.5, 'ex2': -2.5, 'ex3': -0.2, 'ex4': 2.1}
    """
    return residual_moments(fit, kind, group)[3]
