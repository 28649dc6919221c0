"""The test statistic: discrepancies of model and saturated model, degrees of freedom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

if TYPE_CHECKING:
    from emolabor.sem.estimation.model import Model


def degrees_of_freedom(model: Model, n_free: int) -> int:
    """Moments less parameters; moments among fixed exogenous variables do not count."""
    table = model.table
    p, px = len(table.variables.observed), len(table.variables.fixed_x)
    per_group = p * (p + 1) // 2 - px * (px + 1) // 2 + ((p - px) if table.mean_structure else 0)
    return table.n_groups * per_group - n_free


def chi_square(model: Model, theta: np.ndarray) -> float:
    """The test statistic: weight of each group times the discrepancy less that of the saturated model."""
    return weighed(model, discrepancies(model, theta), discrepancies(model))


def discrepancies(model: Model, theta: np.ndarray | None = None) -> np.ndarray:
    """Half the discrepancy of a case in each group (n_groups,); of the saturated model where no theta is given."""
    if theta is None:
        return np.array([discrepancy.saturated for discrepancy in model.discrepancies])
    return np.array([discrepancy.value(structure, theta) for structure, _, discrepancy in model.groups])


def weighed(model: Model, own: np.ndarray, saturated: np.ndarray) -> float:
    """Chi-square from the groups' discrepancies and those of the saturated model, both (n_groups,)."""
    weights = np.array([sample.weight for sample in model.samples])
    return max(float(2 * weights @ (own - saturated)), 0.0)


def chisq_pvalue(chisq: float, df: int) -> float:
    """Upper tail of the chi-square distribution; missing where there are no degrees of freedom."""
    return float(chdtrc(df, chisq)) if df > 0 else np.nan
