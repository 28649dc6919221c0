"""Score tests: what would be gained by releasing equality constraints (Rao, 1948; Aitchison & Silvey, 1958)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse_because
from emolabor.sem.estimation.test_statistic import chisq_pvalue
from emolabor.sem.specification.constraints import constraint_values, null_space, words

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.specification.row import Row

# Eigenvalues of the scaled information below this share of the largest are zero: the direction is not identified.
SINGULAR = 1e-10
BOUND_TOLERANCE = 1e-8


@dataclass(frozen=True)
class ScoreTest:
    """Score tests of a fit's equality constraints.

    Attributes
    ----------
    constraints : DataFrame
        A row a constraint: lhs, op, rhs, group (of the released rhs; 0 for a ``==`` line), chisq, df, pvalue.
    chisq, pvalue : float
        Of all released at once.
    df : int
        What the data identify once all is released.
    """

    constraints: pd.DataFrame
    chisq: float
    df: int
    pvalue: float


@dataclass(frozen=True)
class Untied:
    """A fit with one parameter for every free row of the table, and its equalities as linear rows.

    `gradient` (q,) and `information` (q, q) are of the whole sample; `slopes` (k, q) the constraints' Jacobian; `names`
    (lhs, rhs, group) of each constraint.
    """

    gradient: np.ndarray
    information: np.ndarray
    slopes: np.ndarray
    names: tuple[tuple[Any, ...], ...]


def score_test(fit: Fit) -> ScoreTest:
    """Test every equality constraint of a fit, from shared labels (`group_equal` included) and `==` lines.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.

    Returns
    -------
    ScoreTest
        `==` lines first. Expected information, not scaled, whatever the estimator; univariate tests as lavaan's
        ``lavTestScore``. The total's df leaves out what the data would not identify once all is released, where lavaan
        counts every constraint (scalar invariance: the freed latent means).

    Raises
    ------
    EmolaborError
        No equality constraint, an inequality that binds, or no convergence.

    References
    ----------
    Aitchison, J., & Silvey, S. D. (1958). Maximum-likelihood estimation of parameters subject to restraints. Annals of
    Mathematical Statistics, 29(3), 813-828.
    Rao, C. R. (1948). Large sample tests of statistical hypotheses concerning several parameters with applications to
    problems of estimation. Mathematical Proceedings of the Cambridge Philosophical Society, 44(1), 50-57.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.sem("a =~ ex1 + l*ex2 + l*ex3 + ex4", el.simulate_staff(n=300, seed=1))
    >>> fit.score_test().constraints[["lhs", "op", "rhs", "chisq", "df", "pvalue"]].round(3)
          lhs  op     rhs  chisq  df  pvalue
    0  a=~ex2  ==  a=~ex3  0.343   1   0.558
    """
    loose = untie(fit)
    tests = [release(loose, [j]) for j in range(len(loose.names))]
    rows = [
        (lhs, "==", rhs, group, chisq, df, chisq_pvalue(chisq, df))
        for (lhs, rhs, group), (chisq, df) in zip(loose.names, tests, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["lhs", "op", "rhs", "group", "chisq", "df", "pvalue"])
    total, df = release(loose, range(len(rows)))
    return ScoreTest(frame, total, df, chisq_pvalue(total, df))


def release(loose: Untied, chosen: Sequence[int]) -> tuple:
    """Score test of releasing some constraints while the others stay.

    Parameters
    ----------
    loose : Untied
    chosen : sequence of int
        Places of the constraints released together.

    Returns
    -------
    tuple
        Statistic (missing where nothing is gained) and degrees of freedom: the identified directions gained.
    """
    kept = np.delete(loose.slopes, list(chosen), axis=0)
    statistic, rank = _quadratic(loose, null_space(kept) if len(kept) else np.eye(len(loose.gradient)))
    _, held = _quadratic(loose, null_space(loose.slopes))
    df = rank - held
    return (statistic if df > 0 else np.nan), df


def untie(fit: Fit) -> Untied:
    """Give every free row its own parameter and write the equalities as constraints.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Untied
    """
    model, table, theta = fit.model, fit.table, fit.estimate.theta
    if not fit.converged:
        refuse_because("score_test", f"the fit did not converge ({fit.problems[0]})", "a fit that did")
    bounds = constraint_values(table, table.inequalities, theta)[0]
    if np.any(bounds < BOUND_TOLERANCE):
        refuse_because("score_test", "an inequality constraint binds", "equality constraints")
    free = [i for i, row in enumerate(table.rows) if row.free >= 0]
    number = {row: i for i, row in enumerate(free)}
    rows = tuple(replace(row, free=number.get(i, -1)) for i, row in enumerate(table.rows))
    own = replace(table, rows=rows, n_free=len(free))
    theta = theta[[table.rows[i].free for i in free]]
    names = [(*map(words, tree[1:]), 0) for tree in table.equalities]
    slopes = list(constraint_values(own, table.equalities, theta)[1])
    first = {}
    ties = []
    for i in free:
        row = table.rows[i]
        ties.append((first.setdefault(row.free, i), i))
    for origin, i in sorted(tie for tie in ties if tie[0] != tie[1]):
        names.append((_name(rows[origin]), _name(rows[i]), rows[i].group + 1))
        slopes.append(np.eye(len(free))[number[origin]] - np.eye(len(free))[number[i]])
    if not names:
        refuse_because("score_test", "the model has no equality constraint", "shared labels or == lines")
    _, gradient, information = model.with_table(own).derivatives(theta)
    return Untied(model.weight * gradient, model.weight * information, np.array(slopes), tuple(names))


def _quadratic(loose: Untied, basis: np.ndarray) -> tuple[Any, ...]:
    """The gradient's square in the metric of the inverse information along a basis (q, r), and the rank."""
    inner = basis.T @ loose.information @ basis
    scale = np.sqrt(np.maximum(np.diag(inner), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(inner / np.outer(scale, scale))
    kept = values > SINGULAR * values[-1]
    along = vectors.T @ (basis.T @ loose.gradient / scale)
    return float(np.sum(along[kept] ** 2 / values[kept])), int(kept.sum())


def _name(row: Row) -> str:
    return f"{row.lhs}{row.op}{row.rhs}"
