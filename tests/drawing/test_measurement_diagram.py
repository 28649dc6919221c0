import itertools

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.drawing import measurement_diagram
from emolabor.instrument import load_instrument

INSTRUMENT = load_instrument("window_staff")


def table(count):
    """Made-up loadings and correlations of the first constructs of the instrument."""
    rng = np.random.default_rng(1)
    dimensions = dict(list(INSTRUMENT.dimensions().items())[:count])
    rows = [(name, "=~", item, rng.uniform(0.4, 0.9)) for name, items in dimensions.items() for item in items]
    rows += [(a, "~~", b, rng.uniform(-0.4, 0.4)) for a, b in itertools.combinations(dimensions, 2)]
    tidy = pd.DataFrame(rows, columns=["lhs", "op", "rhs", "std_all"])
    return tidy.assign(ci_lower=tidy.std_all - 0.1, ci_upper=tidy.std_all + 0.1)


def extents(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    return [(text, text.get_window_extent(renderer)) for text in figure.axes[0].texts]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("count", [1, 3, 6, 12])
def test_no_text_lies_on_another_and_all_are_on_the_page(count, language):
    tidy = table(count)
    figure = measurement_diagram(tidy, language, INSTRUMENT.names(language), note="A note below.")
    boxes = extents(figure)
    page = figure.bbox
    for one, other in itertools.combinations(boxes, 2):
        assert not one[1].overlaps(other[1]), (one[0].get_text(), other[0].get_text())
    assert all(page.x0 <= e.x0 and e.x1 <= page.x1 and page.y0 <= e.y0 and e.y1 <= page.y1 for _, e in boxes)
    kinds = [text.get_gid() for text, _ in boxes]
    assert kinds.count("label") == (tidy.op == "=~").sum()
    assert kinds.count("correlation") == count * (count - 1) / 2


def test_names_fit_into_their_shapes():
    long = "a_construct_with_a_name_that_was_never_shortened"
    tidy = pd.DataFrame(
        {"lhs": long, "op": "=~", "rhs": ["x1", "情绪劳动问卷第一题的完整题目文字写在这里"], "std_all": [0.8, 0.7]}
    )
    figure = measurement_diagram(tidy.assign(ci_lower=0.5, ci_upper=0.9))
    shapes = [p.get_window_extent() for p in figure.axes[0].patches if type(p).__name__ in ("Ellipse", "Rectangle")]
    names = [e for text, e in extents(figure) if text.get_gid() is None]
    for name in names:
        assert any(s.x0 <= name.x0 and name.x1 <= s.x1 and s.y0 <= name.y0 and name.y1 <= s.y1 for s in shapes)


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_numbers_give_the_same_bytes(tmp_path, ending):
    first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
    for path in (first, second):
        measurement_diagram(table(3), "zh", INSTRUMENT.names("zh"), path)
    assert first.read_bytes() == second.read_bytes()


def test_without_loadings_there_is_nothing_to_draw():
    with pytest.raises(EmolaborError, match="no row with op '=~'"):
        measurement_diagram(table(2).assign(op="~~"))
