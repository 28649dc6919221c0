"""Factor scores of ordered answers: the likeliest factors, with and without what is known of them beforehand.

An ordered answer says between which thresholds its normal variable y* lies. Given the factors and the continuous
answers the y* are independent, so that the likelihood of a case is a product of differences of the normal distribution
function. It is log-concave: Newton's steps find its one maximum (Bartholomew, Knott & Moustaki, 2011, ch. 4 and 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import log_ndtr

from emolabor.common.errors import refuse_because
from emolabor.sem.implied.ram import fill
from emolabor.sem.linalg import inverse_and_logdet

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.implied.ram import Implied

ENDS = 1e6  # thresholds below the lowest and above the highest category
DEPENDENT = 1e-8  # of a correlation given the factors; a share of a variance
STEPS, SETTLED, HALVINGS = 100, 1e-11, 40
RIDGE = 1e-12  # of the information: what a direction without any is given
ENDLESS = 1e3  # standard errors of a factor, in its standard deviations, beyond which no answer holds it


@dataclass(frozen=True)
class _Likelihood:
    """What the answers of n cases say of r factors u.

    Ordered answers: `lower` and `upper` (n, o) less `slopes` (o, r) times u are standard normal limits. Continuous
    answers and what is known beforehand: -u'`precision`u / 2 + `pull` (n, r) u.
    """

    lower: np.ndarray
    upper: np.ndarray
    slopes: np.ndarray
    precision: np.ndarray
    pull: np.ndarray

    def at(self, u: np.ndarray, cases: np.ndarray) -> tuple[Any, ...]:
        """Log-likelihood (c,), gradient (c, r) and information (c, r, r) of some cases at u (c, r)."""
        moved = u @ self.slopes.T
        low, high = self.lower[cases] - moved, self.upper[cases] - moved
        turned = low > 0  # the lower tail keeps its digits
        near, far = np.where(turned, -low, high), np.where(turned, -high, low)
        log_near = log_ndtr(near)
        log_share = log_near + np.log1p(-np.exp(log_ndtr(far) - log_near))
        at_low, at_high = (_density_over(ends, log_share) for ends in (low, high))
        weight = (at_low - at_high) ** 2 + high * at_high - low * at_low
        tilt = u @ self.precision
        value = log_share.sum(axis=1) + np.sum(u * (self.pull[cases] - 0.5 * tilt), axis=1)
        gradient = (at_low - at_high) @ self.slopes + self.pull[cases] - tilt
        return value, gradient, np.einsum("oi,co,oj->cij", self.slopes, weight, self.slopes) + self.precision


def _density_over(ends: np.ndarray, log_share: np.ndarray) -> np.ndarray:
    """Normal density at `ends` over a probability given by its logarithm."""
    return np.exp(-0.5 * ends**2 - 0.5 * np.log(2 * np.pi) - log_share)


def posterior_modes(fit: Fit, group: int, implied: Implied, data: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """The likeliest factors (n, m) given the answers and the factors' distribution.

    Parameters
    ----------
    fit : Fit
    group : int
        From 0.
    implied : Implied
    data : ndarray (n, p)
        Category numbers from 0 and values; used are the variables of `answered`.
    answered : ndarray of int

    Returns
    -------
    ndarray (n, m)
    """
    structure = fit.model.structures[group]
    part, theta = structure.ordered, fit.estimate.theta
    p, means, cov = structure.n_observed, implied.means, implied.covariance
    o, c = np.intersect1d(answered, part.variables), np.setdiff1d(answered, part.variables)
    by = np.linalg.solve(cov[np.ix_(c, c)], cov[c])  # (c, v): regressions on the continuous answers and covariates
    rest = cov - cov[:, c] @ by
    centre = means + (data[:, c] - means[c]) @ by
    values, vectors = np.linalg.eigh(rest[p:, p:])
    told = values > DEPENDENT * max(values.max(), 0.0)
    root = vectors[:, told] * np.sqrt(values[told])
    own = rest[o, p:] @ vectors[:, told] / np.sqrt(values[told])
    given = rest[np.ix_(o, o)] - own @ own.T
    spread = _spread(fit, o, given)
    limits = _limits(fit, part, theta, data, o)
    lower, upper = ((ends - centre[:, o]) / spread for ends in limits)
    n, r = len(data), root.shape[1]
    u, _ = _climb(_Likelihood(lower, upper, own / spread[:, None], np.eye(r), np.zeros((n, r))))
    return centre[:, p:] + u @ root.T


def likeliest(fit: Fit, group: int, implied: Implied, data: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """The factors (n, m) under which the answers are most likely, missing where no answer holds a factor.

    Parameters and shapes as for `posterior_modes`.
    """
    structure = fit.model.structures[group]
    part, theta = structure.ordered, fit.estimate.theta
    paths, covariances, _ = fill(structure, theta)
    p, means = structure.n_observed, implied.means
    absent = np.setdiff1d(np.arange(p), answered)
    used = answered[~paths[np.ix_(answered, absent)].any(axis=1)]  # without its predictors an answer tells nothing
    total = np.linalg.inv(np.eye(len(used)) - paths[np.ix_(used, used)])
    loadings = total @ paths[used, p:]
    rest = total @ covariances[np.ix_(used, used)] @ total.T
    is_ordered = np.isin(used, part.variables)
    o, c = np.flatnonzero(is_ordered), np.flatnonzero(~is_ordered)
    gaps = data[:, used[c]] - means[used[c]]
    if len(c) and inverse_and_logdet(rest[np.ix_(c, c)]) is None:
        names = ", ".join(f"'{fit.table.variables.observed[k]}'" for k in used[c])
        refuse_because(
            "factor_scores",
            f"among {names} there is one without residual variance",
            "continuous answers with some, or method 'regression'",
        )
    by = np.linalg.solve(rest[np.ix_(c, c)], rest[np.ix_(c, o)])
    spread = _spread(fit, used[o], rest[np.ix_(o, o)] - rest[np.ix_(o, c)] @ by)
    told = np.flatnonzero(loadings.any(axis=0))
    variances = np.diag(implied.covariance)[p + told]
    unit = np.sqrt(np.where(variances > 0, variances, 1.0))
    loadings = loadings[:, told] * unit
    own = (loadings[o] - by.T @ loadings[c]) / spread[:, None]
    weighted = np.linalg.solve(rest[np.ix_(c, c)], loadings[c])
    limits = _limits(fit, part, theta, data, used[o])
    lower, upper = ((ends - means[used[o]] - gaps @ by) / spread for ends in limits)
    u, information = _climb(_Likelihood(lower, upper, own, loadings[c].T @ weighted, gaps @ weighted))
    held = np.diagonal(np.linalg.inv(information), axis1=1, axis2=2) < ENDLESS**2
    found = np.full((len(data), len(means) - p), np.nan)
    found[:, told] = means[p + told] + np.where(held, u * unit, np.nan)
    return found


def _spread(fit: Fit, places: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Standard deviations (o,) of the y* given all else, whose covariances `given` (o, o) must be zero."""
    names = fit.table.variables.observed
    variances = np.diag(given)
    if (variances < DEPENDENT).any():
        name = names[places[variances.argmin()]]
        refuse_because("factor_scores", f"'{name}' has no residual variance", "ordered answers with some")
    spread = np.sqrt(variances)
    apart = np.abs(given / np.outer(spread, spread) - np.eye(len(spread))) < DEPENDENT
    if not apart.all():
        a, b = (names[places[k]] for k in np.argwhere(~apart)[0])
        refuse_because(
            "factor_scores",
            f"'{a}' and '{b}' are joined by more than the factors",
            "ordered answers without residual covariances and paths among them",
        )
    return spread


def _limits(fit: Fit, part: Any, theta: np.ndarray, data: np.ndarray, places: np.ndarray) -> tuple[Any, ...]:
    """Thresholds below and above each answer: (n, o) each."""
    levels = part.levels(theta)
    lower, upper = np.empty((2, len(data), len(places)))
    for k, place in enumerate(places):
        edges = np.concatenate([[-ENDS], levels[part.level_variable == place], [ENDS]])
        if not np.all(np.diff(edges) > 0):
            name = fit.table.variables.observed[place]
            refuse_because("factor_scores", f"the thresholds of '{name}' do not increase", "those that do")
        codes = data[:, place].astype(int)
        lower[:, k], upper[:, k] = edges[codes], edges[codes + 1]
    return lower, upper


def _climb(likelihood: Any) -> tuple[Any, ...]:
    """The maximum of each case's likelihood (n, r), and the information there (n, r, r)."""
    n, r = likelihood.pull.shape
    u, going = np.zeros((n, r)), np.arange(n)
    value, gradient, information = likelihood.at(u, going)
    ridge = RIDGE * np.eye(r)
    for _ in range(STEPS):
        step = np.linalg.solve(information[going] + ridge, gradient[going, :, None])[..., 0]
        step /= np.maximum(1.0, np.abs(step).max(axis=1, initial=0.0))[:, None]
        for _ in range(HALVINGS):
            new = likelihood.at(u[going] + step, going)
            worse = ~(new[0] >= value[going] - SETTLED)
            if not worse.any():
                break
            step[worse] /= 2
        u[going] += step
        value[going], gradient[going], information[going] = new
        going = going[np.abs(step).max(axis=1, initial=0.0) > SETTLED]
        if not len(going):
            break
    return u, information + ridge
