"""Which ways lead from one variable to another: the regressions of a model as a graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emolabor.common.errors import EmolaborError

if TYPE_CHECKING:
    from emolabor.sem.specification.parameter_table import ParameterTable


@dataclass(frozen=True)
class Effect:
    """A sum of products of regression coefficients.

    `kind` is total, direct, indirect (all indirect ways together) or specific (one way); `ways` holds, for each way,
    the places of its regressions in the parameter table; `via` the variables on a specific way.
    """

    source: str
    target: str
    kind: str
    group: int
    via: tuple[str, ...]
    ways: tuple[tuple[int, ...], ...]


def list_effects(table: ParameterTable) -> list[Effect]:
    """Every total, direct and indirect effect among variables joined by regressions.

    Parameters
    ----------
    table : ParameterTable

    Returns
    -------
    list of Effect
        By group, source (exogenous variables first, in order of appearance), target and kind.
    """
    effects = []
    for group in range(table.n_groups):
        edges = {}
        for place, row in enumerate(table.rows):
            if row.op == "~" and row.group == group:
                edges.setdefault(row.rhs, []).append((row.lhs, place))
        outcomes = {target for targets in edges.values() for target, _ in targets}
        sources = sorted(edges, key=lambda name: name in outcomes)
        for source in sources:
            reached = {}
            for names, places in _ways(source, edges, (source,)):
                reached.setdefault(names[-1], []).append((names, places))
            for target, ways in reached.items():
                effects += _effects_between(source, target, group, ways)
    return effects


def _ways(source: str, edges: dict[Any, Any], visited: Sequence[Any]) -> Iterator[Any]:
    for target, place in edges.get(source, ()):
        if target in visited:
            loop = " -> ".join((*visited, target))
            raise EmolaborError(f"effects: the regressions run in a circle ({loop}); effects need a recursive model")
        yield (*visited, target), (place,)
        for names, places in _ways(target, edges, (*visited, target)):
            yield names, (place, *places)


def _effects_between(source: str, target: str, group: int, ways: Sequence[Any]) -> Iterator[Any]:
    direct = tuple(places for names, places in ways if len(names) == 2)
    indirect = [(names, places) for names, places in ways if len(names) > 2]
    yield Effect(source, target, "total", group, (), tuple(places for _, places in ways))
    if direct:
        yield Effect(source, target, "direct", group, (), direct)
    if indirect:
        yield Effect(source, target, "indirect", group, (), tuple(places for _, places in indirect))
    for names, places in indirect:
        yield Effect(source, target, "specific", group, names[1:-1], (places,))
