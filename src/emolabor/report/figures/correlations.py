"""A triangle of correlations: shade and number in each cell, reliabilities on the diagonal where given."""

import numpy as np

from emolabor.drawing.formats import show
from emolabor.drawing.labels import label_room, wrapped
from emolabor.drawing.style import BLUE, INK, RED, style

CELL = 0.46
WORDS = {
    "zh": {"correlation": "相关系数", "diagonal": "对角线：α"},
    "en": {"correlation": "Correlation", "diagonal": "On the diagonal: α"},
}


def correlation_figure(table, language, labels, reliability=None):
    """Draw the lower triangle of a correlation table.

    Parameters
    ----------
    table : DataFrame of shape (p, p)
        Correlations; what stands above the diagonal is not drawn.
    language : {"zh", "en"}
        Language of the words and numbers.
    labels : dict
        Row -> what it is called.
    reliability : Series, optional
        Row -> alpha, for the diagonal.

    Returns
    -------
    matplotlib.figure.Figure
        Blue is positive, red with a minus negative; the numbers tell them apart in grey.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame([[1, 0], [-0.25, 1]], ["a", "b"], ["a", "b"])
    >>> figure = correlation_figure(table, "en", {}, pd.Series({"a": 0.8, "b": 0.7}))
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "number"]
    ['.80', '−.25', '.70']
    """
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.figure import Figure

    words, size = WORDS[language], len(table)
    names = [wrapped(f"{number} {labels.get(row, row)}", 34) for number, row in enumerate(table.index, 1)]
    lines = max(name.count("\n") for name in names) + 1
    height = max(CELL, 0.16 * lines + 0.04)
    shades = LinearSegmentedColormap.from_list("signed", [RED, "white", BLUE])
    norm = Normalize(-1, 1)
    with style():
        side = CELL * size
        figure = Figure(figsize=(side + label_room(names, 9) + 0.4, height * size + 0.8), layout="constrained")
        axes = figure.add_subplot()
        for row in range(size):
            for column in range(row + 1):
                on_diagonal = row == column
                value = _diagonal(reliability, table.index[row]) if on_diagonal else table.iloc[row, column]
                _draw_cell(axes, row, column, value, "#ececec" if on_diagonal else shades(norm(value)), language)
        axes.set_xlim(-0.5, size - 0.5)
        axes.set_ylim(size - 0.5, -0.5)
        axes.set_yticks(range(size), names, fontsize=9, color=INK)
        axes.set_xticks(range(size), [str(number) for number in range(1, size + 1)], fontsize=9, color=INK)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_xlabel(words["correlation"] + ("" if reliability is None else f"    {words['diagonal']}"))
    return figure


def _diagonal(reliability, row):
    return np.nan if reliability is None else reliability.get(row, np.nan)


def _draw_cell(axes, row, column, value, shade, language):
    """Draw one cell with its number; an empty one where there is none."""
    from matplotlib.patches import Rectangle

    missing = np.isnan(value)
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=shade, edgecolor="white", linewidth=0.8))
    ink = "white" if not missing and row != column and abs(value) > 0.55 else INK
    text = "" if missing else show(value, ".2b", language)
    axes.text(column, row, text, ha="center", va="center", fontsize=8.5, color=ink, gid="number")
