"""Full information maximum likelihood: the likelihood of incomplete rows (Arbuckle, 1996).

Value and gradient come from the rows completed at the implied moments (`observed.completion`). The observed
information is that of the completed rows less the variance of their scores given what is seen (Louis, 1982, *Journal of
the Royal Statistical Society B* 44:226-233); that variance and the expected information need no more of a row than
columns as many as it has holes.
"""

from dataclasses import dataclass

import numpy as np

from emolabor.sem.discrepancy.normal import (
    NormalLikelihood,
    add_up_columns,
    likelihood_piece,
    observed_pairs,
    second_derivatives,
    slope_of_entries,
)
from emolabor.sem.implied.ram import (
    derivative_columns,
    implied_moments,
    moment_places,
    sum_entries,
    sum_entry_pairs,
)
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.observed.completion import completed_moments, completed_values, left_open, sort_by_holes
from emolabor.sem.observed.missing import STACK, pattern_misfits, pattern_stacks

FEATURES = 4_000_000  # numbers at a time in the columns that a block of rows adds: 32 MB


def half_discrepancy(structure, theta, sample):
    """Minus the log-likelihood of a case, without the constant; as in `emolabor.sem.discrepancy.normal`."""
    implied = implied_moments(structure, theta)
    found = completed_moments(sample.incomplete, implied.sigma, implied.mu)
    return np.inf if found is None else found[0]


def value_and_gradient(structure, theta, sample):
    """Value and gradient (q,) of `half_discrepancy`, which cost far less than the information."""
    implied = implied_moments(structure, theta)
    found = completed_moments(sample.incomplete, implied.sigma, implied.mu)
    if found is None:
        return np.inf, None
    value, inverse, first, second = found
    columns = derivative_columns(structure, implied)
    gradient = slope_of_entries(*columns, inverse - inverse @ second @ inverse, inverse @ first)
    return value, sum_entries(structure, gradient)


def derivatives(structure, theta, sample, observed=False):
    """Value, gradient (q,) and information (q, q) of `half_discrepancy`; as in `emolabor.sem.discrepancy.normal`."""
    implied = implied_moments(structure, theta)
    found = completed_moments(sample.incomplete, implied.sigma, implied.mu)
    if found is None:
        return np.inf, None, None
    value, inverse, first, second = found
    product = inverse @ second @ inverse
    weighted, pull = inverse - product, inverse @ first
    columns = derivative_columns(structure, implied)
    gradient = slope_of_entries(*columns, weighted, pull)
    if observed:
        information = observed_pairs(inverse, 2 * product - inverse, pull, *columns)
        information += second_derivatives(structure, implied, weighted, pull)
        information = sum_entry_pairs(structure, information)
        information -= _scores_left_open(structure, sample.incomplete, implied.mu, inverse, columns)
    else:
        information = _expected(structure, sample.incomplete, inverse, columns)
    return value, sum_entries(structure, gradient), information


def _expected(structure, rows, inverse, columns):
    """Expected information (q, q) of a case.

    What a pattern tells is the inverse P less KK', with K its columns at the holes times a root of what is left open.
    """
    left, right, weight = columns
    open_part, pairs = np.zeros_like(inverse), np.zeros((structure.n_parameters, structure.n_parameters))
    for block in rows.blocks:
        roots = np.linalg.cholesky(left_open(block, inverse)[0])
        spread = inverse[:, block.holes].transpose(1, 0, 2) @ roots * np.sqrt(block.counts)[:, None, None]
        spread = spread.transpose(1, 0, 2).reshape(len(inverse), -1)
        open_part += spread @ spread.T
        for chosen in _chunks(block, left.shape[1]):
            by_left, by_right = _at_holes(block, chosen, roots, inverse, left, right)
            pairs += _squares(structure, _quadratic(by_left, by_right), block.counts[chosen])
    open_part /= rows.n
    told = observed_pairs(inverse, inverse - 2 * open_part, None, left, right, weight)
    told += weight[:, None] * weight * (left.T @ (inverse - open_part) @ left)
    return sum_entry_pairs(structure, told) + pairs / rows.n


def _scores_left_open(structure, rows, mu, inverse, columns):
    """Mean variance (q, q) of the complete rows' scores given what is seen of them."""
    left, right, weight = columns
    total = np.zeros((structure.n_parameters, structure.n_parameters))
    for block in rows.blocks:
        covariances, _ = left_open(block, inverse)
        roots = np.linalg.cholesky(covariances)
        turned = completed_values(block, inverse, mu - rows.centre, covariances) @ inverse
        seen_left, seen_right = turned @ left, turned @ right + weight
        for chosen in _chunks(block, left.shape[1]):
            by_left, by_right = _at_holes(block, chosen, roots, inverse, left, right)
            total += _squares(structure, _quadratic(by_left, by_right), block.counts[chosen])
            here = np.flatnonzero((block.which >= chosen.start) & (block.which < chosen.stop))
            own = block.which[here] - chosen.start
            linear = by_left[own] * seen_right[here, None] + by_right[own] * seen_left[here, None]
            total += _squares(structure, linear, None if block.weights is None else block.weights[here])
    return total / rows.n


def _chunks(block, n_entries):
    """Slices of a block's patterns whose columns stay within `FEATURES` numbers."""
    patterns, k = block.holes.shape
    most = int(np.bincount(block.which).max()) * k + k * (k + 1) // 2
    size = max(1, FEATURES // (most * n_entries))
    return [slice(start, min(start + size, patterns)) for start in range(0, patterns, size)]


def _at_holes(block, chosen, roots, inverse, left, right):
    """The columns of every entry, seen from the holes of some patterns: two arrays (G, k, n_entries)."""
    turned = roots[chosen].swapaxes(1, 2) @ inverse[block.holes[chosen]]
    return turned @ left, turned @ right


def _quadratic(by_left, by_right):
    """Columns (G, k (k + 1) / 2, n_entries) whose products are half those of u v' + v u' between the holes."""
    patterns, k, entries = by_left.shape
    columns, first = np.empty((patterns, k * (k + 1) // 2, entries)), 0
    for i in range(k):
        own = columns[:, first : first + k - i]
        np.multiply(by_left[:, i, None], by_right[:, i:], out=own)
        own += by_left[:, i:] * by_right[:, i, None]
        own[:, 0] *= np.sqrt(0.5)
        first += k - i
    return columns


def _squares(structure, columns, counts):
    """Sum of the outer products (q, q) of columns (G, f, n_entries), each as often as counts (G,) say or once."""
    if counts is not None:
        columns *= np.sqrt(counts)[:, None, None]
    columns = add_up_columns(structure, columns.reshape(-1, columns.shape[2]))
    return columns.T @ columns


def expected_square(rows, sigma, gap, shift):
    """Square of a change of the moments in the metric of the expected information of a case.

    Parameters
    ----------
    rows : IncompleteRows
    sigma : ndarray (p, p)
        Where the information is taken.
    gap, shift : ndarray (p, p), (p,)
        Change of the covariances and of the means.

    Returns
    -------
    float or None
        Mean over the rows of tr[(P gap)^2] / 2 + shift' P shift, with P the inverse covariance of what is seen in each;
        None where sigma is not positive definite.
    """
    factored = inverse_and_logdet(sigma)
    if factored is None:
        return None
    inverse = factored[0]
    seen_inverse, squares = inverse.copy(), 0.0
    for block in rows.blocks:
        roots = np.linalg.cholesky(left_open(block, inverse)[0])
        spread = inverse[block.holes].swapaxes(1, 2) @ roots
        inside = spread.swapaxes(1, 2) @ gap @ spread
        squares += 0.5 * float(block.counts @ np.einsum("gij,gij->g", inside, inside)) / rows.n
        seen_inverse -= np.tensordot(block.counts / rows.n, spread @ spread.swapaxes(1, 2), 1)
    turned = inverse @ gap
    crossed = (2 * seen_inverse - inverse) @ gap
    return 0.5 * float(np.vdot(turned.T, crossed)) + squares + float(shift @ seen_inverse @ shift)


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
        In the order of `emolabor.sem.implied.ram.moment_places`. For two covariances it is half of
        tr(R dSigma P dSigma), summed over patterns, with P the inverse and R = 2 P (second moments) P - P, or P.
    """
    p = len(mu)
    row, col = moment_places(p)
    count = len(row)
    result = np.zeros((count + p, count + p))
    for shares, inverses, turned, gaps in _joined(_pattern_matrices(sample.incomplete, sigma, mu, observed)):
        shared = shares[:, None, None] * inverses
        first = 0
        for i in range(p):
            # sums[k, j, l]: P_ik R_jl + R_ik P_jl over the patterns, for j from i on
            sums = shared[:, i].T @ turned[:, i:].reshape(len(gaps), -1)
            if observed:
                sums += (shares[:, None] * turned[:, i]).T @ inverses[:, i:].reshape(len(gaps), -1)
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
    result[:count, :count] *= 0.5 * scale[:, None]
    result[:, :count] *= scale
    result[:count, count:] = result[count:, :count].T
    return result


def _pattern_matrices(rows, sigma, mu, observed):
    """Shares (G,), inverses P and matrices R (G, p, p), deviations of means (G, p), a stack of patterns at a time."""
    for stack in pattern_stacks(rows):
        inverses, _, gaps, about = pattern_misfits(stack, sigma, mu)
        yield stack.shares, inverses, 2 * inverses @ about @ inverses - inverses if observed else inverses, gaps


def _joined(stacks):
    """Join stacks of arrays up to `STACK` numbers: what is done once a stack costs more than what is done a pattern."""
    waiting, size = [], 0
    for stack in stacks:
        waiting, size = [*waiting, stack], size + stack[1].size
        if size >= STACK:
            yield tuple(map(np.concatenate, zip(*waiting, strict=True)))
            waiting, size = [], 0
    if waiting:
        yield tuple(map(np.concatenate, zip(*waiting, strict=True)))


def case_scores(structure, theta, values, centre):
    """Gradients of rows' log-likelihoods (n, q): what their scores are expected to be, given what is seen of them.

    `values` (n, p) are the rows, missing ones NaN, `centre` (p,) is near their mean.
    """
    implied, rows = implied_moments(structure, theta), sort_by_holes(values, centre)
    inverse, _ = inverse_and_logdet(implied.sigma)
    left, right, weight = derivative_columns(structure, implied)
    turned, expected = np.empty((rows.n, len(inverse))), np.zeros((rows.n, len(weight)))
    turned[rows.complete] = (values[rows.complete] - implied.mu) @ inverse
    for block in rows.blocks:
        covariances, _ = left_open(block, inverse)
        turned[block.rows] = completed_values(block, inverse, implied.mu - rows.centre, covariances) @ inverse
        roots = np.linalg.cholesky(covariances)
        by_left, by_right = _at_holes(block, slice(None), roots, inverse, left, right)
        expected[block.rows] = np.einsum("gke,gke->ge", by_left, by_right)[block.which]
    by_left = turned @ left
    scores = by_left * (turned @ right + weight) + expected - np.einsum("ij,ij->j", left, inverse @ right)
    return add_up_columns(structure, scores)


@dataclass(frozen=True)
class IncompleteLikelihood(NormalLikelihood):
    """The likelihood of one group's answers, some of them missing."""

    def value(self, structure, theta):
        """Half the discrepancy of a case."""
        return half_discrepancy(structure, theta, self.sample)

    def derivatives(self, structure, theta, observed=False):
        """Value, gradient (q,) and information (q, q) of a case; observed: the Hessian."""
        return derivatives(structure, theta, self.sample, observed)

    def value_and_gradient(self, structure, theta):
        """Value and gradient (q,) of a case."""
        return value_and_gradient(structure, theta, self.sample)

    def left_open(self, structure, theta):
        """What the observed information (q, q) of completed rows exceeds that of the rows as they are by, a case."""
        implied = implied_moments(structure, theta)
        inverse, _ = inverse_and_logdet(implied.sigma)
        columns = derivative_columns(structure, implied)
        return _scores_left_open(structure, self.sample.incomplete, implied.mu, inverse, columns)

    def case_scores(self, structure, theta):
        """Yield the gradients of the rows' weighted log-likelihoods (b, q), a block of rows at a time."""
        for values, weights in self.sample.weighed_blocks(len(structure.kind)):
            scores = case_scores(structure, theta, values, self.sample.incomplete.centre)
            scores *= weights
            yield scores

    @property
    def saturated(self):
        """Half the discrepancy of a case under the saturated model, found with the sample's moments."""
        return self.sample.saturated_half

    def pieces(self, structure, implied):
        """Pieces of the discrepancy, one a pattern of answers; as in `NormalLikelihood.pieces`."""
        for stack in pattern_stacks(self.sample.incomplete):
            for share, seen, mean, cov in zip(stack.shares, stack.seen, stack.means, stack.covs, strict=True):
                observed = np.flatnonzero(seen)
                own = mean[observed], cov[np.ix_(observed, observed)]
                yield likelihood_piece(structure, implied, observed, share, *own)
