"""Likert bars: the share of each answer to each item, the neutral one in the middle."""

import numpy as np

from emolabor.common.extras import require
from emolabor.common.text_width import text_width
from emolabor.drawing.labels import NAMES, legend_name, letters_in, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, RED, style

# From disagreement to agreement; told apart in grey by lightness and by side.
COLOURS = {5: (RED, "#dfa89f", "#dcdcdc", "#9dbbd6", BLUE)}
WORDS = {
    "zh": {"reverse": "（反向）", "share": "回答者百分比，以“{neutral}”为中点"},
    "en": {"reverse": " (reversed)", "share": 'Per cent of those who answered\n("{neutral}" centred)'},
}
SMALLEST = 0.03  # a narrower part of a bar has no room for its number


def likert_figure(shares, answers, language):
    """Draw diverging stacked bars (Robbins & Heiberger, 2011).

    Parameters
    ----------
    shares : DataFrame
        A row an item: text_zh, text_en, reverse, and share_1 to share_5; missing ones are left out of the bar.
    answers : sequence of str
        What the answers 1 to 5 are called.
    language : {"zh", "en"}
        Language of the words.

    Returns
    -------
    matplotlib.figure.Figure
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language]
    colours = COLOURS[len(answers)]
    middle = len(answers) // 2
    table = shares[[f"share_{code + 1}" for code in range(len(answers))]].fillna(0).to_numpy()
    names = [wrapped(answer, letters_in(PAGE / len(answers) - 0.35, 9)) for answer in answers]
    lines = max(name.count("\n") + 1 for name in names)
    with style():
        figure = Figure(figsize=(PAGE, 0.58 * len(table) + 0.9 + 0.17 * lines), layout="constrained")
        axes = figure.add_subplot()
        left = -table[:, :middle].sum(axis=1) - table[:, middle] / 2
        reach = np.ceil(4 * np.abs([left, left + table.sum(axis=1)]).max()) / 4
        for code, (name, colour) in enumerate(zip(names, colours, strict=True)):
            axes.barh(
                range(len(table)),
                table[:, code],
                left=left,
                color=colour,
                height=0.66,
                edgecolor="white",
                linewidth=0.6,
                label=legend_name(name),
            )
            for place, share in enumerate(table[:, code]):
                if share >= SMALLEST:
                    ink = "white" if code in (0, len(answers) - 1) else INK
                    centre = left[place] + share / 2
                    axes.text(centre, place, f"{100 * share:.0f}", ha="center", va="center", fontsize=8, color=ink)
            left = left + table[:, code]
        axes.axvline(0, color=GREY, linewidth=0.8, zorder=0)
        axes.set_yticks(range(len(table)), [_item(row, words, language) for row in shares.to_dict("records")], **NAMES)
        axes.invert_yaxis()
        axes.set_xlim(-reach, reach)
        ticks = np.arange(-reach, reach + 0.01, 0.25)
        axes.set_xticks(ticks, [f"{100 * abs(tick):.0f}" for tick in ticks])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        share = words["share"].format(neutral=answers[middle])
        axes.set_xlabel(wrapped(share, letters_in(3.4, 9)), linespacing=1.3)
        legend = {"ncols": len(answers), "handlelength": 1, "handletextpad": 0.5, "columnspacing": 1.2}
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", **legend)
    return figure


def _item(row, words, language):
    """The wording of an item in lines of about the same length, short enough to stand beside its bar."""
    text = row[f"text_{language}"] + (words["reverse"] if row["reverse"] else "")
    lines = max(1, -(-text_width(text) // 40))
    return wrapped(text, -(-text_width(text) // lines) + 4)
