"""What the engine knows of the data: one sample a group, checked before anything is estimated."""

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.observed.columns import LARGEST, quoted, read_numbers
from emolabor.sem.observed.completion import IncompleteRows, sort_by_holes
from emolabor.sem.observed.design import Design, with_designs
from emolabor.sem.observed.missing import check_pairs, saturated_moments

NUMBERS = 4_000_000  # numbers in an array made of a block of cases: 32 MB
SYMMETRY_TOLERANCE = 1e-8
ROUNDING = 1e-12
SINGULAR = 1e-10  # eigenvalue of the correlations
# The information goes with the fourth power of the units: beyond these, powers of numbers leave the range of a double.
SMALLEST = 1e-30
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
    design: Design | None = None  # how the cases were drawn, where they were not drawn one by one with equal chances
    incomplete: IncompleteRows | None = None  # where answers are missing: the rows by their holes
    saturated_half: float | None = None  # half the discrepancy of the saturated model, FIML only
    rows: np.ndarray | None = None  # places of the cases in the data ...
    labels: pd.Index | None = None  # ... and the index of the data
    n_without_exogenous: int = 0  # of those left out, for a missing exogenous variable that FIML does not fill
    exogenous_missing: tuple[
        tuple[str, int], ...
    ] = ()  # names of exogenous variables and in how many rows they are missing

    @property
    def clusters(self):
        """Numbers of each case's clusters (n, c); None where cases do not come in clusters."""
        return None if self.design is None else self.design.clusters

    @property
    def case_weights(self):
        """Sampling weights (n,) with mean one; None where every case counts the same."""
        return None if self.design is None else self.design.weights

    @property
    def in_units(self):
        """Whether scores are added up within units before they are multiplied."""
        return self.design is not None and bool(self.design.summed)

    @property
    def resampling_weights(self):
        """What each case (n,) counts as often as it is drawn; None where that is one.

        From a stratum with J units J - 1 are drawn, each counting J / (J - 1): the resamples then spread as the
        estimates do (Rao & Wu, 1988, *Journal of the American Statistical Association* 83:231-241).
        """
        if not self.in_units or self.design.strata is None:
            return self.case_weights
        own = self.design.summed[0]
        factor = own.scale[own.codes] ** 2
        return factor if self.case_weights is None else factor * self.case_weights

    def resampled_weights(self, counts):
        """Weights with mean one of cases drawn as often as counts (n,) say; None where each counts one."""
        weights = self.resampling_weights
        if weights is None:
            return None
        drawn = np.repeat(weights, counts)
        return drawn / drawn.mean()

    def signed(self, rows):
        """Rows (r, ...) of units' sums times the signs of their classifications, those of cases as they are."""
        return rows * self.design.signs[:, None] if self.in_units else rows

    def blocks(self, width):
        """Yield the cases (b, p), so few at a time that `width` numbers of each make no array above `NUMBERS`."""
        size = max(1, NUMBERS // width)
        if self.data is None:
            if self.file is None:
                refuse_because("data", "covariances leave no cases to go through", "the data")
            yield from self.file.blocks(size)
        else:
            for start in range(0, self.n, size):
                yield self.data[start : start + size]

    def weighed_blocks(self, width):
        """Yield the cases as `blocks` does, with what multiplies their scores: sampling weights (b, 1) or 1.0."""
        first = 0
        for values in self.blocks(width):
            yield values, 1.0 if self.case_weights is None else self.case_weights[first : first + len(values), None]
            first += len(values)


def continuous_samples(columns, missing="listwise", wishart=False, exogenous=()):
    """Samples of complete or incomplete rows, one a group.

    Parameters
    ----------
    columns : Columns
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
    values, names = columns.answers.values, columns.names
    samples, drawn = [], []
    for i, label in enumerate(columns.labels):
        here = slice(None) if len(columns.labels) == 1 else columns.members == i
        sample, kept = _sample(values[here], names, str(label), columns.drawn.at(here), missing, wishart, exogenous)
        rows = np.arange(len(values))[here][kept]
        samples.append(replace(sample, rows=rows, labels=columns.index))
        drawn.append(columns.drawn.at(rows))
    return with_designs(samples, drawn)


def _sample(values, names, label, drawn, missing, wishart, exogenous):
    place = f"data, group {label}" if label else "data"
    n_given, holes, kept, without = len(values), np.isnan(values), slice(None), {}
    if holes.any():
        without = without_exogenous(holes, names, exogenous) if missing == "fiml" else {}
        kept = _kept(holes, names, place, missing, exogenous)
        values, holes = values[kept], holes[kept]
    weights = drawn.at(kept).weights
    n, p = values.shape
    dropped = n_given - n
    if n <= p:
        rows = "complete rows" if missing == "listwise" else "rows with answers"
        refuse_because(place, f"{n} {rows} for {p} variables ({dropped} rows left out)", "more rows than variables")
    if missing == "fiml" and holes.any():
        sample = replace(incomplete_sample(sort_by_holes(values, weights=weights), names, place), data=values)
        return replace(sample, label=label, n_dropped=dropped, **without), kept
    values = np.ascontiguousarray(values)
    mean = np.average(values, axis=0, weights=weights)
    centred = values - mean
    weight = n - 1.0 if wishart else float(n)
    cov = centred.T @ (centred if weights is None else centred * weights[:, None]) / weight
    check_variances(cov, names, place, mean)
    return Sample(cov, mean, n, weight, label, dropped, values, **without), kept


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
        refuse_because(place, f"{quoted(empty)} without any value", "columns with answers")
    if missing == "listwise":
        return ~holes.any(axis=1)
    fixed = [i for i, name in enumerate(names) if name in exogenous]
    return ~holes.all(axis=1) & ~holes[:, fixed].any(axis=1)


def without_exogenous(holes, names, exogenous):
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
        refuse(
            "sample_cov",
            f"{type(sample_cov).__name__} without such names",
            "a DataFrame whose row names equal its column names",
        )
    if not sample_cov.columns.is_unique:
        twice = sample_cov.columns[sample_cov.columns.duplicated()][0]
        refuse_because("sample_cov", f"'{twice}' is there more than once", "once")
    if isinstance(n_obs, bool) or not isinstance(n_obs, Real) or not 2 <= n_obs <= LARGEST or n_obs % 1 != 0:
        refuse("n_obs", shown(n_obs), "the number of cases, a whole number above 1")
    n_obs = int(n_obs)
    unknown = [name for name in names if name not in sample_cov.columns]
    if unknown:
        reason = f"the model's variables {quoted(unknown)} are missing"
        refuse_because("sample_cov", reason, quoted(sample_cov.columns[:30]))
    names = list(names)
    if n_obs <= len(names):
        refuse("n_obs", f"{n_obs} for {len(names)} variables", "more cases than variables")
    cov = read_numbers(sample_cov.loc[names], names, "sample_cov")
    if not np.all(np.isfinite(cov)):
        refuse("sample_cov", "missing or infinite values", "numbers")
    gap = np.abs(cov - cov.T)
    if gap.max() > SYMMETRY_TOLERANCE * max(1.0, np.abs(cov).max()):
        i, j = np.unravel_index(gap.argmax(), gap.shape)
        pair, back = f"{names[i]}, {names[j]} is {cov[i, j]:g}", f"{names[j]}, {names[i]} is {cov[j, i]:g}"
        raise EmolaborError(f"sample_cov: not symmetric: {pair} but {back}")
    check_variances(cov, names, "sample_cov")
    mean = np.zeros(len(names))
    if sample_mean is not None:
        missing = [name for name in names if name not in sample_mean]
        if missing:
            refuse_because("sample_mean", f"no value for {quoted(missing)}", "a Series or dict by name")
        for name in names:
            if not isinstance(sample_mean[name], Real) or not abs(sample_mean[name]) <= LARGEST:
                refuse_because("sample_mean", f"'{name}' is {shown(sample_mean[name])}", "a finite number")
        mean = np.array([float(sample_mean[name]) for name in names])
    weight = n_obs - 1.0 if wishart else float(n_obs)
    return Sample(cov * (n_obs - 1) / weight, mean, n_obs, weight)


def check_variances(cov, names, argument, mean=0.0):
    """Refuse variables that do not vary, vary too little, or are sums of each other."""
    variances = np.diag(cov)
    vary = variances > (ROUNDING * np.abs(mean)) ** 2  # a constant column's variance is what rounding leaves
    constant = [name for name, varies in zip(names, vary, strict=True) if not varies]
    if constant:
        refuse_because(argument, f"{quoted(constant)} do(es) not vary", "variables with a variance above zero")
    scale = np.sqrt(variances)
    if scale.min() < SMALLEST:
        name = names[int(scale.argmin())]
        refuse_because(
            argument,
            f"'{name}' has a standard deviation of {scale.min():g}",
            f"{SMALLEST:g} or more; measure it in smaller units",
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
            f"{smallest:.3g}); look for duplicated or summed variables among {quoted(names)}"
        )


def check_means(names, mean, sd, predictors=()):
    """Refuse means (p,) so many standard deviations (p,) from zero that intercepts cannot be estimated."""
    for name, distance in zip(names, np.abs(mean) / sd, strict=True):
        most = FAR_PREDICTOR if name in predictors else FAR
        if distance > most:
            refuse_because(
                "data",
                f"the mean of '{name}' is {distance:.2g} standard deviations away from zero",
                f"{most:g} beside intercepts; subtract a constant near it: slopes, standard errors and tests stay as "
                "they are",
            )
