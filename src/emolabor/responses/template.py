"""The mapping that mends a refusal: every key and heading, and every value that was not understood, to fill in."""

import json
import re
from dataclasses import dataclass
from datetime import time, timedelta

import numpy as np

from emolabor.common.privacy import SMALLEST_CELL
from emolabor.responses.cells import UNCLEAR, reader_for, settle
from emolabor.responses.mapping import ALL_ITEMS
from emolabor.responses.personal import personal_column, shown_heading
from emolabor.responses.personal_contents import personal_content
from emolabor.responses.table import Unreadable
from emolabor.responses.words import say
from emolabor.responses.written import as_number, is_date, name_of, number_and_label, plain, same

_LONGEST, _MOST = 60, 40
_PLAIN_CODE = re.compile(r"[A-Za-z]{1,2}[0-9]{0,2}")


@dataclass
class Value:
    """One value of a block of columns: its code (None: in doubt), how many gave it, and whether it was refused."""

    name: str
    code: object
    respondents: int
    refused: bool


def values_of(readers, are_items=True):
    """List what columns that were asked together hold, and what of it can be shown.

    Parameters
    ----------
    readers : list of Reader
        The columns, settled.
    are_items : bool
        Whether the columns are known to be the items' own, so that a date is an answer that Excel changed.

    Returns
    -------
    shown : list of Value
        Values that are of no personal kind and that five respondents or more gave, or that are nothing but a number, a
        letter or words of the other values; in the order of their codes or names.
    hidden : int
        How many cells hold other values.
    """
    rows, codes, refused = {}, {}, set()
    for reader in readers:
        for place, (cell, said) in enumerate(zip(reader.column.cells, reader.said, strict=True)):
            if said.kind in ("missing", "declared") or isinstance(cell, Unreadable | time | timedelta):
                continue
            name = name_of(cell)
            rows.setdefault(name, []).append(np.flatnonzero(reader.column.codes == place))
            if said.kind in UNCLEAR:
                refused.add(name)
            # A number that no label explains is in doubt as soon as others beside it are not understood.
            explained = said.kind in ("label", "mapped") or (said.kind == "code" and said.number in reader.explained)
            codes[name] = said.value if explained and codes.get(name, said.value) == said.value else None
    counts = {name: len(np.unique(np.concatenate(parts))) for name, parts in rows.items()}
    labels = {same(text) for reader in readers for text in reader.question.labels}
    changed = {name_of(cell) for reader in readers for cell in reader.column.cells if are_items and is_date(cell)}
    fit = [name for name in counts if len(name) <= _LONGEST and not personal_content(name)]
    shown = {name for name in fit if counts[name] >= SMALLEST_CELL or name in changed or _is_impersonal(name, labels)}
    words = set().union(*map(_words, shown), *(_words(text) for text in labels))
    shown |= {name for name in fit if _words(name) and _words(name) <= words}
    values = [Value(name, codes[name], counts[name], name in refused) for name in sorted(shown, key=_order)[:_MOST]]
    listed = {value.name for value in values}
    hidden = sum(sum(map(len, parts)) for name, parts in rows.items() if name not in listed)
    return sorted([*values, *_between(values)], key=lambda value: _order(value.name)), hidden


def _is_impersonal(name, labels):
    """Tell whether a value that few gave can be shown: a short number, a letter, an answer code, a known label."""
    if (as_number(name) is not None and len(name) <= 4) or _PLAIN_CODE.fullmatch(name):
        return True
    return same(name) in labels or same(number_and_label(name)[1]) in labels


def _words(text):
    """Part a text into words; one in Chinese into its characters."""
    return set(re.findall(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+", text.casefold()))


def _order(name):
    number = as_number(name)
    number = number_and_label(name)[0] if number is None else number
    return (number is None, number or 0, name)


def _between(values):
    """Fill a short scale of whole numbers: a point that nobody chose here may be chosen in the next file."""
    numbers = {as_number(value.name) for value in values} - {None}
    if len(numbers) < 3 or not all(number.is_integer() for number in numbers) or max(numbers) - min(numbers) > 10:
        return []
    return [
        Value(str(number), None, 0, False)
        for number in range(int(min(numbers)), int(max(numbers)) + 1)
        if float(number) not in numbers
    ]


def mapping_text(table, placement, instrument, mapping, readers=(), placed=None):
    """Write a mapping file that says what is known and leaves the rest to fill in.

    Parameters
    ----------
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.
    instrument : Instrument
        What was asked.
    mapping : Mapping
        What the user said already; it is kept.
    readers : sequence of Reader
        Columns whose values are to be explained, settled.
    placed : dict of str to (str or int), optional
        Key to heading or number, for keys that are only probably there.

    Returns
    -------
    str
        YAML.
    """
    names = [column.name for column in table.columns]
    columns = {key: address(names, position) for key, position in placement.columns.items()} | (placed or {})
    lines = [say("template_header") + "columns:"]
    for key in instrument.columns:
        name = "false" if key in mapping.unread else _yaml(columns[key]) if key in columns else ""
        lines.append(f"  {key}: {name}".rstrip())
    taken = set(placement.columns.values()) | {
        placement.probable[key][0] for key in placement.probable if key in columns
    }
    rest = [position for position in range(len(names)) if position not in taken]
    if rest:
        lines.append(say("template_rest"))
        lines += [f"#   {position + 1}: {_held(table.columns[position], position)}" for position in rest]
    rest = [position for position in rest if position not in placement.added]
    tables = _tables(readers, instrument, mapping)
    if not all(key in columns for key in instrument.points()):
        tables.setdefault(ALL_ITEMS, []).extend(_open_values(table, rest, instrument, mapping))
    if any(tables.values()):
        lines.append(say("template_values") + "values:")
    for key, entries in tables.items():
        if entries:
            lines += [f"  {key}:{_allowed(key, instrument)}", *entries]
    missing = {key: sorted(cells) for key, cells in mapping.missing.items()}
    kept = {"missing": missing.get("", missing) or [], "turned": list(mapping.turned)}
    kept |= {"layout": mapping.layout.said()} if mapping.layout.said() else {}
    lines += [f"{section}: {_yaml(entries)}" for section, entries in kept.items()]
    return "\n".join(lines) + "\n"


def address(names, position):
    """Return the heading, or the number from 1 where the heading does not name the column."""
    name = names[position]
    shown = name and name.isprintable() and shown_heading(name, position) == name
    return name if shown and names.count(name) == 1 else position + 1


def _held(column, position):
    """Write a column's heading and, if it may hold answers, its values that five respondents or more gave."""
    text = plain(shown_heading(column.name, position))
    if personal_column(column) or len(column.cells) > _MOST:
        return text
    pairs = zip(map(name_of, column.cells), column.counts().tolist(), strict=True)
    values = [f"{name} ({count})" for name, count in pairs if count >= SMALLEST_CELL and len(name) <= _LONGEST]
    return say("template_holds", heading=text, values=say("comma").join(sorted(values)[:12])) if values else text


def _tables(readers, instrument, mapping):
    """Return key to lines: what the user said, then the values of the columns that are to be explained."""
    tables = {key: [_entry(name, code) for name, code in table.items()] for key, table in mapping.values.items()}
    items = [reader for reader in readers if reader.question.kind == "item"]
    alike = len({reader.question.allowed for reader in items}) == 1
    if items and alike and {reader.question.key for reader in items} >= set(instrument.points()):
        tables.setdefault(ALL_ITEMS, []).extend(_lines(items, mapping, ALL_ITEMS))
    else:
        for reader in items:
            block = [other for other in items if other.question.block == reader.question.block]
            tables.setdefault(reader.question.key, []).extend(_lines(block, mapping, reader.question.key))
    for reader in readers:
        if reader.question.kind != "item":
            tables.setdefault(reader.question.key, []).extend(_lines([reader], mapping, reader.question.key))
    return tables


def _lines(readers, mapping, key, are_items=True):
    known = {*mapping.values.get(key, {})}
    shown, hidden = values_of(readers, are_items and readers[0].question.kind == "item")
    lines = [
        _entry(value.name, value.code, value.respondents, is_read=value.code is not None)
        for value in shown
        if value.name not in known
    ]
    if hidden:
        lines.append(say("template_hidden", n=hidden, least=SMALLEST_CELL))
    return lines


def _open_values(table, positions, instrument, mapping):
    """List what the columns without a place hold that may be answers to items, as if it were one block of them."""
    key = next(iter(instrument.points()))
    columns = [table.columns[position] for position in positions]
    columns = [column for column in columns if 0 < len(column.cells) <= _MOST and not personal_column(column)]
    readers = [reader_for(key, instrument, mapping, None, column) for column in columns]
    settle(readers)
    return _lines(readers, mapping, ALL_ITEMS, are_items=False) if readers else []


def _entry(name, code, respondents=0, is_read=False):
    written = "" if code is None else f" {code:g}" if isinstance(code, float | int) else f" {_yaml(code)}"
    counted = f"   # {say('template_respondents', n=respondents)}" if respondents >= SMALLEST_CELL else ""
    return f"    {'# ' + say('template_read_already') if is_read else ''}{_yaml(name)}:{written}{counted}"


def _allowed(key, instrument):
    """Say in a comment which codes there are."""
    for variable in instrument.background:
        if variable.key == key:
            return f"   # {', '.join(map(str, variable.values))}" if variable.kind == "choice" else ""
    for scale in instrument.scales:
        if key == ALL_ITEMS or key in [item.key for item in scale.items]:
            labels = next(iter((scale.response_format.labels or {}).values()), None)
            ends = say("template_ends", first=labels[0], last=labels[-1]) if labels else ""
            return f"   # {say('template_codes', points=scale.response_format.points, ends=ends)}"
    return ""


def _yaml(value):
    """Write a text, a number, or a list or table of them as YAML, which JSON is."""
    return json.dumps(value, ensure_ascii=False)
