"""Likert bars: the share of each answer to each item, the neutral one in the middle."""

from textwrap import fill

from emolabor.drawing.labels import text_width
from emolabor.drawing.style import BLUE, GREY, INK, RED, style

# From disagreement to agreement; told apart in grey by lightness and by side.
COLOURS = {5: (RED, "#dfa89f", "#dcdcdc", "#9dbbd6", BLUE)}
WORDS = {
    "zh": {"reverse": "（反向）", "share": "回答者百分比（“{neutral}”居中）", "wrap": 18},
    "en": {"reverse": " (reversed)", "share": 'Per cent of those who answered ("{neutral}" centred)', "wrap": 38},
}
SMALLEST = 0.065  # a narrower part of a bar has no room for its number


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
    from matplotlib.figure import Figure

    words = WORDS[language]
    colours = COLOURS[len(answers)]
    middle = len(answers) // 2
    table = shares[[f"share_{code + 1}" for code in range(len(answers))]].fillna(0).to_numpy()
    with style():
        figure = Figure(figsize=(7.6, 0.62 * len(table) + 1.5), layout="constrained")
        axes = figure.add_subplot()
        left = -table[:, :middle].sum(axis=1) - table[:, middle] / 2
        for code, (answer, colour) in enumerate(zip(answers, colours, strict=True)):
            axes.barh(range(len(table)), table[:, code], left=left, color=colour, height=0.66, label=answer)
            for place, share in enumerate(table[:, code]):
                if share >= SMALLEST:
                    ink = "white" if code in (0, len(answers) - 1) else INK
                    centre = left[place] + share / 2
                    axes.text(centre, place, f"{100 * share:.0f}", ha="center", va="center", fontsize=9, color=ink)
            left = left + table[:, code]
        axes.axvline(0, color=GREY, linewidth=0.8, zorder=0)
        axes.set_yticks(range(len(table)), [_item(row, words, language) for row in shares.to_dict("records")])
        axes.invert_yaxis()
        axes.set_xlim(-1, 1)
        axes.set_xticks([-1, -0.5, 0, 0.5, 1], ["100", "50", "0", "50", "100"])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0, labelsize=9.5)
        axes.set_xlabel(words["share"].format(neutral=answers[middle]))
        columns = len(answers) if text_width("".join(answers)) < 60 else 3
        legend = {"loc": "outside upper center", "ncols": columns, "frameon": False, "fontsize": 9}
        figure.legend(*axes.get_legend_handles_labels(), **legend)
    return figure


def _item(row, words, language):
    """The wording of an item in lines short enough to stand beside its bar."""
    text = row[f"text_{language}"] + (words["reverse"] if row["reverse"] else "")
    if language == "en":
        return fill(text, words["wrap"])
    lines = -(-text_width(text) // (2 * words["wrap"]))
    width = -(-len(text) // lines)
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))
