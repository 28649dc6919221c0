"""The model of the claims with a product term for each moderated path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from emolabor.sem import Interaction, interaction
from emolabor.theory.models import full_model

if TYPE_CHECKING:
    from emolabor.theory.claims import Claim


@dataclass(frozen=True)
class ModeratedModel:
    """A model with product terms, and the data with the product indicators.

    Attributes
    ----------
    model : str
        The text to be fitted.
    data : DataFrame
        The items with the product indicators.
    interactions : dict of str to Interaction
        A path's key, such as ``surface_acting*unit_guidance>exhaustion``, to its product; ask
        `simple_slopes` and its neighbours with one of them.
    """

    model: str
    data: pd.DataFrame
    interactions: dict[str, Interaction]


def moderated_model(
    instrument_dimensions: dict[str, list[str]], claims: Iterable[Claim], data: pd.DataFrame
) -> ModeratedModel:
    """Add a product term for every moderated path to the model that follows from the claims.

    The whole model is kept around the products: a sub-model of the outcome would leave out what predictor and moderator
    share with the rest, and the first-order paths would no longer be those of the other claims. The product indicators
    are matched and centred twice (Marsh, Wen & Hau 2004, *Psychological Methods* 9:275-300; Lin, Wen, Marsh & Lin
    2010, *Structural Equation Modeling* 17:374-391). Where the model explains the predictor or the moderator, its
    residual may covary with the product: only normal data make that covariance zero.

    Parameters
    ----------
    instrument_dimensions : dict of str to list of str
        Dimension key to item keys, as `Instrument.dimensions()` gives them.
    claims : iterable of Claim
        The claims to estimate.
    data : DataFrame
        The items, reverse-worded ones turned; not changed.

    Returns
    -------
    ModeratedModel
        Without a moderated path among the claims: the plain model and data, and no interaction.

    Raises
    ------
    EmolaborError
        A construct without items, or items that cannot be matched.

    Examples
    --------
    >>> import emolabor as el
    >>> keys = {"da": "deep_acting", "ex": "exhaustion", "sq": "service_quality"}
    >>> items = {name: [f"{key}{i}" for i in (1, 2, 3)] for key, name in keys.items()}
    >>> claims = [claim for claim in el.load_claims() if claim.id == "C08"]
    >>> print(el.moderated_model(items, claims, el.simulate_staff(100)).model)
    deep_acting =~ da1 + da2 + da3
    exhaustion =~ ex1 + ex2 + ex3
    service_quality =~ sq1 + sq2 + sq3
    service_quality ~ deep_acting + exhaustion
    deep_acting_x_exhaustion =~ da1.ex1 + da2.ex2 + da3.ex3
    service_quality ~ deep_acting_x_exhaustion
    """
    claims = tuple(claims)
    text = full_model(instrument_dimensions, claims)
    paths = [path for claim in claims for path in claim.paths]
    explained = {to for path in paths for _, to in path.steps}
    found = {}
    for path in paths:
        if path.moderator and path.key not in found:
            added = interaction(text, data, path.source, path.moderator, path.to)
            text, data = added.model, added.data
            text += "".join(f"\n{part} ~~ {added.term}" for part in (path.source, path.moderator) if part in explained)
            found[path.key] = added
    return ModeratedModel(text, data, found)
