"""A new version of a scale keeps the record of what was changed, and the record is held against the changes."""

import json

import pytest
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.scales import (
    GUIDELINES,
    STEPS,
    adapt_scale,
    adaptation_steps,
    check_record,
    load_scale,
    new_scale,
    record_step,
    scale_differences,
)
from emolabor.scales.loading import schema

DAY = "2026-11-02"
OLD_ZH = "我会提前备好样表，免得群众填错。"
NEW_ZH = "我会提前备好网上样表，免得群众填错。"


@pytest.fixture
def hall(tmp_path):
    return adapt_scale("proactive_service", "hall_service", "2026-11-01", tmp_path / "hall.yaml")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_new_version_begins_as_the_old_one(hall):
    new, old = load_scale(hall), load_scale("proactive_service")
    assert scale_differences(old, new).empty
    assert (new.key, new.status) == ("hall_service", "not validated")
    assert new.rights["text"] == "licensed"
    assert new.rights["licence"] == "CC BY 4.0"
    assert "proactive_service" in new.rights["evidence"]
    assert [(entry["from"], entry["step"]) for entry in new.adaptation] == [("proactive_service", "start")]
    assert check_record(hall) == new


def test_no_file_is_written_over(hall, tmp_path):
    before = hall.read_bytes()
    with pytest.raises(EmolaborError, match="found a file; allowed: a new name"):
        adapt_scale("belonging", "hall_service", DAY, hall)
    with pytest.raises(EmolaborError, match="found a file; allowed: a new name"):
        new_scale("calm", hall)
    assert hall.read_bytes() == before


@pytest.mark.parametrize(
    ("key", "day", "found"),
    [
        ("belonging", DAY, "found 'belonging', a scale of the library"),
        ("My scale", DAY, "lower-case letters"),
        ("mine", "yesterday", "YYYY-MM-DD"),
        ("mine", "2026-13-01", "YYYY-MM-DD"),
    ],
)
def test_a_new_version_is_refused_before_anything_is_written(tmp_path, key, day, found):
    with pytest.raises(EmolaborError, match=found):
        adapt_scale("proactive_service", key, day, tmp_path / "new.yaml")
    assert list(tmp_path.iterdir()) == []


def test_a_step_writes_the_new_text_and_records_old_and_new(hall):
    entry = record_step(hall, "ps2", "rewording", "Forms are online.", DAY, ["researcher"], texts={"zh": NEW_ZH})
    assert load_scale(hall).items[1].text["zh"] == NEW_ZH
    assert load_scale(hall).adaptation[-1] == entry
    assert entry == {
        "from": "proactive_service",
        "part": "ps2",
        "step": "rewording",
        "change": "Forms are online.",
        "guideline": "PC-3",
        "date": DAY,
        "roles": ["researcher"],
        "old": {"zh": OLD_ZH},
        "new": {"zh": NEW_ZH},
    }
    check_record(hall)


def test_each_step_follows_on_the_one_before(hall):
    record_step(hall, "ps2", "rewording", "Forms are online.", DAY, ["researcher"], texts={"zh": NEW_ZH})
    talk = record_step(hall, "ps2", "cognitive_interview", "Understood by five of five.", DAY, ["interviewer"])
    assert "old" not in talk and "new" not in talk
    final = record_step(hall, "ps2", "committee", "Shorter.", DAY, ["committee"], "TD-3", {"zh": "我会备好网上样表。"})
    assert (final["guideline"], final["old"], final["new"]) == ("TD-3", {"zh": NEW_ZH}, {"zh": "我会备好网上样表。"})
    check_record(hall)


def test_a_step_keeps_the_users_comments_and_layout(hall):
    change(hall, "scoring: mean\n", "scoring: mean   # as agreed\n\n# rights below\n")
    before = hall.read_text(encoding="utf-8")
    record_step(hall, "ps2", "rewording", "Forms are online.", DAY, ["researcher"], texts={"zh": NEW_ZH})
    after = hall.read_text(encoding="utf-8")
    assert after.startswith(before.replace(OLD_ZH, NEW_ZH).rstrip("\n"))


def test_texts_with_colons_quotes_and_commas_are_written_safely(hall):
    for text in ["Yes: all, of [it] {too} # no comment", "'quoted' \"twice\"", "No", "- dash", "12"]:
        record_step(hall, "ps2", "committee", "A try.", DAY, ["committee"], texts={"en": text})
        assert load_scale(hall).items[1].text["en"] == text
    check_record(hall)


def flow(data):
    return yaml.safe_dump(data, allow_unicode=True, default_flow_style=True, width=100)


LAYOUTS = {
    "no last line end": lambda text: text.rstrip("\n"),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "a byte order mark": lambda text: "\ufeff" + text,
    "document marks": lambda text: f"---\n{text}...\n",
    "comments at the end": lambda text: text + "    # this far\n\n# end\n",
    "lists not indented, keys sorted": lambda text: yaml.safe_dump(yaml.safe_load(text), allow_unicode=True),
    "flow style": lambda text: flow(yaml.safe_load(text)),
    "JSON": lambda text: json.dumps(yaml.safe_load(text), ensure_ascii=False, indent=1),
    "a folded text": lambda text: text.replace(f"zh: {OLD_ZH}", f"zh: >-\n            {OLD_ZH}"),
    "a quoted text": lambda text: text.replace(f"zh: {OLD_ZH}", f'zh: "{OLD_ZH}"  # as before'),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_step_goes_into_a_file_of_any_layout(hall, name):
    hall.write_bytes(LAYOUTS[name](hall.read_text(encoding="utf-8")).encode())
    record_step(hall, "ps2", "rewording", 'Now: "online" # new', DAY, ["a, b"], texts={"zh": "新：文字, [好]"})
    record_step(hall, "ps2", "committee", "Two\nlines.", DAY, ["committee"])
    scale = check_record(hall)
    assert scale.items[1].text["zh"] == "新：文字, [好]"
    assert [entry["change"] for entry in scale.adaptation[1:]] == ['Now: "online" # new', "Two\nlines."]


CHANGES = {
    "a reverse flag": ("reverse: true", "reverse: false", ("ps6", "reverse")),
    "an item taken out": (
        "      - key: ps6\n        text:\n          zh: 群众没问到的，我不会主动提。\n"
        "          en: What visitors do not ask about, I do not bring up.\n        reverse: true\n",
        "",
        ("ps6", "zh"),
    ),
    "a name": ("    names:\n      zh: 主动服务行为\n", "    names:\n      zh: 主动服务\n", ("proactive_service", "zh")),
    "the instruction": ("您对下列说法的同意程度", "您同意的程度", ("instruction", "zh")),
    "an item added": (
        "scoring: mean",
        "      - key: ps7\n        text:\n          zh: 新题。\n          en: New.\n        reverse: false\n"
        "scoring: mean",
        ("ps7", "zh"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_without_a_record_is_reported_and_can_be_recorded(hall, name):
    old, new, (part, aspect) = CHANGES[name]
    change(hall, old, new)
    differences = scale_differences(load_scale("proactive_service"), load_scale(hall))
    assert (part, aspect) in set(zip(differences["part"], differences["aspect"], strict=True))
    with pytest.raises(
        EmolaborError, match=rf"hall\.yaml, line \d+, .*: found {part} changed \({aspect}: .*allowed: a re"
    ):
        check_record(hall)
    record_step(hall, part, "committee", "As agreed.", DAY, ["committee"])
    check_record(hall)


def test_a_new_order_of_the_items_is_a_change_too(hall):
    data = yaml.safe_load(hall.read_text(encoding="utf-8"))
    data["dimensions"][0]["items"].reverse()
    hall.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(EmolaborError, match=r"found scale changed \(order: "):
        check_record(hall)
    record_step(hall, "scale", "committee", "The other way round.", DAY, ["committee"])
    check_record(hall)


def test_a_record_that_does_not_agree_is_reported_with_its_line(hall):
    record_step(hall, "ps2", "rewording", "Forms are online.", DAY, ["researcher"], texts={"zh": NEW_ZH})
    change(hall, f"    old:\n      zh: {OLD_ZH}", "    old:\n      zh: 别的话。")
    line = 1 + hall.read_text(encoding="utf-8").splitlines().index("      zh: 别的话。")
    with pytest.raises(EmolaborError, match=rf"hall\.yaml, line {line}, adaptation\[1\]\.old\.zh: found '别的话。'"):
        check_record(hall)


def test_a_record_that_names_an_absent_item_is_reported(hall):
    record_step(hall, "ps2", "committee", "Kept.", DAY, ["committee"])
    change(hall, "part: ps2", "part: ps9")
    with pytest.raises(EmolaborError, match=r"adaptation\[1\]\.part: found 'ps9'; allowed: names, .*ps6"):
        check_record(hall)


def test_an_old_version_that_is_gone_is_reported(hall):
    change(hall, "from: proactive_service\n", "from: lost.yaml\n")
    with pytest.raises(EmolaborError, match=r"adaptation\[0\]\.from: found 'lost\.yaml'; allowed: a scale that loads"):
        check_record(hall)


def test_a_version_of_a_version_keeps_the_whole_record(hall, tmp_path):
    record_step(hall, "ps2", "rewording", "Forms are online.", DAY, ["researcher"], texts={"zh": NEW_ZH})
    (tmp_path / "next").mkdir()
    third = adapt_scale(hall, "third", "2026-12-01", tmp_path / "next" / "third.yaml")
    assert [entry["from"] for entry in load_scale(third).adaptation] == ["proactive_service"] * 2 + ["../hall.yaml"]
    check_record(third)
    record_step(third, "ps2", "committee", "Back again.", "2026-12-02", ["committee"], texts={"zh": OLD_ZH})
    check_record(third)
    assert scale_differences(load_scale(hall), load_scale(third))["old"].tolist() == [NEW_ZH]


REFUSED = {
    "an absent part": (("ps9", "committee", "x", DAY, ["a"]), "part: found 'ps9'; allowed: names, "),
    "an unknown step": (("ps2", "translate", "x", DAY, ["a"]), "step: found 'translate'; allowed: start, permission"),
    "an unknown code": (("ps2", "pilot", "x", DAY, ["a"], "TD-9"), "guideline: found text 'TD-9'; allowed: PC-1"),
    "no day": (("ps2", "pilot", "x", "", ["a"]), "date: found text ''; allowed: a date as YYYY-MM-DD"),
    "no role": (("ps2", "pilot", "x", DAY, []), "roles: found 0 entries; allowed: at least 1"),
    "no note": (("ps2", "pilot", " ", DAY, ["a"]), "change: found text ' '; allowed: text that is not empty"),
    "another language": (
        ("ps2", "pilot", "x", DAY, ["a"], None, {"fr": "x"}),
        "found the language 'fr'; allowed: zh, en",
    ),
    "a text where there is none": (
        ("scale", "pilot", "x", DAY, ["a"], None, {"zh": "x"}),
        "for a new text; allowed: names",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_step_that_is_not_right_is_refused_and_the_file_stays(hall, name):
    arguments, found = REFUSED[name]
    before = hall.read_bytes()
    with pytest.raises(EmolaborError) as caught:
        record_step(hall, *arguments)
    assert found in str(caught.value)
    assert hall.read_bytes() == before


def test_a_file_without_a_record_takes_no_step_and_needs_none(tmp_path):
    path = new_scale("calm", tmp_path / "calm.yaml")
    with pytest.raises(EmolaborError, match="found no record; allowed: a file begun with emolabor scales adapt"):
        record_step(path, "calm1", "pilot", "x", DAY, ["a"])
    assert check_record(path).adaptation == ()


def test_the_record_of_a_withheld_scale_holds_no_wording(tmp_path):
    path = adapt_scale("psm_kim_2013", "psm_short", DAY, tmp_path / "psm.yaml")
    assert load_scale(path).rights["text"] == "withheld"
    entry = "\n    old:\n      zh: 不该出现的文字。\n"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + entry, encoding="utf-8")
    change(path, "part: scale", "part: psmi_aps1")
    with pytest.raises(
        EmolaborError, match=r"adaptation\[0\]\.old: found a text; allowed: none, because rights\.text is"
    ):
        load_scale(path)


def test_schema_steps_and_guidelines_are_the_same_lists():
    entry = schema()["$defs"]["adaptation"]["properties"]
    assert entry["step"]["enum"] == list(STEPS)
    assert entry["guideline"]["enum"] == list(GUIDELINES)
    assert len(GUIDELINES) == 18
    assert {code for code, _ in STEPS.values()} <= set(GUIDELINES)
    assert adaptation_steps()["step"].tolist() == list(STEPS)


def test_a_draft_is_valid_and_says_what_is_still_to_write(tmp_path):
    scale = load_scale(new_scale("calm", tmp_path / "calm.yaml"))
    assert (scale.key, [item.key for item in scale.items]) == ("calm", ["calm1", "calm2", "calm3"])
    assert scale.unwritten == ("names", "construct", "instruction", "calm_score", "calm1", "calm2", "calm3")
    assert load_scale("belonging").unwritten == ()
