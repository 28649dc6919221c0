"""The made-up and the real matrices that R has pooled, see tests/r/evidence.R."""

from pathlib import Path

import numpy as np
import pandas as pd

from emolabor.evidence import PublishedTable

R = Path(__file__).parents[1] / "r"


def read(name):
    return pd.read_csv(R / f"evidence_{name}.csv", comment="#")


def craft():
    """Four variables of ten studies with holes (Craft, Magyar, Becker & Feltz, 2003)."""
    names, tables = ["acog", "asom", "conf", "perf"], {}
    for study, own in read("craft2003").groupby("study"):
        cor = pd.DataFrame(np.where(np.eye(4) == 1, 1.0, np.nan), names, names)
        for row in own.itertuples():
            cor.loc[row.var1, row.var2] = cor.loc[row.var2, row.var1] = row.r
        tables[str(study)] = PublishedTable(str(study), cor, int(own["n"].iloc[0]))
    return tables


def whole(tables):
    """Those that lack whole variables only, without these."""
    kept = {}
    for key, table in tables.items():
        seen = table.cor.notna().sum() > 1
        cor = table.cor.loc[seen, seen]
        if cor.notna().all(axis=None):
            kept[key] = PublishedTable(key, cor, table.n)
    return kept


def made():
    """Four variables of five studies, made up."""
    names, tables = list("abcd"), {}
    for study, own in read("made").groupby("study"):
        tables[str(study)] = PublishedTable(str(study), own[names].set_axis(names), int(own["n"].iloc[0]))
    return tables
