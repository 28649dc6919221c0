"""Reasons against trusting a solution, and things to keep in mind about one that can be trusted, in words."""

import numpy as np

from emolabor.sem.measures import degrees_of_freedom
from emolabor.sem.sparse import sparse_answers
from emolabor.sem.structure import fill, implied_moments

# Shares above which answers that are not there are worth a warning.
LEFT_OUT, HOLES, LOW_COVERAGE = 0.2, 0.2, 0.1
# lavaan warns from the same ratio of variances on.
SCALES = 1000.0


def find_problems(fit):
    """Find what makes a solution inadmissible: no convergence, no identification, improper values.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    str
        One reason.
    """
    optimum = fit.estimate.optimum
    if not np.isfinite(optimum.value):
        yield "the search did not converge: the constraints could not be met"
    elif not fit.converged:
        largest = float(np.max(np.abs(optimum.gradient), initial=0.0))
        yield f"the search did not converge: the largest gradient is {largest:.2g} after {optimum.iterations} steps"
    if np.isnan(fit.vcov().to_numpy()).any():
        yield "the model is not identified: the information matrix is singular"
    # Fit measures of incomplete answers take seconds, counting does not.
    df = fit.fit_measures()["df"] if fit.table.ordered else degrees_of_freedom(fit.model, fit.estimate.n_free)
    if df < 0:
        yield f"the model is not identified: it has {-int(df)} more parameters than moments"
    tidy = fit.tidy()
    negative = tidy[(tidy.op == "~~") & (tidy.lhs == tidy.rhs) & (tidy.est < 0)]
    for row in negative.itertuples():
        yield f"the variance of {row.lhs} is negative ({row.est:.3f}{_in_group(fit, row)})"
    for (name, _), own in tidy[tidy.op == "|"].groupby(["lhs", "group"], sort=False):
        if not (np.diff(own.est) > 0).all():
            yield f"the thresholds of {name} do not increase{_in_group(fit, own.iloc[0])}"
    pairs = tidy[(tidy.op == "~~") & (tidy.lhs != tidy.rhs)]
    for row in pairs[pairs.std_all.abs() > 1].itertuples():
        yield f"the correlation of {row.lhs} and {row.rhs} is beyond 1 ({row.std_all:.3f}{_in_group(fit, row)})"
    p = len(fit.table.variables.observed)
    for group, structure in enumerate(fit.model.structures):
        place = f" in group {group + 1}" if fit.table.n_groups > 1 else ""
        if not _positive(implied_moments(structure, fit.estimate.theta).covariance[p:, p:]):
            yield f"the covariance matrix of the latent variables is not positive definite{place}"
        if not _positive(fill(structure, fit.estimate.theta)[1][:p, :p]):
            yield f"the covariance matrix of the residuals is not positive definite{place}"


def find_warnings(fit):
    """Find what does not make a solution inadmissible, but its numbers less sure than they look.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    str
        One thing to keep in mind.
    """
    samples, n_free = fit.model.samples, fit.estimate.n_free
    tidy, identified = fit.tidy(), fit.vcov().notna().all(axis=None)
    for row in tidy[(tidy.op == ":=") & (tidy.est.isna() | tidy.se.isna())].itertuples():
        if np.isnan(row.est):
            yield f"{row.lhs} := {row.rhs} has no finite value at the estimates"
        elif identified:
            yield f"{row.lhs} := {row.rhs} has no finite standard error at the estimates"
    if samples[0].clusters is not None:
        count = len(np.unique(np.concatenate([sample.clusters for sample in samples])))
        if count < n_free:
            yield f"{count} clusters are fewer than the {n_free} free parameters: the standard errors are not reliable"
    measures = fit.fit_measures()
    if "chisq_scaled" in measures and np.isnan(measures["chisq_scaled"]):
        yield "the scaling factor of the test is not positive: there is no scaled test and no robust index"
    for group, sample in enumerate(samples):
        place = f"group {sample.label}: " if len(samples) > 1 else ""
        own = len({row.free for row in fit.table.rows if row.group == group and row.free >= 0})
        if sample.n < own:
            yield f"{place}{sample.n} cases are fewer than the {own} free parameters"
        left_out = sample.n_dropped / (sample.n + sample.n_dropped)
        if left_out > LEFT_OUT:
            yield f"{place}{sample.n_dropped} rows with missing answers ({left_out:.0%}) were left out"
        if fit.table.ordered:
            yield from sparse_answers(sample, fit.table.variables.observed, place)
        if np.isnan(sample.data).any() if fit.table.ordered else sample.patterns:
            yield from _holes(~np.isnan(sample.data), fit.table.variables.observed, place)
        variances = np.diag(sample.cov)
        if variances.max() > SCALES * variances.min():
            names = fit.table.variables.observed
            largest, smallest = names[int(variances.argmax())], names[int(variances.argmin())]
            ratio = f"{variances.max() / variances.min():.2g}"
            yield f"{place}the variance of {largest} is {ratio} times that of {smallest}: take similar scales"


def _holes(seen, names, place):
    """Warnings about missing answers, from which answers (n, p) there are."""
    missing = 1 - seen.mean()
    if missing > HOLES:
        yield f"{place}{missing:.0%} of the answers are missing"
    together = seen.T.astype(float) @ seen / len(seen)
    for i, j in np.argwhere(np.triu(together, 1) + np.tri(len(names)) < LOW_COVERAGE):
        yield f"{place}{names[i]} and {names[j]} are observed together in {together[i, j]:.1%} of the rows only"


def _positive(matrix):
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
