"""What a paper reports of a fit: the measures that its estimator calls for, under names that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

TEST = ("chisq", "pvalue")
INDICES = ("cfi", "tli", "rmsea", "rmsea_ci_lower", "rmsea_ci_upper")
MEASURES = ("chisq", "df", "pvalue", *INDICES, "srmr", "aic", "bic")


def reported_names(measures: pd.Series, robust: bool = True) -> dict[str, Any]:
    """Name the fit measures that are reported.

    Parameters
    ----------
    measures : Series
        As `Fit.fit_measures` gives them.
    robust : bool
        Whether robust indices are wanted where they exist. Steps of a ladder must be compared by one kind, and robust
        indices of ordered answers do not exist where scales are free.

    Returns
    -------
    dict
        Plain name -> name in `measures`, in the order of a report. The test is the scaled one (`chisq_scaled`) where
        there is one; the indices are the robust ones (`cfi_robust`), or else those of the scaled test (`cfi_scaled`).
        Under plain names stand plain measures only. What a fit lacks, such as AIC with least squares, is left out.
    """
    test = "_scaled" if "chisq_scaled" in measures else ""
    kinds = [kind for kind in ("_robust", "_scaled") if f"cfi{kind}" in measures and (robust or kind == "_scaled")]
    index = next((kind for kind in kinds if np.isfinite(measures[f"cfi{kind}"])), kinds[0] if kinds else "")
    names = {name: name + (test if name in TEST else index if name in INDICES else "") for name in MEASURES}
    return {plain: name for plain, name in names.items() if name in measures}


def reported_measures(fit: Fit) -> pd.Series:
    """Give the fit measures that a paper reports.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Series
        Test, indices with the interval of RMSEA, SRMR, AIC and BIC, as far as the fit has them: scaled and robust ones
        where the estimator has them, with `_scaled` and `_robust` at the end of their names.

    Examples
    --------
    >>> import emolabor as el
    >>> model, staff = "exhaustion =~ ex1 + ex2 + ex3 + ex4", el.simulate_staff(n=400, seed=1)
    >>> reported_measures(el.cfa(model, staff, estimator="MLR")).index[:5].tolist()
    ['chisq_scaled', 'df', 'pvalue_scaled', 'cfi_robust', 'tli_robust']
    """
    measures = fit.fit_measures()
    return pd.Series({name: measures[name] for name in reported_names(measures).values()})
