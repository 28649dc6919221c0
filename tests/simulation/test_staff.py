from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from implied import code_covariance

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.simulation import simulate_staff


@pytest.fixture(scope="module")
def staff():
    return simulate_staff()


def items_of(instrument):
    return [key for keys in instrument.dimensions().values() for key in keys]


def test_columns_are_those_of_the_instrument(staff, instrument):
    assert list(staff.columns) == list(instrument.columns)
    assert len(staff) == 1200


def test_same_seed_same_frame_other_seed_other_frame(staff):
    pd.testing.assert_frame_equal(staff, simulate_staff(1200, seed=1))
    assert not staff.equals(simulate_staff(1200, seed=2))


def test_values_are_allowed_ones(staff, instrument):
    answers = staff[list(instrument.points())]
    assert set(np.unique(answers.to_numpy()[answers.notna().to_numpy()])) == {1, 2, 3, 4, 5}
    assert staff["respondent"].tolist() == list(range(1, 1201))
    for variable in instrument.background:
        if variable.kind == "choice":
            assert set(staff[variable.key]) == set(variable.values), variable.key
        if variable.kind == "code":
            assert staff[variable.key].dropna().str.fullmatch(variable.pattern).all(), variable.key
    assert (staff["seconds"] > 0).all()


def test_centres_and_dispatch_types_are_unequal(staff):
    sizes = staff["centre"].value_counts()
    assert len(sizes) == 48 and sizes.max() > 3 * sizes.min()
    assert staff["department"].nunique() == 12
    shares = staff["dispatch_type"].value_counts(normalize=True)
    assert list(shares.index) == ["dispatched", "contract", "agency"]
    assert shares["agency"] < 0.2


def test_reverse_worded_items_come_as_fielded(staff, instrument):
    for keys in instrument.dimensions().values():
        for key in set(keys) & instrument.reversed_items:
            assert staff[key].corr(staff[keys[0]]) < -0.2, key


def test_careless_are_four_in_a_hundred_and_fail_the_checks(large, instrument):
    frame, careless = large
    assert careless.sum() == 1600
    failed = np.any([frame[check.key] != check.expected for check in instrument.attention_checks], axis=0)
    # any answer at random passes both checks 1 time in 25; a straight line never passes both (4 and 2 are asked)
    assert failed[careless].mean() > 0.9
    assert failed[~careless].mean() == pytest.approx(1 - 0.98**2, abs=0.005)  # standard error .001
    assert frame["seconds"][careless].median() < frame["seconds"][~careless].median() / 2


def test_careless_are_of_three_kinds(large, instrument):
    frame, careless = large
    answers = frame.loc[careless, list(instrument.points())].to_numpy()
    straight = (answers == answers[:, :1]).all(axis=1)
    two_apart = (answers[:, 2:] == answers[:, :-2]).all(axis=1)
    five_apart = (answers[:, 5:] == answers[:, :-5]).all(axis=1)
    patterned = (two_apart | five_apart) & ~straight
    # thirds; a fifth of the alternating ones alternate between equal answers and count as straight
    assert straight.mean() == pytest.approx(1 / 3 + 1 / 30, abs=0.05)
    assert patterned.mean() == pytest.approx(1 / 3 - 1 / 30, abs=0.05)
    assert (~straight & ~patterned).mean() == pytest.approx(1 / 3, abs=0.05)  # four standard errors of .012


def test_answers_are_left_out_by_some_and_more_with_longer_tenure(staff, large, instrument):
    items = items_of(instrument)
    assert 0.02 < staff[items].isna().mean().mean() < 0.03
    assert staff[items].notna().all(axis=1).mean() > 0.75
    frame, careless = large
    by_tenure = frame[items].isna().mean(axis=1)[~careless].groupby(frame["tenure_band"]).mean()
    assert by_tenure.is_monotonic_increasing
    assert by_tenure[4] > 2 * by_tenure[1]


def test_item_correlations_are_the_populations(careful, population, instrument):
    """Two items of a dimension correlate like two cut normal variables whose r is the product of the loadings.

    Sampling error at 31,000 rows or more is .005; .02 is four of them.
    """
    for first, second, *_ in instrument.dimensions().values():
        covariance = code_covariance(population.items.loc[[first, second]])
        expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
        assert careful[first].corr(careful[second]) == pytest.approx(expected, abs=0.02), (first, second)


def test_the_marker_is_unrelated(careful):
    others = careful.filter(regex=r"^(ps|sq|sa|us|ic)\d$")
    assert others.corrwith(careful["mk1"]).abs().max() < 0.02  # about three standard errors of .0056


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (1.5, 1), (True, 1), ("many", 1), (10, -1), (10, None)])
def test_what_is_no_number_of_staff_or_seed_is_refused(n, seed):
    with pytest.raises(EmolaborError, match=r"^(n|seed): found .*allowed: a whole number of at least"):
        simulate_staff(n, seed)


def test_one_respondent_is_enough():
    assert len(simulate_staff(1)) == 1


def test_an_instrument_with_some_of_the_scales_is_answered_as_the_whole_one():
    whole = load_instrument("window_staff")
    some = replace(whole, scales=whole.scales[8:10], attention_checks=(), background=whole.background[:2])
    staff = simulate_staff(40, seed=3, instrument=some)
    assert list(staff) == list(some.columns)
    assert len(staff) == 40


def test_an_instrument_that_asks_something_else_is_refused():
    whole = load_instrument("window_staff")
    item = replace(whole.scales[0].items[0], key="new1")
    dimension = replace(whole.scales[0].dimensions[0], items=(item,))
    other = replace(whole, scales=(replace(whole.scales[0], dimensions=(dimension,)),), attention_checks=())
    with pytest.raises(EmolaborError, match="instrument: found new1; allowed: items and background of window_staff"):
        simulate_staff(40, instrument=other)
