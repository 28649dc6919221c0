"""One model, many covariance matrices: all of them estimated together."""

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse
from emolabor.common.threads import one_thread
from emolabor.sem.estimation.estimate_many import Together, estimate_many
from emolabor.sem.inference.resamples import NUMBERS


@one_thread
def refit_many(fit, covariances):
    """Estimate the model of a fit on other covariance matrices of as many cases.

    Parameters
    ----------
    fit : Fit
        One group, fitted to complete data or a covariance matrix without means or constraints; its estimates are where
        the searches start.
    covariances : ndarray of shape (R, p, p)
        Covariance matrices with denominator n - 1, their variables in the order of ``fit.implied_cov()``.

    Returns
    -------
    DataFrame
        One row a matrix: a column for each free parameter, named such as ``f =~ x1``, and ``chisq``. A row is missing
        where the search did not converge.

    Raises
    ------
    EmolaborError
        The fit has groups, ordered answers, means or constraints, or the matrices have another shape.

    Examples
    --------
    >>> from emolabor.sem import sem
    >>> cov = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.2], [0.3, 0.2, 1]], index=list("xyz"), columns=list("xyz"))
    >>> fit = sem("f =~ x + y + z", sample_cov=cov, n_obs=100, std_lv=True)
    >>> other = np.array([[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]])
    >>> refit_many(fit, other[None]).round(3)["f =~ x"].tolist()
    [0.704]
    """
    table = fit.table
    restricted = table.mean_structure or table.equalities or table.inequalities or fit.model.exogenous
    if table.n_groups > 1 or table.ordered or restricted:
        found = "groups, ordered answers, means, constraints or fixed exogenous variables"
        refuse("fit", found, "one group of numbers without these")
    p, sample = len(table.variables.observed), fit.model.samples[0]
    if covariances.ndim != 3 or covariances.shape[1:] != (p, p):
        refuse("covariances", f"the shape {covariances.shape}", f"(any, {p}, {p})")
    scaled = covariances * (sample.n - 1) / sample.weight
    size, together = max(1, NUMBERS // p**2), Together.near(fit.model, fit.estimate)
    parts = [scaled[start : start + size] for start in range(0, len(scaled), size)]
    found = [estimate_many(together, [(part, np.zeros((len(part), p)))]) for part in parts]
    names = {row.free: f"{row.lhs} {row.op} {row.rhs}" for row in table.rows if row.free >= 0}
    result = pd.DataFrame(
        np.concatenate([thetas for thetas, _ in found]), columns=[names[i] for i in range(len(names))]
    )
    return result.assign(chisq=np.concatenate([chisq for _, chisq in found]))
