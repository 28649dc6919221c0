"""The parameter tables of a summary, in lavaan's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emolabor.common.html import decimals
from emolabor.common.text_width import text_width

if TYPE_CHECKING:
    import pandas as pd

    from emolabor.sem.fit import Fit

HEADINGS = {
    "=~": "Latent Variables",
    "~": "Regressions",
    "~~": "Covariances",
    "~1": "Intercepts",
    "|": "Thresholds",
    "variance": "Variances",
    "~*~": "Scales y*",
    ":=": "Defined Parameters",
}
COLUMNS = ("Estimate", "Std.Err", "z-value", "P(>|z|)", "Std.lv", "Std.all")


def parameter_lines(fit: Fit) -> list[str]:
    """Write all parameters, group by group, and the explained variances.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of str
        Names of dependent variables carry a dot where a row is about their residual or intercept.
    """
    tidy, explained = fit.tidy(), fit.r2()
    width, lines = name_width(tidy), []
    for group, sample in enumerate(fit.model.samples, start=1):
        own = explained if fit.table.n_groups == 1 else explained.get(group, explained[:0])
        if fit.table.n_groups > 1:
            lines += [f"Group {group} [{sample.label}]:", ""]
        lines += section_lines(tidy[tidy.group == group], own, width)
    return lines + defined_lines(tidy, width)


def name_width(tidy: pd.DataFrame) -> int:
    """How wide the column of names is."""
    width = max(
        text_width(name) + text_width(label)
        for name, label in zip([*tidy.lhs, *tidy.rhs], [*tidy.label] * 2, strict=True)
    )
    return max(width + 9, len("Defined Parameters:"))


def section_lines(tidy: pd.DataFrame, explained: pd.Series, width: int) -> list[str]:
    """Write the parameters of one group or level and its explained variances (by name)."""
    kinds = tidy.op.where(~((tidy.op == "~~") & (tidy.lhs == tidy.rhs)), "variance")
    lines = []
    for kind in ("=~", "~", "~~", "~1", "|", "variance", "~*~"):
        lines += _block(tidy[kinds == kind], kind, width, set(explained.index))
    if len(explained):
        lines.append(f"{_padded('R-Square:', width)}{COLUMNS[0]:>10}")
        lines += [f"{_padded('    ' + name, width)}{decimals(share):>10}" for name, share in explained.items()] + [""]
    return lines


def defined_lines(tidy: pd.DataFrame, width: int) -> list[str]:
    """Write the defined parameters."""
    return _block(tidy[tidy.op == ":="], ":=", width, set())


def _block(part: pd.DataFrame, kind: str, width: int, dependent: Any) -> Any:
    if part.empty:
        return []
    lines = [_padded(HEADINGS[kind] + ":", width) + f"{COLUMNS[0]:>10}" + "".join(f"{c:>9}" for c in COLUMNS[1:])]
    last = None
    for row in part.itertuples():
        names = [
            f".{name}" if kind in ("~~", "~1", "variance") and name in dependent else name
            for name in (row.lhs, row.rhs)
        ]
        if kind in ("=~", "~", "~~") and row.lhs != last:
            lines.append(f"  {names[0]} {row.op}")
            last = row.lhs
        name = names[1] if kind in ("=~", "~", "~~") else "|".join(names) if kind == "|" else names[0]
        indent = "   " if name.startswith(".") else "    "
        label = f" ({row.label})" if row.label and kind != ":=" else ""
        test = (row.se, row.z, row.pvalue) if row.se > 0 else (float("nan"),) * 3
        numbers = "".join(f"{decimals(value):>9}" for value in (*test, row.std_lv, row.std_all))
        lines.append(f"{_padded(indent + name + label, width)}{decimals(row.est):>10}{numbers}")
    return [*lines, ""]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - text_width(text))
