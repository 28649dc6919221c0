"""What the population implies for five-point answers: the numbers that an infinite sample would give."""

from itertools import combinations

import numpy as np
from scipy.special import ndtr
from scipy.stats import multivariate_normal

CUTS = ["t1", "t2", "t3", "t4"]


def code_covariance(items):
    """Covariances of the answers to items of one dimension, shape (p, p).

    An answer is 1 + the number of thresholds passed, so E[xy] sums P(both pass) over pairs of thresholds (Olsson 1979,
    Psychometrika 44:443-460).
    """
    passed = ndtr(-items[CUTS].to_numpy(dtype=float))
    means = passed.sum(axis=1)
    covariance = np.diag(passed @ [1, 3, 5, 7] - means**2)
    for i, j in combinations(range(len(items)), 2):
        r = items["loading"].iloc[i] * items["loading"].iloc[j]
        one, other = (items[CUTS].iloc[k].to_numpy(dtype=float) for k in (i, j))
        pairs = np.stack(np.meshgrid(one, other), axis=-1).reshape(-1, 2)
        both = multivariate_normal(cov=[[1, r], [r, 1]]).cdf(-pairs).sum()
        covariance[i, j] = covariance[j, i] = both - means[i] * means[j]
    return covariance


def code_correlation(items):
    """Correlation of each answer with the latent answer that it cuts, shape (p,) (Olsson, Drasgow & Dorans 1982)."""
    cuts = items[CUTS].to_numpy(dtype=float)
    density = np.exp(-(cuts**2) / 2) / np.sqrt(2 * np.pi)
    passed = ndtr(-cuts)
    return density.sum(axis=1) / np.sqrt(passed @ [1, 3, 5, 7] - passed.sum(axis=1) ** 2)


def alpha_of(covariance):
    """Cronbach's alpha of a covariance matrix."""
    p = len(covariance)
    return p / (p - 1) * (1 - np.trace(covariance) / covariance.sum())
