"""A triangle of correlations: shade and number in each cell, reliabilities on the diagonal where given."""

import numpy as np

from emolabor.common.extras import require
from emolabor.drawing.formats import show
from emolabor.drawing.labels import NAMES, label_room, letters_in, wrapped
from emolabor.drawing.style import BLUE, INK, PAGE, RED, style

CELL = (0.26, 0.46)  # inches: a number fits into the narrowest
WORDS = {
    "zh": {"correlation": "相关系数", "diagonal": "（对角线：α）"},
    "en": {"correlation": "Correlation", "diagonal": " (on the diagonal: α)"},
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
    require("matplotlib")
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.figure import Figure

    words, size = WORDS[language], len(table)
    width = letters_in(1.7, 8)
    names = [wrapped(f"{number} {labels.get(row, row)}", width) for number, row in enumerate(table.index, 1)]
    side = np.clip((PAGE - label_room(names, 8) - 0.2) / size, *CELL)
    height = max(side, 0.27, 0.14 * max(name.count("\n") + 1 for name in names) + 0.04)
    below = table.to_numpy(dtype=float)[np.tril_indices(size, -1)]
    reach = np.ceil(10 * np.nanmax(np.abs(below), initial=0.1)) / 10
    shades = ScalarMappable(Normalize(-reach, reach), LinearSegmentedColormap.from_list("signed", [RED, "white", BLUE]))
    with style():
        figure = Figure(figsize=(side * size + label_room(names, 8) + 0.2, height * size + 0.9), layout="constrained")
        axes = figure.add_subplot()
        for row in range(size):
            for column in range(row + 1):
                on_diagonal = row == column
                value = _diagonal(reliability, table.index[row]) if on_diagonal else table.iloc[row, column]
                _draw_cell(axes, row, column, value, "#ececec" if on_diagonal else shades.to_rgba(value), language)
        axes.set_xlim(-0.5, size - 0.5)
        axes.set_ylim(size - 0.5, -0.5)
        axes.set_yticks(range(size), names, fontsize=8, color=INK, **NAMES)
        axes.set_xticks(range(size), [str(number) for number in range(1, size + 1)], fontsize=8, color=INK)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        bar = figure.colorbar(shades, ax=axes, location="bottom", shrink=0.5, aspect=30, pad=0.01)
        bar.set_ticks([-reach, 0, reach], labels=[show(end, ".1b", language) for end in (-reach, 0.0, reach)])
        bar.outline.set_visible(False)
        bar.set_label(words["correlation"] + ("" if reliability is None else words["diagonal"]))
    return figure


def _diagonal(reliability, row):
    return np.nan if reliability is None else reliability.get(row, np.nan)


def _draw_cell(axes, row, column, value, shade, language):
    """Draw one cell with its number; an empty one where there is none."""
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=shade, edgecolor="white", linewidth=0.8))
    ink = "white" if sum(to_rgb(shade)) < 1.75 else INK
    text = "" if np.isnan(value) else show(value, ".2b", language)
    axes.text(column, row, text, ha="center", va="center", fontsize=7, color=ink, gid="number")
