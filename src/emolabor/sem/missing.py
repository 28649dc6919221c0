"""Missing answers: rows grouped by pattern, and the moments of the saturated model by the EM algorithm.

Arbuckle (1996) for the likelihood by pattern; Dempster, Laird & Rubin (1977) for EM.
"""

from dataclasses import dataclass

import numpy as np

from emolabor.errors import EmolaborError
from emolabor.sem.likelihood import factor

# A last step above what is accepted, in standard deviations, would leave a chi-square that is visibly too large.
EM_STEPS, EM_TOLERANCE, EM_ACCEPTED = 5000, 1e-12, 1e-8


@dataclass(frozen=True)
class MissingPattern:
    """Rows with the same variables observed: their places, indices of the variables, moments with denominator n."""

    rows: np.ndarray
    observed: np.ndarray
    n: int
    mean: np.ndarray
    cov: np.ndarray


def missing_patterns(values, names, place):
    """Group the rows of (n, p) values by what is observed.

    Parameters
    ----------
    values : ndarray (n, p)
        Missing values are NaN; each row has at least one value.
    names : sequence of str
    place : str
        Named in errors.

    Returns
    -------
    tuple of MissingPattern
        The most frequent first.
    """
    seen = ~np.isnan(values)
    together = seen.T.astype(float) @ seen
    never = np.argwhere(np.triu(together == 0))
    if len(never):
        i, j = never[0]
        raise EmolaborError(
            f"{place}: '{names[i]}' and '{names[j]}' are never observed together; "
            "allowed: every pair of variables observed in some row."
        )
    packed = np.packbits(seen, axis=1)
    _, first, which, counts = np.unique(packed, axis=0, return_index=True, return_inverse=True, return_counts=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)])
    patterns = []
    for k in np.lexsort((first, -counts)):
        rows = order[starts[k] : starts[k + 1]]
        observed = np.flatnonzero(seen[first[k]])
        block = values[np.ix_(rows, observed)]
        mean = block.mean(axis=0)
        centred = block - mean
        patterns.append(MissingPattern(rows, observed, len(rows), mean, centred.T @ centred / len(rows)))
    return tuple(patterns)


def saturated_moments(patterns, values):
    """Maximum likelihood mean and covariance of incomplete data.

    Parameters
    ----------
    patterns : tuple of MissingPattern
    values : ndarray (n, p)

    Returns
    -------
    tuple
        mean (p,), covariance (p, p), half the discrepancy of a case (without the constant).
    """
    mean, cov = np.nanmean(values, axis=0), np.diag(np.nanvar(values, axis=0))
    n, p = values.shape
    previous = None
    for _ in range(EM_STEPS):
        first, second = np.zeros(p), np.zeros((p, p))
        for pattern in patterns:
            o = pattern.observed
            factored = factor(cov[np.ix_(o, o)])
            if factored is None:
                raise EmolaborError(
                    "data: the covariance matrix of the incomplete answers is not positive definite; "
                    "look for duplicated or summed variables."
                )
            inverse = factored[0]
            slope = cov[:, o] @ inverse  # (p, n_observed): the identity on the observed
            gap = pattern.mean - mean[o]
            first += pattern.n * (slope @ gap)
            about = pattern.cov + np.outer(gap, gap)
            second += pattern.n * (slope @ (about - cov[np.ix_(o, o)]) @ slope.T + cov)
        step = first / n
        mean = mean + step
        cov = second / n - np.outer(step, step)
        scale = np.sqrt(np.diag(cov))
        state = np.concatenate([mean / scale, (cov / np.outer(scale, scale)).ravel()])
        change = np.inf if previous is None else np.max(np.abs(state - previous))
        if change < EM_TOLERANCE:
            break
        previous = state
    if change > EM_ACCEPTED:
        raise EmolaborError(
            f"data: the moments of the incomplete answers were not found in {EM_STEPS} steps; "
            "allowed: more rows, or variables with fewer missing answers."
        )
    return mean, cov, pattern_half_discrepancy(patterns, cov, mean, n)


def pattern_half_discrepancy(patterns, sigma, mu, n):
    """Minus the log-likelihood of a case (without the constant) of incomplete data; infinite outside the domain."""
    total = 0.0
    for pattern in patterns:
        o = pattern.observed
        factored = factor(sigma[np.ix_(o, o)])
        if factored is None:
            return np.inf
        inverse, logdet = factored
        gap = pattern.mean - mu[o]
        total += pattern.n * (logdet + float(np.sum(inverse * (pattern.cov + np.outer(gap, gap)))))
    return 0.5 * total / n
