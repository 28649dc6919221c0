"""Norms: where a score stands among those who answered."""

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtri

from emolabor.errors import EmolaborError
from emolabor.measurement.answers import checked_share

SMALLEST = 5  # respondents: a smaller group would show the people in it


def norms(scores, by=None, *, level=0.95):
    """Percentiles and T scores of every score that occurs.

    The percentile of a score is the share of respondents below it plus half of those at it. Its interval treats that
    count as binomial (Jeffreys interval; Brown, Cai & DasGupta, 2001; for percentile ranks Crawford, Garthwaite &
    Slick, 2009): it says how well these respondents fix the rank of the score, not how well the score measures a
    person. The linear T score is 50 + 10 z; the normalised one is the T score of a normal variable with the same
    percentile (McCall, 1922), which is preferred where the scores are skewed.

    Parameters
    ----------
    scores : DataFrame or Series
        One row a respondent, one column a score, such as what `score` returns; missing scores are left out.
    by : Series, optional
        Group of each respondent, in the same rows; those without a group are left out. Groups of fewer than five are
        not tabulated.
    level : float
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a scale, group and score: ``scale``, ``group`` (with `by`), ``n`` (respondents of the group), ``score``,
        ``percentile`` with ``percentile_lower`` and ``percentile_upper`` (0 to 100), ``t`` and ``t_normalised``. T is
        missing where everybody has the same score.

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
    >>> scores = pd.Series([1, 2, 2, 3, 3, 3, 4, 4, 5, 5], name="calm")
    >>> el.norms(scores)[["n", "score", "percentile", "t"]].round(1).iloc[2].tolist()
    [10.0, 3.0, 45.0, 48.5]
    """
    checked_share("level", level)
    table = scores.to_frame() if isinstance(scores, pd.Series) else scores
    if not isinstance(table, pd.DataFrame) or not len(table.columns):
        raise EmolaborError("scores: found no table of scores; allowed: a DataFrame or Series, one row a respondent")
    wrong = [str(name) for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    if wrong:
        raise EmolaborError(f"scores: found text in {', '.join(wrong)}; allowed: numbers")
    if by is not None and not (isinstance(by, pd.Series) and by.index.equals(table.index)):
        raise EmolaborError("by: found other rows than those of scores; allowed: a Series with the same index")
    parts = []
    for name in table:
        groups = [(None, table[name])] if by is None else table[name].groupby(by, sort=True)
        for group, values in groups:
            values = values.dropna().to_numpy(dtype=float)
            if len(values) >= SMALLEST:
                label = {} if by is None else {"group": group}
                parts.append(pd.DataFrame({"scale": name, **label, **_norms_of(values, level)}))
    if not parts:
        raise EmolaborError(
            f"scores: found no group of {SMALLEST} respondents with a score; allowed: {SMALLEST} or more"
        )
    return pd.concat(parts, ignore_index=True)


def _norms_of(values, level):
    score, at = np.unique(values.round(10), return_counts=True)  # equal means may differ in their last binary digit
    n = len(values)
    count = np.cumsum(at) - at / 2
    tail = (1 - level) / 2
    spread = values.std(ddof=1)
    return {
        "n": n,
        "score": score,
        "percentile": 100 * count / n,
        "percentile_lower": 100 * betaincinv(count + 0.5, n - count + 0.5, tail),
        "percentile_upper": 100 * betaincinv(count + 0.5, n - count + 0.5, 1 - tail),
        "t": 50 + 10 * (score - values.mean()) / spread if spread > 0 else np.nan,
        "t_normalised": 50 + 10 * ndtri(count / n) if spread > 0 else np.nan,
    }
