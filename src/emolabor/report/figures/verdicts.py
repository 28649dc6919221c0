"""The verdict on each path of each claim: estimate, interval and the smallest association of interest."""

import re

from emolabor.drawing.formats import show
from emolabor.drawing.labels import label_room, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, RED, style

# Told apart by colour, by marker and by its filling, so that a grey print shows them too.
LOOKS = {
    "supported": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE},
    "undecided": {"color": GREY, "marker": "o", "markerfacecolor": "white"},
    "contradicted": {"color": RED, "marker": "X", "markerfacecolor": RED},
}
WORDS = {
    "zh": {
        "supported": "支持",
        "undecided": "未定",
        "contradicted": "不符",
        "estimate": "标准化估计值与 95% 区间",
        "band": "小于最小关注量（±{size}）",
    },
    "en": {
        "supported": "supported",
        "undecided": "undecided",
        "contradicted": "contradicted",
        "estimate": "Standardised estimate with 95 % interval",
        "band": "below the smallest association of interest (±{size})",
    },
}


def verdict_figure(table, smallest_effect, language, labels):
    """Draw the paths of the claims with their verdicts.

    Parameters
    ----------
    table : DataFrame
        As `analysis.verdicts` gives it; rows without an estimate are left out.
    smallest_effect : float
        Half the width of the band around zero.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        The direction that a claim expects stands behind its path.
    """
    from matplotlib.figure import Figure

    words = WORDS[language]
    rows = table[table["est"].notna()].iloc[::-1]
    names = [wrapped(_name(row.Index, row.expected, labels), 80) for row in rows.itertuples()]
    row_height = max(0.245, 0.15 * (1 + max(name.count("\n") for name in names)))
    with style():
        size = (3.8 + label_room(names, 8.5), row_height * len(rows) + 1.3)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        band = words["band"].format(size=show(smallest_effect, ".2b", language))
        axes.axvspan(-smallest_effect, smallest_effect, color="#ececec", linewidth=0, label=band, zorder=0)
        axes.axvline(0, color=GREY, linewidth=0.8, zorder=1)
        for verdict, look in LOOKS.items():
            own = [(place, row) for place, row in enumerate(rows.itertuples()) if row.verdict == verdict]
            for place, row in own:
                axes.plot([row.ci_lower, row.ci_upper], [place, place], color=look["color"], linewidth=1.4)
            estimates = [row.est for _, row in own]
            axes.plot(estimates, [place for place, _ in own], linestyle="", markersize=6, label=words[verdict], **look)
        axes.set_yticks(range(len(rows)), names, fontsize=8.5, color=INK)
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(words["estimate"])
        handles, texts = axes.get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _name(row, expected, labels):
    """Name a row: claim, path in words, expected direction.

    Examples
    --------
    >>> _name("C08 deep_acting*exhaustion>service_quality", "+", {"exhaustion": "Exhaustion"})
    'C08  deep_acting × Exhaustion → service_quality  (+)'
    """
    claim, path = row.split(" ", 1)
    path = re.sub(r"\w+", lambda found: labels.get(found[0], found[0]), path).replace("*", " × ").replace(">", " → ")
    return f"{claim}  {path}  ({'+' if expected == '+' else '−'})"
