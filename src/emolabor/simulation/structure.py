"""From claims to a structure whose truth is known: signs as claimed, sizes as given, correlations from a table."""

from graphlib import CycleError, TopologicalSorter

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse, refuse_because, shown
from emolabor.simulation.population import Structure


def claimed_structure(dimensions, claims, effect, effects, correlations):
    """Build the structure of simulated answers.

    Parameters
    ----------
    dimensions : iterable of str
        What is asked; constructs that only claims name are drawn, and asked of nobody.
    claims : tuple of Claim
    effect : float
        Size of a path; a product has half of it.
    effects : dict
        Other values, by the key of an arrow or product.
    correlations : DataFrame or None
        Among constructs that no claim explains.

    Returns
    -------
    Structure

    Raises
    ------
    EmolaborError
        An effect or correlation of what there is not, or out of range; no table of correlations; claims in a loop.
    """
    claimed = [path for claim in claims for path in claim.paths]
    constructs = tuple(dict.fromkeys([*dimensions, *(name for path in claimed for name in path.constructs)]))
    arrows = {f"{source}>{to}": (source, to, value) for (source, to), value in _arrows(claimed, effect).items()}
    products = {
        path.key: (path.source, path.moderator, path.to, _sign(path) * effect / 2)
        for path in reversed(claimed)
        if path.moderator
    }
    for key, value in effects.items():
        table = arrows if key in arrows else products
        if key not in table:
            refuse("effects", shown(key), [*arrows, *products] or "nothing, as there are no claims")
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not -1 < value < 1:
            refuse(f"effects, {key}", shown(value), "a number between -1 and 1")
        table[key] = (*table[key][:-1], float(value))
    causes = {}
    for *sources, to, _ in (*arrows.values(), *products.values()):
        causes.setdefault(to, set()).update(sources)
    try:
        TopologicalSorter(causes).prepare()
    except CycleError as error:
        raise EmolaborError(f"claims: the paths form a loop: {' > '.join(error.args[1])}") from None
    return Structure(
        constructs,
        pd.DataFrame(list(arrows.values()), columns=["from", "to", "value"]),
        pd.DataFrame(list(products.values()), columns=["from", "moderator", "to", "value"]),
        _correlations(correlations, constructs, explained=causes),
    )


def path_truth(structure, claims):
    """Return the true value of every path: the arrows, the products, and the products of the steps of indirect ones."""
    rows = structure.paths.to_dict("records")
    arrows = {(row["from"], row["to"]): row["value"] for row in rows}
    found = {f"{source}>{to}": value for (source, to), value in arrows.items()}
    for row in structure.interactions.to_dict("records"):
        found[f"{row['from']}*{row['moderator']}>{row['to']}"] = row["value"]
    for path in (path for claim in claims for path in claim.paths if path.via):
        found[path.key] = round(float(np.prod([arrows[step] for step in path.steps])), 10)
    return found


def _sign(path):
    return -1 if path.sign == "-" else 1


def _arrows(claimed, effect):
    """Map (source, to) to its value. Claims about the arrow itself come first, the first of them where two differ."""
    signs = {}
    for path in claimed:
        if not path.via and not path.moderator:
            signs.setdefault((path.source, path.to), _sign(path))
    for path in (path for path in claimed if path.via):
        first, last = path.steps
        signs.setdefault(last, signs.get(first, 1) * (_sign(path) if first in signs else 1))
        signs.setdefault(first, signs[last] * _sign(path))
    return {step: sign * effect for step, sign in signs.items()}


def _correlations(table, constructs, explained):
    matrix = pd.DataFrame(np.eye(len(constructs)), index=constructs, columns=constructs)
    if table is None:
        return matrix.to_numpy()
    if not isinstance(table, pd.DataFrame) or list(table.index) != list(table.columns) or table.index.has_duplicates:
        refuse("correlations", shown(table), "a DataFrame whose rows and columns are the same constructs, each once")
    for name in table.index:
        if name not in constructs:
            refuse("correlations", shown(name), constructs)
        if name in explained:
            why = f"claims explain {name}, so that its correlations follow from the paths"
            refuse_because("correlations", why, "constructs that no claim explains; without claims, all")
    try:
        values = table.to_numpy(dtype=float)
    except (TypeError, ValueError):
        refuse("correlations", "what is no number", "numbers between -1 and 1")
    if not np.isfinite(values).all() or np.abs(values).max(initial=0) > 1 or (np.diag(values) != 1).any():
        refuse("correlations", "a value that is missing or beyond 1", "numbers from -1 to 1, with 1 in the diagonal")
    for i, j in np.argwhere(~np.isclose(values, values.T, rtol=0, atol=1e-8)):
        pair = f"{table.index[i]} with {table.index[j]} is {values[i, j]:g} and {values[j, i]:g}"
        refuse_because("correlations", pair, "the same value on both sides of the diagonal")
    smallest = np.linalg.eigvalsh(values).min(initial=1.0)
    if smallest < 1e-8:
        why = (
            f"the table is not positive definite (smallest eigenvalue {smallest:.3g}): no variables correlate like this"
        )
        refuse_because("correlations", why, "a positive definite table")
    matrix.loc[table.index, table.columns] = values
    return matrix.to_numpy()
