"""The fitted model: methods orchestrate, the numbers happen in functions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.threads import one_thread
from emolabor.sem.cases.casewise import casewise
from emolabor.sem.cases.design_effects import design_effects
from emolabor.sem.cases.factor_scores import factor_scores
from emolabor.sem.cases.simulate import simulate
from emolabor.sem.display.diagram import plot
from emolabor.sem.display.parameter_frame import parameter_frame
from emolabor.sem.display.summary import summary_html, summary_text
from emolabor.sem.evaluation.admissibility import find_problems, find_warnings
from emolabor.sem.evaluation.fit_measures import all_fit_measures
from emolabor.sem.evaluation.local_fit import local_fit
from emolabor.sem.evaluation.modification_indices import modification_indices
from emolabor.sem.evaluation.ordinal_fit_measures import ordinal_fit_measures
from emolabor.sem.evaluation.reported_measures import reported_names
from emolabor.sem.evaluation.residuals import one_group, residual_means, residual_slopes, residual_thresholds, residuals
from emolabor.sem.evaluation.second_opinion import ask_semopy
from emolabor.sem.implied import quantities
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.implied.values import r_squared, wald
from emolabor.sem.inference.bootstrap import bootstrap
from emolabor.sem.inference.covariance import covariance_of_estimates, defined_errors
from emolabor.sem.inference.draws import monte_carlo
from emolabor.sem.inference.effects import effects_table
from emolabor.sem.inference.likelihood_intervals import likelihood_intervals
from emolabor.sem.inference.score_test import score_test
from emolabor.sem.inference.standardized import standardized_table
from emolabor.sem.inference.wald_test import wald_test
from emolabor.sem.specification.effects import list_effects

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate
    from emolabor.sem.estimation.model import Model
    from emolabor.sem.specification.effects import Effect
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class Fit:
    """A model fitted to data; everything shown derives from `tidy`.

    Attributes
    ----------
    text : str
        The model text.
    model : Model
        Parameter table, samples, discrepancies.
    estimate : Estimate
        Free parameters and how the search for them ended.
    se : str
        Kind of standard errors: expected, observed, robust_sem, huber_white, robust_dwls.
    columns : tuple of str
        Columns of the data, the model's among them.
    group : str or None
        The column that parts the cases into groups.
    """

    text: str
    model: Model
    estimate: Estimate
    se: str
    columns: tuple[str, ...] = ()
    group: str | None = None

    @property
    def table(self) -> ParameterTable:
        """The parameter table."""
        return self.model.table

    @property
    def estimator(self) -> str:
        """Name of the estimator."""
        return self.model.estimator.name

    @property
    def n_obs(self) -> int:
        """Cases used, over all groups."""
        return self.model.n_obs

    @property
    def converged(self) -> bool:
        """Whether the search ended with a gradient of at most 1e-8."""
        return self.estimate.optimum.converged

    @cached_property
    def problems(self) -> tuple[Any, ...]:
        """Reasons against trusting this solution: sentences, each with a short `code`; empty where there are none."""
        return tuple(find_problems(self))

    @cached_property
    def warnings(self) -> tuple[Any, ...]:
        """What to keep in mind about a solution that may well be admissible: sentences, each with a short `code`."""
        return tuple(find_warnings(self))

    @property
    def admissible(self) -> bool:
        """Whether nothing speaks against the solution: it converged, is identified and has no improper value."""
        return not self.problems

    @cached_property
    @one_thread
    def _vcov(self) -> np.ndarray:
        return covariance_of_estimates(self.model, self.estimate, self.se)

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
            One row a parameter in lavaan's order; columns lhs, op, rhs, group (from 1; 0 for `:=`), label, est, se, z,
            pvalue, ci_lower, ci_upper, std_lv (latent variables standardized), std_all (all variables); of several
            groups at last group_label, the group's value in its column. Fixed parameters have se 0 and no z.
            With clusters p-values and intervals are from the t distribution with the fewest clusters less one degrees
            of freedom (less the strata where there are some).

        Raises
        ------
        EmolaborError
            A level outside 0 to 1.

        Examples
        --------
        >>> import emolabor as el
        >>> fit = el.cfa("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=400, seed=1))
        >>> fit.tidy()[["lhs", "op", "rhs", "est", "se", "std_all"]].round(2).head(5)
                  lhs  op  rhs   est    se  std_all
        0  exhaustion  =~  ex1  1.00  0.00     0.76
        1  exhaustion  =~  ex2  1.04  0.07     0.80
        2  exhaustion  =~  ex3  1.08  0.08     0.78
        3  exhaustion  =~  ex4  0.96  0.07     0.73
        4         ex1  ~~  ex1  0.51  0.05     0.42
        """
        table, theta = self.table, self.estimate.theta
        columns = quantities.estimates(self.model, theta)
        est, std_lv, std_all = (np.hstack([own, quantities.defined_draws(table, own)])[0] for own in columns)
        own = np.append(np.sqrt(np.maximum(np.diag(self._vcov), 0.0)), 0.0)  # the last for what is fixed: place -1
        errors = np.append(own[table.free], defined_errors(table, theta, self._vcov))
        z, pvalue, lower, upper = wald(est, errors, level, self.model.degrees_of_errors)
        numbers = (est, errors, z, pvalue, lower, upper, std_lv, std_all)
        return parameter_frame(table, self.model.samples, numbers)

    @cached_property
    @one_thread
    def _fit_measures(self) -> dict[Any, Any]:
        measures = ordinal_fit_measures if self.table.ordered else all_fit_measures
        return measures(self.model, self.estimate)

    def fit_measures(self) -> pd.Series:
        """Fit measures under lavaan's names with _ for a dot.

        Returns
        -------
        Series
            npar, fmin, chisq, df, pvalue; against the independence model (slopes on covariates are zero too) cfi, tli,
            nfi, rfi, ifi, rni, pnfi; rmsea with its 90 % interval and tests, srmr, rmr, gfi and their relatives; logl,
            aic, bic, bic2 of likelihood estimators. Scaled tests and indices (``_scaled``, ``_robust``) where the
            estimator has them.

        References
        ----------
        Bentler, P. M. (1990). Comparative fit indexes in structural models. Psychological Bulletin, 107(2), 238-246.
        Browne, M. W., & Cudeck, R. (1993). Alternative ways of assessing model fit. In K. A. Bollen & J. S. Long
        (Eds.), Testing structural equation models (pp. 136-162). Sage.
        Hu, L., & Bentler, P. M. (1999). Cutoff criteria for fit indexes in covariance structure analysis. Structural
        Equation Modeling, 6(1), 1-55.
        Tucker, L. R., & Lewis, C. (1973). A reliability coefficient for maximum likelihood factor analysis.
        Psychometrika, 38(1), 1-10.

        Examples
        --------
        >>> import emolabor as el
        >>> fit = el.cfa("exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=400, seed=1))
        >>> fit.fit_measures()[["chisq", "df", "pvalue", "cfi", "rmsea", "srmr"]].round(3)
        chisq     6.871
        df        2.000
        pvalue    0.032
        cfi       0.992
        rmsea     0.081
        srmr      0.017
        dtype: float64
        """
        return pd.Series(self._fit_measures, dtype=float)

    def vcov(self) -> pd.DataFrame:
        """Covariance matrix of the free parameters.

        Returns
        -------
        DataFrame (q, q)
            Named by label, or by lhs, op, rhs (and ``.g2`` for the second group).

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
        >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
        >>> float(fit.vcov().round(4).loc["a", "a"])
        0.0297
        """
        by_place: dict[int, str] = {}
        for row in self.table.rows:
            if row.free >= 0:
                plain = f"{row.lhs}{row.op}{row.rhs}" + (f".g{row.group + 1}" if row.group else "")
                by_place.setdefault(row.free, row.label or plain)
        names = [by_place[i] for i in range(self.table.n_free)]
        return pd.DataFrame(self._vcov, index=names, columns=names)

    def implied_cov(self, group: int = 1) -> pd.DataFrame:
        """Covariance matrix of the observed variables that the model implies.

        Parameters
        ----------
        group : int
            Number of the group, from 1.

        Returns
        -------
        DataFrame (p, p)
            By variable, in the order of the model.

        Raises
        ------
        EmolaborError
            Another group than those of the fit.

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
        >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
        >>> fit.implied_cov().round(3).loc["y"].tolist()
        [3.96, 0.99]
        """
        names = list(self.table.variables.observed)
        sigma = implied_moments(one_group(self, group)[0], self.estimate.theta).sigma
        return pd.DataFrame(sigma, index=names, columns=names)

    def implied_mean(self, group: int = 1) -> pd.Series:
        """Means (p,) of the observed variables that the model implies; without a mean structure the sample means.

        Parameters
        ----------
        group : int
            Number of the group, from 1.

        Returns
        -------
        Series (p,)
            By variable.

        Raises
        ------
        EmolaborError
            Another group than those of the fit.

        Examples
        --------
        >>> import numpy as np, pandas as pd, emolabor as el
        >>> data = pd.DataFrame(np.random.default_rng(1).normal(size=(100, 2)), columns=["x", "y"])
        >>> fit = el.sem("y ~ x", data)
        >>> bool(np.allclose(fit.implied_mean(), data[["y", "x"]].mean()))
        True
        """
        structure, sample = one_group(self, group)
        mean = implied_moments(structure, self.estimate.theta).mu if structure.mean_structure else sample.mean
        return pd.Series(mean, index=list(self.table.variables.observed))

    def r2(self) -> pd.Series:
        """Share of explained variance of every variable with predictors.

        Returns
        -------
        Series
            By name (by group and name where there are several groups).

        Examples
        --------
        >>> import pandas as pd, emolabor as el
        >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
        >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
        >>> fit.r2().round(3).to_dict()
        {'y': 0.25}
        """
        shares = r_squared(self.model.structures, self.estimate.theta, self.table.variables)
        if self.table.n_groups == 1:
            return pd.Series({name: share for (_, name), share in shares.items()}, dtype=float)
        return pd.Series({(group + 1, name): share for (group, name), share in shares.items()}, dtype=float)

    @cached_property
    def _effects(self) -> list[Effect]:
        return list_effects(self.table)

    def effects(self, level: float = 0.95) -> pd.DataFrame:
        """Total, direct and indirect effects among all variables joined by regressions, each specific way too.

        Parameters
        ----------
        level : float
            Coverage of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            source, target, kind (total, direct, indirect, specific), via, group, est, se, z, pvalue, ci_lower,
            ci_upper, std_lv, std_all; errors by the delta method (Sobel, 1982). "Effect" is the field's word for a sum
            of products of coefficients; of cross-sectional data it is an association.

        Raises
        ------
        EmolaborError
            Regressions that run in a circle, a level outside 0 to 1.

        References
        ----------
        Sobel, M. E. (1982). Asymptotic confidence intervals for indirect effects in structural equation models.
        Sociological Methodology, 13, 290-312.

        Examples
        --------
        >>> import emolabor as el
        >>> model = "surface =~ sa1 + sa2 + sa3; exhaustion =~ ex1 + ex2 + ex3; service =~ ps1 + ps2 + ps3"
        >>> fit = el.sem(model + "; exhaustion ~ surface; service ~ exhaustion", el.simulate_staff(n=400, seed=1))
        >>> indirect = fit.effects().query("kind == 'indirect'")
        >>> indirect[["source", "target", "est", "ci_lower", "ci_upper", "std_all"]].round(2)
            source   target   est  ci_lower  ci_upper  std_all
        3  surface  service -0.02     -0.07      0.03    -0.03
        """
        return effects_table(self, self._effects, level)

    # Functions of a fit that are its methods as they stand, docstrings and all.
    standardized = standardized_table
    bootstrap = bootstrap
    monte_carlo = monte_carlo
    likelihood_intervals = likelihood_intervals
    wald_test = wald_test
    score_test = score_test
    modification_indices = modification_indices
    residuals = residuals
    residual_means = residual_means
    residual_thresholds = residual_thresholds
    residual_slopes = residual_slopes
    local_fit = local_fit
    casewise = casewise
    design_effects = design_effects
    factor_scores = factor_scores
    simulate = simulate
    plot = plot
    second_opinion = ask_semopy
    summary = summary_text

    def __repr__(self) -> str:
        """One line: what was fitted, how well, and whether it can be trusted."""
        measures = self.fit_measures()
        names = reported_names(measures)
        test = "scaled chi-square" if names["chisq"].endswith("_scaled") else "chi-square"
        kind = next((f"{word} " for word in ("robust", "scaled") if names["cfi"].endswith(f"_{word}")), "")
        chisq, cfi, rmsea = (measures[names[name]] for name in ("chisq", "cfi", "rmsea"))
        verdict = "admissible" if self.admissible else f"not admissible: {self.problems[0]}"
        return (
            f"{self.estimator} fit of {self.n_obs} cases: {test} {chisq:.3f} on {measures.df:.0f} df, "
            f"{kind}CFI {cfi:.3f}, {kind}RMSEA {rmsea:.3f}, SRMR {measures.srmr:.3f}; {verdict}"
        )

    def _repr_html_(self) -> str:
        return summary_html(self)
