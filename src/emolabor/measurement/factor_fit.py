"""How well factors reproduce correlations: the indices that psych's fa reports, from loadings and n."""

import numpy as np
from scipy.special import chdtrc

from emolabor.sem.numerics import rmsea


def factor_fit(correlations, loadings, n):
    """Fit of unrotated factors, the same before and after rotation.

    Parameters
    ----------
    correlations : ndarray of shape (p, p)
    loadings : ndarray of shape (p, m)
        Of uncorrelated factors.
    n : int
        Respondents.

    Returns
    -------
    dict
        ``chisq``, ``df``, ``pvalue``: the likelihood discrepancy of the model times n - 1 - (2 p + 5) / 6 - 2 m / 3
        (Bartlett, 1950). ``rmsea``: Steiger (1990), in psych's form, the root of chisq / (n df) - 1 / (n - 1), with its
        90 % interval. ``tli``: Tucker & Lewis (1973), both models with the same multiplier. ``rmsr``: root mean square
        of the residual correlations; ``crmsr``: the same per degree of freedom. ``bic``: chisq - df log n. Without
        degrees of freedom chi-square's p-value, RMSEA, TLI, CRMSR and BIC do not exist (NaN).

    References
    ----------
    Bartlett, M. S. (1950). Tests of significance in factor analysis. British Journal of Statistical Psychology, 3(2),
    77-85.
    Steiger, J. H. (1990). Structural model evaluation and modification. Multivariate Behavioral Research, 25(2),
    173-180.
    Tucker, L. R., & Lewis, C. (1973). A reliability coefficient for maximum likelihood factor analysis. Psychometrika,
    38(1), 1-10.
    """
    p, m = loadings.shape
    df = p * (p - 1) // 2 - p * m + m * (m - 1) // 2
    model = loadings @ loadings.T
    residuals = (correlations - model)[np.tril_indices(p, -1)]
    np.fill_diagonal(model, 1.0)
    discrepancy = _discrepancy(correlations, model)
    multiplier = n - 1 - (2 * p + 5) / 6 - 2 * m / 3
    chisq = discrepancy * multiplier
    rmsr = np.sqrt(np.mean(residuals**2))
    fit = {"chisq": chisq, "df": df, "pvalue": np.nan, "rmsea": np.nan}
    fit |= {"rmsea_ci_lower": np.nan, "rmsea_ci_upper": np.nan, "tli": np.nan, "rmsr": rmsr, "crmsr": np.nan}
    fit["bic"] = np.nan
    if df > 0:
        interval = rmsea(chisq, df, n - 1)
        null_df = p * (p - 1) / 2
        null = _discrepancy(correlations, np.eye(p)) * multiplier / null_df
        fit["pvalue"] = chdtrc(df, chisq)
        fit["rmsea"] = np.sqrt(max(chisq / (n * df) - 1 / (n - 1), 0.0))
        fit["rmsea_ci_lower"], fit["rmsea_ci_upper"] = interval["rmsea_ci_lower"], interval["rmsea_ci_upper"]
        fit["tli"] = (null - chisq / df) / (null - 1)
        fit["crmsr"] = rmsr * np.sqrt(p * (p - 1) / 2 / df)
        fit["bic"] = chisq - df * np.log(n)
    return {name: float(value) for name, value in fit.items()} | {"df": df}


def _discrepancy(correlations, model):
    """The normal likelihood's discrepancy; missing where a matrix is not positive definite."""
    sign, log_model = np.linalg.slogdet(model)
    other, log_sample = np.linalg.slogdet(correlations)
    if sign <= 0 or other <= 0:
        return np.nan
    return np.trace(np.linalg.solve(model, correlations)) - len(model) + log_model - log_sample
