import json

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.study.reference import compare_notebook, flatten, is_equal, rounding_edges

VALUES = {"fit": {"cfi": 0.96712, "df": 84, "verdict": "at_least", "none": None}, "r2": {"exhaustion": {"value": 0.3}}}


@pytest.fixture
def compared(tmp_path):
    """Store two sets of values and compare them."""

    def compare(found, parameters=None):
        for folder, values, own in (("run", found, parameters or {"seed": 1}), ("reference", VALUES, {"seed": 1})):
            (tmp_path / folder).mkdir()
            content = {"notebook": "07_x", "parameters": {"language": "zh"} | own, "values": values}
            (tmp_path / folder / "07_x.json").write_text(json.dumps(content), encoding="utf-8")
        return compare_notebook("07_x", tmp_path / "run", tmp_path / "reference")

    return compare


def test_equal_values_are_all_counted(compared):
    comparison = compared(VALUES)
    assert (comparison.compared, comparison.equal, comparison.differences) == (4, 4, ())


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("cfi", 0.96723, "07_x: fit > cfi: reference 0.96712, found 0.96723"),
        ("verdict", "open", "07_x: fit > verdict: reference 'at_least', found 'open'"),
        ("none", 0.0, "07_x: fit > none: reference '(absent)', found 0.0"),
        ("cfi", None, "07_x: fit > cfi: reference 0.96712, found '(absent)'"),
        ("new", 1, "07_x: fit > new: reference '(absent)', found 1"),
    ],
)
def test_each_difference_is_named_with_both_values(compared, key, value, message):
    comparison = compared(VALUES | {"fit": VALUES["fit"] | {key: value}})
    assert [str(one) for one in comparison.differences] == [message]


def test_a_missing_value_is_a_difference(compared):
    comparison = compared({"fit": VALUES["fit"]})
    assert [str(one) for one in comparison.differences] == [
        "07_x: r2 > exhaustion > value: reference 0.3, found '(absent)'"
    ]


def test_a_run_with_other_parameters_is_not_compared_but_another_language_is(compared):
    comparison = compared(VALUES, {"seed": 2, "language": "en"})
    assert (comparison.compared, comparison.reason) == (0, "other parameters: seed = 2, reference 1")


def test_the_language_does_not_count(compared):
    assert compared(VALUES, {"seed": 1, "language": "en"}).equal == 4


def test_without_a_reference_nothing_is_compared(tmp_path):
    assert compare_notebook("07_x", tmp_path, tmp_path).reason == "no reference"


def test_a_damaged_file_is_named(compared, tmp_path):
    compared(VALUES)
    (tmp_path / "run" / "07_x.json").write_text('{"values": ')
    with pytest.raises(EmolaborError, match=r"07_x\.json: not a results file"):
        compare_notebook("07_x", tmp_path / "run", tmp_path / "reference")


@pytest.mark.parametrize(
    ("reference", "found", "equal"),
    [
        (0.5, 0.5 + 1e-9, True),
        (1e-17, -3e-17, True),
        (5123.401, 5123.405, False),  # close by rtol, but the page changes
        (0.00012, 0.00013, False),  # alike on the page, but a tenth apart
        (0.6125 - 1e-8, 0.6125 + 1e-8, False),  # the rounding edge
        (0.615 - 1e-8, 0.615 + 1e-8, False),  # alike with three decimals, but the paper shows two
        (84, 84.0, True),
        (1, True, False),
        ("a", "a", True),
        ("a", "b", False),
        ("1", 1, False),
    ],
)
def test_the_rule(reference, found, equal):
    assert is_equal(reference, found) is equal


def test_numbers_near_an_edge_are_listed_and_exact_halves_are_not():
    values = {
        "a": {"exact": 3.4125, "near": 0.6125000049, "below": 0.6124999951, "far": 0.6125001, "n": 5, "text": "x"}
    }
    assert rounding_edges(values) == ["a > near", "a > below"]
    assert rounding_edges({"half": 0.615, "near": 0.6149999951, "below_zero": -0.6150000049, "far": 0.6151}) == [
        "near",
        "below_zero",
    ]


def test_flat_keys_tell_the_way():
    assert flatten({"a": {"b": {"c": 1}}, "d": 2}) == {"a > b > c": 1, "d": 2}
