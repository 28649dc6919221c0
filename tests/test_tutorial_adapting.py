"""The tutorial on adapting a scale: every command runs in an empty folder and prints what the page shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from emolabor.instrument import load_instrument
from emolabor.scales import load_scale

PAGE = Path(__file__).resolve().parent.parent / "docs" / "adapting-a-scale.md"
BLOCKS = re.findall(r"^```(\w+)( refused)?\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk through the page: the folder, and what each block printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    told = []
    for kind, refused, text in BLOCKS:
        if kind == "text":
            continue
        command = ["bash", "-e", "-c", text] if kind == "sh" else [sys.executable, "-c", text]
        run = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert run.returncode == (2 if refused else 0), run.stderr
        assert bool(run.stderr) == bool(refused), run.stderr
        told.append(run.stdout + run.stderr)
    return folder, told


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
