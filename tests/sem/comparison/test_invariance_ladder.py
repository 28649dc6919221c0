"""The invariance ladder against lavaan 0.6-14 (tests/r/ladder.R), and on simulated groups whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import frame
from lavaan_reference import measures, parameters

import emolabor as el
from emolabor import EmolaborError

pytestmark = pytest.mark.slow

# Both sides are converged to rounding.
RELATIVE = 1e-6
MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
LADDERS = {
    "ml": ("holzinger", {}),
    "mlr": ("holzinger", {"estimator": "MLR"}),
    "fiml_mlr": ("incomplete", {"estimator": "MLR", "missing": "fiml"}),
}
EQUAL = {"scalar": ("loadings", "intercepts"), "strict": ("loadings", "intercepts", "residuals")}


def simulated(n, shift=(0.0, 0.0), loading=(1.0, 1.0), residual=(0.6, 0.6), seed=1):
    """Groups of n cases, one factor, six items; the factor differs in mean and variance, item 3 as told."""
    rng = np.random.default_rng(seed)
    parts = []
    for group in (0, 1):
        factor = rng.normal(0.4 * group, 1 + 0.3 * group, size=n)
        loadings = np.array([1, 0.8, 0.9 * loading[group], 1.1, 0.7, 0.9])
        items = factor[:, None] * loadings + rng.normal(0, residual[group], size=(n, 6)) + 3
        items[:, 2] += shift[group]
        parts.append(pd.DataFrame(items, columns=[f"y{i}" for i in range(1, 7)]).assign(centre=f"C{group}"))
    return pd.concat(parts, ignore_index=True)


ONE_FACTOR = "f =~ y1 + y2 + y3 + y4 + y5 + y6"


@pytest.mark.parametrize("name", LADDERS)
def test_steps_equal_lavaan(name):
    data, options = LADDERS[name]
    found = el.invariance(MODEL, frame(data), "school", **options)
    scaled, robust = ("_scaled", "_robust") if "estimator" in options else ("", "")
    columns = {"chisq": f"chisq{scaled}", "df": "df", "pvalue": f"pvalue{scaled}", "srmr": "srmr"}
    columns |= {"cfi": f"cfi{robust}", "rmsea": f"rmsea{robust}"}
    for step in ("configural", "metric", "scalar"):
        expected, row = measures("ladder", f"{name}_{step}"), found.table.loc[step]
        for own, lavaan in columns.items():
            assert row[own] == pytest.approx(expected[lavaan], rel=RELATIVE), (step, own)
        if step != "configural":
            test = {"chisq_diff": "statistic", "df_diff": "df", "pvalue_diff": "pvalue"}
            for own, lavaan in test.items():
                assert row[own] == pytest.approx(expected[f"difference_{lavaan}"], rel=RELATIVE), (step, own)
    scores = parameters("ladder", f"{name}_scalar")
    largest = scores.loc[scores.score_statistic.where(scores.lhs.str.contains("~1")).idxmax()]
    assert found.search.parameter[0] == largest.lhs.removesuffix(" 1")
    assert found.search.chisq[0] == pytest.approx(largest.score_statistic, rel=RELATIVE)


@pytest.mark.parametrize("name", LADDERS)
def test_the_difference_of_the_last_step_equals_lavaan(name):
    data, options = LADDERS[name]
    scalar, strict = (el.sem(MODEL, frame(data), group="school", group_equal=e, **options) for e in EQUAL.values())
    expected, test = measures("ladder", f"{name}_strict"), el.lr_test(scalar, strict)
    own = {"statistic": test.chisq_diff, "df": test.df_diff, "pvalue": test.pvalue}
    assert own == pytest.approx({what: expected[f"difference_{what}"] for what in own}, rel=RELATIVE)


def test_invariant_groups_reach_the_top():
    found = el.invariance(ONE_FACTOR, simulated(500), "centre")
    assert found.level == "strict" and found.partial == () and found.search.empty
    assert found.table.index.tolist() == list(found.fits) == ["configural", "metric", "scalar", "strict"]
    assert set(found.table.decision) == {"holds"}
    np.testing.assert_allclose(found.table.dcfi[1:], np.diff(found.table.cfi))
    assert "strict invariance holds." in found.summary() and "Chen, 2007" in found.summary()


@pytest.mark.parametrize("estimator", ["ML", "MLR"])
def test_one_shifted_intercept_is_found_and_nothing_else(estimator):
    data = simulated(500, shift=(0.0, 0.8))
    before = data.copy()
    found = el.invariance(ONE_FACTOR, data, "centre", estimator=estimator)
    pd.testing.assert_frame_equal(data, before)
    assert found.level == "metric"
    assert found.partial == ("y3~1",)
    assert found.table.index.tolist() == ["configural", "metric", "scalar", "partial scalar"]
    assert found.table.decision["scalar"].startswith("fails: CFI falls by 0.")
    assert found.table.decision["partial scalar"] == "holds"
    assert 'group_partial=["y3~1"]' in found.summary()
    shift = found.fits["partial scalar"].tidy().query("lhs == 'y3' and op == '~1'").est.diff().iloc[1]
    assert shift == pytest.approx(0.8, abs=0.15)  # about three standard errors
    climbed = el.invariance(ONE_FACTOR, data, "centre", estimator=estimator, group_partial=found.partial)
    assert climbed.level == "strict" and "with y3~1 free" in climbed.decision()


def test_one_loading_that_differs_is_found():
    found = el.invariance(ONE_FACTOR, simulated(500, loading=(1.0, 0.4)), "centre")
    assert (found.level, found.partial) == ("configural", ("f=~y3",))


def test_residuals_that_all_differ_cannot_be_partially_invariant():
    found = el.invariance(ONE_FACTOR, simulated(500, residual=(0.4, 1.2)), "centre")
    assert (found.level, found.partial) == ("scalar", ())
    assert len(found.search) == 3  # half of six
    assert "No partial strict invariance" in found.decision()


def test_two_indicators_of_three_stay_equal():
    data = simulated(500, shift=(0.0, 0.8))
    data["y2"] -= 0.8 * (data.centre == "C1")
    found = el.invariance("f =~ y1 + y2 + y3", data, "centre")
    assert found.level == "metric" and found.partial == () and len(found.search) == 1


@pytest.mark.parametrize("estimator", ["ML", "MLM", "MLR", "GLS"])
def test_decisions_follow_the_rule(estimator):
    found = el.invariance(MODEL, frame("holzinger"), "school", estimator=estimator)
    limits = {"metric": 0.030, "scalar": 0.010, "partial scalar": 0.010}
    for step, srmr in limits.items():
        row = found.table.loc[step]
        holds = row.dcfi >= -0.010 and (row.drmsea <= 0.015 or row.dsrmr <= srmr)
        assert row.decision.startswith("holds" if holds else "fails")
    assert found.level == "metric" and found.partial == ("x3~1", "x7~1")


def test_small_and_unequal_groups_have_stricter_limits():
    assert el.invariance(ONE_FACTOR, simulated(500), "centre").limits == "usual"
    assert el.invariance(ONE_FACTOR, simulated(150), "centre").limits == "small or unequal groups"
    unequal = simulated(500).iloc[:700]
    assert el.invariance(ONE_FACTOR, unequal, "centre").limits == "small or unequal groups"


def test_an_improper_step_ends_the_ladder_with_its_reason():
    data = frame("holzinger")
    found = el.invariance("visual =~ x1 + x2 + x3; single =~ x4 + x7; single ~~ 0*visual", data, "school")
    assert found.level is None
    assert found.table.index.tolist() == ["configural"]
    assert found.table.decision["configural"].startswith("stopped: ")
    assert "no invariance holds. Configural stopped: " in found.decision()


def test_three_groups_are_freed_together():
    data = simulated(400, shift=(0.0, 0.8))
    more = simulated(400, seed=2).query("centre == 'C0'").assign(centre="C2")
    found = el.invariance(ONE_FACTOR, pd.concat([data, more], ignore_index=True), "centre")
    assert found.partial == ("y3~1",)
    assert found.search.df.tolist() == [2]


def test_steps_may_be_left_out():
    found = el.invariance(ONE_FACTOR, simulated(500), "centre", steps=("configural", "scalar"))
    assert found.table.index.tolist() == ["configural", "scalar"]
    assert found.table.df_diff["scalar"] == 10 and found.level == "scalar"


def test_notebooks_get_a_table_with_rule_and_decision():
    html = el.invariance(ONE_FACTOR, simulated(500), "centre")._repr_html_()
    assert "<table" in html and "Chen, 2007" in html and "strict invariance holds" in html


@pytest.mark.parametrize(
    ("model", "options", "found"),
    [
        (ONE_FACTOR, {"steps": ("metric", "scalar")}, "steps"),
        (ONE_FACTOR, {"steps": ("configural", "weak")}, "steps"),
        ("y1 ~ y2", {}, "no latent variable"),
        (ONE_FACTOR, {"group_partial": ["y9~1"]}, "group_partial"),
    ],
)
def test_mistakes_are_refused(model, options, found):
    with pytest.raises(EmolaborError, match=found):
        el.invariance(model, simulated(100), "centre", **options)
