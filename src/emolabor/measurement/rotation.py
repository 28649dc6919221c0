"""Rotation of factors: gradient projection (Bernaards & Jennrich, 2005) and promax (Hendrickson & White, 1964)."""

import numpy as np

ROTATIONS = ("oblimin", "promax", "varimax", "geomin")
GEOMIN_DELTA = 0.01
PROMAX_POWER = 4
# Geomin has many local minima (Browne, 2001): that many random starts beside the unrotated factors.
GEOMIN_STARTS = 30
# The projected gradient at which a rotation has arrived, and the most steps to it.
ARRIVED, STEPS = 1e-8, 5000


def rotate(loadings, rotation, rng):
    """Rotate loadings of uncorrelated factors.

    Parameters
    ----------
    loadings : ndarray of shape (p, m)
        With m of at least 2.
    rotation : {"oblimin", "promax", "varimax", "geomin"}
        oblimin: oblique, gamma 0 (direct quartimin; Jennrich & Sampson, 1966), without Kaiser's normalisation. promax:
        oblique, power 4, from varimax, rows normalised throughout (Kaiser, 1958). varimax: orthogonal, rows
        normalised. geomin: oblique (Yates, 1987), delta .01, without normalisation. These are the settings of psych.
    rng : Generator
        Source of random starts (geomin).

    Returns
    -------
    loadings : ndarray of shape (p, m)
        Pattern coefficients.
    correlations : ndarray of shape (m, m)
        Of the factors.
    converged : bool

    References
    ----------
    Bernaards, C. A., & Jennrich, R. I. (2005). Gradient projection algorithms and software for arbitrary rotation
    criteria in factor analysis. Educational and Psychological Measurement, 65(5), 676-696.
    Browne, M. W. (2001). An overview of analytic rotation in exploratory factor analysis. Multivariate Behavioral
    Research, 36(1), 111-150.
    Hendrickson, A. E., & White, P. O. (1964). Promax: A quick method for rotation to oblique simple structure. British
    Journal of Statistical Psychology, 17(1), 65-70.
    Jennrich, R. I., & Sampson, P. F. (1966). Rotation for simple loadings. Psychometrika, 31(3), 313-323.
    Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis. Psychometrika, 23(3), 187-200.
    Yates, A. (1987). Multivariate exploratory data analysis. SUNY Press.
    """
    m = loadings.shape[1]
    if rotation in ("varimax", "promax"):
        length = np.maximum(np.sqrt(np.sum(loadings**2, axis=1, keepdims=True)), 1e-12)
        transform, _, converged = gradient_projection(loadings / length, varimax, np.eye(m), oblique=False)
        turned = loadings / length @ transform
        if rotation == "varimax":
            return turned * length, np.eye(m), converged
        pattern, correlations = _promax(turned)
        return pattern * length, correlations, converged
    if rotation == "oblimin":
        transform, _, converged = gradient_projection(loadings, quartimin, np.eye(m), oblique=True)
    else:
        starts = [np.eye(m), *(np.linalg.qr(rng.standard_normal((m, m)))[0] for _ in range(GEOMIN_STARTS))]
        runs = [gradient_projection(loadings, geomin, start, oblique=True) for start in starts]
        transform, _, converged = min(runs, key=lambda run: run[1])
    return loadings @ np.linalg.inv(transform).T, transform.T @ transform, converged


def gradient_projection(loadings, criterion, transform, oblique):
    """Minimise a rotation criterion.

    Parameters
    ----------
    loadings : ndarray of shape (p, m)
    criterion : callable
        Loadings (p, m) -> value, gradient (p, m).
    transform : ndarray of shape (m, m)
        Where to start; columns of length one.
    oblique : bool
        Whether factors may correlate.

    Returns
    -------
    transform : ndarray of shape (m, m)
        T; rotated loadings are A T if orthogonal and A T'^-1 if oblique.
    value : float
    converged : bool
    """
    turned = _turned(loadings, transform, oblique)
    value, slope = criterion(turned)
    step = 1.0
    for _ in range(STEPS):
        if oblique:
            gradient = -(turned.T @ slope @ np.linalg.inv(transform)).T
            projected = gradient - transform * np.sum(transform * gradient, axis=0)
        else:
            gradient = loadings.T @ slope
            product = transform.T @ gradient
            projected = gradient - transform @ (product + product.T) / 2
        length = np.sqrt(np.sum(projected**2))
        if length < ARRIVED:
            return transform, value, True
        step *= 2
        for _ in range(40):
            trial = _on_manifold(transform - step * projected, oblique)
            trial_turned = _turned(loadings, trial, oblique)
            trial_value, trial_slope = criterion(trial_turned)
            if value - trial_value > 0.5 * length**2 * step:
                break
            step /= 2
        else:
            # No step lowers the value any more: rounding is all that is left.
            return transform, value, bool(length < 1e-5)
        transform, turned, value, slope = trial, trial_turned, trial_value, trial_slope
    return transform, value, False


def _turned(loadings, transform, oblique):
    return loadings @ np.linalg.inv(transform).T if oblique else loadings @ transform


def _on_manifold(matrix, oblique):
    """The nearest transform: columns of length one, or an orthogonal matrix."""
    if oblique:
        return matrix / np.sqrt(np.sum(matrix**2, axis=0))
    left, _, right = np.linalg.svd(matrix)
    return left @ right


def varimax(loadings):
    """Varimax, negative, and its gradient (Kaiser, 1958)."""
    squares = loadings**2
    centred = squares - squares.mean(axis=0)
    return -np.sum(centred**2) / 4, -loadings * centred


def quartimin(loadings):
    """Quartimin and its gradient (Jennrich & Sampson, 1966)."""
    squares = loadings**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return np.sum(squares * others) / 4, loadings * others


def geomin(loadings):
    """Geomin and its gradient (Yates, 1987; Browne, 2001)."""
    m = loadings.shape[1]
    squares = loadings**2 + GEOMIN_DELTA
    mean = np.exp(np.log(squares).mean(axis=1, keepdims=True))
    return mean.sum(), 2 / m * loadings / squares * mean


def _promax(loadings):
    """Fit a power of the loadings by least squares; factors get variance one again (Hendrickson & White, 1964)."""
    target = loadings * np.abs(loadings) ** (PROMAX_POWER - 1)
    fitted = np.linalg.lstsq(loadings, target)[0]
    fitted = fitted * np.sqrt(np.diag(np.linalg.inv(fitted.T @ fitted)))
    inverse = np.linalg.inv(fitted)
    return loadings @ fitted, inverse @ inverse.T
