"""Total, direct and indirect effects with delta-method errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.threads import one_thread
from emolabor.sem.implied.quantities import effect_draws, estimates, jacobian_by_differences, row_draws
from emolabor.sem.implied.values import wald

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.specification.effects import Effect


@one_thread
def effects_table(fit: Fit, effects: list[Effect], level: float = 0.95) -> pd.DataFrame:
    """Tabulate effects.

    Parameters
    ----------
    fit : Fit
    effects : list of Effect
        From `emolabor.sem.specification.effects.list_effects`.
    level : float

    Returns
    -------
    DataFrame
        source, target, kind, via, group, est, se, z, pvalue, ci_lower, ci_upper, std_lv, std_all.
    """
    model, theta = fit.model, fit.estimate.theta[None, :]

    def raw(thetas):
        return effect_draws(effects, row_draws(model, thetas))

    names = [(e.source, e.target, e.kind, " -> ".join(e.via), e.group + 1) for e in effects]
    frame = pd.DataFrame(names, columns=["source", "target", "kind", "via", "group"])
    est = raw(theta)[0]
    gradient = jacobian_by_differences(raw, theta[0]) if effects else np.zeros((0, theta.shape[1]))
    errors = np.sqrt(np.maximum(np.einsum("kq,qs,ks->k", gradient, fit.vcov().to_numpy(), gradient), 0.0))
    z, pvalue, lower, upper = wald(est, errors, level, model.degrees_of_errors)
    frame = frame.assign(est=est, se=errors, z=z, pvalue=pvalue, ci_lower=lower, ci_upper=upper)
    _, std_lv, std_all = estimates(model, theta[0])
    return frame.assign(std_lv=effect_draws(effects, std_lv)[0], std_all=effect_draws(effects, std_all)[0])
