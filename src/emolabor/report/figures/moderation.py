"""A moderated path: the outcome along the predictor, and the slope along the moderator (Bauer & Curran, 2005)."""

import numpy as np

from emolabor.common.extras import require
from emolabor.drawing.labels import legend_columns, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

# From a low to a high moderator, by colour and by line, so that a grey print shows them too.
LOOKS = ((RED, ":"), (GREY, "-"), (BLUE, "--"))
WORDS = {
    "zh": {
        "at": "{moderator} {step} SD",
        "mean": "{moderator}均值",
        "predictor": "{predictor}\n（与均值之差）",
        "outcome": "{outcome}\n（与均值之差）",
        "moderator": "{moderator}\n（与均值之差，SD）",
        "slope": "{predictor}的斜率\n（95% 区间）",
        "significant": "区间不含零",
    },
    "en": {
        "at": "{moderator} {step} SD",
        "mean": "{moderator} at its mean",
        "predictor": "{predictor}\n(from its mean)",
        "outcome": "{outcome}\n(from its mean)",
        "moderator": "{moderator}\n(SD from its mean)",
        "slope": "Slope of {predictor}\n(95% interval)",
        "significant": "interval leaves zero out",
    },
}


def moderation_figure(lines, band, regions, interaction, language, labels):
    """Draw simple slopes on the left and the Johnson-Neyman regions on the right.

    Parameters
    ----------
    lines, band : DataFrame
        As `sem.interaction_lines` gives them, for three values of the moderator.
    regions : DataFrame
        As `sem.johnson_neyman` gives them.
    interaction : Interaction
        Names predictor, moderator and outcome.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        Constructs are in the units of their marker items; the moderator on the right is in standard deviations.
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    parts = {part: getattr(interaction, part) for part in ("predictor", "moderator", "outcome")}
    names = {part: labels.get(construct, construct) for part, construct in parts.items()}
    words = WORDS[language]
    with style():
        figure = Figure(figsize=(PAGE, 3.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        for (step, own), (color, line) in zip(lines.groupby("at"), LOOKS, strict=True):
            text = (words["at"] if step else words["mean"]).format(step=f"{step:+.0f}".replace("-", "−"), **names)
            left.plot(own["predictor"], own["outcome"], color=color, linestyle=line, linewidth=1.8, label=text)
        _name_axes(left, words["predictor"].format(**names), words["outcome"].format(**names))
        _draw_slopes(right, band, regions, words, names)
        handles, texts = (a + b for a, b in zip(left.get_legend_handles_labels(), _shading(right), strict=True))
        texts = [wrapped(text, letters_in(PAGE - 0.8, 9)) for text in texts]
        columns = min(2, legend_columns(texts, PAGE, 9))
        below = max(axes.get_xlabel().count("\n") for axes in (left, right))
        figure.set_figheight(3.3 + 0.17 * below + 0.2 * sum(text.count("\n") + 1 for text in texts) / columns)
        figure.legend(handles, texts, loc="outside lower center", ncols=columns)
    return figure


def _draw_slopes(axes, band, regions, words, names):
    """Draw the slope with its band, shade where the interval leaves zero out."""
    at, moderator = band["at"].to_numpy(), band["moderator"].to_numpy()
    sd = (moderator[-1] - moderator[0]) / (at[-1] - at[0])
    for row in regions[regions["significant"]].itertuples():
        ends = np.clip([(end - moderator[0]) / sd + at[0] for end in (row.lower, row.upper)], at[0], at[-1])
        if ends[0] < ends[1]:
            axes.axvspan(*ends, color="#ececec", linewidth=0, label=words["significant"], zorder=0)
    axes.fill_between(at, band["ci_lower"], band["ci_upper"], color=BLUE, alpha=0.25, linewidth=0)
    axes.plot(at, band["slope"], color=BLUE, linewidth=1.8)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xlim(at[0], at[-1])
    _name_axes(axes, words["moderator"].format(**names), words["slope"].format(**names))


def _name_axes(axes, across, up):
    """Name both axes, in lines that are no longer than they."""
    axes.set_xlabel(wrapped(across, letters_in(2.5, 9)), linespacing=1.3)
    axes.set_ylabel(wrapped(up, letters_in(2.3, 9)), linespacing=1.3)


def _shading(axes):
    """The legend's entry for the shaded regions, once; none where there is none."""
    handles, texts = axes.get_legend_handles_labels()
    return handles[:1], texts[:1]
