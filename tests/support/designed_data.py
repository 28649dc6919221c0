"""The data of tests/r/design.R, made in the same way from tests/r/data/clustered.csv."""

import numpy as np
from lavaan_cases import frame

ITEMS = ["s1", "s2", "s3", "p1", "p2", "p3"]


def designed(name):
    """Numbers with weights `w`, the same with gaps, five-point answers, and these with the same gaps (holes)."""
    data = frame("clustered").copy()
    i = np.arange(1, len(data) + 1)
    data["w"] = 0.5 + (i * 37) % 101 / 50
    hole = (i[:, None] * 13 + np.arange(1, 7) * 7) % 11 == 0
    if name in ("answers", "holes"):
        data[ITEMS] = data[ITEMS].round().clip(1, 5)
    if name in ("gaps", "holes"):
        data[ITEMS] = data[ITEMS].mask(hole)
    return data
