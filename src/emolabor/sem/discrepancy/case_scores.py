"""Scores of cases, a block of cases at a time: derivatives of their discrepancy, and sums of their products.

A sample's cases may be in memory or in a file that is read once more; either way no array as long as the sample and as
wide as the parameters is made.
"""

import numpy as np

from emolabor.sem.discrepancy import normal


def unit_rows(scores, samples, width):
    """Yield the rows (r, width) whose signed products count: cases' scores, or sums of units over all groups at once.

    Parameters
    ----------
    scores : iterable
        For each group its weighted scores, blocks (b, width).
    samples : sequence of Sample
    width : int
    """
    if samples[0].in_units:
        yield sum(sample.design.sums(blocks, width) for blocks, sample in zip(scores, samples, strict=True))
    else:
        for blocks in scores:
            yield from blocks


def over_groups(parts, samples):
    """Rows of each group that are independent of the others' as they are; with a row for every unit, their sum."""
    return [sum(parts)] if samples[0].in_units else list(parts)


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


def moment_contributions(sample, layout, exogenous):
    """What each case, or each unit, adds to the free moments (r, m) about their mean, weighted.

    Parameters
    ----------
    sample : Sample
        Complete.
    layout : Structure
        Of the saturated model: which moments they are.
    exogenous : sequence of int
        Fixed exogenous variables: what they predict of a case's moments is taken out first.
    """
    means = layout.kind == 2
    i, j = layout.row[~means], layout.col[~means]
    blocks = deviations_and_predicted(sample, exogenous, len(layout.kind))
    deviations, predicted = (np.vstack(parts) for parts in zip(*blocks, strict=True))
    rows = deviations[:, i] * deviations[:, j] - predicted[:, i] * predicted[:, j]
    rows = np.hstack([rows, (deviations - predicted)[:, layout.row[means]]])
    return in_units(sample, rows - np.average(rows, axis=0, weights=sample.case_weights))


def in_units(sample, rows):
    """Rows of cases (n, m), weighted and added up within units."""
    if sample.case_weights is not None:
        rows = rows * sample.case_weights[:, None]
    return sample.design.sums([rows], rows.shape[1]) if sample.in_units else rows
