"""What an interaction means: simple slopes, Johnson-Neyman regions, and the lines of a picture (Aiken & West, 1991)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from emolabor.common.checks import check_level, check_whole
from emolabor.common.errors import EmolaborError
from emolabor.sem.cases.factor_scores import implied_for_cases
from emolabor.sem.evaluation.residuals import one_group
from emolabor.sem.implied.quantities import row_draws
from emolabor.sem.implied.values import wald

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from emolabor.sem.fit import Fit
    from emolabor.sem.moderation.product_indicators import Interaction


def simple_slopes(
    fit: Fit,
    interaction: Interaction,
    at: ArrayLike = (-1.0, 0.0, 1.0),
    *,
    values: ArrayLike | None = None,
    level: float = 0.95,
    group: int = 1,
) -> pd.DataFrame:
    """Effect of the predictor at chosen values of the moderator.

    Parameters
    ----------
    fit : Fit
        Of ``interaction.model`` to ``interaction.data``.
    interaction : Interaction
        As `interaction` gives it.
    at : sequence of float
        Where the moderator stands, in its standard deviations from its mean.
    values : sequence of float, optional
        Values of the moderator itself instead of `at`.
    level : float
        Coverage of the intervals, between 0 and 1.
    group : int
        Number of the group, from 1.

    Returns
    -------
    DataFrame
        at, moderator (its value), slope, se, z, pvalue, ci_lower, ci_upper, std_slope (in standard deviations of
        predictor and outcome). With the moderator as w from the mean of all cases, where the product was centred, the
        slope is b1 + b3 w and its error the root of var(b1) + 2 w cov(b1, b3) + w^2 var(b3).

    Raises
    ------
    EmolaborError
        The fit lacks the paths of the interaction; a level outside 0 to 1; another group.

    References
    ----------
    Aiken, L. S., & West, S. G. (1991). Multiple regression: Testing and interpreting interactions. Sage.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> x, w, error = np.random.default_rng(1).normal(size=(3, 500))
    >>> data = pd.DataFrame({"x": x, "w": w, "y": 0.4 * x + 0.3 * x * w + error})
    >>> prepared = el.interaction("y ~ x + w", data, "x", "w", "y")
    >>> fit = el.sem(prepared.model, prepared.data)
    >>> el.simple_slopes(fit, prepared)[["at", "slope", "ci_lower", "ci_upper"]].round(2)
        at  slope  ci_lower  ci_upper
    0 -1.0   0.05     -0.10      0.20
    1  0.0   0.41      0.31      0.51
    2  1.0   0.77      0.63      0.90
    """
    slope, cov, means, (sd_x, sd_w, sd_y), origin = _pieces(fit, interaction, group)
    if values is None:
        steps = np.asarray(at, float)
        chosen = means[1] + steps * sd_w
    else:
        chosen = np.asarray(values, float)
        steps = (chosen - means[1]) / sd_w
    weights = np.column_stack([np.ones(len(chosen)), chosen - origin[1]])
    est = weights @ slope
    errors = np.sqrt(np.sum((weights @ cov) * weights, axis=1))
    z, pvalue, lower, upper = wald(est, errors, level, fit.model.degrees_of_errors)
    columns = {"at": steps, "moderator": chosen, "slope": est, "se": errors, "z": z, "pvalue": pvalue}
    return pd.DataFrame({**columns, "ci_lower": lower, "ci_upper": upper, "std_slope": est * sd_x / sd_y})


def johnson_neyman(fit: Fit, interaction: Interaction, level: float = 0.95, group: int = 1) -> pd.DataFrame:
    """Where along the moderator the effect of the predictor differs from zero.

    Parameters
    ----------
    fit : Fit
        Of ``interaction.model`` to ``interaction.data``.
    interaction : Interaction
        As `interaction` gives it.
    level : float
        Coverage of the two-sided interval that must leave zero out, between 0 and 1.
    group : int
        Number of the group, from 1.

    Returns
    -------
    DataFrame
        A row a region, from minus to plus infinity: lower, upper (values of the moderator), significant, slope
        ("negative" or "positive" where significant, else ""), share (of a normal moderator within the region). The
        limits solve (b1 + b3 w)^2 = z^2 var(b1 + b3 w) exactly (Johnson & Neyman, 1936; Bauer & Curran, 2005).

    Raises
    ------
    EmolaborError
        The fit lacks the paths of the interaction; a level outside 0 to 1; another group.

    References
    ----------
    Bauer, D. J., & Curran, P. J. (2005). Probing interactions in fixed and multilevel regression. Multivariate
    Behavioral Research, 40(3), 373-400.
    Johnson, P. O., & Neyman, J. (1936). Tests of certain linear hypotheses and their application to some educational
    problems. Statistical Research Memoirs, 1, 57-93.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> x, w, error = np.random.default_rng(1).normal(size=(3, 500))
    >>> data = pd.DataFrame({"x": x, "w": w, "y": 0.4 * x + 0.3 * x * w + error})
    >>> prepared = el.interaction("y ~ x + w", data, "x", "w", "y")
    >>> fit = el.sem(prepared.model, prepared.data)
    >>> el.johnson_neyman(fit, prepared).slope.tolist()
    ['negative', '', 'positive']
    """
    check_level(level)
    slope, cov, means, (_, sd_w, _), origin = _pieces(fit, interaction, group)
    square = ndtri((1 + level) / 2) ** 2
    # a w^2 + b w + c is positive where the slope is significant
    a = slope[1] ** 2 - square * cov[1, 1]
    b = 2 * (slope[0] * slope[1] - square * cov[0, 1])
    c = slope[0] ** 2 - square * cov[0, 0]
    ends = [-np.inf, *sorted(_real_roots(a, b, c)), np.inf]
    rows = []
    for lower, upper in pairwise(ends):
        inside = _between(lower, upper)
        significant = a * inside**2 + b * inside + c > 0
        sign = "" if not significant else "positive" if slope[0] + slope[1] * inside > 0 else "negative"
        lower, upper = lower + origin[1], upper + origin[1]
        share = ndtr((upper - means[1]) / sd_w) - ndtr((lower - means[1]) / sd_w)
        rows.append((lower, upper, bool(significant), sign, float(share)))
    return pd.DataFrame(rows, columns=["lower", "upper", "significant", "slope", "share"])


def interaction_lines(
    fit: Fit,
    interaction: Interaction,
    at: ArrayLike = (-1.0, 0.0, 1.0),
    *,
    reach: float = 2.0,
    n_points: int = 41,
    level: float = 0.95,
    group: int = 1,
) -> tuple[pd.DataFrame, ...]:
    """Lines for two pictures: the outcome along the predictor, and the slope along the moderator.

    Parameters
    ----------
    fit : Fit
        Of ``interaction.model`` to ``interaction.data``.
    interaction : Interaction
        As `interaction` gives it.
    at : sequence of float
        Where the moderator stands, in its standard deviations from its mean: a line for each.
    reach : float
        How many standard deviations from the mean the lines go.
    n_points : int
        Points on a line.
    level : float
        Coverage of the band, between 0 and 1.
    group : int
        Number of the group, from 1.

    Returns
    -------
    tuple of DataFrame
        Lines: at, moderator, predictor, outcome (expected, from its mean), `n_points` rows for each of `at`. Band: the
        columns of `simple_slopes`, `n_points` rows along the moderator.

    Raises
    ------
    EmolaborError
        The fit lacks the paths of the interaction; fewer than two points; a level outside 0 to 1; another group.

    References
    ----------
    Aiken, L. S., & West, S. G. (1991). Multiple regression: Testing and interpreting interactions. Sage.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> x, w, error = np.random.default_rng(1).normal(size=(3, 500))
    >>> data = pd.DataFrame({"x": x, "w": w, "y": 0.4 * x + 0.3 * x * w + error})
    >>> prepared = el.interaction("y ~ x + w", data, "x", "w", "y")
    >>> fit = el.sem(prepared.model, prepared.data)
    >>> lines, band = el.interaction_lines(fit, prepared)
    >>> len(lines), len(band)
    (123, 41)
    """
    check_whole("n_points", n_points, 2)
    slope, _, means, (sd_x, sd_w, _), origin = _pieces(fit, interaction, group)
    predictor = means[0] + np.linspace(-reach, reach, n_points) * sd_x
    own = _coefficients(fit, group, interaction.outcome, [interaction.moderator])[0][0]
    implied, by_name = _implied(fit, group)
    together = implied.covariance[by_name[interaction.predictor], by_name[interaction.moderator]]
    lines = []
    for step in np.asarray(at, float):
        moderator = means[1] + step * sd_w
        x, w = predictor - origin[0], moderator - origin[1]
        outcome = slope[0] * x + own * w + slope[1] * (x * w - together)
        lines.append(pd.DataFrame({"at": step, "moderator": moderator, "predictor": predictor, "outcome": outcome}))
    band = simple_slopes(fit, interaction, np.linspace(-reach, reach, n_points), level=level, group=group)
    return pd.concat(lines, ignore_index=True), band


def _pieces(fit: Any, interaction: Any, group: Any) -> Any:
    """What the functions above need of a fit.

    Slopes b1, b3 (2,) and their covariances (2, 2); means of predictor and moderator (2,); standard deviations of
    predictor, moderator and outcome (3,); means of predictor and moderator over all groups (2,).
    """
    one_group(fit, group)
    slope, cov = _coefficients(fit, group, interaction.outcome, [interaction.predictor, interaction.term])
    implied, by_name = _implied(fit, group)
    places = [by_name[name] for name in (interaction.predictor, interaction.moderator, interaction.outcome)]
    means = np.array([implied_for_cases(fit, g)[1][places[:2]] for g in range(fit.table.n_groups)])
    sds = np.sqrt(np.diag(implied.covariance)[places])
    return slope, cov, means[group - 1], sds, fit.model.case_shares @ means


def _implied(fit: Any, group: Any) -> Any:
    variables = fit.table.variables
    by_name = {name: i for i, name in enumerate((*variables.observed, *variables.latent))}
    return implied_for_cases(fit, group - 1)[0], by_name


def _coefficients(fit: Any, group: Any, outcome: Any, predictors: Any) -> Any:
    """Regression coefficients (k,) of an outcome and their covariances (k, k)."""
    rows = fit.table.rows
    places = {(row.lhs, row.rhs): i for i, row in enumerate(rows) if row.op == "~" and row.group == group - 1}
    missing = [name for name in predictors if (outcome, name) not in places]
    if missing:
        raise EmolaborError(f"interaction: the fit has no '{outcome} ~ {missing[0]}'; fit interaction.model")
    chosen = [places[outcome, name] for name in predictors]
    values = row_draws(fit.model, fit.estimate.theta[None, :])[0, chosen]
    free = np.array([rows[i].free for i in chosen])
    cov = fit.vcov().to_numpy()[np.ix_(free, free)] * np.outer(free >= 0, free >= 0)
    return values, cov


def _real_roots(a: Any, b: Any, c: Any) -> Any:
    """Roots of a w^2 + b w + c where its sign changes."""
    if a == 0:
        return [] if b == 0 else [-c / b]
    inner = b * b - 4 * a * c
    if inner <= 0:
        return []
    stable = -0.5 * (b + np.copysign(np.sqrt(inner), b))  # without cancellation
    return [stable / a, c / stable] if stable != 0 else []


def _between(lower: Any, upper: Any) -> Any:
    """A value inside a region."""
    if np.isinf(lower) and np.isinf(upper):
        return 0.0
    if np.isinf(lower):
        return upper - 1.0 - abs(upper)
    return lower + 1.0 + abs(lower) if np.isinf(upper) else (lower + upper) / 2
