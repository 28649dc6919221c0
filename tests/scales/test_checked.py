"""Mistakes in a YAML file are named with file, line, key, what was found and what is allowed."""

import re

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.scales import load_scale

SCALE = """\
key: calm
names:
  zh: 平静
  en: Calm
construct:
  zh: 平静的状态。
  en: Being calm.
citations: []
instruction:
  zh: 请选择。
  en: Please choose.
response_format:
  points: 3
  labels:
    zh: [否, 一般, 是]
    en: [No, Middling, Yes]
dimensions:
  - key: calmness
    names:
      zh: 平静
      en: Calm
    items:
      - key: ca1
        text:
          zh: 我很平静。
          en: I am calm.
        reverse: false
      - key: ca2
        text:
          zh: 我很急躁。
          en: I am restless.
        reverse: true
scoring: mean
rights:
  status: own
  holder: somebody
  licence: CC BY 4.0
  evidence: Written for a test.
  checked_on: 2026-11-23
  text: own
status: not validated
adaptation: []
"""


def write(tmp_path, text):
    path = tmp_path / "calm.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_unbroken_file_loads(tmp_path):
    scale = load_scale(write(tmp_path, SCALE))
    assert [item.key for item in scale.items] == ["ca1", "ca2"]
    assert [item.reverse for item in scale.items] == [False, True]
    assert scale.rights["checked_on"] == "2026-11-23"
    assert list(scale.response_format.codes) == [1, 2, 3]


BROKEN = {
    # name: (what is replaced, by what, line, key, found, allowed)
    "missing translation of an item": (
        "          zh: 我很急躁。\n", "", 29, "dimensions[0].items[1].text.zh", "nothing", "zh, en"
    ),
    "missing translation of a dimension": (
        "    names:\n      zh: 平静\n", "    names:\n", 19, "dimensions[0].names.zh", "nothing", "zh, en"
    ),
    "missing translation of the labels": (
        "    en: [No, Middling, Yes]\n", "", 14, "response_format.labels.en", "nothing", "zh, en"
    ),
    "a language that is not known": (
        "  en: Being calm.", "  fr: Calme.", 7, "construct.fr", "an unknown key", "zh, en"
    ),
    "two items with one key": (
        "key: ca2", "key: ca1", 28, "dimensions[0].items[1].key", "'ca1'", "a new key"
    ),
    "an item named like its dimension": (
        "key: ca2", "key: calmness", 28, "dimensions[0].items[1].key", "'calmness'", "a new key"
    ),
    "a reverse flag that is not boolean": (
        "reverse: true", "reverse: maybe", 32, "dimensions[0].items[1].reverse", "'maybe'", "true or false"
    ),
    "fewer labels than points": (
        "[否, 一般, 是]", "[否, 是]", 15, "response_format.labels.zh", "2 labels", "3, one a point"
    ),
    "a label twice": (
        "[否, 一般, 是]", "[否, 是, 是]", 15, "response_format.labels.zh", "['否', '是', '是']", "each entry once"
    ),
    "an unknown key": ("scoring: mean", "scoreing: mean", 33, "scoreing", "an unknown key", "scoring"),
    "a missing key": ("scoring: mean\n", "", 1, "scoring", "nothing", "an entry with this key"),
    "text for a number": ("points: 3", "points: three", 13, "response_format.points", "'three'", "a whole number"),
    "a number out of range": ("points: 3", "points: 1", 13, "response_format.points", "1", "at least 2"),
    "a mapping for a list": ("citations: []", "citations: {}", 8, "citations", "a mapping", "a list"),
    "an entry without its keys": (
        "adaptation: []", "adaptation: [{}]", 42, "adaptation[0].from", "nothing", "an entry with this key"
    ),
    "a word that is not offered": ("text: own", "text: mine", 40, "rights.text", "'mine'", "own, licensed, withheld"),
    "a key that is no name": ("key: calm\n", "key: Be calm\n", 1, "key", "'Be calm'", "lower-case letters"),
    "a date that is none": ("2026-11-23", "today", 39, "rights.checked_on", "'today'", "YYYY-MM-DD"),
    "blank text": ("holder: somebody", "holder: ' '", 36, "rights.holder", "' '", "text that is not empty"),
    "a text that should be withheld": (
        "text: own", "text: withheld", 24, "dimensions[0].items[0].text", "a text", "null"
    ),
    "a key twice": ("scoring: mean", "scoring: mean\nscoring: mean", 33, "scoring", "again in line 34", "once"),
    "rights without evidence": ("  evidence: Written for a test.\n", "", 34, "rights.evidence", "nothing", "an entry"),
    "rights with blank evidence": ("Written for a test.", '" "', 38, "rights.evidence", "' '", "not empty"),
    "a list of reversed items": (
        "scoring: mean", "scoring: mean\nreverse: [ca9]", 34, "reverse", "an unknown key", "dimensions"
    ),
    "a reverse flag without an item": (
        "      - key: ca2\n", "      - reverse: true\n      - key: ca2\n", 28, "dimensions[0].items[1].key", "nothing",
        "an entry with this key"
    ),
    "more labels than points": (
        "[否, 一般, 是]", "[否, 偏否, 一般, 是]", 15, "response_format.labels.zh", "4 labels", "3, one a point"
    ),
    "no answer format for texts that are shipped": (
        "  points: 3\n  labels:\n    zh: [否, 一般, 是]\n    en: [No, Middling, Yes]\n", "", 12, "response_format",
        "nothing", "points and labels"
    ),
    "no instruction for texts that are shipped": (
        "instruction:\n  zh: 请选择。\n  en: Please choose.\n", "instruction:\n", 9, "instruction", "nothing",
        "the wording"
    ),
    "a dimension without items": (
        "    names:\n      zh: 平静\n      en: Calm\n    items:\n",
        "    names:\n      zh: 平静\n      en: Calm\n    items: []\n  - key: rest\n"
        "    names:\n      zh: 平静\n      en: Calm\n    items:\n",
        22, "dimensions[0].items", "0 entries", "at least 1"
    ),
    "validated by nobody": (
        "status: not validated", "status: validated", 1, "validation", "nothing", "the studies"
    ),
    "a status that is not offered": (
        "status: not validated", "status: valid", 41, "status", "'valid'", "not validated, validated"
    ),
    "an item named like a part of every scale": (
        "key: ca2", "key: names", 28, "dimensions[0].items[1].key", "'names'", "a new key"
    ),
    "a day that is none": ("2026-11-23", "2026-02-30", 39, "rights.checked_on", "'2026-02-30'", "YYYY-MM-DD"),
    "a key that is not text": ("scoring: mean", "12: mean", 33, "12", "not text", "put it in quotes"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named_with_its_place(tmp_path, name):
    old, new, line, key, found, allowed = BROKEN[name]
    assert SCALE.count(old) == 1
    path = write(tmp_path, SCALE.replace(old, new))
    with pytest.raises(EmolaborError) as caught:
        load_scale(path)
    message = next(text for text in str(caught.value).splitlines() if f" {key}: found" in text)
    assert message.startswith(f"{path}, line {line}, {key}: found ")
    found_part, allowed_part = message.split("; allowed: ")
    assert found in found_part
    assert allowed in allowed_part


def test_all_mistakes_are_named_at_once_in_the_order_of_the_lines(tmp_path):
    broken = SCALE.replace("reverse: false", "reverse: 0").replace("points: 3", "points: 3.5")
    with pytest.raises(EmolaborError) as caught:
        load_scale(write(tmp_path, broken))
    assert [text.split(": found")[0].split(", ")[-1] for text in str(caught.value).splitlines()] == [
        "response_format.points",
        "dimensions[0].items[0].reverse",
    ]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("key: [a\nnames: b\n", 2, "no YAML"),
        ("key: a\n\tnames: b\n", 2, "no YAML"),
        ("key: &a [1]\nnames: *a\n", 2, "an alias"),
        ("key: &a [*a]\n", 1, "an alias"),
        ("key: !!python/object/apply:os.getcwd []\n", 1, "the tag !!python/object/apply:os.getcwd"),
        ("key: a\nnames: !!set {b, c}\n", 2, "the tag !!set"),
        ("key: a\nnames: !!binary aGVsbG8=\n", 2, "the tag !!binary"),
        ("key: a\nnames: !!int b\n", 2, "no YAML (a number that is none)"),
        (f"key: a\nnames: {'9' * 5000}\n", 2, "no YAML (a number that is none)"),
        ("key: a\n<<: {names: b}\n", 2, "a key that is not text"),
        ("key: a\n? [b, c]\n: d\n", 2, "a key that is not text"),
        ("%YAML 9.9\n---\nkey: a\n", 1, "no YAML"),
        ("- a\n- b\n", 1, "['a', 'b']"),
        ("hello", 1, "text 'hello'"),
        ("# nothing yet\n", 1, "nothing"),
        ("key: " + "[" * 100_000 + "]" * 100_000, 1, "no YAML (entries nested more than 20 deep)"),
        ("- " * 100_000 + "a", 1, "no YAML (entries nested more than 20 deep)"),
        ("\n".join(" " * depth + "a:" for depth in range(100)), 21, "no YAML (entries nested more than 20 deep)"),
        ("key: a\n---\nkey: b\n", 2, "no YAML"),
        ("key: a\nnames: b\x07\n", 2, "an unprintable character (U+0007)"),
        ("key: a\nnames: b\x00\n", 2, "an unprintable character (U+0000)"),
        ("key: a\nnames: b\x0c\n", 2, "an unprintable character (U+000C)"),
        ("key: a\nnames: b\u200b\n", 2, "an unprintable character (U+200B)"),
        ("key: a\nnames: b\u2028c\n", 2, "an unprintable character (U+2028)"),
        ('key: a\nnames: "b\\a"\n', 2, "an unprintable character (U+0007)"),
        ('key: a\nnames: "b\\ud800"\n', 2, "no YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(tmp_path, text, line, found):
    path = write(tmp_path, text)
    with pytest.raises(EmolaborError) as caught:
        load_scale(path)
    assert re.search(rf"calm\.yaml, line {line}\b.*: found {re.escape(found)}", str(caught.value))


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nkey: [*c, *c]\n"


def test_a_small_file_cannot_stand_for_a_large_one(tmp_path):
    with pytest.raises(EmolaborError, match=r"line 2, b.*: found an alias; allowed: the entry written out"):
        load_scale(write(tmp_path, BOMB))


@pytest.mark.parametrize("coding", ["utf-16", "gb18030", "big5"])
def test_other_codings_are_refused(tmp_path, coding):
    path = tmp_path / "calm.yaml"
    path.write_bytes("key: 平靜\n".encode(coding))
    with pytest.raises(EmolaborError, match=r"calm\.yaml: found bytes that are not UTF-8"):
        load_scale(path)


@pytest.mark.parametrize("written", [SCALE.encode("utf-8-sig"), SCALE.replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_line_ends_of_windows_are_no_mistake(tmp_path, written):
    path = tmp_path / "calm.yaml"
    path.write_bytes(written)
    assert load_scale(path) == load_scale(write(tmp_path, SCALE))


def test_blanks_of_chinese_typing_are_text(tmp_path):
    scale = load_scale(write(tmp_path, SCALE.replace("我很平静。", "我　很平静。")))
    assert scale.items[0].text["zh"] == "我　很平静。"


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(EmolaborError, match="line 1, the file: found nothing; allowed: a mapping"):
        load_scale(write(tmp_path, ""))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    for name in ("none", "folder"):
        with pytest.raises(EmolaborError, match=rf"{name}\.yaml: found no readable file"):
            load_scale(tmp_path / f"{name}.yaml")
