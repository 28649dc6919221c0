"""What a text or the values say that nobody may have meant, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.common.notices import Notice
from emolabor.sem.language.syntax import parse_model

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.specification.parameter_table import ParameterTable

MOST = 4  # names in a sentence
CODED, FAR = 20, 3  # answers have at most this many values; a value this many ranges away is none of them
TOGETHER = 5  # codes at one end
# What is written for "no answer" where a lesser distance is enough: below zero, or one of these.
USUAL = {
    8,
    9,
    55,
    66,
    77,
    88,
    *range(95, 100),
    555,
    666,
    777,
    888,
    *range(995, 1000),
    7777,
    8888,
    *range(9995, 10000),
    99999,
    999999,
}


def text_warnings(fit: Fit) -> Iterator[Any]:
    """Find what a model text holds fixed without a word.

    Parameters
    ----------
    fit : Fit

    Yields
    ------
    Notice
        One thing to keep in mind.
    """
    terms, variables = parse_model(fit.text).terms, fit.table.variables
    labels = [(m, term) for term in terms for m in term.modifiers if m.kind in ("label", "equal")]
    names = {*variables.observed, *variables.latent, *fit.columns}
    for modifier, term in labels:
        label = next((value for value in modifier.values if value in names), None)
        if label is not None:
            yield Notice(
                "label_is_variable",
                f"the label {label} is called like a variable: '{label}*{term.rhs or 1}' names a coefficient and is no "
                "product; a product is a column of its own (see el.interaction), a label has another name",
            )
    if fit.table.n_groups > 1:
        single = {
            modifier.values[0]: term
            for modifier, term in labels
            if len(modifier.values) == 1 and not term.block.group  # in a group block it is that group's
        }
        if single:
            known = _some(
                [f"{label} ({t.lhs} {t.op} {t.rhs})".replace(" ~1 )", " ~ 1)") for label, t in single.items()]
            )
            stem = next((label for label in single if label.isidentifier()), "b")
            several = ", ".join(f"{stem}{k + 1}" for k in range(fit.table.n_groups))
            yield Notice(
                "equal_over_groups",
                f"one label for all groups holds a parameter equal over them: {known}; c({several})* gives each group "
                "its own",
            )
    apart = _held_uncorrelated(fit.table)
    if apart:
        pairs = _some([f"{a} and {b}" for a, b in apart])
        fixed = variables.fixed_x
        if any({*pair} & {*fixed} for pair in apart):  # once part of the model they are fixed to one another no more
            apart = [*apart, *(pair for pair in combinations(fixed, 2) if pair not in apart)]
        lines = "; ".join(f"{a} ~~ {b}" for a, b in apart)
        zero = f"{apart[0][0]} ~~ 0*{apart[0][1]}"
        yield Notice(
            "held_uncorrelated",
            f"held uncorrelated, for the text has no covariance of them: {pairs}; where they do correlate, slopes on "
            f"them are not those of a regression. Write '{lines}', or '{zero}' where it is meant",
        )


def _written(term: Any) -> Any:
    return f"{term.lhs} ~ 1" if term.op == "~1" else f"{term.lhs} {term.op} {term.rhs}"


def _held_uncorrelated(table: ParameterTable) -> list[Any]:
    """Pairs of exogenous variables, an observed one among them, without a covariance in the table."""
    variables, rows = table.variables, table.rows
    explained = {row.lhs for row in rows if row.op == "~"} | {row.rhs for row in rows if row.op == "=~"}
    predictors = {row.rhs for row in rows if row.op == "~"} - explained
    observed = [name for name in variables.observed if name in predictors]
    together = {frozenset((row.lhs, row.rhs)) for row in rows if row.op == "~~"}
    pairs = [*combinations(observed, 2), *((f, x) for f in variables.exogenous_latent for x in observed)]
    return [pair for pair in pairs if frozenset(pair) not in together]


def covariance_lines(names: Sequence[Any]) -> str:
    """The text that makes exogenous variables part of a model: their variances and every covariance."""
    variances = [f"{name} ~~ {name}" for name in names]
    covariances = [f"{name} ~~ {' + '.join(names[k + 1 :])}" for k, name in enumerate(names[:-1])]
    return "; ".join(variances + covariances)


def missing_codes(values: np.ndarray, names: Sequence[str], place: str = "") -> Iterator[Any]:
    """Warn of values that look like codes for missing answers.

    Parameters
    ----------
    values : ndarray (n, p)
        NaN where an answer is missing.
    names : sequence of str
    place : str
        What the warning begins with.

    Yields
    ------
    Notice
        One for all variables.
    """
    found = []
    for name, column in zip(names, values.T, strict=True):
        for value in far_values(column[~np.isnan(column)]):
            count = int(np.sum(column == value))
            found.append(f"{value:g} in {name} ({count} row{'s' * (count != 1)})")
    if found:
        yield Notice(
            "missing_codes",
            f"{place}values far outside the rest: {_some(found)}; if they are codes for missing answers, make them "
            "missing (NaN) first",
        )


def far_values(column: np.ndarray) -> list[Any]:
    """Values of a column (n,) that stand apart from most others, as codes for missing answers do.

    Numbers that usually are such codes stand apart beyond once the range of the others; where a column has whole
    numbers and few of them, any number does beyond three times that range.
    """
    broken = column[column % 1 != 0]
    if 2 * len(broken) > len(
        column
    ):  # a measured variable: its ends stand for all of it, codes are whole numbers beyond
        ends = np.repeat([broken.min(), broken.max()], len(broken) // 2 + 1)
        column = np.append(ends, column[(column % 1 == 0) & ((column < ends[0]) | (column > ends[-1]))])
    seen, counts = np.unique(column, return_counts=True)
    few = len(seen) <= CODED and not (seen % 1).any()
    inside = np.ones(len(seen), bool)
    while True:
        own = np.flatnonzero(inside)
        for k in [k for k in range(1, len(own)) if min(k, len(own) - k) <= TOGETHER]:
            gap = seen[own[k]] - seen[own[k - 1]]
            outer, inner = sorted((own[:k], own[k:]), key=lambda side: counts[side].sum())
            rest = seen[inner[-1]] - seen[inner[0]]
            usual = all(value % 1 == 0 and (value < 0 or value in USUAL) for value in seen[outer])
            if rest > 0 and (usual or few) and gap >= (1 if usual else FAR) * max(rest, 2):
                inside[outer] = False
                break
        else:
            return list(seen[~inside])


def _some(texts: Sequence[Any]) -> str:
    rest = f" and {len(texts) - MOST} more" if len(texts) > MOST else ""
    return ", ".join(texts[:MOST]) + rest
