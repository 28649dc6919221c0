"""The ladder of models whose factors measure factors, against lavaan with every mean said (tests/r/second_order.R)."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import assert_parameters
from lavaan_reference import measures, public_data
from ordinal_data import ITEMS

import emolabor as el
from emolabor.sem.comparison.invariance_levels import level_step

MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9; G =~ visual + textual + speed"
STEPS = [
    "configural",
    "metric",
    "second-order metric",
    "scalar",
    "second-order scalar",
    "second-order strict",
    "strict",
]
# The ladder ends where the rule fails; to see every step each is fitted as the last one that holds.
LIMITLESS = dict.fromkeys(("metric", "scalar", "strict"), dict.fromkeys(("cfi", "rmsea", "srmr"), 9.0))


@pytest.fixture(scope="module")
def ladder():
    from emolabor.sem.comparison.invariance_rule import RULE

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULE, "usual", LIMITLESS)
        patch.setitem(RULE, "small or unequal groups", LIMITLESS)
        return el.invariance(MODEL, public_data("holzinger"), "school")


@pytest.mark.parametrize("step", STEPS)
def test_every_step_equals_lavaan(ladder, step):
    assert list(ladder.table.index) == STEPS
    fit = ladder.fits[step]
    expected = measures("second_order", step)
    own = fit.fit_measures()
    for measure in ("npar", "df", "chisq", "cfi", "rmsea", "srmr", "bic"):
        assert own[measure] == pytest.approx(expected[measure], abs=1e-7, rel=1e-8), measure
    if step not in (
        "scalar",
        "second-order scalar",
        "second-order strict",
        "strict",
    ):  # lines make another order of rows
        assert_parameters(fit.tidy(), "second_order", step, dict.fromkeys(("est", "se", "std_lv", "std_all"), 1e-5))


def test_another_way_to_set_the_scale_is_the_same_ladder(ladder):
    other = el.invariance(MODEL, public_data("holzinger"), "school", std_lv=True)
    assert list(other.table.index) == [*STEPS[:4], "partial scalar"]
    np.testing.assert_allclose(other.table.chisq[:4], ladder.table.chisq[:4], rtol=1e-8)
    assert "Chen, Sousa & West, 2005" in other.summary()


def test_group_equal_alone_holds_first_order_means():
    fit = el.sem(MODEL, public_data("holzinger"), group="school", group_equal=["loadings", "intercepts"])
    means = fit.tidy().query("op == '~1' and group == 2").set_index("lhs")
    assert fit.admissible and fit.fit_measures().df == 64
    assert means.se["G"] > 0 and (means.se[["visual", "textual", "speed"]] == 0).all()


def test_means_that_the_text_gives_stay_as_they_are(ladder):
    found = el.sem(
        MODEL + "; visual ~ c(0, 0)*1; textual ~ c(0, NA)*1; speed ~ c(0, NA)*1; G ~ c(0, 0)*1",
        public_data("holzinger"),
        group="school",
        group_equal=["loadings", "intercepts"],
    )
    own = level_step("scalar", el.sem(MODEL + "; visual ~ c(0, 0)*1", public_data("holzinger"), group="school").table)
    assert own[0].split("\n")[1:] == ["textual ~ c(0, NA)*1", "speed ~ c(0, NA)*1"]  # G is identified by visual
    assert found.fit_measures().df == ladder.table.df["scalar"] + 1


def test_a_text_that_holds_all_first_order_means_has_one_step_of_intercepts(ladder):
    held = "".join(f"; {name} ~ c(0, 0)*1" for name in ("visual", "textual", "speed"))
    data = public_data("holzinger")
    table = el.sem(MODEL + held, data, group="school").table
    assert level_step("scalar", table)[0].strip() == ""
    fit = el.sem(MODEL + held, data, group="school", group_equal=["loadings", "intercepts"])
    assert fit.fit_measures().chisq == pytest.approx(ladder.fits["second-order scalar"].fit_measures().chisq, rel=1e-9)


def test_ordered_answers_climb_by_level_of_factors_too():
    rng = np.random.default_rng(5)
    factors = 0.7 * rng.normal(size=(900, 1)) + 0.7 * rng.normal(size=(900, 3))
    values = 0.8 * np.repeat(factors, 3, axis=1) + 0.6 * rng.normal(size=(900, 9))
    data = pd.DataFrame(np.digitize(values, [-1, 0, 1]), columns=ITEMS).assign(school=rng.choice(["a", "b"], 900))
    found = el.invariance(MODEL, data, "school", ordered=ITEMS)
    assert list(found.table.index) == ["configural", "thresholds", *STEPS[1:]]
    assert found.table.df.is_monotonic_increasing and found.level == "strict"


def test_a_first_order_mean_that_differs_is_named_and_can_be_freed():
    rng = np.random.default_rng(6)
    group = rng.choice(["a", "b"], 900)
    factors = 0.7 * rng.normal(size=(900, 1)) + 0.7 * rng.normal(size=(900, 3))
    factors[group == "b", 1] += 1.0
    data = pd.DataFrame(0.8 * np.repeat(factors, 3, axis=1) + 0.6 * rng.normal(size=(900, 9)), columns=ITEMS)
    found = el.invariance(MODEL, data.assign(school=group), "school")
    assert found.level == "scalar" and list(found.table.index)[-1] == "second-order scalar"
    assert "group_partial=['textual ~1']" in found.decision()
    again = el.invariance(MODEL, data.assign(school=group), "school", group_partial=["textual ~1"])
    assert again.level == "strict"
    assert again.table.df["second-order scalar"] == found.table.df["second-order scalar"] - 1


def test_one_level_of_factors_has_the_steps_it_had():
    found = el.invariance(MODEL.rsplit(";", 1)[0], public_data("holzinger"), "school")
    assert "second-order metric" not in found.table.index and "2005" not in found.rule()


def test_unknown_steps_name_those_of_both_levels():
    with pytest.raises(el.EmolaborError, match="configural, metric, second-order metric, scalar"):
        el.invariance(MODEL, public_data("holzinger"), "school", steps=["metric"])
