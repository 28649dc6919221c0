"""The numbers of data/reference_lavaan: lavaan's, found again; what is missing or off is told.

Tolerance: 1e-6, what the notebook calls the same; lavaan's optimiser leaves up to 1e-7.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emolabor.study import beside_lavaan, fit_models, largest_differences, second_opinions

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).resolve().parents[2] / "data" / "reference_lavaan"


@pytest.fixture(scope="module")
def fits():
    return fit_models(FOLDER)


@pytest.fixture(scope="module")
def table(fits):
    return beside_lavaan(fits, FOLDER)


def test_every_number_is_lavaan_s(table):
    assert len(table) == len(pd.read_csv(FOLDER / "parameters.csv"))
    np.testing.assert_allclose(table["est"], table["est_lavaan"], atol=1e-6)
    np.testing.assert_allclose(table["se"], table["se_lavaan"], atol=1e-6)


def test_every_free_parameter_of_ours_is_in_lavaan_s_table(fits, table):
    for case, fit in fits.items():
        own = fit.tidy()
        expected = own[(own["se"] > 0) & own["op"].isin(["=~", "~", "~~", "|", ":=", "~1"])]
        listed = table[(table["case"] == case) & (table["se"] > 0)]
        assert len(listed) == len(expected), case


def test_each_model_converged_without_trouble(fits):
    assert list(fits) == ["ml", "mlr", "fiml", "two_groups", "wlsmv", "mediation"]
    assert all(fit.converged and fit.admissible for fit in fits.values())


def test_a_wrong_and_a_missing_number_are_told(table):
    wrong = table.copy()
    wrong.loc[wrong["case"] == "mlr", "se"] += 0.02
    wrong.loc[wrong.index[wrong["case"] == "ml"][0], "est"] = np.nan
    told = largest_differences(wrong)
    assert told.loc["mlr", "se"] == "< 1e-01"
    assert told.loc["ml", "absent"] == 1
    assert told.loc["fiml", ["absent", "est", "se"]].tolist() == [0, "< 1e-06", "< 1e-06"]


def test_semopy_is_asked_where_it_can_be(fits):
    opinions = second_opinions(fits)
    assert opinions["asked"].to_dict() == {
        "ml": True, "mlr": True, "fiml": False, "two_groups": False, "wlsmv": False, "mediation": True,
    }  # fmt: skip
    assert (opinions.loc[opinions["asked"], "est"] == "< 1e-05").all()
    assert opinions.loc[~opinions["asked"], "reason"].str.len().gt(0).all()
