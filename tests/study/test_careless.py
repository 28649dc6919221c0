"""What a model finds of everyone is not shown beside those who stay where the two differ by 1 to 4 respondents."""

from types import SimpleNamespace

import pandas as pd
import pytest

import emolabor as el
from emolabor.study import load_design
from emolabor.study.careless import paths_and_careless, verdicts_and_careless

PATHS = ["surface_acting>exhaustion", "exhaustion>proactive_service"]


@pytest.fixture(scope="module")
def staff():
    instrument = el.load_instrument("window_staff")
    return el.scored_items(el.simulate_staff(400, seed=1), instrument).dropna()


def study(staff, left_out):
    """A study of a small model, which leaves so many of the respondents out."""
    claims = [claim for claim in el.load_claims() if any(path.key in PATHS for path in claim.paths)]
    model = (
        "surface_acting =~ sa1 + sa2 + sa3\nexhaustion =~ ex1 + ex2 + ex3\nproactive_service =~ ps1 + ps2 + ps3\n"
        "exhaustion ~ surface_acting\nproactive_service ~ exhaustion"
    )
    return SimpleNamespace(
        model=model, everyone=staff, answers=staff.iloc[left_out:], claims=claims, design=load_design()
    )


@pytest.mark.parametrize(("left_out", "is_shown"), [(0, True), (1, False), (4, False), (5, True)])
def test_paths_of_everyone_are_shown_only_where_nobody_or_five_are_left_out(staff, left_out, is_shown):
    table = paths_and_careless(study(staff, left_out), "ML")
    assert list(table.index) == ["exhaustion~surface_acting", "proactive_service~exhaustion"]
    assert table["kept"].notna().all()
    assert table[["all", "difference"]].notna().all(axis=None) == is_shown
    assert table[["all", "difference"]].isna().all(axis=None) != is_shown


@pytest.mark.parametrize(("left_out", "is_shown"), [(3, False), (5, True)])
def test_so_are_verdicts(staff, left_out, is_shown):
    one = study(staff, left_out)
    table = verdicts_and_careless(one, el.sem(one.model, one.answers, estimator="ML"), "ML")
    assert len(table) >= len(PATHS) and table[["est_kept", "verdict_kept"]].notna().all(axis=None)
    of_everyone = table[["est_everyone", "difference", "verdict_everyone"]]
    assert of_everyone.notna().all(axis=None) if is_shown else of_everyone.isna().all(axis=None)
    if is_shown:
        pd.testing.assert_series_equal(
            table["difference"], table["est_everyone"] - table["est_kept"], check_names=False, atol=1e-12
        )


def test_who_was_left_out_by_missing_answers_too_counts(staff):
    holes = staff.copy()
    holes.loc[holes.index[2:6], "sa1"] = float("nan")  # of six left out, four were not used by either model
    one = study(holes, 6)
    table = verdicts_and_careless(one, el.sem(one.model, one.answers, estimator="ML"), "ML")
    assert table["est_everyone"].isna().all()
