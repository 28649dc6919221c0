"""What the constructs and background columns of a study are to it: levers, outcome, marker, clusters and so on."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Roles:
    """What the notebooks ask of a study's constructs and background columns.

    Attributes
    ----------
    factors : tuple of str
        The constructs that can be changed: notebook 06 runs for each, notebook 10 ranks them.
    outcome : str or None
        What they are ranked by.
    effect : str or None
        Key of the path of a claim that the sensitivity analysis and the specification curve are about.
    marker : str or None
        The dimension that has nothing to do with the others but is asked in the same way.
    clusters : tuple of str
        Background columns in whose groups people resemble each other; the first one corrects standard errors.
    groupings : tuple of str
        Background columns whose groups are compared: is the same measured in each?
    description : tuple of str
        Background columns by which answers are described.
    covariates : dict of str to tuple of str
        Sets of background columns that a specification curve may hold equal, by a name for each.
    profiled, profile_outcomes : tuple of str
        The constructs whose scores profiles are made of, and what is compared between profiles.
    between : tuple of str
        Predictor and outcome of a claim about clusters, or nothing.
    reverse : tuple of str
        Two groups of constructs: a rival model turns the arrows from the first to the second around.
    merge : tuple of str
        Constructs that a rival model takes for one.
    """

    factors: tuple = ()
    outcome: str | None = None
    effect: str | None = None
    marker: str | None = None
    clusters: tuple = ()
    groupings: tuple = ()
    description: tuple = ()
    covariates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    profiled: tuple = ()
    profile_outcomes: tuple = ()
    between: tuple = ()
    reverse: tuple = ()
    merge: tuple = ()


def read_roles(document, usual, groups, instrument, claims, answered):
    """Read the roles of a study file, or take those that follow from its constructs.

    An entry that the file does not have is the usual one where everything it names is part of this study. Where it is
    not: factors are the constructs of the first group, the outcome is the last construct that a claim leads to, the
    effect is the first indirect path of the claims (without one, the first path), groupings are the choices that the
    background offers, description the first two of them, `reverse` the last two groups; the others are nothing.

    Parameters
    ----------
    document : Document
        The study file; mistakes are noted in it.
    usual : dict
        The entries of the essay's study file.
    groups : dict of str to tuple of str
        The constructs by group.
    instrument : Instrument
        What is asked.
    claims : tuple of Claim
        What is claimed.
    answered : tuple of str
        Columns that answers may have beside the background that is asked.

    Returns
    -------
    Roles
    """
    return _Reader(document, usual, groups, instrument, claims, answered).roles()


class _Reader:
    """Reads one entry after another; `usual` is what the essay's study file says where this one says nothing."""

    def __init__(self, document, usual, groups, instrument, claims, answered):
        self.document, self.usual, self.groups = document, usual, groups
        self.constructs = [construct for group in groups.values() for construct in group]
        self.asked = list(instrument.dimensions())
        self.choices = [variable.key for variable in instrument.background if variable.values]
        self.answered = answered
        self.columns = list(dict.fromkeys([*(variable.key for variable in instrument.background), *answered]))
        self.paths = [path for claim in claims for path in claim.paths]

    def roles(self):
        clusters = self._some(("clusters",), self.columns, ())
        others = [name for name in self.choices if name not in clusters]
        groupings = self._groupings(others)
        profiled = self._all(("profiles", "constructs"), self.asked, ())
        return Roles(
            factors=self._factors(),
            outcome=self._one(("outcome",), self.constructs, self._last_outcome()),
            effect=self._effect(),
            marker=self._one(("marker",), self.asked, None),
            clusters=clusters,
            groupings=groupings,
            description=self._some(("description",), self.columns, others[:2]),
            covariates=self._covariates(),
            profiled=profiled,
            profile_outcomes=self._some(("profiles", "outcomes"), self.asked, ()) if profiled else (),
            between=self._between(),
            reverse=self._all(("rivals", "reverse"), list(self.groups), self._last_groups()),
            merge=self._all(("rivals", "merge"), self.constructs, ()),
        )

    def _own(self, place):
        return _entry(self.document.data, place)

    def _known(self, place, names, known):
        """The names, when they are known; a mistake is noted for each that is not."""
        for position, name in enumerate(names):
            if name not in known:
                self.document.problem((*place, position), repr(name), _listed(known))
        return tuple(names)

    def _some(self, place, known, other):
        """A list of names; of the usual ones those that are part of this study, or else the other ones."""
        names = self._own(place)
        if names is None:
            return tuple(name for name in _entry(self.usual, place) or () if name in known) or tuple(other)
        return () if names == "none" else self._known(place, names, known)

    def _all(self, place, known, other):
        """A list of names; the usual ones where all are part of this study, or else the other ones."""
        names = self._own(place)
        if names is None:
            usual = _entry(self.usual, place) or ()
            return tuple(usual if set(usual) <= set(known) else other)
        return () if names == "none" else self._known(place, names, known)

    def _one(self, place, known, other):
        """A name; the usual one where it is part of this study, or else the other one."""
        name = self._own(place)
        if name is None:
            usual = _entry(self.usual, place)
            return usual if usual in known else other
        if name != "none" and name not in known:
            self.document.problem(place, repr(name), _listed(known))
        return None if name == "none" else name

    def _groupings(self, others):
        """Columns whose groups are compared; the language of the answers is one wherever a file tells it."""
        asked = [name for name in self.columns if name not in self.answered]
        if self._own(("groupings",)) is None:
            return (*self._some(("groupings",), asked, others), *self.answered)
        return self._some(("groupings",), self.columns, ())

    def _factors(self):
        named = self._own(("factors",))
        if isinstance(named, list):
            return self._known(("factors",), named, self.constructs)
        if named is not None and named not in self.groups:
            allowed = f"one of the groups {', '.join(self.groups)}, or a list of constructs"
            self.document.problem(("factors",), repr(named), allowed)
        first = next(iter(self.groups))
        return self.groups.get(named or self.usual["factors"], self.groups[first])

    def _last_outcome(self):
        ends = {to for path in self.paths for _, to in path.steps}
        return next((construct for construct in reversed(self.constructs) if construct in ends), None)

    def _effect(self):
        unmoderated = [path for path in self.paths if not path.moderator]
        keys = [path.key for path in sorted(unmoderated, key=lambda path: not path.via)]
        return self._one(("effect",), keys, next(iter(keys), None))

    def _covariates(self):
        sets = self._own(("covariates",))
        if sets == "none":
            return {}
        names = self.usual["covariates"] if sets is None else sets
        found = {name: self._all(("covariates", name), self.columns, ()) for name in names}
        return {name: columns for name, columns in found.items() if columns}

    def _between(self):
        ends = tuple(self._one(("between", end), self.asked, None) for end in ("predictor", "outcome"))
        return ends if all(ends) else ()

    def _last_groups(self):
        filled = [name for name, group in self.groups.items() if group]
        return filled[-2:] if len(filled) > 1 else ()


def _entry(content, place):
    """What stands at a place of a study file; "none" where that, or what it is part of, is said to be nothing."""
    for step in place:
        if not isinstance(content, dict):
            return content
        content = content.get(step)
    return content


def _listed(known):
    return ", ".join(known) or "none, there are no such"
