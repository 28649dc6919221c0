"""What the READMEs and the pages beside them say can be done, can be done, and the two languages say the same."""

import csv
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from emolabor.cli import cli
from emolabor.theory import claim_paths, load_claims

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.zh-CN.md"]
WITH_COMMANDS = [*READMES, "docs/continuous-checks.md", "docs/engine-agreement.md", "docs/reproduction.md"]
LINKED = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in ROOT.glob("docs/*.md"))]
INDEX = ("docs/README.md", "docs/README.zh-CN.md")
TWINS = [("README.md", "README.zh-CN.md")] + [
    (page.relative_to(ROOT).as_posix().replace(".zh-CN", ""), page.relative_to(ROOT).as_posix())
    for page in sorted(ROOT.glob("docs/*.zh-CN.md"))
]
MADE_BY_A_RUN = ["results/default/", "results/default/index.html"]

# The first word of a command and the test in test_run.py that proves what it starts.
PROVEN_BY = {
    "reproduce": "test_arguments_go_on_to_reproduce_in_the_callers_folder",
    "test": "test_test_runs_pytest_over_tests_and_notebooks",
    "lab": "test_lab_opens_the_notebooks",
    "verify": "test_verify_changes_one_thing_at_a_time_and_then_all",
    "docs": "test_docs_builds_the_site_in_an_environment_of_its_own_and_shows_it",
    "setup": "test_first_run_makes_the_environment_and_the_second_makes_nothing",
}


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    return re.findall(r"^```(\w*)(?: refused)?\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)


def code(page):
    """What is typed, not what is printed; where the languages may differ, test_tutorial*.py run both."""
    found = re.findall(r"^```([^\n]*)\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)
    return [text for head, text in found if head != "text"]


def prose(page):
    """A page without its blocks of code and without the table that `verify` writes into it."""
    text = re.sub(r"^```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"<!-- reproduction: begin -->.*?<!-- reproduction: end -->", "", text, flags=re.DOTALL)


def commands(page):
    found = [line for language, text in blocks(page) if language == "" for line in text.splitlines()]
    return found + re.findall(r"`(python3 run\.py[^`]*)`", prose(page))


def tables(page):
    """The tables of a page: lists of rows of cells."""
    found = re.findall(r"(?:^\|.*\|\n)+", prose(page), re.MULTILINE)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in one.splitlines()] for one in found]


COMMANDS = sorted({command for page in WITH_COMMANDS for command in commands(page)})
SNIPPETS = sorted({text for page in WITH_COMMANDS for language, text in blocks(page) if language == "python"})


def test_there_are_commands_and_snippets_to_check():
    assert COMMANDS and SNIPPETS
    assert {language for page in READMES for language, _ in blocks(page)} == {"", "python"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_proven(command):
    start, program, *words = command.split()
    assert (start, program) == ("python3", "run.py")
    verb, *rest = words if words and not words[0].startswith("-") else ["reproduce", *words]
    assert f"def {PROVEN_BY[verb]}(" in read("tests/test_run.py")
    if verb == "reproduce":
        known = {name for option in cli.commands["reproduce"].params for name in option.opts}
        assert {word for word in rest if word.startswith("-")} <= known
    assert all((ROOT / word).exists() for word in rest if "/" in word)


@pytest.mark.parametrize("page", READMES)
def test_the_command_line_it_names_lists_what_it_says(page):
    (arguments,) = re.findall(r"`\.venv/bin/emolabor ([^`]*)`", read(page))
    code = "import sys; from emolabor.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True)
    assert done.returncode == 0
    assert all(re.search(rf"^  {verb} ", done.stdout, re.MULTILINE) for verb in ("check", "score", "fit", "simulate"))
    assert set(re.findall(r"`emolabor (\w+)`", read(page))) <= set(cli.commands)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_runs(snippet):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", snippet], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("page", LINKED)
def test_every_relative_link_and_named_path_exists(page):
    folder = (ROOT / page).parent
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", prose(page)) if "://" not in link]
    named = re.findall(r"`([\w-][\w./-]*/[\w./-]*)`", prose(page)) if folder == ROOT else []
    assert [link for link in links if not (folder / link).exists()] == []
    assert [place for place in named if place not in MADE_BY_A_RUN and not (ROOT / place).exists()] == []


def in_english(link):
    return link.replace(".zh-CN.md", ".md").replace(".zh.png", ".en.png").replace(".zh.svg", ".en.svg")


# Headings and words of a table of items, as each page types them.
TABLE_WORDS = {
    "题目（英文）": "text (en)",
    "选项（英文）": "labels (en)",
    "构念": "construct",
    "题号": "key",
    "题目": "text",
    "选项": "labels",
    "反向": "reverse",
    '"是"': '"yes"',
}


def in_any_language(text):
    """The text of a block without what is said in one language: the option, notes, roles, comments and patterns."""
    for chinese, english in TABLE_WORDS.items():
        text = text.replace(chinese, english) if "pd.DataFrame" in text else text
    text = re.sub(r"\\\n| --(?:language|headings) \w+", "", text)
    text = re.sub(r"(--note|--role|grep -E) (\"[^\"]*\"|\S+)", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"# .*", "", text))


@pytest.mark.parametrize("index", INDEX)
def test_the_index_lists_every_page(index):
    pages = {in_english(page.name) for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= {in_english(link) for link in re.findall(r"\]\(([\w.-]+\.md)\)", read(index))}


@pytest.mark.parametrize("page", [chinese for english, chinese in TWINS])
def test_a_chinese_page_leads_to_chinese_pages(page):
    folder = (ROOT / page).parent
    _, *links = [link for link in re.findall(r"\]\(([^)#]+\.md)\)", read(page)) if "://" not in link]
    assert [link for link in links if (folder / link.replace(".md", ".zh-CN.md")).exists()] == []


@pytest.mark.parametrize(("english", "chinese"), TWINS)
def test_both_languages_hold_the_same(english, chinese):
    assert [in_any_language(text) for text in code(english)] == [in_any_language(text) for text in code(chinese)]
    assert sorted(commands(english)) == sorted(commands(chinese))
    heads = [re.findall(r"^(#+) ", prose(page), re.MULTILINE) for page in (english, chinese)]
    assert heads[0] == heads[1]
    links = [re.findall(r"(!?)\[[^]]*\]\(([^)]+)\)", read(page)) for page in (english, chinese)]
    assert [(kind, in_english(link)) for kind, link in links[0][1:]] == [
        (kind, in_english(link)) for kind, link in links[1][1:]
    ]
    assert [links[0][0][1], links[1][0][1]] == [Path(chinese).name, Path(english).name]
    shapes = [[[len(row) for row in table] for table in tables(page)] for page in (english, chinese)]
    assert shapes[0] == shapes[1]
    assert read(english).count("<!-- ") == read(chinese).count("<!-- ")


@pytest.mark.parametrize("page", READMES)
def test_the_ratios_are_those_that_were_measured(page):
    with open(ROOT / "benchmarks" / "engine.csv", encoding="utf-8", newline="") as file:
        measured = list(csv.DictReader(file))
    (table,) = [table for table in tables(page) if table[0][1:] == ["lavaan", "semopy"]]
    ratios = [
        [
            f"{float(row[f'{peer}_ms']) / float(row['emolabor_ms']):.0f}" if row[f"{peer}_ms"] else "–"
            for peer in table[0][1:]
        ]
        for row in measured
    ]
    assert [row[1:] for row in table[2:]] == ratios
    if page == "README.md":
        assert [row[0] for row in table[2:]] == [row["work"] for row in measured]


@pytest.mark.parametrize("page", READMES)
def test_the_comparison_names_the_versions_it_was_made_with(page):
    (table,) = [table for table in tables(page) if len(table[0]) == 6]
    own, lavaan, semopy, *_ = table[0][1:]
    assert own == f"emolabor {yaml.safe_load(read('CITATION.cff'))['version']}"
    assert re.search(rf"^semopy=={semopy.removeprefix('semopy ')} ", read("requirements.lock"), re.MULTILINE)
    assert "lavaan 0.6.14" in read("benchmarks/engine.md") and "0.6-14" in lavaan
    worse = [row[1].startswith("**") for row in table[2:]]
    assert any(worse) and worse[1:] == sorted(worse[1:], reverse=True), "where emolabor is worse comes first"


def test_the_workflow_that_is_shown_runs_what_ours_runs():
    (shown,) = [text for language, text in blocks("docs/continuous-checks.md") if language == "yaml"]
    jobs = [yaml.safe_load(text)["jobs"]["fresh-machine"] for text in (shown, read(".github/workflows/check.yml"))]
    used = [[step.get("run") or step["uses"] for step in job["steps"]] for job in jobs]
    assert used[0] == used[1]


def test_the_pictures_show_the_numbers_of_the_reference():
    spec = importlib.util.spec_from_file_location("write_pictures", ROOT / "docs" / "write_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    drawn = json.loads(read("docs/pictures/drawn_from.json"))
    assert drawn == module.drawn_from(), "draw them again: python docs/write_pictures.py"
    names = {f"{name}.{language}.png" for name in drawn for language in ("en", "zh")} | {"closing.png"}
    of_claims = {"argument_map.en.png", "argument_map.zh.png"}  # shown by docs/claims.md, drawn from no results
    assert {path.name for path in (ROOT / "docs" / "pictures").glob("*.png")} == names | of_claims
    shown = {link for page in READMES for link in re.findall(r"!\[[^]]*\]\(docs/pictures/([^)]+)\)", read(page))}
    assert shown == names


@pytest.mark.parametrize("name", READMES)
def test_the_readme_counts_the_paths_by_where_they_come_from(name):
    counts = claim_paths(load_claims())["origin"].value_counts()
    told = re.findall(r"\d+", (ROOT / name).read_text(encoding="utf-8").split("\n## ")[0])
    place = told.index(str(counts.sum()))
    assert [int(number) for number in told[place + 1 : place + 4]] == list(counts[["essay", "inferred", "literature"]])
