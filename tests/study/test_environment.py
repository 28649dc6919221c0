"""What a run says it was made with. Everything is compared exactly."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from emolabor.study.environment import commit_of, data_of
from emolabor.study.plan import Job


@pytest.fixture
def checkout(tmp_path):
    """Return a Git checkout with one committed file, and how to call Git in it."""

    def git(*words):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        run = subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True, text=True)
        return run.stdout.strip()

    git("init", "-q")
    (tmp_path / "a.txt").write_text("one")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return tmp_path, git


def test_the_commit_is_named_and_changes_are_told(checkout):
    folder, git = checkout
    commit = git("rev-parse", "--short=12", "HEAD")
    git("tag", "-a", "v1", "-m", "a tag does not replace the commit")
    (folder / "results").mkdir()
    (folder / "results" / "new.json").write_text("{}")
    assert commit_of(folder) == commit
    (folder / "a.txt").write_text("two")
    assert commit_of(folder) == f"{commit}-dirty"


def test_a_folder_outside_git_and_one_inside_another_checkout_have_no_commit(checkout, tmp_path_factory):
    inside = checkout[0] / "unpacked"
    inside.mkdir()
    assert commit_of(inside) == commit_of(tmp_path_factory.mktemp("plain")) == "no_git"


def test_without_the_program_git_there_is_no_commit(checkout, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert commit_of(checkout[0]) == "no_git"


def test_the_answers_are_named_with_their_checksum(tmp_path):
    (tmp_path / "answers.csv").write_bytes(b"ic1\n3\n")
    notebook = Path(tmp_path / "notebooks" / "07.ipynb")
    notebook.parent.mkdir()
    reads = Job("07", notebook, {"data_path": "../answers.csv"}, {})
    reads_none = Job("12", notebook, {"language": "zh"}, {})
    expected = {"file": "answers.csv", "sha256": hashlib.sha256(b"ic1\n3\n").hexdigest()}
    assert data_of([reads, reads_none]) == expected
    assert data_of([reads_none]) == {}
