"""MLM, MLR, GLS, ULS and Wishart likelihood against lavaan 0.6-14 (tests/r/estimators.R)."""

import pytest
from lavaan_cases import assert_measures, assert_parameters, case_table, fitted

# lavaan's estimates are polished by Newton steps to about 1e-12, so only rounding and numerical derivatives remain.
TOLERANCE = dict.fromkeys(("est", "se", "std_lv", "std_all"), 1e-7)
MEASURES = 1e-7
CASES = case_table("estimators")


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    assert_parameters(fitted("estimators", name).tidy(), "estimators", name, TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    assert_measures(fitted("estimators", name).fit_measures(), "estimators", name, MEASURES)


def test_unweighted_least_squares_have_no_pvalue():
    measures = fitted("estimators", "hs_uls").fit_measures()
    assert measures[["pvalue", "baseline_pvalue"]].isna().all() and measures["chisq"] > 0
