import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import agreement
from emolabor.measurement.agreement import NULLS
from emolabor.scales import load_scale
from emolabor.simulation import simulate_staff

from .reference import R, own

REFERENCE = pd.read_csv(R / "agreement.csv").set_index(["case", "what"])["value"]
# Closed formulas.
CLOSED = 1e-10
DIMENSIONS = {letter: [f"{letter}{i}" for i in range(1, 6)] for letter in "abc"}


def teams(case):
    data = own("likert")
    row = np.arange(1, len(data) + 1)
    kept = (row % 7 > 0) & ~((data["team"] > 40) & (row % 10 > 3))
    return data if case == "equal" else data[kept]


@pytest.mark.parametrize("case", ["equal", "unequal"])
@pytest.mark.parametrize("measure", ["f", "pvalue", "icc1", "icc2", "design_effect"])
def test_intraclass_correlations_are_those_of_multilevel(case, measure):
    found = agreement(teams(case), DIMENSIONS, "team", points=5).table
    expected = [REFERENCE[f"{case} {letter}", measure] for letter in "abc"]
    np.testing.assert_allclose(found[measure], expected, rtol=1e-9, atol=CLOSED)


@pytest.mark.parametrize("case", ["equal", "unequal"])
@pytest.mark.parametrize("null", NULLS)
def test_rwg_is_that_of_multilevel(case, null):
    found = agreement(teams(case), DIMENSIONS, "team", points=5, null=null).table
    for measure in ("rwg_mean", "rwg_median"):
        expected = [REFERENCE[f"{case} {letter}", f"{measure}_{null}"] for letter in "abc"]
        np.testing.assert_allclose(found[measure], expected, rtol=0, atol=CLOSED)


@pytest.mark.parametrize("case", ["equal", "unequal"])
def test_rwg_of_each_team_is_that_of_multilevel(case):
    shown = agreement(teams(case), DIMENSIONS, "team", points=5).by_group
    expected = [REFERENCE[f"{case} {row.dimension}", f"rwg team {row.group}"] for row in shown.itertuples()]
    assert len(shown) >= 3 * 40
    np.testing.assert_allclose(shown["rwg"], expected, rtol=0, atol=CLOSED)


def test_four_judges_of_six_targets_as_published():
    # Shrout & Fleiss (1979), Table 2; their Table 4 prints ICC(1, 1) = .17 and ICC(1, 4) = .44, so half a unit of the
    # second decimal is what one can ask. A target is a group, a judge's rating a member's score (one item asked twice).
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    long = pd.DataFrame(ratings).melt(ignore_index=False, value_name="item").reset_index(names="target")
    found = agreement(long.assign(again=long["item"]), {"rating": ["item", "again"]}, "target", points=10).table
    assert found.loc["rating", "icc1"] == pytest.approx(0.17, abs=0.005)
    assert found.loc["rating", "icc2"] == pytest.approx(0.44, abs=0.005)


def test_in_equal_teams_the_intraclass_correlations_are_psychs_one_way_ones():
    found = agreement(teams("equal"), DIMENSIONS, "team", points=5).table.loc["a"]
    assert found["icc1"] == pytest.approx(REFERENCE["psych", "icc1"], abs=CLOSED)
    assert found["icc2"] == pytest.approx(REFERENCE["psych", "icc2"], abs=CLOSED)


def test_small_groups_count_but_are_not_shown():
    data = teams("unequal")
    found = agreement(data, {"a": DIMENSIONS["a"]}, "team", points=5)
    small = (data["team"].value_counts() < 5).sum()
    assert small > 0 and found.hidden == small
    assert (found.by_group["n"] >= 5).all()
    assert found.table.loc["a", "groups"] == 50 == len(found.by_group) + small


def test_full_agreement_is_one_and_wild_disagreement_zero():
    same = pd.DataFrame({"i1": [1, 1, 5, 5], "i2": [2, 2, 4, 4], "g": ["x", "x", "y", "y"]})
    table = agreement(same, {"d": ["i1", "i2"]}, "g", points=5).table.loc["d"]
    assert table["rwg_mean"] == 1 and table["icc1"] == 1
    apart = pd.DataFrame({"i1": [1, 5, 5, 1], "i2": [5, 1, 5, 1], "g": ["x", "x", "y", "y"]})
    assert agreement(apart, {"d": ["i1", "i2"]}, "g", points=5).table.loc["d", "rwg_mean"] == 0


def test_a_scale_knows_its_points_and_respondents_without_a_group_are_left_out():
    data = simulate_staff(400, seed=2)
    data.loc[:20, "centre"] = None
    scale = load_scale("unit_guidance")
    found = agreement(data, scale, "centre").table.iloc[0]
    complete = data[[item.key for item in scale.items] + ["centre"]].dropna()
    assert found["n"] == len(complete)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"group": "centre"}, "group: found no column 'centre'"),
        ({"null": "triangular"}, "null: found 'triangular'; allowed: uniform, slight_skew"),
        ({"points": None}, "points: with a mapping the number of answers is needed"),
        ({"null": "heavy_skew", "points": 7}, "'heavy_skew' is known for 5 points, found 7"),
        ({"group": "version2"}, "needs two groups"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    data = own("likert").assign(version2="only")
    with pytest.raises(EmolaborError, match=message):
        agreement(data, DIMENSIONS, **{"group": "team", "points": 5, **arguments})
