"""Factor scores: where each case stands on the latent variables, as far as its answers tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem.cases.new_cases import new_cases
from emolabor.sem.cases.ordinal_factor_scores import likeliest, posterior_modes
from emolabor.sem.implied.ram import fill, implied_moments
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

METHODS = {"regression": "regression", "ebm": "regression", "bartlett": "bartlett", "ml": "bartlett"}
SINGULAR = 1e-10


def factor_scores(fit: Fit, method: str = "regression", newdata: pd.DataFrame | None = None) -> pd.DataFrame:
    """Score every case on every latent variable.

    Parameters
    ----------
    fit : Fit
        Fitted to data.
    method : str
        "regression" or "EBM": the likeliest values of the latent variables given the answers and their distribution,
        shrunken towards the mean. For continuous answers that is their mean given the answers (Thurstone, 1935), for
        ordered ones the posterior mode (empirical Bayes modal).
        "Bartlett" or "ML": the values under which the answers that depend on them directly are likeliest, wider. For
        continuous answers that is generalised least squares (Bartlett, 1937), unbiased.
        In upper or lower case.
    newdata : DataFrame, optional
        Other cases than those of the fit, scored by its estimates: the model's columns and, where the fit has groups,
        theirs. Ordered answers have the categories of the fit.

    Returns
    -------
    DataFrame (n, n_latent)
        Indexed as the data; cases that the fit left out are not in it, new cases all are (without any answer their
        scores are missing). With missing answers each case is scored from
        what it answered; a Bartlett score that a case's answers do not determine is missing (that of a second-order
        factor always; with ordered answers that of who chose the outermost category everywhere). As lavaan's
        ``lavPredict()``, which has a constant, or where its search stopped, where we have none.

    Raises
    ------
    EmolaborError
        Unknown method, no latent variable, no data, new cases with columns, categories or groups that the fit does not
        have; ordered answers that are joined by more than the factors.

    References
    ----------
    Bartlett, M. S. (1937). The statistical conception of mental factors. British Journal of Psychology, 28(1), 97-104.
    Thurstone, L. L. (1935). The vectors of mind. University of Chicago Press.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.cfa("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=400, seed=1), missing="fiml")
    >>> scores = fit.factor_scores("Bartlett")
    >>> scores.shape, scores["exhaustion"].round(1).head(3).tolist()
    ((400, 1), [1.0, 1.0, -0.3])
    """
    if not isinstance(method, str) or method.lower() not in METHODS:
        refuse("method", shown(method), METHODS)
    latent = fit.table.variables.latent
    if not latent:
        refuse_because("factor_scores", "the model has no latent variable", "a model with one or more")
    if newdata is None:
        need_cases(fit, "factor_scores")
    regression = METHODS[method.lower()] == "regression"
    if fit.table.ordered:
        score = _of_ordered(posterior_modes if regression else likeliest)
    else:
        score = _regression if regression else _bartlett
    samples = fit.model.samples if newdata is None else new_cases(fit, newdata)
    return by_case(samples, latent, lambda group, sample: score(fit, group, sample))


def need_cases(fit: Fit, what: str) -> None:
    """Refuse a fit to a covariance matrix."""
    if any(sample.data is None for sample in fit.model.samples):
        refuse_because(what, "the fit has no cases (sample_cov)", "a fit to data")


def by_case(samples: Sequence[Any], columns: Sequence[Any], values: Callable[..., Any]) -> pd.DataFrame:
    """A frame in the order and with the index of the data, from `values(group, sample)` (n, k) of each group."""
    rows = np.concatenate([sample.rows for sample in samples])
    order = np.argsort(rows, kind="stable")
    found = np.vstack([values(group, sample) for group, sample in enumerate(samples)])
    return pd.DataFrame(found[order], index=samples[0].labels[rows[order]], columns=list(columns))


def answered(sample: Any) -> list[Any]:
    """(rows, variables observed) of every pattern with an answer; complete data are one pattern."""
    holes = np.isnan(sample.data)
    if not holes.any():
        return [(np.arange(sample.n), np.arange(holes.shape[1]))]
    patterns, members = np.unique(holes, axis=0, return_inverse=True)
    found = [(np.flatnonzero(members == k), np.flatnonzero(~own)) for k, own in enumerate(patterns)]
    return [(rows, seen) for rows, seen in found if len(seen)]


def implied_for_cases(fit: Fit, group: int) -> tuple[Any, ...]:
    """Implied moments of a group and the means (v,) of all variables.

    Without a mean structure the observed variables have their sample means and the latent ones what these bring through
    regressions. Refused where they are no moments of anything.
    """
    structure, sample = fit.model.structures[group], fit.model.samples[group]
    implied = implied_moments(structure, fit.estimate.theta)
    if not np.isfinite(implied.covariance).all() or inverse_and_logdet(implied.sigma) is None:
        refuse_because(
            "fit",
            "the covariance matrix it implies for the observed variables is not positive definite",
            "a solution that is admissible (see fit.problems)",
        )
    if structure.mean_structure:
        return implied, implied.means
    p = structure.n_observed
    paths, _, _ = fill(structure, fit.estimate.theta)
    latent = np.linalg.solve(np.eye(len(paths) - p) - paths[p:, p:], paths[p:, :p] @ sample.mean)
    return implied, np.concatenate([sample.mean, latent])


def _of_ordered(score: Callable[..., Any]) -> Callable[..., Any]:
    """Scores of a group, pattern by pattern, by `score(fit, group, implied, data, answered)`."""

    def of_group(fit, group, sample):
        implied, _ = implied_for_cases(fit, group)
        found = np.full((sample.n, len(fit.table.variables.latent)), np.nan)
        for rows, o in answered(sample):
            if np.isin(sample.covariates, o).all():  # who lacks a covariate has no distribution of the factors
                found[rows] = score(fit, group, implied, sample.data[rows], o)
        return found

    return of_group


def _regression(fit: Fit, group: int, sample: Any) -> np.ndarray:
    implied, means = implied_for_cases(fit, group)
    p = len(implied.sigma)
    found = np.full((sample.n, len(means) - p), np.nan)
    for rows, o in answered(sample):
        slopes = np.linalg.solve(implied.sigma[np.ix_(o, o)], implied.covariance[o, p:])
        found[rows] = means[p:] + (sample.data[np.ix_(rows, o)] - means[o]) @ slopes
    return found


def _bartlett(fit: Fit, group: int, sample: Any) -> np.ndarray:
    """Bartlett's scores, weighted by the covariance of what the factors and the residuals bring together.

    That gives the same as the residuals' alone and serves where they have no variance (Lawley & Maxwell, 1971).
    """
    implied, means = implied_for_cases(fit, group)
    p = len(implied.sigma)
    paths, covariances, _ = fill(fit.model.structures[group], fit.estimate.theta)
    loadings = paths[:p, p:]
    sigma = loadings @ implied.covariance[p:, p:] @ loadings.T + covariances[:p, :p]
    found = np.full((sample.n, loadings.shape[1]), np.nan)
    for rows, o in answered(sample):
        absent = np.setdiff1d(np.arange(p), o)
        o = o[~paths[np.ix_(o, absent)].any(axis=1)]  # without its predictors an answer tells nothing here
        told = np.flatnonzero(loadings[o].any(axis=0))
        if not len(told) or inverse_and_logdet(sigma[np.ix_(o, o)]) is None:
            continue
        own = loadings[np.ix_(o, told)]
        weighted = np.linalg.solve(sigma[np.ix_(o, o)], own)
        inner = own.T @ weighted
        scale = np.sqrt(np.diag(inner))
        if np.linalg.eigvalsh(inner / np.outer(scale, scale))[0] > SINGULAR:
            gaps = (sample.data[np.ix_(rows, o)] - means[o]) @ (np.eye(len(o)) - paths[np.ix_(o, o)]).T
            found[np.ix_(rows, told)] = means[p + told] + gaps @ np.linalg.solve(inner, weighted.T).T
    return found
