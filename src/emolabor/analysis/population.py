"""A population written as a model text with values: the covariance matrix from which samples are drawn."""

from dataclasses import replace

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.numerics import build_structure, build_table, implied_moments, parse_model, total_paths


def population_moments(text, std_lv=False):
    """Work out the moments of a population.

    Parameters
    ----------
    text : str
        Model text in which every loading and regression has a value: fixed (``0.8*x1``) or a start
        (``start(0.4)*x``, which leaves it free when the same text is the model to be estimated). A covariance without a
        value is zero, an intercept too. A variance without a value is such that its variable has variance one, so that
        the values are standardized coefficients.
    std_lv : bool
        Latent variances are one instead of each first loading.

    Returns
    -------
    tuple of DataFrame (p, p) and Series (p,)
        Covariances and means of the observed variables.

    Raises
    ------
    EmolaborError
        A loading or regression without a value, or values that leave a variable no residual variance.

    Examples
    --------
    >>> cov, mean = population_moments("y ~ 0.5*x")
    >>> cov.loc["y", "x"].item(), cov.loc["y", "y"].item()
    (0.5, 1.0)
    """
    table = build_table(parse_model(text), std_lv=std_lv, fixed_x=False)
    made = next((name for name in table.variables.observed if ":" in name), None)
    if made is not None:
        refuse_because("population", f"'{made}' is a product, which is not normal", "a model without products")
    rows, open_variances = [], {}
    for row in table.rows:
        if row.value is None and row.op in ("=~", "~"):
            refuse_because(
                "population",
                f"'{row.lhs} {row.op} {row.rhs}' has no value",
                f"a number before it, such as '{row.lhs} {row.op} 0.5*{row.rhs}'",
            )
        if row.value is None and row.op == "~~" and row.lhs == row.rhs:
            open_variances[row.lhs] = len(rows)
        rows.append(replace(row, free=-1, value=0.0 if row.value is None else row.value, from_data=False))
    names = [*table.variables.observed, *table.variables.latent]
    p = len(table.variables.observed)
    fixed = replace(table, rows=tuple(rows), n_free=0)
    structure = build_structure(fixed, 0, np.eye(p), np.zeros(p))
    total = total_paths(structure, structure.paths)
    if open_variances:
        # Every variance is linear in the residual variances: those not given make their variables' variances one.
        places = [names.index(name) for name in open_variances]
        given = np.diag(total @ structure.covariances @ total.T)[places]
        needed = np.linalg.solve(total[np.ix_(places, places)] ** 2, 1.0 - given)
        for name, place, value in zip(open_variances, places, needed, strict=True):
            if value <= 0:
                refuse_because(
                    "population",
                    f"the values of '{name}' explain {1 - value:.3g} of its variance",
                    f"less than 1, or a residual variance, such as '{name} ~~ 0.5*{name}'",
                )
            structure.covariances[place, place] = value
    implied = implied_moments(structure, np.zeros(0))
    if np.linalg.eigvalsh(implied.sigma)[0] <= 0:
        raise EmolaborError("population: the values give no positive definite covariance matrix; look at the ~~ lines")
    names = names[:p]
    return pd.DataFrame(implied.sigma, index=names, columns=names), pd.Series(implied.mu, index=names)
