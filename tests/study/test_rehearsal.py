import pandas as pd
import pytest
import strangers
import yaml

import emolabor as el
from emolabor import cli
from emolabor.study import load_design, open_study, truth_table
from emolabor.study.rehearsal import rehearse, truth_file


@pytest.fixture
def study(tmp_path):
    return strangers.two_moderations(tmp_path / "zh") / "study.yaml"


def test_a_study_reads_what_was_drawn_for_it_and_knows_its_truth(study):
    answers, truth, book = rehearse(study.parent, 200, 3, study)
    read = el.read_responses(answers, load_design(study).instrument)
    assert len(read.data) == 200 and not len(read.report)
    written = yaml.safe_load(truth.read_text(encoding="utf-8"))
    opened = open_study(answers, study_path=study)
    assert opened.truth == written["paths"]
    assert written["clusters"] == {column: {"groups": 20, "icc": 0.05} for column in ("school", "district")}
    keys = [f"{claim.id} {path.key}" for claim in opened.claims for path in claim.paths]
    judged = pd.DataFrame({"est": 0.1, "ci_lower": 0.05, "ci_upper": 0.3}, index=keys)
    table = truth_table(opened, judged)
    assert table["truth"].tolist() == [0.2, 0.1, 0.2, 0.04, 0.1]
    assert table["covered"].tolist() == [True, True, True, False, True]
    assert all("simulated" in path.name for path in (answers, truth, book))
    assert "SIMULATED" in truth.read_text(encoding="utf-8") and "SIMULATED" in book.read_text(encoding="utf-8")


def test_without_its_truth_beside_it_nothing_is_said_about_the_truth_of_other_constructs(study):
    answers, truth, _ = rehearse(study.parent, 200, 3, study)
    truth.unlink()
    judged = pd.DataFrame({"est": [0.1], "ci_lower": [0.0], "ci_upper": [0.2]}, index=["H1 resources>devotion"])
    assert truth_table(open_study(answers, study_path=study), judged).empty


def test_a_truth_that_is_none_is_refused(study):
    answers, truth, _ = rehearse(study.parent, 200, 3, study)
    truth.write_text("paths: [0.1]", encoding="utf-8")
    with pytest.raises(el.EmolaborError, match=r"answers-simulated_truth\.yaml: found no paths"):
        open_study(answers, study_path=study)


def test_scores_of_a_printed_table_are_freed_of_unreliability(study, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("variable,n,alpha,resources,support\nresources,99,0.9,1,0.3\nsupport,99,0.7,0.3,1\n")
    settings = {"instrument": study.parent / "instrument.yaml", "correlations": table}
    _, truth, _ = rehearse(tmp_path, 100, 1, **settings)
    drawn = yaml.safe_load(truth.read_text(encoding="utf-8"))
    assert drawn["correlations"]["support"]["resources"] == pytest.approx(0.3 / 0.63**0.5)
    assert drawn["alpha"] == {"resources": 0.9, "support": 0.7, "devotion": 0.8, "invention": 0.8}
    table.write_text("variable,n,alpha,resources,support\nresources,99,0.3,1,0.5\nsupport,99,0.3,0.5,1\n")
    with pytest.raises(el.EmolaborError, match="an alpha too low"):
        rehearse(tmp_path, 100, 1, **settings)


def test_a_construct_that_the_questionnaire_does_not_ask_for_is_refused_by_line(study, tmp_path):
    claims = tmp_path / "claims.yaml"
    claims.write_text(
        '- {id: H1, section: "1", testable: true, text: {zh: 一}, paths: [{from: resources, to: luck, sign: "+"}]}\n',
        encoding="utf-8",
    )
    with pytest.raises(el.EmolaborError, match="line 1, H1: construct 'luck' is unknown"):
        rehearse(tmp_path / "out", 100, 1, instrument=study.parent / "instrument.yaml", claims=claims)
    assert not (tmp_path / "out").exists()


def test_the_command_writes_and_says_what_comes_next(study, capsys):
    folder = str(study.parent / "rehearsed")
    settings = ["--effect", "0.3", "--path", "devotion*support>invention=0", "--alpha", "support=0.7"]
    command = ["simulate", folder, "--study", str(study), "--n", "150", *settings, "--cluster", "school", "9", "0.1"]
    assert cli.main(command) == 0
    told = capsys.readouterr().out
    assert told.count("written: ") == 3 and "next: emolabor reproduce --data" in told
    drawn = yaml.safe_load(truth_file(f"{folder}/answers-simulated.csv").read_text(encoding="utf-8"))
    assert drawn["paths"]["resources>devotion"] == 0.3 and drawn["paths"]["devotion*support>invention"] == 0
    assert drawn["alpha"]["support"] == 0.7 and drawn["clusters"] == {"school": {"groups": 9, "icc": 0.1}}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--careless", "0.1"], "--careless: our staff are drawn as they are; allowed: with --study or --instrument"),
        (["--study", "STUDY", "--claims", "c.yaml"], "--study: found --instrument or --claims beside it"),
        (["--study", "STUDY", "--alpha", "0.8", "--alpha", "support=0.7"], "alpha: found 0.8 beside others"),
        (["--study", "STUDY", "--alpha", "support=high"], "alpha: found 'high'; allowed: a number, or NAME=NUMBER"),
        (["--study", "STUDY", "--loading", "support1"], "loadings: found 'support1'"),
        (["--study", "STUDY", "--path", "a>b=1", "--path", "a>b=0"], "effects: found a>b twice"),
        (["--claims", "c.yaml"], "--claims: our staff are drawn as they are"),
    ],
)
def test_the_command_refuses_by_name_and_writes_nothing(study, tmp_path, capsys, options, message):
    options = [str(study) if option == "STUDY" else option for option in options]
    assert cli.main(["simulate", str(tmp_path / "out"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
