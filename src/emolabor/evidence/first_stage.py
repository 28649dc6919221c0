"""From tables to the first stage: what each study contributes, and its sampling covariances."""

import numpy as np

from emolabor.common.errors import refuse_because
from emolabor.evidence.multivariate import pool_fixed, pool_random
from emolabor.evidence.sampling import correlation_covariance


def random_stage(studies, single, projects, acov, method):
    """First stage with random effects."""
    mean = _mean_correlations(studies)
    parts: dict[str, list] = {}
    for key, table in studies.tables.items():
        places, cor = studies.cors[key]
        whole = mean
        if acov == "individual":
            whole = np.full_like(mean, np.nan)
            whole[np.ix_(places, places)] = cor
        own = [np.argwhere(studies.number == cell)[-1] for cell in studies.cells[key]]
        i, j = np.array(own).T
        v = correlation_covariance(whole, i, j) / table.n / np.outer(studies.root[key], studies.root[key])
        if np.isnan(v).any():
            refuse_because(
                "tables",
                f"the sampling covariances of {key} need correlations that it lacks, and no table has all of them",
                "tables that lack whole variables, or one cell less of it",
            )
        if np.linalg.eigvalsh(v)[0] <= 0:
            refuse_because(
                "acov",
                f"the sampling covariances of {key} are not positive definite at the mean correlations",
                "acov='individual', or the table left out",
            )
        owner = table.project if projects == "joined" else key
        parts.setdefault(owner, []).append((studies.cells[key], studies.r[key] / studies.root[key], v))
    joined = [_one_study(own) for own in parts.values()]
    return pool_random(joined, studies.n_cells, single, method)


def _one_study(own):
    """Several samples of one project as one study: its correlations by generalised least squares."""
    if len(own) == 1:
        return own[0]
    places = np.unique(np.concatenate([cells for cells, _, _ in own]))
    weight, pull = np.zeros((len(places), len(places))), np.zeros(len(places))
    for cells, y, v in own:
        here = np.searchsorted(places, cells)
        inverse = np.linalg.inv(v)
        weight[np.ix_(here, here)] += inverse
        pull[here] += inverse @ y
    v = np.linalg.inv(weight)
    return places, v @ pull, v


def _mean_correlations(studies):
    """Correlations (p, p) averaged over tables by n; missing where no table has one."""
    p = len(studies.names)
    total, weight = np.zeros((p, p)), np.zeros((p, p))
    for key, table in studies.tables.items():
        places, cor = studies.cors[key]
        at = np.ix_(places, places)
        total[at] += np.where(np.isnan(cor), 0.0, table.n * cor)
        weight[at] += np.where(np.isnan(cor), 0.0, table.n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / weight
    np.fill_diagonal(mean, 1.0)
    return mean


def fixed_stage(studies):
    """First stage with one population for all tables."""
    samples = []
    for key, table in studies.tables.items():
        places = studies.cors[key][0]
        a, b = np.tril_indices(len(places), -1)
        here = studies.number[places[a], places[b]]
        order = {cell: k for k, cell in enumerate(studies.cells[key])}
        seen = np.zeros(len(places), bool)
        values = np.eye(len(places))
        for k in range(len(a)):
            at = order.get(here[k])
            if at is not None:
                values[a[k], b[k]] = values[b[k], a[k]] = studies.r[key][at] / studies.root[key][at]
                seen[[a[k], b[k]]] = True
        lacking = [k for k in range(len(a)) if here[k] not in order and seen[a[k]] and seen[b[k]]]
        if lacking:
            a, b = (studies.names[places[v[lacking[0]]]] for v in (a, b))
            refuse_because(
                "model",
                f"'fixed' needs whole matrices, and {key} lacks the correlation of {a} and {b} alone",
                "'random', or that table without one of the two",
            )
        values = values[np.ix_(seen, seen)]
        if np.linalg.eigvalsh(values)[0] <= 0:
            refuse_because(
                "reliability",
                f"the corrected correlations of {key} are not positive definite",
                "False, or model='random'",
            )
        samples.append((places[seen], values, table.n))
    return pool_fixed(samples, studies.number)
