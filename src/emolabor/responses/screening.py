"""Careless respondents: indices, cut-offs and a rule that joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.common.languages import chosen_language
from emolabor.responses import indices
from emolabor.responses.scoring import scored_items
from emolabor.responses.staff import Staff
from emolabor.responses.words import say

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument


@dataclass(frozen=True)
class Index:
    """One index of careless responding.

    Attributes
    ----------
    key : str
        Its column.
    family : str
        Kind of carelessness that it sees; indices of one family see the same.
    side : str
        "high" or "low": which values are flagged, the cut-off included on the high side, excluded on the low side.
    cutoff : float or None
        Default; None for three robust standard deviations from the sample's median.
    definition : dict
        In Chinese and English.
    source : str
        Of definition and cut-off.
    """

    key: str
    family: str
    side: str
    cutoff: float | None
    definition: dict
    source: str


# The cut-off of longstring is a share of the items; that of mahalanobis is on the p-value.
INDICES = (
    Index(
        "longstring", "invariable", "high", 0.5,
        {"en": "Longest run of the same answer, as given, in the order asked; the cut-off is a share of the items.",
         "zh": "按提问顺序，原始作答中连续相同答案的最大长度；界值为题数的比例。"},
        "Johnson 2005; cut-off: Curran 2016, half of the items",
    ),
    Index(
        "average_string", "invariable", "high", None,
        {"en": "Mean length of the runs of the same answer.", "zh": "连续相同答案的平均长度。"},
        "Meade & Craig 2012; no published cut-off: three robust SD above the median",
    ),
    Index(
        "irv", "invariable", "low", None,
        {"en": "Standard deviation of a respondent's answers as given.", "zh": "同一答卷全部原始作答的标准差。"},
        "Dunn et al. 2018; no published cut-off: three robust SD below the median",
    ),
    Index(
        "mahalanobis", "unusual", "low", 0.001,
        {"en": "Squared Mahalanobis distance from the sample's centre; the cut-off is on its p-value (chi-squared).",
         "zh": "到样本中心的马氏距离平方；界值用于其卡方 p 值。"},
        "Mahalanobis 1936; Meade & Craig 2012; cut-off: Tabachnick & Fidell, p < .001",
    ),
    Index(
        "even_odd", "inconsistent", "low", 0.30,
        {"en": "Correlation of the odd and even items' means over dimensions, reverse items turned, Spearman-Brown.",
         "zh": "各维度奇数题与偶数题均值的个体内相关（反向题已转换，斯皮尔曼-布朗校正）。"},
        "Jackson 1976; Johnson 2005; cut-off: .30",
    ),
    Index(
        "synonyms", "inconsistent", "low", None,
        {"en": "Correlation within the respondent over item pairs that correlate .60 or more in the sample.",
         "zh": "样本中相关不低于 .60 的题对的个体内相关。"},
        "Meade & Craig 2012; no cut-off fits any number of pairs: three robust SD below the median",
    ),
    Index(
        "antonyms", "inconsistent", "high", -0.03,
        {"en": "Correlation within the respondent over item pairs that correlate -.60 or less in the sample.",
         "zh": "样本中相关不高于 -.60 的题对的个体内相关。"},
        "Johnson 2005; Meade & Craig 2012; cut-off: Johnson 2005, -.03",
    ),
    Index(
        "seconds_per_item", "fast", "low", 2.0,
        {"en": "Answering time divided by the items and checks shown: those that anybody answered, up to the last one "
               "that the respondent did.",
         "zh": "作答总秒数除以所呈现的题数：有人作答过的题目，计至该受访者所答的最后一题。"},
        "Huang et al. 2012, 2 seconds an item",
    ),
    Index(
        "failed_checks", "attention", "high", 1,
        {"en": "Attention checks answered otherwise than asked; one left out is not failed.",
         "zh": "未按要求作答的注意力检测题数；未答不算失败。"},
        "Meade & Craig 2012; Curran 2016",
    ),
    Index(
        "missing_rate", "missing", "high", 0.5,
        {"en": "Share of the items left out.", "zh": "未答题目的比例。"},
        "convention: with half of the items left out no scale can be scored",
    ),
)  # fmt: skip
FAMILIES_NEEDED = 2
# Half of fewer items than these is a run that an attentive respondent to one scale gives.
FEWEST_ITEMS = 10
_ENDS = {"even_odd": -1, "synonyms": -1, "antonyms": 1, "missing_rate": 1}


def screen(
    answers: Staff | pd.DataFrame,
    instrument: Instrument | None = None,
    *,
    cutoffs: dict[str, Any] | None = None,
    synonym_r: float = 0.60,
) -> pd.DataFrame:
    """Compute indices of careless responding, flag what passes a cut-off, and join the flags.

    The rule: a respondent is called careless who is flagged by indices of at least two different families. Families
    are invariable (longstring, average_string, irv), unusual (mahalanobis), inconsistent (even_odd, synonyms,
    antonyms), fast (seconds_per_item), attention (failed_checks) and missing (missing_rate). One family alone is not
    enough, as an attentive person can miss one check, be unusual, or be quick. An index that cannot be computed flags
    nobody.

    Parameters
    ----------
    answers : Staff or DataFrame
        Answers as given, not turned. Items and attention checks are taken in the instrument's order; `seconds`, where
        it is there, is the answering time.
    instrument : Instrument, optional
        What was asked; needed with a DataFrame.
    cutoffs : dict, optional
        Index to another cut-off than the default, or to None to leave the index out of the flags. Defaults and signs
        are in `screening_indices`.
    synonym_r : float
        Correlation from which two items are psychometric synonyms, its negative for antonyms.

    Returns
    -------
    DataFrame
        One row a respondent, index as the answers': the indices, `mahalanobis_p`, then `flagged_by` (indices that
        passed their cut-off), `families` (how many) and `careless`. The cut-offs used are in ``attrs["cutoffs"]``; in
        ``attrs["cannot_judge"]`` the indices that can flag nobody here, with the reason: "few items" (runs and spread
        of fewer than ten), "no values", "no spread" (to take a cut-off from) and "out of reach" (a cut-off beyond what
        the index can be).

    Raises
    ------
    EmolaborError
        No instrument, an unknown index, a cut-off that is no number, or answers that are no codes.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of
    Experimental Social Psychology, 66, 4-19.
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response variability as an
    indicator of insufficient effort responding. Journal of Business and Psychology, 33(1), 105-121.
    Huang, J. L., Curran, P. G., Keeney, J., Poposki, E. M., & DeShon, R. P. (2012). Detecting and deterring
    insufficient effort responding to surveys. Journal of Business and Psychology, 27(1), 99-114.
    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from web-based personality inventories.
    Journal of Research in Personality, 39(1), 103-129.
    Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological Methods, 17(3),
    437-455.

    Examples
    --------
    >>> import emolabor as el
    >>> found = el.screen(el.simulate_staff(200, seed=1), el.load_instrument("window_staff"))
    >>> int(found["careless"].sum())
    8
    >>> found["families"].value_counts().sort_index().to_dict()
    {0: 176, 1: 16, 2: 1, 3: 3, 4: 4}
    """
    data, instrument = _data_and_instrument(answers, instrument)
    limits = _limits(cutoffs)
    values = _values(data, instrument, synonym_r)
    n_items, used, passed, silent = _n_items(instrument), {}, {}, {}
    for index in INDICES:
        column = values["mahalanobis_p" if index.key == "mahalanobis" else index.key].to_numpy()
        limit = limits[index.key]
        used[index.key], passed[index.key] = np.nan, np.zeros(len(data), dtype=bool)
        if index.key in (cutoffs or {}) and limit is None:
            continue
        if limit is None:
            limit = indices.robust_limit(column, index.side)
        elif index.key == "longstring" and limit < 1:
            limit = limit * n_items
        reason = _cannot_judge(index, limit, column, n_items, len(instrument.attention_checks))
        if reason:
            silent[index.key] = reason
            continue
        used[index.key] = float(limit)
        passed[index.key] = column >= limit if index.side == "high" else column < limit
    result = values.assign(**_joined(passed))
    result.attrs |= {"cutoffs": used, "cannot_judge": silent}
    return result


def screening_indices(language: str | None = None) -> pd.DataFrame:
    """List the indices of careless responding.

    Parameters
    ----------
    language : {"zh", "en"}, optional
        Of the definitions; by default that of `EMOLABOR_LANGUAGE` or the system.

    Returns
    -------
    DataFrame
        One row an index: index, family, flagged (which side), cutoff (missing where it comes from the sample),
        definition, source.

    Raises
    ------
    EmolaborError
        No such language.

    Examples
    --------
    >>> import emolabor as el
    >>> el.screening_indices()[["index", "flagged", "cutoff"]].tail(3)
                  index flagged  cutoff
    7  seconds_per_item     low     2.0
    8     failed_checks    high     1.0
    9      missing_rate    high     0.5
    """
    language = chosen_language(language)
    return pd.DataFrame(
        {
            "index": index.key,
            "family": index.family,
            "flagged": index.side,
            "cutoff": index.cutoff,
            "definition": index.definition[language],
            "source": index.source,
        }
        for index in INDICES
    )


def screening_summary(screening: pd.DataFrame) -> pd.DataFrame:
    """Count for each index who could be judged and who was flagged.

    Parameters
    ----------
    screening : DataFrame
        As `screen` returns it.

    Returns
    -------
    DataFrame
        One row an index: index, family, flagged_side, cutoff (as used), judged, flagged; a last row `careless` for the
        rule. An index that cannot judge (see `screen`) judged nobody.

    Examples
    --------
    >>> import emolabor as el
    >>> screening = el.screen(el.simulate_staff(100, seed=1), el.load_instrument("window_staff"))
    >>> el.screening_summary(screening)[["index", "cutoff", "judged", "flagged"]].round(2).tail(4)
                   index  cutoff  judged  flagged
    7   seconds_per_item     2.0     100        3
    8      failed_checks     1.0     100       11
    9       missing_rate     0.5     100        0
    10          careless     NaN     100        4
    """
    rows = []
    for index in INDICES:
        flagged = screening["flagged_by"].str.split(", ").map(lambda flags, key=index.key: key in flags)
        rows.append(
            (
                index.key,
                index.family,
                index.side,
                screening.attrs["cutoffs"][index.key],
                0 if index.key in screening.attrs["cannot_judge"] else int(screening[index.key].notna().sum()),
                int(flagged.sum()),
            )
        )
    rows.append(
        ("careless", f"{FAMILIES_NEEDED} families", "", np.nan, len(screening), int(screening["careless"].sum()))
    )
    return pd.DataFrame(rows, columns=["index", "family", "flagged_side", "cutoff", "judged", "flagged"])


def _data_and_instrument(answers, instrument):
    if isinstance(answers, Staff):
        return answers.data, instrument or answers.instrument
    if instrument is None:
        raise EmolaborError(say("screening_no_instrument"))
    return answers, instrument


def _limits(cutoffs):
    limits = {index.key: index.cutoff for index in INDICES}
    for key, limit in (cutoffs or {}).items():
        if key not in limits:
            raise EmolaborError(say("cutoff_unknown", found=key, allowed=", ".join(limits)))
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float | np.number)):
            raise EmolaborError(say("cutoff_number", found=limit, index=key))
    return limits | dict(cutoffs or {})


def _cannot_judge(index, limit, column, n_items, n_checks):
    """Say why an index can flag nobody, whatever is answered; None where it can."""
    if np.isnan(column).all():
        return "no values"
    if index.family == "invariable" and n_items < FEWEST_ITEMS:
        return "few items"
    if np.isnan(limit):
        return "no spread"
    ends = _ENDS | {"longstring": n_items, "average_string": n_items, "failed_checks": n_checks}
    end = ends.get(index.key, 0 if index.side == "low" else np.inf)
    return "out of reach" if (limit > end if index.side == "high" else limit <= end) else None


def _n_items(instrument):
    return sum(map(len, instrument.dimensions().values()))


def _values(data, instrument, synonym_r):
    """Return the indices, a column each."""
    keyed = scored_items(data, instrument)
    items = list(keyed)
    place = {item: number for number, item in enumerate(items)}
    raw = data[items].to_numpy(dtype=float)
    longest, mean = indices.strings(raw)
    center, covariance, correlation = indices.pairwise_moments(raw)
    distance, p_value = indices.mahalanobis(raw, center, covariance)
    synonyms, antonyms = indices.synonyms(raw, correlation, synonym_r)
    dimensions = [[place[item] for item in keys] for keys in instrument.dimensions().values()]
    checks = {check.key: check.expected for check in instrument.attention_checks if check.key in data}
    shown = _shown(data, [key for key in instrument.points() if key in place or key in checks])
    seconds = data["seconds"].to_numpy(dtype=float) if "seconds" in data else np.full(len(data), np.nan)
    failed = sum((data[key].notna() & data[key].ne(value)).to_numpy(dtype=float) for key, value in checks.items())
    return pd.DataFrame(
        {
            "longstring": longest,
            "average_string": mean,
            "irv": indices.response_variability(raw),
            "mahalanobis": distance,
            "mahalanobis_p": p_value,
            "even_odd": indices.even_odd(keyed.to_numpy(dtype=float), dimensions),
            "synonyms": synonyms,
            "antonyms": antonyms,
            "seconds_per_item": seconds / np.where(shown > 0, shown, np.nan),
            "failed_checks": failed if checks else np.nan,
            "missing_rate": np.isnan(raw).mean(axis=1),
        },
        index=data.index,
    )


def _shown(data, keys):
    """How many questions each respondent met: of those that anybody answered, up to the last one that he did."""
    answered = data[keys].notna().to_numpy()
    answered = answered[:, answered.any(axis=0)]
    return np.where(answered, np.arange(1, answered.shape[1] + 1), 0).max(axis=1, initial=0)


def _joined(passed):
    """Join flags to words, count families, apply the rule."""
    keys = list(passed)
    matrix = np.column_stack([passed[key] for key in keys])
    number = matrix @ (1 << np.arange(len(keys)))
    words = {code: ", ".join(key for bit, key in enumerate(keys) if code >> bit & 1) for code in np.unique(number)}
    families = {}
    for index in INDICES:
        families[index.family] = families.get(index.family, False) | passed[index.key]
    count = np.sum(list(families.values()), axis=0)
    return {
        "flagged_by": pd.Series(number).map(words).to_numpy(),
        "families": count,
        "careless": count >= FAMILIES_NEEDED,
    }
