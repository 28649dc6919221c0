"""Invariance scale by scale: planted differences are found and named, and latent means are those that were planted.

Tolerances: 1e-10 for the same arithmetic; planted means are found within four standard errors.
"""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.measurement import comparable_groups, ladder_table, scale_invariance

pytestmark = pytest.mark.slow

ITEMS = ["a1", "a2", "a3", "a4"]
SHIFT, MEAN = 0.8, 0.5


@pytest.fixture(scope="module")
def data():
    """Two groups; in the second the factor is half a standard deviation higher, and a3 is 0.8 easier besides."""
    rng = np.random.default_rng(5)
    n = np.array([700, 500])
    group = np.repeat(["one", "two"], n)
    factor = rng.standard_normal(n.sum()) + MEAN * (group == "two")
    answers = factor[:, None] * [1.0, 0.9, 0.8, 1.1] + 0.7 * rng.standard_normal((n.sum(), 4))
    frame = pd.DataFrame(answers, columns=ITEMS).assign(group=group)
    frame.loc[frame.group == "two", "a3"] += SHIFT
    frame["b1"], frame["b2"], frame["b3"] = (factor * 0.9 + 0.6 * rng.standard_normal(n.sum()) for _ in range(3))
    return frame.sample(frac=1, random_state=np.random.RandomState(1)).reset_index(drop=True)


@pytest.fixture(scope="module")
def found(data):
    return scale_invariance(data, {"a": ITEMS, "b": ["b1", "b2", "b3"]}, "group", missing="listwise")


def test_the_item_that_differs_is_named_and_the_scale_climbs_on(found):
    assert found.levels.loc["a"].to_dict() == {"level": "metric", "partial": "strict", "freed": "a3~1"}
    assert found.levels.loc["b"].to_dict() == {"level": "strict", "partial": "strict", "freed": ""}
    assert found.steps.decision["a>scalar"] == "fails"
    assert found.steps.decision["a>partial_scalar"] == "holds"


def test_latent_means_are_in_standard_deviations_and_in_points(found):
    row = found.means.loc["a>two"]
    error = (row.d_upper - row.d_lower) / (2 * 1.96)
    assert row.d == pytest.approx(MEAN, abs=4 * error)
    # A standard deviation of the factor is the mean loading in points of the items' mean: (1 + .9 + .8 + 1.1) / 4.
    assert row.points / row.d == pytest.approx(0.95, abs=4 * 0.02)
    assert row.points == pytest.approx((row.points_lower + row.points_upper) / 2, abs=1e-10)


def test_the_freed_item_does_not_bias_the_mean_as_it_does_the_scale_mean(data, found):
    means = data[ITEMS].mean(axis=1).groupby(data.group).mean()
    naive = means["two"] - means["one"]
    assert naive - found.means.points["a>two"] == pytest.approx(SHIFT / 4, abs=0.06)


def test_the_largest_group_comes_first(data, found):
    assert comparable_groups(data, "group")["group"].unique().tolist() == ["one", "two"]
    assert found.sizes.to_dict() == {"one": 700, "two": 500}
    assert found.left_out == 0


def test_small_groups_are_left_out_and_one_group_is_no_comparison(data):
    small = data.copy()
    small.loc[small.index[:60], "group"] = "three"
    assert "three" not in set(comparable_groups(small, "group")["group"])
    assert scale_invariance(small, {"b": ["b1", "b2", "b3"]}, "group", missing="listwise").left_out == 60
    alone = data[data.group == "one"]
    assert comparable_groups(alone, "group").empty
    with pytest.raises(EmolaborError, match="not two groups of at least 100"):
        scale_invariance(alone, {"a": ITEMS}, "group")
    with pytest.raises(EmolaborError, match="'office' is no column"):
        comparable_groups(data, "office")


def test_the_ladder_table_is_the_ladder_s(data):
    ladder = el.invariance("b =~ b1 + b2 + b3", data, "group")
    table = ladder_table(ladder)
    assert table.index.tolist() == ["configural", "metric", "scalar", "strict"]
    assert table.decision.tolist() == ["holds"] * 4
    np.testing.assert_array_equal(table.cfi, ladder.table.cfi)
