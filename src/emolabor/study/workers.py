"""Several notebooks at a time: worker processes with one linear-algebra thread each, and a progress bar."""

import os
import signal
import sys
import tempfile
import threading
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from emolabor.study.execution import Execution, execute

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def _end_with_parent():
    """Wait for the run's end, even by SIGKILL, and end with it; a kernel watches its worker in the same way."""
    parent_process().join()
    os._exit(1)


def _stop(*_):
    """Ask a worker told to stop to let papermill shut its kernel down first."""
    sys.exit(1)


def _work(connection, compiled):
    """Execute the notebooks that come through a connection, until told to stop.

    With several threads of linear algebra sums are added in another order, and last digits differ from machine to
    machine. Ctrl-C is left to the parent. Where Python is not to leave compiled modules behind, every kernel would
    compile all of them anew, for seconds: a run's kernels share a folder for them, which goes with the run.
    """
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            connection.send(execute(*connection.recv()))
            signal.signal(signal.SIGTERM, _stop)  # nbclient takes the signal's handler away.
    except (SystemExit, EOFError, OSError):  # told to stop, or nobody listens any more
        os._exit(0)


class Worker:
    """A worker process, and the notebook that it executes."""

    def __init__(self, compiled):
        context = get_context("spawn")
        self.connection, far_end = context.Pipe()
        self.process = context.Process(target=_work, args=(far_end, compiled), daemon=True)
        self.process.start()
        far_end.close()
        self.job = None

    def start(self, job, stage):
        """Give the worker a notebook."""
        self.job = job
        self.connection.send((job, stage))

    def result(self):
        """Return how the notebook ended; a worker that died, such as one out of memory, says so."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            return Execution(self.job.name, 0.0, f"{self.job.name}: its process was killed; was there memory enough?")


def execute_all(jobs, stage, workers):
    """Execute notebooks in parallel, with a progress bar on stderr that names those that are running.

    Parameters
    ----------
    jobs : list of Job
        In the order in which they start.
    stage : callable
        Job -> folder that it writes to.
    workers : int
        How many at a time.

    Yields
    ------
    Job, Execution
        Each as it ends.
    """
    from tqdm import tqdm

    waiting = list(reversed(jobs))
    layout = "{desc} {n_fmt}/{total_fmt} |{bar}| {elapsed}{postfix}"
    second = 1 if sys.stderr.isatty() else None  # On a terminal the clock goes on; a log has a line an event.
    compiled = tempfile.TemporaryDirectory(prefix="emolabor-", ignore_cleanup_errors=True)
    team = [Worker(compiled.name) for _ in range(min(workers, len(jobs)))]
    try:
        with tqdm(total=len(jobs), desc="notebooks", file=sys.stderr, bar_format=layout, dynamic_ncols=True) as bar:
            while waiting or any(worker.job for worker in team):
                for place, worker in enumerate(team):
                    if waiting and worker.job is None:
                        if not worker.process.is_alive():
                            team[place] = worker = Worker(compiled.name)
                        worker.start(job := waiting.pop(), stage(job))
                bar.set_postfix_str(", ".join(worker.job.name for worker in team if worker.job))
                for connection in wait([worker.connection for worker in team if worker.job], second):
                    worker = next(one for one in team if one.connection is connection)
                    execution, job, worker.job = worker.result(), worker.job, None
                    yield job, execution
                    bar.update()
            bar.set_postfix_str("")
    finally:
        for worker in team:
            worker.process.terminate()
            worker.connection.close()
        for worker in team:
            worker.process.join()
        compiled.cleanup()
