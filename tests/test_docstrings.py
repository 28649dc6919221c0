"""The examples in the docstrings run, and those of what users call say what goes in, comes out and is refused."""

import ast
import doctest
import importlib.util
import inspect
import pkgutil
import re
import textwrap
from importlib import import_module
from pathlib import Path

import pytest

import emolabor
import emolabor as el

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("write_pages", ROOT / "docs" / "write_pages.py")
WRITE_PAGES = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(WRITE_PAGES)
MODULES = [
    module.name for module in pkgutil.walk_packages(emolabor.__path__, "emolabor.") if "__main__" not in module.name
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(import_module(name)).failed == 0


def public_functions():
    """Public functions, and methods of the objects they return: name -> (function, the class of a method)."""
    found = {name: (getattr(el, name), None) for name in el.__all__ if inspect.isfunction(getattr(el, name))}
    for classes in WRITE_PAGES.RETURNED.values():
        for name, module in classes.items():
            home = getattr(import_module(f"emolabor.{module}"), name)
            members = WRITE_PAGES.methods(name, module).items()
            found |= {f"{name}.{method}": (function, home) for method, function in members}
    return found


PUBLIC = public_functions()


def calls(function, home):
    """Yield whether a function raises EmolaborError itself, then the functions of the package that it calls."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    known = inspect.unwrap(function).__globals__
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and "EmolaborError" in ast.dump(node):
            yield None
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                yield known.get(called.id, 0)
            elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "self":
                yield getattr(home, called.attr, None) or 0


def can_raise(function, home=None, seen=None):
    """Tell whether a function, or one of the package's that it calls by name, raises EmolaborError."""
    seen = set() if seen is None else seen
    for called in calls(function, home):
        if called is None:
            return True
        is_ours = inspect.isfunction(called) and called.__module__.startswith("emolabor.")
        if is_ours and called not in seen:
            seen.add(called)
            if can_raise(called, home, seen):
                return True
    return False


def test_what_can_raise_is_told_from_what_cannot():
    assert can_raise(el.load_scale) and can_raise(el.score)
    assert not can_raise(el.list_scales)
    assert can_raise(*PUBLIC["Draws.ci"]) and not can_raise(*PUBLIC["Instrument.points"])


@pytest.mark.parametrize("name", PUBLIC)
def test_sections_are_there(name):
    function, home = PUBLIC[name]
    taken = [one for one in inspect.signature(function).parameters if home is None or one not in ("self", "fit")]
    wanted = ["Returns", "Examples"] + ["Parameters"] * bool(taken) + ["Raises"] * can_raise(function, home)
    text = inspect.getdoc(function) or ""
    assert [one for one in wanted if not re.search(rf"^{one}\n-+$", text, re.MULTILINE)] == []
    told = set(re.findall(r"\w+", text))
    assert [one for one in taken if one not in told] == []
