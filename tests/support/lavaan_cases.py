"""Fitting the cases of tests/r/<stem>_cases.csv in emolabor and setting every number beside lavaan's."""

from functools import cache

import numpy as np
import pandas as pd
from lavaan_reference import R, cases, measures, parameters, public_data

from emolabor.sem import sem

OWN_DATA = ("incomplete", "clustered", "large", "growth")
NAMES = {"std.lv": "std_lv", "meanstructure": "mean_structure"}
# lavaan's row mean squares of unstandardized residuals are on the scale of the data squared.
RAW = ("rmr",)


@cache
def frame(name):
    """A data set by the name the cases tables use."""
    return pd.read_csv(R / "data" / f"{name}.csv") if name in OWN_DATA else public_data(name)


def options(text):
    """The arguments of `sem` for lavaan's options "name=value|value ..." or "name=value,value"."""
    arguments = {}
    for option in text.split():
        name, _, value = option.partition("=")
        name = NAMES.get(name, name.replace(".", "_"))
        values = value.split("," if "," in value else "|")
        if value in ("TRUE", "FALSE"):
            arguments[name] = value == "TRUE"
        elif name in ("group_equal", "group_partial"):
            arguments[name] = tuple(v.replace(".", "_") if name == "group_equal" else v for v in values)
        else:
            arguments[name] = value
    return arguments


def case_table(stem):
    """The cases of a stem by name."""
    return {case["case"]: case for case in cases(stem)}


def fitted(stem, name):
    """The case fitted in emolabor."""
    case = case_table(stem)[name]
    return sem(case["model"], frame(case["data"]), **options(case["options"]))


def assert_parameters(tidy, stem, name, tolerance, columns=("est", "se", "std_lv", "std_all")):
    """Rows in lavaan's order; numbers within `tolerance` (a dict column -> relative to max(1, |value|))."""
    expected = parameters(stem, name)
    keys = ["lhs", "op", "rhs", "group"]
    assert tidy[keys].to_numpy().tolist() == expected[keys].to_numpy().tolist()
    for column in columns:
        known = expected[column].notna().to_numpy()
        value = expected[column].to_numpy()[known]
        gap = np.abs(tidy[column].to_numpy()[known] - value)
        worst = np.argmax(gap / np.maximum(1, np.abs(value)))
        row = tidy[keys].to_numpy()[known][worst]
        assert gap[worst] <= tolerance[column] * max(1, abs(value[worst])), (column, row, gap[worst])


def assert_measures(own, stem, name, relative):
    """Every fit measure of lavaan within `relative` of max(1, |value|)."""
    expected = measures(stem, name)
    missing = sorted(set(expected.index) - set(own.index))
    assert not missing
    wrong = {
        measure: (own[measure], value)
        for measure, value in expected.items()
        if not abs(own[measure] - value) <= relative * max(1, abs(value))
    }
    assert not wrong
