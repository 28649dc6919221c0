"""Levers: with which management factor the outcome moves most, how surely, and from which level.

An improvement is a point more on a factor's scale, or a point less where less is better. What it goes with
is read off the fitted paths, so it is a what-if analysis of associations, not a test of what a change would do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.analysis.lever_values import LeverModel, sources_of
from emolabor.common.errors import refuse, refuse_because, shown
from emolabor.theory.constructs import FACTORS, OUTCOME, UNDESIRABLE

if TYPE_CHECKING:
    from emolabor.sem.fit import Fit
    from emolabor.sem.inference.draws import Draws


@dataclass(frozen=True, repr=False)
class Levers:
    """What an improvement of each factor goes with.

    Rows are named by the factor, in fits of several groups ``group>factor``; all tables name group and factor too.

    Attributes
    ----------
    table : DataFrame
        A row a factor. `direction` (1, or -1 where less of the factor is better), `level` (mean answer, in points of
        the scale), `performance` (the same from 0 at the worst to 100 at the best answer); `gain` (points of the
        outcome, towards better, that go with a one-point improvement of the factor) and `std` (the same in standard
        deviations), each with `_se`, `_lower`, `_upper`; `rank` by gain with `rank_lower`, `rank_upper`; `best` and
        `best_std`, the shares of draws in which no other gain (or std) is larger.
    ways : DataFrame
        A row a way from a factor to the outcome: via (the constructs on it; empty for the direct one), gain with its
        interval. The ways of a factor add up to its gain.
    suppression : DataFrame
        A row a factor, not turned: `zero_order` (correlation of the latent variables), `partial` (direct standardized
        path; missing where the model has none) and `total` (standardized), with intervals; `reversed`: the partial
        association points the other way from the correlation and neither interval holds zero.
    correlations : DataFrame
        Of the gains over the draws, a row and a column a factor: how far their errors go together.
    draws : Draws
        What all intervals are made of.
    """

    table: pd.DataFrame
    ways: pd.DataFrame
    suppression: pd.DataFrame
    correlations: pd.DataFrame
    draws: Draws | None

    def __repr__(self):
        columns = ["level", "gain", "gain_lower", "gain_upper", "std", "rank", "best"]
        return f"Levers, {self.draws!r}\n{self.table[columns].round(3).to_string()}"

    def what_if(self, changes: dict[str, float], level: float = 0.95) -> pd.Series:
        """Add up what differences in several factors go with.

        Parameters
        ----------
        changes : dict of str to float
            Row of `table` -> points of the scale by which the factor is higher (below zero: lower). In fits of several
            groups, of one group.
        level : float
            Coverage of the interval.

        Returns
        -------
        Series
            est (points of the outcome, towards better), se, lower, upper. The interval is a normal one: a sum of
            estimates with the variance d' V d, where V is the covariance of the gains over the draws.

        Raises
        ------
        EmolaborError
            A factor that is not in the table; factors of several groups.

        Notes
        -----
        Gains are total effects. Where one factor works by way of another, a difference in the other one stands for
        what comes on top of that.

        Examples
        --------
        >>> import emolabor as el
        >>> instrument, claims = el.load_instrument("window_staff"), el.load_claims()
        >>> model = el.full_model(instrument.dimensions(), claims)
        >>> fit = el.sem(model, el.scored_items(el.simulate_staff(n=600, seed=1), instrument))
        >>> found = el.levers(fit, draws=fit.monte_carlo(200))
        >>> bool(found.what_if({"training_access": 1})["est"] == found.table.gain["training_access"])
        True
        >>> found.what_if({"training_access": 0.5, "marginalisation": -0.5}).index.tolist()
        ['est', 'se', 'lower', 'upper']
        """
        for name in changes:
            if name not in self.table.index:
                refuse_because("changes", f"{shown(name)} is no lever", self.table.index)
        rows = self.table.loc[list(changes)]
        if rows["group"].nunique() > 1:
            refuse("changes", f"factors of {rows['group'].nunique()} groups", "of one")
        weights = rows["direction"].to_numpy() * np.array(list(changes.values()), dtype=float)
        spread = weights * rows["gain_se"].to_numpy()
        est = weights @ rows["gain"].to_numpy()
        error = np.sqrt(max(spread @ self.correlations.loc[rows.index, rows.index].to_numpy() @ spread, 0.0))
        reach = NormalDist().inv_cdf((1 + level) / 2) * error
        return pd.Series({"est": est, "se": error, "lower": est - reach, "upper": est + reach})


def levers(
    fit: Fit,
    outcome: str = OUTCOME,
    factors: Sequence[str] | None = None,
    *,
    undesirable: Collection[str] = UNDESIRABLE,
    scale: tuple[float, ...] | dict[str, tuple[int, int]] = (1, 5),
    draws: Draws | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    interval: str = "percentile",
    level: float = 0.95,
) -> Levers:
    """Rank factors by what an improvement of each goes with.

    Parameters
    ----------
    fit : Fit
        Of one or several groups. For gains that can be compared over groups, hold the loadings equal.
    outcome : str
        A construct or variable of the model; by default the outcome of the essay's study.
    factors : sequence of str, optional
        By default the essay's management factors from which a way leads to the outcome or, where the model has none
        of them, all that a way leads from.
    undesirable : collection of str
        Constructs of which less is better: their improvement is a decrease. By default those of `theory`.
    scale : tuple of float, or dict of str to tuple of float
        Lowest and highest answer; by factor where they have different ones, such as ``{"woman": (0, 1)}``.
    draws : Draws, optional
        Resamples or Monte Carlo draws of `fit`; by default `fit.bootstrap(n_boot, seed)`.
    n_boot : int
        Resamples where no `draws` are given.
    seed : int
        The same seed gives the same intervals.
    interval : str
        percentile, bc or bca.
    level : float
        Coverage of the intervals.

    Returns
    -------
    Levers
        Its `table` ranks the factors by `gain`: points of the outcome that go with a one-point improvement of the
        factor, `performance` says where its `level` lies on its scale, from 0 to 100 (missing where beyond: tell
        `scale`). `ways` says by which constructs, `what_if` adds several changes up. Associations, of cross-sectional
        data.

    Raises
    ------
    EmolaborError
        An outcome or factor that the model does not have, or from which no way leads to the outcome; no factor left;
        draws of another fit; a factor that `scale` does not have.

    Notes
    -----
    The fit's latent variables have the unit of their first item, which is arbitrary. Effects coding (Little,
    Slegers & Card, 2006, *Structural Equation Modeling* 13:59-72) takes as unit that of the mean of the items:
    loadings average one. A total effect b becomes b times the outcome's mean loading over the factor's, which no
    choice of marker changes. With ordered answers this mean is one of the normal variables behind the items, so
    that gains are in their units, near one standard deviation, while levels are mean answers. Importance (gain)
    against present level is the importance-performance map of Ringle and Sarstedt (2016, *Industrial Management &
    Data Systems* 116:1865-1886), with equal weights of the items.

    Examples
    --------
    >>> import emolabor as el
    >>> model = '''
    ... unit_guidance =~ ug1 + ug3 + ug5
    ... marginalisation =~ mg1 + mg3 + mg4
    ... proactive_service =~ ps1 + ps2 + ps3 + ps4 + ps6
    ... proactive_service ~ unit_guidance + marginalisation
    ... '''
    >>> instrument = el.load_instrument("window_staff")
    >>> answers = el.scored_items(el.simulate_staff(n=900, seed=1), instrument)
    >>> found = el.levers(el.sem(model, answers), n_boot=200)
    >>> found.table[["direction", "gain", "gain_lower", "gain_upper", "rank"]].round(2)
                     direction  gain  gain_lower  gain_upper  rank
    unit_guidance            1  0.23        0.15        0.30     1
    marginalisation         -1  0.04       -0.04        0.11     2
    """
    model = LeverModel(fit, outcome, _factors(fit, outcome, factors), frozenset(undesirable))
    draws = fit.bootstrap(n_boot, seed) if draws is None else draws
    if draws.fit is not fit:
        refuse("draws", "draws of another fit", "draws of the fit that is asked about")
    values = draws.values_of(model.values)
    limits = dict(zip(("est", "se", "lower", "upper"), draws.interval_of(model.values, interval, level), strict=True))
    parts = {name: {key: own[place] for key, own in limits.items()} for name, place in model.places.items()}
    keys = pd.DataFrame([(group, factor) for group in model.groups for factor in model.factors])
    keys = keys.set_axis(["group", "factor"], axis=1)
    ranks = {name: _ranks(values[:, model.places[name]], len(model.factors)) for name in ("gain", "std")}
    own = _ranks(parts["gain"]["est"][None, :], len(model.factors))[0]
    tails = [(1 - level) / 2, (1 + level) / 2]
    lowest, highest = np.quantile(ranks["gain"], tails, axis=0, method="inverted_cdf")
    table = keys.assign(direction=np.tile(model.directions, len(model.groups)), **_levels(model, scale))
    for name in ("gain", "std"):
        table = table.assign(**_columns(parts[name], name, with_error=True))
    table = table.assign(rank=own, rank_lower=lowest, rank_upper=highest)
    table = table.assign(best=np.mean(ranks["gain"] == 1, axis=0), best_std=np.mean(ranks["std"] == 1, axis=0))
    table = _named(table)
    correlations = pd.DataFrame(_correlations(values[:, model.places["gain"]]), index=table.index, columns=table.index)
    return Levers(table, _ways(model, parts["ways"]), _suppression(model, keys, parts), correlations, draws)


def _factors(fit, outcome, factors):
    """The factors asked for, those of the essay, or all that lead to the outcome; from each a way leads there."""
    names = {*fit.table.variables.latent, *fit.table.variables.observed}
    given = (factors,) if isinstance(factors, str) else () if factors is None else tuple(factors)
    for argument, asked in (("outcome", (outcome,)), ("factors", given)):
        for name in asked:
            if name not in names:
                refuse_because(argument, f"{shown(name)} is not in the model", "its variables and constructs")
    leading = sources_of(fit, outcome)
    chosen = ([name for name in FACTORS if name in leading] or leading) if factors is None else given
    for name in chosen:
        if name not in leading:
            refuse_because("factors", f"no way leads from {shown(name)} to {shown(outcome)}", leading)
    if not chosen:
        refuse("factors", f"none that leads to {shown(outcome)}", ", ".join(leading) or "none")
    return tuple(chosen)


def _ranks(gains, width):
    """Ranks (R, k) within each group of `width` columns, 1 for the largest."""
    grouped = gains.reshape(len(gains), -1, width)
    return (np.argsort(np.argsort(-grouped, axis=2), axis=2) + 1).reshape(gains.shape)


def _correlations(gains):
    """Correlations of the columns of gains (R, k); what does not vary, such as a fixed path, goes with nothing."""
    centred = gains - gains.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    scaled = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
    correlations = scaled.T @ scaled
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _levels(model, scale):
    left = [factor for factor in model.factors if isinstance(scale, dict) and factor not in scale]
    if left:
        refuse_because("scale", f"{shown(left[0])} is not in it", "lowest and highest value of every factor")
    ends = [scale[factor] if isinstance(scale, dict) else scale for factor in model.factors]
    lowest, highest = np.tile(np.array(ends, dtype=float), (len(model.groups), 1)).T
    level = model.levels()
    share = (level - lowest) / (highest - lowest)
    turned = np.where(np.tile(model.directions, len(model.groups)) > 0, share, 1 - share)
    performance = np.where((level < lowest) | (level > highest), np.nan, 100 * turned)  # of another scale than told
    return {"level": level, "lowest": lowest, "highest": highest, "performance": performance}


def _columns(part, name, with_error=False):
    """Estimate and interval of one quantity as columns."""
    error = {f"{name}_se": part["se"]} if with_error else {}
    return {name: part["est"], **error, f"{name}_lower": part["lower"], f"{name}_upper": part["upper"]}


def _ways(model, part):
    frame = pd.DataFrame(
        [(model.groups[way.group], way.source, " -> ".join(way.via)) for way in model.ways],
        columns=["group", "factor", "via"],
    )
    frame = frame.assign(**_columns(part, "gain", with_error=True))
    return _named(frame, [">".join((way.source, *way.via, model.outcome)) for way in model.ways])


def _suppression(model, keys, parts):
    frame = keys
    for name in ("zero_order", "partial", "total"):
        frame = frame.assign(**_columns(parts[name], name))
    missing = np.tile(~model.has_direct, len(model.groups))
    partial = [name for name in frame if name.startswith("partial")]
    frame.loc[missing, partial] = np.nan
    certain = (frame.partial_lower * frame.partial_upper > 0) & (frame.zero_order_lower * frame.zero_order_upper > 0)
    return _named(frame.assign(reversed=certain & (frame.partial * frame.zero_order < 0)))


def _named(frame, names=None):
    """Index rows by factor (or by `names`), the group before it where there are several."""
    names = frame["factor"] if names is None else names
    several = frame["group"].nunique() > 1
    index = [f"{group}>{name}" if several else name for group, name in zip(frame["group"], names, strict=True)]
    return frame.set_axis(index)
