"""Who left answers out, and which: tables that show no respondent and no count under five."""

import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.common.privacy import SMALLEST_CELL, hidden_cells, hidden_missing
from emolabor.responses.words import say


def missing_by_item(staff):
    """Count the missing answers of each item.

    Parameters
    ----------
    staff : Staff
        Answers that were read.

    Returns
    -------
    DataFrame
        A row an item in the instrument's order: dimension, n (respondents), missing, share. Counts from 1 to 4 and
        their shares are not given, nor, where there are some, the zeros of other items; see `common.privacy`.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> from emolabor.responses import Staff
    >>> instrument = load_instrument("window_staff")
    >>> data = pd.DataFrame(3.0, index=range(20), columns=list(instrument.points()))
    >>> data.loc[:5, "sa1"] = data.loc[:1, "sa2"] = float("nan")
    >>> missing_by_item(Staff(data, pd.DataFrame(), instrument)).loc[["sa1", "sa2", "sa3"], "share"].tolist()
    [0.3, nan, nan]
    """
    dimensions = {item: key for key, items in staff.instrument.dimensions().items() for item in items}
    counts = staff.data[list(dimensions)].isna().sum()
    table = pd.DataFrame({"dimension": dimensions, "n": len(staff.data), "missing": counts})
    table = table.assign(share=table["missing"] / table["n"])
    hidden = hidden_missing(table["missing"])
    table[["missing", "share"]] = table[["missing", "share"]].astype(float)
    table.loc[hidden, ["missing", "share"]] = float("nan")
    return table


def share_by_group(flag, group):
    """Tell in which share of each group something is the case, and test whether the groups differ.

    Parameters
    ----------
    flag : Series of bool
        Whether it is, a respondent each.
    group : Series
        The respondents' groups, with the same index; those without one are left out.

    Returns
    -------
    tuple
        A table, a row a group: n, count, share; and the p value of Pearson's chi-square test of independence (missing
        where it cannot be made). Counts of yes or of no from 1 to 4 are not given, nor the next smallest where
        they could be worked out from it, nor n of such a group, which other tables hold against it, nor then the
        p value, whose digits would tell. Groups of fewer than 5 have no row.

    Raises
    ------
    EmolaborError
        The two are of other respondents.

    Examples
    --------
    >>> flag = pd.Series([True] * 10 + [False] * 30)
    >>> table, pvalue = share_by_group(flag, pd.Series(["a", "b"] * 20))
    >>> table["share"].to_dict(), pvalue
    ({'a': 0.25, 'b': 0.25}, 1.0)
    """
    if not flag.index.equals(group.index):
        raise EmolaborError(say("group_other"))
    counts = pd.crosstab(group, flag.astype(bool)).reindex(columns=[False, True], fill_value=0)
    table = pd.DataFrame({"n": counts.sum(axis=1), "count": counts[True]}).astype(float)
    hidden = hidden_cells(counts.where(counts > 0).min(axis=1))
    table["share"] = table["count"] / table["n"]
    table.loc[hidden] = float("nan")
    testable = len(counts) > 1 and (counts.sum() > 0).all() and not hidden.any()
    shown = table[counts.sum(axis=1) >= SMALLEST_CELL]
    if not testable:
        return shown, float("nan")
    from scipy.stats import chi2_contingency  # slow to import

    return shown, float(chi2_contingency(counts, correction=False).pvalue)
