"""The contract of the committed notebooks: what makes `pytest --nbval` mean something."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from emolabor.study.display import LANGUAGES
from emolabor.study.editions import edition, edition_path, sources
from emolabor.study.needs import NEEDS, PARTS
from emolabor.study.parameters import notebook_parameters
from emolabor.study.plan import factors_of, results_name
from emolabor.study.reference import rounding_edges

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sources(ROOT / "notebooks")
EDITIONS = {language: [edition_path(path, language) for path in SOURCES] for language in LANGUAGES}
PATHS = [path for paths in EDITIONS.values() for path in paths]
NAMES = [path.stem for path in PATHS]
HAN = re.compile("[\u4e00-\u9fff]")
HEADS = {"zh": ("## 结果说明什么", "## 结果不说明什么"), "en": ("## What it means", "## What it does not mean")}
SIMULATED = {"zh": ("**模拟数据**", "模拟"), "en": ("**simulated**", "simulated")}
REFERENCE = ROOT / "results" / "reference"
PARAMETERS = {"data_path", "mapping_path", "language", "estimator", "n_boot", "seed", "results_dir", "factor"}
PARAMETERS |= {"study_path"}


@pytest.fixture(params=PATHS, ids=NAMES)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture
def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def stem_of(path):
    """Name a notebook without the language of its edition."""
    return path.name.partition(".")[0]


def language_of(path):
    return "en" if path in EDITIONS["en"] else "zh"


def texts(cells):
    """List what the cells print or show as text."""
    for cell in cells:
        for output in cell.outputs:
            data = output.get("data", {})
            yield from (data[kind] for kind in data if kind.startswith("text/"))
            yield output.get("text", "")


def is_parameters(cell):
    return "parameters" in cell.metadata.get("tags", [])


def test_there_are_notebooks_and_each_is_there_in_both_languages():
    assert SOURCES
    assert sorted((ROOT / "notebooks").glob("*.ipynb")) == sorted(PATHS)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_english_edition_is_what_the_source_gives(source):
    """The source is the Chinese edition; every cell of prose carries its English twin."""
    notebook = nbformat.read(source, as_version=4)
    assert all(("en" in cell.metadata) == (cell.cell_type == "markdown") for cell in notebook.cells)
    english = edition(notebook, "en")
    committed = nbformat.read(edition_path(source, "en"), as_version=4)
    kept = ("cell_type", "id", "source", "metadata")
    assert [[cell[key] for key in kept] for cell in committed.cells] == [
        [cell[key] for key in kept] for cell in english.cells
    ]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_both_editions_show_the_same_numbers(source):
    """So nbval need not execute the slowest ones twice to know that their numbers are right."""
    shown = []
    for path in (source, edition_path(source, "en")):
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        tables = [text for text in texts(cells) if "<td>" in text]
        shown.append([re.findall(r"<td>(-?[\d.]+|<0\.001)</td>", table) for table in tables])
    assert any(shown[0])
    assert shown[0] == shown[1]


def test_an_edition_is_in_one_language_from_top_to_bottom(path, prose):
    if language_of(path) == "en":
        assert not HAN.search("\n".join(prose))
    else:
        without_names = [re.sub(r"`[^`]*`|[（(][^（）()]*\d{4}[^（）()]*[）)]|\*[^*]*\*", "", text) for text in prose]
        assert not [text for text in without_names if re.search(r"(?:[a-z]{3,} ){3}", text)]
        assert all(HAN.search(text) for text in prose)


def test_one_cell_holds_the_parameters_as_literals_with_the_common_names(code):
    (cell,) = [cell for cell in code if is_parameters(cell)]
    assert cell is code[0]
    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)
        assert statement.targets[0].id in PARAMETERS


def test_a_notebook_on_answers_can_be_given_other_answers_and_another_study_and_says_what_it_needs(path):
    names = notebook_parameters(path).keys()
    assert len(names & {"data_path", "mapping_path", "study_path"}) in (0, 3)
    assert (stem_of(path) in NEEDS) == ("data_path" in names)


def test_cells_are_tagged_with_what_a_part_needs_or_with_its_name(notebook):
    tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    assert {tag for tag in tags if not tag.startswith("part-")} <= {"parameters", *PARTS}


def test_every_parameter_is_used(code):
    names = [statement.targets[0].id for statement in ast.parse(code[0].source).body]
    rest = "\n".join(cell.source for cell in code[1:])
    assert [name for name in names if not re.search(rf"\b{name}\b", rest)] == []


def test_cells_were_executed_in_order(code):
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


def test_no_cell_failed_or_warned(code):
    outputs = [output for cell in code for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


def test_nothing_tells_when_or_where_it_ran(path, notebook, code):
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    allowed = {"tags"} if language_of(path) == "en" else {"tags", "en"}
    assert all(set(cell.metadata) <= allowed for cell in notebook.cells)
    assert not re.search(r"/home/|/Users/|/tmp/|/root/|/work/|[A-Z]:\\\\", path.read_text(encoding="utf-8"))
    assert not [text for text in texts(code) if re.search(r"0x[0-9a-f]{6,}", text)]


def test_cells_are_short_and_show_nothing_unstable(code):
    for cell in code:
        assert len(cell.source.splitlines()) < 15
        assert not re.search(r";\s*$|%pip|!pip|sys\.path|inspect\(|\.style\b", cell.source, re.MULTILINE)
    assert not [output for cell in code for output in cell.outputs if "image/svg+xml" in output.get("data", {})]


def test_numbers_are_printed_with_at_most_three_decimals(code):
    # Preprint numbers, such as ChinaXiv:202011.00009V1, are no results.
    shown = [re.sub(r"ChinaXiv:\S+", "", text) for text in texts(code)]
    assert not [found for text in shown for found in re.findall(r"\d\.\d{4,}", text)]


def test_outputs_are_small(path):
    assert (
        path.stat().st_size < 380_000
    )  # notebook 07 shows three figures of 40 paths and more; English words are longer


def test_pictures_are_drawn_from_stored_numbers(code):
    drawing = [cell for cell in code if any("image/png" in output.get("data", {}) for output in cell.outputs)]
    assert all("results.figure(" in cell.source for cell in drawing)


def test_tables_are_stored_before_they_are_shown(code):
    showing = [cell for cell in code if any("text/html" in output.get("data", {}) for output in cell.outputs)]
    assert showing
    assert all("results.show(" in cell.source for cell in showing)


def test_results_are_stored_under_the_notebook_s_name_at_the_end(path, code):
    text = "\n".join(cell.source for cell in code)
    assert f'Results("{stem_of(path)}", results_dir, language' in text
    assert ("factor" in notebook_parameters(path)) == ("factor=factor" in text)
    assert code[-1].source == "results.save()"


def test_prose_asks_explains_and_limits(path, prose):
    text = "\n\n".join(prose)
    assert prose[0].startswith("# ")
    assert re.search(r"\*\*[^*]+[?？]\*\*", prose[0])
    assert [head for head in HEADS[language_of(path)] if head not in text] == []


def test_no_number_is_typed_into_prose(prose):
    assert not [found for text in prose for found in re.findall(r"\d+\.\d+|\.\d+|\d+ ?%", text)]


def test_prose_claims_no_causes(prose):
    assert not re.search(r"\beffects? of\b|\bcauses\b|\bleads? to\b|导致|造成|总效应", "\n".join(prose))


def test_simulated_is_said_wherever_simulated_answers_are_used(path, code, prose):
    if "simulated" in code[0].source:
        first, last = SIMULATED[language_of(path)]
        assert first in prose[0]
        assert last in prose[-1]


def test_each_notebook_has_a_reference_for_each_of_its_factors_and_each_reference_a_notebook():
    expected = [results_name(path.stem, factor) for path in SOURCES for factor in factors_of(notebook_parameters(path))]
    assert sorted(path.stem for path in REFERENCE.glob("*.json")) == sorted(expected)


def test_a_notebook_that_runs_for_each_factor_is_committed_with_one_of_them(path):
    defaults = notebook_parameters(path)
    assert defaults.get("factor") in factors_of(defaults)


def test_the_reference_holds_what_the_notebook_shows(path, code):
    """Every number on a page is the rounding of a stored one."""
    from emolabor.study.display import rounded
    from emolabor.study.reference import flatten

    name = results_name(stem_of(path), notebook_parameters(path).get("factor"))
    content = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    stored = {rounded(value) for value in flatten(content["values"]).values() if type(value) in (int, float)}
    showing = [cell for cell in code if any("text/html" in output.get("data", {}) for output in cell.outputs)]
    cells = [
        found for text in texts(showing) if "<td>" in text for found in re.findall(r"<td>(-?\d+\.\d{3})</td>", text)
    ]
    assert set(cells) <= stored


@pytest.mark.parametrize("reference", sorted(REFERENCE.glob("*.json")), ids=lambda path: path.stem)
def test_no_reference_number_sits_on_a_rounding_edge(reference):
    assert rounding_edges(json.loads(reference.read_text(encoding="utf-8"))["values"]) == []


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing(arguments):
    ended = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "notebooks"], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout
