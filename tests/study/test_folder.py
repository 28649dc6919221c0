"""Nothing lost: a run killed, started twice at once, going on, or finding what is not its own. Notebooks are played."""

import json
import os
import re
import time
from multiprocessing import get_context

import numpy as np
import pytest
from tiny_project import PROJECT

from emolabor.cli import main
from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_text
from emolabor.simulation import simulate_staff
from emolabor.study import reproduce, runner
from emolabor.study.execution import Execution
from emolabor.study.folder import STAGING, open_folder

pytestmark = pytest.mark.slow

MOMENTS = 20
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no fork")


def played(jobs, stage, workers):
    """Stand for `execute_all`: what a notebook writes follows from its parameters, and writing takes a while."""
    for job in jobs:
        content = {"notebook": job.name, "parameters": job.settings, "values": {"fit": {"seed": job.settings["seed"]}}}
        for name in (f"figures/{job.name}_fit.svg", f"figures/{job.name}_fit.png", f"{job.name}.json"):
            write_text(stage(job) / name, json.dumps(content))
            time.sleep(0.01)
        write_text(stage(job) / "notebooks" / f"{job.name}.ipynb", json.dumps(content | {"cells": []}))
        yield job, Execution(job.name, 0.0)


@pytest.fixture
def root(tmp_path, write_notebook, monkeypatch):
    """A project of three notebooks, played."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "answers.csv").write_text("a\n1\n")
    for name in ("01_first", "02_second", "03_third"):
        parameters = 'seed = 1\nlanguage = "zh"\ndata_path = "../answers.csv"\nresults_dir = "../results/default"'
        write_notebook(tmp_path / "notebooks", name, parameters, "x = 1")
    monkeypatch.setattr(runner, "execute_all", played)
    return tmp_path


@pytest.fixture
def run(root):
    """Run the project, without its paper."""

    def run(**options):
        return reproduce(**{"root": root, "only": "0", **options})

    return run


def contents(root, run="default"):
    """Read all that a run left, but for the times."""
    folder = root / "results" / run
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "environment.json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def earlier(finished):
    return [execution.notebook for execution in finished.executions if execution.earlier]


@posix_only
@pytest.mark.parametrize("resume", [False, True])
def test_after_sigkill_at_any_moment_the_next_run_ends_as_if_undisturbed(run, root, resume):
    run(parameters={"seed": 3})
    start = time.perf_counter()
    run(parameters={"seed": 2})
    undisturbed, seconds = contents(root), time.perf_counter() - start
    for moment in np.random.default_rng(1).uniform(0, seconds, MOMENTS // 2):
        run(parameters={"seed": 3})
        killed = get_context("fork").Process(target=run, kwargs={"parameters": {"seed": 2}})
        killed.start()
        killed.join(moment)
        killed.kill()
        killed.join()
        for path in (root / "results" / "default").glob("*.json"):
            json.loads(path.read_bytes())
        finished = run(parameters={"seed": 2}, resume=resume)
        assert not any(execution.problem for execution in finished.executions)
        assert contents(root) == undisturbed


def test_resume_runs_what_is_not_finished(run, root):
    run(only="01")
    run(only="02")
    finished = run(resume=True)
    assert earlier(finished) == ["01_first", "02_second"]
    assert len(finished.comparisons) == 3
    assert earlier(run()) == []


def test_one_notebook_renews_its_part_of_the_page_and_keeps_what_still_holds_of_the_others(run, root):
    def shown():
        return re.findall(
            r'\.ipynb">(0\d_\w+)</a></code>', (root / "results" / "default" / "index.html").read_text("utf-8")
        )

    run()
    assert shown() == ["01_first", "02_second", "03_third"]
    finished = run(only="02")
    assert [execution.notebook for execution in finished.executions] == ["02_second"]
    assert shown() == ["01_first", "02_second", "03_third"]
    run(only="02", parameters={"seed": 2})  # of other parameters than the rest, which is then of another run
    assert shown() == ["02_second"]


def _change_parameters(root):
    return {"parameters": {"seed": 2}}


def _change_data(root):
    (root / "answers.csv").write_text("a\n2\n")


def _change_project_data(root):
    write_text(root / "data" / "published.csv", "r\n0.3\n")


def _change_notebook(root):
    path = root / "notebooks" / "01_first.ipynb"
    path.write_text(path.read_text().replace("x = 1", "x = 2"))


def _change_results(root):
    path = root / "results" / "default" / "01_first.json"
    path.write_text(path.read_text().replace("1", "2"))


def _remove_results(root):
    (root / "results" / "default" / "01_first.json").unlink()


def _damage_the_note(root):
    (root / "results" / "default" / "finished.json").write_text("{")


@pytest.mark.parametrize(
    "change",
    [
        _change_parameters,
        _change_data,
        _change_project_data,
        _change_notebook,
        _change_results,
        _remove_results,
        _damage_the_note,
    ],
)
def test_what_was_made_from_something_else_is_not_resumed(run, root, change):
    run(only="01")
    options = change(root) or {}
    assert earlier(run(only="01", resume=True, **options)) == []
    assert earlier(run(only="01", resume=True, **options)) == ["01_first"]


def test_a_new_version_of_the_library_is_not_resumed(run, monkeypatch):
    from emolabor.study import folder

    run()
    monkeypatch.setattr(folder, "version", lambda name: "99")
    assert earlier(run(resume=True)) == []


def test_what_a_notebook_shows_does_not_count(run, root):
    run(only="01")
    path = root / "notebooks" / "01_first.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][1]["execution_count"] = 7
    path.write_text(json.dumps(notebook))
    assert earlier(run(only="01", resume=True)) == ["01_first"]


@posix_only
def test_a_second_run_into_one_folder_is_refused_and_a_killed_one_leaves_no_lock(run, root):
    context = get_context("fork")
    is_open = context.Event()

    def hold():
        with open_folder(root / "results" / "default"):
            is_open.set()
            time.sleep(60)

    holding = context.Process(target=hold)
    holding.start()
    assert is_open.wait(30)
    with pytest.raises(EmolaborError, match="results/default: another run is writing there; wait"):
        run()
    assert run(run="other").succeeded
    holding.kill()
    holding.join()
    assert run().succeeded
    assert list((root / "results" / "default").glob(f"{STAGING}*")) == []


def test_a_disk_that_fills_up_ends_the_run_with_one_message_and_earlier_results_as_they_were(
    run, root, monkeypatch, capsys
):
    run(parameters={"seed": 3})
    before = contents(root)

    def full(jobs, stage, workers):
        write_text(stage(jobs[0]) / "figures" / "first.png", "half")
        yield (
            jobs[0],
            Execution(jobs[0].name, 0.0, "01_first: cell [3] (x): OSError: [Errno 28] No space left on device"),
        )
        pytest.fail("the other notebooks ran on")

    monkeypatch.setattr(runner, "execute_all", full)
    monkeypatch.chdir(root)
    (root / "pyproject.toml").write_text(PROJECT)
    assert main(["reproduce", "--only", "0", "-p", "seed", "2"]) == 2
    assert capsys.readouterr().err == (
        f"emolabor: {root / 'results' / 'default'}: No space left on device; the disk that holds it is full; free some "
        "space, then give the command again; earlier results are whole\n"
    )
    assert contents(root) == before


def test_your_own_data_have_a_folder_of_their_own_and_are_not_compared(run, root):
    reference = {"notebook": "01_first", "parameters": {}, "values": {"fit": {"seed": 9}}}
    write_text(root / "results" / "reference" / "01_first.json", json.dumps(reference))
    mine = root / "第一 波.csv"
    simulate_staff(5).to_csv(mine, index=False)
    finished = run(parameters={"data_path": str(mine)})
    assert finished.folder == root / "results" / "第一_波"
    assert [comparison.reason for comparison in finished.comparisons] == ["your own data"] * 3
    assert finished.succeeded


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        (None, "a/mine.csv", "mine"),
        (None, "Default.csv", "data_Default"),
        (None, "reference.sav", "data_reference"),
        (None, "....xlsx", "data_"),
        ("second", "a/mine.csv", "second"),
        (None, None, "default"),
    ],
)
def test_a_run_is_named_after_the_file(name, file, expected):
    assert runner.name_run(name, {"data_path": file}) == expected


def test_your_own_data_do_not_go_where_the_study_s_are():
    with pytest.raises(EmolaborError, match="'default' holds the results of the study's own data"):
        runner.name_run("default", {"data_path": "mine.csv"})
