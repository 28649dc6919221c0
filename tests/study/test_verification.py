import json
from pathlib import Path

import pytest

from emolabor.common.errors import EmolaborError
from emolabor.study.verification import BEGIN, END, PAGES, verified, write_verification

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = {"seed": 1}


def store(folder, name, values):
    folder.mkdir(parents=True, exist_ok=True)
    content = {"notebook": name, "parameters": PARAMETERS, "values": values}
    (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    """A reference of two notebooks with three values, a run that equals it, and one that differs and lacks one."""
    for folder in ("reference", "verify-1"):
        store(tmp_path / "results" / folder, "01_first", {"fit": {"cfi": 0.91, "chisq": 200.5}})
        store(tmp_path / "results" / folder, "02_second", {"n": {"kept": 12}})
    store(tmp_path / "results" / "verify-2", "01_first", {"fit": {"cfi": 0.93, "chisq": 200.5}})
    environment = {"python": "3.11.7", "packages": {"numpy": "2.4.0"}, "linear_algebra": "openblas Haswell"}
    for run in ("verify-1", "verify-2"):
        (tmp_path / "results" / run / "environment.json").write_text(json.dumps(environment))
    (tmp_path / "docs").mkdir()
    for page in PAGES:
        (tmp_path / page).write_text(f"before\n\n{BEGIN}old\n{END}\nafter\n")
    return tmp_path


ROWS = [
    {"label": "first", "run": "verify-1"},
    {"label": "second", "run": "verify-2"},
    {"label": "third", "reason": "no Python 3.13 on this machine", "run": "verify-3"},
]


def test_values_of_a_notebook_that_did_not_end_well_are_compared_and_not_equal(project):
    found = verified(project / "results" / "verify-2", project / "results" / "reference")
    assert (found.notebooks, found.all_notebooks, found.compared, found.equal) == (1, 2, 3, 1)
    assert found.largest == pytest.approx(0.02)


def test_large_numbers_differ_in_their_own_units(project):
    store(project / "results" / "verify-1", "01_first", {"fit": {"cfi": 0.91, "chisq": 200.5 + 200.5e-9}})
    found = verified(project / "results" / "verify-1", project / "results" / "reference")
    assert found.largest == pytest.approx(1e-9, rel=1e-3)
    assert found.equal == found.compared == 3


def test_the_table_says_what_was_run_and_what_was_not(project, capsys):
    assert not write_verification(ROWS, project)
    for page in PAGES:
        text = (project / page).read_text(encoding="utf-8")
        assert text.startswith("before\n")
        assert text.endswith("\nafter\n")
        lines = text.splitlines()[4:]
        assert lines[2] == "| first | Python 3.11.7, numpy 2.4.0, openblas Haswell | 2 of 2 | 3 | 3 | 0 |"
        assert lines[3] == "| second | Python 3.11.7, numpy 2.4.0, openblas Haswell | 1 of 2 | 3 | 1 | 2e-02 |"
        assert lines[4] == "| third | not run: no Python 3.13 on this machine | | | | |"
        assert "old" not in text
    assert "| second |" in capsys.readouterr().out


def test_when_all_that_ran_is_equal_it_succeeds(project):
    assert write_verification([ROWS[0], ROWS[2]], project)


def test_a_run_that_never_began_counts_as_nothing_equal(project):
    found = verified(project / "results" / "verify-9", project / "results" / "reference")
    assert (found.notebooks, found.compared, found.equal, found.made_with) == (0, 3, 0, "")


def test_a_page_without_markers_is_refused_and_nothing_is_written(project):
    (project / "README.md").write_text("nothing")
    before = (project / "docs" / "reproduction.md").read_text()
    with pytest.raises(EmolaborError, match=r"README\.md: allowed: a line <!-- reproduction: begin -->"):
        write_verification(ROWS, project)
    assert (project / "docs" / "reproduction.md").read_text() == before


def test_all_pages_show_the_table_that_was_measured():
    tables = [(ROOT / name).read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip() for name in PAGES]
    assert len(set(tables)) == 1
    assert tables[0].startswith("| configuration |")
