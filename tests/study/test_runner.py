import json
import os
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from tiny_project import PROJECT

from emolabor.common.errors import EmolaborError
from emolabor.study import reproduce

pytestmark = pytest.mark.slow

SLOWEST = 300  # Seconds that a busy machine may need to start two kernels, or to stop them.


@pytest.fixture(scope="module")
def run(project):
    """One run over a good, a good, a broken and a silent notebook, against a reference with one other value."""
    reference = project / "results" / "reference"
    reference.mkdir(parents=True)
    content = {"notebook": "02_second", "parameters": {"language": "zh", "seed": 1}, "values": {"fit": {"cfi": 0.95}}}
    (reference / "02_second.json").write_text(json.dumps(content))
    stale = project / "results" / "default" / "04_silent.json"
    stale.parent.mkdir()
    stale.write_text("{}")
    return reproduce(root=project, language="zh")


def test_good_notebooks_leave_results_and_executed_copies(run):
    assert sorted(path.name for path in run.folder.glob("*.json")) == [
        "01_first.json",
        "02_second.json",
        "04_silent.json",
        "environment.json",
        "finished.json",
    ]
    copies = sorted(path.name for path in (run.folder / "notebooks").iterdir())
    assert copies == ["01_first.html", "01_first.ipynb", "02_second.html", "02_second.ipynb"]


def test_with_default_parameters_nothing_is_injected(run):
    assert "injected-parameters" not in (run.folder / "notebooks" / "01_first.ipynb").read_text(encoding="utf-8")


def test_failed_notebooks_are_named_and_the_others_go_on(run):
    assert [execution.problem for execution in run.executions] == [
        "",
        "",
        "03_broken: cell [2] (x = 1): ValueError: no such thing",
        "04_silent: stored no results; its last cell must call results.save()",
    ]
    assert not run.succeeded


def test_a_result_of_an_earlier_run_is_left_but_not_compared(run):
    assert (run.folder / "04_silent.json").read_text() == "{}"
    assert "04_silent" not in [comparison.notebook for comparison in run.comparisons]


def test_results_are_compared_with_the_reference(run):
    first, second = run.comparisons
    assert first.reason == "no reference"
    assert [str(one) for one in second.differences] == ["02_second: fit > cfi: reference 0.95, found 0.91"]


def test_no_paper_is_built_when_a_notebook_failed(run):
    assert run.paper == ()


def test_the_page_tells_what_the_closing_table_tells(run):
    page = (run.folder / "index.html").read_text(encoding="utf-8")
    assert "03_broken: cell [2] (x = 1): ValueError: no such thing" in page
    assert "reference 0.95, found 0.91" in page
    assert 'href="notebooks/01_first.ipynb"' in page and 'href="notebooks/01_first.html"' in page
    assert 'href="notebooks/04_silent.ipynb"' not in page


def test_the_environment_is_recorded(run):
    content = json.loads((run.folder / "environment.json").read_text(encoding="utf-8"))
    assert content["seconds"].keys() == {"01_first", "02_second", "03_broken", "04_silent"}
    assert content["packages"]["numpy"]
    assert content["commit"] == "no_git" and content["data"] == {}


def test_executed_notebooks_are_the_same_again_and_become_the_reference(run, project, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(project, root)
    before = (root / "results" / "default" / "notebooks" / "02_second.ipynb").read_bytes()
    again = reproduce(only="02", as_reference=True, root=root)
    assert (again.folder / "notebooks" / "02_second.ipynb").read_bytes() == before
    assert (root / "notebooks" / "02_second.ipynb").read_bytes() == before
    english = nbformat.read(root / "notebooks" / "02_second.en.ipynb", as_version=4)
    assert [cell.execution_count for cell in english.cells] == [1, 2, 3]
    assert 'language = "en"' in english.cells[0].source
    assert "Value" in english.cells[1].outputs[0]["data"]["text/plain"]
    assert (root / "results" / "reference" / "02_second.json").read_bytes() == (
        again.folder / "02_second.json"
    ).read_bytes()
    assert again.succeeded
    assert again.comparisons[0].equal == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"run": "../away"}, "run: found '../away'"),
        ({"run": "reference"}, "run: found 'reference'"),
        ({"only": "99"}, "no notebook begins with '99'; there are: 01_first, 02_second"),
        ({"parameters": {"sed": "1"}}, "'sed' is unknown; allowed: 01_first: seed"),
        ({"parameters": {"results_dir": "x"}}, "set it with --run"),
        ({"language": "de"}, "language: found 'de'; allowed: zh, en"),
        ({"as_reference": True, "language": "en"}, "only with the default run"),
    ],
)
def test_mistakes_are_refused_before_anything_runs(arguments, message, project, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(project / "notebooks", root / "notebooks")
    (root / "pyproject.toml").write_text(PROJECT)
    with pytest.raises(EmolaborError, match=message):
        reproduce(**arguments, root=root)
    assert not (root / "results").exists()


def test_a_number_on_a_rounding_edge_does_not_become_a_reference(project, tmp_path):
    from emolabor.study.plan import plan_jobs
    from emolabor.study.runner import update_reference

    content = {"notebook": "01_first", "parameters": {}, "values": {"fit": {"cfi": 0.9125000049}}}
    (tmp_path / "01_first.json").write_text(json.dumps(content))
    jobs = plan_jobs(project / "notebooks", "01", {})
    with pytest.raises(EmolaborError, match="01_first: too near a rounding edge for a reference: fit > cfi"):
        update_reference(project, tmp_path, jobs, None)


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither signal")
@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_a_stopped_run_keeps_finished_results_whole_and_leaves_no_kernel(stop, project, write_notebook, tmp_path):
    root = tmp_path / "copy"
    (root / "notebooks").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PROJECT)
    shutil.copy(project / "notebooks" / "01_first.ipynb", root / "notebooks")
    sleeping = "import os, pathlib, time\npathlib.Path('../pid').write_text(str(os.getpid()))\n"
    sleeping += "time.sleep(0 if pathlib.Path('../go').exists() else 300)"
    write_notebook(root / "notebooks", "02_sleeping", 'results_dir = "../results/default"', sleeping)
    code = "import sys; from emolabor.cli import main\nif __name__ == '__main__': sys.exit(main(['reproduce']))"
    (tmp_path / "command.py").write_text(code)
    process = subprocess.Popen([sys.executable, tmp_path / "command.py"], cwd=root, stderr=subprocess.PIPE, text=True)
    finished = root / "results" / "default" / "notebooks" / "01_first.ipynb"
    try:
        _wait(lambda: finished.exists() and (root / "pid").exists() and (root / "pid").read_text())
        process.send_signal(signal.Signals[stop])
        _, told = process.communicate(timeout=SLOWEST)
    finally:
        process.kill()
    assert process.returncode == (130 if stop == "SIGINT" else -signal.Signals[stop])
    assert ("the same command with --resume goes on" in told) == (stop == "SIGINT")
    assert "Traceback" not in told
    assert json.loads((root / "results" / "default" / "01_first.json").read_text())["values"] == {"fit": {"cfi": 0.91}}
    left = [path.name for path in (root / "results" / "default").iterdir() if not path.name.startswith(".unfinished-")]
    assert sorted(left) == [".lock", "01_first.json", "finished.json", "notebooks", "tables"]
    assert stop != "SIGINT" or not list((root / "results" / "default").glob(".unfinished-*"))
    kernel = int((root / "pid").read_text())
    _wait(lambda: not _is_alive(kernel))
    before = (root / "results" / "default" / "01_first.json").read_bytes()
    (root / "go").touch()
    again = subprocess.run([sys.executable, tmp_path / "command.py"], cwd=root, capture_output=True, text=True)
    assert "02_sleeping" in again.stdout and "Traceback" not in again.stderr
    assert (root / "results" / "default" / "01_first.json").read_bytes() == before
    kernel = int((root / "pid").read_text())
    _wait(lambda: not _is_alive(kernel))


def _wait(condition, seconds=SLOWEST):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def _is_alive(pid):
    """Tell whether a process runs; one that ended and was not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return not status.startswith("Z") and bool(status)
