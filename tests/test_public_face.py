"""The public face: names only, loaded when they are used."""

import ast
import inspect
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from joblib import Parallel, delayed

import emolabor as el
from emolabor.moved import MOVED

pytestmark = pytest.mark.slow


def test_importing_the_package_loads_neither_pandas_nor_numpy():
    code = "import sys, emolabor; print(*{'numpy', 'pandas', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == ""


@pytest.mark.parametrize("name", el.__all__)
def test_every_name_is_there(name):
    assert getattr(el, name) is not None
    assert name in dir(el)


FIT = "'ex1 ~ ex2', el.simulate_staff(n=60, seed=1)"
ORDERS = {
    "the face": f"import emolabor as el; el.sem({FIT})",
    "the room, then the face": f"import emolabor.sem; import emolabor as el; el.sem({FIT}); emolabor.sem.Fit",
    "the face, then the room": f"import emolabor as el; el.sem; import emolabor.sem as room; room.cfa({FIT})",
    "the room alone": f"import emolabor.sem as room; import emolabor as el; room({FIT}); room.sem({FIT})",
    "from the face": f"from emolabor import sem; import emolabor as el; sem({FIT}); sem.api.sem({FIT})",
    "from the room": f"from emolabor.sem import Fit, sem; import emolabor as el; sem({FIT}); el.sem({FIT})",
    "a module of the room": f"import emolabor.sem.fit as fit; fit.Fit; import emolabor as el; el.sem({FIT})",
    "the second face": f"import emolabor.sem.numerics as inside; import emolabor as el; inside.rmsea; el.sem({FIT})",
    "a module that moved": "from emolabor.sem.compare import compare; import emolabor as el; "
    f"el.sem.compare({{'a': el.sem({FIT})}})",
}


@pytest.mark.parametrize("order", ORDERS)
def test_whoever_imports_what_in_whatever_order_can_call_it(order):
    code = ORDERS[order] + "; import sys; assert el.sem is sys.modules['emolabor.sem'] and el.sem.sem is el.cfa"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_room_tells_what_its_function_takes():
    assert inspect.signature(el.sem) == inspect.signature(el.cfa)
    assert inspect.getdoc(el.sem.__call__) == inspect.getdoc(el.cfa)


def test_the_room_and_what_uses_the_package_can_be_sent_to_other_processes():
    assert pickle.loads(pickle.dumps(el.sem)) is el.sem
    alone = [el.sem("ex1 ~ ex2", el.simulate_staff(n=60, seed=seed)).n_obs for seed in (1, 2)]
    shared = Parallel(n_jobs=2)(
        delayed(lambda seed: el.sem("ex1 ~ ex2", el.simulate_staff(n=60, seed=seed)).n_obs)(seed) for seed in (1, 2)
    )
    assert shared == alone


def test_what_type_checkers_see_is_what_there_is():
    tree = ast.parse(Path(el.__file__).read_text(encoding="utf-8"))
    (seen,) = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    imports = [(node.module, alias.name) for node in seen.body for alias in node.names if alias.asname == alias.name]
    assert dict((name, module) for module, name in imports) == {
        name: f"emolabor.{room}" for name, room in el.ROOM_OF.items()
    }
    assert (Path(el.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize("old", MOVED)
def test_a_module_that_moved_is_found_at_its_old_name_and_says_so(old):
    sys.modules.pop(f"emolabor.{old}", None)
    with pytest.warns(DeprecationWarning, match=rf"^emolabor\.{old} is emolabor\.{MOVED[old]} now; ") as said:
        found = import_module(f"emolabor.{old}")
    assert found is import_module(f"emolabor.{MOVED[old]}")
    assert found.__spec__.name == found.__name__ == f"emolabor.{MOVED[old]}"
    assert [Path(one.filename).name for one in said] == ["__init__.py"]  # import_module's


def test_what_moved_warns_where_it_is_imported_and_a_module_that_never_was_is_not_found():
    code = "import emolabor.errors\nfrom emolabor.common.errors import EmolaborError\n"
    code += "assert emolabor.errors.EmolaborError is EmolaborError is emolabor.EmolaborError"
    done = subprocess.run([sys.executable, "-W", "default", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr.startswith("<string>:1: DeprecationWarning: emolabor.errors is ")
    with pytest.raises(ModuleNotFoundError):
        import_module("emolabor.sem.nothing")


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'sam'"):
        _ = el.sam
