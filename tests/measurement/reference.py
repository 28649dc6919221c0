"""Data and reference numbers that the tests of this room share."""

from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd

R = Path(__file__).parents[1] / "r"
EXAMPLES = Path(find_spec("semopy").origin).parent / "examples"


def own(name, **options):
    """A data set of tests/r/data: simulated, or the correlations of a public one."""
    return pd.read_csv(R / "data" / f"{name}.csv", **options)


def pupils():
    """Holzinger & Swineford (1939): nine tests of 301 pupils."""
    return pd.read_csv(EXAMPLES / "holzinger_swineford39_data.csv")[[f"x{i}" for i in range(1, 10)]]


def democracy():
    """Bollen (1989): eleven indicators of 75 countries."""
    return pd.read_csv(EXAMPLES / "pd_data.csv")[["x1", "x2", "x3", *(f"y{i}" for i in range(1, 9))]]


def likert():
    """500 simulated staff, 15 five-point items of three dimensions."""
    return own("likert").drop(columns=["team", "version"])


def personality():
    """Correlations of the 25 items of psychTools::bfi, 2,436 respondents."""
    return own("bfi_correlations", index_col=0)


def aligned(found, reference):
    """Permute and turn found factors (p, m) to the reference; return them with order and signs."""
    m = found.shape[1]
    products = found.T @ reference
    order = max(permutations(range(m)), key=lambda order: sum(abs(products[order[k], k]) for k in range(m)))
    sign = np.sign([products[order[k], k] for k in range(m)])
    return found[:, order] * sign, list(order), sign
