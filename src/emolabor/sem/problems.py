"""Reasons against trusting a solution, in words."""

import numpy as np

from emolabor.sem.structure import implied_moments


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
    if not fit.converged:
        largest = float(np.max(np.abs(fit.estimate.optimum.gradient), initial=0.0))
        steps = fit.estimate.optimum.iterations
        yield f"the search did not converge: the largest gradient is {largest:.2g} after {steps} steps"
    if np.isnan(fit.vcov().to_numpy()).any():
        yield "the model is not identified: the information matrix is singular"
    if fit.fit_measures()["df"] < 0:
        yield f"the model is not identified: it has {-int(fit._fit_measures['df'])} more parameters than moments"
    tidy = fit.tidy()
    for row in tidy[(tidy.op == "~~") & (tidy.lhs == tidy.rhs) & (tidy.est < 0)].itertuples():
        yield f"the variance of {row.lhs} is negative ({row.est:.3f}{_in_group(fit, row)})"
    pairs = tidy[(tidy.op == "~~") & (tidy.lhs != tidy.rhs)]
    for row in pairs[pairs.std_all.abs() > 1].itertuples():
        yield f"the correlation of {row.lhs} and {row.rhs} is beyond 1 ({row.std_all:.3f}{_in_group(fit, row)})"
    p = len(fit.table.variables.observed)
    for group, structure in enumerate(fit.model.structures):
        latent = implied_moments(structure, fit.estimate.theta).covariance[p:, p:]
        if len(latent) and np.linalg.eigvalsh(latent)[0] < -1e-8:
            place = f" in group {group + 1}" if fit.table.n_groups > 1 else ""
            yield f"the covariance matrix of the latent variables is not positive definite{place}"


def _in_group(fit, row):
    return f" in group {row.group}" if fit.table.n_groups > 1 else ""
