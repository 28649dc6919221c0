"""The house's order: rooms import one way, modules stay short, the public face loads fast."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "emolabor"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each room may import the rooms after it in this line ...
LINE = ["study", "report", "analysis", "theory", "measurement", "responses", "instrument", "scales"]
MAY_IMPORT = {room: set(LINE[place + 1 :]) for place, room in enumerate(LINE)}
# ... the first five also the engine; simulation stands beside the line.
for room in LINE[:5]:
    MAY_IMPORT[room].add("sem")
MAY_IMPORT["sem"] = set()
MAY_IMPORT["simulation"] = {"theory", "instrument", "scales"}
MAY_IMPORT["study"].add("simulation")
# Drawing imports no room; every room may draw, the engine too, which else stands alone.
for room in list(MAY_IMPORT):
    MAY_IMPORT[room].add("drawing")
MAY_IMPORT["drawing"] = set()

# Modules beside the rooms that every room may use. The command line is not among them: nothing imports it.
BESIDE = ["errors", "files", "office"]

HEAVY = ["scipy.stats", "matplotlib", "seaborn", "sklearn", "semopy", "papermill", "jsonschema", "docx", "typst"]


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def room_of(path):
    """Return the room a module lives in, or None for the modules beside the rooms."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


def imported(path):
    """Return what a module imports from the package anywhere in its text: the first name after `emolabor`."""
    here = ("emolabor", *path.relative_to(PACKAGE).parent.parts)
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(here[: len(here) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            names += [[*base, alias.name] for alias in node.names]
    return {name[1] for name in names if name[0] == "emolabor" and len(name) > 1}


def test_every_room_has_its_place():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert rooms <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path)], ids=name_of)
def test_rooms_import_one_way(path):
    room = room_of(path)
    assert imported(path) - {room, *BESIDE} <= MAY_IMPORT[room]


@pytest.mark.parametrize("name", BESIDE)
def test_what_every_room_uses_imports_no_room(name):
    assert imported(PACKAGE / f"{name}.py") <= set(BESIDE)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/__init__.py")), ids=name_of)
def test_a_room_s_init_only_names_what_is_public(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    assert all(isinstance(node, kinds) for node in tree.body), "an __init__.py holds its docstring, imports and __all__"


def test_importing_the_package_loads_no_heavy_library():
    code = f"import sys, emolabor; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
