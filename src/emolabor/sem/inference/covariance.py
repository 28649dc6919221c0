"""Covariance matrices of the estimates: from the information, and robust ones from the cases' scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from emolabor.sem.discrepancy import dwls
from emolabor.sem.discrepancy.case_scores import moment_contributions, moment_meat, over_groups, unit_rows
from emolabor.sem.implied.ram import implied_moments, moment_slopes
from emolabor.sem.language import expressions
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.specification.constraints import label_values

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate
    from emolabor.sem.estimation.model import Model
    from emolabor.sem.specification.parameter_table import ParameterTable

ROUNDING = 1e-10


def covariance_of_estimates(model: Model, estimate: Estimate, kind: str, unrepaired: bool = False) -> np.ndarray:
    """Covariance matrix (q, q) of the estimates under the constraints.

    Parameters
    ----------
    model : Model
    estimate : Estimate
    kind : str
        "expected" or "observed": inverse information. "robust_sem": Satorra & Bentler (1994), expected information and
        fourth-order moments. "huber_white": observed information and the cases' scores (Huber, 1967; White, 1982),
        summed within clusters where there are clusters. "robust_dwls": information and asymptotic covariances of the
        statistics (Muthen, du Toit & Spisic, 1997), these from influences summed within clusters likewise.
    unrepaired : bool
        With negative eigenvalues as they come, which those of several classifications may have.

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
    covariance = bread @ meat(model, estimate.theta, kind) @ bread / model.weight
    return covariance if unrepaired else without_negative(covariance)[0]


def without_negative(covariance: np.ndarray) -> tuple[np.ndarray, int]:
    """A covariance matrix (q, q) with negative eigenvalues set to zero, and how many there were beyond rounding.

    Only those of several classifications have any (Cameron, Gelbach & Miller, 2011). Eigenvalues are those of the
    matrix in units of its own standard errors, so that nothing depends on the variables' scales.
    """
    units = np.sqrt(np.abs(covariance.diagonal()))
    units[units == 0] = 1.0
    values, vectors = np.linalg.eigh(covariance / np.outer(units, units))
    negative = values < -ROUNDING * max(values[-1], 1.0)
    if not negative.any():
        return covariance, 0
    repaired = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return repaired * np.outer(units, units), int(negative.sum())


def meat(model: Model, theta: np.ndarray, kind: str) -> np.ndarray:
    """Mean cross-product (q, q) of the cases' scores over all groups."""
    if kind == "robust_dwls":
        return dwls.robust_meat(model, theta)
    if kind == "robust_sem" and model.samples[0].design is not None:
        spreads = [np.sqrt(share) * spread for share, spread, _ in moment_spreads(model, theta)]
        samples = model.samples
        return sum(rows.T @ samples[0].signed(rows) for rows in over_groups(spreads, samples))
    if kind == "robust_sem":
        parts = (moment_meat(structure, theta, sample, model.exogenous) for structure, sample, _ in model.groups)
        return sum(parts) / model.n_obs
    return sum(rows.T @ model.samples[0].signed(rows) for rows in units_of(model, theta)) / model.n_obs


def moment_spreads(model: Model, theta: np.ndarray) -> Iterator[tuple[float, np.ndarray, float]]:
    """Yield for each group its share, a root (r, q) of J'V Gamma V J and the trace of V Gamma.

    V are the weights of the moments, Gamma their asymptotic covariances, from cases, or units, as they were drawn.
    """
    for share, full, (structure, sample, discrepancy) in zip(
        model.case_shares, model.saturated, model.groups, strict=True
    ):
        implied = implied_moments(structure, theta)
        weights = discrepancy.information_of_moments(full, implied, False)
        rows = moment_contributions(sample, full.structure, model.exogenous) / np.sqrt(sample.n)
        weighed = rows @ weights
        trace = float(np.vdot(sample.signed(rows), weighed))
        yield share, weighed @ moment_slopes(structure, implied)[full.kept], trace


def units_of(model: Model, theta: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the scores (r, q) of what was drawn one by one: cases or clusters."""
    scores = (discrepancy.case_scores(structure, theta) for structure, _, discrepancy in model.groups)
    return unit_rows(scores, model.samples, len(theta))


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
