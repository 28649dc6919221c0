"""The examples in the docstrings of the room."""

import doctest
import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

import emolabor

ROOM = Path(emolabor.__file__).parent / "sem"
MODULES = [f"emolabor.sem.{module.name}" for module in pkgutil.iter_modules([str(ROOM)])]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    importlib.import_module(name)
    assert doctest.testmod(sys.modules[name]).failed == 0
