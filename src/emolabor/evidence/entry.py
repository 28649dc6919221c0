"""Typing a published table in: a workbook read, checked and written as data with its source record."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.files import refuse_endless, write_bytes, write_text
from emolabor.common.office import read_tables, workbook_bytes
from emolabor.evidence.entry_checks import double_of, matrix_faults, star_faults
from emolabor.evidence.tables import load_published

SOURCE, TABLE = "source", "table"  # the two sheets
REQUIRED = ("key", "citation", "n", "study_zh", "study_en")
FIELDS = (*REQUIRED, "doi", "table", "groups", "project", "sample_zh", "sample_en", "notes_zh", "notes_en", "decimals")
NUMBERS = ("mean", "sd", "alpha")
HEADINGS = ["variable", "name_zh", "name_en", *NUMBERS]
KEY = re.compile(r"[a-z][a-z0-9_]*")
# What papers print: a sign, digits, stars or a dagger; a number in brackets on the diagonal is a reliability.
PRINTED = re.compile(r"\(?\s*([-−–]?)\s*(\d*\.?\d+|\d+\.)\s*\)?\s*(\*{0,3}|†)\s*")
NOTHING = {"", "-", "–", "—"}


@dataclass(frozen=True)
class Entry:
    """What a workbook holds: fields, variables, numbers as text, correlations, stars and decimals."""

    fields: dict
    names: list
    labels: dict
    numbers: pd.DataFrame
    cor: np.ndarray
    stars: dict
    decimals: dict


def write_entry_form(path: str | Path) -> Path:
    """Write an empty workbook for a published table, with two variables as an example of what goes where.

    Parameters
    ----------
    path : str or Path
        The XLSX to write.

    Returns
    -------
    Path

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     print(write_entry_form(f"{folder}/table.xlsx").name)
    table.xlsx
    """
    if Path(path).exists():
        refuse(str(path), "a file that is there already", "a new file")
    example = {"key": "author2020", "citation": "Author, A. (2020). Title. Journal, 1(1), 1-10.", "n": "200"}
    example |= {"study_zh": "作者（2020）", "study_en": "Author (2020)"}
    sheets = {
        SOURCE: [["field", "value"], *([name, example.get(name)] for name in FIELDS)],
        TABLE: [
            [*HEADINGS, "1", "2"],
            ["work_stress", "工作压力", "Work stress", "3.88", "0.77", "0.86", None, None],
            ["ego_depletion", "自我损耗", "Ego depletion", "3.02", "0.81", "0.90", "0.19**", None],
        ],
    }
    return write_bytes(path, workbook_bytes(sheets))


def add_table(path: str | Path, folder: str | Path, keep_doubtful: bool = False) -> tuple[Path, list[str]]:
    """Read a table from a workbook, check it, and write its data and source record.

    Parameters
    ----------
    path : str or Path
        XLSX with the sheets ``source`` (field, value) and ``table`` (variable, name_zh, name_en, mean, sd, alpha, then
        the correlations under 1, 2, ... in the order of the rows: the lower triangle, or both), as printed, with stars.
    folder : str or Path
        Where published tables lie.
    keep_doubtful : bool
        Cells whose stars do not fit r and N are kept, marked as doubtful; otherwise they are faults.

    Returns
    -------
    tuple of Path and list of str
        The data file, and what a reader should know: decimals taken, cells marked.

    Raises
    ------
    EmolaborError
        All faults of the workbook at once, each with sheet and row: fields, symmetry, range, positive definiteness,
        stars, a sample that is there already. Nothing is then written.
    """
    refuse_endless(path)
    if not Path(path).exists():
        refuse(str(path), "no such file", "an XLSX workbook; emolabor evidence form writes one")
    faults: list[str] = []
    entry = _read(Path(path), faults)
    marked: list[dict] = []
    data = Path(folder) / f"study-{entry.fields.get('key')}_data.csv"
    if not faults:
        faults += matrix_faults(entry)
        n = int(entry.fields["n"])
        wrong = star_faults(entry, n)
        marked = [{"cell": list(cell), "zh": zh, "en": en} for cell, zh, en in wrong] if keep_doubtful else []
        if not keep_doubtful:
            faults += [f"{TABLE}: {a} with {b}: {en}" for (a, b), _, en in wrong]
        if data.exists():
            faults.append(f"{SOURCE}: key: {data.name} is there already; allowed: another key")
        others = load_published(folder) if list(Path(folder).glob("study-*_data.csv")) else {}
        double = double_of(entry, n, others)
        faults += [f"{TABLE}: {double}"] if double else []
    if faults:
        hint = (
            ""
            if keep_doubtful or not any("star" in fault for fault in faults)
            else (
                "\nStars that do not fit may be a slip in typing or in print; --keep-doubtful keeps such cells, marked."
            )
        )
        raise EmolaborError("\n".join(f"{path}, {fault}" for fault in faults) + hint)
    write_text(data.with_name(data.name.replace("_data.csv", "_source.yaml")), _source_text(entry, marked))
    write_text(data, _data_text(entry))
    told = [f"correlations are taken as printed to {entry.decimals['correlation']} decimals"]
    return data, told + [f"{'~'.join(one['cell'])}: {one['en']}" for one in marked]


def _read(path, faults):
    """The workbook's content; what cannot be read goes into `faults`."""
    sheets = read_tables(path)
    missing = [name for name in (SOURCE, TABLE) if not sheets.get(name)]
    if missing:
        found = ", ".join(sheets) or "no sheets"
        refuse(str(path), found, f"the sheets {SOURCE} and {TABLE}; emolabor evidence form writes an empty one")
    fields = _fields(sheets[SOURCE], faults)
    (_, head), *rows = sheets[TABLE]
    head = [cell.lower() for cell in head]
    lacking = [name for name in ("variable", "name_zh", "name_en") if name not in head]
    columns = [str(k + 1) for k in range(len(rows))]
    lacking += [name for name in columns if name not in head]
    if lacking:
        shown = ", ".join(lacking[:5]) + (" ..." if len(lacking) > 5 else "")
        faults.append(f"{TABLE}: no column {shown}; allowed: {', '.join(HEADINGS)}, then 1, 2, ... up to {len(rows)}")
        return Entry(fields, [], {}, pd.DataFrame(), np.eye(0), {}, {})
    at = {name: place for place, name in enumerate(head)}

    def cell(row, name):
        return row[at[name]] if name in at and at[name] < len(row) else ""

    names = [cell(row, "variable") for _, row in rows]
    for (number, _), name in zip(rows, names, strict=True):
        if not KEY.fullmatch(name) or names.count(name) > 1:
            why = f"{name!r} twice" if KEY.fullmatch(name) else repr(name)
            faults.append(f"{TABLE}, row {number}: variable: found {why}; allowed: each once, such as work_stress")
    printed: dict[str, list] = {kind: [] for kind in ("correlation", *NUMBERS)}
    numbers = pd.DataFrame("", index=range(len(rows)), columns=list(NUMBERS))
    cor, stars = np.full((len(rows), len(rows)), np.nan), {}
    for i, (number, row) in enumerate(rows):
        for kind in NUMBERS:
            value = _number(cell(row, kind), f"{TABLE}, row {number}: {kind}", printed[kind], faults)
            numbers.loc[i, kind] = "" if value is None else value[0]
        for j, column in enumerate(columns):
            kinds = printed["alpha"] if i == j else printed["correlation"]
            value = _number(cell(row, column), f"{TABLE}, row {number}: column {column}", kinds, faults)
            if value is None:
                continue
            if i == j:
                if float(value[0]) != 1:  # a reliability on the diagonal
                    numbers.loc[i, "alpha"] = value[0]
                else:
                    kinds.pop()
                continue
            cor[i, j] = float(value[0])
            if value[1]:
                stars[max(i, j), min(i, j)] = value[1]
    given = fields.get("decimals", "")
    decimals = {kind: _decimals(texts) for kind, texts in printed.items()}
    if given:
        if not given.isdigit() or not 1 <= int(given) <= 6:
            faults.append(f"{SOURCE}: decimals: found {given!r}; allowed: 1 to 6, as the correlations are printed")
        else:
            decimals["correlation"] = int(given)
    labels = {
        name: {"zh": cell(row, "name_zh"), "en": cell(row, "name_en")}
        for name, (_, row) in zip(names, rows, strict=True)
    }
    for name, (number, _) in zip(names, rows, strict=True):
        if not all(labels[name].values()):
            faults.append(
                f"{TABLE}, row {number}: name_zh, name_en: one is empty; allowed: what the variable is called"
            )
    return Entry(fields, names, labels, numbers, cor, stars, decimals)


def _fields(rows, faults):
    """The source sheet as fields."""
    fields = {}
    for number, row in rows:
        name, value = (*row, "", "")[:2]
        if name == "field":
            continue
        if name not in FIELDS:
            faults.append(f"{SOURCE}, row {number}: found {name!r}; allowed: {', '.join(FIELDS)}")
        elif value:
            fields[name] = value
    faults += [f"{SOURCE}: {name} is missing" for name in REQUIRED if name not in fields]
    if "key" in fields and not KEY.fullmatch(fields["key"]):
        faults.append(f"{SOURCE}: key: found {fields['key']!r}; allowed: small letters, digits and _, such as lu2019")
    for name, least in (("n", 4), ("groups", 2)):
        value = fields.get(name)
        if value is not None and (not value.isdigit() or int(value) < least):
            faults.append(f"{SOURCE}: {name}: found {value!r}; allowed: a whole number of at least {least}")
    return fields


def _number(text, where, printed, faults):
    """A number as it is printed (as text with a point) and its stars; None where nothing stands."""
    if text in NOTHING:
        return None
    found = PRINTED.fullmatch(text)
    if not found:
        faults.append(f"{where}: found {text!r}; allowed: a number as printed, such as -.12*")
        return None
    sign, digits, stars = found.groups()
    printed.append(digits)
    digits = "0" + digits if digits.startswith(".") else digits
    return ("-" if sign else "") + digits, stars


def _decimals(texts):
    """How many decimals are printed: what most numbers have, for spreadsheets drop zeros at the end."""
    counts = Counter(len(text.partition(".")[2]) for text in texts)
    return max(counts, key=lambda k: (counts[k], k)) if counts else 2


def _written(text, decimals):
    """A number with the zeros that a spreadsheet dropped; more digits than usual stay."""
    return f"{float(text):.{max(decimals, len(text.partition('.')[2]))}f}" if text else ""


def _data_text(entry):
    """The data file."""
    lines = [",".join(["variable", *NUMBERS, *entry.names])]
    lower = np.where(np.isnan(entry.cor), entry.cor.T, entry.cor)
    np.fill_diagonal(lower, 1.0)
    for i, name in enumerate(entry.names):
        head = [_written(entry.numbers.loc[i, kind], entry.decimals[kind]) for kind in NUMBERS]
        values = [_written(repr(float(value)), entry.decimals["correlation"]) for value in lower[i]]
        lines.append(",".join([name, *head, *values]))
    return "\n".join(lines) + "\n"


def _source_text(entry, marked):
    """The source record."""
    given, record = entry.fields, {}
    record["citation"] = given["citation"]
    record["study"] = {"zh": given["study_zh"], "en": given["study_en"]}
    record |= {name: given.get(name) for name in ("doi", "table")}
    record["n"] = int(given["n"])
    record |= {"groups": int(given["groups"])} if "groups" in given else {}
    record |= {"project": given["project"]} if "project" in given else {}
    record["sample"] = {language: given.get(f"sample_{language}", "") for language in ("zh", "en")}
    kinds = ["correlation", *(kind for kind in NUMBERS if (entry.numbers[kind] != "").any())]
    record["rounding"] = {kind: float(f"{0.5 * 10.0 ** -entry.decimals[kind]:.1g}") for kind in kinds}
    record["notes"] = {language: given.get(f"notes_{language}", "") for language in ("zh", "en")}
    record["checked"] = "positive definite; stars against r and N: " + ("checked" if entry.stars else "none were typed")
    record |= {"doubtful": marked} if marked else {}
    record["variables"] = entry.labels
    return yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=118)
