"""Scales read from the library or from a user's file."""

from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from emolabor.scales.checked import open_document
from emolabor.scales.scale import Dimension, Item, ResponseFormat, Scale

_FOLDER = Path(str(files("emolabor.scales")))
_LIBRARY = {path.stem: path for path in sorted((_FOLDER / "library").glob("*.yaml"))}


def load_scale(key_or_path):
    """Load a scale from the library or from a file.

    Parameters
    ----------
    key_or_path : str or Path
        A key shown by `list_scales`, or the path of a YAML file.

    Returns
    -------
    Scale
        The scale, checked.

    Raises
    ------
    EmolaborError
        No such scale, or a mistake in the file: file, line, key, what was found and what is allowed.

    Examples
    --------
    >>> scale = load_scale("emotional_labor")
    >>> [dimension.key for dimension in scale.dimensions]
    ['surface_acting', 'deep_acting', 'natural_expression']
    >>> scale.items[0].key, scale.response_format.labels["en"][0]
    ('sa1', 'Never')
    """
    if str(key_or_path) in _LIBRARY:
        return deepcopy(_library_scale(str(key_or_path)))
    return _build_scale(open_document(key_or_path, _LIBRARY, _FOLDER / "schema.json"))


def list_scales():
    """List the scales of the library.

    Returns
    -------
    DataFrame
        One row a scale: key, construct (its names), dimensions (their keys), items (how many), languages, rights
        (own, licensed or withheld texts, and the licence), status.

    Examples
    --------
    >>> list_scales().set_index("key").loc["role_clarity", ["construct", "languages", "status"]].tolist()
    ['权责清晰 / Role clarity', 'zh, en', 'not validated']
    """
    return pd.DataFrame(
        {
            "key": scale.key,
            "construct": " / ".join(scale.names.values()),
            "dimensions": ", ".join(dimension.key for dimension in scale.dimensions),
            "items": len(scale.items),
            "languages": ", ".join(scale.languages),
            "rights": f"{scale.rights['text']}, {scale.rights['licence']}",
            "status": scale.status,
        }
        for scale in map(_library_scale, _LIBRARY)
    )


@cache
def _library_scale(key):
    return _build_scale(open_document(key, _LIBRARY, _FOLDER / "schema.json"))


def _build_scale(document):
    _check_languages(document)
    _check_keys(document)
    _check_labels(document)
    _check_rights(document)
    document.refuse_problems()
    data = document.data
    return Scale(
        **{key: data[key] for key in ("key", "names", "construct", "instruction", "scoring", "rights", "status")},
        dimensions=tuple(
            Dimension(dimension["key"], dimension["names"], tuple(Item(**item) for item in dimension["items"]))
            for dimension in data["dimensions"]
        ),
        response_format=ResponseFormat(**data["response_format"]),
        citations=tuple(data["citations"]),
        adaptation=tuple(data["adaptation"]),
    )


def _entries(data, kind):
    """Dimensions or items, each with its path in the file."""
    for position, dimension in enumerate(data["dimensions"]):
        where = ("dimensions", position)
        if kind == "dimension":
            yield where, dimension
        else:
            for number, item in enumerate(dimension["items"]):
                yield (*where, "items", number), item


def _check_languages(document):
    """Ask that what is written in one language is written in all languages of the scale's names."""
    data = document.data
    translated = [((key,), data[key]) for key in ("construct", "instruction")]
    translated.append((("response_format", "labels"), data["response_format"]["labels"]))
    translated += [((*where, "names"), dimension["names"]) for where, dimension in _entries(data, "dimension")]
    translated += [((*where, "text"), item["text"]) for where, item in _entries(data, "item") if item["text"]]
    for where, translations in translated:
        document.check_translations(where, translations, data["names"])


def _check_keys(document):
    """Ask for unique keys: items are columns, dimensions are latent variables, and one model holds both."""
    seen = {}
    for where, entry in [*_entries(document.data, "dimension"), *_entries(document.data, "item")]:
        if entry["key"] in seen:
            document.problem((*where, "key"), f"{entry['key']!r}, already the key of {seen[entry['key']]}", "a new key")
        seen[entry["key"]] = document.place(where)


def _check_labels(document):
    response_format = document.data["response_format"]
    for language, labels in response_format["labels"].items():
        if len(labels) != response_format["points"]:
            where = ("response_format", "labels", language)
            document.problem(where, f"{len(labels)} labels", f"{response_format['points']}, one a point")


def _check_rights(document):
    """Ask that the texts are either withheld, all of them, or shipped, all of them."""
    withheld = document.data["rights"]["text"] == "withheld"
    for where, item in _entries(document.data, "item"):
        if withheld and item["text"] is not None:
            document.problem((*where, "text"), "a text", "null, because rights.text is withheld")
        if not withheld and item["text"] is None:
            document.problem((*where, "text"), "nothing", "the wording, because rights.text is not withheld")
