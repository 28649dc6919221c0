"""Missing answers and shares by group: counts, hidden cells, the test of independence."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.responses import Staff, missing_by_item, share_by_group


def test_missing_answers_are_counted_by_item_and_small_counts_hidden():
    instrument = load_instrument("window_staff")
    data = pd.DataFrame(3.0, index=range(50), columns=list(instrument.points()))
    data.loc[:9, "ex1"] = data.loc[:3, "ex2"] = np.nan
    table = missing_by_item(Staff(data, pd.DataFrame(), instrument))
    assert table.index.tolist() == [item for items in instrument.dimensions().values() for item in items]
    assert table.loc["ex1", ["dimension", "n", "missing", "share"]].tolist() == ["exhaustion", 50, 10, 0.2]
    assert table.loc["ex2", ["missing", "share"]].isna().all()
    assert table.loc["ex3", ["missing", "share"]].isna().all()  # a zero among zeros would tell the hidden one


def groups_of(**counts):
    flags = [flag for yes, no in counts.values() for flag in [True] * yes + [False] * no]
    names = [name for name, (yes, no) in counts.items() for _ in range(yes + no)]
    return pd.Series(flags), pd.Series(names)


def test_shares_and_the_test_are_pearson_s():
    table, pvalue = share_by_group(*groups_of(a=(10, 30), b=(20, 20)))
    assert table["share"].tolist() == [0.25, 0.5]
    # Expected 15 and 25 in each group: 4 deviations of 5.
    assert pvalue == pytest.approx(chi2.sf(25 * (2 / 15 + 2 / 25), 1))


def test_a_hidden_count_cannot_be_worked_out_from_the_others():
    table, _ = share_by_group(*groups_of(a=(3, 30), b=(8, 20), c=(12, 20)))
    assert table["count"].isna().tolist() == [True, True, False]
    table, _ = share_by_group(*groups_of(a=(3, 30), b=(4, 20), c=(12, 20)))
    assert table["count"].isna().tolist() == [True, True, False]
    table, _ = share_by_group(*groups_of(a=(30, 2), b=(9, 20)))
    assert table["count"].isna().all()


def test_nothing_to_compare_gives_no_p_value():
    table, pvalue = share_by_group(*groups_of(a=(0, 10), b=(0, 12)))
    assert table["share"].tolist() == [0, 0] and np.isnan(pvalue)


def test_other_respondents_are_refused():
    with pytest.raises(EmolaborError, match="group: found other respondents"):
        share_by_group(pd.Series([True, False]), pd.Series(["a", "b"], index=[5, 6]))


def test_a_group_of_three_has_no_row():
    table, _ = share_by_group(*groups_of(a=(10, 30), b=(1, 2), c=(9, 20)))
    assert table.index.tolist() == ["a", "c"]
