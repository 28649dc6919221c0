"""Arithmetic of `:=` and `==` lines: read by a parser of our own, never evaluated as code."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from emolabor.common.errors import EmolaborError, refuse, refuse_because

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)"
    r"|(?P<sign>\*\*|[-+*/^(),]))"
)


def _density(x: Any) -> Any:
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


# Functions of one value, under R's names, with their slopes.
FUNCTIONS: dict[str, tuple[Callable, Callable]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "abs": (np.abs, np.sign),
    "log10": (np.log10, lambda x: 1 / (x * np.log(10))),
    "log2": (np.log2, lambda x: 1 / (x * np.log(2))),
    "log1p": (np.log1p, lambda x: 1 / (1 + x)),
    "expm1": (np.expm1, np.exp),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "tan": (np.tan, lambda x: 1 / np.cos(x) ** 2),
    "asin": (np.arcsin, lambda x: 1 / np.sqrt(1 - x * x)),
    "acos": (np.arccos, lambda x: -1 / np.sqrt(1 - x * x)),
    "atan": (np.arctan, lambda x: 1 / (1 + x * x)),
    "sinh": (np.sinh, np.cosh),
    "cosh": (np.cosh, np.sinh),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "asinh": (np.arcsinh, lambda x: 1 / np.sqrt(x * x + 1)),
    "acosh": (np.arccosh, lambda x: 1 / np.sqrt(x * x - 1)),
    "atanh": (np.arctanh, lambda x: 1 / (1 - x * x)),
    "pnorm": (ndtr, _density),
    "qnorm": (ndtri, lambda p: 1 / _density(ndtri(p))),
    "dnorm": (_density, lambda x: -x * _density(x)),
    "plogis": (expit, lambda x: expit(x) * (1 - expit(x))),
    "qlogis": (logit, lambda p: 1 / (p * (1 - p))),
}
# Functions of several values, with the place of the one that counts.
SEVERAL = {"max": (np.maximum, np.argmax), "min": (np.minimum, np.argmin)}
KNOWN = (*FUNCTIONS, *SEVERAL, "sum")
# Trees are walked by recursion, so they stay flat: a long sum is a sum of sums of so many terms, and what is nested
# deeper than any formula of a paper is refused.
TERMS, DEEPEST = 32, 100
SHOWN = 80  # characters of an expression in a message


@dataclass
class _Open:
    """What is read between two parentheses: finished terms, factors of the last term, signs and powers of the last."""

    function: str = ""
    arguments: list = field(default_factory=list)
    terms: list = field(default_factory=list)
    factors: list = field(default_factory=list)
    tight: list = field(default_factory=list)
    sign: str = "+"
    times: str = "*"

    def end_factor(self) -> None:
        tree = self.tight.pop()
        while self.tight:
            operator = self.tight.pop()
            tree = ("-", ("number", 0.0), tree) if operator == "negative" else ("^", self.tight.pop(), tree)
        self.factors.append((self.times, tree))
        self.times = "*"

    def end_term(self) -> None:
        self.end_factor()
        self.terms.append((self.sign, _chain(self.factors, ("number", 1.0))))
        self.factors, self.sign = [], "+"

    def end(self) -> tuple[Any, ...]:
        self.end_term()
        tree, self.terms = _chain(self.terms, ("number", 0.0)), []
        return tree


def _chain(parts: Sequence[Any], neutral: Sequence[Any]) -> tuple[Any, ...]:
    """Join trees by their operators from the left; more than `TERMS` group by group, so that the tree stays flat."""
    first = "+" if neutral[1] == 0 else "*"
    while True:
        groups = []
        for start in range(0, len(parts), TERMS):
            (operator, tree), *others = parts[start : start + TERMS]
            tree = tree if operator == first else (operator, neutral, tree)
            for operator, other in others:
                tree = (operator, tree, other)
            groups.append((first, tree))
        if len(groups) == 1:
            return groups[0][1]
        parts = groups


@lru_cache(maxsize=512)
def parse(text: str, where: str = "") -> tuple:
    """Read an arithmetic expression into a tree of tuples.

    Parameters
    ----------
    text : str
        Numbers, names, ``+ - * / ^ **``, parentheses and functions under R's names, such as exp, log, sqrt, abs, tanh,
        pnorm, max, min and sum.
    where : str
        The place named in error messages, for example ``"line 3"``.

    Returns
    -------
    tuple
        ``("number", 2.0)``, ``("name", "a")``, ``("call", "exp", tree)`` or ``(sign, left, right)``.

    Raises
    ------
    EmolaborError
        Where the text is no such expression.

    Examples
    --------
    >>> parse("a*b")
    ('*', ('name', 'a'), ('name', 'b'))
    """
    tokens = _tokens(text, where)
    outer, now, ready = [], _Open(), False  # ready: a value has been read, an operator may follow
    for place, (kind, value) in enumerate(tokens):
        if ready and value in ("*", "/"):
            now.end_factor()
            now.times, ready = value, False
        elif ready and value in ("+", "-"):
            now.end_term()
            now.sign, ready = value, False
        elif ready and value in ("^", "**"):
            now.tight.append("^")
            ready = False
        elif ready and value == "," and now.function:
            now.arguments.append(now.end())
            ready = False
        elif ready and value == ")" and outer:
            tree = _closed(now, where)
            now = outer.pop()
            now.tight.append(tree)
        elif not ready and value in ("+", "-"):
            if value == "-" and now.tight[-1:] == ["negative"]:
                now.tight.pop()
            elif value == "-":
                now.tight.append("negative")
        elif not ready and value == "(":
            before = tokens[place - 1] if place else ("", "")
            outer.append(now)
            now = _Open(before[1] if before[0] == "name" else "")
        elif not ready and kind == "number":
            now.tight.append(("number", float(value)))
            ready = True
        elif not ready and kind == "name" and tokens[place + 1 : place + 2] != [("sign", "(")]:
            now.tight.append(("name", value))
            ready = True
        elif not ready and value in KNOWN:
            continue  # the parenthesis comes next
        elif not ready and kind == "name":
            refuse_because(where, f"the function '{value}' is not known", KNOWN)
        else:
            raise EmolaborError(
                f"{where}: '{value}' is not expected in the expression '{_short(text)}'; is a sign missing before it, "
                "or a parenthesis?"
            )
    if not ready:
        raise EmolaborError(f"{where}: the expression '{_short(text)}' ends too early")
    if outer:
        raise EmolaborError(f"{where}: a ')' is missing in the expression '{_short(text)}'")
    tree = now.end()
    if _depth(tree) > DEEPEST:
        refuse_because(
            where,
            f"the expression '{_short(text)}' is nested more than {DEEPEST} deep",
            "parts of it under names of their own (':=')",
        )
    return tree


def _closed(now: Any, where: Any) -> Any:
    """The tree of what stood between parentheses, arguments of a function or not."""
    last = now.end()
    if not now.function:
        return last
    arguments = [*now.arguments, last]
    if now.function == "sum":
        return _chain([("+", tree) for tree in arguments], ("number", 0.0))
    if now.function in FUNCTIONS and len(arguments) > 1:
        refuse(where, f"{len(arguments)} values in {now.function}()", "one")
    return ("call", now.function, *arguments)


def _depth(tree: Sequence[Any]) -> int:
    deepest, open_ = 0, [(tree, 1)]
    while open_:
        tree, depth = open_.pop()
        deepest = max(deepest, depth)
        open_ += [(part, depth + 1) for part in tree[1:] if isinstance(part, tuple)]
    return deepest


def _short(text: Any) -> Any:
    text = text.strip()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."


def names(tree: Sequence[Any]) -> Any:
    """List the names in a tree, in order of appearance, each once."""
    found, open_ = {}, [tree]
    while open_:
        tree = open_.pop()
        if tree[0] == "name":
            found[tree[1]] = None
        open_ += [part for part in tree[:0:-1] if isinstance(part, tuple)]
    return list(found)


def evaluate(tree: Sequence[Any], values: dict[Any, Any]) -> np.ndarray | float:
    """Work out a tree: values may be numbers or arrays of one shape (for example one entry a resample)."""
    kind = tree[0]
    if kind == "number":
        return np.float64(tree[1])  # a division by zero is no error then, but infinite or missing
    if kind == "name":
        return values[tree[1]]
    if kind == "call" and tree[1] in FUNCTIONS:
        return FUNCTIONS[tree[1]][0](evaluate(tree[2], values))
    if kind == "call":
        result = evaluate(tree[2], values)
        for part in tree[3:]:
            result = SEVERAL[tree[1]][0](result, evaluate(part, values))
        return result
    left, right = evaluate(tree[1], values), evaluate(tree[2], values)
    if kind == "+":
        return left + right
    if kind == "-":
        return left - right
    if kind == "*":
        return left * right
    if kind == "/":
        return left / right
    return left**right


def gradient(tree: tuple, values: dict[str, Any], gradients: dict[str, Any]) -> tuple:
    """Value and gradient of a tree by the chain rule.

    Parameters
    ----------
    tree : tuple
        From `parse`.
    values : dict
        Name to number.
    gradients : dict
        Name to array (n_parameters,): the gradient of that name's value.

    Returns
    -------
    tuple
        Number and array (n_parameters,); the gradient of a constant is 0.0. Where the largest or smallest value is
        taken, the gradient is that one's.
    """
    kind = tree[0]
    if kind == "number":
        return np.float64(tree[1]), 0.0
    if kind == "name":
        return values[tree[1]], gradients[tree[1]]
    if kind == "call" and tree[1] in FUNCTIONS:
        inner, slope = gradient(tree[2], values, gradients)
        function, derivative = FUNCTIONS[tree[1]]
        return function(inner), derivative(inner) * slope
    if kind == "call":
        parts = [gradient(part, values, gradients) for part in tree[2:]]
        return parts[SEVERAL[tree[1]][1]([value for value, _ in parts])]
    (left, d_left), (right, d_right) = gradient(tree[1], values, gradients), gradient(tree[2], values, gradients)
    if kind == "+":
        return left + right, d_left + d_right
    if kind == "-":
        return left - right, d_left - d_right
    if kind == "*":
        return left * right, d_left * right + left * d_right
    if kind == "/":
        return left / right, d_left / right - left / right**2 * d_right
    slope = right * left ** (right - 1) * d_left
    if np.any(d_right):
        slope = slope + np.log(left) * left**right * d_right
    return left**right, slope


def _tokens(text: str, where: str) -> list[Any]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            refuse_because(
                where,
                f"'{text[position:].strip()[:1]}' is not understood in the expression '{_short(text)}'",
                f"numbers, labels, + - * / ^ ( ) and {', '.join(KNOWN)}",
            )
        kind = str(match.lastgroup)
        tokens.append((kind, match.group(kind)))
        position = match.end()
    return tokens
