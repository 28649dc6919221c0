import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from emolabor.study.execution import clean, execute


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


def test_a_notebook_runs_in_its_folder_with_its_parameters(project):
    output = project / "executed.ipynb"
    parameters = {"seed": 4, "results_dir": "../results/executed"}
    execution = execute(project / "notebooks" / "01_first.ipynb", output, parameters)
    assert execution.problem == ""
    content = json.loads((project / "results" / "executed" / "01_first.json").read_text(encoding="utf-8"))
    assert content["parameters"] == {"language": "zh", "seed": 4}
    assert content["values"] == {"fit": {"cfi": 0.94}}
    notebook = nbformat.read(output, as_version=4)
    assert str(project) not in output.read_text(encoding="utf-8")
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4]


def test_a_failing_notebook_is_named_with_cell_and_message_and_leaves_no_copy(project):
    output = project / "broken.ipynb"
    execution = execute(project / "notebooks" / "03_broken.ipynb", output, {})
    assert execution.problem == "03_broken: cell [2] (x = 1): ValueError: no such thing"
    assert not output.exists()


@pytest.mark.parametrize(
    "library", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"]
)
def test_workers_use_one_thread(library, monkeypatch):
    import os
    import signal

    from emolabor.study import execution

    monkeypatch.setenv(library, "8")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    execution._start_worker()
    assert os.environ[library] == "1"
