"""Whether correlations are fit for factoring: Kaiser-Meyer-Olkin and Bartlett's test."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from emolabor.common.errors import EmolaborError
from emolabor.measurement.answers import correlations_of


@dataclass(frozen=True)
class Adequacy:
    """How adequate correlations are for factoring.

    Attributes
    ----------
    kmo : float
        Kaiser-Meyer-Olkin measure of all items, 0 to 1; from .80 "meritorious", under .50 "unacceptable" (Kaiser,
        1974).
    kmo_items : Series
        The measure of each item.
    chisq, df, pvalue : float
        Bartlett's test of all correlations being zero.
    n : int
        Respondents.
    """

    kmo: float
    kmo_items: pd.Series
    chisq: float
    df: int
    pvalue: float
    n: int


def factor_adequacy(data: pd.DataFrame, *, cor: str = "pearson", n_obs: int | None = None) -> Adequacy:
    """Kaiser-Meyer-Olkin measure of sampling adequacy and Bartlett's test of sphericity.

    Parameters
    ----------
    data : DataFrame of shape (n, p), or (p, p) with `n_obs`
        Answers; rows with a missing one are left out. With `n_obs` a covariance or correlation matrix.
    cor : {"pearson", "polychoric"}
        Correlations to analyse.
    n_obs : int, optional
        Number of respondents behind a matrix.

    Returns
    -------
    Adequacy
        KMO of all items and of each, and Bartlett's chi-square.

    Raises
    ------
    EmolaborError
        Answers that cannot be correlated, or a singular correlation matrix.

    References
    ----------
    Bartlett, M. S. (1951). The effect of standardization on a chi-square approximation in factor analysis. Biometrika,
    38(3/4), 337-344.
    Kaiser, H. F. (1970). A second generation little jiffy. Psychometrika, 35(4), 401-415.
    Kaiser, H. F. (1974). An index of factorial simplicity. Psychometrika, 39(1), 31-36.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> matrix = pd.DataFrame([[1, 0.5, 0.4], [0.5, 1, 0.3], [0.4, 0.3, 1]], index=list("abc"), columns=list("abc"))
    >>> found = el.factor_adequacy(matrix, n_obs=100)
    >>> round(found.kmo, 3), round(found.chisq, 2), found.df
    (0.628, 46.45, 3)
    """
    frame, n = correlations_of(data, n_obs, cor)
    correlations = frame.to_numpy()
    p = len(correlations)
    if np.linalg.eigvalsh(correlations)[0] < 1e-10:
        raise EmolaborError("data: the correlation matrix is singular; look for duplicated or summed items")
    inverse = np.linalg.inv(correlations)
    scale = np.sqrt(np.diag(inverse))
    off = ~np.eye(p, dtype=bool)
    squares = np.where(off, correlations, 0) ** 2
    partial = np.where(off, inverse / np.outer(scale, scale), 0) ** 2
    items = squares.sum(axis=0) / (squares.sum(axis=0) + partial.sum(axis=0))
    chisq = -(n - 1 - (2 * p + 5) / 6) * np.linalg.slogdet(correlations)[1]
    df = p * (p - 1) // 2
    return Adequacy(
        kmo=float(squares.sum() / (squares.sum() + partial.sum())),
        kmo_items=pd.Series(items, frame.columns, name="kmo"),
        chisq=float(chisq),
        df=df,
        pvalue=float(chdtrc(df, chisq)),
        n=n,
    )
