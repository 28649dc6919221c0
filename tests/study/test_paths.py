import pytest
from tiny_project import PROJECT

from emolabor.common.errors import EmolaborError
from emolabor.study import project_root
from emolabor.study.paths import seen_from_notebooks


def test_the_project_is_found_from_a_folder_inside_it(tmp_path):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    inner = tmp_path / "notebooks" / "deep"
    inner.mkdir(parents=True)
    assert project_root(inner) == tmp_path.resolve()


def test_from_anywhere_the_package_leads_to_its_own_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (project_root() / "src" / "emolabor" / "study" / "paths.py").is_file()


def test_without_a_project_the_message_says_what_is_missing(tmp_path):
    with pytest.raises(EmolaborError, match=r"pyproject\.toml and notebooks/"):
        project_root(tmp_path)


def test_a_notebook_run_from_any_folder_finds_its_data_and_its_place_for_results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = "../data/simulated/study-windowstaff_sample-simulated_data.csv"
    assert seen_from_notebooks(notebook).is_file()
    assert seen_from_notebooks("../results/default").resolve() == project_root() / "results" / "default"
    (tmp_path / "inner").mkdir()
    (tmp_path / "mine.csv").touch()
    monkeypatch.chdir(tmp_path / "inner")
    assert [seen_from_notebooks(path) for path in ("../mine.csv", "mine.csv", "/mine.csv")] == [
        "../mine.csv",
        "mine.csv",
        "/mine.csv",
    ]
