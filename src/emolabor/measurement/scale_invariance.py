"""Measurement invariance scale by scale: how far each climbs, what must be freed, how latent means differ."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from emolabor.common.errors import EmolaborError
from emolabor.sem import invariance
from emolabor.sem.numerics import refuse_alike

STEPS = ("configural", "metric", "scalar", "strict")
SHOWN = ("chisq", "df", "pvalue", "chisq_diff", "df_diff", "pvalue_diff", "cfi", "rmsea", "srmr")
CHANGES = ("dcfi", "drmsea", "dsrmr")


@dataclass(frozen=True, repr=False)
class ScaleInvariance:
    """How far each scale's measurement is equal over groups.

    Attributes
    ----------
    levels : DataFrame
        A row a scale: `level`, the highest step at which everything is equal; `partial`, the highest step once the
        parameters in `freed` may differ (equal to `level` where nothing was freed or freeing did not help).
    steps : DataFrame
        A row a scale and step, ``scale>step``, of the first climb: fit, changes against the step before, decision
        (holds, fails, stopped).
    means : DataFrame
        A row a scale and group, ``scale>group``, where the intercepts are equal (all, or all but those freed): latent
        mean less that of the first group, in points of the items' mean (`points` with interval) and in latent standard
        deviations of the first group (`d` with interval).
    sizes : Series
        Respondents in each group compared, the largest first: the first group.
    left_out : int
        Respondents in groups that are too small.
    """

    levels: pd.DataFrame
    steps: pd.DataFrame
    means: pd.DataFrame
    sizes: pd.Series
    left_out: int

    def __repr__(self):
        return self.levels.to_string()


def comparable_groups(data, group, smallest=100):
    """Keep the respondents of groups that are large enough to be compared, the largest group first.

    Parameters
    ----------
    data : DataFrame
    group : str
        Column with the group; respondents without one are left out.
    smallest : int
        Respondents that a group must have. Maximum likelihood of fewer than 100 often fails (Boomsma, 1985,
        *Psychometrika* 50:229-242).

    Returns
    -------
    DataFrame
        Empty where not two groups are large enough.

    Raises
    ------
    EmolaborError
        No such column.

    Examples
    --------
    >>> import emolabor as el
    >>> comparable_groups(el.simulate_staff(n=900, seed=1), "dispatch_type")["dispatch_type"].unique().tolist()
    ['dispatched', 'contract']
    """
    if group not in data:
        raise EmolaborError(f"group: {group!r} is no column of the data")
    sizes = data[group].value_counts()
    refuse_alike(sizes.index, f"group: column {group!r}")
    ordered = sizes.sort_index(key=lambda codes: codes.map(str) if codes.dtype == object else codes)
    sizes = ordered.sort_values(ascending=False, kind="stable")
    large = sizes[sizes >= smallest].index
    kept = data[data[group].isin(large)] if len(large) > 1 else data.iloc[:0]
    place = {code: rank for rank, code in enumerate(large)}
    return kept.iloc[np.argsort(kept[group].map(place).to_numpy(), kind="stable")]


def scale_invariance(
    data: pd.DataFrame,
    dimensions: dict[str, list[str]],
    group: str,
    *,
    estimator: str = "MLR",
    missing: str = "fiml",
    smallest: int = 100,
    level: float = 0.95,
) -> ScaleInvariance:
    """Climb the ladder of measurement invariance with each scale alone, freeing what keeps it from the next step.

    In a ladder of all scales together one item that differs is one of many: it hardly moves CFI. Alone, a scale shows
    it.

    Parameters
    ----------
    data : DataFrame
        Items, reverse-worded ones turned (`scored_items`), and the group; not changed.
    dimensions : dict of str to list of str
        Scale to its items, such as ``Instrument.dimensions()`` gives them.
    group : str
        Column with the group.
    estimator : str
        As for `sem`.
    missing : str
        As for `sem`.
    smallest : int
        Respondents that a group must have to be compared; maximum likelihood of fewer than 100 often fails (Boomsma,
        1985).
    level : float
        Coverage of the (Wald) intervals, between 0 and 1.

    Returns
    -------
    ScaleInvariance
        The level that each scale reaches, the steps of the climb, and where the intercepts are equal the latent means.

    Raises
    ------
    EmolaborError
        No such column, or not two groups that are large enough.

    Notes
    -----
    Steps, rule (Chen, 2007) and search are those of `invariance`, with what was freed kept free at later
    steps (partial invariance; Byrne, Shavelson & Muthen, 1989). Points are latent means in the unit of the mean of the
    items (effects coding; Little, Slegers & Card, 2006).

    References
    ----------
    Boomsma, A. (1985). Nonconvergence, improper solutions, and starting values in LISREL maximum likelihood estimation.
    Psychometrika, 50(2), 229-242.
    Byrne, B. M., Shavelson, R. J., & Muthen, B. (1989). Testing for the equivalence of factor covariance and mean
    structures: The issue of partial measurement invariance. Psychological Bulletin, 105(3), 456-466.
    Chen, F. F. (2007). Sensitivity of goodness of fit indexes to lack of measurement invariance. Structural Equation
    Modeling, 14(3), 464-504.
    Little, T. D., Slegers, D. W., & Card, N. A. (2006). A non-arbitrary method of identifying and scaling latent
    variables in SEM and MACS models. Structural Equation Modeling, 13(1), 59-72.

    Examples
    --------
    >>> import emolabor as el
    >>> staff = el.simulate_staff(n=900, seed=1)
    >>> found = el.scale_invariance(staff, {"exhaustion": ["ex1", "ex2", "ex3", "ex4"]}, "sex")
    >>> found.levels[["level", "freed"]].values.tolist(), found.means.index.tolist()
    ([['strict', '']], ['exhaustion>male'])
    """
    kept = comparable_groups(data, group, smallest)
    if kept.empty:
        raise EmolaborError(f"group: {group!r} has not two groups of at least {smallest} respondents")
    options = {"estimator": estimator, "missing": missing}
    levels, steps, means = {}, [], []
    for scale, items in dimensions.items():
        text = f"{scale} =~ {' + '.join(items)}"
        first, last = _climb(text, kept[[*items, group]], group, options)
        levels[scale] = {"level": first.level, "partial": last.level, "freed": ", ".join(last.exempt)}
        steps.append(ladder_table(first).add_prefix(f"{scale}>", axis=0))
        if last.level in ("scalar", "strict"):
            means.append(_latent_means(last.fits["scalar"], scale, level))
    sizes = kept[group].value_counts()
    columns = ["points", "points_lower", "points_upper", "d", "d_lower", "d_upper"]
    return ScaleInvariance(
        pd.DataFrame.from_dict(levels, orient="index"),
        pd.concat(steps),
        pd.concat(means) if means else pd.DataFrame(columns=columns),
        sizes,
        len(data) - len(kept),
    )


def ladder_table(found):
    """Write an invariance ladder as numbers and one word a step.

    Parameters
    ----------
    found : Invariance
        From `invariance`.

    Returns
    -------
    DataFrame
        A row a step: chisq, df, pvalue, their differences, cfi, rmsea, srmr and changes, decision (holds, fails,
        stopped), then a row for the partial model of a step that failed, if one was tried, such as partial_scalar.
    """
    table = found.table[[*SHOWN, *CHANGES, "decision"]].rename(index=lambda step: step.replace(" ", "_"))
    return table.assign(decision=table["decision"].str.extract("^(holds|fails|stopped)", expand=False))


def _climb(text, data, group, options):
    """The first ladder, and the last one, which keeps free what keeps it from the next step."""
    first = last = invariance(text, data, group, **options)
    while last.partial:
        last = invariance(text, data, group, group_partial=(*last.exempt, *last.partial), **options)
    return first, last


def _latent_means(fit, scale, level):
    """Latent means of the later groups in points and in standard deviations of the first group."""
    tidy = fit.tidy()
    unit = tidy[(tidy["op"] == "=~") & (tidy["group"] == 1)]["est"].mean()
    own = tidy[(tidy["lhs"] == scale) & (tidy["group"] > 1) & (tidy["op"] == "~1")]
    variance = tidy[(tidy["lhs"] == scale) & (tidy["op"] == "~~") & (tidy["group"] == 1)]["est"].iloc[0]
    half = ndtri((1 + level) / 2) * own["se"]
    columns = {}
    for name, scaled in (("points", unit), ("d", variance**-0.5)):
        columns |= {name: own["est"] * scaled, f"{name}_lower": (own["est"] - half) * scaled}
        columns[f"{name}_upper"] = (own["est"] + half) * scaled
    labels = [f"{scale}>{sample.label}" for sample in fit.model.samples[1:]]
    return pd.DataFrame(columns).set_axis(labels)
