"""Power of RMSEA tests against semTools 0.5-6 (tests/r/rmsea_power.R) and the tables of MacCallum et al. (1996)."""

from pathlib import Path

import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError

REFERENCE = pd.read_csv(Path(__file__).parents[1] / "r" / "rmsea_power.csv")
# Two libraries of the noncentral chi-square: each is good to about 1e-10.
TOLERANCE = 1e-8


@pytest.mark.parametrize("row", list(REFERENCE.itertuples()), ids=lambda row: f"{row.Index}")
def test_equal_semtools(row):
    arguments = {"df": row.df, "n_groups": row.n_groups}
    assert el.rmsea_power(row.rmsea_0, row.rmsea_a, n=row.n, **arguments) == pytest.approx(row.power, abs=TOLERANCE)
    # semTools divides the cases by the groups; here they are counted over all groups.
    assert el.rmsea_sample_size(row.rmsea_0, row.rmsea_a, **arguments) == row.needed * row.n_groups


def test_published_tables():
    found = [el.rmsea_power(0.05, 0.08, df=df, n=n) for df, n in ((5, 100), (30, 200), (100, 500))]
    assert found == pytest.approx([0.127, 0.585, 1.0], abs=5e-4)  # MacCallum et al. (1996), table 2
    assert el.rmsea_sample_size(0.05, 0.08, df=10) == 782  # their table 4


def test_sizes_and_power_agree():
    n = el.rmsea_sample_size(0.05, 0.08, df=24, power=0.9)
    below, reached = el.rmsea_power(0.05, 0.08, df=24, n=[n - 1, n])
    assert below < 0.9 <= reached


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ((0.05, 0.05, 10, 100), "rmsea_a"),
        ((-0.1, 0.05, 10, 100), "rmsea_0"),
        ((0.05, 0.08, 0, 100), "df: found 0"),
        ((0.05, 0.08, 10, 1), "n: found 1"),
    ],
)
def test_mistakes_are_named(arguments, found):
    with pytest.raises(EmolaborError, match=found):
        el.rmsea_power(*arguments)
    with pytest.raises(EmolaborError, match="power: found 1"):
        el.rmsea_sample_size(0.05, 0.08, 10, power=1)
