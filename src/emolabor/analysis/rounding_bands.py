"""How far the rounding of a printed correlation table can move what is estimated from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.common.threads import one_thread
from emolabor.sem.numerics import (
    MAXIMUM_LIKELIHOOD,
    Sample,
    all_draws,
    bordered_inverse,
    derivative_columns,
    fit_table,
    implied_moments,
    inverse_and_logdet,
    jacobian_by_differences,
    list_effects,
)

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit

CORNERS = 5  # steps from corner to corner before the extreme is sought between them
NOISE = 1e-7  # of the largest derivative: below it an input does not matter


@one_thread
def rounding_bands(fit: Fit, half_unit: float = 0.005, sd_half_unit: float | dict[str, float] = 0.0) -> pd.DataFrame:
    """Bands of every estimate that the rounding of its input allows.

    Parameters
    ----------
    fit : Fit
        Maximum likelihood, of one group, to a covariance or correlation matrix.
    half_unit : float
        Half a unit of the last printed digit of the correlations: .005 for two decimals.
    sd_half_unit : float or dict of str to float
        The same of the standard deviations behind the covariances; 0 where a correlation matrix was analysed.

    Returns
    -------
    DataFrame
        lhs, op, rhs, label, est, lower, upper, std_all, std_lower, std_upper; the rows of ``fit.tidy()``, then those of
        ``fit.effects()`` (op the kind, lhs the target, rhs the source, label the way). Every input moves within its
        rounding, all at once: at the corner of that box to which the gradient points, the model is estimated again,
        and so on until the gradient points to the corner itself. Missing where the model cannot be estimated there.
        Sampling error is not in the bands.

    Raises
    ------
    EmolaborError
        A fit to raw data or of another kind, or a half unit out of range.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> cor = pd.DataFrame([[1, 0.3], [0.3, 1]], index=["y", "x"], columns=["y", "x"])
    >>> el.rounding_bands(el.sem("y ~ x", sample_cov=cor, n_obs=100)).loc[0, ["lower", "upper"]].round(3).tolist()
    [0.295, 0.305]
    """
    sample = fit.model.samples[0]
    if fit.table.n_groups > 1 or sample.data is not None or fit.model.estimator is not MAXIMUM_LIKELIHOOD:
        refuse("rounding_bands", "another fit", "a maximum likelihood fit of one group to sample_cov")
    if not fit.converged:
        refuse_because("rounding_bands", fit.problems[0], "a fit that converged")
    names = fit.table.variables.observed
    sd = np.sqrt(np.diag(sample.cov))
    i, j = np.tril_indices(len(sd), -1)
    printed = np.concatenate([(sample.cov / np.outer(sd, sd))[i, j], sd])
    reach = np.concatenate([np.full(len(i), _half_unit("half_unit", half_unit)), _of_sds(sd_half_unit, names, sample)])
    table = _random_exogenous(fit.table)
    effects = list_effects(table)
    start = _estimate(fit, table, printed, None)
    values = _quantities(start, effects)
    slope = _slopes(start, effects, printed)
    places = {}

    def at(unit):
        """Quantities and derivatives at a place of the box, its sides at -1 and 1; None without estimates."""
        key = unit.tobytes()
        if key not in places:
            inputs = printed + unit * reach
            moved = _estimate(fit, table, inputs, start.estimate.theta)
            places[key] = None if moved is None else (_quantities(moved, effects), _slopes(moved, effects, inputs))
        return places[key]

    bands = np.array(
        [
            [_extreme(at, k, side * slope[k] * reach, side, values[k], reach) for side in (-1, 1)]
            for k in range(len(values))
        ]
    )
    frame = fit.tidy()[["lhs", "op", "rhs", "label"]]
    ways = [(e.target, e.kind, e.source, " -> ".join(e.via)) for e in effects]
    frame = pd.concat([frame, pd.DataFrame(ways, columns=frame.columns)], ignore_index=True)
    half = len(frame)
    frame["est"], frame["lower"], frame["upper"] = values[:half], bands[:half, 0], bands[:half, 1]
    frame["std_all"], frame["std_lower"], frame["std_upper"] = values[half:], bands[half:, 0], bands[half:, 1]
    return frame


def _half_unit(name, value):
    largest = 0.5 if name == "half_unit" else np.inf
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value < largest:
        refuse(name, shown(value), f"at least 0 and below {largest}")
    return float(value)


def _of_sds(given, names, sample):
    """Half units (p,) of the standard deviations, as they are with the denominator n."""
    by_name = given if isinstance(given, dict) else dict.fromkeys(names, given)
    unknown = [name for name in by_name if name not in names]
    if unknown:
        refuse("sd_half_unit", shown(unknown[0]), names)
    units = np.array([_half_unit("sd_half_unit", by_name.get(name, 0.0)) for name in names])
    return units * np.sqrt((sample.n - 1) / sample.weight)


def _random_exogenous(table):
    """The table with exogenous moments as parameters: the same estimates, and derivatives by every input."""
    rows, free = [], table.n_free
    for row in table.rows:
        if row.from_data and row.op == "~~":
            row = replace(row, free=free, value=None, from_data=False)
            free += 1
        rows.append(row)
    variables = replace(table.variables, fixed_x=(), random_x=table.variables.fixed_x + table.variables.random_x)
    return replace(table, rows=tuple(rows), n_free=free, variables=variables)


def _estimate(fit, table, inputs, start):
    """The fit at moved inputs, or None where there is none."""
    sample = fit.model.samples[0]
    p = len(sample.cov)
    cor = np.eye(p)
    i, j = np.tril_indices(p, -1)
    cor[i, j] = cor[j, i] = inputs[: len(i)]
    cov = cor * np.outer(inputs[len(i) :], inputs[len(i) :])
    if inverse_and_logdet(cov) is None:
        return None
    moved = fit_table(fit.text, table, [Sample(cov, sample.mean, sample.n, sample.weight)], start=start)
    return moved if moved.converged else None


def _quantities(fit, effects):
    """Raw and standardized values (2 k,) of rows, defined parameters and effects."""
    return np.hstack([values[0] for values in all_draws(fit.model, effects, fit.estimate.theta[None, :])])


def _slopes(fit, effects, inputs):
    """Derivatives (2 k, m) of the quantities by the inputs, by the implicit function theorem on the likelihood."""
    model, estimate = fit.model, fit.estimate
    structure, cov = model.structures[0], model.samples[0].cov
    implied = implied_moments(structure, estimate.theta)
    inverse = inverse_and_logdet(implied.sigma)[0]
    left, right, _ = derivative_columns(structure, implied)
    left, right = inverse @ left, inverse @ right
    p = len(cov)
    i, j = np.tril_indices(p, -1)
    sd = inputs[len(i) :]
    pull = left[:, None, :] * right[None, :, :]
    pull = pull + pull.swapaxes(0, 1)  # (p, p, entries): twice minus the slope's derivative by a covariance
    by_cor = pull[i, j] * (sd[i] * sd[j])[:, None]
    by_sd = np.einsum("ij,ije->ie", cov, pull) / sd[:, None]
    by_input = np.vstack([by_cor, by_sd])
    by_parameter = np.zeros((len(by_input), structure.n_parameters))
    np.add.at(by_parameter.T, structure.parameter, by_input.T)
    hessian = model.derivatives(estimate.theta, observed=True)[2]
    moved = bordered_inverse(hessian, estimate.basis) @ by_parameter.T
    return jacobian_by_differences(lambda t: np.hstack(all_draws(model, effects, t)), estimate.theta) @ moved


def _extreme(at, k, uphill, side, value, reach):
    """Smallest (side -1) or largest (side 1) value of the k-th quantity in the box.

    From corner to corner; where the gradients of two corners point to each other, the extreme lies between them and a
    bounded quasi-Newton search (L-BFGS-B) finds it.
    """
    from scipy.optimize import minimize  # slow to import

    signs = None
    for _ in range(CORNERS):
        least = NOISE * max(np.abs(uphill).max(), abs(value) * 1e-3)
        previous, signs = signs, np.sign(np.where(np.abs(uphill) > least, uphill, 0.0))
        found = at(signs)
        if found is None:
            return np.nan
        if previous is not None and np.array_equal(signs, previous):
            return found[0][k]
        uphill = side * found[1][k] * reach

    def downhill(unit):
        found = at(unit)
        if found is None:
            return np.nan, np.zeros(len(unit))
        return -side * found[0][k], -side * found[1][k] * reach

    options = {"ftol": 1e-13, "gtol": 1e-10}
    bounds = [(-1, 1)] * len(signs)
    return -side * minimize(downhill, signs, jac=True, method="L-BFGS-B", bounds=bounds, options=options).fun
