"""What levers are made of, for one parameter vector or thousands: gains, correlations, paths, in natural units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from emolabor.common.errors import refuse, shown
from emolabor.sem.numerics import fill_many, list_effects, row_draws

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

CHUNK = 200  # parameter vectors at a time: their matrices of 80 variables take 20 MB
QUANTITIES = ("gain", "std", "zero_order", "partial", "total")


def sources_of(fit, outcome):
    """Variables from which a way leads to the outcome, in the order of `fit.effects`.

    Parameters
    ----------
    fit : Fit
    outcome : str

    Returns
    -------
    list of str
    """
    return list(dict.fromkeys(effect.source for effect in list_effects(fit.table) if effect.target == outcome))


@dataclass(frozen=True)
class LeverModel:
    """A fit seen from an outcome and the factors that lead to it.

    Attributes
    ----------
    fit : Fit
    outcome : str
    factors : tuple of str
    undesirable : frozenset of str
        Constructs of which less is better.
    """

    fit: Fit
    outcome: str
    factors: tuple[str, ...]
    undesirable: frozenset

    @property
    def groups(self):
        """Labels of the groups; one group has an empty one."""
        return [sample.label for sample in self.fit.model.samples]

    @property
    def directions(self):
        """1, or -1 where less of the factor is better (f,)."""
        return np.array([-1 if factor in self.undesirable else 1 for factor in self.factors])

    @cached_property
    def turns(self):
        """What makes an improvement of factor and outcome positive: product of their directions (f,)."""
        return self.directions * (-1 if self.outcome in self.undesirable else 1)

    @cached_property
    def ways(self):
        """Each single way from a factor to the outcome, the direct one too; by group, then factor."""
        found = [
            effect
            for effect in list_effects(self.fit.table)
            if effect.target == self.outcome and effect.source in self.factors and effect.kind in ("direct", "specific")
        ]
        return sorted(found, key=lambda way: (way.group, self.factors.index(way.source)))

    @cached_property
    def has_direct(self):
        """Whether the model has a path from the factor straight to the outcome (f,)."""
        direct = {way.source for way in self.ways if way.kind == "direct"}
        return np.array([factor in direct for factor in self.factors])

    @cached_property
    def places(self):
        """Where each quantity stands in the columns of `values`."""
        width = len(self.factors) * len(self.groups)
        places = {name: slice(k * width, (k + 1) * width) for k, name in enumerate(QUANTITIES)}
        return places | {"ways": slice(len(QUANTITIES) * width, None)}

    @cached_property
    def _names(self):
        variables = self.fit.table.variables
        return {name: place for place, name in enumerate((*variables.observed, *variables.latent))}

    @cached_property
    def _structural(self):
        """Places of constructs and of what regressions name: nothing else leads to them."""
        named = {name for row in self.fit.table.rows if row.op == "~" for name in (row.lhs, row.rhs)}
        named |= set(self.fit.table.variables.latent)
        return np.array(sorted(self._names[name] for name in named))

    def items(self, construct):
        """Places of a construct's items among the observed variables; an observed variable is its own item.

        Parameters
        ----------
        construct : str

        Returns
        -------
        list of int
        """
        if construct in self.fit.table.variables.observed:
            return [self._names[construct]]
        rows = self.fit.table.rows
        names = [row.rhs for row in rows if row.op == "=~" and row.lhs == construct and row.group == 0]
        for name in names:
            if name in self.fit.table.variables.latent:
                refuse(construct, f"the construct {shown(name)} as its indicator", "items")
        return [self._names[name] for name in names]

    def levels(self):
        """Mean answer to the items of each factor (groups * f,); missing where ordered answers are words."""
        means = [self.fit.implied_mean(group + 1).to_numpy(copy=True) for group in range(len(self.groups))]
        for mean, sample in zip(means, self.fit.model.samples, strict=True):
            for name, _ in self.fit.table.ordered:  # whose implied mean is that of the normal variable behind it
                mean[self._names[name]] = _mean_answer(sample, self._names[name])
        return np.array([mean[self.items(factor)].mean() for mean in means for factor in self.factors])

    def values(self, thetas):
        """Work out all quantities.

        Parameters
        ----------
        thetas : ndarray (R, q)

        Returns
        -------
        ndarray (R, k)
            In the order of `places`; within each quantity by group, then factor.
        """
        parts = [self._values(thetas[i : i + CHUNK]) for i in range(0, len(thetas), CHUNK)]
        return np.vstack(parts)

    def _values(self, thetas):
        groups = [self._of_group(structure, thetas) for structure in self.fit.model.structures]
        quantities = [np.hstack([own[k] for own in groups]) for k in range(len(QUANTITIES))]
        rows = row_draws(self.fit.model, thetas)
        ways = np.empty((len(thetas), len(self.ways)))
        for k, way in enumerate(self.ways):
            factor = self.factors.index(way.source)
            unit = self.turns[factor] * groups[way.group][-1][:, factor]
            ways[:, k] = unit * np.prod(rows[:, list(way.ways[0])], axis=1)
        return np.hstack([*quantities, ways])

    def _of_group(self, structure, thetas):
        """Gain, std, zero-order correlation, direct path, total effect, and the units of the factors: each (R, f)."""
        paths, covariances = fill_many(structure, thetas)
        block = self._structural
        places = {int(place): k for k, place in enumerate(block)}
        outcome = places[self._names[self.outcome]]
        factors = [places[self._names[factor]] for factor in self.factors]
        inner = np.ix_(range(len(thetas)), block, block)
        direct = paths[inner]
        total = np.linalg.inv(np.eye(len(block)) - direct)
        covariance = total @ covariances[inner] @ total.swapaxes(1, 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(np.maximum(np.einsum("rii->ri", covariance), 0.0))
            ratio = spread[:, factors] / spread[:, [outcome]]
            zero_order = covariance[:, outcome][:, factors] / (spread[:, factors] * spread[:, [outcome]])
        loading = {name: self._mean_loading(paths, name) for name in (self.outcome, *self.factors)}
        unit = np.column_stack([loading[self.outcome] / loading[factor] for factor in self.factors])
        effect, path = total[:, outcome][:, factors], direct[:, outcome][:, factors]
        return self.turns * effect * unit, self.turns * effect * ratio, zero_order, path * ratio, effect * ratio, unit

    def _mean_loading(self, paths, construct):
        """Average loading of the items on their construct (R,)."""
        if construct in self.fit.table.variables.observed:
            return np.ones(len(paths))
        return paths[:, self.items(construct), self._names[construct]].mean(axis=1)


def _mean_answer(sample, place):
    """Mean of the answers to an ordered item, by the sampling weights."""
    categories = sample.answers.categories[place]
    values = np.array([value if isinstance(value, Real) else np.nan for value in categories], float)
    codes = sample.data[:, place]
    seen = ~np.isnan(codes)
    weights = np.ones(sample.n) if sample.case_weights is None else sample.case_weights
    return np.average(values[codes[seen].astype(int)], weights=weights[seen])
