"""What a fit says about each claim: at least as strong as what matters, below it, or open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_share
from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem import interaction_size
from emolabor.theory.constructs import SMALLEST

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.moderation.product_indicators import Interaction
    from emolabor.theory.claims import Claim

NUMBERS = ("est", "ci_lower", "ci_upper", "pvalue")
COLUMNS = ("section", "expected", *NUMBERS, "smallest", "verdict")
# What can be said of a path that was tested, in the order in which it is counted.
TESTED = ("at_least", "open", "below")
# The kind of a claim's path -> under which its smallest association of interest stands.
SIZES = {"path": "direct", "indirect": "indirect", "moderation": "product"}


def verdicts(
    fit: Fit,
    claims: Iterable[Claim],
    smallest: Mapping[str, float] = SMALLEST,
    products: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Judge every path of every claim by its standardized 95 % interval and the smallest association of interest.

    The rule is symmetric around that association, on the side that the claim expects:

    - *at_least*: the whole interval lies beyond it (minimal-effect test; Murphy & Myors 1999, *Journal of Applied
      Psychology* 84:234-248);
    - *below*: the whole interval falls short of it, so that an association of that size in the expected direction is
      ruled out, whether the true one is negligible or points the other way (inferiority test; Lakens 2017, *Social
      Psychological and Personality Science* 8:355-362);
    - *open*: the interval holds it;
    - *not_testable*: the claim says that data of this kind cannot test it;
    - *not_measured*: a construct that the path names is not in these data (`theory.measured_claims`);
    - *not_estimated*: neither the fit nor the products hold such a parameter.

    Since a two-sided 95 % interval is read on one side, *at_least* and *below* each err in at most 2.5 % of samples
    where the true association is the smallest of interest. A fit that did not converge or is improper decides nothing:
    all its paths are open. A verdict is about an association; data from one point in time show no causes.

    Estimates and intervals are standardized, with the delta method's errors (`Fit.standardized`). A moderation is
    judged by the size of its product term (`product_terms`), the change of the standardized path with each standard
    deviation of the moderator.

    Parameters
    ----------
    fit : Fit
        A fit of `theory.full_model` for these claims.
    claims : iterable of Claim
        As `theory.load_claims` gives them.
    smallest : dict of str to float
        Smallest association of interest, standardized, at least 0 and below 1, of a ``direct`` path, of an ``indirect``
        one (a product of two) and of a ``product`` term; a study file's `smallest`, by default the essay's study's.
    products : DataFrame, optional
        What `product_terms` says of the moderated paths; without it these are not estimated.

    Returns
    -------
    DataFrame
        One row a path of a claim, one for a claim without paths. Index claim and path
        (``C02 surface_acting>exhaustion``, ``C07``); columns section, expected (+ or -), est, ci_lower, ci_upper,
        pvalue (of no association; all standardized; for an indirect path those of its defined parameter, for a
        moderated one those of its product), smallest, verdict, pvalue_adjusted (the false discovery rate over all paths
        tested here, each counted once; Benjamini & Hochberg 1995, *Journal of the Royal Statistical Society B*
        57:289-300), and where a path is not measured also lacking (the constructs that the data lack).

    Raises
    ------
    EmolaborError
        If `smallest` lacks a kind of path, names another one, or is out of range.

    Examples
    --------
    >>> import emolabor as el
    >>> claims = [claim for claim in el.load_claims() if claim.id in ("C02", "C07")]
    >>> items = {"surface_acting": ["sa1", "sa2", "sa3", "sa4"], "exhaustion": ["ex1", "ex2", "ex3", "ex4"]}
    >>> el.verdicts(el.sem(el.full_model(items, claims), el.simulate_staff()), claims)["verdict"].to_dict()
    {'C02 surface_acting>exhaustion': 'at_least', 'C07': 'not_testable'}
    """
    _check_smallest(smallest)
    claims = tuple(claims)
    estimates = _standardized(fit) | _of_products(products)
    nothing = (np.nan,) * len(NUMBERS)
    rows: dict[str, tuple] = {}
    found = {}
    for claim in claims:
        if not claim.testable:
            rows[claim.id] = (claim.section, None, *nothing, np.nan, "not_testable")
        for path in claim.paths:
            numbers, sound = estimates.get(_parameter(path), (nothing, None))
            size = smallest[SIZES[path.kind]]
            verdict = "not_estimated" if sound is None else "open"
            if sound:
                verdict = judge(numbers[1], numbers[2], 1 if path.sign == "+" else -1, size)
                found[f"{claim.id} {path.key}"] = (path.key, numbers[3])
            rows[f"{claim.id} {path.key}"] = (claim.section, path.sign, *numbers, size, verdict)
        for path in claim.unmeasured:
            size = smallest[SIZES[path.kind]]
            rows[f"{claim.id} {path.key}"] = (claim.section, path.sign, *nothing, size, "not_measured")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS)).rename_axis("claim")
    table = table.assign(pvalue_adjusted=pd.Series(_adjusted(found), dtype=float))
    missing = {
        f"{claim.id} {path.key}": "&".join(names) for claim in claims for path, names in claim.unmeasured.items()
    }
    return table.assign(lacking=pd.Series(missing)) if missing else table


def judge(ci_lower, ci_upper, direction, smallest):
    """Apply the rule of `verdicts` to one standardized interval.

    Parameters
    ----------
    ci_lower, ci_upper : float
        The ends of the 95 % interval.
    direction : int
        The expected sign, 1 or -1.
    smallest : float
        Smallest association of interest.

    Returns
    -------
    str
        at_least, below or open; open too where an end is NaN.

    Examples
    --------
    >>> judge(-0.30, -0.15, direction=-1, smallest=0.10)
    'at_least'
    >>> judge(-0.02, 0.04, direction=1, smallest=0.10)
    'below'
    >>> judge(0.06, 0.14, direction=1, smallest=0.10)
    'open'
    """
    near, far = sorted((direction * ci_lower, direction * ci_upper))
    return "at_least" if near > smallest else "below" if far < smallest else "open"


def _check_smallest(smallest):
    if not isinstance(smallest, Mapping) or set(smallest) != set(SIZES.values()):
        refuse("smallest", shown(smallest), f"a number for each of {', '.join(SIZES.values())}")
    for kind, size in smallest.items():
        check_share(f"smallest: {kind}", size, zero=True)


def _adjusted(found):
    """Adjust p values, row to (parameter, p), to the false discovery rate; a parameter in two claims is one test."""
    from scipy.stats import false_discovery_control

    tests = {key: pvalue for key, pvalue in found.values() if not np.isnan(pvalue)}
    rates = dict(zip(tests, false_discovery_control(list(tests.values())), strict=True)) if tests else {}
    return {row: rates.get(key, np.nan) for row, (key, _) in found.items()}


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
        row.lhs if row.op == ":=" else (row.lhs, row.rhs): (
            tuple(getattr(row, name) for name in NUMBERS),
            fit.admissible,
        )
        for row in table[table["op"].isin(("~", ":="))].itertuples()
    }


def _of_products(products):
    if products is None:
        return {}
    return {row.Index: (tuple(getattr(row, name) for name in NUMBERS), row.admissible) for row in products.itertuples()}
