"""How far the rounding of printed inputs can move a number computed from them."""

import numpy as np

# Complex-step differentiation has no subtraction, so the step may be this small without loss of digits.
_STEP = 1e-30


def gradient(function, point):
    """Gradient by the complex step (Squire & Trapp, 1998), exact to machine precision.

    Parameters
    ----------
    function : callable
        Takes an array of shape (k,), real or complex, and returns a scalar; analytic in its inputs.
    point : ndarray of shape (k,)
        Where the gradient is taken.

    Returns
    -------
    ndarray of shape (k,)
        The partial derivatives.

    References
    ----------
    Squire, W., & Trapp, G. (1998). Using complex variables to estimate derivatives of real functions.
    SIAM Review, 40(1), 110-112.

    Examples
    --------
    >>> gradient(lambda x: x[0] ** 2 * x[1], np.array([3.0, 2.0]))
    array([12.,  9.])
    """
    shifted = np.asarray(point) + 1j * _STEP * np.eye(len(point))
    return np.array([np.imag(function(row)) / _STEP for row in shifted])


def rounding_band(function, printed, half_unit):
    """Smallest and largest value of a function when every input may be off by its rounding.

    Each printed input stands for an interval, so the inputs together fill a box. From the corner to which the signs of
    the gradient point, a bounded quasi-Newton search (L-BFGS-B) follows the function to its extreme in the box.

    Parameters
    ----------
    function : callable
        Takes an array of shape (k,), real or complex, and returns a scalar; analytic in its inputs.
    printed : array_like of shape (k,)
        The inputs as printed.
    half_unit : array_like of shape (k,)
        Half a unit of the last printed digit of each input.

    Returns
    -------
    tuple of float
        Lower and upper end.

    Examples
    --------
    >>> lower, upper = rounding_band(lambda x: x[0] * x[1], [0.2, -0.3], [0.005, 0.005])
    >>> round(lower, 6), round(upper, 6)
    (-0.062525, -0.057525)
    """
    from scipy.optimize import minimize

    printed, half_unit = np.asarray(printed, dtype=float), np.asarray(half_unit, dtype=float)
    slope = gradient(function, printed) * half_unit

    def extreme(direction):
        # Unit-box coordinates: inputs of different scale weigh alike in the search's stopping rule.
        result = minimize(
            lambda unit: direction * function(printed + half_unit * unit),
            -direction * np.sign(slope),
            jac=lambda unit: direction * gradient(function, printed + half_unit * unit) * half_unit,
            method="L-BFGS-B",
            bounds=[(-1, 1)] * len(printed),
            options={"ftol": 1e-13, "gtol": 1e-10},
        )
        return float(direction * result.fun)

    return extreme(1), extreme(-1)
