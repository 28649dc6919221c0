import re
from dataclasses import FrozenInstanceError

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.theory import (
    CONSTRUCT_GROUPS,
    CONSTRUCTS,
    ORIGINS,
    ClaimPath,
    claim_paths,
    full_model,
    load_claims,
    load_essay,
    measured_claims,
)

CLAIM = """
- id: X01
  section: "1"
  text: {zh: 情绪劳动使人耗竭。, en: Emotional labour tires.}
  testable: true
  paths:
    - {from: surface_acting, to: exhaustion, sign: "+"}
"""


@pytest.fixture(scope="module")
def claims():
    return load_claims()


def read(tmp_path, text):
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return load_claims(file)


def test_every_claim_of_the_essay_is_there_once_and_in_order(claims):
    assert sorted(claim.id for claim in claims) == [f"C{number:02d}" for number in range(1, 26) if number != 21]
    sections = ["abstract", "1", "2.1", "2.2", "2.3", "2.4", "2.5"]
    assert list(dict.fromkeys(claim.section for claim in claims)) == sections
    assert [claim.section for claim in claims] == sorted((claim.section for claim in claims), key=sections.index)


def test_each_text_is_chinese_in_chinese_and_english_in_english(claims):
    for claim in claims:
        for text in filter(None, (claim.text, claim.reason, claim.caution)):
            assert re.search(r"[\u4e00-\u9fff]", text["zh"]), claim.id
            assert not re.search(r"[A-Za-z]", text["zh"]), claim.id
            assert re.fullmatch(r"[\x20-\x7e]+", text["en"]), claim.id


def test_what_staff_answers_cannot_show_says_why_and_has_no_path(claims):
    untestable = {claim.id for claim in claims if not claim.testable}
    assert untestable == {"C07", "C10", "C17", "C23", "C25"}
    assert all((claim.reason is None) == claim.testable == bool(claim.paths) for claim in claims)
    assert {claim.id for claim in claims if claim.caution} == {"C01", "C08", "C16", "C19"}


def test_kind_is_the_most_demanding_of_the_paths(claims):
    kinds = {claim.id: claim.kind for claim in claims}
    assert kinds["C01"] == "path"
    assert kinds["C03"] == "indirect"
    assert kinds["C08"] == "moderation"
    assert kinds["C07"] == "none"


def test_constructs_are_what_the_instrument_measures_but_the_marker(claims):
    assert {*CONSTRUCTS, "music_preference"} == set(load_instrument("window_staff").dimensions())
    named = {name for claim in claims for path in claim.paths for step in path.steps for name in step}
    assert named == set(CONSTRUCTS)


def test_a_path_knows_its_steps_and_its_key():
    moderated = ClaimPath("deep_acting", "service_quality", "+", moderator="exhaustion")
    assert moderated.key == "deep_acting*exhaustion>service_quality"
    assert moderated.steps == (("deep_acting", "service_quality"), ("exhaustion", "service_quality"))
    indirect = ClaimPath("deep_acting", "proactive_service", "+", via="accomplishment")
    assert indirect.steps == (("deep_acting", "accomplishment"), ("accomplishment", "proactive_service"))
    assert indirect.parameter == "deep_acting__accomplishment__proactive_service"


def test_claims_cannot_be_changed(claims):
    with pytest.raises(FrozenInstanceError):
        claims[0].section = "2"


def test_own_claims_can_be_read(tmp_path):
    (claim,) = read(tmp_path, CLAIM)
    assert (claim.id, claim.paths) == ("X01", (ClaimPath("surface_acting", "exhaustion", "+"),))


def test_one_language_stands_in_for_the_other(tmp_path):
    (claim,) = read(tmp_path, CLAIM.replace(", en: Emotional labour tires.", ""))
    assert claim.text["en"] == claim.text["zh"] != ""


def test_every_mistake_of_a_file_is_told_at_once(tmp_path):
    wrong = CLAIM.replace("to: exhaustion", "to: tiredness") + CLAIM.replace("X01", "X02").replace("testable: true", "")
    with pytest.raises(EmolaborError, match=r"(?s)X01: construct 'tiredness'.*X02: field 'testable' is missing"):
        read(tmp_path, wrong)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "to: exhaustion",
            "to: tiredness",
            r"own\.yaml, line 2, X01: construct 'tiredness' is unknown; .*exhaustion",
        ),
        ("to: exhaustion", "to: surface_acting", r"own\.yaml, line 2, X01: .*each construct once"),
        ('sign: "+"', "sign: plus", r"own\.yaml, line 2, X01: sign is 'plus'; allowed: \+, -"),
        (', sign: "+"', "", r"own\.yaml, line 2, X01, paths: field 'sign' is missing"),
        (
            'sign: "+"',
            'sign: "+", by: belonging',
            r"own\.yaml, line 2, X01, paths: field 'by' is unknown; .*via",
        ),
        ('sign: "+"', 'sign: "+", via: belonging, moderator: exhaustion', r"own\.yaml, line 2, X01: .*not both"),
        ("testable: true", "testable: false", r"own\.yaml, line 2, X01: testable is False, so it needs reason"),
        ("testable: true", "testable: perhaps", r"own\.yaml, line 2, X01: testable is 'perhaps'; allowed: true, false"),
        (
            ", en: Emotional labour tires.",
            ", en: ''",
            r"own\.yaml, line 2, X01: text is .*allowed: a text in one or both",
        ),
        (
            ", en: Emotional labour tires.",
            ", fr: Fatigue.",
            r"own\.yaml, line 2, X01: text is .*allowed: a text in one",
        ),
        ("testable: true", "testable: true\n  note: x", r"own\.yaml, line 2, X01: field 'note' is unknown"),
        ('  section: "1"\n', "", r"own\.yaml, line 2, X01: field 'section' is missing"),
        ("- id: X01", "- name: X01", r"own\.yaml: .*each with an id"),
        ("- id: X01", "- id: [X01", r"own\.yaml, line 3: found no YAML"),
    ],
)
def test_a_mistake_names_file_claim_and_what_is_allowed(tmp_path, old, new, message):
    assert old in CLAIM
    with pytest.raises(EmolaborError, match=message):
        read(tmp_path, CLAIM.replace(old, new))


def test_an_id_used_twice_is_refused(tmp_path):
    with pytest.raises(EmolaborError, match="line 9, X01: this id is used twice"):
        read(tmp_path, CLAIM + CLAIM)


def test_arrows_of_constructs_that_were_not_measured_are_set_aside_with_what_is_missing(claims):
    dimensions = {key: items for key, items in load_instrument("window_staff").dimensions().items()}
    del dimensions["exhaustion"], dimensions["role_pressure"]
    measured = {claim.id: claim for claim in measured_claims(claims, dimensions)}
    assert list(measured) == [claim.id for claim in claims]
    assert measured["C01"].paths == ()
    assert measured["C01"].unmeasured == {ClaimPath("role_pressure", "surface_acting", "+"): ("role_pressure",)}
    assert measured["C05"] == next(claim for claim in claims if claim.id == "C05")
    assert "exhaustion" not in full_model(dimensions, measured.values())
    assert all({*measured[claim.id].paths, *measured[claim.id].unmeasured} == {*claim.paths} for claim in claims)


def test_claims_may_name_constructs_of_other_groups(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(CLAIM.replace("surface_acting", "calm"), encoding="utf-8")
    groups = {"management": ("calm",), "emotional_labor": (), "wellbeing": ("exhaustion",), "service": ()}
    (claim,) = load_claims(file, groups)
    items = {"calm": ["ca1", "ca2"], "exhaustion": ["ex1"]}
    assert full_model(items, [claim], groups=groups).splitlines()[-1] == "exhaustion ~ calm"
    with pytest.raises(EmolaborError, match="'calm' is unknown; allowed: institutional_clarity"):
        load_claims(file)


def test_every_path_says_where_it_comes_from(claims):
    places, said = load_essay().index, set()
    for claim in claims:
        for path in claim.paths:
            assert path.origin in ORIGINS, (claim.id, path.key)
            assert path.place and set(path.place) <= set(places), (claim.id, path.key)
            assert any(place.split("/")[0] == claim.section for place in path.place), (claim.id, path.key)
            assert bool(path.citation) == (path.origin == "literature"), (claim.id, path.key)
            said.add(path.origin)
    assert said == set(ORIGINS)


def test_a_strategy_of_emotional_labour_is_never_the_essays_own(claims):
    # The essay knows one word; surface, deep and natural are the study's reading of it.
    strategies = set(CONSTRUCT_GROUPS["emotional_labor"])
    paths = [path for claim in claims for path in claim.paths if strategies & set(path.constructs)]
    assert paths and {path.origin for path in paths} <= {"inferred", "literature"}


def test_the_essay_is_rendered_sentence_by_sentence_and_ends_before_section_three():
    essay = load_essay()
    sections = [place.split("/s")[0] for place in essay.index]
    assert list(dict.fromkeys(sections)) == ["abstract", "1", "2.1", "2.2", "2.3", "2.4", "2.5"]
    for section in set(sections):
        numbers = [int(place.split("/s")[1]) for place in essay.index if place.split("/s")[0] == section]
        assert numbers == list(range(1, len(numbers) + 1)), section
    assert essay["says_zh"].str.contains("[\u4e00-\u9fff]").all() and essay["says_en"].map(str.isascii).all()


def test_claim_paths_tells_origin_place_and_what_stands_there(claims):
    table = claim_paths(claims)
    assert list(table) == [
        "claim", "section", "path", "kind", "expected", "origin", "place", "says_zh", "says_en", "citation",
    ]  # fmt: skip
    assert len(table) == sum(len(claim.paths) for claim in claims) and table.index.is_unique
    row = table.loc["C14 marginalisation>passive_attitude"]
    assert row["place"] == "2.4/s1; 2.4/s4" and row["says_en"].count(". ") == 1


ORIGIN = 'sign: "+", origin: literature, place: [1/s1], citation: Someone 2001}'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("literature", "hearsay", r"line 2, X01, paths, .*origin is 'hearsay'; allowed: essay, inferred, literature"),
        (", citation: Someone 2001", "", "origin is literature and citation None"),
        ("literature", "essay", "origin is essay and citation 'Someone 2001'; allowed: a citation for literature"),
        ("place: [1/s1]", "place: 1/s1", r"place is '1/s1'; allowed: a list of sentences"),
        ("place: [1/s1]", "place: []", r"place is \[\]; allowed"),
        ("origin: literature, ", "", "origin is None; allowed"),
    ],
)
def test_an_origin_that_is_told_by_halves_is_refused(tmp_path, old, new, message):
    own = CLAIM.replace('sign: "+"}', ORIGIN)
    (claim,) = read(tmp_path, own)
    assert (claim.paths[0].origin, claim.paths[0].place, claim.paths[0].citation) == (
        "literature",
        ("1/s1",),
        "Someone 2001",
    )
    with pytest.raises(EmolaborError, match=message):
        read(tmp_path, own.replace(old, new))


def test_own_claims_need_not_tell_an_origin(tmp_path):
    (claim,) = read(tmp_path, CLAIM)
    assert claim.paths[0].origin is None and claim_paths([claim])["place"].tolist() == [""]


def test_a_missing_file_is_a_users_mistake(tmp_path):
    with pytest.raises(EmolaborError, match=r"none\.yaml: found no readable file"):
        load_claims(tmp_path / "none.yaml")
