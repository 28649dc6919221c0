"""Which column of a file holds which item: by key, by the exporting platform's way of naming, or by the wording."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import permutations

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.responses.headings import Keys, texts_in
from emolabor.responses.personal import personal_column, shown_heading
from emolabor.responses.platforms import added_by, platform_of
from emolabor.responses.table import Column
from emolabor.responses.words import say
from emolabor.responses.written import as_number, same

_SIMILAR, _BEGINNING = 0.85, 6


@dataclass(frozen=True)
class Placement:
    """Where each key was found.

    Attributes
    ----------
    platform : str or None
        A key of `platforms.PLATFORMS`, or None for a plain table.
    columns : dict of str to int
        Key to the place of its column, from 0.
    rules : dict of str to str
        Key to the rule that placed it: mapping, key, code, wording, platform.
    doubled : dict of str to tuple of int
        Keys that several columns carry in the same way, to these columns. Reading refuses to choose.
    added : frozenset of int
        Columns that the platform, or our own form, has beside the answers.
    probable : dict of str to tuple of int and str
        Keys that are only probably in a column (by similar wording, or by order). Reading does not use them.
    """

    platform: str | None
    columns: dict
    rules: dict
    doubled: dict
    added: frozenset
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
        The mapping names a column that is not there or is there twice.
    """
    wordings, found = wordings_of(instrument), _Found(key for key in instrument.columns if key not in mapping.unread)
    for key, name in mapping.columns.items():
        found.claim(key, _mapped(key, name, table.columns, path), "mapping")
    keys = Keys(instrument)
    platform = _place_surely(table.columns, keys, wordings, found)
    found.withdraw_number(table.columns)
    added = frozenset(
        position
        for position in found.free(table.columns)
        if added_by(platform, table.columns[position].name)[0] or keys.is_beside(table.columns[position].name)
    )
    probable = {key: (places[0], "first") for key, places in found.doubled.items()}
    probable |= _by_similar_wording(table, wordings, found, added)
    probable |= _by_order(table, instrument, found, added, probable)
    return Placement(platform, found.columns, found.rules, found.doubled, added, probable)


def counter_of_known(instrument, mapping):
    """Return a function that counts how many of an instrument's columns headings surely name.

    Parameters
    ----------
    instrument : Instrument
        What was asked.
    mapping : Mapping
        Its headings count as known.

    Returns
    -------
    callable
        From names and labels, a list each, to the number.
    """
    keys, wordings, empty = Keys(instrument), wordings_of(instrument), np.zeros(0, np.int32)
    mapped = {" ".join(name.split()) for name in mapping.columns.values() if isinstance(name, str)}

    def known(names, labels):
        columns = [Column(name, empty, [], label) for name, label in zip(names, labels, strict=True)]
        found = _Found(instrument.columns)
        _place_surely(columns, keys, wordings, found)
        sure = [key for key, rule in found.rules.items() if rule != "platform"]
        return len(sure) + len(found.doubled) + len(mapped & {*names, *labels})

    return known


class _Found:
    """Keys placed so far; the first rule that claims a key or a column keeps it."""

    def __init__(self, keys):
        self.keys, self.columns, self.rules, self.doubled = frozenset(keys), {}, {}, {}

    def claim(self, key, position, rule):
        if key in self.keys and key not in self.columns and position not in self.columns.values():
            self.columns[key], self.rules[key] = position, rule

    def claim_all(self, claims, rule):
        """Place what one rule says; a key that it finds in several columns has no place."""
        places = {}
        for position, key in claims:
            places.setdefault(key, []).append(position)
        for key, positions in places.items():
            if len(positions) == 1:
                self.claim(key, positions[0], rule)
            elif key in self.keys and key not in self.columns:
                self.doubled[key] = tuple(positions)

    def withdraw_number(self, columns):
        """Take back a running number that only the platform's heading promised, where the column holds no number."""
        if self.rules.get("respondent") == "platform":
            cells = columns[self.columns["respondent"]].cells
            if all(as_number(cell) is None for cell in cells):
                del self.columns["respondent"], self.rules["respondent"]

    def is_open(self, key):
        return key in self.keys and key not in self.columns and key not in self.doubled

    def free(self, columns):
        taken = {*self.columns.values(), *(position for several in self.doubled.values() for position in several)}
        return [position for position in range(len(columns)) if position not in taken]


def _place_surely(columns, keys, wordings, found):
    """Place keys by everything that is more than probable, and tell whose export it is."""
    names = [column.name for column in columns]
    platform = platform_of([*names, *filter(None, (column.label for column in columns))])
    filled = (column for column in columns if any(cell is not None for cell in column.cells))
    headings = frozenset(column.name for column in filled)  # the column of a group is empty: it is no question
    for rule, key_of in (
        ("key", lambda column: column.name),
        ("key", lambda column: keys.named(column.name) or (keys.named(column.label) if column.label else None)),
        ("code", lambda column: keys.inside(column.name, headings, platform)),
    ):
        claims = [(position, key_of(columns[position])) for position in found.free(columns)]
        found.claim_all([(position, key) for position, key in claims if found.is_open(key)], rule)
    for position in found.free(columns):
        for heading in filter(None, (names[position], columns[position].label)):
            found.claim(added_by(platform, heading)[1], position, "platform")
    _by_wording(columns, wordings, found)
    claims = [(position, keys.before_text(names[position], headings, platform)) for position in found.free(columns)]
    found.claim_all([(position, key) for position, key in claims if found.is_open(key)], "code")
    return platform


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
        reduced = list(map(same, texts[key].values()))
        both = ["".join(pair) for pair in permutations(reduced, 2)]  # a heading may hold two languages
        for text in dict.fromkeys([*reduced, *both]):
            wordings.setdefault(text, []).append(key)
    return wordings


def _mapped(key, name, columns, path):
    """Return the place of the column a mapping means: by number, heading, second heading, or the code before a text."""
    if isinstance(name, int):
        if name > len(columns):
            raise EmolaborError(say("place_number", path=path, key=key, number=name, n=len(columns)))
        return name - 1
    wanted = " ".join(name.split())
    places = [position for position, column in enumerate(columns) if column.name == wanted]
    places = places or [position for position, column in enumerate(columns) if column.label == wanted]
    places = places or [position for position, column in enumerate(columns) if column.name.startswith(f"{wanted}. ")]
    if len(places) != 1:
        facts = {"path": path, "name": name, "key": key}
        raise EmolaborError(
            say("place_heading", n=len(places), **facts) if places else say("place_heading_none", **facts)
        )
    return places[0]


def _by_wording(columns, wordings, found):
    """Place columns by their wording; where several items share one, by the order in which they are asked."""
    places = {}
    for position in found.free(columns):
        texts = (text for heading in (columns[position].name, columns[position].label) for text in texts_in(heading))
        text = next((text for text in texts if any(map(found.is_open, wordings.get(text, ())))), None)
        if text:
            places.setdefault(text, []).append(position)
    for text, positions in places.items():
        keys = [key for key in wordings[text] if found.is_open(key)]
        if len(keys) == len(positions):
            for key, position in zip(keys, positions, strict=True):
                found.claim(key, position, "wording")
        elif len(positions) > len(keys):
            found.doubled |= {key: tuple(positions) for key in keys}


def _questions(table, found, added):
    """List the columns without a place that may be questions: not beside the answers, not personal."""
    return [
        position
        for position in found.free(table.columns)
        if position not in added and not personal_column(table.columns[position])
    ]


def _by_similar_wording(table, wordings, found, added):
    """Propose the item whose wording is nearest to a heading, if each is the other's nearest."""
    open_texts = {text: keys[0] for text, keys in wordings.items() if len(keys) == 1 and found.is_open(keys[0])}
    nearest, best_for = {}, {}
    for position in _questions(table, found, added)[:500]:
        column = table.columns[position]
        texts = {text[:300] for heading in (column.name, column.label) for text in texts_in(heading)}
        ratios = [
            (_likeness(text, wording), key)
            for text in texts
            if len(text) > 3
            for wording, key in open_texts.items()
            if abs(len(text) - len(wording)) <= 0.3 * len(wording) or wording.startswith(text)
        ]
        if ratios and max(ratios)[0] >= _SIMILAR:
            ratio, key = max(ratios)
            nearest[position] = key
            if ratio > best_for.get(key, (0, None))[0]:
                best_for[key] = (ratio, position)
    return {key: (position, "similar wording") for position, key in nearest.items() if best_for[key][1] == position}


def _likeness(text, wording):
    """Tell how alike two wordings are; one that was cut off is the same as far as it goes."""
    if len(text) >= _BEGINNING and wording.startswith(text):
        return _SIMILAR
    return SequenceMatcher(None, text, wording).ratio()


def _by_order(table, instrument, found, added, probable):
    """Propose the order asked, if as many columns as items are left."""
    keys = [key for key in instrument.points() if found.is_open(key) and key not in probable]
    taken = {position for position, _ in probable.values()}
    positions = [position for position in _questions(table, found, added) if position not in taken]
    if len(keys) != len(positions):
        return {}
    return {key: (position, "order") for key, position in zip(keys, positions, strict=True)}


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
    return [
        (shown_heading(column.name, position), personal_column(column), position in placement.added)
        for position, column in enumerate(table.columns)
        if position not in taken
    ]
