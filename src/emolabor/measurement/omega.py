"""Omega, each kind under its own name: what one common factor explains of a sum score's variance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolabor.measurement.answers import answers_and_dimensions, complete_answers
from emolabor.sem import cfa


@dataclass(frozen=True)
class OneFactor:
    """One common factor behind k items, from maximum likelihood.

    Attributes
    ----------
    loadings, residuals : ndarray of shape (k,)
        For a factor of variance one; residual variances. NaN where the model was not estimated.
    observed : ndarray of shape (k, k)
        Sample covariances, denominator n.
    problems : tuple of str
        Why the solution is missing or must not be trusted.
    """

    loadings: np.ndarray
    residuals: np.ndarray
    observed: np.ndarray
    problems: tuple


def one_factor(complete):
    """Estimate one common factor of complete answers.

    Parameters
    ----------
    complete : DataFrame of shape (n, k)

    Returns
    -------
    OneFactor
    """
    k = complete.shape[1]
    missing = np.full(k, np.nan)
    observed = complete.cov(ddof=0).to_numpy()
    if k < 3:
        return OneFactor(missing, missing, observed, ("one factor is not identified by 2 items",))
    # Neutral names: an item key need not be a word of the model syntax.
    names = [f"item{i + 1}" for i in range(k)]
    fit = cfa(f"factor =~ {' + '.join(names)}", complete.set_axis(names, axis=1), std_lv=True)
    if not fit.converged:
        return OneFactor(missing, missing, observed, tuple(fit.problems))
    tidy = fit.tidy()
    loadings = tidy.loc[tidy["op"] == "=~", "est"].to_numpy()
    residuals = tidy.loc[(tidy["op"] == "~~") & tidy["lhs"].isin(names), "est"].to_numpy()
    return OneFactor(loadings, residuals, observed, tuple(fit.problems))


def omega_coefficients(data, scale_or_dimensions):
    """Omega of each dimension by several estimators, which differ on the same answers.

    Parameters
    ----------
    data, scale_or_dimensions
        As for `emolabor.measurement.reliability.reliability`.

    Returns
    -------
    DataFrame
        One row a dimension: ``n``, ``items``, ``omega_total_ml`` (one factor by maximum likelihood; denominator: the
        model-implied variance of the sum; McDonald, 1999), ``omega_observed_ml`` (the same factor; denominator: the
        observed variance of the sum, as semTools' ``compRelSEM`` does), ``problems``.

    Raises
    ------
    EmolaborError
        As `emolabor.measurement.reliability.reliability`.

    References
    ----------
    McDonald, R. P. (1999). Test theory: A unified treatment. Erlbaum.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> answers = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 4)), columns=["a1", "a2", "a3", "a4"])
    >>> omega_coefficients(answers, {"a": list(answers)})[["omega_total_ml", "omega_observed_ml"]].round(3)
       omega_total_ml  omega_observed_ml
    a           0.778              0.778
    """
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    rows = {}
    for dimension, items in dimensions.items():
        complete = complete_answers(answers, items, f"dimension {dimension}")
        factor = one_factor(complete)
        common = factor.loadings.sum() ** 2
        rows[dimension] = {
            "n": len(complete),
            "items": len(items),
            "omega_total_ml": common / (common + factor.residuals.sum()),
            "omega_observed_ml": common / factor.observed.sum(),
            "problems": "; ".join(factor.problems),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
