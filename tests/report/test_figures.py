"""Figures of the study: they show the numbers of their tables, in both languages, the same bytes each time."""

import hashlib

import pandas as pd
import pytest

from emolabor.report import importance_map, invariance_figure, ladder_words, lever_figure, likert_figure, save_figure

pytestmark = pytest.mark.slow

LEVERS = pd.DataFrame(
    {
        "group": ["", "", ""],
        "factor": ["training_access", "role_pressure", "reward_say"],
        "direction": [1, -1, 1],
        "performance": [61.0, 46.0, 47.0],
        "gain": [0.19, 0.02, -0.02],
        "gain_lower": [0.11, 0.01, -0.09],
        "gain_upper": [0.26, 0.03, 0.05],
        "best": [0.97, 0.02, 0.01],
    },
    index=["training_access", "role_pressure", "reward_say"],
)
SHARES = pd.DataFrame(
    {
        "text_zh": ["规则清楚。", "规则常变，大家不知道该听谁的，也不知道该怎么办。"],
        "text_en": ["Rules are clear.", "Rules change so often that nobody knows whom to follow at the window."],
        "reverse": [False, True],
        **{f"share_{code}": share for code, share in enumerate([[0.05, 0.2], [0.1, 0.3], [0.3, 0.2], [0.4, 0.2]], 1)},
        "share_5": [0.15, 0.1],
    },
    index=["ic1", "ic4"],
)
LEVELS = pd.DataFrame(
    {
        "group": ["sex", "sex"],
        "scale": ["exhaustion", "belonging"],
        "level": ["strict", "metric"],
        "partial": ["strict", "strict"],
        "freed": ["", "be2~1, be3~~be3"],
    }
)
ANSWERS = {
    "zh": ["很不同意", "不同意", "一般", "同意", "很同意"],
    "en": ["Never", "Seldom", "At times", "Often", "Always"],
}
FIGURES = {
    "levers": lambda language: lever_figure(LEVERS, "proactive_service", language, {}),
    "importance_map": lambda language: importance_map(LEVERS, language, {}),
    "likert": lambda language: likert_figure(SHARES, ANSWERS[language], language),
    "invariance": lambda language: invariance_figure(LEVELS, language, {}),
}


def words(figure):
    """All text in a figure."""
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_same_table_gives_the_same_bytes(tmp_path, name, language):
    files = [save_figure(FIGURES[name](language), tmp_path / f"{k}.png").read_bytes() for k in range(2)]
    assert hashlib.sha256(files[0]).digest() == hashlib.sha256(files[1]).digest()


def test_levers_are_in_order_and_less_of_a_burden_is_said():
    figure = FIGURES["levers"]("en")
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["reward_say", "role_pressure (less)", "training_access"]
    assert {"97%", "2%", "1%"} <= set(words(figure))
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == [-0.02, 0.02, 0.19]
    assert [line.get_markerfacecolor() == "white" for line in dots] == [True, False, False]


def test_each_group_has_its_panel():
    table = pd.concat([LEVERS.assign(group="a"), LEVERS.assign(group="b")])
    figure = lever_figure(table, "proactive_service", "zh", {"a": "甲"})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["甲", "b"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_on_the_map_cover_neither_each_other_nor_a_dot(language):
    close = LEVERS.assign(performance=[50.0, 50.3, 50.6], gain=[0.02, 0.021, 0.019])
    figure = importance_map(close, language, {})
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    axes = figure.axes[0]
    names = [text for text in axes.texts if any(factor in text.get_text() for factor in close["factor"])]
    boxes = [text.get_window_extent(renderer) for text in names]
    assert len(boxes) == 3
    assert not [1 for i, one in enumerate(boxes) for other in boxes[:i] if one.overlaps(other)]
    dots = axes.transData.transform(close[["performance", "gain"]].to_numpy())
    assert not [1 for box in boxes for dot in dots if box.contains(*dot)]


def test_neutral_answers_stand_in_the_middle():
    figure = FIGURES["likert"]("en")
    bars = figure.axes[0].containers[2]
    assert [bar.get_x() + bar.get_width() / 2 for bar in bars] == pytest.approx([0, 0])
    assert [bar.get_width() for bar in figure.axes[0].containers[3]] == pytest.approx([0.4, 0.2])
    assert "(reversed)" in " ".join(words(figure)).replace("\n", " ")


def test_a_partial_climb_names_its_items():
    figure = FIGURES["invariance"]("en")
    assert "be2, be3" in words(figure)
    assert ladder_words("zh")["partial_scalar"] == "部分强（截距）"
