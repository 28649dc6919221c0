"""The diagram of a measurement model: constructs, their indicators, and how the constructs go together."""

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.drawing.formats import show
from emolabor.drawing.labels import letters_in, wrapped
from emolabor.drawing.path_diagram import ELLIPSE, HEAD, MARGIN, NOTE, draw_construct, draw_note
from emolabor.drawing.style import BLUE, GREY, INK, RED, save_figure, style

# Inches on the page; a box is LINE higher for each further line of its name.
BOX, LINE, BETWEEN, GAP, WAY, CELL, HEADING = (1.5, 0.26), 0.15, 0.06, 0.22, 1.7, 0.5, 1.3
WORDS = {
    "en": {"heading": "Correlations with", "grey": "{} (grey: the interval holds zero)"},
    "zh": {"heading": "与各构念的相关", "grey": "{}（灰色：区间含零）"},
}


def measurement_diagram(tidy, language="en", names=None, path=None, note=""):
    """Draw constructs with the standardized loadings of their indicators.

    Ellipses are constructs, numbered from the top; boxes are their indicators; to the left of a construct stand its
    correlations with those above it, a column for each. A line is dashed where the interval holds zero.

    Parameters
    ----------
    tidy : DataFrame
        As ``fit.tidy()`` gives it; used are the rows with op ``=~``, and with op ``~~`` between constructs.
    language : {"en", "zh"}
        Language of the numbers; the names come from ``names``.
    names : dict, optional
        Construct or indicator to the name shown.
    path : str or Path, optional
        Where to save it, .png or .svg.
    note : str
        A line below the picture.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    EmolaborError
        When there is no loading.

    Examples
    --------
    >>> import pandas as pd
    >>> tidy = pd.DataFrame({"lhs": ["f", "f"], "op": "=~", "rhs": ["x1", "x2"], "std_all": [0.8, 0.7],
    ...                      "ci_lower": [1.0, 0.5], "ci_upper": [1.0, 0.9]})
    >>> figure = measurement_diagram(tidy)
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_gid() == "label"]
    ['.80', '.70']
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    loadings = tidy[tidy["op"] == "=~"]
    if loadings.empty:
        raise EmolaborError("tidy: found no row with op '=~'; allowed: a model with at least one latent variable")
    constructs = list(dict.fromkeys(loadings["lhs"]))
    own = {name: loadings[loadings["lhs"] == name] for name in constructs}
    between = tidy[(tidy["op"] == "~~") & tidy["lhs"].isin(constructs) & tidy["rhs"].isin(constructs)]
    correlations = {frozenset((row.lhs, row.rhs)): row for row in between.itertuples() if row.lhs != row.rhs}
    shown = {name: wrapped((names or {}).get(name, name), letters_in(BOX[0], 8.5)) for name in loadings["rhs"]}
    box = BOX[1] + LINE * max(text.count("\n") for text in shown.values())
    heights = [max(len(own[name]) * (box + BETWEEN), ELLIPSE[1]) + GAP for name in constructs]
    left = MARGIN + (max(CELL * (len(constructs) - 1), HEADING) + MARGIN if correlations else 0)
    head = 0.5 if correlations else 0.0
    foot = NOTE if note else 0.0
    size = (left + ELLIPSE[0] + WAY + BOX[0] + MARGIN, sum(heights) + head + foot + 2 * MARGIN)
    with style():
        figure = Figure(figsize=size)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(0, size[1]))
        axes.set_axis_off()
        top = top_of_rows = size[1] - MARGIN - head
        if correlations:
            heading = WORDS[language]["heading"]
            if any(row.ci_lower <= 0 <= row.ci_upper for row in correlations.values()):
                heading = WORDS[language]["grey"].format(heading)
            axes.text(MARGIN, size[1] - MARGIN, heading, ha="left", va="top", fontsize=9, gid="heading")
        for number, (name, height) in enumerate(zip(constructs, heights, strict=True), 1):
            middle = top - height / 2
            if correlations:
                _draw_correlations(axes, constructs[: number - 1], name, correlations, middle, language)
                if number < len(constructs):
                    place = (MARGIN + CELL * (number - 0.5), top_of_rows + 0.1)
                    axes.text(*place, f"{number}", ha="center", va="center", fontsize=9, color=INK)
            construct = (names or {}).get(name, name)
            construct = f"{number} {construct}" if correlations else construct
            draw_construct(axes, (left + ELLIPSE[0] / 2, middle), construct, None, language)
            _draw_indicators(axes, own[name], left + ELLIPSE[0], middle, language, shown, box)
            top -= height
        draw_note(axes, size, note)
        if path is not None:
            save_figure(figure, path)
    return figure


def _draw_correlations(axes, above, name, correlations, middle, language):
    """The correlations of a construct with those above it, in their columns."""
    for column, other in enumerate(above):
        row = correlations.get(frozenset((name, other)))
        if row is not None:
            firm = not row.ci_lower <= 0 <= row.ci_upper
            axes.text(
                MARGIN + CELL * (column + 0.5),
                middle,
                show(row.std_all, ".2b", language),
                ha="center",
                va="center",
                fontsize=9,
                color=INK if firm else GREY,
                gid="correlation",
            )


def _draw_indicators(axes, loadings, start, middle, language, shown, box):
    """Boxes of the indicators with their arrows and loadings."""
    from matplotlib.patches import FancyArrowPatch, Rectangle

    first = middle + (box + BETWEEN) * (len(loadings) - 1) / 2
    for place, row in enumerate(loadings.itertuples()):
        y = first - (box + BETWEEN) * place
        x = start + WAY
        fixed = row.ci_lower == row.ci_upper
        firm = fixed or not row.ci_lower <= 0 <= row.ci_upper
        colour = GREY if not firm else BLUE if row.std_all > 0 else RED
        arrow = FancyArrowPatch(
            (start, middle),
            (x, y),
            arrowstyle=f"-|>,head_length={HEAD[0] * 30:.2f},head_width={HEAD[1] * 30:.2f}",
            shrinkA=0,
            shrinkB=0,
            linewidth=1,
            color=colour,
            linestyle="-" if firm else (0, (4, 2.5)),
            zorder=1,
        )
        axes.add_patch(arrow)
        look = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.8}
        axes.add_patch(Rectangle((x, y - box / 2), BOX[0], box, **look, zorder=3))
        axes.text(x + BOX[0] / 2, y, shown[row.rhs], ha="center", va="center", fontsize=8.5, zorder=4)
        axes.text(
            start + WAY * 0.72,
            middle + (y - middle) * 0.72,
            show(row.std_all, ".2b", language),
            ha="center",
            va="center",
            fontsize=9,
            color=INK,
            zorder=2,
            gid="label",
            bbox={"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": "none"},
        )
