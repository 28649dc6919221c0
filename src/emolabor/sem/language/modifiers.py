"""What stands before a `*` or `?` in a model text: numbers, labels, starting values, bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import EmolaborError, refuse, refuse_because
from emolabor.sem.language import expressions
from emolabor.sem.language.tokens import NAME

if TYPE_CHECKING:
    from emolabor.sem.language.tokens import Token

RESERVED = ("Inf", "NaN", "NULL", "TRUE", "FALSE")  # words of R that are no labels
MODIFIERS = "start(), equal(), label(), c(), lower(), upper(), rv()"
LARGEST = 1e30  # of a fixed value or a start: powers of larger numbers leave the range of a double
# Words of lavaan that are not there yet, and what can be done instead.
NOT_YET = {
    "block": "allowed: 'group: a' for a block of formulas of group a, 'level: 1' and 'level: 2' for levels",
    "class": "latent classes are not there; allowed: el.profiles for latent profiles",
    "efa": "exploratory blocks are not there yet; allowed: el.efa, or which item measures which factor",
    "prior": "priors belong to Bayesian estimation, which is not there; allowed: start() for a starting value",
}


@dataclass(frozen=True)
class Modifier:
    """What stands before the `*`: one value for all groups or one a group."""

    kind: str  # fixed (None means NA, free), label, equal, start, lower, upper, rv (a random slope's name)
    values: tuple[Any, ...]


def bare(part: Sequence[Any]) -> Sequence[Any]:
    """A part without the parentheses around the whole of it."""
    while len(part) > 2 and part[0].text == "(" and part[-1].text == ")":
        depth = 0
        for token in part[:-1]:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return part
        part = part[1:-1]
    return part


def modifier_of(factor: Sequence[Any], sign: str) -> Modifier:
    """The modifier that stands before a `*` or, as a starting value, before a `?`."""
    factor = bare(factor)
    first = factor[0]
    if sign == "?":
        return Modifier("start", (_number(factor),))
    if len(factor) > 1 and first.kind == "name" and factor[1].text == "(" and first.text not in expressions.KNOWN:
        return _call(first, factor)
    return Modifier(*_value(factor))


def _value(factor: Sequence[Any]) -> tuple[Any, ...]:
    """One entry of a modifier: a number, NA or a label."""
    factor = bare(factor)
    first = factor[0]
    if len(factor) == 1 and first.text in RESERVED:
        refuse(first.where, f"'{first.text}'", "a number, a label, or NA to free")
    if len(factor) == 1 and first.kind == "name":
        return ("fixed", (None,)) if first.text == "NA" else ("label", (first.text,))
    if len(factor) == 1 and first.kind == "string":
        return "label", (_label(first),)
    return "fixed", (_number(factor),)


def _label(token: Any) -> Any:
    """A quoted label; none where nothing stands between the quotation marks."""
    text = token.text[1:-1]
    if text and not (NAME.fullmatch("".join(text.split())) or "~" in text or "|" in text):
        refuse(token.where, f"{token.text} as a label", "a name that begins with a letter, such as b1")
    return text


def _call(name: Token, factor: Sequence[Any]) -> Modifier:
    refuse_not_yet(factor)
    if factor[-1].text != ")":
        refuse(name.where, f"'{spaced(factor)}'", MODIFIERS)
    parts = split(factor[2:-1], ",", name) if len(factor) > 3 else []
    if not parts or name.text not in ("start", "equal", "label", "lower", "upper", "rv", "c"):
        refuse(name.where, f"'{spaced(factor)}'", f"{MODIFIERS} with values")
    if len(parts) == 1 and len(parts[0]) > 1 and parts[0][0].text == "c" and parts[0][-1].text == ")":
        parts = split(parts[0][2:-1], ",", name)
    if name.text in ("start", "lower", "upper"):
        return Modifier(name.text, tuple(_number(part) for part in parts))
    entries = [_value(part) for part in parts]
    if name.text == "rv":
        return Modifier("rv", (_slope_name(name, entries, factor),))
    if name.text in ("equal", "label"):
        number = next((part for part, entry in zip(parts, entries, strict=True) if entry[0] == "fixed"), None)
        if number:
            refuse(number[0].where, f"'{joined(number)}' in {name.text}()", "names")
        return Modifier("equal" if name.text == "equal" else "label", tuple(entry[1][0] for entry in entries))
    kinds = {kind for kind, values in entries if values != (None,)} or {"fixed"}
    if len(kinds) > 1:
        raise EmolaborError(f"{name.where}: '{spaced(factor)}' mixes numbers and labels; give them in two terms")
    return Modifier(kinds.pop(), tuple(entry[1][0] for entry in entries))


def _slope_name(token: Token, entries: Sequence[Any], factor: Sequence[Any]) -> str:
    """The name that `rv()` gives to a random slope."""
    kind, values = entries[0]
    name = "".join(values[0].split()) if kind == "label" and values[0] else ""
    if len(entries) > 1 or not NAME.fullmatch(name):
        refuse(token.where, f"'{spaced(factor)}'", 'one name for the slope, such as rv("s")')
    return name


def _number(tokens: Sequence[Any]) -> float:
    tree = expressions.parse(spaced(tokens), tokens[0].where)
    if expressions.names(tree):
        hint = " or a label, a comma between the values of c()" if len(tokens) > 1 else ""
        refuse(tokens[0].where, f"'{spaced(tokens)}'", f"a number{hint}")
    with np.errstate(all="ignore"):
        value = float(expressions.evaluate(tree, {}))
    if not abs(value) <= LARGEST:
        refuse_because(tokens[0].where, f"'{joined(tokens)}' is {value:g}", f"numbers up to {LARGEST:g}")
    return value


def joined(tokens: Sequence[Any]) -> str:
    """The text of tokens without blanks."""
    return "".join(token.text for token in tokens)


def spaced(tokens: Sequence[Any]) -> str:
    """The text of tokens, with a blank where two words would run into one."""
    text, words = tokens[0].text, ("name", "number", "string")
    for before, token in pairwise(tokens):
        text += (" " if before.kind in words and token.kind in words else "") + token.text
    return text


def split(tokens: Sequence[Any], signs: str, operator: Token) -> list[Any]:
    """Part tokens at signs outside parentheses."""
    parts, depth = [[]], 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "sign" and token.text in signs:
            parts.append([])
        else:
            parts[-1].append(token)
    check_parts(parts, depth, tokens, signs, operator)
    return parts


def check_parts(parts: Sequence[Any], depth: int, tokens: Sequence[Any], signs: str, operator: Token) -> None:
    """Refuse parts that are empty, and parentheses without a partner."""
    if depth != 0:
        raise EmolaborError(f"{tokens[-1].where}: a parenthesis is not {'closed' if depth > 0 else 'opened'}; add it")
    if not all(parts):
        place = next((token for token in reversed(tokens) if token.kind == "sign" and token.text in signs), operator)
        refuse_because(
            place.where, f"something is missing beside '{place.text}'", "a variable or modifier on each side"
        )


def refuse_not_yet(tokens: Sequence[Any]) -> None:
    """Refuse what begins with a word of lavaan that is not there yet, such as `efa(...)` or `level:`."""
    word = tokens[0].text.lower()
    if word in NOT_YET and len(tokens) > 1 and tokens[1].text in ("(", ":"):
        raise EmolaborError(f"{tokens[0].where}: '{word}{tokens[1].text.replace('(', '()')}': {NOT_YET[word]}")
