"""Sample moments: from raw answers or from a covariance matrix, checked before anything is estimated."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emolabor.errors import EmolaborError
from emolabor.sem.likelihood import factor

SYMMETRY_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Moments:
    """Moments of one group: covariance (p, p) with denominator n, mean (p,), number of cases; rows left out."""

    cov: np.ndarray
    mean: np.ndarray
    n: int
    n_dropped: int = 0


def from_data(data, names):
    """Moments of complete rows (listwise deletion).

    Parameters
    ----------
    data : DataFrame
        One row a case; not changed.
    names : sequence of str
        Columns, in the order wanted.

    Returns
    -------
    Moments
    """
    if not isinstance(data, pd.DataFrame):
        raise EmolaborError(f"data: found {type(data).__name__}, allowed: a pandas DataFrame.")
    unknown = [name for name in names if name not in data.columns]
    if unknown:
        raise EmolaborError(
            f"data: the model's variables {_quoted(unknown)} are no columns; found {_quoted(data.columns[:30])}."
        )
    values = _numbers(data, names)
    complete = ~np.isnan(values).any(axis=1)
    dropped = int((~complete).sum())
    values = values[complete]
    n, p = values.shape
    if n <= p:
        raise EmolaborError(
            f"data: {n} complete rows for {p} variables ({dropped} rows have missing answers); allowed: more rows than variables."
        )
    mean = values.mean(axis=0)
    centred = values - mean
    cov = centred.T @ centred / n
    _check_variances(cov, names, "data")
    return Moments(cov, mean, n, dropped)


def from_cov(sample_cov, sample_mean, n_obs, names, likelihood_scale=True):
    """Moments from summary statistics.

    Parameters
    ----------
    sample_cov : DataFrame
        Covariances with denominator n - 1, named rows and columns (correlations are accepted as they are).
    sample_mean : Series or None
        Means by name.
    n_obs : int
        Number of cases.
    names : sequence of str
        Variables, in the order wanted.
    likelihood_scale : bool
        Rescale to denominator n, as the normal likelihood wants it.

    Returns
    -------
    Moments
        Means are zero where none are given.
    """
    if not isinstance(sample_cov, pd.DataFrame) or list(sample_cov.index) != list(sample_cov.columns):
        raise EmolaborError("sample_cov: allowed: a DataFrame whose row names equal its column names.")
    if isinstance(n_obs, bool) or not isinstance(n_obs, int | np.integer) or n_obs < 2:
        raise EmolaborError(f"n_obs: found {n_obs!r}, allowed: the number of cases, a whole number above 1.")
    unknown = [name for name in names if name not in sample_cov.columns]
    if unknown:
        raise EmolaborError(
            f"sample_cov: the model's variables {_quoted(unknown)} are missing; found {_quoted(sample_cov.columns)}."
        )
    names = list(names)
    cov = _numbers(sample_cov.loc[names], names, "sample_cov")
    if not np.all(np.isfinite(cov)):
        raise EmolaborError("sample_cov: found missing or infinite values, allowed: numbers.")
    gap = np.abs(cov - cov.T)
    if gap.max() > SYMMETRY_TOLERANCE * max(1.0, np.abs(cov).max()):
        i, j = np.unravel_index(gap.argmax(), gap.shape)
        raise EmolaborError(
            f"sample_cov: not symmetric: {names[i]}, {names[j]} is {cov[i, j]:g} but {names[j]}, {names[i]} is {cov[j, i]:g}."
        )
    _check_variances(cov, names, "sample_cov")
    mean = np.zeros(len(names))
    if sample_mean is not None:
        missing = [name for name in names if name not in sample_mean]
        if missing:
            raise EmolaborError(f"sample_mean: no value for {_quoted(missing)}.")
        mean = np.array([float(sample_mean[name]) for name in names])
    return Moments(cov * (n_obs - 1) / n_obs if likelihood_scale else cov, mean, int(n_obs))


def _numbers(frame, names, argument="data"):
    columns = []
    for name in names:
        column = frame[name]
        if isinstance(column, pd.DataFrame):
            raise EmolaborError(f"{argument}: the column '{name}' is there {column.shape[1]} times; allowed: once.")
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_complex_dtype(column):
            found = next((value for value in column if not isinstance(value, int | float | None)), column.dtype)
            raise EmolaborError(f"{argument}: column '{name}' holds {found!r}, allowed: numbers.")
        columns.append(column.to_numpy(dtype=float, na_value=np.nan))
    values = np.column_stack(columns)
    infinite = np.isinf(values)
    if infinite.any():
        row, col = np.argwhere(infinite)[0]
        raise EmolaborError(f"{argument}: column '{names[col]}' is infinite in row {row + 1}; allowed: finite numbers.")
    return values


def _check_variances(cov, names, argument):
    variances = np.diag(cov)
    constant = [name for name, variance in zip(names, variances, strict=True) if variance <= 1e-12]
    if constant:
        raise EmolaborError(
            f"{argument}: {_quoted(constant)} do(es) not vary; allowed: variables with a variance above zero."
        )
    scale = np.sqrt(variances)
    smallest = np.linalg.eigvalsh(cov / np.outer(scale, scale))[0]
    if smallest < 1e-10 or factor(cov) is None:
        raise EmolaborError(
            f"{argument}: the covariance matrix is not positive definite (smallest eigenvalue of the correlations "
            f"{smallest:.3g}); look for duplicated or summed variables among {_quoted(names)}."
        )


def _quoted(names):
    return ", ".join(f"'{name}'" for name in names)
