"""Interactions of latent variables by products of their indicators, centred twice (Lin, Wen, Marsh & Lin, 2010)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.sem.specification.blocks import parse_without_blocks


@dataclass(frozen=True)
class Interaction:
    """A model with a product term, and the data with the product indicators.

    Attributes
    ----------
    model : str
        The text to be fitted.
    data : DataFrame
        The user's columns and the product indicators.
    predictor, moderator, outcome : str
        Whose effect is moderated, by what, on what.
    term : str
        Name of the product.
    indicators : tuple of str
        Columns that were added.
    """

    model: str
    data: pd.DataFrame
    predictor: str
    moderator: str
    outcome: str
    term: str
    indicators: tuple[str, ...]


def interaction(
    model: str,
    data: pd.DataFrame,
    predictor: str,
    moderator: str,
    outcome: str,
    *,
    products: str | Sequence[tuple[str, str]] = "matched",
    term: str | None = None,
) -> Interaction:
    """Prepare a model in which the effect of one variable depends on another.

    Parameters
    ----------
    model : str
        Model text in which `outcome` is regressed on `predictor` and `moderator`.
    data : DataFrame
        One row a case; not changed.
    predictor : str
        Latent variable of the model, or an observed one (its own indicator).
    moderator : str
        Latent variable of the model, or an observed one (its own indicator).
    outcome : str
        Gets the product as a further predictor.
    products : str or sequence of pairs
        "matched": first indicator by first, second by second, ... (Marsh, Wen & Hau, 2004). "all": every pair; products
        that share an indicator of a latent variable get covarying residuals, as its measurement error is in both. Or
        the pairs themselves, such as ``[("x1", "z2"), ("x2", "z1")]``.
    term : str, optional
        Name of the product; by default ``predictor_x_moderator``.

    Returns
    -------
    Interaction
        Its ``model`` and ``data`` are for `sem`; the products (named ``x1.z1``, as by semTools' ``indProd``) are those
        of centred indicators, themselves centred, so that no mean structure is needed. The product's distribution is
        not normal whatever its factors': prefer ``estimator="MLR"``.

    Raises
    ------
    EmolaborError
        A missing main effect, indicators that cannot be matched, a name that is taken.

    References
    ----------
    Marsh, H. W., Wen, Z., & Hau, K.-T. (2004). Structural equation models of latent interactions: Evaluation of
    alternative estimation strategies and indicator construction. Psychological Methods, 9(3), 275-300.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "a =~ ex1 + ex2 + ex3; b =~ sa1 + sa2 + sa3; c =~ ps1 + ps2 + ps3; c ~ a + b"
    >>> prepared = el.interaction(text, el.simulate_staff(n=300, seed=1), "a", "b", "c")
    >>> print(prepared.model.removeprefix(text).strip())
    a_x_b =~ ex1.sa1 + ex2.sa2 + ex3.sa3
    c ~ a_x_b
    """
    syntax = parse_without_blocks(model)
    effects = {(row.lhs, row.rhs) for row in syntax.terms if row.op == "~"}
    for name in (predictor, moderator):
        if (outcome, name) not in effects:
            refuse_because("interaction", f"the model has no '{outcome} ~ {name}'", "a model with both main effects")
    indicators = {
        name: [row.rhs for row in syntax.terms if row.op == "=~" and row.lhs == name] or [name]
        for name in (predictor, moderator)
    }
    latent = {row.lhs for row in syntax.terms if row.op == "=~"}
    pairs = _pairs(products, indicators[predictor], indicators[moderator])
    term = term or f"{predictor}_x_{moderator}"
    names = [f"{a}.{b}" for a, b in pairs] if len(pairs) > 1 else [term]
    taken = {*data.columns, *latent}
    clash = [name for name in {*names, term} if name in taken]
    if clash:
        refuse_because("term", f"the name '{clash[0]}' is taken already", "a new name")
    unknown = [name for pair in pairs for name in pair if name not in data.columns]
    if unknown:
        raise EmolaborError(f"interaction: the indicator '{unknown[0]}' is no column of the data")
    columns = list(dict.fromkeys(name for pair in pairs for name in pair))
    wrong = [name for name in columns if not pd.api.types.is_numeric_dtype(data[name])]
    if wrong:
        refuse_because("data", f"column '{wrong[0]}' holds {data[wrong[0]].dtype}", "numbers")
    values = data[columns].astype(float)
    values = values - values.mean()
    made = pd.DataFrame({name: values[a] * values[b] for name, (a, b) in zip(names, pairs, strict=True)})
    lines = [f"{term} =~ {' + '.join(names)}"] if len(pairs) > 1 else []
    lines.append(f"{outcome} ~ {term}")
    lines += _shared(names, pairs, *({*indicators[name]} if name in latent else set() for name in indicators))
    text = "\n".join([model.rstrip(" \n;"), *lines])
    extended = pd.concat([data, made - made.mean()], axis=1)
    return Interaction(text, extended, predictor, moderator, outcome, term, tuple(names))


def _pairs(products: Any, left: Any, right: Any) -> Any:
    if products == "all":
        return list(product(left, right))
    if products == "matched":
        if len(left) != len(right) and 1 not in (len(left), len(right)):
            refuse_because(
                "products",
                f"'matched' needs as many indicators on both sides, found {len(left)} ({', '.join(left)}) and "
                f"{len(right)} ({', '.join(right)})",
                "'all', or the pairs themselves",
            )
        count = max(len(left), len(right))
        return list(zip(left * (count // len(left)), right * (count // len(right)), strict=True))
    if isinstance(products, str):
        refuse("products", shown(products), "'matched', 'all' or pairs of indicators")
    pairs = [tuple(pair) for pair in products]
    wrong = [pair for pair in pairs if len(pair) != 2 or pair[0] not in left or pair[1] not in right]
    if wrong or not pairs or len(set(pairs)) < len(pairs):
        found = wrong[0] if wrong else pairs
        refuse("products", found, f"pairs of {', '.join(left)} with {', '.join(right)}")
    return pairs


def _shared(names: Any, pairs: Any, *with_error: Any) -> Any:
    """Residual covariances of products that share an indicator with measurement error."""
    return [
        f"{names[i]} ~~ {names[j]}"
        for i, j in combinations(range(len(pairs)), 2)
        if any(pairs[i][side] == pairs[j][side] and pairs[i][side] in with_error[side] for side in (0, 1))
    ]
