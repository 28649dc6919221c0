"""The table of licences names every package whose licence binds more than MIT does, and all that packages bring."""

import re
import sys
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
LOCKED = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
FREE = re.compile(
    r"(MIT|BSD|0BSD|Apache|PSF|ISC|Zlib|CC0|Python Software Foundation|OSI Approved$|\d-clause BSD)", re.IGNORECASE
)
FONTS = (".ttf", ".otf", ".ttc", ".woff", ".woff2", ".eot", ".pfb", ".afm")
PROGRAMS = (".jar", ".wasm", ".exe", ".dll", ".dylib", ".so")
MAGIC = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xcf")


def rows(page):
    """Read the table of packages: file patterns, packages."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").partition("\n## ")[2]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    return [(re.findall("`([^`]+)`", what), re.findall(r"[a-z0-9][\w-]*", packages)) for what, packages, *_ in lines]


ROWS = rows("licences.md")


def installed():
    """Yield the packages of the lock that this machine has; some are for other systems."""
    for name in LOCKED:
        try:
            yield canonicalize_name(name), distribution(name)
        except PackageNotFoundError:
            continue


def stated(metadata):
    """List the licences that a package states; none, where it states none."""
    if expression := metadata.get("License-Expression"):
        return re.split(r"\s+(?:AND|OR|WITH)\s+|[()]+", expression)
    classes = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or [] if line.startswith("License")]
    return classes or re.split(r"\s+(?:AND|OR)\s+", (metadata.get("License") or "").partition("\n")[0])


def brought(package):
    """Yield the programs, libraries and fonts in a package; its own extension modules are none."""
    for file in package.files or []:
        if file.suffix in FONTS:
            yield file
        elif not re.search(r"\.(cpython-[\w-]+|abi3)\.so$", file.name) and (
            file.suffix in ("", *PROGRAMS) or ".so." in file.name
        ):
            path = Path(package.locate_file(file))
            if path.is_file():
                with path.open("rb") as content:
                    begins = content.read(4)
                if begins.startswith(MAGIC) or file.suffix in (".jar", ".wasm"):
                    yield file


def test_both_languages_name_the_same_and_only_packages_of_the_lock():
    assert rows("licences.zh-CN.md") == ROWS
    named = {name for _, packages in ROWS for name in packages}
    assert len(ROWS) > 20 and named <= set(map(canonicalize_name, LOCKED))


def test_every_package_that_is_not_as_free_as_mit_is_named():
    itself = {name for _, packages in ROWS[:3] for name in packages}
    assert FREE.match("MIT-CMU") and not FREE.match("MPL-2.0") and not FREE.match("")
    binding = {
        name for name, package in installed() if not all(map(FREE.match, filter(None, stated(package.metadata))))
    }
    silent = {name for name, package in installed() if not any(stated(package.metadata))}
    assert binding | silent == itself


@pytest.mark.skipif(sys.platform != "linux", reason="packages for other systems bring files of other names")
def test_every_program_library_and_font_that_a_package_brings_is_named():
    found = {(name, file.name) for name, package in installed() for file in brought(package)}
    assert {name for name, _ in found} >= {"numpy", "scipy", "pypandoc-binary", "matplotlib", "pyzmq"}
    known = [(name, pattern) for patterns, packages in ROWS for name in packages for pattern in patterns]
    unknown = {one for one in found if not any(name == one[0] and fnmatch(one[1], form) for name, form in known)}
    assert unknown == set()


@pytest.mark.parametrize("page", ["licences.md", "licences.zh-CN.md", "../LICENSE-data"])
def test_the_folders_that_are_named_are_there(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    folders = set(re.findall(r"(?:src|paper|data|docs|notebooks|results)/[\w/.]*/", text))
    assert folders and all((ROOT / folder).is_dir() for folder in folders)
