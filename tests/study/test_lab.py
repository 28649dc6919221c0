"""`emolabor lab`: the folder is made ready; what starts JupyterLab is not started here."""

import nbformat
import pytest

from emolabor import cli
from emolabor.common import extras
from emolabor.study import lab, project_root
from emolabor.study.needs import NEEDS
from emolabor.study.new_study import write_study

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(monkeypatch):
    asked = []
    monkeypatch.setattr("jupyterlab.labapp.main", lambda arguments: asked.append(arguments))
    return asked


def parameters(folder):
    notebook = nbformat.read(folder / "notebooks" / "07_structural_model.ipynb", as_version=4)
    return next(cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))


def test_a_new_study_is_opened_as_it_is(tmp_path, opened):
    write_study(tmp_path / "mine", "en")
    before = (tmp_path / "mine" / "notebooks" / "07_structural_model.ipynb").read_bytes()
    assert cli.main(["lab", str(tmp_path / "mine"), "--no-browser"]) == 0
    assert opened == [[*lab.QUIET, str(tmp_path / "mine"), "--no-browser"]]
    assert "--ServerApp.ip=127.0.0.1" in lab.QUIET
    assert (tmp_path / "mine" / "notebooks" / "07_structural_model.ipynb").read_bytes() == before


def test_a_study_without_notebooks_gets_them_in_its_language_with_its_data(tmp_path, opened):
    (tmp_path / "study.yaml").write_text("instrument: window_staff\n", encoding="utf-8")
    (tmp_path / "答卷 1.csv").write_text("ic1\n3\n", encoding="utf-8")
    assert cli.main(["lab", str(tmp_path), "--data", str(tmp_path / "答卷 1.csv"), "--language", "zh"]) == 0
    assert {path.stem for path in (tmp_path / "notebooks").iterdir()} == set(NEEDS)
    own = parameters(tmp_path)
    assert 'data_path = "../答卷 1.csv"' in own and 'study_path = "../study.yaml"' in own
    assert "mapping_path = None" in own and 'language = "zh"' in own and 'results_dir = "../results"' in own
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere: found no folder"),
        (["empty"], "neither study.yaml nor notebooks"),
        (["full", "--data", "a.csv"], "data_path in the first cell"),
        (["study", "--data", "nowhere.csv"], "no file"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_remedy(tmp_path, monkeypatch, capsys, opened, arguments, told):
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "full/notebooks", "study"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "full" / "notebooks" / "a.ipynb").write_text("{}")
    for name in ("full", "study"):
        (tmp_path / name / "study.yaml").write_text("instrument: window_staff\n")
    assert cli.main(["lab", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert opened == [] and not (tmp_path / "study" / "notebooks").exists()


def test_without_a_folder_the_project_s_notebooks_are_opened(opened):
    assert cli.main(["lab", "--no-browser"]) == 0
    assert opened == [[*lab.QUIET, str(project_root() / "notebooks"), "--no-browser"]]


def test_without_jupyterlab_a_sentence_says_what_to_type(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(extras, "is_there", lambda module: module != "jupyterlab")
    (tmp_path / "study.yaml").write_text("instrument: window_staff\n")
    assert cli.main(["lab", str(tmp_path)]) == 2
    assert "pip install 'emolabor[study]'" in capsys.readouterr().err
    assert not (tmp_path / "notebooks").exists()
