"""Constraints, definitions, growth and second-order models against lavaan 0.6-14 (tests/r/constraints.R)."""

import pytest
from lavaan_cases import assert_measures, assert_parameters, case_table, fitted

pytestmark = pytest.mark.slow

# lavaan's estimates are polished by Newton steps to about 1e-12, so only rounding and numerical derivatives remain.
TOLERANCE = dict.fromkeys(("est", "se", "std_lv", "std_all"), 1e-7)
MEASURES = 1e-7
CASES = case_table("constraints")


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    assert_parameters(fitted("constraints", name).tidy(), "constraints", name, TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    assert_measures(fitted("constraints", name).fit_measures(), "constraints", name, MEASURES)
