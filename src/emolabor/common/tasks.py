"""Many independent computations, shared among processes."""


def chunk_sizes(total: int, most: int) -> list[int]:
    """Cut a number of computations into chunks of a fixed size, so that results do not depend on who does them.

    Examples
    --------
    >>> chunk_sizes(450, 200)
    [200, 200, 50]
    """
    rest = [total % most] if total % most else []
    return [most] * (total // most) + rest


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
