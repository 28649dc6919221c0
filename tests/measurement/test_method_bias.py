import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.measurement import harman, marker_test, method_factor

from .reference import R, likert

REFERENCE = pd.read_csv(R / "method_bias.csv", keep_default_na=False).set_index(["part", "model", "what"])["value"]
DIMENSIONS = {letter: [f"{letter}{i}" for i in range(1, 6)] for letter in "abc"}
# lavaan stops at a gradient of about 1e-8.
ESTIMATED = 1e-5


def answers(seed, method=0.0, unequal=False, n=800):
    """Simulated answers to two related constructs and a marker, with method variance in all items."""
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal([0, 0, 0], [[1, 0.4, 0], [0.4, 1, 0], [0, 0, 1]], size=n)
    loadings = np.full(12, method)
    if unequal:
        loadings[4:8] = 0.1
    common = rng.standard_normal((n, 1)) * loadings
    own = np.tile([0.9, 0.7, 0.6, 0.5], 3)
    data = own * np.repeat(factors, 4, axis=1) + common + 0.6 * rng.standard_normal((n, 12))
    return pd.DataFrame(data, columns=[f"{key}{i}" for key in "xym" for i in range(1, 5)])


SIMULATED = {key: [f"{key}{i}" for i in range(1, 5)] for key in "xym"}


def check(found, part):
    for model in found.table.index:
        if (part, model, "chisq") not in REFERENCE.index:
            continue
        for measure in ("chisq", "df", "cfi", "rmsea", "srmr"):
            expected = REFERENCE[part, model, measure]
            # RMSEA is the root of a small difference.
            assert found.table.loc[model, measure] == pytest.approx(expected, rel=ESTIMATED, abs=1e-6)
    assert found.method_share == pytest.approx(REFERENCE[part, "", "share"], abs=ESTIMATED)


def test_marker_models_are_those_of_lavaan():
    check(marker_test(likert(), DIMENSIONS, "c"), "marker")


def test_models_with_an_unmeasured_method_factor_are_those_of_lavaan():
    check(method_factor(likert(), DIMENSIONS), "ulmc")


def test_harman_is_the_share_of_the_first_component_and_warns():
    found = harman(likert(), DIMENSIONS)
    assert found.share == pytest.approx(REFERENCE["harman", "", "share"], abs=1e-12)
    assert "not sensitive" in found.warning


@pytest.mark.slow
def test_a_clean_marker_finds_nothing_and_a_method_is_found_with_its_share():
    clean = [marker_test(answers(seed), SIMULATED, "m").table.loc["method-C", "pvalue_diff"] for seed in range(20)]
    # Level .05: more than four false alarms of twenty have a probability of .003.
    assert np.sum(np.array(clean) < 0.05) <= 4
    found = marker_test(answers(1, method=0.5), SIMULATED, "m")
    assert "method variance" in found.verdict and found.table.loc["method-C", "pvalue_diff"] < 1e-6
    assert "touches the items equally" in found.verdict


def test_a_method_that_touches_items_unequally_is_said():
    assert "touches the items unequally" in marker_test(answers(2, method=0.5, unequal=True), SIMULATED, "m").verdict


def test_a_strong_method_factor_is_found_without_a_marker():
    weak, strong = (method_factor(answers(3, method=method), SIMULATED) for method in (0.0, 0.6))
    assert 0.25 < strong.method_share < 0.55  # in truth .36 / (.36 + .36 + own loadings squared), .39 on average
    assert "no sign" in weak.verdict and "no sign" not in strong.verdict


def test_harman_misses_what_the_marker_finds():
    data = answers(4, method=0.35)
    assert "no single factor dominates" in harman(data, SIMULATED).verdict
    assert marker_test(data, SIMULATED, "m").table.loc["method-C", "pvalue_diff"] < 0.001


@pytest.mark.parametrize(
    ("dimensions", "marker", "message"),
    [
        (SIMULATED, "z", "marker: found 'z'; allowed: one of x, y, m"),
        ({"x": ["x1", "x2", "x3"]}, "x", "beside other dimensions"),
        ({**SIMULATED, "m": ["m1", "m2"]}, "m", "marker: found 2 items in m; allowed: at least 3"),
    ],
)
def test_bad_markers_are_named(dimensions, marker, message):
    with pytest.raises(EmolaborError, match=message):
        marker_test(answers(1), dimensions, marker)
