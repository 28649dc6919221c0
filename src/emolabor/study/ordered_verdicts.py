"""What WLSMV, which takes the answers as ordered categories, says of each claim."""

import pandas as pd

from emolabor.analysis import verdicts
from emolabor.common.errors import EmolaborError
from emolabor.sem import sem
from emolabor.sem.numerics import parse_model
from emolabor.study.table_study import TableStudy

# Answers of more different values are no categories any more, and their thresholds cost more than they tell.
MOST_CATEGORIES = 10


def wlsmv_verdicts(study):
    """Judge the claims once more, by the same model with the answers as ordered categories (WLSMV; Muthén, 1984).

    Parameters
    ----------
    study : Study or TableStudy
        From `open_study` or `open_table`.

    Returns
    -------
    Series
        Index as `analysis.verdicts` has it: the verdict, or why there is none: ``no_answers`` (a correlation table),
        ``continuous_answers`` (an item has more than 10 different answers), ``no_products`` (a moderated path: WLSMV
        has no product of ordered answers), ``no_solution`` (refused, or its solution is not admissible).

    Examples
    --------
    >>> from emolabor.study import open_study
    >>> study = open_study("data/simulated/study-windowstaff_sample-simulated_data.csv")
    >>> told = wlsmv_verdicts(study)
    >>> told[["C02 surface_acting>exhaustion", "C07"]].tolist()
    ['at_least', 'not_testable']
    """
    fit, reason = (None, "no_answers") if isinstance(study, TableStudy) else _ordered_fit(study)
    if fit is not None:
        told = verdicts(fit, study.claims, study.design.smallest)["verdict"]
    else:
        rows = {}
        for claim in study.claims:
            rows |= {} if claim.testable else {claim.id: "not_testable"}
            rows |= {f"{claim.id} {path.key}": reason for path in claim.paths}
            rows |= {f"{claim.id} {path.key}": "not_measured" for path in claim.unmeasured}
        told = pd.Series(rows, dtype=object)
    products = {f"{claim.id} {path.key}" for claim in study.claims for path in claim.paths if path.moderator}
    return told.where(~told.index.isin(products) | told.isin(["no_answers"]), "no_products").rename("wlsmv")


def _ordered_fit(study):
    """Fit the study's model with its items as ordered; else say why not."""
    items = {item for keys in study.instrument.dimensions().values() for item in keys}
    named = dict.fromkeys(name for term in parse_model(study.model).terms for name in (term.lhs, term.rhs))
    ordered = [name for name in named if name in items]
    if study.answers[ordered].nunique().max() > MOST_CATEGORIES:
        return None, "continuous_answers"
    try:
        fit = sem(study.model, study.answers, estimator="WLSMV", missing="pairwise", ordered=ordered)
    except EmolaborError:
        return None, "no_solution"
    return (fit, "") if fit.admissible else (None, "no_solution")
