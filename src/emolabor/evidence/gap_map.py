"""What published studies say of each claim, and of which claims they say nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from emolabor.common.checks import check_level
from emolabor.evidence.coding import GRADES, code_tables
from emolabor.evidence.pooling import pool
from emolabor.theory import Claim, claim_paths, load_claims

POOLED = ["k", "samples", "n", "r", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "tau", "i2"]
COLUMNS = ["claim", "path", "kind", "expected", *POOLED, "verdict", "grade", "rated", "worse", "studies"]


def evidence_map(
    tables: Mapping[str, Any],
    coding: pd.DataFrame,
    claims: Iterable[Claim] | None = None,
    *,
    reliability: bool = False,
    level: float = 0.95,
) -> pd.DataFrame:
    """Set beside every path of the claims what published tables say of it.

    Parameters
    ----------
    tables : dict of str to PublishedTable
        From `load_published`.
    coding : DataFrame
        From `load_coding`.
    claims : iterable of Claim, optional
        From `load_claims`, which is asked when none are given.
    reliability : bool
        As in `pool`.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a path, index as in `claim_paths`: claim, path, kind, expected; k (independent studies; 0 where there is
        none), samples, n, r, its interval (after Hartung & Knapp, never narrower than without) and prediction interval,
        tau, i2; verdict (as_expected, contrary: the interval holds one sign only; open; no_study); grade, the worse
        match of the two ends, of the best-matched studies there are: only they are pooled; rated (self, other, mixed,
        unknown: who rated the ends); worse, how many studies of a worse match were left aside; studies. An indirect
        path has k, the studies that hold all three constructs, but no correlation; a moderated one is in no table.

    Raises
    ------
    EmolaborError
        A coding that does not fit the tables; a level out of range.

    Examples
    --------
    >>> import emolabor as el
    >>> found = el.evidence_map(el.load_published(), el.load_coding())
    >>> found.loc["C02 surface_acting>exhaustion", ["verdict", "grade", "rated"]].tolist()
    ['as_expected', 'same', 'self']
    >>> int((found["k"] == 0).sum()), len(found)
    (36, 41)
    """
    check_level(level)
    claims = tuple(load_claims() if claims is None else claims)
    by_grade = {GRADES[: place + 1]: code_tables(tables, coding, GRADES[: place + 1]) for place in range(len(GRADES))}
    arguments = {"reliability": reliability, "level": level, "test": "adhoc"}
    rows = {}
    for claim in claims:
        for path in claim.paths:
            rows[f"{claim.id} {path.key}"] = _row(path, by_grade, coding, arguments)
    paths = claim_paths(claims)[["claim", "path", "kind", "expected"]]
    frame = paths.join(pd.DataFrame.from_dict(rows, orient="index"))[COLUMNS]
    return frame.astype({"k": int, "samples": int, "n": int, "worse": int})


def _row(path, by_grade, coding, arguments):
    """What is known of one path."""
    nothing = {**dict.fromkeys(POOLED, np.nan), "k": 0, "samples": 0, "n": 0, "worse": 0}
    nothing |= {"verdict": "no_study", "grade": "", "rated": "", "studies": ""}
    if path.kind == "moderation":
        return nothing
    names = list(path.constructs)
    held = {grades[-1]: _holding(tables, names) for grades, tables in by_grade.items()}
    grade = next((name for name, found in held.items() if found), None)
    if grade is None:
        return nothing
    found, every = held[grade], held[GRADES[-1]]
    projects, everyone = ({table.project for table in own.values()} for own in (found, every))
    row = nothing | {
        "k": len(projects),
        "samples": len(found),
        "n": sum(table.n for table in found.values()),
        "grade": grade,
        "rated": _rated(coding, found, names),
        "worse": len(everyone - projects),
        "studies": ", ".join(found),
    }
    if path.kind == "path":
        known = found if not arguments["reliability"] else _with_reliability(found)
        if not known:
            return nothing
        cell = pool(known, **arguments).cells.iloc[0]
        row |= {name: cell[name] for name in POOLED} | {"studies": cell["studies"]}
        row["verdict"] = _verdict(cell, path.sign)
    return row


def _holding(tables, names):
    """Tables that hold all these constructs and the correlations among them, and nothing else."""
    found = {}
    for key, table in tables.items():
        if set(names) <= set(table.cor):
            cor = table.cor.loc[names, names]
            if cor.notna().all(axis=None):
                found[key] = replace(table, cor=cor)
    return found


def _with_reliability(tables):
    """Tables that give the reliabilities of all their variables."""
    return {key: own for key, own in tables.items() if own.alpha is not None and own.alpha[list(own.cor)].notna().all()}


def _rated(coding, found, names):
    """Who rated the ends: the respondents themselves, or someone else at one end or both."""
    own = coding[coding["table"].isin(list(found)) & coding["construct"].isin(names)]
    kinds = set()
    for _, raters in own.groupby("table")["rater"]:
        known = set(raters)
        kinds.add("unknown" if "unknown" in known else "self" if known == {"self"} else "other")
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _verdict(cell, sign):
    """Whether the interval holds one sign only, and which."""
    if cell["ci_lower"] <= 0 <= cell["ci_upper"]:
        return "open"
    return "as_expected" if (cell["r"] > 0) == (sign == "+") else "contrary"
