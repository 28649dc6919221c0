"""Models of ordered answers against lavaan 0.6-14 (tests/r/ordinal.R).

lavaan's solutions are polished by Gauss-Newton steps; what remains is the 1e-7 that its optimiser leaves in the
polychoric correlations, carried into estimates and tests (and a hundredfold where the information is nearly singular).
"""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import assert_parameters, case_table, options
from lavaan_reference import measures, parameters
from ordinal_data import ITEMS, ordinal_frame

import emolabor as el
from emolabor.sem.discrepancy import dwls

pytestmark = pytest.mark.slow

TOLERANCE = dict.fromkeys(("est", "se", "std_lv", "std_all"), 2e-7)
MEASURES = 1e-6
CASES = case_table("ordinal")
CONTINUOUS = ("z1", "z2", "side", "school", "sex")
MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"


def fitted(name):
    case = CASES[name]
    data = ordinal_frame(case["data"])
    ordered = [column for column in data.columns if column not in CONTINUOUS]
    return el.sem(case["model"], data, ordered=ordered, **options(case["options"]))


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    assert_parameters(fitted(name).tidy(), "ordinal", name, TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    own, expected = fitted(name).fit_measures(), measures("ordinal", name)
    if name == "four_groups":  # lavaan counts the baseline's expected misfit once a group: see the test below
        expected = expected.drop([f"{index}_robust" for index in ("cfi", "tli", "nnfi", "rni")])
    wrong = {
        measure: (own.get(measure), value)
        for measure, value in expected.items()
        if not abs(own.get(measure, np.nan) - value) <= MEASURES * max(1, abs(value))
    }
    assert not wrong


def test_robust_indices_are_missing_where_lavaan_has_none():
    for name in ("four_metric", "five_mixed"):
        assert "cfi_robust" not in measures("ordinal", name).index
        assert np.isnan(fitted(name).fit_measures()["cfi_robust"])


def test_two_equal_groups_fit_as_well_as_one():
    # With its data doubled lavaan 0.6-14 has a robust CFI of 0.902 for two groups instead of the one group's 0.906:
    # it does not weight the groups in the baseline's expected misfit.
    data = ordinal_frame("four")
    doubled = pd.concat([data.assign(twin="a"), data.assign(twin="b")], ignore_index=True)
    one = el.sem(MODEL, data, ordered=ITEMS).fit_measures()
    two = el.sem(MODEL, doubled, ordered=ITEMS, group="twin").fit_measures()
    for index in ("cfi", "cfi_scaled", "cfi_robust", "rmsea", "rmsea_robust", "srmr"):
        assert two[index] == pytest.approx(one[index], abs=1e-10), index
    assert two["chisq_scaled"] == pytest.approx(2 * one["chisq_scaled"], rel=1e-10)


@pytest.mark.parametrize(
    "model",
    [
        MODEL,
        "visual =~ x1 + x2 + x3; visual ~ x4; x4 ~ x5; x5 ~~ x5; x6 ~ visual + x4; x1 ~*~ NA*x1; x2 ~ NA*1; x2 | 0*t1",
    ],
)
def test_derivatives_are_those_of_the_discrepancy(model):
    fit = el.sem(model, ordinal_frame("four"), ordered=ITEMS)
    theta = fit.estimate.theta + 0.05 * np.random.default_rng(1).standard_normal(len(fit.estimate.theta))
    steps = 1e-5 * np.eye(len(theta))
    values = [(fit.model.value(theta + step) - fit.model.value(theta - step)) / 2e-5 for step in steps]
    assert np.allclose(fit.model.derivatives(theta)[1], values, atol=1e-8)
    if model == MODEL:
        slopes = [
            (fit.model.derivatives(theta + step)[1] - fit.model.derivatives(theta - step)[1]) / 2e-5 for step in steps
        ]
        assert np.allclose(fit.model.derivatives(theta, observed=True)[2], slopes, atol=1e-8)


def test_the_hessian_of_free_scales_is_the_slope_of_the_gradient():
    equal = ["thresholds", "loadings"]
    fit = el.sem(MODEL, ordinal_frame("four"), ordered=ITEMS, group="school", group_equal=equal)
    theta = fit.estimate.theta + 0.05 * np.random.default_rng(1).standard_normal(len(fit.estimate.theta))
    steps = 1e-5 * np.eye(len(theta))
    slopes = [
        (fit.model.derivatives(theta + step)[1] - fit.model.derivatives(theta - step)[1]) / 2e-5 for step in steps
    ]
    assert np.allclose(fit.model.derivatives(theta, observed=True)[2], slopes, atol=1e-8)


def test_ordered_mediators_keep_the_variance_of_their_scale():
    # In the delta parametrisation lavaan 0.6-14 leaves an ordered outcome of an ordered predictor with a variance of
    # y* other than 1; its theta parametrisation, which implies the same correlations, is what we equal.
    fit = el.sem("f =~ x4 + x5 + x6; x8 ~ f; x7 ~ x8 + f", ordinal_frame("four"), ordered=ITEMS)
    structure = fit.model.structures[0]
    implied = dwls.implied_moments(structure, fit.estimate.theta)
    assert np.allclose(np.diag(implied.sigma), 1.0)
    tidy = fit.tidy().set_index(["lhs", "op", "rhs"])
    assert fit.r2()["x7"] == pytest.approx(1 - tidy.est["x7", "~~", "x7"])
    theirs = parameters("ordinal", "mediator_theta").set_index(["lhs", "op", "rhs"])
    for path in (("x8", "~", "f"), ("x7", "~", "x8"), ("x7", "~", "f"), ("f", "=~", "x5")):
        assert tidy.std_all[path] == pytest.approx(theirs.std_all[path], abs=TOLERANCE["est"])
    own, expected = fit.fit_measures(), measures("ordinal", "mediator_theta")
    for measure in ("chisq", "df", "chisq_scaled", "srmr", "rmsea_scaled", "cfi_robust"):
        assert own[measure] == pytest.approx(expected[measure], rel=MEASURES)
