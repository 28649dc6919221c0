"""Indirect effects that depend on a moderator (Preacher, Rucker & Hayes, 2007; Hayes, 2015)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError, refuse_because
from emolabor.sem.cases.factor_scores import implied_for_cases
from emolabor.sem.implied.quantities import row_draws, spreads

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from emolabor.sem.inference.draws import Draws
    from emolabor.sem.moderation.product_indicators import Interaction


def moderated_mediation(
    draws: Draws,
    interaction: Interaction,
    *,
    source: str | None = None,
    outcome: str | None = None,
    at: ArrayLike = (-1.0, 0.0, 1.0),
    interval: str = "percentile",
    level: float = 0.95,
) -> pd.DataFrame:
    """Intervals of the index of moderated mediation and of the conditional indirect effects.

    Parameters
    ----------
    draws : Draws
        From ``fit.bootstrap()`` or ``fit.monte_carlo()`` of a fit of ``interaction.model``.
    interaction : Interaction
        Of either step of the mediation.
    source : str, optional
        Second step moderated: what predicts the mediator, which is ``interaction.predictor``.
    outcome : str, optional
        First step moderated: what the mediator, which is ``interaction.outcome``, predicts.
    at : sequence of float
        Where the conditional effects are taken: standard deviations of the moderator from its mean, at the estimates.
    interval : {"percentile", "bc", "bca"}
        As for `Draws.ci`.
    level : float
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        kind ("index", then "conditional"), group, at, moderator (value), est, se, ci_lower, ci_upper. First step
        moderated: the conditional effect is (a1 + a3 w) b and the index a3 b, by which it changes for each unit of the
        moderator; second step: a (b1 + b3 w) and a b3. The interval of the index tests whether mediation is moderated
        at all.

    Raises
    ------
    EmolaborError
        Neither or both of source and outcome, or a path the fit does not have.

    References
    ----------
    Hayes, A. F. (2015). An index and test of linear moderated mediation. Multivariate Behavioral Research, 50(1), 1-22.
    Preacher, K. J., Rucker, D. D., & Hayes, A. F. (2007). Addressing moderated mediation hypotheses: Theory, methods,
    and prescriptions. Multivariate Behavioral Research, 42(1), 185-227.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> x, w, m, y = np.random.default_rng(1).normal(size=(4, 500))
    >>> m = m + 0.4 * x + 0.3 * x * w
    >>> data = pd.DataFrame({"x": x, "w": w, "m": m, "y": y + 0.5 * m})
    >>> prepared = el.interaction("m ~ x + w; y ~ m + x", data, "x", "w", "m")
    >>> draws = el.sem(prepared.model, prepared.data).bootstrap(200)
    >>> table = el.moderated_mediation(draws, prepared, outcome="y")
    >>> table.kind.tolist(), bool(table.ci_lower[0] > 0)
    (['index', 'conditional', 'conditional', 'conditional'], True)
    """
    if (source is None) == (outcome is None):
        raise EmolaborError("source, outcome: give one: source where the second step is moderated, outcome else")
    fit = draws.fit
    first = outcome is not None
    plain = (outcome, interaction.outcome) if first else (interaction.predictor, source)
    levels = np.asarray(at, float)
    frames = []
    for group in range(fit.table.n_groups):
        places = [
            _place(fit, group, *pair)
            for pair in (
                plain,
                (interaction.outcome, interaction.predictor),
                (interaction.outcome, interaction.term),
            )
        ]
        means, sd = _moderator(fit, interaction.moderator)
        values = means[group] + levels * sd[group]
        distances = values - fit.model.case_shares @ means

        def effects(thetas, places=places, distances=distances):
            other, slope, change = row_draws(fit.model, thetas)[:, places].T[:, :, None]
            return np.hstack([other * change, other * (slope + change * distances)])

        est, se, lower, upper = draws.interval_of(effects, interval, level)
        frames.append(
            pd.DataFrame(
                {
                    "kind": ["index"] + ["conditional"] * len(levels),
                    "group": group + 1,
                    "at": [np.nan, *levels],
                    "moderator": [np.nan, *values],
                    "est": est,
                    "se": se,
                    "ci_lower": lower,
                    "ci_upper": upper,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _place(fit: Any, group: Any, lhs: Any, rhs: Any) -> Any:
    """Place of a regression in the parameter table."""
    for i, row in enumerate(fit.table.rows):
        if (row.lhs, row.op, row.rhs, row.group) == (lhs, "~", rhs, group):
            return i
    refuse_because("moderated_mediation", f"the fit has no '{lhs} ~ {rhs}'", "both steps in the model")


def _moderator(fit: Any, name: Any) -> Any:
    """Mean and standard deviation of the moderator in every group (n_groups,)."""
    place = (*fit.table.variables.observed, *fit.table.variables.latent).index(name)
    means = np.array([implied_for_cases(fit, group)[1][place] for group in range(fit.table.n_groups)])
    totals, _ = spreads(fit.model, fit.estimate.theta[None, :])
    return means, np.array([own[0, place] for own in totals])
