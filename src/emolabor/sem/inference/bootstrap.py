"""Resamples: which cases are drawn how often, and the parameters estimated on each draw.

Resamples are made in chunks of a fixed size, each with its own generator spawned from the seed, so that the numbers do
not depend on how many workers share the chunks.
"""

import numpy as np

from emolabor.common.checks import check_choice, check_jobs, check_seed, check_whole
from emolabor.common.errors import EmolaborError, refuse_because, shown
from emolabor.common.tasks import chunk_sizes, run_tasks
from emolabor.common.threads import one_thread
from emolabor.sem.discrepancy.fiml_many import incomplete_value_and_gradient, resample_rows
from emolabor.sem.discrepancy.normal_many import value_and_gradient
from emolabor.sem.estimation.estimate import estimate_parameters
from emolabor.sem.estimation.optimize_many import minimize_many
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.inference.draws import Draws
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet
from emolabor.sem.observed.completion import sort_by_holes
from emolabor.sem.observed.ordinal_samples import ordinal_resample
from emolabor.sem.observed.samples import Sample, incomplete_sample
from emolabor.sem.specification.constraints import build_constraints

CHUNK = 200
KINDS = ("nonparametric", "bollen_stine", "parametric")


def bootstrap(fit, n_resamples=5000, seed=1, kind="nonparametric", jobs=1):
    """Estimate the model of a fit on resamples.

    Parameters
    ----------
    fit : Fit
        Fitted to data (a covariance matrix has no cases to draw).
    n_resamples : int
        How many; 5000 for intervals that are reported.
    seed : int
        The same seed gives the same draws.
    kind : {"nonparametric", "bollen_stine", "parametric"}
        "nonparametric": cases with replacement within groups, whole clusters where there are clusters.
        "bollen_stine": the same from data turned so that the model holds (Bollen & Stine, 1992), for the test.
        "parametric": normal data from the implied moments.
    jobs : int
        Processes that share the work, through joblib (-1: all cores); the result does not depend on it.

    Returns
    -------
    Draws
        Ask it for intervals (`Draws.ci`), for what failed (`n_failed`, `n_improper`), after Bollen-Stine resamples for
        `pvalue`.

    Raises
    ------
    EmolaborError
        Another kind, numbers that are not whole, a fit without cases or not identified, a kind that does not go with
        ordered or missing answers.

    References
    ----------
    Bollen, K. A., & Stine, R. A. (1992). Bootstrapping goodness-of-fit measures in structural equation models.
    Sociological Methods & Research, 21(2), 205-229.
    Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.

    Examples
    --------
    >>> import emolabor as el
    >>> model = "surface =~ sa1 + sa2 + sa3; exhaustion =~ ex1 + ex2 + ex3; service =~ ps1 + ps2 + ps3"
    >>> fit = el.sem(model + "; exhaustion ~ surface; service ~ exhaustion", el.simulate_staff(n=400, seed=1))
    >>> draws = fit.bootstrap(500, seed=1)
    >>> draws
    500 nonparametric draws: 0 failed, 0 improper
    >>> draws.ci("bca").query("op == 'indirect'")[["rhs", "lhs", "est", "ci_lower", "ci_upper"]].round(2)
            rhs      lhs   est  ci_lower  ci_upper
    26  surface  service -0.02     -0.09      0.05
    """
    check_choice("kind", kind, KINDS)
    check_whole("n_resamples", n_resamples, 1)
    check_seed(seed)
    check_jobs(jobs)
    if any(sample.data is None for sample in fit.model.samples):
        raise EmolaborError("bootstrap: the fit has no cases to draw from (sample_cov); monte_carlo() needs none")
    if fit.vcov().isna().to_numpy().any():
        raise EmolaborError("bootstrap: the model is not identified: its estimates on resamples mean nothing")
    if kind != "nonparametric" and fit.table.ordered:
        refuse_because("kind", f"{shown(kind)} takes answers as continuous", "'nonparametric' with ordered ones")
    if kind != "nonparametric" and any(sample.patterns for sample in fit.model.samples):
        refuse_because("kind", f"{shown(kind)} needs complete data", "'nonparametric' with missing answers")
    if kind != "nonparametric":
        for structure in fit.model.structures:
            if inverse_and_logdet(implied_moments(structure, fit.estimate.theta).sigma) is None:
                refuse_because(
                    "kind",
                    f"{shown(kind)} draws from the implied covariance matrix, which is not positive definite",
                    "'nonparametric'",
                )
    sources = [_source(fit, structure, sample, kind) for structure, sample, _ in fit.model.groups]
    sizes = chunk_sizes(n_resamples, CHUNK)
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))
    tasks = [(fit.model, fit.estimate, sources, kind, *task) for task in zip(seeds, sizes, strict=True)]
    parts = run_tasks(_chunk, tasks, jobs, "resamples")
    thetas, chisq = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return Draws(fit, kind, thetas, chisq)


def _source(fit, structure, sample, kind):
    """The cases that are drawn: as they are, or turned so that their moments are the implied ones."""
    if kind != "bollen_stine":
        return sample.data
    implied = implied_moments(structure, fit.estimate.theta)
    centre = implied.mu if structure.mean_structure else sample.mean
    own, target = np.linalg.cholesky(sample.cov), np.linalg.cholesky(implied.sigma)
    return centre + np.linalg.solve(own, (sample.data - sample.mean).T).T @ target.T


@one_thread
def _chunk(model, estimate, sources, kind, seed, size):
    """Draw and estimate one chunk: thetas (size, q), NaN where the search failed, and chi-squares (size,)."""
    rng = np.random.default_rng(seed)
    counts = [_counts(rng, sample, size) for sample in model.samples]
    if kind == "parametric":
        moments = [_implied_samples(rng, structure, estimate.theta, s, size) for structure, s, _ in model.groups]
    elif model.table.ordered or any(sample.patterns for sample in model.samples):
        return _one_by_one(model, estimate, counts)
    else:
        moments = [
            _moments(values, count, sample.n / sample.weight)
            for values, count, sample in zip(sources, counts, model.samples, strict=True)
        ]
    return estimate_many(model, estimate, moments)


def _counts(rng, sample, size):
    """How often each case is drawn (size, n): multinomial over cases, or over clusters."""
    if sample.clusters is None:
        return rng.multinomial(sample.n, np.full(sample.n, 1 / sample.n), size=size)
    _, codes = np.unique(sample.clusters, return_inverse=True)
    clusters = codes.max() + 1
    return rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=size)[:, codes]


def _moments(values, counts, scale):
    """Covariances (R, p, p) and means (R, p) of resamples, from one matrix product of counts and case products."""
    p = values.shape[1]
    centre = values.mean(axis=0)
    deviations = values - centre
    i, j = np.tril_indices(p)
    weights = counts / counts.sum(axis=1, keepdims=True)
    mean = weights @ deviations
    second = weights @ (deviations[:, i] * deviations[:, j])
    cov = np.empty((len(counts), p, p))
    cov[:, i, j] = cov[:, j, i] = second
    cov -= mean[:, :, None] * mean[:, None, :]
    return cov * scale, mean + centre


def _implied_samples(rng, structure, theta, sample, size):
    """Moments of normal samples of a group's size from what a fit implies."""
    implied = implied_moments(structure, theta)
    centre = implied.mu if structure.mean_structure else sample.mean
    covs, means = normal_moments(rng, implied.sigma, centre, sample.n, size)
    return covs * sample.n / sample.weight, means


def normal_moments(rng, sigma, centre, n, size):
    """Covariances (size, p, p), denominator n, and means (size, p) of normal samples.

    The covariances are Wishart by their triangular root (Bartlett, 1933): no case is drawn.
    """
    p = len(sigma)
    root = np.linalg.cholesky(sigma)
    below = np.tril_indices(p, -1)
    turned = np.zeros((size, p, p))
    turned[:, below[0], below[1]] = rng.standard_normal((size, len(below[0])))
    turned[:, np.arange(p), np.arange(p)] = np.sqrt(rng.chisquare(n - 1 - np.arange(p), (size, p)))
    turned = root @ turned
    covs = turned @ turned.swapaxes(1, 2) / n
    if centre is None:
        return covs, np.zeros((size, p))
    return covs, centre + rng.standard_normal((size, p)) @ root.T / np.sqrt(n)


def estimate_many(model, estimate, moments):
    """Estimate a model on many sets of moments: all at once for the likelihood, else and for stragglers one by one.

    Parameters
    ----------
    model : Model
    estimate : Estimate
        Where the searches start.
    moments : list of tuple
        For each group covariances (R, p, p) and means (R, p).

    Returns
    -------
    tuple of ndarray
        Thetas (R, q) and chi-squares (R,), NaN where the search failed.
    """

    def evaluate(chosen, thetas):
        return value_and_gradient(model, [(cov[chosen], mean[chosen]) for cov, mean in moments], thetas)

    def samples_of(r):
        return [
            Sample(cov[r], mean[r], sample.n, sample.weight)
            for (cov, mean), sample in zip(moments, model.samples, strict=True)
        ]

    thetas, values = _search_together(model, estimate, evaluate, len(moments[0][0]))
    saturated = sum(
        share * 0.5 * (_logdets(cov) + cov.shape[1]) for share, (cov, _) in zip(model.shares, moments, strict=True)
    )
    chisq = 2 * model.weight * (values - saturated)
    for r in np.flatnonzero(np.isnan(values)):
        thetas[r], chisq[r] = _estimate_one(model, estimate, samples_of(r))
    return thetas, chisq


def _logdets(covs):
    """Log-determinants (R,) of covariance matrices; missing where they are not positive."""
    sign, logdet = np.linalg.slogdet(covs)
    return np.where(sign > 0, logdet, np.nan)


def _search_together(model, estimate, evaluate, count):
    """Minimise many discrepancies of one model at once: thetas (R, q) and their values (R,), NaN where it was not done.

    `evaluate` (numbers, thetas) gives their values and gradients. Nothing is done where the likelihood is not what is
    minimised, under constraints that are not linear, and where exogenous variables are fixed at each sample's moments.
    """
    thetas, values = np.full((count, len(estimate.theta)), np.nan), np.full(count, np.nan)
    constraints = build_constraints(model.table)
    if not model.estimator.likelihood or constraints.curved or model.table.inequalities or model.exogenous:
        return thetas, values
    basis, offset = constraints.basis, constraints.offset
    information = model.derivatives(estimate.theta, observed=model.incomplete)[2]
    inner = bordered_inverse(information, basis)
    unconstrained = basis.shape[0] == basis.shape[1]

    def along(chosen, alphas):
        value, gradient = evaluate(chosen, alphas if unconstrained else alphas @ basis.T + offset)
        return value, gradient if unconstrained else gradient @ basis

    start = np.tile(basis.T @ (estimate.theta - offset), (count, 1))
    alphas, found, converged = minimize_many(along, start, basis.T @ inner @ basis)
    thetas[converged] = alphas[converged] @ basis.T + offset
    values[converged] = found[converged]
    return thetas, values


def _incomplete_together(model, estimate, counts):
    """Estimate a model on resamples of incomplete rows: thetas (R, q); no chi-squares, which nobody asks for here."""
    resamples = [
        resample_rows(sample.incomplete or sort_by_holes(sample.data), sample.data, count)
        for sample, count in zip(model.samples, counts, strict=True)
    ]
    sizes = np.array([count.sum(axis=1) for count in counts])

    def evaluate(chosen, thetas):
        value, gradient = np.zeros(len(thetas)), np.zeros_like(thetas)
        for size, structure, own in zip(sizes, model.structures, resamples, strict=True):
            share = (size / sizes.sum(axis=0))[chosen]
            half, slope = incomplete_value_and_gradient(structure, own[chosen], thetas)
            value += share * half
            np.add.at(gradient.T, structure.parameter, (share[:, None] * slope).T)
        return value, gradient

    return _search_together(model, estimate, evaluate, len(counts[0]))


def _one_by_one(model, estimate, counts):
    """Resamples of incomplete data or ordered answers: patterns, thresholds and correlations are found anew in each."""
    count = len(counts[0])
    thetas, values = np.full((count, len(estimate.theta)), np.nan), np.full(count, np.nan)
    if model.incomplete:
        thetas, values = _incomplete_together(model, estimate, counts)
    chisq = np.full(count, np.nan)
    resample = ordinal_resample if model.table.ordered else _incomplete_resample
    names = model.table.variables.observed
    for r in np.flatnonzero(np.isnan(values)):
        samples = [resample(sample, own[r], names) for sample, own in zip(model.samples, counts, strict=True)]
        thetas[r], chisq[r] = _estimate_one(model, estimate, samples)
    return thetas, chisq


def _incomplete_resample(sample, counts, names):
    """The sample of cases drawn as often as counts (n,) say; None where their saturated moments cannot be had."""
    values = np.repeat(sample.data, counts, axis=0)
    n = len(values)
    if not np.isnan(values).any():
        return Sample(np.cov(values.T, bias=True), values.mean(axis=0), n, float(n))
    try:
        return incomplete_sample(values, names, "resample")
    except EmolaborError:
        return None


def _estimate_one(model, estimate, samples):
    """Estimate one resample from the full sample's estimates; NaN where the search fails."""
    from emolabor.sem.estimation.test_statistic import chi_square

    failed = np.full(len(estimate.theta), np.nan), np.nan
    if any(
        sample is None or (not model.table.ordered and inverse_and_logdet(sample.cov) is None) for sample in samples
    ):
        return failed
    bound = model.with_samples(samples)
    try:
        found = estimate_parameters(bound, estimate.theta)
    except EmolaborError:
        return failed
    return (found.theta, chi_square(bound, found.theta)) if found.optimum.converged else failed
