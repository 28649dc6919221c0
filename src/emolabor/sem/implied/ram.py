"""From parameters to implied moments: the reticular action model (McArdle & McDonald, 1984).

With paths A, (co)variances S and intercepts m over all variables (observed first), B = (I - A)^-1, the moments are
mean = B m and covariance C = B S B'. Every derivative of the observed covariance is u v' + v u' with u a column of L
(the observed rows of B) and v a column of L or of the observed rows of C, so gradients and information matrices are
gathers from a few products.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from emolabor.sem.implied.thresholds import OrderedPart, build_ordered_part, leave_residuals

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True, eq=False)
class Structure:
    """Where each entry of the parameter table sits in the matrices of one group.

    Entries are the free rows of the table. `kind` is 0 for a path (in A), 1 for a (co)variance (in S), 2 for an
    intercept (in m); `row`, `col` are variable indices (n_entries,), `parameter` (n_entries,) the free number;
    `scale` is 1/2 for a variance, 0 for an intercept, 1 otherwise.
    """

    n_observed: int
    n_parameters: int
    paths: np.ndarray  # (v, v) fixed values, 0 where free
    covariances: np.ndarray  # (v, v)
    intercepts: np.ndarray  # (v,)
    kind: np.ndarray
    row: np.ndarray
    col: np.ndarray
    parameter: np.ndarray
    scale: np.ndarray
    sources: np.ndarray  # variables that any path starts from: the others have unit columns in B
    mean_structure: bool
    ordered: OrderedPart | None = None

    @cached_property
    def places(self) -> list[Any]:
        """For paths, (co)variances, intercepts: which entries they are and their rows and columns in the matrix."""
        chosen = [np.flatnonzero(self.kind == kind) for kind in (0, 1, 2)]
        return [(self.parameter[here], self.row[here], self.col[here]) for here in chosen]

    @cached_property
    def by_kind(self) -> tuple[Any, ...]:
        """Places of the paths and of the other entries among the entries."""
        return np.flatnonzero(self.kind == 0), np.flatnonzero(self.kind != 0)

    @cached_property
    def is_intercept(self) -> np.ndarray:
        """1 for an intercept, 0 for any other entry (n_entries,)."""
        return (self.kind == 2).astype(float)

    @cached_property
    def identity(self) -> np.ndarray:
        """Identity matrix (v, v)."""
        return np.eye(len(self.paths))

    @cached_property
    def one_to_one(self) -> bool:
        """Whether entry k is parameter k."""
        return np.array_equal(self.parameter, np.arange(self.n_parameters))

    @cached_property
    def given(self) -> Structure:
        """The same given the covariates of ordered variables, which then have neither variances nor means."""
        if self.ordered is None or not len(self.ordered.covariates):
            return self
        x = self.ordered.covariates
        covariances, intercepts = self.covariances.copy(), self.intercepts.copy()
        covariances[x], covariances[:, x], intercepts[x] = 0.0, 0.0, 0.0
        return replace(self, covariances=covariances, intercepts=intercepts)

    @cached_property
    def sources_are_joined(self) -> bool:
        """Whether any path leads from one source to another."""
        inside = np.zeros(self.paths.shape, bool)
        inside[self.row[self.kind == 0], self.col[self.kind == 0]] = True
        inside |= self.paths != 0
        return bool(inside[np.ix_(self.sources, self.sources)].any())


@dataclass(frozen=True)
class Implied:
    """What one parameter vector implies: B (v, v), C (v, v), means of all variables (v,), moments of the observed."""

    total: np.ndarray
    covariance: np.ndarray
    means: np.ndarray
    sigma: np.ndarray
    mu: np.ndarray


def build_structure(table: ParameterTable, group: int, cov: np.ndarray, mean: np.ndarray) -> Structure:
    """Lay out one group of the table.

    Parameters
    ----------
    table : ParameterTable
        From `build_table`.
    group : int
        Group number, from 0.
    cov, mean : ndarray
        Sample moments (p, p) and (p,) in the order of ``table.variables.observed``: the values of exogenous moments.

    Returns
    -------
    Structure
        The matrices and the place of every free row.
    """
    layout, covariances, intercepts = _layout(table, group)
    if not (len(covariances[0]) or len(intercepts)):
        return layout
    held, held_means = layout.covariances.copy(), layout.intercepts.copy()
    held[covariances] = cov[covariances]
    held[covariances[::-1]] = cov[covariances]
    held_means[intercepts] = mean[intercepts]
    return replace(layout, covariances=held, intercepts=held_means)


@lru_cache(maxsize=256)
def _layout(table: ParameterTable, group: int) -> tuple[Any, ...]:
    """Structure of one group without the values that come from the sample, and the places of those values."""
    variables = table.variables
    position = {name: i for i, name in enumerate((*variables.observed, *variables.latent))}
    size = len(position)
    paths, covariances, intercepts = np.zeros((size, size)), np.zeros((size, size)), np.zeros(size)
    entries, data_covariances, data_intercepts = [], [], []
    own = [line for line in table.rows if line.group == group]
    for line in own:
        if line.op in ("|", "~*~"):
            continue
        left, right = position[line.lhs], position.get(line.rhs, 0)
        if line.op == "=~":
            left, right = right, left
        kind = {"=~": 0, "~": 0, "~~": 1, "~1": 2}[line.op]
        if line.free >= 0:
            entries.append((kind, left, right, line.free))
        elif line.from_data and kind == 1:
            data_covariances.append((left, right))
        elif line.from_data:
            data_intercepts.append(left)
        elif kind == 0:
            paths[left, right] = line.value
        elif kind == 1:
            covariances[left, right] = covariances[right, left] = line.value
        else:
            intercepts[left] = line.value
    kinds, row, col, parameter = np.array(entries, int).reshape(-1, 4).T.copy()
    used = paths != 0
    used[row[kinds == 0], col[kinds == 0]] = True
    structure = Structure(
        n_observed=len(variables.observed),
        n_parameters=table.n_free,
        paths=paths,
        covariances=covariances,
        intercepts=intercepts,
        kind=kinds,
        row=row,
        col=col,
        parameter=parameter,
        scale=np.where(kinds == 2, 0.0, np.where((kinds == 1) & (row == col), 0.5, 1.0)),
        sources=np.flatnonzero(used.any(axis=0)),
        mean_structure=table.mean_structure,
        ordered=build_ordered_part(own, variables.observed, variables.fixed_x),
    )
    places = tuple(np.array(data_covariances, int).reshape(-1, 2).T)
    return structure, places, np.array(data_intercepts, int)


def fill(structure: Structure, theta: np.ndarray) -> tuple[np.ndarray, ...]:
    """Put parameters into the matrices.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (n_parameters,)

    Returns
    -------
    tuple of ndarray
        Paths A (v, v), (co)variances S (v, v), intercepts m (v,).
    """
    paths, covariances, intercepts = structure.paths.copy(), structure.covariances.copy(), structure.intercepts
    (path, to, source), (covariance, row, col), (intercept, place, _) = structure.places
    paths[to, source] = theta[path]
    covariances[row, col] = covariances[col, row] = theta[covariance]
    if structure.mean_structure:
        intercepts = intercepts.copy()
        intercepts[place] = theta[intercept]
    if structure.ordered is not None:
        leave_residuals(structure.ordered, theta, total_paths(structure, paths), covariances)
    return paths, covariances, intercepts


def implied_moments(structure: Structure, theta: np.ndarray) -> Implied:
    """Moments implied by a parameter vector.

    Parameters
    ----------
    structure : Structure
    theta : ndarray (n_parameters,)

    Returns
    -------
    Implied
    """
    paths, covariances, intercepts = fill(structure, theta)
    total = total_paths(structure, paths)
    covariance = total @ covariances @ total.T
    means = total @ intercepts
    p = structure.n_observed
    return Implied(total, covariance, means, covariance[:p, :p], means[:p])


def total_paths(structure: Structure, paths: np.ndarray) -> np.ndarray:
    """B = (I - A)^-1 (v, v), from the small block of the variables that paths start from."""
    if not structure.sources_are_joined:
        return structure.identity + paths
    sources = structure.sources
    from_sources = paths[:, sources]
    try:
        from_sources = from_sources @ np.linalg.inv(np.eye(len(sources)) - from_sources[sources])
    except np.linalg.LinAlgError:  # a loop whose effects do not die out: no finite moments
        from_sources = np.full_like(from_sources, np.nan)
    total = structure.identity.copy()
    total[:, sources] += from_sources
    return total


def sum_entries(structure: Structure, values: np.ndarray) -> np.ndarray:
    """Add up values of entries (n_entries,) by parameter: (n_parameters,)."""
    if structure.one_to_one:
        return values
    return np.bincount(structure.parameter, weights=values, minlength=structure.n_parameters)


def sum_entry_pairs(structure: Structure, values: np.ndarray) -> np.ndarray:
    """Add up values of pairs of entries (n_entries, n_entries) by parameter: (n_parameters, n_parameters)."""
    if structure.one_to_one:
        return values
    q = structure.n_parameters
    flat = structure.parameter[:, None] * q + structure.parameter[None, :]
    return np.bincount(flat.ravel(), weights=values.ravel(), minlength=q * q).reshape(q, q)


def derivative_columns(
    structure: Structure, implied: Implied, of: np.ndarray | slice | None = None
) -> tuple[np.ndarray, ...]:
    """The u and v of every entry, the weight of u in the mean's derivative.

    Parameters
    ----------
    structure : Structure
    implied : Implied
    of : ndarray (p,), optional
        Places of the variables whose moments are meant; by default the observed ones.

    Returns
    -------
    tuple of ndarray
        u (p, n_entries), v (p, n_entries) with d sigma = u v' + v u'; weight (n_entries,) with d mu = weight * u.
    """
    of = slice(structure.n_observed) if of is None else of
    path = structure.by_kind[0]
    source = structure.col[path]
    total = implied.total[of]
    left = total[:, structure.row]
    right = total[:, structure.col] * structure.scale
    right[:, path] = implied.covariance[of][:, source]
    weight = structure.is_intercept
    if structure.mean_structure:
        weight = weight.copy()
        weight[path] = implied.means[source]
    return left, right, weight


def moment_places(n_variables: int) -> tuple[Any, ...]:
    """Rows and columns (m,) of the distinct (co)variances, those of the first variable first; the means follow them."""
    return np.triu_indices(n_variables)


def moment_slopes(structure: Structure, implied: Implied) -> np.ndarray:
    """Derivatives (m, q) of the distinct moments by the parameters: covariances by `moment_places`, then means."""
    left, right, weight = derivative_columns(structure, implied)
    i, j = moment_places(structure.n_observed)
    by_entry = np.concatenate([left[i] * right[j] + left[j] * right[i], weight * left])
    if structure.one_to_one:
        return by_entry
    slopes = np.zeros((len(by_entry), structure.n_parameters))
    np.add.at(slopes.T, structure.parameter, by_entry.T)
    return slopes
