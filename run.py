#!/usr/bin/env python3
"""Everything emolabor does, from a fresh machine with Python 3.11, 3.12 or 3.13 and nothing else.

    python3 run.py              run the whole study: notebooks, results, paper, comparison with the reference
    python3 run.py --only 07    ... with options of `emolabor reproduce` (python3 run.py reproduce --help lists them)
    python3 run.py test         run the tests, then check every notebook against its committed outputs (nbval)
    python3 run.py test -k sem  ... with options or paths of pytest
    python3 run.py lab          open the notebooks in JupyterLab
    python3 run.py setup        only make the environment

The first run makes the folder .venv with exactly the packages of requirements.lock; later runs find it ready.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

SUPPORTED = [(3, 11), (3, 12), (3, 13)]
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "emolabor-ready"
LOCK = ROOT / "requirements.lock"

# What a failed step printed, and what to do about it: the first pattern that is found counts.
ADVICE = {
    r"ensurepip|No module named '?venv": "On Debian and Ubuntu: sudo apt install python3-venv. Or install uv.",
    r"No space left|not enough space|Errno 28": "The disk is full: the environment needs about 2 GB.",
    r"DO NOT MATCH THE HASHES|[Hh]ash mismatch": "The package index changes files on their way: use PyPI itself.",
    r"[Pp]ermission denied|Access is denied|Read-only": "The project's folder must be writable; close what uses .venv.",
    r"resolution|resolve host|[Cc]onnect|[Tt]imed out|[Nn]etwork|dns error|Failed to fetch|SSL|from versions: none": (
        "The package index was not reached: check the network and the proxy (HTTPS_PROXY), then run again."
    ),
    r"": "Run the same command again; with uv installed it takes another way.",
}


class StepError(Exception):
    """A step that failed; the message says which, what it printed, and what to do."""


def check_python(version=sys.version_info):
    """Refuse a Python that the lock was not made for, naming one that would do if the machine has it."""
    if tuple(version[:2]) in SUPPORTED:
        return
    names = [f"python{major}.{minor}" for major, minor in reversed(SUPPORTED)]
    found = next(filter(shutil.which, names), None)
    advice = f"This machine has one: {found} run.py" if found else "Install one of them from python.org."
    raise StepError(f"emolabor needs Python 3.11, 3.12 or 3.13; this is {version[0]}.{version[1]}.\n{advice}")


def environment():
    """Return the variables every step runs with: the project's .venv, UTF-8, linear algebra on one thread."""
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
    own = {"VIRTUAL_ENV": str(VENV), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUTF8": "1"}
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    return {**kept, **threads, "VECLIB_MAXIMUM_THREADS": "1", **own}


def wanted_stamp():
    """Return what a finished environment is stamped with: a hash of all that decides its contents."""
    parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), os.fsencode(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_ready():
    """Tell whether .venv is whole and made from today's lock: the stamp is written last."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted_stamp()


def working_uv():
    """Return the path of uv if it is there and runs."""
    uv = shutil.which("uv")
    return uv if uv and subprocess.run([uv, "--version"], capture_output=True).returncode == 0 else None


def show(label, line):
    """On a terminal, show a running step's latest line of output after its label."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + f"{label} {line}"[:width].ljust(width) + "\r" + label, end="", flush=True)


def step(label, command):
    """Run one step quietly; say how long it took, or how it failed."""
    print(label, end="", flush=True)
    start, output = time.monotonic(), []
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8", "errors": "replace"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), **pipe)
    try:
        for line in process.stdout:
            output.append(line.rstrip())
            show(label, output[-1])
        status = process.wait()
    finally:
        process.kill()  # Ctrl-C: nothing may go on writing to .venv.
    if status:
        advice = next(advice for pattern, advice in ADVICE.items() if re.search(pattern, "\n".join(output)))
        tail = "\n".join(f"    {line[:200]}" for line in output[-12:])
        raise StepError(f"This step failed (exit status {status}): {label}\n{tail}\n{advice}")
    show(label, "")
    print(f" {time.monotonic() - start:.1f} s")


def set_up():
    """Make .venv from the lock, unless it is ready; what a stopped run left is thrown away first."""
    if is_ready():
        return
    uv = working_uv()
    # Started from inside a virtual environment, a new one must not be built on the one about to be thrown away.
    base = getattr(sys, "_base_executable", None) or sys.executable
    if uv:
        make = [uv, "venv", "--python", base, str(VENV)]
        install = [uv, "pip", "install", "--python", str(PYTHON)]
    else:
        make = [base, "-m", "venv", str(VENV)]
        install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    print("Making the environment .venv with", "uv" if uv else "pip: this takes a few minutes, once (uv is faster)")
    if VENV.exists():
        shutil.rmtree(VENV)
    step(f"[1/3] make .venv for Python {'.'.join(map(str, sys.version_info[:3]))}", make)
    step("[2/3] install the packages of requirements.lock", [*install, "--require-hashes", "-r", LOCK.name])
    step("[3/3] install emolabor itself", [*install, "--no-deps", "--no-build-isolation", "-e", "."])
    STAMP.write_text(wanted_stamp())


def call(*command, cwd=None):
    """Run a command in the environment, its output straight to the user; return its exit status."""
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=environment())
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            process.wait(timeout=10)  # The terminal has told the command too: let it stop its kernels.
        except subprocess.TimeoutExpired:
            process.terminate()
        raise


def test(arguments):
    """Run pytest over the tests, then with nbval over the notebooks; return the first exit status that is not 0.

    Paths among the arguments replace the whole folder they lie in; a folder none of them names is then left out.
    """
    status = {}
    paths = [argument for argument in arguments if Path(argument).parts[:1] in [("tests",), ("notebooks",)]]
    options = [argument for argument in arguments if argument not in paths]
    for folder, mode in {"tests": [], "notebooks": ["--nbval"]}.items():
        chosen = [path for path in paths if Path(path).parts[0] == folder] or ([] if paths else [folder])
        if chosen:
            status[folder] = call(PYTHON, "-m", "pytest", *mode, *options, *chosen, cwd=ROOT)
    if options and 0 in status.values():  # An option such as -k may select nothing in one of the two folders.
        status = {folder: code for folder, code in status.items() if code != 5}
    return next(filter(None, status.values()), 0)


def main(arguments):
    """Do what the first word says; the rest goes on to the command behind it."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not arguments or arguments[0].startswith("-"):
        arguments = ["reproduce", *arguments]
    verb, *rest = arguments
    if verb not in ("reproduce", "test", "lab", "setup"):
        print(f"{verb}: not a command of run.py; allowed: reproduce, test, lab, setup", file=sys.stderr)
        return 2
    check_python()
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    set_up()
    if verb == "reproduce":
        return call(BIN / "emolabor", "reproduce", *rest)
    if verb == "test":
        return test(rest)
    if verb == "lab":
        return call(PYTHON, "-m", "jupyterlab", "--ServerApp.answer_yes=True", ROOT / "notebooks", *rest)
    print("The environment .venv is ready.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (StepError, OSError) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        print("\nStopped. Run the same command to go on.", file=sys.stderr)
        sys.exit(130)
