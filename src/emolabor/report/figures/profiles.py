"""Latent profiles: the mean of each score in each profile."""

from emolabor.common.extras import require
from emolabor.drawing.labels import legend_name, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

# Told apart by colour, by marker and by line, so that a grey print shows them too.
LOOKS = (
    (BLUE, "o", "-"),
    (RED, "s", "--"),
    ("#c98a1b", "^", "-."),
    ("#3b8d6e", "D", ":"),
    (INK, "v", (0, (5, 1))),
    ("#7a5195", "P", (0, (1, 1))),
)
WORDS = {
    "zh": {"mean": "均值（1～5 分）", "sample": "全样本均值", "profile": "{name}（{share:.0%}）"},
    "en": {"mean": "Mean (1 to 5)", "sample": "mean of the sample", "profile": "{name} ({share:.0%})"},
}


def profile_figure(means, shares, sample, language, labels):
    """Draw the means of scores in latent profiles.

    Parameters
    ----------
    means : DataFrame
        A row a profile, a column a score, in the scale's points from 1 to 5.
    shares : Series
        Share of each profile.
    sample : Series
        Mean of each score in the sample.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Score or profile -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    with style():
        figure = Figure(figsize=(PAGE, 3.4 + 0.2 * len(means)), layout="constrained")
        axes = figure.add_subplot()
        places = range(len(means.columns))
        axes.plot(places, sample[means.columns], color=GREY, linewidth=1, label=words["sample"], zorder=1)
        for (profile, row), (color, marker, line) in zip(means.iterrows(), LOOKS, strict=False):
            name = words["profile"].format(name=labels[profile], share=shares[profile])
            label = wrapped(name, letters_in(PAGE - 0.8, 9))
            axes.plot(places, row, color=color, marker=marker, linestyle=line, markersize=7, label=legend_name(label))
        room = letters_in((PAGE - 0.6) / len(means.columns), 9) - 2
        axes.set_xticks(places, [wrapped(labels[score], room) for score in means.columns])
        axes.set_xlim(-0.3, len(means.columns) - 0.7)
        axes.set_ylim(1, 5)
        axes.set_yticks(range(1, 6))
        axes.set_ylabel(words["mean"])
        axes.grid(axis="y", color="#e4e4e4", linewidth=0.6)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center")
    return figure
