"""Reverse-worded items turned, and scale means."""

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.responses import Staff, score, scored_items


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("window_staff")


@pytest.fixture
def data(instrument):
    points = instrument.points()
    answers = np.random.default_rng(3).integers(1, 6, (40, len(points))).astype(float)
    return pd.DataFrame(answers, columns=list(points), index=range(100, 140)).assign(centre="C01")


def test_only_reverse_worded_items_are_turned(data, instrument):
    items = scored_items(data, instrument)
    assert items.columns.tolist() == instrument.items("zh")["key"].tolist()
    for key in items:
        expected = 6 - data[key] if key in ("ic4", "rc4", "be3", "ps6", "ta6") else data[key]
        pd.testing.assert_series_equal(items[key], expected)


def test_missing_answers_stay_missing(data, instrument):
    data.loc[100, ["ic4", "sa1"]] = np.nan
    items = scored_items(data, instrument)
    assert items.loc[100, ["ic4", "sa1"]].isna().all()
    assert items.notna().to_numpy().sum() == items.size - 2


def test_the_users_frame_is_unchanged(data, instrument):
    before = data.copy(deep=True)
    items = scored_items(data, instrument)
    items.loc[:, :] = 0
    pd.testing.assert_frame_equal(data, before)


def test_turning_twice_gives_the_answers_again(data, instrument):
    twice = scored_items(scored_items(data, instrument), instrument)
    pd.testing.assert_frame_equal(twice, data[twice.columns])


def test_missing_columns_are_listed(data, instrument):
    with pytest.raises(EmolaborError, match=r"data: found no column for sa2, mk1; allowed"):
        scored_items(data.drop(columns=["mk1", "sa2"]), instrument)


@pytest.mark.parametrize("value", [0, 6, 2.5, "3", np.inf])
def test_other_values_than_codes_are_refused(data, instrument, value):
    data = data.astype({"ug3": object})
    data.loc[100, "ug3"] = value
    data["ug3"] = data["ug3"].infer_objects()
    with pytest.raises(EmolaborError, match=r"data: found other values than codes in column ug3; allowed: 1 to 5"):
        scored_items(data, instrument)


def test_a_score_is_the_mean_of_the_turned_items(data, instrument):
    scores = score(Staff(data, pd.DataFrame(), instrument))
    assert scores.columns.tolist() == list(instrument.dimensions())
    assert scores.index.equals(data.index)
    expected = (data["be1"] + data["be2"] + 6 - data["be3"]) / 3
    # Sums of whole numbers are exact; the one division rounds alike up to one unit in the last place.
    np.testing.assert_allclose(scores["belonging"], expected, rtol=1e-15)
    assert scores.min(axis=None) >= 1 and scores.max(axis=None) <= 5


@pytest.mark.parametrize(
    ("dimension", "answered", "scored"),
    [("deep_acting", 2, True), ("deep_acting", 1, False), ("belonging", 2, True), ("belonging", 1, False),
     ("proactive_service", 3, True), ("proactive_service", 2, False)],
)  # fmt: skip
def test_a_score_needs_half_of_the_items(data, instrument, dimension, answered, scored):
    items = instrument.dimensions()[dimension]
    data.loc[100, items[answered:]] = np.nan
    scores = score(Staff(data, pd.DataFrame(), instrument))
    if scored:
        assert scores.loc[100, dimension] == data.loc[100, items[:answered]].mean()
    else:
        assert np.isnan(scores.loc[100, dimension])
    assert scores.drop(index=100).notna().all(axis=None)
