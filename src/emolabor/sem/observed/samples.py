"""What the engine knows of the data: one sample a group, checked before anything is estimated."""

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.observed.completion import IncompleteRows, sort_by_holes
from emolabor.sem.observed.missing import check_pairs, saturated_moments

NUMBERS = 4_000_000  # numbers in an array made of a block of cases: 32 MB
SYMMETRY_TOLERANCE = 1e-8
ROUNDING = 1e-12
SINGULAR = 1e-10  # eigenvalue of the correlations
# The information goes with the fourth power of the units: beyond these, powers of numbers leave the range of a double.
SMALLEST, LARGEST = 1e-30, 1e30
# Means in standard deviations. A slope beside an intercept costs the square of it in a double's 16 digits: from 1e5 on
# their information is singular to the computer. An intercept alone keeps a gradient of 1e-8 up to 1e7.
FAR_PREDICTOR, FAR = 3e4, 1e7


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
    file: object | None = None  # where the cases are read from, once more, if they are not in memory
    clusters: np.ndarray | None = None
    incomplete: IncompleteRows | None = None  # where answers are missing: the rows by their holes
    saturated_half: float | None = None  # half the discrepancy of the saturated model, FIML only
    rows: np.ndarray | None = None  # places of the cases in the data ...
    labels: pd.Index | None = None  # ... and the index of the data
    n_without_exogenous: int = 0  # of those left out, for a missing exogenous variable that FIML does not fill
    exogenous_missing: tuple = ()  # names of exogenous variables and in how many rows they are missing

    def blocks(self, width):
        """Yield the cases (b, p), so few at a time that `width` numbers of each make no array above `NUMBERS`."""
        size = max(1, NUMBERS // width)
        if self.data is None:
            if self.file is None:
                raise EmolaborError("data: covariances leave no cases to go through; allowed here: the data.")
            yield from self.file.blocks(size)
        else:
            for start in range(0, self.n, size):
                yield self.data[start : start + size]


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
    check_columns(data, names)
    values = read_numbers(data, names)
    labels, members = group_members(data, group)
    clusters = None if cluster is None else _codes(data, cluster, "cluster")
    if group in names:
        raise EmolaborError(f"group: '{group}' is a variable of the model; allowed: another column.")
    samples = []
    for i, label in enumerate(labels):
        here = slice(None) if group is None else members == i
        own_clusters = None if clusters is None else clusters[here]
        sample, kept = _sample(values[here], names, str(label), own_clusters, missing, wishart, exogenous)
        samples.append(replace(sample, rows=np.arange(len(data))[here][kept], labels=data.index))
    return samples


def _sample(values, names, label, clusters, missing, wishart, exogenous):
    place = f"data, group {label}" if label else "data"
    n_given, holes, kept, without = len(values), np.isnan(values), slice(None), {}
    if holes.any():
        without = _without_exogenous(holes, names, exogenous) if missing == "fiml" else {}
        kept = _kept(holes, names, place, missing, exogenous)
        values, holes = values[kept], holes[kept]
        clusters = None if clusters is None else clusters[kept]
    n, p = values.shape
    dropped = n_given - n
    if n <= p:
        rows = "complete rows" if missing == "listwise" else "rows with answers"
        raise EmolaborError(
            f"{place}: {n} {rows} for {p} variables ({dropped} rows left out); allowed: more rows than variables."
        )
    if clusters is not None and len(np.unique(clusters)) < 2:
        raise EmolaborError(f"cluster: {place} has one cluster only; allowed: two or more.")
    if missing == "fiml" and holes.any():
        sample = replace(incomplete_sample(sort_by_holes(values), names, place), data=values)
        return replace(sample, label=label, n_dropped=dropped, clusters=clusters, **without), kept
    values = np.ascontiguousarray(values)
    mean = values.mean(axis=0)
    centred = values - mean
    weight = n - 1.0 if wishart else float(n)
    cov = centred.T @ centred / weight
    check_variances(cov, names, place, mean)
    return Sample(cov, mean, n, weight, label, dropped, values, clusters=clusters, **without), kept


def incomplete_sample(rows, names, place):
    """Sample of incomplete rows, with maximum likelihood moments."""
    mean, variances = rows.observed_moments
    check_variances(np.diag(variances), names, place, mean)
    check_means(names, mean, np.sqrt(variances))
    check_pairs(rows, names, place)
    mean, cov, half = saturated_moments(rows)
    check_variances(cov, names, place)
    return Sample(cov, mean, rows.n, float(rows.n), incomplete=rows, saturated_half=half)


def _kept(holes, names, place, missing, exogenous):
    """Which rows (n,) stay, given where answers are missing (n, p)."""
    empty = [name for name, none in zip(names, holes.all(axis=0), strict=True) if none]
    if empty:
        raise EmolaborError(f"{place}: {quoted(empty)} without any value; allowed: columns with answers.")
    if missing == "listwise":
        return ~holes.any(axis=1)
    fixed = [i for i, name in enumerate(names) if name in exogenous]
    return ~holes.all(axis=1) & ~holes[:, fixed].any(axis=1)


def _without_exogenous(holes, names, exogenous):
    """Fields of a sample: rows without a fixed exogenous variable, given where answers (n, p) are missing."""
    fixed = [i for i, name in enumerate(names) if name in exogenous]
    count = int((holes[:, fixed].any(axis=1) & ~holes.all(axis=1)).sum())
    by_name = tuple((names[i], int(holes[:, i].sum())) for i in fixed if holes[:, i].any())
    return dict(n_without_exogenous=count, exogenous_missing=by_name)


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
    if isinstance(n_obs, bool) or not isinstance(n_obs, Real) or not 2 <= n_obs <= LARGEST or n_obs % 1 != 0:
        raise EmolaborError(f"n_obs: found {n_obs!r}, allowed: the number of cases, a whole number above 1.")
    n_obs = int(n_obs)
    unknown = [name for name in names if name not in sample_cov.columns]
    if unknown:
        raise EmolaborError(
            f"sample_cov: the model's variables {quoted(unknown)} are missing; found {quoted(sample_cov.columns)}."
        )
    names = list(names)
    if n_obs <= len(names):
        raise EmolaborError(f"n_obs: found {n_obs} for {len(names)} variables; allowed: more cases than variables.")
    cov = read_numbers(sample_cov.loc[names], names, "sample_cov")
    if not np.all(np.isfinite(cov)):
        raise EmolaborError("sample_cov: found missing or infinite values, allowed: numbers.")
    gap = np.abs(cov - cov.T)
    if gap.max() > SYMMETRY_TOLERANCE * max(1.0, np.abs(cov).max()):
        i, j = np.unravel_index(gap.argmax(), gap.shape)
        pair, back = f"{names[i]}, {names[j]} is {cov[i, j]:g}", f"{names[j]}, {names[i]} is {cov[j, i]:g}"
        raise EmolaborError(f"sample_cov: not symmetric: {pair} but {back}.")
    check_variances(cov, names, "sample_cov")
    mean = np.zeros(len(names))
    if sample_mean is not None:
        missing = [name for name in names if name not in sample_mean]
        if missing:
            raise EmolaborError(f"sample_mean: no value for {quoted(missing)}; allowed: a Series or dict by name.")
        for name in names:
            if not isinstance(sample_mean[name], Real) or not abs(sample_mean[name]) <= LARGEST:
                raise EmolaborError(f"sample_mean: '{name}' is {sample_mean[name]!r}, allowed: a finite number.")
        mean = np.array([float(sample_mean[name]) for name in names])
    weight = n_obs - 1.0 if wishart else float(n_obs)
    return Sample(cov * (n_obs - 1) / weight, mean, n_obs, weight)


def check_frame(data):
    """Refuse data that are no frame."""
    if not isinstance(data, pd.DataFrame):
        raise EmolaborError(f"data: found {type(data).__name__}, allowed: a pandas DataFrame.")


def check_columns(data, names):
    """Refuse variables of the model that the data do not have."""
    unknown = [name for name in names if name not in data.columns]
    if unknown:
        raise EmolaborError(
            f"data: the model's variables {quoted(unknown)} are no columns; found {quoted(data.columns[:30])}."
        )


def read_numbers(frame, names, argument="data"):
    """Columns of a frame as numbers (n, p), missing ones NaN; what is no number is refused."""
    names = list(names)
    if frame.columns.is_unique:
        values = frame.take([frame.columns.get_loc(name) for name in names], axis=1).to_numpy()
        if values.dtype == np.float64:  # the common case: nothing to convert
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
            try:
                column = column.astype("Float64")
            except OverflowError:
                raise EmolaborError(
                    f"{argument}: column '{name}' holds a whole number of more than 300 digits; allowed: numbers up to "
                    f"{LARGEST:g}."
                ) from None
        columns.append(column.to_numpy(dtype=float, na_value=np.nan))
    values = np.column_stack(columns)
    _refuse_infinite(values, names, argument)
    return values


def _refuse_infinite(values, names, argument):
    largest = max(values.max(initial=0.0), -values.min(initial=0.0))
    if not largest <= LARGEST and (np.abs(values) > LARGEST).any():
        row, col = np.argwhere(np.abs(values) > LARGEST)[0]
        found = "infinite" if np.isinf(values[row, col]) else f"{values[row, col]:g}"
        raise EmolaborError(
            f"{argument}: column '{names[col]}' is {found} in row {row + 1}; allowed: numbers up to {LARGEST:g}."
        )


def _codes(data, column, argument):
    """Numbers from 0 for the values of a column, in order of appearance; missing values are refused."""
    if not pd.api.types.is_hashable(column) or column not in data.columns:
        raise EmolaborError(f"{argument}: '{column}' is no column; found {quoted(data.columns[:30])}.")
    if isinstance(data[column], pd.DataFrame):
        raise EmolaborError(f"{argument}: the column '{column}' is there {data[column].shape[1]} times; allowed: once.")
    try:
        codes, found = pd.factorize(data[column])
    except TypeError:
        raise EmolaborError(f"{argument}: column '{column}' holds lists or dicts, allowed: numbers or texts.") from None
    if (codes < 0).any():
        raise EmolaborError(f"{argument}: column '{column}' is missing in row {int(np.argmin(codes)) + 1}.")
    refuse_alike(found, f"{argument}: column '{column}'")
    return codes


def refuse_alike(values, place):
    """Refuse different values that are written alike, such as 1 and '1': nobody could tell their groups apart."""
    seen = {}
    for value in values:
        other = seen.setdefault(str(value), value)
        if other is not value:
            raise EmolaborError(
                f"{place} holds both {other!r} and {value!r}; allowed: one of them (.astype(str) makes them one)."
            )


def group_members(data, group):
    """Labels of the groups in order of appearance, and the number of each case's group (n,)."""
    if group is None:
        return [""], np.zeros(len(data), int)
    codes = _codes(data, group, "group")
    labels = list(pd.unique(data[group]))
    if len(labels) < 2:
        raise EmolaborError(f"group: column '{group}' has one value only ({labels[0]}); allowed: two or more.")
    return labels, codes


def check_variances(cov, names, argument, mean=0.0):
    """Refuse variables that do not vary, vary too little, or are sums of each other."""
    variances = np.diag(cov)
    vary = variances > (ROUNDING * np.abs(mean)) ** 2  # a constant column's variance is what rounding leaves
    constant = [name for name, varies in zip(names, vary, strict=True) if not varies]
    if constant:
        raise EmolaborError(
            f"{argument}: {quoted(constant)} do(es) not vary; allowed: variables with a variance above zero."
        )
    scale = np.sqrt(variances)
    if scale.min() < SMALLEST:
        name = names[int(scale.argmin())]
        raise EmolaborError(
            f"{argument}: '{name}' has a standard deviation of {scale.min():g}; allowed: {SMALLEST:g} or more. "
            "Measure it in smaller units."
        )
    correlations = cov / (scale[:, None] * scale)
    factored = inverse_and_logdet(correlations)
    # No eigenvalue is below 1 / trace of the inverse: the smallest is only worked out where that leaves a doubt.
    if factored is not None and SINGULAR * factored[0].trace() < 1:
        return
    smallest = np.linalg.eigvalsh(correlations)[0]
    if smallest < SINGULAR or inverse_and_logdet(cov) is None:
        raise EmolaborError(
            f"{argument}: the covariance matrix is not positive definite (smallest eigenvalue of the correlations "
            f"{smallest:.3g}); look for duplicated or summed variables among {quoted(names)}."
        )


def check_means(names, mean, sd, predictors=()):
    """Refuse means (p,) so many standard deviations (p,) from zero that intercepts cannot be estimated."""
    for name, distance in zip(names, np.abs(mean) / sd, strict=True):
        most = FAR_PREDICTOR if name in predictors else FAR
        if distance > most:
            raise EmolaborError(
                f"data: the mean of '{name}' is {distance:.2g} standard deviations away from zero; allowed beside "
                f"intercepts: {most:g}. Subtract a constant near it: slopes, standard errors and tests stay the same."
            )


def quoted(names):
    """Names in quotes, parted by commas."""
    return ", ".join(f"'{name}'" for name in names)
