"""Standard errors and scaled tests of two-level models: the observed information, and the clusters' scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.linalg import bordered_inverse

if TYPE_CHECKING:
    from emolabor.sem.estimation.two_level_model import TwoLevelModel


def covariance_of_two_levels(model: TwoLevelModel, theta: np.ndarray, basis: np.ndarray, robust: bool) -> np.ndarray:
    """Covariance matrix (q, q) of the estimates: inverse observed information, or the sandwich of the clusters' scores.

    Missing throughout where the information is singular.
    """
    information = model.derivatives(theta, observed=True)[2]
    bread = None if information is None else bordered_inverse(information, basis)
    if bread is None:
        return np.full((len(theta), len(theta)), np.nan)
    if not robust:
        return bread / model.n_obs
    return bread @ score_products(model, theta) @ bread / model.n_obs


def score_products(model: TwoLevelModel, theta: np.ndarray) -> np.ndarray:
    """Cross-product (q, q) of the clusters' scores, a case."""
    scores = model.cluster_scores(theta)
    return scores.T @ scores / model.n_obs


def score_trace(model: TwoLevelModel, theta: np.ndarray, basis: Any = None) -> float:
    """Trace of the scores' cross-product times the inverse observed information (Yuan & Bentler, 2000)."""
    basis = np.eye(len(theta)) if basis is None else basis
    information = model.derivatives(theta, observed=True)[2]
    bread = None if information is None else bordered_inverse(information, basis)
    return np.nan if bread is None else float(np.vdot(bread, score_products(model, theta)))
