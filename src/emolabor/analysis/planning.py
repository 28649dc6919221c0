"""Populations for planning: a fitted model written as the text from which `power` draws its studies."""

import math

from emolabor.common.errors import refuse


def standardized_population(fit, paths=None):
    """Write a fitted model with its standardized values, some of the paths exchanged.

    Parameters
    ----------
    fit : Fit
        One group, from `emolabor.sem`.
    paths : dict, optional
        ``"outcome~predictor"`` to the standardized value that it has in the population instead of the fitted one.

    Returns
    -------
    str
        Model text for the argument `population` of `emolabor.analysis.power`: every variable has variance one.

    Raises
    ------
    EmolaborError
        A path that the model does not hold.

    Examples
    --------
    >>> import pandas as pd
    >>> import emolabor as el
    >>> cov = pd.DataFrame([[1, 0.5], [0.5, 1]], index=["y", "x"], columns=["y", "x"])
    >>> fit = el.sem("y ~ x", sample_cov=cov, n_obs=101)
    >>> print(standardized_population(fit), standardized_population(fit, {"y~x": 0.2}), sep="; ")
    y ~ 0.5*x; y ~ 0.2*x
    """
    left = dict(paths or {})
    tidy = fit.tidy()
    residual = tidy[(tidy["op"] == "~~") & (tidy["lhs"] == tidy["rhs"])].set_index("lhs")["std_all"]
    lines = []
    for row in tidy.itertuples():
        value = row.std_all
        if row.op == "~":
            value = left.pop(f"{row.lhs}~{row.rhs}", value)
        elif row.op == "~~" and row.lhs != row.rhs:
            # Standardized, it is the correlation of the residuals; the text wants their covariance.
            value *= math.sqrt(residual[row.lhs] * residual[row.rhs])
        elif row.op != "=~":
            continue
        lines.append(f"{row.lhs} {row.op} {value:.10g}*{row.rhs}")
    if left:
        refuse("paths", ", ".join(left), "regressions of the model")
    return "\n".join(lines)


def smallest_steps(claims, smallest):
    """Give the steps of each claimed way equal sizes, so that the way as a whole is just worth finding.

    Parameters
    ----------
    claims : iterable of Claim
        With indirect paths.
    smallest : float
        Smallest standardized indirect effect of interest: each of two steps is as large as its root.

    Returns
    -------
    dict
        ``"outcome~predictor"`` to a value for `standardized_population`. The last step takes the sign claimed for it
        (+ where no claim here names it), the first one the sign that then makes the whole way agree with its claim.

    Examples
    --------
    >>> from emolabor.theory import load_claims
    >>> smallest_steps([claim for claim in load_claims() if claim.id == "C03"], 0.04)
    {'exhaustion~surface_acting': 0.2, 'proactive_service~exhaustion': -0.2}
    """
    size = math.sqrt(smallest)
    signs = {(path.source, path.to): path.sign for claim in claims for path in claim.paths if path.kind == "path"}
    found = {}
    for path in (path for claim in claims for path in claim.paths if path.via):
        last = -1 if signs.get((path.via, path.to)) == "-" else 1
        whole = -1 if path.sign == "-" else 1
        found[f"{path.via}~{path.source}"] = whole * last * size
        found[f"{path.to}~{path.via}"] = last * size
    return found
