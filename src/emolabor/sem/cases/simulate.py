"""New answers from a fitted model: normal, cut into categories, with a rule for what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from emolabor.common.checks import check_seed, check_whole
from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem.cases.factor_scores import implied_for_cases
from emolabor.sem.implied.quantities import row_draws
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.observed.products import factors_of

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit


def simulate(
    fit: Fit,
    n: int | Sequence[int] | None = None,
    seed: int = 1,
    *,
    thresholds: dict[str, Any] | None = None,
    missing: float | dict[str, float] = 0.0,
    missing_by: str | None = None,
    missing_slope: float = 1.0,
) -> pd.DataFrame:
    """Draw answers from the moments that a fit implies.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    n : int or sequence of int, optional
        Cases, or cases of each group; by default as many as the fit has.
    seed : int
        The same seed gives the same answers.
    thresholds : dict, optional
        Variable to its increasing cut points on the variable's own scale: it becomes an answer 1, 2, ...
    missing : float or dict
        Share of the answers left out, of every variable or by variable.
    missing_by : str, optional
        Without it answers are left out completely at random. With it at random given this variable, which itself stays
        complete: the log-odds of leaving an answer out rise by `missing_slope` for each of its standard deviations.
    missing_slope : float
        See `missing_by`.

    Returns
    -------
    DataFrame (n, p)
        Normal answers about the implied means (without a mean structure: about the sample means); of a fit with ordered
        variables these are cut at its thresholds into the categories of the data, and their covariates are those of
        cases drawn from the data (in proportion to their sampling weights, if any); with groups a first column
        ``group`` with their labels.

    Raises
    ------
    EmolaborError
        An argument that does not fit the model.

    Examples
    --------
    >>> import emolabor as el
    >>> fit = el.sem("a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3", el.simulate_staff(n=300, seed=1))
    >>> data = fit.simulate(1000, seed=2, thresholds={"ex1": [2, 3]}, missing={"ps1": 0.2}, missing_by="ex4")
    >>> sorted(data.ex1.unique().tolist()), data.isna().any().sum().tolist()
    ([1.0, 2.0, 3.0], 1)
    """
    names = list(fit.table.variables.observed)
    product = next((name for name in names if len(factors_of(name)) > 1), None)
    if product is not None:
        refuse_because("simulate", f"'{product}' is a product, which is not normal", "models without products")
    sizes = _sizes(fit, n)
    check_seed(seed)
    rates = _rates(missing, names, missing_by)
    cuts = _cuts(thresholds or {}, [name for name in names if not dict(fit.table.ordered).get(name)])
    rng = np.random.default_rng(seed)
    parts = []
    for group, size in enumerate(sizes):
        parts.append(_drawn(fit, group, size, rng))
    values = np.vstack(parts)
    holes = _holes(rng, values, rates, None if missing_by is None else names.index(missing_by), missing_slope)
    for name, points in cuts.items():
        place = names.index(name)
        values[:, place] = 1 + np.searchsorted(points, values[:, place])
    frame = pd.DataFrame(values, columns=names)
    for name in (name for name, count in fit.table.ordered if count):
        frame[name] = _categories(fit, name, frame[name].to_numpy(), sizes)
    frame = frame.mask(holes)
    if len(sizes) > 1:
        frame.insert(0, "group", np.repeat([sample.label for sample in fit.model.samples], sizes))
    return frame


def _drawn(fit: Fit, group: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Values (n, p) behind the answers of one group; covariates of ordered outcomes are those of its cases."""
    structure, sample = fit.model.structures[group], fit.model.samples[group]
    x = structure.ordered.covariates if structure.ordered is not None else ()
    if not len(x):
        implied, means = implied_for_cases(fit, group)
        p = structure.n_observed
        return means[:p] + rng.standard_normal((size, p)) @ np.linalg.cholesky(implied.sigma).T
    given, y = implied_moments(structure.given, fit.estimate.theta), structure.ordered.dependent
    weights = sample.case_weights
    if weights is None:
        drawn = rng.integers(sample.n, size=size)
    else:
        drawn = rng.choice(sample.n, size=size, p=weights / weights.sum())
    values = sample.data[drawn]
    root = np.linalg.cholesky(given.sigma[np.ix_(y, y)])
    predicted = given.mu[y] + values[:, x] @ given.total[np.ix_(y, x)].T
    values[:, y] = predicted + rng.standard_normal((size, len(y))) @ root.T
    return values


def _sizes(fit: Fit, n: int | Sequence[int] | None) -> list[int]:
    groups = len(fit.model.samples)
    if n is None:
        return [sample.n for sample in fit.model.samples]
    sizes = list(n) if isinstance(n, list | tuple | np.ndarray) else [n] * groups
    if len(sizes) != groups:
        refuse("n", shown(n), f"a whole number, or one for each of {groups} group(s)")
    return [check_whole("n", size, 1) for size in sizes]


def _rates(missing: float | dict[str, float], names: Sequence[Any], missing_by: str | None) -> np.ndarray:
    """Share left out (p,) by variable."""
    if missing_by is not None and missing_by not in names:
        refuse("missing_by", shown(missing_by), names)
    given = missing if isinstance(missing, dict) else {name: missing for name in names if name != missing_by}
    unknown = [name for name in given if name not in names or name == missing_by]
    if unknown:
        refuse("missing", shown(unknown[0]), "variables of the model other than missing_by")
    for name, rate in given.items():
        if isinstance(rate, bool) or not isinstance(rate, int | float | np.number) or not 0 <= rate < 1:
            refuse("missing", f"{shown(rate)} for '{name}'", "a share of at least 0 and below 1")
    return np.array([float(given.get(name, 0.0)) for name in names])


def _cuts(thresholds: dict[Any, Any], names: Sequence[Any]) -> dict[Any, Any]:
    for name, points in thresholds.items():
        if name not in names:
            refuse("thresholds", shown(name), names)
        points = np.asarray(points, float)
        if points.ndim != 1 or not len(points) or not np.all(np.diff(points) > 0):
            refuse("thresholds", f"{points.tolist()} for '{name}'", "increasing numbers")
    return {name: np.asarray(points, float) for name, points in thresholds.items()}


def _categories(fit: Fit, name: str, values: np.ndarray, sizes: Sequence[Any]) -> np.ndarray:
    """Categories (n,) of an ordered variable, from the thresholds of each group and the values behind the answers."""
    rows, estimates = fit.table.rows, row_draws(fit.model, fit.estimate.theta[None, :])[0]
    place = fit.table.variables.observed.index(name)
    answers = []
    for group, own in enumerate(np.split(values, np.cumsum(sizes)[:-1])):
        cuts = [estimates[i] for i, row in enumerate(rows) if (row.op, row.lhs, row.group) == ("|", name, group)]
        if not np.all(np.diff(cuts) > 0):
            refuse_because("simulate", f"the thresholds of '{name}' do not increase", "those that do")
        categories = np.asarray(fit.model.samples[group].answers.categories[place])
        answers.append(categories[np.searchsorted(cuts, own)])
    return np.concatenate(answers)


def _holes(rng: np.random.Generator, values: np.ndarray, rates: np.ndarray, by: int | None, slope: float) -> np.ndarray:
    """Which answers (n, p) are left out: by a logistic rule whose intercept makes the mean probability the share."""
    uniform = rng.random(values.shape)
    if by is None:
        return uniform < rates
    from scipy.optimize import brentq  # slow to import, and only holes that depend on a variable need it

    driver = slope * (values[:, by] - values[:, by].mean()) / values[:, by].std()
    holes = np.zeros(values.shape, bool)
    for j, rate in enumerate(rates):
        if rate > 0:
            level = brentq(lambda a, rate=rate: expit(a + driver).mean() - rate, -60, 60)
            holes[:, j] = uniform[:, j] < expit(level + driver)
    return holes
