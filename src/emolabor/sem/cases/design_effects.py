"""What clusters, strata and weights do to means: design effects and effective numbers of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse_because
from emolabor.common.threads import one_thread
from emolabor.sem.cases.factor_scores import factor_scores, need_cases

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit


@one_thread
def design_effects(fit: Fit) -> pd.DataFrame:
    """Say how much wider than with cases drawn one by one the mean of every item and factor spreads.

    Parameters
    ----------
    fit : Fit
        Fitted to data with clusters, strata or sampling weights.

    Returns
    -------
    DataFrame
        One row a variable (and group): ``variable``, ``kind`` (item or factor), ``group``, ``n`` (cases with a value),
        ``design_effect`` (the variance of its mean under the design, over that of as many cases drawn one by one with
        equal chances; Kish, 1965), ``n_effective`` (n over it). Of ordered answers the mean of the category numbers;
        of a factor the mean of its Bartlett scores, with ordered answers of the likeliest values given the answers
        (EBM). Where classifications cross each other the difference of sums may be negative: then both are missing.

    Raises
    ------
    EmolaborError
        A fit without clusters, strata or weights, or without cases.

    Notes
    -----
    What clusters do to a mean is more than what they do to most slopes and loadings, whose errors `tidy` has: a
    predictor that varies within clusters as it does between them costs nothing.

    References
    ----------
    Kish, L. (1965). Survey sampling. Wiley.

    Examples
    --------
    >>> import emolabor as el
    >>> model = "exhaustion =~ ex1 + ex2 + ex3 + ex4"
    >>> fit = el.cfa(model, el.simulate_staff(n=900, seed=1), cluster="centre", estimator="MLR")
    >>> fit.design_effects()[["variable", "kind", "n", "design_effect", "n_effective"]].round(1).iloc[[0, 4]]
         variable    kind    n  design_effect  n_effective
    0         ex1    item  827            1.1        772.3
    4  exhaustion  factor  827            1.1        728.3
    """
    need_cases(fit, "design_effects")
    samples = fit.model.samples
    if samples[0].design is None:
        refuse_because("design_effects", "the fit has neither clusters nor weights", "a fit with 'cluster' or the like")
    latent = tuple(fit.table.variables.latent)
    scores = None
    if latent:
        scores = factor_scores(fit, "EBM" if fit.table.ordered else "Bartlett").to_numpy()
        order = np.argsort(np.argsort(np.concatenate([sample.rows for sample in samples]), kind="stable"))
        scores = np.split(scores[order], np.cumsum([sample.n for sample in samples])[:-1])
    rows = []
    for group, sample in enumerate(samples):
        parts = [("item", tuple(fit.table.variables.observed), sample.data)]
        parts += [("factor", latent, scores[group])] if scores is not None else []
        for kind, names, values in parts:
            for name, own in zip(names, values.T, strict=True):
                rows.append((name, kind, group + 1, *_of_mean(sample, own)))
    return pd.DataFrame(rows, columns=["variable", "kind", "group", "n", "design_effect", "n_effective"])


def _of_mean(sample: Any, values: np.ndarray) -> tuple[int, float, float]:
    """Cases with a value, design effect of their mean and effective number, from values (n,) of a group."""
    seen = ~np.isnan(values)
    weights = np.where(seen, 1.0 if sample.case_weights is None else sample.case_weights, 0.0)
    n, total = int(seen.sum()), weights.sum()
    deviations = np.where(seen, values - np.sum(weights[seen] * values[seen]) / total, 0.0)
    spread = weights @ deviations**2 / total
    scores = (weights * deviations)[:, None]
    sums = sample.design.sums([scores], 1) if sample.in_units else scores
    variance = float(np.vdot(sample.signed(sums), sums)) / total**2
    effect = variance / (spread / n) if spread > 0 and variance > 0 else np.nan
    return n, effect, n / effect
