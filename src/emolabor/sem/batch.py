"""Maximum likelihood for thousands of resamples at once.

All resamples share the structure of the model, start from the full sample's estimates and take steps with the full
sample's information, which each resample improves by its own gradients (limited-memory BFGS; Nocedal & Wright, 2006,
algorithm 7.4). What has not converged after a few steps is left to the careful search of `emolabor.sem.optimize`.
"""

import numpy as np

from emolabor.sem.factor_batch import factor_value_and_gradient, is_factor_model
from emolabor.sem.functionals import fill_many, many_total_paths

STEPS, MEMORY = 40, 8
DECREMENT = 1e-12  # g' H^-1 g before the last step: 3e-5 of a standard error at n = 1,000, which that step takes away


def minimize_many(model, moments, basis, offset, start, inverse):
    """Estimate the parameters of many resamples.

    Parameters
    ----------
    model : Model
        Complete data, maximum likelihood.
    moments : list of tuple
        For each group covariances (R, p, p) and means (R, p) of the resamples.
    basis, offset : ndarray
        Linear constraints: theta = basis @ alpha + offset.
    start : ndarray (r,)
        alpha of the full sample.
    inverse : ndarray (r, r)
        Inverse information of a case at the start.

    Returns
    -------
    tuple
        alphas (R, r), half discrepancies (R,), converged (R,) bool.
    """
    count = len(moments[0][0])
    alphas, values, converged = np.tile(start, (count, 1)), np.full(count, np.nan), np.zeros(count, bool)
    active = np.arange(count)
    history = []
    previous = None
    for _ in range(STEPS):
        thetas = alphas[active] @ basis.T + offset
        value, gradient = value_and_gradient(model, [(cov[active], mean[active]) for cov, mean in moments], thetas)
        gradient = gradient if basis.shape[0] == basis.shape[1] else gradient @ basis
        if previous is not None:
            history = [*history, (previous[0], gradient - previous[1])][-MEMORY:]
        step = _two_loops(gradient, history, inverse)
        decrement = np.einsum("ri,ri->r", gradient, step)
        with np.errstate(invalid="ignore"):
            done = np.abs(decrement) < DECREMENT
            lost = ~np.isfinite(value) | (decrement < -1e-12)
        values[active[done]] = value[done]
        alphas[active[done]] -= step[done]
        converged[active[done]] = True
        going = ~(done | lost)
        if not going.any():
            break
        active, step = active[going], -step[going]
        alphas[active] += step
        previous = step, gradient[going]
        history = [(s[going], y[going]) for s, y in history]
    return alphas, values, converged


def _two_loops(gradient, history, inverse):
    """Apply the improved inverse information to gradients (R, r)."""
    direction = gradient.copy()
    weights = []
    for s, y in reversed(history):
        product = np.einsum("ri,ri->r", s, y)
        rho = np.where(product > 1e-30, 1.0 / np.where(product > 1e-30, product, 1.0), 0.0)
        alpha = rho * np.einsum("ri,ri->r", s, direction)
        direction -= alpha[:, None] * y
        weights.append((s, y, rho, alpha))
    direction = direction @ inverse
    for s, y, rho, alpha in reversed(weights):
        beta = rho * np.einsum("ri,ri->r", y, direction)
        direction += (alpha - beta)[:, None] * s
    return direction


def value_and_gradient(model, moments, thetas):
    """Half the discrepancy (R,) and its gradient (R, q) of many parameter vectors, each with its own moments.

    Parameters
    ----------
    model : Model
    moments : list of tuple
        For each group covariances (R, p, p) and means (R, p).
    thetas : ndarray (R, q)

    Returns
    -------
    tuple of ndarray
        The value is NaN where the implied covariance is not positive definite.
    """
    value, gradient = np.zeros(len(thetas)), np.zeros_like(thetas)
    for share, structure, (cov, mean) in zip(model.shares, model.structures, moments, strict=True):
        own, slope = _group_value_and_gradient(structure, cov, mean, thetas)
        value += share * own
        if structure.one_to_one:
            gradient += share * slope
        else:
            np.add.at(gradient.T, structure.parameter, share * slope.T)
    return value, gradient


def _group_value_and_gradient(structure, cov, mean, thetas):
    p = structure.n_observed
    if is_factor_model(structure):
        return factor_value_and_gradient(structure, cov, mean, thetas)
    paths, covariances = fill_many(structure, thetas)
    total = many_total_paths(structure, paths)
    observed = total[:, :p]
    by_cov = observed @ covariances
    sigma = by_cov @ observed.swapaxes(1, 2)
    inverse, logdet = _inverse(sigma)
    about = cov
    if structure.mean_structure:
        intercepts = np.broadcast_to(structure.intercepts, (len(thetas), total.shape[1])).copy()
        here = structure.kind == 2
        intercepts[:, structure.row[here]] = thetas[:, structure.parameter[here]]
        means = np.einsum("rij,rj->ri", total, intercepts)
        residual = mean - means[:, :p]
        about = cov + residual[:, :, None] * residual[:, None, :]
        pull = np.einsum("rij,rj->ri", inverse, residual)
    turned = inverse @ about
    value = 0.5 * (logdet + np.einsum("rii->r", turned))
    weighted = inverse - turned @ inverse
    i, j = structure.row, structure.col
    slope = np.empty((len(thetas), len(i)))
    kind = structure.kind
    # L' W L and L' W (observed rows of C): columns of L without paths from them are unit vectors
    left = observed.swapaxes(1, 2) @ weighted
    by_total = left @ observed
    slope[:, kind == 1] = (by_total[:, i, j] * structure.scale)[:, kind == 1]
    sources = structure.sources
    if len(sources):
        place = np.zeros(total.shape[1], int)
        place[sources] = np.arange(len(sources))
        covariance = by_cov @ total[:, sources].swapaxes(1, 2)
        by_source = left @ covariance
        path = kind == 0
        slope[:, path] = by_source[:, i[path], place[j[path]]]
    if structure.mean_structure:
        drawn = np.einsum("ri,rij->rj", pull, observed)
        path = kind == 0
        slope[:, path] -= drawn[:, i[path]] * means[:, j[path]]
        slope[:, kind == 2] = -drawn[:, i[kind == 2]]
    return value, slope


def _inverse(sigma):
    """Inverses and log-determinants of covariance matrices (R, p, p); NaN where one is not positive definite."""
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        good = np.linalg.eigvalsh(sigma)[:, 0] > 0
        sigma = np.where(good[:, None, None], sigma, np.eye(sigma.shape[1]))
        inverse, logdet = _inverse(sigma)
        return inverse, np.where(good, logdet, np.nan)
    logdet = 2 * np.log(np.einsum("rii->ri", root)).sum(axis=1)
    return np.linalg.inv(sigma), logdet
