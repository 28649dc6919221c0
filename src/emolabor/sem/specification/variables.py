"""What role each variable of a model plays: latent, indicator, outcome, exogenous."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emolabor.common.errors import refuse_because

if TYPE_CHECKING:
    from emolabor.sem.language.syntax import Syntax


@dataclass(frozen=True)
class Variables:
    """Names by role; every tuple keeps the order in which lavaan lists them."""

    observed: tuple[str, ...]  # indicators, outcomes, predictors, then those named only in a (co)variance or intercept
    latent: tuple[str, ...]
    fixed_x: tuple[str, ...]  # observed predictors that the text gives no variance, covariance or intercept
    random_x: tuple[str, ...]  # the same where exogenous variables are not fixed: their moments are free
    exogenous_latent: tuple[str, ...]
    pure_outcomes: tuple[str, ...]  # outcomes that predict nothing: their residuals covary by default
    outcomes: tuple[str, ...]
    single_indicators: tuple[str, ...]  # the only indicator of a latent variable, and of no other
    slopes: tuple[str, ...] = ()  # latent variables that are the slopes of the level within

    @property
    def scaled(self) -> tuple[str, ...]:
        """Latent variables whose scale the model has to set: all but slopes."""
        return tuple(name for name in self.latent if name not in self.slopes)


def classify(syntax: Syntax, fixed_x: bool = True) -> Variables:
    """Sort the variables of a parsed model by role.

    Parameters
    ----------
    syntax : Syntax
        From `parse_model`.
    fixed_x : bool
        Take exogenous observed variables as fixed; otherwise their moments are parameters.

    Returns
    -------
    Variables
        The rules are those of lavaan's ``sem()``.
    """
    pairs = {op: [(t.lhs, t.rhs) for t in syntax.terms if t.op == op] for op in ("=~", "~", "~~", "~1", "|", "~*~")}
    for term in syntax.terms:
        if term.op == "~" and (term.rhs, term.lhs) in pairs["=~"]:
            refuse_because(
                term.token.where,
                f"'{term.lhs} ~ {term.rhs}' is the path of '{term.rhs} =~ {term.lhs}' once more",
                "one of them",
            )
    slopes = syntax.slopes
    latent = [*_unique(lhs for lhs, _ in pairs["=~"]), *slopes]
    _check_products(syntax, latent)
    measured = [rhs for _, rhs in pairs["=~"]]
    indicators = _unique(measured)
    outcomes = _unique(lhs for lhs, _ in pairs["~"])
    predictors = _unique(rhs for _, rhs in pairs["~"])
    observed_indicators = [name for name in indicators if name not in latent]
    others = [name for name in outcomes if name not in latent and name not in observed_indicators]
    known = {*latent, *observed_indicators, *others}
    exogenous = [name for name in predictors if name not in known]
    mentioned = _unique(
        [n for pair in pairs["~~"] for n in pair] + [lhs for op in ("~1", "|", "~*~") for lhs, _ in pairs[op]]
    )
    extra = [name for name in mentioned if name not in known and name not in exogenous]
    if not (observed_indicators or others or exogenous or extra):
        refuse_because("model", "every variable is latent", "a model with observed variables")
    by_latent = {name: [rhs for lhs, rhs in pairs["=~"] if lhs == name] for name in latent}
    return Variables(
        observed=(*observed_indicators, *others, *exogenous, *extra),
        latent=tuple(latent),
        fixed_x=tuple(name for name in exogenous if fixed_x and name not in mentioned),
        random_x=tuple(name for name in exogenous if not fixed_x and name not in mentioned),
        exogenous_latent=tuple(name for name in latent if name not in (*indicators, *outcomes, *slopes)),
        pure_outcomes=tuple(
            name
            for name in (*(n for n in latent if n in outcomes and n not in slopes), *others)
            if name not in predictors and name not in indicators
        ),
        outcomes=tuple(outcomes),
        single_indicators=tuple(own[0] for own in by_latent.values() if len(own) == 1 and measured.count(own[0]) == 1),
        slopes=slopes,
    )


def _check_products(syntax: Syntax, latent: Sequence[str]) -> None:
    """Refuse products of latent variables, and a product written in two orders."""
    spelled: dict[tuple[str, ...], str] = {}
    for term in syntax.terms:
        for name in (term.lhs, term.rhs):
            factors = name.split(":")
            if len(factors) == 1:
                continue
            held = next((factor for factor in factors if factor in latent), None)
            if held is not None:
                refuse_because(
                    term.token.where,
                    f"'{name}' is a product of '{held}', which is latent and has no values to multiply",
                    "products of observed variables; for latent ones el.interaction writes the model and its data",
                )
            first = spelled.setdefault(tuple(sorted(factors)), name)
            if first != name:
                refuse_because(term.token.where, f"'{name}' is the product '{first}' once more", "one spelling of it")


def _unique(names: Iterator[Any] | Sequence[Any]) -> Any:
    return list(dict.fromkeys(names))
