"""Scaling factors of the chi-square for answers that are not normal.

Satorra & Bentler (1994) for MLM; Yuan & Bentler (2000) in the form of Asparouhov & Muthen (2005) for MLR.
"""

import numpy as np

from emolabor.sem import linalg
from emolabor.sem.discrepancy.case_scores import deviations_and_predicted
from emolabor.sem.implied.ram import implied_moments, moment_slopes
from emolabor.sem.inference.covariance import meat, moment_spreads
from emolabor.sem.linalg import bordered_inverse


def satorra_bentler_trace(model, theta, basis):
    """Trace of U Gamma: the mean of the chi-square whatever the distribution.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
    basis : ndarray (q, r)

    Returns
    -------
    float
        Divided by the degrees of freedom it is the scaling factor.
    """
    bread = bordered_inverse(model.derivatives(theta)[2], basis)
    if bread is None:
        return np.nan
    spent = float(np.sum(bread * meat(model, theta, "robust_sem")))
    if model.samples[0].design is not None:
        return sum(trace for *_, trace in moment_spreads(model, theta)) - spent
    total = 0.0
    for structure, sample, _ in model.groups:
        inverse, _ = linalg.inverse_and_logdet(implied_moments(structure, theta).sigma)
        total += moment_trace(sample, inverse, structure.mean_structure, model.exogenous)
    return total - spent


def yuan_bentler_trace(model, theta, basis):
    """Trace of the scores' cross-product times the inverse observed information of a model.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
    basis : ndarray (q, r)

    Returns
    -------
    float
        What the saturated model's trace exceeds it by, divided by the degrees of freedom, is the scaling factor.
    """
    information = _linear_information(model, theta) if model.linear_test else model.derivatives(theta, observed=True)[2]
    bread = None if information is None else bordered_inverse(information, basis)
    return np.nan if bread is None else float(np.vdot(bread, meat(model, theta, "huber_white")))


def _linear_information(model, theta):
    """Observed information (q, q) of a case without the second derivatives of the moments by the parameters.

    D'HD with D the derivatives of the moments and H the Hessian of the saturated model at the implied moments. None
    where the implied covariance is not positive definite.
    """
    total = 0.0
    for share, structure, full in zip(model.shares, model.structures, model.saturated, strict=True):
        implied = implied_moments(structure, theta)
        curvature = full.information_at(implied.sigma, implied.mu, observed=True)
        if curvature is None:
            return None
        slopes = moment_slopes(structure, implied)[full.kept]
        total = total + share * slopes.T @ curvature @ slopes
    return total


def saturated_trace(model):
    """The same trace of the saturated model, over all groups."""
    total = 0.0
    for sample, full in zip(model.samples, model.saturated, strict=True):
        if sample.incomplete or sample.design is not None or model.exogenous:
            total += full.trace
        else:
            total += moment_trace(sample, linalg.inverse_and_logdet(sample.cov)[0], model.table.mean_structure)
    return total


def moment_trace(sample, inverse, mean_structure, exogenous=()):
    """Trace of the normal-theory weight matrix times the covariance of the sample moments, from squared distances.

    Parameters
    ----------
    sample : Sample
    inverse : ndarray (p, p)
        The inverse covariance that the weight matrix is built from.
    mean_structure : bool
    exogenous : sequence of int
        Fixed exogenous variables: what they predict of a case's moments does not count.

    Returns
    -------
    float
        With d a case's deviations and h their prediction, the mean of half of tr[(P (dd' - hh'))^2] less its value at
        the mean, and the trace of the means' part.
    """
    squares, products = 0.0, 0.0
    for deviations, predicted in deviations_and_predicted(sample, exogenous, 2 * len(inverse)):
        turned = deviations @ inverse
        own, mixed = np.sum(turned * deviations, axis=1), np.sum(turned * predicted, axis=1)
        other = np.sum((predicted @ inverse) * predicted, axis=1)
        squares += float(np.sum(own**2 - 2 * mixed**2 + other**2)) / sample.n
        products = products + (deviations.T @ deviations - predicted.T @ predicted)
    mean_product = inverse @ products / sample.n
    trace = 0.5 * (squares - float(np.sum(mean_product * mean_product.T)))
    return trace + float(np.trace(mean_product)) if mean_structure else trace
