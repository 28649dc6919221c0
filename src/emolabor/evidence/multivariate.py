"""All correlations of several studies together: one population (Cheung & Chan, 2005), or a spread of them a cell.

Fixed: each study's correlations are those of one population, its standard deviations its own; maximum likelihood over
all studies at once. Random: each study's true correlations spread around the pooled ones, every cell with a variance
of its own (Cheung, 2014); maximum likelihood, or restricted, given each study's sampling covariances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emolabor.common.errors import EmolaborError

STEPS = 500
SMALL = 1e-10  # a variance of true values that is taken for zero
GAIN = 1e-18  # of the likelihood, that a step may still promise: estimates are then good to eight digits


@dataclass(frozen=True)
class FirstStage:
    """Pooled correlations (m,), their covariances (m, m), variances of the true values (m,), misfit and its df."""

    pooled: np.ndarray
    acov: np.ndarray
    tau2: np.ndarray
    chisq: float
    df: int


def pool_random(parts: Sequence, m: int, single: np.ndarray, method: str) -> FirstStage:
    """Random effects with a variance for each cell and no covariances between them.

    Parameters
    ----------
    parts : sequence of (places, y, v)
        For each study which of the m cells it has (p,), its correlations (p,) and their covariance matrix (p, p).
    m : int
        How many cells there are; each is in one study or more.
    single : ndarray of shape (m,)
        Cells of one study, whose variance stays at zero.
    method : {"ML", "REML"}
        How the variances are estimated.

    Returns
    -------
    FirstStage
        The covariance matrix is that of the joint observed information of correlations and variances above zero; with
        restricted likelihood, in which the correlations do not stand, it is theirs given the variances. The misfit is
        the heterogeneity among the studies, Q.

    References
    ----------
    Cheung, M. W.-L. (2014). Fixed- and random-effects meta-analytic structural equation modeling. Behavior Research
    Methods, 46(1), 29-40.
    """
    restricted = method == "REML"
    state = _State(parts, m, np.zeros(m), restricted)
    chisq, df = 2 * state.squares, sum(len(places) for places, _, _ in parts) - m
    free = ~single
    # A start within: half of what each cell's own spread is beyond sampling.
    state = _State(parts, m, np.where(free, 0.5 * _spread(parts, m, state.beta), 0.0), restricted)
    for _ in range(STEPS):
        moving = free & ((state.tau2 > 0) | (state.slope < 0))
        step = np.zeros(m)
        step[moving] = -np.linalg.solve(state.information[np.ix_(moving, moving)], state.slope[moving])
        if -float(step @ state.slope) < GAIN:
            break
        state = _stepped(state, step)
    else:
        raise EmolaborError(
            f"pool: the spread of the true values was not found in {STEPS} steps; allowed: model='fixed'"
        )
    return FirstStage(state.beta, state.covariance(), state.tau2, float(chisq), int(df))


def _spread(parts, m, beta):
    """For each cell the mean squared distance of its correlations from the pooled one, less sampling, at least .001."""
    total, count = np.zeros(m), np.zeros(m)
    for places, y, v in parts:
        total[places] += (y - beta[places]) ** 2 - np.diag(v)
        count[places] += 1
    return np.maximum(total / count, 1e-3)


class _State:
    """Minus log-likelihood, slope and expected information by the variances (m,), and the pooled correlations there."""

    def __init__(self, parts, m, tau2, restricted):
        self.parts, self.m, self.tau2, self.restricted = parts, m, tau2, restricted
        self.inverses = [np.linalg.inv(v + np.diag(tau2[places])) for places, _, v in parts]
        self.weight, pull = np.zeros((m, m)), np.zeros(m)
        for (places, y, _), inverse in zip(parts, self.inverses, strict=True):
            self.weight[np.ix_(places, places)] += inverse
            pull[places] += inverse @ y
        self.spread = np.linalg.inv(self.weight)
        self.beta = self.spread @ pull
        self.squares = logs = 0.0
        self.slope, self.information = np.zeros(m), np.zeros((m, m))
        self.pulls = []
        for (places, y, _), inverse in zip(parts, self.inverses, strict=True):
            pulled = inverse @ (y - self.beta[places])
            self.pulls.append(pulled)
            self.squares += 0.5 * float(pulled @ (y - self.beta[places]))
            logs -= 0.5 * np.linalg.slogdet(inverse)[1]
            within = inverse @ self.spread[np.ix_(places, places)] @ inverse if restricted else np.zeros_like(inverse)
            self.slope[places] += 0.5 * (np.diag(inverse) - np.diag(within) - pulled**2)
            self.information[np.ix_(places, places)] += 0.5 * (inverse**2)
        self.value = self.squares + logs + (0.5 * np.linalg.slogdet(self.weight)[1] if restricted else 0.0)

    def covariance(self):
        """Covariance matrix (m, m) of the pooled correlations."""
        moving = np.flatnonzero(self.tau2 > 0)
        if self.restricted or not len(moving):
            return self.spread
        joint = np.zeros((self.m + len(moving), self.m + len(moving)))
        joint[: self.m, : self.m] = self.weight
        number = np.full(self.m, -1)
        number[moving] = self.m + np.arange(len(moving))
        for (places, _, _), inverse, pulled in zip(self.parts, self.inverses, self.pulls, strict=True):
            own = np.flatnonzero(number[places] >= 0)
            to = number[places[own]]
            cross = inverse[:, own] * pulled[own]
            joint[np.ix_(places, to)] += cross
            joint[np.ix_(to, places)] += cross.T
            square = np.outer(pulled[own], pulled[own]) * inverse[np.ix_(own, own)]
            joint[np.ix_(to, to)] += square - 0.5 * inverse[np.ix_(own, own)] ** 2
        return np.linalg.inv(joint)[: self.m, : self.m]


def _stepped(state, step):
    """A step of Fisher scoring, no variance below zero, halved until it gains, as far as rounding lets one see."""
    rounding = 1e-13 * (1 + abs(state.value))
    for halving in range(40):
        tau2 = np.maximum(state.tau2 + step * 0.5**halving, 0.0)
        tau2[tau2 < SMALL] = 0.0
        found = _State(state.parts, state.m, tau2, state.restricted)
        if found.value <= state.value + 1e-4 * float(state.slope @ (tau2 - state.tau2)) + rounding:
            break
    return found


def pool_fixed(samples: Sequence, number: np.ndarray) -> FirstStage:
    """One population for all studies, by maximum likelihood over all of them (Cheung & Chan, 2005).

    Parameters
    ----------
    samples : sequence of (places, cor, n)
        For each study which of the p variables it has (q,), their correlations (q, q) and how many answered.
    number : ndarray of shape (p, p)
        The cells, -1 where no study has one.

    Returns
    -------
    FirstStage
        In the order of `number`. The misfit is the likelihood ratio against correlations of each study.

    References
    ----------
    Cheung, M. W.-L., & Chan, W. (2005). Meta-analytic structural equation modeling: A two-stage approach. Psychological
    Methods, 10(1), 40-64.
    """
    m = int(number.max()) + 1
    total, weight = np.zeros(m), np.zeros(m)
    for places, cor, n in samples:
        a, b = np.tril_indices(len(places), -1)
        own = number[places[a], places[b]]
        total[own] += n * cor[a, b]
        weight[own] += n
    theta = np.concatenate([total / weight, *(np.ones(len(places)) for places, _, _ in samples)])
    theta[:m] *= _shrinkage(theta, samples, number)
    value, slope, information = _likelihood(theta, samples, number, m)
    for _ in range(STEPS):
        move = np.linalg.solve(information, slope)
        if float(slope @ move) < GAIN:
            break
        for halving in range(60):
            found = _likelihood(theta - move * 0.5**halving, samples, number, m)
            if found is not None and found[0] <= value + 1e-12 * abs(value):
                theta = theta - move * 0.5**halving
                value, slope, information = found
                break
        else:
            break
    if float(slope @ np.linalg.solve(information, slope)) > 1e-10:
        raise EmolaborError("pool: one population for all tables was not found; allowed: model='random'")
    step = 1e-30
    hessian = np.array(
        [_slopes(theta + 1j * step * unit, samples, number, m).imag / step for unit in np.eye(len(theta))]
    )
    saturated = sum(0.5 * n * (np.linalg.slogdet(cor)[1] + len(cor)) for _, cor, n in samples)
    df = sum(len(places) * (len(places) - 1) // 2 for places, _, _ in samples) - m
    acov = np.linalg.inv(0.5 * (hessian + hessian.T))[:m, :m]
    return FirstStage(theta[:m], acov, np.zeros(m), float(2 * (value - saturated)), int(df))


def _shrinkage(theta, samples, number):
    """How far the first guess must shrink to be positive definite in every study: 1 where it is."""
    m = int(number.max()) + 1
    for share in 0.9 ** np.arange(100):
        guess = np.append(share * theta[:m], theta[m:])
        if all(np.linalg.eigvalsh(own[2])[0] > 0.01 for own in _groups(guess, samples, number, m)):
            return share
    return 0.0


def _groups(theta, samples, number, m):
    """Yield for each study its places in the parameters, correlations P, standard deviations D, sample and weight."""
    first = m
    for places, cor, n in samples:
        q = len(places)
        own = number[np.ix_(places, places)]
        population = np.where(own >= 0, theta[own], 1.0)
        yield first, own, population, theta[first : first + q], cor, float(n)
        first += q


def _slopes(theta, samples, number, m):
    """The slope (q,) of minus the log-likelihood; of complex parameters too."""
    slope = np.zeros_like(theta)
    for first, own, population, sd, cor, weight in _groups(theta, samples, number, m):
        inverse = np.linalg.inv(population * sd[:, None] * sd)
        pull = 0.5 * weight * (inverse - inverse @ cor @ inverse)
        slope[first : first + len(sd)] += 2 * ((pull * population) @ sd)
        a, b = np.tril_indices(len(sd), -1)
        np.add.at(slope, own[a, b], 2 * pull[a, b] * sd[a] * sd[b])
    return slope


def _likelihood(theta, samples, number, m):
    """Minus the log-likelihood, its slope and expected information; None where a matrix is not positive definite."""
    value, information = 0.0, np.zeros((len(theta), len(theta)))
    for first, own, population, sd, cor, weight in _groups(theta, samples, number, m):
        sigma = population * sd[:, None] * sd
        if np.any(sd <= 0) or np.linalg.eigvalsh(sigma)[0] <= 0:
            return None
        inverse = np.linalg.inv(sigma)
        value += 0.5 * weight * (np.linalg.slogdet(sigma)[1] + float(np.sum(inverse * cor)))
        a, b = np.tril_indices(len(sd), -1)
        numbers = np.append(own[a, b], first + np.arange(len(sd)))
        turned = np.zeros((len(numbers), len(sd), len(sd)))
        for k, (s, t) in enumerate(zip(a, b, strict=True)):
            turned[k, s, t] = turned[k, t, s] = sd[s] * sd[t]
        for k in range(len(sd)):
            turned[len(a) + k, k] += population[k] * sd
            turned[len(a) + k, :, k] += population[k] * sd
        turned = (inverse @ turned).reshape(len(numbers), -1)
        other = turned.reshape(-1, len(sd), len(sd)).transpose(0, 2, 1).reshape(len(numbers), -1)
        information[np.ix_(numbers, numbers)] += 0.5 * weight * turned @ other.T
    return value, _slopes(theta, samples, number, m), information
