"""Gradient, expected and observed information against differences of the discrepancy."""

import numpy as np
import pytest

from emolabor.sem.discrepancy.normal import derivatives, half_discrepancy
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.observed.samples import Sample

from ..estimation.test_ml import CASES, fitted

STEP = 1e-5


def away_from_the_minimum(fit):
    rng = np.random.default_rng(1)
    theta = fit.estimate.theta
    return theta * (1 + 0.03 * rng.standard_normal(len(theta))), fit.model.structures[0], fit.model.samples[0]


@pytest.mark.parametrize("name", ["hs", "hs_second_order", "hs_mediation_means", "hs_mimic_means", "pd_equal"])
def test_derivatives(name):
    theta, structure, sample = away_from_the_minimum(fitted(name))
    value, gradient, hessian = derivatives(structure, theta, sample, observed=True)
    assert value == pytest.approx(half_discrepancy(structure, theta, sample), rel=1e-12)
    for i in range(len(theta)):
        step = STEP * max(1, abs(theta[i])) * np.eye(len(theta))[i]
        up, down = (derivatives(structure, theta + s, sample) for s in (step, -step))
        width = 2 * step[i]
        assert gradient[i] == pytest.approx((up[0] - down[0]) / width, abs=1e-6 * max(1, abs(gradient[i])))
        assert np.allclose(hessian[i], (up[1] - down[1]) / width, atol=1e-5 * max(1, np.abs(hessian[i]).max()))


def test_expected_information_is_the_hessian_where_the_model_holds():
    fit = fitted("hs_mimic_means")
    theta, structure = fit.estimate.theta, fit.model.structures[0]
    implied = implied_moments(structure, theta)
    sample = Sample(implied.sigma, implied.mu, 100, 100.0)
    expected = derivatives(structure, theta, sample)[2]
    observed = derivatives(structure, theta, sample, observed=True)[2]
    assert np.allclose(expected, observed, atol=1e-9 * np.abs(expected).max())


def test_every_fit_ends_where_the_gradient_is_zero():
    for name in CASES:
        fit = fitted(name)
        assert np.max(np.abs(fit.estimate.optimum.gradient)) < 1e-8, name
