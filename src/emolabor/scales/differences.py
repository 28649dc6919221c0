"""What differs between two versions of a scale, and whether the record of an adaptation says so."""

from pathlib import Path

import pandas as pd

from emolabor.common.documents import open_document
from emolabor.common.errors import EmolaborError
from emolabor.scales.loading import LIBRARY, SCHEMA, build_scale, load_scale


def scale_differences(old, new):
    """Compare two versions of a scale.

    Parameters
    ----------
    old, new : Scale
        The versions.

    Returns
    -------
    DataFrame
        One row a difference: ``part`` (key of an item or dimension, or names, construct, instruction, response_format,
        scale), ``aspect`` (zh and en: the text; reverse, dimension, points, scoring; order of the common items), and
        its ``old`` and ``new`` value, None where there is none. Rights, status, citations and record are not compared.

    Examples
    --------
    >>> from dataclasses import replace
    >>> old = load_scale("belonging")
    >>> new = replace(old, names=old.names | {"en": "Being part of it"})
    >>> scale_differences(old, new).iloc[0].tolist()
    ['names', 'en', 'Belonging', 'Being part of it']
    """
    return pd.DataFrame(
        _differences(aspects(old), aspects(new)), columns=["part", "aspect", "old", "new"], dtype=object
    )


def aspects(scale):
    """Spread a scale out into what can change.

    Parameters
    ----------
    scale : Scale
        A scale.

    Returns
    -------
    dict of str to dict
        Part to its aspects, e.g. ``{"ps1": {"zh": ..., "en": ..., "reverse": False, "dimension": ...}}``.
    """
    answers = scale.response_format
    spread = {part: dict(getattr(scale, part) or {}) for part in ("names", "construct", "instruction")}
    spread["response_format"] = {} if answers is None else {"points": answers.points, **(answers.labels or {})}
    spread["scale"] = {"scoring": scale.scoring, "order": [item.key for item in scale.items]}
    for dimension in scale.dimensions:
        spread[dimension.key] = dict(dimension.names)
        for item in dimension.items:
            spread[item.key] = {**(item.text or {}), "reverse": item.reverse, "dimension": dimension.key}
    return spread


def recorded_aspects(start, entries):
    """Apply the recorded changes to an old version.

    Parameters
    ----------
    start : dict of str to dict
        Aspects of the old version.
    entries : list of dict
        Entries of the record, in order.

    Returns
    -------
    dict of str to dict
        Aspects of the version that the record describes.
    """
    spread = {part: dict(values) for part, values in start.items()}
    for entry in entries:
        values = spread.setdefault(entry["part"], {})
        for aspect in entry.get("old", {}):
            values.pop(aspect, None)
        values.update(entry.get("new", {}))
    return {part: values for part, values in spread.items() if values}


def unrecorded(start, entries, now):
    """List the differences from an old version that the record does not hold.

    Parameters
    ----------
    start, now : dict of str to dict
        Aspects of the old version and of the new one.
    entries : list of dict
        Entries of the record that begin from the old version.

    Returns
    -------
    list of tuple
        Part, aspect, recorded value, present value.
    """
    return _differences(recorded_aspects(start, entries), now)


def check_record(path):
    """Check that the record of an adapted scale agrees with its differences from the old version.

    Parameters
    ----------
    path : str or Path
        A scale's file. One without a record passes.

    Returns
    -------
    Scale
        The scale, checked.

    Raises
    ------
    EmolaborError
        A mistake in the file, the old version cannot be read, a change is not recorded, or an entry of the record does
        not follow on the one before: file, line, key, what was found and what is allowed.
    """
    document = open_document(path, {}, SCHEMA)
    scale = build_scale(document)
    record = document.data["adaptation"]
    if not record:
        return scale
    origin = record[-1]["from"]
    try:
        before = aspects(load_origin(origin, path))
    except EmolaborError as error:
        document.problem(("adaptation", len(record) - 1, "from"), repr(origin), f"a scale that loads ({error})")
        document.refuse_problems()
    now, told = aspects(scale), []
    for position, entry in enumerate(record):
        if entry["from"] != origin:
            continue
        where, known = ("adaptation", position), recorded_aspects(before, told).get(entry["part"], {})
        if entry["part"] not in {*before, *now}:
            document.problem((*where, "part"), repr(entry["part"]), ", ".join(dict.fromkeys([*before, *now])))
        for aspect, value in entry.get("old", {}).items():
            if known.get(aspect) != value:
                document.problem((*where, "old", aspect), repr(value), f"what was there before: {known.get(aspect)!r}")
        told.append(entry)
    for part, aspect, old, new in unrecorded(before, told, now):
        where = _place(document.data, part) or ("adaptation",)
        found = f"{part} changed ({aspect}: {_show(old)} became {_show(new)}) without a record"
        document.problem(where, found, f"a recorded change: emolabor scales record {path} --part {part} ...")
    document.refuse_problems()
    return scale


def load_origin(origin, path):
    """Load the old version that a record names.

    Parameters
    ----------
    origin : str
        A key of the library, or the path of a file seen from the folder of the new one.
    path : str or Path
        The file of the new version.

    Returns
    -------
    Scale
    """
    return load_scale(origin if origin in LIBRARY else Path(path).parent / origin)


def _differences(old, new):
    rows = []
    for part in dict.fromkeys([*old, *new]):
        was, now = old.get(part, {}), new.get(part, {})
        for aspect in dict.fromkeys([*was, *now]):
            before, after = was.get(aspect), now.get(aspect)
            if aspect == "order":
                common = set(before) & set(after)
                before, after = ([key for key in keys if key in common] for keys in (before, after))
            if before != after:
                rows.append((part, aspect, before, after))
    return rows


def _place(data, part):
    """Path of a part in the file, None where it is not there any more."""
    if part in data:
        return (part,)
    for position, dimension in enumerate(data["dimensions"]):
        if dimension["key"] == part:
            return ("dimensions", position)
        for number, item in enumerate(dimension["items"]):
            if item["key"] == part:
                return ("dimensions", position, "items", number)
    return None


def _show(value):
    return "nothing" if value is None else repr(value)
