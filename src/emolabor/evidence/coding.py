"""Which variables of the published tables stand for which constructs, how well, and who said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import yaml

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.evidence.tables import PublishedTable, shipped_folder

GRADES = ("same", "neighbouring", "proxy")  # from the best match to the worst
RATERS = ("self", "other", "objective", "unknown")
DIRECTIONS = ("+", "-")
COLUMNS = ["table", "variable", "construct", "grade", "direction", "rater", "wave", "note_zh", "note_en"]
FIELDS = {"construct", "grade", "direction", "rater", "wave", "note"}


def load_coding(path: str | Path | None = None, constructs: Sequence[str] | None = None) -> pd.DataFrame:
    """Read which variable of which table stands for which construct.

    Parameters
    ----------
    path : str or Path, optional
        A YAML file: for each table ``coded``, a line a variable; by default ``data/published/coding.yaml``, which comes
        with the package and says what goes where.
    constructs : sequence of str, optional
        The constructs there are; another one is refused.

    Returns
    -------
    DataFrame
        One row a variable: table, variable, construct, grade (same, neighbouring, proxy), direction ("-" where more of
        the variable is less of the construct), rater (self, other, objective, unknown), wave (missing where it is not
        said), note_zh, note_en.

    Raises
    ------
    EmolaborError
        What is no such file; a word that is not allowed; one construct coded twice in a table. All faults at once.

    Examples
    --------
    >>> import emolabor as el
    >>> coding = el.load_coding()
    >>> coding.query("table == 'deng2020'").iloc[4][["variable", "construct", "grade", "direction"]].tolist()
    ['inefficacy', 'accomplishment', 'neighbouring', '-']
    """
    path = shipped_folder() / "coding.yaml" if path is None else Path(path)
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EmolaborError(f"{path}: cannot be read as YAML: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(entries, dict):
        refuse(str(path), shown(entries), "tables, each with the variables that are coded")
    rows, faults = [], []
    for table, entry in entries.items():
        coded = entry.get("coded") if isinstance(entry, dict) else None
        if not isinstance(coded, dict):
            faults.append(f"{table}: found no 'coded'; allowed: variables, each with construct, grade and rater")
            continue
        for variable, given in coded.items():
            own, wrong = _row(given, constructs)
            faults += [f"{table}, {variable}: {fault}" for fault in wrong]
            rows.append({"table": str(table), "variable": str(variable), **own})
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for (table, construct), own in frame.groupby(["table", "construct"], sort=False):
        if construct and len(own) > 1:
            names = ", ".join(own["variable"])
            faults.append(f"{table}: {construct} is coded {len(own)} times ({names}); allowed: one variable of a table")
    if faults:
        raise EmolaborError("\n".join(f"{path}: {fault}" for fault in faults))
    return frame.astype({"wave": "Int64"})


def _row(given, constructs):
    """The fields of one coded variable, and what is wrong with them."""
    if not isinstance(given, dict):
        return {}, [f"found {shown(given)}; allowed: construct, grade, direction, rater, wave, note"]
    wrong = [f"found {shown(name)}; allowed: {', '.join(sorted(FIELDS))}" for name in given if name not in FIELDS]
    own = {"direction": "+", **given}
    for field, allowed in (("grade", GRADES), ("rater", RATERS), ("direction", DIRECTIONS), ("construct", constructs)):
        value = own.get(field)
        known = isinstance(value, str) if allowed is None else value in allowed
        if not known:
            wrong.append(f"{field}: found {shown(value)}; allowed: {', '.join(allowed or ['a name'])}")
    wave, note = own.get("wave"), own.get("note") or {}
    if wave is not None and not (isinstance(wave, int) and wave > 0):
        wrong.append(f"wave: found {shown(wave)}; allowed: 1, 2, ...")
        wave = None
    if not isinstance(note, dict):
        wrong.append(f"note: found {shown(note)}; allowed: texts zh and en")
        note = {}
    own = {name: own.get(name, "") for name in ("construct", "grade", "direction", "rater")}
    return {**own, "wave": wave, "note_zh": note.get("zh", ""), "note_en": note.get("en", "")}, wrong


def code_tables(
    tables: Mapping[str, PublishedTable], coding: pd.DataFrame, grades: Sequence[str] = GRADES
) -> dict[str, PublishedTable]:
    """Tables of constructs: the coded variables alone, under their constructs' names, all pointing the construct's way.

    Parameters
    ----------
    tables : dict of str to PublishedTable
        From `load_published`.
    coding : DataFrame
        From `load_coding`.
    grades : sequence of {"same", "neighbouring", "proxy"}
        Which matches are good enough.

    Returns
    -------
    dict of str to PublishedTable
        Those that have two constructs or more.

    Raises
    ------
    EmolaborError
        A coding that names a table or a variable which is not there, or codes one construct twice in a table.

    Examples
    --------
    >>> import emolabor as el
    >>> tables = el.load_published()
    >>> coded = el.code_tables(tables, el.load_coding(), grades=["same"])
    >>> sorted(coded), coded["deng2021_s2"].cor.round(2).iloc[0, 1]
    (['deng2020', 'deng2021_s2'], np.float64(0.43))
    """
    grades = (grades,) if isinstance(grades, str) else tuple(grades)
    for grade in grades:
        if grade not in GRADES:
            refuse("grades", shown(grade), GRADES)
    if not isinstance(coding, pd.DataFrame) or not set(COLUMNS[:6]) <= set(coding):
        refuse("coding", shown(coding), "what load_coding returns")
    result = {}
    for key, own in coding.groupby("table", sort=False):
        if key not in tables:
            refuse(
                "coding",
                f"the table {key}, which is not there",
                ", ".join(tables) or "one of those given; there is none",
            )
        table = tables[key]
        unknown = [name for name in own["variable"] if name not in table.cor]
        if unknown:
            refuse_because("coding", f"table {key} has no variable {', '.join(unknown)}", ", ".join(table.cor))
        twice = own["construct"][own["construct"].duplicated()]
        if len(twice):
            named = ", ".join(own["variable"][own["construct"] == twice.iloc[0]])
            refuse_because("coding", f"table {key} codes {twice.iloc[0]} twice ({named})", "one variable a construct")
        own = own[own["grade"].isin(grades)]
        if len(own) > 1:
            result[key] = _coded(table, own)
    return {key: result[key] for key in tables if key in result}


def _coded(table, own):
    """One table under its constructs' names."""
    if table.ecological:
        refuse_because(table.key, "its unit is a group of people", "tables of persons, which alone can be pooled")
    names = own["variable"].tolist()
    renamed = dict(zip(names, own["construct"], strict=True))
    sign = own["direction"].map({"+": 1.0, "-": -1.0}).to_numpy()
    cor = (table.cor.loc[names, names] * sign[:, None] * sign).rename(index=renamed, columns=renamed)
    series = {
        name: None if getattr(table, name) is None else getattr(table, name)[names].rename(index=renamed)
        for name in ("sd", "alpha")
    }
    marked = tuple(
        {**entry, "cell": [renamed[name] for name in entry["cell"]]}
        for entry in table.doubtful
        if all(name in renamed for name in entry["cell"])
    )
    return replace(table, cor=cor, mean=None, labels=None, doubtful=marked, **series)
