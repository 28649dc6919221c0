"""Arithmetic of defined parameters: values and gradients."""

import numpy as np
import pytest

from emolabor.errors import EmolaborError
from emolabor.sem import expressions

VALUES = {"a": 0.7, "b": -1.3, "c": 2.1}


@pytest.mark.parametrize(
    "text",
    [
        "a*b",
        "a + b*c",
        "(a + b)*c",
        "-a^2",
        "2^-a",
        "a/b - c",
        "exp(a)*log(c)",
        "sqrt(c) + abs(b)",
        "a**2*b",
        "c^a^2",
        "1.5e-1 + .5",
    ],
)
def test_value_and_gradient(text):
    tree = expressions.parse(text)
    python = text.replace("^", "**")
    functions = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": abs}

    def value(values):
        return eval(python, functions, values)

    assert expressions.evaluate(tree, VALUES) == pytest.approx(value(dict(VALUES)))
    unit = dict(zip(VALUES, np.eye(3), strict=True))
    found, slope = expressions.gradient(tree, VALUES, unit)
    assert found == pytest.approx(value(dict(VALUES)))
    for i, name in enumerate(VALUES):
        step = 1e-6
        up, down = ({**VALUES, name: VALUES[name] + s} for s in (step, -step))
        assert np.broadcast_to(slope, (3,))[i] == pytest.approx((value(up) - value(down)) / (2 * step), abs=1e-7)


def test_values_may_be_arrays():
    tree = expressions.parse("a*b")
    assert np.array_equal(expressions.evaluate(tree, {"a": np.array([1.0, 2.0]), "b": 3.0}), [3.0, 6.0])


@pytest.mark.parametrize("text", ["", "a b", "a*", "(a", "a)", "f(a)", "a ! b", "__import__('os')"])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(EmolaborError, match="line 4"):
        expressions.parse(text, "line 4")
