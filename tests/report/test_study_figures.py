"""The figures of profiles, power and agreement: what they draw, in both languages, with the same bytes on repeat."""

import io

import pandas as pd
import pytest

from emolabor.drawing.style import style
from emolabor.report import agreement_figure, power_curves, profile_figure

pytestmark = pytest.mark.slow

MEANS = pd.DataFrame({"sa": [4.0, 2.0], "da": [2.0, 3.5]}, index=["P1", "P2"])
POWER = pd.DataFrame({"x>m>y": [0.3, 0.9], "z>m>y": [0.2, 0.7]}, index=[100, 300])
AGREEMENT = pd.DataFrame(
    {"case": ["ml", "ml", "fiml"], "est": [1.0, 2, 3], "est_lavaan": [1.0, 2, 3], "se": [0.1, 0.2, 0.3]}
).assign(se_lavaan=[0.1, 0.2, 0.3])


def profile(language):
    labels = {"sa": "Surface", "da": "Deep", "P1": "P1: high", "P2": "P2: low"}
    return profile_figure(MEANS, pd.Series({"P1": 0.25, "P2": 0.75}), MEANS.mean(), language, labels)


DRAWN = {
    "profile": profile,
    "power": lambda language: power_curves({"one": POWER, "two": POWER}, language, {"one": "One", "x": "X"}),
    "agreement": lambda language: agreement_figure(AGREEMENT, language, {"ml": "ML"}),
}


def texts(figure):
    found = [axes.get_xlabel() for axes in figure.axes] + [axes.get_title() for axes in figure.axes]
    return found + [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", DRAWN)
def test_the_same_bytes_on_repeat_and_no_warning(name, language, recwarn):
    pictures = []
    for _ in range(2):
        buffer = io.BytesIO()
        with style():
            DRAWN[name](language).savefig(buffer, metadata={"Software": None})
        pictures.append(buffer.getvalue())
    assert pictures[0] == pictures[1]
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_profiles_are_drawn_with_names_and_shares():
    figure = profile("en")
    assert texts(figure)[-2:] == ["P1: high (25%)", "P2: low (75%)"]
    assert [line.get_ydata().tolist() for line in figure.axes[0].lines[1:]] == MEANS.to_numpy().tolist()


def test_power_has_a_panel_a_population_and_a_line_a_way():
    figure = DRAWN["power"]("zh")
    assert [axes.get_title() for axes in figure.axes] == ["One", "two"]
    assert texts(figure)[-2:] == ["X → m → y", "z → m → y"]
    assert figure.axes[1].lines[1].get_ydata().tolist() == [0.3, 0.9]


def test_agreement_draws_every_parameter():
    figure = DRAWN["agreement"]("en")
    assert texts(figure)[-2:] == ["ML", "fiml"]
    assert [len(points.get_offsets()) for points in figure.axes[0].collections] == [2, 1]
