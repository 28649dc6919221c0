"""Rows of the parameter table that ordered variables bring along: thresholds, and residual variances that are derived."""

from dataclasses import replace

from emolabor.errors import EmolaborError
from emolabor.sem.row import Row


def threshold_rows(observed, ordered, group):
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


def derive_residuals(rows, ordered):
    """Mark the residual variances of ordered variables that the text names."""
    names = dict(ordered)
    changed = []
    for row in rows:
        if row.op == "~~" and row.lhs == row.rhs and row.lhs in names:
            if row.free < 0 or row.value is not None or row.label:
                raise EmolaborError(
                    f"{row.where}: the residual variance of the ordered variable '{row.lhs}' is what its predictors "
                    f"leave of its variance; allowed: '{row.lhs} ~~ {row.lhs}' without a modifier, or a scale "
                    f"('{row.lhs} ~*~ NA*{row.lhs}')."
                )
            row = replace(row, free=-1, value=1.0, derived=True)
        changed.append(row)
    return changed


def check_thresholds(syntax, ordered):
    """Refuse thresholds and scales of what is not ordered, and thresholds beyond the last one."""
    counts = dict(ordered)
    for term in syntax.terms:
        if term.op not in ("|", "~*~"):
            continue
        if term.lhs not in counts:
            raise EmolaborError(
                f"{term.token.where}: '{term.lhs}' has no {'thresholds' if term.op == '|' else 'scale'}; allowed: "
                "ordered variables, declared by ordered=True or ordered=[names], with data."
            )
        if term.op == "|" and int(term.rhs[1:]) > counts[term.lhs]:
            raise EmolaborError(
                f"{term.token.where}: '{term.lhs}' has {counts[term.lhs] + 1} categories and thresholds up to "
                f"t{counts[term.lhs]}; found {term.rhs}."
            )
