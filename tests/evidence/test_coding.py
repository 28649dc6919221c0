"""The coding of the published tables: what is there fits, what does not is named."""

from pathlib import Path

import pytest
import yaml

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.theory import CONSTRUCTS

PUBLISHED = Path(__file__).parents[2] / "data" / "published"


@pytest.fixture(scope="module")
def tables():
    return el.load_published(PUBLISHED)


@pytest.fixture(scope="module")
def coding():
    return el.load_coding(PUBLISHED / "coding.yaml", CONSTRUCTS)


def test_every_table_is_coded_and_every_variable_that_is_named_exists(tables, coding):
    entries = yaml.safe_load((PUBLISHED / "coding.yaml").read_text(encoding="utf-8"))
    of_persons = {key for key, table in tables.items() if not table.ecological}
    assert set(entries) == of_persons and set(coding["table"]) <= of_persons
    for key, entry in entries.items():
        named = {*entry["coded"], *entry.get("left_out", {})}
        assert named <= set(tables[key].cor)


def test_what_is_no_match_says_why(coding):
    entries = yaml.safe_load((PUBLISHED / "coding.yaml").read_text(encoding="utf-8"))
    for entry in entries.values():
        for note in entry.get("left_out", {}).values():
            assert note["zh"] and note["en"]
    assert (coding["note_zh"].astype(bool) == coding["note_en"].astype(bool)).all()


def test_a_reversed_variable_is_turned_around(tables, coding):
    cor = el.code_tables(tables, coding)["deng2020"].cor
    assert cor.loc["accomplishment", "exhaustion"] == -tables["deng2020"].cor.loc["inefficacy", "exhaustion"]
    assert cor.loc["surface_acting", "exhaustion"] == 0.383


def test_grades_let_in_what_they_say(tables, coding):
    same, all_of_them = (
        el.code_tables(tables, coding, grades) for grades in ("same", ("same", "neighbouring", "proxy"))
    )
    assert set(same["deng2020"].cor) == {"surface_acting", "deep_acting", "natural_expression", "exhaustion"}
    assert len(all_of_them) > len(same)


def written(tmp_path, text):
    path = tmp_path / "coding.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "cannot be read as YAML"),
        ("- a", "allowed: tables"),
        ("lu2019: {}", "lu2019: found no 'coded'"),
        ("lu2019: {coded: {work_stress: x}}", "lu2019, work_stress: found 'x'"),
        ("lu2019: {coded: {work_stress: {construct: stress, grade: same, rater: self}}}", "construct: found 'stress'"),
        ("lu2019: {coded: {work_stress: {construct: exhaustion, grade: near, rater: self}}}", "grade: found 'near'"),
        ("lu2019: {coded: {work_stress: {construct: exhaustion, grade: same}}}", "rater: found None"),
        (
            "lu2019: {coded: {work_stress: {construct: exhaustion, grade: same, rater: self, wave: T1}}}",
            "wave: found 'T1'",
        ),
        ("lu2019: {coded: {work_stress: {construct: exhaustion, grade: same, rater: self, lag: 1}}}", "found 'lag'"),
    ],
)
def test_a_coding_that_does_not_fit_is_refused(text, message, tmp_path):
    with pytest.raises(EmolaborError, match=message):
        el.load_coding(written(tmp_path, text), CONSTRUCTS)


TWICE = """
lu2019:
  coded:
    work_stress: {construct: exhaustion, grade: same, rater: self}
    ego_depletion: {construct: exhaustion, grade: proxy, rater: self}
"""


def test_one_construct_coded_twice_is_named(tmp_path):
    with pytest.raises(EmolaborError, match=r"exhaustion is coded 2 times \(work_stress, ego_depletion\)"):
        el.load_coding(written(tmp_path, TWICE))


@pytest.mark.parametrize(("table", "variable"), [("lu2020", "work_stress"), ("lu2019", "stress")])
def test_a_coding_of_what_is_not_there_is_refused(table, variable, tables, tmp_path):
    text = f"{table}: {{coded: {{{variable}: {{construct: exhaustion, grade: same, rater: self}}}}}}"
    with pytest.raises(EmolaborError, match=table):
        el.code_tables(tables, el.load_coding(written(tmp_path, text)))


def test_the_map_holds_every_path_and_pools_the_best_match_only(tables, coding):
    found = el.evidence_map(tables, coding)
    assert found.index.tolist() == el.claim_paths(el.load_claims()).index.tolist()
    row = found.loc["C03 exhaustion>proactive_service"]
    assert (row["k"], row["grade"], row["worse"], row["studies"]) == (1, "neighbouring", 1, "lu2019")
    assert (found.loc[found["k"] == 0, "verdict"] == "no_study").all()
    assert found["kind"].eq("moderation").any() and (found.loc[found["kind"] == "moderation", "k"] == 0).all()
    two = found[found["k"] > 1]
    assert (two["pi_upper"] >= two["ci_upper"]).all()


def test_the_flow_counts_the_tables_that_are_there(tables):
    flow = yaml.safe_load((PUBLISHED / "flow.yaml").read_text(encoding="utf-8"))
    assert flow["registered"] is False and all(entry["reason"]["zh"] for entry in flow["left_out"])
    assert not any(table.citation in entry["what"] for entry in flow["left_out"] for table in tables.values())


def test_something_else_than_a_coding_is_refused(tables):
    with pytest.raises(EmolaborError, match="what load_coding returns"):
        el.code_tables(tables, "coding.yaml")
