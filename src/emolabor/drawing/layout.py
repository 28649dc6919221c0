"""Where the parts of a path diagram stand: columns by causal order, rows with few crossings.

The method is Sugiyama, Tagawa and Toda (1981): columns by longest path, unseen stops where a long arrow passes a
column, order within columns by barycentres, then rows by least squares with a smallest distance. Where the sweeps end
depends on where they begin, so they begin several times.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from emolabor.common.errors import EmolaborError

NODE_GAP, MIXED_GAP, STOP_GAP = 1.0, 0.72, 0.42
SWEEPS, STARTS = 24, 12


@dataclass(frozen=True)
class Layout:
    """A drawn-up plan; a unit down the page is the distance of two neighbouring constructs.

    Attributes
    ----------
    column : dict of str to int
        Node to column, 0 at the left.
    row : dict of str to float
        Node to its distance from the top.
    stops : dict of (str, str) to list of (int, float)
        Arrow (from, to) to the places (column, row) it passes on its way.
    """

    column: dict
    row: dict
    stops: dict


def columns(arrows):
    """Give every construct its column: causes left, outcomes that lead nowhere right.

    Parameters
    ----------
    arrows : list of (str, str)
        (from, to), each once.

    Returns
    -------
    dict of str to int
        In the order in which the constructs first appear.

    Raises
    ------
    EmolaborError
        When the arrows run in a circle.

    Examples
    --------
    >>> columns([("training", "exhaustion"), ("exhaustion", "service"), ("training", "health")])
    {'training': 0, 'exhaustion': 1, 'service': 2, 'health': 2}
    """
    column = {node: 0 for arrow in arrows for node in arrow}
    for _ in column:
        moved = False
        for source, target in arrows:
            if column[target] <= column[source]:
                column[target], moved = column[source] + 1, True
        if not moved:
            break
    else:
        raise EmolaborError("path diagram: the arrows run in a circle; allowed: models without feedback")
    sources, last = {source for source, _ in arrows}, max(column.values())
    return {node: place if node in sources else last for node, place in column.items()}


def layout(arrows):
    """Plan a path diagram.

    Parameters
    ----------
    arrows : list of (str, str)
        (from, to), each once; the same arrows in any order give the same plan.

    Returns
    -------
    Layout

    Examples
    --------
    >>> plan = layout([("a", "b"), ("b", "c"), ("a", "c")])
    >>> plan.column, len(plan.stops["a", "c"])
    ({'a': 0, 'b': 1, 'c': 2}, 1)
    """
    arrows = sorted(arrows)
    column = columns(arrows)
    grid = [[node for node, place in column.items() if place == index] for index in range(max(column.values()) + 1)]
    chains = {}
    for source, target in arrows:
        stops = [(source, target, index) for index in range(column[source] + 1, column[target])]
        for stop in stops:
            grid[stop[2]].append(stop)
        chains[source, target] = [source, *stops, target]
    links = [[] for _ in grid[1:]]
    for chain in chains.values():
        for offset, pair in enumerate(pairwise(chain)):
            links[column[chain[0]] + offset].append(pair)
    rng = np.random.default_rng(1)
    starts = [[[parts[i] for i in rng.permutation(len(parts))] for parts in grid] for _ in range(STARTS)]
    grid = min((_order(start, links) for start in starts), key=lambda order: _crossings(order, links))
    row = _rows(grid, links)
    return Layout(
        column,
        {node: row[node] for node in column},
        {arrow: [(stop[2], row[stop]) for stop in chain[1:-1]] for arrow, chain in chains.items()},
    )


def _neighbours(links, step):
    """Map each part to its neighbours in the column before (step 1) or after (step -1)."""
    found = {}
    for pairs in links:
        for left, right in pairs:
            part, neighbour = (right, left) if step == 1 else (left, right)
            found.setdefault(part, []).append(neighbour)
    return found


def _order(grid, links):
    """Sweep to and fro, sorting by the mean place of the neighbours; keep the order with the fewest crossings."""
    best, fewest = grid, _crossings(grid, links)
    before, after = _neighbours(links, 1), _neighbours(links, -1)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        neighbours = before if forward else after
        grid = [list(parts) for parts in grid]
        for index in range(1, len(grid)) if forward else range(len(grid) - 2, -1, -1):
            beside = grid[index - 1] if forward else grid[index + 1]
            place = {part: position / len(beside) for position, part in enumerate(beside)}
            own = {part: position / len(grid[index]) for position, part in enumerate(grid[index])}
            grid[index].sort(
                key=lambda part, place=place, own=own: (
                    np.mean([place[other] for other in neighbours[part]]) if part in neighbours else own[part]
                )
            )
        crossings = _crossings(grid, links)
        if crossings < fewest:
            best, fewest = grid, crossings
    return best


def _crossings(grid, links):
    """Count the crossings between neighbouring columns."""
    place = {part: position for parts in grid for position, part in enumerate(parts)}
    total = 0
    for pairs in links:
        ends = np.array([(place[left], place[right]) for left, right in pairs])
        left, right = ends[:, 0], ends[:, 1]
        total += int(np.sum((left[:, None] < left) & (right[:, None] > right)))
    return total


def _rows(grid, links):
    """Place the parts near the mean of their neighbours, in order and with a smallest distance."""
    row = {}
    for parts in grid:
        start = np.concatenate([[0.0], np.cumsum(_gaps(parts))])
        row.update(zip(parts, start - start[-1] / 2, strict=True))
    before, after = _neighbours(links, 1), _neighbours(links, -1)
    for _ in range(SWEEPS):
        for parts in grid:
            wish = np.array(
                [np.mean([row[other] for other in before.get(p, []) + after.get(p, [])] or [row[p]]) for p in parts]
            )
            row.update(zip(parts, _spread(wish, _gaps(parts)), strict=True))
    top = min(row.values())
    return {part: float(value - top) for part, value in row.items()}


def _gaps(parts):
    """Return the smallest distance between each part and the next in a column."""
    kinds = [isinstance(part, str) for part in parts]
    return np.array([(STOP_GAP, MIXED_GAP, NODE_GAP)[a + b] for a, b in pairwise(kinds)])


def _spread(wish, gaps):
    """Keep the gaps and move the wishes as little as possible (least squares, by pooling adjacent violators)."""
    shift = np.concatenate([[0.0], np.cumsum(gaps)])
    blocks = []
    for value in wish - shift:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [[(a * n + b * m) / (n + m), n + m]]
    return np.concatenate([np.full(count, mean) for mean, count in blocks]) + shift
