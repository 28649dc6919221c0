"""The run: every notebook executed with papermill, its results stored and compared, paper and page built."""

import errno
import json
import os
import re
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from joblib import cpu_count

from emolabor.common.documents import parse_document, read_plain_text
from emolabor.common.errors import EmolaborError, fault_message, refuse, system_message
from emolabor.common.extras import require
from emolabor.common.files import write_text
from emolabor.common.languages import chosen_language
from emolabor.responses.personal_contents import redacted
from emolabor.study.closing import write_page
from emolabor.study.design import load_design
from emolabor.study.display import LANGUAGES
from emolabor.study.editions import as_source, edition_path, titles
from emolabor.study.environment import commit_of, data_of, environment_text
from emolabor.study.execution import Execution
from emolabor.study.folder import fingerprints, open_folder
from emolabor.study.frozen_plan import PlanCheck, check_plan
from emolabor.study.needs import carried_jobs
from emolabor.study.paths import PACKAGED, project_root, results_place
from emolabor.study.plan import longest_first, plan_jobs
from emolabor.study.reference import Comparison, compare_notebook, rounding_edges
from emolabor.study.workers import execute_all


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
    notes : tuple of str
        What the user's data lack as a whole.
    plan : PlanCheck or None
        The run held against the plan of its study; None where the study has none.
    """

    folder: Path
    executions: tuple
    comparisons: tuple
    paper: tuple
    paper_problem: str
    seconds: float
    notes: tuple = ()
    plan: PlanCheck | None = None

    @property
    def succeeded(self):
        """True when every notebook ended well, no part of one failed, no value differs and the paper did not fail."""
        return not (
            any(execution.problem or execution.failed_parts for execution in self.executions)
            or any(comparison.differences for comparison in self.comparisons)
            or self.paper_problem
        )


def name_run(run, parameters):
    """Name a run: as asked, else after the user's data or study, so that it never mixes with the study's own.

    Parameters
    ----------
    run : str or None
        The name asked for.
    parameters : dict
        Notebook parameters that were given.

    Returns
    -------
    str

    Raises
    ------
    EmolaborError
        For a name that is no folder's name or is kept for the study's own results.

    Examples
    --------
    >>> name_run(None, {}), name_run(None, {"data_path": "answers/wave 1.csv"})
    ('default', 'wave_1')
    """
    own_data = parameters.get("data_path", parameters.get("study_path"))
    if run is None and own_data is not None:
        run = re.sub(r"[^\w-]+", "_", redacted(Path(own_data).stem)).strip("_")
        return f"data_{run}" if run.lower() in ("", "default", "reference") else run
    run = "default" if run is None else run
    if not re.fullmatch(r"[\w-]+", run) or run.lower() == "reference":
        raise EmolaborError(f"run: found {run!r}; allowed: letters, digits, - and _, but not 'reference'")
    if own_data is not None and run.lower() == "default":
        raise EmolaborError("run: 'default' holds the results of the study's own data; give your data another name")
    return run


def build_run_paper(root, folder):
    """Build a run's paper; return its files and, when it cannot be built for whatever reason, that in one line."""
    from emolabor.report import build_paper

    try:
        return tuple(build_paper(folder, paper_folder=root / "paper")), ""
    except EmolaborError as error:
        reason = str(error)
    except OSError as error:
        reason = system_message(error)
    except Exception as error:
        reason = fault_message(error)
    return (), redacted(" ".join(reason.split()))


def update_reference(root, run_folder, jobs, translated):
    """Make a run the reference: its results, and its notebooks as the committed ones, in both languages.

    Parameters
    ----------
    root, run_folder : Path
        The project and the run's folder.
    jobs : list of Job
        The notebooks that ended well. Of the one that runs for each factor, the execution with its default factor
        is committed.
    translated : callable
        Job -> file of the notebook executed in the other language.

    Raises
    ------
    EmolaborError
        When a number sits so near a rounding edge that another machine may write it differently.
    """
    require("nbformat")
    import nbformat

    contents = {job.name: (run_folder / f"{job.name}.json").read_text(encoding="utf-8") for job in jobs}
    for name, content in contents.items():
        edges = rounding_edges(json.loads(content)["values"])
        if edges:
            raise EmolaborError(f"{name}: too near a rounding edge for a reference: {', '.join(edges)}")
    for job in jobs:
        write_text(root / "results" / "reference" / f"{job.name}.json", contents[job.name])
    for job in filter(_is_committed, jobs):
        executed = nbformat.read(run_folder / "notebooks" / f"{job.name}.ipynb", as_version=4)
        source = nbformat.read(job.path, as_version=4)
        write_text(job.path, nbformat.writes(as_source(executed, source)) + "\n")
        write_text(edition_path(job.path, "en"), translated(job).read_text(encoding="utf-8"))


def _is_committed(job):
    return not job.parameters


# Asked for before a notebook runs that would end without one of them.
NEEDED = """
papermill nbconvert nbformat jupyter_client IPython matplotlib PIL sklearn semopy docx jinja2
openpyxl pyarrow pyreadstat pypandoc typst
""".split()


def reproduce(
    run=None,
    only=None,
    language=None,
    parameters=None,
    as_reference=False,
    resume=False,
    workers=None,
    root=None,
    layout=None,
):
    """Run the study: notebooks, results, comparison with the reference, paper, and the page that shows them.

    Parameters
    ----------
    run : str, optional
        Name of the run; its results go to results/<run>/, of the project or, with a study file of one's own, beside
        that. By default `default`, and with a file of one's own the file's name.
    only : str, optional
        Run only the notebooks whose names begin so: the page keeps what the others gave if nothing that decides it has
        changed since, the paper is not built. Without it, a run on data of one's own leaves out the published evidence
        and the comparison with lavaan.
    language : {"zh", "en"}, optional
        Language of the notebooks' tables and figures; by default that of `EMOLABOR_LANGUAGE` or the system where the
        study is written in it, and of a reference zh. The paper is built in both.
    parameters : dict, optional
        Notebook parameter -> value, for the notebooks that take it.
    as_reference : bool
        For maintainers: make this run the new reference and commit its notebooks.
    resume : bool
        Keep the results that an earlier run made from the same notebook, parameters, data and library.
    workers : int, optional
        Notebooks at a time; by default as many as there are cores.
    root : str or Path, optional
        The project's folder; found when not given.
    layout : dict, optional
        What `responses.read_responses` has to be told of a file of one's own: separator, encoding, sheet, header_row.
        It is added to the mapping, which is kept with the results.

    Returns
    -------
    Run

    Raises
    ------
    EmolaborError
        For an unknown notebook, parameter or value, data of one's own that cannot be read, and while another run writes
        to the same folder. A notebook that fails raises nothing: the others go on, and the run's `executions` tell.
    """
    require(*NEEDED, extra="study")
    start = time.perf_counter()
    root = project_root() if root is None else Path(root).resolve()
    if as_reference and root == PACKAGED:
        raise EmolaborError("update-reference: allowed only in a checkout of the project")
    given = parameters or {}
    run = name_run(run, given)
    design = load_design(given.get("study_path"))
    written = {language.partition("-")[0] for language in design.instrument.languages}
    spoken = tuple(one for one in LANGUAGES if one in written)
    language = chosen_language("zh" if as_reference and language is None else language, spoken)
    _check_run(run, language, given, as_reference)
    place = results_place(root, given.get("study_path")) / run
    if layout:
        given = given | {"mapping_path": _mapping_with(layout, given, place / "mapping.yaml")}
    results_dir = Path(os.path.relpath(place, root / "notebooks")).as_posix()
    given = given | {"language": language, "results_dir": results_dir}
    jobs = plan_jobs(root / "notebooks", only, given)
    every = jobs if only is None else plan_jobs(root / "notebooks", None, given)
    carried, skipped, notes = carried_jobs(jobs)
    names = {job.name for job in jobs}
    others = [job for job in every if job.name not in names]
    made_from = fingerprints([*carried, *others], root / "data")
    with open_folder(place) as folder:
        executions = _execute(carried, folder, made_from, resume, workers or cpu_count())
        _note_environment(folder, executions, commit_of(root), data_of(carried))
        executions |= {name: Execution(name, 0.0, skipped=reason) for name, reason in skipped.items()}
        done = [job for job in carried if not executions[job.name].problem]
        whole = [job for job in done if not executions[job.name].failed_parts]
        if as_reference:
            update_reference(root, folder.path, whole, _executed_in_english(whole, folder, workers or cpu_count()))
        comparisons = tuple(_compare(job, folder.path, root / "results" / "reference") for job in whole)
        # The manuscripts are about the study's own data.
        is_whole = only is None and len(whole) == len(jobs) and not any(job.on_own_data for job in jobs)
        paper, paper_problem = build_run_paper(root, folder.path) if is_whole else ((), "")
        ordered = tuple(executions[job.name] for job in jobs)
        seconds = time.perf_counter() - start
        n = _analysed(folder, done)
        plan = check_plan(given.get("study_path"), given, n)
        finished = Run(folder.path, ordered, comparisons, paper, paper_problem, seconds, notes, plan)
        rest = [job for job in others if folder.is_finished(job, made_from[job.name])]
        compared = [_compare(job, folder.path, root / "results" / "reference") for job in rest]
        known = executions | {job.name: Execution(job.name, 0.0, earlier=True) for job in rest}
        # In the order of a whole run; a notebook that only was asked for, such as the published evidence, comes last.
        order = dict.fromkeys(job.name for job in (*every, *jobs))
        everything = tuple(known[name] for name in order if name in known)
        page = replace(finished, executions=everything, comparisons=(*comparisons, *compared))
        write_page(page, language, design, titles(root / "notebooks"))
    return finished


def _analysed(folder, jobs):
    """Return how many respondents were analysed, as the first notebook tells that shows its sample."""
    for job in jobs:
        values = folder.read(f"{job.name}.json").get("values", {})
        found = values.get("sample", {}).get("kept", values.get("sheet", {}).get("n"))
        if found is not None:
            return int(found)
    return None


def _check_run(run, language, parameters, as_reference):
    """Refuse a parameter that has an option of its own, and a reference that is not made with the defaults."""
    if as_reference and (run, language, parameters) != ("default", "zh", {}):
        raise EmolaborError("update-reference: allowed only with the default run, language and parameters")
    for name, option in {"results_dir": "run", "language": "language"}.items():
        if name in parameters:
            raise EmolaborError(f"parameter {name!r}: set it with --{option}")


def _mapping_with(layout, given, path):
    """Write the mapping that says how the file is laid out, too, and return its path."""
    if "data_path" not in given:
        refuse("layout", f"{', '.join(layout)} without a file of answers", "with --data")
    mapping = given.get("mapping_path")
    text = read_plain_text(mapping).rstrip() + "\n" if mapping else ""
    if "layout" in (parse_document(text, str(mapping), number_keys=True).data or {}):
        refuse(mapping, f"a layout, and beside it {', '.join(layout)}", "one of the two")
    return str(write_text(path, f"{text}layout: {json.dumps(layout, ensure_ascii=False)}\n"))


def _execute(jobs, folder, made_from, resume, workers):
    """Execute what is not finished; put each notebook's results into place when it ended well."""
    kept = [job for job in jobs if resume and folder.is_finished(job, made_from[job.name])]
    executions = {job.name: Execution(job.name, 0.0, earlier=True) for job in kept}
    seconds = folder.read("environment.json").get("seconds", {})
    waiting = longest_first([job for job in jobs if job not in kept], seconds)
    with closing(execute_all(waiting, folder.stage, workers)) as ended:
        for job, execution in ended:
            if f"[Errno {errno.ENOSPC}]" in execution.problem:  # the others would fail of the same
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder.path))
            if not execution.problem and not folder.has_results(job):
                problem = f"{job.name}: stored no results; its last cell must call results.save()"
                execution = replace(execution, problem=problem)
            if not execution.problem:
                # What lacks a part is shown, and made again by --resume.
                folder.publish(job, "" if execution.failed_parts else made_from[job.name])
            executions[job.name] = execution
    return executions


def _executed_in_english(jobs, folder, workers):
    """Execute the notebooks that are committed once more, in English; return where each one's copy lies."""
    english = [replace(job, parameters={"language": "en"}) for job in jobs if _is_committed(job)]

    def stage(job):
        return folder.staging / "en" / job.name

    failed = [one.problem for _, one in execute_all(longest_first(english, {}), stage, workers) if one.problem]
    if failed:
        raise EmolaborError(f"update-reference: in English: {'; '.join(failed)}")
    return lambda job: stage(job) / "notebooks" / f"{job.name}.ipynb"


def _note_environment(folder, executions, commit, data):
    """Write what the run was made with; what an earlier part of it knows of seconds and data stays."""
    earlier = folder.read("environment.json")
    seconds = {name: round(one.seconds, 1) for name, one in executions.items() if not one.earlier}
    seconds = earlier.get("seconds", {}) | seconds
    folder.write("environment.json", environment_text(seconds, commit, data or earlier.get("data", {})))


def _compare(job, folder, reference):
    """Compare a notebook's values with the reference, unless they are of other people."""
    if job.on_own_data:
        return Comparison(job.name, 0, (), "your own data")
    return compare_notebook(job.name, folder, reference)
