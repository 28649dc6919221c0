"""Reasons against trusting a two-level solution, and things to keep in mind about one that can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.notices import Notice
from emolabor.sem.evaluation.admissibility import FEW_CLUSTERS, HOLES, LEFT_OUT, SCALES, is_positive
from emolabor.sem.implied.ram import fill, implied_moments
from emolabor.sem.specification.blocks import LEVEL_NAMES
from emolabor.sem.specification.cautions import missing_codes
from emolabor.sem.two_level.two_level_measures import level_moments

if TYPE_CHECKING:
    from emolabor.sem.two_level.fit import TwoLevelFit

LITTLE = 0.01  # share of the variance between clusters below which a level has next to none


def level_problems(fit: TwoLevelFit) -> Iterator[Notice]:
    """Find what makes a two-level solution inadmissible, as `find_problems` does for one level.

    Parameters
    ----------
    fit : TwoLevelFit

    Yields
    ------
    Notice
        One reason.
    """
    optimum, theta = fit.estimate.optimum, fit.estimate.theta
    if not np.isfinite(optimum.value):
        yield Notice("constraints_unmet", "the search did not converge: the constraints could not be met")
    elif not fit.converged:
        largest = float(np.max(np.abs(optimum.gradient), initial=0.0))
        said = f"the search did not converge: the largest gradient is {largest:.2g} after {optimum.iterations} steps"
        yield Notice("not_converged", said)
    if fit.vcov().isna().to_numpy().any():
        yield Notice("not_identified", "the model is not identified: the information matrix is singular")
    slopes = bool(fit.tables.slopes)  # with which there is no saturated model
    df = 0 if slopes else fit.fit_measures()["df"]
    if df < 0:
        said = f"the model is not identified: it has {-int(df)} more parameters than moments"
        yield Notice("more_parameters_than_moments", said)
    if not slopes and not fit.bound.saturated[2].converged:
        said = "the saturated model did not converge: test, CFI, TLI and RMSEA are not those of the likelihood ratio"
        yield Notice("not_converged", said)
    tidy = fit.tidy()
    for row in tidy[(tidy.op == "~~") & (tidy.lhs == tidy.rhs) & (tidy.est < 0)].itertuples():
        said = f"the variance of {row.lhs} is negative ({row.est:.3f}{_at(fit, row.level, row.group)})"
        yield Notice("negative_variance", said)
    pairs = tidy[(tidy.op == "~~") & (tidy.lhs != tidy.rhs)]
    for row in pairs[pairs.std_all.abs() > 1].itertuples():
        place = _at(fit, row.level, row.group)
        said = f"the correlation of {row.lhs} and {row.rhs} is beyond 1 ({row.std_all:.3f}{place})"
        yield Notice("correlation_beyond_one", said)
    for group, pair in enumerate(fit.bound.pairs, start=1):
        for level, structure in enumerate((pair.within, pair.between), start=1):
            p = structure.n_observed
            if not is_positive(implied_moments(structure, theta).covariance[p:, p:]):
                said = f"the covariance matrix of the latent variables is not positive definite{_at(fit, level, group)}"
                yield Notice("latent_not_positive_definite", said)
            if not is_positive(fill(structure, theta)[1][:p, :p]):
                said = f"the covariance matrix of the residuals is not positive definite{_at(fit, level, group)}"
                yield Notice("residuals_not_positive_definite", said)


def level_warnings(fit: TwoLevelFit) -> Iterator[Notice]:
    """Find what makes the numbers of a two-level solution less sure than they look.

    Parameters
    ----------
    fit : TwoLevelFit

    Yields
    ------
    Notice
        One thing to keep in mind.
    """
    tidy, identified = fit.tidy(), fit.vcov().notna().all(axis=None)
    for row in tidy[(tidy.op == ":=") & (tidy.est.isna() | tidy.se.isna())].itertuples():
        if np.isnan(row.est):
            yield Notice("defined_without_value", f"{row.lhs} := {row.rhs} has no finite value at the estimates")
        elif identified:
            said = f"{row.lhs} := {row.rhs} has no finite standard error at the estimates"
            yield Notice("defined_without_error", said)
    measures, model = fit.fit_measures(), fit.bound
    if "chisq_scaled" in measures and np.isnan(measures["chisq_scaled"]):
        said = "the scaling factor of the test is not positive: there is no scaled test and no robust index"
        yield Notice("no_scaled_test", said)
    between = model.tables.levels[1]
    count = len(np.unique(between.free[between.free >= 0]))
    if model.n_clusters < count:
        said = (
            f"{model.n_clusters} clusters are fewer than the {count} free parameters of the between level: its "
            "standard errors are not reliable"
        )
        yield Notice("few_clusters", said)
    elif model.n_clusters < FEW_CLUSTERS:
        said = (
            f"{model.n_clusters} clusters are few, and what the between level says rests on their number: its standard "
            "errors are too small, and tests of fit too strict"
        )
        yield Notice("few_clusters", said)
    slopes = bool(model.tables.slopes)  # with which there is no saturated model
    moments = [()] * len(model.samples) if slopes else level_moments(model, fit.estimate.theta)
    for group, (sample, own) in enumerate(zip(model.samples, moments, strict=True), start=1):
        place = f"group {sample.label}: " if len(model.samples) > 1 else ""
        for name in model.tables.in_both if own else ():
            i, j = (table.variables.observed.index(name) for table in model.tables.levels)
            w, b = own[0][0][i, i], own[1][0][j, j]
            if b < LITTLE * (w + b):
                said = (
                    f"{place}{name} hardly varies between clusters (share {max(b, 0.0) / (w + b):.3f}): what the "
                    "between level says of it is not reliable"
                )
                yield Notice("level_without_variance", said)
        exogenous = dict.fromkeys(name for table in model.tables.levels for name in table.variables.fixed_x)
        yield from _left_out(sample, list(exogenous), place)
        yield from missing_codes(sample.cases, sample.names, place)
        variances = sample.grand[1].diagonal()
        if variances.max() > SCALES * variances.min():
            largest, smallest = sample.names[int(variances.argmax())], sample.names[int(variances.argmin())]
            ratio = f"{variances.max() / variances.min():.2g}"
            said = f"{place}the variance of {largest} is {ratio} times that of {smallest}: take similar scales"
            yield Notice("unequal_scales", said)


def _left_out(sample: Any, exogenous: list[str], place: str) -> Iterator[Notice]:
    """Warnings about rows that were left out and answers that are not there."""
    given, without = sample.n + sample.n_dropped, sample.n_without_exogenous
    if without:
        said = (
            f"{place}{without} of {given} rows were left out for a missing exogenous variable, which full information "
            "does not fill. To keep them make the exogenous variables part of the model, each at its level: "
            f"'{'; '.join(f'{name} ~~ {name}' for name in exogenous)}'"
        )
        yield Notice("exogenous_missing", said)
    if sample.n_dropped - without > LEFT_OUT * given:
        said = f"{place}{sample.n_dropped} rows with missing answers ({sample.n_dropped / given:.0%}) were left out"
        yield Notice("rows_left_out", said)
    whole = sample.n * sample.n_within + sample.n_clusters * (len(sample.names) - sample.n_within)
    if sample.n_values < (1 - HOLES) * whole:
        yield Notice("many_missing", f"{place}{1 - sample.n_values / whole:.0%} of the answers are missing")


def _at(fit: TwoLevelFit, level: int, group: int) -> str:
    return f" at the {LEVEL_NAMES[level - 1]} level" + (f" in group {group}" if fit.n_groups > 1 else "")
