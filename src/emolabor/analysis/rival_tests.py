"""A model and its rivals: scaled difference tests where one is nested in the other."""

import numpy as np
import pandas as pd

from emolabor.common.errors import EmolaborError
from emolabor.sem import lr_test


def nested_tests(fits):
    """Test each rival against the first model where the two are nested.

    Parameters
    ----------
    fits : dict of str to Fit
        Names and fits to the same answers; the first is the one that the others are tested against.

    Returns
    -------
    DataFrame
        One row a rival: nested, chisq_diff, df_diff, pvalue (`sem.lr_test`), restricted (which of the two is), note
        (why there is no test).

    Examples
    --------
    >>> names = ["y", "x", "w"]
    >>> cov = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.2], [0.3, 0.2, 1]], index=names, columns=names)
    >>> from emolabor.sem import sem
    >>> texts = {"main": "y ~ x + w", "without w": "y ~ x + 0*w", "without x": "y ~ 0*x + w"}
    >>> fits = {name: sem(text, sample_cov=cov, n_obs=100) for name, text in texts.items()}
    >>> nested_tests(fits).round(2)[["nested", "chisq_diff", "restricted"]]
               nested  chisq_diff restricted
    without w    True        6.19  without w
    without x    True       14.19  without x
    """
    (main, fit), *rivals = fits.items()
    rows = {}
    for name, rival in rivals:
        try:
            test = lr_test(fit, rival)
        except EmolaborError as error:
            rows[name] = (False, np.nan, np.nan, np.nan, "", _first_sentence(str(error)))
            continue
        restricted = name if rival.fit_measures()["df"] > fit.fit_measures()["df"] else main
        rows[name] = (True, test.chisq_diff, test.df_diff, test.pvalue, restricted, test.note)
    columns = ["nested", "chisq_diff", "df_diff", "pvalue", "restricted", "note"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _first_sentence(message):
    return message.removeprefix("lr_test: ").split(";")[0].split(":")[0]
