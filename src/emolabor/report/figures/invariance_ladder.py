"""The ladder of measurement invariance: how far each scale climbs over each grouping."""

from emolabor.common.extras import require
from emolabor.drawing.labels import NAMES, label_room, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, style

STEPS = ("configural", "metric", "scalar", "strict")
WORDS = {
    "zh": {
        "steps": {"configural": "形态", "metric": "弱（载荷）", "scalar": "强（截距）", "strict": "严格（残差）"},
        "partial_step": "部分{step}",
        "level": "达到的水平",
        "partial": "放开参数后的水平",
        "axis": "各组相等的最高一级",
        "full_line": "全部题目相等",
        "partial_line": "放开所注题目后相等",
    },
    "en": {
        "steps": {"configural": "configural", "metric": "metric", "scalar": "scalar", "strict": "strict"},
        "partial_step": "partial {step}",
        "level": "Level reached",
        "partial": "Level once freed",
        "axis": "Highest step at which the groups are equal",
        "full_line": "in all items",
        "partial_line": "once the items named may differ",
    },
}


def ladder_words(language):
    """Name the steps of the ladder, and the columns of `measurement.ScaleInvariance.levels`, for tables.

    Parameters
    ----------
    language : {"zh", "en"}

    Returns
    -------
    dict

    Examples
    --------
    >>> ladder_words("en")["partial_scalar"]
    'partial scalar'
    """
    words = WORDS[language]
    partial = {f"partial_{step}": words["partial_step"].format(step=name) for step, name in words["steps"].items()}
    return words["steps"] | partial | {name: words[name] for name in ("level", "partial")}


def invariance_figure(levels, language, labels):
    """Draw the highest step of each scale, a panel a grouping.

    Parameters
    ----------
    levels : DataFrame
        A row a scale and grouping: group, scale, level, partial, freed, as `measurement.ScaleInvariance.levels`.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Grouping, scale -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        A full line reaches the step at which everything is equal, a dashed one the step that is reached once the items
        above it may differ.
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    groups = list(dict.fromkeys(levels["group"]))
    scales = list(dict.fromkeys(levels["scale"]))[::-1]
    names = [wrapped(labels.get(scale, scale), letters_in(1.9, 9)) for scale in scales]
    row = max(0.27, 0.16 * (1 + max(name.count("\n") for name in names)))
    with style():
        room = label_room(names, 9)
        panel = max(2.1, (PAGE - room - 0.2) / len(groups))
        figure = Figure(figsize=(room + 0.2 + panel * len(groups), row * len(scales) + 1.6), layout="constrained")
        panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for axes, group in zip(panels, groups, strict=True):
            rows = levels[levels["group"] == group].set_index("scale")
            for place, scale in enumerate(scales):
                _draw_scale(axes, place, rows.loc[scale])
            axes.set_title(wrapped(labels.get(group, group), letters_in(panel - 0.2, 10)), loc="left")
            axes.set_xticks(
                range(len(STEPS)),
                [words["steps"][step].replace("（", "\n（") for step in STEPS],
                fontsize=8,
                linespacing=1.3,
            )
            axes.set_xlim(-0.25, len(STEPS) - 0.5)
            axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
            axes.tick_params(axis="y", length=0)
        panels[0].set_yticks(range(len(scales)), names, **NAMES)
        full = panels[0].plot([], [], "-o", color=BLUE, linewidth=2.2, label=words["full_line"])
        partial = panels[0].plot([], [], "--o", color=GREY, markerfacecolor="white", label=words["partial_line"])
        figure.legend(handles=[*full, *partial], loc="outside lower center", ncols=2, title=words["axis"])
    return figure


def _draw_scale(axes, place, row):
    """Draw one scale's climb: the full line, then the dashed one with what was freed."""
    full = STEPS.index(row["level"]) if row["level"] in STEPS else -1
    partial = STEPS.index(row["partial"]) if row["partial"] in STEPS else -1
    if partial > full >= 0:
        axes.plot([full, partial], [place, place], "--", color=GREY, linewidth=1.4, zorder=1)
        axes.plot(partial, place, "o", color=GREY, markerfacecolor="white", markersize=6)
        items = dict.fromkeys(name.split("=~")[-1].split("~")[0] for name in row["freed"].split(", "))
        middle = (full + partial) / 2, place
        axes.annotate(", ".join(items), middle, (0, 3), textcoords="offset points", ha="center", fontsize=8)
    if full >= 0:
        axes.plot([0, full], [place, place], "-", color=BLUE, linewidth=2.2, solid_capstyle="round", zorder=2)
        axes.plot(full, place, "o", color=BLUE, markersize=6, zorder=3)
    else:
        axes.text(0, place, "–", ha="center", va="center", color=INK)
