"""Many samples from one population, the model estimated on each, and an interval of every parameter and effect."""

import numpy as np

from emolabor.common.threads import one_thread
from emolabor.sem.estimation.estimate_many import Together, estimate_many
from emolabor.sem.implied.quantities import defined_draws, effect_draws, jacobian_by_differences, row_draws
from emolabor.sem.implied.values import wald
from emolabor.sem.inference.resamples import normal_moments
from emolabor.sem.linalg import bordered_inverse

DRAWS = 1000


def wanted(fit):
    """What power is asked of: places of the free rows, and every effect that is more than one coefficient, once.

    Moments of exogenous observed variables alone are left out, as they are where these are fixed.
    """
    random = set(fit.table.variables.random_x)
    rows = [i for i, row in enumerate(fit.table.rows) if row.free >= 0 and not {row.lhs, row.rhs or row.lhs} <= random]
    effects, known = [], set()
    for kind in ("indirect", "total", "specific"):
        for effect in fit._effects:
            if effect.kind == kind and effect.ways not in known and any(len(way) > 1 for way in effect.ways):
                effects.append(effect)
                known.add(effect.ways)
    return rows, [effect for effect in fit._effects if effect in effects]


@one_thread
def replicate(fit, n, size, seed, level, indirect):
    """Draw normal samples from what a fit implies and estimate its model on each.

    Parameters
    ----------
    fit : Fit
        Of the model to the population's moments; maximum likelihood.
    n : int
        Cases of a sample.
    size : int
        Samples.
    seed : SeedSequence
    level : float
        Coverage of the intervals.
    indirect : str
        How intervals of `:=` parameters and effects are made: "monte_carlo" or "delta".

    Returns
    -------
    ndarray (size, k, 3)
        Estimate, lower and upper limit of the free rows, the `:=` parameters and the effects; missing where the search
        failed.
    """
    rng = np.random.default_rng(seed)
    model, estimate = fit.model, fit.estimate
    sample = model.samples[0]
    centre = sample.mean if model.table.mean_structure else None
    moments = [normal_moments(rng, sample.cov, centre, n, size)]
    thetas, _ = estimate_many(Together.near(model, estimate), moments)
    chosen = wanted(fit)
    found = np.full((size, len(chosen[0]) + len(fit.table.defined) + len(chosen[1]), 3), np.nan)
    for r in np.flatnonzero(~np.isnan(thetas).any(axis=1)):
        inverse = bordered_inverse(model.information(thetas[r]), estimate.basis)
        if inverse is not None:
            found[r] = intervals(model, thetas[r], inverse / n, chosen, level, indirect, rng)
    return found


def intervals(model, theta, covariance, chosen, level, indirect, rng):
    """Estimates with their intervals.

    Parameters
    ----------
    model : Model
    theta : ndarray (q,)
    covariance : ndarray (q, q)
        Of the estimates.
    chosen : tuple
        From `wanted`.
    level : float
    indirect : str
        "monte_carlo": percentiles of draws of the coefficients from their normal distribution (MacKinnon, Lockwood &
        Williams, 2004); "delta": normal (Sobel, 1982).
    rng : Generator

    Returns
    -------
    ndarray (k, 3)
        Estimate, lower and upper limit.
    """
    rows, effects = chosen
    free = np.array([model.table.rows[i].free for i in rows], int)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    _, _, lower, upper = wald(theta[free], errors[free], level)
    found = [np.column_stack([theta[free], lower, upper])]
    used = _used(model.table, effects)
    if len(used):
        part = covariance[np.ix_(used, used)]

        def functionals(own):
            thetas = np.tile(theta, (len(own), 1))
            thetas[:, used] = own
            values = row_draws(model, thetas)
            return np.hstack([defined_draws(model.table, values), effect_draws(effects, values)])

        own = theta[used]
        estimates = functionals(own[None, :])[0]
        if indirect == "delta":
            gradient = jacobian_by_differences(functionals, own)
            spread = np.sqrt(np.maximum(np.sum((gradient @ part) * gradient, axis=1), 0.0))
            _, _, lower, upper = wald(estimates, spread, level)
        else:
            values, vectors = np.linalg.eigh(part)
            root = vectors * np.sqrt(np.maximum(values, 0.0))
            drawn = functionals(own + rng.standard_normal((DRAWS, len(used))) @ root.T)
            lower, upper = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        found.append(np.column_stack([estimates, lower, upper]))
    return np.vstack(found)


def _used(table, effects):
    """The free parameters (u,) that `:=` parameters and effects are made of."""
    places = {i for effect in effects for way in effect.ways for i in way}
    if table.defined:
        places |= {i for i, row in enumerate(table.rows) if row.label}
    return np.array(sorted({table.rows[i].free for i in places} - {-1}), int)
