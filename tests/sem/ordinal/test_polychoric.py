"""Thresholds, correlations of ordered answers and their asymptotic covariances against lavaan 0.6-14 (polychoric.R).

lavaan's optimiser leaves up to 1e-7 in a correlation (its gradient is not zero there; ours is to 1e-11), and as much,
relative to the standard errors, in the covariances; thresholds have a closed form and agree to rounding.
"""

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import _table
from ordinal_data import ordinal_frame

import emolabor as el
from emolabor.sem.observed.columns import read_answers
from emolabor.sem.ordinal.ordinal_statistics import statistics_of
from emolabor.sem.ordinal.polychoric import binormal_cdf, cell_probabilities, cell_slopes
from emolabor.sem.ordinal.stage_one import first_step

CORRELATIONS, THRESHOLDS, GAMMA = 1e-6, 1e-9, 1e-6
CASES = {
    "ordered": ("ordinal", ["a1", "a2", "a3", "a4"]),
    "four": ("four", [f"x{i}" for i in range(1, 10)]),
    "binary": ("ordinal", ["b1", "b2", "a1"]),
    "mixed": ("ordinal", ["a1", "z1", "a2", "z2", "b1"]),
    "pairwise": ("gaps", ["a1", "a2", "b1", "b2"]),
    "mixed_pairwise": ("gaps", ["a1", "z1", "a2", "z2", "b1"]),
    "empty_cell": ("sparse", ["p", "q", "r"]),
}


def own_statistics(case):
    data, names = CASES[case]
    ordered = [name for name in names if not name.startswith("z")]
    return statistics_of(first_step(read_answers(ordinal_frame(data), names, ordered), names))


def expected(case, what):
    table = _table("polychoric")
    return table[(table.case == case) & (table.what == what)]


@pytest.mark.parametrize("case", CASES)
def test_statistics_equal_lavaan(case):
    own, theirs = own_statistics(case), expected(case, "statistic").value.to_numpy()
    gap = np.abs(own.values - theirs)
    first = len(own.variable) + len(own.continuous)
    assert len(own.values) == len(theirs)
    assert gap[:first].max() < THRESHOLDS
    assert gap[first:].max() < CORRELATIONS


@pytest.mark.parametrize("case", CASES)
def test_asymptotic_covariances_equal_lavaan(case):
    influence = np.vstack(list(own_statistics(case).influence.blocks()))
    own = influence.T @ influence / len(influence)
    theirs = np.zeros_like(own)
    theirs[np.triu_indices(len(own))] = expected(case, "gamma").value
    errors = np.sqrt(np.diag(theirs))
    assert np.abs(np.triu(own - theirs) / np.outer(errors, errors)).max() < GAMMA


def test_the_public_function_takes_ordered_and_continuous_columns():
    data = ordinal_frame("gaps")[["a1", "z1", "b1"]]
    before = data.copy()
    own = el.polychoric_correlations(data, ordered=["a1", "b1"])
    pd.testing.assert_frame_equal(data, before)
    named = expected("mixed_pairwise", "statistic").set_index("lhs").value
    sd = np.sqrt(named["z1~~z1"])
    assert own.loc["a1", "b1"] == pytest.approx(named["a1~~b1"], abs=CORRELATIONS)
    assert own.loc["a1", "z1"] == pytest.approx(named["a1~~z1"] / sd, abs=CORRELATIONS)
    assert list(own.index) == list(own.columns) == ["a1", "z1", "b1"]


def test_text_is_accepted_as_an_ordered_categorical_only():
    data = ordinal_frame("ordinal")[["a1", "a2"]]
    words = ["never", "seldom", "sometimes", "often", "always"]
    text = pd.DataFrame({"a1": [words[value - 1] for value in data.a1], "a2": data.a2})
    told = text.assign(a1=pd.Categorical(text.a1, words, ordered=True))
    assert el.polychoric_correlations(told).loc["a1", "a2"] == el.polychoric_correlations(data).loc["a1", "a2"]
    with pytest.raises(el.EmolaborError, match="'a1' holds '"):
        el.polychoric_correlations(text)
    with pytest.raises(el.EmolaborError, match="no order"):
        el.polychoric_correlations(told.assign(a1=pd.Categorical(text.a1)))


def test_steps_between_categories_do_not_matter():
    data = ordinal_frame("ordinal")[["a1", "a2"]]
    uneven = data.assign(a1=data.a1.map({1: -3.5, 2: 0.0, 3: 0.1, 4: 7.0, 5: 100.0}))
    assert el.polychoric_correlations(uneven).equals(el.polychoric_correlations(data))


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ([3.0] * 500, "one value only"),
        (np.arange(500), "500 categories"),
        ([np.nan] * 500, "no answer"),
        ([np.inf, *[1.0, 2.0] * 249, 1.0], "infinite"),
    ],
)
def test_columns_that_are_no_ordered_answers_are_refused(column, words):
    data = ordinal_frame("ordinal")[["a1"]].assign(odd=column)
    with pytest.raises(el.EmolaborError, match=words):
        el.polychoric_correlations(data)


def test_a_pair_that_nobody_answered_is_refused():
    data = pd.DataFrame({"a": [1, 2, 1, 2, None, None], "b": [None, None, None, None, 1, 2]})
    with pytest.raises(el.EmolaborError, match="nobody answered both 'a' and 'b'"):
        el.polychoric_correlations(data)


def test_a_perfect_relation_ends_at_the_bound():
    data = pd.DataFrame({"a": [1, 2, 3] * 30, "b": [1, 2, 3] * 30})
    assert el.polychoric_correlations(data).loc["a", "b"] > 0.9999


@pytest.mark.parametrize(("h", "k"), [(0.0, 0.0), (0.0, -1.0), (-1.2, 0.7), (2.0, 3.0), (-3.0, -2.5)])
def test_the_normal_distribution_function_is_the_integral_of_its_density(h, k):
    # Plackett (1954): the slope by the correlation is the density; Gauss-Legendre integration is exact to rounding here
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for rho in (-0.8, 0.0, 0.5, 0.9):
        r = rho * (nodes + 1) / 2
        slope = np.exp(-0.5 * (h * h - 2 * r * h * k + k * k) / (1 - r**2)) / (2 * np.pi * np.sqrt(1 - r**2))
        assert binormal_cdf(h, k, rho) == pytest.approx(binormal_cdf(h, k, 0.0) + rho / 2 * weights @ slope, abs=1e-13)


def test_derivatives_of_the_cells_are_those_of_their_probabilities():
    first, second, step = np.array([[-0.7, 0.4]]), np.array([[0.1, 1.2]]), 1e-4
    rho = np.array([0.45])
    up, mid, down = (cell_probabilities(first, second, rho + s) for s in (step, 0, -step))
    slope, bend = cell_slopes(first, second, rho)
    assert np.allclose(slope, (up - down) / (2 * step), atol=1e-8)
    assert np.allclose(bend, (up - 2 * mid + down) / step**2, atol=1e-6)


def test_weights_that_are_no_name_of_a_column_are_refused():
    data = ordinal_frame("ordinal")[["a1", "a2"]]
    with pytest.raises(el.EmolaborError, match=r"sampling_weights: Series of shape \(\d+,\) is no column"):
        el.polychoric_correlations(data, sampling_weights=data.a1)
