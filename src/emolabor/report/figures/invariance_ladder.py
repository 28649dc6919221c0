"""The ladder of measurement invariance: how far each scale climbs over each grouping."""

from emolabor.drawing.labels import label_room, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, style

STEPS = ("configural", "metric", "scalar", "strict")
WORDS = {
    "zh": {
        "steps": {"configural": "形态", "metric": "弱（载荷）", "scalar": "强（截距）", "strict": "严格（残差）"},
        "partial_step": "部分{step}",
        "level": "达到的水平",
        "partial": "放开参数后的水平",
        "full_line": "全部相等",
        "partial_line": "放开个别题目后成立",
    },
    "en": {
        "steps": {"configural": "configural", "metric": "metric", "scalar": "scalar", "strict": "strict"},
        "partial_step": "partial {step}",
        "level": "Level reached",
        "partial": "Level once freed",
        "full_line": "all equal",
        "partial_line": "once single items may differ",
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
    from matplotlib.figure import Figure

    words = WORDS[language]
    groups = list(dict.fromkeys(levels["group"]))
    scales = list(dict.fromkeys(levels["scale"]))[::-1]
    names = [wrapped(labels.get(scale, scale), 36) for scale in scales]
    row = max(0.3, 0.17 * (1 + max(name.count("\n") for name in names)))
    with style():
        size = (3.4 * len(groups) + label_room(names, 10), row * len(scales) + 1.7)
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for axes, group in zip(panels, groups, strict=True):
            rows = levels[levels["group"] == group].set_index("scale")
            for place, scale in enumerate(scales):
                _draw_scale(axes, place, rows.loc[scale])
            axes.set_title(wrapped(labels.get(group, group), 32), fontsize=10, loc="left")
            axes.set_xticks(range(len(STEPS)), [words["steps"][step] for step in STEPS], fontsize=9)
            axes.set_xlim(-0.25, len(STEPS) - 0.5)
            axes.grid(axis="x", color="#e4e4e4", linewidth=0.6)
            axes.tick_params(axis="y", length=0)
        panels[0].set_yticks(range(len(scales)), names)
        full = panels[0].plot([], [], "-o", color=BLUE, linewidth=2.2, label=words["full_line"])
        partial = panels[0].plot([], [], "--o", color=GREY, markerfacecolor="white", label=words["partial_line"])
        figure.legend(handles=[*full, *partial], loc="outside lower center", ncols=2, frameon=False, fontsize=9)
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
