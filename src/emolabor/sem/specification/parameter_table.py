"""The parameter table: made from the text, it drives everything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.language import expressions
from emolabor.sem.specification.row import Row
from emolabor.sem.specification.threshold_rows import check_thresholds, derive_from_text, threshold_rows
from emolabor.sem.specification.variables import classify

if TYPE_CHECKING:
    from emolabor.sem.language.modifiers import Modifier
    from emolabor.sem.language.syntax import Syntax, Term
    from emolabor.sem.specification.variables import Variables

GROUP_EQUAL = (
    "loadings",
    "intercepts",
    "thresholds",
    "means",
    "residuals",
    "residual_covariances",
    "lv_variances",
    "lv_covariances",
    "regressions",
)


BOUNDS = ("lower", "upper")
POINTER = re.compile(r"[~|]")  # in a label: it calls another parameter by its two sides


@dataclass(frozen=True)
class Defined:
    """A `:=` parameter."""

    name: str
    tree: tuple[Any, ...]
    text: str


@dataclass(frozen=True, eq=False)
class ParameterTable:
    """Rows in lavaan's order, defined parameters, constraints, and the roles of the variables.

    Tables are equal only to themselves, so that what is derived from one can be kept.
    """

    rows: tuple[Row, ...]
    defined: tuple[Defined, ...]
    equalities: tuple[Any, ...]  # trees that must be zero
    inequalities: tuple[Any, ...]  # trees that must not be negative
    variables: Variables
    n_free: int
    n_groups: int
    mean_structure: bool
    ordered: tuple[tuple[str, int], ...] = ()  # names of the ordered variables and how many thresholds they have

    @cached_property
    def free(self) -> np.ndarray:
        """Free number of every row (n_rows,), -1 where the value is fixed."""
        return np.array([row.free for row in self.rows])

    @cached_property
    def values(self) -> np.ndarray:
        """Fixed value of every row (n_rows,); missing where it is free or comes from the sample."""
        held = [row.free < 0 and not row.from_data for row in self.rows]
        return np.array([row.value if own else np.nan for row, own in zip(self.rows, held, strict=True)], float)


def build_table(
    syntax: Syntax,
    *,
    n_groups: int = 1,
    std_lv: bool = False,
    mean_structure: bool = False,
    group_equal: Sequence[str] = (),
    group_partial: Sequence[str] = (),
    fixed_x: bool = True,
    ordered: tuple[tuple[str, int], ...] = (),
    is_theta: bool = False,
    by_group: tuple[Syntax, ...] = (),
) -> ParameterTable:
    """Complete a parsed model with lavaan's defaults.

    Parameters
    ----------
    syntax : Syntax
        From `parse_model`.
    n_groups : int
        Number of groups; every modifier has one value or one a group.
    std_lv : bool
        Fix latent variances at one instead of first loadings.
    mean_structure : bool
        Add intercepts; set by any ``~1`` in the text as well.
    group_equal : sequence of str
        Kinds of parameters held equal over groups: names of `GROUP_EQUAL`.
    group_partial : sequence of str
        Parameters exempt from `group_equal`, written as ``"f =~ x2"`` or ``"x3 ~1"``.
    fixed_x : bool
        Take the moments of exogenous observed variables from the sample.
    ordered : sequence of tuple
        Names of the ordered variables and how many thresholds they have.
    is_theta : bool
        Theta instead of delta parametrisation: residual variances of ordered variables instead of their scales.
    by_group : tuple of Syntax
        Each group's own formulas where they differ; `syntax` then has every term once.

    Returns
    -------
    ParameterTable
        Parameters with the same label share one free number.
    """
    variables = classify(syntax, fixed_x)
    mean_structure = mean_structure or bool(ordered) or any(term.op == "~1" for term in syntax.terms)
    check_thresholds(syntax, ordered)
    rows = []
    for group in range(n_groups):
        part = by_group[group] if by_group else syntax
        own = derive_from_text(_text_rows(part, group, n_groups, std_lv, variables), ordered, is_theta)
        given = {_key(row) for row in own}
        roles = classify(part, fixed_x) if by_group else variables
        default = _default_rows(roles, group, std_lv, mean_structure, dict(ordered), is_theta)
        default = [_in_order(row, variables) for row in default] if by_group else default
        rows += own + [row for row in default if _key(row) not in given]
    rows = _resolve_equal(rows)
    if n_groups > 1:
        rows = _equal_over_groups(rows, variables, std_lv, group_equal, group_partial, ordered, is_theta)
    return finished_table(rows, syntax, variables, n_groups, mean_structure, ordered)


def finished_table(
    rows: Sequence[Row],
    syntax: Syntax,
    variables: Variables,
    n_groups: int,
    mean_structure: bool,
    ordered: tuple[tuple[str, int], ...] = (),
) -> ParameterTable:
    """Number the free parameters of rows and add the constraints and defined parameters of the text."""
    rows, n_free = _number_free(rows)
    defined = tuple(Defined(c.lhs, c.right, c.rhs) for c in syntax.constraints if c.op == ":=")
    _check_names(rows, syntax)
    equalities = _differences(syntax, "==")
    inequalities = _differences(syntax, ">") + tuple(("-", right, left) for _, left, right in _differences(syntax, "<"))
    inequalities += _bounds(rows)
    return ParameterTable(
        tuple(rows), defined, equalities, inequalities, variables, n_free, n_groups, mean_structure, ordered
    )


def _differences(syntax: Syntax, op: str) -> tuple[Any, ...]:
    """Trees of left minus right side of every constraint with this operator."""
    return tuple(("-", c.left, c.right) for c in syntax.constraints if c.op == op)


def _bounds(rows: Sequence[Any]) -> tuple[Any, ...]:
    """Trees of the bounds that `lower()` and `upper()` set, each once."""
    free = [row for row in rows if row.free >= 0]
    lower = [("-", ("name", row.label), ("number", row.lower)) for row in free if row.lower is not None]
    upper = [("-", ("number", row.upper), ("name", row.label)) for row in free if row.upper is not None]
    return tuple(dict.fromkeys(lower + upper))


def _key(row: Row) -> tuple[Any, ...]:
    return (row.op, *sorted((row.lhs, row.rhs))) if row.op == "~~" else (row.op, row.lhs, row.rhs)


def _text_rows(syntax: Syntax, group: int, n_groups: int, std_lv: bool, variables: Variables) -> list[Row]:
    rows, has_marker = [], set()
    labels = {value for term in syntax.terms for m in term.modifiers if m.kind == "label" for value in m.values}
    for term in syntax.terms:
        value: float | None = None
        fixed, label, slope, bounds = False, "", "", dict[str, Any]()
        first_loading = term.op == "=~" and term.lhs not in has_marker
        if first_loading:
            has_marker.add(term.lhs)
            if not std_lv:
                value, fixed = 1.0, True
        if term.op == "~~" and term.lhs == term.rhs and std_lv and term.lhs in variables.scaled:
            value, fixed = 1.0, True
        for modifier in term.modifiers:
            given: Any = _of_group(modifier, group, n_groups, term)
            if modifier.kind == "fixed":
                value, fixed = given, given is not None
            elif modifier.kind == "rv":
                value, fixed, slope = 0.0, True, given
            elif modifier.kind == "start":
                value = given
            elif modifier.kind in BOUNDS:
                bounds[modifier.kind] = given
            elif given is not None:
                label = given.replace(" ", "") if POINTER.search(given) else given
                if modifier.kind == "equal" and not POINTER.search(given) and given not in labels:
                    refuse_because(
                        term.token.where,
                        f"equal('{given}'): no label of the model",
                        "a label, or a parameter such as 'f=~x2'",
                    )
        if bounds and not label:  # a constraint calls its parameter by a label
            label = f"{term.lhs}{term.op}{term.rhs}" + (f".g{group + 1}" if n_groups > 1 else "")
        own = Row(term.lhs, term.op, term.rhs, group, -1 if fixed else 0, value, label, where=term.token.where)
        rows.append(replace(own, slope=slope, **bounds) if bounds or slope else own)
    return [_in_order(row, variables) for row in rows]


def _in_order(row: Row, variables: Variables) -> Row:
    """A covariance names first what the model names first, latent variables before observed ones, as in lavaan."""
    names = (*variables.latent, *variables.observed)
    if row.op == "~~" and names.index(row.lhs) > names.index(row.rhs):
        return replace(row, lhs=row.rhs, rhs=row.lhs)
    return row


def _resolve_equal(rows: Sequence[Any]) -> list[Row]:
    """One label for a parameter and those that point to it: `equal("f=~x2")`, in a second group `"f=~x2.g2"`."""
    places = {name: place for place, row in enumerate(rows) for name in _names(row)}
    labels = [row.label for row in rows]
    for place, row in enumerate(rows):
        if not POINTER.search(row.label) or row.label.removesuffix(".g1") in _names(row):  # its own, given for a bound
            continue
        target = places.get(row.label)
        if target is None or rows[target].from_data or rows[target].derived:
            found = "no parameter of the model" if target is None else "it follows from the data or from others"
            refuse_because(
                row.where,
                f"equal('{row.label}'): {found}",
                "a loading as 'f=~x2', a slope 'y~x', a covariance 'x1~~x2', an intercept 'x1~1', in a second "
                "group 'f=~x2.g2'",
            )
        old, new = labels[place], labels[target] or row.label
        labels = [new if label == old or other == target else label for other, label in enumerate(labels)]
    return [replace(row, label=label) for row, label in zip(rows, labels, strict=True)]


def _names(row: Row) -> list[str]:
    """What a parameter is called in `equal()`."""
    suffix = f".g{row.group + 1}" if row.group else ""
    sides = {(row.lhs, row.rhs), (row.rhs, row.lhs) if row.op == "~~" else (row.lhs, row.rhs)}
    return [f"{lhs}{row.op}{rhs}{suffix}" for lhs, rhs in sides]


def _of_group(modifier: Modifier, group: int, n_groups: int, term: Term) -> str | float | None:
    if len(modifier.values) == 1:
        return modifier.values[0]
    if len(modifier.values) != n_groups:
        refuse_because(
            term.token.where, f"c() has {len(modifier.values)} values for {n_groups} group(s)", "one, or one a group"
        )
    return modifier.values[group]


def _default_rows(
    variables: Variables, group: int, std_lv: bool, mean_structure: bool, ordered: dict[Any, Any], is_theta: Any
) -> list[Row]:
    exogenous = (*variables.fixed_x, *variables.random_x)
    random = [name for name in variables.observed if name not in exogenous]
    own_variance = {
        name: (-1, 0.0)
        if name in variables.single_indicators
        else (0, None)  # what one indicator measures is all of it
        for name in (*random, *variables.latent)
    }
    own_variance.update({name: (-1, 1.0) for name in variables.scaled if std_lv})
    rows = threshold_rows(variables.observed, ordered, group)
    rows += [
        Row(name, "~~", name, group, -1, 1.0, derived=not is_theta)
        if name in ordered
        else Row(name, "~~", name, group, *own_variance[name])
        for name in random
    ]
    rows += [Row(name, "~~", name, group, *own_variance[name]) for name in variables.latent]
    for names in (variables.exogenous_latent, variables.pure_outcomes):
        rows += [Row(a, "~~", b, group, 0) for i, a in enumerate(names) for b in names[i + 1 :]]
    held: dict[str, Any] = dict(free=-1, from_data=True) if variables.fixed_x else dict(free=0)
    rows += [Row(a, "~~", b, group, **held) for i, a in enumerate(exogenous) for b in exogenous[i:]]
    rows += [Row(name, "~*~", name, group, -1, 1.0, derived=is_theta) for name in variables.observed if name in ordered]
    if mean_structure:
        for name in variables.observed:
            own = dict(free=-1, value=0.0) if name in ordered else held if name in exogenous else dict(free=0)
            rows.append(Row(name, "~1", "", group, **own))
        own_mean = {name: (0, None) if name in variables.slopes else (-1, 0.0) for name in variables.latent}
        rows += [Row(name, "~1", "", group, *own_mean[name]) for name in variables.latent]
    return rows


def _equal_over_groups(
    rows: Sequence[Any],
    variables: Variables,
    std_lv: bool,
    group_equal: Sequence[Any],
    group_partial: Sequence[Any],
    ordered: Sequence[Any],
    is_theta: Any,
) -> list[Row]:
    """Label the rows of later groups like those of the first, and free what the equalities identify."""
    unknown = [kind for kind in group_equal if kind not in GROUP_EQUAL]
    if unknown:
        refuse("group_equal", shown(unknown[0]), GROUP_EQUAL)
    if "intercepts" in group_equal and ordered:  # the thresholds are where ordered variables have their intercepts
        group_equal = (*group_equal, "thresholds")
    partial = {name.replace(" ", "") for name in group_partial}
    names = {f"{row.lhs}{row.op}{row.rhs}" for row in rows} | {
        f"{row.rhs}~~{row.lhs}" for row in rows if row.op == "~~"
    }
    if not partial <= names:
        raise EmolaborError(f"group_partial: {sorted(partial - names)[0]!r} is no parameter of the model")
    names_ordered = dict(ordered) if "thresholds" in group_equal else {}
    spread = "residuals" if is_theta else "scales"
    first = {_key(row): (i, row) for i, row in enumerate(rows) if row.group == 0}
    lower = {row.rhs for row in rows if row.op == "=~" and row.rhs in variables.latent}
    compared = {row.lhs for row in rows if row.op == "=~" and f"{row.lhs}=~{row.rhs}" not in partial}
    labels, changed = {}, []
    for row in rows:
        kind = _kind(row, variables)
        exempt = {f"{row.lhs}{row.op}{row.rhs}", f"{row.rhs}{row.op}{row.lhs}" if row.op == "~~" else ""} & partial
        if row.group > 0 and row.free < 0 and not row.where:
            levels = "thresholds" if ordered else "intercepts"
            if kind == "means" and levels in group_equal and "means" not in group_equal:
                if (
                    row.lhs not in lower or exempt
                ):  # means of factors that measure others are those others' (Chen et al., 2005)
                    row = replace(row, free=0, value=None)
            elif kind == spread and row.lhs in names_ordered and spread not in group_equal:
                row = replace(row, free=0, value=None)
            elif kind == "lv_variances" and std_lv and "loadings" in group_equal and row.lhs in compared:
                if kind not in group_equal or exempt:
                    row = replace(row, free=0, value=None)
        if row.group > 0 and kind in group_equal and not exempt and row.free >= 0 and not row.label:
            i, origin = first.get(_key(row), (0, row))  # a group block may have what the first group lacks
            if origin.group == 0 and origin.free >= 0:
                labels[i] = origin.label or f".p{i + 1}."
                row = replace(row, label=labels[i])
        changed.append(row)
    return [replace(row, label=labels.get(i, row.label)) for i, row in enumerate(changed)]


def _kind(row: Row, variables: Variables) -> str:
    """The name under which `group_equal` knows a row."""
    latent = row.lhs in variables.latent
    if row.lhs in variables.random_x:
        return "exogenous"  # held equal by no name
    if row.op == "=~":
        return "loadings"
    if row.op == "~":
        return "regressions"
    if row.op == "~1":
        return "means" if latent else "intercepts"
    if row.op in ("|", "~*~"):
        return "thresholds" if row.op == "|" else "scales"
    if row.lhs == row.rhs:
        return "lv_variances" if latent else "residuals"
    return "lv_covariances" if latent else "residual_covariances"


def _number_free(rows: Sequence[Any]) -> tuple[Any, ...]:
    """Number the free parameters in table order; one number for one label; a fixed value binds its label."""
    fixed = {row.label: row.value for row in rows if row.label and row.free < 0 and not row.from_data}
    numbers, numbered = {}, []
    count = 0
    for row in rows:
        if row.free < 0:
            numbered.append(row)
            continue
        if row.label in fixed:
            numbered.append(replace(row, free=-1, value=fixed[row.label]))
            continue
        if row.label not in numbers or not row.label:
            numbers[row.label] = count
            count += 1
        numbered.append(replace(row, free=numbers[row.label]))
    return numbered, count


def _check_names(rows: Sequence[Any], syntax: Syntax) -> None:
    labels = {row.label for row in rows if row.label}
    for constraint in syntax.constraints:
        for tree in (constraint.left, constraint.right):
            for name in expressions.names(tree) if tree else ():
                if name not in labels:
                    refuse_because(
                        constraint.token.where,
                        f"'{name}' is no label of the model",
                        f"{', '.join(sorted(labels)) or 'none, the model has no labels'}; '{name}*' before a variable "
                        "makes it one",
                    )
        if constraint.op == ":=":
            if constraint.lhs in labels:
                raise EmolaborError(
                    f"{constraint.token.where}: '{constraint.lhs}' is a label already; choose another name"
                )
            labels.add(constraint.lhs)
