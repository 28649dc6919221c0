"""Likelihood-ratio tests against lavaan 0.6-14 (tests/r/tests.R), and models that must be refused."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, frame, options
from lavaan_reference import measures

import emolabor as el
from emolabor import EmolaborError

# Both sides are converged to rounding, so only the conditioning of the scaling factors' difference is left.
RELATIVE = 1e-6
PAIRS = {name: case for name, case in case_table("tests").items() if case["model1"]}
# lavaan evaluates the metric model at a point that is not the scalar solution: it has no place for the latent means.
MISPLACED = [name for name in PAIRS if "scalar" in name]
MODEL = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"


def pair(name):
    case = PAIRS[name]
    return [el.sem(case[f"model{i}"], frame(case["data"]), **options(case[f"options{i}"])) for i in (0, 1)]


@pytest.mark.parametrize("name", PAIRS)
def test_difference_equals_lavaan(name):
    expected = measures("tests", name)
    restricted, larger = pair(name)
    methods = ["standard"] if "lrt_standard_statistic" in expected else ["satorra_bentler_2001", "satorra_bentler_2010"]
    for method in methods:
        if method == "satorra_bentler_2010" and (name in MISPLACED or f"lrt_{method}_statistic" not in expected):
            continue
        test = el.lr_test(larger, restricted, method=method)
        own = {"statistic": test.chisq_diff, "df": test.df_diff, "pvalue": test.pvalue}
        for what, value in own.items():
            assert value == pytest.approx(expected[f"lrt_{method}_{what}"], rel=RELATIVE), (method, what)
        assert test.note == ""
    assert el.lr_test(restricted, larger).method == methods[0]


def test_the_2010_test_does_not_depend_on_how_the_larger_model_is_written():
    data = frame("holzinger")
    restricted = el.sem(MODEL, data, estimator="MLM", group="school", group_equal=("loadings", "intercepts"))
    metric = el.sem(MODEL, data, estimator="MLM", group="school", group_equal="loadings")
    with_means = (
        MODEL + "; x1 ~ c(i, i)*1; x4 ~ c(j, j)*1; x7 ~ c(k, k)*1; visual ~ c(0, NA)*1; textual ~ c(0, NA)*1; "
        "speed ~ c(0, NA)*1"
    )
    same = el.sem(with_means, data, estimator="MLM", group="school", group_equal="loadings")
    tests = [el.lr_test(restricted, larger, method="satorra_bentler_2010") for larger in (metric, same)]
    assert tests[0].chisq_diff == pytest.approx(tests[1].chisq_diff, rel=1e-8)


def test_tidy_is_one_row():
    table = el.lr_test(*pair("orthogonal_ml")).tidy()
    assert table.columns.tolist() == ["chisq_diff", "df_diff", "pvalue", "method", "note"]
    assert table.method.tolist() == ["standard"]


def test_against_a_saturated_model():
    data = frame("holzinger")
    saturated = el.sem("x1 ~~ x2 + x3 + x4; x2 ~~ x3 + x4; x3 ~~ x4", data, estimator="MLR")
    one = el.sem("f =~ x1 + x2 + x3 + x4", data, estimator="MLR")
    measures_of_one = one.fit_measures()
    test = el.lr_test(saturated, one)
    assert (test.chisq_diff, test.df_diff) == pytest.approx((measures_of_one.chisq_scaled, 2), rel=1e-8)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (("f =~ x1 + x2 + x3 + x4",), ("f =~ x1 + x2 + x3 + x5; x1 ~~ x2",), "variables"),
        (("f =~ x1 + x2 + x3 + x4",), ("f =~ x1 + x2 + x3 + x4", "MLR"), "estimators"),
        (("f =~ x1 + x2 + x3 + x4",), ("f =~ x2 + x1 + x3 + x4",), "degrees of freedom"),
        (("f =~ x1 + x2 + x3 + x4",), ("f =~ x1 + a*x2 + a*x3 + x4", "ML", slice(200)), "different data"),
        # One factor with a free residual covariance and two correlated factors: neither contains the other.
        (
            ("f =~ x1 + x2 + x3 + x4 + x5 + x6; x1 ~~ x4; x2 ~~ x5",),
            ("f =~ x1 + x2 + x3; g =~ x4 + x5 + x6",),
            "not nested",
        ),
    ],
)
def test_pairs_that_cannot_be_compared_are_refused(first, second, found):
    fits = []
    for text, *rest in (first, second):
        estimator = rest[0] if rest else "ML"
        rows = rest[1] if len(rest) > 1 else slice(None)
        fits.append(el.sem(text, frame("holzinger")[rows], estimator=estimator))
    with pytest.raises(EmolaborError, match=found):
        el.lr_test(*fits)


@pytest.mark.parametrize("design", [{"cluster": "school"}, {"cluster": "x9", "sampling_weights": "x1"}])
def test_models_of_another_design_are_refused_by_that(design):
    data = frame("holzinger").assign(half=np.arange(301) // 2)
    one = el.sem("f =~ x2 + x3 + x4 + x5", data, cluster="half", estimator="MLR")
    other = el.sem("f =~ x2 + a*x3 + a*x4 + x5", data, estimator="MLR", **design)
    with pytest.raises(EmolaborError, match="differ in 'cluster', 'sampling_weights' or 'strata'"):
        el.lr_test(one, other)


def test_nested_though_the_variables_come_in_another_order():
    data = frame("holzinger")
    one = el.sem("f =~ x4 + x3 + x1 + x2; x1 ~~ 0*x2", data)
    two = el.sem("f =~ x1 + x2 + x3 + x4; x1 ~~ x2", data)
    test = el.lr_test(two, one)
    assert test.df_diff == 1 and test.chisq_diff == pytest.approx(
        one.fit_measures().chisq - two.fit_measures().chisq, rel=1e-9
    )


def test_methods_that_do_not_go_with_the_estimator_are_refused():
    with pytest.raises(EmolaborError, match="method"):
        el.lr_test(*pair("orthogonal_ml"), method="satorra_bentler_2001")
    with pytest.raises(EmolaborError, match="method"):
        el.lr_test(*pair("orthogonal_mlr"), method="standard")


def test_a_scaling_that_is_not_positive_is_told_in_words():
    rng = np.random.default_rng(58)
    answers = rng.normal(size=(80, 1)) + rng.normal(size=(80, 4)) * rng.choice([0.1, 1.5], p=[0.8, 0.2], size=(80, 1))
    data = pd.DataFrame(answers, columns=list("abcd"))
    text = "f =~ a + b; g =~ c + d; a ~~ v*a; b ~~ v*b; c ~~ w*c; d ~~ w*d"
    fits = [el.sem(f"{text}; f ~~ {modifier}g", data, estimator="MLM") for modifier in ("0*", "")]
    test = el.lr_test(*fits)
    assert np.isnan(test.chisq_diff) and np.isnan(test.pvalue)
    assert "not positive (-" in test.note and "take satorra_bentler_2010" in test.note
    assert el.lr_test(*fits, method="satorra_bentler_2010").chisq_diff > 0
