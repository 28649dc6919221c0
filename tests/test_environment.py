"""pyproject.toml is the one truth; environment.yml, the lock, run.py, CI and the citation agree with it."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from emolabor.common import extras as emolabor_extras

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
ASKED_FOR = {"jupyterlab", "pandas", "seaborn", "scikit-learn", "semopy", "papermill", "nbval"}


def by_name(lines):
    """Return {canonical package name: specifier} of requirement lines."""
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements}


CORE = by_name(PYPROJECT["project"]["dependencies"])
EXTRAS = {name: by_name(lines) for name, lines in PYPROJECT["project"]["optional-dependencies"].items()}
SITE = EXTRAS.pop("docs")  # has an environment of its own, of no user and no test
EXTRA = {name: one for lines in EXTRAS.values() for name, one in lines.items() if name != "emolabor"}
RUNTIME = CORE | EXTRA
TEST = by_name(PYPROJECT["dependency-groups"]["test"])
BUILD = by_name(PYPROJECT["dependency-groups"]["build"])
PINNED = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))


def third_party_imports(folder):
    """Return the distributions whose packages the Python files under a folder import."""
    own = {"emolabor", *(path.stem for path in folder.rglob("*.py"))}
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.split(".")[0])
    installed = packages_distributions()
    return {canonicalize_name(installed[name][0]) for name in names - own if name in installed}


def test_conda_names_the_same_packages_with_the_same_ranges():
    conda = [line for line in CONDA["dependencies"] if isinstance(line, str)]
    (pip,) = [line["pip"] for line in CONDA["dependencies"] if isinstance(line, dict)]
    assert re.fullmatch(r"python=3\.\d+", conda[0])
    assert conda[1] == "pip"
    assert pip[-1] == "-e ."
    assert by_name(conda[2:] + pip[:-1]) == RUNTIME | TEST
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("name", sorted(RUNTIME | TEST | BUILD))
def test_lock_is_inside_every_range(name):
    assert (RUNTIME | TEST | BUILD)[name].contains(Version(PINNED[name]))


def test_lock_says_nothing_of_the_machine_it_was_made_on():
    assert "://" not in LOCK
    assert not re.search(r"(^|[\s=])[/~]\w", LOCK)


def test_lock_has_a_hash_for_every_package():
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINNED), "a package stands in the lock twice"
    assert all("--hash=sha256:" in entry for entry in entries)


def needed_by(name, extra=""):
    """Return the requirements of an installed package, with one of its extras, that hold on this machine."""
    requirements = [Requirement(line) for line in requires(name) or []]
    return [one for one in requirements if one.marker is None or one.marker.evaluate({"extra": extra})]


def test_lock_is_complete():
    """run.py installs it without asking again what else is needed."""
    missing, asked = set(), {(name, "") for name in RUNTIME | TEST | BUILD}
    seen = set()
    while asked - seen:
        name, extra = one = (asked - seen).pop()
        seen.add(one)
        try:
            needed = needed_by(name, extra)
        except PackageNotFoundError:
            missing.add(name)
            continue
        for requirement in needed:
            needed_name = canonicalize_name(requirement.name)
            pin = PINNED.get(needed_name)
            if pin is None or not requirement.specifier.contains(pin, prereleases=True):
                missing.add(f"{requirement} of {name}")
            asked |= {(needed_name, more) for more in ("", *requirement.extras)}
    assert not missing


def test_contributing_gives_the_command_the_lock_was_made_with():
    command = re.search(r"^# +(uv pip compile .*)$", LOCK, re.MULTILINE)[1]
    assert command in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_packages_asked_for_are_there():
    assert ASKED_FOR <= set(RUNTIME)


def test_what_the_code_imports_is_declared_and_nothing_else():
    imported = third_party_imports(ROOT / "src")
    assert imported <= set(RUNTIME)
    assert set(RUNTIME) <= imported | ASKED_FOR | {"distributed"}  # which joblib imports, where it is asked to


def test_the_core_is_light_and_everything_else_an_extra():
    assert len(CORE) <= 10
    assert not set(CORE) & set(EXTRA)
    for package, extra in emolabor_extras.EXTRAS.values():
        assert canonicalize_name(package) in EXTRAS[extra]
    told = {canonicalize_name(package) for package, _ in emolabor_extras.EXTRAS.values()}
    assert third_party_imports(ROOT / "src") - set(CORE) == told


def test_one_extra_brings_everything():
    def whole(name):
        extras = [Requirement(line) for line in PYPROJECT["project"]["optional-dependencies"][name]]
        found = {extra for one in extras if one.name == "emolabor" for extra in one.extras}
        return {name}.union(*map(whole, found))

    assert whole("all") == set(EXTRAS)


def test_the_site_is_built_outside_the_environment_of_users_and_tests():
    assert not set(SITE) - {"emolabor"} & set(RUNTIME | TEST | BUILD)
    assert not {"sphinx", "furo"} & set(PINNED)
    assert {"sphinx", "furo", "myst-nb"} <= set(SITE)


def test_what_the_tests_import_is_declared():
    assert third_party_imports(ROOT / "tests") <= set(RUNTIME | TEST)


def test_the_same_pythons_everywhere():
    classifiers = PYPROJECT["project"]["classifiers"]
    supported = re.findall(r":: (3\.\d+)", " ".join(classifiers))
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["fresh-machine"]["strategy"]["matrix"]
    assert matrix["python"] == supported
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]
    (line,) = re.findall(r"^SUPPORTED = (.*)$", (ROOT / "run.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert [f"{major}.{minor}" for major, minor in ast.literal_eval(line)] == supported
    assert PYPROJECT["project"]["requires-python"] == f">={supported[0]}"
    assert CONDA["dependencies"][0].removeprefix("python=") in supported


def test_ci_and_workflow_run_the_documented_commands():
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == 'exec python3 run.py test -m ""'
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    commands = [step["run"] for step in workflow["jobs"]["fresh-machine"]["steps"] if "run" in step]
    assert commands == ['python3 run.py test -m ""', "python3 run.py"]


def test_citation_and_changelog_name_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    version = PYPROJECT["project"]["version"]
    assert citation["version"] == version
    assert citation["license"] == PYPROJECT["project"]["license"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[(\d.*)\] - (.*)$", changelog, re.MULTILINE).groups() == (
        version,
        str(citation["date-released"]),
    )


@pytest.mark.whole
def test_the_wheel_carries_every_file_of_the_package(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = {name for name in ZipFile(wheel).namelist() if name.startswith("emolabor/")}
    files = [path for path in (ROOT / "src/emolabor").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    package = {path.relative_to(ROOT / "src").as_posix() for path in files}
    assert {name for name in carried if not name.startswith("emolabor/project/")} == package
    along = {name.removeprefix("emolabor/project/") for name in carried - package}
    assert {name.split("/")[0] for name in along} == {"notebooks", "paper", "data", "results"}
    listed = subprocess.run(["git", "ls-files", "notebooks", "results"], cwd=ROOT, capture_output=True, text=True)
    assert {name for name in along if name.split("/")[0] in ("notebooks", "results")} == {*listed.stdout.split()}
