"""Covariance matrices of the estimates against lavaan 0.6-14 (tests/r/vcov.R)."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, fitted
from lavaan_reference import R

# lavaan's estimates are polished by Newton steps to about 1e-12, so only rounding remains.
TOLERANCE = 1e-8
CASES = case_table("vcov")


@pytest.mark.parametrize("name", CASES)
def test_covariances_of_estimates_equal_lavaan(name):
    table = pd.read_csv(R / "vcov.csv")
    table = table[table.case == name]
    fit = fitted("vcov", name)
    # lavaan has a row for each parameter in the text, the fit one for all that are equal.
    free = {f"{row.lhs}{row.op}{row.rhs} {row.group + 1}": row.free for row in fit.table.rows}
    own = fit.vcov().to_numpy()[table.lhs.map(free), table.rhs.map(free)]
    assert len(set(table.rhs.map(free))) == len(fit.vcov())
    assert np.allclose(own, table.value, rtol=0, atol=TOLERANCE)
