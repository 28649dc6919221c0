"""Published coefficients beside those had again from the printed correlations, with the band that rounding allows."""

import re

from emolabor.common.extras import require
from emolabor.drawing.formats import show
from emolabor.drawing.labels import NAMES, letters_in, row_places, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

LOOKS = {"inside": (BLUE, "o"), "outside": (RED, "X")}
WORDS = {
    "zh": {
        "difference": "发表值减重新估计值（灰带：舍入所允许的范围）",
        "numbers": "发表值\n（重新估计）",
        "inside": "在范围内",
        "outside": "在范围外",
        "kinds": {"indirect": "间接", "total": "总", "joint": "同时纳入", "se": "标准误"},
        "kind": "{name}（{kind}）",
    },
    "en": {
        "difference": "Published less re-estimated\n(grey: what rounding allows)",
        "numbers": "published\n(re-estimated)",
        "inside": "inside",
        "outside": "outside",
        "kinds": {"indirect": "indirect", "total": "total", "joint": "joint", "se": "SE"},
        "kind": "{name} ({kind})",
    },
}


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
    ['lu2019', 'Stress → voice']
    """
    require("matplotlib")
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    words = WORDS[language]
    rows = table[table[["published", "ours", "lower", "upper"]].notna().all(axis=1)]
    studies = rows.index.str.split().str[0]
    entries = []
    for study, own in rows.groupby(studies, sort=False):
        entries += [(wrapped(labels.get(study, study), letters_in(3, 8)), None)]
        entries += [(wrapped(_name(row.Index, words, labels), letters_in(3, 8)), row) for row in own.itertuples()]
    names = [name for name, _ in entries]
    places, height = row_places(names, 8, 0.25)
    drawn = [(place, row) for place, (_, row) in zip(places, entries, strict=True) if row is not None]
    with style():
        figure = Figure(figsize=(PAGE, height + 1.35), layout="constrained")
        axes = figure.add_subplot()
        axes.axvline(0, color=GREY, linewidth=0.8)
        seen = set()
        for place, row in drawn:
            axes.barh(place, row.upper - row.lower, left=row.lower - row.ours, height=0.15, color="#dcdcdc")
            color, marker = LOOKS[row.verdict]
            label = None if row.verdict in seen else words[row.verdict]
            seen.add(row.verdict)
            axes.plot(row.published - row.ours, place, marker, color=color, markersize=6, linestyle="", label=label)
        axes.set_yticks(places, names, fontsize=8, **NAMES)
        for text, (_, row) in zip(axes.get_yticklabels(), entries, strict=True):
            text.set_color(BLUE if row is None else INK)
        beside = axes.twinx()
        numbers = [_numbers(row, language) for _, row in drawn]
        beside.set_yticks([place for place, _ in drawn], numbers, fontsize=8, color=INK, **NAMES)
        beside.spines["left"].set_visible(False)
        head = {"xycoords": "axes fraction", "va": "bottom", "fontsize": 8, "color": INK, "linespacing": 1.3}
        beside.annotate(words["numbers"], (1.02, 1), **head)
        for one in (axes, beside):
            one.set_ylim(height + 0.05, -0.05)
            one.tick_params(axis="y", length=0)
        axes.use_sticky_edges = False
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.margins(x=0.06)
        axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(words["difference"], linespacing=1.3)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _numbers(row, language):
    """Write the published value as printed, and ours with a digit more."""
    first, second = show(float(row.published), ".2b", language), show(float(row.ours), ".3b", language)
    return f"{first}（{second}）" if language == "zh" else f"{first} ({second})"


def _name(row, words, labels):
    """Name a row: the path in words, what kind of coefficient it is.

    Examples
    --------
    >>> _name("lu2019 voice~ego~stress (indirect)", WORDS["en"], {"ego": "Ego"})
    'stress → Ego → voice (indirect)'
    """
    path, kind = re.fullmatch(r"\S+ (\S+)(?: \((\w+)\))?", row).groups()
    name = " → ".join(labels.get(part, part) for part in reversed(path.split("~")))
    return words["kind"].format(name=name, kind=words["kinds"].get(kind, kind)) if kind else name
