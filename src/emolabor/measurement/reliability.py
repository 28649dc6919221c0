"""Reliability of scales: alpha with its interval, omega, average variance extracted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import fdtri, ndtri

from emolabor.common.errors import refuse, shown
from emolabor.common.notices import joined
from emolabor.measurement.answer_problems import answer_problems
from emolabor.measurement.answers import (
    answer_weights,
    answers_and_dimensions,
    complete_answers,
    covariance_of,
    effective_number,
)
from emolabor.measurement.omega import one_factor

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale


def reliability(
    data: pd.DataFrame,
    scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]],
    *,
    sampling_weights: str | None = None,
) -> pd.DataFrame:
    """Reliability of each dimension of a scale.

    Respondents with a missing answer on a dimension's items are left out of that dimension (listwise within it).
    With a scale or an instrument, `data` holds the answers as fielded and reverse-worded items are turned first, for
    every coefficient alike; with a mapping, `data` is taken as it stands.

    Omega is ``omega_total_ml``: the share of the sum score's model-implied variance that one common factor explains,
    from a one-factor maximum-likelihood model of the items' covariances (McDonald, 1999). Under that model it is the
    same number as composite reliability (CR; Fornell & Larcker, 1981), so CR is not repeated. Other estimators of
    omega differ on the same items, and CR or AVE from standardised loadings differs when the items' variances do.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        One row a respondent, numeric answers; never changed.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        What belongs together: dimension key to item keys.
    sampling_weights : str, optional
        Column of `data` with how many people each respondent stands for, above zero.

    Returns
    -------
    DataFrame
        One row a dimension. Columns: ``n`` (respondents used), with sampling weights ``n_effective`` (respondents drawn
        with equal chances that would tell as much, which alpha's interval comes from; Kish, 1965), ``items``,
        ``alpha``, ``alpha_lower``, ``alpha_upper`` (95 %), ``omega_total_ml``, ``ave`` (average variance extracted, in
        the items' own units) and ``problems`` (why coefficients are missing or must not be trusted: an item keyed
        against the others, values that look like codes for missing answers, a factor that cannot be had; each with a
        short code; empty when nothing is wrong).

    Raises
    ------
    EmolaborError
        If an item is not a column of `data`, is not numeric or is constant, a dimension has fewer than two items, or no
        more respondents than items; with a scale or an instrument also if an answer is no code of its response format.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16(3), 297-334.
    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    Psychometrika, 30(3), 357-370.
    Feldt, L. S., Woodruff, D. J., & Salih, F. A. (1987). Statistical inference for coefficient alpha. Applied
    Psychological Measurement, 11(1), 93-103.
    Fornell, C., & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and
    measurement error. Journal of Marketing Research, 18(1), 39-50.
    Kish, L. (1965). Survey sampling. Wiley.
    McDonald, R. P. (1999). Test theory: A unified treatment. Erlbaum.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> rng = np.random.default_rng(1)
    >>> factor = rng.normal(size=(200, 1))
    >>> answers = pd.DataFrame(factor + rng.normal(size=(200, 3)), columns=["a1", "a2", "a3"])
    >>> el.reliability(answers, {"a": ["a1", "a2", "a3"]})[["alpha", "omega_total_ml", "ave"]].round(2)
       alpha  omega_total_ml   ave
    a    0.7             0.7  0.44
    """
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    rows = {}
    for dimension, items in dimensions.items():
        complete = complete_answers(answers, items, f"dimension {dimension}")
        weights = answer_weights(data, sampling_weights, answers, items)
        rows[dimension] = _reliability_row(complete, weights)
    return pd.DataFrame.from_dict(rows, orient="index")


def cronbach_alpha(covariance):
    """Cronbach's alpha from a covariance matrix (Cronbach, 1951).

    Parameters
    ----------
    covariance : ndarray of shape (k, k)
        Covariances of the k items.

    Returns
    -------
    float
        Alpha, at most 1; below 0 when items are keyed against each other.

    Examples
    --------
    >>> round(cronbach_alpha(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / np.sum(covariance)))


def alpha_interval(alpha, n, k, level=0.95, method="feldt"):
    """Interval of alpha.

    Parameters
    ----------
    alpha : float
        Sample alpha.
    n : int
        Number of respondents.
    k : int
        Number of items.
    level : float
        Confidence level.
    method : {"feldt", "bonett"}
        From the F distribution (Feldt, 1965; Feldt, Woodruff & Salih, 1987), or normal in log(1 - alpha) with variance
        2 k / ((k - 1) (n - 2)) (Bonett, D. G. (2002). Sample size requirements for testing and estimating coefficient
        alpha. Journal of Educational and Behavioral Statistics, 27(4), 335-340).

    Returns
    -------
    tuple of float
        Lower and upper end.

    Examples
    --------
    >>> lower, upper = alpha_interval(0.8, n=100, k=4)
    >>> round(lower, 3), round(upper, 3)
    (0.727, 0.857)
    """
    if method not in ("feldt", "bonett"):
        refuse("method", shown(method), "feldt, bonett")
    tail = (1 - level) / 2
    if method == "bonett":
        width = ndtri(1 - tail) * np.sqrt(2 * k / ((k - 1) * (n - 2)))
        return float(1 - (1 - alpha) * np.exp(width)), float(1 - (1 - alpha) * np.exp(-width))
    numerator, denominator = n - 1, (n - 1) * (k - 1)
    return (
        float(1 - (1 - alpha) * fdtri(numerator, denominator, 1 - tail)),
        float(1 - (1 - alpha) * fdtri(numerator, denominator, tail)),
    )


def _reliability_row(complete, weights):
    alpha, items = cronbach_alpha(covariance_of(complete, weights)), complete.shape[1]
    effective = {} if weights is None else {"n_effective": effective_number(weights)}
    lower, upper = alpha_interval(alpha, effective.get("n_effective", len(complete)), items)
    factor = one_factor(complete, weights)
    common, explained, residual = factor.loadings.sum() ** 2, np.sum(factor.loadings**2), factor.residuals.sum()
    return {
        "n": len(complete),
        **effective,
        "items": items,
        "alpha": alpha,
        "alpha_lower": lower,
        "alpha_upper": upper,
        "omega_total_ml": float(common / (common + residual)),
        "ave": float(explained / (explained + residual)),
        "problems": joined([*answer_problems(complete), *factor.problems]),
    }
