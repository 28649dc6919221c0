"""The closing table of a run, for people."""

import subprocess
import sys
from collections import Counter

import pandas as pd

from emolabor.study.reference import Comparison


def import_seconds():
    """Measure how long a fresh interpreter takes to import emolabor, in seconds."""
    code = "import time; start = time.perf_counter(); import emolabor; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def closing_table(run, seconds_to_import, shown_from):
    """Write what a run gave, as text.

    Parameters
    ----------
    run : Run
        From `reproduce`.
    seconds_to_import : float
        From `import_seconds`.
    shown_from : Path
        Folders are written as seen from here.

    Returns
    -------
    str
        One line a notebook with its seconds and how many values were compared and are equal; then what the data lack
        and what was skipped for it, every difference with both values, every problem, the paper's files, the times,
        and where to look.
    """
    comparisons = {comparison.notebook: comparison for comparison in run.comparisons}
    width = max(28, *(len(execution.notebook) for execution in run.executions))
    lines = [f"{'notebook':<{width}}{'seconds':>9}{'compared':>10}{'equal':>8}"]
    for execution in run.executions:
        comparison = comparisons.get(execution.notebook)
        outcome = "  skipped" if execution.skipped else "  failed" if comparison is None else _outcome(comparison)
        seconds = "earlier" if execution.earlier else "" if execution.skipped else f"{execution.seconds:.1f}"
        lines.append(f"{execution.notebook:<{width}}{seconds:>9}{outcome}")
    compared, equal = (sum(getattr(one, name) for one in run.comparisons) for name in ("compared", "equal"))
    lines += [f"{'all notebooks':<{width}}{run.seconds:>9.1f}{compared:>10}{equal:>8}", ""]
    lines += [f"your data: {note}" for note in run.notes]
    lines += _skipped(run.executions, run.folder)
    lines += [f"not equal: {difference}" for one in run.comparisons for difference in one.differences]
    lines += [f"failed: {_failure(execution, run.folder)}" for execution in run.executions if execution.problem]
    lines += [f"paper failed: {run.paper_problem}"] if run.paper_problem else []
    endings = Counter(path.suffix[1:] for path in run.paper)
    files = ", ".join(f"{count} {ending}" for ending, count in sorted(endings.items())) or "not built"
    folder = run.folder.relative_to(shown_from) if run.folder.is_relative_to(shown_from) else run.folder
    ending = [f"paper: {files}", f"import emolabor: {seconds_to_import:.2f} s", f"look in: {folder / 'index.html'}"]
    return "\n".join([*lines, *ending])


def write_page(run, language, design):
    """Write the run's page, ``index.html`` in its folder, and return its path.

    Parameters
    ----------
    run : Run
    language : {"zh", "en"}
        Language in which the page opens.
    design : Design
        What the run asked and claimed.

    Returns
    -------
    Path
    """
    from emolabor.report import write_run_page

    comparisons = {comparison.notebook: comparison for comparison in run.comparisons}
    rows = {}
    for execution in run.executions:
        comparison = comparisons.get(execution.notebook, Comparison(execution.notebook, 0, ()))
        counts = (comparison.compared, comparison.equal, comparison.reason, comparison.differences)
        rows[execution.notebook] = (*counts, execution.problem, execution.skipped)
    columns = ["compared", "equal", "reason", "differences", "problem", "skipped"]
    notebooks = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return write_run_page(
        run.folder, notebooks, run.paper, language, design.instrument, design.claims, run.paper_problem
    )


def _outcome(comparison):
    """Write a notebook's two counts, or why nothing was compared."""
    if comparison.reason:
        return f"  not compared ({comparison.reason})"
    return f"{comparison.compared:>10}{comparison.equal:>8}"


def _failure(execution, folder):
    """Write why a notebook failed, and that what still lies there is not of this run."""
    return execution.problem + _left(execution, folder)


def _skipped(executions, folder):
    """Write why notebooks were skipped, a line a reason, and that what still lies there is not of this run."""
    names = {}
    for execution in executions:
        if execution.skipped:
            names.setdefault(execution.skipped["en"], []).append(execution.notebook + _left(execution, folder))
    return [f"skipped ({reason}): {', '.join(those)}" for reason, those in names.items()]


def _left(execution, folder):
    is_left = (folder / f"{execution.notebook}.json").is_file()
    return f" ({execution.notebook}.json is an earlier run's)" if is_left else ""
