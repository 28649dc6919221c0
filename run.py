#!/usr/bin/env python3
"""Everything emolabor does, from a fresh machine with Python 3.11, 3.12 or 3.13 and nothing else.

    python3 run.py              run the whole study: notebooks, results, paper, comparison with the reference
    python3 run.py --only 07    ... with options of `emolabor reproduce` (python3 run.py reproduce --help lists them)
    python3 run.py test         run the tests, then check every notebook against its committed outputs (nbval)
    python3 run.py test -k sem  ... with options or paths of pytest
    python3 run.py test -m quick    ... only the quick ones, in two minutes
    python3 run.py test -m ""   ... all: those in a browser, of whole studies, of the wheel and with random input too
    python3 run.py test --cov   ... and how much of the code they run
    python3 run.py lab          open the notebooks in JupyterLab, on this machine only
    python3 run.py lab DIR      ... or those of another folder
    python3 run.py setup        only make the environment
    python3 run.py docs         build the site of the documentation in site/, shown in a browser at the address named
    python3 run.py docs --build     ... only build it, and check its links
    python3 run.py verify       run the study under other Pythons, packages, processor kernels, hash seeds and workers,
                                and write how many values are equal (docs/reproduction.md, README.md)

The first run makes the folder .venv with exactly the packages of requirements.lock; later runs find it ready.
"verify" makes up to three more such folders in .venv-verify, with 2 GB each, and may take half an hour; "docs" makes
one, .venv-docs.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

SUPPORTED = [(3, 11), (3, 12), (3, 13)]
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
# Two processes, each linear algebra on one thread; a file's tests stay together, as they share what is slow to make.
SHARED = ("-n", "2", "--dist", "loadfile")
LOCK = ROOT / "requirements.lock"
ROOM = 2 * 2**30  # bytes that an environment takes

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


def working_uv():
    """Return the path of uv if it is there and runs."""
    uv = shutil.which("uv")
    return uv if uv and subprocess.run([uv, "--version"], capture_output=True).returncode == 0 else None


def show(label, line):
    """On a terminal, show a running step's latest line of output after its label."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + f"{label} {line}"[:width].ljust(width) + "\r" + label, end="", flush=True)


def step(label, command, variables=None):
    """Run one step quietly; say how long it took, or how it failed."""
    print(label, end="", flush=True)
    start, output = time.monotonic(), []
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8", "errors": "replace"}
    process = subprocess.Popen(command, cwd=ROOT, env=variables, **pipe)
    try:
        for line in process.stdout:
            output.append(line.rstrip())
            show(label, output[-1])
        status = process.wait()
    finally:
        process.kill()  # Ctrl-C: nothing may go on writing to the environment.
    if status:
        advice = next(advice for pattern, advice in ADVICE.items() if re.search(pattern, "\n".join(output)))
        tail = "\n".join(f"    {line[:200]}" for line in output[-12:])
        raise StepError(f"This step failed (exit status {status}): {label}\n{tail}\n{advice}")
    show(label, "")
    print(f" {time.monotonic() - start:.1f} s")


class Environment:
    """A folder with a Python of its own and the packages of requirements.lock, or the newest that are allowed.

    With an extra that is not in the lock, its packages come on top.
    """

    def __init__(self, folder=VENV, base=None, newest=False, extra=""):
        self.folder, self.extra = folder, extra
        # Started from inside a virtual environment, a new one must not be built on the one about to be thrown away.
        self.base = base or getattr(sys, "_base_executable", None) or sys.executable
        self.newest = newest
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / ("python.exe" if os.name == "nt" else "python")
        self.stamp = folder / "emolabor-ready"

    def variables(self):
        """Return the variables every step runs with: this environment, UTF-8, linear algebra on one thread."""
        path = f"{self.bin}{os.pathsep}{os.environ.get('PATH', '')}"
        threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
        own = {"VIRTUAL_ENV": str(self.folder), "PATH": path, "PYTHONUTF8": "1", "VECLIB_MAXIMUM_THREADS": "1"}
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
        return {**kept, **threads, **own}

    def wanted_stamp(self):
        """Return what a finished environment is stamped with: a hash of all that decides its contents."""
        version = python_version(self.base).encode()
        parts = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), version, os.fsencode(ROOT)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def is_ready(self):
        """Tell whether it is whole and made from today's lock: the stamp is written last. The newest never are."""
        made = self.python.exists() and self.stamp.exists() and not self.newest
        return made and self.stamp.read_text() == self.wanted_stamp()

    def make(self):
        """Make it, unless it is ready; what a stopped run left is thrown away first."""
        if self.is_ready():
            return
        uv = working_uv()
        if uv:
            make = [uv, "venv", "--python", self.base, str(self.folder)]
            install = [uv, "pip", "install", "--python", str(self.python)]
        else:
            make = [self.base, "-m", "venv", str(self.folder)]
            install = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check"]
        name = self.folder.relative_to(ROOT)
        way = "uv" if uv else "pip: this takes a few minutes, once (uv is faster)"
        print(f"Making the environment {name} with {way}")
        if self.folder.exists():
            shutil.rmtree(self.folder)
        steps = [(f"make {name} for Python {python_version(self.base).split()[0]}", make)]
        if self.newest:
            steps.append(
                ("install emolabor with the newest packages it allows", [*install, "--upgrade", "-e", ".[all]"])
            )
        else:
            # The lock is complete, as a test sees; asked to look again, pip stumbles over requirements with extras.
            exactly = [*install, "--no-deps", "--require-hashes", "-r", LOCK.name]
            steps.append((f"install the packages of {LOCK.name}", exactly))
            steps.append(("install emolabor itself", [*install, "--no-deps", "--no-build-isolation", "-e", "."]))
        if self.extra:
            on_top = [*install, "--no-build-isolation", "-e", f".[{self.extra}]"]
            steps.append((f"install the packages of the extra {self.extra}", on_top))
        check_room(ROOT)
        for number, (label, command) in enumerate(steps, 1):
            step(f"[{number}/{len(steps)}] {label}", command, self.variables())
        for file in self.folder.rglob("*emolabor*.pth"):
            file.write_bytes(readable_anywhere(file.read_bytes()))
        self.stamp.write_text(self.wanted_stamp())

    def call(self, *command, cwd=None, **variables):
        """Run a command in the environment, its output straight to the user; return its exit status."""
        command = [str(part) for part in command]
        process = subprocess.Popen(command, cwd=cwd, env={**self.variables(), **variables})
        try:
            return process.wait()
        except KeyboardInterrupt:
            try:
                process.wait(timeout=10)  # The terminal has told the command too: let it stop its kernels.
            except subprocess.TimeoutExpired:
                process.terminate()
            raise


def check_room(folder):
    """Refuse a disk that is too full for an environment, before anything is downloaded."""
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        found = f"{free / 2**30:.1f} GB free where {folder.name} lies"
        raise StepError(f"The disk is too full: {found}; the environment needs {ROOM / 2**30:.0f} GB.")


def readable_anywhere(lines):
    """Return a file of paths in ASCII: Python 3.11 in a POSIX locale cannot even start with other signs in it."""
    if lines.isascii():
        return lines
    paths = [line for line in lines.splitlines() if line.strip()]
    return b"".join(b"import os, sys; sys.path.append(os.fsdecode(%s))\n" % ascii(path).encode() for path in paths)


def python_version(python):
    """Return what an interpreter says of its version; nothing if it does not run."""
    asked = subprocess.run([python, "-c", "import sys; print(sys.version)"], capture_output=True, text=True)
    return asked.stdout.strip()


def find_python(name):
    """Return an interpreter of a version such as 3.12 that runs, or None; nothing is downloaded.

    Looked for on PATH, among pyenv's (of which PATH holds only stand-ins), and among uv's.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    candidates = [shutil.which(f"python{name}"), *sorted(pyenv.glob(f"{name}.*/bin/python{name}"), reverse=True)]
    uv = working_uv()
    if uv:
        found = [uv, "python", "find", "--system", "--no-python-downloads", name]
        candidates.append(subprocess.run(found, capture_output=True, text=True).stdout.strip())
    runs = (str(one) for one in candidates if one and python_version(one).startswith(f"{name}."))
    return next(runs, None)


def test(environment, arguments):
    """Run pytest over the tests, then with nbval over the notebooks; return the first exit status that is not 0.

    Two processes share the tests, a file at a time. Paths among the arguments replace the whole folder they lie in; a
    folder none of them names is then left out. Coverage is that of the tests; notebooks run in processes of their own.
    """
    status = {}
    paths = [argument for argument in arguments if Path(argument).parts[:1] in [("tests",), ("notebooks",)]]
    options = [argument for argument in arguments if argument not in paths]
    is_chosen = paths or any(option.startswith("-m") for option in options)
    uncovered = [option for option in options if not option.startswith("--cov")]
    marked = [] if is_chosen else ["-m", "not whole"]
    commands = {"tests": [*marked, *options], "notebooks": ["--nbval", *marked, *uncovered]}
    for folder, given in commands.items():
        chosen = [path for path in paths if Path(path).parts[0] == folder] or ([] if paths else [folder])
        if chosen:
            command = ["-m", "pytest", *SHARED, *given, *chosen]
            status[folder] = environment.call(environment.python, *command, cwd=ROOT)
    if options and 0 in status.values():  # An option such as -k may select nothing in one of the two folders.
        status = {folder: code for folder, code in status.items() if code != 5}
    return next(filter(None, status.values()), 0)


def configurations():
    """List what `verify` runs: the first as everybody does, each other with one thing changed, the last with all.

    Each is a dictionary with `label`, `python`, `newest`, `variables`, `workers` and, where this machine cannot run it,
    the `reason`.
    """
    own, *others = sorted((f"{major}.{minor}" for major, minor in SUPPORTED), key=lambda name: name != own_version())
    kernel, seed = {"OPENBLAS_CORETYPE": "Nehalem"}, {"PYTHONHASHSEED": "1"}
    is_x86 = platform.machine().lower() in ("x86_64", "amd64")
    no_kernel = {} if is_x86 else {"reason": "OpenBLAS has that kernel on x86-64 only"}
    rows = [
        {"label": f"Python {own}, locked packages, two workers, this processor's kernel, hash seed 0"},
        {"label": "one worker", "workers": 1},
        {"label": "hash seed 1", "variables": seed},
        {"label": "an older processor's kernel (Nehalem)", "variables": kernel, **no_kernel},
        *({"label": f"Python {name}", "python": name} for name in others),
        {"label": "newest allowed packages", "newest": True},
        {
            "label": f"all of these: Python {others[-1]}, newest packages, one worker, hash seed 1, Nehalem",
            "python": others[-1],
            "newest": True,
            "workers": 1,
            "variables": {**seed, **kernel},
            **no_kernel,
        },
    ]
    return [{"python": own, "newest": False, "variables": {}, "workers": 2, **row} for row in rows]


def own_version():
    """Return the version that runs this, such as 3.11."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def verify(own):
    """Run the whole study in every configuration and write how many values equal the reference.

    A configuration that cannot be run, for want of an interpreter or of a package for it, is listed with the reason.
    """
    rows = configurations()
    for number, row in enumerate(rows):
        row["run"] = f"verify-{number + 1}"
        shutil.rmtree(ROOT / "results" / row["run"], ignore_errors=True)
        print(f"\n{number + 1} of {len(rows)}: {row['label']}")
        environment = None if "reason" in row else verification_environment(own, row)
        if environment:
            command = (environment.bin / "emolabor", "reproduce", "--run", row["run"], "--jobs", row["workers"])
            environment.call(*command, cwd=ROOT, **{"PYTHONHASHSEED": "0", **row["variables"]})
    plan = ROOT / "results" / "verify.json"
    plan.parent.mkdir(exist_ok=True)
    plan.write_text(json.dumps(rows), encoding="utf-8")
    return own.call(own.python, "-m", "emolabor.study.verification", plan, cwd=ROOT)


def verification_environment(own, row):
    """Return the environment of a configuration, made if need be; None, with the reason in the row, if it cannot be."""
    if (row["python"], row["newest"]) == (own_version(), False):
        return own
    base = find_python(row["python"])
    if base is None:
        row["reason"] = f"no Python {row['python']} on this machine"
        return None
    name = f"{row['python']}-{'newest' if row['newest'] else 'locked'}"
    environment = Environment(ROOT / ".venv-verify" / name, base, row["newest"])
    try:
        environment.make()
    except StepError as error:
        print(error)
        row["reason"] = "its environment could not be made"
        return None
    return environment


def docs(arguments):
    """Build the site in an environment of its own, which tests never see; show it unless it is only to be built."""
    environment = Environment(ROOT / ".venv-docs", extra="docs")
    environment.make()
    site = ROOT / "site"
    status = environment.call(environment.python, ROOT / "docs" / "build_site.py", site, cwd=ROOT)
    if status or "--build" in arguments:
        return status
    serve = ["-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", site]  # at a port that is free
    return environment.call(environment.python, "-u", *serve)


def main(arguments):
    """Do what the first word says; the rest goes on to the command behind it."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    if not arguments or arguments[0].startswith("-"):
        arguments = ["reproduce", *arguments]
    verb, *rest = arguments
    if verb not in ("reproduce", "test", "lab", "setup", "verify", "docs"):
        print(f"{verb}: not a command of run.py; allowed: reproduce, test, lab, setup, verify, docs", file=sys.stderr)
        return 2
    check_python()
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    if verb == "docs":
        return docs(rest)
    environment = Environment()
    environment.make()
    if verb == "reproduce":
        return environment.call(environment.bin / "emolabor", "reproduce", *rest)
    if verb == "test":
        return test(environment, rest)
    if verb == "lab":
        return environment.call(environment.bin / "emolabor", "lab", *rest)
    if verb == "verify":
        return verify(environment)
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
