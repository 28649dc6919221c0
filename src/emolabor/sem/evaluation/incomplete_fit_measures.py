"""Misfit that incomplete answers hide: fit indices as they would be with complete data (Zhang & Savalei, 2022)."""

from dataclasses import dataclass

import numpy as np

from emolabor.sem import linalg
from emolabor.sem.discrepancy import fiml
from emolabor.sem.implied.ram import implied_moments, moment_slopes
from emolabor.sem.linalg import bordered_inverse
from emolabor.sem.observed.completion import IncompleteRows

CHANGES = 2_000_000  # numbers in a stack of matrices: 16 MB


@dataclass(frozen=True)
class MomentSpread:
    """How far the EM moments of one group spread, and what that does to a test of complete data.

    `root` (r, m): its cross-product, with `signs` (r,) where units have some, is the covariance matrix Gamma of the
    moments. `inverse`, `logdet`: of the EM covariances. `squares`: the trace of V Gamma, with V the normal-theory
    weight of complete data, times n.
    """

    full: object
    inverse: np.ndarray
    logdet: float
    root: np.ndarray
    squares: float
    signs: np.ndarray | None


def moment_spreads(saturated, robust):
    """The spread of each group's EM moments, from the cases' scores if `robust`; None where it is not to be had."""
    found = []
    for full in saturated:
        sample = full.sample
        if full.is_singular:
            return None
        inverse, logdet = linalg.inverse_and_logdet(sample.cov)
        root = full.influence / sample.n if robust else full.inverse_root / np.sqrt(sample.n)
        squares = [np.sum(part * own, axis=1) for part, own in _weighed(full.structure, inverse, root)]
        signs = sample.design.signs if robust and sample.in_units else None
        squares = sample.n * float(_signed(np.concatenate(squares)[:, None], signs).sum())
        found.append(MomentSpread(full, inverse, logdet, root, squares, signs))
    return found


def complete_data_misfit(model, theta, basis, spreads):
    """Chi-square against the saturated model's moments as if they were of complete data, and its expectation.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
        The FIML estimates.
    basis : ndarray (q, r)
    spreads : list of MomentSpread or None

    Returns
    -------
    tuple of float
        n F at the EM moments, and the trace k of Q'VQ Gamma: Q = I - D (D'HD)^-1 D'H is what the model leaves of a
        change in the moments, with H their information and D their derivatives.
    """
    misfit, parts = 0.0, []
    for group, (structure, sample, _) in enumerate(model.groups):
        implied = implied_moments(structure, theta)
        factored = linalg.inverse_and_logdet(implied.sigma)
        if factored is None:  # a search that ran away
            return np.nan, np.nan
        inverse, logdet = factored
        gap = sample.mean - implied.mu
        about = sample.cov + gap[:, None] * gap
        misfit += sample.n * (logdet - linalg.inverse_and_logdet(sample.cov)[1] + np.vdot(inverse, about) - len(gap))
        if spreads is not None:
            full, spread = spreads[group].full, spreads[group]
            slopes = moment_slopes(structure, implied)[full.kept] @ basis
            weighed = np.vstack([own for _, own in _weighed(full.structure, spread.inverse, slopes.T)]).T
            parts.append((slopes, sample.n * full.information @ slopes, sample.n * weighed, spread))
    misfit = max(float(misfit), 0.0)  # the discrepancy of a perfect fit is rounding
    if not parts:
        return misfit, np.nan
    total = sum(slopes.T @ informed for slopes, informed, *_ in parts)
    inner = bordered_inverse(total, np.eye(len(total)))
    if inner is None:
        return misfit, np.nan
    both = sum(slopes.T @ weighed for slopes, _, weighed, _ in parts)
    spent = [spread.root @ (informed @ inner) for _, informed, _, spread in parts]
    in_units = spreads[0].signs is not None
    joined = [sum(spent)] if in_units else spent
    trace = sum(float(np.vdot(_signed(rows @ both, spreads[0].signs), rows)) for rows in joined)
    for (_, _, weighed, spread), own in zip(parts, joined * len(parts) if in_units else joined, strict=True):
        trace += spread.squares - 2 * float(np.vdot(_signed(spread.root @ weighed, spread.signs), own))
    return misfit, trace


def _signed(rows, signs):
    """Rows (r, ...) times their signs (r,), None for ones."""
    return rows if signs is None else rows * signs[:, None]


def _weighed(structure, inverse, changes):
    """Yield changes (k, m) of free moments, some at a time, and complete data's normal-theory weights times them."""
    p, mean = len(inverse), structure.kind == 2
    i, j = structure.row[~mean], structure.col[~mean]
    places = structure.row[mean]
    size = max(1, CHANGES // p**2)
    for first in range(0, max(len(changes), 1), size):
        part = changes[first : first + size]
        matrices, result = np.zeros((len(part), p, p)), np.empty_like(part)
        matrices[:, i, j] = matrices[:, j, i] = part[:, ~mean]
        result[:, ~mean] = (inverse @ matrices @ inverse)[:, i, j] * structure.scale[~mean]
        result[:, mean] = part[:, mean] @ inverse[np.ix_(places, places)]
        yield part, result


def goodness(structure, theta, sample, exogenous):
    """Goodness of fit of incomplete answers, by lavaan's definition.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (q,)
    sample : Sample
    exogenous : sequence of int

    Returns
    -------
    float
        1 - r'Wr / s'Ws with s the available means and pairwise covariances, r what the model leaves of them, W the
        expected information of the saturated model at the implied moments.
    """
    implied = implied_moments(structure, theta)
    cov, mean = pairwise_moments(sample)
    fixed, rows = list(exogenous), sample.incomplete or IncompleteRows(sample.n, mean, sample.n, mean, cov, ())
    squares = []
    for sigma, mu in ((implied.sigma, implied.mu), (0.0, 0.0)):
        gap, shift = cov - sigma, mean - mu
        gap[np.ix_(fixed, fixed)], shift[fixed] = 0.0, 0.0
        squares.append(fiml.expected_square(rows, implied.sigma, gap, shift))
    if None in squares:  # a search that ran away
        return np.nan
    return 1 - squares[0] / squares[1]


def pairwise_moments(sample):
    """Covariances (p, p) over the rows where both are observed, times (n - 1) / n, and means (p,) of what is there."""
    together, sums, products = 0.0, 0.0, 0.0
    for values, weights in sample.weighed_blocks(len(sample.mean)):
        seen = (~np.isnan(values)).astype(float)
        centred = np.nan_to_num(values - sample.mean)
        weighed = seen * weights
        together, sums = together + seen.T @ weighed, sums + centred.T @ weighed
        products = products + centred.T @ (centred * weights)
    with np.errstate(invalid="ignore"):  # two variables observed together in one row have no covariance
        cov = (products - sums * sums.T / together) / (together - 1)
    return cov * (sample.n - 1) / sample.n, sample.mean + sums.diagonal() / together.diagonal()
