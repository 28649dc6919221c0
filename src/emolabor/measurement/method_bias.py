"""Common method bias: Harman's test with its warning, an unmeasured method factor, a marker variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolabor.common.errors import refuse, shown
from emolabor.common.notices import joined
from emolabor.common.threads import one_thread
from emolabor.measurement.answer_problems import named
from emolabor.measurement.factor_model import complete_dimensions, factor_name, factor_text, item_names, neutral_names
from emolabor.sem import cfa, lr_test

if TYPE_CHECKING:
    from emolabor.instrument.instrument import Instrument
    from emolabor.scales.scale import Scale

# Share of the first component above which Harman's test is usually said to fail.
HARMAN = 0.50
# A change in CFI that matters (Cheung & Rensvold, 2002), and the level of the difference tests.
CHANGE, LEVEL = 0.01, 0.05
WARNING = (
    "Harman's test is not sensitive: it rarely finds even strong method variance (Podsakoff et al., 2003). "
    "Report it only beside a marker variable or a method factor."
)


@dataclass(frozen=True, eq=False)
class MethodBias:
    """What a test of common method bias found.

    Attributes
    ----------
    table : DataFrame
        One row a model: chisq, df, cfi, rmsea, srmr; ``against`` (the model compared with), chisq_diff, df_diff,
        pvalue_diff, dcfi; ``problems``.
    method_share : float
        Mean share of the items' variance that the method factor takes, in the model that the verdict rests on.
    verdict : str
        In words.
    fits : dict of str to Fit
        The fits, by the table's row names.
    texts : dict of str to str
        Their model texts.
    """

    table: pd.DataFrame
    method_share: float
    verdict: str
    fits: dict
    texts: dict

    def __repr__(self):
        return f"MethodBias(models={list(self.fits)}, method_share={self.method_share:.3f})"


@dataclass(frozen=True)
class Harman:
    """Harman's single-factor test.

    Attributes
    ----------
    share : float
        Share of the items' variance that the first unrotated component explains.
    components : int
        Components with eigenvalues above one.
    verdict, warning : str
        In words; the warning belongs to the verdict.
    """

    share: float
    components: int
    verdict: str
    warning: str = WARNING


def harman(data: pd.DataFrame, scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]]) -> Harman:
    """Harman's single-factor test, with the warning that goes with it.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers to all constructs of the study, as for `reliability`; respondents with a missing answer are left out.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.

    Returns
    -------
    Harman
        Share of the first unrotated component. The test is known to miss method variance: `method_factor` and
        `marker_test` ask more sharply.

    Raises
    ------
    EmolaborError
        An item has no column, is no number or does not vary; too few complete answers.

    References
    ----------
    Podsakoff, P. M., MacKenzie, S. B., Lee, J.-Y., & Podsakoff, N. P. (2003). Common method biases in behavioral
    research. Journal of Applied Psychology, 88(5), 879-903.

    Examples
    --------
    >>> import emolabor as el
    >>> round(el.harman(el.simulate_staff(n=400, seed=1), el.load_scale("emotional_labor")).share, 2)
    0.32
    """
    answers, _ = complete_dimensions(data, scale_or_dimensions)
    eigenvalues = np.linalg.eigvalsh(answers.corr().to_numpy())[::-1]
    share, components = float(eigenvalues[0] / len(eigenvalues)), int(np.sum(eigenvalues > 1))
    below = "at most" if share <= HARMAN else "more than"
    verdict = (
        f"The first of {components} components with eigenvalues above 1 explains {share:.1%} of the variance, {below} "
        f"{HARMAN:.0%}: {'no' if share <= HARMAN else 'a'} single factor dominates."
    )
    return Harman(share, components, verdict)


@one_thread
def method_factor(data: pd.DataFrame, scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]]) -> MethodBias:
    """Add an unmeasured method factor to the factor model (ULMC).

    Every item loads on its own factor and on a method factor that is not correlated with the others.

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers to all constructs of the study, as for `reliability`; respondents with a missing answer are left out.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.

    Returns
    -------
    MethodBias
        Models: "factors"; "equal method loadings"; "free method loadings" (often improper: see ``problems``). The
        verdict rests on the one with equal loadings. Where all items of a factor load equally on it, a method factor
        cannot be told from the factors' correlations, and its share means nothing.

    Raises
    ------
    EmolaborError
        An item has no column, is no number or does not vary; too few complete answers.

    References
    ----------
    Cheung, G. W., & Rensvold, R. B. (2002). Evaluating goodness-of-fit indexes for testing measurement invariance.
    Structural Equation Modeling, 9(2), 233-255.
    Podsakoff, P. M., MacKenzie, S. B., Lee, J.-Y., & Podsakoff, N. P. (2003). Common method biases in behavioral
    research. Journal of Applied Psychology, 88(5), 879-903.
    Richardson, H. A., Simmering, M. J., & Sturman, M. C. (2009). A tale of three perspectives: Examining post hoc
    statistical techniques for detection and correction of common method variance. Organizational Research Methods,
    12(4), 762-800.

    Examples
    --------
    >>> import emolabor as el
    >>> found = el.method_factor(el.simulate_staff(n=400, seed=1), el.load_scale("emotional_labor"))
    >>> found.table[["cfi", "rmsea", "srmr"]].round(2)
                            cfi  rmsea  srmr
    factors                0.98   0.04  0.03
    equal method loadings  0.98   0.04  0.03
    free method loadings   1.00   0.00  0.02
    >>> round(found.method_share, 2)
    0.0
    """
    answers, dimensions = complete_dimensions(data, scale_or_dimensions)
    names = item_names(answers)
    plain = factor_text(dimensions, names)
    apart = _uncorrelated("method", len(dimensions))
    texts = {
        "factors": plain,
        "equal method loadings": "\n".join([plain, _loads("method", names.values(), "same*"), apart]),
        "free method loadings": "\n".join([plain, _loads("method", names.values()), apart]),
    }
    fits = _fitted(texts, answers.rename(columns=names))
    against = {"equal method loadings": "factors", "free method loadings": "factors"}
    table = _table(fits, against, neutral_names(dimensions))
    share = _share(fits["equal method loadings"], "method", list(names.values()))
    row = table.loc["equal method loadings"]
    return MethodBias(table, share, _ulmc_verdict(row, share), fits, texts)


@one_thread
def marker_test(
    data: pd.DataFrame, scale_or_dimensions: Scale | Instrument | Mapping[str, list[str]], marker: str
) -> MethodBias:
    """Test for method bias with a marker variable, in the steps of Williams, Hartman & Cavazotte (2010).

    Parameters
    ----------
    data : DataFrame of shape (n, p)
        Answers to all constructs of the study and the marker, as for `reliability`; respondents with a missing answer
        are left out.
    scale_or_dimensions : Scale, Instrument or mapping of str to list of str
        As for `reliability`.
    marker : str
        Key of the dimension that has nothing to do with the others but is asked in the same way.

    Returns
    -------
    MethodBias
        Models: "CFA" (all factors correlated); "baseline" (marker uncorrelated with the others, its loadings and
        residual variances fixed at the CFA's); "method-C" (the marker also loads on every other item, equally);
        "method-U" (freely); "method-R" (C or U, whichever the test between them leaves, with the correlations of the
        other factors fixed at the baseline's). Baseline against C: is there method variance? C against U: does it
        touch items unequally? R: does it bias the correlations?

    Raises
    ------
    EmolaborError
        The marker is no dimension, has fewer than three items, or there is no other dimension.

    References
    ----------
    Williams, L. J., Hartman, N., & Cavazotte, F. (2010). Method variance and marker variables: A review and
    comprehensive CFA marker technique. Organizational Research Methods, 13(3), 477-514.

    Examples
    --------
    >>> import emolabor as el
    >>> instrument = el.load_instrument("window_staff")
    >>> wanted = ("surface_acting", "deep_acting", "exhaustion", "music_preference")
    >>> dimensions = {key: instrument.dimensions()[key] for key in wanted}
    >>> found = el.marker_test(el.simulate_staff(n=600, seed=1), dimensions, "music_preference")
    >>> found.table[["against", "chisq_diff", "df_diff", "pvalue_diff"]].round(2)
               against  chisq_diff  df_diff  pvalue_diff
    CFA                        NaN      NaN          NaN
    baseline                   NaN      NaN          NaN
    method-C  baseline       19.69      1.0         0.00
    method-U  method-C        4.58     11.0         0.95
    method-R  method-C        0.36      3.0         0.95
    >>> found.verdict.split("; ")[0]
    'Baseline against method-C: p < .001'
    """
    answers, dimensions = complete_dimensions(data, scale_or_dimensions)
    if marker not in dimensions or len(dimensions) < 2:
        refuse("marker", shown(marker), f"one of {', '.join(dimensions)}, beside other dimensions")
    if len(dimensions[marker]) < 3:
        refuse("marker", f"{len(dimensions[marker])} items in {marker}", "at least 3")
    others = {key: items for key, items in dimensions.items() if key != marker}
    names = item_names(answers)
    renamed = answers.rename(columns=names)
    own = [names[item] for item in dimensions[marker]]
    touched = [names[item] for items in others.values() for item in items]
    plain = factor_text(others, names)
    texts = {"CFA": "\n".join([plain, _loads("marker", own)])}
    fits = _fitted(texts, renamed)
    values = fits["CFA"].tidy().set_index(["lhs", "op", "rhs"])["est"]
    fixed = " + ".join(f"{values['marker', '=~', item]:.12g}*{item}" for item in own)
    residuals = "\n".join(f"{item} ~~ {values[item, '~~', item]:.12g}*{item}" for item in own)
    start = "\n".join([plain, f"marker =~ {fixed}", residuals, _uncorrelated("marker", len(others))])
    texts["baseline"] = start
    texts["method-C"] = "\n".join([start, _loads("marker", touched, "same*")])
    texts["method-U"] = "\n".join([start, _loads("marker", touched)])
    fits |= _fitted({name: texts[name] for name in ("baseline", "method-C", "method-U")}, renamed)
    unequal = _difference(fits["method-C"], fits["method-U"])[2] < LEVEL
    kept = "method-U" if unequal else "method-C"
    values = fits["baseline"].tidy().set_index(["lhs", "op", "rhs"])["est"]
    pairs = [(factor_name(a), factor_name(b)) for b in range(len(others)) for a in range(b)]
    texts["method-R"] = "\n".join([texts[kept], *(f"{a} ~~ {values[a, '~~', b]:.12g}*{b}" for a, b in pairs)])
    fits |= _fitted({"method-R": texts["method-R"]}, renamed)
    against = {"method-C": "baseline", "method-U": "method-C"} | ({"method-R": kept} if pairs else {})
    table = _table(fits, against, names | {key: factor_name(k) for k, key in enumerate(others)})
    share = _share(fits[kept], "marker", touched)
    return MethodBias(table, share, _marker_verdict(table, share, unequal), fits, texts)


def _loads(factor, items, label=""):
    return f"{factor} =~ {' + '.join(label + item for item in items)}"


def _uncorrelated(factor, count):
    return "\n".join(f"{factor} ~~ 0*{factor_name(k)}" for k in range(count))


def _fitted(texts, answers):
    return {name: cfa(text, answers, std_lv=True) for name, text in texts.items()}


def _table(fits, against, names):
    rows = {}
    for name, fit in fits.items():
        measures = fit.fit_measures()
        row = {measure: measures[measure] for measure in ("chisq", "df", "cfi", "rmsea", "srmr")}
        row |= {"against": "", "chisq_diff": np.nan, "df_diff": np.nan, "pvalue_diff": np.nan, "dcfi": np.nan}
        if name in against:
            other = fits[against[name]]
            row["against"] = against[name]
            row["chisq_diff"], row["df_diff"], row["pvalue_diff"] = _difference(other, fit)
            row["dcfi"] = abs(measures["cfi"] - other.fit_measures()["cfi"])
        rows[name] = row | {"problems": joined(named(fit.problems, names))}
    return pd.DataFrame.from_dict(rows, orient="index").astype({"df": int})


def _difference(fit0, fit1):
    """Chi-square difference, its degrees of freedom and p-value; missing where a search did not converge."""
    if not (fit0.converged and fit1.converged):
        return np.nan, np.nan, np.nan
    test = lr_test(fit0, fit1)
    if abs(test.chisq_diff) < 1e-6:  # the added parameter is zero; rounding may leave a negative difference
        return 0.0, test.df_diff, 1.0
    return test.chisq_diff, test.df_diff, test.pvalue


def _share(fit, factor, items):
    tidy = fit.tidy()
    method = tidy[(tidy["op"] == "=~") & (tidy["lhs"] == factor) & tidy["rhs"].isin(items)]
    return float(np.mean(method["std_all"] ** 2))


def _p(value):
    return "p < .001" if value < 0.001 else f"p = {value:.3f}"


def _ulmc_verdict(row, share):
    if row["problems"]:
        return f"The model with a method factor is not admissible ({row['problems']}): it decides nothing."
    if np.isnan(row["pvalue_diff"]):
        return "The models cannot be compared: it decides nothing."
    test = f"chi-square falls by {row['chisq_diff']:.2f}, df {row['df_diff']:.0f}, {_p(row['pvalue_diff'])}"
    if row["pvalue_diff"] >= LEVEL:
        return f"A method factor does not improve the model ({test}): no sign of common method variance."
    taken = f"the factor takes {share:.1%} of the items' variance"
    if row["dcfi"] < CHANGE:
        return (
            f"A method factor improves the model ({test}), but CFI rises by only {row['dcfi']:.3f}, less than "
            f"{CHANGE}; {taken}: common method variance is there but small."
        )
    return (
        f"A method factor improves the model ({test}) and CFI rises by {row['dcfi']:.3f}, at least {CHANGE}; "
        f"{taken}: common method variance cannot be neglected."
    )


def _marker_verdict(table, share, unequal):
    improper = [name for name in ("baseline", "method-C", "method-U") if table.loc[name, "problems"]]
    words = [f"Not admissible: {', '.join(improper)}; read with care."] if improper else []
    steps = {name: _p(table.loc[name, "pvalue_diff"]) for name in table.index}
    there = table.loc["method-C", "pvalue_diff"] < LEVEL or unequal
    found = f"method variance is there ({share:.1%} of the items' variance)" if there else "no sign of method variance"
    how = "unequally" if unequal else "equally"
    words.append(f"Baseline against method-C: {steps['method-C']}; C against method-U: {steps['method-U']}: {found}.")
    if there:
        words.append(f"It touches the items {how}.")
        if np.isfinite(table.loc["method-R", "pvalue_diff"]):
            biased = "biases" if table.loc["method-R", "pvalue_diff"] < LEVEL else "does not bias"
            words.append(f"Method-R: {steps['method-R']}, it {biased} the correlations of the other factors.")
    return " ".join(words)
