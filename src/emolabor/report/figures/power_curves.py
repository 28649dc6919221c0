"""Power of indirect effects over the size of the study."""

from emolabor.drawing.labels import letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, RED, style

LOOKS = ((BLUE, "o", "-"), (RED, "s", "--"), ("#c98a1b", "^", "-."), ("#3b8d6e", "D", ":"), (INK, "v", "-"))
WANTED = 0.8
WORDS = {"zh": {"n": "样本量", "power": "检验力"}, "en": {"n": "Cases", "power": "Power"}}


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
    from matplotlib.figure import Figure

    words = WORDS[language]
    with style():
        figure = Figure(figsize=(8.4, 4.6), layout="constrained")
        panels = figure.subplots(1, len(tables), sharey=True, squeeze=False)[0]
        for axes, (population, table) in zip(panels, tables.items(), strict=True):
            axes.axhline(WANTED, color=GREY, linewidth=0.8)
            for way, (color, marker, line) in zip(table, LOOKS, strict=False):
                name = " → ".join(labels.get(part, part) for part in way.split(">"))
                label = wrapped(name, letters_in(7.6, 10))
                axes.plot(table.index, table[way], color=color, marker=marker, linestyle=line, label=label)
            axes.set_title(wrapped(labels.get(population, population), 36), fontsize=10)
            axes.set_xlabel(words["n"])
            axes.set_xlim(0, None)
            axes.set_ylim(0, 1.02)
        panels[0].set_ylabel(words["power"])
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", frameon=False)
    return figure
