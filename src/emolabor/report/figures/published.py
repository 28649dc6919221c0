"""Published coefficients beside those had again from the printed correlations, with the band that rounding allows."""

import re

from emolabor.drawing.formats import show
from emolabor.drawing.labels import label_room, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, RED, style

LOOKS = {"inside": (BLUE, "o"), "outside": (RED, "X")}
WORDS = {
    "zh": {
        "difference": "发表值减重新估计值；灰带：舍入所允许的范围",
        "numbers": "发表值（重新估计）",
        "inside": "在范围内",
        "outside": "在范围外",
        "kinds": {"indirect": "间接", "total": "总", "joint": "同时纳入", "se": "标准误"},
        "kind": "{name}（{kind}）",
    },
    "en": {
        "difference": "Published less estimated again; grey: what rounding allows",
        "numbers": "published (again)",
        "inside": "inside",
        "outside": "outside",
        "kinds": {"indirect": "indirect", "total": "total", "joint": "joint", "se": "SE"},
        "kind": "{name} ({kind})",
    },
}
ROW = 0.27


def published_figure(table, language, labels):
    """Draw what was published against what the printed table gives.

    Parameters
    ----------
    table : DataFrame
        As `analysis.compare_published` gives it: published, ours, lower, upper, verdict, by study and path. Rows that
        lack one of the numbers are left out.
    language : {"zh", "en"}
        Language of the words and numbers.
    labels : dict
        Study or variable -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        A cross lies outside its band.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"lu2019 voice~stress": {"published": -0.08, "ours": -0.077, "lower": -0.09, "upper": -0.06,
    ...                                 "verdict": "inside"}}
    >>> figure = published_figure(pd.DataFrame(rows).T, "en", {"stress": "Stress"})
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['lu2019: Stress → voice']
    """
    from matplotlib.figure import Figure

    words = WORDS[language]
    rows = table[table[["published", "ours", "lower", "upper"]].notna().all(axis=1)]
    names = [wrapped(_name(row, words, labels), 70) for row in rows.index]
    height = ROW * max((name.count("\n") + 1 for name in names), default=1)
    with style():
        size = (5.2 + label_room(names, 9), height * len(rows) + 1.5)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        axes.axvline(0, color=GREY, linewidth=0.8)
        seen = set()
        for place, row in enumerate(rows.itertuples()):
            axes.barh(place, row.upper - row.lower, left=row.lower - row.ours, height=0.6, color="#dcdcdc")
            color, marker = LOOKS[row.verdict]
            label = None if row.verdict in seen else words[row.verdict]
            seen.add(row.verdict)
            axes.plot(row.published - row.ours, place, marker, color=color, markersize=6, linestyle="", label=label)
        axes.set_yticks(range(len(rows)), names, fontsize=9, color=INK)
        numbers = [_numbers(row, language) for row in rows.itertuples()]
        beside = axes.twinx()
        beside.set_yticks(range(len(rows)), numbers, fontsize=9, color=INK)
        beside.spines["left"].set_visible(False)
        axes.set_title(words["numbers"], loc="right", fontsize=9)
        for one in (axes, beside):
            one.set_ylim(len(rows) - 0.4, -0.6)
            one.tick_params(axis="y", length=0)
        axes.use_sticky_edges = False
        axes.margins(x=0.06)
        axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(words["difference"], fontsize=9)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return figure


def _numbers(row, language):
    """Write the published value as printed, and ours with a digit more."""
    first, second = show(float(row.published), ".2b", language), show(float(row.ours), ".3b", language)
    return f"{first}（{second}）" if language == "zh" else f"{first} ({second})"


def _name(row, words, labels):
    """Name a row: the study, the path in words, what kind of coefficient it is.

    Examples
    --------
    >>> _name("lu2019 voice~ego~stress (indirect)", WORDS["en"], {"ego": "Ego"})
    'lu2019: stress → Ego → voice (indirect)'
    """
    study, path, kind = re.fullmatch(r"(\S+) (\S+)(?: \((\w+)\))?", row).groups()
    name = " → ".join(labels.get(part, part) for part in reversed(path.split("~")))
    name = words["kind"].format(name=name, kind=words["kinds"].get(kind, kind)) if kind else name
    return f"{labels.get(study, study)}: {name}"
