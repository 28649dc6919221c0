"""What a fit with random slopes has of fit measures, and the slopes of its clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.threads import one_thread
from emolabor.sem.evaluation import fit_indices
from emolabor.sem.implied.values import wald
from emolabor.sem.two_level.level_errors import score_trace
from emolabor.sem.two_level.two_level_measures import log_likelihood

if TYPE_CHECKING:
    from emolabor.sem.estimation.estimate import Estimate
    from emolabor.sem.estimation.two_level_model import TwoLevelModel
    from emolabor.sem.two_level.slopes import RandomSlopeFit


def slope_measures(model: TwoLevelModel, estimate: Estimate) -> dict[str, float]:
    """Log-likelihood and what follows from it, by lavaan's names with _ for a dot.

    Parameters
    ----------
    model : TwoLevelModel
        With random slopes.
    estimate : Estimate

    Returns
    -------
    dict
        Covariances of the answers differ from cluster to cluster with the covariates, so that no saturated model of
        moments stands above this one: there is no chi-square, and no index that rests on one.
    """
    logl = log_likelihood(model, model.value(estimate.theta))
    result = {
        "npar": estimate.n_free,
        "logl": logl,
        **fit_indices.information_criteria(logl, estimate.n_free, model.n_obs),
        "ntotal": model.n_obs,
        "nclusters": model.n_clusters,
    }
    if model.estimator.robust:
        rows = sum(row.free >= 0 for row in model.table.rows)
        result["scaling_factor_h0"] = score_trace(model, estimate.theta, estimate.basis) / rows
    return result


@one_thread
def cluster_slopes(fit: RandomSlopeFit, level: float = 0.95) -> pd.DataFrame:
    """Predict the slopes of every cluster from its answers (empirical Bayes: means given the answers).

    Parameters
    ----------
    fit : RandomSlopeFit
        As `sem` gives it where the text has random slopes.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a cluster and slope: group, cluster, n (its cases), slope, est, se, ci_lower, ci_upper. Slopes of small
        clusters are drawn to what the between level expects of them. The errors are those of the prediction, the
        parameters taken as known.

    Raises
    ------
    EmolaborError
        A level outside 0 to 1.

    References
    ----------
    Rockwood, N. J. (2020). Maximum likelihood estimation of multilevel structural equation models with random slopes
    for latent covariates. Psychometrika, 85(2), 275-300.

    Examples
    --------
    >>> import emolabor as el
    >>> text = '''
    ... level: 1
    ...   ex1 ~ rv("s")*sa1
    ... level: 2
    ...   ex1 ~~ s
    ... '''
    >>> fit = el.sem(text, el.simulate_staff(n=900, seed=1), cluster="centre")
    >>> fit.slopes().columns.tolist()
    ['group', 'cluster', 'n', 'slope', 'est', 'se', 'ci_lower', 'ci_upper']
    """
    frames = []
    for group, (pair, sample, likelihood) in enumerate(fit.bound.groups, start=1):
        found, q = likelihood.told(fit.estimate.theta), len(pair.answers)
        est = found.parts.mean[:, q:]
        se = np.sqrt(np.maximum(np.diagonal(found.parts.spread, axis1=1, axis2=2)[:, q:], 0.0))
        order, count = np.argsort(sample.clusters, kind="stable"), len(pair.slope_names)
        _, _, lower, upper = wald(est[order].ravel(), se[order].ravel(), level)
        values = dict(est=est[order].ravel(), se=se[order].ravel(), ci_lower=lower, ci_upper=upper)
        clusters, sizes = (np.repeat(np.asarray(own)[order], count) for own in (sample.clusters, sample.sizes))
        frame = dict(group=group, cluster=clusters, n=sizes, slope=list(pair.slope_names) * sample.n_clusters)
        frames.append(pd.DataFrame({**frame, **values}))
    return pd.concat(frames, ignore_index=True)
