"""emolabor beside lavaan: the same models and answers, parameter by parameter."""

import math
from pathlib import Path

import pandas as pd

from emolabor.sem import sem

KEYS = ["lhs", "op", "rhs", "group"]
# A difference below this depends on the machine's arithmetic and is not told more finely.
FINEST = 1e-6
SEMOPY_FINEST = 1e-5


def fit_models(folder):
    """Fit every model of a folder of references.

    Parameters
    ----------
    folder : str or Path
        Holds models.csv (case, arguments of `emolabor.sem` in lavaan's words, model) and the answers
        study-lavaan_sample-simulated_data.csv.

    Returns
    -------
    dict
        case -> Fit.
    """
    folder = Path(folder)
    answers = pd.read_csv(folder / "study-lavaan_sample-simulated_data.csv")
    models = pd.read_csv(folder / "models.csv", index_col="case")
    return {case: sem(row.model, answers, **_arguments(row.arguments, answers)) for case, row in models.iterrows()}


def beside_lavaan(fits, folder):
    """Set estimates and standard errors beside the ones that lavaan found.

    Parameters
    ----------
    fits : dict
        From `fit_models`.
    folder : str or Path
        Holds parameters.csv with lavaan's numbers.

    Returns
    -------
    DataFrame
        A row a parameter of lavaan: case, lhs, op, rhs, group, est, est_lavaan, se, se_lavaan; missing where emolabor
        has no such parameter.
    """
    theirs = pd.read_csv(Path(folder) / "parameters.csv")
    ours = pd.concat([fit.tidy().assign(case=case) for case, fit in fits.items()])
    columns = ["case", *KEYS]
    # A defined parameter is known by its name: its formula is spaced otherwise, and it belongs to no group.
    for frame in (ours, theirs):
        defined = frame["op"] == ":="
        frame["rhs"] = frame["rhs"].mask(defined, "").fillna("")
        frame["group"] = frame["group"].mask(defined, 0)
    joined = theirs.merge(ours[[*columns, "est", "se"]], on=columns, how="left", suffixes=("_lavaan", ""))
    return joined[[*columns, "est", "est_lavaan", "se", "se_lavaan"]]


def largest_differences(table):
    """Tell how far emolabor and lavaan are apart in each model.

    Parameters
    ----------
    table : DataFrame
        From `beside_lavaan`.

    Returns
    -------
    DataFrame
        A row a case: parameters (how many), absent (how many emolabor lacks), est and se (the power of ten below which
        all differences are, as text).

    Examples
    --------
    >>> table = pd.DataFrame({"case": ["ml"], "est": [0.5], "est_lavaan": [0.5004], "se": [0.1], "se_lavaan": [0.1]})
    >>> largest_differences(table).loc["ml", ["est", "se"]].tolist()
    ['< 1e-03', '< 1e-06']
    """
    rows = {}
    for case, own in table.groupby("case", sort=False):
        rows[case] = {"parameters": len(own), "absent": int(own["est"].isna().sum())}
        rows[case] |= {what: bound((own[what] - own[f"{what}_lavaan"]).abs().max()) for what in ("est", "se")}
    return pd.DataFrame.from_dict(rows, orient="index")


def bound(difference, finest=FINEST):
    """Write the power of ten below which a difference is; none smaller than `finest`.

    Examples
    --------
    >>> bound(3e-9), bound(0.02), bound(float("nan"))
    ('< 1e-06', '< 1e-01', '')
    """
    if math.isnan(difference):
        return ""
    return f"< {10.0 ** math.ceil(math.log10(max(difference, finest))):.0e}"


def second_opinions(fits):
    """Ask semopy about each fit.

    Parameters
    ----------
    fits : dict
        case -> Fit.

    Returns
    -------
    DataFrame
        A row a case: asked, est (the power of ten below which all differences are), reason (why not asked).
    """
    rows = {}
    for case, fit in fits.items():
        opinion = fit.second_opinion()
        rows[case] = {
            "asked": opinion.asked,
            "est": bound(opinion.largest_difference, SEMOPY_FINEST),
            "reason": opinion.reason,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _arguments(text, answers):
    """The arguments of `sem` for lavaan's "name=value name=value|value"."""
    found = {}
    for option in text.split():
        name, _, value = option.partition("=")
        name = name.replace(".", "_")
        values = tuple(value.split("|"))
        if name == "ordered":
            found[name] = list(answers.select_dtypes("number"))
        else:
            found[name] = values if name == "group_equal" else value
    return found
