"""Which column of a file holds which item: by key, by the exporting platform's way of naming, or by the wording."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from emolabor.errors import EmolaborError
from emolabor.responses.cells import same
from emolabor.responses.personal import personal_column, shown_heading

PLATFORMS = {"wjx": "问卷星", "kobo": "KoboToolbox/ODK", "limesurvey": "LimeSurvey"}

# Columns that a platform adds: heading (reduced by `same`) to the background variable it fills, None for no variable.
_ADDED = {
    "wjx": {
        "序号": "respondent", "所用时间": "seconds", "提交答卷时间": None, "来源": None, "来源详情": None,
        "来自ip": None, "总分": None,
    },
    "kobo": {
        "index": "respondent", "id": None, "uuid": None, "submissiontime": None, "start": None, "end": None,
        "today": None,
        "deviceid": None, "version": None, "validationstatus": None, "notes": None, "status": None, "submittedby": None,
        "tags": None, "instanceid": None, "metainstanceid": None, "formhubuuid": None, "rootuuid": None,
        "metarootuuid": None, "instancename": None, "metainstancename": None, "consentnote": None,
    },
    "limesurvey": {
        "id": "respondent", "responseid": "respondent", "答复id": "respondent", "interviewtime": "seconds",
        "totaltime": "seconds", "submitdate": None, "datesubmitted": None, "lastpage": None, "startlanguage": None,
        "seed": None, "startdate": None, "datestarted": None, "datestamp": None, "datelastaction": None, "ipaddr": None,
        "refurl": None, "token": None,
    },
}  # fmt: skip
# Headings that only the platform writes.
_SIGNS = {
    "wjx": {"提交答卷时间", "所用时间"},
    "kobo": {"submissiontime", "uuid", "formhubuuid", "metainstanceid", "instanceid"},
    "limesurvey": {"lastpage", "startlanguage", "submitdate", "responseid", "答复id", "interviewtime"},
}
_NUMBERED = re.compile(r"^[0-9]+、|^第[0-9]+题[(（:：、]?")
_BRACKETED = re.compile(r"^(.*?)\[([^\[\]]+)\](\[[^\[\]]+\])?$")
_SIMILAR = 0.85


@dataclass(frozen=True)
class Placement:
    """Where each key was found.

    Attributes
    ----------
    platform : str or None
        wjx, kobo, limesurvey, or None for a plain table.
    columns : dict of str to int
        Key to the place of its column, from 0.
    rules : dict of str to str
        Key to the rule that placed it: mapping, key, code, wording, platform.
    probable : dict of str to tuple of int and str
        Keys that are only probably in a column (by similar wording, or by order). Reading does not use them.
    """

    platform: str | None
    columns: dict
    rules: dict
    probable: dict


def place(table, instrument, mapping, path):
    """Find the columns of the instrument's keys.

    Parameters
    ----------
    table : Table
        What the file holds.
    instrument : Instrument
        What was asked.
    mapping : Mapping
        What the user says; it goes before everything else.
    path : str or Path
        For messages.

    Returns
    -------
    Placement
        Each key at most once, each column at most once.

    Raises
    ------
    EmolaborError
        The mapping names a column that is not there or is there twice, or two columns carry the same key.
    """
    names = [column.name for column in table.columns]
    platform = platform_of(names)
    found = _Found([key for key in instrument.columns if key not in mapping.unread])
    for key, name in mapping.columns.items():
        found.set(key, _mapped(key, name, names, path), "mapping")
    _refuse_repeated(names, instrument, found, path)
    added = _ADDED.get(platform, {})
    for rule, key_of in (
        ("key", lambda column: column.name),
        ("code", lambda column: _code_in(column.name, platform, instrument)),
        ("platform", lambda column: added.get(same(column.name))),
    ):
        for position, column in enumerate(table.columns):
            found.set(key_of(column), position, rule)
    wordings = wordings_of(instrument)
    _by_wording(table, wordings, found)
    probable = _by_similar_wording(table, wordings, found, added)
    probable |= _by_order(table, instrument, found, added, probable)
    return Placement(platform, found.columns, found.rules, probable)


class _Found:
    """Keys placed so far; the first rule that claims a key or a column keeps it."""

    def __init__(self, keys):
        self.keys, self.columns, self.rules = keys, {}, {}

    def set(self, key, position, rule):
        if key in self.keys and key not in self.columns and position not in self.columns.values():
            self.columns[key], self.rules[key] = position, rule

    def free(self, table):
        taken = set(self.columns.values())
        return [position for position in range(len(table.columns)) if position not in taken]


def platform_of(names):
    """Tell whose export has these headings.

    Parameters
    ----------
    names : list of str
        Headings.

    Returns
    -------
    str or None
        wjx, kobo, limesurvey, or None.

    Examples
    --------
    >>> platform_of(["序号", "提交答卷时间", "所用时间"]), platform_of(["_uuid", "a/b"]), platform_of(["ic1"])
    ('wjx', 'kobo', None)
    """
    reduced = {same(name) for name in names}
    for platform, signs in _SIGNS.items():
        if signs & reduced:
            return platform
    shares = {
        "wjx": sum(bool(_NUMBERED.match(name)) for name in names),
        "kobo": sum(bool(re.fullmatch(r"\w+(/\w+)+", name)) for name in names),
        "limesurvey": sum(bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*\[\w+\]", name)) for name in names),
    }
    best = max(shares, key=shares.get)
    return best if shares[best] else None


def wordings_of(instrument):
    """Map each wording, reduced by `same`, to the keys that are asked with it, in the order asked."""
    texts = {}
    for scale in instrument.scales:
        for item in scale.items:
            texts[item.key] = item.text or {}
    texts |= {check.key: check.text for check in instrument.attention_checks}
    texts |= {variable.key: variable.names for variable in instrument.background}
    wordings = {}
    for key in (*instrument.points(), *(variable.key for variable in instrument.background)):
        for text in dict.fromkeys(map(same, texts[key].values())):
            wordings.setdefault(text, []).append(key)
    return wordings


def _mapped(key, name, names, path):
    if isinstance(name, int):
        if name > len(names):
            raise EmolaborError(f"{path}: the mapping puts {key} in column {name}; allowed: 1 to {len(names)}")
        return name - 1
    places = [position for position, other in enumerate(names) if other == " ".join(name.split())]
    if len(places) != 1:
        found = f"{len(places)} columns" if places else "no column"
        raise EmolaborError(
            f"{path}: found {found} named {name!r} that the mapping gives for {key}; allowed: a heading that "
            "stands once in the first row, or the number of a column"
        )
    return places[0]


def _refuse_repeated(names, instrument, found, path):
    repeated = [key for key in instrument.columns if names.count(key) > 1 and key not in found.columns]
    if repeated:
        raise EmolaborError(f"{path}: found several columns named {', '.join(repeated)}; allowed: one each")


def _code_in(name, platform, instrument):
    """Return the key that an export's compound name ends with: group/key, question[key], question_key."""
    if platform == "kobo":
        return name.rsplit("/", 1)[-1]
    if platform == "limesurvey":
        match = _BRACKETED.match(name)
        ending = match[2] if match else name
        keys = {same(key): key for key in instrument.columns}  # LimeSurvey's codes have no underscores
        return keys.get(same(ending)) or keys.get(same(ending.rsplit("_", 1)[-1]))
    return None


def _texts_in(column):
    """List the wordings that a heading may hold: the whole, and what is left without number, question or group."""
    for name in (column.name, column.label):
        name = re.sub(r"<[^>]{0,200}>", "", unicodedata.normalize("NFC", name))
        bare = _NUMBERED.sub("", name)
        yield from (name, bare, re.sub(r"[)）]$", "", bare), re.sub(r"[(（][^()（）]*[)）]$", "", bare))
        yield from (bare[match.end() :] for match in re.finditer("—+|--|/", bare))
        if match := _BRACKETED.match(bare):
            yield from (match[1], match[2])


def _by_wording(table, wordings, found):
    """Place columns by their wording; where several items share one, by the order in which they are asked."""
    columns = {}
    for position in found.free(table):
        texts = map(same, _texts_in(table.columns[position]))
        text = next((text for text in texts if text in wordings), None)
        if text:
            columns.setdefault(text, []).append(position)
    for text, positions in columns.items():
        keys = [key for key in wordings[text] if key not in found.columns]
        if len(keys) == len(positions):
            for key, position in zip(keys, positions, strict=True):
                found.set(key, position, "wording")


def _questions(table, found, added):
    """List the columns without a place that may be questions: not added by the platform, not personal."""
    return [
        position
        for position in found.free(table)
        if same(table.columns[position].name) not in added and not personal_column(table.columns[position])
    ]


def _by_similar_wording(table, wordings, found, added):
    """Propose the item whose wording is nearest to a heading, if each is the other's nearest."""
    open_texts = {text: keys[0] for text, keys in wordings.items() if len(keys) == 1 and keys[0] not in found.columns}
    nearest, best_for = {}, {}
    for position in _questions(table, found, added)[:500]:
        texts = {same(text)[:300] for text in _texts_in(table.columns[position])}
        ratios = [
            (SequenceMatcher(None, text, wording).ratio(), key)
            for text in texts
            if len(text) > 3
            for wording, key in open_texts.items()
            if abs(len(text) - len(wording)) <= 0.3 * len(wording)
        ]
        if ratios and max(ratios)[0] >= _SIMILAR:
            ratio, key = max(ratios)
            nearest[position] = key
            if ratio > best_for.get(key, (0, None))[0]:
                best_for[key] = (ratio, position)
    return {key: (position, "similar wording") for position, key in nearest.items() if best_for[key][1] == position}


def _by_order(table, instrument, found, added, probable):
    """Propose the order asked, if as many columns as items are left."""
    keys = [key for key in instrument.points() if key not in found.columns and key not in probable]
    taken = {position for position, _ in probable.values()}
    positions = [position for position in _questions(table, found, added) if position not in taken]
    if len(keys) != len(positions):
        return {}
    return {key: (position, "order") for key, position in zip(keys, positions, strict=True)}


def is_computed(key, table, placement):
    """Tell whether this is the answering time in an export that holds start and end instead.

    Parameters
    ----------
    key : str
        One of the instrument's columns.
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.
    """
    if key != "seconds" or placement.platform != "kobo" or key in placement.columns:
        return False
    return {"start", "end"} <= {column.name for column in table.columns}


def unplaced(table, placement):
    """List the columns that hold no key of the instrument: heading as it may be shown, and the reason.

    Parameters
    ----------
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.

    Returns
    -------
    list of tuple of str, (str or None), bool
        Heading, why the column looks personal (None where it does not), and whether the platform adds it.
    """
    taken = set(placement.columns.values())
    added = _ADDED.get(placement.platform, {})
    return [
        (shown_heading(column.name, position), personal_column(column), same(column.name) in added)
        for position, column in enumerate(table.columns)
        if position not in taken
    ]
