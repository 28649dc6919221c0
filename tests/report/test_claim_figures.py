"""Figures of verdicts, moderations and specification curves: what is drawn, and that no text is cut or covered."""

import itertools

import pandas as pd
import pytest

from emolabor.instrument import load_instrument
from emolabor.report import moderation_figure, specification_curve, verdict_figure
from emolabor.sem import Interaction

pytestmark = pytest.mark.slow

LANGUAGES = ("zh", "en")


def texts_of(axes):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    axes.figure.draw_without_rendering()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in axes.get_yticklabels()]


@pytest.fixture
def verdicts():
    keys = ["C02 surface_acting>exhaustion", "C08 deep_acting*exhaustion>service_quality", "C07", "C16 x>y"]
    table = pd.DataFrame({"expected": ["+", "+", None, "-"], "est": [0.4, 0.05, None, 0.1]}, index=keys)
    table["ci_lower"], table["ci_upper"] = table["est"] - 0.1, table["est"] + 0.1
    return table.assign(smallest=[0.1, 0.05, None, 0.1], verdict=["at_least", "open", "not_testable", "below"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_are_drawn_in_the_claims_order_without_those_not_testable(verdicts, language):
    names = load_instrument("window_staff").names(language)
    axes = verdict_figure(verdicts, language, names).axes[0]
    texts = [text for text, _ in texts_of(axes)]
    assert texts == [
        f"C02  {names['surface_acting']} → {names['exhaustion']}  (+)",
        f"C08  {names['deep_acting']} × {names['exhaustion']} → {names['service_quality']}  (+)",
        "C16  x → y  (−)",
    ]


@pytest.fixture
def specifications():
    rows = [(a, b, est, est - 0.1, est + 0.1, True) for (a, b), est in zip(
        itertools.product(["all", "first_three"], ["ml", "fiml"]), [0.3, 0.05, 0.2, 0.25], strict=True)]  # fmt: skip
    rows.append(("all", "gls", 9.0, 8.0, 10.0, False))
    return pd.DataFrame(rows, columns=["items", "estimation", "est", "ci_lower", "ci_upper", "admissible"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_curve_is_sorted_and_holds_the_admissible_ones(specifications, language):
    figure = specification_curve(specifications, language)
    drawn = [value for line in figure.axes[0].lines[:2] for value in line.get_ydata()]
    assert sorted(drawn) == [0.05, 0.2, 0.25, 0.3]
    extents = [extent for _, extent in texts_of(figure.axes[1])]
    assert not [pair for pair in itertools.combinations(extents, 2) if pair[0].overlaps(pair[1])]
    assert all(extent.x0 >= 0 for extent in extents)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_moderation_shades_where_the_interval_leaves_zero_out(language):
    at = [-2.0, 0.0, 2.0]
    lines = pd.DataFrame([(s, x, (1 + s) * x) for s in (-1, 0, 1) for x in at], columns=["at", "predictor", "outcome"])
    band = pd.DataFrame({"at": at, "moderator": [-4.0, 0.0, 4.0], "slope": [-1, 1, 3]})
    band = band.assign(ci_lower=band["slope"] - 1.5, ci_upper=band["slope"] + 1.5)
    regions = pd.DataFrame({"lower": [float("-inf"), 1.0], "upper": [1.0, float("inf")], "significant": [False, True]})
    interaction = Interaction("", pd.DataFrame(), "deep_acting", "exhaustion", "service_quality", "t", ())
    figure = moderation_figure(lines, band, regions, interaction, language, {})
    (shaded,) = [patch for patch in figure.axes[1].patches if hasattr(patch, "get_width")]
    # The limit 1 is half a standard deviation of the moderator, which is 2.
    assert (shaded.get_x(), shaded.get_x() + shaded.get_width()) == (0.5, 2.0)
