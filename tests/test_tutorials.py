"""Every command of a tutorial runs, and what the page shows is what comes out."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = ["from-answers-to-validation.md"]
COMMAND = "import sys; from emolabor.cli import main; sys.exit(main(sys.argv[1:]))"
# The shell's `emolabor` is the package under test.
SHELL = f'emolabor() {{ {shlex.quote(sys.executable)} -c {shlex.quote(COMMAND)} "$@"; }}\n'


def run(program, text, folder):
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([*program, text], cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_every_command_runs_and_shows_what_the_page_shows(page, tmp_path):
    text, told = (DOCS / page).read_text(encoding="utf-8"), ""
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        assert language in ("sh", "python", "yaml", "text")
        if language == "python":
            told += run([sys.executable, "-c"], block, tmp_path)
        elif language == "sh":
            told += run(["bash", "-e", "-c"], SHELL + block, tmp_path)
        elif language == "text":
            known = [line.strip() for line in told.splitlines()]
            assert [line for line in block.splitlines() if line.strip() not in known] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (DOCS / link).exists()] == []
