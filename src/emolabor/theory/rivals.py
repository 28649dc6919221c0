"""Rival models of the same answers, made from the claims: what else could be the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from emolabor.theory.claims import ClaimPath
from emolabor.theory.constructs import CONSTRUCT_GROUPS, MERGE, REVERSE
from emolabor.theory.models import constructs_of, measurement_model, model_text

if TYPE_CHECKING:
    from emolabor.theory.claims import Claim

MERGED = "merged"
GENERAL = "general"


def rival_models(
    instrument_dimensions: dict[str, list[str]],
    claims: Iterable[Claim],
    groups: dict[str, tuple[str, ...]] = CONSTRUCT_GROUPS,
    reverse: tuple[str, ...] = REVERSE,
    merge: tuple[str, ...] = MERGE,
) -> dict[str, str]:
    """Write the model that the claims imply and its rivals, all of the same items.

    The rivals keep main's residual covariances, so that they differ from it in what they say and in nothing else. One
    that would say what main says, because the claims have no such path, is left out.

    - *main*: `full_model`.
    - *reversed*: every claimed arrow from one group of constructs to another is turned around; in the essay's study,
      staff who serve of their own accord are less exhausted and feel more accomplishment, not the other way. As many
      parameters as main.
    - *direct_only*: no construct passes on what it receives. In each indirect claim the source leads to the outcome
      directly, and the mediator does not lead to it.
    - *direct_too*: main with those direct paths added (partial mediation). Main and direct_only are nested in it.
    - *merged*: some constructs are one; in the essay's study surface and deep acting, as its single word has it.
    - *general*: one attitude is behind every answer, as if all that the constructs share were common method (Podsakoff,
      MacKenzie, Lee & Podsakoff 2003, *Journal of Applied Psychology* 88:879-903).

    Parameters
    ----------
    instrument_dimensions : dict of str to list of str
        Dimension key to item keys, as `Instrument.dimensions()` gives them.
    claims : iterable of Claim
        The claims to be rivalled.
    groups : dict of str to tuple of str
        The constructs by group, as for `full_model`.
    reverse : tuple of str
        The two groups between which arrows are turned around; none for no such rival.
    merge : tuple of str
        The constructs, of one group, that are taken for one; none for no such rival.

    Returns
    -------
    dict of str to str
        Name to model text, in the order above.

    Raises
    ------
    EmolaborError
        If the claims use a construct that the instrument does not measure, or their arrows form a loop.

    Examples
    --------
    >>> import emolabor as el
    >>> items = {"surface_acting": ["sa1"], "exhaustion": ["ex1"], "proactive_service": ["ps1"]}
    >>> models = el.rival_models(items, [claim for claim in el.load_claims() if claim.id == "C03"])
    >>> [line for line in models["reversed"].splitlines() if " ~ " in line]
    ['exhaustion ~ surface_acting + proactive_service']
    >>> [line for line in models["direct_only"].splitlines() if " ~ " in line]
    ['exhaustion ~ surface_acting', 'proactive_service ~ surface_acting']
    """
    paths = [path for claim in claims for path in claim.paths]
    used = constructs_of(paths, groups)
    items = [item for construct in used for item in instrument_dimensions.get(construct, ())]
    merging = {construct for construct in merge if construct in used}

    def text(rival):
        cut = _arrows_cut(paths, rival, groups)
        lines = model_text(instrument_dimensions, rival, groups).splitlines()
        kept = [line for line in lines if line not in {f"{one} ~~ {other}" for one, other in cut}]
        zeros = [f"{one} ~~ 0*{other}" for one, other in cut]
        return "\n".join([*kept, *zeros, *_covariances_as_in(paths, rival, groups)])

    models = {"main": model_text(instrument_dimensions, paths, groups)}
    turned = _reversed(paths, groups, reverse)
    if turned != paths:
        models["reversed"] = text(turned)
    if any(path.via for path in paths):
        models |= {"direct_only": text(_direct_only(paths)), "direct_too": text(paths + _direct(paths))}
    if len(merging) > 1:
        of_all = [item for construct in used if construct in merging for item in instrument_dimensions[construct]]
        merged = [_merged(path, merging) for path in paths]
        merged = [path for path in merged if len(set(path.constructs)) == len(path.constructs)]
        models["merged"] = model_text(
            {**instrument_dimensions, MERGED: of_all}, merged, _merged_groups(groups, merging)
        )
    return models | {"general": measurement_model({GENERAL: items})}


def _reversed(paths, groups, reverse):
    sources, targets = (groups[name] for name in reverse) if reverse else ((), ())
    turned = []
    for path in paths:
        backward = [step[0] in sources and step[1] in targets for step in path.steps]
        if not any(backward):
            turned.append(path)
        else:
            steps = zip(path.steps, backward, strict=True)
            turned += [ClaimPath(*(step[::-1] if back else step), path.sign) for step, back in steps]
    return turned


def _direct(paths):
    return [replace(path, via=None) for path in paths if path.via]


def _direct_only(paths):
    dropped = {path.steps[1] for path in paths if path.via}
    steps = [ClaimPath(*step, path.sign) for path in paths for step in path.steps if step not in dropped]
    return steps + _direct(paths)


def _merged(path, merging):
    parts = {name: MERGED for name in ("source", "to", "via", "moderator") if getattr(path, name) in merging}
    return replace(path, **parts)


def _merged_groups(groups, merging):
    """Put the merged construct where the first of its parts was."""
    found, is_placed = {}, False
    for name, group in groups.items():
        others = tuple(construct for construct in group if construct not in merging)
        own = (MERGED,) if len(others) < len(group) and not is_placed else ()
        is_placed = is_placed or bool(own)
        found[name] = own + others
    return found


def _arrows_cut(main, rival, groups):
    """List the pairs within a group with an arrow in main and none in the rival, in the order of the groups.

    Main has no covariance for them; one in the rival would bring back what the cut took away.
    """
    arrows, theirs = ({frozenset(step) for path in paths for step in path.steps} for paths in (main, rival))
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    return [pair for pair in pairs if frozenset(pair) in arrows - theirs]


def _covariances_as_in(main, rival, groups):
    """Let the same residuals of different groups covary as in main.

    The engine lets the residuals of outcomes that lead to nothing covary; which outcomes these are differs between the
    models, and would make them differ in more than the arrows.
    """
    arrows = {frozenset(step) for path in rival for step in path.steps}
    ours, theirs = _last_outcomes(main, groups), _last_outcomes(rival, groups)
    lines = [f"{one} ~~ {other}" for one, other in ours if (one, other) not in theirs and {one, other} not in arrows]
    return lines + [f"{one} ~~ 0*{other}" for one, other in theirs if (one, other) not in ours]


def _last_outcomes(paths, groups):
    """List the pairs of outcomes, of different groups, that lead to nothing."""
    steps = [step for path in paths for step in path.steps]
    sources, outcomes = {source for source, _ in steps}, {to for _, to in steps}
    last = [construct for construct in constructs_of(paths, groups) if construct in outcomes - sources]
    group = {construct: name for name, members in groups.items() for construct in members}
    return [(one, other) for one, other in combinations(last, 2) if group[one] != group[other]]
