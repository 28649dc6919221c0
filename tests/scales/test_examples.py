"""The examples in the docstrings run."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import emolabor.scales as room

MODULES = [name for _, name, _ in pkgutil.iter_modules(room.__path__, "emolabor.scales.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    assert doctest.testmod(import_module(name)).failed == 0
