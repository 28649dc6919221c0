"""Bands of estimates from rounded tables, against other ways to the ends of the same box."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.evidence import load_published
from emolabor.evidence.reproduction import path_quantity
from emolabor.evidence.rounding import rounding_band

pytestmark = pytest.mark.slow

NAMES = ["x", "m", "y"]
COR = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.5], [0.3, 0.5, 1]], index=NAMES, columns=NAMES)


def test_of_a_path_model_they_are_the_bands_of_its_formula():
    bands = el.rounding_bands(el.sem("m ~ x; y ~ m + x", sample_cov=COR, n_obs=200))
    lower = np.tril_indices(3, -1)

    def indirect(inputs):
        cor = np.eye(3, dtype=inputs.dtype)
        cor[lower] = cor.T[lower] = inputs
        return path_quantity(cor, dict.fromkeys(NAMES, 1.0), 200, {"m": ["x"], "y": ["m", "x"]}, NAMES, "standardised")

    expected = rounding_band(indirect, COR.to_numpy()[lower], np.full(3, 0.005))
    own = bands[bands.op == "indirect"].iloc[0]
    # The other search stops at 1e-10 of its gradient.
    assert (own.std_lower, own.std_upper) == pytest.approx(expected, abs=1e-9)
    assert (own.lower, own.upper) == pytest.approx(expected, abs=1e-9)  # the printed variances are all one


@pytest.fixture(scope="module")
def factors():
    rng = np.random.default_rng(2)
    items = [f"i{k}" for k in range(1, 7)]
    loadings = np.kron(np.eye(2), np.array([[0.8], [0.7], [0.6]]))
    cor = loadings @ np.array([[1, 0.4], [0.4, 1]]) @ loadings.T
    cor += 0.01 * rng.standard_normal(cor.shape)
    cor = np.round((cor + cor.T) / 2, 2)
    np.fill_diagonal(cor, 1.0)
    text = "f =~ i1 + i2 + i3; g =~ i4 + i5 + i6; g ~ f"
    return el.sem(text, sample_cov=pd.DataFrame(cor, index=items, columns=items), n_obs=300)


def test_no_table_that_rounds_to_the_printed_one_leaves_the_band(factors):
    bands = el.rounding_bands(factors)
    assert bands.notna().all(axis=None)
    cov = factors.implied_cov() + factors.residuals("raw")
    printed = cov * 300 / 299
    rng = np.random.default_rng(1)
    columns = [("est", "lower", "upper"), ("std_all", "std_lower", "std_upper")]
    rows = len(factors.tidy())
    widest = np.zeros(rows)
    for k in range(60):
        moves = rng.uniform(-0.005, 0.005, printed.shape) if k % 2 else rng.choice([-0.005, 0.005], printed.shape)
        moves = np.tril(moves, -1)
        tidy = el.sem(factors.text, sample_cov=printed + moves + moves.T, n_obs=300).tidy()
        for est, lower, upper in columns:
            assert (tidy[est] >= bands[lower][:rows] - 1e-9).all() and (tidy[est] <= bands[upper][:rows] + 1e-9).all()
        widest = np.maximum(widest, np.abs(tidy.est - bands.est[:rows]) / (bands.upper - bands.lower)[:rows])
    assert widest.max() > 0.2  # the bands are not far wider than what tables reach
    assert (bands.std_lower[bands.op == "=~"] < bands.std_all[bands.op == "=~"]).all()


def test_standard_deviations_move_raw_values_only(factors):
    plain, moved = el.rounding_bands(factors), el.rounding_bands(factors, sd_half_unit={"i1": 0.05})
    loading = (plain.lhs == "f") & (plain.rhs == "i2")
    assert (moved.upper - moved.lower)[loading].iloc[0] > (plain.upper - plain.lower)[loading].iloc[0]
    pd.testing.assert_series_equal(plain.std_upper, moved.std_upper, rtol=1e-6)
    nothing = el.rounding_bands(factors, half_unit=0.0)
    np.testing.assert_allclose(nothing.lower, nothing.est, rtol=1e-9)


def test_a_published_table():
    table = load_published("data/published")["jiang2020"]
    fit = el.sem("performance ~ self_esteem + ostracism; self_esteem ~ ostracism", sample_cov=table.cor, n_obs=table.n)
    bands = el.rounding_bands(fit, table.rounding["correlation"])
    assert (bands.lower <= bands.est + 1e-12).all() and (bands.est <= bands.upper + 1e-12).all()
    total = bands[(bands.op == "total") & (bands.lhs == "self_esteem")].iloc[0]
    assert (total.std_lower, total.std_upper) == pytest.approx((total.std_all - 0.005, total.std_all + 0.005))


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"half_unit": 0.5}, "half_unit: found 0.5"),
        ({"sd_half_unit": -1}, "sd_half_unit: found -1"),
        ({"sd_half_unit": {"z": 0.1}}, "found 'z'"),
    ],
)
def test_mistakes_are_named(factors, options, found):
    with pytest.raises(EmolaborError, match=found):
        el.rounding_bands(factors, **options)


def test_a_fit_to_answers_is_refused():
    with pytest.raises(EmolaborError, match="sample_cov"):
        el.rounding_bands(el.sem("ex2 ~ ex1", el.simulate_staff(n=100, seed=1)))
