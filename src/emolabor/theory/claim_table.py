"""Claims read from a table, as people keep them in Excel: from, to, via or moderator, sign, sentence."""

import csv
import io
from pathlib import Path

from emolabor.common.documents import read_plain_text
from emolabor.common.errors import EmolaborError, refuse
from emolabor.common.office import read_tables

COLUMNS = {
    "from": ("from", "predictor", "自变量", "起点", "从"),
    "to": ("to", "outcome", "因变量", "终点", "到"),
    "via": ("via", "mediator", "中介", "中介变量", "经由"),
    "moderator": ("moderator", "调节", "调节变量"),
    "sign": ("sign", "direction", "方向", "符号", "正负"),
    "sentence": ("sentence", "claim", "text", "论断", "假设", "句子"),
    "id": ("id", "编号", "序号"),
}
NEEDED = ("from", "to", "sign", "sentence")
SIGNS = {"+": "+", "＋": "+", "正": "+", "positive": "+", "-": "-", "－": "-", "−": "-", "负": "-", "negative": "-"}


def claims_from_table(path, names):
    """Read claims from a table, as the entries of a file of claims.

    Parameters
    ----------
    path : str or Path
        An .xlsx or .csv file: one row a path. Columns, in English or Chinese: from, to, sign (+ or -), sentence;
        optional: via (an indirect path) or moderator (a moderated one), id. Rows of one sentence, or with one id, are
        one claim.
    names : dict of str to str
        What a construct may be called, by its key or its name in any language, to its key.

    Returns
    -------
    list of dict

    Raises
    ------
    EmolaborError
        Every mistake at once, with file, row, column, what was found and what is allowed.
    """
    rows = _rows(Path(path))
    known = {name.casefold(): key for name, key in names.items()}
    problems: list[str] = []
    claims: dict[str, dict] = {}
    paths: dict[tuple, str] = {}
    for place, row in rows:

        def problem(column, found, allowed, place=place):
            problems.append(f"{place}, column {column}: found {found}; allowed: {allowed}")

        found = {}
        for column in ("from", "via", "moderator", "to"):
            text = row.get(column, "")
            if not text and column in ("via", "moderator"):
                continue
            if text.casefold() not in known:
                allowed = ", ".join(dict.fromkeys(names.values()))
                problem(column, repr(text) if text else "nothing", f"a construct of the items: {allowed}")
            found[column] = known.get(text.casefold(), text)
        if len(set(found.values())) < len(found):
            problem("to", f"{' > '.join(found.values())}", "each construct once in a path")
        if "via" in found and "moderator" in found:
            problem("moderator", "a moderator beside a via", "one of the two")
        sign = SIGNS.get(row.get("sign", "").casefold())
        if sign is None:
            problem("sign", repr(row["sign"]) if row.get("sign") else "nothing", "+ or -, 正 or 负")
        sentence = row.get("sentence", "")
        if not sentence and not row.get("id"):
            problem("sentence", "nothing", "what is claimed, or the id of a claim whose sentence another row holds")
        arrow = tuple(found.items())
        if arrow in paths and paths[arrow] == (row.get("id") or sentence):
            problem("from", f"the path {' > '.join(found.values())} again", "each path of a claim once")
        paths[arrow] = row.get("id") or sentence
        claim = claims.setdefault(
            row.get("id") or sentence, {"id": row.get("id") or f"H{len(claims) + 1}", "text": "", "paths": []}
        )
        if sentence and claim["text"] not in ("", sentence):
            problem("sentence", f"another sentence for {claim['id']} than before", "one sentence a claim")
        claim["text"] = claim["text"] or sentence
        claim["paths"].append({**found, "sign": sign, "where": place})
    ids = [claim["id"] for claim in claims.values()]
    problems += [f"{path}, column id: found {one!r} for two claims; allowed: each id once" for one in _twice(ids)]
    for key, claim in claims.items():
        if key and not claim["text"]:
            problems.append(f"{path}: found no sentence for {claim['id']}; allowed: one in any of its rows")
    if problems:
        raise EmolaborError("\n".join(problems))
    return [_entry(claim) for claim in claims.values()]


def _entry(claim):
    language = "zh" if any("\u3400" <= letter <= "\u9fff" for letter in claim["text"]) else "en"
    order = ("from", "to", "via", "moderator", "sign")
    paths = [{name: path[name] for name in order if name in path} for path in claim["paths"]]
    return {"id": claim["id"], "section": "1", "testable": True, "text": {language: claim["text"]}, "paths": paths}


def _twice(ids):
    return [one for place, one in enumerate(ids) if one in ids[:place]]


def _rows(path):
    """Rows as (place, heading -> cell), of the first table that has the headings."""
    if path.suffix.lower() == ".csv":
        lines = csv.reader(io.StringIO(read_plain_text(path)))
        tables = {
            "": [(number, [cell.strip() for cell in cells]) for number, cells in enumerate(lines, 1) if any(cells)]
        }
    else:
        tables = read_tables(path)
    for title, rows in tables.items():
        where = f"{path}, {title}" if title else str(path)
        for start, (number, headings) in enumerate(rows):
            columns = [_column(heading) for heading in headings]
            if {"from", "to"} <= set(columns):
                lacking = [name for name in NEEDED if name not in columns]
                lacking += [f"{name} only once" for name in COLUMNS if columns.count(name) > 1]
                if lacking:
                    told = "; ".join(f"{name}: {' or '.join(words)}" for name, words in COLUMNS.items())
                    refuse(f"{where}, row {number}", f"no column {', '.join(lacking)}", told)
                found = [
                    (f"{where}, row {line}", {name: cell for name, cell in zip(columns, cells, strict=False) if name})
                    for line, cells in rows[start + 1 :]
                ]
                if found:
                    return found
    refuse(path, "no table of claims", f"headings {', '.join(NEEDED)}, then a row a path")


def _column(heading):
    plain = heading.casefold().strip()
    return next((name for name, known in COLUMNS.items() if plain in known), None)
