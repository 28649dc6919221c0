"""A second coder: the sheet on which the origin of every path is coded, and how far two coders agree."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtri

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.common.languages import chosen_language
from emolabor.theory.claims import ORIGINS, claim_paths, load_claims

if TYPE_CHECKING:
    from emolabor.theory.claims import Claim

COLUMNS = ("row", "claim", "path", "expected", "says", "origin", "place")


def coding_sheet(
    claims: Iterable[Claim] | None = None, language: str | None = None, filled: bool = False
) -> pd.DataFrame:
    """Lay out the sheet on which a coder says where each path comes from.

    A blank sheet names claim and path only: the coder reads the essay and fills in `origin` and `place` without seeing
    how they were coded before.

    Parameters
    ----------
    claims : iterable of Claim, optional
        By default the essay's.
    language : {"en", "zh"}, optional
        Of the claims' texts; by default that of `EMOLABOR_LANGUAGE` or the system.
    filled : bool
        Put in the coding that the claims carry, to set another beside it.

    Returns
    -------
    DataFrame
        A row a path: row (its name in all tables), claim, path, expected (+ or -), says (what is claimed), origin and
        place.

    Raises
    ------
    EmolaborError
        Another language.

    Examples
    --------
    >>> import emolabor as el
    >>> el.coding_sheet().loc[1, ["row", "origin"]].tolist()
    ['C02 surface_acting>exhaustion', '']
    """
    language = chosen_language(language)
    claims = tuple(load_claims() if claims is None else claims)
    texts = {claim.id: claim.text[language] for claim in claims}
    table = claim_paths(claims).rename_axis("row").reset_index()
    table = table.assign(says=table["claim"].map(texts))[list(COLUMNS)]
    return table if filled else table.assign(origin="", place="")


@dataclass(frozen=True)
class CodingAgreement:
    """How far two coders agree about where the paths come from.

    Attributes
    ----------
    summary : DataFrame
        Rows origin and section (the sections named in `place`); columns n (paths that both coded), agreed (share),
        kappa with its 95 % interval (kappa_lower, kappa_upper) and how many either left blank (blank).
    counts : DataFrame
        Origins by the first coder (rows) and the second (columns).
    disagreements : DataFrame
        The paths coded otherwise: origin and place by each, index row.
    """

    summary: pd.DataFrame
    counts: pd.DataFrame
    disagreements: pd.DataFrame


def coding_agreement(first: pd.DataFrame, second: pd.DataFrame) -> CodingAgreement:
    """Compare two filled coding sheets.

    Parameters
    ----------
    first, second : DataFrame
        As `coding_sheet` lays them out, with `row`, `origin` and `place`; other columns are not needed.

    Returns
    -------
    CodingAgreement
        Agreement and kappa on origin and place, and the paths on which the sheets differ.

    Raises
    ------
    EmolaborError
        A column is missing, a path stands twice or in one sheet only, an origin is not allowed, or nothing is coded by
        both.

    Examples
    --------
    >>> import emolabor as el
    >>> one = el.coding_sheet(filled=True)
    >>> other = one.assign(origin=one["origin"].replace("literature", "inferred"))
    >>> el.coding_agreement(one, other).summary.loc["origin", ["n", "agreed", "kappa"]].round(2).tolist()
    [41.0, 0.93, 0.86]
    """
    sheets = [_checked(sheet, name) for sheet, name in ((first, "first"), (second, "second"))]
    lone = sheets[0].index.symmetric_difference(sheets[1].index)
    if len(lone):
        refuse("second", f"{shown(lone[0])} in one sheet only", "two sheets of the same paths")
    one, other = sheets[0], sheets[1].loc[sheets[0].index]
    summary = {
        "origin": _agreement(one["origin"], other["origin"]),
        "section": _agreement(_sections(one["place"]), _sections(other["place"])),
    }
    counts = pd.crosstab(one["origin"], other["origin"]).reindex(index=ORIGINS, columns=ORIGINS, fill_value=0)
    apart = (one["origin"] != other["origin"]) | (_sections(one["place"]) != _sections(other["place"]))
    both = pd.merge(one[apart], other[apart], left_index=True, right_index=True, suffixes=("_first", "_second"))
    return CodingAgreement(pd.DataFrame.from_dict(summary, orient="index"), counts, both)


def read_coding(path):
    """Read a coding sheet from a CSV file, whatever a spreadsheet made of its encoding and separator.

    Parameters
    ----------
    path : str or Path
        A file that `coding_sheet` was written to, filled in.

    Returns
    -------
    DataFrame
        Text, empty where nothing was filled in.

    Raises
    ------
    EmolaborError
        The file cannot be read as a table of text.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(path, dtype=str, keep_default_na=False, sep=None, engine="python", encoding=encoding)
        except UnicodeDecodeError:
            continue
        except (OSError, csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            refuse(path, f"no readable table ({error})", "a filled coding sheet")
    refuse(path, "no readable text", "a CSV file in UTF-8 or GB 18030")


def cohen_kappa(first, second, level=0.95):
    """Chance-corrected agreement of two coders.

    Cohen (1960), *Educational and Psychological Measurement* 20:37-46; the standard error is the large-sample one of
    Fleiss, Cohen & Everitt (1969), *Psychological Bulletin* 72:323-327. Missing where both coders use one and the same
    category throughout: there is no chance agreement to correct for.

    Parameters
    ----------
    first, second : sequence
        Categories, in the same order of what was coded.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        kappa, lower and upper bound (cut at -1 and 1).

    Examples
    --------
    >>> [round(float(value), 3) for value in cohen_kappa(list("aabbbb"), list("abbbba"))]
    [0.25, -0.558, 1.0]
    """
    kinds = sorted({*first, *second})
    place = {kind: number for number, kind in enumerate(kinds)}
    counts = np.zeros((len(kinds),) * 2)
    for one, other in zip(first, second, strict=True):
        counts[place[one], place[other]] += 1
    shares, observed = counts / len(first), counts.trace() / len(first)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = rows @ columns
    if len(kinds) < 2:
        return np.nan, np.nan, np.nan
    kappa = (observed - chance) / (1 - chance)
    on = (np.diag(shares) * (1 - (rows + columns) * (1 - kappa)) ** 2).sum()
    crossed = (columns[:, None] + rows[None, :]) ** 2 * shares
    off = (1 - kappa) ** 2 * (crossed.sum() - crossed.trace())
    variance = on + off - (kappa - chance * (1 - kappa)) ** 2
    half = ndtri((1 + level) / 2) * np.sqrt(max(variance, 0) / len(first)) / (1 - chance)
    return kappa, max(kappa - half, -1.0), min(kappa + half, 1.0)


def _checked(sheet, name):
    lacking = [column for column in ("row", "origin", "place") if column not in sheet]
    if lacking:
        refuse(name, f"no column {', '.join(lacking)}", "a sheet of `emolabor claims sheet`")
    sheet = sheet[["row", "origin", "place"]].fillna("").astype(str).apply(lambda column: column.str.strip())
    twice = sheet["row"][sheet["row"].duplicated()]
    if len(twice):
        refuse(name, f"{shown(twice.iloc[0])} twice", "each path once")
    sheet = sheet.set_index("row")
    for row, origin in sheet["origin"].items():
        if origin not in ("", *ORIGINS):
            refuse_because(f"{name}, {row}", f"origin is {shown(origin)}", f"{', '.join(ORIGINS)}, or nothing")
    return sheet


def _sections(places):
    """Keep the sections of places such as "2.4/s1; 2.4/s4", each once."""
    return places.map(lambda text: "; ".join(sorted({part.split("/")[0].strip() for part in text.split(";")})))


def _agreement(one, other):
    coded = (one != "") & (other != "")
    if not coded.any():
        refuse("second", f"no path whose {one.name} both coded", "filled sheets")
    kappa, lower, upper = cohen_kappa(one[coded].tolist(), other[coded].tolist())
    agreed = float((one[coded] == other[coded]).mean())
    found = {"n": int(coded.sum()), "agreed": agreed, "kappa": kappa, "kappa_lower": lower, "kappa_upper": upper}
    return found | {"blank": int((~coded).sum())}
