"""The way in: a model text and data become a fit."""

from emolabor.errors import EmolaborError
from emolabor.sem.estimate import fit_ml
from emolabor.sem.fit import Fit
from emolabor.sem.moments import from_cov, from_data
from emolabor.sem.start import start_values
from emolabor.sem.structure import build_structure
from emolabor.sem.syntax import parse_model
from emolabor.sem.table import build_table

ESTIMATORS = ("ML",)


def sem(
    model,
    data=None,
    *,
    estimator="ML",
    std_lv=False,
    mean_structure=None,
    sample_cov=None,
    sample_mean=None,
    n_obs=None,
):
    """Fit a structural equation model.

    Parameters
    ----------
    model : str
        lavaan's core dialect; see `emolabor.sem.syntax.parse_model`.
    data : DataFrame, optional
        One row a case, numeric columns; rows with a missing answer are left out (listwise). Not changed.
    estimator : str
        "ML": maximum likelihood, normal theory, the number of cases as denominator.
    std_lv : bool
        Fix latent variances at one instead of each first loading.
    mean_structure : bool, optional
        Add intercepts; by default only where the text has ``~1`` or `sample_mean` is given.
    sample_cov : DataFrame, optional
        Covariances (denominator n - 1) instead of data.
    sample_mean : Series, optional
        Means that go with `sample_cov`.
    n_obs : int, optional
        Number of cases behind `sample_cov`.

    Returns
    -------
    Fit

    Raises
    ------
    EmolaborError
        A mistake in the text (line and column are named), in the data or in an argument.

    Notes
    -----
    Defaults are those of lavaan's ``sem()``: first loading fixed, automatic residual variances, covariances among
    exogenous latent variables and among the residuals of pure outcomes, observed exogenous variables fixed.
    Checked against lavaan 0.6-14.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["x1", "x2", "x3"]
    >>> cov = pd.DataFrame([[1, 0.4, 0.3], [0.4, 1, 0.2], [0.3, 0.2, 1]], index=names, columns=names)
    >>> fit = sem("f =~ x1 + x2 + x3", sample_cov=cov, n_obs=100)
    >>> fit.tidy().std_all.round(3).tolist()[:3]
    [0.775, 0.516, 0.387]
    """
    if estimator not in ESTIMATORS:
        raise EmolaborError(f"estimator: found {estimator!r}, allowed: {', '.join(ESTIMATORS)}.")
    if (data is None) == (sample_cov is None):
        found = "neither" if data is None else "both"
        raise EmolaborError(f"data, sample_cov: found {found}, allowed: exactly one of them.")
    means = bool(mean_structure) or (mean_structure is None and sample_mean is not None)
    table = build_table(parse_model(model), std_lv=std_lv, mean_structure=means)
    names = table.variables.observed
    if data is not None:
        moments = [from_data(data, names)]
    else:
        moments = [from_cov(sample_cov, sample_mean, n_obs, names)]
    structures = [build_structure(table, group, m.cov, m.mean) for group, m in enumerate(moments)]
    estimate = fit_ml(table, structures, moments, start_values(table, moments))
    return Fit(model, estimator, table, structures, moments, estimate)


cfa = sem
