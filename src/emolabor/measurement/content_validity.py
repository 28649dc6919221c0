"""Content validity: what experts say of the items before any respondent sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import bdtrc, comb, ndtri

from emolabor.common.checks import check_share
from emolabor.common.errors import EmolaborError, refuse, shown
from emolabor.responses.files import read_table
from emolabor.responses.layout import Layout
from emolabor.scales.forms import read_form

if TYPE_CHECKING:
    from emolabor.scales.scale import Scale

_RATINGS = {sign: float(number) for signs in ("1234", "１２３４") for number, sign in enumerate(signs, 1)}


@dataclass(frozen=True)
class ContentValidity:
    """What experts' ratings say of each item and of the scale.

    Attributes
    ----------
    items : DataFrame
        One row an item: ``experts`` who rated it, ``relevant`` (how many found it so), ``i_cvi``, ``kappa`` with its
        ``verdict``, ``aiken_v`` with ``aiken_lower`` and ``aiken_upper``, ``cvr`` and ``cvr_critical``.
    scale : Series
        ``experts``, ``items``, ``s_cvi_ave``, ``s_cvi_ua``, ``mean_kappa``, ``mean_aiken_v``.
    """

    items: pd.DataFrame
    scale: pd.Series


def content_validity(
    ratings: pd.DataFrame, *, lowest: int = 1, highest: int = 4, relevant: int = 3, level: float = 0.95
) -> ContentValidity:
    """Content validity indices from experts' ratings of relevance.

    I-CVI is the share of experts who rate the item relevant (Lynn, 1986); S-CVI/Ave is its mean over items and S-CVI/UA
    the share of items that every expert finds relevant (Polit & Beck, 2006). The modified kappa takes chance agreement
    out of I-CVI (Polit, Beck & Owen, 2007); its verdicts are theirs: excellent above .74, good from .60, fair from .40.
    Aiken's V uses the whole rating scale (Aiken, 1985), with the score interval of Penfield and Giacobbi (2004).
    Lawshe's CVR is 2 I-CVI - 1 here: an expert who rates an item relevant counts as one who calls it essential (Lawshe,
    1975). Its critical value is exact: the smallest CVR that at most 5 % of panels reach when each expert tosses a coin
    (Ayre & Scally, 2014); it is missing with fewer than five experts, whom chance brings to agree more often than that.

    Parameters
    ----------
    ratings : DataFrame of shape (experts, items)
        One row an expert, one column an item, whole numbers from `lowest` to `highest`; missing ratings are left out.
    lowest, highest : int
        Ends of the rating scale.
    relevant : int
        The lowest rating that means relevant.
    level : float
        Confidence level of the interval of Aiken's V.

    Returns
    -------
    ContentValidity
        The indices of each item, and of the scale.

    Raises
    ------
    EmolaborError
        No table, fewer than two experts for an item, a rating that is no number of the rating scale, or a level
        outside 0 to 1.

    References
    ----------
    Aiken, L. R. (1985). Three coefficients for analyzing the reliability and validity of ratings. Educational and
    Psychological Measurement, 45(1), 131-142.
    Ayre, C., & Scally, A. J. (2014). Critical values for Lawshe's content validity ratio. Measurement and Evaluation in
    Counseling and Development, 47(1), 79-86.
    Lawshe, C. H. (1975). A quantitative approach to content validity. Personnel Psychology, 28(4), 563-575.
    Lynn, M. R. (1986). Determination and quantification of content validity. Nursing Research, 35(6), 382-386.
    Penfield, R. D., & Giacobbi, P. R. (2004). Applying a score confidence interval to Aiken's item content-relevance
    index. Measurement in Physical Education and Exercise Science, 8(4), 213-225.
    Polit, D. F., & Beck, C. T. (2006). The content validity index. Research in Nursing & Health, 29(5), 489-497.
    Polit, D. F., Beck, C. T., & Owen, S. V. (2007). Is the CVI an acceptable indicator of content validity? Research in
    Nursing & Health, 30(4), 459-467.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> ratings = pd.DataFrame({"a1": [4, 4, 3, 4, 3, 4], "a2": [4, 2, 3, 4, 3, 3]})
    >>> el.content_validity(ratings).items[["i_cvi", "kappa", "aiken_v"]].round(2)
        i_cvi  kappa  aiken_v
    a1   1.00   1.00     0.89
    a2   0.83   0.82     0.72
    """
    check_share("level", level)
    _check_ratings(ratings, lowest, highest)
    if not lowest < relevant <= highest:
        refuse("relevant", relevant, f"{lowest + 1} to {highest}")
    experts = ratings.notna().sum()
    agree = (ratings >= relevant).sum()
    i_cvi = agree / experts
    kappa = modified_kappa(agree.to_numpy(), experts.to_numpy())
    v = (ratings.mean() - lowest) / (highest - lowest)
    lower, upper = aiken_interval(v.to_numpy(), experts.to_numpy(), highest - lowest, level)
    items = pd.DataFrame(
        {
            "experts": experts,
            "relevant": agree,
            "i_cvi": i_cvi,
            "kappa": kappa,
            "verdict": [_verdict(value) for value in kappa],
            "aiken_v": v,
            "aiken_lower": lower,
            "aiken_upper": upper,
            "cvr": 2 * i_cvi - 1,
            "cvr_critical": [critical_cvr(n) for n in experts],
        }
    )
    scale = {
        "experts": len(ratings),
        "items": len(items),
        "s_cvi_ave": i_cvi.mean(),
        "s_cvi_ua": (agree == experts).mean(),
        "mean_kappa": kappa.mean(),
        "mean_aiken_v": v.mean(),
    }
    return ContentValidity(items, pd.Series(scale, dtype=object))


def modified_kappa(agree, experts):
    """Kappa of agreement that an item is relevant (Polit, Beck & Owen, 2007).

    Parameters
    ----------
    agree, experts : ndarray of shape (items,)
        How many experts found the item relevant, and how many rated it.

    Returns
    -------
    ndarray of shape (items,)
        (I-CVI - p) / (1 - p), where p is the chance that just so many of them agree when each tosses a coin.

    Examples
    --------
    >>> modified_kappa(np.array([2, 3, 5]), np.array([3, 4, 6])).round(2)
    array([0.47, 0.67, 0.82])
    """
    chance = comb(experts, agree) * 0.5**experts
    return (agree / experts - chance) / (1 - chance)


def aiken_interval(v, experts, steps, level=0.95):
    """Score interval of Aiken's V (Penfield & Giacobbi, 2004).

    Parameters
    ----------
    v : ndarray of shape (items,)
        Aiken's V.
    experts : ndarray of shape (items,)
        How many experts rated the item.
    steps : int
        Highest minus lowest rating.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray
        Lower and upper ends.

    Examples
    --------
    >>> lower, upper = aiken_interval(np.array([0.75]), np.array([10]), 4)
    >>> round(float(lower[0]), 3), round(float(upper[0]), 3)
    (0.598, 0.858)
    """
    z, n = ndtri((1 + level) / 2), experts * steps
    spread = z * np.sqrt(4 * n * v * (1 - v) + z**2)
    ends = (2 * n * v + z**2 - spread) / (2 * (n + z**2)), (2 * n * v + z**2 + spread) / (2 * (n + z**2))
    return tuple(np.clip(end, 0.0, 1.0) for end in ends)  # rounding may leave the unit interval by its last digit


def critical_cvr(experts, alpha=0.05):
    """Smallest content validity ratio beyond chance, from the binomial distribution (Ayre & Scally, 2014).

    Parameters
    ----------
    experts : int
        Size of the panel.
    alpha : float
        One-sided error.

    Returns
    -------
    float
        The ratio, missing where even full agreement is more likely by chance than `alpha`.

    Examples
    --------
    >>> [round(critical_cvr(n), 3) for n in (5, 8, 15, 40)]
    [1.0, 0.75, 0.6, 0.3]
    """
    agree = np.arange(experts + 1)
    beyond = agree[bdtrc(agree - 1.0, experts, 0.5) <= alpha]
    return float(2 * beyond[0] / experts - 1) if len(beyond) else np.nan


def read_ratings(path: str | Path | list[str | Path], scale: Scale | None = None) -> pd.DataFrame:
    """Read experts' ratings from a file or several.

    Parameters
    ----------
    path : str, Path or list of them
        A table in any file that `read_responses` takes (CSV in UTF-8 or GB18030, Excel, SPSS and others): one row an
        expert, whose label stands in the first column, one column an item, ratings 1 to 4; an empty cell is a missing
        rating. Or a form that `write_rating_form` wrote (.xlsx, .docx), filled in by one expert. The experts of several
        files stand below each other.
    scale : Scale, optional
        The scale that was rated; the columns must then be its items, and come back in its order.

    Returns
    -------
    DataFrame of shape (experts, items)
        Ratings, ready for `content_validity`.

    Raises
    ------
    EmolaborError
        The file is no such table, a rating is none of 1 to 4, or an item is missing, unknown or given twice.

    Examples
    --------
    >>> import emolabor as el
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "ratings.csv")
    ...     lines = ["expert,be1,be2", "A,4,3", "B,3,4"]
    ...     _ = file.write_text(chr(10).join(lines))
    ...     print(el.read_ratings(file).iloc[0].tolist())
    [4.0, 3.0]
    """
    if isinstance(path, list | tuple):
        return pd.concat([read_ratings(one, scale) for one in path], ignore_index=True)
    path, keys = Path(path), scale and [item.key for item in scale.items]
    form = read_form(path, "rating", keys) if path.suffix.lower() in (".xlsx", ".docx") else None
    if form is not None:
        return pd.DataFrame([{key: float(row["rating"] or "nan") for key, row in form.items()}])[keys or list(form)]
    # Without a scale the first row that is no title counts as headings.
    table = read_table(path, Layout(), lambda headings, *_: sum(name in keys for name in headings) if keys else 0)
    names = [column.name for column in table.columns[1:]]
    _check_columns(path, names, scale)
    ratings = pd.DataFrame({column.name: _ratings(column, table.rows, path) for column in table.columns[1:]})
    return ratings if keys is None else ratings[keys]


def _ratings(column, rows, path):
    """The cells of an item as numbers; a spreadsheet may hold them as 4, 4.0 or text."""
    values = [_RATINGS.get(str(cell).removesuffix(".0")) for cell in column.cells]
    for code, value in enumerate(values):
        if value is None and (wrong := column.codes == code).any():
            refuse(
                f"{path}, row {rows[wrong][0]}, {column.name}",
                shown(column.cells[code]),
                "1, 2, 3 or 4, or nothing for a missing rating",
            )
    return np.array([*(np.nan if value is None else value for value in values), np.nan])[column.codes]


def _check_columns(path, names, scale):
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        refuse(f"{path}, row 1", f"{', '.join(twice)} more than once", "each item once")
    if scale is not None:
        keys = [item.key for item in scale.items]
        wrong = [name for name in names if name not in keys] or [key for key in keys if key not in names]
        if wrong:
            found = f"{'no column' if wrong[0] in keys else 'the column'} {', '.join(wrong)}"
            refuse(f"{path}, row 1", found, f"the items of {scale.key}, {', '.join(keys)}")


def _check_ratings(ratings, lowest, highest):
    if not isinstance(ratings, pd.DataFrame) or ratings.empty:
        refuse("ratings", "no table with ratings", "a DataFrame, experts by items")
    for item in ratings:
        column = ratings[item]
        if not pd.api.types.is_numeric_dtype(column) or not column.dropna().isin(range(lowest, highest + 1)).all():
            raise EmolaborError(f"ratings: found other values than {lowest} to {highest} in column {item}")
        if column.notna().sum() < 2:
            refuse("ratings", f"{column.notna().sum()} rating of {item}", "at least 2 experts")


def _verdict(kappa):
    bounds = ((0.74, "excellent"), (0.60, "good"), (0.40, "fair"))
    return next((word for bound, word in bounds if kappa >= bound), "poor")
