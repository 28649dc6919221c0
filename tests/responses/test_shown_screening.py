"""What of a screening is shown: its counts and comparisons, without those by which a person could be known."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.privacy import is_small
from emolabor.responses import Staff, family_counts, shown_sensitivity, shown_summary


def screened(n, seed, careless):
    """Answers, and their screening in which so many are careless: by one family the first three, by two these."""
    instrument = el.load_instrument("window_staff")
    staff = Staff(el.simulate_staff(n, seed=seed), pd.DataFrame(columns=["kind", "column", "row"]), instrument)
    screening = el.screen(staff)
    flagged = np.arange(n) < careless
    return staff, screening.assign(careless=flagged, families=np.where(flagged, 2, (np.arange(n) < careless + 3) * 1))


@pytest.mark.parametrize("n", [40, 100, 300])
def test_a_summary_shows_no_count_of_one_to_four_and_no_other_is_lost(n):
    screening = el.screen(el.simulate_staff(n, seed=1), el.load_instrument("window_staff"))
    exact = el.screening_summary(screening).set_index("index")
    shown = shown_summary(screening)
    hidden = {"flagged": is_small(exact["flagged"]), "judged": is_small(n - exact["judged"])}
    assert hidden["flagged"].any()
    for column, small in hidden.items():
        assert shown.loc[small, column].isna().all()
        assert (shown.loc[~small, column] == exact.loc[~small, column]).all()


def test_judged_is_hidden_where_one_to_four_could_not_be_judged():
    screening = el.screen(el.simulate_staff(100, seed=1), el.load_instrument("window_staff"))
    screening.loc[:2, "longstring"] = np.nan
    assert el.screening_summary(screening).set_index("index").loc["longstring", "judged"] == 97
    assert pd.isna(shown_summary(screening).loc["longstring", "judged"])


@pytest.mark.parametrize(("careless", "hidden"), [(3, True), (5, False), (0, False)])
def test_families_are_counted_without_small_numbers(careless, hidden):
    _, screening = screened(100, 1, careless)
    counts = family_counts(screening)
    assert counts[[0, 1]].isna().all()  # three by one family; the first is all minus those
    assert careless == 0 or pd.isna(counts[2]) == hidden


def test_scores_with_and_without_careless_stand_in_steps_of_five_respondents():
    staff, screening = screened(100, 1, 6)
    exact, shown = el.screening_sensitivity(staff, screening), shown_sensitivity(staff, screening)
    for column, step in (("all", 0.05), ("kept", 0.1)):
        steps = shown[column] / step
        np.testing.assert_allclose(steps, steps.round(), atol=1e-9)
        assert (shown[column] - exact[column]).abs().max() <= step / 2 + 1e-9
    np.testing.assert_allclose(shown["difference"], shown["kept"] - shown["all"], atol=1e-9)


def test_scores_of_all_are_not_shown_where_one_to_four_are_careless():
    shown = shown_sensitivity(*screened(100, 1, 2))
    assert shown[["all", "difference"]].isna().all(axis=None) and shown["kept"].notna().all()
