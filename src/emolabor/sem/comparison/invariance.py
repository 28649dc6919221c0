"""The ladder of measurement invariance: each step holds more of the measurement equal over groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, refuse_because
from emolabor.sem.api import sem
from emolabor.sem.comparison.invariance_levels import (
    NOTE,
    SECOND_ORDER,
    all_steps,
    items_step,
    level_step,
    lower_factors,
    most_apart,
)
from emolabor.sem.comparison.invariance_ordinal import ORDINAL_STEPS, ordinal_step
from emolabor.sem.comparison.invariance_rule import COLUMNS, RULE, judge, limits_for, limits_in_words
from emolabor.sem.comparison.partial_invariance import FEWEST_TIED, NAMES, ORDINAL_NAMES, free_until_it_holds
from emolabor.sem.specification.lavaan_words import arguments_known
from emolabor.sem.two_level.fit import TwoLevelFit

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

STEPS = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
ROBUST_KIND = " (scaled chi-square, robust CFI and RMSEA)"
KINDS = {
    "satorra_bentler": ROBUST_KIND,
    "yuan_bentler": ROBUST_KIND,
    "scaled_shifted": " (scaled and shifted chi-square, scaled CFI and RMSEA)",
}
INCOMPLETE_KIND = " (robust CFI and RMSEA)"
ORDINAL_NOTE = (
    " These limits were found for continuous answers: with ordered ones read the difference test beside them. "
    "Thresholds come before loadings (Wu & Estabrook, 2016)."
)


@dataclass(frozen=True)
class Invariance:
    """What the ladder found.

    Attributes
    ----------
    table : DataFrame
        A row a step (and one for the partial model of a step that failed): chisq, df, pvalue, chisq_diff, df_diff,
        pvalue_diff, cfi, rmsea, srmr, their changes dcfi, drmsea, dsrmr against the step before, decision. Where the
        estimator is robust: scaled chi-square and difference (Satorra & Bentler, 2001), robust CFI and RMSEA; for
        ordered answers the scaled and shifted ones (Satorra, 2000), scaled CFI and RMSEA; with ML of incomplete answers
        robust CFI and RMSEA.
    fits : dict
        The fits by the table's row names.
    level : str or None
        The highest step that holds.
    partial : tuple of str
        The parameters to free for the next step to hold partially; empty where it does not or need not.
    search : DataFrame
        The search for them: parameter, score test (chisq, df, pvalue), changes after it was freed.
    exempt : tuple of str
        The parameters that were free from the beginning (`group_partial`).
    limits : str
        Which of Chen's limits apply: "usual", or the narrower ones for "small or unequal groups".
    """

    table: pd.DataFrame
    fits: dict[str, Fit]
    level: str | None
    partial: tuple[Any, ...]
    search: pd.DataFrame
    exempt: tuple[str, ...]
    limits: str

    def rule(self) -> str:
        """Say the rule in words.

        Returns
        -------
        str
            The limits of CFI, RMSEA and SRMR (Chen, 2007) that apply to this fit.

        Examples
        --------
        >>> import emolabor as el
        >>> found = el.invariance("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=600, seed=1), "sex")
        >>> [part for part in found.rule().split(". ") if "Limits" in part][0].split("; ")[0]
        'Limits (usual): metric CFI 0.010, RMSEA 0.015, SRMR 0.030'
        """
        limits = RULE[self.limits]
        rows = [
            f"{step} {limits_in_words(limits[step.removeprefix(SECOND_ORDER)])}"
            for step in self.table.index
            if step.removeprefix(SECOND_ORDER) in limits
        ]
        table = next(iter(self.fits.values())).table
        return (
            "Rule (limits of Chen, 2007): a step holds where CFI falls by no more than its limit and RMSEA or SRMR "
            f"(or both) rise by no more than theirs. Limits ({self.limits}): {'; '.join(rows) or 'none needed'}. "
            "The first step holds where its solution is admissible; whether it fits well is for the reader to judge."
            + (ORDINAL_NOTE if table.ordered else "")
            + (NOTE if lower_factors(table) else "")
        )

    def decision(self) -> str:
        """Say the decision in words.

        Returns
        -------
        str
            The highest step that holds, and what must be free for the next one.

        Examples
        --------
        >>> import emolabor as el
        >>> found = el.invariance("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=600, seed=1), "sex")
        >>> found.decision()
        'Decision: strict invariance holds.'
        """
        exempt = f" with {', '.join(self.exempt)} free over groups from the beginning" if self.exempt else ""
        words = [f"Decision: {self.level or 'no'} invariance holds{exempt}."]
        steps = [name for name in self.table.index if not name.startswith("partial ")]
        if steps[-1] != self.level:
            words.append(f"{steps[-1].capitalize()} {self.table.decision[steps[-1]]}.")
        if steps[-1] == f"{SECOND_ORDER}scalar" != self.level and steps[-1] in self.fits:
            name = most_apart(self.fits[steps[-1]])
            words.append(
                f"The mean of {name} would lower the misfit most if it might differ: group_partial="
                f"[{', '.join(repr(own) for own in (*self.exempt, f'{name} ~1'))}]."
            )
        if self.partial:
            free = ", ".join(f'"{name}"' for name in (*self.exempt, *self.partial))
            words.append(
                f"Partial {steps[-1]} invariance holds once {', '.join(self.partial)} may differ; "
                f"to climb on with that: group_partial=[{free}]."
            )
        elif len(self.search):
            words.append(
                f"No partial {steps[-1]} invariance: freeing {', '.join(self.search.parameter)} does not suffice, and "
                f"at least {FEWEST_TIED} indicators and half of each factor's must stay equal."
            )
        return " ".join(words)

    def summary(self) -> str:
        """Write table, rule and decision.

        Returns
        -------
        str
            For people; the same as ``repr``.

        Examples
        --------
        >>> import emolabor as el
        >>> found = el.invariance("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=600, seed=1), "sex")
        >>> print(found.summary().splitlines()[0])
        Measurement invariance, estimator ML, cases by group: female 359, male 189
        """
        return "\n\n".join([self._heading(), self._rounded().to_string(), self.rule(), self.decision()])

    def _heading(self) -> str:
        fit = next(iter(self.fits.values()))
        groups = ", ".join(f"{sample.label} {sample.n}" for sample in fit.model.samples)
        kind = KINDS.get(fit.model.estimator.test, INCOMPLETE_KIND if fit.model.fiml else "")
        return f"Measurement invariance, estimator {fit.estimator}{kind}, cases by group: {groups}"

    def _rounded(self) -> pd.DataFrame:
        numbers = self.table.columns.drop(["df", "df_diff", "decision"])
        shown = self.table.astype({"df_diff": "Int64"})
        shown[numbers] = shown[numbers].map(lambda value: "" if np.isnan(value) else f"{value:.3f}")
        return shown.astype(object).where(shown.notna(), "")

    def __repr__(self) -> str:
        """The summary: a ladder is read, not inspected."""
        return self.summary()

    def _repr_html_(self) -> Any:
        text = "".join(f"<p>{escape(line)}</p>" for line in (self.rule(), self.decision()))
        return f"<p>{escape(self._heading())}</p>{self._rounded().to_html()}{text}"


@arguments_known
def invariance(
    model: str,
    data: pd.DataFrame,
    group: str,
    *,
    estimator: str | None = None,
    missing: str = "listwise",
    cluster: str | Sequence[str] | None = None,
    sampling_weights: str | None = None,
    strata: str | None = None,
    ordered: bool | str | Sequence[str] | None = None,
    std_lv: bool = False,
    group_partial: Sequence[str] = (),
    steps: Sequence[str] | None = None,
) -> Invariance:
    """Climb the ladder of measurement invariance.

    Parameters
    ----------
    model : str
        A measurement model, without labels.
    data : DataFrame of shape (n, p)
        Answers, one row a case; not changed.
    group : str
        Column with the group of each case.
    estimator : str, optional
        As for `sem`.
    missing : {"listwise", "fiml", "pairwise"}
        As for `sem`.
    cluster : str or sequence of str, optional
        As for `sem`.
    sampling_weights, strata : str, optional
        As for `sem`.
    ordered : True, str or sequence of str, optional
        As for `sem`.
    std_lv : bool
        Fix latent variances at one; then every loading can be freed, otherwise all but the first.
    group_partial : sequence of str
        Parameters free over groups at every step, such as ``"x3 ~1"``.
    steps : sequence of str, optional
        The first of configural, metric, scalar, strict (with ordered answers: configural, thresholds, metric, scalar,
        strict), or some of them in this order, configural included; by default all. Where factors measure factors:
        configural, metric, second-order metric, scalar, second-order scalar, second-order strict, strict.

    Returns
    -------
    Invariance
        Its `table` holds the steps, `level` the highest that holds, `partial` what must be free for the next one;
        `fits` the models themselves.

    Raises
    ------
    EmolaborError
        Unknown steps, a model without latent variables, and what `sem` refuses.

    Notes
    -----
    A step that fails by the rule (`RULE`; Chen, 2007) ends the ladder; the parameter over groups with the largest score
    test is then freed, one after the other, until the rule holds or fewer than two indicators of a factor, or fewer
    than half, would stay equal (Byrne, Shavelson & Muthen, 1989). A step that did not converge or is improper ends the
    ladder with the reason. With ordered answers thresholds come before loadings (Wu & Estabrook, 2016): equal
    thresholds free intercepts and scales in the later groups, equal intercepts the latent means; the strict step is
    in the theta parametrisation. Three categories or fewer leave nothing to test of thresholds alone. Partial
    invariance of ordered answers is searched among loadings only, that of second-order steps among loadings too.

    Where factors measure factors each step is taken for the items first and for the factors next (Chen, Sousa & West,
    2005). Equal intercepts of items leave the means of first-order factors free in the later groups, and hold the
    second-order mean at 0; equal intercepts of first-order factors, which are 0 in every group, leave the second-order
    mean free. To free all at once would not be identified. ``group_partial=["f ~1"]`` lets the mean of the
    first-order factor f differ there.

    A first loading fixed at one counts as equal; whether it is, is not tested.

    References
    ----------
    Byrne, B. M., Shavelson, R. J., & Muthen, B. (1989). Testing for the equivalence of factor covariance and mean
    structures: The issue of partial measurement invariance. Psychological Bulletin, 105(3), 456-466.
    Chen, F. F. (2007). Sensitivity of goodness of fit indexes to lack of measurement invariance. Structural Equation
    Modeling, 14(3), 464-504.
    Chen, F. F., Sousa, K. H., & West, S. G. (2005). Testing measurement invariance of second-order factor models.
    Structural Equation Modeling, 12(3), 471-492.
    Wu, H., & Estabrook, R. (2016). Identification of confirmatory factor analysis models of different levels of
    invariance for ordered categorical outcomes. Psychometrika, 81(4), 1014-1045.

    Examples
    --------
    >>> import emolabor as el
    >>> data = el.simulate_staff(n=600, seed=1)
    >>> found = el.invariance("exhaustion =~ ex1 + ex2 + ex3 + ex4", data, "sex", estimator="MLR")
    >>> found.level
    'strict'
    >>> found.table[["df", "dcfi", "decision"]].round(3)
                df   dcfi decision
    configural   4    NaN    holds
    metric       7 -0.001    holds
    scalar      10 -0.004    holds
    strict      14  0.003    holds
    """
    exempt = (group_partial,) if isinstance(group_partial, str) else tuple(group_partial)
    drawn = dict(cluster=cluster, sampling_weights=sampling_weights, strata=strata)
    options: dict[str, Any] = dict(
        estimator=estimator, missing=missing, group=group, ordered=ordered, std_lv=std_lv, **drawn
    )
    configural = sem(model, data, **options, group_partial=exempt)
    _check_latent(configural)
    known = all_steps(tuple(ORDINAL_STEPS if configural.table.ordered else STEPS), configural.table)
    steps = known if steps is None else steps
    _check_steps(steps, known)

    def fit_step(step, freed=()):
        items = items_step(step)
        text, held = ordinal_step(items, configural.table) if configural.table.ordered else ("", {})
        held = held or dict(group_equal=STEPS[items])
        lines, kinds, free = level_step(step, configural.table)
        held["group_equal"] = (*held["group_equal"], *kinds)
        return sem(model + text + lines, data, **options, **held, group_partial=(*exempt, *free, *freed))

    rows, fits, level, before = {}, {}, None, None
    freed, trace, limits = (), [], limits_for(configural)
    for step in steps:
        fit = fits[step] = configural if before is None else fit_step(step)
        allowed = RULE[limits].get(step.removeprefix(SECOND_ORDER))
        rows[step], holds = judge(fit, before, allowed)
        if not holds:
            if not fit.problems and step in (ORDINAL_NAMES if fit.table.ordered else NAMES):
                refit = partial(fit_step, step)
                last, freed, trace = free_until_it_holds(refit, fit, before, step, allowed, exempt)
                if trace:
                    fits[f"partial {step}"] = last
                    rows[f"partial {step}"], _ = judge(last, before, allowed)
            break
        level, before = step, fit
    table = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS)
    search = pd.DataFrame(trace, columns=["parameter", "chisq", "df", "pvalue", "dcfi", "drmsea", "dsrmr"])
    return Invariance(table, fits, level, freed, search, exempt, limits)


def _check_steps(steps: Sequence[Any], known: Iterable[str]) -> None:
    order = list(known)
    places = [order.index(step) if step in order else -1 for step in steps]
    if not places or places[0] != 0 or -1 in places or places != sorted(set(places)):
        refuse("steps", tuple(steps), f"{', '.join(known)}, in this order, configural first")


def _check_latent(fit: Fit) -> None:
    if isinstance(fit, TwoLevelFit):
        allowed = "a text without them; in their text c(a, a)* holds loadings equal, and el.lr_test compares"
        refuse_because("model", "the text has 'level:' blocks, whose models the ladder does not climb", allowed)
    if not fit.table.variables.latent:
        refuse("model", "no latent variable", "a measurement model such as 'f =~ x1 + x2 + x3'")
