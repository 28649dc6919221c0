"""An old and a new version of a scale side by side: reliability, invariance, equated scores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse_because, shown
from emolabor.measurement.answers import answers_and_dimensions, as_instrument
from emolabor.measurement.equating import equate
from emolabor.measurement.factor_model import complete_dimensions, factor_text, item_names
from emolabor.measurement.items import welch
from emolabor.measurement.reliability import reliability
from emolabor.sem import invariance

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale


@dataclass(frozen=True)
class Versions:
    """How the new version of a scale compares with the old one.

    Attributes
    ----------
    table : DataFrame
        One row a dimension: ``n_old``, ``n_new``, ``alpha_old``, ``alpha_new``, ``mean_old``, ``mean_new`` (of item
        means), ``d`` (standardised difference, new minus old, pooled standard deviation), ``pvalue`` (Welch).
    ladder : DataFrame
        The steps of measurement invariance over the versions, as `invariance` gives them.
    level : str or None
        The highest step that holds; None where not even the first is admissible.
    partial : tuple of (str, str)
        Items whose parameter must be free over versions for the next step: item key and "loading" or "intercept" or
        "residual".
    equated : DataFrame
        Sum scores of the new version in units of the old: ``dimension``, ``score``, ``n``, ``linear``,
        ``equipercentile``.
    """

    table: pd.DataFrame
    ladder: pd.DataFrame
    level: str | None
    partial: tuple
    equated: pd.DataFrame


def compare_versions(data: pd.DataFrame, scale: Scale | Instrument, version: str, old: str) -> Versions:
    """Compare two versions that comparable respondents answered.

    Parameters
    ----------
    data : DataFrame
        Answers as fielded, one row a respondent, with the column `version`, which holds two values; not changed.
    scale : Scale or Instrument
        What was asked, the same items in both versions.
    version : str
        Column that tells which version a respondent answered.
    old : str
        Its value for the old version.

    Returns
    -------
    Versions
        Respondents with a missing answer are left out of the dimension. The comparison holds only if who got which
        version was left to chance.

    Raises
    ------
    EmolaborError
        No such column, another number of values than two, `old` not among them, or too few respondents.

    References
    ----------
    Welch, B. L. (1947). The generalization of "Student's" problem when several different population variances are
    involved. Biometrika, 34(1/2), 28-35.

    Examples
    --------
    >>> import numpy as np, emolabor as el
    >>> staff = el.simulate_staff(n=800, seed=1)
    >>> staff["version"] = np.where(np.arange(800) % 2, "old", "new")
    >>> found = el.compare_versions(staff, el.load_scale("emotional_exhaustion"), "version", "old")
    >>> found.level, found.table[["mean_old", "mean_new", "d"]].round(2).iloc[0].tolist()
    ('strict', [2.97, 3.0, 0.03])
    """
    if version not in data.columns:
        raise EmolaborError(f"version: found no column {version!r} in data")
    values = sorted(set(map(str, data[version].dropna().unique())))
    if len(values) != 2 or str(old) not in values:
        refuse_because(
            "version", f"column {shown(version)} holds {', '.join(values)}", f"two values, one is {shown(old)}"
        )
    which = data[version].astype(str).where(data[version].notna())
    parts = {"old": data[which == str(old)], "new": data[which.notna() & (which != str(old))]}
    points = as_instrument(scale).points()
    answers = {name: answers_and_dimensions(part, scale)[0] for name, part in parts.items()}
    _, dimensions = answers_and_dimensions(data, scale)
    alphas = {name: reliability(part, scale)["alpha"] for name, part in parts.items()}
    rows, equated = {}, []
    for dimension, items in dimensions.items():
        sums = {name: part[items].dropna().sum(axis=1) for name, part in answers.items()}
        means = {name: part / len(items) for name, part in sums.items()}
        rows[dimension] = {f"n_{name}": len(part) for name, part in sums.items()}
        rows[dimension] |= {f"alpha_{name}": alphas[name][dimension] for name in sums}
        rows[dimension] |= {f"mean_{name}": part.mean() for name, part in means.items()}
        rows[dimension]["d"] = _standardised(means["new"], means["old"])
        rows[dimension]["pvalue"] = welch(means["new"].to_numpy(), means["old"].to_numpy())[2]
        highest = sum(points[item] for item in items)
        table = equate(sums["old"], sums["new"], len(items), highest).reset_index()
        equated.append(table.assign(dimension=dimension)[["dimension", "score", "n", "linear", "equipercentile"]])
    ladder, level, partial = _ladder(data, scale, which)
    table, in_units_of_old = pd.DataFrame.from_dict(rows, orient="index"), pd.concat(equated, ignore_index=True)
    return Versions(table, ladder, level, partial, in_units_of_old)


def _standardised(new, old):
    pooled = ((len(new) - 1) * new.var() + (len(old) - 1) * old.var()) / (len(new) + len(old) - 2)
    return float((new.mean() - old.mean()) / np.sqrt(pooled))


def _ladder(data, scale, which):
    """Steps, level and what must be free, with the items' own keys."""
    answers, dimensions = complete_dimensions(data[which.notna()], scale)
    names = item_names(answers)
    renamed = answers.rename(columns=names).assign(version=which[answers.index])
    found = invariance(factor_text(dimensions, names), renamed, "version", estimator="MLR", std_lv=True)
    keys = {name: item for item, name in names.items()}
    return found.table, found.level, tuple(_named(text, keys) for text in found.partial)


def _named(text, keys):
    """A freed parameter, such as "factor1 =~ item2" or "item3 ~1", as item and kind."""
    kind = "loading" if "=~" in text else "residual" if "~~" in text else "intercept"
    return keys[re.findall(r"item\d+", text)[-1]], kind
