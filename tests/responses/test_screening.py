"""Careless respondents: indices as base R and psych compute them, flags, the rule, and what changes without them.

Tolerances: R's numbers are written with 17 digits. Counts and means agree to 1e-12; distances go through the inverse of
a 20 x 20 matrix (condition about 100), which both programs compute to about 1e-11.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.responses import Staff, indices
from emolabor.responses.screening import INDICES
from emolabor.simulation import draw_staff, load_population

pytestmark = pytest.mark.slow

R = Path(__file__).parents[1] / "r"
EXACT, INVERSE = 1e-12, 1e-9
DIMENSIONS = [list(range(start, start + 4)) for start in range(0, 20, 4)]


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(R / "screening.csv")


@pytest.fixture(scope="module")
def answers():
    return pd.read_csv(R / "screening_answers.csv").to_numpy(dtype=float)


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.fixture(scope="module")
def drawn(instrument):
    """Simulated staff, and who of them is careless."""
    return draw_staff(load_population(), instrument, 3000, 11)


def test_strings_and_variability_equal_r(answers, reference):
    longest, mean = indices.strings(answers)
    np.testing.assert_array_equal(longest, reference["longstring"])
    np.testing.assert_allclose(mean, reference["average_string"], rtol=EXACT)
    np.testing.assert_allclose(indices.response_variability(answers), reference["irv"], rtol=EXACT, atol=EXACT)


def test_distances_equal_r_with_and_without_missing_answers(answers, reference):
    mean, covariance, _ = indices.pairwise_moments(answers)
    distance, p_value = indices.mahalanobis(answers, mean, covariance)
    np.testing.assert_allclose(distance, reference["mahalanobis"], rtol=INVERSE)
    np.testing.assert_allclose(p_value, reference["mahalanobis_p"], rtol=INVERSE)


def test_distances_of_complete_answers_equal_psych(answers, reference):
    complete = answers[:80]
    distance, _ = indices.mahalanobis(complete, *indices.pairwise_moments(complete)[:2])
    np.testing.assert_allclose(distance, reference["psych_d2"][:80], rtol=INVERSE)


def test_even_odd_equals_r(answers, reference):
    keyed = answers.copy()
    keyed[:, 3::4] = 6 - keyed[:, 3::4]
    found = indices.even_odd(keyed, DIMENSIONS)
    assert reference["even_odd"].notna().sum() > 100 and reference["even_odd"].isna().any()
    np.testing.assert_allclose(found, reference["even_odd"], rtol=1e-10)


def test_synonyms_and_antonyms_equal_r(answers, reference):
    _, _, correlation = indices.pairwise_moments(answers)
    for found, name in zip(indices.synonyms(answers, correlation, 0.60), ("synonyms", "antonyms"), strict=True):
        assert reference[name].notna().sum() > 80
        np.testing.assert_allclose(found, reference[name], rtol=1e-10, atol=EXACT)


def test_moments_are_pandas_pairwise_ones(answers):
    mean, covariance, correlation = indices.pairwise_moments(answers)
    frame = pd.DataFrame(answers)
    np.testing.assert_allclose(mean, frame.mean(), rtol=EXACT)
    np.testing.assert_allclose(covariance, frame.cov(), rtol=1e-10, atol=EXACT)
    np.testing.assert_allclose(correlation, frame.corr(), rtol=1e-10, atol=EXACT)


def test_the_simulated_careless_are_found(drawn, instrument):
    data, careless = drawn
    called = el.screen(data, instrument)["careless"]
    # Of 120 careless and 2,880 careful respondents; measured over seeds: recall .99 to 1, precision .97 to .99.
    assert (called & careless).sum() / careless.sum() >= 0.95
    assert (called & careless).sum() / called.sum() >= 0.95


def test_without_times_and_checks_most_are_still_found(drawn, instrument):
    data, careless = drawn
    called = el.screen(data.drop(columns=["seconds", "at1", "at2"]), instrument)["careless"]
    assert (called & careless).sum() / careless.sum() >= 0.6
    assert (called & careless).sum() / called.sum() >= 0.95


def test_flags_families_and_rule_agree(drawn, instrument):
    table = el.screen(drawn[0], instrument)
    family = {index.key: index.family for index in INDICES}
    for flags, families, careless in zip(table["flagged_by"], table["families"], table["careless"], strict=True):
        found = {family[flag] for flag in flags.split(", ") if flag}
        assert families == len(found) and careless == (len(found) >= 2)
    summary = el.screening_summary(table).set_index("index")
    assert summary.loc["careless", "flagged"] == table["careless"].sum()
    assert summary.loc["failed_checks", "flagged"] == (table["failed_checks"] >= 1).sum()
    assert summary.loc["longstring", "cutoff"] == len(instrument.items("zh")) / 2


@pytest.mark.parametrize(
    ("index", "cutoff", "expected"),
    [
        ("seconds_per_item", 4.0, lambda table: table["seconds_per_item"] < 4),
        ("longstring", 10, lambda table: table["longstring"] >= 10),
        ("longstring", 0.25, lambda table: table["longstring"] >= 0.25 * 81),
        ("mahalanobis", 0.05, lambda table: table["mahalanobis_p"] < 0.05),
        ("antonyms", -0.5, lambda table: table["antonyms"] >= -0.5),
        ("even_odd", None, lambda table: table["even_odd"] < -2),
    ],
)
def test_a_cutoff_can_be_set_and_an_index_left_out(drawn, instrument, index, cutoff, expected):
    table = el.screen(drawn[0], instrument, cutoffs={index: cutoff}, synonym_r=0.3)
    flagged = table["flagged_by"].str.split(", ").map(lambda flags: index in flags)
    assert flagged.equals(expected(table).rename("flagged_by"))
    assert flagged.any() == (cutoff is not None)


def test_longstring_is_of_answers_as_given_and_even_odd_of_turned_ones(instrument):
    data = el.simulate_staff(300, seed=5)
    items = list(instrument.items("zh")["key"])
    data.loc[0, items] = 4
    table = el.screen(data, instrument)
    assert table.loc[0, "longstring"] == len(items)
    turned = data.assign(**{key: 6 - data[key] for key in instrument.reversed_items})
    changed = el.screen(turned, instrument)
    assert changed["even_odd"].mean() < table["even_odd"].mean()
    # A distance does not depend on the direction of the items.
    np.testing.assert_allclose(changed["mahalanobis"], table["mahalanobis"], rtol=INVERSE)


def test_screening_of_staff_and_of_its_data_agree_and_nothing_is_changed(drawn, instrument):
    data = drawn[0].iloc[:200].set_index(np.arange(200) * 3)
    before = data.copy(deep=True)
    table = el.screen(Staff(data, pd.DataFrame(), instrument))
    pd.testing.assert_frame_equal(table, el.screen(data, instrument))
    pd.testing.assert_frame_equal(data, before)
    assert table.index.equals(data.index)


def test_what_cannot_be_computed_is_missing_and_flags_nobody(instrument):
    same = pd.DataFrame(3.0, index=range(4), columns=list(instrument.points()))
    table = el.screen(same, instrument, cutoffs={"longstring": None})
    assert table[["mahalanobis", "even_odd", "synonyms", "antonyms", "seconds_per_item"]].isna().all(axis=None)
    # The cut-offs that come from the sample need a spread: where all are alike nobody is apart.
    assert set(table["flagged_by"]) == {"failed_checks"} and not table["careless"].any()
    nothing = el.screen(same.assign(**dict.fromkeys(same, np.nan)), instrument)
    assert set(nothing["flagged_by"]) == {"missing_rate"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"instrument": None}, "instrument: found nothing"),
        ({"cutoffs": {"longest": 3}}, "cutoffs: found 'longest'; allowed: longstring"),
        ({"cutoffs": {"irv": "low"}}, "cutoffs: found 'low' for irv; allowed: a number"),
    ],
)
def test_what_is_not_understood_is_refused(drawn, instrument, arguments, message):
    with pytest.raises(EmolaborError, match=message):
        el.screen(drawn[0], **{"instrument": instrument, **arguments})


def test_every_index_is_defined_with_its_source_in_both_languages():
    for language in ("zh", "en"):
        table = el.screening_indices(language)
        assert table[["definition", "source"]].map(len).gt(0).all(axis=None)
    with pytest.raises(EmolaborError, match="language: found 'de'"):
        el.screening_indices("de")


def test_results_with_and_without_the_careless(drawn, instrument):
    staff = Staff(drawn[0], pd.DataFrame(), instrument)
    screening = el.screen(staff)
    table = el.screening_sensitivity(staff, screening)
    scores = el.score(staff)
    kept = ~screening["careless"]
    assert table.loc["mean exhaustion", "all"] == scores["exhaustion"].mean()
    assert table.loc["mean exhaustion", "kept"] == pytest.approx(scores.loc[kept, "exhaustion"].mean(), rel=EXACT)
    r = scores.loc[kept, ["surface_acting", "exhaustion"]].corr().iloc[0, 1]
    assert table.loc["r surface_acting, exhaustion", "kept"] == pytest.approx(r, rel=EXACT)
    # Straight-liners tie everything to everything. Liking music is unrelated to all of it in the population.
    unrelated = table[table.index.str.endswith(", music_preference")].abs().mean()
    assert unrelated["kept"] < unrelated["all"]


def test_statistics_are_any_functions_of_staff(drawn, instrument):
    staff = Staff(drawn[0], pd.DataFrame(), instrument)
    functions = [
        lambda staff: {"n": len(staff.data)},
        lambda staff: el.reliability(staff.data, staff.instrument)["alpha"],
    ]
    table = el.screening_sensitivity(staff, statistics=functions)
    assert table.loc["n", "difference"] == -el.screen(staff)["careless"].sum()
    assert list(table.index[1:]) == list(instrument.dimensions())


@pytest.mark.parametrize(
    ("screening", "statistics", "message"),
    [
        (lambda table: table.iloc[1:], None, "screening: found other respondents"),
        (lambda table: table.assign(careless=True), None, "screening: found only careless respondents"),
        (None, lambda staff: "much", "statistics: found str from .*; allowed: named numbers"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(drawn, instrument, screening, statistics, message):
    staff = Staff(drawn[0].iloc[:100], pd.DataFrame(), instrument)
    screening = screening(el.screen(staff)) if screening else None
    with pytest.raises(EmolaborError, match=message):
        el.screening_sensitivity(staff, screening, statistics)


@pytest.mark.parametrize(
    ("index", "cutoff", "why"),
    [
        ("irv", -0.5, "out of reach"),
        ("irv", 0, "out of reach"),
        ("seconds_per_item", 0, "out of reach"),
        ("mahalanobis", 0, "no values"),
        ("even_odd", -1, "out of reach"),
        ("antonyms", 1.5, "no values"),
        ("failed_checks", 3, "out of reach"),
        ("missing_rate", 1.2, "out of reach"),
        ("longstring", 2000, "out of reach"),
    ],
)
def test_an_index_that_can_never_flag_says_that_it_cannot_judge(index, cutoff, why):
    table = el.screen(el.simulate_staff(100, seed=1), el.load_instrument("window_staff"), cutoffs={index: cutoff})
    assert table.attrs["cannot_judge"][index] == why
    row = el.screening_summary(table).set_index("index").loc[index]
    assert row["judged"] == 0 and row["flagged"] == 0 and np.isnan(row["cutoff"])


def test_a_spread_so_wide_that_its_limit_falls_below_zero_cannot_judge():
    instrument = el.load_instrument("window_staff")
    answers = el.simulate_staff(60, seed=1)
    items = [key for keys in instrument.dimensions().values() for key in keys]
    for row in range(60):  # spreads from none to the widest
        answers.loc[row, items] = np.where(np.arange(len(items)) % 2, 3, 3 + (row % 5 - 2))
    assert el.screen(answers, instrument).attrs["cannot_judge"]["irv"] == "out of reach"


def test_a_short_scale_is_not_judged_by_runs_of_answers():
    from emolabor.measurement.answers import as_instrument

    table = el.screen(el.simulate_staff(300, seed=1), as_instrument(el.load_scale("proactive_service")))
    silent = table.attrs["cannot_judge"]
    assert {key for key, why in silent.items() if why == "few items"} == {"longstring", "average_string", "irv"}
    assert silent["failed_checks"] == silent["even_odd"] == "no values"
    assert not table["flagged_by"].str.contains("string").any()


def test_seconds_are_divided_by_the_questions_shown():
    instrument = el.load_instrument("window_staff")
    answers = el.simulate_staff(40, seed=1).assign(seconds=100.0)
    asked = list(instrument.points())
    answers[asked] = 3.0
    answers.loc[0, asked[50:]] = np.nan  # gave up after fifty
    answers.loc[1, asked[::2]] = np.nan  # left out every other one, and was shown all
    answers[asked[-1]] = np.nan  # was shown to nobody
    seconds = el.screen(answers, instrument)["seconds_per_item"]
    shown = len(asked) - 1
    assert seconds.iloc[:3].round(4).tolist() == [2.0, round(100 / (shown - (shown % 2)), 4), round(100 / shown, 4)]
