"""Keying audit: whether items run in the direction that their scale declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.checks import check_seed, check_whole
from emolabor.common.threads import one_thread
from emolabor.measurement.answers import answers_and_dimensions, as_instrument, complete_answers

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

# Share of resamples that must agree before a direction counts as known.
SURE = 0.95


@one_thread
def keying_audit(
    data: pd.DataFrame,
    scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]],
    *,
    n_resamples: int = 200,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare the direction of each item with its declared key.

    Items are turned as declared; then all of a dimension should point one way. The sign of an item's weight in the
    first principal component of the dimension's correlations tells whether it does. An item-rest correlation cannot:
    with half of the items turned wrongly it vanishes for all of them.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers as fielded; respondents with a missing answer on a dimension are left out of it.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`. With a mapping every item is declared straight.
    n_resamples, seed : int
        Of the bootstrap that tells how sure each direction is; one resample or more.

    Returns
    -------
    DataFrame
        One row an item, under its key: ``dimension``, ``declared`` ("straight" or "reversed"), ``weight`` (loading on
        the first component after turning as declared, positive where most of the dimension's items point),
        ``item_rest_r``, ``support`` (share of resamples with the same sign), ``verdict``: "agrees", "wrongly keyed"
        (negative, support of at least .95), "unclear" (support below .95: too few respondents, or an item that has
        little to do with the others), and ``note``.

    Raises
    ------
    EmolaborError
        No resample, and what `reliability` refuses.

    Notes
    -----
    Answers only tell which items run against which. The larger camp is taken as keyed rightly; where two camps are of
    one size, that of the dimension's first item, and the note says so: the wording decides. A dimension
    turned as a whole shows nowhere in its own answers; its correlations with other dimensions then have the wrong sign.

    Examples
    --------
    >>> import emolabor as el
    >>> answers = el.simulate_staff(n=400, seed=1)
    >>> answers["ic2"] = 6 - answers["ic2"]
    >>> found = el.keying_audit(answers, el.load_scale("institutional_clarity"))
    >>> found[["declared", "item_rest_r", "verdict"]].round(2)
         declared  item_rest_r        verdict
    ic1  straight         0.27         agrees
    ic2  straight        -0.68  wrongly keyed
    ic3  straight         0.22         agrees
    ic4  reversed         0.22         agrees
    """
    check_seed(seed)
    check_whole("n_resamples", n_resamples, 1)
    answers, dimensions = answers_and_dimensions(data, scale_or_dimensions)
    turned = _declared_reversed(scale_or_dimensions)
    rng = np.random.default_rng(seed)
    rows = {}
    for dimension, items in dimensions.items():
        complete = complete_answers(answers, items, f"dimension {dimension}")
        values = complete.to_numpy()
        weights, tie = oriented(first_component(values))
        resampled = [first_component(rng.choice(values, len(values))) for _ in range(n_resamples)]
        same = [np.sign(other * np.sign(other @ weights)) == np.sign(weights) for other in resampled]
        support = np.mean(same, axis=0)
        rest = values.sum(axis=1, keepdims=True) - values
        for i, item in enumerate(items):
            rows[item] = {
                "dimension": dimension,
                "declared": "reversed" if item in turned else "straight",
                "weight": float(weights[i]),
                "item_rest_r": float(np.corrcoef(values[:, i], rest[:, i])[0, 1]),
                "support": float(support[i]),
                "verdict": _verdict(weights[i], support[i]),
                "note": "half of the items run against the other half: the wording decides which" if tie else "",
            }
    return pd.DataFrame.from_dict(rows, orient="index")


def first_component(values):
    """Loadings on the first principal component of the correlations; an item that does not vary has none."""
    spread = values.std(axis=0)
    scores = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    eigenvalues, vectors = np.linalg.eigh(scores.T @ scores / len(values))
    return vectors[:, -1] * np.sqrt(eigenvalues[-1])


def oriented(weights):
    """Turn a component so that most items, or with two halves the first, are positive; tell whether there was a tie."""
    positive, negative = np.sum(weights > 0), np.sum(weights < 0)
    if positive == negative:
        return weights * np.sign(weights[0]), True
    return weights * (1.0 if positive > negative else -1.0), False


def _verdict(weight, support):
    if support < SURE:
        return "unclear"
    return "agrees" if weight > 0 else "wrongly keyed"


def _declared_reversed(scale_or_dimensions):
    if isinstance(scale_or_dimensions, dict):
        return frozenset()
    return as_instrument(scale_or_dimensions).reversed_items
