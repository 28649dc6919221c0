import os
import subprocess
import sys

import pandas as pd
import pytest
import yaml

import emolabor as el
from emolabor import cli
from emolabor.simulation.folder import DATA_FILE

pytestmark = pytest.mark.slow

MODEL = "surface_acting =~ sa1 + sa2 + sa3 + sa4"


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated")
    assert cli.main(["simulate", str(folder), "--n", "120", "--seed", "3"]) == 0
    return folder / DATA_FILE


@pytest.fixture
def refused(capsys):
    """Run a command that must be refused; return its one message."""

    def run(*arguments):
        assert cli.main([str(argument) for argument in arguments]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err
        return told.err.strip()

    return run


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", sorted(cli.cli.commands))
def test_every_help_has_an_example(command, capsys):
    assert cli.main([command, "--help"]) == 0
    assert f"Examples:\n    emolabor {command}" in capsys.readouterr().out


def test_simulate_writes_the_same_files_again(answers, tmp_path, capsys):
    assert cli.main(["simulate", str(tmp_path), "--n", "120", "--seed", "3"]) == 0
    assert (tmp_path / DATA_FILE).read_bytes() == answers.read_bytes()
    assert len(pd.read_csv(answers)) == 120
    assert str(tmp_path / DATA_FILE) in capsys.readouterr().out


def test_check_reports_what_does_not_fit(answers, tmp_path, capsys):
    data = pd.read_csv(answers, dtype=str)
    data.loc[0, "sa1"] = "9"
    data.to_csv(tmp_path / "mine.csv", index=False)
    assert cli.main(["check", str(tmp_path / "mine.csv")]) == 0
    told = capsys.readouterr().out
    assert "120 respondents read, 1 finding" in told
    assert "sa1" in told


def test_check_proposes_a_mapping_that_then_reads_the_file(answers, tmp_path, capsys):
    data = pd.read_csv(answers, dtype=str).rename(columns={"sa1": "Q7", "ic2": "Q8"})
    file, mapping = tmp_path / "mine.csv", tmp_path / "mapping.yaml"
    data.assign(手机="13800138000").to_csv(file, index=False)
    assert cli.main(["check", str(file)]) == 2
    told = capsys.readouterr()
    assert "found no column for ic2, sa1" in told.err and "Q7  (order)" in told.out
    assert cli.main(["check", str(file), "--write-mapping", str(mapping)]) == 0
    text = mapping.read_text(encoding="utf-8").replace("ic2: Q7", "ic2: Q8").replace("sa1: Q8", "sa1: Q7")
    mapping.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["check", str(file), "--mapping", str(mapping), "--report", str(tmp_path / "report.csv")]) == 0
    told = capsys.readouterr().out
    assert "91 by mapping" in told and "120 respondents read, 1 finding" in told
    assert "13800138000" not in told + (tmp_path / "report.csv").read_text(encoding="utf-8")


def test_sentences_come_in_chinese_where_asked(answers, tmp_path, capsys):
    data = pd.read_csv(answers, dtype=str).assign(姓名="某某")
    data.to_csv(tmp_path / "mine.csv", index=False)
    assert cli.main(["check", str(tmp_path / "mine.csv"), "--language", "zh"]) == 0
    assert "疑似个人信息，整列删除，内容未作任何保留：姓名。" in capsys.readouterr().out


def test_screen_prints_counts_and_writes_rows_only_where_asked(answers, tmp_path, capsys):
    output = tmp_path / "screened.csv"
    assert cli.main(["screen", str(answers), "--cutoff", "seconds_per_item", "4", "--output", str(output)]) == 0
    told, table = capsys.readouterr().out, pd.read_csv(output)
    assert len(table) == 120 and table.columns[0] == "respondent"
    line = next(line for line in told.splitlines() if line.strip().startswith("seconds_per_item"))
    assert line.split()[-1] == str((table["seconds_per_item"] < 4).sum())
    assert f"careless: {table['careless'].sum()} of 120" in told


def test_a_cutoff_of_no_index_is_refused(refused, answers):
    assert "cutoffs: found 'speed'" in refused("screen", answers, "--cutoff", "speed", "1")


def test_score_prints_distributions_and_writes_rows_only_where_asked(answers, tmp_path, capsys):
    output = tmp_path / "scores.csv"
    assert cli.main(["score", str(answers), "--output", str(output)]) == 0
    told = capsys.readouterr().out
    scores = pd.read_csv(output)
    assert len(scores) == 120
    assert scores.columns[0] == "respondent"
    row = next(line for line in told.splitlines() if line.startswith("exhaustion")).split()
    assert float(row[2]) == pytest.approx(scores["exhaustion"].mean(), abs=0.025)  # of 120: steps of 0.05


def test_validate_scale_prints_findings_and_writes_the_pages(answers, tmp_path, capsys):
    data = pd.read_csv(answers)
    data["sa2"] = 6 - data["sa2"]
    data["form"] = ["A", "B"] * 60
    data.to_csv(tmp_path / "mine.csv", index=False)
    pages = [tmp_path / f"report.{ending}" for ending in ("md", "html", "docx")]
    arguments = ["--scale", "emotional_labor", "--version", "form", "--old", "A", "--language", "en"]
    outputs = [part for page in pages for part in ("--output", str(page))]
    assert cli.main(["validate-scale", str(tmp_path / "mine.csv"), *arguments, *outputs]) == 0
    told = capsys.readouterr().out
    assert "Mend the faults" in told and "sa2 runs against" in told and "The versions" in told
    assert all(page.stat().st_size > 1000 for page in pages)


def test_validate_scale_takes_a_scale_of_a_larger_questionnaire(answers, capsys):
    options = ["--scale", "unit_guidance", "--instrument", "window_staff", "--keep-careless"]
    assert cli.main(["validate-scale", str(answers), *options]) == 0
    assert "were not screened" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--scale", "nothing"), "found 'nothing'"),
        (("--scale", "unit_guidance", "--old", "A"), "--version, --old: found one of them"),
        (("--scale", "unit_guidance", "--output", "report.pdf"), "found 'report.pdf'; allowed"),
        (("--scale", "unit_guidance", "--version", "wave", "--old", "1"), "found no column 'wave'"),
    ],
)
def test_validate_scale_refuses_what_it_cannot_do(options, message, refused, answers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert message in refused("validate-scale", answers, *options)
    assert list(tmp_path.iterdir()) == []


def test_fit_gives_the_same_summary_from_data_and_from_their_covariances(answers, tmp_path, capsys):
    model = write(tmp_path, "model.txt", MODEL)
    items = pd.read_csv(answers)[["sa1", "sa2", "sa3", "sa4"]].dropna()
    items.to_csv(tmp_path / "data.csv", index=False)
    items.cov().to_csv(tmp_path / "cov.csv")
    assert cli.main(["fit", str(model), str(tmp_path / "data.csv")]) == 0
    from_data = capsys.readouterr().out
    assert cli.main(["fit", str(model), "--cov", str(tmp_path / "cov.csv"), "--n-obs", str(len(items))]) == 0
    from_cov = capsys.readouterr().out
    assert "Latent Variables" in from_data
    assert from_cov.splitlines()[1:] == from_data.splitlines()[1:]


def test_fit_takes_clusters_and_weights(answers, tmp_path, capsys):
    model = write(tmp_path, "model.txt", MODEL)
    items = pd.read_csv(answers)[["sa1", "sa2", "sa3", "sa4"]].dropna().reset_index(drop=True)
    place = items.index
    items.assign(centre=place % 30, shift=place**2 % 37, w=1.0 + place % 3).to_csv(tmp_path / "design.csv")
    options = ["--cluster", "centre", "--cluster", "shift", "--sampling-weights", "w"]
    assert cli.main(["fit", str(model), str(tmp_path / "design.csv"), *options]) == 0
    assert "Number of clusters [shift]" in capsys.readouterr().out
    assert cli.main(["fit", str(model), str(tmp_path / "design.csv"), *options[:2]]) == 0
    assert "Number of clusters " in capsys.readouterr().out
    assert cli.main(["fit", str(model), str(tmp_path / "design.csv"), "--sampling-weights", "sa9"]) == 2


def test_fit_takes_what_the_engine_takes_of_missing_answers_groups_and_categories(answers, tmp_path, capsys):
    model = write(tmp_path, "model.txt", MODEL)

    def summary(*options):
        assert cli.main(["fit", str(model), str(answers), *options]) == 0
        return capsys.readouterr().out.rstrip().splitlines()[1:]

    data = pd.read_csv(answers)
    for options, words in (
        (["--missing", "fiml", "--estimator", "MLR"], {"missing": "fiml", "estimator": "MLR"}),
        (["--ordered", "--missing", "pairwise"], {"ordered": True, "missing": "pairwise"}),
        (["--group", "sex", "--strata", "dispatch_type"], {"group": "sex", "strata": "dispatch_type"}),
    ):
        assert summary(*options) == el.sem(MODEL, data, **words).summary().rstrip().splitlines()[1:]
    assert cli.main(["fit", str(model), str(answers), "--missing", "drop"]) == 2
    assert "missing: found 'drop'" in capsys.readouterr().err


def test_a_byte_order_mark_in_the_model_does_no_harm(answers, tmp_path, capsys):
    summaries = []
    for encoding in ("utf-8", "utf-8-sig"):
        file = tmp_path / f"{encoding}.txt"
        file.write_text(MODEL.replace("\n", "\r\n"), encoding=encoding)
        assert cli.main(["fit", str(file), str(answers)]) == 0
        summaries.append(capsys.readouterr().out)
    assert summaries[0] == summaries[1]


def test_a_mistake_in_the_model_is_named_with_line_and_column(refused, answers, tmp_path):
    message = refused("fit", write(tmp_path, "model.txt", "f =~ sa1 + sa2\nf ~ ~ sa3"), answers)
    assert "line 2, column 5" in message


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (",sa1,sa2,sa3,sa4\nsa1,1,.5,.5,.5\nsa2,.4,1,.5,.5\nsa3,.5,.5,1,.5\nsa4,.5,.5,.5,1\n", "not symmetric"),
        (",sa1,sa2,sa3,sa4\nsa1,1,1,.5,.5\nsa2,1,1,.5,.5\nsa3,.5,.5,1,.5\nsa4,.5,.5,.5,1\n", "not positive definite"),
        (",sa1,sa2,sa3\nsa1,1,.5,.5\nsa2,.5,1,.5\nsa3,.5,.5,1\n", "sa4"),
        (",sa1,sa2\nsa1,1,x\nsa2,.5,1\n", "sa"),
        ("", "cannot be read as a CSV table"),
    ],
)
def test_a_wrong_matrix_is_refused(matrix, message, refused, tmp_path):
    cov = write(tmp_path, "cov.csv", matrix)
    assert message in refused("fit", write(tmp_path, "model.txt", MODEL), "--cov", cov, "--n-obs", 100)


@pytest.mark.parametrize("options", [[], ["--cov", "cov.csv"], ["--n-obs", "100"]])
def test_fit_needs_data_or_a_matrix_with_its_n(options, refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "cov.csv", ",sa1,sa2,sa3,sa4\nsa1,1,.5,.5,.5\nsa2,.5,1,.5,.5\nsa3,.5,.5,1,.5\nsa4,.5,.5,.5,1\n")
    assert refused("fit", write(tmp_path, "model.txt", MODEL), *options)


def test_an_unknown_column_is_named(refused, answers, tmp_path):
    assert "sa9" in refused("fit", write(tmp_path, "model.txt", MODEL + " + sa9"), answers)


@pytest.mark.parametrize("command", [["check"], ["score"], ["screen"], ["fit"]])
def test_a_missing_file_is_named(command, refused, tmp_path):
    assert "nowhere.csv" in refused(*command, tmp_path / "nowhere.csv")


@pytest.mark.parametrize("command", [["check"], ["score"], ["screen"]])
def test_a_file_of_another_kind_is_refused(command, refused, tmp_path):
    assert "mine.csv" in refused(*command, write(tmp_path, "mine.csv", "a,b\n1,2\n"))


def test_a_binary_file_is_refused(refused, tmp_path):
    (tmp_path / "model.txt").write_bytes(b"\xff\xfe\x00")
    assert "not a text in UTF-8" in refused("fit", tmp_path / "model.txt")


def test_scores_that_cannot_be_written_leave_nothing_behind(answers, tmp_path, capsys):
    blocker = write(tmp_path, "folder", "a file, not a folder")
    assert cli.main(["score", str(answers), "--output", str(blocker / "scores.csv")]) == 2
    told = capsys.readouterr()
    assert "folder" in told.err
    assert "Traceback" not in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    "command",
    [
        ["check", "mine.csv", "--report", "mine.csv"],
        ["check", "mine.csv", "--write-mapping", "./mine.csv"],
        ["screen", "mine.csv", "--output", "mine.csv"],
        ["score", "mine.csv", "--output", "linked.csv"],
        ["codebook", "--data", "mine.csv", "--output", "mine.csv"],
        ["score", ".", "--output", "scores.csv"],
        ["check", "mine.csv", "--mapping", "m.yaml", "--write-mapping", "m.yaml"],
    ],
)
def test_what_is_read_is_not_written_over(command, refused, answers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "mine.csv", answers.read_text(encoding="utf-8"))
    (tmp_path / "linked.csv").symlink_to("mine.csv")
    write(tmp_path, "m.yaml", "columns: {sa1: sa1}\n")
    assert refused(*command).endswith("found a name of what this is made from; allowed: another file or folder")
    assert (tmp_path / "mine.csv").read_bytes() == answers.read_bytes()


def test_a_wrong_number_of_respondents_writes_nothing(refused, tmp_path):
    assert "n" in refused("simulate", tmp_path / "out", "--n", "0")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reproduce", "--only", "99"], "no notebook begins with '99'"),
        (["reproduce", "-p", "sed", "1"], "parameter 'sed' is unknown"),
        (["reproduce", "--language", "de"], "language: found 'de'; allowed: zh, en"),
        (["reproduce", "--run", "a/b"], "run: found 'a/b'"),
        (["nope"], "No such command"),
        (["simulate"], "Missing argument"),
        (["simulate", "x", "--n", "many"], "not a valid integer"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message, refused):
    assert message in refused(*arguments)


@pytest.mark.parametrize(("succeeded", "status"), [(True, 0), (False, 1)])
def test_a_run_with_a_difference_ends_with_status_one(succeeded, status, monkeypatch, capsys):
    from emolabor import study

    asked = []

    class Finished:
        pass

    def reproduce(*arguments, layout):
        asked.append(arguments)
        assert layout == {}
        finished = Finished()
        finished.succeeded = succeeded
        return finished

    monkeypatch.setattr(study, "reproduce", reproduce)
    monkeypatch.setattr(study, "closing_table", lambda *_: "the closing table")
    assert cli.main(["reproduce", "--only", "07", "--run", "mine", "-p", "seed", "2"]) == status
    assert asked == [("mine", "07", None, {"seed": "2"}, False, False, None)]
    assert capsys.readouterr().out == "the closing table\n"


def test_options_of_reproduce_are_notebook_parameters(monkeypatch, capsys):
    from emolabor import study

    def reproduce(*arguments, layout):
        assert layout == {"separator": ";", "header_row": 2}
        assert arguments == (
            None,
            None,
            "en",
            {"data_path": "a.csv", "mapping_path": "m.yaml", "n_boot": "9", "seed": "2"},
            False,
            True,
            3,
        )
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "reproduce", reproduce)
    options = "--data a.csv --mapping m.yaml --n-boot 9 --language en --resume --jobs 3 -p seed 2"
    options += " --separator ; --header-row 2"
    assert cli.main(["reproduce", *options.split()]) == 130
    assert "the same command with --resume goes on" in capsys.readouterr().err


def test_ctrl_c_ends_with_130_and_says_what_is_kept(monkeypatch, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("emolabor.responses.read_responses", stop)
    assert cli.main(["score", "answers.csv"]) == 130
    assert "What was finished is kept" in capsys.readouterr().err


def test_the_entry_point_ends_with_the_status():
    code = "import sys; from emolabor.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "check", "nowhere.csv"]
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONIOENCODING": "utf-8"})
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_questionnaire_is_written_and_its_losses_are_told(tmp_path, capsys):
    output = tmp_path / "survey.txt"
    assert cli.main(["questionnaire", "--format", "wjx", "--output", str(output)]) == 0
    told = capsys.readouterr().out
    assert output.read_text(encoding="utf-8").startswith("政务服务中心")
    assert told.startswith(f"written: {output}\nwjx could not carry:\n- languages: only Chinese")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "wjx", "--language", "en"], "the label 'Strongly disagree' with a blank"),
        (["--format", "qsf"], "format: found 'qsf'; allowed: xlsform, wjx"),
        (["nowhere.yaml", "--format", "wjx"], "nowhere.yaml"),
        (["--format", "html", "--language", "fr"], "language: found 'fr'; allowed: zh, en"),
    ],
)
def test_a_questionnaire_that_cannot_be_written_leaves_nothing_behind(options, message, refused, tmp_path):
    assert message in refused("questionnaire", *options, "--output", tmp_path / "survey")
    assert list(tmp_path.iterdir()) == []


def test_a_mapping_is_written_where_names_or_codes_change(tmp_path, capsys):
    def write(name):
        files = ["--output", str(tmp_path / "survey"), "--mapping", str(tmp_path / f"{name}.yaml")]
        assert cli.main(["questionnaire", "--format", name, *files]) == 0
        return capsys.readouterr().out

    assert f"written: {tmp_path / 'limesurvey.yaml'}" in write("limesurvey")
    mapping = yaml.safe_load((tmp_path / "limesurvey.yaml").read_text(encoding="utf-8"))
    assert mapping["columns"]["dispatch_type"] == "dispatchtype"
    assert mapping["values"]["sex"] == {"1": "female", "2": "male"}
    assert "no mapping is needed" in write("html")
    assert not (tmp_path / "html.yaml").exists()


def test_the_help_names_every_format(capsys):
    from emolabor.instrument import FORMATS

    assert cli.main(["questionnaire", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split()).replace("- ", "-")
    assert all(name in told for name in FORMATS)


def test_a_codebook_is_written_with_counts_of_the_data(answers, tmp_path, capsys):
    output = tmp_path / "codebook.md"
    assert cli.main(["codebook", "--data", str(answers), "--output", str(output), "--language", "en"]) == 0
    assert capsys.readouterr().out == f"written: {output}\n"
    text = output.read_text(encoding="utf-8")
    assert "| sa1 | Emotional labour | Surface acting | When I am annoyed inside" in text
    assert f"Data: {DATA_FILE}" in text
    assert "Counts under 5 are not shown" in text


@pytest.fixture
def some_scales(tmp_path):
    """A file with three scales of the questionnaire, and the items' answers as they were simulated."""
    staff = el.simulate_staff(n=300, seed=1)
    keys = [key for key in staff if key[:2] in ("ex", "be", "ps")]
    staff[["respondent", "seconds", *keys]].to_csv(tmp_path / "some.csv", index=False)
    return str(tmp_path / "some.csv")


@pytest.mark.parametrize("command", [["score"], ["screen"], ["codebook", "--data"]])
def test_a_file_with_some_of_the_scales_is_taken_when_it_is_said_to_be_one(some_scales, tmp_path, capsys, command):
    more = ["--output", str(tmp_path / "book.csv")] if command[0] == "codebook" else []
    assert cli.main([*command, some_scales, *more]) == 2
    assert "found no column for" in capsys.readouterr().err
    assert cli.main([*command, some_scales, "--partial", *more]) == 0
    if more:
        keys = pd.read_csv(more[1])["key"]
        assert "ps1" in set(keys) and "sa1" not in set(keys)


def test_a_scale_in_a_file_of_the_questionnaire_is_screened_by_the_questionnaire(tmp_path, capsys):
    staff = el.simulate_staff(n=300, seed=1)
    staff.to_csv(tmp_path / "whole.csv", index=False)
    assert (
        cli.main(["validate-scale", str(tmp_path / "whole.csv"), "--scale", "proactive_service", "--language", "en"])
        == 0
    )
    told = capsys.readouterr().out
    careless = int(el.screen(staff, el.load_instrument("window_staff"))["careless"].sum())
    assert f"- {careless} of 300 respondents answered carelessly" in told
    assert not told.startswith("Nothing in these answers speaks against the scale.")
    assert "15%" not in told  # of a scale's scores, as none of these has so many at an end
    staff[el.load_instrument("window_staff").dimensions()["proactive_service"]].to_csv(
        tmp_path / "alone.csv", index=False
    )
    assert (
        cli.main(["validate-scale", str(tmp_path / "alone.csv"), "--scale", "proactive_service", "--language", "en"])
        == 0
    )
    assert "answered carelessly" not in capsys.readouterr().out


def test_screen_says_which_index_cannot_judge(some_scales, capsys):
    assert cli.main(["screen", some_scales, "--partial"]) == 0
    assert "failed_checks cannot judge: nothing to compute it from" in capsys.readouterr().out
