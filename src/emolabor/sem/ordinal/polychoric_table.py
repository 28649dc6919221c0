"""The correlations behind ordered answers: polychoric, polyserial and Pearson in one matrix."""

from collections.abc import Sequence

import pandas as pd

from emolabor.common.threads import one_thread
from emolabor.sem.observed.columns import check_frame, ordered_names, read_answers, used_categories
from emolabor.sem.observed.drawn import read_weights
from emolabor.sem.ordinal.stage_one import first_step


@one_thread
def polychoric_correlations(
    data: pd.DataFrame, ordered: Sequence[str] | None = None, *, sampling_weights: str | None = None
) -> pd.DataFrame:
    """Correlations of the normal variables behind ordered answers.

    Parameters
    ----------
    data : DataFrame
        One row a case; not changed. Ordered columns hold numbers or an ordered pandas categorical.
    ordered : sequence of str, optional
        The ordered columns; by default all of them.
    sampling_weights : str, optional
        Column with how many people each case stands for, above zero; it is none of the variables.

    Returns
    -------
    DataFrame (p, p)
        Polychoric where both variables are ordered (Olsson, 1979), polyserial where one is (Olsson, Drasgow & Dorans,
        1982), Pearson where none is. Thresholds, means and variances come from all answers to a variable, correlations
        from the cases that answered both.

    Raises
    ------
    EmolaborError
        A column that is no ordered answer (one category, more than 20, text without an order), two columns never
        answered together, weights that are missing or not above zero.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika, 44(4),
    443-460.
    Olsson, U., Drasgow, F., & Dorans, N. J. (1982). The polyserial correlation coefficient. Psychometrika, 47(3),
    337-347.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> answers = pd.DataFrame({"a": [1, 1, 2, 2, 3, 3, 1, 3], "b": [1, 1, 2, 1, 2, 2, 2, 1]})
    >>> float(el.polychoric_correlations(answers).loc["a", "b"].round(3))
    0.403
    """
    check_frame(data)
    weights = None if sampling_weights is None else read_weights(data, sampling_weights)
    names = [name for name in data.columns if name != sampling_weights]
    which = ordered_names(True if ordered is None else ordered, names)
    answers = used_categories(read_answers(data, names, which), names)
    if weights is not None:
        weights = weights / weights.mean()
    return pd.DataFrame(first_step(answers, names, weights).correlations, index=names, columns=names)
