"""A fault of the program ends a command in one line; no library and no text of a file writes past Python."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from emolabor.cli import main
from emolabor.common.errors import printable

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


@pytest.mark.parametrize("error", [RecursionError("deep"), KeyError("x"), AssertionError()])
def test_every_command_ends_so(error, monkeypatch, capsys):
    def fail(*_):
        raise error

    monkeypatch.setattr("emolabor.scales.list_scales", fail)
    assert main(["scales", "list"]) == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and type(error).__name__ in told
    Path(re.search(r"is in (\S+\.log)", told)[1]).unlink()


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
