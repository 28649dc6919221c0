"""Random slopes, `y ~ rv("s")*x` within: the slope is a latent variable of the between level, under the name `s`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emolabor.common.errors import refuse_because

if TYPE_CHECKING:
    from emolabor.sem.language.syntax import Syntax, Term

OWN = "a column of the deviations from the cluster's mean at level 1 and one of the means at level 2"


def slope_of(term: Term) -> str:
    """The random slope that a term is, "" where it is none."""
    return next((modifier.values[0] for modifier in term.modifiers if modifier.kind == "rv"), "")


def slopes_of(terms: Sequence[Term]) -> tuple[str, ...]:
    """The random slopes of some terms, each once."""
    return tuple(dict.fromkeys(name for name in map(slope_of, terms) if name))


def check_place(term: Term) -> None:
    """Refuse a random slope outside the within level."""
    if slope_of(term) and term.block.level != 1:
        found = "at the between level" if term.block.level else "in a model of one level"
        refuse_because(
            term.token.where,
            f"rv('{slope_of(term)}'), a random slope, {found}",
            "rv() in a block 'level: 1', beside a block 'level: 2' and cluster='column'",
        )


def check_slopes(syntax: Syntax, columns: Any) -> None:
    """Refuse random slopes that are none.

    Parameters
    ----------
    syntax : Syntax
        With `level:` blocks.
    columns : container
        Names of the columns of the data.

    Raises
    ------
    EmolaborError
        No regression, a second modifier, a covariate that is latent, predicted, of both levels or given a variance, a
        name that something else has.
    """
    slopes = slopes_of(syntax.terms)
    within = [term for term in syntax.terms if term.block.level == 1]
    between = [term for term in syntax.terms if term.block.level == 2]
    latent = {term.lhs for term in syntax.terms if term.op == "=~"}
    for term in within:
        name, where = slope_of(term), term.token.where
        if not name:
            continue
        if term.op != "~":
            refuse_because(where, f"rv('{name}') in '{term.lhs} {term.op} {term.rhs}'", "regressions: y ~ rv('s')*x")
        if len(term.modifiers) > 1:
            refuse_because(
                where,
                f"'{term.lhs} ~ {term.rhs}' has rv('{name}') and another modifier",
                f"rv('{name}') alone; the mean of the slope is '{name} ~ 1' in 'level: 2', where it takes modifiers",
            )
        _check_covariate(term, name, within, between, latent)
    for name in slopes:
        if name in columns:
            refuse_because("model", f"the random slope '{name}' is a column of data", "another name")
        own = next((t for t in within if name in (t.lhs, t.rhs)), None)
        own = own or next((t for t in between if t.op == "=~" and t.lhs == name), None)
        if own is not None:
            said = "has indicators" if own.block.level == 2 else "is a variable of level 1 as well"
            refuse_because(own.token.where, f"the random slope '{name}' {said}", "a name that nothing else has")


def _check_covariate(term: Term, name: str, within: Sequence[Term], between: Sequence[Term], latent: set[str]) -> None:
    """Refuse covariates whose values are not observed, or that the model says something of."""
    x, found, allowed = term.rhs, "", "an observed covariate"
    if x in latent:
        found, allowed = f"'{x}' is latent, and its products with the slopes have no normal likelihood", f"{allowed}"
    elif any(x in (t.lhs, t.rhs) for t in between):
        found, allowed = f"'{x}' is of both levels, where its parts are not observed", OWN
    elif any(t.lhs == x or (t.op in ("=~", "~~") and t.rhs == x) for t in within):
        found, allowed = f"'{x}' is an outcome or has a variance in the text", f"{allowed} that predicts only"
    if found:
        refuse_because(term.token.where, f"the random slope '{name}': {found}", allowed)
