"""The way in: a model text and data become a fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.common.threads import one_thread
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.model import Model
from emolabor.sem.estimation.start import start_values
from emolabor.sem.fit import Fit
from emolabor.sem.language.syntax import parse_model
from emolabor.sem.observed.columns import check_covariates, check_frame, read_columns
from emolabor.sem.observed.drawn import cluster_names, read_drawn
from emolabor.sem.observed.parquet_samples import column_names, samples_from_parquet
from emolabor.sem.observed.samples import check_means, continuous_samples, sample_from_cov
from emolabor.sem.ordinal.ordinal_samples import ordered_in, ordinal_samples
from emolabor.sem.specification.blocks import by_group, check_groups, has_levels, joined
from emolabor.sem.specification.estimators import ESTIMATORS, MAXIMUM_LIKELIHOOD, check_estimator, estimator_for
from emolabor.sem.specification.lavaan_words import arguments_known, canonical
from emolabor.sem.specification.parameter_table import build_table
from emolabor.sem.specification.variables import classify
from emolabor.sem.two_level.fitting import fit_two_levels

if TYPE_CHECKING:
    import pandas as pd

    from emolabor.sem.language.syntax import Syntax
    from emolabor.sem.observed.samples import Sample
    from emolabor.sem.specification.estimators import Estimator
    from emolabor.sem.specification.parameter_table import ParameterTable
    from emolabor.sem.specification.variables import Variables

DESIGN = ("cluster", "sampling_weights", "strata")  # how the cases were drawn
OPTIONS = {
    "estimator": tuple(ESTIMATORS),
    "missing": ("listwise", "fiml", "pairwise"),
    "likelihood": ("normal", "wishart"),
    "parameterization": ("delta", "theta"),
}


@arguments_known
@one_thread
def sem(
    model: str,
    data: pd.DataFrame | str | Path | None = None,
    *,
    estimator: str | None = None,
    missing: str = "listwise",
    group: str | None = None,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    cluster: str | Sequence[str] | None = None,
    sampling_weights: str | None = None,
    strata: str | None = None,
    ordered: bool | str | Sequence[str] | None = None,
    parameterization: str = "delta",
    std_lv: bool = False,
    mean_structure: bool | None = None,
    likelihood: str = "normal",
    sample_cov: pd.DataFrame | None = None,
    sample_mean: pd.Series | None = None,
    n_obs: int | None = None,
) -> Fit:
    """Fit a structural equation model.

    Parameters
    ----------
    model : str
        Formulas in lavaan's words, one a line or parted by ``;``: ``f =~ x1 + x2`` (f is measured by), ``y ~ x`` (y is
        regressed on), ``a ~~ b`` (covariance, or variance), ``y ~ 1`` (intercept), ``x1 | t1`` (thresholds), ``x1 ~*~
        x1`` (scale of an ordered variable), ``name := a*b`` (defined from labels), ``a == b``, ``a < b``, ``a > b``
        (constraints). ``x:m`` is the product of two observed variables. Before a variable: ``0.5*`` fixes, ``NA*``
        frees, ``a*`` labels (one label: one value),
        ``start(0.5)*``, ``equal("f=~x1")*``, ``lower(0)*`` and ``upper(1)*`` (bounds), ``c(a, b)*`` (a modifier for
        each group). ``#`` and ``!`` begin comments. A line ``group: a`` begins the formulas of group a alone; ``level:
        1`` (or ``within``) and ``level: 2`` (or ``between``) those of a two-level model, inside group blocks where
        there are both. What is not understood is refused with its line and column.
    data : DataFrame, str or Path, optional
        One row a case, numeric columns (more than the model's are no harm). Not changed. The path of a .parquet file
        is read a part at a time and need not fit in memory; robust standard errors read it once more. No resamples,
        factor scores or cases' influence can be had then.
    estimator : {"ML", "MLM", "MLR", "GLS", "ULS", "WLSMV", "DWLS", "ULSMV"}, optional
        "ML": maximum likelihood, the default for continuous variables. "MLM": the same with Satorra-Bentler scaled test
        and robust standard errors. "MLR": the same with Yuan-Bentler scaled test and Huber-White standard errors.
        "GLS", "ULS": generalised and unweighted least squares. "WLSMV": diagonally weighted least squares for ordered
        variables, their default, with robust standard errors and the scaled and shifted test. "DWLS": the same
        estimates without these corrections. "ULSMV": unweighted least squares of ordered variables, corrected alike.
    missing : {"listwise", "fiml", "pairwise"}
        "listwise": rows with a missing answer are left out. "fiml": they are kept (full information maximum
        likelihood; estimators ML and MLR). "pairwise": with ordered variables, each threshold and correlation comes
        from the answers there are to one or two variables; right where answers are missing completely at random.
    group : str, optional
        Column whose values part the cases into groups. Their order, in which ``c(b1, b2)*`` names them, is that of the
        categories where the column is a pandas Categorical, else the order of appearance.
    group_equal : sequence of str
        What is held equal over groups: loadings, intercepts, thresholds, means, residuals, residual_covariances,
        lv_variances, lv_covariances, regressions.
    group_partial : sequence of str
        Parameters exempt from `group_equal`, such as ``"f =~ x2"`` or ``"x3 ~1"``.
    cluster : str or sequence of str, optional
        Column with the cluster of each case: standard errors and tests become cluster-robust, as with the estimators
        MLR and WLSMV. Where MLR was not asked for, the test's scaling leaves out second derivatives, lavaan's default.
        Several columns are classifications that cross each other, such as ``["centre", "department"]`` (Cameron,
        Gelbach & Miller, 2011). Intervals and p-values come from the t distribution with the fewest clusters less one
        degrees of freedom. With ``level:`` blocks one column is what the levels are made of (estimators ML and MLR).
    sampling_weights : str, optional
        Column with how many people of the population each case stands for, above zero; within a group they are
        brought to a mean of one. Standard errors and tests become robust, as with the estimators MLR and WLSMV.
    strata : str, optional
        Column with the stratum that each case, or its cluster, was drawn from: deviations are from the stratum's mean.
    ordered : True, str or sequence of str, optional
        The variables that are ordered answers (True: all but the covariates). Those with thresholds in the text
        (``x1 | t1``) and ordered pandas categoricals are ordered in any case. Each has a normal variable behind it.
        Covariates, which predict and are predicted by nothing, are numbers, yes or no, or columns of 0 and 1 whatever
        their distribution: thresholds, slopes and residual correlations are estimated given them.
    parameterization : {"delta", "theta"}
        "delta": the normal variables behind ordered ones have variance 1 unless their scale is freed
        (``x1 ~*~ NA*x1``). "theta": their residual variances are 1 unless they are freed (``x1 ~~ NA*x1``).
    std_lv : bool
        Fix latent variances at one instead of each first loading.
    mean_structure : bool, optional
        Add intercepts; by default where the text has ``~1``, with groups, with FIML, and where `sample_mean` is given.
    likelihood : {"normal", "wishart"}
        "normal": denominator n. "wishart": n - 1.
    sample_cov : DataFrame, optional
        Covariances (denominator n - 1) instead of data.
    sample_mean : Series, optional
        Means that go with `sample_cov`.
    n_obs : int, optional
        Number of cases behind `sample_cov`.

    Returns
    -------
    Fit
        Estimates (`tidy`), text for people (`summary`), fit measures, effects, resamples and the rest: see its
        methods. A fit that did not converge or is improper is returned too, and says so in `problems`. Of a text with
        ``level:`` blocks it is a TwoLevelFit, whose methods speak of levels.

    Raises
    ------
    EmolaborError
        A mistake in the text (line and column are named), in the data or in an argument.

    Notes
    -----
    Defaults are those of lavaan's ``sem()``: first loading fixed, automatic residual variances, covariances among
    exogenous latent variables and among the residuals of pure outcomes, observed exogenous variables fixed.
    Checked against lavaan 0.6-14.

    References
    ----------
    Arbuckle, J. L. (1996). Full information estimation in the presence of incomplete data. In G. A. Marcoulides & R. E.
    Schumacker (Eds.), Advanced structural equation modeling (pp. 243-277). Erlbaum.
    Asparouhov, T., & Muthen, B. (2010). Simple second order chi-square correction. Mplus technical appendix.
    Bollen, K. A. (1989). Structural equations with latent variables. Wiley.
    Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011). Robust inference with multiway clustering. Journal of
    Business & Economic Statistics, 29(2), 238-249.
    Muthen, B. (1984). A general structural equation model with dichotomous, ordered categorical, and continuous latent
    variable indicators. Psychometrika, 49(1), 115-132.
    Rosseel, Y. (2021). Evaluating the observed log-likelihood function in two-level structural equation modeling with
    missing data: From formulas to R code. Psych, 3(2), 197-232.
    Satorra, A., & Bentler, P. M. (1994). Corrections to test statistics and standard errors in covariance structure
    analysis. In A. von Eye & C. C. Clogg (Eds.), Latent variables analysis (pp. 399-419). Sage.
    Yuan, K.-H., & Bentler, P. M. (2000). Three likelihood-based methods for mean and covariance structure analysis with
    nonnormal missing data. Sociological Methodology, 30(1), 165-200.

    Examples
    --------
    >>> import emolabor as el
    >>> model = '''
    ... surface_acting =~ sa1 + sa2 + sa3 + sa4
    ... exhaustion =~ ex1 + ex2 + ex3 + ex4
    ... exhaustion ~ surface_acting
    ... '''
    >>> fit = el.sem(model, el.simulate_staff(n=400, seed=1), estimator="MLR", missing="fiml")
    >>> fit.admissible, fit.fit_measures()[["cfi_robust", "rmsea_robust", "srmr"]].round(3).tolist()
    (True, [0.996, 0.026, 0.021])
    >>> fit.tidy().query("op == '~'")[["lhs", "rhs", "est", "se", "pvalue", "std_all"]].round(3)
              lhs             rhs    est     se  pvalue  std_all
    8  exhaustion  surface_acting  0.495  0.063     0.0    0.499
    """
    estimator, missing = canonical(estimator, missing)
    given = locals()
    _check_options(given)
    if not isinstance(model, str):
        refuse("model", type(model).__name__, "a text such as 'f =~ x1 + x2 + x3'")
    if has_levels(_parsed(model)):
        held_equal = _names(group_equal), _names(group_partial)
        return fit_two_levels(model, _parsed(model), given, held_equal)  # type: ignore[return-value]
    chosen = _ordered(model, data, ordered)
    row = estimator_for(estimator, chosen, any(given[name] is not None for name in DESIGN))
    # lavaan 0.6-14 takes sampling weights as asking for MLR.
    linear_test = cluster is not None and sampling_weights is None and estimator in (None, MAXIMUM_LIKELIHOOD.name)
    variables = _classified(model, not row.least_squares)
    check_estimator(row, given, chosen)
    means = mean_structure
    if means is None:
        means = any(own is not None for own in (sample_mean, group, cluster, strata)) or missing == "fiml"
    wishart = likelihood == "wishart" or row.least_squares
    names = variables.observed
    thresholds, is_theta = (), parameterization == "theta"
    if sample_cov is not None:  # and no data: one of them is there
        samples, columns = [sample_from_cov(sample_cov, sample_mean, n_obs, names, wishart)], sample_cov.columns
    elif isinstance(data, str | Path):
        _check_design_of_file(given)
        columns = column_names(data)
        _check_latent_names(variables.latent, columns)
        one = next(iter(cluster_names(cluster)), None)
        samples = samples_from_parquet(
            data, names, group=group, cluster=one, missing=missing, wishart=wishart, exogenous=variables.fixed_x
        )
    else:
        columns = getattr(data, "columns", ())
        _check_latent_names(variables.latent, () if row.ordered else columns)
        check_frame(data)
        check_covariates(data, variables.fixed_x)
        drawn = read_drawn(data, cluster, strata, sampling_weights)
        answers = read_columns(data, names, ordered=chosen, group=group, drawn=drawn)
        if row.ordered:
            samples = ordinal_samples(answers, missing, variables.fixed_x)
            thresholds = samples[0].answers.thresholds(names)
        else:
            samples = continuous_samples(answers, missing, wishart, variables.fixed_x)
    equal, partial = _names(group_equal), _names(group_partial)
    held = (bool(std_lv), bool(means), equal, partial, not row.least_squares)
    table = _completed(model, tuple(sample.label for sample in samples), *held, thresholds, is_theta)
    if table.mean_structure:
        predictors = {row.rhs for row in table.rows if row.op == "~"}
        for sample in samples:
            check_means(names, sample.mean, np.sqrt(np.diag(sample.cov)), predictors)
    fit = fit_table(model, table, samples, row, fiml=missing == "fiml", linear_test=linear_test)
    return replace(fit, columns=tuple(columns), group=group)


def fit_table(
    text: str,
    table: ParameterTable,
    samples: list[Sample],
    estimator: Estimator = MAXIMUM_LIKELIHOOD,
    start: np.ndarray | None = None,
    fiml: bool = False,
    linear_test: bool = False,
) -> Fit:
    """Fit a parameter table to samples.

    Parameters
    ----------
    text : str
        The model text, kept for the record.
    table : ParameterTable
    samples : list of Sample
    estimator : Estimator
    start : ndarray (q,), optional
    fiml : bool
        Full information was asked for, whether or not answers are missing: observed information, robust indices.
    linear_test : bool
        As in `Model`.

    Returns
    -------
    Fit
    """
    bound = Model.bind(table, samples, estimator, fiml, linear_test)
    estimate = estimate_parameters(bound, start_values(table, samples, bound.structures) if start is None else start)
    errors = bound.estimator.errors
    if errors == "information":
        errors = "observed" if fiml else "expected"
    return Fit(text, bound, estimate, errors)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Syntax:
    """The parsed text, kept: simulations and resamples ask for the same one thousands of times."""
    return parse_model(text)


@lru_cache(maxsize=64)
def _classified(text: str, fixed_x: bool) -> Variables:
    return classify(joined(_parsed(text)), fixed_x)


@lru_cache(maxsize=64)
def _completed(
    text: str,
    labels: tuple[str, ...],
    std_lv: bool,
    mean_structure: bool,
    group_equal: tuple[str, ...],
    group_partial: tuple[str, ...],
    fixed_x: bool,
    ordered: Any,
    is_theta: bool,
) -> ParameterTable:
    syntax = _parsed(text)
    groups = by_group(syntax, labels)
    check_groups(groups, fixed_x, labels)
    return build_table(
        joined(syntax),
        n_groups=len(labels),
        std_lv=std_lv,
        mean_structure=mean_structure,
        group_equal=group_equal,
        group_partial=group_partial,
        fixed_x=fixed_x,
        ordered=ordered,
        is_theta=is_theta,
        by_group=groups,
    )


def _check_latent_names(latent: Iterable[str], columns: Collection[Any]) -> None:
    """A latent variable called like a column would be one or the other, who knows which."""
    for name in latent:
        if name in columns:
            refuse_because("model", f"the latent variable '{name}' is a column of data", "another name")


def _ordered(text: str, data: Any, ordered: Any) -> tuple[str, ...]:
    """Names of the ordered variables."""
    if data is None:
        if ordered:
            raise EmolaborError("ordered: needs the data, not their covariances (sample_cov)")
        return ()
    by_text = [term.lhs for term in _parsed(text).terms if term.op in ("|", "~*~")]
    if isinstance(data, str | Path):
        if ordered or by_text:
            raise EmolaborError("ordered: needs a DataFrame, not a file; read it with pandas.read_parquet")
        return ()
    check_frame(data)
    return ordered_in(data, _classified(text, True), ordered, by_text)


def _check_design_of_file(given: dict[str, Any]) -> None:
    """Refuse what a file that is read a part at a time does not serve."""
    several = cluster_names(given["cluster"])[1:]
    for name, asked in (
        ("cluster", several),
        ("sampling_weights", given["sampling_weights"]),
        ("strata", given["strata"]),
    ):
        if asked:
            found = "several classifications with a file" if name == "cluster" else "with a file"
            refuse_because(name, found, "a DataFrame; read the file with pandas.read_parquet")


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable) or not all(isinstance(name, str) for name in value):
        refuse("group_equal, group_partial", shown(value), "names such as 'loadings'")
    return tuple(value)


def _check_options(given: dict[str, Any]) -> None:
    for name, allowed in OPTIONS.items():
        if given[name] not in allowed and not (name == "estimator" and given[name] is None):
            refuse(name, shown(given[name]), allowed)
    switches: dict[str, tuple[bool | None, ...]] = {"std_lv": (True, False), "mean_structure": (True, False, None)}
    for name, values in switches.items():
        if not isinstance(given[name], bool | np.bool_ | None):
            refuse(name, shown(given[name]), values)
    data = given["data"]
    if (data is None) == (given["sample_cov"] is None):
        found = "neither" if data is None else "both"
        refuse("data, sample_cov", found, "exactly one of them")
    if data is not None and (given["sample_mean"] is not None or given["n_obs"] is not None):
        refuse("sample_mean, n_obs", "with data", "with sample_cov only")
    if given["group"] is None and (given["group_equal"] or given["group_partial"]):
        refuse("group_equal, group_partial", "without group", "with group only")


cfa = sem
