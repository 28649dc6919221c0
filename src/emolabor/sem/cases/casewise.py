"""What each case does to a fit: its distance, its log-likelihood, its influence on the estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from emolabor.common.errors import refuse
from emolabor.sem.cases.factor_scores import answered, by_case, implied_for_cases, need_cases
from emolabor.sem.linalg import bordered_inverse, inverse_and_logdet
from emolabor.sem.specification.estimators import estimators_with

if TYPE_CHECKING:
    import pandas as pd

    from emolabor.sem.fit import Fit

COLUMNS = ("group", "n_answered", "mahalanobis", "mahalanobis_pvalue", "log_likelihood", "cook")


def casewise(fit: Fit) -> pd.DataFrame:
    """Describe every case by its distance from the rest, its likelihood and its influence.

    Parameters
    ----------
    fit : Fit
        Fitted to data by a maximum likelihood estimator, or to ordered answers.

    Returns
    -------
    DataFrame (n, 6)
        Indexed as the data; cases that the fit left out are not in it. ``group`` (from 1), ``n_answered``,
        ``mahalanobis``: squared distance from the group's mean in units of its covariance matrix (denominator n - 1;
        with missing answers the maximum likelihood moments), with its chi-square p-value (``mahalanobis_pvalue``);
        ``log_likelihood`` of the case under the model, given fixed exogenous variables: the sum is the fit's ``logl``;
        ``cook``: generalised Cook distance, how far all estimates together would move without the case in units of
        their covariance matrix (Cook, 1977; Pek & MacCallum, 2011), by one Newton step instead of a new fit.
        Where answers are ordered there is no such distance, nor a likelihood of a case (DWLS and WLSMV fit thresholds
        and correlations): these three columns are missing. ``cook`` is there, from what the case contributes to
        thresholds and correlations.

    Raises
    ------
    EmolaborError
        No cases, or estimates of continuous answers that are not maximum likelihood.

    References
    ----------
    Cook, R. D. (1977). Detection of influential observation in linear regression. Technometrics, 19(1), 15-18.
    Pek, J., & MacCallum, R. C. (2011). Sensitivity analysis in structural equation models: Cases and their influence.
    Multivariate Behavioral Research, 46(2), 202-228.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 3)), columns=["x1", "x2", "x3"])
    >>> data.loc[7] = [9, -9, 9]
    >>> int(el.sem("f =~ x1 + x2 + x3", data).casewise().cook.idxmax())
    7
    """
    need_cases(fit, "casewise")
    if not (fit.model.estimator.likelihood or fit.table.ordered):
        refuse("casewise", f"the estimator {fit.estimator}", estimators_with(lambda row: row.likelihood))
    cook = _cook(fit)
    frame = by_case(fit.model.samples, COLUMNS, lambda group, sample: _of_group(fit, group, sample, cook[group]))
    return frame.astype({"group": int, "n_answered": int})


def _of_group(fit, group, sample, cook):
    found = np.full((sample.n, len(COLUMNS)), np.nan)
    found[:, 0], found[:, 1], found[:, 5] = group + 1, np.isfinite(sample.data).sum(axis=1), cook
    if fit.table.ordered:
        return found
    implied, means = implied_for_cases(fit, group)
    x = list(fit.model.exogenous)
    cov = sample.cov if sample.incomplete else sample.cov * sample.weight / (sample.n - 1)
    for rows, o in answered(sample):
        values = sample.data[np.ix_(rows, o)]
        distance = _log_density(values - sample.mean[o], cov[np.ix_(o, o)])[1]
        found[rows, 2] = distance
        found[rows, 3] = chdtrc(len(o), distance)
        found[rows, 4] = _log_density(values - means[o], implied.sigma[np.ix_(o, o)])[0]
        if x:
            own = sample.data[np.ix_(rows, x)] - sample.mean[x]
            found[rows, 4] -= _log_density(own, sample.cov[np.ix_(x, x)])[0]
    return found


def _log_density(deviations, cov):
    """Normal log-densities (n,) and squared distances (n,) of deviations (n, p)."""
    inverse, logdet = inverse_and_logdet(cov)
    distance = np.sum((deviations @ inverse) * deviations, axis=1)
    return -0.5 * (len(cov) * np.log(2 * np.pi) + logdet + distance), distance


def _cook(fit):
    """Generalised Cook distances, an array a group."""
    model, theta, basis = fit.model, fit.estimate.theta, fit.estimate.basis
    inverse = bordered_inverse(model.information(theta, observed=not model.table.ordered), basis)
    spread = basis.T @ fit.vcov().to_numpy() @ basis
    found = []
    for structure, sample, discrepancy in model.groups:
        if inverse is None or np.isnan(spread).any() or inverse_and_logdet(spread) is None:
            found.append(np.full(sample.n, np.nan))
            continue
        moved = np.vstack(list(discrepancy.case_scores(structure, theta))) @ inverse @ basis / model.n_obs
        found.append(np.sum(moved * np.linalg.solve(spread, moved.T).T, axis=1))
    return found
