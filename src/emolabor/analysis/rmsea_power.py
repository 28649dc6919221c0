"""Power of the tests of close and of not-close fit (MacCallum, Browne & Sugawara, 1996)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtri, chndtr, chndtrix

from emolabor.common.errors import EmolaborError, refuse, shown

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LARGEST = 10_000_000


def rmsea_power(
    rmsea_0: float, rmsea_a: float, df: int, n: ArrayLike, *, alpha: float = 0.05, n_groups: int = 1
) -> Any:
    """Power to reject a hypothesis about the RMSEA.

    Parameters
    ----------
    rmsea_0 : float
        Of the null hypothesis: 0.05 for close fit, 0 for exact fit.
    rmsea_a : float
        In the population. Above `rmsea_0` the test rejects fit as poor, below it rejects not-close fit.
    df : int
        Degrees of freedom of the model.
    n : int or array_like of int
        Cases over all groups.
    alpha : float
        Level of the test.
    n_groups : int
        Groups of the model.

    Returns
    -------
    float, or ndarray in the shape of `n`
        Probability of rejecting the null hypothesis, 0 to 1.

    Raises
    ------
    EmolaborError
        An argument out of range.

    References
    ----------
    MacCallum, R. C., Browne, M. W., & Sugawara, H. M. (1996). Power analysis and determination of sample size for
    covariance structure modeling. Psychological Methods, 1(2), 130-149.

    Examples
    --------
    >>> import emolabor as el
    >>> round(el.rmsea_power(0.05, 0.08, df=30, n=200), 3)  # MacCallum et al. (1996), table 2: .585
    0.585
    """
    _check(rmsea_0, rmsea_a, df, alpha, n_groups)
    n = np.asarray(n, float)
    if np.any(n < 2):
        refuse("n", f"{n.min():g}", "at least 2")
    power = _power(rmsea_0, rmsea_a, df, n, alpha, n_groups)
    return float(power) if power.ndim == 0 else power


def rmsea_sample_size(
    rmsea_0: float, rmsea_a: float, df: int, *, power: float = 0.8, alpha: float = 0.05, n_groups: int = 1
) -> int:
    """Find the smallest number of cases with which the test has the wanted power.

    Parameters
    ----------
    rmsea_0 : float
        Of the null hypothesis: 0.05 for close fit, 0 for exact fit.
    rmsea_a : float
        In the population. Above `rmsea_0` the test rejects fit as poor, below it rejects not-close fit.
    df : int
        Degrees of freedom of the model.
    power : float
        The wanted probability of rejecting the null hypothesis.
    alpha : float
        Level of the test.
    n_groups : int
        Groups of the model.

    Returns
    -------
    int
        Cases over all groups.

    Raises
    ------
    EmolaborError
        An argument out of range, or more than ten million cases.

    References
    ----------
    MacCallum, R. C., Browne, M. W., & Sugawara, H. M. (1996). Power analysis and determination of sample size for
    covariance structure modeling. Psychological Methods, 1(2), 130-149.

    Examples
    --------
    >>> import emolabor as el
    >>> el.rmsea_sample_size(0.05, 0.08, df=30)  # MacCallum et al. (1996), table 4: 314
    314
    """
    _check(rmsea_0, rmsea_a, df, alpha, n_groups)
    if not alpha < power < 1:
        refuse("power", shown(power), "above alpha and below 1")
    low, high = 1, 2
    while _power(rmsea_0, rmsea_a, df, float(high), alpha, n_groups) < power:
        low, high = high, 2 * high
        if high > LARGEST:
            raise EmolaborError(f"power: {power} needs more than {LARGEST:,} cases; the two RMSEA lie too near")
    while high - low > 1:
        middle = (low + high) // 2
        if _power(rmsea_0, rmsea_a, df, float(middle), alpha, n_groups) < power:
            low = middle
        else:
            high = middle
    return high


def _power(rmsea_0, rmsea_a, df, n, alpha, n_groups):
    null, other = ((n - 1) * df * value**2 / n_groups for value in (rmsea_0, rmsea_a))
    upper = rmsea_a > rmsea_0
    tail = 1 - alpha if upper else alpha
    critical = chndtrix(tail, df, null) if rmsea_0 > 0 else chdtri(df, 1 - tail)
    below = chndtr(critical, df, other)
    return 1 - below if upper else below


def _check(rmsea_0, rmsea_a, df, alpha, n_groups):
    for name, value in (("rmsea_0", rmsea_0), ("rmsea_a", rmsea_a)):
        if not 0 <= value < 1:
            refuse(name, shown(value), "at least 0 and below 1")
    if rmsea_0 == rmsea_a:
        refuse("rmsea_a", f"{shown(rmsea_a)}, the same as rmsea_0", "another value")
    if not df >= 1:
        refuse("df", shown(df), "at least 1")
    if not 0 < alpha < 1:
        refuse("alpha", shown(alpha), "between 0 and 1")
    if not n_groups >= 1:
        refuse("n_groups", shown(n_groups), "at least 1")
