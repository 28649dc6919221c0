"""Scores of cases, a block of cases at a time: derivatives of their discrepancy, and sums of their products.

A sample's cases may be in memory or in a file that is read once more; either way no array as long as the sample and as
wide as the parameters is made.
"""

import numpy as np

from emolabor.sem.discrepancy import normal


def score_blocks(discrepancy, structure, theta):
    """Yield the scores (b, q) of one group's cases; with clusters, their sums within clusters in one block (J, q)."""
    blocks, clusters = discrepancy.case_scores(structure, theta), discrepancy.sample.clusters
    if clusters is None:
        yield from blocks
    else:
        yield sums_in_clusters(blocks, clusters, structure.n_parameters)


def sums_in_clusters(blocks, clusters, width):
    """Add up blocks of scores (b, width) within clusters (n,), times the root of J / (J - 1): (J, width)."""
    codes = np.unique(clusters, return_inverse=True)[1]
    count, first = codes.max() + 1, 0
    totals = np.zeros((count, width))
    for scores in blocks:
        own = codes[first : first + len(scores)]
        order = np.argsort(own, kind="stable")
        starts = np.flatnonzero(np.diff(own[order], prepend=-1))
        totals[own[order][starts]] += np.add.reduceat(scores[order], starts, axis=0)
        first += len(scores)
    return totals * np.sqrt(count / (count - 1))


def score_products(discrepancy, structure, theta):
    """Cross-product (q, q) of the scores of one group's cases, or of their clusters."""
    return sum(scores.T @ scores for scores in score_blocks(discrepancy, structure, theta))


def moment_meat(structure, theta, sample, exogenous):
    """Cross-product (q, q) of what each case's moments contribute: derivative' V Gamma V derivative times n.

    Where exogenous variables are fixed, what they predict of a case's moments is taken out of them first.
    """
    at_mean, total, products = np.zeros_like(sample.mean), 0.0, 0.0
    for deviations, predicted in deviations_and_predicted(sample, exogenous, structure.n_parameters):
        scores = normal.case_scores(structure, theta, deviations, at_mean)
        scores -= normal.case_scores(structure, theta, predicted, at_mean)
        total, products = total + scores.sum(axis=0), products + scores.T @ scores
    return products - np.outer(total, total) / sample.n


def deviations_and_predicted(sample, exogenous, width):
    """Yield deviations from the sample mean (b, p) and their least-squares prediction from exogenous variables (b, p).

    `width` is how many numbers are made of each case.
    """
    x = list(exogenous)
    slopes = np.linalg.solve(sample.cov[np.ix_(x, x)], sample.cov[x])
    for values in sample.blocks(width):
        deviations = values - sample.mean
        yield deviations, deviations[:, x] @ slopes
