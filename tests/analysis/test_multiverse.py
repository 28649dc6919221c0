"""The multiverse: every combination in order, the same numbers whatever the processes, the truth where it is known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from emolabor.analysis import (
    effect_multiverse,
    multiverse,
    multiverse_influence,
    multiverse_summary,
    shown_specifications,
)
from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.responses import Staff, scored_items, screen
from emolabor.sem import sem
from emolabor.simulation import load_population, simulate_staff, truth
from emolabor.theory import full_model, load_claims

pytestmark = pytest.mark.slow

EFFECT = "surface_acting>exhaustion>proactive_service"


def sums(a, b, scale):
    """One number from three choices: exactly known."""
    if a == 3 and b == 10:
        raise EmolaborError("a, b: no such pair")
    est = scale * (a + b)
    return {"est": est, "ci_lower": est - 1, "ci_upper": est + 1, "n": 10 * a, "admissible": scale > 0}


CHOICES = {"a": {"one": 1, "three": 3}, "b": {"zero": 0, "ten": 10}, "scale": {"plain": 1.0, "turned": -1.0}}


def test_every_combination_has_one_row_in_the_order_of_the_options():
    table = multiverse(CHOICES, sums)
    assert table.columns.tolist() == ["a", "b", "scale", "est", "ci_lower", "ci_upper", "n", "admissible", "note"]
    assert table[["a", "b", "scale"]].agg(" ".join, axis=1).tolist() == [
        "one zero plain",
        "one zero turned",
        "one ten plain",
        "one ten turned",
        "three zero plain",
        "three zero turned",
        "three ten plain",
        "three ten turned",
    ]
    assert table["est"].tolist()[:6] == [1, -1, 11, -11, 3, -3]


def test_a_refusal_becomes_a_note_and_is_not_counted():
    table = multiverse(CHOICES, sums)
    assert table.iloc[6:][["est", "n"]].isna().all(axis=None)
    assert table["note"].tolist()[6:] == ["a, b: no such pair"] * 2
    summary = multiverse_summary(table)
    # Admissible: 1, 11 and 3, with intervals one to each side.
    assert summary.tolist() == [8, 6, 3, 3.0, 1.0, 11.0, 1.0, pytest.approx(2 / 3)]


def test_a_mistake_of_the_function_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        multiverse({"a": {"one": 1}}, lambda a: a / 0)
    with pytest.raises(EmolaborError, match="estimate: its result lacks n, admissible"):
        multiverse({"a": {"one": 1}}, lambda a: {"est": 1, "ci_lower": 1, "ci_upper": 1})


def test_impossible_combinations_are_left_out():
    table = multiverse(CHOICES, sums, possible=lambda a, b, scale: scale == "plain" and (a, b) != ("three", "ten"))
    assert table["est"].tolist() == [1, 11, 3]
    with pytest.raises(EmolaborError, match="possible: leaves no combination"):
        multiverse(CHOICES, sums, possible=lambda **options: False)


def test_influence_is_that_of_the_admissible_rows():
    influence = multiverse_influence(multiverse(CHOICES, sums))
    assert influence.loc["a=one", ["specifications", "median", "lowest", "highest"]].tolist() == [2, 6, 1, 11]
    assert influence.loc["scale=turned", "specifications"] == 0
    assert np.isnan(influence.loc["scale=turned", "median"])


@pytest.mark.parametrize("wrong", [{}, [], {"a": {}}, {"est": {"one": 1}}])
def test_wrong_choices_are_refused(wrong):
    with pytest.raises(EmolaborError, match="choices: "):
        multiverse(wrong, sums)


@pytest.fixture(scope="module")
def study():
    """A large draw whose truth is known, with the careless respondents in it."""
    staff = Staff(simulate_staff(2500, seed=5), pd.DataFrame(), load_instrument("window_staff"))
    return SimpleNamespace(staff=staff, screening=screen(staff), claims=load_claims())


@pytest.fixture(scope="module")
def table(study):
    # Full information of many items takes seconds; it is tried with scores below.
    estimation = ["ml", "mlr", "gls", "wlsmv"]
    options = {"careless": ["default"], "items": ["all", "not_reversed"], "estimation": estimation}
    return effect_multiverse(study, EFFECT, choices=options)


def test_the_defaults_are_more_than_a_hundred_specifications(study):
    from emolabor.analysis.specifications import CARELESS, COVARIATES, ESTIMATION, ITEMS, MEASURE, _possible

    all_of_them = pd.MultiIndex.from_product([ITEMS, CARELESS, MEASURE, COVARIATES, ESTIMATION])
    assert sum(_possible(*options) for options in all_of_them) > 100


def test_every_specification_is_admissible_and_finds_the_truth(table):
    assert table["admissible"].all(), table["note"].unique()
    true = truth(load_population())["std_all"]
    expected = true["exhaustion~surface_acting"] * true["proactive_service~exhaustion"]
    latent = table[table["measure"] == "latent"]
    # One draw of 2,500: a standard error is about .01; screening is imperfect, hence three of them.
    assert (latent["est"] - expected).abs().max() < 0.03
    # Scores hold error, which weakens both steps.
    assert table.groupby("measure")["est"].median().abs().is_monotonic_decreasing


def test_a_specification_is_the_fit_that_it_says(study, table):
    kept = study.staff.data[study.screening["families"] < 2]
    items = scored_items(kept, study.staff.instrument)
    text = full_model(study.staff.instrument.dimensions(), study.claims)
    fit = sem(text, items, estimator="MLR").standardized()
    whole = fit[fit["lhs"] == "surface_acting__exhaustion__proactive_service"].iloc[0]
    wanted = {"items": "all", "measure": "latent", "covariates": "none", "estimation": "mlr"}
    row = table[(table[list(wanted)] == pd.Series(wanted)).all(axis=1)].iloc[0]
    # The whole model explains the predictors too, which moves the path by a fraction of its standard error (.01).
    assert row["est"] == pytest.approx(whole["est"], abs=0.003)
    assert row["ci_upper"] - row["ci_lower"] == pytest.approx(whole["ci_upper"] - whole["ci_lower"], rel=0.1)


def test_covariates_that_matter_to_nothing_change_little(table):
    latent = table[(table["measure"] == "latent") & (table["estimation"] == "mlr") & (table["items"] == "all")]
    est = latent.set_index("covariates")["est"]
    assert set(est.index) == {"none", "person", "dispatch"}
    assert (est - est["none"]).abs().max() < 0.01


def test_screening_options_leave_out_more_and_more(study):
    options = {"items": ["all"], "measure": ["score"], "covariates": ["none"], "estimation": ["fiml"]}
    counts = effect_multiverse(study, EFFECT, choices=options).set_index("careless")["n"]
    families = study.screening["families"]
    assert counts["everyone"] == 2500
    assert counts["default"] == (families < 2).sum()
    assert counts["strict"] == (families < 1).sum()
    assert counts["everyone"] > counts["default"] > counts["strict"]


def test_the_number_of_processes_changes_nothing(study):
    options = {"items": ["all"], "measure": ["score"], "careless": ["default"], "estimation": ["mlr", "gls"]}
    one, two = (effect_multiverse(study, EFFECT, choices=options, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_background_that_the_answers_do_not_tell_is_no_choice(study):
    staff = Staff(study.staff.data.drop(columns="tenure_band"), pd.DataFrame(), study.staff.instrument)
    less = SimpleNamespace(staff=staff, screening=study.screening, claims=study.claims)
    options = {"items": ["all"], "measure": ["score"], "careless": ["default"], "estimation": ["ml"]}
    assert effect_multiverse(less, EFFECT, choices=options)["covariates"].tolist() == ["none", "dispatch"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"effect": "exhaustion>belonging"}, "effect: found 'exhaustion>belonging'; allowed: role_pressure>surface"),
        ({"effect": "deep_acting*exhaustion>service_quality"}, "effect: found"),
        ({"effect": EFFECT, "choices": {"estimators": ["ml"]}}, "choices: found 'estimators'; allowed: items"),
        ({"effect": EFFECT, "choices": {"estimation": ["dwls"]}}, "choices: found 'dwls' of estimation; allowed: ml"),
        ({"effect": EFFECT, "jobs": 0}, "jobs: found 0"),
    ],
)
def test_what_is_not_known_is_refused(study, arguments, message):
    with pytest.raises(EmolaborError, match=message):
        effect_multiverse(study, **arguments)


@pytest.mark.parametrize(
    ("everyone", "default", "strict", "shown"),
    [
        (100, 100, 90, ["everyone", "default", "strict"]),
        (104, 100, 90, ["default", "strict"]),
        (105, 100, 96, ["everyone", "default"]),
        (103, 100, 97, ["default"]),
        (100, 95, 95, ["everyone", "default", "strict"]),
    ],
)
def test_specifications_that_would_tell_what_few_answered_are_not_shown(everyone, default, strict, shown):
    rows = [
        {"careless": option, "items": items, "est": 0.1, "n": n - (items == "all") * 50}
        for items in ("all", "first_three")
        for option, n in {"everyone": everyone, "default": default, "strict": strict}.items()
    ]
    table = pd.DataFrame(rows).assign(ci_lower=0.0, ci_upper=0.2, admissible=True)
    found = shown_specifications(table)
    assert found.groupby("items", sort=False)["careless"].agg(list).to_dict() == {"all": shown, "first_three": shown}
    assert list(found.index) == list(range(len(found)))


def test_only_the_specifications_that_would_tell_it_are_left_out():
    rows = [
        ("everyone", "all", 0.1, 100),
        ("default", "all", 0.1, 98),
        ("everyone", "first_three", 0.1, 110),
        ("default", "first_three", 0.1, 100),
    ]
    table = pd.DataFrame(rows, columns=["careless", "items", "est", "n"])
    assert shown_specifications(table)["n"].tolist() == [98, 110, 100]
