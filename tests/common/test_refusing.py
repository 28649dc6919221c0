"""Messages made by hand have one voice, and what they show of a value stays short."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.checks import check_choice, check_jobs, check_share, check_whole
from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.common.tasks import chunk_sizes

PACKAGE = Path(el.__file__).parent
ROOMS = ["common", "sem", "analysis", "measurement", "theory", "simulation"]
MODULES = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py")) if path.name != "errors.py"]
COVARIANCES = pd.DataFrame([[4.0, 1], [1, 1]], index=list("yx"), columns=list("yx"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_is_allowed_is_said_by_refuse(path):
    """A message that says so by hand would have a punctuation of its own, or end in a full stop."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "EmolaborError":
            parts = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
            words = [part for part in parts if isinstance(part, str)]
            assert not any("llowed: " in part for part in words), words
            assert not (words and words[-1].endswith((".", ".)"))), words


def test_the_two_ways_to_refuse_share_their_punctuation():
    with pytest.raises(EmolaborError, match=r"^k: found 'a'; allowed: b, c$") as found:
        refuse("k", shown("a"), ("b", "c"))
    assert found.value.__suppress_context__
    with pytest.raises(EmolaborError, match=r"^model: it is empty; allowed: a text$"):
        refuse_because("model", "it is empty.", "a text")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.float64(2.5), "2.5"),
        (np.arange(3), "ndarray of shape (3,)"),
        (COVARIANCES, "DataFrame of shape (2, 2)"),
        (10**5000, "a value of type int that cannot be written"),
        ("两", "'两'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_shown_in_a_few_words(value, words):
    assert shown(value) == words


@pytest.mark.parametrize(
    "value", [10**400, "a" * 5000, ["item"] * 1000, {1: "b" * 900}], ids=lambda value: type(value).__name__
)
def test_what_is_long_is_cut_in_the_middle(value):
    assert len(shown(value)) == 80
    assert shown(value)[:10] == repr(value)[:10] and shown(value)[-10:] == repr(value)[-10:]


ENDLESS = [10**400, 10**5000, "a" * 5000]
FIT = el.sem("y ~ x", sample_cov=COVARIANCES, n_obs=100)
STAFF = el.simulate_staff(n=60, seed=1)
CALLS = {
    "n_obs": lambda value: el.sem("y ~ x", sample_cov=COVARIANCES, n_obs=value),
    "estimator": lambda value: el.sem("y ~ x", sample_cov=COVARIANCES, n_obs=100, estimator=value),
    "group": lambda value: el.sem("ex1 ~ ex2", STAFF, group=value),
    "ordered": lambda value: el.sem("ex1 ~~ ex2", STAFF, ordered=[value]),
    "n_resamples": lambda value: FIT.bootstrap(value),
    "jobs": lambda value: FIT.bootstrap(10, jobs=value),
    "n_draws": lambda value: FIT.monte_carlo(value),
    "n": lambda value: el.simulate_staff(n=value),
    "seed": lambda value: el.simulate_staff(n=10, seed=value),
    "draws": lambda value: el.parallel_analysis(STAFF[["ex1", "ex2", "ex3"]], draws=value),
    "n_replications": lambda value: el.power("y ~ 0.5*x", n=100, n_replications=value),
    "k": lambda value: el.profiles(STAFF[["ex1", "ex2"]], k=value),
}


@pytest.mark.parametrize("value", ENDLESS, ids=["400 digits", "5000 digits", "5000 letters"])
@pytest.mark.parametrize("argument", CALLS)
def test_an_endless_value_is_refused_in_a_line(argument, value):
    with pytest.raises(EmolaborError, match=rf"^{argument}: ") as found:
        CALLS[argument](value)
    assert len(str(found.value)) < 700


def test_the_checks_know_their_ranges():
    assert check_whole("n", np.int64(3), 1) == 3
    for wrong in (True, 0, 11, 2.0, None, "3", float("nan")):
        with pytest.raises(EmolaborError, match=r"^n: found .*; allowed: a whole number of at (least 1|most 10)$"):
            check_whole("n", wrong, 1, 10)
    check_share("level", 0.95)
    check_share("smallest", 0, zero=True)
    for wrong in (0, 1, True, None, "0.5", float("nan"), [0.5]):
        with pytest.raises(EmolaborError, match=r"^level: found .*; allowed: a number between 0 and 1$"):
            check_share("level", wrong)
    for wrong in (np.array([1, 2]), ["a"], None, COVARIANCES):
        with pytest.raises(EmolaborError, match=r"^kind: found .*; allowed: a, b$"):
            check_choice("kind", wrong, ("a", "b"))
    for jobs in (-1, 1, 2, np.int64(4)):
        check_jobs(jobs)
    for wrong in (0, True, 1.5, "2", None):
        with pytest.raises(EmolaborError, match=r"^jobs: found"):
            check_jobs(wrong)


def test_chunks_hold_everything():
    assert [chunk_sizes(n, 200) for n in (1, 200, 450)] == [[1], [200], [200, 200, 50]]


@pytest.mark.slow
def test_bootstrap_and_power_take_all_cores():
    fit = el.sem("ex1 ~ ex2", STAFF)
    shared, alone = (fit.bootstrap(250, seed=1, jobs=jobs).thetas for jobs in (-1, 1))
    np.testing.assert_array_equal(shared, alone)
    tables = [el.power("y ~ 0.5*x", n=100, n_replications=150, jobs=jobs) for jobs in (-1, 1)]
    pd.testing.assert_frame_equal(*tables)
