"""What an instrument tells about itself."""

import re

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("window_staff")


def test_items_has_a_row_an_item_in_the_order_asked(instrument):
    items = instrument.items("zh")
    assert list(items) == ["key", "scale", "dimension", "text", "reverse"]
    assert len(items) == 81
    assert items["key"].is_unique
    assert items["key"].tolist() == [item.key for scale in instrument.scales for item in scale.items]
    row = items.set_index("key").loc["ex4"]
    assert (row["scale"], row["dimension"]) == ("emotional_exhaustion", "exhaustion")
    assert row["text"] == "到了下午，我已经没有心力应付群众。"
    assert set(items.loc[items["reverse"], "key"]) == instrument.reversed_items == {"ic4", "rc4", "be3", "ps6", "ta6"}


def test_languages_differ_in_the_texts_only(instrument):
    zh, en = instrument.items("zh"), instrument.items("en")
    assert zh.drop(columns="text").equals(en.drop(columns="text"))
    assert (zh["text"] != en["text"]).all()


@pytest.mark.parametrize("ask", ["items", "names"])
@pytest.mark.parametrize("language", ["fr", "ZH", None])
def test_another_language_is_refused(instrument, ask, language):
    with pytest.raises(EmolaborError, match=r"language: found .*; allowed: zh, en"):
        getattr(instrument, ask)(language)


def test_dimensions_hold_every_item_once(instrument):
    dimensions = instrument.dimensions()
    assert len(dimensions) == 25
    assert dimensions["surface_acting"] == ["sa1", "sa2", "sa3", "sa4"]
    assert [item for items in dimensions.values() for item in items] == instrument.items("en")["key"].tolist()


def test_names_label_every_scale_and_dimension(instrument):
    names = instrument.names("en")
    assert set(names) == {scale.key for scale in instrument.scales} | set(instrument.dimensions())
    assert names["natural_expression"] == "Natural expression"
    assert instrument.names("zh")["exhaustion"] == "情绪耗竭"


def test_columns_are_background_then_answers_in_the_order_asked(instrument):
    columns = instrument.columns
    assert columns[:8] == (
        "respondent", "centre", "department", "dispatch_type", "tenure_band", "sex", "age_band", "seconds",
    )  # fmt: skip
    assert len(columns) == len(set(columns)) == 8 + 81 + 2
    assert columns[columns.index("at1") - 1] == "ug5"
    assert columns[columns.index("at2") - 1] == "ps6"
    assert set(instrument.points().values()) == {5}


def test_an_attention_check_names_the_label_it_expects(instrument):
    scales = {scale.key: scale for scale in instrument.scales}
    for check in instrument.attention_checks:
        for language, labels in scales[check.after].response_format.labels.items():
            quoted = re.search('[“"](.+?)[”"]', check.text[language]).group(1)
            assert quoted == labels[check.expected - 1]


def test_chinese_wording_of_the_frame_has_no_latin_letters(instrument):
    texts = [instrument.title, instrument.consent, instrument.introduction]
    texts += [check.text for check in instrument.attention_checks]
    for variable in instrument.background:
        texts += [variable.names, *variable.values.values()]
    for text in texts:
        text["zh"].encode("gb2312")  # the character set of Simplified Chinese
        assert not re.search("[A-Za-z]", text["zh"])
        assert not re.search("[一-鿿]", text["en"])


def test_consent_says_voluntary_and_anonymous(instrument):
    assert "自愿" in instrument.consent["zh"] and "不记名" in instrument.consent["zh"]
    assert "voluntary" in instrument.consent["en"] and "anonymous" in instrument.consent["en"]


def test_background_codes_are_the_contracted_ones(instrument):
    variables = {variable.key: variable for variable in instrument.background}
    assert list(variables["dispatch_type"].values) == ["dispatched", "contract", "agency"]
    assert list(variables["tenure_band"].values) == list(variables["age_band"].values) == [1, 2, 3, 4]
    assert list(variables["sex"].values) == ["female", "male"]
    assert re.fullmatch(variables["centre"].pattern, "C48")
    assert re.fullmatch(variables["department"].pattern, "D12")
