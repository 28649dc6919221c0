"""The mapping file: which column of an answer file holds which item, where the names differ."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

from emolabor.errors import EmolaborError
from emolabor.scales.checked import Document, read_document

_SECTIONS = ("columns", "values", "missing", "turned")
ALL_ITEMS = "all_items"


@dataclass(frozen=True)
class Mapping:
    """What a user says about an answer file.

    Attributes
    ----------
    columns : dict of str to (str or int)
        Key of an item or background variable to the heading of its column, or to the number of the column from 1.
    values : dict of str to dict
        Key, or "all_items", to a table from what the file holds to the code that it means.
    missing : frozenset of str
        What the file writes for a missing answer.
    turned : tuple of str
        Items whose answers the file holds already turned (reverse-scored); reading turns them back.
    items : frozenset of str
        The instrument's items and attention checks, which "all_items" stands for.
    """

    columns: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    missing: frozenset = frozenset()
    turned: tuple = ()
    items: frozenset = frozenset()

    def values_of(self, key):
        """Return the table from what the file holds to codes for one key."""
        return {**(self.values.get(ALL_ITEMS, {}) if key in self.items else {}), **self.values.get(key, {})}

    def with_values(self, values):
        """Return the mapping with values that count where the user said nothing."""
        return replace(self, values={**values, **self.values})


def load_mapping(source, instrument):
    """Read a mapping file, or take the same as a dict, and check it against the instrument.

    Parameters
    ----------
    source : str, Path, dict or None
        A YAML file with any of the entries columns, values, missing, turned (see `Mapping`); a dict with these
        entries, or with keys and headings alone; None for no mapping.
    instrument : Instrument
        What was asked.

    Returns
    -------
    Mapping
        The mapping, checked.

    Raises
    ------
    EmolaborError
        The file cannot be read or holds a mistake: file, line, what was found and what is allowed.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> load_mapping({"sa1": "Q7_1"}, load_instrument("window_staff")).columns
    {'sa1': 'Q7_1'}
    """
    if source is None:
        return Mapping(items=frozenset(instrument.points()))
    if isinstance(source, AnyMapping):
        data = dict(source) if set(source) <= set(_SECTIONS) else {"columns": dict(source)}
        document = Document("mapping", data, _lines(data))
    else:
        document = read_document(source)
        document.data = {} if document.data is None else document.data
    _check(document, instrument)
    document.refuse_problems()
    data = document.data
    return Mapping(
        columns=dict(data.get("columns") or {}),
        values={
            key: {str(cell): _code(code) for cell, code in table.items()}
            for key, table in (data.get("values") or {}).items()
        },
        missing=frozenset(map(str, data.get("missing") or ())),
        turned=tuple(data.get("turned") or ()),
        items=frozenset(instrument.points()),
    )


def _lines(data):
    """Give every entry of a dict the line 1, so that mistakes in it are told like those of a file."""
    return {(): 1, **{(key,): 1 for key in data}}


def _code(code):
    return float(code) if isinstance(code, int) else code


def _check(document, instrument):
    if not isinstance(document.data, dict):
        document.problem((), "no table", f"a table with any of {', '.join(_SECTIONS)}")
        return
    for section, content in document.data.items():
        kind = dict if section in ("columns", "values") else list
        if section not in _SECTIONS:
            document.problem((section,), "an unknown entry", ", ".join(_SECTIONS))
        elif content is not None and not isinstance(content, kind | tuple if kind is list else kind):
            document.problem((section,), type(content).__name__, "a table" if kind is dict else "a list")
        elif content:
            _CHECKS[section](document, instrument, content)


def _check_columns(document, instrument, columns):
    for key, name in columns.items():
        if key not in instrument.columns:
            document.problem(
                ("columns", key), "an unknown key", f"a column of {instrument.key}, such as {_some(instrument)}"
            )
        elif not isinstance(name, str | int) or isinstance(name, bool) or (isinstance(name, int) and name < 1):
            document.problem(("columns", key), repr(name), "the heading of a column, or its number from 1")
    for name in {name for name in columns.values() if list(columns.values()).count(name) > 1}:
        keys = [key for key in columns if columns[key] == name]
        document.problem(("columns", keys[1]), f"the column of {keys[0]} again", "each column once")


def _check_values(document, instrument, values):
    for key, table in values.items():
        if key != ALL_ITEMS and key not in instrument.columns:
            document.problem(("values", key), "an unknown key", f"{ALL_ITEMS}, or a column of {instrument.key}")
        elif not isinstance(table, dict):
            document.problem(("values", key), type(table).__name__, "a table from what the file holds to codes")
        else:
            for cell, code in table.items():
                if not _is_allowed(key, code, instrument):
                    document.problem(("values", key, cell), repr(code), "a code of the questionnaire")


def _is_allowed(key, code, instrument):
    points = instrument.points()
    if key == ALL_ITEMS:
        return not isinstance(code, bool) and any(code in range(1, k + 1) for k in points.values())
    if key in points:
        return not isinstance(code, bool) and code in range(1, points[key] + 1)
    variable = next(variable for variable in instrument.background if variable.key == key)
    return code in variable.values if variable.kind == "choice" else isinstance(code, str | int | float)


def _check_missing(document, instrument, missing):
    for place, cell in enumerate(missing):
        if not isinstance(cell, str | int | float):
            document.problem(("missing", place), type(cell).__name__, "a text or a number")


def _check_turned(document, instrument, turned):
    for place, key in enumerate(turned):
        if key not in instrument.points():
            document.problem(("turned", place), repr(key), f"an item of {instrument.key}, such as {_some(instrument)}")


_CHECKS = {"columns": _check_columns, "values": _check_values, "missing": _check_missing, "turned": _check_turned}


def _some(instrument):
    return ", ".join(list(instrument.points())[:3])


def mapping_text(columns, unplaced):
    """Write a mapping file.

    Parameters
    ----------
    columns : dict of str to (str or int)
        Key to heading or number of the column.
    unplaced : list of str
        Headings that belong to no key, written as comments.

    Returns
    -------
    str
        YAML.
    """
    import yaml

    if not columns:
        raise EmolaborError("mapping: found no column that could be placed; allowed: at least one")
    text = "# Which column of the answer file holds which item: look it over, mend it, then give it as the mapping.\n"
    text += yaml.safe_dump({"columns": columns}, allow_unicode=True, sort_keys=False, width=1000)
    if unplaced:
        text += "# Columns without a place:\n" + "".join(f"#   {name}\n" for name in unplaced)
    return text
