"""Power of indirect effects over the size of the study."""

from emolabor.common.extras import require
from emolabor.drawing.formats import show
from emolabor.drawing.labels import legend_name, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

LOOKS = ((BLUE, "o", "-"), (RED, "s", "--"), ("#c98a1b", "^", "-."), ("#3b8d6e", "D", ":"), (INK, "v", "-"))
WANTED = 0.8
WORDS = {
    "zh": {"n": "样本量", "power": "检验力（横线：{wanted}）"},
    "en": {"n": "Cases", "power": "Power (line at {wanted})"},
}


def power_curves(tables, language, labels):
    """Draw power curves, a panel a population.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Population to a table of power: a row a sample size, a column a way such as ``x>m>y``; at most five ways.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Population or construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    ways = next(iter(tables.values())).columns
    names = [" → ".join(labels.get(part, part) for part in way.split(">")) for way in ways]
    names = [wrapped(name, letters_in(PAGE - 0.8, 9)) for name in names]
    with style():
        figure = Figure(figsize=(PAGE, 3.3 + 0.2 * sum(1 + name.count("\n") for name in names)), layout="constrained")
        panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
        for axes, (population, table) in zip(panels, tables.items(), strict=True):
            axes.axhline(WANTED, color=GREY, linewidth=0.8)
            for way, name, (color, marker, line) in zip(ways, names, LOOKS, strict=False):
                axes.plot(table.index, table[way], color=color, marker=marker, linestyle=line, label=legend_name(name))
            axes.set_title(wrapped(labels.get(population, population), letters_in((PAGE - 0.6) / len(tables), 10)))
            axes.set_xlabel(words["n"])
            axes.set_xlim(0, None)
            axes.set_ylim(0, 1.03)
        panels[0].set_ylabel(words["power"].format(wanted=show(WANTED, ".1b", language)))
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center")
    return figure
