"""The invariance ladder of ordered answers against lavaan 0.6-14 and semTools 0.5-6 (tests/r/ordinal_ladder.R).

semTools' measEq.syntax() makes the reference models (Wu.Estabrook.2016, std.lv); with marker indicators they fit the
same. Tolerance: the 1e-7 that lavaan's optimiser leaves in the polychoric correlations, carried into tests.
"""

import sys

import numpy as np
import pytest
from lavaan_reference import measures
from ordinal_data import ordinal_frame

import emolabor as el

pytestmark = pytest.mark.slow

TOLERANCE = 1e-6
STEPS = ("configural", "thresholds", "metric", "scalar", "strict")
FIVE = "f =~ a1 + a2 + a3 + a4; g =~ c1 + c2 + c3"
LADDERS = {
    "five": (FIVE, "ordinal", {}),
    "gaps": (FIVE, "gaps", {"missing": "pairwise"}),
    "few": ("f =~ a1 + a2 + a3 + a4 + b1; g =~ c1 + c2 + c3 + b2", "few", {}),
}


def ladder_frame(name):
    if name == "few":  # three categories in a3, two in b1 and b2
        data = ordinal_frame("ordinal")
        return data.assign(a3=data.a3.clip(2, 4))
    return ordinal_frame(name)


@pytest.mark.parametrize("std_lv", [False, True])
@pytest.mark.parametrize("name", LADDERS)
def test_the_ladder_equals_lavaan(name, std_lv, monkeypatch):
    model, data, options = LADDERS[name]
    module = sys.modules["emolabor.sem.comparison.invariance"]
    monkeypatch.setattr(module, "RULE", {"all": {step: dict.fromkeys(("cfi", "rmsea", "srmr"), 1.0) for step in STEPS}})
    monkeypatch.setattr(module, "limits_for", lambda fit: "all")
    found = el.invariance(model, ladder_frame(data), "side", ordered=True, std_lv=std_lv, **options)
    assert tuple(found.table.index) == STEPS
    assert found.level == "strict"
    for step in STEPS:
        own, expected = found.fits[step].fit_measures(), measures("ordinal_ladder", f"{name}_{step}")
        for measure, value in expected.items():
            if measure.startswith("difference_") or "_robust" in measure:
                continue
            assert abs(own[measure] - value) <= TOLERANCE * max(1, abs(value)), (step, measure)
        row = found.table.loc[step]
        if "difference_statistic" in expected:
            assert row.chisq_diff == pytest.approx(expected.difference_statistic, rel=TOLERANCE)
            assert row.df_diff == expected.difference_df
            assert row.pvalue_diff == pytest.approx(expected.difference_pvalue, rel=10 * TOLERANCE)
        else:
            assert np.isnan(row.chisq_diff)


def test_the_summary_says_how_ordered_answers_were_judged():
    found = el.invariance(FIVE, ordinal_frame("ordinal"), "side", ordered=True)
    text = found.summary()
    assert "scaled and shifted chi-square" in text
    assert "Thresholds come before loadings" in text
    assert list(found.table.index)[:2] == ["configural", "thresholds"]


def test_three_categories_leave_nothing_to_test_of_thresholds():
    data = ordinal_frame("ordinal")
    data = data.assign(**{item: data[item].clip(2, 4) for item in ("a1", "a2", "a3", "a4")})
    found = el.invariance("f =~ a1 + a2 + a3 + a4", data, "side", ordered=True, steps=("configural", "thresholds"))
    row = found.table.loc["thresholds"]
    assert row.chisq == pytest.approx(found.table.chisq["configural"], rel=1e-6)
    assert np.isnan(row.chisq_diff)
    assert row.df == found.table.df["configural"]


def test_steps_are_those_of_ordered_answers():
    with pytest.raises(el.EmolaborError, match="configural, thresholds, metric, scalar, strict"):
        el.invariance(FIVE, ordinal_frame("ordinal"), "side", ordered=True, steps=("configural", "loadings"))
    with pytest.raises(el.EmolaborError, match="configural, metric, scalar, strict"):
        el.invariance(FIVE, ordinal_frame("ordinal"), "side", steps=("configural", "thresholds"))


def test_partial_loadings_are_searched():
    data = ordinal_frame("ordinal").copy()
    rng = np.random.default_rng(3)
    west = data.side == "west"
    data.loc[west, "a2"] = rng.permutation(data.loc[west, "a2"].to_numpy())
    found = el.invariance(FIVE, data, "side", ordered=True)
    assert found.level == "thresholds"
    assert found.search.parameter[0] == "f=~a2"
