"""Instruments by key and by path; mistakes are named with file, line and key."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument

FOLDER = Path(str(files("emolabor.instrument")))
SHIPPED = FOLDER / "window_staff.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def write(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_keeps_the_schema_and_loads_alike_by_key_and_by_path():
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load(TEXT))
    assert load_instrument("window_staff") == load_instrument(SHIPPED)


def test_both_schemas_mean_the_same_by_the_same_word():
    here = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))["$defs"]
    scales = json.loads((files("emolabor.scales") / "schema.json").read_text(encoding="utf-8"))["$defs"]
    shared = set(here) & set(scales)
    assert shared == {"key", "words", "translations"}
    assert all(here[name] == scales[name] for name in shared)


def test_a_shipped_instrument_loads_without_the_slow_import():
    # jsonschema takes seconds to import where jupyterlab brought its optional format checkers.
    code = "import sys; from emolabor.instrument import load_instrument; load_instrument('window_staff');"
    code += "sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


BROKEN = {
    # name: (what is replaced, by what, where the line named begins, key, found, allowed)
    "missing translation of a label": (
        "      en: Sex\n",
        "",
        "    names:\n      zh: 性别",
        "background[5].names.en",
        "nothing",
        "zh, en",
    ),
    "missing translation of a value": (
        "          en: Male\n",
        "",
        "        names:\n          zh: 男",
        "background[5].values[1].names.en",
        "nothing",
        "zh, en",
    ),
    "an unknown key": ("consent:", "konsent:", "konsent:", "konsent", "an unknown key", "consent"),
    "a scale that is not there": (
        "  - belonging",
        "  - longing",
        "  - longing",
        "scales[17]",
        "'longing'",
        "belonging",
    ),
    "a scale twice": ("  - belonging", "  - accomplishment", "scales:", "scales", "accomplishment", "each entry once"),
    "a check named like an item": (
        "key: at1",
        "key: ic1",
        "  - key: ic1",
        "attention_checks[0].key",
        "'ic1'",
        "a new key",
    ),
    "a column twice": (
        "key: department",
        "key: centre",
        "  - key: centre\n    kind: code\n    pattern: D",
        "background[2].key",
        "'centre'",
        "a new key",
    ),
    "a page break before an absent scale": (
        "  - training_access\n  - emotional_labor\n  - emotional_exhaustion\n  - accomplishment\n",
        "  - margin\n  - emotional_labor\n  - emotional_exhaustion\n  - accomplishment\n",
        "  - margin\n",
        "new_page_before[1]",
        "'margin'",
        "training_access",
    ),
    "a random order of an absent scale": (
        "random_order:\n  - emotional_labor",
        "random_order:\n  - labor",
        "  - labor\n",
        "random_order[0]",
        "'labor'",
        "emotional_labor",
    ),
    "a check named like the consent": (
        "key: at1",
        "key: consent",
        "  - key: consent",
        "attention_checks[0].key",
        "'consent'",
        "a new key",
    ),
    "a check after an absent scale": (
        "after: unit_guidance",
        "after: support",
        "    after: support",
        "attention_checks[0].after",
        "'support'",
        "belonging",
    ),
    "an answer that is no code": (
        "expected: 4",
        "expected: 6",
        "    expected: 6",
        "attention_checks[0].expected",
        "6",
        "1 to 5",
    ),
    "an answer that is text": (
        "expected: 4",
        "expected: four",
        "    expected: four",
        "attention_checks[0].expected",
        "'four'",
        "a whole number",
    ),
    "a choice without values": (
        "kind: number\n    minimum: 0",
        "kind: choice\n    minimum: 0",
        "  - key: seconds",
        "background[7].values",
        "nothing",
        "an entry",
    ),
    "a code without pattern": (
        "    pattern: C[0-9]{2,3}\n",
        "",
        "  - key: centre",
        "background[1].pattern",
        "nothing",
        "an entry",
    ),
    "a pattern that is none": (
        "C[0-9]{2,3}",
        "C[0-9",
        "    pattern: C[0-9",
        "background[1].pattern",
        "'C[0-9'",
        "a regular expression",
    ),
    "a kind that is not offered": (
        "kind: number\n    minimum: 0",
        "kind: date\n    minimum: 0",
        "    kind: date",
        "background[7].kind",
        "'date'",
        "choice",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named_with_its_place(tmp_path, name):
    old, new, named, key, found, allowed = BROKEN[name]
    assert TEXT.count(old) == 1
    broken = TEXT.replace(old, new)
    line = broken[: broken.index(named)].count("\n") + 1
    path = write(tmp_path, broken)
    with pytest.raises(EmolaborError) as caught:
        load_instrument(path)
    message = next(text for text in str(caught.value).splitlines() if f" {key}: found" in text)
    assert message.startswith(f"{path}, line {line}, {key}: found ")
    found_part, allowed_part = message.split("; allowed: ", 1)
    assert found in found_part
    assert allowed in allowed_part


def test_an_unknown_key_is_refused_with_the_known_ones():
    with pytest.raises(EmolaborError, match=r"key_or_path: found 'staff'; allowed: .*window_staff"):
        load_instrument("staff")


def test_a_users_scale_is_found_from_the_instruments_folder(tmp_path):
    scale = (files("emolabor.scales") / "library" / "belonging.yaml").read_text(encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "belonging.yaml").write_text(scale.replace("自己人", "一家人"), encoding="utf-8")
    instrument = load_instrument(write(tmp_path, TEXT.replace("  - belonging\n", "  - own/belonging.yaml\n")))
    texts = instrument.items("zh").set_index("key")["text"]
    assert texts["be1"] == "在中心，同事们把我当一家人。"
    assert texts["be2"] == load_instrument("window_staff").items("zh").set_index("key")["text"]["be2"]


def test_a_scale_without_the_instruments_languages_is_refused(tmp_path):
    data = yaml.safe_load((files("emolabor.scales") / "library" / "belonging.yaml").read_text(encoding="utf-8"))

    def without_english(value):
        if isinstance(value, dict):
            return {key: without_english(entry) for key, entry in value.items() if key != "en"}
        return [without_english(entry) for entry in value] if isinstance(value, list) else value

    (tmp_path / "belonging.yaml").write_text(
        yaml.safe_dump(without_english(data), allow_unicode=True), encoding="utf-8"
    )
    path = write(tmp_path, TEXT.replace("  - belonging\n", "  - belonging.yaml\n"))
    with pytest.raises(EmolaborError, match=r"scales\[17\]\.en: found nothing; allowed: a text in each of zh, en"):
        load_instrument(path)
