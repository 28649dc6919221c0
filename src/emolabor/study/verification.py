"""What `python3 run.py verify` found: how many values equal the reference in each configuration, as a table."""

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_text
from emolabor.study.paths import project_root
from emolabor.study.reference import compare_notebook, flatten, read_results

PAGES = ("README.md", "README.zh-CN.md", "docs/reproduction.md", "docs/reproduction.zh-CN.md")
BEGIN, END = "<!-- reproduction: begin -->\n", "<!-- reproduction: end -->\n"


@dataclass(frozen=True)
class Verified:
    """What one configuration gave, against the whole reference.

    Attributes
    ----------
    notebooks, all_notebooks : int
        Executions that ended well, and all.
    compared, equal : int
        Values of the reference and of the run; those of a notebook that did not end well are compared and not equal.
    largest : float
        Largest difference of two numbers, in units of the larger of 1 and the reference; nan without any.
    made_with : str
        Python, numpy and the kernel of linear algebra.
    """

    notebooks: int
    all_notebooks: int
    compared: int
    equal: int
    largest: float
    made_with: str


def verified(run_folder, reference_folder):
    """Compare a run with every notebook of the reference.

    Parameters
    ----------
    run_folder, reference_folder : Path
        Folders of results.

    Returns
    -------
    Verified
    """
    references = sorted(reference_folder.glob("*.json"))
    done = [path.stem for path in references if (run_folder / path.name).is_file()]
    comparisons = [compare_notebook(name, run_folder, reference_folder) for name in done]
    lost = sum(len(flatten(read_results(path)[1])) for path in references if path.stem not in done)
    differences = [largest_difference(run_folder / f"{name}.json", reference_folder / f"{name}.json") for name in done]
    return Verified(
        len(done),
        len(references),
        lost + sum(one.compared for one in comparisons),
        sum(one.equal for one in comparisons),
        max(differences, default=math.nan),
        _made_with(run_folder),
    )


def largest_difference(run_path, reference_path):
    """Return the largest difference of two stored numbers, in units of the larger of 1 and the reference."""
    found, reference = (flatten(read_results(path)[1]) for path in (run_path, reference_path))
    numbers = [key for key, value in reference.items() if type(value) is float and type(found.get(key)) is float]
    return max((abs(found[key] - reference[key]) / max(1, abs(reference[key])) for key in numbers), default=0.0)


def _made_with(run_folder):
    path = run_folder / "environment.json"
    if not path.is_file():
        return ""
    content = json.loads(path.read_text(encoding="utf-8"))
    return f"Python {content['python']}, numpy {content['packages']['numpy']}, {content['linear_algebra']}"


def verification_table(rows):
    """Write the table.

    Parameters
    ----------
    rows : list of tuple
        label, Verified or the reason why a configuration was not run.

    Returns
    -------
    str
        Markdown.
    """
    lines = ["| configuration | made with | notebooks | values compared | values equal | largest difference |"]
    lines += ["|---|---|--:|--:|--:|--:|"]
    for label, found in rows:
        if isinstance(found, str):
            lines.append(f"| {label} | not run: {found} | | | | |")
        else:
            cells = [label, found.made_with, f"{found.notebooks} of {found.all_notebooks}"]
            cells += [f"{found.compared:,}", f"{found.equal:,}", _size(found.largest)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _size(difference):
    """Write a largest difference; nothing when nothing was compared."""
    return "" if math.isnan(difference) else "0" if difference == 0 else f"{difference:.0e}"


def between_markers(page, table):
    """Return the text of a page with the table between its two markers.

    Raises
    ------
    EmolaborError
        When the markers are not there.
    """
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise EmolaborError(f"{page.name}: allowed: a line {BEGIN.strip()} and a line {END.strip()} for the table")
    return text[: text.index(BEGIN)] + BEGIN + "\n" + table + "\n" + text[text.index(END) :]


def write_verification(rows, root):
    """Compare the runs with the reference; write the table into the pages that show it.

    Parameters
    ----------
    rows : list of dict
        From run.py: `label`, and `run` or the `reason` why it was not run.
    root : Path
        The project.

    Returns
    -------
    bool
        True when every value of every run is equal.
    """
    results = root / "results"
    found = [(row["label"], row.get("reason") or verified(results / row["run"], results / "reference")) for row in rows]
    table = verification_table(found)
    texts = {name: between_markers(root / name, table) for name in PAGES}
    for name, text in texts.items():
        write_text(root / name, text)
    print(table)
    return all(isinstance(one, str) or one.compared == one.equal for _, one in found)


if __name__ == "__main__":
    sys.exit(0 if write_verification(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), project_root()) else 1)
