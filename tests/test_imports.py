"""The house's order: rooms import one way, those of the engine too; files stay short, the public face loads fast."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "emolabor"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each room may import the rooms after it in this line ...
LINE = ["cli", "study", "report", "analysis", "evidence", "theory", "measurement", "responses", "instrument", "scales"]
MAY_IMPORT = {room: set(LINE[place + 1 :]) for place, room in enumerate(LINE)}
# ... the first seven also the engine; simulation stands beside the line.
for room in LINE[:7]:
    MAY_IMPORT[room].add("sem")
MAY_IMPORT["sem"] = set()
MAY_IMPORT["simulation"] = {"theory", "instrument", "scales"}
MAY_IMPORT["study"].add("simulation")
MAY_IMPORT["cli"].add("simulation")
# Drawing knows the ground floor only, and every room but the engine may draw.
for room in set(MAY_IMPORT) - {"sem"}:
    MAY_IMPORT[room].add("drawing")
MAY_IMPORT["drawing"] = set()
# The ground floor carries every room and knows none.
for room in list(MAY_IMPORT):
    MAY_IMPORT[room].add("common")
MAY_IMPORT["common"] = set()

# The rooms of the engine and its loose modules: each may import those before it.
ENGINE = [
    "linalg",
    "language",
    "specification",
    "implied",
    "observed",
    "ordinal",
    "discrepancy",
    "estimation",
    "inference",
    "evaluation",
    "cases",
    "display",
    "fit",
    "two_level",
    "api",
    "comparison",
    "moderation",
    "numerics",
]
# `fit.plot` hands its model over to the room that draws, which it loads when it is called.
DRAWN_FROM = "sem/display/diagram.py"

HEAVY = ["scipy.stats", "matplotlib", "seaborn", "sklearn", "semopy", "papermill", "jsonschema", "docx", "typst"]


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def room_of(path):
    """Return the room a module lives in, or None for the package itself."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


def imported(path):
    """Return what a module imports from the package anywhere in its text, as tuples of names after `emolabor`.

    Not what only type checkers import: a fit is passed down to rooms that know nothing of how it is made.
    """
    here = ("emolabor", *path.relative_to(PACKAGE).parent.parts)
    names = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(here[: len(here) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            names += [[*base, alias.name] for alias in node.names]
    return {tuple(name[1:]) for name in names if name[0] == "emolabor" and len(name) > 1}


def test_every_room_has_its_place():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert rooms == set(MAY_IMPORT)
    engine = {path.stem for path in (PACKAGE / "sem").iterdir() if path.suffix == ".py" or list(path.glob("*.py"))}
    assert engine - {"__init__"} == set(ENGINE)


@pytest.mark.parametrize("path", [path for path in MODULES if room_of(path)], ids=name_of)
def test_rooms_import_one_way(path):
    room = room_of(path)
    allowed = MAY_IMPORT[room] | {room} | ({"drawing"} if name_of(path) == DRAWN_FROM else set())
    assert {name[0] for name in imported(path)} <= allowed


@pytest.mark.parametrize("path", sorted((PACKAGE / "sem").rglob("*.py")), ids=name_of)
def test_the_rooms_of_the_engine_import_one_way(path):
    parts = path.relative_to(PACKAGE / "sem").parts
    room = parts[0].removesuffix(".py")
    if room == "__init__":
        return
    allowed = {*ENGINE[: ENGINE.index(room)], room}
    used = {name[1] for name in imported(path) if name[0] == "sem"}
    assert used <= allowed


def test_a_room_of_the_engine_can_be_overlooked():
    for room in (PACKAGE / "sem").iterdir():
        assert len([path for path in room.glob("*.py") if path.stem != "__init__"]) <= 13, room.name


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) not in ("sem", None)], ids=name_of)
def test_other_rooms_use_the_two_faces_of_the_engine(path):
    public = set(ast.literal_eval(_all_of(PACKAGE / "sem" / "__init__.py")))
    numerical = set(ast.literal_eval(_all_of(PACKAGE / "sem" / "numerics.py")))
    for name in imported(path):
        if name[0] == "sem":
            assert name[1:] == () or name[1] in public or (name[1] == "numerics" and name[2] in numerical), name


def _all_of(path):
    """The text of a module's `__all__`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return next(ast.unparse(node.value) for node in tree.body if isinstance(node, ast.Assign))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=name_of)
def test_no_room_imports_in_a_circle(path):
    """Modules of one room import each other one way, too."""
    start = ".".join(("emolabor", *path.relative_to(PACKAGE).with_suffix("").parts))
    seen, todo = set(), [start]
    while todo:
        for found in _inside(todo.pop(), room_of(path)):
            assert found != start, f"{start} imports itself by way of others"
            if found not in seen:
                seen.add(found)
                todo.append(found)


def _inside(module, room):
    """The modules of one room that a module imports."""
    path = PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
    if not path.exists():
        return set()
    found = set()
    for name in imported(path):
        for length in (len(name), len(name) - 1):
            if length and name[0] == room and PACKAGE.joinpath(*name[:length]).with_suffix(".py").exists():
                found.add(".".join(("emolabor", *name[:length])))
                break
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=name_of)
def test_a_room_s_init_only_names_what_is_public(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    if path.parent != PACKAGE:
        assert all(isinstance(node, kinds) for node in tree.body), (
            "an __init__.py holds its docstring, imports, __all__"
        )


def test_importing_the_package_loads_no_heavy_library():
    code = f"import sys, emolabor; print(*[name for name in {HEAVY} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
