"""The code is checked: its style by ruff, its types by mypy; the public face says what it takes and gives."""

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import emolabor as el

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments):
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [("check",), ("format", "--check")], ids=" ".join)
def test_ruff_finds_nothing_in_the_code_and_its_tests(arguments):
    done = run("ruff", *arguments, "src", "tests")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_mypy_finds_nothing():
    done = run("mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_sees_through_the_lazy_face(tmp_path):
    """A reader's editor knows what el.sem takes and that a fit's table is not text."""
    right = "import emolabor as el\nfit = el.sem('y ~ x', n_obs=3)\nfit.n_obs + 1\ntext: str = fit.summary()\n"
    wrong = "import emolabor as el\nel.sem('y ~ x', group=3)\nel.sem('y ~ x').nothing\nel.nothing\n"
    for name, text in (("right.py", right), ("wrong.py", wrong)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("mypy", str(tmp_path / "right.py"), str(tmp_path / "wrong.py"))
    found = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert not [line for line in found if "right.py" in line], done.stdout
    assert [line.split("[")[-1] for line in found if "wrong.py" in line] == [
        "arg-type]",
        "attr-defined]",
        "attr-defined]",
    ], done.stdout


def callables():
    for name in el.__all__:
        value = getattr(el, name)
        value = getattr(value, name, value) if inspect.ismodule(value) else value
        if inspect.isfunction(value):
            yield name, value
        if inspect.isclass(value):
            own = vars(value).items()  # a field's default is no function
            yield from ((f"{name}.{key}", one) for key, one in own if not key.startswith("_") and callable(one))
    for key, one in vars(import_module("emolabor.sem").Fit).items():
        if inspect.isfunction(one) and not key.startswith("_"):
            yield f"Fit.{key}", one


@pytest.mark.parametrize(("name", "function"), list(callables()))
def test_a_public_function_says_the_types_of_what_it_takes_and_gives(name, function):
    signature = inspect.signature(function)
    untyped = [one.name for one in signature.parameters.values() if one.annotation is one.empty and one.name != "self"]
    assert untyped == [] and signature.return_annotation is not signature.empty


def test_the_hooks_before_a_commit_ask_what_the_tests_ask():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    entries = [hook["entry"] for hook in hooks[0]["hooks"]]
    assert entries == [
        f"python -m {words}" for words in ("ruff check --force-exclude", "ruff format --force-exclude", "mypy")
    ]
