"""Scales read from the library or from a user's file."""

import json
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from emolabor.common.documents import open_document
from emolabor.scales.rules import check_rules
from emolabor.scales.scale import Dimension, Item, ResponseFormat, Scale
from emolabor.scales.texts import with_texts

_FOLDER = Path(str(files("emolabor.scales")))
SCHEMA = _FOLDER / "schema.json"
LIBRARY = {path.stem: path for room in ("library", "published") for path in sorted((_FOLDER / room).glob("*.yaml"))}


def load_scale(key_or_path: str | Path, texts: str | Path | None = None) -> Scale:
    """Load a scale from the library or from a file.

    Parameters
    ----------
    key_or_path : str or Path
        A key shown by `list_scales`, or the path of a YAML file.
    texts : str or Path, optional
        A YAML file with the wording of a scale whose texts are withheld here: its key (``scale``), ``instruction``,
        ``labels`` and ``items``, each by language. Whoever has the right to use the wording keeps such a file.

    Returns
    -------
    Scale
        The scale, checked. With `texts` it speaks the languages of that file.

    Raises
    ------
    EmolaborError
        No such scale, or a mistake in a file: file, line, key, what was found and what is allowed.

    Examples
    --------
    >>> import emolabor as el
    >>> scale = el.load_scale("emotional_labor")
    >>> [dimension.key for dimension in scale.dimensions]
    ['surface_acting', 'deep_acting', 'natural_expression']
    >>> scale.items[0].key, scale.response_format.labels["en"][0]
    ('sa1', 'Never')
    """
    if str(key_or_path) in LIBRARY:
        scale = deepcopy(_library_scale(str(key_or_path)))
    else:
        scale = build_scale(open_document(key_or_path, LIBRARY, SCHEMA))
    return scale if texts is None else with_texts(scale, texts, schema())


def schema():
    """Read the JSON Schema of scales, as a dict."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def list_scales() -> pd.DataFrame:
    """List the scales of the library.

    Returns
    -------
    DataFrame
        One row a scale, our own first: key, construct (its names), dimensions (their keys), items (how many; 0 where
        they have not been looked up), languages (of its texts; none where they are withheld), rights (own, licensed or
        withheld texts, and the licence), status.

    Examples
    --------
    >>> import emolabor as el
    >>> el.list_scales().set_index("key").loc["role_clarity", ["construct", "languages", "status"]].tolist()
    ['权责清晰 / Role clarity', 'zh, en', 'not validated']
    """
    return pd.DataFrame(
        {
            "key": scale.key,
            "construct": " / ".join(scale.names.values()),
            "dimensions": ", ".join(dimension.key for dimension in scale.dimensions),
            "items": len(scale.items),
            "languages": ", ".join(() if scale.unwritten else scale.languages),
            "rights": f"{scale.rights['text']}, {scale.rights['licence']}",
            "status": scale.status,
        }
        for scale in map(_library_scale, LIBRARY)
    )


@cache
def _library_scale(key):
    return build_scale(open_document(key, LIBRARY, SCHEMA))


def build_scale(document):
    """Make a scale of a document that keeps the schema.

    Parameters
    ----------
    document : Document
        A scale's file.

    Returns
    -------
    Scale

    Raises
    ------
    EmolaborError
        A mistake that the schema cannot see.
    """
    check_rules(document)
    document.refuse_problems()
    data = document.data
    answers = data["response_format"]
    return Scale(
        **{key: data[key] for key in ("key", "names", "construct", "instruction", "scoring", "rights", "status")},
        dimensions=tuple(
            Dimension(dimension["key"], dimension["names"], tuple(Item(**item) for item in dimension["items"]))
            for dimension in data["dimensions"]
        ),
        response_format=answers and ResponseFormat(**answers),
        **{key: tuple(data.get(key, ())) for key in ("citations", "adaptation", "validation", "facts", "converted")},
    )
