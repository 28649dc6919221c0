"""Products of columns, which a model text calls ``x:m``: which columns stand behind a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from emolabor.common.errors import refuse_because

SIGN = ":"  # no name of a model text holds it, so that what does is a product


def factors_of(name: str) -> tuple[str, ...]:
    """The columns that a name stands for: the factors of a product, else the name itself."""
    return tuple(name.split(SIGN))


def columns_behind(names: Iterable[str]) -> list[str]:
    """The columns that the variables of a model are made of, each once, in order."""
    return list(dict.fromkeys(factor for name in names for factor in factors_of(name)))


def check_products(columns: Sequence[object], names: Iterable[str], ordered: Sequence[str] = ()) -> None:
    """Refuse products whose name is taken by a column, and those of ordered answers.

    Parameters
    ----------
    columns : sequence
        Columns of the data.
    names : iterable of str
        Variables of the model.
    ordered : sequence of str
        Which variables of the model are ordered.
    """
    for name in names:
        factors = factors_of(name)
        if len(factors) == 1:
            continue
        if name in columns:
            refuse_because(
                "data",
                f"'{name}' is a column, and in the model it is the product of {' and '.join(factors)}",
                f"another name for the column, such as '{'_'.join(factors)}'",
            )
        held = next((factor for factor in factors if factor in ordered), None)
        if held is not None:
            refuse_because(
                "model",
                f"'{name}' is a product of '{held}', whose answers are ordered",
                f"numbers: leave '{held}' out of 'ordered', or make it columns of 0 and 1",
            )
