"""The light core: what runs with nothing but its ten packages, and what is said where an extra is missing."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

import emolabor as el
from emolabor.common.extras import EXTRAS, require

pytestmark = pytest.mark.slow

# Run first in a process of its own: every package but the core's, and what these bring themselves, cannot be imported.
BLOCK = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""
BLOCKED = {*EXTRAS, "seaborn", "jupyterlab", "nbval", "distributed", "dask", "statsmodels", "sympy", "zmq", "tornado"}
CORE = (Path(__file__).parent / "core_alone.py").read_text(encoding="utf-8")
# What needs an extra, by extra; ids are what a user sees missing.
NEEDS = {
    "files": [
        "el.read_responses('answers.xlsx', instrument)",
        "el.read_responses('answers.sav', instrument)",
        "el.read_responses('answers.parquet', instrument)",
        "instrument.write('survey.xlsx', format='xlsform')",
        "instrument.write('survey.sav', format='sav-codebook')",
        "el.write_rating_form(el.load_scale('belonging'), 'form.xlsx')",
        "el.simulate_export('export.xlsx', staff, instrument)",
    ],
    "forms": [
        "instrument.write('survey.docx', format='docx')",
        "instrument.write('survey.html', format='html')",
        "el.codebook(instrument).write('codebook.html')",
        "el.write_interview_guide(el.load_scale('belonging'), 'guide.docx')",
    ],
    "pages": [
        "el.write_validation(report, 'report.md')",
        "el.write_table(pd.DataFrame({'a': ['1']}), 'table.html', 'Table 1. A', 'N = 1.')",
    ],
    "plots": ["fit.plot()"],
    "profiles": ["el.profiles(staff[['ex1', 'be1']], k=[1, 2])"],
    "semopy": ["fit.second_opinion()"],
    "study": ["study.reproduce()"],
    "traditional": ["el.add_traditional('mine.yaml', '2026-11-02')"],
}
SETTING = """
import pandas as pd
import emolabor as el
from emolabor import cli, study

staff = el.simulate_staff(n=120, seed=1)
instrument = el.load_instrument("window_staff")
report = el.validation_report(staff, el.load_scale("belonging"), n_resamples=10)
fit = el.sem("ex =~ ex1 + ex2 + ex3 + ex4", staff)
cli.main(["scales", "new", "mine"])
"""


def run_blocked(text, folder):
    code = BLOCK.format(blocked=BLOCKED) + text
    variables = os.environ | {"PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, encoding="utf-8")


def test_the_core_runs_with_every_extra_missing(tmp_path):
    ended = run_blocked(CORE, tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]


def test_a_missing_extra_is_one_sentence_with_the_command(tmp_path):
    asked = [(extra, call) for extra, calls in NEEDS.items() for call in calls]
    tries = "".join(
        f"try:\n    {call}\nexcept el.EmolaborError as error:\n    print('told:', error)\n" for _, call in asked
    )
    pd.DataFrame({"ex1": [1, 2]}).to_excel(tmp_path / "answers.xlsx")
    for name in ("answers.sav", "answers.parquet"):
        (tmp_path / name).write_bytes(b"not opened")
    ended = run_blocked(SETTING + tries, tmp_path)
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = [line for line in ended.stdout.splitlines() if line.startswith("told:")]
    for (extra, call), line in zip(asked, told, strict=True):
        assert line.endswith(f"which is not installed; type: pip install 'emolabor[{extra}]'"), (call, line)


def test_the_command_line_tells_it_without_a_traceback(tmp_path):
    command = ["validate-scale", "answers.csv", "--scale", "belonging", "--output", "report.html"]
    ended = run_blocked(f"{SETTING}\nimport sys\nsys.exit(cli.main({command!r}))", tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].endswith("type: pip install 'emolabor[pages]'")
    assert "Traceback" not in ended.stderr


def test_it_is_told_in_the_language_asked_for(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setenv("EMOLABOR_LANGUAGE", "zh")
    with pytest.raises(el.EmolaborError, match=r"需要 openpyxl，尚未安装；请运行：pip install 'emolabor\[files\]'"):
        require("openpyxl")


@pytest.mark.parametrize("module", sorted(EXTRAS))
def test_what_is_installed_is_not_asked_for(module):
    assert find_spec(module)
    require(module)
