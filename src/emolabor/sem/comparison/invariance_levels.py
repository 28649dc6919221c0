"""What each step of the ladder holds equal where factors measure factors (Chen, Sousa & West, 2005)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.specification.parameter_table import ParameterTable

SECOND_ORDER = "second-order "
# After which step of the items' ladder the factors' own steps come.
AFTER = {"metric": ("metric",), "scalar": ("scalar", "strict")}
NOTE = (
    " Factors that measure factors have steps of their own (Chen, Sousa & West, 2005): metric holds the loadings of "
    "items, second-order metric those of the factors; scalar holds the intercepts of items, while the means of "
    "first-order factors differ and the second-order mean is 0 in every group; second-order scalar holds the "
    "intercepts of first-order factors at 0 in every group, while the second-order mean differs; second-order "
    "strict holds the disturbances of first-order factors, strict the residuals of items too."
)


def lower_factors(table: ParameterTable) -> tuple[str, ...]:
    """Factors that measure other factors."""
    latent = table.variables.latent
    return tuple(dict.fromkeys(row.rhs for row in table.rows if row.op == "=~" and row.rhs in latent))


def all_steps(steps: tuple[str, ...], table: ParameterTable) -> tuple[str, ...]:
    """The steps of a ladder, with those of second-order factors where there are any."""
    if not lower_factors(table):
        return steps
    own = {step: tuple(f"{SECOND_ORDER}{name}" for name in AFTER.get(step, ())) for step in steps}
    return tuple(name for step in steps for name in (step, *own[step]))


def level_step(step: str, table: ParameterTable) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """What a step adds because factors measure factors.

    Parameters
    ----------
    step : str
    table : ParameterTable
        Of the configural model.

    Returns
    -------
    tuple
        Lines of the model text, more kinds of `group_equal`, more parameters of `group_partial`.
    """
    lower, latent = lower_factors(table), table.variables.latent
    if not lower or step in ("configural", "thresholds"):
        return "", (), ()
    if step == "metric":
        loadings = {(row.lhs, row.rhs) for row in table.rows if row.op == "=~" and row.rhs in lower}
        return "", (), tuple(f"{factor}=~{name}" for factor, name in sorted(loadings))
    if step == "scalar":
        given = {row.lhs for row in table.rows if row.op == "~1" and row.where}
        held = {row.lhs for row in table.rows if row.op == "~1" and row.where and row.group and row.free < 0}
        later = table.n_groups - 1
        first = [f"{name} ~ c({', '.join(['0'] + ['NA'] * later)})*1" for name in lower if name not in given]
        # Where the text holds the mean of a first-order factor, that of the second-order one is identified.
        others = [
            name for name in latent if name not in lower and (own := _measures(table, name, lower)) and not own & held
        ]
        zero = [f"{name} ~ c({', '.join(['0'] * (later + 1))})*1" for name in others if name not in given]
        return "\n" + "\n".join(first + zero), (), ()
    if step in (f"{SECOND_ORDER}strict", "strict"):
        return "", ("lv_variances",), tuple(f"{name}~~{name}" for name in latent if name not in lower)
    return "", (), ()


def _measures(table: ParameterTable, name: str, lower: tuple[str, ...]) -> set[str]:
    """The factors that a factor is measured by."""
    return {row.rhs for row in table.rows if row.op == "=~" and row.lhs == name and row.rhs in lower}


def most_apart(fit: Fit) -> str:
    """The first-order factor whose mean, held at 0 in every group, has the largest modification index."""
    found, lower = fit.modification_indices(op="~1"), lower_factors(fit.table)
    return str(found[found.lhs.isin(lower)].groupby("lhs").mi.sum().idxmax())


def items_step(step: str) -> str:
    """The step of the items' ladder that holds what a step of the factors' holds of the items."""
    return "scalar" if step == f"{SECOND_ORDER}strict" else step.removeprefix(SECOND_ORDER)
