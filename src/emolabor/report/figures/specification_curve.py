"""A specification curve: every estimate in order, and below it which choices made it (Simonsohn et al., 2020)."""

from emolabor.analysis.multiverse import choice_columns
from emolabor.common.extras import require
from emolabor.drawing.labels import label_room
from emolabor.drawing.style import BLUE, GREY, INK, PAGE, style

WORDS = {
    "zh": {
        "estimate": "标准化估计值与 95% 区间",
        "order": "设定（按估计值排列）",
        "median": "中位数",
        "significant": "区间不含零",
        "not_significant": "区间含零",
        "items": "题目",
        "all": "全部",
        "not_reversed": "不含反向题",
        "first_three": "前三题",
        "careless": "作答筛查",
        "everyone": "不筛查",
        "default": "常规",
        "strict": "从严",
        "measure": "测量",
        "latent": "潜变量",
        "score": "量表均值",
        "covariates": "协变量",
        "none": "无",
        "person": "工作年限、性别、年龄",
        "dispatch": "用工方式",
        "estimation": "估计",
        "ml": "ML（完整作答者）",
        "mlr": "MLR（完整作答者）",
        "gls": "GLS（完整作答者）",
        "fiml": "MLR（FIML）",
        "wlsmv": "WLSMV（有序）",
    },
    "en": {
        "estimate": "Standardised estimate,\n95% interval",
        "order": "Specifications, in order of the estimate",
        "median": "median",
        "significant": "interval leaves zero out",
        "not_significant": "interval holds zero",
        "items": "Items",
        "all": "all",
        "not_reversed": "no reverse-worded",
        "first_three": "first three",
        "careless": "Screening",
        "everyone": "none left out",
        "default": "usual rule",
        "strict": "strict",
        "measure": "Measure",
        "latent": "latent",
        "score": "scale means",
        "covariates": "Covariates",
        "none": "none",
        "person": "tenure, sex, age",
        "dispatch": "employment",
        "estimation": "Estimation",
        "ml": "ML, complete cases",
        "mlr": "MLR, complete cases",
        "gls": "GLS, complete cases",
        "fiml": "MLR, FIML",
        "wlsmv": "WLSMV, ordered",
    },
}


def specification_curve(specifications, language, labels=None):
    """Draw a specification curve.

    Parameters
    ----------
    specifications : DataFrame
        As `analysis.multiverse` gives it; specifications that are not admissible are left out.
    language : {"zh", "en"}
        Language of the words.
    labels : dict, optional
        Choice or option -> what it is called, beside the words for those of `analysis.effect_multiverse`.

    Returns
    -------
    matplotlib.figure.Figure
        A full dot and a dark line: the interval leaves zero out.
    """
    require("matplotlib")
    from matplotlib.figure import Figure

    words = WORDS[language] | (labels or {})
    choices = choice_columns(specifications)
    rows = specifications[specifications["admissible"]].sort_values("est", kind="stable").reset_index(drop=True)
    options = {choice: list(dict.fromkeys(specifications[choice])) for choice in choices}
    height = sum(len(own) for own in options.values()) + len(choices) * 1.2
    names = [str(words.get(name, name)) for choice, own in options.items() for name in (choice, *own)]
    with style():
        figure = Figure(figsize=(max(PAGE, 4.6 + label_room(names, 8)), 2.7 + 0.19 * height), layout="constrained")
        curve, matrix = figure.subplots(2, 1, sharex=True, height_ratios=(2.5, 0.19 * height))
        _draw_curve(curve, rows, words)
        _draw_choices(matrix, rows, options, words)
    return figure


def specification_words(language):
    """Return what the choices and options of `analysis.effect_multiverse` are called: a dict."""
    return WORDS[language]


def _draw_curve(axes, rows, words):
    firm = rows["ci_lower"] * rows["ci_upper"] > 0
    for own, color, name in ((firm, BLUE, "significant"), (~firm, "#b5b5b5", "not_significant")):
        some = rows[own]
        axes.vlines(some.index, some["ci_lower"], some["ci_upper"], color=color, linewidth=0.8, alpha=0.55)
        fill = color if name == "significant" else "white"
        if len(some):
            look = {"color": color, "markerfacecolor": fill, "markersize": 2.6, "linestyle": ""}
            axes.plot(some.index, some["est"], "o", label=words[name], **look)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axhline(rows["est"].median(), color=GREY, linewidth=0.9, linestyle="--", label=words["median"])
    axes.set_ylabel(words["estimate"], linespacing=1.3)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def _draw_choices(axes, rows, options, words):
    """Draw a row of ticks for each option, the options of a choice under its name."""
    place, ticks, names = 0.0, [], []
    for choice, own in options.items():
        ticks.append(place)
        names.append(words.get(choice, choice))
        for option in own:
            place += 1
            at = rows.index[rows[choice] == option]
            axes.vlines(at, place - 0.36, place + 0.36, color=INK, linewidth=0.9)
            ticks.append(place)
            names.append("    " + str(words.get(option, option)))
        place += 1.2
    axes.set_yticks(ticks, names, fontsize=8)
    for text, name in zip(axes.get_yticklabels(), names, strict=True):
        if not name.startswith(" "):
            text.set_color(BLUE)
    axes.set_ylim(place - 0.5, -0.7)
    axes.set_xlim(-1, len(rows))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(words["order"])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_xticks([])
