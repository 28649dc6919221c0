"""Indirect associations with every usual interval side by side, and what they are part of."""

import pandas as pd


def indirect_intervals(fit, resamples, draws):
    """Set the intervals of the defined (indirect) parameters beside each other, all standardized.

    Parameters
    ----------
    fit : Fit
        With `:=` parameters; its estimates and delta intervals come first (Sobel, 1982).
    resamples : Draws
        From ``fit.bootstrap()``: percentile and BCa intervals (Efron & Tibshirani, 1993).
    draws : Draws
        From ``fit.monte_carlo()`` (MacKinnon, Lockwood & Williams, 2004).

    Returns
    -------
    DataFrame
        One row an indirect way such as ``a>b>c``: est, then delta_, monte_carlo_, percentile_ and bca_, each with lower
        and upper.

    Examples
    --------
    >>> import emolabor as el
    >>> items = {"surface_acting": ["sa1", "sa2"], "exhaustion": ["ex1", "ex2"], "proactive_service": ["ps1", "ps2"]}
    >>> claims = [claim for claim in el.load_claims() if claim.id == "C03"]
    >>> fit = el.sem(el.full_model(items, claims), el.simulate_staff(1200))
    >>> table = indirect_intervals(fit, fit.bootstrap(200), fit.monte_carlo(200))
    >>> table.index.tolist(), bool((table.percentile_upper < 0).all())
    (['surface_acting>exhaustion>proactive_service'], True)
    """
    table = fit.standardized()
    table = table[table["op"] == ":="].set_index("lhs")
    found = pd.DataFrame({"est": table["est"], "delta_lower": table["ci_lower"], "delta_upper": table["ci_upper"]})
    for name, source, interval in (
        ("monte_carlo", draws, "percentile"),
        ("percentile", resamples, "percentile"),
        ("bca", resamples, "bca"),
    ):
        own = source.ci(interval)
        own = own[own["op"] == ":="].set_index("lhs").loc[found.index]
        found[f"{name}_lower"], found[f"{name}_upper"] = own["std_all_ci_lower"], own["std_all_ci_upper"]
    return found.set_axis(found.index.str.replace("__", ">"))


def effects_on(resamples, outcome, sources):
    """Divide what goes with an outcome into direct and indirect, standardized, with percentile intervals.

    Parameters
    ----------
    resamples : Draws
        From ``bootstrap()``.
    outcome : str
        A variable with predictors.
    sources : sequence of str
        What may predict it; those from which no way leads there are left out.

    Returns
    -------
    DataFrame
        One row a source: direct, indirect and total, each followed by its ``_lower`` and ``_upper``; missing where the
        model has no such way.

    Examples
    --------
    >>> import emolabor as el
    >>> data = el.simulate_staff(400)
    >>> fit = el.sem("ex1 ~ sa1; ps1 ~ ex1 + sa1", data)
    >>> table = effects_on(fit.bootstrap(100), "ps1", ["sa1", "ex1"])
    >>> bool(abs(table.loc["sa1", "direct"] + table.loc["sa1", "indirect"] - table.loc["sa1", "total"]) < 1e-12)
    True
    """
    table = resamples.ci()
    table = table[(table["lhs"] == outcome) & table["op"].isin(("direct", "indirect", "total"))]
    rows = {}
    for source in sources:
        own = table[table["rhs"] == source].set_index("op")
        if len(own):
            rows[source] = {
                f"{kind}{end}": own[column].get(kind, float("nan"))
                for kind in ("direct", "indirect", "total")
                for end, column in (("", "std_all"), ("_lower", "std_all_ci_lower"), ("_upper", "std_all_ci_upper"))
            }
    return pd.DataFrame.from_dict(rows, orient="index")
