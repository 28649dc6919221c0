"""One model estimated on many samples, all near the one that it was fitted to."""

from dataclasses import dataclass, replace

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.sem.discrepancy.fiml_many import completed_moments_many
from emolabor.sem.discrepancy.normal_many import value_and_gradient
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.optimize_many import minimize_completed, minimize_many
from emolabor.sem.estimation.test_statistic import chi_square
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet
from emolabor.sem.observed.completion import sort_by_holes
from emolabor.sem.observed.samples import Sample, incomplete_sample
from emolabor.sem.ordinal.ordinal_samples import ordinal_resample
from emolabor.sem.specification.constraints import build_constraints

CACHED = 200_000  # numbers in the matrices of incomplete resamples estimated together: what a core keeps close
NUMBERS = 4_000_000  # numbers in an array at a time: 32 MB
MOST_OPEN = 0.5  # what complete rows would add to the information of any direction, for a search in a few E-steps


@dataclass(frozen=True)
class Together:
    """How many samples are searched at once: from one model's estimates, with the inverse of their information.

    `basis` (q, r) and `offset` (q,) are the linear constraints', `inverse` (r, r) is along the free directions; None
    where only a search of each sample by itself serves: the likelihood is not what is minimised, constraints are not
    linear, or exogenous variables are fixed at each sample's moments. `left_open` (r, r) is what the information of
    complete rows exceeds that of incomplete ones by; None where that is much.
    """

    model: object
    theta: np.ndarray
    basis: np.ndarray
    offset: np.ndarray
    inverse: np.ndarray | None
    left_open: np.ndarray | None = None

    @classmethod
    def near(cls, model, estimate):
        """From a model and its estimate."""
        constraints = build_constraints(model.table)
        basis, inverse, left_open = constraints.basis, None, None
        alone = constraints.curved or model.table.inequalities or model.exogenous
        if model.estimator.likelihood and not alone:
            information = model.derivatives(estimate.theta, observed=model.incomplete)[2]
            inverse = basis.T @ bordered_inverse(information, basis) @ basis
            if model.incomplete:
                parts = [
                    share * discrepancy.left_open(structure, estimate.theta)
                    for share, (structure, sample, discrepancy) in zip(model.shares, model.groups, strict=True)
                    if sample.incomplete
                ]
                left_open = basis.T @ sum(parts) @ basis
                root = np.linalg.cholesky(inverse)
                if np.linalg.eigvalsh(root.T @ left_open @ root)[-1] > MOST_OPEN:
                    left_open = None
        return cls(model, estimate.theta, basis, constraints.offset, inverse, left_open)

    def search(self, evaluate, count, complete=None):
        """Minimise the discrepancies of samples: thetas (R, q) and their values (R,), NaN where it was not done.

        `evaluate` (numbers, thetas) gives their values and gradients; with missing answers at the moments to which
        `complete` (numbers, thetas) has completed them, and values are not found.
        """
        thetas, values = np.full((count, len(self.theta)), np.nan), np.full(count, np.nan)
        if self.inverse is None:
            return thetas, values
        basis, offset = self.basis, self.offset
        unconstrained = basis.shape[0] == basis.shape[1]

        def whole(alphas):
            return alphas if unconstrained else alphas @ basis.T + offset

        def along(chosen, alphas):
            value, gradient = evaluate(chosen, whole(alphas))
            return value, gradient if unconstrained else gradient @ basis

        start = basis.T @ (self.theta - offset)
        if complete is None:
            alphas, found, converged = minimize_many(along, np.tile(start, (count, 1)), self.inverse)
            values[converged] = found[converged]
            thetas[converged] = whole(alphas[converged])
            return thetas, values

        def complete_along(chosen, alphas):
            complete(chosen, whole(alphas))

        if self.left_open is not None:
            found, converged = minimize_completed(complete_along, along, start, count, self.inverse, self.left_open)
            thetas[converged] = whole(found[converged])
        rest = np.flatnonzero(np.isnan(thetas).any(axis=1))

        def exactly(chosen, alphas):
            complete_along(rest[chosen], alphas)
            return along(rest[chosen], alphas)

        if len(rest):
            found, _, converged = minimize_many(exactly, np.tile(start, (len(rest), 1)), self.inverse)
            thetas[rest[converged]] = whole(found[converged])
        return thetas, values

    def alone(self, samples):
        """Estimate one sample from the estimates: theta (q,) and chi-square, NaN where the search fails."""
        failed, model = (np.full(len(self.theta), np.nan), np.nan), self.model
        if any(
            sample is None or (not model.table.ordered and inverse_and_logdet(sample.cov) is None) for sample in samples
        ):
            return failed
        bound = model.with_samples(samples)
        try:
            found = estimate_parameters(bound, self.theta)
        except EmolaborError:
            return failed
        return (found.theta, chi_square(bound, found.theta)) if found.optimum.converged else failed


def estimate_many(together, moments):
    """Estimate a model on many sets of moments: all at once for the likelihood, else and for stragglers one by one.

    Parameters
    ----------
    together : Together
    moments : list of tuple
        For each group covariances (R, p, p) and means (R, p).

    Returns
    -------
    tuple of ndarray
        Thetas (R, q) and chi-squares (R,), NaN where the search failed.
    """
    model = together.model

    def evaluate(chosen, thetas):
        return value_and_gradient(model, [(cov[chosen], mean[chosen]) for cov, mean in moments], thetas)

    thetas, values = together.search(evaluate, len(moments[0][0]))
    saturated = sum(
        share * 0.5 * (_logdets(cov) + cov.shape[1]) for share, (cov, _) in zip(model.shares, moments, strict=True)
    )
    chisq = 2 * model.weight * (values - saturated)
    for r in np.flatnonzero(np.isnan(values)):
        samples = [
            Sample(cov[r], mean[r], sample.n, sample.weight)
            for (cov, mean), sample in zip(moments, model.samples, strict=True)
        ]
        thetas[r], chisq[r] = together.alone(samples)
    return thetas, chisq


def _logdets(covs):
    """Log-determinants (R,) of covariance matrices; missing where they are not positive."""
    sign, logdet = np.linalg.slogdet(covs)
    return np.where(sign > 0, logdet, np.nan)


def estimate_incomplete(together, resamples, counts, codes):
    """Estimate a model on resamples of incomplete rows: thetas (R, q), and chi-squares (R,) of those searched alone.

    Parameters
    ----------
    together : Together
    resamples : list of ResampledRows
        One a group.
    counts, codes : list of ndarray
        For each group how often each unit (case or cluster) is drawn (R, units), and the unit of each row (n,).

    Returns
    -------
    tuple of ndarray
        NaN where the search failed.
    """
    model = together.model
    weights = [sample.resampling_weights for sample in model.samples]
    sizes = np.array(
        [
            own @ np.bincount(units, weigh, own.shape[1]).astype(float)
            for own, units, weigh in zip(counts, codes, weights, strict=True)
        ]
    )

    count, shares = len(counts[0]), sizes / sizes.sum(axis=0)
    widest = max(own.rows.widest for own in resamples)
    size = max(1, min(CACHED // max(own.second[0].size for own in resamples), NUMBERS // widest))
    parts = []
    for start in range(0, count, size):
        part = slice(start, start + size)
        parts.append(_incomplete_part(together, [own[part] for own in resamples], shares[:, part]))
    return _rest_alone(together, np.concatenate(parts), counts, codes, _incomplete_resample)


def _incomplete_part(together, resamples, shares):
    """Search as many resamples as a core keeps close: thetas (R, q); `shares` (n_groups, R) are those of the groups."""
    model = together.model
    moments = [(np.empty_like(own.second), np.empty_like(own.first)) for own in resamples]

    def complete(chosen, thetas):
        for (cov, mean), structure, own in zip(moments, model.structures, resamples, strict=True):
            cov[chosen], mean[chosen] = completed_moments_many(structure, own[chosen], thetas)

    def evaluate(chosen, thetas):
        completed = [(cov[chosen], mean[chosen]) for cov, mean in moments]
        return value_and_gradient(model, completed, thetas, shares[:, chosen])

    return together.search(evaluate, shares.shape[1], complete)[0]


def estimate_ordered(together, counts, codes):
    """Estimate a model on resamples of ordered answers, whose statistics are found anew; as `estimate_incomplete`."""
    thetas = np.full((len(counts[0]), len(together.theta)), np.nan)
    return _rest_alone(together, thetas, counts, codes, ordinal_resample)


def _rest_alone(together, thetas, counts, codes, resample):
    chisq, names = np.full(len(thetas), np.nan), together.model.table.variables.observed
    for r in np.flatnonzero(np.isnan(thetas).any(axis=1)):
        drawn = zip(together.model.samples, counts, codes, strict=True)
        thetas[r], chisq[r] = together.alone([resample(sample, own[r][units], names) for sample, own, units in drawn])
    return thetas, chisq


def _incomplete_resample(sample, counts, names):
    """The sample of cases drawn as often as counts (n,) say; None where their saturated moments cannot be had."""
    values, weights = np.repeat(sample.data, counts, axis=0), sample.resampled_weights(counts)
    n = len(values)
    if not np.isnan(values).any():
        return Sample(np.cov(values.T, bias=True, aweights=weights), np.average(values, 0, weights), n, float(n))
    try:
        return replace(incomplete_sample(sort_by_holes(values, weights=weights), names, "resample"), data=values)
    except EmolaborError:
        return None
