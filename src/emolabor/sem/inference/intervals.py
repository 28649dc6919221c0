"""Limits of bootstrap intervals from resampled values."""

import numpy as np
from scipy.special import ndtr, ndtri


def interval_limits(
    values: np.ndarray, estimates: np.ndarray, level: float, corrected: bool, acceleration: float | np.ndarray = 0.0
) -> np.ndarray:
    """Percentile limits, bias-corrected and accelerated where asked.

    Parameters
    ----------
    values : ndarray (R, k)
        Resampled values.
    estimates : ndarray (k,)
        From the full sample.
    level : float
    corrected : bool
        Correct for the median's bias (Efron, 1981).
    acceleration : float or ndarray (k,)
        Skewness term of Efron (1987); 0 gives lavaan's bca.simple.

    Returns
    -------
    ndarray (2, k)
    """
    tails = ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))[:, None] * np.ones(len(estimates))
    if corrected:
        below = np.mean(values < estimates, axis=0) + 0.5 * np.mean(values == estimates, axis=0)
        shift = ndtri(np.clip(below, 0.5 / len(values), 1 - 0.5 / len(values)))
        tails = shift + (shift + tails) / (1 - acceleration * (shift + tails))
    return between_order_statistics(np.sort(values, axis=0), tails)


def between_order_statistics(ordered: np.ndarray, normal_places: np.ndarray) -> np.ndarray:
    """Quantiles of ordered values (R, k), interpolated on the normal scale (Davison & Hinkley, 1997, equation 5.8).

    Parameters
    ----------
    ordered : ndarray (R, k)
    normal_places : ndarray (m, k)
        Standard normal quantiles of the wanted probabilities.

    Returns
    -------
    ndarray (m, k)
        The smallest or largest value where the probability is beyond 1 / (R + 1).
    """
    count = len(ordered)
    below = np.clip(np.floor((count + 1) * ndtr(normal_places) + 1e-9).astype(int), 1, count - 1)
    left, right = ndtri(below / (count + 1)), ndtri((below + 1) / (count + 1))
    share = np.clip((normal_places - left) / (right - left), 0.0, 1.0)
    low, high = (np.take_along_axis(ordered, places, axis=0) for places in (below - 1, below))
    with np.errstate(invalid="ignore"):  # standardized values of improper draws may be infinite
        return np.where(low == high, low, low + share * (high - low))
