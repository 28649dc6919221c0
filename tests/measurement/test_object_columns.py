"""Frames whose columns are objects: numbers among missing answers, numbers beyond any double, groups written alike."""

import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError

ITEMS = ["ex1", "ex2", "ex3", "ex4"]
STAFF = el.simulate_staff(n=300, seed=1)[[*ITEMS, "sex"]]
MODEL = "f =~ " + " + ".join(ITEMS)
OBJECTS = STAFF.astype({"ex1": object, "ex3": object})
HUGE = OBJECTS.assign(ex1=pd.Series([10**400, *OBJECTS["ex1"][1:]], OBJECTS.index, dtype=object))
ALIKE = STAFF.assign(sex=[(1, "1", 2)[row % 3] for row in range(300)])


@pytest.mark.parametrize("scale", [{"exhaustion": ITEMS}, el.load_scale("emotional_exhaustion")])
def test_numbers_in_object_columns_are_numbers(scale):
    pd.testing.assert_frame_equal(el.reliability(OBJECTS, scale), el.reliability(STAFF, scale))


@pytest.mark.parametrize("wrong", ["three", "3", [3]])
def test_what_is_no_number_is_refused(wrong):
    data = OBJECTS.assign(ex1=[wrong, *OBJECTS["ex1"][1:]])
    with pytest.raises(EmolaborError, match="dimension exhaustion: ex1 must be numeric"):
        el.reliability(data, {"exhaustion": ITEMS})


@pytest.mark.parametrize("call", [lambda d: el.sem(MODEL, d), lambda d: el.reliability(d, {"exhaustion": ITEMS})])
def test_a_number_of_hundreds_of_digits_is_refused(call):
    with pytest.raises(EmolaborError, match="column 'ex1' holds a whole number of more than 300 digits"):
        call(HUGE)
    with pytest.raises(EmolaborError, match="'ex1' holds a number above"):
        el.polychoric_correlations(HUGE[ITEMS])


@pytest.mark.parametrize(
    "call",
    [
        lambda: el.sem(MODEL, ALIKE, group="sex"),
        lambda: el.sem(MODEL, ALIKE, group="sex", ordered=True),
        lambda: el.invariance(MODEL, ALIKE, "sex"),
        lambda: el.scale_invariance(ALIKE, {"exhaustion": ITEMS}, "sex", smallest=20),
    ],
)
def test_groups_that_are_written_alike_are_refused(call):
    with pytest.raises(EmolaborError, match="group: column 'sex': found both"):
        call()


def test_groups_of_texts_and_numbers_that_differ_are_groups():
    mixed = STAFF.assign(sex=[("b", 1)[row % 2] for row in range(300)])
    assert el.scale_invariance(mixed, {"exhaustion": ITEMS}, "sex").sizes.sum() == 300
