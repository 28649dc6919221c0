"""Every figure holds labels of any length: no text on another, none off the page, the same bytes on repeat.

Labels are random, Chinese and English, from 1 to 40 characters. Over all figures, languages and draws more than
1,000 lengths are drawn; a figure takes a fifth of a second, so that each is drawn with 8 sets of labels, not 1,000.
Set 7 has long names for predictor, moderator and outcome together: the names of both axes need the most room. Set 21
has long names for constructs that follow each other: the rows of the claims need the most room.
"""

import hashlib
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from emolabor.drawing import measurement_diagram, path_diagram
from emolabor.drawing.style import PAGE, style
from emolabor.report import (
    agreement_figure,
    argument_map,
    closing_picture,
    correlation_figure,
    evidence_map_figure,
    importance_map,
    invariance_figure,
    lever_figure,
    likert_figure,
    loadings_figure,
    moderation_figure,
    power_curves,
    profile_figure,
    published_figure,
    save_figure,
    specification_curve,
    verdict_figure,
)
from emolabor.theory import ORIGINS, Claim, ClaimPath as Arrow

pytestmark = pytest.mark.slow

CHARACTERS = "窗口人员情绪劳动主动服务行为派驻单位支持培训充分权责清晰制度健全激励公平归属感成就边缘化压力"
DRAWS = (0, 1, 7, 21)
KEYS = [f"k{number}" for number in range(1, 9)]
RNG = np.random.default_rng(20240601)
VALUES = pd.DataFrame({"est": RNG.normal(0.1, 0.25, 12)}).assign(
    ci_lower=lambda rows: rows["est"] - 0.1, ci_upper=lambda rows: rows["est"] + 0.1
)


def label(rng, language):
    """A random label of 1 to 40 characters."""
    length = int(rng.integers(1, 41))
    if language == "zh":
        return "".join(rng.choice(list(CHARACTERS), length))
    letters = "".join(rng.choice(list("abcdefghijklmnoprstuvw     "), length))
    return "x" + letters[1:].strip() if length > 1 else "x"


def labels_of(seed, language):
    rng = np.random.default_rng(seed)
    return {key: label(rng, language) for key in [*KEYS, "g1", "g2", "g3", "P1", "P2", "P3"]}


def levers(language, labels):
    table = pd.DataFrame(
        {"group": g, "factor": k, "direction": 1 - 2 * (k == "k3")} for g in ("g1", "g2") for k in KEYS
    )
    gains = np.random.default_rng(1).normal(0.1, 0.1, len(table))
    table = table.assign(gain=gains, gain_lower=gains - 0.05, gain_upper=gains + 0.05, best=1 / len(KEYS))
    return lever_figure(table, "k1", language, labels)


def importance(language, labels):
    rng = np.random.default_rng(2)
    gain = rng.normal(0.1, 0.1, len(KEYS))
    table = pd.DataFrame({"factor": KEYS, "direction": 1, "performance": rng.uniform(40, 70, len(KEYS)), "gain": gain})
    return importance_map(table.assign(gain_lower=gain - 0.05, gain_upper=gain + 0.05), language, labels)


def invariance(language, labels):
    table = pd.DataFrame(
        {"group": g, "scale": k, "level": "metric", "partial": "strict"} for g in ("g1", "g2") for k in KEYS
    )
    return invariance_figure(table.assign(freed="a1~1, a2~~a2"), language, labels)


def likert(language, labels):
    texts = pd.DataFrame({"text_zh": list(labels.values()), "text_en": list(labels.values()), "reverse": True})
    shares = {f"share_{code}": share for code, share in enumerate((0.1, 0.2, 0.3, 0.25, 0.15), 1)}
    return likert_figure(texts.assign(**shares), list(labels.values())[:5], language)


def loadings(language, labels):
    table = pd.DataFrame({"lhs": key, "rhs": f"{key}_{item}"} for key in KEYS for item in range(1, 5))
    table = table.assign(est=0.7, ci_lower=0.6, ci_upper=0.8)
    return loadings_figure(table, language, labels)


def correlations(language, labels):
    table = pd.DataFrame(0.3, KEYS, KEYS)
    return correlation_figure(table, language, labels, pd.Series(0.8, KEYS))


def published(language, labels):
    rows = [
        f"{g} {a}~{b}~{c} (indirect)" for g in ("g1", "g2") for a, b, c in zip(KEYS, KEYS[1:], KEYS[2:], strict=False)
    ]
    table = pd.DataFrame({"published": 0.31, "ours": 0.312, "lower": 0.3, "upper": 0.32, "verdict": "inside"}, rows)
    return published_figure(table, language, labels)


def verdicts(language, labels):
    rows = [f"C{n:02} {a}>{b}>{c}" for n, (a, b, c) in enumerate(zip(KEYS, KEYS[1:], KEYS[2:], strict=False), 1)]
    table = VALUES.head(len(rows)).set_axis(rows).assign(expected="+", smallest=0.1)
    names = itertools.cycle(("at_least", "open", "below"))
    return verdict_figure(table.assign(verdict=[next(names) for _ in rows]), language, labels)


def evidence(language, labels):
    kinds = [(0, "no_study", ""), (1, "as_expected", "same"), (3, "open", "proxy"), (2, "contrary", "neighbouring")]
    kinds = itertools.cycle(kinds)
    rows = [f"C{number:02}" for number in range(len(KEYS))]
    found = [next(kinds) for _ in rows]
    table = pd.DataFrame(
        [[k, 4000 * k, 0.2, 0.1, 0.3, -0.2, 0.6, verdict, grade, "unknown", "+"] for k, verdict, grade in found],
        [f"{row} {KEYS[i]}>{KEYS[(i + 1) % len(KEYS)]}" for i, row in enumerate(rows)],
        ["k", "n", "r", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "verdict", "grade", "rated", "expected"],
    )
    return evidence_map_figure(table, language, labels)


def moderation(language, labels):
    at = np.linspace(-2, 2, 21)
    lines = pd.DataFrame({"at": a, "predictor": x, "outcome": x * a} for a in (-1.0, 0.0, 1.0) for x in at)
    band = pd.DataFrame(
        {"at": at, "moderator": at + 3, "slope": at / 5, "ci_lower": at / 5 - 0.2, "ci_upper": at / 5 + 0.2}
    )
    regions = pd.DataFrame({"lower": [4.0], "upper": [np.inf], "significant": [True]})
    interaction = SimpleNamespace(predictor="k1", moderator="k2", outcome="k3")
    return moderation_figure(lines, band, regions, interaction, language, labels)


def power(language, labels):
    ways = [f"{a}>{b}>{c}" for a, b, c in zip(KEYS, KEYS[1:], KEYS[2:], strict=False)][:5]
    table = pd.DataFrame({way: [0.2, 0.5, 0.9] for way in ways}, index=[100, 300, 600])
    return power_curves({"g1": table, "g2": table}, language, labels)


def profiles(language, labels):
    means = pd.DataFrame(3.0, ["P1", "P2", "P3"], ["k1", "k2", "k3"])
    return profile_figure(means, pd.Series(1 / 3, means.index), means.mean(), language, labels)


def curve(language, labels):
    rows = pd.DataFrame(itertools.product(["k1", "k2"], ["k3", "k4"], ["k5", "k6"]), columns=["g1", "g2", "g3"])
    return specification_curve(rows.join(VALUES).assign(admissible=True), language, labels)


def agreement(language, labels):
    table = pd.DataFrame({"case": KEYS[:6], "est": range(6), "se": range(6)}).assign(
        est_lavaan=range(6), se_lavaan=range(6)
    )
    return agreement_figure(table, language, labels)


def paths(language, labels):
    ends = [("k1", "k4"), ("k2", "k4"), ("k3", "k5"), ("k4", "k6"), ("k5", "k6"), ("k4", "k7"), ("k6", "k8")]
    rows = pd.DataFrame(ends, columns=["rhs", "lhs"]).join(VALUES).assign(op="~")
    return path_diagram(rows, dict.fromkeys(KEYS[3:], 0.3), language, labels, note=labels["g1"])


def measurement(language, labels):
    rows = [(key, "=~", f"{item}{key[1]}") for key in KEYS[:4] for item in ("g", "P")]
    rows += [(a, "~~", b) for a, b in itertools.combinations(KEYS[:4], 2)]
    tidy = pd.DataFrame(rows, columns=["lhs", "op", "rhs"]).assign(std_all=0.5, ci_lower=0.4, ci_upper=0.6)
    return measurement_diagram(tidy, language, labels, note=labels["g1"])


def closing(language, labels):
    return closing_picture("notebook      equal\n" + "\n".join(f"{key:<14}{len(text)}" for key, text in labels.items()))


def argument(language, labels):
    triples = list(zip(KEYS, KEYS[1:], KEYS[2:], strict=False))
    claims = [
        Claim(f"C{n:02}", section, {}, True, (Arrow(a, c, "+", via=b, origin=origin), Arrow(a, c, "-", moderator=b)))
        for n, ((a, b, c), section, origin) in enumerate(
            zip(triples, ("abstract", "1", "1", "2.1", "2.1", "2.2"), (*ORIGINS, *ORIGINS), strict=True), 1
        )
    ]
    return argument_map([*claims, Claim("C07", "2.2", {}, False)], language, labels)


FIGURES = {
    "argument_map": argument,
    "levers": levers,
    "importance_map": importance,
    "invariance": invariance,
    "likert": likert,
    "loadings": loadings,
    "correlations": correlations,
    "evidence": evidence,
    "published": published,
    "verdicts": verdicts,
    "moderation": moderation,
    "power": power,
    "profiles": profiles,
    "specification_curve": curve,
    "agreement": agreement,
    "path_diagram": paths,
    "measurement_diagram": measurement,
    "closing": closing,
}


def text_boxes(figure):
    """Boxes of all texts that are seen, as (text, x0, y0, x1, y1) in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    with style():
        canvas.draw()
        texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        shown = [text for text in texts if _on_axis(figure, text)]
        return [(text.get_text(), *text.get_window_extent(canvas.get_renderer()).extents) for text in shown]


def _on_axis(figure, text):
    """Tell whether a text is drawn: matplotlib keeps the labels of ticks beyond the ends of an axis."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        for tick in [*axis.majorTicks, *axis.minorTicks]:
            if text in (tick.label1, tick.label2):
                low, high = sorted(axis.get_view_interval())
                return low <= tick.get_loc() <= high
    return True


def overlaps(boxes):
    """Pairs of texts of which more than a pixel lies on another."""
    found = []
    for one, other in itertools.combinations(boxes, 2):
        width = min(one[3], other[3]) - max(one[1], other[1])
        height = min(one[4], other[4]) - max(one[2], other[2])
        if width > 1 and height > 1:
            found.append((one[0], other[0]))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", FIGURES)
def test_no_text_lies_on_another_or_off_the_page(name, language):
    for seed in DRAWS:
        figure = FIGURES[name](language, labels_of(seed, language))
        boxes = text_boxes(figure)
        assert boxes
        assert overlaps(boxes) == [], seed
        page = figure.bbox
        off = [b[0] for b in boxes if b[1] < -1 or b[2] < -1 or b[3] > page.x1 + 1 or b[4] > page.y1 + 1]
        assert off == [], seed


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "path_diagram"])
def test_type_prints_in_seven_points_or_more(name):
    """On a page whose text is 16.5 cm wide, with labels of the length of the study's; a path diagram has its own."""
    figure = FIGURES[name]("en", dict.fromkeys(labels_of(0, "en"), "Emotional exhaustion"))
    text_boxes(figure)
    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    assert min(sizes) * min(1, PAGE / figure.get_figwidth()) >= 7


def test_more_than_a_thousand_labels_are_drawn():
    drawn = len(FIGURES) * len(DRAWS) * sum(len(labels_of(0, language)) for language in ("zh", "en"))
    assert drawn > 1000
    lengths = {len(text) for seed in DRAWS for text in labels_of(seed, "zh").values()}
    assert min(lengths) < 5 and max(lengths) > 35


def test_texts_that_lie_on_each_other_are_found():
    assert overlaps([("a", 0, 0, 10, 10), ("b", 5, 5, 15, 15), ("c", 20, 0, 30, 10)]) == [("a", "b")]


def print_digests():
    """Print a digest of each figure's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, draw in FIGURES.items():
            written = save_figure(draw("zh", labels_of(1, "zh")), Path(folder) / f"{name}.svg").read_bytes()
            print(name, hashlib.sha256(written).hexdigest())


def test_the_same_bytes_from_another_process_with_another_order_of_sets():
    script = f"import {__name__.split('.')[-1]} as t; t.print_digests()"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (process.communicate()[0].splitlines() for process in processes)
    assert len(first) == len(FIGURES)
    assert first == second
