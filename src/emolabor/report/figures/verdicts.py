"""The verdict on each path of each claim: estimate, interval and the smallest association of interest."""

import re

from emolabor.common.extras import require
from emolabor.drawing.labels import NAMES, letters_in, row_places, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, style

# Told apart by colour, by marker and by its filling, so that a grey print shows them too.
LOOKS = {
    "at_least": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE},
    "open": {"color": GREY, "marker": "o", "markerfacecolor": "white"},
    "below": {"color": INK, "marker": "X", "markerfacecolor": INK},
}
WORDS = {
    "zh": {
        "at_least": "达到最小关注量",
        "open": "未决",
        "below": "未达到",
        "estimate": "标准化估计值与 95% 区间（括号：预期方向）",
        "smallest": "最小关注量（预期方向）",
    },
    "en": {
        "at_least": "at least the smallest of interest",
        "open": "open",
        "below": "below it",
        "estimate": "Standardised estimate with 95% interval\n(in brackets: the expected direction)",
        "smallest": "smallest association of interest",
    },
}


def verdict_figure(table, language, labels):
    """Draw the paths of the claims with their verdicts.

    Parameters
    ----------
    table : DataFrame
        As `analysis.verdicts` gives it; rows without an estimate are left out.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        The direction that a claim expects stands behind its path.
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    rows = table[table["est"].notna()]
    names = [path_name(row.Index, row.expected, labels) for row in rows.itertuples()]
    places, height = row_places(names, 8, 0.23)
    with style():
        figure = Figure(figsize=(PAGE, height + 1.4), layout="constrained")
        axes = figure.add_subplot()
        axes.axvline(0, color=GREY, linewidth=0.8, zorder=1)
        for verdict, look in LOOKS.items():
            own = [(place, row) for place, row in zip(places, rows.itertuples(), strict=True) if row.verdict == verdict]
            for place, row in own:
                axes.plot([row.ci_lower, row.ci_upper], [place, place], color=look["color"], linewidth=1.4)
            estimates = [row.est for _, row in own]
            axes.plot(estimates, [place for place, _ in own], linestyle="", markersize=6, label=words[verdict], **look)
        marks = [row.smallest if row.expected == "+" else -row.smallest for row in rows.itertuples()]
        axes.plot(marks, places, "|", color=INK, markersize=11, label=words["smallest"], zorder=1)
        axes.set_yticks(places, names, fontsize=8, color=INK, **NAMES)
        axes.set_ylim(height + 0.1, -0.1)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(words["estimate"], linespacing=1.3)
        handles, texts = axes.get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside lower center", ncols=2)
    return figure


def path_name(row, expected, labels):
    """Name a row: claim, path in words, expected direction; in lines that leave the picture its room.

    Examples
    --------
    >>> path_name("C08 deep_acting*exhaustion>service_quality", "+", {"exhaustion": "Exhaustion"})
    'C08  deep_acting × Exhaustion → service_quality  (+)'
    """
    claim, path = row.split(" ", 1)
    signs = {"*": " × ", ">": " → "}
    path = re.sub(r"\w+|[*>]", lambda found: signs.get(found[0]) or labels.get(found[0], found[0]), path)
    return wrapped(f"{claim}  {path}", letters_in(3.9, 8)) + f"  ({'+' if expected == '+' else '−'})"
