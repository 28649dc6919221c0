"""The part of a structure that ordered variables need: thresholds, scales, and the residual variances they leave.

Behind an ordered variable stands a normal one, y*. Delta parametrisation (Muthen, 1984; Muthen & Asparouhov, 2002):
its scale is a parameter, one over the standard deviation of y*, and its residual variance is what the predictors leave
of that variance. Where ordered variables predict ordered ones, all residual variances solve one linear system. Theta
parametrisation: the residual variance is the parameter, and the scale is one over the standard deviation it makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from emolabor.sem.specification.row import Row


@dataclass(frozen=True)
class OrderedPart:
    """Thresholds and scales of one group; free ones by parameter number, fixed ones (-1) by value.

    `variables` (o,) places of the ordered variables, `covariates` (q,) of those that all others are conditional on,
    `scale_parameter` and `scale_value` (o,) their scales;
    `level_variable`, `level_parameter`, `level_value` (t,) the thresholds in the order of the statistics (a continuous
    variable has one entry, its mean, with value 0 and no parameter).
    """

    variables: np.ndarray
    scale_parameter: np.ndarray
    scale_value: np.ndarray
    level_variable: np.ndarray
    level_parameter: np.ndarray
    level_value: np.ndarray
    n_observed: int
    covariates: np.ndarray
    is_theta: bool = False

    @cached_property
    def dependent(self) -> np.ndarray:
        """Places of the observed variables but the covariates."""
        return np.setdiff1d(np.arange(self.n_observed), self.covariates)

    @cached_property
    def continuous(self) -> np.ndarray:
        """Places of the other observed variables."""
        return np.setdiff1d(self.dependent, self.variables)

    @cached_property
    def pairs(self) -> tuple[Any, ...]:
        """Rows and columns of the covariances, in the order of the statistics."""
        i, j = np.triu_indices(len(self.dependent), 1)
        return self.dependent[i], self.dependent[j]

    @cached_property
    def slopes(self) -> tuple[Any, ...]:
        """Outcomes and covariates of the slopes, in the order of the statistics."""
        return np.repeat(self.dependent, len(self.covariates)), np.tile(self.covariates, len(self.dependent))

    def scales(self, theta: np.ndarray, sigma: np.ndarray | None = None) -> np.ndarray:
        """Scales of the ordered variables: (..., o) from (..., q), in the theta parametrisation from (..., p, p)."""
        if self.is_theta:  # sigma is given then
            with np.errstate(invalid="ignore", divide="ignore"):  # on the way a step may leave no variance
                return sigma[..., self.variables, self.variables] ** -0.5  # type: ignore[index]
        return values_of(self.scale_parameter, self.scale_value, theta)

    def levels(self, theta: np.ndarray) -> np.ndarray:
        """Thresholds: (..., t) from (..., q)."""
        return values_of(self.level_parameter, self.level_value, theta)


def values_of(parameter: np.ndarray, value: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Fixed values (k,) with the free ones filled in from parameters (..., q): (..., k)."""
    return np.where(parameter >= 0, theta[..., np.maximum(parameter, 0)], value)


def build_ordered_part(rows: Sequence[Row], observed: Sequence[str], covariates: Sequence[str]) -> OrderedPart | None:
    """Collect thresholds and scales from the rows of one group.

    Parameters
    ----------
    rows : sequence of Row
    observed, covariates : sequence of str
        All observed variables, and those that the others are conditional on.

    Returns
    -------
    OrderedPart or None
        None where no variable is ordered.
    """
    scales = {row.lhs: row for row in rows if row.op == "~*~"}
    thresholds = {(row.lhs, row.rhs): row for row in rows if row.op == "|"}
    if not scales:
        return None
    names = [name for name in observed if name in scales]
    places, levels = [], []
    for place, name in enumerate(observed):
        if name in covariates:
            continue
        count = sum(lhs == name for lhs, _ in thresholds)
        own = [thresholds[name, f"t{k + 1}"] for k in range(count)] if name in scales else [None]
        places += [place] * len(own)
        levels += own
    return OrderedPart(
        np.array([observed.index(name) for name in names], int),
        np.array([scales[name].free for name in names], int),
        np.array([_fixed(scales[name]) for name in names]),
        np.array(places, int),
        np.array([-1 if row is None else row.free for row in levels], int),
        np.array([0.0 if row is None else _fixed(row) for row in levels]),
        len(observed),
        np.array([observed.index(name) for name in covariates], int),
        any(row.derived for row in scales.values()),
    )


def _fixed(row: Row) -> float | None:
    return row.value if row.free < 0 else 0.0


def leave_residuals(part: OrderedPart, theta: np.ndarray, total: np.ndarray, covariances: np.ndarray) -> None:
    """Put the residual variances of the ordered variables into (co)variances S, in place; not in theta parametrisation.

    They are what the predictors other than the covariates leave of the variance given the covariates.

    Parameters
    ----------
    part : OrderedPart
    theta : ndarray (..., q)
    total : ndarray (..., v, v)
        (I - A)^-1.
    covariances : ndarray (..., v, v)
    """
    if part.is_theta:
        return
    o, x = part.variables, np.ix_(part.covariates, part.covariates)
    covariances[..., o, o] = 0.0
    among = covariances[..., x[0], x[1]].copy()
    covariances[..., x[0], x[1]] = 0.0
    own = total[..., o, :]
    left = part.scales(theta) ** -2.0 - ((own @ covariances) * own).sum(axis=-1)
    covariances[..., o, o] = np.linalg.solve(own[..., :, o] ** 2, left[..., None])[..., 0]
    covariances[..., x[0], x[1]] = among
