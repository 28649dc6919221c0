"""What follows from an estimate: standard errors, standardized values, fit measures."""

import numpy as np
from scipy.special import ndtr, ndtri

from emolabor.sem import expressions, fit_measures
from emolabor.sem.estimate import parameter_values, weights_of
from emolabor.sem.likelihood import factor, half_discrepancy
from emolabor.sem.structure import fill, implied_moments, total_paths


def vcov(estimate, n):
    """Covariance matrix (q, q) of the estimates: inverse expected information under the constraints.

    Parameters
    ----------
    estimate : Estimate
    n : int
        Cases over all groups.

    Returns
    -------
    ndarray
        Missing throughout where the information is singular (the model is not identified).
    """
    basis = estimate.basis
    inner = basis.T @ estimate.information @ basis
    scale = np.sqrt(np.abs(np.diag(inner)))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(inner / np.outer(scale, scale))
    if len(values) and values[0] < 1e-10 * values[-1]:
        return np.full((len(basis), len(basis)), np.nan)
    inverse = (vectors / values) @ vectors.T / np.outer(scale, scale)
    return basis @ inverse @ basis.T / n


def row_values(table, theta, moments):
    """The value of every row of the table (n_rows,); exogenous moments come from the sample."""
    position = {name: i for i, name in enumerate(table.variables.observed)}
    values = np.empty(len(table.rows))
    for i, row in enumerate(table.rows):
        sample = moments[row.group]
        if row.free >= 0:
            values[i] = theta[row.free]
        elif not row.from_data:
            values[i] = row.value
        elif row.op == "~1":
            values[i] = sample.mean[position[row.lhs]]
        else:
            values[i] = sample.cov[position[row.lhs], position[row.rhs]]
    return values


def defined_values(table, by_label):
    """Values of the `:=` parameters, in order, from the values of the labels."""
    values = dict(by_label)
    for defined in table.defined:
        values[defined.name] = expressions.evaluate(defined.tree, values)
    return [values[defined.name] for defined in table.defined]


def defined_errors(table, theta, covariance):
    """Standard errors of the `:=` parameters by the delta method (Sobel, 1982)."""
    labels = {row.label: row for row in table.rows if row.label}
    values, gradients = parameter_values(table, labels, theta)
    errors = []
    for defined in table.defined:
        values[defined.name], slope = expressions.gradient(defined.tree, values, gradients)
        gradients[defined.name] = np.broadcast_to(slope, (table.n_free,))
        errors.append(float(np.sqrt(gradients[defined.name] @ covariance @ gradients[defined.name])))
    return errors


def standardized(table, structures, theta, moments):
    """Standardized values of every row: latent variables only (std_lv), all variables (std_all).

    Parameters
    ----------
    table : ParameterTable
    structures : list of Structure
    theta : ndarray (q,)
    moments : list of Moments

    Returns
    -------
    tuple of ndarray
        (n_rows,) each. Residual covariances are divided by the residual standard deviations, as lavaan does.
    """
    values = row_values(table, theta, moments)
    names = (*table.variables.observed, *table.variables.latent)
    position = {name: i for i, name in enumerate(names)}
    latent = np.array([name in table.variables.latent for name in names])
    scales = []
    for structure in structures:
        paths, covariances, _ = fill(structure, theta)
        total = total_paths(paths, structure.sources)
        spread = np.sqrt(np.maximum(np.diag(total @ covariances @ total.T), 0.0))
        residual = np.sqrt(np.abs(np.diag(covariances)))
        scales.append((spread, residual))
    result = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for only_latent in (True, False):
            out = values.copy()
            for i, row in enumerate(table.rows):
                spread, residual = scales[row.group]
                a, b = position[row.lhs], position.get(row.rhs)
                if row.op == "~~" and a != b:
                    factors = residual
                else:
                    factors = spread
                unit = np.where(latent, factors, 1.0) if only_latent else factors
                if row.op == "=~":
                    out[i] *= unit[a] / unit[b]
                elif row.op == "~":
                    out[i] *= unit[b] / unit[a]
                elif row.op == "~~":
                    out[i] /= unit[a] * unit[b]
                else:
                    out[i] /= unit[a]
            result.append(out)
    return tuple(result)


def wald(estimates, errors, level):
    """z, two-sided p and interval of estimates with standard errors; missing where the error is zero or missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(errors > 0, estimates / errors, np.nan)
    half = ndtri((1 + level) / 2) * errors
    return z, 2 * ndtr(-np.abs(z)), estimates - half, estimates + half


def r_squared(structures, theta, variables):
    """Explained variance of every variable that has predictors: dict of (group, name) to share."""
    names = (*variables.observed, *variables.latent)
    shares = {}
    for group, structure in enumerate(structures):
        implied = implied_moments(structure, theta)
        _, covariances, _ = fill(structure, theta)
        dependent = (structure.paths != 0).any(axis=1)
        dependent[structure.row[structure.kind == 0]] = True
        for i in np.flatnonzero(dependent):
            total = implied.covariance[i, i]
            shares[group, names[i]] = float(1 - covariances[i, i] / total) if total > 0 else np.nan
    return shares


def all_fit_measures(table, structures, moments, estimate):
    """Every fit measure of a maximum likelihood fit, by lavaan's names with _ for a dot.

    Parameters
    ----------
    table : ParameterTable
    structures : list of Structure
    moments : list of Moments
    estimate : Estimate

    Returns
    -------
    dict
    """
    n = sum(sample.n for sample in moments)
    means = table.mean_structure
    p, px = len(table.variables.observed), len(table.variables.fixed_x)
    groups = len(moments)
    per_group = p * (p + 1) // 2 - px * (px + 1) // 2 + ((p - px) if means else 0)
    df = groups * per_group - estimate.n_free
    x = [table.variables.observed.index(name) for name in table.variables.fixed_x]
    theta = estimate.theta
    half = np.array([half_discrepancy(s, theta, m.cov, m.mean) for s, m in zip(structures, moments, strict=True)])
    logdets = np.array([factor(m.cov)[1] for m in moments])
    logdets_x = np.array([factor(m.cov[np.ix_(x, x)])[1] if x else 0.0 for m in moments])
    sizes = np.array([m.n for m in moments], float)
    discrepancy = 2 * half - logdets - p
    chisq = max(float(sizes @ discrepancy), 0.0)
    others = [i for i in range(p) if i not in x]
    diagonals = np.array([np.log(np.diag(m.cov)[others]).sum() for m in moments])
    baseline_chisq = float(sizes @ (diagonals + logdets_x - logdets))
    baseline_df = groups * ((p - px) * (p - px - 1) // 2 + (p - px) * px)
    constant = (p - px) * np.log(2 * np.pi)
    logl = float(-0.5 * sizes @ (constant + 2 * half - logdets_x - px))
    unrestricted = float(-0.5 * sizes @ (constant + logdets + p - logdets_x - px))
    result = {
        "npar": estimate.n_free,
        "fmin": chisq / n / 2,
        "chisq": chisq,
        "df": df,
        "pvalue": fit_measures.chisq_pvalue(chisq, df),
        "baseline_chisq": baseline_chisq,
        "baseline_df": baseline_df,
        "baseline_pvalue": fit_measures.chisq_pvalue(baseline_chisq, baseline_df),
        **fit_measures.incremental(chisq, df, baseline_chisq, baseline_df),
        "logl": logl,
        "unrestricted_logl": unrestricted,
        **fit_measures.information_criteria(logl, estimate.n_free, n),
        "ntotal": n,
        **fit_measures.rmsea(chisq, df, n, groups),
    }
    result.update(_residual_measures(structures, moments, theta, means))
    result["cn_05"] = fit_measures.critical_n(chisq, df, n, 0.05)
    result["cn_01"] = fit_measures.critical_n(chisq, df, n, 0.01)
    result.update(_absolute(table, structures, moments, theta, df))
    result["mfi"] = float(np.exp(-0.5 * (chisq - df) / n))
    result["ecvi"] = chisq / n + 2 * estimate.n_free / n
    return result


def _residual_measures(structures, moments, theta, means):
    weights = weights_of(moments)
    sums = {}
    for w, structure, sample in zip(weights, structures, moments, strict=True):
        implied = implied_moments(structure, theta)
        for name, value in fit_measures.residual_sums(
            sample.cov, implied.sigma, sample.mean, implied.mu, means
        ).items():
            sums[name] = sums.get(name, 0.0) + w * value
    result = {name: float(np.sqrt(value)) for name, value in sums.items()}
    return {**result, "srmr_bentler": result["srmr"], "srmr_bentler_nomean": result["srmr_nomean"]}


def _absolute(table, structures, moments, theta, df):
    """Goodness of fit (Joreskog & Sorbom, 1984) with the weight matrix of maximum likelihood.

    Moments among fixed exogenous variables count neither as misfit nor as something to explain.
    """
    weights = weights_of(moments)
    fixed = [table.variables.observed.index(name) for name in table.variables.fixed_x]
    misfit = total = 0.0
    for w, structure, sample in zip(weights, structures, moments, strict=True):
        implied = implied_moments(structure, theta)
        inverse, _ = factor(implied.sigma)
        cov, mean = sample.cov.copy(), sample.mean.copy()
        cov[np.ix_(fixed, fixed)] = 0.0
        mean[fixed] = 0.0
        for gap, residual, share in ((sample.cov - implied.sigma, sample.mean - implied.mu, 0), (cov, mean, 1)):
            ratio = inverse @ gap
            quadratic = 0.5 * float(np.sum(ratio * ratio.T))
            if table.mean_structure:
                quadratic += float(residual @ inverse @ residual)
            misfit, total = (misfit, total + w * quadratic) if share else (misfit + w * quadratic, total)
    p = len(table.variables.observed)
    n_moments = len(moments) * (p * (p + 1) // 2 + (p if table.mean_structure else 0))
    gfi = 1 - misfit / total
    agfi = 1 - n_moments / df * (1 - gfi) if df > 0 else 1.0
    return {"gfi": gfi, "agfi": agfi, "pgfi": df / n_moments * gfi}
