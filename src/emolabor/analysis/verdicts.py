"""What a fit says about each claim: supported, contradicted or undecided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem import interaction_size

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.moderation.product_indicators import Interaction
    from emolabor.theory.claims import Claim

COLUMNS = ("section", "expected", "est", "ci_lower", "ci_upper", "verdict")


def verdicts(
    fit: Fit, claims: Iterable[Claim], smallest_effect: float = 0.05, products: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Judge every path of every claim by its standardized estimate and 95 % interval.

    With d the direction that the claim expects (1 or -1), the rule reads the estimate and the interval times d:

    - *supported*: the whole interval lies above 0 and the estimate is at least the smallest effect of interest;
    - *contradicted*: the whole interval lies below the smallest effect of interest, so an association of that size in
      the expected direction is ruled out, whether the true one is negligible or points the other way (inferiority
      test; Lakens 2017, *Social Psychological and Personality Science* 8:355-362);
    - *undecided*: anything else: the interval leaves both open, or lies above 0 with an estimate below the smallest
      effect of interest;
    - *not testable*: the claim says that data of this kind cannot test it;
    - *not measured*: a construct that the path names is not in these data (`theory.measured_claims`);
    - *not estimated*: neither the fit nor the products hold such a parameter.

    The first two cannot hold together. Since a two-sided 95 % interval is read on one side, each errs in at most
    2.5 % of samples at its own limit. A fit that did not converge or is improper decides nothing: all its paths are
    undecided. "Supported" means associated as expected; data from one point in time show no causes. An indirect path is
    a product of numbers below 1, so the same smallest effect asks more of it than of a direct one.

    Estimates and intervals are standardized, with the delta method's errors (`Fit.standardized`). A moderation is
    judged by the size of its product term (`product_terms`), the change of the standardized path with each standard
    deviation of the moderator.

    Parameters
    ----------
    fit : Fit
        A fit of `theory.full_model` for these claims.
    claims : iterable of Claim
        As `theory.load_claims` gives them.
    smallest_effect : float
        Smallest effect of interest, standardized, at least 0 and below 1.
    products : DataFrame, optional
        What `product_terms` says of the moderated paths; without it these are not estimated.

    Returns
    -------
    DataFrame
        One row a path of a claim, one for a claim without paths. Index claim and path
        (``C02 surface_acting>exhaustion``, ``C07``); columns section, expected (+ or -), est, ci_lower, ci_upper (all
        standardized; for an indirect path those of its defined parameter, for a moderated one those of its product),
        verdict, and where a path is not measured also lacking (the constructs that the data lack).

    Raises
    ------
    EmolaborError
        If `smallest_effect` is out of range.

    Examples
    --------
    >>> import emolabor as el
    >>> claims = [claim for claim in el.load_claims() if claim.id in ("C02", "C07")]
    >>> items = {"surface_acting": ["sa1", "sa2", "sa3", "sa4"], "exhaustion": ["ex1", "ex2", "ex3", "ex4"]}
    >>> el.verdicts(el.sem(el.full_model(items, claims), el.simulate_staff()), claims)["verdict"].to_dict()
    {'C02 surface_acting>exhaustion': 'supported', 'C07': 'not testable'}
    """
    if not 0 <= smallest_effect < 1:
        refuse("smallest_effect", shown(smallest_effect), "from 0 to below 1, standardized")
    claims = tuple(claims)
    estimates = _standardized(fit) | _of_products(products)
    rows: dict[str, tuple] = {}
    for claim in claims:
        if not claim.testable:
            rows[claim.id] = (claim.section, None, np.nan, np.nan, np.nan, "not testable")
        for path in claim.paths:
            est, lower, upper, sound = estimates.get(_parameter(path), (np.nan, np.nan, np.nan, None))
            direction = 1 if path.sign == "+" else -1
            verdict = "not estimated" if sound is None else "undecided"
            if sound:
                verdict = judge(est, lower, upper, direction, smallest_effect)
            rows[f"{claim.id} {path.key}"] = (claim.section, path.sign, est, lower, upper, verdict)
        for path in claim.unmeasured:
            rows[f"{claim.id} {path.key}"] = (claim.section, path.sign, np.nan, np.nan, np.nan, "not measured")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS)).rename_axis("claim")
    missing = {
        f"{claim.id} {path.key}": "&".join(names) for claim in claims for path, names in claim.unmeasured.items()
    }
    return table.assign(lacking=pd.Series(missing)) if missing else table


def judge(est, ci_lower, ci_upper, direction, smallest_effect):
    """Apply the rule of `verdicts` to one standardized estimate.

    Parameters
    ----------
    est, ci_lower, ci_upper : float
        Standardized estimate and the ends of its 95 % interval.
    direction : int
        The expected sign, 1 or -1.
    smallest_effect : float
        Smallest effect of interest.

    Returns
    -------
    str
        supported, contradicted or undecided; undecided too where a value is NaN.

    Examples
    --------
    >>> judge(-0.20, -0.30, -0.10, direction=-1, smallest_effect=0.05)
    'supported'
    >>> judge(0.01, -0.02, 0.04, direction=1, smallest_effect=0.05)
    'contradicted'
    >>> judge(0.06, -0.02, 0.14, direction=1, smallest_effect=0.05)
    'undecided'
    """
    near, far = sorted((direction * ci_lower, direction * ci_upper))
    if near > 0 and direction * est >= smallest_effect:
        return "supported"
    if far < smallest_effect:
        return "contradicted"
    return "undecided"


def product_terms(fit: Fit, interactions: dict[str, Interaction]) -> pd.DataFrame:
    """Tabulate the size of every product term of a fit.

    Parameters
    ----------
    fit : Fit
        Of a `theory.moderated_model`.
    interactions : dict of str to Interaction
        A path's key to its product, as that model has them.

    Returns
    -------
    DataFrame
        One row a moderated path, by its key: est, se, z, pvalue, ci_lower, ci_upper (standardized,
        `sem.interaction_size`), admissible (of the fit that it comes from).

    Raises
    ------
    EmolaborError
        The fit does not hold the product of an interaction.

    Examples
    --------
    >>> import emolabor as el
    >>> items = el.load_instrument("window_staff").dimensions()
    >>> claims = [claim for claim in el.load_claims() if claim.id == "C08"]
    >>> moderated = el.moderated_model(items, claims, el.simulate_staff(400))
    >>> fit = el.sem(moderated.model, moderated.data, estimator="MLR")
    >>> el.product_terms(fit, moderated.interactions)["admissible"].to_dict()
    {'deep_acting*exhaustion>service_quality': True}
    """
    rows = {key: interaction_size(fit, one) for key, one in interactions.items()}
    columns = ["est", "se", "z", "pvalue", "ci_lower", "ci_upper"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).assign(admissible=fit.admissible)


def _parameter(path):
    """Return by what a path's estimate is found: the key of a product, (outcome, predictor), or a defined name."""
    if path.moderator:
        return path.key
    return path.parameter if path.via else (path.to, path.source)


def _standardized(fit):
    """Map each regression and defined parameter to its standardized estimate, its ends, and whether to trust them."""
    table = fit.standardized()
    if "level" in table:
        refuse_because("fit", "a fit of two levels, at each of which a path may stand", "a fit of one level")
    return {
        row.lhs if row.op == ":=" else (row.lhs, row.rhs): (row.est, row.ci_lower, row.ci_upper, fit.admissible)
        for row in table[table["op"].isin(("~", ":="))].itertuples()
    }


def _of_products(products):
    if products is None:
        return {}
    return {row.Index: (row.est, row.ci_lower, row.ci_upper, row.admissible) for row in products.itertuples()}
