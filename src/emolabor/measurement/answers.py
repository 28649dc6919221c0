"""What the room's functions take: complete numeric answers, correlations, and the items of each dimension."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
import pandas as pd

from emolabor.common.checks import check_choice, check_whole
from emolabor.common.errors import EmolaborError, refuse, refuse_because
from emolabor.instrument import Instrument
from emolabor.responses import scored_items
from emolabor.scales import Scale
from emolabor.sem.numerics import read_numbers, read_weights

CORRELATIONS = ("pearson", "polychoric")


def answers_and_dimensions(data, scale_or_dimensions):
    """Answers with reverse-worded items turned, and the items of each dimension.

    Parameters
    ----------
    data : DataFrame
        Answers as fielded with a scale or an instrument, as they stand with a mapping.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str

    Returns
    -------
    answers : DataFrame
    dimensions : dict of str to list of str
    """
    if isinstance(scale_or_dimensions, Mapping):
        return data, {dimension: list(items) for dimension, items in scale_or_dimensions.items()}
    instrument = as_instrument(scale_or_dimensions)
    return scored_items(data, instrument), instrument.dimensions()


def as_instrument(scale_or_instrument):
    """An instrument as it is, a scale as an instrument of its own."""
    if isinstance(scale_or_instrument, Scale):
        scale = scale_or_instrument
        return Instrument(scale.key, scale.names, {}, {}, scales=(scale,), attention_checks=(), background=())
    if isinstance(scale_or_instrument, Instrument):
        return scale_or_instrument
    refuse("scale", type(scale_or_instrument).__name__, "a scale, an instrument or a dict of dimension to item keys")


def complete_answers(data, items=None, place="data", fewest=2):
    """Rows without a missing answer, as numbers.

    Parameters
    ----------
    data : DataFrame
    items : list of str, optional
        Columns wanted; by default all.
    place : str
        How an error names where it is.
    fewest : int
        Fewest items allowed.

    Returns
    -------
    DataFrame of shape (n, p)

    Raises
    ------
    EmolaborError
        Not a DataFrame, too few items, an item that is no column or not numeric or constant, or no more complete
        respondents than items.
    """
    if not isinstance(data, pd.DataFrame):
        refuse(place, type(data).__name__, "a pandas DataFrame")
    items = list(data.columns) if items is None else list(items)
    if len(items) < fewest:
        refuse(place, f"{len(items)} item{'s' * (len(items) != 1)}", f"at least {fewest}")
    missing = [item for item in items if item not in data.columns]
    if missing:
        raise EmolaborError(f"{place}: found no column {', '.join(map(str, missing))} in data")
    text = [item for item in items if not _numbers_only(data[item])]
    if text:
        raise EmolaborError(f"{place}: {', '.join(map(str, text))} must be numeric")
    complete = pd.DataFrame(read_numbers(data, items, place), index=data.index, columns=items).dropna()
    if len(complete) <= len(items):
        refuse(place, f"{len(complete)} respondents who answered all {len(items)} items", f"more than {len(items)}")
    constant = [item for item in items if complete[item].nunique() == 1]
    if constant:
        raise EmolaborError(f"{place}: {', '.join(map(str, constant))} is the same for every respondent; leave it out")
    return complete


def _numbers_only(column):
    """Whether a column holds numbers, of whatever type it is; numbers among missing answers are often objects."""
    return pd.api.types.is_numeric_dtype(column) or all(isinstance(value, Real) for value in column.dropna())


def answer_weights(data, column, answers=None, items=None):
    """Sampling weights of the respondents who answered every item, with mean one; None where there is no column.

    Parameters
    ----------
    data : DataFrame
        With the column of weights.
    column : str or None
    answers : DataFrame, optional
        The same respondents' answers, as `complete_answers` takes them; by default `data`.
    items : list of str, optional
        By default every column but that of the weights.

    Returns
    -------
    ndarray (n,) or None
    """
    if column is None:
        return None
    if not isinstance(data, pd.DataFrame):
        refuse("data", type(data).__name__, "a pandas DataFrame")
    weights, answers = read_weights(data, column), data if answers is None else answers
    items = [name for name in answers if name != column] if items is None else items
    weights = weights[answers[list(items)].notna().all(axis=1).to_numpy()]
    return weights / weights.mean()


def covariance_of(answers, weights=None):
    """Covariances (p, p) of complete answers (n, p), denominator n, weighted where there are weights (n,)."""
    return np.atleast_2d(np.cov(answers.to_numpy(float).T, ddof=0, aweights=weights))


def effective_number(weights):
    """Cases drawn with equal chances that would tell as much as weighted ones (Kish, 1965, *Survey Sampling*)."""
    return float(weights.sum() ** 2 / np.sum(weights**2))


def correlations_of(data, n_obs=None, cor="pearson", fewest=2, sampling_weights=None):
    """Correlations of answers, or of a given covariance or correlation matrix.

    Parameters
    ----------
    data : DataFrame
        Answers, one row a respondent (rows with a missing answer are left out); or, with `n_obs`, a covariance or
        correlation matrix whose row names equal its column names.
    n_obs : int, optional
        Number of respondents behind the matrix.
    cor : str
        "pearson", or "polychoric" for ordered answers.
    fewest : int
        Fewest items allowed.
    sampling_weights : str, optional
        Column of weights, which is no item.

    Returns
    -------
    correlations : DataFrame of shape (p, p)
    n : int
        Respondents; with sampling weights their effective number, rounded.
    """
    check_choice("cor", cor, CORRELATIONS)
    if n_obs is not None:
        if sampling_weights is not None:
            refuse_because("sampling_weights", "a matrix has no cases to weigh", "the answers, without n_obs")
        if cor == "polychoric":
            raise EmolaborError("cor: 'polychoric' needs the answers; a matrix is taken as it is")
        return _from_matrix(data, fewest), check_whole("n_obs", n_obs, 3)
    weights = answer_weights(data, sampling_weights)
    answers = complete_answers(data if weights is None else data.drop(columns=sampling_weights), fewest=fewest)
    n = len(answers) if weights is None else round(effective_number(weights))
    if cor == "pearson" and weights is None:
        return answers.corr(), n
    if cor == "pearson":
        covariance = covariance_of(answers, weights)
        scale = np.sqrt(np.diag(covariance))
        return pd.DataFrame(covariance / np.outer(scale, scale), answers.columns, answers.columns), n
    from emolabor.sem import polychoric_correlations

    if weights is not None:
        answers = answers.assign(**{sampling_weights: weights})
    return polychoric_correlations(answers, sampling_weights=sampling_weights), n


def _from_matrix(matrix, fewest):
    if not isinstance(matrix, pd.DataFrame) or list(matrix.index) != list(matrix.columns):
        raise EmolaborError("data: with n_obs a matrix is expected whose row names equal its column names")
    values = matrix.to_numpy(float)
    if len(values) < fewest:
        refuse("data", f"{len(values)} items", f"at least {fewest}")
    if not np.isfinite(values).all() or np.abs(values - values.T).max() > 1e-8 or np.diag(values).min() <= 0:
        raise EmolaborError("data: with n_obs a symmetric matrix of numbers with variances above 0 is expected")
    scale = np.sqrt(np.diag(values))
    return pd.DataFrame(values / np.outer(scale, scale), index=matrix.index, columns=matrix.columns)
