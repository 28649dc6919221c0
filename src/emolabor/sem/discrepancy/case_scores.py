"""Scores of cases: derivatives of each case's discrepancy, their sums within clusters, their cross-products."""

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.sem.discrepancy import fourth_moment_scores, normal


def score_products(discrepancy, structure, theta):
    """Cross-product (q, q) of the scores of one group's cases, or of their clusters."""
    if discrepancy.sample.fourth is not None:
        return fourth_moment_scores.score_products(structure, theta, discrepancy.sample)
    scores = scores_of(discrepancy, structure, theta)
    return scores.T @ scores


def moment_meat(structure, theta, sample, exogenous):
    """Cross-product (q, q) of what each case's moments contribute: derivative' V Gamma V derivative times n.

    Where exogenous variables are fixed, what they predict of a case's moments is taken out of them first.
    """
    if sample.fourth is not None:
        return fourth_moment_scores.moment_score_products(structure, theta, sample, exogenous)
    deviations, predicted = deviations_and_predicted(sample, exogenous)
    at_mean = np.zeros_like(sample.mean)
    scores = normal.case_scores(structure, theta, deviations, at_mean)
    scores = scores - normal.case_scores(structure, theta, predicted, at_mean)
    scores = scores - scores.mean(axis=0)
    return scores.T @ scores


def deviations_and_predicted(sample, exogenous):
    """Deviations from the sample mean (n, p) and their least-squares prediction from exogenous variables (n, p)."""
    if sample.data is None:
        refuse_because("data", "a file read in one pass leaves no cases to go through", "a DataFrame")
    deviations = sample.data - sample.mean
    if not exogenous:
        return deviations, np.zeros_like(deviations)
    x = deviations[:, exogenous]
    return deviations, x @ np.linalg.solve(x.T @ x, x.T @ deviations)


def scores_of(discrepancy, structure, theta):
    """Scores (n, q) of the cases of one group, or their sums within clusters (n_clusters, q)."""
    scores, clusters = discrepancy.case_scores(structure, theta), discrepancy.sample.clusters
    return scores if clusters is None else sum_in_clusters(scores, clusters)


def sum_in_clusters(scores, clusters):
    """Add up scores (n, q) within clusters, times the root of J / (J - 1): (J, q)."""
    _, codes = np.unique(clusters, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    count = len(starts)
    return np.add.reduceat(scores[order], starts, axis=0) * np.sqrt(count / (count - 1))
