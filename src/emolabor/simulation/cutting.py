"""Latent answers cut into the answers that a scale offers, and the loading with which these have a given alpha."""

import numpy as np
from scipy.special import ndtr

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


def thresholds(points):
    """Return where a standard normal latent answer is cut: equal steps over five standard deviations.

    Parameters
    ----------
    points : int
        Number of answers.

    Returns
    -------
    ndarray, shape (points - 1,)

    Examples
    --------
    >>> thresholds(5)
    array([-1.5, -0.5,  0.5,  1.5])
    """
    return 5 / points * np.arange(1, points) - 2.5


def answer_correlation(latent, points):
    """Return the correlation of two cut answers whose latent answers correlate as given.

    The derivative of the bivariate normal distribution by its correlation is its density (Plackett 1954, *Biometrika*
    41:351-360); the covariance of two step functions is that of their steps, summed.

    Parameters
    ----------
    latent : float
        Between 0 and 1.
    points : int
        Number of answers of both.

    Returns
    -------
    float

    Examples
    --------
    >>> round(float(answer_correlation(0.5, 2) * np.pi / np.arcsin(0.5)), 6)
    2.0
    """
    cut = thresholds(points)
    angle = np.arcsin(latent) * (NODES + 1) / 2
    one, other = cut[:, None, None], cut[None, :, None]
    exponent = (one**2 + other**2 - 2 * one * other * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    covariance = (np.exp(-exponent).sum((0, 1)) * WEIGHTS).sum() * np.arcsin(latent) / (4 * np.pi)
    below = ndtr(cut)
    variance = (np.minimum.outer(below, below) - np.outer(below, below)).sum()
    return float(covariance / variance)


def loading_for(alpha, items, points):
    """Return the loading with which the cut answers to some items have a given alpha.

    Alpha of k items with equal correlations r is k r / (1 + (k - 1) r) (Spearman-Brown); of a single item it is the
    correlation with the same item asked again.

    Parameters
    ----------
    alpha : float
        Between 0 and 1.
    items, points : int
        Number of items, and of the answers to each.

    Returns
    -------
    float
        Loading of the latent answers, between 0 and 1.

    Examples
    --------
    >>> round(loading_for(0.8, 4, 5), 3), round(loading_for(0.8, 4, 2), 3)
    (0.74, 0.841)
    """
    from scipy.optimize import brentq  # slow to import

    wanted = alpha / (items - alpha * (items - 1))
    latent = brentq(lambda r: answer_correlation(r, points) - wanted, 0, 1 - 1e-9)
    return float(np.sqrt(latent))
