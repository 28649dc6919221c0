"""The examples in this room's docstrings run."""

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

from emolabor import measurement

MODULES = [module.name for module in iter_modules(measurement.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    assert doctest.testmod(import_module(f"emolabor.measurement.{name}")).failed == 0
