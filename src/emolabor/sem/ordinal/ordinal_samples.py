"""Samples with ordered answers: thresholds, correlations and how precise they are, one sample a group."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.linalg import cross_product_root
from emolabor.sem.observed.columns import Answers, quoted, used_categories
from emolabor.sem.observed.design import with_designs
from emolabor.sem.observed.samples import Sample, check_variances, without_exogenous
from emolabor.sem.ordinal.conditional_statistics import conditional_statistics
from emolabor.sem.ordinal.conditional_step import conditional_step, moments_over_covariates
from emolabor.sem.ordinal.ordinal_statistics import Statistics, statistics_of
from emolabor.sem.ordinal.stage_one import FirstStep, first_step


@dataclass(frozen=True)
class OrdinalSample(Sample):
    """One group with ordered answers.

    `cov` holds polychoric and polyserial correlations times the continuous variables' standard deviations, `mean` zero
    for ordered variables; `data` category numbers and values, NaN where missing. `weights` (s,) are those of the
    statistics. `covariates` are the places of variables that the statistics are conditional on.
    """

    answers: Answers | None = None
    step: FirstStep | None = None
    statistics: Statistics | None = None
    weights: np.ndarray | None = None
    covariates: tuple[int, ...] = ()

    @cached_property
    def root(self):
        """A matrix (r, s) whose cross-product is the asymptotic covariance matrix of the statistics.

        The influences of the cases where these are fewer than the statistics, else as many rows as statistics: traces
        of products of that matrix come from it without a square as wide as the statistics of many items. Where cases
        come in units, the sums of units over all groups, whose cross-product is a signed one.
        """
        influence = self.statistics.influence
        if self.in_units:
            return self.design.sums(influence.blocks(), influence.n_statistics) / np.sqrt(self.n)
        if self.n <= influence.n_statistics:
            root, first = np.empty((self.n, influence.n_statistics)), 0
            for rows in influence.blocks():
                np.divide(rows, np.sqrt(self.n), out=root[first : first + len(rows)])
                first += len(rows)
            return root
        product = 0.0
        for rows in influence.blocks():
            product = product + rows.T @ rows
        return cross_product_root(product / self.n)

    @property
    def gamma(self):
        """Asymptotic covariance matrix of the statistics (s, s)."""
        return self.root.T @ self.signed(self.root)


def ordered_in(data, variables, ordered, by_text):
    """The names that are ordered: declared, given thresholds in the text, or an ordered categorical in the data.

    True declares all but the covariates: these are taken as they are, and refused where they are declared by name.

    Parameters
    ----------
    data : DataFrame
    variables : Variables
    ordered : True, str, sequence of str or None
        Columns of the data that are not in the model do no harm.
    by_text : sequence of str

    Returns
    -------
    tuple of str
    """
    names = variables.observed
    if ordered is True:
        declared = [name for name in names if name not in variables.fixed_x]
    elif ordered is None or ordered is False:
        declared = ()
    else:
        # A tuple, because what is "in" a pandas Series is its index.
        declared = (ordered,) if isinstance(ordered, str) or not isinstance(ordered, Iterable) else tuple(ordered)
    if not all(isinstance(name, str) for name in declared):
        refuse("ordered", shown(ordered), "True or names of columns")
    unknown = [name for name in declared if name not in data.columns]
    if unknown and ordered is not True:
        refuse_because("ordered", f"{quoted(unknown)} is no column", quoted(data.columns[:30]))

    categorical = {
        data.columns[place]
        for place, kind in enumerate(data.dtypes)
        if isinstance(kind, pd.CategoricalDtype) and kind.ordered
    }
    found = tuple(name for name in names if name in declared or name in by_text or name in categorical)
    covariate = next((name for name in found if name in variables.fixed_x), None)
    if covariate is not None:
        refuse_because(
            "ordered",
            f"'{covariate}' predicts and is predicted by nothing, so that it is a number or a yes or no",
            f"'{covariate}' as numbers or as columns of 0 and 1 (pandas.get_dummies), not ordered; or '{covariate} ~~ "
            f"{covariate}' in the text, which puts a normal variable behind it",
        )
    return found


def ordinal_samples(columns, missing="listwise", covariates=()):
    """Samples of ordered and continuous answers, one a group.

    Parameters
    ----------
    columns : Columns
    missing : str
        "listwise": rows with a missing answer are left out. "pairwise": each statistic comes from the answers there
        are; rows without a covariate are left out.
    covariates : sequence of str
        Variables that the others are conditional on.

    Returns
    -------
    list of OrdinalSample
    """
    names, labels, members = columns.names, columns.labels, columns.members
    places = tuple(names.index(name) for name in covariates)
    holes = np.isnan(columns.answers.values)
    _refuse_unanswered(holes, names, members, labels)
    kept = ~holes.any(axis=1) if missing == "listwise" else ~holes.all(axis=1) & ~holes[:, places].any(axis=1)
    if kept.sum() < 2:
        refuse_because("data", f"{int(kept.sum())} rows without a missing answer", "two or more")
    answers = used_categories(columns.answers, names, kept)
    _refuse_empty(answers, names, members[kept], labels)
    samples, drawn = [], []
    for i, label in enumerate(labels):
        here = members[kept] == i
        if here.sum() <= len(names):
            where = f"data, group {label}" if len(labels) > 1 else "data"
            refuse_because(
                where, f"{here.sum()} rows with answers for {len(names)} variables", "more rows than variables"
            )
        dropped = int((~kept & (members == i)).sum())
        own = replace(answers, values=np.ascontiguousarray(answers.values[here]))
        if places:
            at = f"data, group {label}" if len(labels) > 1 else "data"
            check_variances(
                np.atleast_2d(np.cov(own.values[:, places].T)), covariates, at, own.values[:, places].mean(0)
            )
        without = without_exogenous(holes[members == i], names, covariates) if missing == "pairwise" else {}
        rows = np.flatnonzero(kept)[here]
        drawn.append(columns.drawn.at(rows))
        sample = ordinal_sample(own, names, str(label), dropped, places, drawn[-1].weights)
        samples.append(replace(sample, rows=rows, labels=columns.index, **without))
    return with_designs(samples, drawn)


def ordinal_sample(answers, names, label="", dropped=0, covariates=(), weights=None):
    """The sample of one group's answers; `weights` (n,) are sampling weights with mean one.

    The statistics' own weights are over what cases drawn one by one would show: clusters do not move estimates.
    """
    if covariates:
        step = conditional_step(answers, names, covariates, weights)
        statistics = conditional_statistics(step)
        cov, mean = moments_over_covariates(step)
    else:
        step = first_step(answers, names, weights)
        statistics = statistics_of(step)
        cov, mean = step.correlations * np.outer(step.sd, step.sd), step.mean
    n = len(answers.values)
    squares = sum(np.einsum("ns,ns->s", rows, rows) for rows in statistics.influence.blocks())
    with np.errstate(divide="ignore"):
        by_precision = n / squares
    return OrdinalSample(
        cov,
        mean,
        n,
        n - 1.0,
        label,
        dropped,
        answers.values,
        answers=answers,
        step=step,
        statistics=statistics,
        weights=by_precision,
        covariates=covariates,
    )


def ordinal_resample(sample, counts, names):
    """The sample of cases drawn as often as counts (n,) say; None where a category is lost."""
    answers = replace(sample.answers, values=np.repeat(sample.answers.values, counts, axis=0))
    weights = sample.resampled_weights(counts)
    for place, k in enumerate(answers.n_categories):
        if len(np.unique(answers.values[~np.isnan(answers.values[:, place]), place])) < max(k, 2):
            return None
    try:
        return ordinal_sample(answers, names, covariates=sample.covariates, weights=weights)
    except EmolaborError:
        return None


def _refuse_unanswered(holes, names, members, labels):
    """Every group must have values of every variable, before rows are left out for another one."""
    for i, label in enumerate(labels):
        for place in np.flatnonzero(holes[members == i].all(axis=0)):
            where = f"data, group {label}" if len(labels) > 1 else "data"
            refuse_because(where, f"'{names[place]}' without any value", "columns with answers")


def _refuse_empty(answers, names, members, labels):
    """Every group must use every category: otherwise it has no threshold there."""
    for place, name in enumerate(names):
        for i, label in enumerate(labels):
            own = answers.values[members == i, place]
            where = f"data, group {label}" if len(labels) > 1 else "data"
            if np.isnan(own).all():
                refuse_because(where, f"'{name}' without any value", "columns with answers")
            if answers.ordered[place]:
                seen = np.unique(own[~np.isnan(own)]).astype(int)
                empty = [answers.categories[place][k] for k in range(len(answers.categories[place])) if k not in seen]
                if empty:
                    refuse_because(
                        where,
                        f"nobody chose {empty[0]} of '{name}'",
                        "categories that every group uses; join neighbouring categories",
                    )
            elif np.nanvar(own) == 0:
                refuse_because(where, f"'{name}' does not vary", "variables with a variance above zero")
