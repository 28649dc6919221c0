"""The saturated model as a structure: every mean, variance and covariance its own parameter."""

import numpy as np

from emolabor.sem import fiml, likelihood
from emolabor.sem.inference import bordered_inverse, scores_of
from emolabor.sem.structure import Structure


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
    fixed : sequence of int
        Exogenous variables: their moments stay at the given values.
    correlated : sequence of int
        Variables whose covariances are free in either case.

    Returns
    -------
    tuple
        Structure and ndarray (n_own,): the parameters' values in `cov` and `mean`.
    """
    p = len(cov)
    pairs = [
        (i, j)
        for i in range(p)
        for j in range(i, p)
        if free == "all" or i == j or (i in correlated and j in correlated)
    ]
    pairs = [(i, j) for i, j in pairs if not (i in fixed and j in fixed)]
    means = [i for i in range(p) if i not in fixed] if mean_structure else []
    row = np.array([i for i, _ in pairs] + means, int)
    col = np.array([j for _, j in pairs] + [0] * len(means), int)
    kind = np.repeat([1, 2], [len(pairs), len(means)])
    scale = np.where(kind == 2, 0.0, np.where(row == col, 0.5, 1.0))
    held = np.zeros((p, p))
    held[np.ix_(fixed, fixed)] = cov[np.ix_(fixed, fixed)]
    held_means = np.zeros(p)
    held_means[list(fixed)] = mean[list(fixed)]
    structure = Structure(
        n_observed=p,
        n_parameters=len(row),
        paths=np.zeros((p, p)),
        covariances=held,
        intercepts=held_means,
        kind=kind,
        row=row,
        col=col,
        parameter=np.arange(len(row)),
        scale=scale,
        sources=np.zeros(0, int),
        mean_structure=mean_structure,
    )
    return structure, np.where(kind == 1, cov[row, col], mean[row])


def saturated_trace(structure, sample, fixed=()):
    """Trace of the scores' cross-product times the inverse observed information of the saturated model of one group.

    Parameters
    ----------
    structure : Structure
        Of the model: tells whether means are modelled.
    sample : Sample

    Returns
    -------
    float
    """
    full, theta = moment_structure(sample.cov, sample.mean, "all", structure.mean_structure, fixed)
    module = fiml if sample.patterns else likelihood
    information = module.derivatives(full, theta, sample, observed=True)[2]
    scores = scores_of(full, theta, sample)
    return float(np.sum(bordered_inverse(information, np.eye(len(theta))) * (scores.T @ scores))) / sample.n
