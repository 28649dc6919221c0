"""Short forms: every way to choose so many items of each dimension, ranked by a stated rule."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product
from math import comb, prod
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, shown
from emolabor.measurement.answers import answers_and_dimensions, complete_answers
from emolabor.sem import cfa, refit_many

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

LIMITS = {"cfi": 0.95, "rmsea": 0.08, "omega_lowest": 0.70}
WEIGHTS = {"omega": 1, "r_long": 1}
CRITERIA = ("cfi", "rmsea", "omega", "omega_lowest", "r_long")
MOST = 200_000  # candidates: some ten seconds for nine items
CHUNK = 5000  # candidates fitted together, so that memory stays small


def short_forms(
    data: pd.DataFrame,
    scale: Scale | Instrument | Mapping[str, list[str]],
    n_items: int | Mapping[str, int],
    *,
    limits: Mapping[str, float] = LIMITS,
    weights: Mapping[str, float] = WEIGHTS,
) -> pd.DataFrame:
    """Compare all short forms of a scale.

    Each candidate keeps the stated number of items of every dimension, so that content is covered, and is fitted as a
    maximum likelihood factor model with one factor a dimension. The rule that ranks them: candidates with an admissible
    solution that keep all `limits` come first, then the other admissible ones, then the rest; within each, the highest
    score, which is the weighted mean of omega and of the correlation with the long form. So fit decides who may win,
    not who wins: among forms that fit, differences of CFI are mostly chance, and fit alone would favour weak items,
    whose covariances are small and easily fitted.

    The correlation with the long form is that of sums which share items and their errors, and so is higher than that of
    two separate tests would be (Smith, McCarthy & Anderson, 2000); as every candidate shares as many, the order is
    little touched. The best of many is best partly by chance: confirm the chosen form with new answers.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        One row a respondent; with a scale or an instrument the answers as fielded. Rows with a missing answer to any of
        the items are left out.
    scale : Scale, Instrument or mapping of str to list of str
        The long form; with a mapping of dimension to items `data` is taken as it stands.
    n_items : int or mapping of str to int
        Items to keep of each dimension.
    limits : mapping of str to float
        Limits for any of the same: RMSEA no higher, the others no lower.
    weights : mapping of str to float
        Weights in the score for any of cfi, rmsea (as 1 - RMSEA), omega, omega_lowest and r_long.

    Returns
    -------
    DataFrame
        One row a candidate, the best first: ``items`` (keys), ``keeps_limits``, ``admissible``, ``score``,
        ``chisq``, ``df``, ``cfi``, ``rmsea``, ``omega`` (``omega_total_ml``, mean of the dimensions),
        ``omega_lowest`` (of the dimensions) and ``r_long`` (mean of the dimensions). With no degrees of freedom CFI
        and RMSEA are missing and do not count.

    Raises
    ------
    EmolaborError
        More items than a dimension has, too few for a factor, a limit or weight with another name, answers that are no
        complete numbers, or more than 200,000 candidates.

    References
    ----------
    Smith, G. T., McCarthy, D. M., & Anderson, K. G. (2000). On the sins of short-form development. Psychological
    Assessment, 12(1), 102-111.

    Examples
    --------
    >>> import numpy as np, pandas as pd, emolabor as el
    >>> rng = np.random.default_rng(1)
    >>> factor = rng.normal(size=(300, 1)) * [0.8, 0.8, 0.7, 0.7, 0.3]
    >>> answers = pd.DataFrame(factor + rng.normal(size=(300, 5)) * 0.6, columns=list("abcde"))
    >>> el.short_forms(answers, {"f": list("abcde")}, n_items=4)["items"].iloc[0]
    'a, b, c, d'
    """
    _check_names("limits", limits, CRITERIA)
    _check_names("weights", weights, CRITERIA)
    answers, dimensions = answers_and_dimensions(data, scale)
    keep = _items_to_keep(dimensions, n_items)
    every = [item for items in dimensions.values() for item in items]
    complete = complete_answers(answers, every, "data")
    choices = [combinations([every.index(item) for item in items], keep[name]) for name, items in dimensions.items()]
    chosen = np.array([[i for part in parts for i in part] for parts in product(*choices)])
    cov = complete.cov().to_numpy()
    table = pd.DataFrame({"items": [", ".join(every[i] for i in row) for row in chosen]})
    chunks = [chosen[start : start + CHUNK] for start in range(0, len(chosen), CHUNK)]
    fitted = [
        _fit_candidates(cov[rows[:, :, None], rows[:, None, :]], list(keep.values()), len(complete)) for rows in chunks
    ]
    table = table.join(pd.concat(fitted, ignore_index=True))
    table["r_long"] = _long_form_correlation(cov, chosen, [len(items) for items in dimensions.values()], keep.values())
    return _ranked(table, limits, weights)


def _ranked(table, limits, weights):
    """Put the candidates in the order of the rule."""
    good = table.assign(rmsea=1 - table["rmsea"])
    counted = {name: weight for name, weight in weights.items() if not table[name].isna().all()}
    if not counted:
        refuse("weights", "only measures of fit, but no degrees of freedom", "omega or r_long too")
    table["score"] = sum(weight * good[name] for name, weight in counted.items()) / sum(counted.values())
    kept = table["admissible"].copy()
    for name, limit in limits.items():
        missed = table[name] > limit if name == "rmsea" else table[name] < limit
        kept &= ~missed
    table["keeps_limits"] = kept
    order = ["keeps_limits", "admissible", "score"]
    table = table.sort_values(order, ascending=False, kind="stable", ignore_index=True)
    return table[["items", *order, "chisq", "df", *CRITERIA]]


def _fit_candidates(covariances, keep, n):
    """Fit one factor a dimension to every candidate.

    Parameters
    ----------
    covariances : ndarray of shape (R, p, p)
        Denominator n - 1.
    keep : list of int
        Items of each dimension.
    n : int
        Respondents.

    Returns
    -------
    DataFrame
        chisq, df, cfi and rmsea (Bentler, 1990; Steiger, 1990), omega and admissible, a row a candidate.
    """
    p, ends = sum(keep), np.cumsum(keep)
    parts = [range(end - size, end) for size, end in zip(keep, ends, strict=True)]
    # Neutral names: all candidates are one model, and an item key need not be a word of the model syntax.
    names = [f"item{i + 1}" for i in range(p)]
    model = "\n".join(f"factor{k + 1} =~ {' + '.join(names[i] for i in part)}" for k, part in enumerate(parts))
    middle = pd.DataFrame(covariances.mean(axis=0), names, names)
    found = refit_many(cfa(model, sample_cov=middle, n_obs=n, std_lv=True), covariances)
    residuals = found[[f"{name} ~~ {name}" for name in names]].to_numpy()
    loadings = np.stack([found[f"factor{k + 1} =~ {names[i]}"] for k, part in enumerate(parts) for i in part], axis=1)
    omegas = [
        (common := loadings[:, part].sum(axis=1) ** 2) / (common + residuals[:, part].sum(axis=1)) for part in parts
    ]
    df = p * (p + 1) // 2 - (found.shape[1] - 1)
    biased = covariances * (n - 1) / n
    baseline = n * (np.log(np.einsum("rii->ri", biased)).sum(axis=1) - np.linalg.slogdet(biased)[1])
    misfit = np.maximum(found["chisq"] - df, 0.0)
    worst = np.maximum(misfit, baseline - p * (p - 1) // 2)
    fitted = pd.DataFrame({"chisq": found["chisq"], "df": df})
    fitted["cfi"] = 1 - misfit / worst if df else np.nan
    fitted["rmsea"] = np.sqrt(misfit / (df * n)) if df else np.nan
    fitted["omega"], fitted["omega_lowest"] = np.mean(omegas, axis=0), np.min(omegas, axis=0)
    correlations = np.eye(len(keep)) * np.ones((len(found), 1, 1))
    for a, b in combinations(range(len(keep)), 2):
        correlations[:, a, b] = correlations[:, b, a] = found[f"factor{a + 1} ~~ factor{b + 1}"]
    solved = found["chisq"].notna().to_numpy()
    smallest = np.full(len(found), np.nan)
    smallest[solved] = np.linalg.eigvalsh(correlations[solved])[:, 0]
    fitted["admissible"] = solved & (residuals > 0).all(axis=1) & (smallest > 0)
    return fitted


def _long_form_correlation(cov, chosen, sizes, keep):
    """Correlation of each dimension's short and long sum, mean of the dimensions, a row a candidate."""
    correlations, place, first = [], 0, 0
    for size, kept in zip(sizes, keep, strict=True):
        own = chosen[:, place : place + kept]
        total = cov[:, first : first + size].sum(axis=1)
        shared = total[own].sum(axis=1)
        short = cov[own[:, :, None], own[:, None, :]].sum(axis=(1, 2))
        long = total[first : first + size].sum()
        correlations.append(shared / np.sqrt(short * long))
        place, first = place + kept, first + size
    return np.mean(correlations, axis=0)


def _items_to_keep(dimensions, n_items):
    """Items to keep of each dimension, checked."""
    keep = dict(n_items) if isinstance(n_items, Mapping) else dict.fromkeys(dimensions, n_items)
    if set(keep) != set(dimensions):
        refuse("n_items", ", ".join(map(str, keep)), f"a number for each of {', '.join(dimensions)}")
    least = 3 if len(dimensions) == 1 else 2
    for name, items in dimensions.items():
        if not isinstance(keep[name], int) or not least <= keep[name] <= len(items):
            refuse("n_items", f"{shown(keep[name])} for {name}", f"{least} to {len(items)}, the items it has")
    count = prod(comb(len(items), keep[name]) for name, items in dimensions.items())
    if count > MOST:
        refuse("n_items", f"{count:,} candidates", f"at most {MOST:,}, for instance one dimension at a time")
    return {name: keep[name] for name in dimensions}


def _check_names(argument, given, known):
    wrong = [name for name in given if name not in known]
    if wrong:
        refuse(argument, ", ".join(map(str, wrong)), known)
    if argument == "weights" and not sum(given.values()) > 0:
        refuse("weights", "none above 0", "at least one")
