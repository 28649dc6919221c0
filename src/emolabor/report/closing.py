"""The closing table of a run as a picture, for the README."""

from emolabor.common.extras import require
from emolabor.drawing.style import INK, PALE, save_figure, style

LETTER, LINE, PAD = 0.083, 0.2, 0.25


def closing_picture(text, path=None):
    r"""Draw what a run printed at its end.

    Parameters
    ----------
    text : str
        The closing table, lines of Latin letters set in columns.
    path : str or Path, optional
        Where to save it, .png or .svg.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> figure = closing_picture("notebook    compared  equal\n01_claims         12     12")
    >>> len(figure.texts)
    2
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    lines = text.rstrip().split("\n")
    width = max(len(line) for line in lines) * LETTER + 2 * PAD
    height = len(lines) * LINE + 2 * PAD
    with style():
        figure = Figure(figsize=(width, height), facecolor=PALE)
        for index, line in enumerate(lines):
            figure.text(
                PAD / width,
                1 - (PAD + (index + 0.5) * LINE) / height,
                line,
                family="DejaVu Sans Mono",
                fontsize=9.8,
                color=INK,
                va="center",
            )
        if path is not None:
            save_figure(figure, path)
    return figure
