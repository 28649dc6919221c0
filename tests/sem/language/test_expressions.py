"""Arithmetic of defined parameters: values and gradients."""

import numpy as np
import pytest
from scipy.stats import logistic, norm

from emolabor.common.errors import EmolaborError
from emolabor.sem.language import expressions

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
        "a - b - c",
        "a/c*b/a",
        "-a*b^2",
        "2^-a^2",
        "- -a + +b",
        "max(a, b, c) - min(a, b)",
        "sum(a, b*c, 1)",
        "atanh(a) + tanh(b) + sinh(a)*cosh(b) + asinh(c) + acosh(c)",
        "sin(a) + cos(b)*tan(c) + asin(a) + acos(a) + atan(b)",
        "log10(c) + log2(c) + log1p(a) + expm1(a)",
        "pnorm(b) + qnorm(a) + dnorm(c) + plogis(b) + qlogis(a)",
    ],
)
def test_value_and_gradient(text):
    tree = expressions.parse(text)
    python = text.replace("^", "**")
    functions = {
        name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    }
    functions |= {name: getattr(np, name) for name in ("log10", "log2", "log1p", "expm1")}
    functions |= {f"a{name}": getattr(np, f"arc{name}") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
    functions |= {"abs": abs, "max": max, "min": min, "sum": lambda *values: sum(values)}
    functions |= {
        "pnorm": norm.cdf,
        "qnorm": norm.ppf,
        "dnorm": norm.pdf,
        "plogis": logistic.cdf,
        "qlogis": logistic.ppf,
    }

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
