"""The likelihood of complete rows for thousands of resamples at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.discrepancy.factor_many import factor_value_and_gradient, is_factor_model
from emolabor.sem.implied.quantities import fill_many, many_total_paths

if TYPE_CHECKING:
    from emolabor.sem.estimation.model import Model
    from emolabor.sem.implied.ram import Structure


def value_and_gradient(
    model: Model, moments: list[tuple], thetas: np.ndarray, shares: Sequence | None = None
) -> tuple[np.ndarray, ...]:
    """Half the discrepancy (R,) and its gradient (R, q) of many parameter vectors, each with its own moments.

    Parameters
    ----------
    model : Model
    moments : list of tuple
        For each group covariances (R, p, p) and means (R, p).
    thetas : ndarray (R, q)
    shares : sequence, optional
        Share of the cases of each group, a number or (R,); by default those of the model.

    Returns
    -------
    tuple of ndarray
        The value is NaN where the implied covariance is not positive definite.
    """
    value, gradient = np.zeros(len(thetas)), np.zeros_like(thetas)
    shares = model.shares if shares is None else shares
    for share, structure, (cov, mean) in zip(shares, model.structures, moments, strict=True):
        own, slope = group_value_and_gradient(structure, cov, mean, thetas)
        value += share * own
        if structure.one_to_one:
            gradient.T[:] += share * slope.T
        else:
            np.add.at(gradient.T, structure.parameter, share * slope.T)
    return value, gradient


def group_value_and_gradient(
    structure: Structure, cov: np.ndarray, mean: np.ndarray, thetas: np.ndarray
) -> tuple[Any, ...]:
    """Half the discrepancy (R,) of one group and its gradient by entry (R, n_entries), from (R, p, p) and (R, p)."""
    p = structure.n_observed
    if is_factor_model(structure):
        return factor_value_and_gradient(structure, cov, mean, thetas)
    paths, covariances = fill_many(structure, thetas)
    total = many_total_paths(structure, paths)
    observed = total[:, :p]
    by_cov = observed @ covariances
    sigma = by_cov @ observed.swapaxes(1, 2)
    inverse, logdet = inverses(sigma)
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


def inverses(sigma: Any) -> Any:
    """Inverses and log-determinants of covariance matrices (R, p, p); NaN where one is not positive definite."""
    try:
        root = np.linalg.cholesky(sigma)
    except np.linalg.LinAlgError:
        good = np.linalg.eigvalsh(sigma)[:, 0] > 0
        sigma = np.where(good[:, None, None], sigma, np.eye(sigma.shape[1]))
        inverse, logdet = inverses(sigma)
        return inverse, np.where(good, logdet, np.nan)
    logdet = 2 * np.log(np.einsum("rii->ri", root)).sum(axis=1)
    return np.linalg.inv(sigma), logdet
