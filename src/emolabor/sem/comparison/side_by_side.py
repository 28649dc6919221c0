"""Fits side by side: one row a model, as papers print it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, shown
from emolabor.common.notices import joined
from emolabor.sem.evaluation.reported_measures import MEASURES, reported_names
from emolabor.sem.fit import Fit
from emolabor.sem.two_level.fit import TwoLevelFit

# Moments of the same data differ by rounding only, relative to the standard deviations.
SAME = 1e-6


def compare(fits: dict[str, Fit]) -> pd.DataFrame:
    """Set fits side by side.

    Parameters
    ----------
    fits : dict of str to Fit
        Names and models, in the order of the rows.

    Returns
    -------
    DataFrame
        One row a model, under its name: estimator, n_obs, npar, chisq, df, pvalue, cfi, tli, rmsea with its 90 %
        interval, srmr, aic, bic; beside them what is reported in their place where estimators are robust or
        answers incomplete: the scaled test (`_scaled`) and the robust indices (`_robust`; `_scaled` where there are
        none); admissible; `note`: why the solution is not admissible, and why AIC and BIC cannot be compared with the
        first model's.

    Raises
    ------
    EmolaborError
        Not a dict of names and fits.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=400, seed=1)
    >>> two = el.cfa("surface =~ sa1 + sa2 + sa3; deep =~ da1 + da2 + da3", staff)
    >>> one = el.cfa("acting =~ sa1 + sa2 + sa3 + da1 + da2 + da3", staff)
    >>> found = el.compare({"two factors": two, "one factor": one})
    >>> found[["chisq", "df", "cfi", "rmsea", "srmr"]].round(2).reset_index()
             model   chisq  df   cfi  rmsea  srmr
    0  two factors   17.74   8  0.98   0.06  0.02
    1   one factor  264.48   9  0.61   0.28  0.16
    """
    if (
        not isinstance(fits, Mapping)
        or not fits
        or not all(isinstance(fit, Fit | TwoLevelFit) for fit in fits.values())
    ):
        refuse("fits", shown(fits), "a dict of names and fits, such as {'main': fit, 'reversed': other}")
    first = next(iter(fits.values()))
    measures = {name: fit.fit_measures() for name, fit in fits.items()}
    reported = [reported_names(own) for own in measures.values()]
    named = ((plain, *(own.get(plain, plain) for own in reported)) for plain in MEASURES)
    columns = list(dict.fromkeys(name for names in named for name in names))
    rows = []
    for name, fit in fits.items():
        notes = [joined(fit.problems), why_not_by_information(first, fit)]
        rows.append(
            {
                "estimator": fit.estimator,
                "n_obs": fit.n_obs,
                "npar": fit.estimate.n_free,
                **{column: measures[name].get(column, np.nan) for column in columns},
                "admissible": fit.admissible,
                "note": "; ".join(note for note in notes if note),
            }
        )
    return pd.DataFrame(rows, index=pd.Index([str(name) for name in fits], name="model")).astype({"df": int})


def why_not_by_information(first: Any, fit: Any) -> Any:
    """The reason why AIC and BIC of two fits cannot be compared, in words; empty where they can."""
    here, other = fit.model, first.model
    variables, theirs = here.table.variables, other.table.variables
    if any("aic" not in each.fit_measures() for each in (first, fit)):
        reason = "least squares have none" if "aic" not in fit.fit_measures() else ""
    elif set(variables.observed) != set(theirs.observed):
        reason = f"other variables: {', '.join(sorted(set(variables.observed) ^ set(theirs.observed)))}"
    elif set(variables.fixed_x) != set(theirs.fixed_x):
        reason = "other exogenous variables are fixed"
    elif here.table.mean_structure != other.table.mean_structure:
        reason = "means are parameters of one model only"
    elif here.n_obs != other.n_obs:
        reason = f"other cases: {here.n_obs} instead of {other.n_obs}"
    elif not _same_answers(here, other):
        reason = "other data"
    else:
        reason = ""
    return f"AIC and BIC cannot be compared with the first model's ({reason})" if reason else ""


def _same_answers(model: Any, other: Any) -> Any:
    """Whether the moments over all cases agree; means count where they are modelled."""
    order = [other.table.variables.observed.index(name) for name in model.table.variables.observed]
    (cov, mean), (their_cov, their_mean) = _pooled(model.samples), _pooled(other.samples)
    scale = np.sqrt(np.diag(cov))
    gap = np.abs(cov - their_cov[np.ix_(order, order)]) / np.outer(scale, scale)
    shift = np.abs(mean - their_mean[order]) / scale * model.table.mean_structure
    return bool(max(gap.max(), shift.max()) < SAME)


def _pooled(samples: Any) -> Any:
    """Covariances (p, p) with denominator n, by pairs where answers are missing, and means (p,) over all groups."""
    if samples[0].data is None:
        return samples[0].cov * (samples[0].weight / samples[0].n), samples[0].mean
    answers = pd.DataFrame(np.vstack([sample.data for sample in samples]))
    return answers.cov(ddof=0).to_numpy(), answers.mean().to_numpy()
