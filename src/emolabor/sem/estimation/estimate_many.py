"""One model estimated on many samples, all near the one that it was fitted to."""

from dataclasses import dataclass, replace

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.sem.discrepancy.fiml_many import incomplete_value_and_gradient
from emolabor.sem.discrepancy.normal_many import value_and_gradient
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.optimize_many import minimize_many
from emolabor.sem.estimation.test_statistic import chi_square
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet
from emolabor.sem.observed.completion import sort_by_holes
from emolabor.sem.observed.samples import Sample, incomplete_sample
from emolabor.sem.ordinal.ordinal_samples import ordinal_resample
from emolabor.sem.specification.constraints import build_constraints


@dataclass(frozen=True)
class Together:
    """How many samples are searched at once: from one model's estimates, with the inverse of their information.

    `basis` (q, r) and `offset` (q,) are the linear constraints', `inverse` (r, r) is along the free directions; None
    where only a search of each sample by itself serves: the likelihood is not what is minimised, constraints are not
    linear, or exogenous variables are fixed at each sample's moments.
    """

    model: object
    theta: np.ndarray
    basis: np.ndarray
    offset: np.ndarray
    inverse: np.ndarray | None

    @classmethod
    def near(cls, model, estimate):
        """From a model and its estimate."""
        constraints = build_constraints(model.table)
        basis, inverse = constraints.basis, None
        alone = constraints.curved or model.table.inequalities or model.exogenous
        if model.estimator.likelihood and not alone:
            information = model.derivatives(estimate.theta, observed=model.incomplete)[2]
            inverse = basis.T @ bordered_inverse(information, basis) @ basis
        return cls(model, estimate.theta, basis, constraints.offset, inverse)

    def search(self, evaluate, count):
        """Minimise the discrepancies of samples: thetas (R, q) and their values (R,), NaN where it was not done.

        `evaluate` (numbers, thetas) gives their values and gradients.
        """
        thetas, values = np.full((count, len(self.theta)), np.nan), np.full(count, np.nan)
        if self.inverse is None:
            return thetas, values
        basis, offset = self.basis, self.offset
        unconstrained = basis.shape[0] == basis.shape[1]

        def along(chosen, alphas):
            value, gradient = evaluate(chosen, alphas if unconstrained else alphas @ basis.T + offset)
            return value, gradient if unconstrained else gradient @ basis

        start = np.tile(basis.T @ (self.theta - offset), (count, 1))
        alphas, found, converged = minimize_many(along, start, self.inverse)
        thetas[converged] = alphas[converged] @ basis.T + offset
        values[converged] = found[converged]
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

    def evaluate(chosen, thetas):
        value, gradient = np.zeros(len(thetas)), np.zeros_like(thetas)
        for size, structure, own in zip(sizes, model.structures, resamples, strict=True):
            share = (size / sizes.sum(axis=0))[chosen]
            half, slope = incomplete_value_and_gradient(structure, own[chosen], thetas)
            value += share * half
            np.add.at(gradient.T, structure.parameter, (share[:, None] * slope).T)
        return value, gradient

    thetas, values = together.search(evaluate, len(counts[0]))
    return _rest_alone(together, thetas, values, counts, codes, _incomplete_resample)


def estimate_ordered(together, counts, codes):
    """Estimate a model on resamples of ordered answers, whose statistics are found anew; as `estimate_incomplete`."""
    count = len(counts[0])
    thetas, values = np.full((count, len(together.theta)), np.nan), np.full(count, np.nan)
    return _rest_alone(together, thetas, values, counts, codes, ordinal_resample)


def _rest_alone(together, thetas, values, counts, codes, resample):
    chisq, names = np.full(len(values), np.nan), together.model.table.variables.observed
    for r in np.flatnonzero(np.isnan(values)):
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
