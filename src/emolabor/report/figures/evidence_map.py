"""What published studies say of each path of the claims; where they say nothing, the row is empty."""

from emolabor.common.extras import require
from emolabor.drawing.labels import NAMES, row_places
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style
from emolabor.report.figures.verdicts import path_name

# Told apart by colour, by marker and by its filling, so that a grey print shows them too.
LOOKS = {
    "as_expected": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE},
    "open": {"color": GREY, "marker": "o", "markerfacecolor": "white"},
    "contrary": {"color": RED, "marker": "X", "markerfacecolor": RED},
}
WORDS = {
    "zh": {
        "as_expected": "区间只在预期一侧",
        "open": "区间含零",
        "contrary": "区间只在相反一侧",
        "r": "相关系数与 95% 区间（细线：预测区间；括号：预期方向）",
        "beside": "研究数、人数、匹配、评价者",
        "none": "没有研究",
        "together": "研究数 {k}，无单个系数",
        "row": "{k}；{n}；{grade}；{rated}",
        "same": "同一构念",
        "neighbouring": "相邻构念",
        "proxy": "替代",
        "self": "自评",
        "other": "他评",
        "mixed": "兼有",
        "unknown": "未说明",
    },
    "en": {
        "as_expected": "interval on the expected side",
        "open": "interval holds zero",
        "contrary": "interval on the other side",
        "r": "Correlation with 95% interval\n(thin: prediction interval; in brackets: the expected direction)",
        "beside": "studies, N, match, rated by",
        "none": "no study",
        "together": "{k} studies, no single number",
        "row": "{k}; {n}; {grade}; {rated}",
        "same": "same",
        "neighbouring": "neighbour",
        "proxy": "proxy",
        "self": "self",
        "other": "others",
        "mixed": "mixed",
        "unknown": "not said",
    },
}


def evidence_map_figure(table, language, labels):
    """Draw the map of evidence and gaps.

    Parameters
    ----------
    table : DataFrame
        As `evidence.evidence_map` gives it.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        A row a path, in the claims' order; beside it how many studies and people, how well their variables match, and
        who rated them.
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    names = [path_name(row.Index, row.expected, labels) for row in table.itertuples()]
    places, height = row_places(names, 7.5, 0.2)
    with style():
        figure = Figure(figsize=(PAGE, height + 1.5), layout="constrained")
        axes = figure.add_subplot()
        axes.axvline(0, color=GREY, linewidth=0.8, zorder=1)
        seen = set()
        for place, row in zip(places, table.itertuples(), strict=True):
            if row.verdict not in LOOKS:
                continue
            look = LOOKS[row.verdict]
            if row.k > 1:
                axes.plot([row.pi_lower, row.pi_upper], [place, place], color=look["color"], linewidth=0.7)
            axes.plot([row.ci_lower, row.ci_upper], [place, place], color=look["color"], linewidth=2)
            label = None if row.verdict in seen else words[row.verdict]
            seen.add(row.verdict)
            axes.plot(row.r, place, linestyle="", markersize=6, label=label, **look)
        axes.set_xlim(-1, 1)
        axes.set_yticks(places, names, fontsize=7.5, color=INK, **NAMES)
        beside = axes.twinx()
        beside.set_yticks(places, [_beside(row, words) for row in table.itertuples()], fontsize=7.5, **NAMES)
        beside.spines["left"].set_visible(False)
        head = {"xycoords": "axes fraction", "va": "bottom", "fontsize": 7.5, "color": INK}
        beside.annotate(words["beside"], (1.02, 1), **head)
        for one in (axes, beside):
            for tick, row in zip(one.get_yticklabels(), table.itertuples(), strict=True):
                tick.set_color(INK if row.k else GREY)
            one.set_ylim(height + 0.1, -0.1)
            one.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(words["r"], linespacing=1.3)
        if seen:
            figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _beside(row, words):
    """What stands beside a row."""
    if not row.k:
        return words["none"]
    if row.verdict not in LOOKS:
        return words["together"].format(k=row.k)
    return words["row"].format(k=row.k, n=row.n, grade=words[row.grade], rated=words[row.rated])
