"""Sensitivity of an indirect effect to confounding, against the closed form of Imai, Keele & Yamamoto (2010)."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError

NAMES = ["x", "m", "y"]
COR = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.5], [0.3, 0.5, 1]], index=NAMES, columns=NAMES)


@pytest.fixture(scope="module")
def fit():
    return el.sem("m ~ x; y ~ m + x", sample_cov=COR, n_obs=200)


@pytest.fixture(scope="module")
def latent():
    data = el.simulate_staff(n=800, seed=1)
    text = "e =~ ex1 + ex2 + ex3; b =~ be1 + be2 + be3; p =~ ps1 + ps2 + ps3; b ~ e; p ~ b + e"
    return el.sem(text, data, estimator="MLR")


def test_the_effect_at_each_rho_is_that_of_the_closed_form(fit):
    found = el.confounding(fit, "x", "m", "y")
    # Their theorem 4, with the residuals of m and of y regressed on x alone: sds s1, s2, correlation r.
    s2, s1 = np.sqrt(1 - 0.4**2), np.sqrt(1 - 0.3**2)
    r = (0.5 - 0.4 * 0.3) / (s1 * s2)
    rho = found.curve.rho
    expected = 0.4 * s1 / s2 * (r - rho * np.sqrt((1 - r**2) / (1 - rho**2)))
    np.testing.assert_allclose(found.curve.est, expected, atol=1e-8)
    assert found.rho_zero == pytest.approx(r, abs=2e-6)


def test_without_confounding_it_is_the_fit_s_effect(fit):
    row = el.confounding(fit, "x", "m", "y", rho=[0.0, 0.1]).curve.iloc[0]
    own = fit.effects().query("kind == 'specific'").iloc[0]
    columns = ["est", "se", "ci_lower", "ci_upper", "std_all"]
    np.testing.assert_allclose(row[columns].astype(float), own[columns].astype(float), rtol=1e-6)


def test_the_interval_holds_zero_from_the_edge_on(fit):
    found = el.confounding(fit, "x", "m", "y")
    assert 0 < found.rho_not_significant < found.rho_zero
    at = el.confounding(fit, "x", "m", "y", rho=[found.rho_not_significant]).curve.iloc[0]
    assert at.ci_lower == pytest.approx(0, abs=1e-5)
    weak = el.sem("m ~ x; y ~ m + x", sample_cov=COR, n_obs=8)
    assert el.confounding(weak, "x", "m", "y").rho_not_significant == 0
    assert np.isnan(el.confounding(fit, "x", "m", "y", rho=[-0.2, 0.2]).rho_zero)


def test_latent_variables_and_robust_errors(latent):
    found = el.confounding(latent, "e", "b", "p", rho=np.linspace(-0.4, 0.4, 5))
    assert found.curve.est.notna().all()
    own = latent.effects().query("kind == 'specific'").iloc[0]
    np.testing.assert_allclose(found.curve.loc[2, ["est", "se"]].astype(float), own[["est", "se"]].astype(float), 1e-6)
    # The tie is on the residual correlation: refitting with its covariance given finds the same effect.
    tidy = latent.tidy()
    assert not ((tidy.lhs == "b") & (tidy.op == "~~") & (tidy.rhs == "p")).any()
    given = el.sem(
        f"{latent.text}; b ~~ vb*b; p ~~ vp*p; b ~~ c*p; c == 0.4*sqrt(vb*vp)", latent_data(), estimator="MLR"
    )
    assert found.curve.est.iloc[-1] == pytest.approx(given.effects().query("kind == 'specific'").est.iloc[0], rel=1e-6)


def latent_data():
    return el.simulate_staff(n=800, seed=1)


@pytest.mark.parametrize(
    ("text", "ask", "found"),
    [
        ("m ~ x; y ~ m + x", {"mediator": "x"}, "no way x"),
        ("m ~ x; y ~ m; m ~~ y", {}, "'m ~~ y' already"),
        ("m ~ x; y ~ m + x", {"rho": [1.0]}, "rho: found"),
        ("m ~ x; y ~ m + x", {"level": 2}, "level: found 2"),
    ],
)
def test_mistakes_are_named(text, ask, found):
    fit = el.sem(text, sample_cov=COR, n_obs=200)
    with pytest.raises(EmolaborError, match=found):
        el.confounding(fit, **{"source": "x", "mediator": "m", "outcome": "y", **ask})


def test_groups_are_refused():
    data = latent_data()
    fit = el.sem("ex2 ~ ex1; ex3 ~ ex2", data, group="sex")
    with pytest.raises(EmolaborError, match="found 2 groups"):
        el.confounding(fit, "ex1", "ex2", "ex3")
    ordered = el.sem("ex2 ~ ex1; ex3 ~ ex2; ex1 ~~ ex1", data, ordered=["ex3"])
    with pytest.raises(EmolaborError, match="ordered variables"):
        el.confounding(ordered, "ex1", "ex2", "ex3")
