"""Value and gradient of many factor models at once, through matrices of the size of the factors.

For models in which every path starts from a latent variable and the observed variables' residuals are uncorrelated,
Sigma = Lambda Psi Lambda' + D with D diagonal. Its inverse is D^-1 - D^-1 Lambda (I + Psi G)^-1 Psi Lambda' D^-1 with
G = Lambda' D^-1 Lambda (Woodbury), so that nothing of the size p x p is inverted.
"""

import numpy as np


def is_factor_model(structure):
    """Whether the fast way serves: latent sources, uncorrelated residuals that covary with no latent variable."""
    p, kind = structure.n_observed, structure.kind
    covariances = structure.covariances.copy()
    covariances[structure.row[kind == 1], structure.col[kind == 1]] = 1.0
    covariances = covariances + covariances.T
    off_diagonal = covariances[:p, :p] - np.diag(np.diag(covariances)[:p])
    return bool(len(structure.sources) and structure.sources.min() >= p) and not (
        off_diagonal.any() or covariances[:p, p:].any()
    )


def factor_value_and_gradient(structure, cov, mean, thetas, paths, covariances):
    """Half the discrepancy (R,) and its gradient by entry (R, n_entries).

    Parameters
    ----------
    structure : Structure
        For which `is_factor_model` holds.
    cov, mean : ndarray
        (R, p, p) and (R, p): each resample's moments.
    thetas : ndarray (R, q)
    paths, covariances : ndarray (R, v, v)
        From `fill_many`.

    Returns
    -------
    tuple of ndarray
        The value is NaN where a residual variance is not positive or Sigma is not positive definite.
    """
    p = structure.n_observed
    latent = paths[:, p:, p:]
    total = np.linalg.inv(np.eye(latent.shape[1]) - latent) if structure.sources_are_joined else None
    loadings = paths[:, :p, p:] if total is None else paths[:, :p, p:] @ total
    psi = covariances[:, p:, p:]
    residual = np.einsum("rii->ri", covariances[:, :p, :p])
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = loadings / residual[:, :, None]  # D^-1 Lambda
        logdet = np.log(residual).sum(axis=1)
    scaled = np.where(np.isfinite(scaled), scaled, 0.0)
    inner = np.eye(psi.shape[1]) + psi @ (loadings.swapaxes(1, 2) @ scaled)
    sign, log_inner = np.linalg.slogdet(inner)
    logdet = np.where(sign > 0, logdet + log_inner, np.nan)
    inner[sign <= 0] = np.eye(psi.shape[1])
    right = np.linalg.solve(inner, psi @ scaled.swapaxes(1, 2))  # (m, p): the inverse is D^-1 - scaled @ right
    inverse = -scaled @ right
    np.einsum("rii->ri", inverse)[:] += 1.0 / np.where(residual == 0, 1.0, residual)
    about = cov
    if structure.mean_structure:
        intercepts = np.broadcast_to(structure.intercepts, (len(thetas), paths.shape[1])).copy()
        here = structure.kind == 2
        intercepts[:, structure.row[here]] = thetas[:, structure.parameter[here]]
        latent_means = intercepts[:, p:] if total is None else np.einsum("rij,rj->ri", total, intercepts[:, p:])
        gap = mean - intercepts[:, :p] - np.einsum("rij,rj->ri", paths[:, :p, p:], latent_means)
        about = cov + gap[:, :, None] * gap[:, None, :]
        pull = np.einsum("rij,rj->ri", inverse, gap)
    turned = inverse @ about
    value = 0.5 * (logdet + np.einsum("rii->r", turned))
    by_loadings = inverse @ loadings
    by_loadings = by_loadings - turned @ by_loadings  # W Lambda
    by_latent = loadings.swapaxes(1, 2) @ by_loadings
    cov_from = psi if total is None else psi @ total.swapaxes(1, 2)
    slope = np.empty((len(thetas), len(structure.kind)))
    i, j, kind = structure.row, structure.col, structure.kind
    loading, path = (kind == 0) & (i < p), (kind == 0) & (i >= p)
    slope[:, loading] = (by_loadings @ cov_from)[:, i[loading], j[loading] - p]
    slope[:, path] = (by_latent @ cov_from)[:, i[path] - p, j[path] - p]
    own, joint = (kind == 1) & (i < p), (kind == 1) & (i >= p)
    diagonal = np.einsum("rii->ri", inverse) - np.einsum("rij,rij->ri", turned, inverse)
    slope[:, own] = 0.5 * diagonal[:, i[own]]
    slope[:, joint] = by_latent[:, i[joint] - p, j[joint] - p] * structure.scale[joint]
    if structure.mean_structure:
        drawn = np.einsum("ri,rij->rj", pull, loadings)
        slope[:, loading] -= pull[:, i[loading]] * latent_means[:, j[loading] - p]
        slope[:, path] -= drawn[:, i[path] - p] * latent_means[:, j[path] - p]
        here = np.flatnonzero(kind == 2)
        observed, inside = here[i[here] < p], here[i[here] >= p]
        slope[:, observed] = -pull[:, i[observed]]
        slope[:, inside] = -drawn[:, i[inside] - p]
    return value, slope
