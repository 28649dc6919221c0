"""Draws of the parameters of two-level models: from their estimated distribution, and from resampled clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_jobs, check_level, check_seed, check_whole
from emolabor.common.errors import EmolaborError
from emolabor.common.tasks import chunk_sizes, run_tasks
from emolabor.common.threads import one_thread
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.implied.level_values import draws
from emolabor.sem.implied.quantities import jacobian_by_differences
from emolabor.sem.inference.draws import Draws, monte_carlo
from emolabor.sem.linalg import bordered_inverse

if TYPE_CHECKING:
    from emolabor.sem.two_level.fit import TwoLevelFit

BLOCK = 50


@dataclass(frozen=True, repr=False)
class TwoLevelDraws(Draws):
    """Parameter vectors of a two-level fit and what follows from each: raw, standardized, defined parameters.

    Attributes
    ----------
    fit : TwoLevelFit
        The fit they were drawn for.
    kind : str
        nonparametric (whole clusters) or monte_carlo.
    thetas : ndarray (R, q)
        Free parameters of each draw; NaN where estimation failed.
    chisq : None
        Not worked out: the saturated model of each resample would cost more than the resample.
    """

    fit: Any

    @cached_property
    def n_improper(self):
        """Draws with a negative variance at some level; kept, as leaving them out would bias intervals."""
        rows = self.fit.tables.rows.rows
        variances = sorted({r.free for r in rows if r.op == "~~" and r.lhs == r.rhs and r.free >= 0})
        return int((self.thetas[self._usable][:, variances] < 0).any(axis=1).sum())

    @cached_property
    @one_thread
    def _values(self):
        return draws(self.fit.bound, self.thetas[self._usable])

    @cached_property
    @one_thread
    def _estimates(self):
        return tuple(values[0] for values in draws(self.fit.bound, self.fit.estimate.theta[None, :]))

    def ci(self, interval: str = "percentile", level: float = 0.95) -> pd.DataFrame:
        """Intervals of every parameter and `:=`, raw and standardized.

        Parameters
        ----------
        interval : {"percentile", "bc", "bca"}
            As for the draws of a fit of one level; the acceleration is that of the clusters.
        level : float
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            lhs, op, rhs, level, group, label, est, se, ci_lower, ci_upper, std_all, std_all_se, std_all_ci_lower,
            std_all_ci_upper; the rows of `tidy`.

        Raises
        ------
        EmolaborError
            Another kind of interval, a level outside 0 to 1, fewer than two draws to use.

        Examples
        --------
        >>> import emolabor as el
        >>> text = "level: 1; ps1 ~ w*wu1; wu1 ~~ wu1; level: 2; ps1 ~ b*wu1; wu1 ~~ wu1; context := b - w"
        >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
        >>> context = fit.monte_carlo(2000, seed=1).ci().query("lhs == 'context'")
        >>> context[["est", "ci_lower", "ci_upper"]].round(2).to_numpy().tolist()
        [[0.11, -0.24, 0.44]]
        """
        self._check(interval, level)
        check_level(level)
        frame = self.fit.tidy()[["lhs", "op", "rhs", "level", "group", "label"]].copy()
        for which, name in ((0, ""), (1, "std_all_")):
            values = self._values[which]
            if len(values) < 2:
                raise EmolaborError(f"{self!r}: no interval can be made of fewer than two draws")
            lower, upper = self._limits(which, interval, level)
            frame["est" if not which else "std_all"] = self._estimates[which]
            with np.errstate(invalid="ignore"):
                frame[f"{name}se"] = values.std(axis=0, ddof=1)
            frame[f"{name}ci_lower"], frame[f"{name}ci_upper"] = lower, upper
        return frame

    @cached_property
    @one_thread
    def _accelerations(self):
        return tuple(self._acceleration(lambda t, i=i: draws(self.fit.bound, t)[i]) for i in (0, 1))

    def _acceleration(self, function: Callable[..., Any]) -> np.ndarray:
        model, theta = self.fit.bound, self.fit.estimate.theta
        inverse = bordered_inverse(model.derivatives(theta, observed=True)[2], self.fit.estimate.basis)
        moving = model.cluster_scores(theta) @ inverse @ jacobian_by_differences(function, theta).T
        squares, cubes = (moving**2).sum(axis=0), (moving**3).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(squares > 1e-20, cubes / (6 * squares**1.5), 0.0)


@one_thread
def bootstrap_clusters(fit: TwoLevelFit, n_resamples: int = 1000, seed: int = 1, jobs: int = 1) -> TwoLevelDraws:
    """Estimate the model of a two-level fit on resamples of whole clusters.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    n_resamples : int
        How many; 5000 for intervals that are reported.
    seed : int
        The same seed gives the same draws.
    jobs : int
        Processes that share the work, through joblib (-1: all cores); the result does not depend on it.

    Returns
    -------
    TwoLevelDraws
        Ask it for intervals (`ci`) and for what failed (`n_failed`, `n_improper`).

    Raises
    ------
    EmolaborError
        Numbers that are not whole, a fit that is not identified.

    References
    ----------
    Field, C. A., & Welsh, A. H. (2007). Bootstrapping clustered data. Journal of the Royal Statistical Society B,
    69(3), 369-390.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; ps1 ~ w*wu1; wu1 ~~ wu1; level: 2; ps1 ~ b*wu1; wu1 ~~ wu1; context := b - w"
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> fit.bootstrap(50, seed=1).ci().query("lhs == 'context'")[["est", "ci_lower", "ci_upper"]].shape
    (1, 3)
    """
    check_whole("n_resamples", n_resamples, 1)
    check_seed(seed)
    check_jobs(jobs)
    if fit.vcov().isna().to_numpy().any():
        raise EmolaborError("bootstrap: the model is not identified: its estimates on resamples mean nothing")
    sizes = chunk_sizes(n_resamples, BLOCK)
    drawn = list(zip(np.random.SeedSequence(seed).spawn(len(sizes)), sizes, strict=True))
    thetas = np.concatenate(run_tasks(_Task(fit).block, drawn, jobs, "resamples"))
    return TwoLevelDraws(fit, "nonparametric", thetas)


class _Task:
    """What every block of resamples needs: the model and its estimates, where each search starts."""

    def __init__(self, fit: TwoLevelFit):
        self.model, self.theta = fit.bound, fit.estimate.theta

    @one_thread
    def block(self, seed: Any, size: int) -> np.ndarray:
        """Estimates (size, q) of one block, NaN where the search failed."""
        rng, thetas = np.random.default_rng(seed), np.full((size, len(self.theta)), np.nan)
        for place in range(size):
            samples = [s.drawn(rng.integers(s.n_clusters, size=s.n_clusters)) for s in self.model.samples]
            try:
                estimate = estimate_parameters(self.model.with_samples(samples), self.theta)
            except (EmolaborError, np.linalg.LinAlgError):  # such clusters have no estimates: counted as failed
                continue
            if estimate.optimum.converged:
                thetas[place] = estimate.theta
        return thetas


@one_thread
def monte_carlo_two_levels(fit: TwoLevelFit, n_draws: int = 20000, seed: int = 1) -> TwoLevelDraws:
    """Draw parameters from the normal distribution that the fit's estimates and their covariances describe.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.
    n_draws : int
        How many.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    TwoLevelDraws
        For intervals of indirect effects within and across levels (Preacher & Selig, 2012).

    Raises
    ------
    EmolaborError
        Numbers that are not whole, a model that is not identified.

    References
    ----------
    Preacher, K. J., & Selig, J. P. (2012). Advantages of Monte Carlo confidence intervals for indirect effects.
    Communication Methods and Measures, 6(2), 77-98.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; ps1 ~ w*wu1; wu1 ~~ wu1; level: 2; ps1 ~ b*wu1; wu1 ~~ wu1; context := b - w"
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> fit.monte_carlo(2000, seed=1)
    2000 monte_carlo draws: 0 failed, 187 improper
    """
    alike: Any = fit  # estimates and their covariances are all that is asked of it
    return TwoLevelDraws(fit, "monte_carlo", monte_carlo(alike, n_draws, seed).thetas)
