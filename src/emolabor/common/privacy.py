"""Small counts, by which a person could be recognised, are not shown and cannot be worked out: the rule, in one place.

1. A count of 1 to 4 is not shown (`hidden_cells`), in a table of groups with as many others as keep it open.
2. Where one of the answers to an item was given by 1 to 4, none of its counts and shares is shown; its mean and
   standard deviation are given in steps that five respondents make (`coarse`), so that they do not tell counts either.
3. Where 1 to 4 left an item out, their number and n are not shown, nor the zeros of other items (`hidden_missing`),
   and shares and mean are coarse, since their digits would tell n.
4. The codebook describes everyone, the tables of a run those who stay; lest their difference tell of those few who do
   not, all of its counts are multiples of five (`rounded_counts`) and its means coarse.
5. How many a run left out as careless follows from n, which every report needs; where they are 1 to 4, no result of
   everyone stands beside that of those who stay, as it would tell what they answered (`responses.all_and_kept`,
   `analysis.shown_specifications`).
6. Scores of a scale are sums of answers: their means, standard deviations and correlations are coarse in every table,
   those of groups and versions above all, and the lowest and the highest score are not shown.

Norms, made to be published, follow the rule too. What Python's other functions return, such as `item_analysis` and
`screening_summary`, is exact, for the analyst who holds the answers; whatever emolabor itself prints or writes is not.
"""

import numpy as np

SMALLEST_CELL = 5
_STEPS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0])


def is_small(counts):
    """Tell which counts are 1 to 4.

    Examples
    --------
    >>> is_small([0, 3, 5]).tolist()
    [False, True, False]
    """
    counts = np.asarray(counts, dtype=float)
    return (counts > 0) & (counts < SMALLEST_CELL)


def hidden_cells(counts):
    """Mark the counts of groups that are not shown: 1 to 4, and where their sum would tell them, the next smallest.

    One hidden count can be worked out from the others and their sum; several, where all are 1 or all are 4. Where there
    is no next smallest, zeros are hidden as well.

    Parameters
    ----------
    counts : array_like of shape (k,)
        How many people are in each cell.

    Returns
    -------
    ndarray of bool, shape (k,)

    Examples
    --------
    >>> hidden_cells([0, 3, 40, 12]).tolist(), hidden_cells([1, 1, 0]).tolist()
    ([False, True, False, True], [True, True, True])
    """
    counts = np.asarray(counts, dtype=float)
    hidden = is_small(counts)
    number, total = hidden.sum(), counts[hidden].sum()
    if number == 1 or (number and total in (number, number * (SMALLEST_CELL - 1))):
        others = np.where(counts >= SMALLEST_CELL, counts, np.inf)
        hidden[others.argmin() if np.isfinite(others).any() else slice(None)] = True
    return hidden


def hidden_missing(missing):
    """Mark the numbers of missing answers that are not shown: 1 to 4, and with them the zeros.

    Whoever sees how many answered all items of a scale could else tell the one hidden number among zeros.

    Parameters
    ----------
    missing : array_like of shape (p,)
        How many respondents left each item out.

    Returns
    -------
    ndarray of bool, shape (p,)

    Examples
    --------
    >>> hidden_missing([0, 3, 12]).tolist(), hidden_missing([0, 0, 12]).tolist()
    ([True, True, False], [False, False, False])
    """
    missing = np.asarray(missing, dtype=float)
    return (missing < SMALLEST_CELL) & is_small(missing).any()


def coarse(value, n):
    """Round a mean, a standard deviation, a correlation or a share to steps that five of n respondents make.

    Parameters
    ----------
    value : float, ndarray or DataFrame
        What is rounded.
    n : int or ndarray
        Number of respondents, one for all values or one for each.

    Returns
    -------
    float, ndarray or DataFrame
        Multiples of the smallest of 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1 that is at least 5 / n; missing under 5.

    Examples
    --------
    >>> coarse(3.6371, 300), coarse(3.6371, 60)
    (np.float64(3.64), np.float64(3.6))
    """
    n = np.asarray(n, dtype=float)
    place = np.searchsorted(_STEPS, SMALLEST_CELL / np.maximum(n, SMALLEST_CELL) - 1e-12)
    step = np.where(n < SMALLEST_CELL, np.nan, _STEPS[place])[()]
    # A tie, such as the mean of 200 whole numbers can be, goes one way whatever the last digits of the machine are.
    return np.round(np.round(np.round(value / step, 6)) * step, 2)


def rounded_counts(counts):
    """Round counts to multiples of five; those under five are missing, and all where a small one would still be told.

    Parameters
    ----------
    counts : array_like of shape (k,)
        How many people are in each cell; their sum may be known.

    Returns
    -------
    ndarray of shape (k,)

    Notes
    -----
    The higher education statistics of the United Kingdom are published in this way (HESA, standard rounding). A hidden
    count is 0 to 4 and a shown one at most 2 away; counts are shown only if the sum leaves each small one three values.

    Examples
    --------
    >>> rounded_counts([0, 3, 41, 12]).tolist()
    [nan, nan, 40.0, 10.0]
    """
    counts = np.asarray(counts, dtype=float)
    shown = np.where(counts < SMALLEST_CELL, np.nan, 5 * np.floor(counts / 5 + 0.5))
    low = np.where(np.isnan(shown), 0, shown - 2)
    high = np.where(np.isnan(shown), SMALLEST_CELL - 1, shown + 2)
    least = np.maximum(low, counts.sum() - (high.sum() - high))
    most = np.minimum(high, counts.sum() - (low.sum() - low))
    told = is_small(counts) & (most - least < 2)
    return np.full(len(counts), np.nan) if told.any() else shown
