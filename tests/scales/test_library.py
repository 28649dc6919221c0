"""The scales that ship with the package."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from emolabor.scales import load_scale

FOLDER = Path(str(files("emolabor.scales")))
PATHS = sorted((FOLDER / "library").glob("*.yaml"))
ITEMS = {
    "institutional_clarity": {"institutional_clarity": "ic1 ic2 ic3 ic4"},
    "staffing_stability": {"staffing_stability": "ss1 ss2 ss3"},
    "role_clarity": {"role_clarity": "rc1 rc4 rc5"},
    "reward_say": {"reward_say": "rs1 rs2 rs3"},
    "training_access": {"training_access": "ta1 ta5 ta6"},
    "unit_guidance": {"unit_guidance": "ug1 ug3 ug5"},
    "marginalisation": {"marginalisation": "mg1 mg3 mg4"},
    "role_pressure": {"role_pressure": "rp1 rp3 rp4"},
    "emotional_labor": {
        "surface_acting": "sa1 sa2 sa3 sa4",
        "deep_acting": "da1 da2 da3 da4",
        "natural_expression": "ne1 ne2 ne3",
    },
    "emotional_exhaustion": {"exhaustion": "ex1 ex2 ex3 ex4"},
    "accomplishment": {"accomplishment": "ac1 ac2 ac3"},
    "belonging": {"belonging": "be1 be2 be3"},
    "proactive_service": {"proactive_service": "ps1 ps2 ps3 ps4 ps6"},
    "service_quality": {"service_quality": "sq1 sq3 sq4"},
    "health_complaints": {"health_complaints": "hc1 hc2 hc3"},
    "divided_authority": {"divided_authority": "dv1 dv2 dv3"},
    "after_hours_training": {"after_hours_training": "ah1 ah2 ah3"},
    "window_unlikeness": {"window_unlikeness": "wu1 wu2 wu3"},
    "collegial_exchange": {"collegial_exchange": "ce1 ce2 ce3"},
    "negative_mood": {"negative_mood": "nm1 nm2 nm3"},
    "passive_attitude": {"passive_attitude": "pa1 pa2 pa3"},
    "repeat_visits": {"repeat_visits": "rv1 rv2 rv3"},
    "music_preference": {"music_preference": "mk1 mk2 mk3"},
}
# Traditional forms, each with a Simplified form of its own, that texts about work, service and feelings would use.
TRADITIONAL = set(
    "務動勞員單圖場報壓處實對導層幫當應態戶據擇擔擾數時書會條業樂機權歸歷氣沒漲為無熱爾狀獎現環產畫發盡眾確稱積"
    "競節範約級紀納組細給經統維績線總職聯聽腦與舉舊號衆補裝裡覺覽觀計訓記訪設許評詞試話該認語誤說課調談請論證識議"
    "護讀變讓負財責貴買費資賞賬質賴趕車軟較載輕辦農這進過運達遠遲選邊鄉醫釋鐘錄錢錯長門開間閱關陽際隊階難電頁項順須預領頭題"
    "額願類顯飯養餘駐驗體鬆麼點黨齊齡個們來價優償儘內兩兒冊別剛創劃華協參嗎嚴壞夠夥學寫專屬師帶幾張強後從復徵愛憂慮懷戰執"
)


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


def chinese(value):
    """All texts under a key zh, at any depth."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key == "zh":
                yield from [entry] if isinstance(entry, str) else entry
            else:
                yield from chinese(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from chinese(entry)


def test_the_library_holds_the_contracted_scales_and_items():
    found = {
        path.stem: {
            dimension.key: " ".join(item.key for item in dimension.items)
            for dimension in load_scale(path.stem).dimensions
        }
        for path in PATHS
    }
    assert found == ITEMS


def test_the_reverse_worded_items_are_the_contracted_ones():
    reverse = {item.key for path in PATHS for item in load_scale(path.stem).items if item.reverse}
    assert reverse == {"ic4", "rc4", "be3", "ps6", "ta6"}


def test_a_file_keeps_the_schema_and_loads_alike_by_key_and_by_path(path):
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert load_scale(path.stem) == load_scale(path)
    assert load_scale(path.stem).key == path.stem


def test_texts_are_shipped_only_with_licence_and_evidence(path):
    rights = load_scale(path.stem).rights
    assert rights["text"] == "own"
    assert (rights["status"], rights["holder"], rights["licence"]) == ("own", "emolabor contributors", "CC BY 4.0")
    assert len(rights["evidence"].split()) > 5


def test_a_scale_that_nobody_validated_says_so(path):
    assert load_scale(path.stem).status == "not validated"


def test_chinese_texts_are_in_simplified_forms_without_latin_letters(path):
    texts = list(chinese(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert texts
    for text in texts:
        assert not set(text) & TRADITIONAL, text
        text.encode("gb2312")  # the character set of Simplified Chinese; raises on nearly every Traditional form
        assert not re.search("[A-Za-z]", text), text
        assert re.search("[一-鿿]", text), text


def test_english_texts_hold_no_chinese(path):
    scale = load_scale(path.stem)
    for text in [item.text["en"] for item in scale.items] + [scale.construct["en"], scale.instruction["en"]]:
        assert not re.search("[一-鿿，。；：]", text), text


def test_the_list_of_traditional_characters_finds_traditional_text():
    assert set("窗口人員的情緒勞動與主動服務") & TRADITIONAL
    assert not set("窗口人员的情绪劳动与主动服务") & TRADITIONAL


def test_an_item_is_short_and_one_sentence(path):
    # 26 signs fit one line of a matrix question on a telephone.
    for item in load_scale(path.stem).items:
        assert len(item.text["zh"]) <= 26, item.text["zh"]
        assert item.text["zh"].endswith("。") and item.text["zh"].count("。") == 1
        assert item.text["en"].endswith(".") and len(item.text["en"].split()) <= 20


def test_no_wording_is_used_twice():
    for language in ("zh", "en"):
        texts = [item.text[language] for path in PATHS for item in load_scale(path.stem).items]
        assert len(set(texts)) == len(texts)


def test_a_scale_of_one_dimension_has_one_name(path):
    scale = load_scale(path.stem)
    if len(scale.dimensions) == 1:
        assert scale.dimensions[0].names == scale.names


def test_answers_are_five_points_of_agreement_or_frequency(path):
    labels = load_scale(path.stem).response_format.labels["zh"]
    agreement = ("非常不同意", "比较不同意", "一般", "比较同意", "非常同意")
    frequency = ("从不", "很少", "有时", "经常", "总是")
    often = path.stem in (
        "emotional_labor", "emotional_exhaustion", "negative_mood", "health_complaints", "repeat_visits",
    )  # fmt: skip
    assert tuple(labels) == (frequency if often else agreement)
