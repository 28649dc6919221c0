"""Many independent computations, shared among processes."""

from emolabor.common.errors import EmolaborError


def check_jobs(jobs):
    """Refuse a number of processes that joblib cannot use."""
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs == 0:
        raise EmolaborError(f"jobs: found {jobs!r}, allowed: a whole number other than 0.")


def run_tasks(function, tasks, jobs, name):
    """Map a function over tasks, in order, with a progress bar where there is a terminal.

    Parameters
    ----------
    function : callable
        Can be sent to another process.
    tasks : list of tuple
        Its arguments.
    jobs : int
        Processes, through joblib (-1: all cores).
    name : str
        What the progress bar says.

    Returns
    -------
    list
        The results in the order of the tasks.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    parts = Parallel(n_jobs=jobs, return_as="generator")(delayed(function)(*task) for task in tasks)
    return list(tqdm(parts, total=len(tasks), desc=name, disable=None))
