"""What is published as a package: its addresses, its contents, its ways in, and that it is written for Windows, too."""

import ast
import importlib.util
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.metadata import Metadata

import emolabor

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
# Modules and names that Python has on POSIX only; `fcntl` is imported where the system is asked first.
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = {
    "os": {"fork", "getuid", "geteuid", "getgid", "killpg", "mkfifo", "setsid", "uname", "chown", "sched_getaffinity"},
    "signal": {"SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGPIPE", "alarm", "pause", "setitimer"},
}


def addresses(tmp_path, repository):
    """What the build adds for a repository."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(text.replace('repository = ""', f'repository = "{repository}"'), "utf-8")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    metadata = {}
    module.Addresses(str(tmp_path), {}).update(metadata)
    return metadata["urls"]


def test_addresses_follow_from_one_place_and_are_none_while_it_is_empty(tmp_path):
    assert addresses(tmp_path, "") == {}
    found = addresses(tmp_path, "https://example.org/a/emolabor")
    assert found["Issues"] == "https://example.org/a/emolabor/issues"
    assert {address.split("/a/")[0] for address in found.values()} == {"https://example.org"}


def test_the_module_runs_as_the_command():
    asked = [[sys.executable, "-m", "emolabor", *words] for words in (["--help"], ["scales", "nothing"])]
    helped, refused = (subprocess.run(one, capture_output=True, text=True) for one in asked)
    assert helped.returncode == 0 and "emolabor [OPTIONS] COMMAND" in helped.stdout
    assert refused.returncode == 2 and "Traceback" not in refused.stderr


@pytest.mark.whole
def test_the_source_archive_builds_the_wheel_and_carries_no_tests(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build"]
    subprocess.run([*build, "-t", "sdist", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    assert archive.stat().st_size < 5e6
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "open", filter="data")
    (folder,) = (tmp_path / "open").iterdir()
    top = {path.name for path in folder.iterdir()}
    assert not {"tests", "docs", "benchmarks", ".github"} & top
    assert {"src", "notebooks", "paper", "LICENSE", "LICENSE-data", "CITATION.cff", "PKG-INFO"} <= top
    found = Metadata.from_email((folder / "PKG-INFO").read_bytes(), validate=True)
    assert (found.name, found.license_expression) == ("emolabor", "MIT")
    subprocess.run([*build, "-t", "wheel", "-d", str(tmp_path)], cwd=folder, check=True, capture_output=True)
    assert len([*tmp_path.glob("*.whl")]) == 1
    shutil.rmtree(folder)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_nothing_needs_posix_and_every_text_file_has_its_encoding(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_once = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    for node in at_once:
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        assert not POSIX_MODULES & set(names), names
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.attr not in POSIX_NAMES.get(node.value.id, ()), node.attr
        if isinstance(node, ast.Call) and (name := opens_text(node)):
            assert any(one.arg == "encoding" for one in node.keywords), f"{name} in line {node.lineno}"


def opens_text(call):
    """The name of a call that opens a file as text, by the rules of open, Path.read_text and Path.write_text."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if isinstance(call.func, ast.Name) and name == "open":
        modes = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "mode")]
        return "" if any("b" in str(getattr(mode, "value", "b")) for mode in modes) else name
    is_method = isinstance(call.func, ast.Attribute) and name in ("read_text", "write_text")
    return name if is_method and len(call.args) < (1 if name == "read_text" else 2) else ""


def test_the_package_lies_where_names_differ_in_more_than_their_case():
    for folder in {path.parent for path in SOURCES}:
        names = [path.name.lower() for path in folder.iterdir()]
        assert len(set(names)) == len(names)
        assert not {"con", "aux", "nul", "prn"} & {name.split(".")[0] for name in names}


def test_the_release_tries_the_wheel_on_every_system_and_python_before_it_is_published():
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]
    matrix = jobs["try-the-wheel"]["strategy"]["matrix"]
    assert {one.split("-")[0] for one in matrix["os"]} == {"ubuntu", "macos", "windows"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = [line.rsplit(" ", 1)[1] for line in project["classifiers"] if ":: Python :: 3." in line]
    assert set(supported) <= set(matrix["python"])
    assert "try-the-wheel" in jobs["publish"]["needs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}, "trusted publishing needs no password"
    assert emolabor.__name__ == project["name"]
