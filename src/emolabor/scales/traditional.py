"""Traditional Chinese beside Simplified: converted character by character, and marked until a person has read it."""

from pathlib import Path

from emolabor.common.documents import parse_document, read_plain_text
from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.common.files import write_text
from emolabor.common.yaml_text import add_key, append_entry
from emolabor.scales.adapting import entry_of

_NOTE = "Converted from zh by OpenCC (s2tw, characters only); not read by a person yet."


def add_traditional(path: str | Path, date: str | None = None) -> int:
    """Add Traditional Chinese to the file of a scale or an instrument.

    Every text in Simplified Chinese is converted by OpenCC, character by character, so that no word is another than in
    the version that was examined. The language is listed under ``converted`` until somebody has read it: take it out
    there then. Exports say so until that day.

    Parameters
    ----------
    path : str or Path
        The YAML file, written in zh and not in zh-Hant; its comments and layout are kept.
    date : str, optional
        The day, YYYY-MM-DD, for the record of an adapted scale; needed only there.

    Returns
    -------
    int
        How many texts were converted.

    Raises
    ------
    EmolaborError
        OpenCC is not installed, the file has no Chinese or has Traditional Chinese already, or a record needs a date.
        The file is then as it was.

    Examples
    --------
    >>> import emolabor as el
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "mine.yaml")
    ...     try:
    ...         el.add_traditional(file)
    ...     except el.EmolaborError as error:
    ...         print(str(error).startswith(str(file)))
    True
    """
    source = read_plain_text(path)
    data = parse_document(source, str(path)).data
    record = data.get("adaptation") if isinstance(data, dict) else None
    places = list(_texts(data, ()))
    if not places or any("zh-Hant" in texts for _, texts in places):
        found = "texts in zh-Hant" if places else "no text in zh"
        raise EmolaborError(f"{path}: found {found}; allowed: a scale or an instrument in zh and not yet in zh-Hant")
    if record and not date:
        raise EmolaborError(f"{path}: found a record; allowed: with the day of the conversion, --date YYYY-MM-DD")
    convert = _converter()
    for where, texts in places:
        words = texts["zh"]
        new = [convert(word) for word in words] if isinstance(words, list) else convert(words)
        source = add_key(source, where, "zh-Hant", new)
        part = _part(data, where)
        if record:
            entry = entry_of(record[-1]["from"], part, "rewording", _NOTE, None, date, ["researcher"])
            source = append_entry(source, "adaptation", entry | {"new": {"zh-Hant": new}})
    source = add_key(source, (), "converted", ["zh-Hant"])
    _refuse_what_does_not_load(path, source)
    write_text(path, source)
    return len(places)


def _converter():
    require("opencc")
    from opencc import OpenCC

    return OpenCC("s2tw").convert


def _texts(node, where):
    """Every mapping of languages with its path; what a record tells of the past is left alone."""
    if isinstance(node, dict):
        if node.get("zh") is not None:
            yield where, node
        for key, child in node.items():
            if key not in ("adaptation", "zh", "en"):
                yield from _texts(child, (*where, key))
    elif isinstance(node, list):
        for position, child in enumerate(node):
            yield from _texts(child, (*where, position))


def _part(data, where):
    """The part of a scale that a text belongs to, as its record names it."""
    if where[0] != "dimensions":
        return where[0]
    owner = data["dimensions"][where[1]]
    return owner["items"][where[3]]["key"] if where[2] == "items" else owner["key"]


def _refuse_what_does_not_load(path, source):
    """Hold the new text of a scale to its schema and rules; an instrument's is checked when it is loaded."""
    from emolabor.scales.adapting import checked_source

    if "dimensions" in (parse_document(source, str(path)).data or {}):
        checked_source(source, Path(path))
