"""Partial invariance: which parameters must differ over groups for a step of the ladder to hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.comparison.invariance_rule import judge
from emolabor.sem.estimation.test_statistic import chisq_pvalue
from emolabor.sem.inference.score_test import release, untie

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

# Byrne, Shavelson & Muthen (1989): two indicators a factor stay equal; and at least half of them.
FEWEST_TIED, LEAST_SHARE_TIED = 2, 0.5
# What each step ties of an indicator; for the steps that are not here nothing is searched.
NAMES = {
    "metric": "{factor}=~{item}",
    "second-order metric": "{factor}=~{item}",
    "scalar": "{item}~1",
    "strict": "{item}~~{item}",
}
ORDINAL_NAMES = ("metric", "second-order metric")


def free_until_it_holds(
    refit: Callable[..., Any], fit: Fit, before: Fit | None, step: str, allowed: dict[str, Any], exempt: Sequence[str]
) -> tuple:
    """Free the tied parameters of a step, the largest score test first, while the rule is broken.

    Parameters
    ----------
    refit : callable
        List of parameters to free -> Fit of the step.
    fit, before : Fit
        The step that failed, and the step before.
    step : str
    allowed : dict
        Limits of the rule.
    exempt : sequence of str
        Parameters that are free from the beginning.

    Returns
    -------
    tuple
        Last fit, the parameters freed (none where the rule still is broken), a row of the search for each.
    """
    freed, trace = [], []
    while True:
        names = _releasable(fit, step, {name.replace(" ", "") for name in exempt} | set(freed))
        if not names:
            return fit, (), trace
        loose = untie(fit)
        tests = {
            name: release(loose, [j for j, (lhs, rhs, _) in enumerate(loose.names) if lhs == rhs == name])
            for name in names
        }
        name = max(names, key=lambda name: np.nan_to_num(tests[name][0]))
        freed.append(name)
        fit = refit(freed)
        row, holds = judge(fit, before, allowed)
        chisq, df = tests[name]
        trace.append((name, chisq, df, chisq_pvalue(chisq, df), row["dcfi"], row["drmsea"], row["dsrmr"]))
        if holds or fit.problems:
            return fit, tuple(freed) if holds else (), trace


def _releasable(fit: Any, step: Any, free: Any) -> Any:
    """Parameters that the step ties over groups and that may be freed with enough indicators left equal."""
    factors, latent = {}, fit.table.variables.latent
    for row in fit.table.rows:
        if row.op == "=~" and row.group == 0 and (row.rhs in latent) == step.startswith("second-order"):
            name = NAMES[step].format(factor=row.lhs, item=row.rhs)
            factors.setdefault(row.lhs, []).append(name)
    # Labels that begin with a dot are those of `group_equal`; parameters tied by the text stay tied.
    tied = {f"{r.lhs}{r.op}{r.rhs}" for r in fit.table.rows if r.group > 0 and r.free >= 0 and r.label[:1] == "."}
    stuck = set()
    for names in factors.values():
        equal = sum(name not in free for name in names)
        if equal - 1 < max(FEWEST_TIED, ceil(LEAST_SHARE_TIED * len(names))):
            stuck |= set(names)
    names = dict.fromkeys(name for names in factors.values() for name in names)
    return [name for name in names if name in tied and name not in stuck]
