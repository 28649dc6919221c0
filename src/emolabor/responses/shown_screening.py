"""What of a screening is shown: its counts, without those by which a person could be known."""

import pandas as pd

from emolabor.common.privacy import coarse, is_small
from emolabor.responses.screening import screening_summary
from emolabor.responses.sensitivity import screening_sensitivity


def shown_summary(screening):
    """Leave out of a summary the counts by which a person could be known; see `common.privacy`.

    Parameters
    ----------
    screening : DataFrame
        As `screen` returns it.

    Returns
    -------
    DataFrame
        As `screening_summary` gives it, a row an index (the index of the table): `flagged` is missing where it is
        1 to 4, `judged` where 1 to 4 were not judged.

    Examples
    --------
    >>> import emolabor as el
    >>> screening = el.screen(el.simulate_staff(100, seed=1), el.load_instrument("window_staff"))
    >>> shown_summary(screening)["flagged"].tail(4).tolist()
    [nan, 11.0, 0.0, nan]
    """
    table = screening_summary(screening).set_index("index").astype({"judged": float, "flagged": float})
    table["judged"] = table["judged"].mask(is_small(len(screening) - table["judged"]))
    table["flagged"] = table["flagged"].mask(is_small(table["flagged"]))
    return table


def shown_sensitivity(staff, screening):
    """Compare the scale scores with and without careless respondents, in steps that tell nobody's answers.

    Parameters
    ----------
    staff : Staff
        Answers that were read.
    screening : DataFrame
        As `screen` returns it for these answers.

    Returns
    -------
    DataFrame
        As `screening_sensitivity` gives it, all and kept coarse (`common.privacy.coarse`), difference what is between
        the two as they are shown.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> staff = el.read_responses("data/simulated/study-windowstaff_sample-simulated_data.csv", instrument)
    >>> shown_sensitivity(staff, el.screen(staff)).loc["mean exhaustion"].tolist()
    [2.95, 2.94, -0.01]
    """
    table = screening_sensitivity(staff, screening)
    n = len(screening)
    table["all"] = coarse(table["all"], n)
    table["kept"] = coarse(table["kept"], n - screening["careless"].sum())
    return table.assign(difference=(table["kept"] - table["all"]).round(2))


def family_counts(screening):
    """Count the respondents whom no, one, and two or more families of indices flag.

    Parameters
    ----------
    screening : DataFrame
        As `screen` returns it.

    Returns
    -------
    Series
        By number of families, 2 standing for more. A count of 1 to 4 is not given; where it is that of 0 or 1, neither
        is, as the third is told by the number of those who stay.

    Examples
    --------
    >>> import emolabor as el
    >>> screening = el.screen(el.simulate_staff(300, seed=1), el.load_instrument("window_staff"))
    >>> family_counts(screening).to_dict()
    {0: 271, 1: 17, 2: 12}
    """
    counts = screening["families"].clip(upper=2).value_counts().sort_index()
    hidden = pd.Series(is_small(counts), counts.index)
    hidden[hidden.index < 2] = hidden[hidden.index < 2].any()
    return counts.mask(hidden)
