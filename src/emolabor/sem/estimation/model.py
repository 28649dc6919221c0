"""A model bound to its samples: what every numerical function of the engine needs, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.estimation.kinds import discrepancy_of
from emolabor.sem.estimation.saturated import saturated
from emolabor.sem.implied.ram import build_structure
from emolabor.sem.observed.design import degrees_of_errors
from emolabor.sem.observed.samples import Sample

if TYPE_CHECKING:
    from emolabor.sem.implied.ram import Structure
    from emolabor.sem.specification.estimators import Estimator
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class Model:
    """Parameter table, estimator, and for each group matrices, sample and discrepancy; made by `bind`.

    `linear_test`: the scaling of the test leaves out second derivatives of the moments, as lavaan does with clusters
    where no robust estimator is asked for.
    """

    table: ParameterTable
    structures: tuple[Structure, ...]
    samples: tuple[Any, ...]
    discrepancies: tuple[Any, ...]
    estimator: Estimator
    fiml: bool = False
    linear_test: bool = False

    @classmethod
    def bind(cls, table, samples, estimator, fiml=False, linear_test=False):
        """Bind a parameter table to the samples of its groups.

        Parameters
        ----------
        table : ParameterTable
        samples : sequence of Sample
        estimator : Estimator
        fiml, linear_test : bool
            As in `Model`.

        Returns
        -------
        Model
        """
        structures = tuple(build_structure(table, group, s.cov, s.mean) for group, s in enumerate(samples))
        discrepancies = tuple(discrepancy_of(estimator, sample) for sample in samples)
        return cls(table, structures, tuple(samples), discrepancies, estimator, fiml, linear_test)

    def with_samples(self, samples):
        """The same model of other samples, such as resamples."""
        return self.bind(self.table, samples, self.estimator, self.fiml, self.linear_test)

    def completed(self):
        """The same model of the saturated moments, from whose estimates the search among incomplete answers starts."""
        return self.with_samples([Sample(s.cov, s.mean, s.n, s.weight) for s in self.samples])

    def with_table(self, table):
        """The same samples under another table of the same variables, such as one without equalities."""
        return self.bind(table, self.samples, self.estimator, self.fiml, self.linear_test)

    @property
    def groups(self):
        """(structure, sample, discrepancy) of each group."""
        return zip(self.structures, self.samples, self.discrepancies, strict=True)

    @property
    def exogenous(self):
        """Places of the fixed exogenous variables among the observed."""
        variables = self.table.variables
        return tuple(variables.observed.index(name) for name in variables.fixed_x)

    @cached_property
    def saturated(self):
        """The saturated model of each group."""
        return tuple(saturated(sample, self.table.mean_structure, self.exogenous) for sample in self.samples)

    @cached_property
    def degrees_of_errors(self):
        """Degrees of freedom of the t distribution that intervals come from: with clusters few, else infinite."""
        return degrees_of_errors(self.samples)

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
        if self.estimator.likelihood:
            return self.case_shares
        return np.array([sample.weight for sample in self.samples]) / self.weight

    def value(self, theta):
        """Half the discrepancy of a case over all groups."""
        parts = zip(self.shares, self.groups, strict=True)
        return sum(share * discrepancy.value(structure, theta) for share, (structure, _, discrepancy) in parts)

    @property
    def incomplete(self):
        """Whether answers are missing in any group."""
        return any(sample.incomplete for sample in self.samples)

    @property
    def by_gradients(self):
        """Whether the information is dear: searches have to do with gradients."""
        return self.incomplete

    def value_and_gradient(self, theta):
        """Value and gradient (q,) of a case over all groups, where the likelihood is maximised."""
        value, gradient = 0.0, 0.0
        for share, (structure, _, discrepancy) in zip(self.shares, self.groups, strict=True):
            own, slope = discrepancy.value_and_gradient(structure, theta)
            if slope is None:
                return np.inf, None
            value, gradient = value + share * own, gradient + share * slope
        return value, gradient

    def information(self, theta, observed=False):
        """Information (q, q) of a case for standard errors: groups count by their cases whatever the estimator."""
        return self._derivatives(theta, observed, self.case_shares)[2]

    def derivatives(self, theta, observed=False):
        """Value, gradient (q,) and information (q, q) of a case over all groups."""
        return self._derivatives(theta, observed, self.shares)

    def _derivatives(self, theta, observed, shares):
        parts = [discrepancy.derivatives(structure, theta, observed) for structure, _, discrepancy in self.groups]
        if len(parts) == 1:
            return parts[0]
        if any(part[1] is None for part in parts):
            return np.inf, None, None
        return tuple(sum(share * part[i] for share, part in zip(shares, parts, strict=True)) for i in range(3))
