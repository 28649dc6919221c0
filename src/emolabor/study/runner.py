"""The run: every notebook executed with papermill, its results stored and compared, the paper built."""

import json
import re
import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from emolabor.errors import EmolaborError
from emolabor.files import write_text
from emolabor.study.compare import compare_notebook, rounding_edges
from emolabor.study.execution import execute_all
from emolabor.study.parameters import choose_parameters, notebook_parameters
from emolabor.study.paths import project_root

PACKAGES = ("emolabor", "numpy", "scipy", "pandas", "matplotlib", "seaborn", "papermill", "semopy")


@dataclass(frozen=True)
class Run:
    """What a run gave.

    Attributes
    ----------
    folder : Path
        Where the results lie.
    executions : tuple of Execution
        One for each notebook, in the notebooks' order.
    comparisons : tuple of Comparison
        One for each notebook that ended well.
    paper : tuple of Path
        Files of the paper; empty when it was not built.
    paper_problem : str
        Why the paper was not built.
    seconds : float
        Time of the whole run.
    """

    folder: Path
    executions: tuple
    comparisons: tuple
    paper: tuple
    paper_problem: str
    seconds: float

    @property
    def succeeded(self):
        """True when every notebook ended well, no value differs and the paper did not fail."""
        return not (
            any(execution.problem for execution in self.executions)
            or any(comparison.differences for comparison in self.comparisons)
            or self.paper_problem
        )


def choose_notebooks(folder, only=None):
    """List the notebooks of a run.

    Parameters
    ----------
    folder : Path
        The folder of notebooks.
    only : str, optional
        A notebook's number, name, or beginning of its name.

    Returns
    -------
    list of Path
        In order of their names.

    Raises
    ------
    EmolaborError
        When there are none, or none begins as asked.
    """
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    chosen = [path for path in paths if only is None or path.stem.startswith(only)]
    if not chosen:
        names = ", ".join(path.stem for path in paths) or "none, the folder is empty"
        raise EmolaborError(f"--only: no notebook begins with {only!r}; there are: {names}")
    return chosen


def write_environment(folder, executions):
    """Write what the run was made with to `environment.json`; it is never compared."""
    import platform

    content = {
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "machine": platform.machine(),
        "packages": {name: version(name) for name in PACKAGES},
        "seconds": {execution.notebook: round(execution.seconds, 1) for execution in executions},
    }
    write_text(folder / "environment.json", json.dumps(content, indent=1, sort_keys=True) + "\n")


def build_run_paper(root, folder):
    """Build a run's paper; return its files and, when it cannot be built, the reason."""
    from emolabor.report import build_paper

    try:
        return tuple(build_paper(folder, paper_folder=root / "paper")), ""
    except EmolaborError as error:
        return (), str(error)


def update_reference(root, run_folder, notebooks):
    """Make a run the reference: its results, and its notebooks as the committed ones.

    Parameters
    ----------
    root, run_folder : Path
        The project and the run's folder.
    notebooks : list of str
        Names of the notebooks that ended well.

    Raises
    ------
    EmolaborError
        When a number sits so near a rounding edge that another machine may write it differently.
    """
    contents = {name: (run_folder / f"{name}.json").read_text(encoding="utf-8") for name in notebooks}
    for name, content in contents.items():
        edges = rounding_edges(json.loads(content)["values"])
        if edges:
            raise EmolaborError(f"{name}: too near a rounding edge for a reference: {', '.join(edges)}")
    for name, content in contents.items():
        write_text(root / "results" / "reference" / f"{name}.json", content)
        executed = run_folder / "notebooks" / f"{name}.ipynb"
        write_text(root / "notebooks" / f"{name}.ipynb", executed.read_text(encoding="utf-8"))


def reproduce(run="default", only=None, language="zh", parameters=None, as_reference=False, root=None):
    """Run the study: notebooks, results, paper, comparison with the reference.

    Parameters
    ----------
    run : str
        Name of the run; its results go to results/<run>/.
    only : str, optional
        Run only the notebooks whose names begin so; the paper is then not built.
    language : {"zh", "en"}
        Language of the notebooks' tables and figures. The paper is built in both.
    parameters : dict, optional
        Notebook parameter -> value, for the notebooks that take it.
    as_reference : bool
        For maintainers: make this run the new reference and commit its notebooks.
    root : str or Path, optional
        The project's folder; found when not given.

    Returns
    -------
    Run

    Raises
    ------
    EmolaborError
        For an unknown notebook, parameter or value. A notebook that fails raises nothing: the others
        go on, and the run's `executions` tell.
    """
    start = time.perf_counter()
    root = project_root() if root is None else Path(root).resolve()
    _check_run(run, language, parameters or {}, as_reference)
    folder, reference = root / "results" / run, root / "results" / "reference"
    paths = choose_notebooks(root / "notebooks", only)
    known = {path.stem: notebook_parameters(path) for path in paths}
    given = (parameters or {}) | {"language": language, "results_dir": f"../results/{run}"}
    chosen = choose_parameters(known, given, root / "notebooks")
    _remove_earlier(folder, paths)
    executions = execute_all([(path, folder / "notebooks" / path.name, chosen[path.stem]) for path in paths])
    executions = tuple(_with_results(execution, folder) for execution in executions)
    write_environment(folder, executions)
    done = [execution.notebook for execution in executions if not execution.problem]
    if as_reference:
        update_reference(root, folder, done)
    comparisons = tuple(compare_notebook(name, folder, reference) for name in done)
    is_whole = only is None and len(done) == len(paths)
    paper, paper_problem = build_run_paper(root, folder) if is_whole else ((), "")
    return Run(folder, executions, comparisons, paper, paper_problem, time.perf_counter() - start)


def _check_run(run, language, parameters, as_reference):
    """Refuse a run's name that is no folder name, and a reference that is not made with the defaults."""
    if not re.fullmatch(r"[\w-]+", run) or run == "reference":
        raise EmolaborError(f"run: found {run!r}, allowed: letters, digits, - and _, but not 'reference'")
    if as_reference and (run, language, parameters) != ("default", "zh", {}):
        raise EmolaborError("update-reference: allowed only with the default run, language and parameters")
    for name, option in {"results_dir": "run", "language": "language"}.items():
        if name in parameters:
            raise EmolaborError(f"parameter {name!r}: set it with --{option}")


def _remove_earlier(folder, paths):
    """Remove what an earlier run of these notebooks left, lest it pass for this run's."""
    for path in paths:
        (folder / f"{path.stem}.json").unlink(missing_ok=True)
        (folder / "notebooks" / path.name).unlink(missing_ok=True)


def _with_results(execution, folder):
    """Call a notebook that ended well without storing results a failed one."""
    if execution.problem or (folder / f"{execution.notebook}.json").is_file():
        return execution
    return replace(
        execution, problem=f"{execution.notebook}: stored no results; its last cell must call results.save()"
    )
