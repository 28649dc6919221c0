"""Full information maximum likelihood: the likelihood of incomplete rows, pattern by pattern (Arbuckle, 1996)."""

import numpy as np

from emolabor.sem.likelihood import (
    add_up_columns,
    expected_pairs,
    factor,
    observed_pairs,
    second_derivatives,
    slope_of_entries,
)
from emolabor.sem.missing import pattern_half_discrepancy
from emolabor.sem.structure import derivative_columns, implied_moments, sum_entries, sum_entry_pairs


def half_discrepancy(structure, theta, sample):
    """Minus the log-likelihood of a case, without the constant; as in `emolabor.sem.likelihood`."""
    implied = implied_moments(structure, theta)
    return pattern_half_discrepancy(sample.patterns, implied.sigma, implied.mu, sample.n)


def derivatives(structure, theta, sample, observed=False):
    """Value, gradient (q,) and information (q, q) of `half_discrepancy`; as in `emolabor.sem.likelihood`."""
    implied = implied_moments(structure, theta)
    left, right, weight = derivative_columns(structure, implied)
    p, entries = len(implied.sigma), len(weight)
    value, weighted, pull, pairs = 0.0, np.zeros((p, p)), np.zeros(p), np.zeros((entries, entries))
    for pattern in sample.patterns:
        o, share = pattern.observed, pattern.n / sample.n
        factored = factor(implied.sigma[np.ix_(o, o)])
        if factored is None:
            return np.inf, None, None
        inverse, logdet = factored
        gap = pattern.mean - implied.mu[o]
        about = pattern.cov + np.outer(gap, gap)
        value += 0.5 * share * (logdet + float(np.sum(inverse * about)))
        weighted[np.ix_(o, o)] += share * (inverse - inverse @ about @ inverse)
        own_pull = inverse @ gap
        pull[o] += share * own_pull
        if observed:
            pairs += share * observed_pairs(inverse, 2 * inverse @ about @ inverse - inverse, own_pull, left[o], right[o], weight)
        else:
            pairs += share * expected_pairs(inverse, left[o], right[o], weight)
    if observed:
        pairs += second_derivatives(structure, implied, weighted, pull)
    gradient = slope_of_entries(left, right, weight, weighted, pull)
    return value, sum_entries(structure, gradient), sum_entry_pairs(structure, pairs)


def case_scores(structure, theta, sample):
    """Gradient of each row's log-likelihood (n, q)."""
    implied = implied_moments(structure, theta)
    left, right, weight = derivative_columns(structure, implied)
    scores = np.zeros((sample.n, len(weight)))
    for pattern in sample.patterns:
        o = pattern.observed
        inverse, _ = factor(implied.sigma[np.ix_(o, o)])
        turned = (sample.data[np.ix_(pattern.rows, o)] - implied.mu[o]) @ inverse
        by_left, by_right = turned @ left[o], turned @ right[o]
        scores[pattern.rows] = by_left * by_right - np.sum(left[o] * (inverse @ right[o]), axis=0) + by_left * weight
    return add_up_columns(structure, scores)
