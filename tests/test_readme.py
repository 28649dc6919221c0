"""What the README says can be done, can be done."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", "CONTRIBUTING.md"]
MADE_BY_A_RUN = ["results/default/"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [line for language, text in BLOCKS if language == "" for line in text.splitlines()]
COMMANDS += re.findall(r"`(python3 run\.py[^`]*)`", README)
SNIPPETS = [text for language, text in BLOCKS if language == "python"]

# Each documented command and the test in test_run.py that proves what it starts.
PROVEN_BY = {
    "python3 run.py": "test_arguments_go_on_to_reproduce_in_the_callers_folder",
    "python3 run.py --data FILE --mapping FILE": "test_arguments_go_on_to_reproduce_in_the_callers_folder",
    "python3 run.py --resume": "test_arguments_go_on_to_reproduce_in_the_callers_folder",
    "python3 run.py test": "test_test_runs_pytest_over_tests_and_notebooks",
    "python3 run.py lab": "test_lab_opens_the_notebooks",
    "python3 run.py verify": "test_verify_changes_one_thing_at_a_time_and_then_all",
    "python3 run.py setup": "test_first_run_makes_the_environment_and_the_second_makes_nothing",
}


def test_readme_has_commands_and_snippets_to_check():
    assert COMMANDS and SNIPPETS
    assert {language for language, _ in BLOCKS} == {"", "python"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_proven(command):
    assert f"def {PROVEN_BY[command]}(" in (ROOT / "tests/test_run.py").read_text(encoding="utf-8")


def test_the_command_line_it_names_lists_what_it_says():
    (arguments,) = re.findall(r"`\.venv/bin/emolabor ([^`]*)`", README)
    code = "import sys; from emolabor.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True)
    assert done.returncode == 0
    assert all(re.search(rf"^  {verb} ", done.stdout, re.MULTILINE) for verb in ("check", "score", "fit", "simulate"))


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_runs(snippet):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", snippet], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_and_named_path_exists(page):
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    named = re.findall(r"`([\w-][\w./-]*/[\w./-]*)`", text)
    assert links + named
    missing = [place for place in links + named if place not in MADE_BY_A_RUN and not (ROOT / place).exists()]
    assert missing == []
