"""Entries for other people's scales: facts with their source, never wording."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from emolabor.scales import list_scales, load_scale
from emolabor.theory.constructs import CONSTRUCTS

FOLDER = Path(str(files("emolabor.scales")))
PATHS = sorted((FOLDER / "published").glob("*.yaml"))
KNOWN = "general knowledge, not checked"


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_the_scales_of_the_field_are_listed():
    # Emotional labour, burnout, roles, support, identification, public service motivation, proactive service.
    assert {path.stem for path in PATHS} == {
        *"els_2003 diefendorff_2005 grandey_2003 yang_2019 deels_2004 fews_1999 dqel_2007 gnm_2019".split(),
        *"mbi_hss cbi_2005 olbi bat_core copsoq_iii rizzo_1970 spos_1986 mael_1992".split(),
        *"psm_perry_1996 psm_kim_2013 bettencourt_1997 rank_2007".split(),
    }


def test_a_file_keeps_the_schema_and_loads_alike_by_key_and_by_path(path):
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert load_scale(path.stem) == load_scale(path)
    assert load_scale(path.stem).key == path.stem


def test_no_wording_is_shipped(path):
    scale = load_scale(path.stem)
    assert scale.rights["text"] == "withheld"
    assert scale.instruction is None
    assert scale.response_format is None or scale.response_format.labels is None
    assert {item.text for item in scale.items} <= {None}
    assert {"instruction", "response_format"} <= set(scale.unwritten)


def test_rights_say_who_and_why(path):
    rights = load_scale(path.stem).rights
    assert len(rights["evidence"].split()) > 5
    assert rights["holder"] and rights["licence"]


def test_what_was_only_recalled_is_not_called_verified(path):
    scale = load_scale(path.stem)
    assert scale.facts
    for fact in scale.facts:
        if fact["source"] == KNOWN:
            assert not fact["verified"], fact
    assert scale.citations


def test_listed_items_come_with_facts_about_number_direction_and_answers(path):
    scale = load_scale(path.stem)
    told = {fact["about"] for fact in scale.facts}
    assert "dimensions" in told
    if scale.items:
        assert {"items", "directions", "response_format"} <= told
        assert all(dimension.items for dimension in scale.dimensions)


def test_names_and_definitions_are_chinese_and_english(path):
    scale = load_scale(path.stem)
    for translations in [scale.names, scale.construct, *(dimension.names for dimension in scale.dimensions)]:
        translations["zh"].encode("gb2312")
        assert re.search("[一-鿿]", translations["zh"])
        assert not re.search("[一-鿿]", translations["en"])


def test_no_key_of_an_item_or_dimension_is_used_in_two_scales():
    # One questionnaire may hold any of them together.
    keys = []
    for key in list_scales()["key"]:
        scale = load_scale(key)
        keys += [item.key for item in scale.items] + [dimension.key for dimension in scale.dimensions]
    assert len(set(keys)) == len(keys)


def test_every_construct_of_the_study_has_a_scale_of_our_own():
    own = [load_scale(key) for key in list_scales()["key"] if load_scale(key).rights["text"] == "own"]
    assert set(CONSTRUCTS) <= {dimension.key for scale in own for dimension in scale.dimensions}
    assert all(set(scale.languages) == {"zh", "en"} and not scale.unwritten for scale in own)
