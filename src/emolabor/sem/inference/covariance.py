"""Covariance matrices of the estimates: from the information, and robust ones from the cases' scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emolabor.sem.discrepancy import dwls
from emolabor.sem.discrepancy.case_scores import moment_meat, score_products
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.specification import expressions
from emolabor.sem.specification.constraints import label_values

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate
    from emolabor.sem.estimation.model import Model
    from emolabor.sem.specification.parameter_table import ParameterTable


def covariance_of_estimates(model: Model, estimate: Estimate, kind: str) -> np.ndarray:
    """Covariance matrix (q, q) of the estimates under the constraints.

    Parameters
    ----------
    model : Model
    estimate : Estimate
    kind : str
        "expected" or "observed": inverse information. "robust_sem": Satorra & Bentler (1994), expected information and
        fourth-order moments. "huber_white": observed information and the cases' scores (Huber, 1967; White, 1982),
        summed within clusters where there are clusters. "robust_dwls": information and asymptotic covariances of the
        statistics (Muthen, du Toit & Spisic, 1997).

    Returns
    -------
    ndarray
        Missing throughout where the information is singular (the model is not identified).
    """
    observed = kind in ("observed", "huber_white")
    information = model.information(estimate.theta, observed)
    bread = bordered_inverse(information, estimate.basis)
    if bread is None:
        return np.full_like(information, np.nan)
    if kind in ("expected", "observed"):
        return bread / model.weight
    return bread @ meat(model, estimate.theta, kind) @ bread / model.weight


def meat(model: Model, theta: np.ndarray, kind: str) -> np.ndarray:
    """Mean cross-product (q, q) of the cases' scores over all groups."""
    total = 0.0
    for structure, sample, discrepancy in model.groups:
        if kind == "robust_dwls":
            total = total + dwls.robust_meat(structure, theta, sample, discrepancy.weights)
        elif kind == "robust_sem":
            total = total + moment_meat(structure, theta, sample, model.exogenous)
        else:
            total = total + score_products(discrepancy, structure, theta)
    return total / model.n_obs


def defined_errors(table: ParameterTable, theta: np.ndarray, covariance: np.ndarray) -> list[float]:
    """Standard errors of the `:=` parameters by the delta method (Sobel, 1982)."""
    values, gradients = label_values(table, theta)
    errors = []
    with np.errstate(all="ignore"):
        for defined in table.defined:
            values[defined.name], slope = expressions.gradient(defined.tree, values, gradients)
            gradients[defined.name] = np.broadcast_to(slope, (table.n_free,))
            error = float(np.sqrt(gradients[defined.name] @ covariance @ gradients[defined.name]))
            errors.append(error if np.isfinite(values[defined.name]) and np.isfinite(error) else np.nan)
    return errors
