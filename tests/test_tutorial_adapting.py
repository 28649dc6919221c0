"""The tutorial on adapting a scale: every command runs in an empty folder and prints what the page shows."""

import contextlib
import io
import re
import shlex
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from emolabor import cli
from emolabor.instrument import load_instrument
from emolabor.scales import load_scale

PAGE = Path(__file__).resolve().parent.parent / "docs" / "adapting-a-scale.md"
BLOCKS = re.findall(r"^```(\w+)( refused)?\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk through the page: the folder, and what each block printed."""
    folder, told = tmp_path_factory.mktemp("tutorial"), []
    with contextlib.chdir(folder):
        for kind, refused, text in BLOCKS:
            if kind != "text":
                said, failed = run_python(text) if kind == "python" else run_shell(text)
                assert failed == bool(refused), said
                told.append(said)
    return folder, told


def run_python(text):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(text, {})
    return said.getvalue(), False


def run_shell(text):
    """Run our commands in this process, as starting it anew takes a second or two each, and others in a shell."""
    said, statuses = io.StringIO(), []
    for command in re.split(r"^(?=emolabor |cat |sed |mkdir )", text.replace("\\\n", " "), flags=re.M):
        if command.startswith("emolabor "):
            (line,) = command.splitlines()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                statuses.append(cli.main(shlex.split(line)[1:]))
        elif command:
            subprocess.run(["bash", "-e", "-c", command], check=True)
    assert set(statuses) <= {0} or statuses == [2], said.getvalue()
    return said.getvalue(), statuses == [2]


def test_the_page_prints_what_it_shows(walked):
    told = iter(walked[1])
    latest, shown = "", 0
    for kind, _, text in BLOCKS:
        if kind == "text":
            assert all(line in latest for line in text.splitlines()), text
            shown += 1
        else:
            latest = next(told)
    assert shown >= 4


def test_the_record_is_whole(walked):
    scale = load_scale(walked[0] / "online_service.yaml")
    steps = [entry["step"] for entry in scale.adaptation]
    assert steps[:3] == ["start", "rewording", "rewording"]
    assert {"forward_translation", "back_translation", "committee", "cognitive_interview", "expert_rating"} <= set(
        steps
    )
    old = {item.key: item.text for item in load_scale("proactive_service").items}
    assert [item.key for item in scale.items if item.text != old[item.key]] == ["ps1", "ps2"]


def test_the_questionnaires_hold_the_new_wording_in_their_languages(walked):
    folder = walked[0]
    items = load_instrument(folder / "survey.yaml").items("zh")["text"]
    survey = pd.read_excel(folder / "survey.xlsx", sheet_name="survey").astype(str)
    labels = set(survey.to_numpy().ravel())
    assert set(items) <= labels
    assert "I put sample forms online in advance to spare people mistakes." in labels
    text = (folder / "survey.txt").read_text(encoding="utf-8")
    assert all(item in text for item in items)


def test_simulated_ratings_are_called_simulated():
    page = PAGE.read_text(encoding="utf-8")
    assert "the ratings are **simulated**" in page
    assert "ratings-simulated.csv" in page
