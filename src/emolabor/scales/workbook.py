"""One workbook for an adaptation, in the order of TRAPD: written from a scale, read back into its texts and record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emolabor.common.checks import check_language
from emolabor.common.documents import read_plain_text
from emolabor.common.errors import EmolaborError
from emolabor.common.files import refuse_overwriting, write_bytes, write_text
from emolabor.common.languages import chosen_language
from emolabor.common.office import read_tables, workbook_bytes
from emolabor.common.yaml_text import add_key, append_entry, replace_text
from emolabor.scales.adapting import checked_source, entry_of, parsed_source, record_of
from emolabor.scales.differences import aspects, load_origin, unrecorded
from emolabor.scales.loading import build_scale
from emolabor.scales.scale import PLACEHOLDER
from emolabor.scales.workbook_words import HEADINGS, PEOPLE, SETTLED, SHEETS, STAGES, STATUS, WAY, in_any_language

if TYPE_CHECKING:
    from emolabor.scales.scale import Scale

_WIDTHS = (18, 36, 36, 36, 36, 36, 36, 36, 12)
_DECIDING = ("synthesis", "committee")


@dataclass(frozen=True)
class WorkbookReading:
    """What a workbook changed in a scale's file.

    Attributes
    ----------
    texts : int
        Texts that were written or changed.
    entries : int
        Entries that the record got.
    open : tuple of str
        Rows that are not settled yet, by their part.
    """

    texts: int
    entries: int
    open: tuple[str, ...]


def write_workbook(scale: Scale, path: str | Path, *, source: str, target: str, language: str | None = None) -> Path:
    """Write the workbook of an adaptation.

    One sheet holds the texts, a row each: source, two forward translations, synthesis, back translation, committee,
    remarks of cognitive interviews, status (the order of TRAPD); one the people and days of each step.

    Parameters
    ----------
    scale : Scale
        The new version, as `load_scale` gives it.
    path : str or Path
        The .xlsx file to write.
    source : str
        Language that is translated from, one the scale is written in.
    target : str
        Language that is translated into; a text that the scale has in it stands in the column of the synthesis.
    language : {"zh", "en"}, optional
        Of the headings; by default that of `EMOLABOR_LANGUAGE` or the system.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    EmolaborError
        Another language, texts that are withheld, or another kind of file.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = el.write_workbook(el.load_scale("belonging"), f"{folder}/belonging.xlsx", source="zh", target="en")
    ...     path.name
    'belonging.xlsx'
    """
    check_language(source, scale.languages)
    language = chosen_language(language)
    if source == target:
        raise EmolaborError(f"target: found {target!r}, the source; allowed: another language")
    if Path(path).suffix.lower() != ".xlsx":
        raise EmolaborError(f"path: found {str(path)!r}; allowed: a name that ends in .xlsx")
    missing = [key for key in scale.unwritten if key != "construct"]
    if missing:
        raise EmolaborError(
            f"scale: found no wording of {', '.join(missing)}; allowed: a scale whose texts are written"
        )
    rows = [[HEADINGS[column][language] for column in ("part", "source", *STAGES, "status")]]
    for part, words in _texts(scale):
        now = words.get(target)
        cells = [part, words[source], *(now if stage == "synthesis" else None for stage in STAGES)]
        rows.append([*cells, STATUS["settled" if now else "open"][language]])
    people: list[list[str | None]] = [[HEADINGS[column][language] for column in ("step", "roles", "date")]]
    people += [[HEADINGS[stage][language], PEOPLE[stage][language], None] for stage in STAGES]
    about: list[list[str | None]] = [
        [HEADINGS["about"][language], ""],
        ["scale", scale.key],
        ["source", source],
        ["target", target],
    ]
    about += [[line, None] for line in WAY[language]]
    sheets = {
        SHEETS[name][language]: content for name, content in (("texts", rows), ("people", people), ("about", about))
    }
    return write_bytes(path, workbook_bytes(sheets, _WIDTHS))


def read_workbook(path: str | Path, scale_file: str | Path, date: str | None = None) -> WorkbookReading:
    """Read a workbook of an adaptation back into the texts and the record of the scale.

    Settled rows only: the committee's text, or else the synthesis, becomes the text; each filled cell becomes an entry
    of the record, with the day and the people of its step. What the record holds already is not entered again.

    Parameters
    ----------
    path : str or Path
        The workbook, as `write_workbook` wrote it and people filled it in.
    scale_file : str or Path
        The file of the new version, begun with `adapt_scale`; its comments and layout are kept.
    date : str, optional
        Day of the steps that have none in the workbook.

    Returns
    -------
    WorkbookReading
        How many texts and entries, and what is still open.

    Raises
    ------
    EmolaborError
        Mistakes in the workbook, all at once with sheet and row; a new language of which a text is still open; what
        `record_step` refuses. The scale's file is then as it was.

    Examples
    --------
    >>> import emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     try:
    ...         el.read_workbook(f"{folder}/absent.txt", f"{folder}/absent.yaml")
    ...     except el.EmolaborError as error:
    ...         print("absent" in str(error))
    True
    """
    refuse_overwriting(path, scale_file)
    book = _Book(path)
    source = read_plain_text(scale_file)
    document = parsed_source(source, scale_file)
    scale = build_scale(document)
    record = record_of(document, scale_file)
    rows = book.rows(dict(_texts(scale)), scale.key)
    steps = book.steps(rows, date)
    book.refuse()
    target, final = book.target, {row["part"]: row["committee"] or row["synthesis"] for row in rows if row["settled"]}
    source, changed = _with_texts(source, document.data, scale, target, final, path)
    now = aspects(build_scale(parsed_source(source, scale_file)))
    origin = record[-1]["from"]
    old_version, own = load_origin(origin, scale_file), [entry for entry in record if entry["from"] == origin]
    before, old = aspects(old_version), dict(_texts(old_version))
    known, added = {_fingerprint(entry) for entry in own}, list[dict]()
    for row in (row for row in rows if row["settled"]):
        deciding = "committee" if row["committee"] else "synthesis"
        part, label = row["part"].partition(" ")[::2]
        for stage in (stage for stage in STAGES if row[stage]):
            if stage == "synthesis" and row[stage] in (row["as it was"], old.get(row["part"], {}).get(target)):
                continue  # the text that the scale had, not one that anybody made of two drafts
            note = f"{_TOLD[stage]}{f', label {label}' if label else ''}: {row[stage]}"
            entry = entry_of(origin, part, STAGES[stage], note, None, *steps[stage])
            if stage == deciding:
                entry |= _old_and_new(unrecorded(before, [*own, *added], now), part)
            if _fingerprint(entry) not in known or "new" in entry:
                added.append(entry)
    for entry in added:
        source = append_entry(source, "adaptation", entry)
    write_text(scale_file, checked_source(source, scale_file))
    return WorkbookReading(changed, len(added), tuple(row["part"] for row in rows if not row["settled"]))


_TOLD = {
    "forward_a": "Forward translation A",
    "forward_b": "Forward translation B",
    "synthesis": "Synthesis",
    "back": "Back translation",
    "committee": "Committee",
    "interviews": "Cognitive interviews",
}


class _Book:
    """A workbook's cells by meaning, and the mistakes found in it."""

    def __init__(self, path):
        self.path, self.problems = path, []
        self.sheets = {in_any_language(SHEETS, title): rows for title, rows in read_tables(path).items()}
        missing = [name for name in SHEETS if not self.sheets.get(name)]
        if missing:
            allowed = ", ".join("/".join(SHEETS[name].values()) for name in SHEETS)
            raise EmolaborError(f"{path}: found no sheet {', '.join(missing)}; allowed: the sheets {allowed}")
        about = {cells[0]: cells[1] for _, cells in self.sheets["about"] if len(cells) > 1}
        self.scale, self.target = about.get("scale"), about.get("target")
        if not self.target:
            raise EmolaborError(
                f"{path}, {SHEETS['about']['en']}: found no target; allowed: the language translated into"
            )

    def problem(self, sheet, row, found, allowed):
        self.problems.append(f"{self.path}, {SHEETS[sheet]['en']}, row {row}: found {found}; allowed: {allowed}")

    def refuse(self):
        if self.problems:
            raise EmolaborError("\n".join(self.problems))

    def table(self, sheet):
        """Rows as dicts by the meaning of their heading."""
        (_, headings), *rows = self.sheets[sheet]
        names = [in_any_language(HEADINGS, heading) for heading in headings]
        empty = dict.fromkeys(names, "")
        return [(number, empty | dict(zip(names, cells, strict=False))) for number, cells in rows], set(names)

    def rows(self, parts, key):
        """The rows of the texts, checked; one that holds nothing but the text as it is has nothing to read."""
        if self.scale != key:
            self.problem("about", 2, f"the scale {self.scale}", f"{key}, whose file is given")
        table, names = self.table("texts")
        for column in ("part", *STAGES, "status"):
            if column not in names:
                self.problem("texts", 1, f"no column {column}", "/".join(HEADINGS[column].values()))
        self.refuse()
        found = []
        for number, cells in table:
            status = in_any_language(STATUS, cells["status"] or "open")
            if cells["part"] not in parts:
                self.problem("texts", number, f"the part {cells['part']!r}", ", ".join(parts))
            elif cells["part"] in {row["part"] for row in found}:
                self.problem("texts", number, f"{cells['part']} again", "each part once")
            elif status is None:
                allowed = ", ".join("/".join(words.values()) for words in STATUS.values())
                self.problem("texts", number, f"the status {cells['status']!r}", allowed)
            elif status == "settled" and not (cells["committee"] or cells["synthesis"]):
                self.problem(
                    "texts", number, f"{cells['part']} settled without a text", "a synthesis or a committee's text"
                )
            elif parts[cells["part"]].get(self.target) != cells["synthesis"] or any(
                cells[stage] for stage in STAGES if stage != "synthesis"
            ):
                found.append(
                    {**cells, "settled": status == SETTLED, "as it was": parts[cells["part"]].get(self.target)}
                )
        return found

    def steps(self, rows, date):
        """Day and people of each step that a settled row used."""
        table, _ = self.table("people")
        told = {in_any_language(HEADINGS, cells.get("step", "")): (number, cells) for number, cells in table}
        steps = {}
        for stage in STAGES:
            if not any(row[stage] for row in rows if row["settled"]):
                continue
            number, cells = told.get(stage, (1, {}))
            day, roles = cells.get("date") or date, cells.get("roles")
            if not day or not roles:
                wanted = "a date as YYYY-MM-DD, here or with --date" if roles else "who did it, by role"
                self.problem("people", number, f"nothing for {HEADINGS[stage]['en']}", wanted)
            steps[stage] = (day, [role.strip() for role in (roles or "").replace("；", ";").split(";") if role.strip()])
        return steps


def _texts(scale):
    """Every text with the name of its row: the part, and for the label of an answer its number."""
    for part in ("names", "construct", "instruction"):
        words = getattr(scale, part)
        if words and PLACEHOLDER not in str(words):
            yield part, words
    labels = (scale.response_format and scale.response_format.labels) or {}
    for number in scale.response_format.codes if labels else ():
        yield f"response_format {number}", {language: words[number - 1] for language, words in labels.items()}
    for dimension in scale.dimensions:
        yield dimension.key, dimension.names
        yield from ((item.key, item.text) for item in dimension.items if item.text)


def _with_texts(source, data, scale, target, final, path):
    """Write the final texts into the YAML; a language that is new must be complete."""
    places, parts = _places(data), [part for part, _ in _texts(scale)]
    new = target not in scale.languages
    if new and (left := [part for part in parts if part not in final]):
        raise EmolaborError(
            f"{path}, {SHEETS['texts']['en']}: found no settled text of {', '.join(left)}; allowed: all of them, as "
            f"{target} is a new language of {scale.key}"
        )
    changed, now = 0, dict(_texts(scale))
    labels = [final.get(f"response_format {number}") for number in scale.response_format.codes]
    for part, text in final.items():
        if now[part].get(target) == text:
            continue
        changed += 1
        if part.startswith("response_format"):
            number = int(part.split()[1])
            if not new:
                source = replace_text(source, ("response_format", "labels", target, number - 1), text)
            elif number == len(labels):
                source = add_key(source, ("response_format", "labels"), target, labels)
        elif new:
            source = add_key(source, places[part], target, text)
        else:
            source = replace_text(source, (*places[part], target), text)
    return source, changed


def _places(data):
    """Path of each part's texts in the file."""
    places = {part: (part,) for part in ("names", "construct", "instruction")}
    for position, dimension in enumerate(data["dimensions"]):
        places[dimension["key"]] = ("dimensions", position, "names")
        for number, item in enumerate(dimension["items"]):
            places[item["key"]] = ("dimensions", position, "items", number, "text")
    return places


def _old_and_new(changes, part):
    values = {}
    for name, column in (("old", 2), ("new", 3)):
        changed = {change[1]: change[column] for change in changes if change[0] == part and change[column] is not None}
        if changed:
            values[name] = changed
    return values


def _fingerprint(entry):
    return entry["part"], entry["step"], entry["change"]
