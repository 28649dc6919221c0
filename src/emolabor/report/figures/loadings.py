"""Standardised loadings with their intervals, the items of a construct under its name."""

from emolabor.common.extras import require
from emolabor.drawing.labels import NAMES, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

WORDS = {
    "zh": {"loading": "标准化载荷与 95% 区间（点线：0.5）"},
    "en": {"loading": "Standardised loading with 95% interval (dotted: .5)"},
}
MARK = 0.5  # a customary line, not a test (Hair et al., 2010)
ROW = 0.17


def loadings_figure(table, language, labels):
    """Draw the loadings of a measurement model.

    Parameters
    ----------
    table : DataFrame
        A row a loading, in order: lhs (construct), rhs (item), est, ci_lower, ci_upper, as the rows ``=~`` of
        `Fit.standardized`.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        In two columns where there are many; red and a square: a negative loading; an open dot: the interval holds
        zero.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"lhs": "f", "rhs": ["x1", "x2"], "est": [0.7, 0.6], "ci_lower": 0.5, "ci_upper": 0.8})
    >>> [text.get_text() for text in loadings_figure(table, "en", {"f": "Trust"}).axes[0].get_yticklabels()]
    ['Trust', 'x1', 'x2']
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    columns = _columns(table)
    names = {construct: wrapped(labels.get(construct, construct), letters_in(1.8, 9)) for construct in table["lhs"]}
    rows = [_rows(column, names) for column in columns]
    height = max(own[-1][0] for own in rows) + 1
    with style():
        figure = Figure(figsize=(PAGE, ROW * height + 0.8), layout="constrained")
        panels = figure.subplots(1, len(columns), sharex=True, squeeze=False)[0]
        for axes, own in zip(panels, rows, strict=True):
            _draw_column(axes, own)
            axes.set_ylim(height - 0.3, -0.7)
        low = min(0.0, table["ci_lower"].min() - 0.05)
        panels[0].set_xlim(low, max(1.0, table["ci_upper"].max() + 0.05))
        figure.supxlabel(WORDS[language]["loading"], fontsize=9)
    return figure


def _columns(table):
    """Part the constructs into one or two columns of about the same height."""
    constructs = list(dict.fromkeys(table["lhs"]))
    heights = [(table["lhs"] == construct).sum() + 1 for construct in constructs]
    if sum(heights) <= 30:
        return [table]
    half = min(range(1, len(constructs)), key=lambda cut: abs(sum(heights[:cut]) - sum(heights[cut:])))
    return [table[table["lhs"].isin(part)] for part in (constructs[:half], constructs[half:])]


def _rows(table, names):
    """List the rows of a column: place from the top, name, and the loading or None under a construct's name."""
    rows, place = [], 0.0
    for construct, own in table.groupby("lhs", sort=False):
        extra = names[construct].count("\n") * 0.8
        rows.append((place + extra / 2, names[construct], None))
        place += extra
        for row in own.itertuples():
            place += 1
            rows.append((place, row.rhs, row))
        place += 1.3
    return rows


def _draw_column(axes, rows):
    """Draw one column: names at the left, a line and a dot a loading."""
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.axvline(MARK, color=GREY, linewidth=0.8, linestyle=":")
    for place, _, row in rows:
        if row is not None:
            color, marker = (RED, "s") if row.est < 0 else (BLUE, "o")
            firm = row.ci_lower * row.ci_upper > 0
            axes.plot([row.ci_lower, row.ci_upper], [place, place], color=color, linewidth=1.4)
            axes.plot(row.est, place, marker, color=color, markersize=4.5, markerfacecolor=color if firm else "white")
    axes.set_yticks([place for place, _, _ in rows], [name for _, name, _ in rows], fontsize=8, color=INK, **NAMES)
    for text, (_, _, row) in zip(axes.get_yticklabels(), rows, strict=True):
        if row is None:
            text.set(color=BLUE, fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
