"""A study file puts other scales, claims, constructs or a model in place of the essay's, or says what is wrong."""

import json
from importlib import resources

import pytest
import strangers

from emolabor.common.documents import check_schema, read_document
from emolabor.common.errors import EmolaborError
from emolabor.simulation import simulate_staff
from emolabor.study import load_design, open_study, sample_table
from emolabor.study.folder import fingerprints
from emolabor.study.plan import Job, factors_of
from emolabor.theory import CONSTRUCT_GROUPS, STUDY_FILE

pytestmark = pytest.mark.slow

CLAIMS = """
- id: X1
  section: "2.1"
  text: {zh: 制度清楚，耗竭就少。, en: Where rules are clear there is less exhaustion.}
  testable: true
  paths:
    - {from: institutional_clarity, to: exhaustion, sign: "-"}
"""
GROUPS = "{management: [calm], emotional_labor: [], wellbeing: [exhaustion], service: []}"


@pytest.fixture
def write(tmp_path):
    def run(text, **files):
        for name, content in files.items():
            (tmp_path / name.replace("_yaml", ".yaml").replace("_txt", ".txt")).write_text(content, encoding="utf-8")
        path = tmp_path / "study.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return run


def test_without_a_study_file_the_study_is_the_essay_s(write):
    design = load_design(write("# nothing is changed\n"))
    assert design.claims == load_design().claims
    assert (design.instrument.key, design.groups, design.model) == ("window_staff", CONSTRUCT_GROUPS, None)


def test_the_shipped_study_keeps_to_the_schema():
    schema = json.loads(resources.files("emolabor.study").joinpath("schema.json").read_text(encoding="utf-8"))
    check_schema(read_document(STUDY_FILE), schema)


def test_claims_are_read_from_the_study_s_folder_and_decide_the_factors(write):
    path = write("claims: claims.yaml\n", claims_yaml=CLAIMS)
    assert [claim.id for claim in load_design(path).claims] == ["X1"]
    assert factors_of({"factor": "x"}, path) == ("institutional_clarity",)


def test_claims_may_name_new_constructs(write):
    path = write(
        f"claims: claims.yaml\nconstructs: {GROUPS}\n", claims_yaml=CLAIMS.replace("institutional_clarity", "calm")
    )
    design = load_design(path)
    assert design.claims[0].paths[0].key == "calm>exhaustion"
    assert design.undesirable == ("exhaustion",)
    assert factors_of({"factor": "x"}, path) == ("calm",)


@pytest.mark.parametrize("in_file", [True, False])
def test_a_model_text_takes_the_place_of_the_model_of_the_claims(in_file, write, tmp_path):
    text = "exhaustion =~ ex1 + ex2 + ex3\ninstitutional_clarity =~ ic1 + ic2\nexhaustion ~ institutional_clarity\n"
    path = (
        write("model: model.txt\n", model_txt=text) if in_file else write("model: |\n  " + text.replace("\n", "\n  "))
    )
    data = tmp_path / "simulated.csv"
    simulate_staff(200, seed=1).to_csv(data, index=False)
    study = open_study(data, None, path)
    assert study.model.strip() == text.strip()
    assert study.factors("exhaustion") == ("institutional_clarity",)
    assert study.factors("proactive_service") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claim: x.yaml\n", r"study\.yaml, line 1, claim: found an unknown key; allowed: instrument, claims, model"),
        ("\nclaims: 3\n", r"study\.yaml, line 2, claims: found 3; allowed: text"),
        ("- claims\n", r"study\.yaml, line 1, the file: found \['claims'\]; allowed: a mapping"),
        ("constructs: {management: [a]}\n", r"claims: found nothing; allowed: a file of claims about these constructs"),
        ("constructs: {}\n", r"line 1, constructs: found 0 entries; allowed: at least 1"),
        ("constructs: {Work: [a]}\n", r"line 1, constructs: found text 'Work'; allowed: a group's key"),
        ("factors: managers\n", r"line 1, factors: found 'managers'; allowed: one of the groups management, emotional"),
        ("factors: [calm]\n", r"line 1, factors\[0\]: found 'calm'; allowed: institutional_clarity"),
        ("outcome: sales\n", r"line 1, outcome: found 'sales'; allowed: institutional_clarity"),
        ("marker: colour\n", r"line 1, marker: found 'colour'; allowed: institutional_clarity"),
        ("effect: a>b\n", r"line 1, effect: found 'a>b'; allowed: "),
        ("clusters: [hall]\n", r"line 1, clusters\[0\]: found 'hall'; allowed: respondent, centre"),
        ("groupings: sex\n", r"line 1, groupings: found text 'sex'; allowed: none, or a list of background columns"),
        ("covariates: {person: [size]}\n", r"covariates\.person\[0\]: found 'size'; allowed: respondent, centre"),
        ("profiles: {constructs: [calm]}\n", r"profiles\.constructs\[0\]: found 'calm'; allowed: institutional"),
        ("between: {predictor: calm, outcome: belonging}\n", r"between\.predictor: found 'calm'; allowed: instit"),
        ("rivals: {reverse: [a, service]}\n", r"rivals\.reverse\[0\]: found 'a'; allowed: management, emotional_labor"),
        ("rivals: {merge: [belonging]}\n", r"line 1, rivals\.merge: found"),
        (f"constructs: {GROUPS.replace('calm', 'Calm')}\n", r"line 1, constructs\.management\[0\]: found text 'Calm'"),
        (f"constructs: {GROUPS.replace('calm', 'exhaustion')}\n", r"'exhaustion' again; allowed: each construct once"),
        ("undesirable: [tiredness]\n", r"line 1, undesirable\[0\]: found 'tiredness'; allowed: institutional_clarity"),
        ("population: {column: office, values: [a]}\n", r"population\.column: found 'office'; allowed: dispatch_type,"),
        ("population: {column: sex, values: [man]}\n", r"population\.values\[0\]: found 'man'; allowed: female, male"),
        ("population: {column: sex, values: []}\n", r"study\.yaml, line 1, population"),
        ("population: all\n", r"study\.yaml, line 1, population"),
        ("claims: none.yaml\n", r"none\.yaml: found no readable file"),
        ("instrument: none.yaml\n", r"none\.yaml: found no readable file"),
        ("model: none.txt\n", r"none\.txt: found no readable text in UTF-8; allowed: a model text"),
        ("\nmodel: 'a =~'\n", r"study\.yaml, line 2: model, line 1, column 3: nothing stands right of '=~'"),
        ('model: \'__import__("os").system("touch x")\'\n', r"study\.yaml, line 1: model, line 1, column"),
        ("model: !!python/object/apply:os.getcwd []\n", r"study\.yaml, line 1, model: found the tag !!python"),
        ("claims: &a x.yaml\nmodel: *a\n", r"study\.yaml, line 2, model: found an alias; allowed: the entry written"),
    ],
)
def test_a_mistake_is_told_with_file_line_key_and_what_is_allowed(text, message, write, tmp_path):
    with pytest.raises(EmolaborError, match=message):
        load_design(write(text))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.yaml"]


def test_roles_that_a_study_does_not_name_follow_from_its_constructs_and_claims(tmp_path):
    roles = load_design(strangers.two_moderations(tmp_path / "zh") / "study.yaml").roles
    assert (roles.factors, roles.outcome) == (("resources", "support"), "invention")
    assert roles.effect == "resources>devotion>invention"
    assert (roles.marker, roles.between, roles.merge) == (None, (), ())
    assert (roles.clusters, roles.groupings, roles.description) == (
        ("school", "district"),
        ("stage", "language"),
        ("stage",),
    )
    assert roles.reverse == ("person", "work")
    assert roles.profile_outcomes == ("invention",)
    roles = load_design(strangers.seven_points(tmp_path / "en") / "study.yaml").roles
    assert (roles.clusters, roles.covariates, roles.profiled) == ((), {}, ())


def test_a_role_can_be_nothing(write):
    text = "marker: none\nclusters: none\nprofiles: none\nbetween: none\ncovariates: none\nrivals: {merge: none}\n"
    roles = load_design(write(text)).roles
    assert (roles.marker, roles.clusters, roles.profiled, roles.between, roles.covariates, roles.merge) == (
        None,
        (),
        (),
        (),
        {},
        (),
    )
    assert roles.reverse == ("wellbeing", "service")


def test_a_study_with_a_model_of_its_own_can_do_without_claims(write):
    design = load_design(write("constructs: {work: [calm]}\nmodel: 'exhaustion =~ ex1 + ex2'\n"))
    assert design.claims == () and design.roles.factors == ("calm",)


def test_a_change_in_a_file_that_the_study_names_is_a_change_of_what_results_were_made_from(write, tmp_path):
    path = write("claims: claims.yaml\n", claims_yaml=CLAIMS)
    notebook = tmp_path / "07.ipynb"
    notebook.write_text('{"cells": []}')
    job = Job("07", notebook, {}, {"study_path": path.name})
    before = fingerprints([job], tmp_path / "no_data")
    write(path.read_text(), claims_yaml=CLAIMS.replace("rules", "the rules"))
    assert fingerprints([job], tmp_path / "no_data") != before


def test_a_study_is_about_dispatched_staff_and_others_are_a_contrast(tmp_path):
    data = tmp_path / "simulated.csv"
    simulate_staff(400, seed=1).to_csv(data, index=False)
    study = open_study(data)
    assert set(study.answers["dispatch_type"]) == set(study.everyone["dispatch_type"]) == {"dispatched"}
    contrast = study.staff_by("dispatch_type").data
    assert set(contrast["dispatch_type"]) == {"dispatched", "contract", "agency"}
    assert study.staff_by("sex").data["dispatch_type"].unique().tolist() == ["dispatched"]
    told = sample_table(study)
    assert told["kept"] == len(study.answers) and told["kept"] + told["contrast"] == len(contrast)
    assert told["respondents"] == told["kept"] + told["contrast"] + told["careless"]


def test_a_study_file_can_be_about_others_or_about_everyone(write, tmp_path):
    data = tmp_path / "simulated.csv"
    staff = simulate_staff(400, seed=1)
    staff.to_csv(data, index=False)
    assert len(open_study(data, None, write("population: everyone\n")).staff_by("sex").data) > 350
    others = open_study(data, None, write("population: {column: dispatch_type, values: [contract, agency]}\n"))
    assert set(others.answers["dispatch_type"]) == {"contract", "agency"}
    staff.drop(columns="dispatch_type").to_csv(data, index=False)
    assert len(open_study(data).everyone) == 400  # the file does not tell, so nobody is left out


def test_answers_of_nobody_whom_the_study_is_about_are_refused(tmp_path):
    data = tmp_path / "simulated.csv"
    simulate_staff(60, seed=1).assign(dispatch_type="contract").to_csv(data, index=False)
    with pytest.raises(EmolaborError, match=r"nobody whose dispatch_type is dispatched.*population: everyone"):
        open_study(data)
