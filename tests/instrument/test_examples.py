"""The examples in the docstrings run."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import emolabor.instrument as room

MODULES = [name for _, name, _ in pkgutil.walk_packages(room.__path__, "emolabor.instrument.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    assert doctest.testmod(import_module(name)).failed == 0
