"""Blocks of formulas: each group's own formulas, and the two levels of nested answers as two tables of one model.

A two-level model is a table for each level; the tables share the numbers of the free parameters, so that labels,
constraints and `:=` reach across levels and groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import refuse, refuse_because
from emolabor.sem.language.block_lines import BLOCKS, Block
from emolabor.sem.language.slopes import slopes_of
from emolabor.sem.language.syntax import Syntax, parse_model
from emolabor.sem.specification.parameter_table import build_table, finished_table
from emolabor.sem.specification.variables import classify

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable
    from emolabor.sem.specification.row import Row

LEVEL_NAMES = ("within", "between")
AT_BETWEEN = ("intercepts", "means")  # what answers of both levels have at the between level only


@dataclass(frozen=True, eq=False)
class TwoLevelTable:
    """Rows of all groups and levels, and the same by level.

    Attributes
    ----------
    rows : ParameterTable
        All rows, group by group, in each the within level first; defined parameters and constraints. Its variables are
        those of the within level.
    levels : tuple of ParameterTable
        The rows of the within and of the between level, numbered as in `rows`.
    row_levels : ndarray (n_rows,)
        Level of every row of `rows`, 1 or 2.
    """

    rows: ParameterTable
    levels: tuple[ParameterTable, ParameterTable]
    row_levels: np.ndarray

    @property
    def slopes(self) -> tuple[str, ...]:
        """Random slopes."""
        return self.levels[1].variables.slopes

    @property
    def in_both(self) -> tuple[str, ...]:
        """Observed variables of both levels."""
        return _shared(*(table.variables.observed for table in self.levels))


def has_levels(syntax: Syntax) -> bool:
    """Whether the text has level blocks."""
    return any(term.block.level for term in syntax.terms)


def parse_without_blocks(text: str, argument: str = "model") -> Syntax:
    """Read a model text that has no blocks, which the function that asks for it could not keep apart.

    Parameters
    ----------
    text : str
    argument : str
        The argument that holds the text.

    Returns
    -------
    Syntax
    """
    syntax = parse_model(text)
    block = next((term.block for term in syntax.terms if term.block != Block()), None)
    if block is not None:
        said = "level" if block.level else "group"
        refuse_because(argument, f"the text has '{said}:' blocks, which only el.sem reads", "a text without blocks")
    return syntax


def joined(syntax: Syntax) -> Syntax:
    """The same model with every term once, whatever groups and levels it stands in."""
    terms = {}
    for term in syntax.terms:
        key = (term.op, *(sorted((term.lhs, term.rhs)) if term.op == "~~" else (term.lhs, term.rhs)))
        terms.setdefault(key, term)
    return replace(syntax, terms=tuple(terms.values())) if len(terms) < len(syntax.terms) else syntax


def by_group(syntax: Syntax, labels: Sequence[Any]) -> tuple[Syntax, ...]:
    """Each group's own formulas, in the order of the groups; nothing where the text has no group blocks.

    Parameters
    ----------
    syntax : Syntax
        With the blocks that its terms stand in.
    labels : sequence
        The groups of the data, [""] where there are none.

    Returns
    -------
    tuple of Syntax
    """
    first = {}
    for term in syntax.terms:
        first.setdefault(term.block.group, term.token.where)
    if set(first) == {""}:
        return ()
    if "" in first:
        refuse_because(first[""], "a formula stands outside the group blocks", "each formula in a block 'group: a'")
    texts = ["".join(str(label).split()) for label in labels]
    if len(texts) < 2:
        name, where = next(iter(first.items()))
        refuse_because(where, f"a block 'group: {name}' without groups", "group='column'")
    numbered = [str(number + 1) for number in range(len(texts))]
    known = texts if set(first) <= set(texts) else numbered
    for name, where in first.items():
        if name not in known:
            refuse(where, f"'group: {name}'", f"the groups of the data: {', '.join(texts)}")
    without = [text for text, key in zip(texts, known, strict=True) if key not in first]
    if without:
        refuse_because("model", f"no block for group {without[0]}", f"a block for each of {', '.join(texts)}")
    parts = tuple(
        replace(syntax, terms=tuple(term for term in syntax.terms if term.block.group == key)) for key in known
    )
    for part in parts:
        for term in part.terms:
            if any(len(modifier.values) > 1 for modifier in term.modifiers):
                refuse_because(term.token.where, "c() in a group block", "one value; the block is one group's")
    return parts


def check_groups(parts: Sequence[Syntax], fixed_x: bool, labels: Sequence[Any]) -> None:
    """Refuse group blocks whose observed variables, or exogenous ones, are not the same in every group."""
    own = [classify(part, fixed_x) for part in parts]
    for label, variables in zip(labels, own, strict=False):  # none where the text has no group blocks
        for role in ("observed", "fixed_x"):
            apart = set(getattr(variables, role)) ^ set(getattr(own[0], role))
            if apart:
                name = sorted(apart)[0]
                said = "observed" if role == "observed" else "exogenous"
                refuse_because(
                    "model",
                    f"'{name}' is {said} in one of the groups {labels[0]} and {label} only",
                    _named_where_not_needed(name, all(name in each.fixed_x for each in own if name in each.observed)),
                )


def _named_where_not_needed(name: str, covariate: bool) -> str:
    """How a group's block names a variable that only others need: a variance would make a covariate something else."""
    line = f"'y ~ 0*{name}'" if covariate else f"'{name} ~~ {name}'"
    return f"the same variables in every group; {line} names one that nothing else needs"


def check_levels(syntax: Syntax) -> None:
    """Refuse formulas outside the levels, and a level without formulas."""
    groups = dict.fromkeys(term.block.group for term in syntax.terms)
    for group in groups:
        own = {}
        for term in syntax.terms:
            if term.block.group == group:
                own.setdefault(term.block.level, term.token.where)
        if 0 in own:
            refuse_because(own[0], "a formula stands outside the levels", f"each formula in a block: {BLOCKS}")
        if len(own) == 1:
            there = next(iter(own))
            place = f" in group {group}" if group else ""
            refuse_because(
                own[there],
                f"the model has a block 'level: {there}' and none of level {3 - there}{place}",
                "both; 'y ~~ y' is the least that a level can say of an answer",
            )


def build_two_levels(
    syntax: Syntax,
    labels: Sequence[Any],
    std_lv: bool = False,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
) -> TwoLevelTable:
    """Complete the text of a two-level model with lavaan's defaults.

    Parameters
    ----------
    syntax : Syntax
        From `parse_model`, with formulas of both levels.
    labels : sequence
        The groups of the data, [""] where there are none.
    std_lv, group_equal, group_partial
        As for `build_table`.

    Returns
    -------
    TwoLevelTable
        Answers of both levels have their intercepts at the between level. Where an exogenous variable is of both
        levels its two parts are not observed: the moments of that level's exogenous variables are free parameters.
    """
    check_levels(syntax)
    groups = by_group(syntax, labels)
    parts = [[_of_level(part, level) for part in groups] for level in (1, 2)]
    whole = [joined(_of_level(syntax, level)) for level in (1, 2)]
    shared = _shared(*(classify(part).observed for part in whole))
    tables = []
    for level in (0, 1):
        fixed_x = not set(classify(whole[level]).fixed_x) & set(shared)
        check_groups(parts[level], fixed_x, labels)
        given: dict[str, Any] = dict(
            n_groups=len(labels), std_lv=std_lv, mean_structure=True, fixed_x=fixed_x, by_group=tuple(parts[level])
        )
        plain = build_table(whole[level], **given)
        names = {name for row in plain.rows for name in (f"{row.lhs}{row.op}{row.rhs}", f"{row.rhs}{row.op}{row.lhs}")}
        partial = [name for name in group_partial if name.replace(" ", "") in names]
        equal = [kind for kind in group_equal if level or kind not in AT_BETWEEN]
        tables.append(build_table(whole[level], group_equal=equal, group_partial=partial, **given) if equal else plain)
    for name in group_partial:
        if not any(name.replace(" ", "") in f"{row.lhs}{row.op}{row.rhs}" for table in tables for row in table.rows):
            refuse_because("group_partial", f"{name!r}", "parameters of the model")
    both = [[_of_both_levels(row, level, shared) for row in table.rows] for level, table in enumerate(tables, start=1)]
    rows, levels = [], []
    for group in range(len(labels)):
        for level in (0, 1):
            own = [row for row in both[level] if row.group == group]
            rows += own
            levels += [level + 1] * len(own)
    table = finished_table(rows, syntax, tables[0].variables, len(labels), True)
    row_levels = np.array(levels)
    own_tables = tuple(
        replace(
            tables[level],
            rows=tuple(row for row, at in zip(table.rows, levels, strict=True) if at == level + 1),
            n_free=table.n_free,
        )
        for level in (0, 1)
    )
    return TwoLevelTable(table, (own_tables[0], own_tables[1]), row_levels)


def _of_level(syntax: Syntax, level: int) -> Syntax:
    """The terms of one level, without constraints, which belong to no level; slopes are variables of the second."""
    own = tuple(term for term in syntax.terms if term.block.level == level)
    return Syntax(own, (), slopes_of(syntax.terms) if level == 2 else ())


def _shared(within: Sequence[str], between: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in within if name in between)


def _of_both_levels(row: Row, level: int, shared: Sequence[str]) -> Row:
    """A level's row as it stands in the whole model: no mean within, labels of the engine's own for each level."""
    if level == 1 and row.op == "~1" and row.lhs in shared:
        if row.where and (row.free >= 0 or row.value):
            refuse_because(
                row.where,
                f"an intercept of '{row.lhs}' at the within level",
                f"'{row.lhs} ~ 1' in the block 'level: 2': what is of both levels has its mean there",
            )
        row = replace(row, free=-1, value=0.0, label="", from_data=False)
    own = row.label.startswith((".p", f"{row.lhs}{row.op}{row.rhs}"))
    return replace(row, label=f"{row.label}.l{level}") if own else row
