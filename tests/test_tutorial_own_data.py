"""The tutorial on one's own data: every command runs in an empty folder and prints what the page shows."""

import contextlib
import io
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from emolabor import cli
from emolabor.study import project_root

PAGE = Path(__file__).resolve().parent.parent / "docs" / "your-own-data.md"
BLOCKS = re.findall(r"^```(\w+)( refused)?\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk through the page beside a copy of the notebooks: the folder, and what each block printed."""
    folder, told = tmp_path_factory.mktemp("tutorial"), []
    shutil.copytree(project_root() / "notebooks", folder / "notebooks")
    (folder / "pyproject.toml").write_text("")
    with contextlib.chdir(folder):
        for kind, refused, text in BLOCKS:
            if kind == "python":
                exec(text, {})
                told.append("")
            elif kind == "sh":
                said, status = run_shell(text)
                assert status == (2 if refused else 0), said
                told.append(said)
    return folder, told


def run_shell(text):
    """Run our commands in this process, as starting it anew takes a second or two each, and others in a shell."""
    said, status = io.StringIO(), 0
    for command in re.split(r"^(?=emolabor |cat |sed )", text.replace("\\\n", " "), flags=re.M):
        if command.startswith("emolabor "):
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                status = max(status, cli.main(shlex.split(command)[1:]))
        elif command:
            subprocess.run(["bash", "-e", "-c", command], check=True)
    return said.getvalue(), status


def test_the_page_prints_what_it_shows(walked):
    told = iter(walked[1])
    latest, shown = "", 0
    for kind, _, text in BLOCKS:
        if kind == "text":
            assert all(line in latest for line in text.splitlines()), (text, latest)
            shown += 1
        else:
            latest = next(told)
    assert shown >= 6


def test_each_run_left_its_results_in_a_folder_of_its_own(walked):
    results = walked[0] / "results"
    names = {folder.name: {path.name for path in folder.glob("[0-9]*.json")} for folder in results.iterdir()}
    assert names == {
        "pilot-simulated": {"03_scale_quality.json"},
        "my_claims": {"15_correlation_table.json"},
        "table-simulated": {"15_correlation_table.json"},
    }


def test_the_claims_judged_are_the_page_s_own(walked):
    path = walked[0] / "results" / "my_claims" / "15_correlation_table.json"
    verdicts = json.loads(path.read_text(encoding="utf-8"))["values"]["verdicts"]
    assert list(verdicts) == [
        "H1 institutional_clarity>exhaustion",
        "H2 institutional_clarity>role_clarity>proactive_service",
    ]


def test_every_link_leads_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_simulated_answers_are_called_simulated():
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("**simulated**") >= 2
    assert set(re.findall(r"[\w-]+\.csv", page)) == {"pilot-simulated.csv", "table-simulated.csv"}
