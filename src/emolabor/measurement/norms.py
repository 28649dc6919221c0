"""Norms: where a score stands among those who answered."""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtri

from emolabor.common.checks import check_share
from emolabor.common.errors import refuse
from emolabor.common.privacy import SMALLEST_CELL, coarse, hidden_cells, is_small


def norms(scores: pd.DataFrame | pd.Series, by: pd.Series | None = None, *, level: float = 0.95) -> pd.DataFrame:
    """Percentiles and T scores of every score that occurs.

    The percentile of a score is the share of respondents below it plus half of those at it. Its interval treats that
    count as binomial (Jeffreys interval; Brown, Cai & DasGupta, 2001; for percentile ranks Crawford, Garthwaite &
    Slick, 2009): it says how well these respondents fix the rank of the score, not how well the score measures a
    person. The linear T score is 50 + 10 z; the normalised one is the T score of a normal variable with the same
    percentile (McCall, 1922), which is preferred where the scores are skewed.

    A table of norms is made to be published, and exact percentiles tell how many have each score. Where 1 to 4 of a
    group have one of the scores, its percentiles, and the mean and standard deviation that T is made with, are rounded
    to steps that five respondents make; see `common.privacy`.

    Parameters
    ----------
    scores : DataFrame or Series
        One row a respondent, one column a score, such as what `score` returns; missing scores are left out.
    by : Series, optional
        Group of each respondent, in the same rows; those without a group are left out. Groups of fewer than five are
        not tabulated, nor the next smallest where there is one such group, which else followed from all.
    level : float
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a scale, group and score: ``scale``, ``group`` (with `by`), ``n`` (respondents of the group), ``score``,
        ``percentile`` with ``percentile_lower`` and ``percentile_upper`` (0 to 100), ``t`` and ``t_normalised``. T is
        missing where everybody has the same score, and the normalised one at percentiles 0 and 100.

    Raises
    ------
    EmolaborError
        A score is not numeric, rows of `by` are others, no group has five respondents, or a level outside 0 to 1.

    References
    ----------
    Brown, L. D., Cai, T. T., & DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical Science,
    16(2), 101-133.
    Crawford, J. R., Garthwaite, P. H., & Slick, D. J. (2009). On percentile norms in neuropsychology: Proposed
    reporting standards and methods for quantifying the uncertainty over the percentile ranks of test scores. The
    Clinical Neuropsychologist, 23(7), 1173-1195.
    McCall, W. A. (1922). How to measure in education. Macmillan.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> scores = pd.Series([1, 2, 2, 3, 3, 3, 4, 4, 5, 5] * 5, name="calm")
    >>> el.norms(scores)[["n", "score", "percentile", "t"]].round(1).iloc[2].tolist()
    [50.0, 3.0, 45.0, 48.4]
    """
    check_share("level", level)
    table = scores.to_frame() if isinstance(scores, pd.Series) else scores
    if not isinstance(table, pd.DataFrame) or not len(table.columns):
        refuse("scores", "no table of scores", "a DataFrame or Series, one row a respondent")
    wrong = [str(name) for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    if wrong:
        refuse("scores", f"text in {', '.join(wrong)}", "numbers")
    if by is not None and not (isinstance(by, pd.Series) and by.index.equals(table.index)):
        refuse("by", "other rows than those of scores", "a Series with the same index")
    parts = []
    for name in table:
        groups = [(None, table[name])] if by is None else table[name].groupby(by, sort=True)
        groups = [(group, values.dropna().to_numpy(dtype=float)) for group, values in groups]
        hidden = hidden_cells([len(values) for _, values in groups])
        for (group, values), is_hidden in zip(groups, hidden, strict=True):
            if len(values) and not is_hidden:
                label = {} if by is None else {"group": group}
                parts.append(pd.DataFrame({"scale": name, **label, **_norms_of(values, level)}))
    if not parts:
        refuse("scores", f"no group of {SMALLEST_CELL} respondents with a score", f"{SMALLEST_CELL} or more")
    return pd.concat(parts, ignore_index=True)


def _norms_of(values, level):
    score, at = np.unique(values.round(10), return_counts=True)  # equal means may differ in their last binary digit
    n, mean, spread = len(values), values.mean(), values.std(ddof=1)
    share = (np.cumsum(at) - at / 2) / n
    if is_small(at).any():
        share, mean, spread = (coarse(value, n) for value in (share, mean, spread))
    inner = np.where((share > 0) & (share < 1), share, np.nan)
    lower, upper = jeffreys(share * n, n, level)
    return {
        "n": n,
        "score": score,
        "percentile": 100 * share,
        "percentile_lower": 100 * lower,
        "percentile_upper": 100 * upper,
        "t": 50 + 10 * (score - mean) / spread if spread > 0 else np.nan,
        "t_normalised": 50 + 10 * ndtri(inner) if spread > 0 else np.nan,
    }


def jeffreys(count, n, level):
    """Bound a share of which `count` of n were seen: quantiles of the beta posterior under Jeffreys' prior.

    Parameters
    ----------
    count : ndarray
        How many of n, halves allowed.
    n : int
        Number of respondents.
    level : float
        Coverage.

    Returns
    -------
    tuple of ndarray
        Lower and upper bound, 0 to 1.
    """
    tail = (1 - level) / 2
    return tuple(betaincinv(count + 0.5, n - count + 0.5, end) for end in (tail, 1 - tail))
