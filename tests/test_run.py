"""run.py on its own: nothing here reaches the network; uv is played by a script, pip is the real one."""

import ast
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
posix_only = pytest.mark.skipif(os.name == "nt", reason="the played commands are POSIX scripts")

# uv, played: writes down what it was asked, makes a .venv whose commands write down theirs.
UV = """#!{python}
import os, pathlib, sys, time
asked = " ".join(sys.argv[1:])
with open({log!r}, "a", encoding="utf-8") as log:
    print("uv", asked, file=log)
if sys.argv[1] == "venv":
    folder = pathlib.Path(sys.argv[-1], "bin")
    folder.mkdir(parents=True)
    for name in ("python", "emolabor"):
        (folder / name).write_text({command!r})
        (folder / name).chmod(0o755)
if os.environ.get("FAIL_ON", "nothing") in asked:
    sys.exit("first line\\n" + os.environ["FAIL_WITH"])
if os.environ.get("HANG_ON", "nothing") in asked:
    time.sleep(60)
"""
CHOSEN = ("PYTHONHASHSEED", "OPENBLAS_CORETYPE")
COMMAND = """#!{python}
import os, pathlib, sys
asked = " ".join(sys.argv[1:])
threads = os.environ["OPENBLAS_NUM_THREADS"], os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]
chosen = [name + "=" + os.environ[name] for name in {chosen!r} if name in os.environ]
with open({log!r}, "a", encoding="utf-8") as log:
    print(pathlib.Path(sys.argv[0]).name, asked, "in", os.getcwd(), "threads", *threads, *chosen, file=log)
sys.exit(int(os.environ.get("NBVAL_STATUS" if "--nbval" in asked else "STATUS", "0")))
"""


@pytest.fixture
def project(tmp_path):
    """Return a folder with run.py and little else; its name has a blank and Chinese characters."""
    folder = tmp_path / "窗口 人员"
    folder.mkdir()
    shutil.copy(ROOT / "run.py", folder)
    (folder / "requirements.lock").write_text("# nothing\n")
    (folder / "pyproject.toml").write_text("")
    (tmp_path / "shims").mkdir()
    log = str(tmp_path / "log.txt")
    command = COMMAND.format(python=sys.executable, log=log, chosen=CHOSEN)
    uv = tmp_path / "shims" / "uv"
    uv.write_text(UV.format(python=sys.executable, log=log, command=command))
    uv.chmod(0o755)
    return folder


def command_line(project, *arguments):
    return [sys.executable, str(project / "run.py"), *arguments]


def environment(project, with_uv=True, **variables):
    path = f"{project.parent / 'shims'}:/usr/bin:/bin" if with_uv else str(project.parent / "empty")
    kept = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    return {**kept, "PATH": path, **variables}


def run(project, *arguments, cwd=None, with_uv=True, **variables):
    """Run the project's run.py; return its exit status, output, and the commands the played programs were given."""
    log = project.parent / "log.txt"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        command_line(project, *arguments),
        cwd=cwd,
        env=environment(project, with_uv, **variables),
        capture_output=True,
        encoding="utf-8",
    )
    asked = (
        [line for line in log.read_text(encoding="utf-8").splitlines() if line != "uv --version"]
        if log.exists()
        else []
    )
    return done.returncode, done.stdout + done.stderr, asked


def load_run():
    specification = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@posix_only
def test_first_run_makes_the_environment_and_the_second_makes_nothing(project):
    status, output, asked = run(project, "setup")
    assert status == 0, output
    assert [line.split()[1:3] for line in asked] == [["venv", "--python"], ["pip", "install"], ["pip", "install"]]
    assert "--no-deps --require-hashes -r requirements.lock" in asked[1]
    assert "--no-deps --no-build-isolation -e ." in asked[2]
    assert [line[:5] for line in output.splitlines() if line.startswith("[")] == ["[1/3]", "[2/3]", "[3/3]"]
    assert all(line.endswith(" s") for line in output.splitlines() if line.startswith("["))
    assert run(project, "setup") == (0, "The environment .venv is ready.\n", [])


@posix_only
@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_file_makes_the_environment_anew(project, name):
    run(project, "setup")
    left = project / ".venv" / "left_by_the_old_one"
    left.touch()
    with open(project / name, "a") as file:
        file.write("# changed\n")
    assert len(run(project, "setup")[2]) == 3
    assert not left.exists()


@posix_only
def test_a_moved_project_makes_the_environment_anew(project):
    run(project, "setup")
    moved = project.rename(project.with_name("moved"))
    assert len(run(moved, "setup")[2]) == 3


@posix_only
def test_arguments_go_on_to_reproduce_in_the_callers_folder(project, tmp_path):
    run(project, "setup")
    _, _, asked = run(project, "--data", "my answers.csv", cwd=tmp_path)
    assert asked == [f"emolabor reproduce --data my answers.csv in {tmp_path} threads 1 1 1"]
    assert run(project, "reproduce", "--help", cwd=tmp_path)[2][0].startswith("emolabor reproduce --help ")
    assert run(project)[2][0].startswith("emolabor reproduce in ")
    assert run(project, STATUS="3")[0] == 3


@posix_only
def test_lab_opens_the_notebooks(project, tmp_path):
    assert run(project, "lab")[2][-1].startswith("emolabor lab in ")
    asked = run(project, "lab", "mine", "--no-browser", cwd=tmp_path)[2][-1]
    assert asked.startswith(f"emolabor lab mine --no-browser in {tmp_path} ")


@posix_only
def test_docs_builds_the_site_in_an_environment_of_its_own_and_shows_it(project):
    status, output, asked = run(project, "docs")
    assert status == 0, output
    assert (project / ".venv-docs").is_dir() and not (project / ".venv").exists()
    assert asked[3].startswith("uv pip install") and asked[3].endswith("--no-build-isolation -e .[docs]")
    assert str(project / "docs" / "build_site.py") in asked[4]
    assert "http.server 0 --bind 127.0.0.1" in asked[5]
    (built,) = run(project, "docs", "--build")[2]
    assert "build_site.py" in built
    assert run(project, "docs", STATUS="1")[0] == 1


@posix_only
@pytest.mark.parametrize(
    ("arguments", "pytest_gets"),
    [
        ([], ["-m not whole tests", "--nbval -m not whole notebooks"]),
        (["-x", "-k", "sem"], ["-m not whole -x -k sem tests", "--nbval -m not whole -x -k sem notebooks"]),
        (["-m", "quick"], ["-m quick tests", "--nbval -m quick notebooks"]),
        (["--cov=emolabor"], ["-m not whole --cov=emolabor tests", "--nbval -m not whole notebooks"]),
        (["tests/test_run.py::test_a"], ["tests/test_run.py::test_a"]),
        (["-x", "notebooks/a.ipynb"], ["--nbval -x notebooks/a.ipynb"]),
    ],
)
def test_test_runs_pytest_over_tests_and_notebooks(project, tmp_path, arguments, pytest_gets):
    run(project, "setup")
    status, _, asked = run(project, "test", *arguments, cwd=tmp_path)
    assert status == 0
    assert asked == [
        f"python -m pytest -n 2 --dist loadfile {given} in {project} threads 1 1 1" for given in pytest_gets
    ]


@posix_only
@pytest.mark.parametrize(
    ("arguments", "status", "nbval_status", "expected"),
    [
        ([], 1, 0, 1),
        ([], 0, 1, 1),
        ([], 0, 5, 5),  # pytest's 5: no test was found
        (["-k", "sem"], 0, 5, 0),
        (["-k", "sem"], 5, 5, 5),
        (["-k", "sem"], 1, 5, 1),
    ],
)
def test_test_fails_if_either_half_fails(project, arguments, status, nbval_status, expected):
    assert run(project, "test", *arguments, STATUS=str(status), NBVAL_STATUS=str(nbval_status))[0] == expected


@posix_only
@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("error: No space left on device (os error 28)", "disk is full"),
        ("dns error: failed to lookup address", "check the network"),
        ("Permission denied", "must be writable"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "use PyPI itself"),
        ("something never seen", "Run the same command again"),
    ],
)
def test_a_failed_step_is_named_with_its_last_lines_and_what_to_do(project, said, advice):
    status, output, _ = run(project, "test", FAIL_ON="requirements.lock", FAIL_WITH=said)
    assert status == 1
    assert "step failed (exit status 1): [2/3] install the packages of requirements.lock" in output
    assert f"    {said}\n" in output
    assert advice in output
    assert "Traceback" not in output


@posix_only
def test_pip_does_the_work_where_uv_is_absent_and_a_half_made_environment_is_repaired(project):
    (project / "requirements.lock").write_text(f"emolabor-nowhere==1.0 --hash=sha256:{'0' * 64}\n")
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    status, output, _ = run(project, "setup", with_uv=False, **offline)
    assert status == 1
    assert "[2/3]" in output and "emolabor-nowhere" in output and "check the network" in output
    assert (project / ".venv" / "bin" / "python").exists()
    status, output, asked = run(project, "setup")
    assert (status, len(asked)) == (0, 3), output


@posix_only
def test_debian_without_ensurepip_is_told_what_to_install():
    module = load_run()
    said = "The virtual environment was not created successfully because ensurepip is not\navailable."
    with pytest.raises(module.StepError, match="apt install python3-venv"):
        module.step("make", [sys.executable, "-c", f"import sys; sys.exit({said!r})"])


@posix_only
def test_ctrl_c_ends_with_130_and_one_line_and_the_next_run_repairs(project):
    log = project.parent / "log.txt"
    process = subprocess.Popen(
        command_line(project, "setup"),
        env=environment(project, HANG_ON="requirements.lock"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # A shell starts background jobs with Ctrl-C ignored, and children inherit that: CI may be such a job.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (log.exists() and "requirements.lock" in log.read_text(encoding="utf-8")):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "\nStopped. Run the same command to go on.\n"
    assert len(run(project, "setup")[2]) == 3


def test_another_python_is_refused_with_advice(monkeypatch):
    module = load_run()
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/x" if name == "python3.12" else None)
    for version in [(3, 10, 2), (3, 14, 0)]:
        with pytest.raises(
            module.StepError, match=rf"3.11, 3.12 or 3.13; this is 3.{version[1]}.\n.*python3.12 run.py"
        ):
            module.check_python(version)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(module.StepError, match="Install one"):
        module.check_python((3, 10, 2))
    for minor in (11, 12, 13):
        module.check_python((3, minor, 0))


@posix_only
def test_verify_changes_one_thing_at_a_time_and_then_all(project, tmp_path):
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    other = {"3.11": "3.12", "3.12": "3.13", "3.13": "3.12"}[own]
    absent = ({"3.11", "3.12", "3.13"} - {own, other}).pop()
    played = tmp_path / "pyenv" / "versions" / f"{other}.9" / "bin" / f"python{other}"
    played.parent.mkdir(parents=True)
    played.write_text(f"#!/bin/sh\necho {other}.9 played\n")
    played.chmod(0o755)
    run(project, "setup")
    status, output, asked = run(project, "verify", PYENV_ROOT=str(tmp_path / "pyenv"), STATUS="0")
    assert status == 0, output
    rows = json.loads((project / "results" / "verify.json").read_text(encoding="utf-8"))
    reasons = {row["label"]: row["reason"] for row in rows if "reason" in row}
    assert f"no Python {absent} on this machine" in reasons.values()
    runs = [line for line in asked if line.startswith("emolabor reproduce")]
    assert len(runs) == len(rows) - len(reasons)
    assert f"emolabor reproduce --run verify-1 --jobs 2 in {project} threads 1 1 1 PYTHONHASHSEED=0" == runs[0]
    assert "--run verify-2 --jobs 1 " in runs[1]
    assert runs[2].endswith("PYTHONHASHSEED=1")
    made = [line for line in asked if line.startswith("uv venv")]
    assert f"{played} {project}/.venv-verify/{other}-locked" in made[0]
    assert any(line.startswith("uv pip install") and "--upgrade -e .[all]" in line for line in asked)
    assert asked[-1].startswith(f"python -m emolabor.study.verification {project}/results/verify.json")


@posix_only
def test_verify_lists_an_environment_that_cannot_be_made_and_goes_on(project, tmp_path):
    run(project, "setup")
    nothing = {"PYENV_ROOT": str(tmp_path), "FAIL_ON": "--upgrade", "FAIL_WITH": "no such package"}
    status, output, _ = run(project, "verify", **nothing)
    assert status == 0
    assert "no such package" in output
    rows = json.loads((project / "results" / "verify.json").read_text(encoding="utf-8"))
    assert {row.get("reason") for row in rows if row["newest"]} >= {"its environment could not be made"}


@pytest.mark.parametrize("machine", ["arm64", "x86_64"])
def test_the_older_kernel_is_asked_for_where_it_can_be(machine, monkeypatch):
    module = load_run()
    monkeypatch.setattr(module.platform, "machine", lambda: machine)
    rows = [row for row in module.configurations() if "OPENBLAS_CORETYPE" in row["variables"]]
    assert len(rows) == 2
    assert all(("reason" in row) == (machine == "arm64") for row in rows)


def test_an_older_python_can_read_run_py_far_enough_to_refuse():
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_unknown_command_is_refused_before_anything_is_made(project):
    status, output, asked = run(project, "tset")
    assert (status, asked) == (2, [])
    assert output == "tset: not a command of run.py; allowed: reproduce, test, lab, setup, verify, docs\n"


def test_help_makes_nothing(project):
    status, output, asked = run(project, "--help")
    assert (status, asked) == (0, [])
    assert "python3 run.py test" in output


def test_a_full_disk_is_told_before_anything_is_downloaded(monkeypatch, tmp_path):
    module = load_run()
    monkeypatch.setattr(module.shutil, "disk_usage", lambda folder: SimpleNamespace(free=300 * 2**20))
    with pytest.raises(module.StepError, match=r"The disk is too full: 0\.3 GB free .* needs 2 GB"):
        module.check_room(tmp_path)


@posix_only
def test_an_environment_in_a_folder_with_a_chinese_name_starts_in_a_posix_locale(tmp_path):
    module, source = load_run(), tmp_path / "项目" / "src"
    source.mkdir(parents=True)
    (source / "found_there.py").write_text("answer = 42\n")
    folder = tmp_path / "环境"
    venv.create(folder, with_pip=False, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "own.pth").write_bytes(module.readable_anywhere(f"{source}\n".encode()))
    done = subprocess.run(
        [folder / "bin" / "python", "-c", "import found_there; print(found_there.answer)"],
        env={"LC_ALL": "POSIX", "PATH": os.environ["PATH"]},
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, b"42\n"), done.stderr.decode("utf-8", "replace")
