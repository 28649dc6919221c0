"""Levers: what a one-point improvement of each factor goes with, and how surely."""

from emolabor.common.extras import require
from emolabor.drawing.formats import show
from emolabor.drawing.labels import NAMES, label_room, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, style

DOT = {"marker": "o", "linestyle": "", "color": BLUE, "markersize": 6}
FILLS = {"firm": BLUE, "open": "white"}
WORDS = {
    "zh": {
        "gain": "{outcome}：各因素每改善 1 分所对应的分差（95% 区间）",
        "best": "居首的\n比例",
        "firm": "区间不含零",
        "open": "区间含零",
        "less": "{factor}（减轻）",
    },
    "en": {
        "gain": "{outcome}: points that go with a one-point improvement (95% interval)",
        "best": "largest in",
        "firm": "interval leaves zero out",
        "open": "interval holds zero",
        "less": "{factor} (less)",
    },
}


def lever_figure(table, outcome, language, labels):
    """Draw gains with their intervals and the probability that each is the largest, a panel a group.

    Parameters
    ----------
    table : DataFrame
        `Levers.table`: group, factor, direction, gain, gain_lower, gain_upper, best.
    outcome : str
        What the gains are points of.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Factor, outcome or group -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        A full dot: the interval leaves zero out. The order is that of the first group.
    """
    require("matplotlib")
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    words = WORDS[language]
    groups = list(dict.fromkeys(table["group"]))
    order = table[table["group"] == groups[0]].sort_values("gain")["factor"].tolist()
    first = table[table["group"] == groups[0]].set_index("factor").loc[order]
    names = [wrapped(name, letters_in(1.5, 9)) for name in improvements(first, language, labels)]
    row = max(0.36, 0.16 * (1 + max(name.count("\n") for name in names)))
    with style():
        room = label_room(names, 9)
        panel = max(1.5, (PAGE - room - 0.2) / len(groups))
        figure = Figure(figsize=(room + 0.2 + panel * len(groups), row * len(order) + 1.5), layout="constrained")
        panels = figure.subplots(1, len(groups), sharex=True, sharey=True, squeeze=False)[0]
        for axes, group in zip(panels, groups, strict=True):
            rows = table[table["group"] == group].set_index("factor").loc[order]
            _draw_panel(axes, rows, words, language)
            axes.set_title(wrapped(labels.get(group, group), letters_in(panel - 0.7, 9)), fontsize=9, loc="left")
        panels[0].set_yticks(range(len(order)), names, **NAMES)
        gain = wrapped(words["gain"].format(outcome=labels.get(outcome, outcome)), letters_in(PAGE - 0.2, 9))
        dots = [Line2D([], [], **DOT, markerfacecolor=fill, label=words[name]) for name, fill in FILLS.items()]
        figure.legend(handles=dots, loc="outside lower center", ncols=2, title=gain)
    return figure


def improvements(rows, language, labels):
    """Name what an improvement of each factor is: more of it, or less where less is better.

    Parameters
    ----------
    rows : DataFrame
        Index factor; column direction.
    language : {"zh", "en"}
    labels : dict

    Returns
    -------
    list of str

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"direction": [1, -1]}, index=["clarity", "pressure"])
    >>> improvements(rows, "en", {"clarity": "Clarity"})
    ['Clarity', 'pressure (less)']
    """
    less = WORDS[language]["less"]
    names = [labels.get(factor, factor) for factor in rows.index]
    return [
        name if direction > 0 else less.format(factor=name)
        for name, direction in zip(names, rows["direction"], strict=True)
    ]


def _draw_panel(axes, rows, words, language):
    """Draw one group: a line and a dot a factor, the probability at the right edge."""
    from matplotlib.ticker import MaxNLocator

    axes.axvline(0, color=GREY, linewidth=0.8)
    for place, row in enumerate(rows.itertuples()):
        firm = row.gain_lower * row.gain_upper > 0
        axes.plot([row.gain_lower, row.gain_upper], [place, place], color=BLUE, linewidth=1.6, solid_capstyle="butt")
        axes.plot(row.gain, place, **DOT, markerfacecolor=FILLS["firm" if firm else "open"])
        axes.annotate(
            show(100 * row.best, ".0f", language) + "%",
            (1.02, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8,
            color=INK,
        )
    head = {"xycoords": "axes fraction", "va": "bottom", "fontsize": 8, "color": INK, "linespacing": 1.3}
    axes.annotate(words["best"], (1.02, 1), **head)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
