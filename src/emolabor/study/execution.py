"""Execution of notebooks with papermill: two at a time, one linear-algebra thread each, nothing that changes by run."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from multiprocessing import get_context

from emolabor.files import write_text

WORKERS = 2
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True)
class Execution:
    """How one notebook's execution ended: `problem` is empty when all went well."""

    notebook: str
    seconds: float
    problem: str = ""


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
    return notebook


def execute(path, output, parameters):
    """Execute one notebook in its own folder and write the executed copy, clean and whole.

    Parameters
    ----------
    path, output : Path
        The notebook and where its executed copy goes.
    parameters : dict
        Parameter -> value, put in place of the defaults.

    Returns
    -------
    Execution
        With the cell and the message when a cell failed; then nothing is written.
    """
    import nbformat
    import papermill
    from jupyter_client.kernelspec import NoSuchKernel
    from papermill.exceptions import PapermillExecutionError

    start = time.perf_counter()
    problem = ""
    try:
        notebook = papermill.execute_notebook(
            path,
            None,
            parameters,
            kernel_name="python3",
            cwd=path.parent,
            progress_bar=False,
            record_timing=False,
            extra_arguments=["--log-level=CRITICAL"],  # The kernel's own notices are not for the user.
        )
        write_text(output, nbformat.writes(clean(notebook)) + "\n")
    except PapermillExecutionError as error:
        line = error.source.strip().splitlines()[0]
        problem = f"{path.stem}: cell [{error.exec_count}] ({line}): {error.ename}: {error.evalue}"
    except NoSuchKernel:
        problem = f"{path.stem}: no Jupyter kernel named python3; install ipykernel in this environment"
    except RuntimeError as error:  # nbclient's word for a kernel that died or never answered
        problem = f"{path.stem}: {error}"
    return Execution(path.stem, time.perf_counter() - start, problem)


def _start_worker():
    """Make a worker's kernels use one thread for linear algebra, and leave Ctrl-C to the parent.

    With several threads sums are added in another order, and last digits differ from machine to machine.
    """
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _execute_job(job):
    """Execute one notebook; a worker told to stop lets papermill shut its kernel down first, then goes silently."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        return execute(*job)
    except SystemExit:
        os._exit(1)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def execute_all(jobs):
    """Execute notebooks in parallel, with a progress bar on stderr.

    Parameters
    ----------
    jobs : list of tuple
        (path, output, parameters) for `execute`.

    Returns
    -------
    list of Execution
        In the order of the notebooks' names.
    """
    from tqdm import tqdm

    with get_context("spawn").Pool(min(WORKERS, len(jobs)), initializer=_start_worker) as pool:
        finished = tqdm(pool.imap_unordered(_execute_job, jobs), total=len(jobs), desc="notebooks", file=sys.stderr)
        executions = sorted(finished, key=lambda execution: execution.notebook)
        pool.close()
        pool.join()
    return executions
