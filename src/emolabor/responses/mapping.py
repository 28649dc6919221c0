"""The mapping file: which column of an answer file holds which item, where the names differ."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

from emolabor.common.documents import Document, read_document
from emolabor.responses.layout import NAMES, Layout, fits, make_layout
from emolabor.responses.words import say
from emolabor.responses.written import name_of

_SECTIONS = ("columns", "values", "missing", "turned", "layout")
_KINDS = {
    "columns": (dict, "mapping_a_table"),
    "values": (dict, "mapping_a_table"),
    "missing": (dict | list | tuple, "mapping_list_or_table"),
    "turned": (list | tuple, "mapping_list"),
    "layout": (dict, "mapping_a_table"),
}
ALL_ITEMS = "all_items"


@dataclass(frozen=True)
class Mapping:
    """What a user says about an answer file.

    Attributes
    ----------
    columns : dict of str to (str or int)
        Key of an item or background variable to the heading of its column, or to the number of the column from 1.
    unread : frozenset of str
        Keys whose column is not to be read.
    values : dict of str to dict
        Key, or "all_items", to a table from what the file holds to the code that it means, None for a missing answer.
    missing : dict of str to frozenset of str
        Key, "all_items" or "" (everywhere), to what the file writes for a missing answer.
    turned : tuple of str
        Items whose answers the file holds already turned (reverse-scored); reading turns them back.
    layout : Layout
        Separator, encoding, sheet and row of headings, where they are not found.
    items : frozenset of str
        The instrument's items and attention checks, which "all_items" stands for.
    """

    columns: dict = field(default_factory=dict)
    unread: frozenset = frozenset()
    values: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    turned: tuple = ()
    layout: Layout = field(default_factory=Layout)
    items: frozenset = frozenset()

    def values_of(self, key):
        """Return the table from what the file holds to codes for one key."""
        return {**(self.values.get(ALL_ITEMS, {}) if key in self.items else {}), **self.values.get(key, {})}

    def missing_of(self, key):
        """Return what the file writes for a missing answer under one key."""
        of_items = self.missing.get(ALL_ITEMS, frozenset()) if key in self.items else frozenset()
        return self.missing.get("", frozenset()) | of_items | self.missing.get(key, frozenset())

    def laid_out(self, layout):
        """Return the mapping with a layout that goes before its own."""
        return replace(self, layout=layout.over(self.layout))

    def with_values(self, values):
        """Return the mapping with values that count where the user said nothing."""
        return replace(self, values={**values, **self.values})


def load_mapping(source, instrument):
    """Read a mapping file, or take the same as a dict, and check it against the instrument.

    Parameters
    ----------
    source : str, Path, dict or None
        A YAML file with any of the entries columns, values, missing, turned, layout (see `Mapping`); a dict with these
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
        document = read_document(source, number_keys=True)
        document.data = {} if document.data is None else document.data
    _check(document, instrument)
    document.refuse_problems()
    data = document.data
    columns, missing = data.get("columns") or {}, data.get("missing") or ()
    return Mapping(
        columns={key: name for key, name in columns.items() if name is not None and name is not False},
        unread=frozenset(key for key, name in columns.items() if name is False),
        values={
            key: {name_of(cell): float(code) if isinstance(code, int) else code for cell, code in table.items()}
            for key, table in (data.get("values") or {}).items()
            if table and not (key in (ALL_ITEMS, *instrument.points()) and _is_blank(document, key))
        },
        missing={
            key: frozenset(map(name_of, cells or ()))
            for key, cells in (missing if isinstance(missing, AnyMapping) else {"": missing}).items()
        },
        turned=tuple(data.get("turned") or ()),
        layout=make_layout(**(data.get("layout") or {})),
        items=frozenset(instrument.points()),
    )


def _is_blank(document, key):
    """Tell whether a table was left as it was proposed: no code is filled in, nor null for a missing answer."""
    entries = [entry for entry in document.lines if entry[:2] == ("values", key) and len(entry) == 3]
    return bool(entries) and document.blank.issuperset(entries)


def _lines(data):
    """Give every entry of a dict the line 1, so that mistakes in it are told like those of a file."""
    return {(): 1, **{(key,): 1 for key in data}}


def _check(document, instrument):
    if not isinstance(document.data, dict):
        document.problem((), say("mapping_no_table"), say("mapping_table_of", sections=", ".join(_SECTIONS)))
        return
    for section, content in document.data.items():
        if section not in _SECTIONS:
            document.problem((section,), say("mapping_unknown_entry"), ", ".join(_SECTIONS))
        elif content is not None and not isinstance(content, _KINDS[section][0]):
            document.problem((section,), type(content).__name__, say(_KINDS[section][1]))
        elif content:
            _CHECKS[section](document, instrument, content)


def _check_columns(document, instrument, columns):
    for key, name in columns.items():
        if key not in instrument.columns:
            allowed = say("mapping_column_of", instrument=instrument.key, some=_some(instrument))
            document.problem(("columns", key), say("mapping_unknown_key"), allowed)
        elif name is None or name is False:
            continue
        elif not isinstance(name, str | int) or name is True or (isinstance(name, int) and name < 1):
            document.problem(("columns", key), repr(name), say("mapping_heading"))
    keys_of = {}
    for key, name in columns.items():
        if isinstance(name, str | int) and not isinstance(name, bool):
            keys_of.setdefault(name, []).append(key)
    for keys in (keys for keys in keys_of.values() if len(keys) > 1):
        document.problem(("columns", keys[1]), say("mapping_column_again", key=keys[0]), say("mapping_column_once"))


def _check_values(document, instrument, values):
    for key, table in values.items():
        if key != ALL_ITEMS and key not in instrument.columns:
            document.problem(("values", key), say("mapping_unknown_key"), _items_or_column(instrument))
        elif not isinstance(table, dict | None):
            document.problem(("values", key), type(table).__name__, say("mapping_table_of_values"))
        else:
            for cell, code in (table or {}).items():
                if code is not None and not _is_allowed(key, code, instrument):
                    document.problem(("values", key, cell), repr(code), say("mapping_code"))


def _is_allowed(key, code, instrument):
    points = instrument.points()
    if key == ALL_ITEMS:
        return not isinstance(code, bool) and any(code in range(1, k + 1) for k in points.values())
    if key in points:
        return not isinstance(code, bool) and code in range(1, points[key] + 1)
    variable = next(variable for variable in instrument.background if variable.key == key)
    return code in variable.values if variable.kind == "choice" else isinstance(code, str | int | float)


def _check_missing(document, instrument, missing):
    if not isinstance(missing, dict):
        _check_cells(document, ("missing",), missing)
        return
    for key, cells in missing.items():
        if key != ALL_ITEMS and key not in instrument.columns:
            document.problem(("missing", key), say("mapping_unknown_key"), _items_or_column(instrument))
        elif not isinstance(cells, list | tuple | None):
            document.problem(("missing", key), type(cells).__name__, say("mapping_missing_list"))
        else:
            _check_cells(document, ("missing", key), cells or ())


def _check_cells(document, where, cells):
    for place, cell in enumerate(cells):
        if not isinstance(cell, str | int | float):
            document.problem((*where, place), type(cell).__name__, say("mapping_cell"))


def _check_turned(document, instrument, turned):
    for place, key in enumerate(turned):
        if key not in instrument.points():
            allowed = say("mapping_item_of", instrument=instrument.key, some=_some(instrument))
            document.problem(("turned", place), repr(key), allowed)


def _check_layout(document, instrument, layout):
    for name, found in layout.items():
        if name not in NAMES:
            document.problem(("layout", name), say("mapping_unknown_entry"), ", ".join(NAMES))
        elif found is not None and not fits(name, found):
            document.problem(("layout", name), repr(found), say(f"layout_{name}"))


_CHECKS = {
    "columns": _check_columns,
    "values": _check_values,
    "missing": _check_missing,
    "turned": _check_turned,
    "layout": _check_layout,
}


def _items_or_column(instrument):
    return say("mapping_items_or_column", instrument=instrument.key)


def _some(instrument):
    return ", ".join(list(instrument.points())[:3])
