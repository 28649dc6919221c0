"""Test-retest: how far the same people get the same scores again."""

import numpy as np
import pandas as pd
from scipy.special import fdtri, ndtri

from emolabor.common.checks import check_share
from emolabor.measurement.answers import complete_answers


def retest(scores: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Intraclass correlations, error of measurement and smallest detectable change of repeated scores.

    Parameters
    ----------
    scores : DataFrame of shape (n, k)
        One row a respondent, one column an occasion; respondents who missed one are left out.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        Two rows, ``agreement`` (differences between occasions count as error) and ``consistency`` (they do not):
        ``icc`` of one occasion with ``lower``, ``upper``; ``icc_mean`` of the mean of all occasions; ``sem`` (standard
        error of measurement, in units of the scores), ``mdc`` (minimal detectable change, 95 %: 1.96 sqrt(2) sem);
        ``n``, ``occasions``.

    Raises
    ------
    EmolaborError
        Fewer than two occasions, answers that are no numbers, or too few respondents.

    Notes
    -----
    Agreement is ICC(2,1) of Shrout & Fleiss (1979) and ICC(A,1) of McGraw & Wong (1996), consistency is ICC(3,1) and
    ICC(C,1). The intervals are McGraw & Wong's. Checked against psych's ``ICC(lmer = FALSE)``.

    References
    ----------
    McGraw, K. O., & Wong, S. P. (1996). Forming inferences about some intraclass correlation coefficients.
    Psychological Methods, 1(1), 30-46.
    Shrout, P. E., & Fleiss, J. L. (1979). Intraclass correlations: Uses in assessing rater reliability. Psychological
    Bulletin, 86(2), 420-428.
    de Vet, H. C. W., Terwee, C. B., Knol, D. L., & Bouter, L. M. (2006). When to use agreement versus reliability
    measures. Journal of Clinical Epidemiology, 59(10), 1033-1039.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> scores = pd.DataFrame({"first": [2, 3, 4, 4, 5, 1.0], "again": [2, 3, 5, 4, 5, 2.0]})
    >>> el.retest(scores)[["icc", "sem", "mdc"]].round(2).loc["agreement"].tolist()
    [0.92, 0.41, 1.13]
    """
    check_share("level", level)
    values = complete_answers(scores, place="scores").to_numpy()
    n, k = values.shape
    mean = values.mean()
    people, occasions = values.mean(axis=1), values.mean(axis=0)
    rows = k * np.sum((people - mean) ** 2) / (n - 1)
    columns = n * np.sum((occasions - mean) ** 2) / (k - 1)
    residual = values - people[:, None] - occasions + mean
    error = np.sum(residual**2) / ((n - 1) * (k - 1))
    # What rounding leaves of nothing.
    error, columns = (0.0 if part < 1e-20 * values.var() * n else part for part in (error, columns))
    tail = (1 - level) / 2
    found = {"agreement": _agreement(rows, columns, error, n, k, tail)}
    found["consistency"] = _consistency(rows, error, n, k, tail)
    # Negative where occasions differ less than chance lets them.
    shift = max((columns - error) / n, 0.0)
    table = pd.DataFrame.from_dict(found, orient="index", columns=["icc", "lower", "upper", "icc_mean"])
    table["sem"] = np.sqrt([shift + error, error])
    table["mdc"] = ndtri(0.975) * np.sqrt(2) * table["sem"]
    return table.assign(n=n, occasions=k)


def _agreement(rows, columns, error, n, k, tail):
    if error == 0 and columns == 0:
        return 1.0, 1.0, 1.0, 1.0
    icc = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    mean = (rows - error) / (rows + (columns - error) / n)
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    freedom = (a * columns + b * error) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    low, high = fdtri(n - 1, freedom, 1 - tail), fdtri(freedom, n - 1, 1 - tail)
    other = k * columns + (k * n - k - n) * error
    lower = n * (rows - low * error) / (low * other + n * rows)
    upper = n * (high * rows - error) / (other + n * high * rows)
    return icc, lower, upper, mean


def _consistency(rows, error, n, k, tail):
    if error == 0:
        return 1.0, 1.0, 1.0, 1.0
    ratio, freedom = rows / error, (n - 1) * (k - 1)
    low, high = ratio / fdtri(n - 1, freedom, 1 - tail), ratio * fdtri(freedom, n - 1, 1 - tail)
    return (ratio - 1) / (ratio + k - 1), (low - 1) / (low + k - 1), (high - 1) / (high + k - 1), 1 - 1 / ratio
