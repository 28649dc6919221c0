import json
import os
import socket

import nbformat
import pytest
from jupyter_client.connect import LocalPortCache
from nbformat.v4 import new_code_cell, new_notebook

from emolabor.study.execution import clean, execute
from emolabor.study.plan import Job

pytestmark = pytest.mark.slow


def test_what_changes_from_run_to_run_is_removed():
    cell = new_code_cell(
        "x", metadata={"tags": ["injected-parameters"], "papermill": {"duration": 1.2}, "execution": {}}
    )
    plain = new_code_cell("y", metadata={"collapsed": True})
    notebook = new_notebook(
        cells=[cell, plain],
        metadata={"papermill": {"start_time": "..."}, "language_info": {"name": "python", "version": "3"}},
    )
    cleaned = clean(notebook)
    assert cleaned.metadata.keys() == {"kernelspec", "language_info"}
    assert cleaned.metadata["language_info"] == {"name": "python"}
    assert [one.metadata for one in cleaned.cells] == [{"tags": ["injected-parameters"]}, {}]
    assert cleaned.cells[0].id == "injected-0"


def test_a_notebook_runs_in_its_folder_with_its_parameters_and_writes_to_its_stage(project, tmp_path):
    parameters = {"seed": 4, "results_dir": "../results/executed"}
    job = Job("01_first", project / "notebooks" / "01_first.ipynb", {}, parameters)
    assert execute(job, tmp_path).problem == ""
    content = json.loads((tmp_path / "01_first.json").read_text(encoding="utf-8"))
    assert content["parameters"] == {"language": "zh", "seed": 4}
    assert content["values"] == {"fit": {"cfi": 0.94}}
    output = tmp_path / "notebooks" / "01_first.ipynb"
    notebook = nbformat.read(output, as_version=4)
    assert str(tmp_path) not in output.read_text(encoding="utf-8")
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4]
    assert not (project / "results" / "executed").exists()


@pytest.mark.parametrize(("starts_in_vain", "problem"), [(2, ""), (3, "01_first: Kernel died before replying")])
def test_a_kernel_whose_port_somebody_took_is_started_anew(project, tmp_path, monkeypatch, starts_in_vain, problem):
    find_free = LocalPortCache.find_available_port
    ports_of_a_kernel, asked = 5, []

    def find(self, ip):
        asked.append(ip)
        return taken.getsockname()[1] if len(asked) <= ports_of_a_kernel * starts_in_vain else find_free(self, ip)

    monkeypatch.setattr(LocalPortCache, "find_available_port", find)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = execute(Job("01_first", project / "notebooks" / "01_first.ipynb", {}, {}), tmp_path).problem
    assert found.startswith(problem)
    assert bool(found) == bool(problem)


def test_a_failing_notebook_is_named_with_cell_and_message_and_leaves_no_copy(project, tmp_path):
    execution = execute(Job("03_broken", project / "notebooks" / "03_broken.ipynb", {}, {}), tmp_path)
    assert execution.problem == "03_broken: cell [2] (x = 1): ValueError: no such thing"
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_fails_is_left_out_with_what_follows_it_and_the_rest_is_kept(project, tmp_path):
    """The first cell of the part stays, since it worked; the untagged last cell sees what it made."""
    cells = [
        new_code_cell("import json, os, pathlib\nfound = {}"),
        new_code_cell("found['first'] = 1", metadata={"tags": ["part-x"]}),
        new_code_cell("raise KeyError('the part')", metadata={"tags": ["part-x"]}),
        new_code_cell("found['after'] = 1", metadata={"tags": ["part-x"]}),
        new_code_cell("found['other'] = 1", metadata={"tags": ["part-y"]}),
        new_code_cell("pathlib.Path(os.environ['EMOLABOR_STAGE'], 'told.json').write_text(json.dumps(found)); None"),
    ]
    path = project / "notebooks" / "04_parts.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    execution = execute(Job("04_parts", path, {"language": "en"}, {}), tmp_path)
    assert execution.problem == ""
    (told,) = execution.failed_parts
    assert told == "04_parts: cell [3] (raise KeyError('the part')): KeyError: 'the part'"
    assert json.loads((tmp_path / "told.json").read_text(encoding="utf-8")) == {"first": 1, "other": 1}
    shown = nbformat.read(tmp_path / "notebooks" / "04_parts.ipynb", as_version=4).cells[2].outputs[0].text
    assert shown == "This part failed: KeyError: 'the part'\n"


def test_a_kernel_starts_without_the_settings_of_the_user(tmp_path, monkeypatch):
    home = tmp_path / "home"
    for profile in (home / ".ipython", home / "own"):
        startup = profile / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "00.py").write_text("raise SystemExit('the start-up file ran')\n1 / 0\n", encoding="utf-8")
        (profile / "profile_default" / "ipython_config.py").write_text(
            "get_config().InteractiveShellApp.exec_lines = ['intruder = 1']\n", encoding="utf-8"
        )
    python = home / "startup.py"
    python.write_text("intruder = 1\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(home / "own"))
    monkeypatch.setenv("PYTHONSTARTUP", str(python))
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    kernel = home / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["false"], "display_name": "mine", "language": "python"}', encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(home))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    # A folder of its own: the notebooks of the shared project are counted by other tests.
    notebook = tmp_path / "09_alone.ipynb"
    code = (
        "import os, sys, warnings\nassert 'intruder' not in globals()\nassert 'PYTHONSTARTUP' not in os.environ\n"
        "if sys.flags.optimize: raise SystemExit('assertions are off')\nwarnings.warn('no error')"
    )
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), notebook)
    assert execute(Job("09_alone", notebook, {}, {}), tmp_path / "stage").problem == ""
    assert os.environ["IPYTHONDIR"] == str(home / "own")
    assert not (home / "own" / "profile_default" / "history.sqlite").exists()
