import dataclasses

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.measurement import compare_versions, validation_report

pytestmark = pytest.mark.slow

SCALE = el.load_scale("emotional_labor")
KEYS = [item.key for item in SCALE.items]
INSTRUMENT = el.load_instrument("window_staff")


def codes(report):
    return {finding.code: finding for finding in report.findings}


@pytest.fixture(scope="module")
def answers():
    return el.simulate_staff(600, seed=1)


@pytest.fixture(scope="module")
def versions(answers):
    return answers[KEYS].assign(form=np.where(np.arange(len(answers)) % 2, "A", "B"))


def test_every_planted_fault_is_found(answers, tmp_path):
    faulty, planted = el.plant_faults(answers, INSTRUMENT, straight=12, wrong_key="sa2", repeated=3, out_of_range=4)
    path = el.simulate_export(tmp_path / "export.csv", faulty, INSTRUMENT, platform="wjx")
    staff = el.read_responses(path, INSTRUMENT)
    screening = el.screen(staff)
    report = validation_report(staff, SCALE, screening=screening, n_resamples=50)
    found = codes(report)
    assert found["wrongly_keyed"].values["items"] == ["sa2"]
    before, after = found["wrongly_keyed"].values["before"], found["wrongly_keyed"].values["after"]
    assert before < 0.3 < 0.7 < after
    straight = planted.loc[planted["fault"] == "straight", "position"].astype(int)
    assert screening["careless"].iloc[straight].all()
    assert found["careless"].values["straight"] >= 12
    assert report.n == report.n_read - screening["careless"].sum()
    assert {"personal", "repeated", "not_allowed"} <= set(report.reading["kind"])
    assert "Mend the faults" in report.verdict() and "改正" in report.verdict("zh")


def test_a_sound_scale_has_neither_faults_nor_doubts(answers):
    report = validation_report(answers, SCALE, n_resamples=50)
    assert {finding.level for finding in report.findings} == {"note"}
    assert "not_screened" in codes(report)
    assert list(report.tables) == ["keys", "items", "reliability", "adequacy", "loadings", "fit", "htmt"]


def test_tables_are_those_of_the_functions_they_come_from(answers):
    report = validation_report(answers, SCALE, n_resamples=50)
    pd.testing.assert_frame_equal(report.tables["items"], el.item_analysis(answers, SCALE))
    table = report.tables["reliability"]
    np.testing.assert_allclose(table["alpha"], el.reliability(answers, SCALE)["alpha"])
    np.testing.assert_allclose(table["ave"], el.convergent_validity(answers, SCALE, n_resamples=5)["ave"])
    assert report.tables["adequacy"]["n_factors"].item() == 3


def test_half_against_half_is_a_fault_that_is_not_mended(answers):
    data = answers.assign(sa1=6 - answers["sa1"], sa2=6 - answers["sa2"])
    report = validation_report(data, SCALE, n_resamples=20)
    assert codes(report)["half_against_half"].level == "fault"
    complete = data[["sa1", "sa2", "sa3", "sa4"]].dropna()
    assert report.tables["items"].loc["sa1", "mean"] == pytest.approx(complete["sa1"].mean())


def test_a_misplaced_item_and_a_merged_dimension_are_doubts(answers):
    data = answers.assign(sa4=answers["da4"], da4=answers["sa4"])
    found = codes(validation_report(data, SCALE, n_resamples=20))
    assert {"sa4", "da4"} <= set(found["misplaced"].values["items"])
    rng = np.random.default_rng(1)
    same = rng.standard_normal((len(answers), 1)) + 0.8 * rng.standard_normal((len(answers), len(KEYS)))
    merged = pd.DataFrame(np.digitize(same, [-1.5, -0.5, 0.5, 1.5]) + 1, columns=KEYS)
    found = codes(validation_report(merged, SCALE, n_resamples=20))
    assert found["other_number"].values == {"found": 1, "declared": 3} and "not_apart" in found


def test_an_item_that_one_version_makes_harder_is_named(versions):
    assert compare_versions(versions, SCALE, "form", "A").level == "strict"
    harder = versions.copy()
    harder.loc[harder["form"] == "B", "da2"] = (harder["da2"] - 1).clip(1)
    found = compare_versions(harder, SCALE, "form", "A")
    assert found.level == "metric" and found.partial == (("da2", "intercept"),)
    assert found.table.loc["deep_acting", "d"] < -0.2
    report = validation_report(harder, SCALE, version="form", old="A", n_resamples=20)
    assert codes(report)["not_scalar"].values["items"] == ["da2"]
    assert codes(report)["other_level"].values["dimensions"] == ["deep_acting"]
    # A sum of the new version stands for a higher one of the old.
    equated = report.tables["equated"].query("dimension == 'deep_acting' and n > 20")
    assert (equated["equipercentile"] > equated["score"]).all()


def test_a_version_whose_item_measures_something_else_is_a_fault(versions):
    other = versions.copy()
    rng = np.random.default_rng(2)
    here = other["form"] == "B"
    for item in ("sa2", "sa3"):
        other.loc[here, item] = rng.permutation(other.loc[here, item].to_numpy())
    report = validation_report(other, SCALE, version="form", old="A", n_resamples=20)
    assert codes(report)["not_metric"].level == "fault"


def test_retest_scores_come_back_or_not(answers):
    rng = np.random.default_rng(3)
    noise = pd.DataFrame(rng.integers(-1, 2, (len(answers), len(KEYS))), columns=KEYS)
    again = (answers[KEYS] + noise).clip(1, 5)
    stable = validation_report(answers, SCALE, again=again, n_resamples=20)
    assert (stable.tables["retest"]["icc"] > 0.7).all() and "unstable" not in codes(stable)
    shuffled = answers[KEYS].sample(frac=1, random_state=1).set_axis(answers.index)
    found = codes(validation_report(answers, SCALE, again=shuffled, n_resamples=20))
    assert len(found["unstable"].values["dimensions"]) == 3


def test_few_respondents_are_said_and_three_items_have_no_testable_model(answers):
    found = codes(validation_report(answers.head(60), el.load_scale("belonging"), n_resamples=20))
    assert "few" in found and "just_identified" in found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_finding_can_be_said_in_both_languages(language):
    from emolabor.measurement.validation import _words, sentence
    from emolabor.measurement.validation_checks import Finding

    values = dict.fromkeys(("dimension", "n", "total", "straight", "found", "declared", "problems", "level"), "x")
    values |= {"items": ["sa1"], "dimensions": ["surface_acting"], "value": -0.5, "before": 0.1, "after": 0.8}
    values |= {"cfi": 0.8, "rmsea": 0.1, "srmr": 0.1}
    for code in _words(language)["findings"]:
        text = sentence(Finding(code, "note", values), SCALE, language)
        assert text and "{" not in text
    assert set(_words("en")["findings"]) == set(_words("zh")["findings"])


def test_the_same_answers_give_the_same_report(versions):
    first, second = (validation_report(versions, SCALE, version="form", old="A", n_resamples=20) for _ in range(2))
    assert first.sentences() == second.sentences()
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table, second.tables[name])


def test_answers_are_not_changed(answers):
    data = answers.assign(sa2=6 - answers["sa2"])
    before = data.copy()
    validation_report(data, SCALE, n_resamples=20)
    pd.testing.assert_frame_equal(data, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": "emotional_labor"}, "scale: found str; allowed: a scale"),
        ({"screening": pd.DataFrame({"careless": [True]})}, "screening: found another table; allowed: the table"),
        ({"version": "wave", "old": "1"}, "version: found no column 'wave'"),
        ({"version": "sex", "old": "A"}, "holds female, male; allowed: two values, one is 'A'"),
    ],
)
def test_bad_arguments_are_named(answers, arguments, message):
    with pytest.raises(EmolaborError, match=message):
        validation_report(answers, **{"scale": SCALE, "n_resamples": 20, **arguments})


def test_no_respondent_is_printed(answers):
    report = validation_report(answers, SCALE, n_resamples=20)
    assert repr(report) == f"ValidationReport(scale='emotional_labor', n=600, findings={len(report.findings)})"
    assert dataclasses.is_dataclass(report)


def test_no_count_of_one_to_four_stands_in_a_report(answers):
    screening = el.screen(answers, INSTRUMENT)
    screening["flagged_by"] = ["longstring, irv"] * 3 + ["seconds_per_item"] * 7 + [""] * (len(answers) - 10)
    screening["careless"] = np.arange(len(answers)) < 3
    report = validation_report(answers, SCALE, screening=screening, n_resamples=20)
    flagged = report.tables["screening"].set_index("index")["flagged"]
    assert flagged["seconds_per_item"] == 7 and flagged[["longstring", "irv"]].isna().all()
    assert "careless_only" in codes(report)
    assert "long row" not in " ".join(report.sentences("en")) and "长串" not in "".join(report.sentences("zh"))
    kept = el.scored_items(answers[~screening["careless"]], INSTRUMENT)
    ends = report.tables["reliability"][["floor", "ceiling"]]
    for dimension, shares in ends.iterrows():
        scores = kept[INSTRUMENT.dimensions()[dimension]].dropna().mean(axis=1)
        for end, points in (("floor", 1), ("ceiling", 5)):
            count = (scores == points).sum()
            assert np.isnan(shares[end]) if 0 < count < 5 else shares[end] >= 0
    assert ends.isna().any(axis=None)


def test_means_of_versions_are_given_in_steps_of_five_respondents(versions):
    exact = compare_versions(versions, SCALE, "form", "A").table
    shown = validation_report(versions, SCALE, version="form", old="A", n_resamples=20).tables["versions"]
    for name in ("mean_old", "mean_new"):
        steps = shown[name] / 0.02  # of 300 respondents
        np.testing.assert_allclose(steps, steps.round(), atol=1e-9)
        assert (shown[name] - exact[name]).abs().between(1e-12, 0.01 + 1e-9).all()
