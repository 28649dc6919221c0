"""Mixtures of independent normals by the EM algorithm, many starts at once: the quick part of latent profiles."""

import numpy as np

# A profile whose standard deviation shrinks further than to a tenth of the sample's has found a few equal answers.
VARIANCE_FLOOR = 0.01
ENOUGH = 5


def expectation_maximization(data, weights, means, variances, *, tol=1e-8, max_iter=2000):
    """Climb from several starts to local maxima of a normal mixture's likelihood (Dempster, Laird & Rubin, 1977).

    Within a component the variables are independent and their variances free. Variances stay above
    `VARIANCE_FLOOR`, without which the likelihood has no upper bound (Hathaway, 1985).

    Parameters
    ----------
    data : array of shape (n, p)
        Standardised variables, without missing values.
    weights : array of shape (s, k)
        Shares of the components in each start.
    means, variances : arrays of shape (s, k, p)
        Of the components in each start.
    tol : float
        Stop when the mean log-likelihood of no start grows by more in a step.
    max_iter : int
        Most steps.

    Returns
    -------
    tuple
        loglik of shape (s,), weights, means, variances.

    Examples
    --------
    >>> data = np.array([[-1.2], [-0.8], [0.8], [1.2]])
    >>> loglik, weights, means, _ = expectation_maximization(
    ...     data, np.full((1, 2), 0.5), np.array([[[-0.5], [0.5]]]), np.ones((1, 2, 1))
    ... )
    >>> weights.round(2).tolist(), means.round(2).tolist()
    ([[0.5, 0.5]], [[[-1.0], [1.0]]])
    """
    n, p = data.shape
    design = np.column_stack([np.ones(n), data, data**2])
    transposed = np.ascontiguousarray(design.T)
    before = np.full(len(weights), -np.inf)
    for _ in range(max_iter):
        joint = _log_joint(transposed, weights, means, variances)
        top = joint.max(axis=1, keepdims=True)
        density = np.exp(joint - top)
        total = density.sum(axis=1, keepdims=True)
        loglik = (top + np.log(total)).sum(axis=(1, 2))
        if (np.abs(loglik - before) <= tol * n).all():
            break
        before = loglik
        density /= total
        sums = density @ design
        # A start may lose a component altogether; its share is then next to nothing, its place the data's centre.
        counts = np.maximum(sums[:, :, :1], 1e-10)
        weights = counts[:, :, 0] / n
        means = sums[:, :, 1 : p + 1] / counts
        variances = np.maximum(sums[:, :, p + 1 :] / counts - means**2, VARIANCE_FLOOR)
    return loglik, weights, means, variances


def _log_joint(transposed, weights, means, variances):
    """Logarithm of share times density, of shape (s, k, n)."""
    constant = np.log(weights) - 0.5 * (np.log(2 * np.pi * variances) + means**2 / variances).sum(axis=2)
    return np.concatenate([constant[:, :, None], means / variances, -0.5 / variances], axis=2) @ transposed


def best_mixture(data, k, rng, *, n_starts, n_final, tol=1e-8, max_iter=2000):
    """Search the highest likelihood: short climbs from random respondents, long ones from the most promising.

    Parameters
    ----------
    data : array of shape (n, p)
        Standardised variables.
    k : int
        Components.
    rng : numpy.random.Generator
        Draws the starts: k respondents are the means.
    n_starts, n_final : int
        Starts, and how many of them are climbed to the end.
    tol, max_iter
        Of `expectation_maximization`.

    Returns
    -------
    tuple
        loglik of shape (n_final,), weights, means, variances, the best one first.
    """
    n, p = data.shape
    chosen = np.array([rng.choice(n, k, replace=False) for _ in range(n_starts)])
    start = (np.full((n_starts, k), 1 / k), data[chosen], np.ones((n_starts, k, p)))
    found = expectation_maximization(data, *start, tol=tol, max_iter=12)
    order = np.argsort(-found[0], kind="stable")[:n_final]
    found = expectation_maximization(data, *(part[order] for part in found[1:]), tol=tol, max_iter=max_iter)
    order = np.argsort(-found[0], kind="stable")
    return tuple(part[order] for part in found)


def bootstrap_p(data, null, k, statistic, rng, n_boot):
    """Parametric bootstrap likelihood-ratio test of k - 1 against k components (McLachlan, 1987).

    Sampling ends early once five samples have reached the statistic, as the p value is then far from small
    (Besag & Clifford, 1991).

    Parameters
    ----------
    data : array of shape (n, p)
        Standardised variables; only their number is used.
    null : tuple of arrays
        Weights (k - 1,), means and variances (k - 1, p) of the fitted smaller mixture, which the samples are drawn
        from.
    k : int
        Components of the larger mixture.
    statistic : float
        Twice the difference of the two log-likelihoods in the data.
    rng : numpy.random.Generator
        Draws samples and starts.
    n_boot : int
        Most samples.

    Returns
    -------
    float
        (1 + samples that reach the statistic) / (1 + n_boot), or 5 / samples drawn where it ended early.
    """
    reached = 0
    weights, means, variances = null
    for drawn in range(1, n_boot + 1):
        component = rng.choice(k - 1, len(data), p=weights)
        sample = means[component] + np.sqrt(variances[component]) * rng.standard_normal(data.shape)
        smaller = expectation_maximization(sample, *(part[None] for part in null), tol=1e-5, max_iter=200)[0][0]
        larger = best_mixture(sample, k, rng, n_starts=10, n_final=2, tol=1e-5, max_iter=200)[0][0]
        reached += 2 * (larger - smaller) >= statistic
        if reached == ENOUGH:
            return ENOUGH / drawn
    return (1 + reached) / (1 + n_boot)
