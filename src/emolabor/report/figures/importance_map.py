"""Importance against present level: where an improvement goes with much and there is room for it."""

from itertools import product

from emolabor.common.extras import require
from emolabor.drawing.labels import legend_columns, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, style
from emolabor.report.figures.levers import improvements

WORDS = {
    "zh": {
        "level": "现状（0 = 最差，100 = 最好；虚线：均值）",
        "gain": "重要性：每改善 1 分所对应的分差（95% 区间）",
        "first": "重要且有改进余地",
        "keep": "重要且现状较好",
    },
    "en": {
        "level": "Present level (0 = worst, 100 = best; dashed: means)",
        "gain": "Importance: points per one-point improvement\n(95% interval)",
        "first": "important, with room to improve",
        "keep": "important, and already high",
    },
}
# Where a name may stand: the end of its line that it is beside, and how far from there in points. The first place that
# covers least is taken; a name that stands away from its dot is tied to it by a thin line.
NEAR = [("gain", 9, 0), ("gain", -9, 0), ("gain_upper", 0, 5), ("gain_lower", 0, -5)]
PLACES = NEAR + [("gain", dx, dy) for dy, dx in product((12, -12, 24, -24, 36, -36), (14, -14))]
UPRIGHT = {"gain": "center", "gain_upper": "bottom", "gain_lower": "top"}


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
        Dashed lines stand at the means; thin bars are 95% intervals of importance.
    """
    require("matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    words = WORDS[language]
    with style():
        figure = Figure(figsize=(PAGE, 4.6), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.axhline(table["gain"].mean(), color=GREY, linewidth=0.8, linestyle="--")
        axes.axvline(table["performance"].mean(), color=GREY, linewidth=0.8, linestyle="--")
        axes.vlines(table["performance"], table["gain_lower"], table["gain_upper"], color=GREY, linewidth=0.8)
        axes.plot(table["performance"], table["gain"], "o", color=BLUE, markersize=7, zorder=3)
        axes.margins(x=0.2, y=0.12)
        for place, name, side in ((0.01, "first", "left"), (0.99, "keep", "right")):
            axes.text(place, 1.02, words[name], transform=axes.transAxes, ha=side, fontsize=9, color="#5f5f5f")
        axes.set_xlabel(words["level"])
        axes.set_ylabel(words["gain"], linespacing=1.3)
        names = improvements(table.set_index("factor"), language, labels)
        if not _place_names(figure, axes, table.assign(name=names)):
            _number(figure, axes, table, names)
    return figure


def _number(figure, axes, table, names):
    """Write numbers beside the dots, and below the map what they stand for."""
    from matplotlib.lines import Line2D

    for text in list(axes.texts)[2:]:
        text.remove()
    numbers = [str(number) for number in range(1, len(names) + 1)]
    key = [wrapped(f"{number}  {name}", letters_in(PAGE - 0.6, 9)) for number, name in zip(numbers, names, strict=True)]
    columns = legend_columns(key, PAGE, 9)
    figure.set_figheight(figure.get_figheight() + 0.19 * sum(1 + line.count("\n") for line in key) / columns)
    without_signs = [Line2D([], [], linestyle="") for _ in key]
    figure.legend(without_signs, key, loc="outside lower center", ncols=columns, handlelength=0, handletextpad=0)
    _place_names(figure, axes, table.assign(name=numbers))


def _place_names(figure, axes, table):
    """Write each name beside its dot, inside the frame, where it covers no other name, dot or interval.

    The name with the fewest free places chooses first.

    Return whether each found such a place.
    """
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    radius = 5 * figure.dpi / 72
    taken, free = [], True
    for row in table.itertuples():
        (x, y), (_, low), (_, high) = axes.transData.transform(
            [(row.performance, value) for value in (row.gain, row.gain_lower, row.gain_upper)]
        )
        taken += [_box(x - radius, y - radius, x + radius, y + radius), _box(x - 1, low, x + 1, high)]
    tries = []
    for row in table.itertuples():
        texts = [_name(axes, row, *place) for place in PLACES]
        boxes = [text.get_window_extent(renderer) for text in texts]
        tries.append((sum(_covered(box, taken, frame) == 0 for box in boxes), row, texts, boxes))
    for _, row, texts, boxes in sorted(tries, key=lambda one: one[0]):
        covered = [_covered(box, taken, frame) for box in boxes]
        best = covered.index(min(covered))
        taken.append(boxes[best])
        free = free and covered[best] == 0
        _tie(axes, row, *PLACES[best])
        for text in texts[:best] + texts[best + 1 :]:
            text.remove()
    return free


def _covered(box, taken, frame):
    """Count what a name would cover; outside the frame is worse than anything."""
    outside = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
    return sum(box.overlaps(other) for other in taken) + 99 * outside


def _name(axes, row, end, dx, dy):
    return axes.annotate(
        wrapped(row.name, letters_in(1.4, 8.5)),
        (row.performance, getattr(row, end)),
        (dx, dy),
        textcoords="offset points",
        ha="center" if dx == 0 else "left" if dx > 0 else "right",
        va=UPRIGHT[end],
        fontsize=8.5,
        color=INK,
        bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
    )


def _tie(axes, row, end, dx, dy):
    """Draw a line from a dot to a name that does not stand beside it."""
    if end == "gain" and dy != 0:
        line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 6}
        axes.annotate("", (row.performance, row.gain), (dx, dy), textcoords="offset points", arrowprops=line)


def _box(*sides):
    from matplotlib.transforms import Bbox

    return Bbox.from_extents(*sides)
