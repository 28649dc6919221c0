"""A fault of the program ends a command in one line; no library and no text of a file writes past Python."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from emolabor.cli import cli, main
from emolabor.common.errors import printable

pytestmark = pytest.mark.slow

NOISE = """
import sys
import numpy as np, scipy.linalg.lapack as lapack
import emolabor.sem

def noisy(*arguments, **options):
    lapack.dgesdd(np.full((3, 2), np.nan))
    np.linalg.lstsq(np.full((3, 2), np.nan), np.ones(3), rcond=None)
    raise RuntimeError("two\\nlines \\x1b[31m")


sys.modules["emolabor.sem"].sem = noisy
from emolabor.cli import main
sys.argv = ["emolabor", "fit", "model.txt", "data.csv"]
sys.exit(main())
"""


def ended(script, folder):
    run = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


def test_a_fault_is_one_line_with_status_70_and_a_log(tmp_path):
    (tmp_path / "model.txt").write_text("y ~ x", encoding="utf-8")
    (tmp_path / "data.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    status, out, err = ended(NOISE, tmp_path)
    assert status == 70 and out == ""
    assert len(err.splitlines()) == 1 and "Traceback" not in err and "\x1b" not in err
    log = Path(re.search(r"is in (\S+\.log)", err)[1])
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()


def commands(group, *names):
    """List every command below a group, with the first example of its help."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield shlex.split(command.epilog.replace("\b", "").strip().splitlines()[1])[1:]


def fail_inside(error):
    """Make the first function that a command calls outside the command line, or its first word told, raise an error."""
    calls = []

    def trace(frame, event, _):
        code = frame.f_code
        place = Path(code.co_filename).parts
        is_inside = "emolabor" in place and "cli" not in place and place[-2:] not in LAST_WORDS
        if event == "call" and code.co_name != "<module>" and (is_inside or code is click.echo.__code__):
            calls.append(code.co_name)
            if len(calls) == 1:
                raise error

    sys.settrace(trace)
    return calls


# What tells a fault, and is itself not to fail here.
LAST_WORDS = {("common", "terminal.py"), ("common", "errors.py"), ("responses", "personal_contents.py")}
COMMANDS = list(commands(cli))


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("error", [RecursionError("deep"), KeyError("x"), AssertionError()], ids=repr)
def test_every_command_ends_a_fault_in_one_line(arguments, error, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    before = sys.gettrace()
    try:
        calls = fail_inside(error)
        status = main(arguments)
    finally:
        sys.settrace(before)
    assert calls
    told = capfd.readouterr()
    assert status == 70, told.err
    assert told.err.count("\n") == 1 and type(error).__name__ in told.err and "Traceback" not in told.out + told.err
    log = Path(re.search(r"is in (\S+\.log)", told.err)[1])
    assert "Traceback" in log.read_text(encoding="utf-8")
    log.unlink()
    assert list(tmp_path.iterdir()) == []


def test_no_text_steers_the_terminal(tmp_path, capsys):
    assert main(["fit", str(tmp_path / "no\x1b[2Jfile.txt")]) == 2
    assert "\x1b" not in capsys.readouterr().err
    assert printable("a\x1b[31m\u202eb\n\t界") == "a\\x1b[31m\\u202eb\n\t界"


def test_what_is_told_of_a_file_is_printable(monkeypatch, capsys):
    monkeypatch.setattr("emolabor.scales.list_scales", lambda: print("a\x1b[2Jb") or 1 / 0)
    assert main(["scales", "list"]) == 70
    told = capsys.readouterr()
    assert told.out == "a\\x1b[2Jb\n"
    Path(re.search(r"is in (\S+\.log)", told.err)[1]).unlink()
