"""Arithmetic of `:=` and `==` lines: read by a parser of our own, never evaluated as code."""

import re

import numpy as np

from emolabor.errors import EmolaborError

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d][\w.]*)|(?P<sign>\*\*|[-+*/^()]))"
)

FUNCTIONS = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "abs": (np.abs, np.sign),
}


def parse(text, where=""):
    """Read an arithmetic expression into a tree of tuples.

    Parameters
    ----------
    text : str
        Numbers, names, ``+ - * / ^ **``, parentheses and the functions exp, log, sqrt, abs.
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
    tree, rest = _sum(tokens, text, where)
    if rest:
        raise EmolaborError(f"{where}: '{rest[0][1]}' is not expected in the expression '{text.strip()}'.")
    return tree


def names(tree):
    """List the names in a tree, in order of appearance, each once."""
    if tree[0] == "name":
        return [tree[1]]
    found = [name for part in tree[1:] if isinstance(part, tuple) for name in names(part)]
    return list(dict.fromkeys(found))


def evaluate(tree, values):
    """Work out a tree: values may be numbers or arrays of one shape (for example one entry a resample)."""
    kind = tree[0]
    if kind == "number":
        return np.float64(tree[1])  # a division by zero is no error then, but infinite or missing
    if kind == "name":
        return values[tree[1]]
    if kind == "call":
        return FUNCTIONS[tree[1]][0](evaluate(tree[2], values))
    left, right = (evaluate(part, values) for part in tree[1:])
    if kind == "+":
        return left + right
    if kind == "-":
        return left - right
    if kind == "*":
        return left * right
    if kind == "/":
        return left / right
    return left**right


def gradient(tree, values, gradients):
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
        Number and array (n_parameters,); the gradient of a constant is 0.0.
    """
    kind = tree[0]
    if kind == "number":
        return np.float64(tree[1]), 0.0
    if kind == "name":
        return values[tree[1]], gradients[tree[1]]
    if kind == "call":
        inner, slope = gradient(tree[2], values, gradients)
        function, derivative = FUNCTIONS[tree[1]]
        return function(inner), derivative(inner) * slope
    (left, d_left), (right, d_right) = (gradient(part, values, gradients) for part in tree[1:])
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


def _tokens(text, where):
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise EmolaborError(
                f"{where}: '{text[position:].strip()[:1]}' is not understood in the expression '{text.strip()}'; "
                f"allowed: numbers, labels, + - * / ^ ( ) and {', '.join(FUNCTIONS)}."
            )
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return tokens


def _sum(tokens, text, where):
    tree, tokens = _product(tokens, text, where)
    while tokens and tokens[0][1] in ("+", "-"):
        right, rest = _product(tokens[1:], text, where)
        tree, tokens = (tokens[0][1], tree, right), rest
    return tree, tokens


def _product(tokens, text, where):
    tree, tokens = _signed(tokens, text, where)
    while tokens and tokens[0][1] in ("*", "/"):
        right, rest = _signed(tokens[1:], text, where)
        tree, tokens = (tokens[0][1], tree, right), rest
    return tree, tokens


def _signed(tokens, text, where):
    if tokens and tokens[0][1] in ("-", "+"):
        tree, rest = _signed(tokens[1:], text, where)
        return (("-", ("number", 0.0), tree) if tokens[0][1] == "-" else tree), rest
    base, rest = _atom(tokens, text, where)
    if rest and rest[0][1] in ("^", "**"):
        power, rest = _signed(rest[1:], text, where)
        return ("^", base, power), rest
    return base, rest


def _atom(tokens, text, where):
    if not tokens:
        raise EmolaborError(f"{where}: the expression '{text.strip()}' ends too early.")
    (kind, value), rest = tokens[0], tokens[1:]
    if kind == "number":
        return ("number", float(value)), rest
    if kind == "name":
        if not (rest and rest[0][1] == "("):
            return ("name", value), rest
        if value not in FUNCTIONS:
            raise EmolaborError(f"{where}: the function '{value}' is not known; allowed: {', '.join(FUNCTIONS)}.")
        inner, rest = _closed(rest[1:], text, where)
        return ("call", value, inner), rest
    if value == "(":
        return _closed(rest, text, where)
    raise EmolaborError(f"{where}: '{value}' is not expected in the expression '{text.strip()}'.")


def _closed(tokens, text, where):
    tree, rest = _sum(tokens, text, where)
    if not rest or rest[0][1] != ")":
        raise EmolaborError(f"{where}: a ')' is missing in the expression '{text.strip()}'.")
    return tree, rest[1:]
