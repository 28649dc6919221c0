"""Wald tests of constraints that a fit was not given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.estimation.test_statistic import chisq_pvalue
from emolabor.sem.language import expressions
from emolabor.sem.specification.constraints import constraint_values

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class WaldTest:
    """Joint test of constraints.

    Attributes
    ----------
    chisq : float
        Wald statistic.
    df : int
        How many constraints.
    pvalue : float
        Of the chi-square distribution.
    """

    chisq: float
    df: int
    pvalue: float

    def tidy(self) -> pd.DataFrame:
        """Tabulate the test.

        Returns
        -------
        DataFrame
            One row: chisq, df, pvalue.

        Examples
        --------
        >>> import emolabor as el
        >>> fit = el.sem("exhaustion =~ ex1 + a*ex2 + b*ex3", el.simulate_staff(n=300, seed=1))
        >>> fit.wald_test("a == b").tidy().round(2)
           chisq  df  pvalue
        0   2.38   1    0.12
        """
        return pd.DataFrame([vars(self)])


def wald_test(fit: Fit, constraints: str) -> WaldTest:
    """Test constraints among labelled or defined parameters at the estimates (Wald, 1943).

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    constraints : str
        ``==`` formulas parted by ``;`` or line ends, such as ``"a == 0; b == c^2"``.

    Returns
    -------
    WaldTest
        With the covariance matrix of the fit: robust where its standard errors are.

    Raises
    ------
    EmolaborError
        Unknown labels, redundant constraints, no identified solution.

    References
    ----------
    Wald, A. (1943). Tests of statistical hypotheses concerning several parameters when the number of observations is
    large. Transactions of the American Mathematical Society, 54(3), 426-482.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
    >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
    >>> test = fit.wald_test("a == 1")
    >>> round(test.chisq, 3), test.df
    (0.0, 1)
    """
    return wald_test_of(fit.table, fit.estimate.theta, fit.vcov().to_numpy(), constraints)


def wald_test_of(table: ParameterTable, theta: np.ndarray, vcov: np.ndarray, constraints: str) -> WaldTest:
    """Test constraints at estimates (q,) of a table's parameters with their covariance matrix (q, q)."""
    trees = _trees(constraints, table)
    values, jacobian = constraint_values(table, trees, theta)
    covariance = jacobian @ vcov @ jacobian.T
    if not (np.isfinite(covariance).all() and np.isfinite(values).all()):
        raise EmolaborError("wald_test: the model is not identified or a constraint has no value at the estimates")
    spread = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    # Rounding leaves redundant rows an eigenvalue of about 1e-16 of the correlations' largest, which is 1 to k.
    if not spread.all() or np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < 1e-10:
        refuse_because(
            "constraints",
            f"'{constraints.strip()}' says something twice or of parameters without a standard error",
            "constraints that do not follow from each other or from the model",
        )
    chisq = float(values @ np.linalg.solve(covariance, values))
    return WaldTest(chisq, len(trees), chisq_pvalue(chisq, len(trees)))


def _trees(text: str, table: ParameterTable) -> tuple[Any, ...]:
    """Trees of left minus right side of every `==` formula."""
    if not isinstance(text, str):
        refuse("constraints", shown(text), "a text such as 'a == 0; b == c'")
    labels = {row.label for row in table.rows if row.label} | {defined.name for defined in table.defined}
    trees = []
    for formula in filter(str.strip, re.split(r"[;\n]", text)):
        sides = formula.split("==")
        if len(sides) != 2:
            refuse("constraints", f"'{formula.strip()}'", "formulas such as 'a == 0; b == c'")
        tree = ("-", *(expressions.parse(side, "constraints") for side in sides))
        for name in expressions.names(tree):
            if name not in labels:
                # Labels that begin with a dot are the engine's own.
                known = (
                    ", ".join(sorted(label for label in labels if label[0] != ".")) or "none, the model has no labels"
                )
                refuse_because("constraints", f"'{name}' is no label of the model", known)
        trees.append(tree)
    if not trees:
        refuse("constraints", "nothing", "formulas such as 'a == 0; b == c'")
    return tuple(trees)
