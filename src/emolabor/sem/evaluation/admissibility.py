"""Reasons against trusting a solution, and things to keep in mind about one that can be trusted, in words."""

from numbers import Real

import numpy as np

from emolabor.common.notices import Notice
from emolabor.sem.estimation.test_statistic import degrees_of_freedom
from emolabor.sem.evaluation.sparse_answers import far_covariates, sparse_answers
from emolabor.sem.implied.ram import fill, implied_moments
from emolabor.sem.inference.covariance import covariance_of_estimates, without_negative
from emolabor.sem.observed.design import cluster_counts
from emolabor.sem.specification.cautions import covariance_lines, missing_codes, text_warnings

# Shares above which answers that are not there are worth a warning.
LEFT_OUT, HOLES, LOW_COVERAGE = 0.2, 0.2, 0.1
# lavaan warns from the same ratio of variances on.
SCALES = 1000.0
# Fewer clusters than this are named whatever the model (benchmarks/clusters.py).
FEW_CLUSTERS = 24


def find_problems(fit):
    """Find what makes a solution inadmissible: no convergence, no identification, improper values.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    Notice
        One reason.
    """
    optimum = fit.estimate.optimum
    if not np.isfinite(optimum.value):
        yield Notice("constraints_unmet", "the search did not converge: the constraints could not be met")
    elif not fit.converged:
        largest = float(np.max(np.abs(optimum.gradient), initial=0.0))
        said = f"the search did not converge: the largest gradient is {largest:.2g} after {optimum.iterations} steps"
        yield Notice("not_converged", said)
    if np.isnan(fit.vcov().to_numpy()).any():
        yield Notice("not_identified", "the model is not identified: the information matrix is singular")
    # Fit measures of incomplete answers take seconds, counting does not.
    df = fit.fit_measures()["df"] if fit.table.ordered else degrees_of_freedom(fit.model, fit.estimate.n_free)
    if df < 0:
        said = f"the model is not identified: it has {-int(df)} more parameters than moments"
        yield Notice("more_parameters_than_moments", said)
    tidy = fit.tidy()
    negative = tidy[(tidy.op == "~~") & (tidy.lhs == tidy.rhs) & (tidy.est < 0)]
    for row in negative.itertuples():
        said = f"the variance of {row.lhs} is negative ({row.est:.3f}{_in_group(fit, row)})"
        yield Notice("negative_variance", said)
    for (name, _), own in tidy[tidy.op == "|"].groupby(["lhs", "group"], sort=False):
        if not (np.diff(own.est) > 0).all():
            said = f"the thresholds of {name} do not increase{_in_group(fit, own.iloc[0])}"
            yield Notice("thresholds_disordered", said)
    pairs = tidy[(tidy.op == "~~") & (tidy.lhs != tidy.rhs)]
    for row in pairs[pairs.std_all.abs() > 1].itertuples():
        said = f"the correlation of {row.lhs} and {row.rhs} is beyond 1 ({row.std_all:.3f}{_in_group(fit, row)})"
        yield Notice("correlation_beyond_one", said)
    p = len(fit.table.variables.observed)
    for group, structure in enumerate(fit.model.structures):
        place = f" in group {group + 1}" if fit.table.n_groups > 1 else ""
        if not is_positive(implied_moments(structure, fit.estimate.theta).covariance[p:, p:]):
            said = f"the covariance matrix of the latent variables is not positive definite{place}"
            yield Notice("latent_not_positive_definite", said)
        if not is_positive(fill(structure, fit.estimate.theta)[1][:p, :p]):
            said = f"the covariance matrix of the residuals is not positive definite{place}"
            yield Notice("residuals_not_positive_definite", said)


def find_warnings(fit):
    """Find what does not make a solution inadmissible, but its numbers less sure than they look.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    Notice
        One thing to keep in mind.
    """
    samples, n_free = fit.model.samples, fit.estimate.n_free
    tidy, identified = fit.tidy(), fit.vcov().notna().all(axis=None)
    yield from text_warnings(fit)
    for row in tidy[(tidy.op == ":=") & (tidy.est.isna() | tidy.se.isna())].itertuples():
        if np.isnan(row.est):
            said = f"{row.lhs} := {row.rhs} has no finite value at the estimates"
            yield Notice("defined_without_value", said)
        elif identified:
            said = f"{row.lhs} := {row.rhs} has no finite standard error at the estimates"
            yield Notice("defined_without_error", said)
    yield from _of_clusters(fit, n_free)
    measures = fit.fit_measures()
    if "chisq_scaled" in measures and np.isnan(measures["chisq_scaled"]):
        said = "the scaling factor of the test is not positive: there is no scaled test and no robust index"
        yield Notice("no_scaled_test", said)
    if fit.table.ordered:
        yield from far_covariates(fit)
    for group, sample in enumerate(samples):
        place = f"group {sample.label}: " if len(samples) > 1 else ""
        own = len({row.free for row in fit.table.rows if row.group == group and row.free >= 0})
        if sample.n < own:
            yield Notice("few_cases", f"{place}{sample.n} cases are fewer than the {own} free parameters")
        weights = None if sample.design is None else sample.design.weights
        effective = np.inf if weights is None else weights.sum() ** 2 / (weights**2).sum()  # Kish (1965)
        if effective < own <= sample.n:
            said = (
                f"{place}with these sampling weights {sample.n} cases tell about as much as {effective:.0f}, fewer "
                f"than the {own} free parameters: look at the largest weights, and trim them if they are no mistake"
            )
            yield Notice("few_effective_cases", said)
        yield from _left_out(sample, fit.table.variables.fixed_x, place, bool(fit.table.ordered))
        if fit.table.ordered and sample.data is not None:
            yield from sparse_answers(sample, fit.table.variables.observed, place)
        yield from missing_codes(*_values(fit, sample), place)
        if sample.incomplete:
            rows, names = sample.incomplete, fit.table.variables.observed
            yield from _holes(1 - rows.n_values / (rows.n * len(names)), rows.seen_together / rows.n, names, place)
        elif fit.table.ordered and sample.data is not None and np.isnan(sample.data).any():
            seen = (~np.isnan(sample.data)).astype(float)
            yield from _holes(1 - seen.mean(), seen.T @ seen / len(seen), fit.table.variables.observed, place)
        variances = np.diag(sample.cov)
        if variances.max() > SCALES * variances.min():
            names = fit.table.variables.observed
            largest, smallest = names[int(variances.argmax())], names[int(variances.argmin())]
            ratio = f"{variances.max() / variances.min():.2g}"
            said = f"{place}the variance of {largest} is {ratio} times that of {smallest}: take similar scales"
            yield Notice("unequal_scales", said)


def _of_clusters(fit, n_free):
    """Warnings about few clusters, and about errors of several classifications that had to be repaired."""
    counts = cluster_counts(fit.model.samples)
    for name, count in counts.items():
        of = f" of '{name}'" if len(counts) > 1 else ""
        if count < n_free:
            said = f"{count} clusters{of} are fewer than the {n_free} free parameters"
            yield Notice("few_clusters", f"{said}: the standard errors are not reliable")
        if count < FEW_CLUSTERS:
            said = (
                f"{count} clusters{of} are few: standard errors vary from sample to sample and tests of fit reject too "
                f"often; intervals are from the t distribution with {min(counts.values()) - 1} degrees of freedom"
            )
            yield Notice("few_clusters", said)
    if len(counts) > 1 and not fit.vcov().isna().any(axis=None):
        _, negative = without_negative(covariance_of_estimates(fit.model, fit.estimate, fit.se, unrepaired=True))
        if negative:
            said = (
                f"{negative} eigenvalues of the estimates' covariance matrix were negative and set to zero, as happens "
                "where a classification has few clusters: compare the errors with one classification at a time"
            )
            yield Notice("covariance_repaired", said)


def _left_out(sample, exogenous, place, ordered):
    """Warnings about rows that were left out: those without an exogenous variable at any share, others when many."""
    n_given = sample.n + sample.n_dropped
    if sample.n_without_exogenous:
        counts = ", ".join(f"{name} in {count}" for name, count in sample.exogenous_missing)
        said = f"{place}{sample.n_without_exogenous} of {n_given} rows were left out for a missing exogenous variable "
        said += f"({counts}), " + (
            "given which the answers are modelled"
            if ordered
            else "which full information does not fill. To keep them make the exogenous variables part of the model: "
            f"'{covariance_lines(exogenous)}'"
        )
        yield Notice("exogenous_missing", said)
    others = sample.n_dropped - sample.n_without_exogenous
    if others > LEFT_OUT * n_given:
        said = f"{place}{others} rows with missing answers ({others / n_given:.0%}) were left out"
        yield Notice("rows_left_out", said)


def _values(fit, sample):
    """Values (n, p) of a sample as they were given, as far as they are numbers, and the variables' names."""
    names = fit.table.variables.observed
    if sample.data is None:
        return np.empty((0, len(names))), names
    if not fit.table.ordered:
        return sample.data, names
    values = sample.data.copy()
    for place, categories in enumerate(sample.answers.categories):
        if categories and all(isinstance(value, Real) for value in categories):
            seen = ~np.isnan(values[:, place])
            values[seen, place] = np.array(categories, float)[values[seen, place].astype(int)]
    return values, names


def _holes(missing, together, names, place):
    """Warnings about missing answers, from their share and in which share of the rows each pair is observed (p, p)."""
    if missing > HOLES:
        yield Notice("many_missing", f"{place}{missing:.0%} of the answers are missing")
    for i, j in np.argwhere(np.triu(together, 1) + np.tri(len(names)) < LOW_COVERAGE):
        said = f"{place}{names[i]} and {names[j]} are observed together in {together[i, j]:.1%} of the rows only"
        yield Notice("seldom_together", said)


def is_positive(matrix):
    """Whether a matrix (p, p) has no negative eigenvalue, on the scale of its diagonal."""
    if not len(matrix):
        return True
    if not np.isfinite(matrix).all():
        return False
    scale = np.sqrt(np.abs(np.diag(matrix)))
    scale[scale == 0] = 1.0
    return np.linalg.eigvalsh(matrix / np.outer(scale, scale))[0] > -1e-8


def _in_group(fit, row):
    return f" in group {row.group}" if fit.table.n_groups > 1 else ""
