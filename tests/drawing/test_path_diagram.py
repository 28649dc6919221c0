import itertools

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.drawing import path_diagram, save_figure
from emolabor.drawing.layout import columns, layout
from emolabor.instrument import load_instrument
from emolabor.theory import load_claims


@pytest.fixture(scope="module")
def essay_paths():
    """Every step of every claim with a made-up coefficient: 17 constructs, as crowded as the study gets."""
    steps = sorted({step for claim in load_claims() for path in claim.paths for step in path.steps})
    rng = np.random.default_rng(3)
    estimates = rng.normal(0, 0.25, len(steps))
    return pd.DataFrame(
        {
            "lhs": [target for _, target in steps],
            "op": "~",
            "rhs": [source for source, _ in steps],
            "est": estimates,
            "ci_lower": estimates - 0.08,
            "ci_upper": estimates + 0.08,
        }
    )


def boxes(figure):
    """Return the drawn boxes of all texts, and which of them are coefficients."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = figure.axes[0].texts
    return [text.get_window_extent(renderer) for text in texts], [text.get_gid() == "label" for text in texts]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_text_lies_on_another_and_no_label_on_an_ellipse(essay_paths, language, seed):
    shuffled = essay_paths.sample(frac=1, random_state=seed)
    r2 = {name: 0.25 for name in essay_paths["lhs"]}
    figure = path_diagram(shuffled, r2, language, load_instrument("window_staff").names(language))
    extents, is_label = boxes(figure)
    assert sum(is_label) == len(essay_paths)
    assert not [
        pair for pair in itertools.combinations(range(len(extents)), 2) if extents[pair[0]].overlaps(extents[pair[1]])
    ]
    ellipses = [patch for patch in figure.axes[0].patches if type(patch).__name__ == "Ellipse"]
    assert len(ellipses) == len({*essay_paths["lhs"], *essay_paths["rhs"]})
    for extent in itertools.compress(extents, is_label):
        for corner in extent.corners():
            assert not any(ellipse.contains_point(corner) for ellipse in ellipses)
    page = figure.bbox
    assert all(page.x0 <= e.x0 and e.x1 <= page.x1 and page.y0 <= e.y0 and e.y1 <= page.y1 for e in extents)


@pytest.mark.parametrize("longer", ["", " of those who sit at a window"])
def test_names_fit_into_their_ellipses(essay_paths, longer):
    names = {key: name + longer for key, name in load_instrument("window_staff").names("en").items()}
    figure = path_diagram(essay_paths, dict.fromkeys(names, 0.25), "en", names)
    extents, is_label = boxes(figure)
    names = [extent for extent, label in zip(extents, is_label, strict=True) if not label]
    ellipses = [patch.get_window_extent() for patch in figure.axes[0].patches if type(patch).__name__ == "Ellipse"]
    assert all(
        name.width < ellipse.width and name.height < ellipse.height
        for name, ellipse in zip(names, ellipses, strict=True)
    )


def test_causes_stand_left_and_outcomes_right():
    place = columns([("training", "exhaustion"), ("exhaustion", "service"), ("training", "health")])
    assert place == {"training": 0, "exhaustion": 1, "service": 2, "health": 2}


def test_arrows_in_any_order_give_the_same_plan(essay_paths):
    arrows = list(zip(essay_paths["rhs"], essay_paths["lhs"], strict=True))
    assert layout(arrows[::-1]) == layout(arrows)


def test_a_long_arrow_passes_beside_the_constructs_between():
    plan = layout([("a", "b"), ("b", "c"), ("a", "c")])
    ((column, row),) = plan.stops["a", "c"]
    assert column == 1
    assert abs(row - plan.row["b"]) >= 0.7


def test_dashed_where_the_interval_holds_zero():
    tidy = pd.DataFrame(
        {
            "lhs": ["b", "c"],
            "op": "~",
            "rhs": ["a", "a"],
            "est": [0.3, 0.1],
            "ci_lower": [0.2, -0.1],
            "ci_upper": [0.4, 0.3],
        }
    )
    firm, open_ = path_diagram(tidy).axes[0].lines
    assert firm.get_linestyle() == "-" and open_.get_linestyle() == "--"
    assert firm.get_linewidth() > open_.get_linewidth()


def test_a_coefficient_without_an_interval_stands_alone(essay_paths):
    rows = essay_paths.head(1).assign(est=0.5, ci_lower=np.nan, ci_upper=np.nan)
    assert [text.get_text() for text in path_diagram(rows).axes[0].texts if text.get_gid() == "label"] == [".50"]


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_numbers_give_the_same_bytes(essay_paths, tmp_path, ending):
    first, second = tmp_path / f"first.{ending}", tmp_path / f"second.{ending}"
    for path in (first, second):
        path_diagram(essay_paths, {}, "zh", load_instrument("window_staff").names("zh"), path)
    assert first.read_bytes() == second.read_bytes()
    assert b"matplotlib" not in first.read_bytes()[:2000].lower() and b"<dc:date>" not in first.read_bytes()


def test_a_circle_an_empty_model_and_another_ending_are_refused(essay_paths, tmp_path):
    with pytest.raises(EmolaborError, match="circle"):
        layout([("a", "b"), ("b", "a")])
    with pytest.raises(EmolaborError, match="no row with op '~'"):
        path_diagram(essay_paths.assign(op="~~"))
    with pytest.raises(EmolaborError, match=r"found the ending '\.gif'"):
        save_figure(path_diagram(essay_paths), tmp_path / "a.gif")
