"""What is about a person, and what a person or a machine elsewhere could learn: nothing of it leaves the user's file.

One run over planted answers, as a user starts it, in which no program may reach another machine.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from planting import EVERYTHING, PLANTED, planted, traces, traces_in_file

from emolabor.cli import main
from emolabor.responses.personal_contents import _FORMS, is_id_number, personal_content
from emolabor.simulation import simulate_staff
from emolabor.study import FactorReport, open_study
from emolabor.study.paths import project_root

pytestmark = pytest.mark.whole

FILE = f"wave 1 {' '.join(PLANTED['mobile numbers'] + PLANTED['e-mail addresses'])} 浙AF0A1B2.csv"
QUICK = ["02_data_screening", "03_scale_quality"]
N_ROWS = 600  # scale quality needs some hundred answers

# Put into every Python process of the run: who is asked for another machine says so in a file, and gets nothing.
GUARD = """
import os, sys

HERE = ("127.0.0.1", "::1", "localhost", "", None)

def say(line):
    with open(os.environ["GUARD_LOG"], "a", encoding="utf-8") as file:
        file.write(line + "\\n")

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        place = arguments[0] if event.startswith("socket.get") else arguments[1]
        host = place[0] if isinstance(place, tuple) else place if event.startswith("socket.get") else None
        host = host.decode() if isinstance(host, bytes) else host
        if host not in HERE:
            say(f"refused: {event} {host!r}")
            raise OSError("no network in this test")

sys.addaudithook(watch)
say("guarded")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of some of the study's notebooks, a file of answers beside it, and a guard on the network."""
    folder = tmp_path_factory.mktemp("private")
    (folder / "notebooks").mkdir()
    (folder / "pyproject.toml").write_text("")
    for name in QUICK:
        shutil.copy(project_root() / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    planted(N_ROWS).to_csv(folder / "answers.csv", index=False)
    shutil.copy(folder / "answers.csv", folder / FILE)
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(project):
    """The run, from the command line."""
    options = ["--data", FILE, "-p", "estimator", "ML", "--only", "0"]
    guard = {"PYTHONPATH": str(project / "guard"), "GUARD_LOG": str(project / "guard" / "log.txt")}
    script = project / "command.py"
    script.write_text("import sys\nfrom emolabor.cli import main\nif __name__ == '__main__': sys.exit(main())")
    command = [sys.executable, script, "reproduce", *options]
    return subprocess.run(command, cwd=project, env=os.environ | guard, capture_output=True, text=True)


def test_what_is_planted_is_of_every_recognised_kind_and_would_be_found():
    assert set(PLANTED) == {kind for kind, *_ in _FORMS}
    assert {kind: {personal_content(cell) for cell in cells} for kind, cells in PLANTED.items()} == {
        kind: {kind} for kind in PLANTED
    }
    assert all(map(is_id_number, PLANTED["identity numbers"][:2]))
    found = set(traces(planted(N_ROWS).to_csv(index=False)))
    assert set(EVERYTHING) <= found


def test_no_file_of_a_run_and_nothing_it_says_holds_personal_data(run, project):
    assert run.returncode == 0, run.stdout + run.stderr
    written = [path for path in (project / "results").rglob("*") if path.is_file()]
    assert {f"{name}.ipynb" for name in QUICK} <= {path.name for path in written}
    assert {path.name for path in written} >= {"index.html", "02_data_screening.json"}
    assert [path for path in (project / "results").rglob("*") if traces(path.name)] == []
    assert [path for path in written if traces_in_file(path)] == []
    assert traces(run.stdout + run.stderr) == []


def test_a_run_reaches_no_other_machine(run, project):
    log = (project / "guard" / "log.txt").read_text(encoding="utf-8").splitlines()
    assert log.count("guarded") >= 1 + len(QUICK)  # the run itself and each notebook's kernel
    assert [line for line in log if line != "guarded"] == []


COMMANDS = [
    ["check", "answers.csv", "--report", "out/report.csv"],
    ["check", "answers.csv", "--language", "zh"],
    ["check", "answers.csv", "--write-mapping", "out/mapping.yaml"],
    ["screen", "answers.csv", "--output", "out/screened.csv"],
    ["score", "answers.csv", "--output", "out/scores.csv"],
    ["codebook", "--data", "answers.csv", "--output", "out/codebook.csv"],
    ["codebook", "--data", "answers.csv", "--output", "out/codebook.html"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_tells_personal_data(arguments, project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    assert main(arguments) == 0
    told = capsys.readouterr()
    assert traces(told.out + told.err) == []
    for path in (project / "out").glob("*") if "out" in arguments[-1] else []:
        assert traces(path.read_text(encoding="utf-8")) == [], path.name


def test_the_report_has_rows_and_no_content_of_personal_columns(project):
    report = open_study(project / "answers.csv").staff.report
    by_column = report[report["column"].isin(["姓名", "IP", "q_71", "remarks", "ref"])]
    assert set(by_column["kind"]) == {"personal"} and by_column["row"].isna().all()
    assert set(report.loc[report["column"] == "respondent", "row"]) == set(range(2, N_ROWS + 2, 23))
    assert traces(report.to_csv()) == []


def test_no_table_of_the_factor_notebook_shows_a_cell_under_five(tmp_path):
    staff = simulate_staff(300, seed=2)
    staff["rc1"] = [1] * 3 + [2] * 20 + [3] * 277
    staff["rc5"] = staff["rc5"].fillna(3).where(staff.index >= 2)
    staff["dispatch_type"] = ["dispatched"] * 266 + ["contract"] * 30 + ["agency"] * 4
    staff.to_csv(tmp_path / "mine.csv", index=False)
    report = FactorReport(open_study(tmp_path / "mine.csv"), "role_clarity")
    shares = report.answer_shares()
    parts = shares.filter(regex=r"share_\d")
    assert parts.loc["rc1"].isna().all() and parts.notna().any(axis=None)
    assert (parts.mul(shares["n"], axis=0).stack().dropna().round().pipe(lambda n: (n == 0) | (n >= 5))).all()
    assert shares.loc["rc5", ["n", "missing"]].isna().all()
    groups = report.group_means(["dispatch_type"])
    assert [name for name in groups.index if re.match("dispatch", name)] == ["dispatch_type=dispatched"]


UNSAFE = {
    "yaml": {"load", "load_all", "unsafe_load", "full_load", "Loader", "FullLoader", "UnsafeLoader", "CLoader"},
    "os": {"system", "popen"},
    "joblib": {"load"},
    "pd": {"eval", "read_pickle"},
    "np": {"load"},
}
UNSAFE_NAMES = {"eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "dill", "cloudpickle"}


def unsafe_names(source):
    """List what in a source could run a text: a builtin, a module, or a function of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(name) | ast.alias(name) if name in UNSAFE_NAMES:
                yield name
            case ast.ImportFrom(module) if module in UNSAFE_NAMES:
                yield module
            case ast.Attribute(ast.Name(module), name) if name in UNSAFE.get(module, ()):
                yield f"{module}.{name}"
            case ast.keyword("shell" | "allow_pickle" as name, ast.Constant(True)):
                yield name


def test_nothing_of_a_file_is_run():
    root = project_root()
    sources = {path: path.read_text(encoding="utf-8") for path in (root / "src").rglob("*.py")}
    for path in (root / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources[path] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert [(path.name, name) for path, source in sources.items() for name in unsafe_names(source)] == []
    assert list(unsafe_names("import yaml, pickle\nyaml.load(x)\neval(y)")) == ["pickle", "yaml.load", "eval"]
