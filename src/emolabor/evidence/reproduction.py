"""Published coefficients set beside ours, with the band that the rounding of the printed tables allows."""

from importlib import resources
from itertools import pairwise

import numpy as np
import pandas as pd
import yaml

from emolabor.common.errors import EmolaborError
from emolabor.common.notices import joined
from emolabor.evidence.rounding import rounding_band
from emolabor.sem import sem


def compare_published(tables):
    """Re-estimate the published models and say for each coefficient whether rounding explains the difference.

    Our value is estimated by `emolabor.sem.sem` from the table as printed. The band holds every value that can appear
    in print when each correlation and standard deviation is off by up to half a unit of its last digit and the result
    is rounded as the published coefficient is. It does not hold sampling error.

    Parameters
    ----------
    tables : dict of str to PublishedTable
        From `load_published`.

    Returns
    -------
    DataFrame
        One row a coefficient, index such as ``"lu2019 ego_depletion~work_stress"``. Columns: ``metric``
        (unstandardised, standardised, se), ``published``, ``ours``, ``lower``, ``upper``, ``verdict`` (inside, outside,
        cannot be reproduced, nothing published), ``reason_zh``, ``reason_en``.

    Raises
    ------
    EmolaborError
        If a table or a variable that a model names is missing.

    Examples
    --------
    >>> from emolabor.evidence import load_published
    >>> frame = compare_published(load_published("data/published"))
    >>> frame.loc["lu2019 ego_depletion~work_stress", "verdict"]
    'inside'
    """
    book = _book()
    rows = {}
    for regression in book["regressions"]:
        table = _table(tables, regression["table"], _names(regression["equations"]))
        estimates = _estimates(regression["equations"], table)
        for coefficient in regression["coefficients"]:
            rows[f"{table.key} {coefficient['row']}"] = _compare(
                coefficient, regression, table, estimates, book["reasons"]
            )
    return pd.DataFrame.from_dict(rows, orient="index")


def latent_models(tables):
    """Fit latent-variable models to the published tables, improper solutions reported as such.

    Parameters
    ----------
    tables : dict of str to PublishedTable
        From `load_published`.

    Returns
    -------
    DataFrame
        One row a model. Columns: ``chisq``, ``df``, ``pvalue``, ``largest_loading`` (standardised), ``verdict``
        (proper, improper), ``problems`` (what the engine found, empty when proper), ``reason_zh``, ``reason_en``.

    Raises
    ------
    EmolaborError
        If a table or a variable that a model names is missing.

    Examples
    --------
    >>> from emolabor.evidence import load_published
    >>> latent_models(load_published("data/published")).loc["deng2020 one burnout factor", "verdict"]
    'improper'
    """
    book = _book()
    rows = {}
    for entry in book["latent"]:
        table = _table(tables, entry["table"], [])
        fit = sem(entry["model"], sample_cov=table.cor, n_obs=table.n)
        tidy, measures = fit.tidy(), fit.fit_measures()
        verdict = "proper" if fit.admissible else "improper"
        rows[entry["row"]] = {
            **{name: measures[name] for name in ("chisq", "df", "pvalue")},
            "largest_loading": tidy.loc[tidy["op"] == "=~", "std_all"].abs().max(),
            "verdict": verdict,
            "problems": joined(fit.problems),
            **{f"reason_{language}": book["reasons"][verdict][language] for language in ("zh", "en")},
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def path_quantity(cor, sd, n, equations, path, metric):
    """Coefficient along a path of a recursive model of observed variables, from correlations.

    With uncorrelated disturbances, or the same predictors in the equations that share one, maximum likelihood is least
    squares equation by equation (Bollen, 1989, chapter 4). Works for complex input, so that `rounding_band` can
    differentiate it.

    Parameters
    ----------
    cor : ndarray of shape (p, p)
        Correlations, in the order of `sd`.
    sd : dict of str to scalar
        Standard deviations of all p variables; only their ratio along the path counts.
    n : int
        Number of respondents, used by the standard error alone.
    equations : dict of str to list of str
        Predictors of each outcome.
    path : list of str
        Predictor, mediators, outcome: the coefficient is the product over the steps.
    metric : {"standardised", "unstandardised", "se"}
        ``se`` is the maximum-likelihood standard error of a one-step unstandardised coefficient.

    Returns
    -------
    scalar
        The coefficient or the standard error.

    References
    ----------
    Bollen, K. A. (1989). Structural equations with latent variables. Wiley.

    Examples
    --------
    >>> cor = np.array([[1.0, 0.19], [0.19, 1.0]])
    >>> value = path_quantity(cor, {"x": 0.77, "y": 0.81}, 386, {"y": ["x"]}, ["x", "y"], "unstandardised")
    >>> round(float(value), 4)
    0.1999
    """
    position = {name: i for i, name in enumerate(sd)}
    value = 1.0
    for cause, outcome in pairwise(path):
        predictors = [position[name] for name in equations[outcome]]
        inverse = np.linalg.inv(cor[np.ix_(predictors, predictors)])
        covariances = cor[predictors, position[outcome]]
        k = equations[outcome].index(cause)
        value = value * (inverse[k] @ covariances)
        if metric == "se":
            value = np.sqrt((1 - covariances @ inverse @ covariances) * inverse[k, k] / n)
    return value if metric == "standardised" else value * sd[path[-1]] / sd[path[0]]


def _book():
    text = resources.files("emolabor.evidence").joinpath("reproduction.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def _names(equations):
    return list(dict.fromkeys(name for outcome, predictors in equations.items() for name in [*predictors, outcome]))


def _table(tables, key, names):
    if key not in tables:
        raise EmolaborError(f"tables: found {sorted(tables)}, the published models need {key}")
    unknown = [name for name in names if name not in tables[key].cor.columns]
    if unknown:
        raise EmolaborError(f"table {key}: found no variable {', '.join(unknown)}; it has {list(tables[key].cor)}")
    return tables[key]


def _estimates(equations, table):
    """Fit a model; the table's correlations stand in for covariances where it prints no standard deviations."""
    names = _names(equations)
    sd = table.sd[names].fillna(1.0).to_numpy()
    covariance = table.cor.loc[names, names] * np.outer(sd, sd)
    model = "\n".join(f"{outcome} ~ {' + '.join(predictors)}" for outcome, predictors in equations.items())
    tidy = sem(model, sample_cov=covariance, n_obs=table.n).tidy()
    return tidy[tidy["op"] == "~"].set_index(["lhs", "rhs"])


def _compare(coefficient, regression, table, estimates, reasons):
    metric = coefficient.get("metric", regression["metric"])
    path, printed = coefficient["path"], coefficient["published"]
    row = {"metric": metric, "published": np.nan if printed is None else float(printed)}
    missing = [name for name in (path[0], path[-1]) if metric != "standardised" and np.isnan(table.sd[name])]
    if missing:
        row |= {"ours": np.nan, "lower": np.nan, "upper": np.nan, "verdict": "cannot be reproduced"}
    else:
        column = {"standardised": "std_all", "unstandardised": "est", "se": "se"}[metric]
        row["ours"] = float(np.prod([estimates.loc[(effect, cause), column] for cause, effect in pairwise(path)]))
        lower, upper = _band(table, regression["equations"], path, metric)
        half_unit = 0.0 if printed is None else 0.5 * 10.0 ** -len(printed.partition(".")[2])
        row |= {"lower": lower - half_unit, "upper": upper + half_unit}
        row["verdict"] = "nothing published" if printed is None else _verdict(row)
    for language in ("zh", "en"):
        text = reasons[row["verdict"]][language].format(missing=", ".join(missing))
        note = regression.get("note", {}).get(language, "")
        row[f"reason_{language}"] = (text + note if language == "zh" else f"{text} {note}").strip()
    return row


def _verdict(row):
    return "inside" if row["lower"] <= row["published"] <= row["upper"] else "outside"


def _band(table, equations, path, metric):
    """Band from the rounding of the correlations and, where they count, of the two standard deviations."""
    names = _names(equations)
    lower_triangle = np.tril_indices(len(names), -1)
    pairs = len(lower_triangle[0])
    correlations = table.cor.loc[names, names].to_numpy()[lower_triangle]
    ends = [] if metric == "standardised" else [path[0], path[-1]]

    def quantity(inputs):
        cor = np.eye(len(names), dtype=inputs.dtype)
        cor[lower_triangle] = inputs[:pairs]
        cor.T[lower_triangle] = inputs[:pairs]
        sd = dict.fromkeys(names, 1.0) | dict(zip(ends, inputs[pairs:], strict=True))
        return path_quantity(cor, sd, table.n, equations, path, metric)

    printed = np.concatenate([correlations, table.sd[ends].to_numpy()])
    half_unit = [table.rounding["correlation"]] * pairs + [table.rounding["sd"] for _ in ends]
    return rounding_band(quantity, printed, half_unit)
