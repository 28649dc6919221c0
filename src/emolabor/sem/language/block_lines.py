"""Lines that begin a block of formulas: `group: a`, `level: 1` (or `within`), `level: 2` (or `between`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from emolabor.common.errors import refuse, refuse_because

if TYPE_CHECKING:
    from emolabor.sem.language.tokens import Token

LEVELS = {"1": 1, "within": 1, "2": 2, "between": 2}
BLOCKS = "'level: 1' (or within), 'level: 2' (or between), 'group: a' with a value of the group column"


class Block(NamedTuple):
    """Where a formula stands: the group as the text names it ("" outside group blocks), the level (0 outside)."""

    group: str = ""
    level: int = 0


def is_block_line(line: Sequence[Token]) -> bool:
    """Whether a line begins a block."""
    return len(line) > 1 and line[0].text.lower() in ("group", "level") and line[1].text == ":"


def block_of(line: Sequence[Any], before: Block) -> Block:
    """The block that a line begins; a level line stays in the group that it stands in.

    Parameters
    ----------
    line : sequence of Token
        A line for which `is_block_line` holds.
    before : Block
        The block that it ends.

    Returns
    -------
    Block

    Raises
    ------
    EmolaborError
        No value, more than one, or a level other than 1 and 2.
    """
    word, value = line[0].text.lower(), line[2:]
    said = " ".join(token.text for token in value)
    quoted = len(value) == 1 and value[0].kind == "string"
    if not value or (len(value) > 1 and any(token.kind == "operator" for token in value)):
        refuse_because(line[0].where, f"'{word}:' has no value of its own on its line", BLOCKS)
    name = "".join(token.text for token in value) if not quoted else value[0].text[1:-1]
    if word == "group":
        return Block(name)
    if name.lower() not in LEVELS:
        refuse(value[0].where, f"'level: {said}'", BLOCKS.rsplit(", ", 1)[0])
    return Block(before.group, LEVELS[name.lower()])
