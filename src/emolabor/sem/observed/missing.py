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


def check_pairs(rows, names, place):
    """Refuse incomplete rows in which two variables are never observed together."""
    never = np.argwhere(np.triu(rows.seen_together == 0))
    if len(never):
        i, j = never[0]
        refuse_because(
            place,
            f"'{names[i]}' and '{names[j]}' are never observed together",
            "every pair of variables observed in some row",
        )


def pattern_stacks(rows):
    """Moments of rows by what is observed in them, in arrays of at most `STACK` numbers.

    Parameters
    ----------
    rows : IncompleteRows

    Yields
    ------
    PatternStack
        The complete rows first; whatever is not observed is zero.
    """
    p = len(rows.centre)
    if rows.n_complete:
        mean = rows.first / rows.n_complete
        cov = rows.second / rows.n_complete - np.outer(mean, mean)
        shares = np.array([rows.n_complete / rows.n])
        yield PatternStack(shares, np.ones((1, p), bool), (rows.centre + mean)[None], cov[None])
    size = max(1, STACK // p**2)
    for block in rows.blocks:
        for start in range(0, len(block.holes), size):
            holes, counts = block.holes[start : start + size], block.counts[start : start + size]
            ends = np.searchsorted(block.which, [start, start + len(holes)])
            values, which = block.values[slice(*ends)], block.which[slice(*ends)] - start
            seen = np.ones((len(holes), p), bool)
            seen[np.arange(len(holes))[:, None], holes] = False
            weights = np.ones(len(which)) if block.weights is None else block.weights[slice(*ends)]
            weighed = values * weights[:, None]
            means = np.add.reduceat(weighed, np.searchsorted(which, np.arange(len(holes)))) / counts[:, None]
            covs = np.zeros((len(holes), p, p))
            for g in np.flatnonzero(np.bincount(which) > 1):
                own = slice(*np.searchsorted(which, [g, g + 1]))
                deviations = values[own] - means[g]
                covs[g] = deviations.T @ (deviations * weights[own, None]) / counts[g]
            yield PatternStack(counts / rows.n, seen, np.where(seen, rows.centre + means, 0.0), covs)


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


def pattern_slopes(rows, sigma, mu):
    """Half the discrepancy of a case and what pulls at the moments.

    Parameters
    ----------
    rows : IncompleteRows
    sigma, mu : ndarray (p, p), (p,)

    Returns
    -------
    tuple or None
        value (without the constant), W (p, p) with d value = tr(W d sigma) / 2, pull (p,) with d value = -pull' d mu.
    """
    p = len(mu)
    value, weighted, pull = 0.0, np.zeros((p, p)), np.zeros(p)
    for stack in pattern_stacks(rows):
        found = pattern_misfits(stack, sigma, mu)
        if found is None:
            return None
        inverses, logdets, gaps, about = found
        turned = inverses @ about
        value += 0.5 * float(stack.shares @ (logdets + np.einsum("gii->g", turned)))
        weighted += np.tensordot(stack.shares, inverses - turned @ inverses, 1)
        pull += stack.shares @ (inverses @ gaps[:, :, None])[:, :, 0]
    return value, weighted, pull


def saturated_moments(rows):
    """Maximum likelihood mean and covariance of incomplete data.

    Parameters
    ----------
    rows : IncompleteRows

    Returns
    -------
    tuple
        mean (p,), covariance (p, p), half the discrepancy of a case (without the constant). EM steps, mixed with the
        last few by the rule of Anderson (1965) as long as that does not raise the discrepancy.
    """
    mean, variances = rows.observed_moments
    spread, (i, j) = np.sqrt(variances), np.tril_indices(len(mean))
    units = np.concatenate([spread, spread[i] * spread[j]])
    state, history, plain = np.concatenate([mean, np.diag(variances)[i, j]]), [], None
    reached, highest = None, np.inf
    for _ in range(EM_STEPS):
        mean, cov = _unpacked(state, i, j)
        found = _em_step(rows, cov, mean)
        if found is None or found[0] > highest + ROUNDING * abs(highest):
            if plain is None:
                raise EmolaborError(
                    "data: the covariance matrix of the incomplete answers is not positive definite; "
                    "look for duplicated or summed variables and too many missing answers"
                )
            state, history, plain, highest = plain, [], None, np.inf  # the mixture overshot: the EM step does not
            continue
        highest, step, change = found
        reached = mean, cov, highest
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
    return reached


def _em_step(rows, cov, mean):
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
    found = pattern_slopes(rows, cov, mean)
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
