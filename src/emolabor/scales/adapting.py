"""A new version of a scale, begun from an old one, with the record of every step."""

import os
from pathlib import Path

from emolabor.common.documents import check_schema, open_document, parse_document, read_plain_text
from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_text
from emolabor.common.yaml_text import append_entry, dump, replace_text
from emolabor.scales.differences import aspects, load_origin, unrecorded
from emolabor.scales.guidelines import STEPS
from emolabor.scales.loading import LIBRARY, SCHEMA, build_scale, schema

_HEADER = """\
# {key}: a new version of {origin}. Change texts here, or with `emolabor scales record`; then record each step with
#   emolabor scales record {file} --part ITEM --step STEP --note "what and why" --date YYYY-MM-DD --role ROLE
# `emolabor scales validate {file}` says which changes are not recorded yet; `emolabor scales steps` lists the steps.
"""


def adapt_scale(old, key, date, output=None, roles=("researcher",)):
    """Begin a new version of a scale and its record.

    Parameters
    ----------
    old : str or Path
        A key of the library, or the path of a YAML file.
    key : str
        Key of the new version.
    date : str
        The day, YYYY-MM-DD.
    output : str or Path, optional
        The file to write, by default ``KEY.yaml``. One that is there is never written over.
    roles : sequence of str
        Who begins it: roles, no names.

    Returns
    -------
    Path
        The file written: the old version with the new key, "not validated", rights that name the source, and a record
        whose first new entry says where it begins. Earlier entries of the record are kept.

    Raises
    ------
    EmolaborError
        No such scale, the key is one of the library or not a key, the date is none, or the file is there already.
    """
    output = new_file(key, output)
    document = open_document(old, LIBRARY, SCHEMA)
    build_scale(document)
    shipped = str(old) in LIBRARY
    origin = str(old) if shipped else Path(os.path.relpath(old, output.parent)).as_posix()
    data = {name: value for name, value in document.data.items() if name not in ("validation", "facts")}
    data |= {"key": key, "status": "not validated"}
    if data["rights"]["text"] != "withheld":
        evidence = (
            f"Adapted from {document.data['key']}, whose file states this licence; the changes are recorded below."
        )
        text = "licensed" if shipped else data["rights"]["text"]
        data["rights"] = data["rights"] | {"status": "adapted", "evidence": evidence, "checked_on": date, "text": text}
    start = entry_of(origin, "scale", "start", f"New version begun from {document.data['key']}.", None, date, roles)
    data["adaptation"] = [*data["adaptation"], start]
    header = _HEADER.format(key=key, origin=document.data["key"], file=output.name)
    return write_text(output, checked_source(header + dump(data), output))


def record_step(path, part, step, note, date, roles, guideline=None, texts=None):
    """Record a step of an adaptation in the scale's file.

    Whatever changed in the part since its last recorded step is written down as old and new.

    Parameters
    ----------
    path : str or Path
        The file of the new version; its comments and layout are kept.
    part : str
        Key of an item or dimension, or names, construct, instruction, response_format, scale.
    step : str
        One of `adaptation_steps`.
    note : str
        What was done or changed, and why.
    date : str
        The day, YYYY-MM-DD.
    roles : sequence of str
        Who did it: roles, no names.
    guideline : str, optional
        Code of the guideline it serves, by default the step's own.
    texts : dict of str to str, optional
        New texts of the part by language, written into the file first.

    Returns
    -------
    dict
        The entry.

    Raises
    ------
    EmolaborError
        The file was not begun with `adapt_scale`, the part is not one of its parts, a text is in a language it does not
        speak, or the step, code or date is not known. The file is then as it was.
    """
    source = read_plain_text(path)
    document = open_document(path, {}, SCHEMA)
    scale = build_scale(document)
    record = record_of(document, path)
    origin = record[-1]["from"]
    before = aspects(load_origin(origin, path))
    if part not in {*before, *aspects(scale)}:
        raise EmolaborError(f"part: found {part!r}; allowed: {', '.join(dict.fromkeys([*aspects(scale), *before]))}")
    for language, text in (texts or {}).items():
        source = replace_text(source, _text_path(document.data, part, language), text)
    now = aspects(build_scale(parsed_source(source, path)))
    own = [entry for entry in record if entry["from"] == origin]
    changes = [change for change in unrecorded(before, own, now) if change[0] == part]
    entry = entry_of(origin, part, step, note, guideline, date, roles)
    for name, column in (("old", 2), ("new", 3)):
        values = {change[1]: change[column] for change in changes if change[column] is not None}
        if values:
            entry[name] = values
    write_text(path, checked_source(append_entry(source, "adaptation", entry), path))
    return entry


def record_of(document, path):
    """Return the record in a scale's file, or refuse a file that was not begun with `adapt_scale`."""
    record = document.data["adaptation"]
    if not record:
        raise EmolaborError(f"{path}: found no record; allowed: a file begun with emolabor scales adapt")
    return record


def new_file(key, output):
    """Name the file of a new scale.

    Parameters
    ----------
    key : str
        Key of the new scale.
    output : str or Path or None
        The file asked for.

    Returns
    -------
    Path
        The file, by default ``KEY.yaml``.

    Raises
    ------
    EmolaborError
        The key is one of the library, the name does not end in .yaml, or the file is there already.
    """
    if key in LIBRARY:
        raise EmolaborError(f"key: found {key!r}, a scale of the library; allowed: a new key")
    output = Path(output or f"{key}.yaml")
    if output.suffix not in (".yaml", ".yml"):
        raise EmolaborError(f"output: found {str(output)!r}; allowed: a name that ends in .yaml")
    if output.exists():
        raise EmolaborError(f"{output}: found a file; allowed: a new name, as no file is written over")
    return output


def entry_of(origin, part, step, note, guideline, date, roles):
    """Make an entry of the record; the guideline is by default the step's own."""
    if step not in STEPS:
        raise EmolaborError(f"step: found {step!r}; allowed: {', '.join(STEPS)}")
    return {
        "from": origin,
        "part": part,
        "step": step,
        "change": note,
        "guideline": guideline or STEPS[step][0],
        "date": date,
        "roles": list(roles),
    }


def _text_path(data, part, language):
    """Path of a part's text in one language."""
    places = {name: (name, language) for name in ("names", "construct", "instruction") if data[name]}
    for position, dimension in enumerate(data["dimensions"]):
        places[dimension["key"]] = ("dimensions", position, "names", language)
        for number, item in enumerate(dimension["items"]):
            if item["text"]:
                places[item["key"]] = ("dimensions", position, "items", number, "text", language)
    if part not in places:
        raise EmolaborError(f"part: found {part!r} for a new text; allowed: {', '.join(places)}")
    if language not in data["names"]:
        raise EmolaborError(f"text: found the language {language!r}; allowed: {', '.join(data['names'])}")
    return places[part]


def parsed_source(source, path):
    """Parse the text of a scale's file and hold it to the schema."""
    document = parse_document(source, str(path))
    check_schema(document, schema())
    return document


def checked_source(source, path):
    """Check the text of a scale's file before it is written.

    Parameters
    ----------
    source : str
        YAML.
    path : str or Path
        Where it will go, for messages.

    Returns
    -------
    str
        The same text.

    Raises
    ------
    EmolaborError
        It is no valid scale.
    """
    build_scale(parsed_source(source, path))
    return source
