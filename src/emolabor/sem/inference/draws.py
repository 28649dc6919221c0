"""Draws of the parameters, from resamples or from their estimated distribution, and intervals made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_choice, check_level, check_seed, check_whole
from emolabor.common.errors import EmolaborError, refuse, shown
from emolabor.common.threads import one_thread
from emolabor.sem.implied.quantities import all_draws, jacobian_by_differences
from emolabor.sem.inference.covariance import units_of
from emolabor.sem.inference.intervals import interval_limits
from emolabor.sem.linalg import bordered_inverse

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

INTERVALS = ("percentile", "bc", "bca")


@dataclass(frozen=True)
class Draws:
    """Parameter vectors and what follows from each: raw, standardized, defined parameters, effects.

    Attributes
    ----------
    fit : Fit
        The fit they were drawn for.
    kind : str
        nonparametric, bollen_stine, parametric or monte_carlo.
    thetas : ndarray (R, q)
        Free parameters of each draw; NaN where estimation failed.
    chisq : ndarray (R,) or None
        Test statistic of each resample.
    """

    fit: Fit
    kind: str
    thetas: np.ndarray
    chisq: np.ndarray | None = None

    @property
    def n_draws(self):
        """How many were asked for."""
        return len(self.thetas)

    @cached_property
    def _usable(self):
        return ~np.isnan(self.thetas).any(axis=1)

    @property
    def n_failed(self):
        """Resamples whose search did not converge; they are left out."""
        return int((~self._usable).sum())

    @cached_property
    def n_improper(self):
        """Resamples that converged with a negative variance; kept, as leaving them out would bias intervals."""
        rows = self.fit.table.rows
        variances = sorted({r.free for r in rows if r.op == "~~" and r.lhs == r.rhs and r.free >= 0})
        return int((self.thetas[self._usable][:, variances] < 0).any(axis=1).sum())

    @cached_property
    @one_thread
    def _values(self):
        """Raw and standardized values (R_usable, k) of all rows, defined parameters and effects."""
        return all_draws(self.fit.model, self.fit._effects, self.thetas[self._usable])

    @cached_property
    @one_thread
    def _estimates(self):
        return tuple(
            values[0] for values in all_draws(self.fit.model, self.fit._effects, self.fit.estimate.theta[None, :])
        )

    def ci(self, interval: str = "percentile", level: float = 0.95) -> pd.DataFrame:
        """Intervals of every parameter, `:=` and effect, raw and standardized.

        Parameters
        ----------
        interval : {"percentile", "bc", "bca"}
            "percentile"; "bc": bias-corrected (Efron, 1981; lavaan's bca.simple); "bca": bias-corrected and accelerated
            (Efron, 1987), the acceleration from the cases' influence on the estimates. Monte Carlo draws have
            percentiles only.
        level : float
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            lhs, op, rhs, group, label, est, se, ci_lower, ci_upper, std_all, std_all_se, std_all_ci_lower,
            std_all_ci_upper; the rows of `tidy`, then those of `effects` (op "total", "direct", "indirect", "specific";
            rhs the source, label the way).

        Raises
        ------
        EmolaborError
            Another kind of interval, a level outside 0 to 1, Bollen-Stine draws, fewer than two draws to use.

        References
        ----------
        Efron, B. (1981). Nonparametric standard errors and confidence intervals. Canadian Journal of Statistics, 9(2),
        139-158.
        Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association,
        82(397), 171-185.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
        >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
        >>> fit.monte_carlo(1000, seed=1).ci(level=0.9)[["lhs", "op", "rhs"]].iloc[0].tolist()
        ['y', '~', 'x']
        """
        self._check(interval, level)
        frame = self.fit.tidy()[["lhs", "op", "rhs", "group", "label"]]
        effects = [(e.target, e.kind, e.source, e.group + 1, " -> ".join(e.via)) for e in self.fit._effects]
        frame = pd.concat([frame, pd.DataFrame(effects, columns=frame.columns)], ignore_index=True)
        for which, name in ((0, ""), (1, "std_all_")):
            estimate, values = self._estimates[which], self._values[which]
            if len(values) < 2:
                raise EmolaborError(f"{self!r}: no interval can be made of fewer than two draws")
            lower, upper = self._limits(which, interval, level)
            frame["est" if not which else "std_all"] = estimate
            with np.errstate(invalid="ignore"):
                frame[f"{name}se"] = values.std(axis=0, ddof=1)
            frame[f"{name}ci_lower"], frame[f"{name}ci_upper"] = lower, upper
        return frame

    def _check(self, interval, level):
        check_choice("interval", interval, INTERVALS)
        check_level(level)
        if self.kind == "monte_carlo" and interval != "percentile":
            refuse("interval", shown(interval), "percentile for Monte Carlo draws")
        if self.kind == "bollen_stine":
            raise EmolaborError(
                "interval: Bollen-Stine resamples are for the test; draw nonparametric ones for intervals"
            )

    @one_thread
    def values_of(self, function: Callable[..., Any]) -> np.ndarray:
        """Draw anything that follows from the parameters: its value at each usable draw.

        Parameters
        ----------
        function : callable
            Of free parameters (R, q), in the order of ``fit.vcov()``, to values (R, k).

        Returns
        -------
        ndarray (R, k)
            A row a usable draw: those that failed are left out.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
        >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
        >>> fit.monte_carlo(1000, seed=1).values_of(lambda thetas: thetas[:, :1] ** 2).shape
        (1000, 1)
        """
        return function(self.thetas[self._usable])

    @one_thread
    def interval_of(
        self, function: Callable[..., Any], interval: str = "percentile", level: float = 0.95
    ) -> tuple[np.ndarray, ...]:
        """Estimate, standard error and interval of anything that follows from the parameters.

        Parameters
        ----------
        function : callable
            Of free parameters (R, q), in the order of ``fit.vcov()``, to values (R, k).
        interval : {"percentile", "bc", "bca"}
            As for `ci`.
        level : float
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        tuple of ndarray (k,)
            Estimates, standard errors, lower and upper limits.

        Raises
        ------
        EmolaborError
            What `ci` refuses.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
        >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
        >>> estimate, *_ = fit.monte_carlo(1000, seed=1).interval_of(lambda thetas: thetas[:, :1] ** 2)
        >>> estimate.round(3).tolist()
        [1.0]
        """
        self._check(interval, level)
        estimates, values = function(self.fit.estimate.theta[None, :])[0], self.values_of(function)
        acceleration = self._acceleration(function) if interval == "bca" else 0.0
        lower, upper = interval_limits(values, estimates, level, interval != "percentile", acceleration)
        return estimates, values.std(axis=0, ddof=1), lower, upper

    def _limits(self, which, interval, level):
        acceleration = self._accelerations[which] if interval == "bca" else 0.0
        corrected = interval != "percentile"
        return interval_limits(self._values[which], self._estimates[which], level, corrected, acceleration)

    @cached_property
    @one_thread
    def _accelerations(self):
        """Skewness of the cases' influence over 6 (Efron, 1987), from scores and the observed information."""
        model, effects = self.fit.model, self.fit._effects
        return tuple(self._acceleration(lambda t, i=i: all_draws(model, effects, t)[i]) for i in (0, 1))

    def _acceleration(self, function):
        model, theta = self.fit.model, self.fit.estimate.theta
        inverse = bordered_inverse(model.derivatives(theta, observed=True)[2], self.fit.estimate.basis)
        moving, squares, cubes = inverse @ jacobian_by_differences(function, theta).T, 0.0, 0.0
        for scores in units_of(model, theta):
            on_value = scores @ moving
            squares = squares + np.sum(on_value**2, axis=0)
            cubes = cubes + np.sum(on_value**3, axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = cubes / (6 * squares**1.5)
        return np.where(squares > 1e-20, ratio, 0.0)

    @property
    def pvalue(self):
        """Bollen-Stine p-value: the share of resamples whose chi-square reaches the sample's."""
        if self.kind != "bollen_stine":
            refuse("pvalue", f"{self.kind} draws", "bollen_stine")
        own = self.fit.fit_measures()["chisq"]
        return float(np.mean(self.chisq[self._usable] >= own))

    def __repr__(self):
        """Say how many draws there are and how many failed or were improper."""
        return f"{self.n_draws} {self.kind} draws: {self.n_failed} failed, {self.n_improper} improper"


@one_thread
def monte_carlo(fit: Fit, n_draws: int = 20000, seed: int = 1) -> Draws:
    """Draw parameters from the normal distribution that the fit's estimates and their covariances describe.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it; a covariance matrix is enough.
    n_draws : int
        How many.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    Draws
        For intervals of indirect effects where only a table or nested data exist (MacKinnon et al., 2004).

    Raises
    ------
    EmolaborError
        Numbers that are not whole, a model that is not identified.

    References
    ----------
    MacKinnon, D. P., Lockwood, C. M., & Williams, J. (2004). Confidence limits for the indirect effect: Distribution
    of the product and resampling methods. Multivariate Behavioral Research, 39(1), 99-128.
    Preacher, K. J., & Selig, J. P. (2012). Advantages of Monte Carlo confidence intervals for indirect effects.
    Communication Methods and Measures, 6(2), 77-98.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> names = ["x", "m", "y"]
    >>> cor = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.5], [0.3, 0.5, 1]], index=names, columns=names)
    >>> fit = el.sem("m ~ a*x; y ~ b*m + x; ab := a*b", sample_cov=cor, n_obs=200)
    >>> fit.monte_carlo(seed=1).ci().query("op == ':='")[["lhs", "est", "ci_lower", "ci_upper"]].round(2)
      lhs   est  ci_lower  ci_upper
    6  ab  0.18      0.11      0.26
    """
    check_whole("n_draws", n_draws, 1)
    check_seed(seed)
    covariance = fit.vcov().to_numpy()
    if np.isnan(covariance).any():
        raise EmolaborError("monte_carlo: the model is not identified, its estimates have no covariances")
    values, vectors = np.linalg.eigh(covariance)
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(len(values))])
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    noise = np.random.default_rng(seed).standard_normal((n_draws, len(values)))
    return Draws(fit, "monte_carlo", fit.estimate.theta + noise @ root.T)
