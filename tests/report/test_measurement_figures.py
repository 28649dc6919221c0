"""The figures of loadings, correlations and published coefficients draw the numbers of their tables."""

import numpy as np
import pandas as pd
import pytest

from emolabor.report import correlation_figure, loadings_figure, published_figure, save_figure

pytestmark = pytest.mark.slow

LOADINGS = pd.DataFrame(
    {
        "lhs": ["trust", "trust", "strain"],
        "rhs": ["t1", "t2", "s1"],
        "est": [0.7, -0.4, 0.1],
        "ci_lower": [0.6, -0.5, -0.1],
        "ci_upper": [0.8, -0.3, 0.3],
    }
)
CORRELATIONS = pd.DataFrame([[np.nan, np.nan], [-0.3, np.nan]], ["a", "b"], ["a", "b"])
PUBLISHED = pd.DataFrame(
    {
        "published": [0.31, 0.15, None],
        "ours": [0.312, 0.197, 0.4],
        "lower": [0.30, 0.168, 0.39],
        "upper": [0.32, 0.227, 0.41],
        "verdict": ["inside", "outside", "nothing published"],
    },
    index=["lu2019 voice~stress", "lu2019 voice~ego~stress (indirect)", "deng2020 strain~acting"],
)
STUDIES = {"stress": "Stress", "lu2019": "Lu et al. (2019)"}
FIGURES = {
    "loadings": lambda language: loadings_figure(LOADINGS, language, {"trust": "Trust"}),
    "correlations": lambda language: correlation_figure(CORRELATIONS, language, {"a": "Trust"}),
    "published": lambda language: published_figure(PUBLISHED, language, STUDIES),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_same_bytes_and_no_missing_character(name, language, tmp_path, recwarn):
    files = [save_figure(FIGURES[name](language), tmp_path / f"{k}.png").read_bytes() for k in range(2)]
    assert files[0] == files[1]
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_loadings_stand_under_their_construct_with_their_intervals():
    axes = FIGURES["loadings"]("en").axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Trust", "t1", "t2", "strain", "s1"]
    dots = [line for line in axes.lines if line.get_marker() in ("o", "s")]
    assert [line.get_xdata()[0] for line in dots] == [0.7, -0.4, 0.1]
    assert [line.get_marker() for line in dots] == ["o", "s", "o"]
    assert [line.get_markerfacecolor() == "white" for line in dots] == [False, False, True]
    assert [0.6, 0.8] in [list(line.get_xdata()) for line in axes.lines]


def test_many_loadings_stand_in_two_columns_and_none_is_lost():
    table = pd.DataFrame({"lhs": f"f{k}", "rhs": f"f{k}_{i}"} for k in range(9) for i in range(4))
    figure = loadings_figure(table.assign(est=0.7, ci_lower=0.6, ci_upper=0.8), "zh", {})
    names = [text.get_text() for axes in figure.axes for text in axes.get_yticklabels()]
    assert len(figure.axes) == 2
    assert sorted(names) == sorted([*table["rhs"], *set(table["lhs"])])


def test_correlations_are_numbered_and_the_diagonal_is_empty_without_reliabilities():
    axes = FIGURES["correlations"]("zh").axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["1 Trust", "2 b"]
    assert [text.get_text() for text in axes.texts] == ["", "−0.30", ""]


def test_published_values_stand_off_ours_and_those_that_were_not_published_are_left_out():
    figure = FIGURES["published"]("en")
    axes, beside = figure.axes
    dots = {line.get_marker(): line.get_xdata()[0] for line in axes.lines if line.get_marker() in ("o", "X")}
    assert dots == pytest.approx({"o": -0.002, "X": -0.047})
    assert [text.get_text() for text in beside.get_yticklabels()] == [".31 (.312)", ".15 (.197)"]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == ["Lu et al. (2019)", "Stress → voice", "Stress → ego → voice (indirect)"]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches[:1]] == [pytest.approx((-0.012, 0.02))]
