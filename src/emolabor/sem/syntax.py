"""The model text: lavaan's core dialect, read token by token with line and column kept."""

import re
from dataclasses import dataclass, field

import numpy as np

from emolabor.errors import EmolaborError
from emolabor.sem import expressions

TOKEN = re.compile(
    r"(?P<blank>[ \t\r\f]+)|(?P<comment>[#!][^\n]*)|(?P<end>[\n;])"
    r"|(?P<operator>=~|<~|~\*~|~~|~|:=|==|<|>|\|)"
    r"|(?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<string>\"[^\"\n]*\"|'[^'\n]*')|(?P<sign>\*\*|[-+*?(),:/^%])"
)
THRESHOLD = re.compile(r"t[1-9]\d*")
CONSTRAINT_OPERATORS = (":=", "==", "<", ">")
ALLOWED_OPERATORS = "=~ ~ ~~ ~1 | ~*~ := == < >"
LARGEST = 1e30  # of a fixed value or a start: powers of larger numbers leave the range of a double


@dataclass(frozen=True)
class Token:
    """A word of the model text and where it stands."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def where(self):
        """The place, as error messages name it."""
        return f"model, line {self.line}, column {self.column}"


@dataclass(frozen=True)
class Modifier:
    """What stands before the `*`: one value for all groups or one a group."""

    kind: str  # fixed (None means NA, free), label, equal, start
    values: tuple


@dataclass
class Term:
    """One parameter that the text names; `rhs` is "" for an intercept."""

    lhs: str
    op: str
    rhs: str
    token: Token
    modifiers: list = field(default_factory=list)


@dataclass(frozen=True)
class Constraint:
    """A `:=`, `==`, `<` or `>` line."""

    lhs: str
    op: str
    rhs: str
    token: Token


@dataclass(frozen=True)
class Syntax:
    """The whole text: parameters and constraints, each in the order of the text."""

    terms: tuple
    constraints: tuple


def parse_model(text):
    """Read a model text.

    Parameters
    ----------
    text : str
        Formulas of lavaan's core dialect: ``=~ ~ ~~ ~1 | := == < >``; labels, fixed values, ``NA*``,
        ``start()*``, ``equal()*``, ``c(a, b)*``; one formula a line or parted by ``;``; ``#`` and ``!`` comments.
        A line without an operator goes on with the line before it.

    Returns
    -------
    Syntax
        Terms and constraints.

    Raises
    ------
    EmolaborError
        Where something is not understood: the message names line, column, what was found and what is allowed.

    Examples
    --------
    >>> [(term.lhs, term.op, term.rhs) for term in parse_model("f =~ x1 + a*x2").terms]
    [('f', '=~', 'x1'), ('f', '=~', 'x2')]
    """
    terms, constraints = {}, []
    for formula in _formulas(_tokens(text)):
        position = _operator_position(formula)
        operator, left, right = formula[position], formula[:position], formula[position + 1 :]
        if not left or not right:
            side = "left" if not left else "right"
            raise EmolaborError(f"{operator.where}: nothing stands {side} of '{operator.text}'.")
        if operator.text in CONSTRAINT_OPERATORS:
            constraints.append(_constraint(operator, left, right))
        else:
            _add_terms(terms, operator, left, right)
    if not terms:
        raise EmolaborError("model: no formula was found; allowed: a text such as 'f =~ x1 + x2 + x3'.")
    return Syntax(tuple(terms.values()), tuple(constraints))


def _tokens(text):
    tokens, position, line, line_start = [], 0, 1, 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise EmolaborError(
                f"model, line {line}, column {position - line_start + 1}: '{text[position]}' is not understood; "
                f"allowed operators: {ALLOWED_OPERATORS}."
            )
        kind = match.lastgroup
        if kind not in ("blank", "comment"):
            tokens.append(Token(kind, match.group(), line, position - line_start + 1))
        position = match.end()
        if match.group() == "\n":
            line, line_start = line + 1, position
    return tokens


def _formulas(tokens):
    """Join the lines of each formula: a line without an operator goes on with the one before."""
    formulas, lines, depth = [], [[]], 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "end" and (depth <= 0 or token.text == ";"):
            lines.append([token] if token.text == ";" else [])
            depth = 0
        elif token.kind != "end":
            lines[-1].append(token)
    for line in lines:
        closed = bool(line) and line[0].kind == "end"
        line = line[1:] if closed else line
        if not line:
            continue
        if not closed and formulas and not any(token.kind == "operator" for token in line):
            formulas[-1].extend(line)
        else:
            formulas.append(list(line))
    return formulas


def _operator_position(formula):
    positions = [i for i, token in enumerate(formula) if token.kind == "operator"]
    if not positions:
        first = formula[0]
        raise EmolaborError(
            f"{first.where}: '{first.text}' stands alone; an operator is missing ({ALLOWED_OPERATORS})."
        )
    if len(positions) > 1:
        second = formula[positions[1]]
        raise EmolaborError(f"{second.where}: a second operator '{second.text}' in one formula; start a new line.")
    operator = formula[positions[0]]
    if operator.text == "<~":
        raise EmolaborError(f"{operator.where}: '{operator.text}' is not available; allowed: {ALLOWED_OPERATORS}.")
    return positions[0]


def _constraint(operator, left, right):
    if operator.text == ":=" and (len(left) != 1 or left[0].kind != "name"):
        raise EmolaborError(f"{left[0].where}: one new name stands left of ':='.")
    sides = ["".join(token.text for token in side) for side in (left, right)]
    for side in sides:
        expressions.parse(side, operator.where)
    return Constraint(sides[0], operator.text, sides[1], operator)


def _add_terms(terms, operator, left, right):
    outcomes = [_single_name(part, operator) for part in _split(left, "+", operator)]
    for part in _split(right, "+", operator):
        factors = _split(part, "*?", operator)
        variable = _variable(factors[-1], operator)
        modifiers = [_modifier(factor, sign) for factor, sign in zip(factors[:-1], _signs(part), strict=True)]
        for outcome in outcomes:
            op = "~1" if variable.kind == "number" else operator.text
            _check_ordered(outcome, op, variable)
            if op in ("=~", "~") and outcome.text == variable.text:
                raise EmolaborError(f"{variable.where}: '{variable.text}' stands on both sides of '{op}'.")
            rhs = "" if op == "~1" else variable.text
            given = modifiers
            if op == "~1" and variable.text == "0":
                given = [*modifiers, Modifier("fixed", (0.0,))]
            _merge(terms, Term(outcome.text, op, rhs, variable, list(given)))


def _check_ordered(outcome, op, variable):
    if op == "|" and not THRESHOLD.fullmatch(variable.text):
        raise EmolaborError(f"{variable.where}: found '{variable.text}' right of '|', allowed: t1, t2 and so on.")
    if op == "~*~" and outcome.text != variable.text:
        raise EmolaborError(f"{variable.where}: found '{variable.text}', allowed: '{outcome.text} ~*~ {outcome.text}'.")


def _merge(terms, term):
    key = (term.lhs, term.op, term.rhs)
    if term.op == "~~" and (term.rhs, term.op, term.lhs) in terms:
        key = (term.rhs, term.op, term.lhs)
    if key not in terms:
        terms[key] = term
    elif term.modifiers:
        terms[key].modifiers.extend(term.modifiers)
    else:
        earlier = terms[key].token
        raise EmolaborError(
            f"{term.token.where}: '{term.lhs} {term.op} {term.rhs}' is given a second time "
            f"(first in line {earlier.line}, column {earlier.column})."
        )


def _split(tokens, signs, operator):
    """Part tokens at signs outside parentheses."""
    parts, depth = [[]], 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "sign" and token.text in signs:
            parts.append([])
        else:
            parts[-1].append(token)
    if depth != 0:
        raise EmolaborError(f"{tokens[-1].where}: a parenthesis is not closed.")
    if not all(parts):
        place = next((token for token in tokens if token.text in signs), operator)
        raise EmolaborError(f"{place.where}: something is missing beside '{place.text}'.")
    return parts


def _signs(part):
    depth, signs = 0, []
    for token in part:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "sign" and token.text in "*?":
            signs.append(token.text)
    return signs


def _single_name(part, operator):
    if len(part) == 1 and part[0].kind == "name":
        return part[0]
    raise EmolaborError(f"{part[0].where}: found '{_joined(part)}' left of '{operator.text}', allowed: variable names.")


def _variable(part, operator):
    first = part[0]
    if any(token.text == ":" for token in part):
        raise EmolaborError(
            f"{first.where}: products such as '{_joined(part)}' are not available; add the product as a column."
        )
    if any(token.text == "-" for token in part[1:]):
        raise EmolaborError(f"{first.where}: found '{_joined(part)}', allowed: terms joined by '+'.")
    if len(part) == 1 and first.kind == "name":
        return first
    if len(part) == 1 and operator.text == "~" and first.text in ("0", "1"):
        return first
    raise EmolaborError(f"{first.where}: found '{_joined(part)}' right of '{operator.text}', allowed: variable names.")


def _modifier(factor, sign):
    first = factor[0]
    if sign == "?":
        return Modifier("start", (_number(factor),))
    if len(factor) > 1 and first.kind == "name" and factor[1].text == "(" and first.text not in expressions.FUNCTIONS:
        return _call(first, factor)
    return Modifier(*_value(factor))


def _value(factor):
    """One entry of a modifier: a number, NA or a label."""
    first = factor[0]
    if len(factor) == 1 and first.kind == "name":
        return ("fixed", (None,)) if first.text == "NA" else ("label", (first.text,))
    if len(factor) == 1 and first.kind == "string":
        return "label", (first.text[1:-1],)
    return "fixed", (_number(factor),)


def _call(name, factor):
    if factor[-1].text != ")":
        raise EmolaborError(f"{name.where}: found '{_joined(factor)}', allowed: start(), equal(), label(), c().")
    parts = _split(factor[2:-1], ",", name) if len(factor) > 3 else []
    if not parts or name.text not in ("start", "equal", "label", "c"):
        raise EmolaborError(
            f"{name.where}: found '{_joined(factor)}', allowed: start(), equal(), label(), c() with values."
        )
    if len(parts) == 1 and len(parts[0]) > 1 and parts[0][0].text == "c" and parts[0][-1].text == ")":
        parts = _split(parts[0][2:-1], ",", name)
    if name.text == "start":
        return Modifier("start", tuple(_number(part) for part in parts))
    entries = [_value(part) for part in parts]
    if name.text in ("equal", "label"):
        number = next((part for part, entry in zip(parts, entries, strict=True) if entry[0] == "fixed"), None)
        if number:
            raise EmolaborError(f"{number[0].where}: found '{_joined(number)}' in {name.text}(), allowed: names.")
        return Modifier("equal" if name.text == "equal" else "label", tuple(entry[1][0] for entry in entries))
    kinds = {kind for kind, values in entries if values != (None,)} or {"fixed"}
    if len(kinds) > 1:
        raise EmolaborError(f"{name.where}: '{_joined(factor)}' mixes numbers and labels; give them in two terms.")
    return Modifier(kinds.pop(), tuple(entry[1][0] for entry in entries))


def _number(tokens):
    text = " ".join(token.text for token in tokens)
    tree = expressions.parse(text, tokens[0].where)
    if expressions.names(tree):
        raise EmolaborError(f"{tokens[0].where}: found '{_joined(tokens)}', allowed: a number.")
    with np.errstate(all="ignore"):
        value = float(expressions.evaluate(tree, {}))
    if not abs(value) <= LARGEST:
        raise EmolaborError(f"{tokens[0].where}: '{_joined(tokens)}' is {value:g}, allowed: numbers up to {LARGEST:g}.")
    return value


def _joined(tokens):
    return "".join(token.text for token in tokens)
