"""The examples in the docstrings run, those of every module of the package."""

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import emolabor

ROOT = Path(__file__).resolve().parent.parent
MODULES = [
    module.name for module in pkgutil.walk_packages(emolabor.__path__, "emolabor.") if "__main__" not in module.name
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(import_module(name)).failed == 0
