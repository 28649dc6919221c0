"""Estimates on given resamples against lavaan 0.6-14 (tests/r/resamples.R)."""

import pandas as pd
import pytest
from lavaan_cases import assert_parameters, case_table, frame
from lavaan_reference import R

from emolabor.sem import sem

pytestmark = pytest.mark.slow

# lavaan's estimates are polished by Newton steps to about 1e-12, so only rounding remains.
TOLERANCE = dict.fromkeys(("est", "std_lv", "std_all"), 1e-7)
ROWS = pd.read_csv(R / "resample_rows.csv")


@pytest.mark.parametrize("name", ROWS.columns)
def test_a_resample_gives_lavaans_estimates(name):
    resample = frame("large").iloc[ROWS[name] - 1]
    fit = sem(case_table("estimators")["large_mlm"]["model"], resample)
    assert_parameters(fit.tidy(), "resamples", name, TOLERANCE, columns=tuple(TOLERANCE))
