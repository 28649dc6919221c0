"""Fit measures under lavaan's names (with _ for .): pure functions of moments, chi-squares and degrees of freedom."""

from typing import Any

import numpy as np
from scipy.special import chdtri, chndtr, chndtrinc, ndtri

CLOSE, NOT_CLOSE, LEVEL = 0.05, 0.08, 0.90
NORMAL_FROM = 1e8
ROUNDING = 1e-7  # of two chi-squares whose gradients are at most 1e-8


def chisq_difference(restricted: float, larger: float) -> float:
    """Difference of two nested models' chi-squares: zero where rounding makes it negative, missing where more does."""
    gap = float(restricted - larger)
    if gap < 0:
        return 0.0 if gap > -ROUNDING * max(1.0, larger) else np.nan
    return gap


def incremental(chisq: float, df: float, baseline_chisq: float, baseline_df: float) -> dict[str, Any]:
    """Indices against the baseline model: CFI (Bentler, 1990), TLI (Tucker & Lewis, 1973) and their relatives.

    Parameters
    ----------
    chisq, df, baseline_chisq, baseline_df : float
        Of the model and of the independence model.

    Returns
    -------
    dict
        cfi, tli, nnfi, rfi, nfi, pnfi, ifi, rni.
    """
    excess, baseline_excess = max(chisq - df, 0.0), max(chisq - df, baseline_chisq - baseline_df, 0.0)
    cfi = 1.0 if baseline_excess == 0 else 1.0 - excess / baseline_excess
    nfi = _ratio(baseline_chisq - chisq, baseline_chisq)
    if df > 0 and baseline_df > 0:
        ratio, baseline_ratio = chisq / df, baseline_chisq / baseline_df
        tli = _ratio(baseline_ratio - ratio, baseline_ratio - 1.0)
        rfi = _ratio(baseline_ratio - ratio, baseline_ratio)
    else:
        tli = rfi = 1.0
    return {
        "cfi": cfi,
        "tli": tli,
        "nnfi": tli,
        "rfi": rfi,
        "nfi": nfi,
        "pnfi": df / baseline_df * nfi if baseline_df > 0 else np.nan,
        "ifi": _ratio(baseline_chisq - chisq, baseline_chisq - df) if df > 0 else 1.0,
        "rni": _ratio((baseline_chisq - baseline_df) - (chisq - df), baseline_chisq - baseline_df),
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole != 0 else np.nan


def rmsea(chisq: float, df: float, n: float, n_groups: float = 1) -> dict[str, Any]:
    """Root mean square error of approximation with its 90 % interval and the tests of close and not-close fit.

    Parameters
    ----------
    chisq, df : float
    n : int
        Cases over all groups.
    n_groups : int
        The index is multiplied by its root (Steiger, 1998).

    Returns
    -------
    dict
        rmsea, rmsea_ci_lower, rmsea_ci_upper, rmsea_ci_level, rmsea_pvalue, rmsea_close_h0, rmsea_notclose_pvalue,
        rmsea_notclose_h0. The interval inverts the noncentral chi-square (Browne & Cudeck, 1993).
    """
    names = ("rmsea", "rmsea_ci_lower", "rmsea_ci_upper", "rmsea_pvalue", "rmsea_notclose_pvalue")
    if df <= 0:
        values = (0.0, 0.0, 0.0, np.nan, np.nan)
    else:
        point = np.sqrt(max(chisq / n / df - 1.0 / n, 0.0) * n_groups)
        low = _noncentrality(chisq, df, (1 + LEVEL) / 2)
        high = _noncentrality(chisq, df, (1 - LEVEL) / 2)
        close, not_close = (float(chndtr(chisq, df, n * df * h0**2 / n_groups)) for h0 in (CLOSE, NOT_CLOSE))
        values = (point, *(np.sqrt(ncp * n_groups / (n * df)) for ncp in (low, high)), 1 - close, not_close)
    result = dict(zip(names, (float(value) for value in values), strict=True))
    return {**result, "rmsea_ci_level": LEVEL, "rmsea_close_h0": CLOSE, "rmsea_notclose_h0": NOT_CLOSE}


def scaled_rmsea(chisq: float, df: float, factor: float, n: float, n_groups: float = 1) -> dict[str, Any]:
    """RMSEA of the scaled test.

    Parameters
    ----------
    chisq, df, factor : float
        Unscaled chi-square, degrees of freedom, scaling factor.
    n, n_groups : float

    Returns
    -------
    dict
        As from `rmsea`, without its settings. The point is that of chisq / factor; interval and tests take the
        unscaled chi-square on factor * df degrees of freedom, as lavaan 0.6-14 does.
    """
    if df <= 0:
        result = rmsea(chisq, df, n, n_groups)
    else:
        result = {**rmsea(chisq, factor * df, n, n_groups), "rmsea": rmsea(chisq / factor, df, n, n_groups)["rmsea"]}
    return {
        name: value
        for name, value in result.items()
        if name not in ("rmsea_ci_level", "rmsea_close_h0", "rmsea_notclose_h0")
    }


def robust(
    chisq: float,
    df: float,
    factor: float,
    baseline_chisq: float,
    baseline_df: float,
    baseline_factor: float,
    n: float,
    n_groups: float = 1,
) -> dict[str, Any]:
    """CFI, TLI and RMSEA that estimate what they would be for normal answers.

    Parameters
    ----------
    chisq, df, factor : float
        Unscaled chi-square of the model, its degrees of freedom and scaling factor.
    baseline_chisq, baseline_df, baseline_factor : float
        The same of the baseline model.
    n, n_groups : float
        Cases and groups.

    Returns
    -------
    dict
        cfi_robust, tli_robust, nnfi_robust, rni_robust, rmsea_robust, rmsea_ci_lower_robust, rmsea_ci_upper_robust,
        rmsea_pvalue_robust, rmsea_notclose_pvalue_robust (Brosseau-Liard & Savalei, 2014; Brosseau-Liard, Savalei &
        Li, 2012).
    """
    if df <= 0:
        zeros = rmsea(0.0, 0, n)
        indices = {"cfi": 1.0, "tli": 1.0, "nnfi": 1.0, "rni": 1.0, **zeros}
    else:
        excess = chisq - factor * df
        baseline_excess = baseline_chisq - baseline_factor * baseline_df
        worst = max(excess, baseline_excess, 0.0)
        tli = 1 - (excess * baseline_df) / (baseline_excess * df)
        ends = [_noncentrality(chisq / factor, df, (1 + sign * LEVEL) / 2) for sign in (1, -1)]
        tests = [float(chndtr(chisq / factor, df, n * df * h0**2 / (n_groups * factor))) for h0 in (CLOSE, NOT_CLOSE)]
        indices = {
            "cfi": 1.0 if worst == 0 else 1 - max(excess, 0.0) / worst,
            "tli": tli,
            "nnfi": tli,
            "rni": 1 - excess / baseline_excess,
            "rmsea": float(np.sqrt(max(excess, 0.0) / (n * df) * n_groups)),
            "rmsea_ci_lower": float(np.sqrt(ends[0] * factor * n_groups / (n * df))),
            "rmsea_ci_upper": float(np.sqrt(ends[1] * factor * n_groups / (n * df))),
            "rmsea_pvalue": 1 - tests[0],
            "rmsea_notclose_pvalue": tests[1],
        }
    names = (
        "cfi",
        "tli",
        "nnfi",
        "rni",
        "rmsea",
        "rmsea_ci_lower",
        "rmsea_ci_upper",
        "rmsea_pvalue",
        "rmsea_notclose_pvalue",
    )
    return {f"{name}_robust": indices[name] for name in names}


def _noncentrality(chisq: float, df: float, probability: float) -> float:
    """The noncentrality at which P(X <= chisq) equals the probability; 0 where even the central one is below it.

    Of very large chi-squares, as ULS has them of answers in small units, the normal distribution with the same mean and
    variance is inverted: relative error below 1 / chisq.
    """
    if not (np.isfinite(chisq) and np.isfinite(df)):
        return np.nan
    if chndtr(chisq, df, 0.0) < probability:
        return 0.0
    if chisq > NORMAL_FROM:
        square = float(ndtri(probability)) ** 2
        root = np.sqrt(4 * (chisq - df) * square + 4 * square**2 + 2 * df * square)
        return chisq - df + 2 * square + (root if probability < 0.5 else -root)
    return float(chndtrinc(chisq, df, probability))


def information_criteria(logl: float, n_free: int, n: int) -> dict[Any, Any]:
    """AIC, BIC and the sample-size adjusted BIC (Sclove, 1987) from the log-likelihood."""
    return {
        "aic": -2 * logl + 2 * n_free,
        "bic": -2 * logl + n_free * np.log(n),
        "bic2": -2 * logl + n_free * np.log((n + 2) / 24),
    }


def residual_sums(
    cov: np.ndarray, sigma: np.ndarray, mean: np.ndarray, mu: np.ndarray, mean_structure: bool
) -> dict[str, Any]:
    """Mean squared residuals of one group by the definitions of Bentler (1995), Bollen (1989) and Mplus.

    Parameters
    ----------
    cov, sigma : ndarray (p, p)
    mean, mu : ndarray (p,)
    mean_structure : bool

    Returns
    -------
    dict
        Squares of rmr, srmr, crmr, srmr_mplus, each also without the means (`_nomean`).
    """
    p = len(cov)
    variances, implied = cov.diagonal(), sigma.diagonal()
    sd, sd_model = np.sqrt(variances), np.sqrt(np.where(implied > 0, implied, np.nan))
    raw = cov - sigma
    bentler = raw / (sd[:, None] * sd)
    bollen = cov / (sd[:, None] * sd) - sigma / (sd_model[:, None] * sd_model)  # its diagonal is zero
    mplus = bollen + np.diag((variances - implied) / variances)
    pairs, off_pairs = p * (p + 1) // 2, p * (p - 1) / 2
    squares = {
        "rmr": (raw, mean - mu, pairs),
        "srmr": (bentler, (mean - mu) / sd, pairs),
        "crmr": (bollen, (mean - mu) / sd, off_pairs),
        "srmr_mplus": (mplus, mean / sd - mu / sd_model, pairs),
    }
    result = {}
    for name, (matrix, means, count) in squares.items():
        diagonal = matrix.diagonal()
        total = 0.5 * float(np.vdot(matrix, matrix) + diagonal @ diagonal)
        result[f"{name}_nomean"] = total / count if count else 0.0
        if mean_structure:
            total, count = total + float(means @ means), count + p
        result[name] = total / count if count else 0.0
    return result


def per_case(chisq: float, df: int, n: float) -> dict[Any, Any]:
    """Hoelter's (1983) critical numbers of cases, as lavaan states them, and McDonald's (1989) fit index."""
    return {
        "cn_05": _critical_n(chisq, df, n, 0.05),
        "cn_01": _critical_n(chisq, df, n, 0.01),
        "mfi": float(np.exp(-0.5 * (chisq - df) / n)),
    }


def _critical_n(chisq: float, df: int, n: float, alpha: float) -> float:
    if df <= 0:
        return 1.0
    return float(chdtri(df, alpha) / (chisq / n) + 1.0) if chisq > 0 else np.nan
