"""Outcomes of latent classes, corrected for errors of classification (BCH; Bolck, Croon & Hagenaars, 2004)."""

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from emolabor.common.errors import refuse
from emolabor.common.privacy import SMALLEST_CELL


def classification_table(posterior):
    """Chances of being put into each class, a row a true class.

    Parameters
    ----------
    posterior : array of shape (n, k)
        Probabilities of the classes, a row a case.

    Returns
    -------
    array of shape (k, k)
        P(assigned s | class t) in row t, column s; cases are put into their most probable class.

    Examples
    --------
    >>> classification_table(np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]])).round(2).tolist()
    [[0.89, 0.11], [0.33, 0.67]]
    """
    assigned = np.eye(posterior.shape[1])[posterior.argmax(axis=1)]
    return posterior.T @ assigned / posterior.sum(axis=0)[:, None]


def bch_weights(posterior):
    """Weights that undo the errors of classification: each case counts in every class, with some weights below zero.

    Parameters
    ----------
    posterior : array of shape (n, k)
        Probabilities of the classes, a row a case.

    Returns
    -------
    array of shape (n, k)
        The row of the inverse classification table that belongs to the assigned class; rows add up to one.

    Raises
    ------
    EmolaborError
        The classes are not told apart at all.

    References
    ----------
    Vermunt, J. K. (2010). Latent class modeling with covariates: Two improved three-step approaches. Political
    Analysis, 18(4), 450-469, equations 7 to 9.
    """
    table = classification_table(posterior)
    if np.linalg.cond(table) > 1e8:
        refuse("posterior", "classes that nobody is put into, or alike", "fewer classes")
    return np.linalg.inv(table)[posterior.argmax(axis=1)]


def bch_means(weights, outcome):
    """Mean of an outcome in each class.

    Each case enters once a class, so the covariance is the sandwich over cases (Vermunt, 2010; Bakk & Vermunt, 2016).
    The classes and the classification table count as known.

    Parameters
    ----------
    weights : array of shape (n, k)
        From `bch_weights`, of the cases whose outcome is known.
    outcome : array of shape (n,)
        Without missing values.

    Returns
    -------
    tuple
        Means of shape (k,) and their covariance matrix of shape (k, k).

    Examples
    --------
    >>> weights = bch_weights(np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.3, 0.7]]))
    >>> means, covariance = bch_means(weights, np.array([1.0, 2.0, 3.0, 4.0]))
    >>> means.round(2).tolist()
    [1.0, 4.33]
    """
    totals = weights.sum(axis=0)
    means = weights.T @ outcome / totals
    influence = weights * (outcome[:, None] - means) / totals
    return means, influence.T @ influence


def outcome_table(posterior, outcomes, level=0.95):
    """Means of outcomes in each class, corrected and not.

    Parameters
    ----------
    posterior : DataFrame of shape (n, k)
        Probabilities of the classes, a column a class.
    outcomes : DataFrame
        A row a case with the same index, a column an outcome; cases with a missing value are left out of that outcome.
    level : float
        Of the intervals.

    Returns
    -------
    tuple
        A table of means (a row an outcome and class: outcome, profile, mean, se, ci_lower, ci_upper, uncorrected (mean
        of the cases put into the class)) and one of Wald tests that all classes have the same mean (a row an outcome:
        n, wald, df, pvalue).
    """
    weights = bch_weights(posterior.to_numpy())
    assigned = posterior.to_numpy().argmax(axis=1)
    reach = ndtri((1 + level) / 2)
    rows, tests = [], {}
    for name in outcomes:
        values = outcomes[name].to_numpy(dtype=float)
        known = ~np.isnan(values)
        means, covariance = bch_means(weights[known], values[known])
        errors = np.sqrt(covariance.diagonal())
        plain = pd.Series(values[known]).groupby(assigned[known]).mean()
        rows += [
            (name, profile, mean, se, mean - reach * se, mean + reach * se, plain.get(place, np.nan))
            for place, (profile, mean, se) in enumerate(zip(posterior, means, errors, strict=True))
        ]
        tests[name] = (int(known.sum()), *equal_means(means, covariance))
    columns = ["outcome", "profile", "mean", "se", "ci_lower", "ci_upper", "uncorrected"]
    tests = pd.DataFrame.from_dict(tests, orient="index", columns=["n", "wald", "df", "pvalue"])
    return pd.DataFrame(rows, columns=columns), tests


def category_table(posterior, column):
    """Shares of the categories of a background variable in each class, corrected for errors of classification.

    Parameters
    ----------
    posterior : DataFrame of shape (n, k)
        Probabilities of the classes, a column a class.
    column : Series
        The category of each case, with the same index; cases without one are left out.

    Returns
    -------
    DataFrame
        A row a class, a column a category. The row of a class is missing where fewer than `SMALLEST_CELL` of the cases
        put into it are in one of the categories: nobody can be recognised in a table.
    """
    known = column.notna()
    weights = bch_weights(posterior.to_numpy())[known]
    indicators = pd.get_dummies(column[known]).astype(float)
    assigned = posterior[known].idxmax(axis=1)
    counts = indicators.groupby(assigned).sum().reindex(posterior.columns, fill_value=0)
    shares = weights.T @ indicators.to_numpy() / weights.sum(axis=0)[:, None]
    table = pd.DataFrame(shares, index=posterior.columns, columns=indicators.columns)
    return table.where(counts.ge(SMALLEST_CELL).all(axis=1), axis=0)


def equal_means(means, covariance):
    """Wald test that all means are equal: chi-square, degrees of freedom, p value.

    Examples
    --------
    >>> equal_means(np.array([0.0, 2.0]), np.diag([0.5, 0.5]))[:2]
    (4.0, 1)
    """
    contrast = np.eye(len(means))[1:] - np.eye(len(means))[0]
    difference = contrast @ means
    wald = float(difference @ np.linalg.solve(contrast @ covariance @ contrast.T, difference))
    return wald, len(difference), float(chdtrc(len(difference), wald))
