"""Traditional Chinese beside Simplified: converted character by character, and marked until a person has read it."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from emolabor.common.documents import parse_document, read_plain_text
from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.extras import require
from emolabor.common.files import write_text
from emolabor.common.yaml_text import add_key, append_entry
from emolabor.scales.adapting import entry_of

_NOTE = "Converted from zh by OpenCC (s2tw, characters only); not read by a person yet."
_QUOTES = str.maketrans("“”‘’", "「」『』")
_PAST = ("adaptation", "validation", "citations", "facts")  # what a scale tells of its making


class _InLanguages(Protocol):
    @property
    def languages(self) -> tuple[str, ...]: ...


Written = TypeVar("Written", bound=_InLanguages)


def add_traditional(path: str | Path, date: str | None = None) -> int:
    """Add Traditional Chinese to the file of a scale or an instrument.

    Every text in Simplified Chinese is converted by OpenCC, character by character, so that no word is another than in
    the version that was examined; quotation marks become 「」. The language is listed under ``converted`` until
    somebody has read it: take it out there then. Exports say so until that day.

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

    converter = OpenCC("s2tw")
    return lambda text: converter.convert(text).translate(_QUOTES)


def in_traditional(written: Written) -> Written:
    """Return a scale or an instrument with Traditional Chinese beside Simplified, its files left as they are.

    Converted as by `add_traditional`, and marked in the same way.

    Parameters
    ----------
    written : Scale or Instrument
        In zh.

    Returns
    -------
    Scale or Instrument
        The same where it has Traditional Chinese already.

    Raises
    ------
    EmolaborError
        It is not written in zh, or OpenCC is not installed.

    Examples
    --------
    >>> import emolabor as el
    >>> scale = el.in_traditional(el.load_scale("belonging"))
    >>> scale.names["zh-Hant"], scale.languages, scale.converted
    ('歸屬感', ('zh', 'en', 'zh-Hant'), ('zh-Hant',))
    """
    if "zh-Hant" in written.languages:
        return written
    if "zh" not in written.languages:
        refuse("language", "zh-Hant", written.languages)
    return _beside(written, _converter())


def written_in(written: Written, language: str | None) -> Written:
    """Return what a text in a language is taken from: with Traditional Chinese where that is asked for."""
    return in_traditional(written) if language == "zh-Hant" else written


def _beside(node, convert):
    """A tree of texts in which each one in zh has its like in zh-Hant beside it."""
    if isinstance(node, dict):
        if isinstance(node.get("zh"), str):
            return node | {"zh-Hant": convert(node["zh"])}
        if isinstance(node.get("zh"), list | tuple):
            return node | {"zh-Hant": type(node["zh"])(map(convert, node["zh"]))}
        return {key: _beside(child, convert) for key, child in node.items()}
    if isinstance(node, tuple):
        return tuple(_beside(child, convert) for child in node)
    if not is_dataclass(node):
        return node
    changed = {one.name: _beside(getattr(node, one.name), convert) for one in fields(node) if one.name not in _PAST}
    if "converted" in changed:
        changed["converted"] = (*node.converted, "zh-Hant")
    return replace(node, **changed)


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
