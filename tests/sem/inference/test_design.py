"""Clusters of ordered answers and sampling weights against lavaan 0.7-2 (tests/r/design.R).

The numbers of continuous answers are lavaan's polished by Newton steps; of ordered ones what remains is the 1e-7 that
its optimiser leaves in the polychoric correlations. Its saturated moments of incomplete answers stop a little earlier.
"""

import pytest
from designed_data import ITEMS, designed
from lavaan_cases import assert_measures, assert_parameters, case_table, options

import emolabor as el

CASES = case_table("design")
COLUMNS = ("est", "se", "std_lv", "std_all")


def fitted(name):
    case = CASES[name]
    ordered = {"ordered": ITEMS} if case["data"] in ("answers", "holes") else {}
    asked = options(case["options"])  # here least squares of clusters have the errors and test that lavaan is asked for
    asked = {name: value for name, value in asked.items() if name not in ("se", "test")}
    return el.sem(case["model"], designed(case["data"]), **ordered, **asked)


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    assert_parameters(fitted(name).tidy(), "design", name, dict.fromkeys(COLUMNS, 1e-6))


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    assert_measures(fitted(name).fit_measures(), "design", name, 1e-6)
