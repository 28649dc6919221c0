"""Levers within groups, such as dispatch types, in units that are the same in each."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from emolabor.analysis.levers import Levers, levers
from emolabor.sem import lr_test, sem


@dataclass(frozen=True, repr=False)
class GroupLevers:
    """Levers of each group, and whether the groups differ.

    Attributes
    ----------
    levers : Levers
        Of the groups that are large enough; of everyone together where there are not two of them.
    difference : Series
        groups (compared), left_out (respondents in groups that are too small), and the test that the paths are equal:
        chisq_diff, df_diff, pvalue; missing without groups to compare.
    """

    levers: Levers
    difference: pd.Series

    def __repr__(self):
        return f"{self.levers!r}\n{self.difference.to_string()}"


def levers_by_group(
    model: str,
    data: pd.DataFrame,
    group: str,
    *,
    smallest: int = 100,
    estimator: str | None = None,
    n_draws: int = 5000,
    seed: int = 1,
    **options: Any,
) -> GroupLevers:
    """Rank levers within each group of one model whose loadings are equal over groups.

    Parameters
    ----------
    model : str
        Model text without labels, which would hold paths equal over groups: `theory.full_model(..., indirect=False)`.
    data : DataFrame
        Complete cases are used.
    group : str
        Column with the group; it need not be there.
    smallest : int
        Complete cases that a group must have. Maximum likelihood of fewer than 100 often fails (Boomsma, 1985,
        *Psychometrika* 50:229-242).
    estimator : str, optional
        As for `sem`.
    n_draws : int
        Monte Carlo draws for the intervals.
    seed : int
        The same seed gives the same intervals.
    **options : object
        outcome, factors, undesirable, scale, level: as for `levers`.

    Returns
    -------
    GroupLevers
        The levers of each group, and a test of the groups having the same paths.

    Raises
    ------
    EmolaborError
        As for `sem` and `levers`: a model that is not read or identified, an outcome or a factor that is not in it.

    Notes
    -----
    Equal loadings make a point mean the same in each group, which comparing unstandardized paths needs (Vandenberg &
    Lance, 2000, *Organizational Research Methods* 3:4-70), and lend a small group the strength of the others. The test
    holds all regressions equal as well (scaled difference where the estimator is robust).

    Examples
    --------
    >>> import emolabor as el
    >>> model = "unit_guidance =~ ug1 + ug3 + ug5; exhaustion =~ ex1 + ex2 + ex3; exhaustion ~ unit_guidance"
    >>> found = el.levers_by_group(model, el.simulate_staff(n=900, seed=1), "sex", outcome="exhaustion")
    >>> found.levers.table[["gain", "gain_lower", "gain_upper"]].round(2)
                          gain  gain_lower  gain_upper
    male>unit_guidance   -0.18       -0.32       -0.03
    female>unit_guidance -0.16       -0.27       -0.06
    >>> found.difference.round(2).to_dict()
    {'groups': 2.0, 'left_out': 0.0, 'chisq_diff': 0.02, 'df_diff': 1.0, 'pvalue': 0.89}
    """
    items = sem(model, data).table.variables.observed
    complete = data.dropna(subset=list(items))
    sizes = complete[group].value_counts() if group in complete else pd.Series(dtype=int)
    large = sizes[sizes >= smallest].index
    difference: dict[str, float] = {"groups": len(large), "left_out": int(sizes[sizes < smallest].sum())}
    if len(large) < 2:
        fit = sem(model, complete, estimator=estimator)
        difference |= {"groups": 1, "left_out": 0, "chisq_diff": np.nan, "df_diff": np.nan, "pvalue": np.nan}
    else:
        kept = complete[complete[group].isin(large)]
        fit = sem(model, kept, estimator=estimator, group=group, group_equal=("loadings",))
        equal = sem(model, kept, estimator=estimator, group=group, group_equal=("loadings", "regressions"))
        test = lr_test(equal, fit)
        difference |= {"chisq_diff": test.chisq_diff, "df_diff": test.df_diff, "pvalue": test.pvalue}
    return GroupLevers(levers(fit, draws=fit.monte_carlo(n_draws, seed), **options), pd.Series(difference))
