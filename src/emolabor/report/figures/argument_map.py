"""The argument map: which section makes which claim, and how each path follows from it."""

from emolabor.common.extras import require
from emolabor.drawing.labels import letters_in, row_places, wrapped
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, PALE, style
from emolabor.theory import ORIGINS

LINES = {"essay": "-", "inferred": (0, (4, 2)), "literature": (0, (1, 1.6))}
WORDS = {
    "zh": {
        "section": "文章部分",
        "claim": "论断",
        "path": "路径（预期方向）",
        "abstract": "摘要",
        "essay": "文章所说",
        "inferred": "本研究的解读",
        "literature": "取自文献",
        "none": "不可检验",
        None: "未说明来源",
    },
    "en": {
        "section": "Section",
        "claim": "Claim",
        "path": "Path (expected direction)",
        "abstract": "Abstract",
        "essay": "the essay says so",
        "inferred": "this study reads it so",
        "literature": "a published finding",
        "none": "not testable",
        None: "origin not told",
    },
}
SECTION, CLAIM, PATH, SIZE = 0.55, 1.35, 2.3, 8  # middles of the first two columns and left edge of the third, inches


def argument_map(claims, language, labels):
    """Draw sections, claims and paths as a tree; the line to a path shows by its style where the path comes from.

    Parameters
    ----------
    claims : iterable of Claim
        In the order drawn; claims of one section stand together.
    language : {"zh", "en"}
        Language of the words.
    labels : dict
        Construct -> what it is called.

    Returns
    -------
    matplotlib.figure.Figure
        A row a path; a claim that cannot be tested has a row that says so.
    """
    require("matplotlib")
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    claims = tuple(claims)
    words, rows = WORDS[language], [(claim, path) for claim in claims for path in (claim.paths or (None,))]
    texts = [
        wrapped(_path_text(path, labels) if path else words["none"], letters_in(PAGE - PATH, SIZE)) for _, path in rows
    ]
    places, height = row_places(texts, SIZE, 0.19)
    top = 0.75
    with style():
        figure = Figure(figsize=(PAGE, height + top + 0.1))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, PAGE), ylim=(height + 0.1, -top))
        axes.axis("off")
        for place, column in ((SECTION, "section"), (CLAIM, "claim")):
            axes.text(place, -0.14, words[column], ha="center", va="center", size=SIZE, color=GREY)
        axes.text(PATH, -0.14, words["path"], ha="left", va="center", size=SIZE, color=GREY)
        ends, sections = {}, {}
        for (claim, _), place in zip(rows, places, strict=True):
            ends.setdefault(claim.id, []).append(place)
        middles = {identifier: (own[0] + own[-1]) / 2 for identifier, own in ends.items()}
        for claim in claims:
            sections.setdefault(claim.section, []).append(middles[claim.id])
        for section, own in sections.items():
            middle = (own[0] + own[-1]) / 2
            for place in own:
                axes.plot([SECTION + 0.3, CLAIM - 0.2], [middle, place], color=GREY, linewidth=0.6, zorder=1)
            _box(axes, SECTION, middle, words.get(section, section))
        for (claim, path), place, text in zip(rows, places, texts, strict=True):
            if path:
                drawn = {"color": BLUE, "linewidth": 1.1, "linestyle": LINES.get(path.origin, LINES["inferred"])}
                axes.plot([CLAIM + 0.2, PATH - 0.08], [middles[claim.id], place], zorder=1, **drawn)
            axes.text(PATH, place, text, va="center", size=SIZE, color=INK if path else GREY, linespacing=1.3)
        for identifier, place in middles.items():
            _box(axes, CLAIM, place, identifier)
        used = [origin for origin in (*ORIGINS, None) if any(path and path.origin == origin for _, path in rows)]
        handles = [
            Line2D(
                [], [], color=BLUE, linewidth=1.1, linestyle=LINES.get(origin, LINES["inferred"]), label=words[origin]
            )
            for origin in used
        ]
        axes.legend(handles=handles, loc="upper center", ncols=len(handles) or 1, fontsize=SIZE, handlelength=3)
    return figure


def _path_text(path, labels):
    names = {name: labels.get(name, name) for name in path.constructs}
    start = f"{names[path.source]} × {names[path.moderator]}" if path.moderator else names[path.source]
    steps = [start, *([names[path.via]] if path.via else []), names[path.to]]
    return f"{' → '.join(steps)} ({path.sign.replace('-', '−')})"


def _box(axes, across, down, text):
    box = {"boxstyle": "round,pad=0.25", "facecolor": PALE, "edgecolor": GREY, "linewidth": 0.6}
    axes.text(across, down, text, ha="center", va="center", size=SIZE, bbox=box, zorder=2)
