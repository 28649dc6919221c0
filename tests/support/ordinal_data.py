"""The ordered data sets of tests/r by the names the R scripts use."""

from functools import cache

import numpy as np
import pandas as pd
from lavaan_reference import R, public_data

ITEMS = [f"x{i}" for i in range(1, 10)]


@cache
def ordinal_frame(name):
    """ordinal, gaps and sparse are simulated; four is Holzinger & Swineford (1939) cut at its quantiles."""
    if name != "four":
        file = {"ordinal": "ordinal", "gaps": "ordinal_gaps", "sparse": "ordinal_sparse"}[name]
        return pd.read_csv(R / "data" / f"{file}.csv")
    data = public_data("holzinger")[[*ITEMS, "school", "sex"]].copy()
    for item in ITEMS:
        cuts = np.quantile(data[item], [0.2, 0.55, 0.85])
        data[item] = 1 + np.searchsorted(cuts, data[item], side="left")
    return data
