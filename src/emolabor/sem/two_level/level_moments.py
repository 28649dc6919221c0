"""Moments of each level of a two-level fit: implied, residual, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from emolabor.common.checks import check_choice, check_whole
from emolabor.common.threads import one_thread
from emolabor.sem.implied.level_values import level_views, reached_by_slopes
from emolabor.sem.implied.values import r_squared
from emolabor.sem.specification.blocks import LEVEL_NAMES
from emolabor.sem.two_level.two_level_measures import correlations, level_moments

if TYPE_CHECKING:
    from emolabor.sem.two_level.fit import TwoLevelFit


def _moments(fit: TwoLevelFit, at: str, group: int) -> tuple[Any, ...]:
    check_choice("at", at, LEVEL_NAMES)
    check_whole("group", group, 1, fit.n_groups)
    place = LEVEL_NAMES.index(at)
    names = list(fit.tables.levels[place].variables.observed)
    return names, level_moments(fit.bound, fit.estimate.theta)[group - 1][place]


@one_thread
def level_implied_cov(fit: TwoLevelFit, at: str, group: int = 1) -> pd.DataFrame:
    """Covariance matrix of a level's observed variables that the model implies.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    at : {"within", "between"}
        Which level.
    group : int
        Number of the group, from 1.

    Returns
    -------
    DataFrame (p, p)
        By variable, in the order of the level.

    Raises
    ------
    EmolaborError
        Another level or group.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
    >>> el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre").implied_cov("between").shape
    (3, 3)
    """
    names, (_, _, sigma, _) = _moments(fit, at, group)
    return pd.DataFrame(sigma, index=names, columns=names)


@one_thread
def level_implied_mean(fit: TwoLevelFit, at: str, group: int = 1) -> pd.Series:
    """Means of a level's observed variables that the model implies.

    Answers of both levels have their intercepts at the between level; within, their means are what predictors
    with a mean of their own make of them.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    at : {"within", "between"}
        Which level.
    group : int
        Number of the group, from 1.

    Returns
    -------
    Series (p,)
        By variable, in the order of the level.

    Raises
    ------
    EmolaborError
        Another level or group.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
    >>> el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre").implied_mean("within").tolist()
    [0.0, 0.0, 0.0]
    """
    names, (_, _, _, mu) = _moments(fit, at, group)
    return pd.Series(mu, index=names)


@one_thread
def level_residuals(fit: TwoLevelFit, at: str, kind: str = "raw", group: int = 1) -> pd.DataFrame:
    """Residual (co)variances of a level: saturated less implied.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    at : {"within", "between"}
        Which level.
    kind : {"raw", "cor"}
        Of the covariances, or of the correlations (Bollen, 1989).
    group : int
        Number of the group, from 1.

    Returns
    -------
    DataFrame (p, p)
        By variable, in the order of the level.

    Raises
    ------
    EmolaborError
        Another level, kind or group.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> bool(fit.residuals("within").abs().to_numpy().max() < 1e-6)
    True
    """
    check_choice("kind", kind, ("raw", "cor"))
    names, (cov, _, sigma, _) = _moments(fit, at, group)
    if kind == "cor":
        cov, sigma = correlations(cov), correlations(sigma)
    return pd.DataFrame(cov - sigma, index=names, columns=names)


def level_r2(fit: TwoLevelFit) -> pd.Series:
    """Share of explained variance of every variable with predictors, by level (and group) and name.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.

    Returns
    -------
    Series
        By level and name; by group, level and name where there are several groups. Without what random slopes reach
        within, whose variance differs from cluster to cluster.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
    >>> el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre").r2().index[0]
    ('within', 'ex1')
    """
    shares, reached = {}, reached_by_slopes(fit.tables.levels[0])
    for name, view in zip(LEVEL_NAMES, level_views(fit.bound), strict=True):
        found = r_squared(view.structures, fit.estimate.theta, view.table.variables)
        for (group, variable), share in found.items():
            if name == LEVEL_NAMES[0] and variable in reached:
                continue
            shares[(name, variable) if fit.n_groups == 1 else (group + 1, name, variable)] = share
    return pd.Series(shares, dtype=float)
