"""The part of the claims that the pooled correlations can carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from emolabor.common.errors import refuse_because
from emolabor.evidence.pooling import Pooled
from emolabor.theory import CONSTRUCT_GROUPS, Claim, measured_claims, structural_model


def estimable_model(claims: Iterable[Claim], pooled: Pooled, groups: dict = CONSTRUCT_GROUPS) -> str:
    """Write the largest model of the claims whose every correlation exists.

    Parameters
    ----------
    claims : iterable of Claim
        From `load_claims`; moderated paths are left out, for a product is in no correlation table.
    pooled : Pooled
        From `pool`.
    groups : dict of str to tuple of str
        The constructs by group.

    Returns
    -------
    str
        Model text for `masem`: of all sets of constructs that were measured together, two by two, and hang together by
        the claims' arrows, the one with most arrows; among equals the one with most respondents behind its rarest cell.

    Raises
    ------
    EmolaborError
        No claim's arrow is in any table.

    Examples
    --------
    >>> import emolabor as el
    >>> coding = el.load_coding()
    >>> pooled = el.pool(el.code_tables(el.load_published(), coding))
    >>> text = el.estimable_model(el.load_claims(), pooled)
    >>> el.masem(text, pooled).admissible
    True
    """
    claims = tuple(claims)
    arrows = {path.steps[0] for claim in claims for path in claim.paths if path.kind == "path"}
    arrows |= {step for claim in claims for path in claim.paths if path.kind == "indirect" for step in path.steps}
    exists = {frozenset(pair): n for *pair, n in pooled.cells[["a", "b", "n"]].itertuples(index=False)}
    found = max(_together(arrows, exists), key=lambda own: own[:2], default=None)
    if found is None:
        refuse_because("pooled", "no arrow of the claims joins two of its variables", "tables with both ends of one")
    names = found[2]
    kept = []
    for claim in measured_claims(claims, names):
        paths = tuple(path for path in claim.paths if path.kind != "moderation")
        if paths:
            kept.append(replace(claim, paths=paths))
    return structural_model(kept, groups=groups)


def _together(arrows, exists):
    """Sets of constructs that have all correlations and hang together: (arrows, respondents, names)."""
    arrows = [arrow for arrow in sorted(arrows) if frozenset(arrow) in exists]
    names = sorted({name for arrow in arrows for name in arrow})
    whole = [{name} for name in names]
    for name in names:  # every set that is whole, grown by one name after the other
        whole += [
            own | {name}
            for own in whole
            if name not in own and max(own) < name and all(frozenset((name, other)) in exists for other in own)
        ]
    for own in whole:
        inside = [arrow for arrow in arrows if set(arrow) <= own]
        if len(own) > 1 and _hang_together(own, inside):
            least = min(exists[frozenset(pair)] for pair in combinations(sorted(own), 2))
            yield len(inside), least, tuple(sorted(own))


def _hang_together(names, arrows):
    """Whether every name is reached from the first along the arrows, in either direction."""
    reached = {min(names)}
    while True:
        more = {name for arrow in arrows if set(arrow) & reached for name in arrow} - reached
        if not more:
            return reached == set(names)
        reached |= more
