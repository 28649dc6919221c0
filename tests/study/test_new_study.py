"""A new study's folder works at once, with every notebook's start and a few notebooks whole."""

import json
import os

import nbformat
import papermill
import pytest
import yaml
from tiny_project import PROJECT

from emolabor import cli
from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.scales import load_scale
from emolabor.simulation import simulate_staff
from emolabor.study import load_design, project_root, reproduce
from emolabor.study.needs import NEEDS
from emolabor.study.new_study import write_study
from emolabor.theory import CONSTRUCT_GROUPS, UNDESIRABLE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place") / "mine"
    write_study(folder)
    return folder


def test_the_folder_holds_the_essay_s_study(folder):
    design, essay = load_design(folder / "study.yaml"), load_design()
    assert design.instrument == essay.instrument
    assert design.claims == essay.claims
    assert (design.groups, design.undesirable) == (CONSTRUCT_GROUPS, UNDESIRABLE)
    assert all(path.is_relative_to(folder) for path in design.files)
    assert {path.name for path in folder.iterdir()} - {path.name for path in design.files} == {
        "README.md",
        "README.zh-CN.md",
        "mapping.yaml",
        "notebooks",
        "scales",
    }


def test_the_notebooks_are_empty_copies_that_run_on_the_folder_s_own_answers(folder):
    simulate_staff(250, seed=3).to_csv(folder / "answers.csv", index=False)
    try:
        paths = sorted((folder / "notebooks").iterdir())
        assert [path.stem for path in paths] == list(NEEDS)
        for path in paths:
            notebook = nbformat.read(path, as_version=4)
            assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
        papermill.execute_notebook(paths[0], None, kernel_name="python3", cwd=paths[0].parent, progress_bar=False)
        stored = json.loads((folder / "results" / f"{paths[0].stem}.json").read_text(encoding="utf-8"))
        assert stored["parameters"]["data_path"] == "answers.csv"
    finally:
        (folder / "answers.csv").unlink()


def test_a_changed_scale_changes_what_is_asked_and_nothing_else(folder):
    path = folder / "scales" / "belonging.yaml"
    before = path.read_text(encoding="utf-8")
    item = load_scale("belonging").items[0]
    try:
        path.write_text(before.replace(item.text["en"], "I belong here."), encoding="utf-8")
        texts = load_instrument(folder / "instrument.yaml").items("en").set_index("key")["text"]
    finally:
        path.write_text(before, encoding="utf-8")
    old = load_instrument("window_staff").items("en").set_index("key")["text"]
    assert texts[texts != old].to_dict() == {item.key: "I belong here."}


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_file_and_three_commands_that_exist(folder, name):
    text = (folder / name).read_text(encoding="utf-8")
    assert all(f"`{file}`" in text for file in ("instrument.yaml", "claims.yaml", "study.yaml", "mapping.yaml"))
    commands = [line.split()[1] for line in text.splitlines() if line.startswith("emolabor ")]
    assert commands == ["check", "reproduce", "validate-scale"]


def test_the_mapping_template_is_yaml_whose_commented_entries_are_those_known(folder):
    text = (folder / "mapping.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) is None
    entries = "\n".join(line[2:] for line in text.splitlines()[4:])
    assert list(yaml.safe_load(entries)) == ["columns", "values", "missing", "turned", "layout"]


def test_a_folder_that_holds_something_is_refused_and_stays_as_it_is(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert cli.main(["new-study", str(tmp_path)]) == 2
    assert "found something there already; allowed: a new folder, or an empty one" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(EmolaborError, match="found something there already"):
        write_study(tmp_path / "notes.txt")


def test_an_empty_folder_is_filled_and_what_is_told_names_the_readme(tmp_path, capsys):
    assert cli.main(["new-study", str(tmp_path), "--language", "en"]) == 0
    assert capsys.readouterr().out.strip().endswith(f"begin with {tmp_path / 'README.md'}")
    assert sorted(tmp_path.parent.glob(f".{tmp_path.name}-*")) == []


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_study(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    """Three notebooks on simulated answers to some of the scales, from a copy of the notebooks' folder."""
    root = tmp_path_factory.mktemp("project")
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "notebooks").mkdir()
    for name in ("01_claims_and_design", "07_structural_model", "08_centres"):
        source = project_root() / "notebooks" / f"{name}.ipynb"
        (root / "notebooks" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    instrument = load_instrument(folder / "instrument.yaml")
    items = [item for name in ("surface_acting", "exhaustion", "belonging") for item in instrument.dimensions()[name]]
    answers = root / "mine-simulated.csv"
    simulate_staff(200, seed=6, instrument=instrument)[["sex", *items]].to_csv(answers, index=False)
    given = {"data_path": str(answers), "study_path": str(folder / "study.yaml"), "n_boot": "50"}
    return reproduce(language="en", parameters=given, workers=1, root=root)


def test_the_folder_works_at_once_on_simulated_answers(run):
    assert [one.problem for one in run.executions] == ["", "", ""]
    skipped = {one.notebook: one.skipped["en"] for one in run.executions if one.skipped}
    assert skipped == {"08_centres": "no column centre"}
    assert run.succeeded
    assert run.folder.name == "mine-simulated"
    assert run.notes[0].startswith("Scales without at least two of their items")
    assert not (run.folder / "08_centres.json").exists()


def test_claims_about_what_the_answers_lack_are_marked_in_claims_and_verdicts(run):
    import json

    values = {
        name: json.loads((run.folder / f"{name}.json").read_text(encoding="utf-8"))["values"]
        for name in ("01_claims_and_design", "07_structural_model")
    }
    verdicts = values["07_structural_model"]["verdicts"]
    assert verdicts["C02 surface_acting>exhaustion"]["verdict"] in ("at_least", "open")
    assert verdicts["C01 role_pressure>surface_acting"]["verdict"] == "not_measured"
    assert verdicts["C01 role_pressure>surface_acting"]["lacking"] == "role_pressure"
    claim = values["01_claims_and_design"]["claims"]["C01"]
    assert (claim["unmeasured"], claim["lacking"]) == ("role_pressure>surface_acting (+)", "role_pressure")


def test_a_part_that_the_answers_cannot_carry_is_one_sentence_on_the_page(run):
    page = (run.folder / "notebooks" / "07_structural_model.ipynb").read_text(encoding="utf-8")
    assert "These data cannot carry this part: no moderated path is left that these data can test" in page
    assert "not measured" in page
