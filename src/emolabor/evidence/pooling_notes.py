"""What a reader must know of a pooling, in sentences."""

import numpy as np


def pooling_notes(studies, cells, missing, pooled):
    """What a reader must know of a pooling."""
    single = cells[cells["k"] == 1]
    if len(single):
        named = ", ".join(f"{a}~{b}" for a, b in zip(single["a"], single["b"], strict=True))
        found = f"{len(single)} of {len(cells)} cells come from one study"
        yield f"{found}, so that no heterogeneity can be estimated; fixed there: {named}"
    if missing:
        yield f"{len(missing)} cells are in no table: " + ", ".join(f"{a}~{b}" for a, b in missing)
    shared: dict[str, list] = {}
    for key, table in studies.tables.items():
        shared.setdefault(table.project, []).append(key)
    for project, keys in shared.items():
        if len(keys) > 1:
            yield f"{', '.join(keys)} are of one project ({project}), not independent"
    nested = [key for key, table in studies.tables.items() if getattr(table, "groups", None)]
    if nested:
        yield f"respondents are nested in groups, for which a table alone cannot correct: {', '.join(nested)}"
    for key, table in studies.tables.items():
        for entry in getattr(table, "doubtful", ()):
            yield f"{key}: {'~'.join(entry['cell'])} is doubtful in print"
    if studies.unreliable:
        yield f"left out, without a reliability: {', '.join(studies.unreliable)}"
    if not missing and np.linalg.eigvalsh(pooled)[0] <= 0:
        yield "the pooled correlations are not positive definite: a model of fewer variables may still be had"
