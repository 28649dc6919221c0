"""Polyserial correlations of an ordered and a continuous variable (Olsson, Drasgow & Dorans, 1982), two-step."""

from typing import Any

import numpy as np
from scipy.special import ndtr

from emolabor.sem.ordinal.polychoric import FAR, LEAST, maximize_correlation

ROOT_2PI = np.sqrt(2 * np.pi)


def density(x: np.ndarray) -> np.ndarray:
    """Standard normal density."""
    return np.exp(-0.5 * x**2) / ROOT_2PI


def edges(codes: np.ndarray, thresholds: np.ndarray) -> tuple[Any, ...]:
    """Lower and upper threshold (n,) of each case's category; `FAR` away at the ends."""
    bounds = np.concatenate([[-FAR], thresholds, [FAR]])
    return bounds[codes], bounds[codes + 1]


def polyserial(codes: np.ndarray, z: np.ndarray, thresholds: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The polyserial correlation of one pair.

    Parameters
    ----------
    codes : ndarray (n,)
        Categories from 0.
    z : ndarray (n,)
        The continuous variable, standardized by its own mean and standard deviation.
    thresholds : ndarray (k - 1,)
    weights : ndarray (n,), optional
        What each case counts, instead of one.

    Returns
    -------
    float
    """
    spread = codes.std()
    start = np.mean((codes - codes.mean()) * (z - z.mean())) / spread if spread > 0 else 0.0
    lower, upper = edges(codes, thresholds)
    return polyserial_between(lower, upper, z, float(start), np.ones(len(z)) if weights is None else weights)


def polyserial_between(lower: np.ndarray, upper: np.ndarray, z: np.ndarray, start: float, counted: np.ndarray) -> float:
    """The same from the limits (n,) of each case's answer and what it counts; the search starts at a correlation."""

    def derivatives(_, rho):
        (p_low, s_low, b_low), (p_up, s_up, b_up) = (_edge(edge, z, rho[0]) for edge in (lower, upper))
        probability = np.maximum(p_up - p_low, LEAST)
        ratio = (s_up - s_low) / probability
        hessian = counted @ ((b_up - b_low) / probability - ratio**2)
        return np.array([counted @ ratio]), np.array([hessian]), np.array([counted @ ratio**2])

    return float(maximize_correlation(derivatives, np.clip(np.array([start]), -0.9, 0.9))[0])


def _edge(edge: np.ndarray, z: np.ndarray, rho: float) -> tuple[Any, ...]:
    """P(answer below an edge | z) and its first two derivatives by the correlation."""
    rest = 1 - rho**2
    t = (edge - rho * z) / np.sqrt(rest)
    slope = (edge * rho - z) / rest**1.5
    bend = (edge * rest + 3 * rho * (edge * rho - z)) / rest**2.5
    height = density(t)
    return ndtr(t), height * slope, height * (bend - t * slope**2)


def polyserial_scores(codes: np.ndarray, z: np.ndarray, thresholds: np.ndarray, rho: float) -> tuple[np.ndarray, ...]:
    """Scores of the cases of one pair by the correlation, the thresholds, and the continuous variable's mean and sd.

    Parameters
    ----------
    codes, z, thresholds
        As for `polyserial`.
    rho : float

    Returns
    -------
    tuple of ndarray
        (n,), (n, k - 1), and (n,) each for a shift of the mean and of the log of the standard deviation, in units of
        the standard deviation.
    """
    lower, upper = edges(codes, thresholds)
    score, d_up, d_low, by_z = scores_between(lower, upper, z, rho)
    by_threshold = np.zeros((len(z), len(thresholds) + 2))
    case = np.arange(len(z))
    by_threshold[case, codes + 1] += d_up
    by_threshold[case, codes] -= d_low
    return score, by_threshold[:, 1:-1], -by_z, -1 - z * by_z


def scores_between(lower: np.ndarray, upper: np.ndarray, z: np.ndarray, rho: float) -> tuple[np.ndarray, ...]:
    """Scores (n,) by the correlation, the upper and (minus) the lower limit of the answer, and the continuous value."""
    (p_low, s_low, _), (p_up, s_up, _) = (_edge(edge, z, rho) for edge in (lower, upper))
    probability = np.maximum(p_up - p_low, LEAST)
    root = np.sqrt(1 - rho**2)
    d_low, d_up = (density((edge - rho * z) / root) / root / probability for edge in (lower, upper))
    by_z = -rho * (d_up - d_low) - z  # of log density of z and the answer given z
    return (s_up - s_low) / probability, d_up, d_low, by_z
