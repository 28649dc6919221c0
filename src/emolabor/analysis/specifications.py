"""The specifications under which a claim's path can be estimated from staff answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emolabor.analysis.multiverse import choice_columns, multiverse
from emolabor.common.checks import check_choice
from emolabor.common.errors import refuse, shown
from emolabor.common.notices import joined
from emolabor.common.privacy import is_small
from emolabor.responses import scored_items
from emolabor.sem import sem
from emolabor.sem.numerics import ESTIMATORS
from emolabor.theory import CONSTRUCT_GROUPS, COVARIATES, model_text, paths_around

# Respondents flagged by indices of at least so many families are left out.
CARELESS = {"everyone": None, "default": 2, "strict": 1}
ESTIMATION = {
    "ml": ("ML", "listwise"),
    "mlr": ("MLR", "listwise"),
    "gls": ("GLS", "listwise"),
    "fiml": ("MLR", "fiml"),
    "wlsmv": ("WLSMV", "listwise"),
}
ITEMS = ("all", "not_reversed", "first_three")
MEASURE = ("latent", "score")


def effect_multiverse(
    study: Any,
    effect: str,
    *,
    covariates: Mapping[str, Sequence[str]] = COVARIATES,
    groups: dict[str, tuple[str, ...]] = CONSTRUCT_GROUPS,
    choices: Mapping[str, Sequence[str]] | None = None,
    jobs: int = 1,
) -> pd.DataFrame:
    """Estimate a claim's path under every combination of the usual choices.

    - *items*: all; not_reversed (without the reverse-worded ones); first_three (the first three of each construct).
      One that leaves all items, or a construct without any, is left out of the choice.
    - *careless*: everyone; default (flagged by two families of indices are left out); strict (by one).
    - *measure*: latent variables; scores (means of the items, at least half of them answered, taken without error).
    - *covariates*: none, or one of some sets of background columns; in the essay's study person (tenure, sex, age) and
      dispatch (dispatch type). Every construct is regressed on them. Sets that the answers do not tell, or on which
      all answers are alike, are left out of the choice.
    - *estimation*: ml, mlr and gls of complete cases; wlsmv, which takes the items as ordered and therefore goes with
      latent variables, and without covariates; fiml (MLR of all cases), which with latent variables takes a hundred
      times as long and is tried for the default screening without covariates only.

    The model is the path with all predictors that the claims give its outcomes (`theory.paths_around`), so that a
    specification takes a fraction of a second; other constructs are left unexplained.

    Parameters
    ----------
    study : object
        With ``staff``, ``screening`` and ``claims``, such as a `study.Study`.
    effect : str
        Key of a direct or indirect path of the claims, such as ``surface_acting>exhaustion>proactive_service``.
    covariates : dict of str to tuple of str
        The sets of background columns, by name.
    groups : dict of str to tuple of str
        The constructs by group, as for `theory.full_model`.
    choices : mapping of str to sequence of str, optional
        Choice to the options that are wanted of it; all of a choice that is not named.
    jobs : int
        Processes that share the work, through joblib (-1: all cores); the result does not depend on it.

    Returns
    -------
    DataFrame
        As `multiverse` gives it; est and its 95 % interval are standardized.

    Raises
    ------
    EmolaborError
        An effect that the claims do not name, an unknown choice or option.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> staff = el.read_responses("data/simulated/study-windowstaff_sample-simulated_data.csv", instrument)
    >>> study = SimpleNamespace(staff=staff, screening=el.screen(staff), claims=el.load_claims())
    >>> options = {"measure": ["score"], "estimation": ["mlr"], "covariates": ["none"], "careless": ["default"]}
    >>> found = el.effect_multiverse(study, "surface_acting>exhaustion", choices=options)
    >>> found[["items", "est", "ci_lower", "ci_upper", "n"]].round(2)
             items   est  ci_lower  ci_upper     n
    0          all  0.39      0.34      0.44  1147
    1  first_three  0.37      0.32      0.42  1134
    """
    sets = {"none": ()} | {name: tuple(columns) for name, columns in covariates.items() if _told(study, columns)}
    estimate = _effect_of(study, effect, sets, groups)
    items = [version for version in ITEMS if version == "all" or estimate.differs(version)]
    known = {"items": items, "careless": CARELESS, "measure": MEASURE, "covariates": sets, "estimation": ESTIMATION}
    wanted: dict[str, Any] = {name: list(options) for name, options in known.items()}
    for name, options in (choices or {}).items():
        if name not in known:
            refuse("choices", shown(name), known)
        for option in options:
            if option not in known[name]:
                refuse("choices", f"{shown(option)} of {name}", known[name])
        wanted[name] = list(options)
    return multiverse(wanted, estimate, possible=_possible, jobs=jobs)


def shown_specifications(specifications):
    """Leave out specifications that beside another one would tell what 1 to 4 respondents answered.

    Two that differ in screening only tell it where their numbers of respondents differ by 1 to 4; the one with the
    default screening stays.

    Parameters
    ----------
    specifications : DataFrame
        From `effect_multiverse`.

    Returns
    -------
    DataFrame
        The same without them.

    Examples
    --------
    >>> import pandas as pd
    >>> found = pd.DataFrame({"careless": ["everyone", "default", "strict"], "est": [0.2, 0.3, 0.3], "n": [93, 90, 80]})
    >>> shown_specifications(found)["careless"].tolist()
    ['default', 'strict']
    """
    options = sorted(CARELESS, key=lambda option: option != "default")
    rows = specifications.iloc[np.argsort(specifications["careless"].map(options.index), kind="stable")]
    others = [name for name in choice_columns(specifications) if name != "careless"]
    stays = []
    for _, same in rows.groupby(others, sort=False) if others else [(None, rows)]:
        sizes = []
        for place, n in same["n"].items():
            if not is_small(np.abs(np.array(sizes) - n)).any():
                sizes.append(n)
                stays.append(place)
    return specifications.loc[sorted(stays)].reset_index(drop=True)


def _possible(items, careless, measure, covariates, estimation):
    if measure == "score":
        return estimation != "wlsmv"
    if estimation == "fiml":
        return (careless, covariates) == ("default", "none")
    return estimation != "wlsmv" or covariates == "none"


@dataclass(frozen=True, eq=False)
class EffectEstimate:
    """Estimates one path of the claims from the answers, as a specification says.

    Attributes
    ----------
    answers : DataFrame
        Items, reverse-worded ones turned, and background.
    families : ndarray of int
        How many families of indices flag each respondent.
    dimensions : dict of str to list of str
        The constructs of the model, with all their items.
    reversed_items : frozenset of str
    paths : list of ClaimPath
        The path itself first.
    covariates : dict of str to tuple of str
        Sets of background columns, by name.
    groups : dict of str to tuple of str
        The constructs by group.
    """

    answers: pd.DataFrame
    families: Any
    dimensions: dict[str, list[str]]
    reversed_items: frozenset
    paths: list
    covariates: dict
    groups: dict

    def __call__(self, items, careless, measure, covariates, estimation):
        """Fit one specification and return what `multiverse` asks for."""
        estimator, missing = ESTIMATION[estimation]
        data = self.answers if CARELESS[careless] is None else self.answers[self.families < CARELESS[careless]]
        dimensions = {name: self._items(keys, items) for name, keys in self.dimensions.items()}
        background, names = _numeric(data[list(self.covariates[covariates])])
        text = [model_text(dimensions, self.paths, self.groups)]
        if measure == "score":
            data, dimensions = _scores(data, dimensions)
            text = [
                model_text(dimensions, self.paths, self.groups),
                *(f"{key} ~~ 0*{key}" for (key,) in dimensions.values()),
            ]
        text += self._adjusted(names) if names else []
        observed = data[[key for keys in dimensions.values() for key in keys]].join(background)
        ordered = True if ESTIMATORS[estimator].ordered else None
        fit = sem("\n".join(text), observed, estimator=estimator, missing=missing, ordered=ordered)
        row = self._row(fit.standardized())
        numbers = {"est": row["est"], "ci_lower": row["ci_lower"], "ci_upper": row["ci_upper"], "n": fit.n_obs}
        return numbers | {"admissible": fit.admissible, "note": joined(fit.problems)}

    def _adjusted(self, covariates):
        """Every construct on the covariates; those that nothing else explains covary as they do without."""
        explained = {to for path in self.paths for _, to in path.steps}
        pairs = combinations([name for name in self.dimensions if name not in explained], 2)
        lines = [f"{name} ~ {' + '.join(covariates)}" for name in self.dimensions]
        return lines + [f"{one} ~~ {other}" for one, other in pairs]

    def differs(self, version):
        """Tell whether a version of the items leaves some out, but no construct without any."""
        left = [len(self._items(keys, version)) for keys in self.dimensions.values()]
        return min(left) > 0 and sum(left) < sum(map(len, self.dimensions.values()))

    def _items(self, keys, version):
        if version == "not_reversed":
            return [key for key in keys if key not in self.reversed_items]
        return keys[:3] if version == "first_three" else keys

    def _row(self, table):
        path = self.paths[0]
        if path.via:
            return table[(table["op"] == ":=") & (table["lhs"] == path.parameter)].iloc[0]
        return table[(table["op"] == "~") & (table["lhs"] == path.to) & (table["rhs"] == path.source)].iloc[0]


def _told(study, columns):
    return all(column in study.staff.data and study.staff.data[column].nunique() > 1 for column in columns)


def _effect_of(study, effect, covariates, groups):
    paths = {path.key: path for claim in study.claims for path in claim.paths if not path.moderator}
    check_choice("effect", effect, paths)
    around = paths_around(study.claims, paths[effect])
    used = {construct for path in around for step in path.steps for construct in step}
    staff = study.staff
    background = {column for columns in covariates.values() for column in columns}
    return EffectEstimate(
        answers=scored_items(staff.data, staff.instrument).join(staff.data[sorted(background)]),
        families=study.screening["families"].to_numpy(),
        dimensions={name: keys for name, keys in staff.instrument.dimensions().items() if name in used},
        reversed_items=frozenset(staff.instrument.reversed_items),
        paths=around,
        covariates=covariates,
        groups=groups,
    )


def _numeric(background):
    """Covariates as numbers: bands as they are, other answers as 0 and 1 against the first of them."""
    columns = {}
    for name, values in background.items():
        if pd.api.types.is_numeric_dtype(values):
            columns[name] = values.astype(float)
            continue
        for level in sorted(values.dropna().unique())[1:]:
            columns[f"{name}_{level}"] = (values == level).astype(float).where(values.notna())
    return pd.DataFrame(columns, index=background.index), list(columns)


def _scores(data, dimensions):
    """Means of the items of each construct, missing where fewer than half were answered, as single indicators."""
    scores = {}
    for name, keys in dimensions.items():
        answered = data[keys].notna().sum(axis=1)
        scores[f"{name}_score"] = data[keys].mean(axis=1).where(2 * answered >= len(keys))
    return pd.DataFrame(scores), {name: [f"{name}_score"] for name in dimensions}
