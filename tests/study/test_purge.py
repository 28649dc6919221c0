from pathlib import Path

from emolabor.cli import main
from emolabor.study.purge import derived_from_answers


def study(tmp_path):
    for name in (
        "results/mine/figures/a.svg",
        "results/mine/tables/a.csv",
        "results/mine/paper/x.pdf",
        "results/mine/notebooks/01_a.ipynb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    derived = ["results/mine/01_a.json", "results/mine/environment.json", "results/mine/index.html"]
    kept = [
        "answers.csv",
        "study.yaml",
        "index.html",
        "01_of_mine.json",
        "notebooks/01_a.ipynb",
        "results/mine/notes.txt",
        "results/reference/01_a.json",
    ]
    for name in [*derived, *kept]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    return kept


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


def test_purge_shows_and_deletes_what_runs_derived_and_nothing_else(tmp_path, capsys):
    kept = study(tmp_path)
    before = files(tmp_path)
    assert main(["purge", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "01_a.json" in told and "answers.csv" not in told and files(tmp_path) == before
    assert main(["purge", str(tmp_path), "--yes"]) == 0
    assert files(tmp_path) == sorted(kept)
    assert main(["purge", str(tmp_path)]) == 0
    assert "nothing here" in capsys.readouterr().out


def test_a_link_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    study(outside)
    inside = tmp_path / "study" / "results"
    inside.mkdir(parents=True)
    (inside / "linked").symlink_to(outside / "results" / "mine", target_is_directory=True)
    assert derived_from_answers(tmp_path / "study") == []


def test_no_folder_is_named(tmp_path, capsys):
    assert main(["purge", str(tmp_path / "none")]) == 2
    assert "found no folder" in capsys.readouterr().err
