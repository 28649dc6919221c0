import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import item_analysis
from emolabor.scales import load_scale
from emolabor.simulation import simulate_staff

from .reference import R, likert

REFERENCE = pd.read_csv(R / "items.csv", index_col="item")
# Closed formulas; p-values are as small as 1e-60, so relative.
CLOSED = 1e-9
DIMENSIONS = {letter: [f"{letter}{i}" for i in range(1, 6)] for letter in "abc"}


@pytest.fixture(scope="module")
def found():
    return item_analysis(likert(), DIMENSIONS)


@pytest.mark.parametrize("measure", REFERENCE.columns)
def test_item_statistics_are_those_of_r(found, measure):
    np.testing.assert_allclose(found[measure], REFERENCE.loc[found.index, measure], rtol=CLOSED)


def test_floor_and_ceiling_from_fifteen_percent(found):
    assert (found["extreme"] == (REFERENCE[["floor", "ceiling"]].max(axis=1) > 0.15)).all()
    assert found["extreme"].any() and not found["extreme"].all()


def test_a_scale_turns_items_and_knows_the_ends_of_its_answers():
    scale = load_scale("institutional_clarity")
    answers = simulate_staff(300, seed=2)[[item.key for item in scale.items]]
    found = item_analysis(answers, scale)
    assert (found["item_rest_r"] > 0.2).all()
    complete = answers.dropna()
    assert found.loc["ic4", "mean"] == pytest.approx((6 - complete["ic4"]).mean())
    # Nobody at the end: the share is zero there, not that of the highest answer given.
    fewer = answers.clip(2, 4)
    assert (item_analysis(fewer, scale)[["floor", "ceiling"]] == 0).all(axis=None)


def test_an_item_of_another_construct_stands_out():
    data = likert()
    data["a6"] = np.random.default_rng(1).integers(1, 6, len(data))
    found = item_analysis(data, {"a": [*DIMENSIONS["a"], "a6"]})
    assert found["item_rest_r"].idxmin() == "a6"
    assert found["alpha_if_dropped"].idxmax() == "a6"


def test_two_items_have_no_alpha_without_one():
    assert item_analysis(likert(), {"a": ["a1", "a2"]})["alpha_if_dropped"].isna().all()


def test_bad_input_is_named():
    with pytest.raises(EmolaborError, match="dimension a: found no column a9"):
        item_analysis(likert(), {"a": ["a1", "a9"]})
    with pytest.raises(EmolaborError, match="scale: found int; allowed"):
        item_analysis(likert(), 3)
