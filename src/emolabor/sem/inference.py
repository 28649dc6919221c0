"""Covariance matrices of the estimates: from the information, and robust ones from the cases' scores."""

import numpy as np

from emolabor.errors import EmolaborError
from emolabor.sem import expressions, fiml, fourth_moments, likelihood, wlsmv
from emolabor.sem.constraints import label_values
from emolabor.sem.likelihood import factor

SINGULAR = 1e-10


def covariance_of_estimates(model, estimate, kind):
    """Covariance matrix (q, q) of the estimates under the constraints.

    Parameters
    ----------
    model : Model
    estimate : Estimate
    kind : str
        "expected" or "observed": inverse information. "robust_sem": Satorra & Bentler (1994), expected information and
        fourth-order moments. "huber_white": observed information and the cases' scores (Huber, 1967; White, 1982),
        summed within clusters where there are clusters. "robust_dwls": information and asymptotic covariances of the
        statistics (Muthen, du Toit & Spisic, 1997).

    Returns
    -------
    ndarray
        Missing throughout where the information is singular (the model is not identified).
    """
    observed = kind in ("observed", "huber_white")
    information = model.information(estimate.theta, observed)
    bread = bordered_inverse(information, estimate.basis)
    if bread is None:
        return np.full_like(information, np.nan)
    if kind in ("expected", "observed"):
        return bread / model.weight
    return bread @ meat(model, estimate.theta, kind) @ bread / model.weight


def bordered_inverse(information, basis):
    """Inverse of the information (q, q) along the free directions (q, r); None where it is singular."""
    unconstrained = basis.shape[0] == basis.shape[1]
    inner = information if unconstrained else basis.T @ information @ basis
    if not len(inner):
        return np.zeros_like(information)
    scale = np.sqrt(np.abs(inner.diagonal()))
    scale[scale == 0] = 1.0
    scale = scale[:, None] * scale
    inverse = _inverse(inner / scale)
    if inverse is None:
        return None
    inverse = inverse / scale
    return inverse if unconstrained else basis @ inverse @ basis.T


def _inverse(matrix):
    """Inverse of a symmetric matrix (r, r) with unit diagonal; None where it is singular."""
    factored = factor(matrix)
    # The smallest eigenvalue is above 1 / trace of the inverse, the largest is at most r.
    if factored is not None and SINGULAR * len(matrix) * factored[0].trace() < 1:
        return factored[0]
    values, vectors = np.linalg.eigh(matrix)
    if values[0] <= SINGULAR * values[-1]:
        return None
    return (vectors / values) @ vectors.T


def meat(model, theta, kind):
    """Mean cross-product (q, q) of the cases' scores over all groups."""
    total = 0.0
    for structure, sample, _ in model.groups:
        if kind == "robust_dwls":
            total = total + wlsmv.robust_meat(structure, theta, sample)
        elif kind == "robust_sem":
            total = total + moment_meat(structure, theta, sample, model.exogenous)
        else:
            total = total + score_products(structure, theta, sample)
    return total / model.n_obs


def score_products(structure, theta, sample):
    """Cross-product (q, q) of the scores of one group's cases, or of their clusters."""
    if sample.fourth is not None:
        return fourth_moments.score_products(structure, theta, sample)
    scores = scores_of(structure, theta, sample)
    return scores.T @ scores


def moment_meat(structure, theta, sample, exogenous):
    """Cross-product (q, q) of what each case's moments contribute: derivative' V Gamma V derivative times n.

    Where exogenous variables are fixed, what they predict of a case's moments is taken out of them first.
    """
    if sample.fourth is not None:
        return fourth_moments.moment_score_products(structure, theta, sample, exogenous)
    deviations, predicted = deviations_and_predicted(sample, exogenous)
    at_mean = np.zeros_like(sample.mean)
    scores = likelihood.case_scores(structure, theta, deviations, at_mean)
    scores = scores - likelihood.case_scores(structure, theta, predicted, at_mean)
    scores = scores - scores.mean(axis=0)
    return scores.T @ scores


def deviations_and_predicted(sample, exogenous):
    """Deviations from the sample mean (n, p) and their least-squares prediction from exogenous variables (n, p)."""
    if sample.data is None:
        raise EmolaborError("data: a file read in one pass leaves no cases to go through; allowed here: a DataFrame.")
    deviations = sample.data - sample.mean
    if not exogenous:
        return deviations, np.zeros_like(deviations)
    x = deviations[:, exogenous]
    return deviations, x @ np.linalg.solve(x.T @ x, x.T @ deviations)


def scores_of(structure, theta, sample):
    """Scores (n, q) of the cases of one group, or their sums within clusters (n_clusters, q)."""
    if structure.ordered is not None:
        scores = wlsmv.case_scores(structure, theta, sample)
    elif sample.patterns:
        scores = fiml.case_scores(structure, theta, sample)
    else:
        centre = None if structure.mean_structure else sample.mean
        scores = likelihood.case_scores(structure, theta, sample.data, centre)
    return scores if sample.clusters is None else sum_in_clusters(scores, sample.clusters)


def sum_in_clusters(scores, clusters):
    """Add up scores (n, q) within clusters, times the root of J / (J - 1): (J, q)."""
    _, codes = np.unique(clusters, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    count = len(starts)
    return np.add.reduceat(scores[order], starts, axis=0) * np.sqrt(count / (count - 1))


def defined_errors(table, theta, covariance):
    """Standard errors of the `:=` parameters by the delta method (Sobel, 1982)."""
    values, gradients = label_values(table, theta)
    errors = []
    with np.errstate(all="ignore"):
        for defined in table.defined:
            values[defined.name], slope = expressions.gradient(defined.tree, values, gradients)
            gradients[defined.name] = np.broadcast_to(slope, (table.n_free,))
            error = float(np.sqrt(gradients[defined.name] @ covariance @ gradients[defined.name]))
            errors.append(error if np.isfinite(values[defined.name]) and np.isfinite(error) else np.nan)
    return errors
