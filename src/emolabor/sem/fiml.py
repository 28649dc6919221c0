"""Full information maximum likelihood: the likelihood of incomplete rows, pattern by pattern (Arbuckle, 1996).

What the patterns say of the moments is added up first; the model's derivatives then follow from those of its moments.
"""

import numpy as np

from emolabor.sem.likelihood import add_up_columns, second_derivatives
from emolabor.sem.missing import pattern_misfits, pattern_slopes
from emolabor.sem.structure import (
    derivative_columns,
    implied_moments,
    moment_places,
    moment_slopes,
    sum_entries,
    sum_entry_pairs,
)


def half_discrepancy(structure, theta, sample):
    """Minus the log-likelihood of a case, without the constant; as in `emolabor.sem.likelihood`."""
    implied = implied_moments(structure, theta)
    found = pattern_slopes(sample.stacks, implied.sigma, implied.mu)
    return np.inf if found is None else found[0]


def derivatives(structure, theta, sample, observed=False):
    """Value, gradient (q,) and information (q, q) of `half_discrepancy`; as in `emolabor.sem.likelihood`."""
    implied = implied_moments(structure, theta)
    found = pattern_slopes(sample.stacks, implied.sigma, implied.mu)
    if found is None:
        return np.inf, None, None
    value, weighted, pull = found
    left, right, weight = derivative_columns(structure, implied)
    gradient = np.einsum("ij,ij->j", left, weighted @ right) - weight * (pull @ left)
    slopes = moment_slopes(structure, implied)
    information = slopes.T @ moment_information(sample, implied.sigma, implied.mu, observed) @ slopes
    if observed:
        information += sum_entry_pairs(structure, second_derivatives(structure, implied, weighted, pull))
    return value, sum_entries(structure, gradient), information


def moment_information(sample, sigma, mu, observed):
    """Information of a case on the moments themselves.

    Parameters
    ----------
    sample : Sample
        With missing answers.
    sigma, mu : ndarray (p, p), (p,)
        Where the information is taken.
    observed : bool
        The Hessian instead of the expected information.

    Returns
    -------
    ndarray (m, m)
        In the order of `emolabor.sem.structure.moment_places`. For two covariances it is half of
        tr(R dSigma P dSigma), summed over patterns, with P the inverse and R = 2 P (second moments) P - P, or P.
    """
    p = len(mu)
    row, col = moment_places(p)
    count = len(row)
    result = np.zeros((count + p, count + p))
    for stack in sample.stacks:
        inverses, _, gaps, about = pattern_misfits(stack, sigma, mu)
        turned = 2 * inverses @ about @ inverses - inverses if observed else inverses
        shared = stack.shares[:, None, None] * inverses
        first = 0
        for i in range(p):
            # sums[k, j, l]: P_ik R_jl + R_ik P_jl over the patterns, for j from i on
            sums = shared[:, i].T @ turned[:, i:].reshape(len(gaps), -1)
            if observed:
                sums += (stack.shares[:, None] * turned[:, i]).T @ inverses[:, i:].reshape(len(gaps), -1)
            else:
                sums *= 2
            sums = sums.reshape(p, p - i, p)
            block = sums[row, :, col] + sums[col, :, row]
            result[first : first + p - i, :count] += block.T
            first += p - i
        if observed:
            pull = (inverses @ gaps[:, :, None])[:, :, 0]
            cross = (shared.reshape(len(gaps), -1).T @ pull).reshape(p, p, p)
            result[count:, :count] += cross[:, row, col] + cross[:, col, row]
        result[count:, count:] += shared.sum(axis=0)
    scale = np.where(row == col, 0.5, 1.0)
    result[:count, :count] *= 0.5 * scale[:, None] * scale
    result[count:, :count] *= scale
    result[:count, count:] = result[count:, :count].T
    return result


def case_scores(structure, theta, sample):
    """Gradient of each row's log-likelihood (n, q)."""
    implied = implied_moments(structure, theta)
    left, right, weight = derivative_columns(structure, implied)
    deviations = np.nan_to_num(sample.data - implied.mu)
    turned, expected = np.empty_like(deviations), np.empty((sample.n, len(weight)))
    patterns = iter(sample.patterns)
    for stack in sample.stacks:
        for inverse in pattern_misfits(stack, implied.sigma, implied.mu)[0]:
            rows = next(patterns).rows
            turned[rows] = deviations[rows] @ inverse
            expected[rows] = np.einsum("ij,ij->j", left, inverse @ right)
    by_left = turned @ left
    return add_up_columns(structure, by_left * (turned @ right + weight) - expected)
