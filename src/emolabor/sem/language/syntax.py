"""The model text: lavaan's core dialect, read formula by formula with line and column kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from emolabor.common.errors import EmolaborError, refuse, refuse_because
from emolabor.sem.language import expressions
from emolabor.sem.language.block_lines import Block, block_of, is_block_line
from emolabor.sem.language.modifiers import (
    Modifier,
    bare,
    check_parts,
    joined,
    modifier_of,
    refuse_not_yet,
    spaced,
    split,
)
from emolabor.sem.language.slopes import check_place
from emolabor.sem.language.tokens import ALLOWED_OPERATORS, Token, tokens_of

THRESHOLD = re.compile(r"t[1-9]\d*")
CONSTRAINT_OPERATORS = (":=", "==", "<", ">")


@dataclass
class Term:
    """One parameter that the text names; `rhs` is "" for an intercept."""

    lhs: str
    op: str
    rhs: str
    token: Token
    modifiers: list = field(default_factory=list)
    block: Block = field(default_factory=Block)


@dataclass(frozen=True)
class Constraint:
    """A `:=`, `==`, `<` or `>` line: its sides as text and as trees (None for the new name of a `:=`)."""

    lhs: str
    op: str
    rhs: str
    token: Token
    left: tuple[Any, ...] | None
    right: tuple[Any, ...]


@dataclass(frozen=True)
class Syntax:
    """The whole text: parameters and constraints, each in the order of the text."""

    terms: tuple[Term, ...]
    constraints: tuple[Constraint, ...]
    slopes: tuple[str, ...] = ()  # random slopes, which are variables of the between level


def parse_model(text: str) -> Syntax:
    """Read a model text.

    Parameters
    ----------
    text : str
        Formulas of lavaan's core dialect: ``=~ ~ ~~ ~1 | := == < >``; labels, fixed values, ``NA*``,
        ``start()*``, ``equal()*``, ``lower()*``, ``upper()*``, ``rv()*``, ``c(a, b)*``; one formula a line or parted by
        ``;``;
        ``#`` and ``!`` comments; ``group: a`` and ``level: 1`` lines begin blocks.
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
    blocks, block, constraints = dict[Block, dict[Any, Any]](), Block(), []
    for formula in _formulas(tokens_of(text)):
        if is_block_line(formula):
            block = block_of(formula, block)
            continue
        position = _operator_position(formula)
        operator, left, right = formula[position], formula[:position], formula[position + 1 :]
        if not left or not right:
            side = "left" if not left else "right"
            refuse_because(
                operator.where,
                f"nothing stands {side} of '{operator.text}'",
                "a formula such as 'y ~ x', the operator on the line of its left side",
            )
        if operator.text in CONSTRAINT_OPERATORS:
            constraints.append(_constraint(operator, left, right))
        else:
            _add_terms(blocks.setdefault(block, {}), operator, left, right)
    for block, own in blocks.items():
        for term in own.values():
            term.block = block
            check_place(term)
    terms = tuple(chain.from_iterable(own.values() for own in blocks.values()))
    if constraints and not terms:
        refuse_because(
            constraints[0].token.where,
            f"a '{constraints[0].op}' line stands alone",
            "beside formulas with the model's variables, such as 'f =~ x1 + b*x2 + x3'",
        )
    if not terms:
        refuse_because("model", "no formula was found", "a text such as 'f =~ x1 + x2 + x3'")
    return Syntax(terms, tuple(constraints))


def _formulas(tokens: Sequence[Any]) -> list[Any]:
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
        refuse_not_yet(line)
        goes_on = not closed and formulas and not is_block_line(line) and not is_block_line(formulas[-1])
        if goes_on and not any(token.kind == "operator" for token in line):
            formulas[-1].extend(line)
        else:
            formulas.append(list(line))
    return formulas


def _operator_position(formula: Sequence[Any]) -> int:
    positions = [i for i, token in enumerate(formula) if token.kind == "operator"]
    if not positions:
        first = formula[0]
        raise EmolaborError(
            f"{first.where}: '{first.text}' stands alone; an operator is missing on its line ({ALLOWED_OPERATORS})"
        )
    if len(positions) > 1:
        second = formula[positions[1]]
        hint = "start a new line"
        if {formula[i].text for i in positions} <= set(CONSTRAINT_OPERATORS):
            hint = "write each constraint on a line of its own"
        elif positions[1] == positions[0] + 1 and second.text == formula[positions[0]].text == "~":
            hint = "write '~~' without a blank for a covariance"
        raise EmolaborError(f"{second.where}: a second operator '{second.text}' in one formula; {hint}")
    operator = formula[positions[0]]
    if operator.text == "<~":
        refuse_because(
            operator.where,
            "'<~' is not available yet",
            "'f =~ x' where x measures f, or the composite as a column of the data",
        )
    return positions[0]


def _constraint(operator: Token, left: Sequence[Any], right: Sequence[Any]) -> Constraint:
    if operator.text == ":=" and (len(left) != 1 or left[0].kind != "name"):
        raise EmolaborError(f"{left[0].where}: one new name stands left of ':='")
    trees = [expressions.parse(spaced(side), operator.where) for side in (left, right)]
    new = operator.text == ":="
    return Constraint(joined(left), operator.text, joined(right), operator, None if new else trees[0], trees[1])


def _add_terms(terms: dict[Any, Any], operator: Token, left: Sequence[Any], right: Sequence[Any]) -> None:
    outcomes = [_single_name(part, operator) for part in _summands(left, operator)]
    earlier = set(terms)
    for part in _summands(right, operator):
        factors = split(part, "*?", operator)
        variable = _variable(factors[-1], operator)
        modifiers = [modifier_of(factor, sign) for factor, sign in zip(factors[:-1], _signs(part), strict=True)]
        _check_product(modifiers, part)
        for outcome in outcomes:
            op = "~1" if variable.kind == "number" else operator.text
            _check_ordered(outcome, op, variable)
            if op in ("=~", "~") and outcome.text == variable.text:
                refuse_because(
                    variable.where,
                    f"'{variable.text}' stands on both sides of '{op}'",
                    f"another variable, '{variable.text} ~ 1' for its intercept, '{variable.text} ~~ {variable.text}"
                    "' for its variance",
                )
            rhs = "" if op == "~1" else variable.text
            given = modifiers
            if op == "~1" and variable.text == "0":
                given = [*modifiers, Modifier("fixed", (0.0,))]
            _merge(terms, Term(outcome.text, op, rhs, variable, list(given)), earlier)


def _check_product(modifiers: Sequence[Any], part: Sequence[Any]) -> None:
    """Refuse `a*b*x`, `0.5*2*x` and `0.5*a*x`: one of the two would be lost."""
    kinds = [_kind(modifier) for modifier in modifiers]
    held = any(modifier.kind == "fixed" and modifier.values != (None,) for modifier in modifiers)
    if len(set(kinds)) < len(kinds) or (held and "label" in kinds):
        refuse(
            part[0].where,
            f"'{spaced(part)}'",
            "one label or one number before a variable; a number and a label in two terms, such as 'y ~ a*x + 0.5*x'",
        )


def _kind(modifier: Modifier) -> str:
    """What a modifier gives; a parameter has one label, its own or another's by `equal()`."""
    return "label" if modifier.kind == "equal" else modifier.kind


def _check_ordered(outcome: Token, op: str, variable: Token) -> None:
    if op == "|" and not THRESHOLD.fullmatch(variable.text):
        refuse(variable.where, f"'{variable.text}' right of '|'", "t1, t2 and so on")
    if op == "~*~" and outcome.text != variable.text:
        refuse(variable.where, f"'{variable.text}'", f"'{outcome.text} ~*~ {outcome.text}'")


def _merge(terms: dict[Any, Any], term: Term, earlier: Any) -> None:
    """Add a term; within one formula a second modifier of it joins the first, as in `y ~ a*x + start(0.3)*x`."""
    key = (term.lhs, term.op, term.rhs)
    if term.op == "~~" and (term.rhs, term.op, term.lhs) in terms:
        key = (term.rhs, term.op, term.lhs)
    if key not in terms:
        terms[key] = term
    else:
        first = terms[key]
        known = {_kind(modifier): modifier.values for modifier in first.modifiers}
        clash = any(known.get(_kind(modifier), modifier.values) != modifier.values for modifier in term.modifiers)
        if key in earlier or clash or not term.modifiers:
            refuse_because(
                term.token.where,
                f"'{term.lhs} {term.op} {term.rhs}' is given a second time (first in line {first.token.line}, "
                f"column {first.token.column})",
                "once, with one modifier of each kind; delete one of the two",
            )
        first.modifiers.extend(term.modifiers)


def _summands(tokens: Sequence[Any], operator: Token) -> list[Any]:
    """Part tokens at plus signs; a second one in a row, or one in front, is a sign of what follows."""
    parts, depth = [[]], 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == "+" and parts[-1]:
            parts.append([])
        elif depth != 0 or token.text != "+":
            parts[-1].append(token)
    check_parts(parts, depth, tokens, "+", operator)
    return parts


def _signs(part: Sequence[Any]) -> Any:
    depth, signs = 0, []
    for token in part:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "sign" and token.text in "*?":
            signs.append(token.text)
    return signs


def _single_name(part: Sequence[Any], operator: Token) -> Token:
    if len(part) == 1 and part[0].kind == "name":
        return part[0]
    if operator.text in ("~", "~~") and _is_product(part):
        return part[0]._replace(text=joined(part))
    refuse(
        part[0].where,
        f"'{spaced(part)}' left of '{operator.text}'",
        "variable names joined by '+'; modifiers stand right of the operator",
    )


def _is_product(part: Sequence[Any]) -> bool:
    """Whether tokens are names joined by colons, such as `x:m`, the product of two observed variables."""
    names, signs = part[::2], part[1::2]
    return (
        len(names) == len(signs) + 1 > 1
        and all(token.kind == "name" for token in names)
        and all(token.text == ":" for token in signs)
    )


def _variable(part: Sequence[Any], operator: Token) -> Token:
    part = bare(part)
    first = part[0]
    if len(part) == 1 and first.kind == "name":
        return first
    if len(part) == 1 and operator.text == "~" and first.text in ("0", "1"):
        return first
    if _is_product(part) and operator.text in ("=~", "~", "~~"):
        return first._replace(text=joined(part))
    found, texts = spaced(part), [token.text for token in part]
    if ":" in texts:
        refuse(first.where, f"'{found}'", "a product of variables, such as 'x:m' in 'y ~ x + m + x:m'")
    if "+" in texts or "-" in texts[1:]:
        refuse(
            first.where,
            f"'{found}'",
            "terms joined by '+', each with its own modifier and without parentheses; make a difference or "
            "a sum a column of the data",
        )
    if len(part) == 1 and first.kind == "number" and operator.text == "~":
        hint = f"write '{found}*1' to fix the intercept"
    elif len(part) == 1 and first.kind == "number":
        hint = f"a number is a modifier: write '{found}*x'"
    elif first.kind == "string":
        hint = "write the name without quotation marks"
    elif texts[0] == "-":
        hint = "join terms by '+'; '-1*x' fixes a coefficient at -1"
    elif "**" in texts:
        hint = "one '*' stands between a modifier and its variable"
    elif set(texts) & {"(", "^", "/"}:
        hint = "add what is computed as a column, such as data['log_x'] = np.log(data['x']), and write its name"
    else:
        hint = "is a '+' or an end of line missing?"
    refuse(first.where, f"'{found}' right of '{operator.text}'", f"variable names; {hint}")
