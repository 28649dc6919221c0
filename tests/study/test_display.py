from collections import Counter
from importlib import resources

import pytest

from emolabor.study.display import load_words, rounded, table_of, worded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0005, "0.001"),
        (-0.0005, "-0.001"),
        (2.6745, "2.675"),  # as a binary fraction it lies below the half; in its stored digits it does not
        (-0.0004, "0.000"),
        (1e-17, "0.000"),
        (173592.2389, "173592.239"),
        (7, "7.000"),
    ],
)
def test_numbers_are_rounded_in_their_stored_digits_halves_away_from_zero(value, text):
    assert rounded(value) == text


def test_a_column_of_whole_numbers_is_written_without_decimals_and_a_mixed_one_with_three():
    table = table_of({"a": {"n": 3.0, "est": 1.0}, "b": {"n": 4.0, "est": 0.12345}}, False, {}, "en")
    assert table.frame.loc["a"].tolist() == ["3", "1.000"]
    assert table.frame.loc["b"].tolist() == ["4", "0.123"]


def test_in_a_series_of_measures_each_row_decides():
    table = table_of({"df": {"value": 84.0}, "cfi": {"value": 0.9}, "pvalue": {"value": 1e-9}}, True, {}, "en")
    assert table.frame["value"].tolist() == ["84", "0.900", "<0.001"]


def test_missing_values_are_blank_and_truth_values_are_worded():
    table = table_of({"a": {"ok": True, "est": None}}, False, load_words()["zh"], "zh")
    assert table.frame.iloc[0].tolist() == ["是", ""]


def test_of_texts_in_two_languages_one_is_shown():
    table = table_of({"C01": {"text_zh": "压力", "text_en": "Pressure"}}, False, {}, "en")
    assert table.frame.to_dict("list") == {"text": ["Pressure"]}


def test_keys_made_of_keys_are_worded_part_by_part_and_sentences_are_left_alone():
    words = {"exhaustion": "情绪耗竭", "surface_acting": "表层扮演"}
    assert worded("lu2019 exhaustion~surface_acting", words) == "lu2019 情绪耗竭 ~ 表层扮演"
    assert worded("surface_acting>exhaustion", words) == "表层扮演 > 情绪耗竭"
    assert worded("about exhaustion", words) == "about exhaustion"


def test_long_tables_and_long_texts_are_shown_whole():
    table = table_of({f"row{i}": {"text": "x" * 200} for i in range(100)}, False, {}, "en")
    assert repr(table).count("x" * 200) == table._repr_html_().count("x" * 200) == 100


def test_every_word_has_both_languages():
    words = load_words()
    assert words["zh"].keys() == words["en"].keys()
    assert all(word for language in words.values() for word in language.values())


def test_no_word_is_explained_twice():
    text = resources.files("emolabor.study").joinpath("words.yaml").read_text(encoding="utf-8")
    keys = Counter(line.split(":")[0] for line in text.splitlines() if line and line[0] not in "# ")
    assert [key for key, count in keys.items() if count > 1] == []
