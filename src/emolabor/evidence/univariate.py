"""One correlation from several studies: random effects by restricted maximum likelihood, on Fisher's z."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtrc, stdtrit

TESTS = ("knha", "adhoc")
GRID = 60  # places where the likelihood is looked at before its top is sought


def restricted_tau2(y, v):
    """Variance of the true values by restricted maximum likelihood (Viechtbauer, 2005), at least zero.

    Parameters
    ----------
    y, v : ndarray of shape (k,)
        Estimates and their sampling variances.

    Returns
    -------
    float

    Examples
    --------
    >>> round(restricted_tau2(np.array([0.1, 0.5, 0.3]), np.full(3, 0.01)), 6)
    0.03
    """

    def weights(tau2):
        w = 1 / (v + tau2)
        return w, w @ y / w.sum()

    def value(tau2):
        w, mean = weights(tau2)
        return 0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2)

    def slope(tau2):
        w, mean = weights(tau2)
        return 0.5 * (-w.sum() + w @ w / w.sum() + w**2 @ (y - mean) ** 2)

    # Beyond this the restricted likelihood falls: the spread of the estimates is at most their range squared.
    top = np.ptp(y) ** 2 + v.max()
    places = np.concatenate([[0.0], np.geomspace(1e-10 * top, top, GRID)])
    best = int(np.argmax([value(place) for place in places]))
    low, high = places[max(best - 1, 0)], places[min(best + 1, GRID)]
    if slope(low) <= 0 or slope(high) >= 0:
        return float(places[best])
    return float(brentq(slope, low, high, xtol=1e-15, rtol=1e-13))


def pool_cell(r, n, level=0.95, attenuation=None, test="knha", owner=None):
    """Pool one correlation over studies.

    On Fisher's z, with variance 1 / (n - 3); tau by REML; the interval of the mean after Hartung & Knapp (2001), from
    t with k - 1 degrees of freedom; the prediction interval from the same t (Higgins, Thompson & Spiegelhalter, 2009).

    Parameters
    ----------
    r, n : array_like of shape (k,)
        Correlations and how many answered.
    level : float
        Coverage.
    attenuation : array_like of shape (k,), optional
        What correlations are divided by: the root of the product of both reliabilities.
    test : {"knha", "adhoc"}
        "knha": Hartung & Knapp. "adhoc": the same, but never narrower than without it (Jackson et al., 2017), for few
        studies that happen to agree.
    owner : sequence of k names, optional
        What each belongs to: those of one owner are made one study first, weighted by their precision.

    Returns
    -------
    dict
        r, se (of z), ci_lower, ci_upper, pi_lower, pi_upper, tau (of z), q, q_pvalue, i2. Of one study there is no
        heterogeneity to estimate: tau, q, i2 and the prediction interval are missing, the interval is normal.

    Examples
    --------
    >>> found = pool_cell([0.2, 0.4, 0.35], [120, 200, 150])
    >>> [round(float(found[name]), 3) for name in ("r", "ci_lower", "ci_upper")]
    [0.328, 0.063, 0.55]
    """
    r, n = np.asarray(r, float), np.asarray(n, float)
    a = np.ones_like(r) if attenuation is None else np.asarray(attenuation, float)
    corrected = r / a
    y, v = np.arctanh(corrected), ((1 - r**2) / a / (1 - corrected**2)) ** 2 / (n - 3)
    if owner is not None:
        places = [[k for k, name in enumerate(owner) if name == one] for one in dict.fromkeys(owner)]
        precision = np.array([(1 / v[k]).sum() for k in places])
        y, v = np.array([(y[k] / v[k]).sum() for k in places]) / precision, 1 / precision
    return _pooled(y, v, level, test)


def _pooled(y, v, level, test):
    k = len(y)
    if k == 1:
        reach = stdtrit(np.inf, 0.5 + level / 2) * np.sqrt(v[0])
        ends = {"ci_lower": np.tanh(y[0] - reach), "ci_upper": np.tanh(y[0] + reach)}
        missing = dict.fromkeys(("pi_lower", "pi_upper", "tau", "q", "q_pvalue", "i2"), np.nan)
        return {"r": np.tanh(y[0]), "se": np.sqrt(v[0]), **ends, **missing}
    tau2 = restricted_tau2(y, v)
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    scale = w @ (y - mean) ** 2 / (k - 1)
    se = np.sqrt((max(scale, 1.0) if test == "adhoc" else scale) / w.sum())
    t = stdtrit(k - 1, 0.5 + level / 2)
    fixed = 1 / v
    q = fixed @ (y - fixed @ y / fixed.sum()) ** 2
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - fixed @ fixed)
    wide = np.sqrt(tau2 + se**2)
    return {
        "r": np.tanh(mean),
        "se": se,
        "ci_lower": np.tanh(mean - t * se),
        "ci_upper": np.tanh(mean + t * se),
        "pi_lower": np.tanh(mean - t * wide),
        "pi_upper": np.tanh(mean + t * wide),
        "tau": np.sqrt(tau2),
        "q": q,
        "q_pvalue": chdtrc(k - 1, q),
        "i2": 100 * tau2 / (tau2 + typical),
    }
