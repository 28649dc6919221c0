"""Omega, each kind under its own name: what one common factor explains of a sum score's variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

from emolabor.common.notices import Notice, joined
from emolabor.measurement.answer_problems import answer_problems, named
from emolabor.measurement.answers import answer_weights, answers_and_dimensions, complete_answers, covariance_of
from emolabor.measurement.factor_model import item_names
from emolabor.sem import cfa
from emolabor.sem.numerics import binormal_cdf

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

TWO_ITEMS = Notice("two_items", "one factor is not identified by 2 items")


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


def one_factor(complete, weights=None):
    """Estimate one common factor of complete answers.

    Parameters
    ----------
    complete : DataFrame of shape (n, k)
    weights : ndarray of shape (n,), optional
        Sampling weights.

    Returns
    -------
    OneFactor
    """
    k = complete.shape[1]
    missing = np.full(k, np.nan)
    observed = covariance_of(complete, weights)
    if k < 3:
        return OneFactor(missing, missing, observed, (TWO_ITEMS,))
    names, fit = _fit_one_factor(complete, weights)
    if not fit.converged:
        return OneFactor(missing, missing, observed, named(fit.problems, names))
    tidy = fit.tidy()
    loadings = tidy.loc[tidy["op"] == "=~", "est"].to_numpy()
    residuals = tidy.loc[(tidy["op"] == "~~") & tidy["lhs"].isin(names.values()), "est"].to_numpy()
    return OneFactor(loadings, residuals, observed, named(fit.problems, names))


def _fit_one_factor(complete, weights=None, **options):
    # Neutral names: an item key need not be a word of the model syntax.
    names = item_names(complete)
    answers = complete.set_axis(list(names.values()), axis=1)
    if weights is not None:
        answers, options = answers.assign(weight=weights), {**options, "sampling_weights": "weight"}
    return names, cfa(f"factor =~ {' + '.join(names.values())}", answers, std_lv=True, **options)


def categorical_omega(complete, weights=None):
    """Omega of the sum of ordered answers (Green & Yang, 2009, formula 21).

    One factor behind the normal variables that the answers cut (WLSMV). Numerator: what the factor explains of the
    sum's variance; denominator: the sum's variance that the polychoric correlations give.

    Parameters
    ----------
    complete : DataFrame of shape (n, k)
        Codes, at least three items.
    weights : ndarray of shape (n,), optional
        Sampling weights.

    Returns
    -------
    omega : float
    problems : tuple of str
    """
    if complete.shape[1] < 3:
        return np.nan, (TWO_ITEMS,)
    names, fit = _fit_one_factor(complete, weights, ordered=list(item_names(complete).values()))
    if not fit.converged:
        return np.nan, named(fit.problems, names)
    tidy = fit.tidy()
    loadings = tidy.loc[tidy["op"] == "=~", "std_all"].to_numpy()
    thresholds = [tidy.loc[(tidy["op"] == "|") & (tidy["lhs"] == name), "est"].to_numpy() for name in names.values()]
    explained = _covariance_of_answers(thresholds, np.outer(loadings, loadings))
    observed = _covariance_of_answers(thresholds, fit.model.samples[0].cov)
    return float(explained.sum() / observed.sum()), named(fit.problems, names)


def _covariance_of_answers(thresholds, correlations):
    """Covariances (k, k) of answers that cut normal variables with these correlations at these thresholds.

    A perfect correlation, an item with itself, is that of one variable: the smaller of the two probabilities.
    """
    shares = [ndtr(cuts) for cuts in thresholds]
    covariance = np.empty_like(correlations)
    for i, row in enumerate(thresholds):
        for j, column in enumerate(thresholds):
            rho = correlations[i, j]
            if rho >= 1 - 1e-12:
                joint = np.minimum(shares[i][:, None], shares[j])
            else:
                first, second = np.broadcast_arrays(row[:, None], column)
                joint = binormal_cdf(first, second, np.full(first.shape, rho))
            covariance[i, j] = joint.sum() - shares[i].sum() * shares[j].sum()
    return covariance


def omega_coefficients(
    data: pd.DataFrame,
    scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]],
    *,
    ordered: bool = False,
    sampling_weights: str | None = None,
) -> pd.DataFrame:
    """Omega of each dimension by several estimators, which differ on the same answers.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers, as for `reliability`.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.
    ordered : bool
        Add ``omega_categorical``, which takes the answers as ordered.
    sampling_weights : str, optional
        As for `reliability`.

    Returns
    -------
    DataFrame
        One row a dimension: ``n``, ``items``, ``omega_total_ml`` (one factor by maximum likelihood; denominator: the
        model-implied variance of the sum; McDonald, 1999), ``omega_observed_ml`` (the same factor; denominator: the
        observed variance of the sum, as semTools' ``compRelSEM`` does), ``omega_categorical`` where asked for
        (`categorical_omega`), ``problems``.

    Raises
    ------
    EmolaborError
        What `reliability` refuses.

    References
    ----------
    Green, S. B., & Yang, Y. (2009). Reliability of summed item scores using structural equation modeling: An
    alternative to coefficient alpha. Psychometrika, 74(1), 155-167.
    McDonald, R. P. (1999). Test theory: A unified treatment. Erlbaum.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> rng = np.random.default_rng(1)
    >>> answers = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 4)), columns=["a1", "a2", "a3", "a4"])
    >>> el.omega_coefficients(answers, {"a": list(answers)})[["omega_total_ml", "omega_observed_ml"]].round(3)
       omega_total_ml  omega_observed_ml
    a           0.778              0.778
    """
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    rows = {}
    for dimension, items in dimensions.items():
        complete = complete_answers(answers, items, f"dimension {dimension}")
        weights = answer_weights(data, sampling_weights, answers, items)
        factor = one_factor(complete, weights)
        common = factor.loadings.sum() ** 2
        rows[dimension] = {
            "n": len(complete),
            "items": len(items),
            "omega_total_ml": common / (common + factor.residuals.sum()),
            "omega_observed_ml": common / factor.observed.sum(),
        }
        problems = [*answer_problems(complete), *factor.problems]
        if ordered:
            rows[dimension]["omega_categorical"], others = categorical_omega(complete, weights)
            problems += [Notice(problem.code, f"omega_categorical: {problem}") for problem in others]
        rows[dimension]["problems"] = joined(problems)
    return pd.DataFrame.from_dict(rows, orient="index")
