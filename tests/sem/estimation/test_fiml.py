"""Full information maximum likelihood against lavaan 0.6-14 (tests/r/fiml.R)."""

import pytest
from lavaan_cases import assert_measures, assert_parameters, case_table, fitted

from emolabor.common.errors import EmolaborError
from emolabor.sem.observed import missing

pytestmark = pytest.mark.slow

# lavaan's estimates are polished by Newton steps to about 1e-12, so only rounding and numerical derivatives remain.
TOLERANCE = dict.fromkeys(("est", "se", "std_lv", "std_all"), 1e-7)
MEASURES = 1e-7
CASES = case_table("fiml")


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    assert_parameters(fitted("fiml", name).tidy(), "fiml", name, TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    assert_measures(fitted("fiml", name).fit_measures(), "fiml", name, MEASURES)


def test_moments_that_are_not_found_are_refused(monkeypatch):
    monkeypatch.setattr(missing, "EM_STEPS", 5)
    with pytest.raises(EmolaborError, match="moments of the incomplete answers were not found in 5 steps"):
        fitted("fiml", "cfa_ml")
