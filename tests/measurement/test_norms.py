"""Norms by hand, and whether their intervals hold what they promise."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, norm

from emolabor import norms
from emolabor.common.errors import EmolaborError
from emolabor.measurement.norms import jeffreys

pytestmark = pytest.mark.slow

SCORES = pd.Series([1, 2, 2, 3, 3, 3, 4, 4, 5, 5] * 5, name="calm")


def test_percentiles_count_half_of_those_at_the_score():
    table = norms(SCORES)
    assert table["score"].tolist() == [1, 2, 3, 4, 5]
    assert table["percentile"].tolist() == pytest.approx([5, 20, 45, 70, 90])
    assert set(table["n"]) == {50}
    assert set(table["scale"]) == {"calm"}


def test_t_scores_are_linear_and_normalised():
    table = norms(SCORES)
    assert table["t"].to_numpy() == pytest.approx(50 + 10 * (table["score"] - SCORES.mean()) / SCORES.std())
    assert table["t_normalised"].to_numpy() == pytest.approx(50 + 10 * norm.ppf(table["percentile"] / 100))


def test_the_interval_is_jeffreys():
    row = norms(SCORES, level=0.9).iloc[1]
    assert row["percentile_lower"] == pytest.approx(100 * beta.ppf(0.05, 10.5, 40.5))
    assert row["percentile_upper"] == pytest.approx(100 * beta.ppf(0.95, 10.5, 40.5))


def test_the_interval_covers_the_rank_in_the_population():
    # Standard normal scores; 95 % within four standard errors of 600 samples (.036).
    rng = np.random.default_rng(5)
    covered = 0
    truth = norm.cdf(0.6)
    for values in rng.normal(size=(600, 60)):
        lower, upper = jeffreys((values <= 0.6).sum() - 0.5, 60, 0.95)
        covered += lower <= truth <= upper
    assert covered / 600 == pytest.approx(0.95, abs=0.036)


def test_groups_have_norms_of_their_own_and_small_ones_none():
    scores = pd.DataFrame({"calm": np.arange(27.0) % 2, "glad": [1.0, 2.0, 2.0] * 9})
    by = pd.Series(["a"] * 10 + ["b"] * 6 + ["c"] * 4 + ["d"] * 7)
    table = norms(scores, by)
    assert set(table["group"]) == {"a", "d"}  # c is small, and would follow from all without b
    assert table.groupby(["scale", "group"])["n"].first().to_dict() == {
        ("calm", "a"): 10,
        ("calm", "d"): 7,
        ("glad", "a"): 10,
        ("glad", "d"): 7,
    }
    own = norms(scores["calm"][:10])
    pd.testing.assert_frame_equal(
        table[(table["scale"] == "calm") & (table["group"] == "a")].drop(columns="group").reset_index(drop=True), own
    )


@pytest.mark.parametrize(("n", "seed"), [(30, 1), (120, 2), (500, 3)])
def test_how_many_have_a_score_cannot_be_told_where_they_are_few(n, seed):
    values = pd.Series(np.random.default_rng(seed).binomial(12, 0.5, n) / 3)
    table, count = norms(values).set_index("score"), values.round(10).value_counts()
    assert count.between(1, 4).any()
    # Percentiles are steps of 5 / n or more, and the bounds follow from them.
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2) if step >= 5 / n)
    assert table["percentile"].to_numpy() / 100 / step == pytest.approx(np.round(table["percentile"] / 100 / step))
    # The T scores tell the mean and the standard deviation that made them: both are coarse too.
    slope, intercept = np.polyfit(table.index, table["t"], 1)
    for told in (10 / slope, (50 - intercept) / slope):
        assert told / step == pytest.approx(round(told / step))
    assert np.isfinite(table["t_normalised"].dropna()).all()


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
        (SCORES, [1] * 50, "by: found other rows"),
    ],
)
def test_what_is_no_score_is_refused(scores, by, found):
    with pytest.raises(EmolaborError, match=found):
        norms(scores, by)
