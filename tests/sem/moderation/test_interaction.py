"""Latent interactions against semTools 0.5-6 and lavaan 0.6-14 (tests/r/interactions.R); what follows from them."""

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import R, parameters
from scipy.stats import norm

import emolabor as el
from emolabor.common.errors import EmolaborError

# lavaan's estimates are polished to about 1e-12, so only rounding and numerical derivatives remain.
TOLERANCE = dict.fromkeys(("est", "se", "std_lv", "std_all"), 1e-7)
MEASUREMENT = "x =~ x1 + x2 + x3; z =~ z1 + z2 + z3; m =~ m1 + m2 + m3; y =~ y1 + y2 + y3"
MODEL = f"{MEASUREMENT}; m ~ x + z; y ~ m + x"


@pytest.fixture(scope="module")
def data():
    """500 simulated cases: the effect of x on m grows by .25 for each unit of z."""
    return pd.read_csv(R / "data" / "moderated.csv")


@pytest.fixture(scope="module")
def fits(data):
    prepared = {how: el.interaction(MODEL, data, "x", "z", "m", products=how, term="xz") for how in ("matched", "all")}
    return {how: (p, el.sem(p.model, p.data, estimator="MLR")) for how, p in prepared.items()}


def reference(how, kind):
    rows = parameters("interactions", how)
    return rows[rows.op == kind]


@pytest.mark.parametrize("how", ["matched", "all"])
def test_products_and_estimates_equal_semtools_and_lavaan(fits, how):
    prepared, fit = fits[how]
    products = reference(how, "product")
    assert list(prepared.indicators) == list(dict.fromkeys(products.lhs))
    value = [prepared.data[row.lhs].iloc[int(row.rhs) - 1] for row in products.itertuples()]
    np.testing.assert_allclose(value, products.value, rtol=1e-10, atol=1e-12)
    expected = parameters("interactions", how)
    keys = ["lhs", "op", "rhs"]
    expected = expected[~expected.op.isin(["product", "slope"])].set_index(keys)
    tidy = fit.tidy().set_index(keys)
    assert set(tidy.index) == set(expected.index)
    for column, tolerance in TOLERANCE.items():
        known = expected[column].dropna()
        np.testing.assert_allclose(tidy.loc[known.index, column], known, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("how", ["matched", "all"])
def test_simple_slopes_equal_semtools(fits, how):
    expected = reference(how, "slope")
    own = el.simple_slopes(fits[how][1], fits[how][0], values=expected.rhs.astype(float))
    for column, name in (("est", "slope"), ("se", "se"), ("z", "z"), ("pvalue", "pvalue")):
        np.testing.assert_allclose(own[name], expected[column], rtol=1e-6, atol=1e-12)


def test_slopes_are_at_standard_deviations_of_the_moderator(fits):
    prepared, fit = fits["all"]
    own = el.simple_slopes(fit, prepared)
    sd = np.sqrt(fit.tidy().set_index(["lhs", "op", "rhs"]).est["z", "~~", "z"])
    np.testing.assert_allclose(own.moderator, [-sd, 0, sd], atol=1e-9)
    assert own.slope.is_monotonic_increasing and own.slope[1] == pytest.approx(0.4, abs=4 * own.se[1])


def test_the_product_is_found_in_the_simulated_data(fits):
    row = fits["all"][1].tidy().query("lhs == 'm' and rhs == 'xz'").iloc[0]
    assert row.ci_lower < 0.25 < row.ci_upper and row.pvalue < 0.001


def test_regions_end_where_the_interval_touches_zero(fits):
    prepared, fit = fits["matched"]
    regions = el.johnson_neyman(fit, prepared)
    limits = regions.upper[:-1].to_numpy()
    assert len(limits) in (1, 2) and regions.lower[0] == -np.inf and regions.upper.iloc[-1] == np.inf
    at_limits = el.simple_slopes(fit, prepared, values=limits)
    np.testing.assert_allclose(np.abs(at_limits.z), norm.ppf(0.975), rtol=1e-9)
    assert regions.share.sum() == pytest.approx(1)
    for row in regions.itertuples():
        low, high = max(row.lower, limits.min() - 5), min(row.upper, limits.max() + 5)
        inside = el.simple_slopes(fit, prepared, values=np.linspace(low, high, 9)[1:-1])
        assert ((inside.pvalue < 0.05) == row.significant).all()
        if row.significant:
            assert (inside.slope > 0).all() if row.slope == "positive" else (inside.slope < 0).all()


def test_regions_where_no_value_or_nearly_every_value_is_significant():
    rng = np.random.default_rng(5)
    a, b, c = rng.standard_normal((3, 400))
    a, b = a - a.mean(), b - b.mean()
    design = np.column_stack([np.ones(400), a, b, a * b])
    c = c - design @ np.linalg.lstsq(design, c, rcond=None)[0]  # both coefficients of a are zero in the sample
    for frame, significant in (({"a": a, "b": b, "c": c}, [False]), ({"a": a, "b": b, "c": c + 30 * a}, [0, 1, 0])):
        prepared = el.interaction("c ~ a + b", pd.DataFrame(frame), "a", "b", "c")
        regions = el.johnson_neyman(el.sem(prepared.model, prepared.data), prepared)
        assert regions.significant.tolist() == significant
        assert regions.share.max() > 0.999


def test_lines_and_band(fits):
    prepared, fit = fits["matched"]
    lines, band = el.interaction_lines(fit, prepared, n_points=11)
    slopes = el.simple_slopes(fit, prepared)
    for at, line in lines.groupby("at"):
        rise = np.diff(line.outcome) / np.diff(line.predictor)
        np.testing.assert_allclose(rise, slopes.slope[slopes["at"] == at].iloc[0], rtol=1e-9)
    assert len(band) == 11 and (band.ci_lower < band.slope).all()


def test_observed_moderators_and_predictors(data):
    prepared = el.interaction(f"{MEASUREMENT}; m ~ x + w", data, "x", "w", "m")
    assert prepared.indicators == ("x1.w", "x2.w", "x3.w") and "~~" not in prepared.model.removeprefix(MEASUREMENT)
    fit = el.sem(prepared.model, prepared.data, estimator="MLR")
    assert el.simple_slopes(fit, prepared).moderator[1] == pytest.approx(data.w.mean())
    both = el.interaction("y1 ~ x1 + w", data, "x1", "w", "y1")
    assert both.indicators == ("x1_x_w",) and "=~" not in both.model
    slopes = el.simple_slopes(el.sem(both.model, both.data), both)
    # The same regression by least squares; at the moderator's mean the slope is that of the centred product.
    gaps = data - data.mean()
    product = gaps.x1 * gaps.w
    design = np.column_stack([gaps.x1, gaps.w, product - product.mean()])
    coefficients = np.linalg.lstsq(design, gaps.y1, rcond=None)[0]
    np.testing.assert_allclose(slopes.slope[1], coefficients[0], rtol=1e-8)
    sd = data.w.std(ddof=0)
    np.testing.assert_allclose(slopes.slope[2], coefficients[0] + coefficients[2] * sd, rtol=1e-8)


def test_holes_stay_holes_and_the_data_unchanged(data):
    holed = data.assign(z2=data.z2.mask(np.arange(len(data)) % 10 == 0))
    before = holed.copy()
    prepared = el.interaction(MODEL, holed, "x", "z", "m")
    pd.testing.assert_frame_equal(holed, before)
    made = prepared.data[list(prepared.indicators)]
    assert made["x2.z2"].isna().equals(holed.z2.isna())
    np.testing.assert_allclose(made.mean(), 0, atol=1e-12)
    assert el.sem(prepared.model, prepared.data, missing="fiml", estimator="MLR").converged


def test_moderated_mediation_first_step(fits):
    prepared, fit = fits["matched"]
    draws = fit.bootstrap(200, seed=3)
    table = el.moderated_mediation(draws, prepared, outcome="y")
    est = fit.tidy().set_index(["lhs", "op", "rhs"]).est
    assert table.est[0] == pytest.approx(est["m", "~", "xz"] * est["y", "~", "m"])
    slopes = el.simple_slopes(fit, prepared)
    np.testing.assert_allclose(table.est[1:], slopes.slope * est["y", "~", "m"])
    # The same numbers by := lines of the model text.
    text = prepared.model.replace("m ~ xz", "m ~ c*xz").replace("y ~ m", "y ~ b*m") + "\nindex := c*b"
    labelled = el.sem(text, prepared.data, estimator="MLR").bootstrap(200, seed=3)
    for interval in ("percentile", "bc", "bca"):
        own = el.moderated_mediation(draws, prepared, outcome="y", interval=interval).loc[0]
        other = labelled.ci(interval).query("lhs == 'index'").iloc[0]
        columns = ["est", "se", "ci_lower", "ci_upper"]
        np.testing.assert_allclose(own[columns].astype(float), other[columns].astype(float), rtol=1e-6)
    assert table.ci_lower[0] > 0  # the population's index is .25 x .5


def test_moderated_mediation_second_step(data):
    text = f"{MEASUREMENT}; m ~ x; y ~ m + z + x"
    prepared = el.interaction(text, data, "m", "z", "y")
    fit = el.sem(prepared.model, prepared.data, estimator="MLR")
    table = el.moderated_mediation(fit.monte_carlo(4000, seed=1), prepared, source="x", at=(0.0,))
    est = fit.tidy().set_index(["lhs", "op", "rhs"]).est
    assert table.kind.tolist() == ["index", "conditional"]
    assert table.est[0] == pytest.approx(est["m", "~", "x"] * est["y", "~", "m_x_z"])
    assert table.est[1] == pytest.approx(est["m", "~", "x"] * est["y", "~", "m"])
    # Simulated without moderation of the second step.
    assert table.ci_lower[0] < 0 < table.ci_upper[0]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"moderator": "y"}, "no 'm ~ y'"),
        ({"products": "some"}, "products: found 'some'"),
        ({"products": [("x1", "y1")]}, "products: found"),
        ({"term": "x"}, "the name 'x' is taken"),
    ],
)
def test_mistakes_are_named(data, change, found):
    arguments = {"predictor": "x", "moderator": "z", "outcome": "m", **change}
    with pytest.raises(EmolaborError, match=found):
        el.interaction(MODEL, data, **arguments)


def test_uneven_indicators_cannot_be_matched(data):
    text = "x =~ x1 + x2 + x3; z =~ z1 + z2; m =~ m1 + m2 + m3; m ~ x + z"
    with pytest.raises(EmolaborError, match=r"found 3 \(x1, x2, x3\) and 2"):
        el.interaction(text, data, "x", "z", "m")
    prepared = el.interaction(text, data, "x", "z", "m", products=[("x1", "z1"), ("x2", "z2")])
    assert prepared.indicators == ("x1.z1", "x2.z2")


def test_a_fit_of_another_model_is_refused(data, fits):
    with pytest.raises(EmolaborError, match=r"no 'm ~ xz'; fit interaction\.model"):
        el.simple_slopes(el.sem(MODEL, data), fits["all"][0])
    with pytest.raises(EmolaborError, match="give one"):
        el.moderated_mediation(fits["all"][1].monte_carlo(10), fits["all"][0])
