"""Ordered answers: which categories a column has, and which of them each case chose."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse_because, shown
from emolabor.sem.observed.samples import LARGEST, read_numbers

MOST = 20  # more categories than this are no ordered answers


@dataclass(frozen=True)
class Answers:
    """Columns of a frame: numbers, and for the ordered ones category numbers from 0 (missing: NaN).

    `values` (n, p); `ordered` (p,) bool; `categories` for each column its values in ascending order, () where it is
    continuous.
    """

    values: np.ndarray
    ordered: np.ndarray
    categories: tuple

    @property
    def n_categories(self):
        """How many categories the ordered variables have, 0 for the continuous ones (p,)."""
        return np.array([len(own) for own in self.categories], int)


def ordered_names(ordered, names):
    """The names among `names` that `ordered` (True or names) declares; all of them for True."""
    if ordered is True:
        return tuple(names)
    if ordered is None or ordered is False:
        return ()
    chosen = (ordered,) if isinstance(ordered, str) else tuple(ordered)
    unknown = [name for name in chosen if name not in names]
    if unknown:
        refuse_because("ordered", f"{shown(unknown[0])} is no variable here", names)
    return tuple(name for name in names if name in chosen)


def read_answers(frame, names, ordered):
    """Read columns of a frame.

    Parameters
    ----------
    frame : DataFrame
    names, ordered : sequence of str
        Columns, and which of them are ordered: numbers, yes/no values or an ordered pandas categorical.

    Returns
    -------
    Answers
    """
    values, categories = np.empty((len(frame), len(names))), []
    for place, name in enumerate(names):
        if name in ordered:
            values[:, place], own = category_codes(frame, name)
        else:
            values[:, place], own = read_numbers(frame, [name])[:, 0], ()
        categories.append(own)
    return Answers(values, np.array([name in ordered for name in names], bool), tuple(categories))


def category_codes(frame, name):
    """Category numbers from 0 (n,), missing where the answer is, and the categories of one column."""
    column = frame[name]
    if isinstance(column, pd.DataFrame):
        refuse_because("data", f"the column '{name}' is there {column.shape[1]} times", "once")
    if isinstance(column.dtype, pd.CategoricalDtype):
        if not column.cat.ordered:
            refuse_because("data", f"the categories of '{name}' have no order", "an ordered categorical")
        used = column.cat.remove_unused_categories()
        codes, found = used.cat.codes.to_numpy(), tuple(used.cat.categories)
    else:
        numeric = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype)
        wrong = [] if numeric else [value for value in column.dropna() if not isinstance(value, Real | np.bool_)]
        if wrong:
            refuse_because(
                "data",
                f"the ordered column '{name}' holds {shown(wrong[0])}",
                "numbers, or an ordered categorical that says which answer is higher",
            )
        if pd.api.types.is_float_dtype(column.dtype) and np.isinf(column.to_numpy(float, na_value=np.nan)).any():
            refuse_because("data", f"the ordered column '{name}' is infinite somewhere", "finite numbers")
        codes, found = pd.factorize(column, sort=True)
        found = tuple(found)
        if any(abs(value) > LARGEST for value in found):
            refuse_because("data", f"the ordered column '{name}' holds a number above {LARGEST:g}", "below")
    if len(found) < 2:
        value = f"one value only ({found[0]})" if len(found) else "no answer"
        refuse_because("data", f"the ordered column '{name}' has {value}", "two categories or more")
    if len(found) > MOST:
        refuse_because(
            "data",
            f"the ordered column '{name}' has {len(found)} categories",
            f"up to {MOST}; leave it out of 'ordered', or join categories",
        )
    return np.where(codes < 0, np.nan, codes), found
