"""Likelihood-ratio tests of nested models, refused for models that are not nested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.comparison.ordinal_difference import satorra_2000, translate_ordinal
from emolabor.sem.comparison.slope_difference import slope_difference
from emolabor.sem.comparison.two_level_difference import check_two_levels
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.model import Model
from emolabor.sem.estimation.start import start_values
from emolabor.sem.estimation.test_statistic import chi_square, chisq_pvalue
from emolabor.sem.evaluation.fit_indices import chisq_difference
from emolabor.sem.evaluation.fit_measures import scaling_factors
from emolabor.sem.fit import Fit
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet
from emolabor.sem.observed.samples import Sample
from emolabor.sem.specification.estimators import ESTIMATORS, MAXIMUM_LIKELIHOOD
from emolabor.sem.two_level.fit import TwoLevelFit
from emolabor.sem.two_level.slopes import RandomSlopeFit

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate

METHODS = ("auto", "standard", "satorra_bentler_2001", "satorra_bentler_2010", "satorra_2000")
# Half the discrepancy of a case; nested models end at about 1e-15, those that are not seldom below 1e-4.
NESTED_TOLERANCE = 1e-8


@dataclass(frozen=True)
class LikelihoodRatioTest:
    """Difference of two nested models.

    Attributes
    ----------
    chisq_diff : float
        Test statistic, scaled where the method is.
    df_diff : int
        Difference of the degrees of freedom.
    pvalue : float
        Of the chi-square distribution.
    method : str
        As for `lr_test`; never "auto".
    note : str
        Why there is no number, or what is to be kept in mind of it; mostly empty.
    """

    chisq_diff: float
    df_diff: int
    pvalue: float
    method: str
    note: str = ""

    def tidy(self) -> pd.DataFrame:
        """Tabulate the test.

        Returns
        -------
        DataFrame
            One row: chisq_diff, df_diff, pvalue, method, note.

        Examples
        --------
        >>> import emolabor as el
        >>> staff = el.simulate_staff(n=300, seed=1)
        >>> free = el.cfa("f =~ ex1 + ex2 + ex3 + ex4", staff)
        >>> equal = el.cfa("f =~ ex1 + a*ex2 + a*ex3 + a*ex4", staff)
        >>> el.lr_test(equal, free).tidy()[["chisq_diff", "df_diff", "pvalue", "method"]].round(2)
           chisq_diff  df_diff  pvalue    method
        0         1.5        2    0.47  standard
        """
        return pd.DataFrame([vars(self)])


def lr_test(fit0: Fit, fit1: Fit, method: str = "auto") -> LikelihoodRatioTest:
    """Test a restricted model against a less restricted one that contains it.

    Parameters
    ----------
    fit0, fit1 : Fit
        In either order; the one with more degrees of freedom is the restricted one.
    method : {"auto", "standard", "satorra_bentler_2001", "satorra_bentler_2010", "satorra_2000"}
        "standard": difference of the chi-squares (ML, GLS, ULS, DWLS). "satorra_bentler_2001" and
        "satorra_bentler_2010": scaled difference (MLM, MLR). "satorra_2000": scaled and shifted difference (WLSMV).
        "auto": standard, or the first that the estimator has where it is robust.

    Returns
    -------
    LikelihoodRatioTest
        Without a number, but with a note, where the scaling factor of the difference is not positive (it can happen
        with the 2001 method) or cannot be had (2010: the information may be singular at the restricted solution).

    Raises
    ------
    EmolaborError
        Different data, variables or estimators, equal degrees of freedom, a fit that did not converge, or models that
        are not nested.

    Notes
    -----
    Satorra & Bentler (2001, 2010), Satorra (2000). Whether the models are nested is found by fitting the less
    restricted one to what the restricted one implies: nested models fit it exactly (Bentler & Satorra, 2010). The
    parameters of that fit are the restricted solution at which the 2010 method evaluates the larger model. Numbers
    equal lavaan's 0.6-14, but for the 2010 method where the restricted model frees what the larger one fixes
    (latent means of scalar invariance): lavaan copies parameters by name there. With MLR the 2010 test depends on
    how the larger model is parametrised, because the observed information does, away from its optimum. Where slopes are
    random the test is that of the log-likelihoods, and the larger model must have the restricted solution among its
    parameters; against fixed slopes a variance is held at zero, the end of its range: see `note`.

    References
    ----------
    Bentler, P. M., & Satorra, A. (2010). Testing model nesting and equivalence. Psychological Methods, 15(2), 111-123.
    Satorra, A. (2000). Scaled and adjusted restricted tests in multi-sample analysis of moment structures. In R. D. H.
    Heijmans, D. S. G. Pollock & A. Satorra (Eds.), Innovations in multivariate statistical analysis (pp. 233-247).
    Kluwer.
    Satorra, A., & Bentler, P. M. (2001). A scaled difference chi-square test statistic for moment structure analysis.
    Psychometrika, 66(4), 507-514.
    Satorra, A., & Bentler, P. M. (2010). Ensuring positiveness of the scaled difference chi-square test statistic.
    Psychometrika, 75(2), 243-248.
    Self, S. G., & Liang, K.-Y. (1987). Asymptotic properties of maximum likelihood estimators and likelihood ratio
    tests under nonstandard conditions. Journal of the American Statistical Association, 82(398), 605-610.

    Examples
    --------
    >>> import emolabor as el
    >>> model, staff = "f =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=600, seed=1)
    >>> configural, metric = (el.cfa(model, staff, group="sex", group_equal=equal) for equal in ((), "loadings"))
    >>> test = el.lr_test(metric, configural)
    >>> round(test.chisq_diff, 2), test.df_diff, round(test.pvalue, 2)
    (6.06, 3, 0.11)
    """
    _check_fits(fit0, fit1)
    if isinstance(fit0, RandomSlopeFit) or isinstance(fit1, RandomSlopeFit):
        method = _method(method, ESTIMATORS[fit0.estimator])
        if method == "satorra_bentler_2010":
            refuse_because("method", f"{method!r} with random slopes", "satorra_bentler_2001")
        *test, note = slope_difference(fit0, fit1, method != "standard")
        return LikelihoodRatioTest(*test, method, note)
    restricted, larger = _sorted_by_df(fit0, fit1)
    if isinstance(restricted, TwoLevelFit) or isinstance(larger, TwoLevelFit):
        method = _method(method, ESTIMATORS[larger.estimator])
        check_two_levels(restricted, larger, method)
        return difference(restricted, larger, method)
    method = _method(method, larger.model.estimator)
    _check_same_data(restricted.model, larger.model)
    if larger.table.ordered:
        at_restricted = translate_ordinal(restricted, larger, NESTED_TOLERANCE)
    else:
        at_restricted = translate(restricted, larger)
    return difference(restricted, larger, method, at_restricted)


def difference(restricted: Fit, larger: Fit, method: str, at_restricted: Estimate | None = None) -> LikelihoodRatioTest:
    """Difference test of two fits that are known to be nested.

    Parameters
    ----------
    restricted, larger : Fit
    method : str
        Not "auto".
    at_restricted : Estimate, optional
        The restricted solution in the larger model's parameters, for the 2010 method.

    Returns
    -------
    LikelihoodRatioTest
    """
    m0, m1 = restricted.fit_measures(), larger.fit_measures()
    gap, df = chisq_difference(m0.chisq, m1.chisq), int(m0.df - m1.df)
    if np.isnan(gap):
        note = f"the larger model ends {m1.chisq - m0.chisq:.3g} above the restricted one: its search found no minimum"
        return LikelihoodRatioTest(np.nan, df, np.nan, method, note)
    if method == "standard":
        return LikelihoodRatioTest(float(gap), df, chisq_pvalue(gap, df), method)
    if method == "satorra_2000":
        statistic, df = satorra_2000(restricted, larger)
        note = "" if np.isfinite(statistic) else "the difference cannot be scaled: what is held equal is not identified"
        return LikelihoodRatioTest(statistic, df, chisq_pvalue(statistic, df), method, note)
    spent = m0.df * m0.chisq_scaling_factor
    if m1.df == 0:
        kept = 0.0
    elif method == "satorra_bentler_2001":
        kept = m1.df * m1.chisq_scaling_factor
    else:
        kept = m1.df * _scaling_at(larger, at_restricted, int(m1.df))
    scaling = (spent - kept) / df
    if np.isnan(scaling):
        note = "the larger model's information is not positive definite at the restricted solution: no 2010 scaling"
    elif scaling <= 0:
        note = f"the scaling factor of the difference is not positive ({scaling:.3g}): no test by {method}"
        note += "; take satorra_bentler_2010" if method == "satorra_bentler_2001" else ""
    else:
        return LikelihoodRatioTest(float(gap / scaling), df, chisq_pvalue(gap / scaling, df), method)
    return LikelihoodRatioTest(np.nan, df, np.nan, method, note)


def translate(restricted: Fit, larger: Fit) -> Estimate:
    """Find the parameters of the larger model that imply what the restricted fit implies.

    Parameters
    ----------
    restricted, larger : Fit

    Returns
    -------
    Estimate
        Of the larger model, fitted by ML to the restricted one's implied moments.

    Raises
    ------
    EmolaborError
        The larger model cannot imply them: the models are not nested.
    """
    order = _order(restricted.model, larger.model)
    samples = []
    for structure, sample in zip(restricted.model.structures, restricted.model.samples, strict=True):
        implied = implied_moments(structure, restricted.estimate.theta)
        if inverse_and_logdet(implied.sigma) is None:
            raise EmolaborError(
                "lr_test: the restricted model implies a covariance matrix that is not positive definite"
            )
        mean = implied.mu if structure.mean_structure else sample.mean
        samples.append(Sample(implied.sigma[np.ix_(order, order)], mean[order], sample.n, float(sample.n)))
    model = Model.bind(larger.table, samples, MAXIMUM_LIKELIHOOD)
    for start in (larger.estimate.theta, start_values(larger.table, samples, model.structures)):
        estimate = estimate_parameters(model, start)
        if chi_square(model, estimate.theta) / (2 * model.weight) <= NESTED_TOLERANCE:
            return estimate
    refuse_because(
        "lr_test",
        "the models are not nested: the one with fewer degrees of freedom cannot reproduce what the other implies",
        "a model and a restriction of it; compare others by AIC or BIC",
    )


def _scaling_at(fit: Any, estimate: Any, df: Any) -> Any:
    """The scaling factor of a fit's model at another solution; missing where the information is singular there."""
    information = fit.model.derivatives(estimate.theta, fit.model.estimator.test == "yuan_bentler")[2]
    if bordered_inverse(information, estimate.basis) is None:
        return np.nan
    factors = scaling_factors(fit.model, estimate.theta, estimate.basis, df, estimate.n_free)
    return factors["chisq_scaling_factor"]


def _check_fits(fit0: Any, fit1: Any) -> None:
    for fit in (fit0, fit1):
        if not isinstance(fit, Fit | TwoLevelFit):
            refuse("lr_test", type(fit).__name__, "fits, as `sem` gives them")
    if fit0.estimator != fit1.estimator:
        refuse("lr_test", f"estimators {fit0.estimator} and {fit1.estimator}", "the same twice")
    for fit in (fit0, fit1):
        if not fit.converged:
            refuse_because("lr_test", f"a fit did not converge ({fit.problems[0]})", "fits that did")


def _sorted_by_df(fit0: Any, fit1: Any) -> Any:
    restricted, larger = sorted((fit0, fit1), key=lambda fit: -fit.fit_measures().df)
    df = int(larger.fit_measures().df)
    if restricted.fit_measures().df == df:
        refuse_because("lr_test", f"both models have {df} degrees of freedom", "different ones")
    return restricted, larger


def _method(method: Any, estimator: Any) -> Any:
    allowed = estimator.difference_tests
    if method not in ("auto", *allowed):
        refuse("method", shown(method), f"auto, {', '.join(allowed)} with {estimator.name}")
    return allowed[0] if method == "auto" else method


def _check_same_data(a: Any, b: Any) -> None:
    names_a, names_b = a.table.variables.observed, b.table.variables.observed
    if set(names_a) != set(names_b):
        other = ", ".join(sorted(set(names_a) ^ set(names_b)))
        found = f"the models are of different variables ({other} in one only)"
        refuse_because("lr_test", found, "the same; '0*' keeps a variable without its slope: 'y ~ 0*x'")
    same = len(a.samples) == len(b.samples)
    if same:
        order = _order(a, b)
        same = all(_same_sample(x, y, order) for x, y in zip(a.samples, b.samples, strict=True))
    if not same:
        alike = [sample.n for sample in a.samples] == [sample.n for sample in b.samples]
        if alike and not all(_same_design(x, y) for x, y in zip(a.samples, b.samples, strict=True)):
            found = "the models differ in 'cluster', 'sampling_weights' or 'strata'"
            refuse_because("lr_test", found, "the same columns in both")
        refuse_because(
            "lr_test",
            f"the models are fitted to different data (groups {len(a.samples)} and {len(b.samples)}, cases "
            f"{a.n_obs} and {b.n_obs}, or other values)",
            "the same cases in both",
        )


def _same_sample(x: Any, y: Any, order: Any) -> Any:
    scale = np.sqrt(np.diag(y.cov))
    return (
        (x.n, x.weight) == (y.n, y.weight)
        and _same_design(x, y)
        and np.allclose(x.cov[np.ix_(order, order)] / np.outer(scale, scale), y.cov / np.outer(scale, scale), atol=1e-8)
        and np.allclose(x.mean[order] / scale, y.mean / scale, atol=1e-8)
    )


def _same_design(x: Any, y: Any) -> bool:
    return all(_equal(own, other) for own, other in zip(_drawn(x), _drawn(y), strict=True))


def _drawn(sample: Any) -> Any:
    """How the cases were drawn."""
    return sample.clusters, sample.case_weights, None if sample.design is None else sample.design.strata


def _equal(own: Any, other: Any) -> bool:
    return own is other is None or (own is not None and other is not None and np.array_equal(own, other))


def _order(a: Any, b: Any) -> Any:
    """Places in model a of the observed variables of model b."""
    names = a.table.variables.observed
    return [names.index(name) for name in b.table.variables.observed]
