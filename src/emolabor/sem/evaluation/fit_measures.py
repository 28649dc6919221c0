"""All fit measures of a fit: the model's and the baseline's chi-square, plain, scaled and robust."""

from dataclasses import replace

import numpy as np

from emolabor.sem.discrepancy.least_squares import half_quadratic
from emolabor.sem.estimation import test_statistic
from emolabor.sem.estimation.optimize import minimize
from emolabor.sem.estimation.saturated import moment_structure
from emolabor.sem.estimation.test_statistic import degrees_of_freedom, discrepancies, weighed
from emolabor.sem.evaluation import fit_indices, incomplete_fit_measures
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.inference import scaled_tests
from emolabor.sem.linalg import inverse_and_logdet


def baseline(model):
    """The independence model: variances (and means) free, exogenous moments fixed.

    Returns
    -------
    tuple
        Model, theta (q,).
    """
    table = model.table
    fixed = model.exogenous
    random = tuple(table.variables.observed.index(name) for name in table.variables.random_x)
    structures, values = [], []
    for sample in model.samples:
        cov, mean = sample.cov, sample.mean
        if sample.incomplete:
            mean, variances = sample.incomplete.observed_moments
            cov = np.diag(variances)
            cov[np.ix_(fixed, fixed)] = sample.cov[np.ix_(fixed, fixed)]
        structure, theta = moment_structure(cov, mean, "variances", table.mean_structure, fixed, random)
        structures.append(structure)
        values.append(theta)
    if len(structures) > 1:
        counts = np.cumsum([0, *map(len, values)])
        structures = [
            replace(structure, parameter=structure.parameter + first, n_parameters=int(counts[-1]))
            for structure, first in zip(structures, counts, strict=False)
        ]
    result = replace(model, structures=tuple(structures), linear_test=False)
    theta = np.concatenate(values)
    if not all(discrepancy.fits_margins for discrepancy in model.discrepancies):
        theta = minimize(result.value, lambda t, observed: result.derivatives(t, observed), theta).theta
    return result, theta


def log_likelihood(model, halves):
    """Log-likelihood given the fixed exogenous variables, from the groups' discrepancies (n_groups,)."""
    x = model.exogenous
    total = 0.0
    for sample, half in zip(model.samples, halves, strict=True):
        total -= 0.5 * observed_values(sample) * np.log(2 * np.pi) + sample.n * half
        if x:
            logdet = inverse_and_logdet(sample.cov[np.ix_(x, x)])[1]
            total += 0.5 * sample.n * (len(x) * np.log(2 * np.pi) + logdet + len(x))
    return float(total)


def observed_values(sample):
    """How many answers a group has."""
    if sample.incomplete:
        return sample.incomplete.n_values
    return sample.n * len(sample.cov)


def all_fit_measures(model, estimate):
    """Every fit measure, by lavaan's names with _ for a dot.

    Parameters
    ----------
    model : Model
    estimate : Estimate

    Returns
    -------
    dict
    """
    n, groups = model.n_obs, len(model.samples)
    theta, n_free = estimate.theta, estimate.n_free
    own, saturated = discrepancies(model, theta), discrepancies(model)
    df, chisq = degrees_of_freedom(model, n_free), weighed(model, own, saturated)
    base, base_theta = baseline(model)
    base_df = degrees_of_freedom(model, len(base_theta))
    base_chisq = weighed(model, discrepancies(base, base_theta), saturated)
    weight = model.weight
    # The statistic of unweighted least squares is not distributed as chi-square (Browne, 1984): it has no p-value.
    pvalue = test_statistic.chisq_pvalue if model.estimator.discrepancy != "uls" else lambda *_: np.nan
    result = {
        "npar": n_free,
        "fmin": _minimum(model, own - saturated, chisq),
        "chisq": chisq,
        "df": df,
        "pvalue": pvalue(chisq, df),
        "baseline_chisq": base_chisq,
        "baseline_df": base_df,
        "baseline_pvalue": pvalue(base_chisq, base_df),
        **fit_indices.incremental(chisq, df, base_chisq, base_df),
    }
    if model.estimator.likelihood:
        logl = log_likelihood(model, own)
        result.update(logl=logl, unrestricted_logl=log_likelihood(model, saturated))
        result.update(fit_indices.information_criteria(logl, n_free, n))
    result.update(ntotal=n, **fit_indices.rmsea(chisq, df, weight, groups))
    if model.estimator.robust:
        result.update(_scaled(model, estimate, base, base_theta, result))
    if model.fiml:
        spreads = incomplete_fit_measures.moment_spreads(model.saturated, model.estimator.robust)
        complete = [
            incomplete_fit_measures.complete_data_misfit(m, t, b, spreads)
            for m, t, b in _with_baseline(model, estimate, base, base_theta)
        ]
        (own, own_k), (other, other_k) = complete
        factors = own_k / df if df > 0 else np.nan, other_k / base_df if base_df > 0 else np.nan
        result.update(fit_indices.robust(own, df, factors[0], other, base_df, factors[1], weight, groups))
    implied = tuple(implied_moments(structure, theta) for structure in model.structures)
    result.update(_residual_measures(model, implied))
    result.update(_goodness(model, theta, implied, df))
    result.update(fit_indices.per_case(chisq, df, weight))
    result["ecvi"] = chisq / weight + 2 * n_free / weight
    return result


def _minimum(model, misfit, chisq):
    """Half the discrepancy at its minimum; least squares: the chi-square over 2 n, as lavaan has it."""
    if not model.estimator.likelihood:
        return chisq / model.n_obs / 2
    return max(float(model.shares @ misfit), 0.0)


def _with_baseline(model, estimate, base, base_theta):
    return (model, estimate.theta, estimate.basis), (base, base_theta, np.eye(len(base_theta)))


def scaling_factors(model, theta, basis, df, n_free, saturated=None):
    """The chi-square's scaling factor and, for MLR, those of the two log-likelihoods.

    `saturated` is the saturated model's trace, where it is known already.
    """
    if model.estimator.test == "satorra_bentler":
        trace = scaled_tests.satorra_bentler_trace(model, theta, basis)
        return {"chisq_scaling_factor": trace / df if df > 0 else np.nan}
    saturated = scaled_tests.saturated_trace(model) if saturated is None else saturated
    own = scaled_tests.yuan_bentler_trace(model, theta, basis)
    return {
        "chisq_scaling_factor": (saturated - own) / df if df > 0 else np.nan,
        "scaling_factor_h1": saturated / (df + n_free),
        "scaling_factor_h0": own / sum(row.free >= 0 for row in model.table.rows),
    }


def _scaled(model, estimate, base, base_theta, plain):
    """Scaled and robust indices (Brosseau-Liard & Savalei, 2014; Brosseau-Liard et al., 2012)."""
    df, base_df, weight, groups = plain["df"], plain["baseline_df"], model.weight, len(model.samples)
    saturated = scaled_tests.saturated_trace(model) if model.estimator.test == "yuan_bentler" else None
    result = scaling_factors(model, estimate.theta, estimate.basis, df, estimate.n_free, saturated)
    factor_own = result["chisq_scaling_factor"]
    identity = np.eye(len(base_theta))
    factor_base = scaling_factors(base, base_theta, identity, base_df, len(base_theta), saturated)
    factor_base = factor_base["chisq_scaling_factor"]
    # With few clusters or cases a factor may come out negative: then there is no scaled test.
    factor_own, factor_base = (factor if factor > 0 else np.nan for factor in (factor_own, factor_base))
    chisq = plain["chisq"] / factor_own if df > 0 else plain["chisq"]
    base_chisq = plain["baseline_chisq"] / factor_base
    result.update(
        chisq_scaled=chisq,
        df_scaled=df,
        pvalue_scaled=test_statistic.chisq_pvalue(chisq, df),
        baseline_chisq_scaled=base_chisq,
        baseline_df_scaled=base_df,
        baseline_pvalue_scaled=test_statistic.chisq_pvalue(base_chisq, base_df),
        baseline_chisq_scaling_factor=factor_base,
    )
    indices = fit_indices.incremental(chisq, df, base_chisq, base_df)
    indices.update(fit_indices.scaled_rmsea(plain["chisq"], df, factor_own, weight, groups))
    result.update({f"{name}_scaled": value for name, value in indices.items()})
    own, other = plain["chisq"], plain["baseline_chisq"]
    result.update(fit_indices.robust(own, df, factor_own, other, base_df, factor_base, weight, groups))
    return result


def _residual_measures(model, implied):
    means = model.table.mean_structure
    sums = {}
    for moments, sample in zip(implied, model.samples, strict=True):
        own = fit_indices.residual_sums(sample.cov, moments.sigma, sample.mean, moments.mu, means)
        for name, value in own.items():
            sums[name] = sums.get(name, 0.0) + sample.n / model.n_obs * float(np.sqrt(value))
    return {**sums, "srmr_bentler": sums["srmr"], "srmr_bentler_nomean": sums["srmr_nomean"]}


def _goodness(model, theta, implied, df):
    """Goodness of fit (Joreskog & Sorbom, 1984) with the weight matrix of the estimator.

    Moments among fixed exogenous variables count neither as misfit nor as something to explain.
    """
    table = model.table
    fixed = model.exogenous
    gfi = 0.0
    for share, (structure, sample, discrepancy), moments in zip(model.case_shares, model.groups, implied, strict=True):
        if model.fiml:
            gfi += share * incomplete_fit_measures.goodness(structure, theta, sample, fixed)
            continue
        weights = discrepancy.moment_weight(moments.sigma)
        cov, mean = sample.cov.copy(), sample.mean.copy()
        cov[np.ix_(fixed, fixed)] = 0.0
        mean[list(fixed)] = 0.0
        on = float(table.mean_structure)
        misfit = half_quadratic(sample.cov - moments.sigma, on * (sample.mean - moments.mu), weights)
        gfi += share * (1 - misfit / half_quadratic(cov, on * mean, weights))
    p = len(table.variables.observed)
    n_moments = len(model.samples) * (p * (p + 1) // 2 + (p if table.mean_structure else 0))
    agfi = 1 - n_moments / df * (1 - gfi) if df > 0 else 1.0
    return {"gfi": gfi, "agfi": agfi, "pgfi": df / n_moments * gfi}
