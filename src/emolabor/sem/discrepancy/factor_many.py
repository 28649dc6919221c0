"""Value and gradient of many factor models at once, through matrices of the size of the factors.

For models in which every path starts from a latent variable and the observed variables' residuals are uncorrelated,
Sigma = Lambda Psi Lambda' + D with D diagonal. With A = D^-1 Lambda and K = (I + Psi Lambda' A)^-1 Psi the inverse is
D^-1 - A K A' (Woodbury), so that of the p x p matrices only the product S A is ever formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure


@lru_cache(maxsize=64)
def is_factor_model(structure: Structure) -> bool:
    """Whether the fast way serves: latent sources, uncorrelated residuals that covary with no latent variable."""
    p, kind = structure.n_observed, structure.kind
    covariances = structure.covariances.copy()
    covariances[structure.row[kind == 1], structure.col[kind == 1]] = 1.0
    covariances = covariances + covariances.T
    off_diagonal = covariances[:p, :p] - np.diag(np.diag(covariances)[:p])
    return bool(len(structure.sources) and structure.sources.min() >= p) and not (
        off_diagonal.any() or covariances[:p, p:].any()
    )


@dataclass(frozen=True)
class FactorPlaces:
    """Which entries of a structure are loadings, paths among factors, residual and factor (co)variances, intercepts."""

    loading: np.ndarray
    path: np.ndarray
    residual: np.ndarray
    psi: np.ndarray
    intercept: np.ndarray


@lru_cache(maxsize=64)
def _places(structure: Structure) -> FactorPlaces:
    inside, kind = structure.row >= structure.n_observed, structure.kind
    chosen = ((kind == 0) & ~inside, (kind == 0) & inside, (kind == 1) & ~inside, (kind == 1) & inside, kind == 2)
    return FactorPlaces(*(np.flatnonzero(here) for here in chosen))


def _filled(fixed: np.ndarray, values: np.ndarray, *places: Any) -> np.ndarray:
    """Copies (R, ...) of fixed values with values (R, k) put in their places."""
    result = np.empty((len(values), *fixed.shape))
    result[:] = fixed
    result[:, *places] = values
    return result


@dataclass(frozen=True)
class Inverted:
    """Many factor models with what their inverse covariance matrices D^-1 - A K A' are made of.

    `loadings` (R, p, m) total, `cov_from` (R, m, m) covariances of the factors' own parts with all factors, `inverse`
    (R, p) of D, `scaled` A, `crossed` Lambda' A, `kernel` K, `logdet` (R,) of Sigma, NaN where it is not positive;
    `mean` (R, p) and `factor_means` (R, m, 1), None without means.
    """

    loadings: np.ndarray
    cov_from: np.ndarray
    inverse: np.ndarray
    scaled: np.ndarray
    crossed: np.ndarray
    kernel: np.ndarray
    logdet: np.ndarray
    mean: Any
    factor_means: Any


def _inverted(structure: Structure, thetas: np.ndarray) -> Inverted:
    p, here, values = structure.n_observed, _places(structure), thetas[:, structure.parameter]
    row, col = structure.row, structure.col
    identity = structure.identity[p:, p:]
    own = _filled(structure.paths[:p, p:], values[:, here.loading], row[here.loading], col[here.loading] - p)
    psi = _filled(structure.covariances[p:, p:], values[:, here.psi], row[here.psi] - p, col[here.psi] - p)
    psi[:, col[here.psi] - p, row[here.psi] - p] = values[:, here.psi]
    residual = _filled(structure.covariances.diagonal()[:p], values[:, here.residual], row[here.residual])
    loadings, effects, cov_from = own, None, psi
    if structure.sources_are_joined:
        among = _filled(structure.paths[p:, p:], values[:, here.path], row[here.path] - p, col[here.path] - p)
        effects = np.linalg.inv(identity - among)
        loadings, cov_from = own @ effects, psi @ effects.swapaxes(1, 2)
    mean: Any = None
    factor_means: Any = None
    if structure.mean_structure:
        intercepts = _filled(structure.intercepts, values[:, here.intercept], row[here.intercept])
        factor_means = intercepts[:, p:, None] if effects is None else effects @ intercepts[:, p:, None]
        mean = intercepts[:, :p] + (own @ factor_means)[:, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / residual
        logdet = np.log(residual).sum(axis=1)
    inverse[~np.isfinite(inverse)] = 0.0
    scaled = loadings * inverse[:, :, None]
    crossed = loadings.swapaxes(1, 2) @ scaled
    inner = identity + psi @ crossed
    sign, log_inner = np.linalg.slogdet(inner)
    logdet = np.where(sign > 0, logdet + log_inner, np.nan)
    inner[sign <= 0] = identity
    kernel = np.linalg.solve(inner, psi)
    return Inverted(loadings, cov_from, inverse, scaled, crossed, kernel, logdet, mean, factor_means)


def factor_inverses(structure: Structure, thetas: np.ndarray) -> tuple[np.ndarray, ...]:
    """Inverse covariance matrices (R, p, p), NaN where one is not positive definite, and means (R, p)."""
    found = _inverted(structure, thetas)
    inverse = -(found.scaled @ found.kernel) @ found.scaled.swapaxes(1, 2)
    each = np.arange(structure.n_observed)
    inverse[:, each, each] += found.inverse
    inverse[np.isnan(found.logdet)] = np.nan
    return inverse, found.mean


def factor_value_and_gradient(
    structure: Structure, cov: np.ndarray, mean: np.ndarray, thetas: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Half the discrepancy (R,) and its gradient by entry (R, n_entries).

    Parameters
    ----------
    structure : Structure
        For which `is_factor_model` holds.
    cov, mean : ndarray
        (R, p, p) and (R, p): each resample's moments.
    thetas : ndarray (R, q)

    Returns
    -------
    tuple of ndarray
        The value is NaN where a residual variance is not positive or Sigma is not positive definite.
    """
    p, here = structure.n_observed, _places(structure)
    row, col = structure.row, structure.col
    found = _inverted(structure, thetas)
    loadings, scaled, inverse, kernel = found.loadings, found.scaled, found.inverse, found.kernel
    identity = structure.identity[p:, p:]
    about = cov
    if structure.mean_structure:
        gap = mean - found.mean
        about = cov + gap[:, :, None] * gap[:, None, :]
    product = about @ scaled
    by_kernel = kernel @ (scaled.swapaxes(1, 2) @ product)
    own_misfit = np.einsum("rii->ri", about) * inverse
    value = 0.5 * (found.logdet + own_misfit.sum(axis=1) - np.einsum("rii->r", by_kernel))
    product *= inverse[:, :, None]
    turned = scaled @ (identity + by_kernel) - product
    by_loadings = turned @ (identity - kernel @ found.crossed)  # W Lambda
    by_factors = loadings.swapaxes(1, 2) @ by_loadings
    slope = np.empty((len(thetas), len(row)))
    slope[:, here.loading] = (by_loadings @ found.cov_from)[:, row[here.loading], col[here.loading] - p]
    slope[:, here.path] = (by_factors @ found.cov_from)[:, row[here.path] - p, col[here.path] - p]
    diagonal = inverse * (1 - own_misfit) - (((turned - product) @ kernel) * scaled).sum(axis=2)
    slope[:, here.residual] = 0.5 * diagonal[:, row[here.residual]]
    slope[:, here.psi] = by_factors[:, row[here.psi] - p, col[here.psi] - p] * structure.scale[here.psi]
    if structure.mean_structure:
        pull = gap * inverse - (scaled @ (kernel @ (scaled.swapaxes(1, 2) @ gap[:, :, None])))[:, :, 0]
        drawn = np.concatenate([pull, (loadings.swapaxes(1, 2) @ pull[:, :, None])[:, :, 0]], axis=1)
        slope[:, here.loading] -= pull[:, row[here.loading]] * found.factor_means[:, col[here.loading] - p, 0]
        slope[:, here.path] -= drawn[:, row[here.path]] * found.factor_means[:, col[here.path] - p, 0]
        slope[:, here.intercept] = -drawn[:, row[here.intercept]]
    return value, slope
