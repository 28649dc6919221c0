"""Modification indices of ordered answers against lavaan 0.6-14 (tests/r/ordinal_modification.R)."""

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import R
from ordinal_data import ordinal_frame

import emolabor as el

from ..estimation.test_ordinal import CASES, fitted

pytestmark = pytest.mark.slow

# lavaan's polychoric correlations are found to about 1e-7; an index near zero is a difference of much larger numbers.
RELATIVE, ABSOLUTE = 1e-4, 1e-5
EXPECTED = pd.read_csv(R / "ordinal_modification.csv")
KEYS = ["lhs", "op", "rhs", "group"]


@pytest.mark.parametrize("name", EXPECTED.case.unique())
def test_indices_equal_lavaan(name):
    # Under equality constraints lavaan lists scales as well: freeing one changes the metric, not the structure.
    expected = EXPECTED[(EXPECTED.case == name) & (EXPECTED.op != "~*~")]
    own = fitted(name).modification_indices()
    assert own[KEYS].to_numpy().tolist() == expected[KEYS].to_numpy().tolist()
    for column in ("mi", "epc", "sepc_lv", "sepc_all", "sepc_nox"):
        compared = ~((own.op == "~~") & (own.lhs == own.rhs)).to_numpy() | (column in ("mi", "epc"))
        value, other = (table[column].to_numpy()[compared] for table in (own, expected))
        np.testing.assert_allclose(value, other, rtol=RELATIVE, atol=ABSOLUTE, err_msg=column)


def test_an_index_foretells_what_freeing_gains():
    fit = fitted("four_wlsmv")
    best = fit.modification_indices(largest=1).iloc[0]
    items = [name for name in fit.table.variables.observed]
    freed = el.sem(
        f"{fit.text}; {best.lhs} {best.op} {best.rhs}", ordinal_frame(CASES["four_wlsmv"]["data"]), ordered=items
    )
    gained = fit.fit_measures().chisq - freed.fit_measures().chisq
    assert gained == pytest.approx(best.mi, rel=0.25)  # the index is a quadratic forecast
