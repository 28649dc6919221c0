"""Scales by key, by path, and as a list."""

import pytest
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.scales import list_scales, load_scale


@pytest.mark.parametrize("wrong", ["emotional_labour", "", "scale.json"])
def test_an_unknown_key_is_refused_with_the_known_ones(wrong):
    with pytest.raises(EmolaborError, match=r"key_or_path: found '.*'; allowed: .*\.yaml.*emotional_labor"):
        load_scale(wrong)


def test_changing_a_loaded_scale_leaves_the_library_as_it_was():
    load_scale("belonging").names["zh"] = "changed"
    assert load_scale("belonging").names["zh"] == "归属感"


def test_the_list_has_a_row_a_scale():
    table = list_scales()
    assert list(table) == ["key", "construct", "dimensions", "items", "languages", "rights", "status"]
    row = table.set_index("key").loc["emotional_labor"]
    assert row["construct"] == "情绪劳动 / Emotional labour"
    assert row["dimensions"] == "surface_acting, deep_acting, natural_expression"
    assert row["items"] == 11
    assert row["languages"] == "zh, en"
    assert row["rights"] == "own, CC BY 4.0"
    assert table["rights"].str.startswith("own").sum() == 23


def test_a_withheld_scale_loads_without_texts(tmp_path):
    published = load_scale_data("belonging")
    published["rights"] |= {"status": "published", "text": "withheld", "licence": "all rights reserved"}
    for item in published["dimensions"][0]["items"]:
        item["text"] = None
    path = write(tmp_path, published)
    scale = load_scale(path)
    assert [item.text for item in scale.items] == [None, None, None]
    assert scale.rights["text"] == "withheld"


def test_a_shipped_scale_may_not_leave_out_a_text(tmp_path):
    data = load_scale_data("belonging")
    data["dimensions"][0]["items"][1]["text"] = None
    with pytest.raises(EmolaborError, match=r"items\[1\]\.text: found nothing; allowed: the wording"):
        load_scale(write(tmp_path, data))


def test_a_scale_may_speak_one_language(tmp_path):
    data = load_scale_data("belonging")
    for translations in [data["names"], data["construct"], data["instruction"], data["response_format"]["labels"]]:
        del translations["en"]
    for dimension in data["dimensions"]:
        for translations in [dimension["names"], *(item["text"] for item in dimension["items"])]:
            del translations["en"]
    assert load_scale(write(tmp_path, data)).languages == ("zh",)


def load_scale_data(key):
    from importlib.resources import files

    return yaml.safe_load((files("emolabor.scales") / "library" / f"{key}.yaml").read_text(encoding="utf-8"))


def write(tmp_path, data):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
