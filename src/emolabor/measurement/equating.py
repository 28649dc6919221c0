"""Equating of scores: which score of the old version a score of the new one stands for."""

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse


def equate(old: pd.Series | np.ndarray, new: pd.Series | np.ndarray, lowest: int, highest: int) -> pd.DataFrame:
    """Equate sum scores of two versions that comparable groups answered.

    The groups must differ by chance only (versions handed out at random, say): otherwise a difference between the
    groups is taken for one between the versions.

    Parameters
    ----------
    old, new : Series or ndarray of whole numbers
        Sum scores of those who answered the old and the new version; missing ones are left out.
    lowest, highest : int
        Lowest and highest possible score of both versions.

    Returns
    -------
    DataFrame
        One row a possible score of the new version, under that score: ``n`` (who had it), ``linear`` (same distance
        from the mean in standard deviations) and ``equipercentile`` (same percentile rank, with each score spread
        evenly over the half units around it) in units of the old version.

    Raises
    ------
    EmolaborError
        Scores that are no whole numbers between the ends, fewer than two scores in a version, or scores that do not
        vary.

    References
    ----------
    Kolen, M. J., & Brennan, R. L. (2014). Test equating, scaling, and linking (3rd ed.). Springer.

    Examples
    --------
    >>> import numpy as np, emolabor as el
    >>> old, new = np.array([3, 4, 4, 5, 6, 7]), np.array([4, 5, 5, 6, 7, 8])
    >>> el.equate(old, new, 2, 10)["equipercentile"].loc[4:8].tolist()
    [3.0, 4.0, 5.0, 6.0, 7.0]
    """
    old, new = (_checked(name, scores, lowest, highest) for name, scores in (("old", old), ("new", new)))
    scores = np.arange(lowest, highest + 1)
    linear = old.mean() + old.std(ddof=1) / new.std(ddof=1) * (scores - new.mean())
    shares_old, shares_new = (np.array([np.mean(part == score) for score in scores]) for part in (old, new))
    ranks = np.cumsum(shares_new) - shares_new / 2
    table = {
        "n": [int(np.sum(new == score)) for score in scores],
        "linear": linear,
        "equipercentile": [_score_at(rank, scores, shares_old) for rank in ranks],
    }
    return pd.DataFrame(table, index=pd.Index(scores, name="score"))


def _score_at(rank, scores, shares):
    """The score with a percentile rank (0 to 1); scores that nobody had are passed over."""
    cumulative = np.cumsum(shares)
    if rank >= cumulative[-1] - 1e-12:
        return float(scores[np.flatnonzero(shares)[-1]] + 0.5)
    place = int(np.searchsorted(cumulative, rank + 1e-12, side="right"))
    below = cumulative[place] - shares[place]
    return float(scores[place] - 0.5 + max(rank - below, 0.0) / shares[place])


def _checked(name, scores, lowest, highest):
    scores = np.asarray(scores, dtype=float)
    scores = scores[~np.isnan(scores)]
    if np.any(scores % 1) or np.any((scores < lowest) | (scores > highest)):
        refuse(name, "other numbers", f"whole numbers from {lowest} to {highest}")
    if len(scores) < 2 or scores.std() == 0:
        refuse(name, f"{len(scores)} scores", "two or more that differ")
    return scores
