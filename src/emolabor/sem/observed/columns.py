"""Columns of a data frame, read once: numbers and ordered answers, groups and clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.sem.observed.products import SIGN, check_products, columns_behind, factors_of

if TYPE_CHECKING:
    from emolabor.sem.observed.drawn import Drawn

LARGEST = 1e30  # powers of larger numbers leave the range of a double
MOST = 20  # more categories than this are no ordered answers


@dataclass(frozen=True)
class Answers:
    """Columns of a frame: numbers, and for the ordered ones category numbers from 0 (missing: NaN).

    `values` (n, p); `ordered` (p,) bool; `categories` for each column its values in ascending order, () where it is
    continuous.
    """

    values: np.ndarray
    ordered: np.ndarray
    categories: tuple[tuple, ...]

    @property
    def n_categories(self) -> np.ndarray:
        """How many categories the ordered variables have, 0 for the continuous ones (p,)."""
        return np.array([len(own) for own in self.categories], int)

    def thresholds(self, names: Sequence[Any]) -> tuple[Any, ...]:
        """Name and number of thresholds of every ordered variable."""
        return tuple((name, len(own) - 1) for name, own in zip(names, self.categories, strict=True) if own)


@dataclass(frozen=True)
class Columns:
    """What a model asks of a frame.

    Attributes
    ----------
    answers : Answers
        The model's variables.
    names : tuple of str
        Their names.
    labels : list
        The groups in their order.
    members : ndarray (n,)
        Number of each case's group.
    drawn : Drawn
        How the cases were drawn.
    index : Index
        Of the frame.
    """

    answers: Answers
    names: tuple[str, ...]
    labels: list[Any]
    members: np.ndarray
    drawn: Drawn
    index: pd.Index


def read_columns(
    data: pd.DataFrame,
    names: Sequence[str],
    *,
    ordered: Sequence[str] = (),
    group: str | None = None,
    drawn: Drawn,
) -> Columns:
    """Read what a model asks of a frame, whatever kind its variables are.

    Parameters
    ----------
    data : DataFrame
        One row a case; not changed.
    names, ordered : sequence of str
        Variables in the order wanted, and which of them are ordered.
    group : str or None
        Column with the group of each case.
    drawn : Drawn
        How the cases were drawn.

    Returns
    -------
    Columns
    """
    check_products(data.columns, names, ordered)
    check_columns(data, names)
    answers = read_answers(data, names, ordered)
    labels, members = group_members(data, group)
    if group in names:
        refuse_because("group", f"'{group}' is a variable of the model", "another column")
    return Columns(answers, tuple(names), labels, members, drawn, data.index)


def check_frame(data: pd.DataFrame, argument: str = "data") -> None:
    """Refuse data that are no frame."""
    if not isinstance(data, pd.DataFrame):
        refuse(argument, type(data).__name__, "a pandas DataFrame")


def check_columns(data: pd.DataFrame, names: Sequence[Any], argument: str = "data") -> None:
    """Refuse variables of the model that the data do not have."""
    unknown = [name for name in columns_behind(names) if name not in data.columns]
    if unknown:
        refuse_because(argument, f"the model's variables {quoted(unknown)} are no columns", quoted(data.columns[:30]))


def check_covariates(data: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse predictors that are categories in words, and say how they become numbers."""
    for name in columns_behind(names):
        column = data[name] if name in data.columns else None
        if not isinstance(column, pd.Series) or pd.api.types.is_numeric_dtype(column.dtype):
            continue
        word = next((shown(value) for value in column if isinstance(value, str)), None)
        if isinstance(column.dtype, pd.CategoricalDtype):
            word = "categories"
        if word is not None:
            refuse_because(
                "data",
                f"column '{name}' holds {word}",
                "numbers; of categories columns of 0 and 1 for all but one of them: "
                f"pandas.get_dummies(data['{name}'], drop_first=True)",
            )


def ordered_names(ordered: Any, names: Any) -> Any:
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


def read_answers(frame: pd.DataFrame, names: Sequence[str], ordered: Sequence[str]) -> Answers:
    """Read columns of a frame: numbers, yes/no values or an ordered pandas categorical where they are ordered.

    Parameters
    ----------
    frame : DataFrame
    names, ordered : sequence of str
        Columns, and which of them are ordered.

    Returns
    -------
    Answers
        With every category of the frame; `used_categories` leaves those that some rows hold.
    """
    if not ordered:
        return Answers(read_numbers(frame, names), np.zeros(len(names), bool), ((),) * len(names))
    values, categories = np.empty((len(frame), len(names))), []
    for place, name in enumerate(names):
        if name in ordered:
            values[:, place], own = _category_codes(frame, name)
        else:
            values[:, place], own = read_numbers(frame, [name])[:, 0], ()
        categories.append(own)
    return Answers(values, np.array([name in ordered for name in names], bool), tuple(categories))


def used_categories(answers: Answers, names: Sequence[str], rows: slice | np.ndarray = slice(None)) -> Answers:
    """The answers of some rows, categories numbered anew where nobody there chose one."""
    values, categories = answers.values[rows].copy(), list(answers.categories)
    for place in np.flatnonzero(answers.ordered).tolist():
        column = values[:, place]
        used, codes = np.unique(column[~np.isnan(column)], return_inverse=True)
        column[~np.isnan(column)] = codes
        own = categories[place] = tuple(categories[place][int(code)] for code in used)
        if len(own) < 2:
            value = f"one value only ({own[0]})" if own else "no answer"
            refuse_because("data", f"the ordered column '{names[place]}' has {value}", "two categories or more")
        if len(own) > MOST:
            refuse_because(
                "data",
                f"the ordered column '{names[place]}' has {len(own)} categories",
                f"up to {MOST}; leave it out of 'ordered', or join categories",
            )
    return replace(answers, values=values, categories=tuple(categories))


def _category_codes(frame: pd.DataFrame, name: str) -> tuple[Any, ...]:
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
    return np.where(codes < 0, np.nan, codes), found


def read_numbers(frame: pd.DataFrame, names: Sequence[Any], argument: str = "data") -> np.ndarray:
    """Columns of a frame as numbers (n, p), missing ones NaN; what is no number is refused.

    A name such as ``x:m`` that is no column is the product of those that are, missing where one of them is.
    """
    names = list(names)
    if any(isinstance(name, str) and SIGN in name and name not in frame.columns for name in names):
        single = columns_behind(names)
        factors = dict(zip(single, read_numbers(frame, single, argument).T, strict=True))
        made = [np.prod([factors[factor] for factor in factors_of(name)], axis=0) for name in names]
        _refuse_infinite(np.column_stack(made), names, argument)
        return np.column_stack(made)
    if frame.columns.is_unique:
        values = frame.take([frame.columns.get_loc(name) for name in names], axis=1).to_numpy()
        if values.dtype == np.float64:  # the common case: nothing to convert
            _refuse_infinite(values, names, argument)
            return values
    columns = []
    for name in names:
        column = frame[name]
        if isinstance(column, pd.DataFrame):
            refuse_because(argument, f"the column '{name}' is there {column.shape[1]} times", "once")
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_complex_dtype(column):
            wrong = [value for value in column.dropna() if not isinstance(value, Real)]
            if wrong or column.dtype != object:
                found = repr(wrong[0]) if wrong else f"values of type {column.dtype}"
                refuse_because(argument, f"column '{name}' holds {found}", "numbers")
            try:
                column = column.astype("Float64")
            except OverflowError:
                refuse_because(
                    argument,
                    f"column '{name}' holds a whole number of more than 300 digits",
                    f"numbers up to {LARGEST:g}",
                )
        columns.append(column.to_numpy(dtype=float, na_value=np.nan))
    values = np.column_stack(columns)
    _refuse_infinite(values, names, argument)
    return values


def _refuse_infinite(values: np.ndarray, names: Sequence[Any], argument: str) -> None:
    largest = max(values.max(initial=0.0), -values.min(initial=0.0))
    if not largest <= LARGEST and (np.abs(values) > LARGEST).any():
        row, col = np.argwhere(np.abs(values) > LARGEST)[0]
        found = "infinite" if np.isinf(values[row, col]) else f"{values[row, col]:g}"
        refuse_because(argument, f"column '{names[col]}' is {found} in row {row + 1}", f"numbers up to {LARGEST:g}")


def check_column(data: pd.DataFrame, column: Any, argument: str) -> None:
    """Refuse what is no name of one column."""
    if not pd.api.types.is_hashable(column) or column not in data.columns:
        refuse_because(argument, f"{shown(column)} is no column", quoted(data.columns[:30]))
    if isinstance(data[column], pd.DataFrame):
        refuse_because(argument, f"the column '{column}' is there {data[column].shape[1]} times", "once")


def codes_of(data: pd.DataFrame, column: str, argument: str) -> tuple[np.ndarray, Any]:
    """Numbers from 0 for a column's values, in order of appearance, and these; missing ones and blanks are refused."""
    check_column(data, column, argument)
    try:
        codes, found = pd.factorize(data[column])
    except TypeError:
        refuse_because(argument, f"column '{column}' holds lists or dicts", "numbers or texts")
    blank = [place for place, value in enumerate(found) if isinstance(value, str) and not value.strip()]
    missing = (codes < 0) | np.isin(codes, blank)
    if missing.any():
        found = f"column '{column}' is missing in {rows_of(missing)}"
        refuse_because(argument, found, "a value in every row; fill it in, or leave these rows out")
    refuse_alike(found, f"{argument}: column '{column}'")
    return codes, found


def rows_of(wrong: np.ndarray) -> str:
    """The first of the rows (n,) that are wrong, and how many more there are."""
    first, count = int(wrong.argmax()) + 1, int(wrong.sum())
    return f"row {first}" + (f" and {count - 1} more of {len(wrong)}" if count > 1 else "")


def refuse_alike(values: Any, place: str) -> None:
    """Refuse different values that are written alike, such as 1 and '1': nobody could tell their groups apart."""
    seen = {}
    for value in values:
        other = seen.setdefault(str(value), value)
        if other is not value:
            found = f"both {shown(other)} and {shown(value)}"
            refuse(place, found, "one of them (.astype(str) makes them one)")


def group_members(data: pd.DataFrame, group: str | None) -> tuple[Any, ...]:
    """Labels of the groups, and the number of each case's group (n,).

    A categorical's groups come in the order of its categories, any other column's in order of appearance.
    """
    if group is None:
        return [""], np.zeros(len(data), int)
    codes, _ = codes_of(data, group, "group")
    labels = list(pd.unique(data[group]))
    if len(labels) < 2:
        refuse_because("group", f"column '{group}' has one value only ({labels[0]})", "two or more")
    if isinstance(data[group].dtype, pd.CategoricalDtype):
        stated = [label for label in data[group].cat.categories if label in labels]
        place = {label: i for i, label in enumerate(stated)}
        return stated, np.array([place[label] for label in labels])[codes]
    return labels, codes


def quoted(names: Any) -> Any:
    """Names in quotes, parted by commas."""
    return ", ".join(shown(str(name)) for name in names)
