"""What the engine knows of the data: one sample a group, checked before anything is estimated."""

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd

from emolabor.errors import EmolaborError
from emolabor.sem.likelihood import factor
from emolabor.sem.missing import MissingPattern, missing_patterns, saturated_moments

SYMMETRY_TOLERANCE = 1e-8
ROUNDING = 1e-12


@dataclass(frozen=True)
class Sample:
    """One group: moments and, where they were given, the answers.

    `cov` (p, p) and `mean` (p,) have denominator n (n - 1 for the Wishart likelihood); with missing answers they are
    the maximum likelihood moments of the saturated model. `weight` is what multiplies the discrepancy of a case.
    """

    cov: np.ndarray
    mean: np.ndarray
    n: int
    weight: float
    label: str = ""
    n_dropped: int = 0
    data: np.ndarray | None = None
    clusters: np.ndarray | None = None
    patterns: tuple[MissingPattern, ...] = ()
    saturated_half: float | None = field(default=None)  # half the discrepancy of the saturated model, FIML only


def samples_from_data(data, names, *, group=None, cluster=None, missing="listwise", wishart=False, exogenous=()):
    """Samples of complete or incomplete rows, one a group.

    Parameters
    ----------
    data : DataFrame
        One row a case; not changed.
    names : sequence of str
        Columns, in the order wanted.
    group, cluster : str or None
        Columns with the group and the cluster of each case; groups come in order of appearance.
    missing : str
        "listwise": incomplete rows are left out; "fiml": they are kept, but for rows with nothing observed and rows
        with a missing value of a fixed exogenous variable.
    wishart : bool
        Denominator and weight n - 1.
    exogenous : sequence of str
        The fixed exogenous variables.

    Returns
    -------
    list of Sample
    """
    check_frame(data)
    unknown = [name for name in names if name not in data.columns]
    if unknown:
        raise EmolaborError(
            f"data: the model's variables {_quoted(unknown)} are no columns; found {_quoted(data.columns[:30])}."
        )
    values = _numbers(data, names)
    labels, members = _members(data, group)
    clusters = None if cluster is None else _codes(data, cluster, "cluster")
    if group in names:
        raise EmolaborError(f"group: '{group}' is a variable of the model; allowed: another column.")
    samples = []
    for i, label in enumerate(labels):
        here = members == i
        own_clusters = None if clusters is None else clusters[here]
        samples.append(_sample(values[here], names, str(label), own_clusters, missing, wishart, exogenous))
    return samples


def _sample(values, names, label, clusters, missing, wishart, exogenous):
    place = f"data, group {label}" if label else "data"
    holes = np.isnan(values)
    empty = [name for name, none in zip(names, holes.all(axis=0), strict=True) if none]
    if empty:
        raise EmolaborError(f"{place}: {_quoted(empty)} without any value; allowed: columns with answers.")
    if missing == "listwise":
        kept = ~holes.any(axis=1)
    else:
        fixed = [i for i, name in enumerate(names) if name in exogenous]
        kept = ~holes.all(axis=1) & ~holes[:, fixed].any(axis=1)
    dropped = int((~kept).sum())
    values = np.ascontiguousarray(values[kept])
    clusters = None if clusters is None else clusters[kept]
    n, p = values.shape
    if n <= p:
        rows = "complete rows" if missing == "listwise" else "rows with answers"
        raise EmolaborError(
            f"{place}: {n} {rows} for {p} variables ({dropped} rows left out); allowed: more rows than variables."
        )
    if clusters is not None and len(np.unique(clusters)) < 2:
        raise EmolaborError(f"cluster: {place} has one cluster only; allowed: two or more.")
    if missing == "fiml" and holes[kept].any():
        patterns = missing_patterns(values, names, place)
        _check_variances(np.diag(np.nanvar(values, axis=0)), names, place, np.nanmean(values, axis=0))
        mean, cov, half = saturated_moments(patterns, values)
        _check_variances(cov, names, place)
        return Sample(cov, mean, n, float(n), label, dropped, values, clusters, patterns, half)
    mean = values.mean(axis=0)
    centred = values - mean
    weight = n - 1.0 if wishart else float(n)
    cov = centred.T @ centred / weight
    _check_variances(cov, names, place, mean)
    return Sample(cov, mean, n, weight, label, dropped, values, clusters)


def sample_from_cov(sample_cov, sample_mean, n_obs, names, wishart=False):
    """Build a sample from summary statistics.

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
    wishart : bool
        Keep the denominator n - 1; the normal likelihood wants n.

    Returns
    -------
    Sample
        Means are zero where none are given.
    """
    if not isinstance(sample_cov, pd.DataFrame) or list(sample_cov.index) != list(sample_cov.columns):
        raise EmolaborError("sample_cov: allowed: a DataFrame whose row names equal its column names.")
    if not sample_cov.columns.is_unique:
        twice = sample_cov.columns[sample_cov.columns.duplicated()][0]
        raise EmolaborError(f"sample_cov: '{twice}' is there more than once; allowed: once.")
    if isinstance(n_obs, bool) or not isinstance(n_obs, Real) or not n_obs >= 2 or n_obs % 1 != 0:
        raise EmolaborError(f"n_obs: found {n_obs!r}, allowed: the number of cases, a whole number above 1.")
    n_obs = int(n_obs)
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
        pair, back = f"{names[i]}, {names[j]} is {cov[i, j]:g}", f"{names[j]}, {names[i]} is {cov[j, i]:g}"
        raise EmolaborError(f"sample_cov: not symmetric: {pair} but {back}.")
    _check_variances(cov, names, "sample_cov")
    mean = np.zeros(len(names))
    if sample_mean is not None:
        missing = [name for name in names if name not in sample_mean]
        if missing:
            raise EmolaborError(f"sample_mean: no value for {_quoted(missing)}; allowed: a Series or dict by name.")
        for name in names:
            if not isinstance(sample_mean[name], Real) or not np.isfinite(sample_mean[name]):
                raise EmolaborError(f"sample_mean: '{name}' is {sample_mean[name]!r}, allowed: a finite number.")
        mean = np.array([float(sample_mean[name]) for name in names])
    weight = n_obs - 1.0 if wishart else float(n_obs)
    return Sample(cov * (n_obs - 1) / weight, mean, n_obs, weight)


def check_frame(data):
    """Refuse data that are no frame."""
    if not isinstance(data, pd.DataFrame):
        raise EmolaborError(f"data: found {type(data).__name__}, allowed: a pandas DataFrame.")


def _numbers(frame, names, argument="data"):
    names = list(names)
    if frame.columns.is_unique and all(dtype == np.float64 for dtype in frame.dtypes[names]):
        values = frame[names].to_numpy()
        _refuse_infinite(values, names, argument)
        return values
    columns = []
    for name in names:
        column = frame[name]
        if isinstance(column, pd.DataFrame):
            raise EmolaborError(f"{argument}: the column '{name}' is there {column.shape[1]} times; allowed: once.")
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_complex_dtype(column):
            wrong = [value for value in column.dropna() if not isinstance(value, Real)]
            if wrong or column.dtype != object:
                found = repr(wrong[0]) if wrong else f"values of type {column.dtype}"
                raise EmolaborError(f"{argument}: column '{name}' holds {found}, allowed: numbers.")
            column = column.astype("Float64")
        columns.append(column.to_numpy(dtype=float, na_value=np.nan))
    values = np.column_stack(columns)
    _refuse_infinite(values, names, argument)
    return values


def _refuse_infinite(values, names, argument):
    infinite = np.isinf(values)
    if infinite.any():
        row, col = np.argwhere(infinite)[0]
        raise EmolaborError(f"{argument}: column '{names[col]}' is infinite in row {row + 1}; allowed: finite numbers.")


def _codes(data, column, argument):
    """Numbers from 0 for the values of a column, in order of appearance; missing values are refused."""
    if not pd.api.types.is_hashable(column) or column not in data.columns:
        raise EmolaborError(f"{argument}: '{column}' is no column; found {_quoted(data.columns[:30])}.")
    if isinstance(data[column], pd.DataFrame):
        raise EmolaborError(f"{argument}: the column '{column}' is there {data[column].shape[1]} times; allowed: once.")
    codes, _ = pd.factorize(data[column])
    if (codes < 0).any():
        raise EmolaborError(f"{argument}: column '{column}' is missing in row {int(np.argmin(codes)) + 1}.")
    return codes


def _members(data, group):
    if group is None:
        return [""], np.zeros(len(data), int)
    codes = _codes(data, group, "group")
    labels = list(pd.unique(data[group]))
    if len(labels) < 2:
        raise EmolaborError(f"group: column '{group}' has one value only ({labels[0]}); allowed: two or more.")
    return labels, codes


def _check_variances(cov, names, argument, mean=0.0):
    variances = np.diag(cov)
    vary = variances > (ROUNDING * np.abs(mean)) ** 2  # a constant column's variance is what rounding leaves
    constant = [name for name, varies in zip(names, vary, strict=True) if not varies]
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
