"""From claims or a fit to the tables that several notebooks show."""

import numpy as np
import pandas as pd

from emolabor.common.notices import joined
from emolabor.common.privacy import coarse
from emolabor.sem import reported_measures

ESTIMATES = ("est", "se", "z", "pvalue", "ci_lower", "ci_upper", "std_all", "std_lower", "std_upper")


def fit_table(fit):
    """List the fit of a model, whether it may be trusted first.

    Parameters
    ----------
    fit : Fit
        From `emolabor.sem`.

    Returns
    -------
    Series
        n_obs, admissible, problems (why not; empty when nothing is wrong), then what is reported of the estimator
        (`emolabor.sem.reported_measures`): with MLR chisq_scaled and cfi_robust, say, with ML chisq and cfi.

    Examples
    --------
    >>> import emolabor as el
    >>> cov = pd.DataFrame([[1, 0.5], [0.5, 1]], index=["y", "x"], columns=["y", "x"])
    >>> fit_table(el.sem("y ~ x", sample_cov=cov, n_obs=101))[["n_obs", "admissible"]].tolist()
    [101, True]
    """
    first = {"n_obs": fit.n_obs, "admissible": fit.admissible, "problems": joined(fit.problems)}
    return pd.Series(first | reported_measures(fit).to_dict(), dtype=object)


def parameter_table(fit, op):
    """List the parameters of one kind.

    Parameters
    ----------
    fit : Fit
        From `emolabor.sem`.
    op : {"=~", "~", "~~", ":="}
        Loadings, regressions, covariances, defined parameters.

    Returns
    -------
    DataFrame
        Estimate, standard error, test and interval; standardised value with an interval of its own. Rows are named as
        in the model text, such as ``exhaustion~surface_acting``; an indirect effect by its way,
        ``surface_acting>exhaustion>...``.

    Examples
    --------
    >>> import emolabor as el
    >>> cov = pd.DataFrame([[1, 0.5], [0.5, 1]], index=["y", "x"], columns=["y", "x"])
    >>> parameter_table(el.sem("y ~ x", sample_cov=cov, n_obs=101), "~").loc["y~x", "est"].round(3)
    np.float64(0.5)
    """
    standardized = fit.standardized()
    rows = fit.tidy().assign(std_lower=standardized["ci_lower"], std_upper=standardized["ci_upper"])
    rows = rows[rows["op"] == op]
    names = rows["lhs"].str.replace("__", ">") if op == ":=" else rows["lhs"] + op + rows["rhs"]
    return rows[list(ESTIMATES)].set_axis(names)


def construct_correlations(fit, constructs):
    """Arrange the correlations of constructs as a lower triangle.

    Parameters
    ----------
    fit : Fit
        A measurement model, in which all constructs covary.
    constructs : list of str
        Their names, in the order wanted.

    Returns
    -------
    DataFrame of shape (p, p)
        Missing on the diagonal and above.
    """
    tidy = fit.tidy()
    pairs = tidy[(tidy["op"] == "~~") & (tidy["lhs"] != tidy["rhs"])].set_index(["lhs", "rhs"])["std_all"]
    table = pd.DataFrame(float("nan"), index=constructs, columns=constructs)
    for column, one in enumerate(constructs):
        for other in constructs[column + 1 :]:
            table.loc[other, one] = pairs[(one, other) if (one, other) in pairs.index else (other, one)]
    return table


def score_table(scores):
    """Describe scale means.

    Parameters
    ----------
    scores : DataFrame
        One row a respondent, one column a construct, as `emolabor.responses.score` gives them.

    Returns
    -------
    DataFrame
        One row a construct: n, mean, sd, skew, kurtosis (excess), of the respondents who have the score; all but n are
        coarse (`common.privacy.coarse`).

    Examples
    --------
    >>> scores = pd.DataFrame({"belonging": [1.0, 2, 3, None] * 100})
    >>> score_table(scores).loc["belonging", ["n", "mean", "sd"]].tolist()
    [300.0, 2.0, 0.82]
    """
    moments = {"mean": scores.mean(), "sd": scores.std(), "skew": scores.skew(), "kurtosis": scores.kurt()}
    n = scores.count()
    return pd.DataFrame({"n": n} | {name: coarse(values, n) for name, values in moments.items()})


def score_correlations(scores, alphas):
    """Arrange the correlations of scale means as a lower triangle, with the reliability of each on the diagonal.

    Parameters
    ----------
    scores : DataFrame
        One row a respondent, one column a construct.
    alphas : Series
        Construct -> Cronbach's alpha.

    Returns
    -------
    DataFrame of shape (p, p)
        Of each pair's respondents who have both scores, coarse (`common.privacy.coarse`); missing above the diagonal.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3] * 9, "b": [3.0, 2, 1] * 9})
    >>> score_correlations(scores, pd.Series({"a": 0.8, "b": 0.7})).loc["b"].tolist()
    [-1.0, 0.7]
    """
    below = np.tril(np.ones((scores.shape[1],) * 2, dtype=bool), k=-1)
    has = scores.notna().astype(float)
    table = coarse(scores.corr(), has.T @ has).where(below)
    for construct in table:
        table.loc[construct, construct] = alphas[construct]
    return table


def validity_table(convergent, ratios):
    """Put convergent and discriminant validity of each construct side by side.

    Parameters
    ----------
    convergent : DataFrame
        From `emolabor.measurement.convergent_validity`.
    ratios : DataFrame
        Every pair's heterotrait-monotrait ratio, from `emolabor.measurement.htmt`.

    Returns
    -------
    DataFrame
        `convergent` with ``htmt``, the largest ratio of the construct with another, and ``htmt_with``, which that is.
    """
    other = ratios.rename(columns={"dimension": "other", "other": "dimension"})
    both = pd.concat([ratios, other]).sort_values("ratio", kind="stable")
    nearest = both.drop_duplicates("dimension", keep="last").set_index("dimension")
    return convergent.assign(htmt=nearest["ratio"], htmt_with=nearest["other"])


def reading_table(staff):
    """List what was found while reading the answers, a sentence a row.

    Parameters
    ----------
    staff : Staff
        From `emolabor.responses.read_responses`.

    Returns
    -------
    DataFrame
        Columns text_zh and text_en; one row that says so when nothing was found.
    """
    zh, en = (staff.report_text(language).splitlines() for language in ("zh", "en"))
    frame = pd.DataFrame(
        {"text_zh": zh or ["没有改动，也没有删除。"], "text_en": en or ["Nothing was changed or dropped."]}
    )
    return frame.set_axis(range(1, len(frame) + 1))


def claims_table(claims):
    """List the claims with what each implies.

    Parameters
    ----------
    claims : iterable of Claim
        From `emolabor.theory.load_claims`.

    Returns
    -------
    DataFrame
        One row a claim: section, text_zh, text_en, kind (path, indirect, moderation, none) and paths with their signs;
        where the data lack constructs also unmeasured (paths that they cannot test) and lacking (what they lack).

    Examples
    --------
    >>> from emolabor.theory import load_claims
    >>> claims_table(load_claims()).loc["C01", "paths"]
    'role_pressure>surface_acting (+)'
    """
    claims = tuple(claims)
    rows = {
        claim.id: {
            "section": claim.section,
            "text_zh": claim.text["zh"],
            "text_en": claim.text["en"],
            "kind": claim.kind,
            "paths": "; ".join(f"{path.key} ({path.sign})" for path in claim.paths),
        }
        for claim in claims
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    lost = {claim.id: claim.unmeasured for claim in claims if claim.unmeasured}
    if not lost:
        return table
    unmeasured = {key: "; ".join(f"{path.key} ({path.sign})" for path in paths) for key, paths in lost.items()}
    missing = {key: "&".join(dict.fromkeys(sum(paths.values(), ()))) for key, paths in lost.items()}
    return table.assign(unmeasured=pd.Series(unmeasured), lacking=pd.Series(missing))


def instrument_table(instrument, claims):
    """Count each construct's items and the claims that name it.

    Parameters
    ----------
    instrument : Instrument
        What was asked.
    claims : iterable of Claim
        What is claimed.

    Returns
    -------
    DataFrame
        One row a dimension: scale, items, reverse (number of reverse-worded items), claims.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> from emolabor.theory import load_claims
    >>> table = instrument_table(load_instrument("window_staff"), load_claims())
    >>> table.loc["music_preference", ["items", "claims"]].tolist()
    [3, 0]
    """
    named = [
        {part for path in claim.paths for part in (path.source, path.via, path.moderator, path.to)} for claim in claims
    ]
    table = (
        instrument.items("en")
        .groupby("dimension", sort=False)
        .agg(scale=("scale", "first"), items=("key", "size"), reverse=("reverse", "sum"))
    )
    return table.assign(claims=[sum(dimension in parts for parts in named) for dimension in table.index])
