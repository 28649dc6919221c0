"""From claims to model text: nothing about the paths is written anywhere but in the claims."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

from emolabor.common.errors import EmolaborError, refuse
from emolabor.theory.claims import ClaimPath
from emolabor.theory.constructs import CONSTRUCT_GROUPS

if TYPE_CHECKING:
    from emolabor.theory.claims import Claim


def measurement_model(dimensions: dict[str, list[str]]) -> str:
    """Write the measurement part: one latent variable a dimension.

    Parameters
    ----------
    dimensions : dict of str to list of str
        Dimension key to item keys; the first item is the marker that sets the latent variable's unit.

    Returns
    -------
    str
        Model text, one ``=~`` line a dimension.

    Examples
    --------
    >>> import emolabor as el
    >>> print(el.measurement_model({"exhaustion": ["ex1", "ex2", "ex3"]}))
    exhaustion =~ ex1 + ex2 + ex3
    """
    return "\n".join(f"{dimension} =~ {' + '.join(items)}" for dimension, items in dimensions.items())


def structural_model(
    claims: Iterable[Claim], indirect: bool = True, groups: dict[str, tuple[str, ...]] = CONSTRUCT_GROUPS
) -> str:
    """Write the structural part that the claims imply.

    - Regressions: each outcome once, in the order of `CONSTRUCTS`, on every construct from which a direct claim, a
      step of an indirect claim or a first-order term of a moderation claim leads to it. Product terms are not part of
      this model; `theory.moderated_model` adds them.
    - Residual covariances: constructs of one group that are not regressed on each other covary. The three emotional
      labour strategies answer the same display rules in the same people, the management factors describe the same
      workplace, and well-being and service each have causes outside the model; no claim says which member of a group
      comes first, so leaving their residuals uncorrelated would be a claim nobody makes, and would push what they
      share into the paths (Preacher & Hayes 2008, *Behavior Research Methods* 40:879-891, for parallel mediators).
      An explained construct of the first group covaries with those that no claim explains for the same reason. Pairs
      that are both unexplained, and pairs of outcomes that lead to nothing, covary by the engine's default and are not
      written.
    - Defined parameters: each indirect claim as the product of its labelled steps.

    Every pair of constructs has an arrow or a covariance, never both, and the arrows form no loop, so the structural
    part is identified (Brito & Pearl 2002, *Structural Equation Modeling* 9:459-474).

    Parameters
    ----------
    claims : iterable of Claim
        All claims or some of them; those without paths add nothing.
    indirect : bool
        Write the labels and defined parameters of indirect claims. Leave them out for a fit of several groups, in which
        a label would hold its path equal over the groups.
    groups : dict of str to tuple of str
        The constructs by group, in the order in which the model lists them.

    Returns
    -------
    str
        Model text; labels and defined parameters are construct keys joined by two underscores.

    Raises
    ------
    EmolaborError
        If the arrows of the claims form a loop.

    Examples
    --------
    >>> import emolabor as el
    >>> print(el.structural_model(claim for claim in el.load_claims() if claim.id in ("C01", "C03")))
    surface_acting ~ role_pressure
    exhaustion ~ surface_acting__exhaustion*surface_acting
    proactive_service ~ exhaustion__proactive_service*exhaustion
    surface_acting__exhaustion__proactive_service := surface_acting__exhaustion*exhaustion__proactive_service
    """
    return structure_text(_paths(claims, indirect), groups)


def structure_text(paths, groups=CONSTRUCT_GROUPS):
    """Write the structural part that paths imply, by the rules of `structural_model`.

    Parameters
    ----------
    paths : list of ClaimPath
        Of the claims, or of a rival of them.
    groups : dict of str to tuple of str
        The constructs by group, in the order in which the model lists them.

    Returns
    -------
    str
        Model text.

    Raises
    ------
    EmolaborError
        If the arrows form a loop.
    """
    predictors = _predictors(paths, groups)
    indirect = {path.parameter: path.step_labels for path in paths if path.via}
    labelled = {label for labels in indirect.values() for label in labels}
    return "\n".join(
        [
            *(_regression(outcome, predictors[outcome], labelled) for outcome in predictors),
            *(f"{one} ~~ {other}" for one, other in _covariances(predictors, groups)),
            *(f"{name} := {'*'.join(labels)}" for name, labels in indirect.items()),
        ]
    )


def full_model(
    instrument_dimensions: dict[str, list[str]],
    claims: Iterable[Claim],
    indirect: bool = True,
    groups: dict[str, tuple[str, ...]] = CONSTRUCT_GROUPS,
) -> str:
    """Join the measurement part of the constructs that the claims use with the structural part.

    Parameters
    ----------
    instrument_dimensions : dict of str to list of str
        Dimension key to item keys, as `Instrument.dimensions()` gives them.
    claims : iterable of Claim
        The claims to estimate.
    indirect : bool
        As for `structural_model`.
    groups : dict of str to tuple of str
        As for `structural_model`.

    Returns
    -------
    str
        Model text for `sem`.

    Raises
    ------
    EmolaborError
        If the claims use a construct that no group names or the instrument does not measure, or their arrows form a
        loop.

    Examples
    --------
    >>> import emolabor as el
    >>> items = {"role_pressure": ["rp1", "rp2", "rp3"], "surface_acting": ["sa1", "sa2"], "exhaustion": ["ex1"]}
    >>> print(el.full_model(items, el.load_claims()[:1]))
    role_pressure =~ rp1 + rp2 + rp3
    surface_acting =~ sa1 + sa2
    surface_acting ~ role_pressure
    """
    return model_text(instrument_dimensions, _paths(claims, indirect), groups)


def model_text(dimensions, paths, groups=CONSTRUCT_GROUPS):
    """Join the measurement part of the constructs that paths use with their structural part; see `full_model`."""
    used = constructs_of(paths, groups)
    for construct in used:
        if construct not in dimensions:
            raise EmolaborError(f"instrument_dimensions: the claims use {construct!r}, which has no items here")
    measured = {construct: dimensions[construct] for construct in used}
    return f"{measurement_model(measured)}\n{structure_text(paths, groups)}"


def paths_around(claims, path):
    """Select what the claims say about one path: all that leads to its outcome, and to its mediator.

    Parameters
    ----------
    claims : iterable of Claim
        The claims.
    path : ClaimPath
        A direct or indirect one.

    Returns
    -------
    list of ClaimPath
        The path and the steps of all claims that end where one of its steps ends. In a model of these alone, every
        other construct is unexplained, and the equations of the path are those of the whole model.

    Examples
    --------
    >>> from emolabor.theory import load_claims
    >>> claims = load_claims()
    >>> print(structure_text(paths_around(claims, claims[4].paths[0])))
    health_complaints ~ surface_acting
    """
    ends = {to for _, to in path.steps}
    steps = {step: one.sign for claim in claims for one in claim.paths for step in one.steps if step[1] in ends}
    return [path, *(ClaimPath(*step, sign) for step, sign in steps.items())]


def _paths(claims, indirect):
    """List the paths of claims; without `indirect`, an indirect one as its two steps."""
    paths = [path for claim in claims for path in claim.paths]
    if indirect:
        return paths
    steps = [(ClaimPath(*step, path.sign) for step in path.steps) if path.via else (path,) for path in paths]
    return [path for some in steps for path in some]


def constructs_of(paths, groups=CONSTRUCT_GROUPS):
    """List the constructs that paths use, in the order of the groups; one that is in no group is refused."""
    used = dict.fromkeys(construct for path in paths for step in path.steps for construct in step)
    known = [construct for group in groups.values() for construct in group]
    unknown = [construct for construct in used if construct not in known]
    if unknown:
        allowed = f"{', '.join(known)}, or the groups of your own constructs (groups=, 'constructs' in a study file)"
        refuse("claims", f"{', '.join(unknown)}, which no group names", allowed)
    return [construct for construct in known if construct in used]


def _predictors(paths, groups):
    """Map each outcome to its predictors, both in the order of the groups."""
    steps = {step for path in paths for step in path.steps}
    used = constructs_of(paths, groups)
    outcomes = [outcome for outcome in used if any(to == outcome for _, to in steps)]
    predictors = {outcome: [one for one in used if (one, outcome) in steps] for outcome in outcomes}
    try:
        TopologicalSorter(predictors).prepare()
    except CycleError as error:
        raise EmolaborError(f"claims: the paths form a loop: {' > '.join(error.args[1])}") from error
    return predictors


def _regression(outcome, predictors, labelled):
    terms = []
    for predictor in predictors:
        label = "__".join((predictor, outcome))
        terms.append(f"{label}*{predictor}" if label in labelled else predictor)
    return f"{outcome} ~ {' + '.join(terms)}"


def _covariances(predictors, groups):
    """List the pairs that covary and that the engine would not add by itself as covariances of exogenous variables."""
    named = set(predictors).union(*predictors.values())
    used = [construct for group in groups.values() for construct in group if construct in named]
    unexplained = [construct for construct in used if construct not in predictors]
    first, *others = ([construct for construct in used if construct in group] for group in groups.values())
    first += [construct for construct in unexplained if construct not in first]
    pairs = [pair for group in (first, *others) for pair in combinations(group, 2)]
    return [
        (one, other)
        for one, other in pairs
        if (one in predictors or other in predictors)
        and one not in predictors.get(other, ())
        and other not in predictors.get(one, ())
    ]
