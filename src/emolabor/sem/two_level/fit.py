"""The fit of a two-level model: what `sem` returns where the text has `level:` blocks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.common.threads import one_thread
from emolabor.sem.display.two_level_summary import two_level_html, two_level_text
from emolabor.sem.evaluation.reported_measures import reported_names
from emolabor.sem.fit import Fit
from emolabor.sem.implied.level_values import draws, estimates
from emolabor.sem.implied.quantities import jacobian_by_differences
from emolabor.sem.implied.values import wald
from emolabor.sem.inference.covariance import defined_errors
from emolabor.sem.inference.wald_test import wald_test_of
from emolabor.sem.two_level.level_admissibility import level_problems, level_warnings
from emolabor.sem.two_level.level_draws import bootstrap_clusters, monte_carlo_two_levels
from emolabor.sem.two_level.level_errors import covariance_of_two_levels
from emolabor.sem.two_level.level_fit import intraclass_correlations, level_fit, level_reliability
from emolabor.sem.two_level.level_moments import level_implied_cov, level_implied_mean, level_r2, level_residuals
from emolabor.sem.two_level.two_level_measures import two_level_measures

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate
    from emolabor.sem.estimation.two_level_model import TwoLevelModel
    from emolabor.sem.inference.wald_test import WaldTest
    from emolabor.sem.specification.blocks import TwoLevelTable

NAMES = ["lhs", "op", "rhs", "level", "group", "label"]
ANSWERS = (
    "tidy, summary, fit_measures, level_fit, icc, reliability, standardized, r2, vcov, implied_cov, implied_mean, "
    "residuals, monte_carlo, bootstrap, wald_test and el.lr_test"
)
INSTEAD = {
    "effects": "write indirect effects with ':=', such as 'ab := a*b' on labels of either level",
    "simulate": "write a population's text for each level and draw clusters",
    "modification_indices": "free a parameter in the text and take el.lr_test",
    "score_test": "free the equality in the text and take el.lr_test",
    # What functions that take a fit ask of it first.
    **dict.fromkeys(("model", "table"), "functions that take it need a text without 'level:' blocks"),
}


class OneLevelOnly(EmolaborError, AttributeError):
    """What fits of one level have and a two-level fit has not."""


@dataclass(frozen=True)
class TwoLevelFit:
    """A two-level model fitted to nested answers.

    What a fit of one level answers and this one does not is refused by name, in functions that take a fit, too.

    Attributes
    ----------
    text : str
        The model text.
    bound : TwoLevelModel
        Tables, structures, samples.
    estimate : Estimate
        Free parameters and how the search for them ended.
    se : str
        Kind of standard errors: observed, or huber_white (the clusters' scores).
    columns : tuple of str
        Columns of the data, the model's among them.
    """

    text: str
    bound: TwoLevelModel
    estimate: Estimate
    se: str
    columns: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        """Refuse by name what a fit of one level has."""
        if name in _OF_ONE_LEVEL:
            raise OneLevelOnly(
                f"fit: '{name}' is of fits of one level, and this one has two; "
                f"{INSTEAD.get(name, f'allowed: {ANSWERS}')}"
            )
        raise AttributeError(f"'TwoLevelFit' has no attribute '{name}'")

    @property
    def tables(self) -> TwoLevelTable:
        """The parameter tables of both levels."""
        return self.bound.tables

    @property
    def estimator(self) -> str:
        """Name of the estimator."""
        return self.bound.estimator.name

    @property
    def n_obs(self) -> int:
        """Cases used, over all groups."""
        return self.bound.n_obs

    @property
    def n_clusters(self) -> int:
        """Clusters used, over all groups."""
        return self.bound.n_clusters

    @property
    def n_groups(self) -> int:
        """Groups."""
        return len(self.bound.samples)

    @property
    def converged(self) -> bool:
        """Whether the search ended with a gradient of at most 1e-8."""
        return self.estimate.optimum.converged

    @cached_property
    def problems(self) -> tuple[Any, ...]:
        """Reasons against trusting this solution: sentences, each with a short `code`; empty where there are none."""
        return tuple(level_problems(self))

    @cached_property
    def warnings(self) -> tuple[Any, ...]:
        """What to keep in mind about a solution that may well be admissible: sentences, each with a short `code`."""
        return tuple(level_warnings(self))

    @property
    def admissible(self) -> bool:
        """Whether nothing speaks against the solution: it converged, is identified and has no improper value."""
        return not self.problems

    @cached_property
    @one_thread
    def _vcov(self) -> np.ndarray:
        estimate = self.estimate
        return covariance_of_two_levels(self.bound, estimate.theta, estimate.basis, self.se == "huber_white")

    @cached_property
    def _names(self) -> pd.DataFrame:
        table, levels = self.tables.rows, self.tables.row_levels
        rows = [
            (row.lhs, row.op, row.rhs, level, row.group + 1, f'rv("{row.slope}")' if row.slope else row.label)
            for row, level in zip(table.rows, levels.tolist(), strict=True)
        ]
        rows += [(own.name, ":=", own.text, 0, 0, own.name) for own in table.defined]
        return pd.DataFrame(rows, columns=NAMES)

    @one_thread
    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """List the parameters.

        Parameters
        ----------
        level : float
            Coverage of the Wald intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            One row a parameter in lavaan's order; columns lhs, op, rhs, level (1 within, 2 between; 0 for `:=`), group
            (from 1; 0 for `:=`), label, est, se, z, pvalue, ci_lower, ci_upper, std_lv, std_all: standardized by the
            variances of the row's own level; of several groups at last group_label, the group's value in its column.
            A random slope is labelled ``rv("s")`` and has no estimate of its own: its mean is ``s ~1`` of level 2.

        Raises
        ------
        EmolaborError
            A level outside 0 to 1.

        Examples
        --------
        >>> import emolabor as el
        >>> text = '''
        ... level: 1
        ...   f =~ ex1 + ex2 + ex3
        ... level: 2
        ...   g =~ ex1 + ex2 + ex3
        ... '''
        >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
        >>> fit.tidy().query("op == '=~'")[["lhs", "rhs", "level"]].to_dict("list")["level"]
        [1, 1, 1, 2, 2, 2]
        """
        table, theta = self.tables.rows, self.estimate.theta
        est, std_lv, std_all = estimates(self.bound, theta)
        own = np.append(np.sqrt(np.maximum(np.diag(self._vcov), 0.0)), 0.0)
        errors = np.append(own[table.free], defined_errors(table, theta, self._vcov))
        errors[np.isnan(est)] = np.nan
        z, pvalue, lower, upper = wald(est, errors, level)
        frame = self._names.assign(
            est=est, se=errors, z=z, pvalue=pvalue, ci_lower=lower, ci_upper=upper, std_lv=std_lv, std_all=std_all
        )
        labels = ["", *(sample.label for sample in self.bound.samples)]
        return frame if self.n_groups == 1 else frame.assign(group_label=[labels[g] for g in frame.group])

    @one_thread
    def standardized(self, level: float = 0.95) -> pd.DataFrame:
        """Tabulate standardized values (std_all, by the variances of each level) with the delta method's errors.

        Parameters
        ----------
        level : float
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            lhs, op, rhs, level, group, label, est, se, z, pvalue, ci_lower, ci_upper; the rows of `tidy`.

        Raises
        ------
        EmolaborError
            A level outside 0 to 1.

        Examples
        --------
        >>> import emolabor as el
        >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
        >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
        >>> loadings = fit.standardized().query("op == '=~' and level == 1")
        >>> bool(loadings.est.between(0, 1).all())
        True
        """
        theta, est = self.estimate.theta, estimates(self.bound, self.estimate.theta)[2]
        with np.errstate(invalid="ignore"):  # what a variance of zero or below standardizes has no value
            slopes = jacobian_by_differences(lambda thetas: draws(self.bound, thetas)[1], theta)
        variances = np.einsum("kq,qs,ks->k", slopes, self._vcov, slopes)
        errors = np.where(np.isnan(est), np.nan, np.sqrt(np.where(variances < 1e-16, 0.0, variances)))
        z, pvalue, lower, upper = wald(est, errors, level)
        return self._names.assign(est=est, se=errors, z=z, pvalue=pvalue, ci_lower=lower, ci_upper=upper)

    @cached_property
    @one_thread
    def _fit_measures(self) -> dict[str, float]:
        return two_level_measures(self.bound, self.estimate)

    def fit_measures(self) -> pd.Series:
        """Fit measures of the whole model under lavaan's names with _ for a dot.

        Returns
        -------
        Series
            As for fits of one level, with srmr_within and srmr_between (srmr is their sum) and nclusters. Tests and
            indices of each level by itself: `level_fit`.

        Examples
        --------
        >>> import emolabor as el
        >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
        >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
        >>> fit.fit_measures()[["df", "npar"]].tolist()
        [0.0, 15.0]
        """
        return pd.Series(self._fit_measures, dtype=float)

    def vcov(self) -> pd.DataFrame:
        """Covariance matrix of the free parameters.

        Returns
        -------
        DataFrame (q, q)
            Named by label, or by lhs, op, rhs (``.g2`` for the second group, ``.l2`` for the between level).

        Examples
        --------
        >>> import emolabor as el
        >>> text = "level: 1; f =~ ex1 + a*ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
        >>> el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre").vcov().columns[:3].tolist()
        ['a', 'f=~ex3', 'ex1~~ex1']
        """
        by_place: dict[int, str] = {}
        for row, level in zip(self.tables.rows.rows, self.tables.row_levels.tolist(), strict=True):
            if row.free >= 0:
                suffix = (f".g{row.group + 1}" if row.group else "") + (".l2" if level == 2 else "")
                by_place.setdefault(row.free, row.label or f"{row.lhs}{row.op}{row.rhs}{suffix}")
        names = [by_place[i] for i in range(self.tables.rows.n_free)]
        return pd.DataFrame(self._vcov, index=names, columns=names)

    def wald_test(self, constraints: str) -> WaldTest:
        """Test constraints among labelled or defined parameters of either level at the estimates (Wald, 1943).

        Parameters
        ----------
        constraints : str
            ``==`` formulas parted by ``;`` or line ends, such as ``"within == between"``.

        Returns
        -------
        WaldTest
            With the covariance matrix of the fit: robust where its standard errors are.

        Raises
        ------
        EmolaborError
            Unknown labels, redundant constraints, no identified solution.

        Examples
        --------
        >>> import emolabor as el
        >>> text = "level: 1; f =~ ex1 + a*ex2 + ex3; level: 2; g =~ ex1 + b*ex2 + ex3"
        >>> el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre").wald_test("a == b").df
        1
        """
        return wald_test_of(self.tables.rows, self.estimate.theta, self._vcov, constraints)

    # Functions of a fit that are its methods as they stand, docstrings and all.
    implied_cov = level_implied_cov
    implied_mean = level_implied_mean
    residuals = level_residuals
    r2 = level_r2
    level_fit = level_fit
    icc = intraclass_correlations
    reliability = level_reliability
    bootstrap = bootstrap_clusters
    monte_carlo = monte_carlo_two_levels
    summary = two_level_text

    def __repr__(self) -> str:
        """One line: what was fitted, how well, and whether it can be trusted."""
        measures = self.fit_measures()
        names = reported_names(measures)
        chisq, cfi, rmsea = (measures[names[name]] for name in ("chisq", "cfi", "rmsea"))
        test = "scaled chi-square" if names["chisq"].endswith("_scaled") else "chi-square"
        verdict = "admissible" if self.admissible else f"not admissible: {self.problems[0]}"
        return (
            f"Two-level {self.estimator} fit of {self.n_obs} cases in {self.n_clusters} clusters: {test} {chisq:.3f} "
            f"on {measures.df:.0f} df, CFI {cfi:.3f}, RMSEA {rmsea:.3f}, SRMR within {measures.srmr_within:.3f}, "
            f"between {measures.srmr_between:.3f}; {verdict}"
        )

    def _repr_html_(self) -> str:
        return two_level_html(self)


_OWN = {*vars(TwoLevelFit), *TwoLevelFit.__dataclass_fields__}
_OF_ONE_LEVEL = {name for name in {*vars(Fit), *Fit.__dataclass_fields__} if not name.startswith("__")} - _OWN
