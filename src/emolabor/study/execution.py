"""Execution of one notebook with papermill: in its folder, nothing that changes from run to run."""

import os
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass

from emolabor.common.errors import system_message
from emolabor.common.extras import require
from emolabor.common.files import write_text
from emolabor.report.notebook_page import notebook_page
from emolabor.responses.personal_contents import redacted
from emolabor.study.editions import OWN, edition

# In the environment of a notebook's kernel: the folder that its results go to instead of results_dir, until it ended.
STAGE = "EMOLABOR_STAGE"
# Settings of a person that a kernel would follow, and those of the machine among them that it needs.
_PERSONAL = ("PYTHON", "IPYTHON", "JUPYTER_", "MPLBACKEND", "MATPLOTLIBRC")
_NEEDED: tuple[str, ...] = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONHASHSEED",
    "PYTHONUTF8",
    "PYTHONIOENCODING",
    "PYTHONPYCACHEPREFIX",
)
_NEEDED += ("PYTHONDONTWRITEBYTECODE", "JUPYTER_RUNTIME_DIR")
# How the tags of a notebook's parts begin: what the data may not carry, and what else the rest can do without.
PART = ("needs-", "part-")
FAILED_PART = {"zh": "这一部分运行失败：", "en": "This part failed: "}
# jupyter_client looks for free ports first and the kernel binds them later: somebody may take one in between.
_STARTS = 3
_DIED_UNSTARTED = "Kernel died before replying to kernel_info"


@dataclass(frozen=True)
class Execution:
    """How one notebook's execution ended.

    `problem` is empty when all went well, `earlier` true when an earlier run had done it, `skipped` says why the data
    cannot carry it, with keys zh and en. `failed_parts` says why parts failed; the rest was executed without.
    """

    notebook: str
    seconds: float
    problem: str = ""
    earlier: bool = False
    skipped: dict | None = None
    failed_parts: tuple[str, ...] = ()


def clean(notebook):
    """Remove from an executed notebook, in place, all that changes from run to run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed notebook.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook without papermill's and the kernel's records of times, paths and versions.
    """
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = f"injected-{number}"
            source = re.sub(
                r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell.source
            )  # as papermill escapes
            cell.source = "\n".join(map(redacted, source.splitlines()))  # names of files may be personal
    return notebook


def prepared(job, failed=None):
    """Return the notebook in one language, a sentence in place of each cell that the data cannot carry or that failed.

    Parameters
    ----------
    job : Job
        What to execute.
    failed : dict of str to str, optional
        Id of a cell, from `part_of`, to the sentence in its place.
    """
    require("nbformat")
    import nbformat

    notebook = edition(nbformat.read(job.path, as_version=4), job.settings.get("language", OWN))
    for cell in notebook.cells:
        reasons = [job.left_out[tag] for tag in cell.metadata.get("tags", []) if tag in job.left_out]
        if cell.id in (failed or {}):
            reasons = [failed[cell.id]]
        if reasons:
            cell.source = f"print({reasons[0]!r})"
    return notebook


def part_of(job, source):
    """List the ids of the cells that end with the one that failed: itself and what follows it of the same part.

    Returns
    -------
    list of str
        Empty for a cell that no tag calls part of something: without it the rest of the notebook has no meaning.
    """
    import nbformat

    cells = nbformat.read(job.path, as_version=4).cells
    start = next((place for place, cell in enumerate(cells) if cell.source == source), None)
    if start is None:
        return []
    tags = {tag for tag in cells[start].metadata.get("tags", []) if tag.startswith(PART)}
    return [cell.id for cell in cells[start:] if tags & set(cell.metadata.get("tags", []))]


@contextmanager
def clean_start(stage):
    """Let a kernel of this environment start as on a new machine: without the user's start-up files and settings.

    Parameters
    ----------
    stage : Path
        Where the notebook writes to; the kernel reads it from its environment.
    """
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="emolabor-") as folder:
        for name in [name for name in os.environ if name.startswith(_PERSONAL) and name not in _NEEDED]:
            del os.environ[name]
        os.environ |= {STAGE: str(stage), "IPYTHONDIR": folder, "JUPYTER_PREFER_ENV_PATH": "1"}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)


def _started_anew(run):
    """Return what `run` returns; begin again where its kernel died before any cell ran."""
    for start in range(1, _STARTS + 1):
        try:
            return run()
        except RuntimeError as error:
            if start == _STARTS or _DIED_UNSTARTED not in str(error):
                raise


def execute(job, stage):
    """Execute one notebook in its own folder; it, its executed copy and a page of that write to another one.

    Parameters
    ----------
    job : Job
        What to execute.
    stage : Path
        Where results, figures and the executed copy go.

    Returns
    -------
    Execution
        With the cell and the message when a cell failed; then no copy is written. A cell that a tag calls part of
        something is left out instead, with what follows it of that part, and the notebook executed once more.
    """
    require("nbformat", "papermill", "jupyter_client")
    from jupyter_client.kernelspec import NoSuchKernel
    from papermill.exceptions import PapermillExecutionError

    start = time.perf_counter()
    failed_parts, failed = [], {}
    while True:
        problem, part = "", []
        try:
            _execute_once(job, stage, failed)
        except PapermillExecutionError as error:
            line = error.source.strip().splitlines()[0]
            problem = redacted(f"{job.name}: cell [{error.exec_count}] ({line}): {error.ename}: {error.evalue}")
            part = part_of(job, error.source)
            told = FAILED_PART[job.settings.get("language", "en")] + redacted(f"{error.ename}: {error.evalue}")
            failed |= dict.fromkeys(part, told)
        except NoSuchKernel:
            problem = f"{job.name}: no Jupyter kernel named python3; install ipykernel in this environment"
        except (RuntimeError, OSError) as error:  # a kernel that died or never answered; a full disk
            problem = redacted(f"{job.name}: {system_message(error) if isinstance(error, OSError) else error}")
        if not part:
            return Execution(job.name, time.perf_counter() - start, problem, failed_parts=tuple(failed_parts))
        failed_parts.append(problem)


def _execute_once(job, stage, failed):
    """Execute the notebook without the cells that failed, and write its executed copy and a page of that."""
    import nbformat
    import papermill

    with clean_start(stage):
        notebook = _started_anew(
            lambda: papermill.execute_notebook(
                prepared(job, failed),
                None,
                {name: value for name, value in job.parameters.items() if name != "language"},  # the edition's own
                kernel_name="python3",
                cwd=job.path.parent,
                progress_bar=False,
                record_timing=False,
                extra_arguments=["--log-level=CRITICAL"],  # The kernel's own notices are not for the user.
            )
        )
        page = notebook_page(clean(notebook), job.name, job.settings.get("language", OWN))
    write_text(stage / "notebooks" / f"{job.name}.ipynb", nbformat.writes(notebook) + "\n")
    write_text(stage / "notebooks" / f"{job.name}.html", page)
