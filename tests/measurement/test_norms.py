"""Norms by hand, and whether their intervals hold what they promise."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, norm

from emolabor import norms
from emolabor.errors import EmolaborError

SCORES = pd.Series([1, 2, 2, 3, 3, 3, 4, 4, 5, 5], name="calm")


def test_percentiles_count_half_of_those_at_the_score():
    table = norms(SCORES)
    assert table["score"].tolist() == [1, 2, 3, 4, 5]
    assert table["percentile"].tolist() == pytest.approx([5, 20, 45, 70, 90])
    assert set(table["n"]) == {10}
    assert set(table["scale"]) == {"calm"}


def test_t_scores_are_linear_and_normalised():
    table = norms(SCORES)
    assert table["t"].to_numpy() == pytest.approx(50 + 10 * (table["score"] - SCORES.mean()) / SCORES.std())
    assert table["t_normalised"].to_numpy() == pytest.approx(50 + 10 * norm.ppf(table["percentile"] / 100))


def test_the_interval_is_jeffreys():
    row = norms(SCORES, level=0.9).iloc[1]
    assert row["percentile_lower"] == pytest.approx(100 * beta.ppf(0.05, 2.5, 8.5))
    assert row["percentile_upper"] == pytest.approx(100 * beta.ppf(0.95, 2.5, 8.5))


def test_the_interval_covers_the_rank_in_the_population():
    # Standard normal scores; 95 % within four standard errors of 600 samples (.036).
    rng = np.random.default_rng(5)
    covered = 0
    for values in rng.normal(size=(600, 60)):
        scores = np.sort(values)
        table = norms(pd.Series(scores))
        truth = 100 * norm.cdf(0.6)
        row = table.iloc[np.searchsorted(scores, 0.6) - 1] if scores[0] < 0.6 else table.iloc[0]
        covered += row["percentile_lower"] <= truth <= row["percentile_upper"]
    assert covered / 600 == pytest.approx(0.95, abs=0.036)


def test_groups_have_norms_of_their_own_and_small_ones_none():
    scores = pd.DataFrame({"calm": np.arange(20.0), "glad": [1.0, 2.0] * 10})
    by = pd.Series(["a"] * 10 + ["b"] * 6 + ["c"] * 4)
    table = norms(scores, by)
    assert set(table["group"]) == {"a", "b"}
    assert table.groupby(["scale", "group"])["n"].first().to_dict() == {
        ("calm", "a"): 10,
        ("calm", "b"): 6,
        ("glad", "a"): 10,
        ("glad", "b"): 6,
    }
    own = norms(scores["calm"][:10])
    pd.testing.assert_frame_equal(
        table[(table["scale"] == "calm") & (table["group"] == "a")].drop(columns="group").reset_index(drop=True), own
    )


def test_a_group_counts_those_who_have_a_score():
    with pytest.raises(EmolaborError, match="found no group of 5 respondents"):
        norms(pd.Series([1, 2, 3, 4, np.nan, np.nan]))


def test_one_score_for_everybody_has_no_t():
    row = norms(pd.Series([3.0] * 6)).iloc[0]
    assert row["percentile"] == 50
    assert np.isnan(row["t"]) and np.isnan(row["t_normalised"])


@pytest.mark.parametrize(
    ("scores", "by", "found"),
    [
        (pd.DataFrame({"a": list("xyzuv")}), None, "found text in a"),
        ([1, 2, 3, 4, 5], None, "found no table"),
        (SCORES, pd.Series([1, 2]), "by: found other rows"),
        (SCORES, [1] * 10, "by: found other rows"),
    ],
)
def test_what_is_no_score_is_refused(scores, by, found):
    with pytest.raises(EmolaborError, match=found):
        norms(scores, by)
