import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import equate

from .reference import R, own

REFERENCE = pd.read_csv(R / "equating.csv", index_col=["case", "score"])
CLOSED = 1e-9


def sums(case):
    data = own("likert")
    total = data[[f"a{i}" for i in range(1, 6)]].sum(axis=1)
    if case == "gaps":
        return 5 + 2 * (total // 3), total
    return total[data["version"] == "old"], total[data["version"] == "new"]


@pytest.mark.parametrize("case", ["versions", "gaps"])
def test_equated_scores_follow_from_the_distribution_functions_drawn_in_r(case):
    found = equate(*sums(case), 5, 25)
    for column in ("n", "linear", "equipercentile"):
        np.testing.assert_allclose(found[column], REFERENCE.loc[case, column], rtol=0, atol=CLOSED)


def test_a_version_equated_with_itself_stays_as_it_is():
    total, _ = sums("versions")
    found = equate(total, total, 5, 25)
    np.testing.assert_allclose(found["linear"], found.index, rtol=0, atol=1e-12)
    seen = found[found["n"] > 0]
    np.testing.assert_allclose(seen["equipercentile"], seen.index, rtol=0, atol=1e-9)


def test_equated_scores_have_the_old_version_s_distribution():
    rng = np.random.default_rng(1)
    old = np.clip(np.round(15 + 4 * rng.standard_normal(4000)), 5, 25)
    new = np.clip(np.round(12 + 3 * rng.standard_normal(4000) ** 3 / 2), 5, 25)
    found = equate(old, new, 5, 25)
    turned = found["equipercentile"].loc[new].to_numpy()
    assert found["equipercentile"].is_monotonic_increasing
    # Means of 4,000 scores spread by 4 have a standard error of .06; a discrete shape cannot be met exactly.
    assert abs(turned.mean() - old.mean()) < 0.2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ([5, 6.5], [5, 6], "old: found other numbers; allowed: whole numbers from 5 to 25"),
        ([5, 6], [5, 26], "new: found other numbers; allowed: whole numbers from 5 to 25"),
        ([5, 6], [7, 7], "new: found 2 scores; allowed: two or more that differ"),
    ],
)
def test_bad_scores_are_named(old, new, message):
    with pytest.raises(EmolaborError, match=message):
        equate(np.array(old), np.array(new), 5, 25)
