"""The public face: names only, loaded when they are used."""

import pickle
import subprocess
import sys

import pytest

import emolabor as el

pytestmark = pytest.mark.slow


def test_importing_the_package_loads_neither_pandas_nor_numpy():
    code = "import sys, emolabor; print(*{'numpy', 'pandas', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == ""


@pytest.mark.parametrize("name", el.__all__)
def test_every_name_is_there(name):
    assert getattr(el, name) is not None
    assert name in dir(el)


def test_the_name_of_a_room_that_is_also_a_function_is_the_function():
    code = "import emolabor.sem.api; import emolabor as el; print(el.sem is el.cfa, el.sem.__name__)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split() == [
        "True",
        "sem",
    ]


def test_the_package_can_be_sent_to_other_processes():
    assert pickle.loads(pickle.dumps(el)) is el


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'sam'"):
        _ = el.sam
