"""The parameter table: made from the text, it drives everything else."""

from dataclasses import dataclass, replace

from emolabor.errors import EmolaborError
from emolabor.sem import expressions
from emolabor.sem.variables import classify


@dataclass(frozen=True)
class Row:
    """One parameter: `free` counts from 0 and is -1 where the value is fixed."""

    lhs: str
    op: str
    rhs: str
    group: int
    free: int = -1
    value: float | None = None  # the fixed value, or a start for a free one
    label: str = ""
    from_data: bool = False  # fixed at the sample value: moments of observed exogenous variables
    where: str = ""


@dataclass(frozen=True)
class Defined:
    """A `:=` parameter."""

    name: str
    tree: tuple
    text: str


@dataclass(frozen=True)
class ParameterTable:
    """Rows in lavaan's order, defined parameters, constraints, and the roles of the variables."""

    rows: tuple
    defined: tuple
    equalities: tuple  # trees that must be zero
    variables: object
    n_free: int
    n_groups: int
    mean_structure: bool


def build_table(syntax, *, n_groups=1, std_lv=False, mean_structure=False):
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

    Returns
    -------
    ParameterTable
        Parameters with the same label share one free number.
    """
    variables = classify(syntax)
    mean_structure = mean_structure or any(term.op == "~1" for term in syntax.terms)
    rows = []
    for group in range(n_groups):
        own = _text_rows(syntax, group, n_groups, std_lv, variables)
        given = {_key(row) for row in own}
        rows += own + [r for r in _default_rows(variables, group, std_lv, mean_structure) if _key(r) not in given]
    rows, n_free = _number_free(rows)
    defined = tuple(
        Defined(c.lhs, expressions.parse(c.rhs, c.token.where), c.rhs) for c in syntax.constraints if c.op == ":="
    )
    equalities = tuple(
        ("-", expressions.parse(c.lhs, c.token.where), expressions.parse(c.rhs, c.token.where))
        for c in syntax.constraints
        if c.op == "=="
    )
    _check_names(rows, syntax)
    return ParameterTable(tuple(rows), defined, equalities, variables, n_free, n_groups, mean_structure)


def _key(row):
    return (row.op, *sorted((row.lhs, row.rhs))) if row.op == "~~" else (row.op, row.lhs, row.rhs)


def _text_rows(syntax, group, n_groups, std_lv, variables):
    rows, has_marker = [], set()
    for term in syntax.terms:
        value, fixed, label = None, False, ""
        first_loading = term.op == "=~" and term.lhs not in has_marker
        if first_loading:
            has_marker.add(term.lhs)
            if not std_lv:
                value, fixed = 1.0, True
        if term.op == "~~" and term.lhs == term.rhs:
            if std_lv and term.lhs in variables.latent:
                value, fixed = 1.0, True
            elif term.lhs in variables.single_indicators:
                value, fixed = 0.0, True
        for modifier in term.modifiers:
            given = _of_group(modifier, group, n_groups, term)
            if modifier.kind == "fixed":
                value, fixed = given, given is not None
            elif modifier.kind == "start":
                value = given
            elif given is not None:
                label = given.replace(" ", "") if modifier.kind == "equal" else given
        rows.append(Row(term.lhs, term.op, term.rhs, group, -1 if fixed else 0, value, label, where=term.token.where))
    return _resolve_equal(rows)


def _resolve_equal(rows):
    """Give a parameter that `equal("f=~x2")` points to the label by which it is called."""
    called = {row.label for row in rows if "~" in row.label}
    return [
        replace(row, label=row.label or name) if (name := f"{row.lhs}{row.op}{row.rhs}") in called else row
        for row in rows
    ]


def _of_group(modifier, group, n_groups, term):
    if len(modifier.values) == 1:
        return modifier.values[0]
    if len(modifier.values) != n_groups:
        raise EmolaborError(
            f"{term.token.where}: c() has {len(modifier.values)} values for {n_groups} group(s); allowed: one, or one a group."
        )
    return modifier.values[group]


def _default_rows(variables, group, std_lv, mean_structure):
    random = [name for name in variables.observed if name not in variables.fixed_x]
    rows = [
        Row(name, "~~", name, group, *((-1, 0.0) if name in variables.single_indicators else (0, None)))
        for name in random
    ]
    rows += [Row(name, "~~", name, group, *((-1, 1.0) if std_lv else (0, None))) for name in variables.latent]
    for names in (variables.exogenous_latent, variables.pure_outcomes):
        rows += [Row(a, "~~", b, group, 0) for i, a in enumerate(names) for b in names[i + 1 :]]
    fixed_x = variables.fixed_x
    rows += [Row(a, "~~", b, group, from_data=True) for i, a in enumerate(fixed_x) for b in fixed_x[i:]]
    if mean_structure:
        for name in variables.observed:
            exogenous = name in fixed_x
            rows.append(Row(name, "~1", "", group, -1 if exogenous else 0, from_data=exogenous))
        rows += [Row(name, "~1", "", group, -1, 0.0) for name in variables.latent]
    return rows


def _number_free(rows):
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


def _check_names(rows, syntax):
    labels = {row.label for row in rows if row.label}
    for constraint in syntax.constraints:
        sides = (constraint.rhs,) if constraint.op == ":=" else (constraint.lhs, constraint.rhs)
        for side in sides:
            for name in expressions.names(expressions.parse(side, constraint.token.where)):
                if name not in labels:
                    raise EmolaborError(
                        f"{constraint.token.where}: '{name}' is no label of the model; "
                        f"allowed: {', '.join(sorted(labels)) or 'none, the model has no labels'}."
                    )
        if constraint.op == ":=":
            if constraint.lhs in labels:
                raise EmolaborError(
                    f"{constraint.token.where}: '{constraint.lhs}' is a label already; choose another name."
                )
            labels.add(constraint.lhs)
        elif constraint.op in ("<", ">"):
            raise EmolaborError(
                f"{constraint.token.where}: inequality constraints are not available; allowed: == and :=."
            )
    for row in rows:
        if row.op == "|":
            raise EmolaborError(f"{row.where}: thresholds need ordered answers, which this version does not estimate.")
