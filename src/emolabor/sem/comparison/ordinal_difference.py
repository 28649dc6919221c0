"""Difference tests of nested models of ordered answers."""

from dataclasses import replace

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.sem.discrepancy import dwls
from emolabor.sem.discrepancy.case_scores import over_groups
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.start import start_values
from emolabor.sem.evaluation.fit_indices import chisq_difference
from emolabor.sem.evaluation.ordinal_fit_measures import scaled_shifted
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.specification.constraints import null_space


def satorra_2000(restricted, larger):
    """Scaled and shifted difference of two nested fits by WLSMV (Satorra, 2000; Asparouhov & Muthen, 2010).

    Parameters
    ----------
    restricted, larger : Fit

    Returns
    -------
    tuple of float
        Statistic (missing where it cannot be had) and degrees of freedom. What the restricted model holds equal is
        found from the two models' derivatives ("delta method"), evaluated each at its own solution; weights and
        asymptotic covariances are those of the data.
    """
    model, estimate = larger.model, larger.estimate
    df = int(restricted.fit_measures().df - larger.fit_measures().df)
    gap = chisq_difference(restricted.fit_measures().chisq, larger.fit_measures().chisq)
    basis = estimate.basis
    orders = statistic_orders(restricted.model, model)
    own, other = [], []
    for structure, smaller, order in zip(model.structures, restricted.model.structures, orders, strict=True):
        own.append(dwls.jacobian(structure, estimate.theta) @ basis)
        other.append(dwls.jacobian(smaller, restricted.estimate.theta)[order] @ restricted.estimate.basis)
    slopes = np.vstack(own)
    within = np.linalg.lstsq(slopes, np.vstack(other), rcond=None)[0]
    held = null_space(within.T).T  # directions of the larger model that the restricted one does not have
    information = basis.T @ model.information(estimate.theta) @ basis
    bread = bordered_inverse(information, np.eye(len(information)))
    if bread is None or len(held) != df:
        return np.nan, df
    spreads = (
        np.sqrt(share) * discrepancy.sample.root @ (slope * discrepancy.weights[:, None])
        for share, discrepancy, slope in zip(model.case_shares, model.discrepancies, own, strict=True)
    )
    spread = sum(rows.T @ model.samples[0].signed(rows) for rows in over_groups(spreads, model.samples))
    turned = held @ bread
    inner = np.linalg.solve(turned @ held.T, turned @ spread @ turned.T)
    statistic, _, _ = scaled_shifted(gap, df, float(np.trace(inner)), float(np.sum(inner * inner.T)))
    return statistic, df


def statistic_orders(a, b):
    """For each group, where model a has the statistics of model b."""
    orders = []
    for theirs, ours in zip(a.samples, b.samples, strict=True):
        place = {key: i for i, key in enumerate(_keys(theirs, a.table.variables.observed))}
        orders.append([place[key] for key in _keys(ours, b.table.variables.observed)])
    return orders


def _keys(sample, names):
    """What each statistic is about."""
    statistics = sample.statistics
    keys = [(names[v], int(k)) for v, k in zip(statistics.variable, statistics.category, strict=True)]
    keys += [frozenset([names[v]]) for v in statistics.continuous]
    keys += [frozenset([names[i], names[j]]) for i, j in statistics.pairs]
    return keys + [(names[y], names[x]) for y, x in statistics.slopes]


def translate_ordinal(restricted, larger, tolerance):
    """Find the parameters of the larger model that imply what the restricted fit implies.

    Parameters
    ----------
    restricted, larger : Fit
    tolerance : float
        Discrepancy of a case up to which the larger model reproduces the restricted one.

    Returns
    -------
    Estimate

    Raises
    ------
    EmolaborError
        The larger model cannot imply them: the models are not nested.
    """
    samples = []
    orders = statistic_orders(restricted.model, larger.model)
    for structure, sample, order in zip(restricted.model.structures, larger.model.samples, orders, strict=True):
        implied = dwls.implied_statistics(structure, restricted.estimate.theta)[order]
        samples.append(replace(sample, statistics=replace(sample.statistics, values=implied)))
    model = larger.model.with_samples(samples)
    for start in (larger.estimate.theta, start_values(larger.table, samples, model.structures)):
        estimate = estimate_parameters(model, start)
        if model.value(estimate.theta) <= tolerance:
            return estimate
    refuse_because(
        "lr_test",
        "the models are not nested: the one with fewer degrees of freedom cannot reproduce what the other implies",
        "a model and a restriction of it",
    )
