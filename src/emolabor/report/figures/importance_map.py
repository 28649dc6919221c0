"""Importance against present level: where an improvement goes with much and there is room for it."""

from itertools import product

from emolabor.drawing.labels import letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, style
from emolabor.report.figures.levers import improvements

WORDS = {
    "zh": {
        "level": "现状（0 = 最差，100 = 最好）",
        "gain": "重要性：每改善 1 分所对应的分差",
        "first": "重要且有改进余地",
        "keep": "重要且现状较好",
    },
    "en": {
        "level": "Present level (0 = worst, 100 = best)",
        "gain": "Importance: points per one-point improvement",
        "first": "important, with room to improve",
        "keep": "important, and already high",
    },
}
# Where a name may stand beside its dot, in points: the first place that covers least is taken.
OFFSETS = [(dx, dy) for dy, dx in product((0, 11, -11, 20, -20), (9, -9))]


def importance_map(table, language, labels):
    """Draw an importance-performance map (Ringle & Sarstedt, 2016).

    Parameters
    ----------
    table : DataFrame
        `Levers.table` of one group: factor, direction, performance, gain, gain_lower, gain_upper.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Factor -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        Dashed lines stand at the means; thin bars are 95 % intervals of importance.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    words = WORDS[language]
    with style():
        figure = Figure(figsize=(7.2, 5.2), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.axhline(table["gain"].mean(), color=GREY, linewidth=0.8, linestyle="--")
        axes.axvline(table["performance"].mean(), color=GREY, linewidth=0.8, linestyle="--")
        axes.vlines(table["performance"], table["gain_lower"], table["gain_upper"], color=GREY, linewidth=0.8)
        axes.plot(table["performance"], table["gain"], "o", color=BLUE, markersize=7, zorder=3)
        axes.margins(x=0.28, y=0.12)
        for place, name, side in ((0.01, "first", "left"), (0.99, "keep", "right")):
            axes.text(place, 1.02, words[name], transform=axes.transAxes, ha=side, fontsize=9, color="#5f5f5f")
        axes.set_xlabel(words["level"])
        axes.set_ylabel(words["gain"])
        names = improvements(table.set_index("factor"), language, labels)
        if not _place_names(figure, axes, table.assign(name=names)):
            _number(figure, axes, table, names)
    return figure


def _number(figure, axes, table, names):
    """Write numbers beside the dots, and below the map what they stand for."""
    for text in list(axes.texts)[2:]:
        text.remove()
    numbers = [str(number) for number in range(1, len(names) + 1)]
    key = [wrapped(f"{number} {name}", letters_in(6.8, 9)) for number, name in zip(numbers, names, strict=True)]
    figure.set_figheight(figure.get_figheight() + 0.16 * sum(1 + line.count("\n") for line in key))
    figure.supxlabel("\n".join(key), fontsize=9, ha="left", x=0.02)
    _place_names(figure, axes, table.assign(name=numbers))


def _place_names(figure, axes, table):
    """Write each name beside its dot, inside the frame, where it covers no other name, dot or interval.

    Return whether each found such a place.
    """
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    radius = 5 * figure.dpi / 72
    taken = []
    for row in table.itertuples():
        (x, y), (_, low), (_, high) = axes.transData.transform(
            [(row.performance, value) for value in (row.gain, row.gain_lower, row.gain_upper)]
        )
        taken += [_box(x - radius, y - radius, x + radius, y + radius), _box(x - 1, low, x + 1, high)]
    free = True
    for row in table.itertuples():
        tries = [_name(axes, row, offset) for offset in OFFSETS]
        boxes = [text.get_window_extent(renderer) for text in tries]
        covered = [sum(box.overlaps(other) for other in taken) + 9 * _leaves(box, frame) for box in boxes]
        best = covered.index(min(covered))
        taken.append(boxes[best])
        free = free and covered[best] == 0
        for text in tries[:best] + tries[best + 1 :]:
            text.remove()
    return free


def _name(axes, row, offset):
    return axes.annotate(
        row.name,
        (row.performance, row.gain),
        offset,
        textcoords="offset points",
        ha="left" if offset[0] > 0 else "right",
        va="center",
        fontsize=9.5,
        color=INK,
        bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
    )


def _leaves(box, frame):
    return box.x0 < frame.x0 or box.x1 > frame.x1


def _box(*sides):
    from matplotlib.transforms import Bbox

    return Bbox.from_extents(*sides)
