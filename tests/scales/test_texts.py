"""Wording that a user may use is merged from a local file."""

import pytest
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.scales import load_scale

TEXTS = {
    "scale": "psm_kim_2013",
    "instruction": {"zh": "请选择。"},
    "labels": {"zh": ["一", "二", "三", "四", "五"]},
    "items": {item.key: {"zh": f"{item.key} 的文字。"} for item in load_scale("psm_kim_2013").items},
}


def write(tmp_path, **changes):
    path = tmp_path / "texts.yaml"
    path.write_text(yaml.safe_dump(TEXTS | changes, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_the_scale_speaks_the_languages_of_the_file(tmp_path):
    scale = load_scale("psm_kim_2013", texts=write(tmp_path))
    assert scale.languages == ("zh",)
    assert scale.names == {"zh": "公共服务动机国际量表"}
    assert scale.items[0].text == {"zh": "psmi_aps1 的文字。"}
    assert scale.response_format.labels == TEXTS["labels"]
    assert scale.unwritten == ()
    assert load_scale("psm_kim_2013").items[0].text is None


def test_the_rights_stay_as_they_are(tmp_path):
    assert load_scale("psm_kim_2013", texts=write(tmp_path)).rights["text"] == "withheld"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"scale": "olbi"}, "line 1, scale: found 'olbi'; allowed: psm_kim_2013"),
        ({"labels": {"zh": ["一", "二"]}}, "labels.zh: found 2 labels; allowed: 5, one a point"),
        ({"labels": {"en": list("abcde")}}, "labels.zh: found nothing; allowed: a text in each of zh"),
        (
            {"items": TEXTS["items"] | {"psm99": {"zh": "无"}}},
            "items.psm99: found an item that the scale does not",
        ),
        ({"items": {}}, "items.psmi_aps1: found nothing; allowed: the wording of this item"),
        ({"items": TEXTS["items"] | {"psmi_aps1": {"en": "No"}}}, "items.psmi_aps1.zh: found nothing"),
        ({"words": {}}, "words: found an unknown key; allowed: scale, instruction, labels, items"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, changes, found):
    with pytest.raises(EmolaborError) as caught:
        load_scale("psm_kim_2013", texts=write(tmp_path, **changes))
    assert "texts.yaml, line " in str(caught.value)
    assert found in str(caught.value)


def test_a_scale_with_texts_takes_none_and_one_without_items_neither(tmp_path):
    with pytest.raises(EmolaborError, match="scale: found texts for a scale that ships its own"):
        load_scale("belonging", texts=write(tmp_path, scale="belonging"))
    with pytest.raises(EmolaborError, match="scale: found a scale whose items have not been looked up"):
        load_scale("yang_2019", texts=write(tmp_path, scale="yang_2019"))
