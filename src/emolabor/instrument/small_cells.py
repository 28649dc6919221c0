"""Small counts, by which a person could be recognised, are not shown: the rule, in one place."""

import numpy as np

SMALLEST_CELL = 5


def hidden_cells(counts):
    """Mark the counts that are not shown: 1 to 4, and where that is only one, the next smallest.

    A single hidden count could be worked out from the others and their sum.

    Parameters
    ----------
    counts : array_like of shape (k,)
        How many people are in each cell.

    Returns
    -------
    ndarray of bool, shape (k,)

    Examples
    --------
    >>> hidden_cells([0, 3, 40, 12]).tolist()
    [False, True, False, True]
    """
    counts = np.asarray(counts, dtype=float)
    hidden = (counts > 0) & (counts < SMALLEST_CELL)
    others = np.where((counts > 0) & ~hidden, counts, np.inf)
    if hidden.sum() == 1 and np.isfinite(others).any():
        hidden[others.argmin()] = True
    return hidden
