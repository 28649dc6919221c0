"""Cases that a fit has not seen, read as it read its own: to be scored by its estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse_because, shown
from emolabor.sem.observed.columns import check_columns, check_frame, quoted, read_numbers
from emolabor.sem.observed.products import check_products

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit


def new_cases(fit: Fit, newdata: pd.DataFrame) -> list[Any]:
    """Samples of new cases, one a group of the fit, their moments those of the fit.

    Parameters
    ----------
    fit : Fit
    newdata : DataFrame
        The model's variables, and the column of the groups.

    Returns
    -------
    list of Sample
        `data` holds numbers and, of ordered variables, the fit's category numbers.
    """
    check_frame(newdata, "newdata")
    names, samples = fit.table.variables.observed, fit.model.samples
    if all(sample.data is None and sample.file is None for sample in samples) and not fit.table.mean_structure:
        refuse_because("newdata", "the fit knows no means (sample_cov without sample_mean)", "a fit with means")
    check_products(newdata.columns, names)
    check_columns(newdata, names, "newdata")
    ordered = dict(fit.table.ordered)
    values = np.empty((len(newdata), len(names)))
    for place, name in enumerate(names):
        if name in ordered:
            values[:, place] = _codes(newdata[name], samples[0].answers.categories[place], name)
        else:
            values[:, place] = read_numbers(newdata, [name], "newdata")[:, 0]
    members = _members(newdata, fit.group, [sample.label for sample in samples])
    rows = [np.flatnonzero(members == group) for group in range(len(samples))]
    return [
        replace(sample, data=values[here], n=len(here), rows=here, labels=newdata.index)
        for sample, here in zip(samples, rows, strict=True)
    ]


def _codes(column: Any, categories: Sequence[Any], name: str) -> np.ndarray:
    """Category numbers (n,) of ordered answers, missing where the answer is."""
    numbers = {value: code for code, value in enumerate(categories)}
    seen = column.notna().to_numpy()
    answers = column.astype(object).to_numpy()
    unknown = next((value for value, here in zip(answers, seen, strict=True) if here and value not in numbers), None)
    if unknown is not None:
        known = ", ".join(map(shown, categories))
        refuse_because("newdata", f"'{name}' holds {shown(unknown)}", f"the answers of the fit: {known}")
    return np.array([numbers[value] if here else np.nan for value, here in zip(answers, seen, strict=True)], float)


def _members(newdata: pd.DataFrame, group: str | None, labels: Sequence[str]) -> np.ndarray:
    """Number of each case's group among those of the fit (n,)."""
    if len(labels) == 1:
        return np.zeros(len(newdata), int)
    check_columns(newdata, [group], "newdata")
    numbers = {label: number for number, label in enumerate(labels)}
    found = [str(value) for value in newdata[group]]
    unknown = next((label for label in found if label not in numbers), None)
    if unknown is not None:
        refuse_because(
            "newdata", f"column '{group}' holds {shown(unknown)}", f"the groups of the fit: {quoted(labels)}"
        )
    return np.array([numbers[label] for label in found], int)
