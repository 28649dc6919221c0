import re

import pytest
from tests.support.strangers import seven_points

from emolabor.cli.program import main
from emolabor.common.errors import EmolaborError
from emolabor.common.words import speaking
from emolabor.study.frozen_plan import check_plan, told, write_plan

pytestmark = pytest.mark.slow


@pytest.fixture
def study(tmp_path):
    seven_points(tmp_path)
    return tmp_path / "study.yaml"


def places(check):
    return [one.place for one in check.departures]


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_run_that_keeps_to_the_plan_is_told_so(study):
    write_plan(study, n=400)
    check = check_plan(study, {}, 400)
    assert check.departures == () and not check.tampered
    with speaking("en"):
        ((short,), departures) = told(check)
    assert short.endswith("this run keeps to it") and departures == []


def test_a_plan_says_what_is_tested_by_which_rule_and_has_no_clock(study, tmp_path):
    text = write_plan(study, n=400).read_text(encoding="utf-8")
    assert "path: leadership>engagement>voice\n  kind: indirect\n  expected: +" in text
    assert "smallest:\n  direct: 0.1\n  indirect: 0.01\n  product: 0.05" in text
    assert "n: 400" in text and "estimator: MLR" in text and "families of indices that flag: 2" in text
    assert not re.search("20[0-9][0-9]-[0-9][0-9]", text) and str(tmp_path) not in text
    (study.parent / "plan.yaml").unlink()
    assert write_plan(study, n=400).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("claims.yaml", 'to: strain, sign: "-"', 'to: strain, sign: "+"',
         ["H4 engagement>strain", "files: claims.yaml"]),
        ("claims.yaml", "Leadership goes with", "Leading goes with", ["files: claims.yaml"]),
        ("study.yaml", "undesirable", "smallest: {direct: 0.05}\nundesirable",
         ["smallest: direct", "files: study.yaml"]),
        ("study.yaml", "undesirable", "population: {column: gender, values: [f]}\nundesirable",
         ["population", "files: study.yaml", "population: column", "population: values"]),
        ("instrument.yaml", "consent: {en: voice_survey}", "consent: {en: Please agree.}", ["files: instrument.yaml"]),
    ],
)  # fmt: skip
def test_every_departure_is_named(study, file, old, new, expected):
    write_plan(study, n=400)
    change(study.parent / file, old, new)
    check = check_plan(study, {}, 400)
    assert places(check) == expected and not check.tampered


def test_n_estimator_and_mapping_of_the_run_are_held_against_the_plan(study, tmp_path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("missing: [-99]\n", encoding="utf-8")
    write_plan(study, n=400)
    assert places(check_plan(study, {"mapping_path": str(mapping)}, 400)) == []
    assert places(check_plan(study, {}, 400)) == []
    check = check_plan(study, {"estimator": "ML"}, 372)
    with speaking("en"):
        short, departures = told(check)
    assert "departs from it in 2 points" in short[0]
    assert departures == [
        "departs from the plan: n: planned 400, found 372",
        "departs from the plan: estimator: planned MLR, found ML",
    ]
    mapping.write_text("missing: [-98]\n", encoding="utf-8")
    assert places(check_plan(study, {}, 400)) == ["files: mapping.yaml"]


def test_claims_that_come_later_and_claims_that_are_dropped_are_named(study):
    write_plan(study)
    change(study.parent / "claims.yaml", "{from: autonomy, to: engagement", "{from: autonomy, to: voice")
    check = check_plan(study, {}, 400)
    assert places(check) == ["H2 autonomy>engagement", "files: claims.yaml", "H2 autonomy>voice"]
    with speaking("en"):
        departures = told(check)[1]
    assert departures[0].endswith("H2 autonomy>engagement: planned direct (+), found nothing")
    assert departures[2].endswith("H2 autonomy>voice: planned nothing, found direct (+)")


@pytest.mark.parametrize(
    ("old", "new"), [("direct: 0.1", "direct: 0.05"), ("n: 400", "n: 372"), ("files:", "files: 5\nmore:")]
)
def test_a_plan_that_was_changed_is_told_by_name(study, old, new):
    change(write_plan(study, n=400), old, new)
    check = check_plan(study, {}, 372)
    with speaking("en"):
        short, _ = told(check)
    assert check.tampered and short[0].startswith("the plan (plan.yaml) was changed after it was written")


def test_a_study_without_a_plan_is_held_against_none(study):
    assert check_plan(study, {}, 400) is None and check_plan(None, {}, 400) is None


def test_a_plan_is_written_once(study):
    write_plan(study)
    with pytest.raises(EmolaborError, match="a plan is there already"):
        write_plan(study)


@pytest.mark.parametrize("text", ["", "- 1\n", "n: 4\n", "checksum: 5\n"])
def test_what_is_no_plan_is_refused(study, text):
    study.with_name("plan.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(EmolaborError, match=r"plan\.yaml: found no plan"):
        check_plan(study, {}, 400)


@pytest.mark.parametrize(
    ("arguments", "message"), [(["--n", "1"], "n: found 1"), (["--estimator", "ML2"], "estimator")]
)
def test_a_wrong_option_writes_nothing(study, capsys, arguments, message):
    assert main(["plan", str(study), *arguments]) == 2
    assert message in capsys.readouterr().err and not study.with_name("plan.yaml").exists()
    assert main(["plan", str(study), "--n", "400"]) == 0
    assert capsys.readouterr().out.startswith("written: ")
