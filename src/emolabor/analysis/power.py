"""Monte Carlo power: how often a study of a given size would find each parameter (Muthen & Muthen, 2002)."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from emolabor.analysis.population import population_moments
from emolabor.common.checks import check_choice, check_jobs, check_seed, check_share, check_whole
from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.common.tasks import chunk_sizes, run_tasks
from emolabor.sem import sem
from emolabor.sem.numerics import (
    build_constraints,
    build_table,
    fit_table,
    intervals,
    parse_model,
    replicate,
    sample_from_cov,
    wanted,
)

CHUNK = 100
KEYS = ["lhs", "op", "rhs", "label"]
INDIRECT = ("monte_carlo", "delta")
COMPLETE = ("std_lv", "mean_structure")
ROOMY = 1_000_000  # stands for the population's size: no estimate depends on it


def power(
    model: str,
    n: int | Sequence[int],
    *,
    population: str | None = None,
    n_replications: int = 500,
    seed: int = 1,
    jobs: int = 1,
    alpha: float = 0.05,
    indirect: str = "monte_carlo",
    draw: Callable[..., Any] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Power of every parameter, `:=` parameter and effect over a grid of sample sizes.

    Parameters
    ----------
    model : str
        The model to be estimated.
    n : int or sequence of int
        Cases of a study.
    population : str, optional
        Model text with the values of the population, such as ``"y ~ 0.3*x"``: every loading and
        regression has one, a covariance without one is zero, a variance is such that its variable has variance one. By
        default `model` itself, with its values written as ``start()``.
    n_replications : int
        Studies of each size.
    seed : int
        The same seed gives the same numbers whatever `jobs` is.
    jobs : int
        Processes that share the work, through joblib (-1: all cores).
    alpha : float
        Level of the two-sided tests; intervals cover 1 - alpha.
    indirect : str
        How `:=` parameters and effects are tested: "monte_carlo" draws from the coefficients' normal distribution,
        which comes near the bootstrap; "delta" is Sobel's test.
    draw : callable, optional
        ``draw(n, seed)`` gives the data of one study, for answers that are not normal or not complete, such as
        ``lambda n, seed: fit.simulate(n, seed, missing=0.1)``. It then takes the place of the population for the data;
        the population still says what is true. Each study is estimated by itself, which takes far longer.
    **options : object
        Of `sem`: ``std_lv`` and ``mean_structure``; with `draw` any but ``group``.

    Returns
    -------
    DataFrame
        A row a size and parameter: n, lhs, op, rhs, label, population (the value that the model takes with the
        population's moments), mean (of the estimates), power (share of the intervals that leave zero out), power_se,
        coverage (share that hold the population value), width (mean), replications (that converged). Effects have op
        total, indirect or specific, lhs the outcome, rhs the source, label the way; none is listed twice.

    Raises
    ------
    EmolaborError
        An argument out of range, a population without values.

    References
    ----------
    Muthen, L. K., & Muthen, B. O. (2002). How to use a Monte Carlo study to decide on sample size and determine power.
    Structural Equation Modeling, 9(4), 599-620.

    Examples
    --------
    >>> import emolabor as el
    >>> curve = el.power("y ~ start(0.3)*x", n=[50, 100], n_replications=200)
    >>> curve.query("op == '~'")[["n", "lhs", "rhs", "population", "power"]].round(1)
         n lhs rhs  population  power
    0   50   y   x         0.3    0.6
    2  100   y   x         0.3    0.9
    """
    sizes = _sizes(n)
    _check(n_replications, jobs, alpha, indirect, seed, options, draw)
    truth = _at_population(model, population or model, options)
    variables = len(truth.table.variables.observed)
    if min(sizes) <= variables:
        refuse("n", f"{min(sizes)} for {variables} variables", "more cases than variables")
    labels = _labels(truth)
    labels["population"] = _values(truth)
    if draw is not None:
        own = _labels(sem(model, draw(sizes[-1], seed), **options))
        labels = own.merge(labels, on=KEYS, how="left")
    tasks = []
    for size, spawned in zip(sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True):
        counts = chunk_sizes(n_replications, CHUNK)
        tasks += [(size, count, part) for count, part in zip(counts, spawned.spawn(len(counts)), strict=True)]
    if draw is None:
        parts = run_tasks(replicate, [(truth, *task, 1 - alpha, indirect) for task in tasks], jobs, "power")
    else:
        parts = run_tasks(_drawn, [(model, draw, *task, 1 - alpha, indirect, options) for task in tasks], jobs, "power")
    found = {size: np.concatenate([p for p, t in zip(parts, tasks, strict=True) if t[0] == size]) for size in sizes}
    return pd.concat([_summary(labels, size, found[size]) for size in sizes], ignore_index=True)


def sample_size(curve: pd.DataFrame, *, power: float | None = None, width: float | None = None) -> pd.DataFrame:
    """Read off a power curve how many cases are needed.

    Parameters
    ----------
    curve : DataFrame
        From `power`, with two sizes or more.
    power : float, optional
        The wanted power ...
    width : float, optional
        ... or the wanted width of the interval.

    Returns
    -------
    DataFrame
        A row a parameter: lhs, op, rhs, label, n (missing where no size would do), inside (whether n lies within the
        sizes that were tried: outside it is extrapolated). The normal quantile of the power is taken as a straight line
        in the root of n, which it is for a normal estimate far from zero, the logarithm of the width as one in that of
        n; both are fitted to all sizes.

    Raises
    ------
    EmolaborError
        Neither or both of power and width, or fewer than two sizes.

    Examples
    --------
    >>> import emolabor as el
    >>> curve = el.power("y ~ start(0.3)*x", n=[50, 100], n_replications=500)
    >>> int(el.sample_size(curve, power=0.8).n[0])
    80
    """
    if (power is None) == (width is None):
        raise EmolaborError("power, width: give one of them")
    wanted_value, name = (power, "power") if width is None else (width, "width")
    if wanted_value is None or not wanted_value > 0 or (width is None and not wanted_value < 1):
        refuse(name, shown(wanted_value), f"above 0{'' if width else ' and below 1'}")
    sizes = curve["n"].unique()
    if len(sizes) < 2:
        refuse("curve", f"{len(sizes)} size(s) of n", "two or more")
    needed = _size_for_power if width is None else _size_for_width
    rows = []
    for keys, own in curve.groupby(KEYS, sort=False):
        size = needed(own, wanted_value)
        rows.append((*keys, np.ceil(size), bool(sizes.min() <= size <= sizes.max())))
    return pd.DataFrame(rows, columns=[*KEYS, "n", "inside"]).astype({"n": "Int64"})


def _size_for_power(rows, wanted_power):
    count = rows["replications"].to_numpy()
    share = (rows["power"].to_numpy() * count + 0.5) / (count + 1)
    quantile = ndtri(share)
    weight = np.sqrt(count * np.exp(-(quantile**2)) / (2 * np.pi) / (share * (1 - share)))
    level, slope = _line(np.sqrt(rows["n"].to_numpy()), quantile, weight)
    root = (ndtri(wanted_power) - level) / slope if slope > 0 else np.nan
    return root**2 if root > 0 else np.nan


def _size_for_width(rows, wanted_width):
    level, slope = _line(np.log(rows["n"].to_numpy()), np.log(rows["width"].to_numpy()), np.ones(len(rows)))
    return np.exp((np.log(wanted_width) - level) / slope) if slope < 0 else np.nan


def _line(x, y, weight):
    """Intercept and slope of a weighted straight line."""
    design = np.column_stack([np.ones(len(x)), x]) * weight[:, None]
    return np.linalg.lstsq(design, y * weight, rcond=None)[0]


def _at_population(model, text, options):
    """The model fitted to the population's moments, exogenous observed variables random as they are in the samples."""
    cov, mean = population_moments(text, bool(options.get("std_lv")))
    means = bool(options.get("mean_structure"))
    table = build_table(parse_model(model), std_lv=bool(options.get("std_lv")), mean_structure=means, fixed_x=False)
    sample = sample_from_cov(cov, mean if means else None, ROOMY, table.variables.observed, wishart=True)
    fit = fit_table(model, table, [sample])
    if not fit.converged:
        raise EmolaborError(f"population: the model does not converge at it ({fit.problems[0]})")
    if np.isnan(fit.vcov().to_numpy()).any():
        refuse_because("model", "not identified at the population", "an identified model")
    if build_constraints(table).curved or table.inequalities:
        refuse_because("model", "inequalities and nonlinear == lines are not for power", "linear == lines")
    return fit


def _labels(fit):
    """Keys of what `intervals` gives, in its order."""
    rows, effects = wanted(fit)
    found = [(row.lhs, row.op, row.rhs, row.label) for row in (fit.table.rows[i] for i in rows)]
    found += [(defined.name, ":=", defined.text, defined.name) for defined in fit.table.defined]
    found += [(e.target, e.kind, e.source, " -> ".join(e.via)) for e in effects]
    return pd.DataFrame(found, columns=KEYS)


def _values(fit):
    """The population's values, in the same order."""
    rng = np.random.default_rng(0)
    return intervals(fit.model, fit.estimate.theta, fit.vcov().to_numpy(), wanted(fit), 0.95, "delta", rng)[:, 0]


def _drawn(model, draw, n, count, seed, level, indirect, options):
    """As `replicate`, from data that a function draws."""
    found = []
    for part in seed.spawn(count):
        fit = sem(model, draw(n, int(part.generate_state(1)[0])), **options)
        chosen = wanted(fit)
        covariance = fit.vcov().to_numpy()
        if fit.converged and not np.isnan(covariance).any():
            rng = np.random.default_rng(part)
            found.append(intervals(fit.model, fit.estimate.theta, covariance, chosen, level, indirect, rng))
        else:
            found.append(np.full((len(_labels(fit)), 3), np.nan))
    return np.array(found)


def _summary(labels, size, found):
    usable = ~np.isnan(found[:, 0, 0])
    count = int(usable.sum())
    if count == 0:
        refuse_because("power", f"no study of {size} cases converged", "larger studies or a simpler model")
    est, lower, upper = np.moveaxis(found[usable], 2, 0)
    truth = labels["population"].to_numpy()
    share = ((lower > 0) | (upper < 0)).mean(axis=0)
    covered = ((lower <= truth) & (truth <= upper)).mean(axis=0)
    frame = labels.assign(
        mean=est.mean(axis=0),
        power=share,
        power_se=np.sqrt(share * (1 - share) / count),
        coverage=np.where(np.isnan(truth), np.nan, covered),
        width=(upper - lower).mean(axis=0),
        replications=count,
    )
    frame.insert(0, "n", size)
    return frame


def _sizes(n):
    sizes = [n] if isinstance(n, int | np.integer) else list(n)
    for size in sizes:
        check_whole("n", size, 2)
    if not sizes or len(set(sizes)) < len(sizes):
        refuse("n", sizes, "one size or more, each once")
    return [int(size) for size in sizes]


def _check(n_replications, jobs, alpha, indirect, seed, options, draw):
    check_whole("n_replications", n_replications, 1)
    check_seed(seed)
    check_jobs(jobs)
    check_share("alpha", alpha)
    check_choice("indirect", indirect, INDIRECT)
    refused = [name for name in options if name == "group" or (draw is None and name not in COMPLETE)]
    if refused:
        refuse_because(refused[0], "not for power of normal complete answers", COMPLETE)
