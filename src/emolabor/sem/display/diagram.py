"""The diagram of a fit: its regressions, or without any its loadings; the verdict where it is not admissible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from emolabor.common.languages import chosen_language
from emolabor.drawing import measurement_diagram, path_diagram
from emolabor.sem.evaluation.residuals import one_group
from emolabor.sem.inference.standardized import standardized_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from emolabor.sem.fit import Fit

# The engine gives its reasons in English.
VERDICT = {"en": "Not admissible: {reason}", "zh": "解不可采用，原因见 fit.problems"}
GROUP = {"en": "Group ", "zh": "组别："}
BETWEEN = {"en": ". ", "zh": "。"}


def plot(
    fit: Fit,
    path: str | Path | None = None,
    language: str | None = None,
    labels: dict[str, Any] | None = None,
    group: int = 1,
) -> Figure:
    """Draw a fit.

    Parameters
    ----------
    fit : Fit
        As `sem` gives it.
    path : str or Path, optional
        Where to save it, .svg or .png: the same fit gives the same bytes.
    language : {"en", "zh"}, optional
        Of the words beside the drawing; by default that of `EMOLABOR_LANGUAGE` or the system.
    labels : dict, optional
        Variable to the name shown.
    group : int
        From 1.

    Returns
    -------
    matplotlib.figure.Figure
        With regressions the latent variables and their paths: standardized coefficients with their 95 % intervals,
        dashed where the interval holds zero. Else factors and items: standardized loadings and correlations.

    Raises
    ------
    EmolaborError
        Another language or ending, arrows that run in a circle, nothing to draw.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> cov = pd.DataFrame([[4, 1], [1, 1]], index=["y", "x"], columns=["y", "x"])
    >>> fit = el.sem("y ~ a*x", sample_cov=cov, n_obs=101)
    >>> figure = fit.plot(language="zh", labels={"y": "服务", "x": "培训"})
    >>> [text.get_text().splitlines() for text in figure.axes[0].texts if text.get_gid() == "label"]
    [['0.50', '[0.36, 0.64]']]
    """
    language = chosen_language(language)
    _, sample = one_group(fit, group)
    note = [GROUP[language] + sample.label] if fit.table.n_groups > 1 else []
    note += [VERDICT[language].format(reason=fit.problems[0])] if fit.problems else []
    options = {"language": language, "names": labels, "path": path, "note": BETWEEN[language].join(note)}
    if not any(row.op == "~" for row in fit.table.rows):
        tidy = fit.tidy()
        return measurement_diagram(tidy[tidy["group"] == group], **options)
    r2, standardized = fit.r2(), standardized_table(fit)
    own = standardized[standardized["group"] == group]
    return path_diagram(own, r2 if fit.table.n_groups == 1 else r2[group], **options)
