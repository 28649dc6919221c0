"""Estimates of emolabor against lavaan's."""

from emolabor.common.extras import require
from emolabor.drawing.labels import legend_columns, legend_name
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

LOOKS = ((BLUE, "o"), (RED, "s"), ("#c98a1b", "^"), ("#3b8d6e", "D"), ("#7a5195", "v"), (INK, "P"))
WORDS = {
    "zh": {"est": "估计值", "se": "标准误", "lavaan": "lavaan", "emolabor": "emolabor", "equal": "两者相等"},
    "en": {
        "est": "Estimates",
        "se": "Standard errors",
        "lavaan": "lavaan",
        "emolabor": "emolabor",
        "equal": "both equal",
    },
}


def agreement_figure(table, language, labels):
    """Draw estimates and standard errors against lavaan's; points on the line are equal.

    Parameters
    ----------
    table : DataFrame
        A row a parameter: case, est, est_lavaan, se, se_lavaan; at most six cases.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Case -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    with style():
        figure = Figure(figsize=(PAGE, 3.9), layout="constrained")
        panels = figure.subplots(1, 2)
        for axes, what in zip(panels, ("est", "se"), strict=True):
            low, high = table[f"{what}_lavaan"].min(), table[f"{what}_lavaan"].max()
            axes.plot([low, high], [low, high], color=GREY, linewidth=0.8, zorder=1, label=words["equal"])
            for (case, own), (color, marker) in zip(table.groupby("case", sort=False), LOOKS, strict=False):
                points = {"facecolors": "none", "edgecolors": color, "marker": marker, "s": 20, "linewidths": 1}
                axes.scatter(own[f"{what}_lavaan"], own[what], label=legend_name(labels.get(case, case)), **points)
            axes.set_title(words[what])
            axes.set_xlabel(words["lavaan"])
            axes.set_ylabel(words["emolabor"])
        handles, names = panels[0].get_legend_handles_labels()
        columns = min(3, legend_columns(names, PAGE, 9))
        figure.set_figheight(3.3 + 0.2 * -(-len(names) // columns))
        figure.legend(handles, names, loc="outside lower center", ncols=columns)
    return figure
