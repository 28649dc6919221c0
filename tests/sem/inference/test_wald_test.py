"""Wald tests against lavaan 0.6-14 (tests/r/tests.R)."""

import pytest
from lavaan_cases import case_table, frame, options
from lavaan_reference import measures

import emolabor as el
from emolabor import EmolaborError

# Converged to rounding on both sides; robust covariance matrices need lavaan's numerical derivatives in places.
RELATIVE = 1e-6
CASES = {name: case for name, case in case_table("tests").items() if case["wald"]}
MODEL = "visual =~ x1 + a*x2 + b*x3; textual =~ x4 + c*x5 + x6; textual ~ p*visual; product := a*p"


@pytest.mark.parametrize("name", CASES)
def test_statistic_equals_lavaan(name):
    case, expected = CASES[name], measures("tests", name)
    fit = el.sem(case["model0"], frame(case["data"]), **options(case["options0"]))
    test = fit.wald_test(case["wald"])
    for what, value in {"statistic": test.chisq, "df": test.df, "pvalue": test.pvalue}.items():
        assert value == pytest.approx(expected[f"wald_{what}"], rel=RELATIVE)
    assert test.tidy().columns.tolist() == ["chisq", "df", "pvalue"]


@pytest.fixture(scope="module")
def fit():
    return el.sem(MODEL, frame("holzinger"))


def test_one_parameter_against_zero_is_its_squared_z(fit):
    row = fit.tidy().set_index("label").loc["p"]
    assert fit.wald_test("p == 0").chisq == pytest.approx(row.z**2, rel=1e-10)


def test_defined_parameters_are_tested_by_the_delta_method(fit):
    row = fit.tidy().set_index("label").loc["product"]
    assert fit.wald_test("product == 0").chisq == pytest.approx(row.z**2, rel=1e-10)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("q == 0", "'q' is no label of the model; allowed: a, b, c, p, product"),
        ("a == b; b == a", "says something twice"),
        ("a = 0", "found 'a = 0'"),
        (" ; ", "found nothing"),
        ("a == 0 +", "ends too early"),
    ],
)
def test_mistakes_are_refused(fit, text, found):
    with pytest.raises(EmolaborError, match=found):
        fit.wald_test(text)
