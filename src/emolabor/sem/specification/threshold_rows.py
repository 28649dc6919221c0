"""Rows that ordered variables bring along: thresholds, and residual variances that follow from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emolabor.common.errors import refuse_because
from emolabor.sem.specification.row import Row

if TYPE_CHECKING:
    from emolabor.sem.language.syntax import Syntax


def threshold_rows(observed: Sequence[str], ordered: dict[str, Any], group: int) -> list[Row]:
    """Free thresholds of one group.

    Parameters
    ----------
    observed : sequence of str
    ordered : dict
        Number of thresholds by name.
    group : int

    Returns
    -------
    list of Row
    """
    return [Row(name, "|", f"t{k + 1}", group, 0) for name in observed for k in range(ordered.get(name, 0))]


def derive_from_text(rows: Sequence[Any], ordered: Sequence[Any], is_theta: Any) -> list[Row]:
    """Mark what the text names but follows from the others: residual variances of ordered variables, or scales."""
    names = dict(ordered)
    changed = []
    for row in rows:
        if row.lhs == row.rhs and row.lhs in names and row.op == ("~*~" if is_theta else "~~"):
            if row.free < 0 or row.value is not None or row.label:
                kind, instead = ("scale", "~~") if is_theta else ("residual variance", "~*~")
                refuse_because(
                    row.where,
                    f"the {kind} of the ordered variable '{row.lhs}' follows from the other parameters "
                    f"({'theta' if is_theta else 'delta'} parametrisation)",
                    f"'{row.lhs} {row.op} {row.rhs}' without a modifier, or '{row.lhs} {instead} NA*{row.lhs}'"
                    + ("" if is_theta else "; with parameterization='theta', the residual variances themselves"),
                )
            row = replace(row, free=-1, value=1.0, derived=True)
        changed.append(row)
    return changed


def check_thresholds(syntax: Syntax, ordered: Sequence[Any]) -> None:
    """Refuse thresholds and scales of what is not ordered, and thresholds beyond the last one."""
    counts = dict(ordered)
    for term in syntax.terms:
        if term.op not in ("|", "~*~"):
            continue
        if term.lhs not in counts:
            refuse_because(
                term.token.where,
                f"'{term.lhs}' has no {'thresholds' if term.op == '|' else 'scale'}",
                "ordered variables, declared by ordered=True or ordered=[names], with data",
            )
        if term.op == "|" and int(term.rhs[1:]) > counts[term.lhs]:
            known = f"'{term.lhs}' has {counts[term.lhs] + 1} categories"
            refuse_because(term.token.where, f"{known}, found {term.rhs}", f"thresholds up to t{counts[term.lhs]}")
