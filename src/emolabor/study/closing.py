"""The closing table of a run, for people."""

import itertools
import json
from collections import Counter

import pandas as pd

from emolabor.analysis.verdicts import TESTED
from emolabor.common.text_width import text_width
from emolabor.common.words import LANGUAGES, Words, speaking, spoken
from emolabor.study.frozen_plan import told
from emolabor.study.reference import Comparison

say = Words("emolabor.study")
# Notebooks that judge the claims, the one that knows most first.
JUDGES = ("07_structural_model", "15_correlation_table")


def closing_table(run, shown_from):
    """Write what a run gave, as text, in the language that is spoken.

    Parameters
    ----------
    run : Run
        From `reproduce`.
    shown_from : Path
        Folders are written as seen from here.

    Returns
    -------
    str
        One line a notebook with its seconds and how many values were compared and are equal; then the verdicts on the
        claims, whether the run keeps to the study's plan, what the data lack and what was skipped for it, every
        difference with both values, every problem, the paper's files, and where to look.
    """
    comparisons = {comparison.notebook: comparison for comparison in run.comparisons}
    heads = [say(f"closing_{key}") for key in ("notebook", "seconds", "compared", "equal")]
    width = max(28, *(len(execution.notebook) for execution in run.executions))
    lines = [_line(width, *heads)]
    for execution in run.executions:
        comparison = comparisons.get(execution.notebook)
        seconds = (
            say("closing_earlier") if execution.earlier else "" if execution.skipped else f"{execution.seconds:.1f}"
        )
        counts = _outcome(execution, comparison)
        if len(counts) == 2:
            lines.append(_line(width, execution.notebook, seconds, *counts))
        else:
            lines.append(_line(width, execution.notebook, seconds) + f"  {counts[0]}")
    totals = (sum(getattr(one, name) for one in run.comparisons) for name in ("compared", "equal"))
    lines += [_line(width, say("closing_all"), f"{run.seconds:.1f}", *map(str, totals)), ""]
    lines += _verdicts(run)
    lines += [*itertools.chain(*told(run.plan))] if run.plan else []
    lines += [say("closing_note", note=note) for note in run.notes]
    lines += _skipped(run.executions, run.folder)
    lines += [_difference(difference) for one in run.comparisons for difference in one.differences]
    failed = (execution for execution in run.executions if execution.problem)
    lines += [say("closing_failure", why=execution.problem + _left(execution, run.folder)) for execution in failed]
    parts = (part for execution in run.executions for part in execution.failed_parts)
    lines += [say("closing_part_failed", why=part) for part in parts]
    lines += [say("closing_paper_failed", why=run.paper_problem)] if run.paper_problem else []
    endings = Counter(path.suffix[1:] for path in run.paper)
    files = ", ".join(f"{count} {ending}" for ending, count in sorted(endings.items())) or say("closing_no_paper")
    folder = run.folder.relative_to(shown_from) if run.folder.is_relative_to(shown_from) else run.folder
    return "\n".join([*lines, say("closing_paper", files=files), say("closing_page", page=folder / "index.html")])


def write_page(run, language, design, heads=None):
    """Write the run's page, ``index.html`` in its folder, and return its path.

    Parameters
    ----------
    run : Run
    language : {"zh", "en"}
        Language in which the page opens.
    design : Design
        What the run asked and claimed.
    heads : dict of str to dict, optional
        Notebook -> language -> heading, from `editions.titles`.

    Returns
    -------
    Path
    """
    from emolabor.report import write_run_page

    comparisons = {comparison.notebook: comparison for comparison in run.comparisons}
    rows = {}
    for execution in run.executions:
        lost = f"a part failed: {execution.failed_parts[0]}" if execution.failed_parts else ""
        comparison = comparisons.get(execution.notebook, Comparison(execution.notebook, 0, (), lost))
        counts = (comparison.compared, comparison.equal, comparison.reason, comparison.differences)
        rows[execution.notebook] = (*counts, execution.problem, execution.skipped)
    columns = ["compared", "equal", "reason", "differences", "problem", "skipped"]
    notebooks = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    plan = run.plan and _plan_in_both(run.plan)
    return write_run_page(
        run.folder,
        notebooks,
        run.paper,
        language,
        design.instrument,
        design.claims,
        run.paper_problem,
        plan,
        heads,
    )


def _plan_in_both(check):
    """Say how the run stands to its plan in both languages, for the page."""
    sentences = []
    for language in LANGUAGES:
        with speaking(language):
            sentences.append(told(check))
    short, departures = (
        [dict(zip(LANGUAGES, texts, strict=True)) for texts in zip(*own, strict=True)]
        for own in zip(*sentences, strict=True)
    )
    return {"short": short, "departures": departures, "is_kept": not (check.tampered or check.departures)}


def _line(width, name, *columns):
    """Write a row: the name to the left, each column to the right of its place."""
    cells = [" " * (places - text_width(text)) + text for text, places in zip(columns, (10, 10, 8), strict=False)]
    return name + " " * (width - text_width(name)) + "".join(cells)


def _outcome(execution, comparison):
    """Return a notebook's two counts, or one text: why nothing was compared."""
    if execution.skipped:
        return (say("closing_is_skipped"),)
    if execution.failed_parts:
        return (say("closing_is_partly"),)
    if comparison is None:
        return (say("closing_is_failed"),)
    if comparison.reason:
        kind, colon, detail = comparison.reason.partition(": ")
        return (say(f"closing_not_compared_{kind.replace(' ', '_')}") + colon + detail,)
    return str(comparison.compared), str(comparison.equal)


def _verdicts(run):
    """Count the verdicts of the notebook that judges the claims; where that one failed, of the next that does."""
    done = {one.notebook for one in run.executions if not one.problem and not one.skipped}
    for notebook in JUDGES:
        file = run.folder / f"{notebook}.json"
        if notebook in done and file.is_file():
            rows = json.loads(file.read_text(encoding="utf-8"))["values"].get("verdicts", {})
            counts = Counter(row["verdict"] for row in rows.values())
            told = {verdict: counts.pop(verdict, 0) for verdict in TESTED}
            if rows:
                return [say("closing_verdicts", notebook=notebook, others=sum(counts.values()), **told)]
    return []


def _difference(difference):
    facts = {"reference": repr(difference.reference), "found": repr(difference.found)}
    return say("closing_difference", notebook=difference.notebook, key=difference.key, **facts)


def _skipped(executions, folder):
    """Write why notebooks were skipped, a line a reason, and that what still lies there is not of this run."""
    names = {}
    for execution in executions:
        if execution.skipped:
            reason = execution.skipped[spoken()]
            names.setdefault(reason, []).append(execution.notebook + _left(execution, folder))
    return [say("closing_skipped", reason=reason, names=", ".join(those)) for reason, those in names.items()]


def _left(execution, folder):
    is_left = (folder / f"{execution.notebook}.json").is_file()
    return say("closing_left_over", notebook=execution.notebook) if is_left else ""
