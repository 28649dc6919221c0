"""Staff in centres: what clustering does to standard errors, and associations within and between centres."""

import pandas as pd

from emolabor.common.errors import refuse, shown
from emolabor.sem import sem

ESTIMATES = ["est", "se", "z", "pvalue", "ci_lower", "ci_upper"]


def cluster_comparison(fit, clustered):
    """Set the paths of a model beside those of the same model with cluster-robust standard errors.

    Parameters
    ----------
    fit, clustered : Fit
        Of the same model and respondents; `clustered` was fitted with ``cluster=``.

    Returns
    -------
    DataFrame
        A row a path: est, se, se_cluster, ratio (se_cluster / se), pvalue, pvalue_cluster, changed (whether
        significance at .05 changes).

    Raises
    ------
    EmolaborError
        The estimates differ, so that these are not the same model and respondents.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"x": rng.standard_normal(200), "centre": np.arange(200) % 20})
    >>> data["y"] = 0.5 * data["x"] + rng.standard_normal(200)
    >>> fits = [sem("y ~ x", data, estimator="MLR", cluster=cluster) for cluster in (None, "centre")]
    >>> cluster_comparison(*fits)[["se", "se_cluster"]].round(2).to_numpy().tolist()
    [[0.06, 0.07]]
    """
    one, other = (one.tidy().query("op == '~'").reset_index(drop=True) for one in (fit, clustered))
    if not one[["lhs", "rhs"]].equals(other[["lhs", "rhs"]]) or ((one["est"] - other["est"]).abs() > 1e-3).any():
        refuse("clustered", "other estimates", "the same model fitted to the same respondents")
    table = pd.DataFrame(
        {
            "est": one["est"],
            "se": one["se"],
            "se_cluster": other["se"],
            "ratio": other["se"] / one["se"],
            "pvalue": one["pvalue"],
            "pvalue_cluster": other["pvalue"],
            "changed": (one["pvalue"] < 0.05) != (other["pvalue"] < 0.05),
        }
    )
    return table.set_axis(one["lhs"] + "~" + one["rhs"])


def within_between(data, outcome, predictor, group):
    """Regress an outcome on a predictor within groups and between them (Enders & Tofighi, 2007).

    The predictor is split into the group's mean and the respondent's distance from it; standard errors are
    cluster-robust. The mean of a few members is an unreliable measure of the group, so that the slope between groups
    is drawn towards the one within (Ludtke et al., 2008).

    Parameters
    ----------
    data : DataFrame
        A row a respondent; rows with a missing value in one of the three columns are left out.
    outcome, predictor, group : str
        Columns.

    Returns
    -------
    DataFrame
        Rows within, between and contextual (between minus within), with est, se, z, pvalue, ci_lower, ci_upper.

    Raises
    ------
    EmolaborError
        A column is missing, or fewer than three groups.

    References
    ----------
    Enders, C. K., & Tofighi, D. (2007). Centering predictor variables in cross-sectional multilevel models: A new look
    at an old issue. Psychological Methods, 12(2), 121-138.
    Ludtke, O., Marsh, H. W., Robitzsch, A., Trautwein, U., Asparouhov, T., & Muthen, B. (2008). The multilevel latent
    covariate model: A new, more reliable approach to group-level effects in contextual studies. Psychological Methods,
    13(3), 203-229.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"centre": np.arange(600) % 30})
    >>> level = rng.standard_normal(30)[data["centre"]]
    >>> data["x"] = level + rng.standard_normal(600)
    >>> data["y"] = 0.8 * level + 0.2 * (data["x"] - level) + rng.standard_normal(600)
    >>> within_between(data, "y", "x", "centre")["est"].round(1).to_dict()
    {'within': 0.1, 'between': 0.7, 'contextual': 0.5}
    """
    absent = [column for column in (outcome, predictor, group) if column not in data]
    if absent:
        refuse("data", f"no column {', '.join(absent)}", "columns of the data")
    complete = data[[outcome, predictor, group]].dropna()
    if complete[group].nunique() < 3:
        refuse("group", f"{complete[group].nunique()} groups in {shown(group)}", "three or more")
    mean = complete.groupby(group)[predictor].transform("mean")
    split = complete.assign(own=complete[predictor] - mean, shared=mean)
    text = f"{outcome} ~ within*own + between*shared\ncontextual := between - within"
    tidy = sem(text, split, estimator="MLR", cluster=group).tidy()
    rows = tidy[tidy["op"].isin(["~", ":="])]
    return rows[ESTIMATES].set_axis(["within", "between", "contextual"])
