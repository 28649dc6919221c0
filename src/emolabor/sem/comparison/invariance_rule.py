"""When a step of the invariance ladder holds: Chen's (2007) rule on the change of fit indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.notices import joined
from emolabor.sem.comparison.likelihood_ratio import difference
from emolabor.sem.evaluation.reported_measures import reported_names

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

# Chen (2007, p. 501): largest fall of CFI and rise of RMSEA and SRMR. She names CFI the main criterion, supplemented by
# RMSEA or SRMR; our reading: CFI and at least one of the two keep their limits. The stricter limits are hers for small
# samples (N <= 300) of unequal groups; we take them for either. She draws no border for unequal: more than twice as
# many cases in the largest group as in the smallest is ours. She studied continuous answers; for
# thresholds we take the limits of intercepts.
RULE: dict[str, Any] = {
    "small_n": 300,
    "unequal_ratio": 2.0,
    "usual": {
        "thresholds": {"cfi": 0.010, "rmsea": 0.015, "srmr": 0.010},
        "metric": {"cfi": 0.010, "rmsea": 0.015, "srmr": 0.030},
        "scalar": {"cfi": 0.010, "rmsea": 0.015, "srmr": 0.010},
        "strict": {"cfi": 0.010, "rmsea": 0.015, "srmr": 0.010},
    },
    "small or unequal groups": {
        "thresholds": {"cfi": 0.005, "rmsea": 0.010, "srmr": 0.005},
        "metric": {"cfi": 0.005, "rmsea": 0.010, "srmr": 0.025},
        "scalar": {"cfi": 0.005, "rmsea": 0.010, "srmr": 0.005},
        "strict": {"cfi": 0.005, "rmsea": 0.010, "srmr": 0.005},
    },
}
JUDGED = ("chisq", "df", "pvalue", "cfi", "rmsea", "srmr")
COLUMNS = (
    "chisq",
    "df",
    "pvalue",
    "chisq_diff",
    "df_diff",
    "pvalue_diff",
    "cfi",
    "rmsea",
    "srmr",
    "dcfi",
    "drmsea",
    "dsrmr",
    "decision",
)


def judge(fit: Fit, before: Fit | None, allowed: dict[str, Any]) -> tuple:
    """Measure a step against the step before.

    Parameters
    ----------
    fit, before : Fit
        `before` is None at the first step.
    allowed : dict
        Limits by cfi, rmsea, srmr.

    Returns
    -------
    tuple
        The row of the table as a dict, and whether the step holds.
    """
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    if not fit.converged:
        row.update(df=int(fit.fit_measures().df), decision=f"stopped: {joined(fit.problems)}")
        return row, False
    row.update(_measures(fit))
    note = ""
    if before is not None:
        last = _measures(before)
        row.update({f"d{index}": row[index] - last[index] for index in ("cfi", "rmsea", "srmr")})
        if row["df"] > last["df"]:
            test = difference(fit, before, fit.model.estimator.difference_tests[0])
            row.update(chisq_diff=test.chisq_diff, df_diff=test.df_diff, pvalue_diff=test.pvalue)
            note = f" ({test.note})" if test.note else ""
    if fit.problems:
        row["decision"] = f"stopped: {joined(fit.problems)}"
        return row, False
    reasons = [] if before is None else _breaches(row, allowed)
    row["decision"] = ("fails: " + "; ".join(reasons) if reasons else "holds") + note
    return row, not reasons


def _breaches(row: dict[Any, Any], allowed: dict[Any, Any]) -> list[Any]:
    """What breaks the rule, in words."""
    reasons = []
    if -row["dcfi"] > allowed["cfi"]:
        reasons.append(f"CFI falls by {-row['dcfi']:.3f}")
    if row["drmsea"] > allowed["rmsea"] and row["dsrmr"] > allowed["srmr"]:
        reasons.append(f"RMSEA rises by {row['drmsea']:.3f} and SRMR by {row['dsrmr']:.3f}")
    return reasons


def _measures(fit: Fit) -> dict[Any, Any]:
    """What a step is judged by, under plain names; every step by the same kind."""
    measures = fit.fit_measures()
    names = reported_names(measures, robust=not fit.table.ordered)
    return {name: measures[names[name]] for name in JUDGED} | {"df": int(measures.df)}


def limits_for(fit: Fit) -> str:
    """Which limits of `RULE` the group sizes call for."""
    sizes = [sample.n for sample in fit.model.samples]
    strict = fit.n_obs <= RULE["small_n"] or max(sizes) > RULE["unequal_ratio"] * min(sizes)
    return "small or unequal groups" if strict else "usual"


def limits_in_words(limits: dict[Any, Any]) -> str:
    """The limits of one step, such as ``CFI 0.010, RMSEA 0.015``."""
    return ", ".join(f"{index.upper()} {value:.3f}" for index, value in limits.items())
