"""Indices of careless responding: arrays of answers in, one number a respondent out. NaN is a missing answer."""

import numpy as np
from scipy.special import chdtrc

_ROWS_AT_ONCE = 8_192


def strings(answers):
    """Longest and mean run of the same answer (Johnson, 2005; mean: Meade & Craig, 2012).

    A missing answer ends a run and counts in none.

    Parameters
    ----------
    answers : ndarray of shape (n, p)
        Answers as given, in the order asked.

    Returns
    -------
    longest, mean : ndarray of float, shape (n,)
        NaN where nothing was answered.

    Examples
    --------
    >>> longest, mean = strings(np.array([[3.0, 3, 3, 2, 5, 5]]))
    >>> longest.tolist(), mean.tolist()
    ([3.0], [2.0])
    """
    n, p = answers.shape
    run, longest, runs, answered = np.zeros((4, n))
    for place in range(p):
        cells = answers[:, place]
        here = ~np.isnan(cells)
        same = cells == answers[:, place - 1] if place else np.zeros(n, dtype=bool)
        run = np.where(here, np.where(same, run + 1, 1), 0)
        runs += here & ~same
        answered += here
        np.maximum(longest, run, out=longest)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(runs > 0, longest, np.nan), answered / np.where(runs > 0, runs, np.nan)


def response_variability(answers):
    """Intra-individual response variability: the standard deviation (n - 1) of the answers (Dunn et al., 2018).

    Parameters
    ----------
    answers : ndarray of shape (n, p)
        Answers as given.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN with fewer than two answers.

    Examples
    --------
    >>> response_variability(np.array([[1.0, 2, 3], [4, 4, 4]])).tolist()
    [1.0, 0.0]
    """
    here = ~np.isnan(answers)
    count = here.sum(axis=1)
    enough = np.where(count > 1, count, np.nan)
    mean = np.where(here, answers, 0).sum(axis=1) / enough
    squares = np.where(here, (answers - mean[:, None]) ** 2, 0).sum(axis=1)
    return np.sqrt(squares / (enough - 1))


def pairwise_moments(answers):
    """Means, covariances and correlations of items, each from the respondents who answered both.

    Parameters
    ----------
    answers : ndarray of shape (n, p)
        Answers.

    Returns
    -------
    mean : ndarray of shape (p,)
    covariance, correlation : ndarray of shape (p, p)
        NaN where fewer than two respondents answered both; a correlation also where an item is constant.
    """
    p = answers.shape[1]
    count, total, products, squares = np.zeros((4, p, p))
    # A first guess at the means keeps the sums of squares small; rows in pieces stay in the processor's cache.
    guess = np.nan_to_num(_column_means(answers[:1000]))
    for start in range(0, len(answers), _ROWS_AT_ONCE):
        rows = answers[start : start + _ROWS_AT_ONCE] - guess
        here = (~np.isnan(rows)).astype(float)
        rows = np.nan_to_num(rows, copy=False)
        count += here.T @ here
        total += rows.T @ here
        products += rows.T @ rows
        squares += (rows**2).T @ here
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = guess + np.diag(total) / np.diag(count)
        degrees = np.where(count > 1, count - 1, np.nan)
        covariance = (products - total * total.T / count) / degrees
        variance = (squares - total**2 / count) / degrees
        # Rounding leaves a constant item with a variance of about 1e-16 times its squared size.
        variance[variance < 1e-12] = np.nan
        return mean, covariance, covariance / np.sqrt(variance * variance.T)


def mahalanobis(answers, mean, covariance):
    """Squared Mahalanobis distance from the sample's centre, over the items answered (Mahalanobis, 1936).

    With missing answers the distance is over the answered items alone, with their part of the pairwise covariance
    matrix. Under normality it follows a chi-squared distribution with as many degrees of freedom as items answered.

    Parameters
    ----------
    answers : ndarray of shape (n, p)
        Answers as given; turning an item does not change the distance.
    mean : ndarray of shape (p,)
    covariance : ndarray of shape (p, p)
        As `pairwise_moments` gives them.

    Returns
    -------
    distance, p_value : ndarray of float, shape (n,)
        NaN for all where the covariance matrix has no inverse, and for a respondent who answered fewer than half.

    Examples
    --------
    >>> answers = np.array([[1.0, 2], [2, 1], [3, 3], [2, 2], [9, 1]])
    >>> distance, p_value = mahalanobis(answers, *pairwise_moments(answers)[:2])
    >>> distance.round(3).tolist()
    [0.567, 1.79, 2.351, 0.194, 3.098]
    """
    n, p = answers.shape
    varying = np.diag(covariance) > 1e-12
    answers, mean, covariance = answers[:, varying], mean[varying], covariance[np.ix_(varying, varying)]
    missing = np.full(n, np.nan)
    if not len(mean) or np.isnan(covariance).any():
        return missing, missing.copy()
    roots = np.linalg.eigvalsh(covariance)
    if roots[0] <= 1e-10 * roots[-1]:
        return missing, missing.copy()
    here = ~np.isnan(answers)
    deviation = np.where(here, answers - mean, 0)
    complete = here.all(axis=1)
    distance = missing.copy()
    solved = np.linalg.solve(covariance, deviation[complete].T).T
    distance[complete] = np.einsum("ij,ij->i", deviation[complete], solved)
    partial = np.flatnonzero(~complete & (2 * here.sum(axis=1) >= p))
    for rows in np.split(partial, range(512, len(partial), 512)):
        # Items not answered get a row of the identity matrix: they add nothing and leave the others alone.
        both = here[rows][:, :, None] & here[rows][:, None, :]
        matrices = np.where(both, covariance, np.eye(len(mean)))
        solved = np.linalg.solve(matrices, deviation[rows][:, :, None])[:, :, 0]
        distance[rows] = np.einsum("ij,ij->i", deviation[rows], solved)
    return distance, chdtrc(np.where(np.isnan(distance), np.nan, here.sum(axis=1)), distance)


def row_correlations(x, y, least):
    """Correlate x with y within each row, over the places where both are there.

    Parameters
    ----------
    x, y : ndarray of shape (n, k)
        Values; NaN is missing.
    least : int
        Places that a correlation needs.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN with fewer places, or where either is constant.
    """
    here = ~(np.isnan(x) | np.isnan(y))
    count = here.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (np.where(here, values, 0) for values in (x, y))
        x, y = (np.where(here, values - (values.sum(axis=1) / count)[:, None], 0) for values in (x, y))
        xx, yy, xy = (np.einsum("ij,ij->i", *pair) for pair in ((x, x), (y, y), (x, y)))
        varying = (xx > 1e-12) & (yy > 1e-12) & (count >= least)
        return np.clip(xy / np.sqrt(np.where(varying, xx * yy, np.nan)), -1, 1)


def even_odd(keyed, dimensions):
    """Even-odd consistency: correlation of the means of odd and even items over the dimensions, stepped up.

    The correlation within the respondent is corrected for the halved length by Spearman-Brown, 2 r / (1 + r), and not
    below -1 (Jackson, 1976; Johnson, 2005). High is consistent: the classic sign, opposite to that of R's careless
    since its version 1.2.

    Parameters
    ----------
    keyed : ndarray of shape (n, p)
        Answers with reverse-worded items turned.
    dimensions : list of list of int
        Places of the items of each dimension, in the order asked; those with one item are left out.

    Returns
    -------
    ndarray of float, shape (n,)
        NaN with fewer than three dimensions or where either half is constant.

    Examples
    --------
    >>> even_odd(np.array([[1.0, 1, 3, 3, 5, 4]]), [[0, 1], [2, 3], [4, 5]]).round(3).tolist()
    [0.991]
    """
    pairs = [items for items in dimensions if len(items) > 1]
    if len(pairs) < 3:
        return np.full(len(keyed), np.nan)
    odd, even = (np.column_stack([_row_means(keyed[:, items[start::2]]) for items in pairs]) for start in (0, 1))
    r = row_correlations(odd, even, least=3)
    with np.errstate(divide="ignore"):
        return np.maximum(2 * r / (1 + r), -1.0)


def synonyms(answers, correlation, critical):
    """Psychometric synonyms and antonyms: correlation within the respondent over pairs of items that go together.

    Synonyms are pairs that correlate at `critical` or more over the sample, antonyms at minus that or less (Meade &
    Craig, 2012). In each pair the item asked first is x, the other y.

    Parameters
    ----------
    answers : ndarray of shape (n, p)
        Answers as given.
    correlation : ndarray of shape (p, p)
        As `pairwise_moments` gives it.
    critical : float
        Correlation from which two items are a pair.

    Returns
    -------
    synonyms, antonyms : ndarray of float, shape (n,)
        NaN with fewer than three pairs, or where either side of them is constant.
    """
    first, second = np.triu_indices(answers.shape[1], k=1)
    r = correlation[first, second]
    with np.errstate(invalid="ignore"):
        chosen = (r >= critical, r <= -critical)
    return tuple(_over_pairs(answers, first[pairs], second[pairs]) for pairs in chosen)


def _over_pairs(answers, first, second):
    result = np.full(len(answers), np.nan)
    if len(first) >= 3:
        for start in range(0, len(answers), _ROWS_AT_ONCE):
            rows = answers[start : start + _ROWS_AT_ONCE]
            result[start : start + _ROWS_AT_ONCE] = row_correlations(rows[:, first], rows[:, second], least=3)
    return result


def _column_means(values):
    return _row_means(values.T)


def _row_means(values):
    here = ~np.isnan(values)
    count = here.sum(axis=1)
    return np.where(here, values, 0).sum(axis=1) / np.where(count > 0, count, np.nan)


def robust_limit(values, side):
    """Give the value three robust standard deviations above or below the median.

    The robust standard deviation is 1.4826 times the median absolute deviation (Leys et al., 2013, Journal of
    Experimental Social Psychology, 49, 764-766, who call three "very conservative").

    Parameters
    ----------
    values : ndarray of shape (n,)
        NaN is left out.
    side : str
        "high" or "low".

    Returns
    -------
    float
        NaN without values, and where more than half of them are the same: there is no spread to measure by.

    Examples
    --------
    >>> robust_limit(np.array([1.0, 2, 3, 4, 5]), "high").round(4).item()
    7.4478
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return np.nan
    middle = np.median(values)
    spread = 3 * 1.4826 * np.median(np.abs(values - middle))
    if spread == 0:
        return np.nan
    return middle + spread if side == "high" else middle - spread
