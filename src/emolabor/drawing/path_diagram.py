"""The path diagram of a structural model, drawn with matplotlib alone."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.common.extras import require
from emolabor.common.text_width import text_width
from emolabor.drawing.formats import show
from emolabor.drawing.labels import wrapped
from emolabor.drawing.layout import layout
from emolabor.drawing.style import BLUE, GREY, INK, PALE, RED, save_figure, style

# Inches on the page: the constructs, the distance of columns and of rows, a coefficient with its interval.
ELLIPSE, MARGIN, NOTE = (1.5, 0.68), 0.1, 0.25
COLUMN, ROW, LABEL = 2.6, 0.82, (0.74, 0.30)
HEAD = (0.11, 0.045)


@dataclass(frozen=True)
class Arrow:
    """One regression as it is drawn.

    Attributes
    ----------
    ends : (str, str)
        (from, to).
    estimate : float
        Standardized coefficient.
    interval : (float, float)
        Of the standardized coefficient; NaN where it has none.
    line : array, shape (n_points, 2)
        The curve in inches from the lower left corner.
    """

    ends: tuple
    estimate: float
    interval: tuple
    line: np.ndarray

    @property
    def firm(self):
        """Whether the interval leaves zero out."""
        return not self.interval[0] <= 0 <= self.interval[1]


def path_diagram(standardized, r2=None, language="en", names=None, path=None, note=""):
    """Draw the regressions among the constructs.

    Ellipses are constructs with their explained variance; on an arrow stands its standardized coefficient with its
    interval; the line is the wider the larger the coefficient, and dashed where the interval holds zero. Correlations
    among causes and indicators are not drawn.

    Parameters
    ----------
    standardized : DataFrame
        As ``fit.standardized()`` gives it; used are the rows with op ``~`` and the columns lhs, op, rhs, est, ci_lower
        and ci_upper. Where an interval is missing, the coefficient stands alone.
    r2 : Series or dict, optional
        Construct to explained variance.
    language : {"en", "zh"}
        Language of the numbers; the names come from ``names``.
    names : dict, optional
        Construct to the name shown; without it the keys are shown.
    path : str or Path, optional
        Where to save it, .png or .svg.
    note : str
        A line below the picture, such as what is wrong with the solution.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    EmolaborError
        When there is no regression or the arrows run in a circle.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"lhs": ["ex", "ps"], "op": "~", "rhs": ["sa", "ex"], "est": [0.4, -0.3],
    ...                      "ci_lower": [0.3, -0.6], "ci_upper": [0.5, 0.1]})
    >>> figure = path_diagram(rows, {"ex": 0.16, "ps": 0.09})
    >>> [text.get_text().splitlines() for text in figure.axes[0].texts if text.get_gid() == "label"]
    [['.40', '[.30, .50]'], ['−.30', '[−.60, .10]']]
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    paths = standardized[standardized["op"] == "~"]
    if paths.empty:
        raise EmolaborError("standardized: found no row with op '~'; allowed: a model with at least one regression")
    ends = list(zip(paths["rhs"], paths["lhs"], strict=True))
    plan = layout(ends)
    size = _page(plan, note)
    centre = {node: _inches((plan.column[node], plan.row[node]), size) for node in plan.column}
    lines = _lines(plan, centre, size)
    explained = {} if r2 is None else r2
    numbers = zip(ends, paths["est"], zip(paths["ci_lower"], paths["ci_upper"], strict=True), strict=True)
    arrows = [Arrow(pair, estimate, interval, lines[pair]) for pair, estimate, interval in numbers]
    with style():
        figure = Figure(figsize=size)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, size[0]), ylim=(0, size[1]))
        axes.set_axis_off()
        for arrow in arrows:
            _draw_arrow(axes, arrow)
        for node, place in centre.items():
            draw_construct(axes, place, (names or {}).get(node, node), explained.get(node), language)
        places = place_labels([arrow.line for arrow in arrows], list(centre.values()), LABEL)
        for arrow, place in zip(arrows, places, strict=True):
            _draw_label(axes, arrow, place, language)
        draw_note(axes, size, note)
        if path is not None:
            save_figure(figure, path)
    return figure


def _page(plan, note):
    """Return the width and height of the picture."""
    rows = list(plan.row.values()) + [row for stops in plan.stops.values() for _, row in stops]
    width = max(plan.column.values()) * COLUMN + ELLIPSE[0] + 2 * MARGIN
    return width, max(rows) * ROW + ELLIPSE[1] + 2 * MARGIN + (NOTE if note else 0)


def _inches(place, size):
    """Turn (column, row) into inches from the lower left corner."""
    across, down = place[0] * COLUMN, place[1] * ROW
    return np.array([MARGIN + ELLIPSE[0] / 2 + across, size[1] - MARGIN - ELLIPSE[1] / 2 - down])


def _lines(plan, centre, size):
    """Draw every arrow's curve: level at its ends and where it passes a column, smooth in between."""
    first = {pair: stops[0] if stops else None for pair, stops in plan.stops.items()}
    last = {pair: stops[-1] if stops else None for pair, stops in plan.stops.items()}
    toward = {pair: _inches(first[pair], size) if first[pair] else centre[pair[1]] for pair in plan.stops}
    origin = {pair: _inches(last[pair], size) if last[pair] else centre[pair[0]] for pair in plan.stops}
    lines = {}
    for pair, stops in plan.stops.items():
        leaving = sorted((p for p in plan.stops if p[0] == pair[0]), key=lambda p: -toward[p][1])
        entering = sorted((p for p in plan.stops if p[1] == pair[1]), key=lambda p: -origin[p][1])
        points = [_port(centre[pair[0]], leaving.index(pair), len(leaving), 1)]
        for stop in stops:
            middle, half = _inches(stop, size), np.array([ELLIPSE[0] / 2, 0])
            points += [middle - half, middle + half]
        points.append(_port(centre[pair[1]], entering.index(pair), len(entering), -1))
        lines[pair] = np.vstack([_bend(a, b) for a, b in pairwise(points)])
    return lines


def _port(centre, index, count, side):
    """Return where the index-th of count arrows touches an ellipse on its right (side 1) or left (-1)."""
    up = 0.0 if count == 1 else 0.72 * (1 - 2 * index / (count - 1))
    return centre + np.array([side * ELLIPSE[0] / 2 * np.sqrt(1 - up**2), up * ELLIPSE[1] / 2])


def _bend(start, end):
    """Return a cubic Bezier curve that leaves and arrives level, shape (30, 2)."""
    pull = np.array([(end - start)[0] / 2, 0])
    t = np.linspace(0, 1, 30)[:, None]
    return (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * (start + pull) + 3 * (1 - t) * t**2 * (end - pull) + t**3 * end


def place_labels(lines, centres, label):
    """Choose for each curve the place of its number: on the line, clear of the other lines, labels and ellipses.

    Parameters
    ----------
    lines : list of array, shape (n_points, 2)
        The curves in inches.
    centres : list of array, shape (2,)
        The middles of the ellipses.
    label : (float, float)
        Width and height of a label in inches.

    Returns
    -------
    list of array, shape (2,)
        The middles of the labels, in the order of the curves.
    """
    even = [_even(line, label) for line in lines]
    label = np.array(label)
    reach = (label + np.array(ELLIPSE)) / 2
    places = [None] * len(lines)
    for index in sorted(range(len(lines)), key=lambda i: (len(even[i]), i)):
        line = even[index]
        others = np.vstack([points[::3] for i, points in enumerate(even) if i != index] or [np.full((1, 2), 1e9)])
        apart = np.abs(line[:, None] - others) / (label / 2)
        room = np.minimum(apart.max(axis=2).min(axis=1), 2.0)
        for centre in centres:
            room[np.all(np.abs(line - centre) < reach, axis=1)] -= 4
        for place in places:
            if place is not None:
                room[np.all(np.abs(line - place) < label * 1.08, axis=1)] -= 4
        middle = np.abs(np.linspace(-0.5, 0.5, len(line)))
        places[index] = line[np.argmax(room - middle)]
    return places


def _even(line, label):
    """Return points every 0.04 inch along a curve, away from its ends."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.arange(label[0] / 2, max(length[-1] - label[0] / 2 - HEAD[0], label[0]), 0.04)
    return np.column_stack([np.interp(at, length, line[:, i]) for i in (0, 1)])


def _draw_arrow(axes, arrow):
    """Draw one line with its head."""
    from matplotlib.patches import Polygon

    colour = GREY if not arrow.firm else BLUE if arrow.estimate > 0 else RED
    tip, way = arrow.line[-1], arrow.line[-1] - arrow.line[-4]
    way = way / np.hypot(*way)
    foot, side = tip - way * HEAD[0], np.array([-way[1], way[0]]) * HEAD[1]
    axes.plot(
        *np.vstack([arrow.line[:-1], foot]).T,
        color=colour,
        linewidth=0.6 + 5 * min(abs(arrow.estimate), 0.6),
        linestyle="-" if arrow.firm else (0, (4, 2.5)),
        zorder=1,
    )
    axes.add_patch(Polygon([tip, foot + side, foot - side], closed=True, facecolor=colour, edgecolor="none", zorder=2))


def draw_note(axes, size, note):
    """Write a line below a picture, in the lower left corner, and shorten what does not fit."""
    if note:
        room = int(size[0] / 0.085)
        note = note if len(note) <= room else note[: room - 1] + "…"
        axes.text(MARGIN, MARGIN, note, ha="left", va="bottom", fontsize=8.5, color=INK, gid="note")


def draw_construct(axes, place, name, explained, language):
    """Draw one ellipse with its name and explained variance."""
    from matplotlib.patches import Ellipse

    axes.add_patch(Ellipse(place, *ELLIPSE, facecolor=PALE, edgecolor=INK, linewidth=0.9, zorder=3))
    width = text_width(name)
    name = _two_lines(name) if width <= 34 else wrapped(name, width // 3 + 3)
    shown = name.replace("$", r"\$")  # the one text with mathematics in it
    text = shown if explained is None else f"{shown}\n$R^2$ = {show(explained, '.2b', language)}"
    widest = max(map(text_width, name.split("\n")))
    size = 9.8 * min(1, 17 / max(widest, 1), 3.3 / len(text.split("\n")))
    axes.text(*place, text, ha="center", va="center", fontsize=size, linespacing=1.08, zorder=4, parse_math=True)


def _two_lines(name):
    """Break a name that is too long for an ellipse near its middle: at a blank, after an underscore, within Chinese."""
    if text_width(name) <= 14:
        return name
    cuts = [i for i, letter in enumerate(name) if letter == " "]
    cuts = cuts or [i + 1 for i, letter in enumerate(name[:-1]) if letter == "_"]
    cuts = cuts or [i for i in range(1, len(name)) if text_width(name[i - 1 : i + 1]) == 4]
    if not cuts:
        return name
    cut = min(cuts, key=lambda i: abs(text_width(name[:i]) - text_width(name) / 2))
    return name[:cut] + "\n" + name[cut:].lstrip(" ")


def _draw_label(axes, arrow, place, language):
    """Draw one coefficient in its white box, its interval below."""
    text = show(arrow.estimate, ".2b", language)
    if np.isfinite(arrow.interval).all():
        text += "\n[" + ", ".join(show(end, ".2b", language) for end in arrow.interval) + "]"
    axes.text(
        *place,
        text,
        ha="center",
        va="center",
        fontsize=8.5,
        color=INK if arrow.firm else "#5f5f5f",
        zorder=5,
        gid="label",
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )
