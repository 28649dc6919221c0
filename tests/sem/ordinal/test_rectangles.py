"""Probabilities of rectangles by quadrature, against the distribution function by Owen's T."""

import numpy as np
import pytest

from emolabor.sem.ordinal.polychoric import binormal_cdf, binormal_density
from emolabor.sem.ordinal.rectangles import NODES, Rectangles

LIMITS = np.sort(np.random.default_rng(1).normal(scale=1.7, size=(2, 2, 5000)), axis=1)
LIMITS[0, 0, :500], LIMITS[1, 1, 200:900] = -40.0, 40.0  # outermost categories
CORRELATIONS = sorted({sign * (most - 1e-9) for most, _ in NODES for sign in (1, -1)} | {0.0, 0.95, -0.95, 0.999})


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_probabilities_are_exact(rho):
    (low, high), (left, right) = LIMITS
    found = Rectangles(low, high, left, right).probability(rho)
    corners = ((high, right, 1), (low, right, -1), (high, left, -1), (low, left, 1))
    expected = sum(sign * binormal_cdf(h, k, rho) for h, k, sign in corners)
    np.testing.assert_allclose(found, expected, atol=5e-15)


@pytest.mark.parametrize("rho", [0.0, 0.4, -0.8])
def test_slopes_are_those_of_the_probabilities(rho):
    (low, high), (left, right) = LIMITS
    places = Rectangles(low, high, left, right)
    slope, bend = places.slopes(rho)
    up, down = (places.probability(rho + step) for step in (1e-5, -1e-5))
    np.testing.assert_allclose(slope, (up - down) / 2e-5, atol=1e-9)
    up, down = (places.slopes(rho + step)[0] for step in (1e-5, -1e-5))
    np.testing.assert_allclose(bend, (up - down) / 2e-5, atol=1e-8)
    corner = Rectangles(np.full(1, -40.0), np.ones(1), np.full(1, -40.0), np.full(1, 0.5))
    assert corner.slopes(rho)[0][0] == pytest.approx(binormal_density(1.0, 0.5, rho))
