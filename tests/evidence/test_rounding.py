import numpy as np
import pytest

from emolabor.evidence.rounding import gradient, rounding_band


def test_gradient_of_a_regression_slope_is_the_analytic_one():
    def slope(r):
        # y on x1 and x2: r = (r12, r1y, r2y)
        return (r[1] - r[2] * r[0]) / (1 - r[0] ** 2)

    r12, r1y, r2y = 0.3, 0.4, 0.5
    analytic = [
        (-r2y * (1 - r12**2) + 2 * r12 * (r1y - r2y * r12)) / (1 - r12**2) ** 2,
        1 / (1 - r12**2),
        -r12 / (1 - r12**2),
    ]
    np.testing.assert_allclose(gradient(slope, np.array([r12, r1y, r2y])), analytic, rtol=1e-14)


def test_band_of_a_product_is_at_the_corners():
    assert rounding_band(lambda x: x[0] * x[1], [2.0, -3.0], [0.5, 0.25]) == pytest.approx((-8.125, -4.125))


def test_band_finds_an_extreme_inside_the_box():
    # The slope at the centre points to a corner, but the smallest value, 0 at x = 0.1, lies inside.
    lower, upper = rounding_band(lambda x: (x[0] - 0.1) ** 2, [0.0], [1.0])
    assert lower == pytest.approx(0, abs=1e-12)
    assert upper == pytest.approx(1.21)


def test_exact_inputs_leave_no_band():
    assert rounding_band(lambda x: x[0] ** 2, [3.0], [0.0]) == (9.0, 9.0)
