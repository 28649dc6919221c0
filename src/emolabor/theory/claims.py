"""The essay's claims as data: what is said, and which paths it implies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

import pandas as pd

from emolabor.common.documents import read_document
from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.theory.constructs import CONSTRUCT_GROUPS, FACTORS

LANGUAGES = ("zh", "en")
SIGNS = ("+", "-")
# Who says so: the essay itself, the study in its reading of the essay, or a published finding.
ORIGINS = ("essay", "inferred", "literature")
_ORIGIN = ("origin", "place", "citation")


@dataclass(frozen=True)
class ClaimPath:
    """One arrow of a claim; `via` makes it indirect, `moderator` makes it a moderated one.

    Attributes
    ----------
    source, to : str
        Constructs at its ends.
    sign : str
        What the claim expects: "+" or "-".
    via : str or None
        The construct between them.
    moderator : str or None
        The construct on which it depends.
    origin : str or None
        "essay" where the essay says so, "inferred" where the study reads it so, "literature" where a published finding
        says so; None in a file of claims that does not tell. Two paths are equal that say the same, wherever from.
    place : tuple of str
        Where it stands, such as "2.3/s2": section and number of the sentence.
    citation : str or None
        The published finding.

    Examples
    --------
    >>> ClaimPath("surface_acting", "proactive_service", "-", via="exhaustion").key
    'surface_acting>exhaustion>proactive_service'
    """

    source: str
    to: str
    sign: str
    via: str | None = None
    moderator: str | None = None
    origin: str | None = field(default=None, compare=False)
    place: tuple[str, ...] = field(default=(), compare=False)
    citation: str | None = field(default=None, compare=False)

    @property
    def kind(self):
        """Return path, indirect or moderation."""
        return "indirect" if self.via else "moderation" if self.moderator else "path"

    @property
    def key(self):
        """Return the arrow as text, unique within a claim."""
        start = f"{self.source}*{self.moderator}" if self.moderator else self.source
        return ">".join(part for part in (start, self.via, self.to) if part)

    @property
    def steps(self):
        """Return the (source, to) regressions that the arrow needs.

        An indirect arrow needs its two steps. A moderated one needs both first-order terms, without which a
        product term has no meaning (Aiken & West 1991, *Multiple Regression*, ch. 3).
        """
        if self.via:
            return ((self.source, self.via), (self.via, self.to))
        if self.moderator:
            return ((self.source, self.to), (self.moderator, self.to))
        return ((self.source, self.to),)

    @property
    def step_labels(self):
        """Return the labels of the steps in model text."""
        return tuple("__".join(step) for step in self.steps)

    @property
    def constructs(self):
        """Return the constructs that the arrow names."""
        return tuple(name for name in (self.source, self.via, self.moderator, self.to) if name)

    @property
    def parameter(self):
        """Return the name of an indirect arrow's defined parameter in model text."""
        return "__".join((self.source, self.via, self.to))


@dataclass(frozen=True)
class Claim:
    """One claim; texts are dictionaries with the keys zh and en, where one language stands in for one not written.

    Attributes
    ----------
    id : str
        Such as "C01".
    section : str
        Section of the essay.
    text : dict of str to str
        What is claimed, by language.
    testable : bool
        Whether answers from one point in time can speak to it.
    paths : tuple of ClaimPath
        What it says of constructs; empty where it cannot be tested.
    reason : dict or None
        Why it cannot be tested, by language.
    caution : dict or None
        What a test of it leaves open, by language.
    unmeasured : dict
        The arrows that an instrument cannot speak to, each with the constructs it does not measure.
    """

    id: str
    section: str
    text: dict
    testable: bool
    paths: tuple[ClaimPath, ...] = ()
    reason: dict | None = None
    caution: dict | None = None
    unmeasured: dict = field(default_factory=dict)

    @property
    def kind(self):
        """Return the most demanding kind among its paths: moderation, indirect, path, or none."""
        kinds = {path.kind for path in self.paths}
        return next((kind for kind in ("moderation", "indirect", "path") if kind in kinds), "none")


def load_claims(
    path: str | Path | None = None, groups: dict[str, tuple[str, ...]] = CONSTRUCT_GROUPS
) -> tuple[Claim, ...]:
    """Read the claims and check them.

    Parameters
    ----------
    path : str or Path, optional
        A YAML file laid out like the package's own ``theory/claims.yaml``, which is read when none is given.
    groups : dict of str to tuple of str
        The constructs that claims may name, by group.

    Returns
    -------
    tuple of Claim
        In the file's order.

    Raises
    ------
    EmolaborError
        If the file cannot be read as YAML, or claims lack a text or name an unknown construct, field or sign: every
        mistake, by line.

    Examples
    --------
    >>> import emolabor as el
    >>> claims = el.load_claims()
    >>> len(claims), claims[1].kind, claims[1].paths[0].key, claims[1].paths[0].origin
    (24, 'path', 'surface_acting>exhaustion', 'literature')
    """
    document = read_document(resources.files("emolabor.theory") / "claims.yaml" if path is None else path)
    entries = document.data
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and "id" in entry for entry in entries):
        refuse(document.file, "no such list", "a list of claims, each with an id")
    constructs = tuple(construct for group in groups.values() for construct in group)
    claims, mistakes = {}, []
    for number, entry in enumerate(entries):
        place = f"{document.file}, line {document.lines[(number,)]}, {entry['id']}"
        if entry["id"] in claims:
            mistakes.append(f"{place}: this id is used twice")
        try:
            claims[entry["id"]] = _claim(entry, constructs, place)
        except EmolaborError as error:
            mistakes.append(str(error))
    if mistakes:
        raise EmolaborError("\n".join(mistakes))
    return tuple(claims.values())


def essay_source():
    """Return what the essay is and how much of it was available: a sentence by language."""
    return read_document(resources.files("emolabor.theory") / "essay.yaml").data["source"]


def load_essay():
    """Read what the essay says, sentence by sentence, in the project's own words.

    Returns
    -------
    DataFrame
        Index: place, such as "2.3/s2" (section and number of the sentence), in the essay's order; columns says_zh,
        says_en. The text at hand ends with the heading of section 3.

    Examples
    --------
    >>> load_essay().loc["2.4/s2", "says_en"]
    "It also leaves them with less of the home unit's news and training."
    """
    document = read_document(resources.files("emolabor.theory") / "essay.yaml")
    return pd.DataFrame.from_dict(document.data["sentences"], orient="index").add_prefix("says_").rename_axis("place")


def claim_paths(claims: Iterable[Claim]) -> pd.DataFrame:
    """List every path of the claims with where it comes from.

    Parameters
    ----------
    claims : iterable of Claim
        From `load_claims`.

    Returns
    -------
    DataFrame
        A row a path, in the claims' order; index "C02 surface_acting>exhaustion", as in `analysis.verdicts`.
        Columns claim, section, path, kind, expected (+ or -), origin, place (sentences, joined by "; "), says_zh and
        says_en (what the essay says there; empty where a file of claims names other places) and citation.

    Raises
    ------
    EmolaborError
        The file of the essay's sentences is not as it should be.

    Examples
    --------
    >>> import emolabor as el
    >>> paths = el.claim_paths(el.load_claims())
    >>> paths.loc["C13 divided_authority>passive_attitude", ["origin", "place"]].tolist()
    ['essay', '2.3/s2']
    >>> paths["origin"].value_counts().to_dict()
    {'inferred': 23, 'essay': 15, 'literature': 3}
    """
    essay = load_essay()
    rows = {}
    for claim in claims:
        for path in claim.paths:
            says = essay.loc[[place for place in path.place if place in essay.index]]
            rows[f"{claim.id} {path.key}"] = {
                "claim": claim.id,
                "section": claim.section,
                "path": path.key,
                "kind": path.kind,
                "expected": path.sign,
                "origin": path.origin,
                "place": "; ".join(path.place),
                **{column: " ".join(says[column]) for column in essay.columns},
                "citation": path.citation or "",
            }
    return pd.DataFrame.from_dict(rows, orient="index")


def measured_claims(claims, dimensions):
    """Set aside the arrows that name a construct which was not measured.

    Parameters
    ----------
    claims : iterable of Claim
        From `load_claims`.
    dimensions : collection of str
        The constructs that were measured, such as `Instrument.dimensions()`.

    Returns
    -------
    tuple of Claim
        The same claims; an arrow that names another construct has moved from `paths` to `unmeasured`.

    Examples
    --------
    >>> claims = [claim for claim in load_claims() if claim.id == "C03"]
    >>> (claim,) = measured_claims(claims, ["exhaustion", "proactive_service"])
    >>> [path.key for path in claim.paths], {path.key: missing for path, missing in claim.unmeasured.items()}
    (['exhaustion>proactive_service'], {'surface_acting>exhaustion>proactive_service': ('surface_acting',)})
    """
    found = []
    for claim in claims:
        missing = {path: tuple(name for name in path.constructs if name not in dimensions) for path in claim.paths}
        paths = tuple(path for path in claim.paths if not missing[path])
        found.append(replace(claim, paths=paths, unmeasured={path: names for path, names in missing.items() if names}))
    return tuple(found)


def management_factors(claims: Iterable[Claim], factors: Sequence[str] = FACTORS) -> tuple[str, ...]:
    """List the factors of which a claim says what goes with them.

    Parameters
    ----------
    claims : iterable of Claim
        From `load_claims`.
    factors : sequence of str
        The constructs that can be changed; by default the management factors of the essay.

    Returns
    -------
    tuple of str
        Those from which an arrow of a claim starts, in their order.

    Examples
    --------
    >>> import emolabor as el
    >>> el.management_factors(el.load_claims())[:2]
    ('institutional_clarity', 'staffing_stability')
    """
    sources = {path.source for claim in claims for path in claim.paths}
    return tuple(factor for factor in factors if factor in sources)


def _claim(entry, constructs, place):
    _known_fields(entry, ("id", "section", "text", "testable"), ("paths", "reason", "caution"), place)
    if entry["testable"] not in (True, False):
        refuse_because(place, f"testable is {shown(entry['testable'])}", "true, false")
    needed, refused = ("paths", "reason") if entry["testable"] else ("reason", "paths")
    if not entry.get(needed) or refused in entry:
        raise EmolaborError(f"{place}: testable is {entry['testable']}, so it needs {needed} and has no {refused}")
    for name in ("text", "reason", "caution"):
        if name in entry and not _is_text(entry[name]):
            refuse_because(place, f"{name} is {shown(entry[name])}", f"a text in one or both of {', '.join(LANGUAGES)}")
    texts = {name: _in_both(entry[name]) for name in ("text", "reason", "caution") if name in entry}
    paths, mistakes = [], []
    for item in entry.get("paths", ()):
        try:
            paths.append(_path(item, constructs, place))
        except EmolaborError as error:
            mistakes.append(str(error))
    if mistakes:
        raise EmolaborError("\n".join(mistakes))
    return Claim(**{**entry, **texts, "section": str(entry["section"]), "paths": tuple(paths)})


def _path(item, constructs, place):
    _known_fields(item, ("from", "to", "sign"), ("via", "moderator", *_ORIGIN), f"{place}, paths")
    if "via" in item and "moderator" in item:
        raise EmolaborError(f"{place}: a path has via or moderator, not both")
    if item["sign"] not in SIGNS:
        refuse_because(place, f"sign is {shown(item['sign'])}", SIGNS)
    named = [item[name] for name in ("from", "via", "moderator", "to") if name in item]
    for construct in named:
        if construct not in constructs:
            allowed = f"{', '.join(constructs)}, or one that the study file names under 'constructs'"
            refuse_because(place, f"construct {shown(construct)} is unknown", allowed)
    if len(set(named)) < len(named):
        refuse_because(place, f"a path names {' > '.join(named)}", "each construct once")
    ends = item["from"], item["to"], item["sign"], item.get("via"), item.get("moderator")
    return ClaimPath(*ends, *_origin(item, f"{place}, paths, {' > '.join(named)}"))


def _origin(item, place):
    """Return origin, place and citation of a path; of a file that tells of none of them, nothing."""
    given = [name for name in _ORIGIN if name in item]
    if not given:
        return None, (), None
    origin, where, citation = (item.get(name) for name in _ORIGIN)
    if origin not in ORIGINS:
        refuse_because(place, f"origin is {shown(origin)}", ORIGINS)
    if not isinstance(where, list) or not where or not all(isinstance(one, str) and one.strip() for one in where):
        refuse_because(place, f"place is {shown(where)}", "a list of sentences, such as [2.3/s2]")
    if (origin == "literature") != bool(isinstance(citation, str) and citation.strip()):
        refuse_because(
            place, f"origin is {origin} and citation {shown(citation)}", "a citation for literature and only for it"
        )
    return origin, tuple(where), citation


def _known_fields(entry, required, optional, place):
    if not isinstance(entry, dict):
        refuse(place, shown(entry), f"fields {', '.join(required + optional)}")
    for name in entry:
        if name not in required + optional:
            refuse_because(place, f"field {shown(name)} is unknown", required + optional)
    for name in required:
        if name not in entry:
            raise EmolaborError(f"{place}: field {name!r} is missing")


def _is_text(text):
    return (
        isinstance(text, dict) and bool(text) and set(text) <= set(LANGUAGES) and all(map(_is_written, text.values()))
    )


def _is_written(text):
    return isinstance(text, str) and bool(text.strip())


def _in_both(text):
    """The text by language; what is written in one language only stands in for the other."""
    return {language: text.get(language, next(iter(text.values()))) for language in LANGUAGES}
