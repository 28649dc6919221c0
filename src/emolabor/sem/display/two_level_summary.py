"""The summary of a two-level fit, level by level, laid out as lavaan's readers know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from emolabor.common import html
from emolabor.sem.display.summary import ERRORS, LABEL, NUMBER, measure_lines, measure_rows, verdict
from emolabor.sem.display.summary_parameters import defined_lines, name_width, section_lines
from emolabor.sem.specification.blocks import LEVEL_NAMES

if TYPE_CHECKING:
    from emolabor.sem.two_level.fit import TwoLevelFit


def two_level_text(fit: TwoLevelFit) -> str:
    """Write the summary of a two-level fit.

    Parameters
    ----------
    fit : TwoLevelFit
        As `sem` gives it where the text has `level:` blocks.

    Returns
    -------
    str
        As lavaan's ``summary(fit, fit.measures = TRUE, standardized = TRUE, rsquare = TRUE)``, with the verdict.

    Examples
    --------
    >>> import emolabor as el
    >>> text = "level: 1; f =~ ex1 + ex2 + ex3; level: 2; g =~ ex1 + ex2 + ex3"
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> [line for line in fit.summary().splitlines() if line.startswith("Level")]
    ['Level 1 [within]:', 'Level 2 [between]:']
    """
    lines = [verdict(fit), ""]
    lines += [f"  {label:<{LABEL}}{value:>{NUMBER}}" for label, value in _header(fit)]
    lines += measure_lines(fit, fit.bound.estimator.correction)
    errors, information = ERRORS[fit.se]
    lines += ["", "Parameter Estimates:"]
    lines += [f"  {'Standard errors':<{LABEL}}{errors:>{NUMBER}}", f"  {'Information':<{LABEL}}{information:>{NUMBER}}"]
    tidy, explained = fit.tidy(), fit.r2()
    width = name_width(tidy)
    lines.append("")
    for group, sample in enumerate(fit.bound.samples, start=1):
        if fit.n_groups > 1:
            lines += [f"Group {group} [{sample.label}]:", ""]
        own = explained if fit.n_groups == 1 else explained.loc[group]
        for level, name in enumerate(LEVEL_NAMES, start=1):
            lines += [f"Level {level} [{name}]:", ""]
            here = own.loc[name] if name in own.index.get_level_values(0) else own.iloc[:0]
            lines += section_lines(tidy[(tidy.level == level) & (tidy.group == group)], here, width)
    return "\n".join(line.rstrip() for line in [*lines, *defined_lines(tidy, width)])


def two_level_html(fit: TwoLevelFit) -> str:
    """The same for a notebook: verdict, size of the problem, tests and indices, parameters."""
    parts = [html.paragraph(line) for line in verdict(fit).splitlines()]
    parts.append(html.table(pd.DataFrame(_header(fit), columns=["Model", ""])))
    for title, rows in measure_rows(fit):
        frame = pd.DataFrame(rows, columns=[title, "Standard", "Scaled"])
        parts.append(html.table(frame if frame.Scaled.any() else frame.drop(columns="Scaled")))
    return "\n".join([*parts, html.table(fit.tidy())])


def _header(fit: TwoLevelFit) -> list[tuple[str, str]]:
    """Rows of label and text: how the fit was come by."""
    n_rows = sum(row.free >= 0 for row in fit.tables.rows.rows)
    rows = [("Estimator", fit.estimator), ("Number of model parameters", str(n_rows))]
    if n_rows > fit.estimate.n_free:
        rows.append(("Number of equality constraints", str(n_rows - fit.estimate.n_free)))
    rows += [("Number of observations", str(fit.n_obs)), ("Number of clusters", str(fit.n_clusters))]
    if fit.n_groups > 1:
        rows += [(f"  {own.label}", f"{own.n} in {own.n_clusters}") for own in fit.bound.samples]
    dropped = sum(sample.n_dropped for sample in fit.bound.samples)
    if dropped:
        rows.append((f"({dropped} rows with missing answers left out)", ""))
    if any(sample.incomplete for sample in fit.bound.samples):
        patterns = [str(own.n_patterns) for own in fit.bound.samples]
        rows.append(("Number of missing patterns", ", ".join(patterns)))
    return rows
