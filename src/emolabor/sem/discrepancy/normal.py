"""The normal-theory likelihood of one group: discrepancy, gradient, expected and observed information.

Formulas: Joreskog (1969) for the discrepancy, Magnus & Neudecker (1999) for its differentials. All quantities are a
case's: half the discrepancy is minus the log-likelihood of a case up to a constant, so information times n is the
information of the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emolabor.sem.implied.ram import derivative_columns, implied_moments, sum_entries, sum_entry_pairs
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.observed.samples import Sample


def half_discrepancy(structure, theta, sample):
    """Minus the log-likelihood of a case, without the constant p/2 log(2 pi).

    Parameters
    ----------
    structure : Structure
    theta : ndarray (n_parameters,)
    sample : Sample

    Returns
    -------
    float
        Infinite where the implied covariance is not positive definite.
    """
    implied = implied_moments(structure, theta)
    factored = inverse_and_logdet(implied.sigma)
    if factored is None:
        return np.inf
    inverse, logdet = factored
    about, _ = _about(structure, sample, implied)
    return 0.5 * (logdet + float(np.vdot(inverse, about)))


def derivatives(structure, theta, sample, observed=False):
    """Value, gradient and information of `half_discrepancy`.

    Parameters
    ----------
    structure, theta, sample
        As for `half_discrepancy`.
    observed : bool
        The Hessian instead of the expected information.

    Returns
    -------
    tuple
        float, ndarray (q,), ndarray (q, q); infinite, None, None where the implied covariance is not positive definite.
    """
    implied = implied_moments(structure, theta)
    factored = inverse_and_logdet(implied.sigma)
    if factored is None:
        return np.inf, None, None
    inverse, logdet = factored
    about, residual = _about(structure, sample, implied)
    turned = inverse @ about
    value = 0.5 * (logdet + float(turned.trace()))
    left, right, weight = derivative_columns(structure, implied)
    product = turned @ inverse
    weighted = inverse - product
    pull = inverse @ residual if structure.mean_structure else None
    gradient = slope_of_entries(left, right, weight, weighted, pull)
    if observed:
        information = observed_pairs(inverse, 2 * product - inverse, pull, left, right, weight)
        information += second_derivatives(structure, implied, weighted, pull)
    else:
        information = expected_pairs(inverse, left, right, weight)
    return value, sum_entries(structure, gradient), sum_entry_pairs(structure, information)


def _about(structure, sample, implied):
    """Second moments (p, p) about the implied mean, and the mean residual (p,), None without a mean structure."""
    if not structure.mean_structure:
        return sample.cov, None
    residual = sample.mean - implied.mu
    return sample.cov + residual[:, None] * residual, residual


def slope_of_entries(left, right, weight, weighted, pull):
    """Gradient by entry: u' W v minus the pull of the mean residual (None without a mean structure)."""
    slope = np.einsum("ij,ij->j", left, weighted @ right)
    return slope if pull is None else slope - weight * (pull @ left)


def expected_pairs(inverse, left, right, weight):
    """Expected information by pair of entries, from the inverse covariance (p, p)."""
    inner_left, inner_right = inverse @ left, inverse @ right
    left_left, left_right = left.T @ inner_left, left.T @ inner_right
    return left_left * (right.T @ inner_right + weight[:, None] * weight) + left_right * left_right.T


def observed_pairs(inverse, turned, pull, left, right, weight):
    """Hessian by pair of entries, but for the part of `second_derivatives`; turned: 2 P (second moments) P - P."""
    p_left, p_right, r_left, r_right = inverse @ left, inverse @ right, turned @ left, turned @ right
    ll, rr, lr = left.T @ p_left, right.T @ p_right, left.T @ p_right
    # half of tr(R dSigma_a P dSigma_b), the sum over both orders of u and v
    r_lr = left.T @ r_right
    pairs = r_lr * lr.T + r_lr.T * lr + (left.T @ r_left) * rr + (right.T @ r_right) * ll
    pairs *= 0.5
    if pull is not None:
        # d mu_a' P d Sigma_b P r, and the same with a and b changed
        cross = weight[:, None] * (ll * (pull @ right) + lr * (pull @ left))
        pairs += weight[:, None] * weight * ll + cross + cross.T
    return pairs


def second_derivatives(structure, implied, weighted, pull):
    """Half of tr(W d2 Sigma) minus d2 mu' P r, for every pair of entries."""
    p = structure.n_observed
    total, covariance = implied.total, implied.covariance
    turned = total[:p].T @ weighted
    by_cov, by_total = turned @ covariance[:p], turned @ total[:p]
    path, other = structure.by_kind
    i, j = structure.row[path], structure.col[path]
    k, m = structure.row[other], structure.col[other]
    column, row = j[:, None], i[:, None]
    b_jk = total[column, k]
    one_way = by_cov[row, j]
    mixed = (total[column, m] * by_total[row, k] + b_jk * by_total[row, m]) * structure.scale[other]
    if pull is not None:
        drawn = (pull @ total[:p])[row]
        one_way = one_way - drawn * implied.means[j]
        mixed -= b_jk * drawn * structure.is_intercept[other]
    one_way = total[column, i] * one_way  # total[column, i] at [a, b] is B[j_a, i_b]
    result = np.zeros((len(structure.kind), len(structure.kind)))
    result[path[:, None], path] = one_way + one_way.T + covariance[column, j] * by_total[row, i]
    result[path[:, None], other] = mixed
    result[other[:, None], path] = mixed.T
    return result


def case_scores(structure, theta, values, centre=None):
    """Gradient of each case's log-likelihood (n, q) for complete rows (n, p).

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    values : ndarray (n, p)
    centre : ndarray (p,), optional
        Deviations are taken from here instead of from the implied mean (without a mean structure: the sample mean).

    Returns
    -------
    ndarray (n, q)
    """
    implied = implied_moments(structure, theta)
    inverse, _ = inverse_and_logdet(implied.sigma)
    left, right, weight = derivative_columns(structure, implied)
    return _scores(structure, values - (implied.mu if centre is None else centre), inverse, left, right, weight)


def _scores(structure, deviations, inverse, left, right, weight):
    turned = deviations @ inverse
    by_left, scores = turned @ left, turned @ right
    scores += weight
    scores *= by_left
    scores -= np.einsum("ij,ij->j", left, inverse @ right)
    return add_up_columns(structure, scores)


def add_up_columns(structure, entries):
    """Sum columns of entries (n, n_entries) by parameter: (n, q)."""
    if structure.one_to_one:
        return entries
    result = np.zeros((len(entries), structure.n_parameters))
    for k, parameter in enumerate(structure.parameter):
        result[:, parameter] += entries[:, k]
    return result


@dataclass(frozen=True)
class NormalLikelihood:
    """The likelihood of one group's complete answers."""

    sample: Sample
    fits_margins = True  # the independence model's variances and means are the sample's

    def value(self, structure, theta):
        """Half the discrepancy of a case."""
        return half_discrepancy(structure, theta, self.sample)

    def derivatives(self, structure, theta, observed=False):
        """Value, gradient (q,) and information (q, q) of a case; observed: the Hessian."""
        return derivatives(structure, theta, self.sample, observed)

    def value_and_gradient(self, structure, theta):
        """Value and gradient (q,) of a case."""
        return self.derivatives(structure, theta)[:2]

    def case_scores(self, structure, theta):
        """Yield the gradients of the cases' weighted log-likelihoods (b, q), a block of cases at a time."""
        centre = None if structure.mean_structure else self.sample.mean
        for values, weights in self.sample.weighed_blocks(len(structure.kind)):
            scores = case_scores(structure, theta, values, centre)
            scores *= weights
            yield scores

    def information_of_moments(self, saturated, implied, observed):
        """Information of the distinct moments (m, m) where the model puts them."""
        return saturated.information_at(implied.sigma, implied.mu, observed)

    @property
    def saturated(self):
        """Half the discrepancy of a case under the saturated model."""
        return 0.5 * (inverse_and_logdet(self.sample.cov)[1] + len(self.sample.cov))

    def moment_weight(self, sigma):
        """The matrix P (p, p) of the moments' weights: the covariances' part of the information is tr(P d P d) / 2."""
        return inverse_and_logdet(sigma)[0]

    def pieces(self, structure, implied):
        """Pieces of the discrepancy, one a pattern of answers, for the gradients of what is not yet a parameter.

        Yields
        ------
        tuple
            Variables observed, share of the cases, weight matrix of the moments, slope of half the discrepancy in the
            covariances and in the means, and whether variances count twice (ULS).
        """
        sample = self.sample
        yield likelihood_piece(structure, implied, np.arange(len(sample.cov)), 1.0, sample.mean, sample.cov)


def likelihood_piece(structure, implied, observed, share, mean, cov):
    """The piece of one pattern of answers; as in `NormalLikelihood.pieces`."""
    inverse = inverse_and_logdet(implied.sigma[np.ix_(observed, observed)])[0]
    gap = mean - implied.mu[observed] if structure.mean_structure else np.zeros(len(observed))
    about = cov + np.outer(gap, gap)
    return observed, share, inverse, inverse - inverse @ about @ inverse, inverse @ gap, False
