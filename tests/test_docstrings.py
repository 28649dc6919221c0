"""The examples in the docstrings run, and those of what users call say what goes in, comes out and is refused."""

import ast
import doctest
import importlib.util
import inspect
import pkgutil
import re
import textwrap
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

import emolabor
import emolabor as el

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("public_face", ROOT / "docs" / "public_face.py")
FACE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(FACE)
MODULES = [
    module.name for module in pkgutil.walk_packages(emolabor.__path__, "emolabor.") if "__main__" not in module.name
]


def types_of(docstring):
    """Return name -> type as a docstring has them, choices and "optional" included."""
    found = re.findall(r"^(\*{0,2}\w+(?:, \w+)*) : (.+)$", docstring, re.MULTILINE)
    return {name: text for names, text in found for name in names.split(", ")}


def function_of(value):
    """A public name, or what a room that can be called stands for."""
    return value.sem if inspect.ismodule(value) else value


def public_functions():
    """Public functions, and methods of the objects they return: name -> (function, the class of a method)."""
    values = {name: function_of(getattr(el, name)) for name in el.__all__}
    found = {name: (value, None) for name, value in values.items() if inspect.isfunction(value)}
    for classes in FACE.RETURNED.values():
        for name, module in classes.items():
            home = getattr(import_module(f"emolabor.{module}"), name)
            members = FACE.methods(name, module).items()
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


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, monkeypatch):
    """All but those of the public face, which run below."""
    monkeypatch.chdir(ROOT)
    public = {f"{function.__module__}.{function.__qualname__}" for function, _ in PUBLIC.values()}
    examples = [one for one in doctest.DocTestFinder().find(import_module(name)) if one.name not in public]
    assert [one.name for one in examples if doctest.DocTestRunner().run(one).failed] == []


def section(name, function):
    """The lines of one section of a docstring."""
    (found,) = re.findall(rf"^{name}\n-+\n(.*?)(?=^\w+\n-+$|\Z)", inspect.getdoc(function) + "\n", re.M | re.S)
    return found


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_run_as_a_reader_pastes_them(name, monkeypatch):
    """With no name known beforehand: neither pandas nor the package's own modules."""
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(section("Examples", PUBLIC[name][0]), {}, name, None, 0)
    assert example.examples and doctest.DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_taken_and_returned_is_described(name):
    """Every parameter has a type and words, what is returned has words, and what it is of is in the reference."""
    function, _ = PUBLIC[name]
    heads = r"^(?P<head>\S[^\n]*)\n(?P<words> +\S[^\n]*)?"
    if "Parameters\n-" in inspect.getdoc(function):
        found = list(re.finditer(heads, section("Parameters", function), re.M))
        assert [one["head"] for one in found if " : " not in one["head"] or not one["words"]] == []
    found = list(re.finditer(heads, section("Returns", function), re.M))
    assert found and [one["head"] for one in found if not one["words"]] == []
    named = {word for one in found for word in re.findall(r"\b[A-Z]\w+", one["head"])}
    known = {kind for classes in FACE.RETURNED.values() for kind in classes}
    assert named <= known | {"DataFrame", "Series", "Figure", "Path"}


@pytest.mark.parametrize("name", PUBLIC)
def test_types_agree_with_the_signature(name):
    """What may be left out without a value of its own is optional, and a default is one of the choices."""
    function, _ = PUBLIC[name]
    types = types_of(inspect.getdoc(function))
    for parameter in inspect.signature(function).parameters.values():
        told, default = types.get(parameter.name, ""), parameter.default
        assert ("optional" in told) == (default is None) or "None" in told, parameter
        if "{" in told and isinstance(default, str):
            assert default in ast.literal_eval(re.search(r"\{.*\}", told).group()), parameter


@pytest.mark.parametrize(("name", "module"), [pair for classes in FACE.RETURNED.values() for pair in classes.items()])
def test_every_field_of_a_returned_object_is_described(name, module):
    home = getattr(import_module(f"emolabor.{module}"), name)
    assert {one.name for one in fields(home)} == set(types_of(section("Attributes", home)))
    assert [line for line in re.findall(r"^\S.+\n(?! )", section("Attributes", home), re.M)] == []


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
