"""Products of observed variables in the model text: `y ~ x + m + x:m`."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el

MODEL = "y ~ x + m + b*x:m"


@pytest.fixture(scope="module")
def data():
    x, m, error = np.random.default_rng(1).normal(size=(3, 400))
    frame = pd.DataFrame({"x": x + 1, "m": m + 0.3 * x, "y": 0.3 * x + 0.4 * x * m + error})
    frame.loc[:9, "m"] = np.nan
    return frame


@pytest.mark.parametrize("options", [{}, {"estimator": "MLR"}])
def test_as_a_column_of_ones_own(data, options):
    own = el.sem("y ~ x + m + b*p", data.assign(p=data.x * data.m), **options)
    fit = el.sem(MODEL, data, **options)
    assert fit.n_obs == 390  # a product is missing where a factor is
    np.testing.assert_array_equal(fit.tidy()[["est", "se"]], own.tidy()[["est", "se"]])
    assert fit.tidy().rhs[2] == "x:m" and fit.vcov().index[2] == "b"


def test_from_a_file(data, tmp_path):
    data.to_parquet(tmp_path / "answers.parquet")
    fit = el.sem(MODEL, tmp_path / "answers.parquet", estimator="MLR")
    np.testing.assert_allclose(fit.tidy().se, el.sem(MODEL, data, estimator="MLR").tidy().se, rtol=1e-8)


def test_part_of_the_model(data):
    lines = "\nx ~~ x + m + x:m; m ~~ m + x:m; x:m ~~ x:m; x:m ~ 1"
    fit = el.sem(MODEL + lines, data, missing="fiml")
    assert fit.n_obs == 400 and fit.admissible
    own = el.sem((MODEL + lines).replace("x:m", "p"), data.assign(p=data.x * data.m), missing="fiml")
    np.testing.assert_array_equal(fit.tidy().est, own.tidy().est)


def test_a_label_and_a_number_before_a_product(data):
    tidy = el.sem("y ~ x + m + 0.5*x:m", data).tidy()
    assert tidy.est[2] == 0.5 and tidy.se[2] == 0


def test_more_than_two_factors(data):
    frame = data.assign(z=np.arange(400) % 3)
    own = el.sem("y ~ x + p", frame.assign(p=frame.x * frame.m * frame.z)).tidy().est
    np.testing.assert_allclose(el.sem("y ~ x + x:m:z", frame).tidy().est, own)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "f =~ x + m + y\nz ~ f:x": "line 2, column 5: 'f:x' is a product of 'f', which is latent .*el.interaction",
        "y ~ x:m + m:x": "'m:x' is the product 'x:m' once more",
        "y ~ x + x:": "found 'x:'; allowed: a product of variables",
        "y ~ 2:x": "found '2:x'; allowed: a product of variables",
        "y ~ x:other": "'other' are no columns",
        "x:m =~ y + x": "found 'x:m' left of '=~'",
    }.items(),
)
def test_what_is_no_product_is_refused(data, text, said):
    with pytest.raises(el.EmolaborError, match=said):
        el.sem(text, data)


def test_a_column_called_like_a_product_is_refused(data, tmp_path):
    frame = data.assign(**{"x:m": 1.0})
    frame.to_parquet(tmp_path / "answers.parquet")
    for given in (frame, tmp_path / "answers.parquet"):
        with pytest.raises(el.EmolaborError, match=r"'x:m' is a column, .* such as 'x_m'"):
            el.sem(MODEL, given)


def test_a_product_of_ordered_answers_is_refused(data):
    frame = data.assign(u=np.digitize(data.x, [0, 1]), v=np.digitize(data.y, [0, 1]))
    with pytest.raises(el.EmolaborError, match="'u:m' is a product of 'u', whose answers are ordered"):
        el.sem("v ~ u + u:m\nu ~~ u; u:m ~~ u:m + u", frame, ordered=["u", "v"])


def test_no_power_is_drawn_of_a_product():
    with pytest.raises(el.EmolaborError, match="population: 'x:m' is a product, which is not normal"):
        el.power("y ~ start(0.3)*x + start(0.2)*m + start(0.2)*x:m", n=[100], n_replications=10)


def test_no_answers_are_drawn_of_a_product(data):
    with pytest.raises(el.EmolaborError, match="'x:m' is a product, which is not normal"):
        el.sem(MODEL, data).simulate(10)
