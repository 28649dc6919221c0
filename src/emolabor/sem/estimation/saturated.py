"""The saturated model as a structure: every mean, variance and covariance its own parameter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import lapack

from emolabor.sem import linalg
from emolabor.sem.discrepancy import fiml, normal
from emolabor.sem.estimation.kinds import discrepancy_of
from emolabor.sem.implied.ram import Structure, moment_places
from emolabor.sem.linalg import cross_product_root, definite_root
from emolabor.sem.specification.estimators import MAXIMUM_LIKELIHOOD

if TYPE_CHECKING:
    from emolabor.sem.observed.samples import Sample


@dataclass(frozen=True)
class Saturated:
    """The saturated model of one group at the sample's moments, given the fixed exogenous variables.

    `structure` lays out the free moments, `moments` (m,) are their values; `kept` (m_all,) tells which of all distinct
    moments, in the order of `moment_places` and then the means, they are.
    """

    sample: Sample
    structure: Structure
    moments: np.ndarray
    kept: np.ndarray

    def values(self, cov, mean):
        """Values of the free moments (m,) in a covariance matrix (p, p) and means (p,)."""
        return moment_values(self.structure, cov, mean)

    def information_at(self, cov, mean, observed):
        """Observed or expected information of a case (m, m) at given moments; None where not positive definite.

        The moments of fixed exogenous variables are to be the sample's.
        """
        if linalg.inverse_and_logdet(cov) is None:
            return None
        if not self.sample.incomplete:
            return normal.derivatives(self.structure, self.values(cov, mean), self.sample, observed)[2]
        whole = fiml.moment_information(self.sample, cov, mean, observed)
        return whole if self.kept.all() else whole[np.ix_(self.kept, self.kept)]

    @cached_property
    def information(self):
        """Observed information of a case (m, m) at the sample's moments."""
        return self.information_at(self.sample.cov, self.sample.mean, observed=True)

    @cached_property
    def _factored(self):
        """Units (m,) and triangular root (m, m) of the information in these units; None where it is singular."""
        units = np.sqrt(np.abs(self.information.diagonal()))
        units[units == 0] = 1.0
        scaled = self.information / units  # in place from here: thousands of moments make matrices of 100 MB
        scaled /= units[:, None]
        root = definite_root(scaled)
        return None if root is None else (units, root)

    @property
    def is_singular(self):
        """Whether the information is singular."""
        return self._factored is None

    @cached_property
    def inverse_root(self):
        """A matrix (m, m) whose cross-product is the inverse information; None where that is singular."""
        if self.is_singular:
            return None
        units, root = self._factored
        return lapack.dtrtri(root, lower=1)[0] / units

    @cached_property
    def influence(self):
        """A root of the scores' cross-product times the inverse information (r, m); None where that is singular.

        Its cross-product over n is n times the robust covariance matrix of the moments; with clusters a signed one,
        of a row for every unit of all groups.
        """
        if self.is_singular:
            return None
        units, root = self._factored
        return lapack.dpotrs(root, (self._score_root / units).T, lower=1)[0].T / units

    @cached_property
    def _score_root(self):
        """The scores (n, m) where cases are fewer than moments, sums of units, else a root (m, m) of products."""
        sample, m = self.sample, len(self.moments)
        blocks = discrepancy_of(MAXIMUM_LIKELIHOOD, sample).case_scores(self.structure, self.moments)
        if sample.in_units:
            return sample.design.sums(blocks, m)
        if sample.n <= m:
            return np.vstack(list(blocks))
        return cross_product_root(sum(scores.T @ scores for scores in blocks))

    @property
    def trace(self):
        """Trace of the mean cross-product of the scores times the inverse information."""
        if self.is_singular:
            return np.nan
        return float(np.vdot(self.sample.signed(self._score_root), self.influence)) / self.sample.n


def saturated(sample, mean_structure, fixed=()):
    """Saturated model of one group; `fixed` are the places of the fixed exogenous variables."""
    structure, moments = moment_structure(sample.cov, sample.mean, "all", mean_structure, fixed)
    held = np.zeros(len(sample.cov), bool)
    held[list(fixed)] = True
    row, col = moment_places(len(held))
    return Saturated(sample, structure, moments, np.append(~(held[row] & held[col]), mean_structure & ~held))


def moment_structure(cov, mean, free, mean_structure, fixed=(), correlated=()):
    """Lay out a model of moments without latent variables: the saturated or the independence model of one group.

    Parameters
    ----------
    cov, mean : ndarray
        (p, p) and (p,): values of what is not free.
    free : str
        "all": every (co)variance is free; "variances": the variances are, covariances are zero.
    mean_structure : bool
        Whether means are parameters.
    fixed : tuple of int
        Exogenous variables: their moments stay at the given values.
    correlated : tuple of int
        Variables whose covariances are free in either case.

    Returns
    -------
    tuple
        Structure and ndarray (n_own,): the parameters' values in `cov` and `mean`.
    """
    structure = _layout(len(cov), free, mean_structure, tuple(fixed), tuple(correlated))
    values = moment_values(structure, cov, mean)
    if not fixed:
        return structure, values
    held, held_means = structure.covariances.copy(), structure.intercepts.copy()
    held[np.ix_(fixed, fixed)] = cov[np.ix_(fixed, fixed)]
    held_means[list(fixed)] = mean[list(fixed)]
    return replace(structure, covariances=held, intercepts=held_means), values


def moment_values(structure, cov, mean):
    """Values (n_own,) of a moment structure's parameters in a covariance matrix (p, p) and means (p,)."""
    return np.where(structure.kind == 1, cov[structure.row, structure.col], mean[structure.row])


@lru_cache(maxsize=64)
def _layout(p, free, mean_structure, fixed, correlated):
    held, together = np.zeros(p, bool), np.zeros(p, bool)
    held[list(fixed)] = True
    together[list(correlated)] = True
    row, col = moment_places(p)
    chosen = (free == "all") | (row == col) | (together[row] & together[col])
    chosen &= ~(held[row] & held[col])
    means = np.flatnonzero(~held) if mean_structure else np.zeros(0, int)
    row, col = np.append(row[chosen], means), np.append(col[chosen], np.zeros_like(means))
    kind = np.repeat([1, 2], [chosen.sum(), len(means)])
    return Structure(
        n_observed=p,
        n_parameters=len(row),
        paths=np.zeros((p, p)),
        covariances=np.zeros((p, p)),
        intercepts=np.zeros(p),
        kind=kind,
        row=row,
        col=col,
        parameter=np.arange(len(row)),
        scale=np.where(kind == 2, 0.0, np.where(row == col, 0.5, 1.0)),
        sources=np.zeros(0, int),
        mean_structure=mean_structure,
    )
