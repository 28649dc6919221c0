"""Fit measures of models with ordered answers, under lavaan's names with _ for a dot."""

import numpy as np

from emolabor.sem.discrepancy import dwls
from emolabor.sem.discrepancy.case_scores import over_groups
from emolabor.sem.estimation import test_statistic
from emolabor.sem.evaluation import fit_indices
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet

NUMBERS = 2_000_000  # numbers in a stack of matrices: 16 MB
NOT_SCALED = ("rmsea_ci_level", "rmsea_close_h0", "rmsea_notclose_h0")


def ordinal_fit_measures(model, estimate):
    """Every fit measure of a fit by DWLS, and for WLSMV the scaled and shifted test and the robust indices.

    Parameters
    ----------
    model : Model
    estimate : Estimate

    Returns
    -------
    dict
        The robust indices are those of Savalei (2021), missing where a variable is continuous or a scale is free. With
        several groups lavaan 0.6-14 has a lower robust CFI: it does not weight the groups in what it expects of the
        baseline, so that even two identical groups differ from one.
    """
    theta, n_free, weight, groups = estimate.theta, estimate.n_free, model.weight, len(model.samples)
    sizes = [len(discrepancy.weights) for discrepancy in model.discrepancies]
    df = sum(sizes) - n_free
    chisq = 2 * weight * model.value(theta)
    base_df = sum(len(s.statistics.pairs) + len(s.statistics.slopes) for s in model.samples)
    base_chisq = sum(d.sample.weight * d.squares(_joint(d.sample)) for d in model.discrepancies)
    result = {
        "npar": n_free,
        "fmin": chisq / model.n_obs / 2,
        **_against_baseline(chisq, df, base_chisq, base_df, weight, groups),
        "ntotal": model.n_obs,
    }
    if model.estimator.robust:
        result.update(_scaled(model, estimate, result))
        result.update(_robust(model, estimate, df, base_df))
    result.update(_residual_measures(model, theta))
    gfi = 0.0
    for share, (structure, _, discrepancy) in zip(model.case_shares, model.groups, strict=True):
        squares, left = discrepancy.squares(slice(None)), 2 * discrepancy.value(structure, theta)
        gfi += share * (1 - left / squares if squares else 1.0)
    result["gfi"] = gfi
    result["agfi"] = 1 - sum(sizes) / df * (1 - gfi) if df > 0 else 1.0
    result["pgfi"] = df / sum(sizes) * gfi
    result.update(fit_indices.per_case(chisq, df, weight))
    result["wrmr"] = float(np.sqrt(chisq / sizes[0]))
    return result


def _joint(sample):
    """Where the statistics stand that the baseline has at zero: covariances, and slopes on covariates.

    Slopes too: a baseline that leaves them free, as lavaan's does, is not nested in a model that restricts slopes.
    """
    return sample.statistics.joint


def _against_baseline(chisq, df, base_chisq, base_df, weight, groups):
    """Test, baseline test, incremental indices and RMSEA."""
    return {
        "chisq": chisq,
        "df": df,
        "pvalue": test_statistic.chisq_pvalue(chisq, df),
        "baseline_chisq": base_chisq,
        "baseline_df": base_df,
        "baseline_pvalue": test_statistic.chisq_pvalue(base_chisq, base_df),
        **fit_indices.incremental(chisq, df, base_chisq, base_df),
        **fit_indices.rmsea(chisq, df, weight, groups),
    }


def scaled_shifted(chisq, df, first, second):
    """The scaled and shifted statistic, its scaling factor and shift (Asparouhov & Muthen, 2010).

    Parameters
    ----------
    chisq, df : float
    first, second : float
        Traces of U Gamma and of its square.

    Returns
    -------
    tuple of float
        The statistic has the mean and variance of a chi-square with df degrees of freedom.
    """
    if not (df > 0 and second > 0):
        return (chisq, np.nan, 0.0) if df == 0 else (np.nan, np.nan, np.nan)
    stretch = np.sqrt(df / second)
    shift = max(df - stretch * first, 0.0)  # never negative but for rounding, as first^2 <= df * second
    return float(stretch * chisq + shift), float(1 / stretch), float(shift)


def _scaled(model, estimate, plain):
    """The scaled and shifted tests of model and baseline, and the indices made from them."""
    bread = bordered_inverse(model.information(estimate.theta), estimate.basis)
    own = (np.nan, np.nan) if bread is None else dwls.traces(model, estimate.theta, bread)
    chisq, scaling, shift = scaled_shifted(plain["chisq"], plain["df"], *own)
    # The baseline has correlations and slopes zero and the rest saturated: U is W there and zero elsewhere.
    first, second = dwls.weighted_traces(model, _joint)
    base, base_scaling, base_shift = scaled_shifted(plain["baseline_chisq"], plain["baseline_df"], first, second)
    groups = len(model.samples)
    indices = _against_baseline(chisq, plain["df"], base, plain["baseline_df"], model.weight, groups)
    result = {f"{name}_scaled": value for name, value in indices.items() if name not in NOT_SCALED}
    return {
        **result,
        "chisq_scaling_factor": scaling,
        "chisq_shift_parameter": shift,
        "baseline_chisq_scaling_factor": base_scaling,
        "baseline_chisq_shift_parameter": base_shift,
    }


def _robust(model, estimate, df, base_df):
    """Robust CFI, TLI and RMSEA (Savalei, 2021): the normal-theory misfit of the correlations and its expectation."""
    arguments = [np.nan] * 4
    if not any(_without_robust(structure) for structure in model.structures):
        arguments = _correlation_misfit(model, estimate)
    if np.isnan(arguments).any():
        names = fit_indices.robust(1.0, 1, 1.0, 2.0, 1, 1.0, 1)
        return dict.fromkeys(names, np.nan)
    own, expected, base, base_expected = arguments
    factors = expected / df if df > 0 else np.nan, base_expected / base_df
    return fit_indices.robust(own, df, factors[0], base, base_df, factors[1], model.weight, len(model.samples))


def _without_robust(structure):
    """Whether there are numbers, covariates or one variable only, or scales (residual variances) other than 1."""
    part = structure.ordered
    if part.continuous.size or part.covariates.size or part.n_observed < 2:
        return True
    if part.is_theta:
        residual = (structure.kind == 1) & (structure.row == structure.col) & np.isin(structure.row, part.variables)
        return bool(np.any(residual) or np.any(structure.covariances[part.variables, part.variables] != 1.0))
    return bool(np.any(part.scale_parameter >= 0) or np.any(part.scale_value != 1.0))


def _scaled_sigma(structure, theta):
    """Implied covariances (p, p) of the variables as the statistics have them, ordered ones with variance 1."""
    sigma = implied_moments(structure, theta).sigma
    scale = dwls.all_scales(structure.ordered, theta, sigma)
    return sigma * np.outer(scale, scale)


def _correlation_misfit(model, estimate):
    """Normal-theory chi-square of the correlations and its expectation, for model and baseline; missing where none."""
    theta = estimate.theta
    bread = bordered_inverse(model.information(theta), estimate.basis)
    if bread is None:
        return [np.nan] * 4
    own = expected = base = base_expected = 0.0
    parts, spreads = [], []
    for share, (structure, sample, discrepancy) in zip(model.case_shares, model.groups, strict=True):
        here, (i, j) = _joint(sample), structure.ordered.pairs
        implied, found = inverse_and_logdet(_scaled_sigma(structure, theta)), inverse_and_logdet(sample.cov)
        if implied is None or found is None:
            return [np.nan] * 4
        inverse, logdet = implied
        own += sample.n * (logdet - found[1] + float(np.sum(inverse * sample.cov)) - len(inverse))
        base -= sample.n * found[1]
        slopes = dwls.jacobian(structure, theta)
        changes = sample.root[:, here]
        spreads.append(np.sqrt(share) * (sample.root @ (slopes * discrepancy.weights[:, None])))
        moving = np.flatnonzero(slopes[here].any(axis=0))  # thresholds do not move correlations
        slopes = slopes[here, moving]
        base_expected += float(np.vdot(sample.signed(changes), changes))
        # V, the normal-theory weights of the correlations alone
        weighed = np.vstack([own for _, own in _weighed(inverse, (i, j), slopes.T)]).T
        squares = [np.sum(part * own, axis=1) for part, own in _weighed(inverse, (i, j), changes)]
        expected += float(sample.signed(np.concatenate(squares)[:, None]).sum())
        parts.append((share, moving, slopes, weighed, sample.signed(changes)))
    # The model leaves Q = I - J B J'W of a change in the statistics; the expectation is the trace of Q'VQ Gamma.
    joined = over_groups(spreads, model.samples)
    meat = sum(rows.T @ model.samples[0].signed(rows) for rows in joined)
    for group, (share, moving, slopes, weighed, changes) in enumerate(parts):
        spread = joined[0] if model.samples[0].in_units else spreads[group]
        expected -= 2 * np.sqrt(share) * float(np.vdot(changes @ weighed @ bread[moving], spread))
        expected += share * float(np.sum((slopes.T @ weighed) * (bread[moving] @ meat @ bread[:, moving])))
    return [max(own, 0.0), expected, base, base_expected]  # the discrepancy of a perfect fit is rounding


def _weighed(inverse, pairs, changes):
    """Yield changes (k, m) of correlations, some at a time, and the normal-theory weight matrix times them."""
    p, (i, j) = len(inverse), pairs
    size = max(1, NUMBERS // p**2)
    for first in range(0, max(len(changes), 1), size):
        part = changes[first : first + size]
        matrices = np.zeros((len(part), p, p))
        matrices[:, i, j] = matrices[:, j, i] = part
        yield part, (inverse @ matrices @ inverse)[:, i, j]


def _residual_measures(model, theta):
    """RMR, SRMR and CRMR as lavaan has them here: of covariances, thresholds and slopes, not of means and variances.

    They count the moments that there are; lavaan 0.6-14 counts variances of covariates too, lavaan 0.7 no longer does.
    """
    sums = {}
    for structure, sample, _ in model.groups:
        statistics, part = sample.statistics, structure.ordered
        values, implied = statistics.values, dwls.implied_statistics(structure, theta)
        here, last = statistics.covariances, slice(statistics.covariances.stop, None)
        unit_x = np.sqrt(np.diag(sample.cov))[part.slopes[1]]
        sd, sd_model = (_deviations(part, own[len(statistics.variable) : here.start]) for own in (values, implied))
        levels = (values - implied)[: len(statistics.variable)][statistics.category >= 0]
        # Pooled correlations have no variances: nothing to count.
        p = 0 if sample.answers is None else len(part.dependent)
        (i, j), y = part.pairs, part.slopes[0]
        by_pair, by_slope = values[here] - implied[here], values[last] - implied[last]
        standard, slopes = sd[i] * sd[j], by_slope * unit_x / sd[y]
        gaps = {
            "rmr": (by_pair, by_slope, p),
            "srmr": (by_pair / standard, slopes, p),
            "crmr": (values[here] / standard - implied[here] / (sd_model[i] * sd_model[j]), slopes, 0),
        }
        for name, (pairs, slopes, variances) in gaps.items():
            total, count = float(pairs @ pairs), len(pairs) + variances
            all_of_them = total + float(slopes @ slopes + levels @ levels)
            every = count + len(slopes) + len(levels)
            for which, value in ((f"{name}_nomean", total / max(count, 1)), (name, all_of_them / max(every, 1))):
                sums[which] = sums.get(which, 0.0) + sample.n / model.n_obs * float(np.sqrt(value))
    bentler, plain = sums["srmr"], sums["srmr_nomean"]
    return {**sums, "srmr": plain, "srmr_bentler": bentler, "srmr_bentler_nomean": plain}


def _deviations(part, variances):
    """Standard deviations (p,) of the observed variables, given those variances that are statistics."""
    found = np.ones(part.n_observed)
    found[part.continuous] = np.sqrt(variances)
    return found
