"""A model bound to its samples: what every numerical function of the engine needs, in one frozen object."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emolabor.sem.saturated import saturated

LEAST_SQUARES = ("GLS", "ULS", "DWLS", "WLSMV")


@dataclass(frozen=True)
class Loss:
    """The discrepancy of one group: value and derivatives as functions of (structure, theta, sample)."""

    value: object
    derivatives: object


@dataclass(frozen=True)
class Model:
    """Parameter table, and for each group matrices, sample and discrepancy."""

    table: object
    structures: tuple
    samples: tuple
    losses: tuple
    estimator: str
    fiml: bool = False

    @property
    def groups(self):
        """(structure, sample, loss) of each group."""
        return zip(self.structures, self.samples, self.losses, strict=True)

    @property
    def exogenous(self):
        """Places of the fixed exogenous variables among the observed."""
        variables = self.table.variables
        return tuple(variables.observed.index(name) for name in variables.fixed_x)

    @cached_property
    def saturated(self):
        """The saturated model of each group."""
        return tuple(saturated(sample, self.table.mean_structure, self.exogenous) for sample in self.samples)

    @property
    def n_obs(self):
        """Cases over all groups."""
        return sum(sample.n for sample in self.samples)

    @property
    def weight(self):
        """What multiplies the discrepancy of a case: n, or n less the groups (Wishart likelihood, least squares)."""
        return sum(sample.weight for sample in self.samples)

    @property
    def case_shares(self):
        """Share of each group in the cases (n_groups,)."""
        return np.array([sample.n for sample in self.samples]) / self.n_obs

    @property
    def shares(self):
        """Share of each group in the discrepancy (n_groups,): in the cases, for least squares in the weights n - 1."""
        if self.estimator not in LEAST_SQUARES:
            return self.case_shares
        return np.array([sample.weight for sample in self.samples]) / self.weight

    def value(self, theta):
        """Half the discrepancy of a case over all groups."""
        parts = zip(self.shares, self.groups, strict=True)
        return sum(share * loss.value(structure, theta, sample) for share, (structure, sample, loss) in parts)

    def information(self, theta, observed=False):
        """Information (q, q) of a case for standard errors: groups count by their cases whatever the estimator."""
        return self._derivatives(theta, observed, self.case_shares)[2]

    def derivatives(self, theta, observed=False):
        """Value, gradient (q,) and information (q, q) of a case over all groups."""
        return self._derivatives(theta, observed, self.shares)

    def _derivatives(self, theta, observed, shares):
        parts = [
            loss.derivatives(structure, theta, sample, observed=observed) for structure, sample, loss in self.groups
        ]
        if len(parts) == 1:
            return parts[0]
        if any(part[1] is None for part in parts):
            return np.inf, None, None
        return tuple(sum(share * part[i] for share, part in zip(shares, parts, strict=True)) for i in range(3))
