"""Missing answers: rows grouped by pattern, and the moments of the saturated model by the EM algorithm.

Arbuckle (1996) for the likelihood by pattern; Dempster, Laird & Rubin (1977) for EM.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.linalg import inverse_and_logdet
from emolabor.sem.observed.completion import completed_moments

EM_STEPS, EM_TOLERANCE, MIXED, ROUNDING = 5000, 1e-11, 6, 1e-14
EM_ACCEPTED = 1e-8  # a last step above it, in standard deviations, would leave a chi-square that is visibly too large
NEARLY_SINGULAR = 1e3  # variance inflation of a variable by all others
STACK = 2_000_000  # numbers in a stack of matrices: 16 MB


@dataclass(frozen=True)
class MissingPattern:
    """Rows with the same variables observed: their places, indices of the variables, moments with denominator n."""

    rows: np.ndarray
    observed: np.ndarray
    n: int
    mean: np.ndarray
    cov: np.ndarray


@dataclass(frozen=True)
class PatternStack:
    """Patterns as arrays: shares of the cases (G,), what is observed (G, p), moments (G, p) and (G, p, p)."""

    shares: np.ndarray
    seen: np.ndarray
    means: np.ndarray
    covs: np.ndarray

    @cached_property
    def both(self):
        """Which pairs of variables are observed together in a pattern (G, p, p)."""
        return self.seen[:, :, None] & self.seen[:, None, :]


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
        refuse_because(
            place,
            f"'{names[i]}' and '{names[j]}' are never observed together",
            "every pair of variables observed in some row",
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


def stack_patterns(patterns, n_variables):
    """Stack patterns in arrays of at most `STACK` entries a matrix stack.

    Parameters
    ----------
    patterns : tuple of MissingPattern
    n_variables : int
        p.

    Returns
    -------
    tuple of PatternStack
        Whatever is not observed is zero.
    """
    p, n = n_variables, sum(pattern.n for pattern in patterns)
    size = max(1, STACK // p**2)
    stacks = []
    for first in range(0, len(patterns), size):
        chosen = patterns[first : first + size]
        seen, means = np.zeros((len(chosen), p), bool), np.zeros((len(chosen), p))
        covs = np.zeros((len(chosen), p, p))
        for g, pattern in enumerate(chosen):
            seen[g, pattern.observed] = True
            means[g, pattern.observed] = pattern.mean
            covs[g][np.ix_(pattern.observed, pattern.observed)] = pattern.cov
        shares = np.array([pattern.n / n for pattern in chosen])
        stacks.append(PatternStack(shares, seen, means, covs))
    return tuple(stacks)


def pattern_misfits(stack, sigma, mu):
    """Inverse covariances, log-determinants and second moments about a mean, pattern by pattern.

    Parameters
    ----------
    stack : PatternStack
        G patterns.
    sigma, mu : ndarray (p, p), (p,)

    Returns
    -------
    tuple of ndarray or None
        Inverses (G, p, p), log-determinants (G,), deviations of the means (G, p), second moments (G, p, p); zero where
        a variable is not observed. None where sigma is not positive definite.
    """
    both = stack.both
    blocks = np.where(both, sigma, np.eye(len(sigma)))
    try:
        roots = np.linalg.cholesky(blocks)
    except np.linalg.LinAlgError:
        return None
    logdets = 2 * np.log(np.einsum("gii->gi", roots)).sum(axis=1)
    if not np.isfinite(logdets).all():
        return None
    gaps = np.where(stack.seen, stack.means - mu, 0.0)
    return np.where(both, np.linalg.inv(blocks), 0.0), logdets, gaps, stack.covs + gaps[:, :, None] * gaps[:, None, :]


def pattern_slopes(stacks, sigma, mu):
    """Half the discrepancy of a case and what pulls at the moments.

    Parameters
    ----------
    stacks : tuple of PatternStack
    sigma, mu : ndarray (p, p), (p,)

    Returns
    -------
    tuple or None
        value (without the constant), W (p, p) with d value = tr(W d sigma) / 2, pull (p,) with d value = -pull' d mu.
    """
    p = len(mu)
    value, weighted, pull = 0.0, np.zeros((p, p)), np.zeros(p)
    for stack in stacks:
        found = pattern_misfits(stack, sigma, mu)
        if found is None:
            return None
        inverses, logdets, gaps, about = found
        turned = inverses @ about
        value += 0.5 * float(stack.shares @ (logdets + np.einsum("gii->g", turned)))
        weighted += np.tensordot(stack.shares, inverses - turned @ inverses, 1)
        pull += stack.shares @ (inverses @ gaps[:, :, None])[:, :, 0]
    return value, weighted, pull


def saturated_moments(rows, stacks, values):
    """Maximum likelihood mean and covariance of incomplete data.

    Parameters
    ----------
    rows : IncompleteRows
    stacks : tuple of PatternStack
        The same rows by pattern.
    values : ndarray (n, p)

    Returns
    -------
    tuple
        mean (p,), covariance (p, p), half the discrepancy of a case (without the constant). EM steps, mixed with the
        last few by the rule of Anderson (1965) as long as that does not raise the discrepancy.
    """
    mean, cov = np.nanmean(values, axis=0), np.diag(np.nanvar(values, axis=0))
    spread, (i, j) = np.sqrt(cov.diagonal()), np.tril_indices(len(mean))
    units = np.concatenate([spread, spread[i] * spread[j]])
    state, history, plain = np.concatenate([mean, cov[i, j]]), [], None
    best = np.inf
    for _ in range(EM_STEPS):
        mean, cov = _unpacked(state, i, j)
        found = _em_step(rows, stacks, cov, mean)
        if found is None or found[0] > best + ROUNDING * abs(best):
            if plain is None:
                raise EmolaborError(
                    "data: the covariance matrix of the incomplete answers is not positive definite; "
                    "look for duplicated or summed variables and too many missing answers"
                )
            state, history, plain, best = plain, [], None, np.inf  # the mixture overshot: the EM step does not
            continue
        best, step, change = found
        residual = np.concatenate([step, -change[i, j]]) / units
        if np.max(np.abs(residual)) < EM_TOLERANCE:
            break
        plain = state + residual * units
        history = [*history, (residual, plain)][-MIXED:]
        state = _mixed(history, plain)
    if np.max(np.abs(residual)) > EM_ACCEPTED:
        refuse_because(
            "data",
            f"the moments of the incomplete answers were not found in {EM_STEPS} steps",
            "more rows, or variables with fewer missing answers",
        )
    return mean, cov, best


def _em_step(rows, stacks, cov, mean):
    """Half the discrepancy, and what an EM step adds to the means (p,) and takes from the covariances (p, p).

    None where the covariance matrix is not positive definite. Where it is nearly singular its inverse has lost too many
    digits: then each pattern is seen by the inverse of what it observes alone, which is slower.
    """
    factored = inverse_and_logdet(cov)
    if factored is None:
        return None
    if np.max(factored[0].diagonal() * cov.diagonal()) < NEARLY_SINGULAR:
        found = completed_moments(rows, cov, mean)
        if found is None:
            return None
        half, _, step, second = found
        return half, step, cov + step[:, None] * step - second
    found = pattern_slopes(stacks, cov, mean)
    if found is None:
        return None
    half, weighted, pull = found
    step = cov @ pull
    return half, step, cov @ weighted @ cov + step[:, None] * step


def _mixed(history, plain):
    """Combine the last EM steps so that their residuals cancel best."""
    if len(history) == 1:
        return plain
    residuals = np.array([residual for residual, _ in history])
    steps = np.array([step for _, step in history])
    weights = np.linalg.lstsq((residuals[1:] - residuals[:-1]).T, residuals[-1], rcond=None)[0]
    return plain - weights @ (steps[1:] - steps[:-1])


def _unpacked(state, i, j):
    """Mean (p,) and covariance (p, p) from one vector."""
    p = i[-1] + 1
    cov = np.empty((p, p))
    cov[i, j] = cov[j, i] = state[p:]
    return state[:p], cov
