"""The validation report of an adapted scale: what its answers say about it, as tables and findings."""

from dataclasses import dataclass
from importlib import resources

import pandas as pd
import yaml

from emolabor.common.errors import refuse
from emolabor.common.languages import chosen_language
from emolabor.common.notices import joined
from emolabor.common.privacy import coarse, is_small
from emolabor.measurement import validation_checks as checks
from emolabor.measurement.adequacy import factor_adequacy
from emolabor.measurement.answer_problems import named
from emolabor.measurement.answers import answers_and_dimensions, as_instrument
from emolabor.measurement.factor_analysis import efa
from emolabor.measurement.factor_model import complete_dimensions, factor_text, item_names, neutral_names
from emolabor.measurement.items import item_analysis, shown_items
from emolabor.measurement.keying import keying_audit
from emolabor.measurement.omega import omega_coefficients
from emolabor.measurement.parallel import parallel_analysis
from emolabor.measurement.reliability import reliability
from emolabor.measurement.repeated import retest
from emolabor.measurement.validation_checks import Finding
from emolabor.measurement.validity import convergent_validity, htmt
from emolabor.measurement.versions import compare_versions
from emolabor.responses import Staff
from emolabor.scales import Scale
from emolabor.scales.scale import nearest_language
from emolabor.sem import cfa, reported_names

FIT = ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea_ci_lower", "rmsea_ci_upper", "srmr")


@dataclass(frozen=True, eq=False)
class ValidationReport:
    """What the answers to a scale say about it.

    Attributes
    ----------
    scale : Scale
        What was asked.
    n_read, n : int
        Respondents there were, and respondents analysed.
    tables : dict of str to DataFrame
        By section: screening, keys, items, reliability (with the shares of respondents at the lowest and the highest
        score that there can be), adequacy, loadings, fit, and where they apply htmt, versions, ladder, equated, retest.
    findings : tuple of Finding
        What must not be missed, the faults first; `sentences` says them.
    reading : DataFrame or None
        What was found while the file was read (`Staff.report`).
    simulated : bool
        Whether the answers are simulated; then the pages say so.
    """

    scale: Scale
    n_read: int
    n: int
    tables: dict
    findings: tuple
    reading: pd.DataFrame | None
    simulated: bool

    def sentences(self, language: str | None = None) -> list[str]:
        """Say each finding in words.

        Parameters
        ----------
        language : {"zh", "en"}, optional
            Of the words; by default that of `EMOLABOR_LANGUAGE` or the system.

        Returns
        -------
        list of str
            One a finding, in their order.

        Raises
        ------
        EmolaborError
            Another language.

        Examples
        --------
        >>> import emolabor as el
        >>> staff = el.simulate_staff(n=500, seed=1)
        >>> staff["ex2"] = 6 - staff["ex2"]
        >>> report = el.validation_report(staff, el.load_scale("emotional_exhaustion"))
        >>> report.sentences("en")[0].split(", so")[0]
        'Emotional exhaustion: ex2 runs against the other items'
        """
        language = chosen_language(language)
        return [sentence(finding, self.scale, language) for finding in self.findings]

    def verdict(self, language: str | None = None) -> str:
        """Say in one sentence what follows.

        Parameters
        ----------
        language : {"zh", "en"}, optional
            Of the words; by default that of `EMOLABOR_LANGUAGE` or the system.

        Returns
        -------
        str
            Decided by the worst of the findings.

        Raises
        ------
        EmolaborError
            Another language.

        Examples
        --------
        >>> import emolabor as el
        >>> report = el.validation_report(el.simulate_staff(n=500, seed=1), el.load_scale("emotional_exhaustion"))
        >>> report.verdict("zh")
        '这批作答未显示该量表有疑点；使用前请先看下列说明。'
        """
        levels = {finding.level for finding in self.findings}
        worst = next((level for level in ("fault", "doubt", "note") if level in levels), "sound")
        return _words(chosen_language(language))["verdicts"][worst]

    def __repr__(self):
        # No respondent's row is ever printed.
        return f"ValidationReport(scale={self.scale.key!r}, n={self.n}, findings={len(self.findings)})"


def validation_report(
    answers: Staff | pd.DataFrame,
    scale: Scale,
    *,
    screening: pd.DataFrame | None = None,
    version: str | None = None,
    old: str | None = None,
    again: pd.DataFrame | None = None,
    simulated: bool = False,
    n_resamples: int = 500,
    seed: int = 1,
) -> ValidationReport:
    """Examine an adapted scale by the answers to it.

    Parameters
    ----------
    answers : Staff or DataFrame
        Answers as fielded, reverse-worded items not turned; other columns than the scale's items are left alone.
    scale : Scale
        What was asked, as `load_scale` gives it.
    screening : DataFrame, optional
        As `screen` gives it for these answers: respondents called careless are left out.
    version : str, optional
        Column that tells which version a respondent answered: old and new are compared (`compare_versions`).
    old : str, optional
        Its value for the old version.
    again : DataFrame, optional
        Answers of the same respondents on a second occasion, with the same index (`retest`).
    simulated : bool
        Say on every page that the answers are simulated.
    n_resamples : int
        Resamples behind the bootstrap intervals.
    seed : int
        Of resamples and random draws.

    Returns
    -------
    ValidationReport
        Items that the keying audit finds wrongly keyed are turned for everything that follows the audit, and the
        findings say so; nothing is written back to the answers.

    Raises
    ------
    EmolaborError
        No scale, a screening of other answers, and what the parts refuse.

    Examples
    --------
    >>> import emolabor as el
    >>> report = el.validation_report(el.simulate_staff(n=500, seed=1), el.load_scale("emotional_exhaustion"))
    >>> report.tables["reliability"].round(2).iloc[0][["alpha", "omega_total_ml", "ave"]].tolist()
    [0.86, 0.86, 0.6]
    >>> report.verdict()
    'These answers raise no doubt about the scale; see the notes below before you rely on it.'
    """
    if not isinstance(scale, Scale):
        refuse("scale", type(scale).__name__, "a scale, such as load_scale gives")
    data = answers.data if isinstance(answers, Staff) else answers
    kept, found = _screened(data, screening)
    keys = keying_audit(kept, scale, seed=seed)
    turned, alphas = _turned(kept, scale, keys)
    _, dimensions = answers_and_dimensions(turned, scale)
    items = item_analysis(turned, scale)
    tables = {"keys": keys, "items": shown_items(items, turned, scale)}
    ends = _score_ends(turned, scale)
    tables["reliability"] = _reliability(turned, scale, n_resamples, seed).join(ends["shares"].mask(ends["few"]))
    tables |= _structure(turned, scale, seed)
    found += [*checks.of_keys(keys, alphas), *checks.of_items(items)]
    found += [*checks.of_reliability(tables["reliability"]), *checks.of_scores(ends["shares"])]
    pattern = tables["loadings"].drop(columns="communality")
    found += checks.of_structure(tables["adequacy"], tables["fit"], pattern, dimensions)
    if len(dimensions) > 1:
        tables["htmt"] = htmt(turned, scale, n_resamples=n_resamples, seed=seed).drop(columns="problems")
        found += checks.of_discrimination(tables["htmt"])
    if version is not None:
        versions = compare_versions(turned, scale, version, old or "")
        tables |= {"versions": _shown_versions(versions.table), "ladder": versions.ladder, "equated": versions.equated}
        found += checks.of_versions(versions)
    if again is not None:
        tables["retest"] = _retest(kept, again, scale)
        found += checks.of_retest(tables["retest"])
    if screening is not None:
        tables = {"screening": _flags(screening)} | tables
    order = {"fault": 0, "doubt": 1, "note": 2}
    reading = answers.report if isinstance(answers, Staff) else None
    findings = tuple(sorted(found, key=lambda finding: order[finding.level]))
    return ValidationReport(scale, len(data), len(kept), tables, findings, reading, simulated)


def sentence(finding, scale, language):
    """Say one finding in Chinese or English.

    Parameters
    ----------
    finding : Finding
    scale : Scale
        Gives the names of dimensions.
    language : {"zh", "en"}

    Returns
    -------
    str
    """
    words = _words(language)
    names = as_instrument(scale).names(nearest_language(language, scale.languages)) | words["steps"]
    join = {"zh": "、", "en": ", "}[language]
    shown = {}
    for name, value in finding.values.items():
        if isinstance(value, list):
            shown[name] = join.join(names.get(entry, str(entry)) for entry in value) or "–"
        elif isinstance(value, float):
            shown[name] = f"{value:.2f}".replace("-", "−")
        else:
            shown[name] = names.get(value, str(value))
    return words["findings"][finding.code].format(**shown)


def _words(language):
    text = (resources.files("emolabor.measurement") / "validation_words.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)[language]


def _screened(data, screening):
    """Answers without the careless, and what is to be said about it."""
    if screening is None:
        return data, [Finding("not_screened", "note", {}), *_few(len(data))]
    if "careless" not in screening or not screening.index.equals(data.index):
        refuse("screening", "another table", "the table that screen() gives for these answers")
    careless = screening["careless"].to_numpy(dtype=bool)
    found = []
    if careless.any():
        values = {"n": int(careless.sum()), "total": len(data)}
        straight = screening.get("flagged_by", pd.Series("", screening.index)).astype(str).str.contains("longstring")
        n_straight = int((straight & careless).sum())
        if is_small(n_straight):
            found.append(Finding("careless_only", "note", values))
        else:
            found.append(Finding("careless", "note", values | {"straight": n_straight}))
    return data[~careless], [*found, *_few(int((~careless).sum()))]


def _few(n):
    return [Finding("few", "doubt", {"n": n})] if n < checks.FEW else []


def _flags(screening):
    """How many respondents each index flagged; 1 to 4 are not told."""
    flags = screening["flagged_by"].astype(str).str.split(r"[,; ]+", regex=True).explode()
    counts = flags[flags.ne("") & flags.ne("nan")].value_counts()
    return pd.DataFrame({"index": counts.index, "flagged": counts.mask(is_small(counts)).to_numpy()})


def _turned(data, scale, keys):
    """Answers with wrongly keyed items turned (but not where half stand against half), and alpha before and after."""
    points = as_instrument(scale).points()
    wrong = keys.index[(keys["verdict"] == "wrongly keyed") & (keys["note"] == "")]
    turned = data.assign(**{item: points[item] + 1 - data[item] for item in wrong})
    before, after = reliability(data, scale)["alpha"], reliability(turned, scale)["alpha"]
    return turned, {dimension: (float(before[dimension]), float(after[dimension])) for dimension in before.index}


def _reliability(data, scale, n_resamples, seed):
    table = reliability(data, scale).drop(columns=["items", "ave", "problems"])
    table["omega_categorical"] = omega_coefficients(data, scale, ordered=True)["omega_categorical"]
    validity = convergent_validity(data, scale, n_resamples=n_resamples, seed=seed)
    return table.join(validity.drop(columns="problems"))


def _score_ends(data, scale):
    """Shares of the complete respondents with the lowest and the highest score there can be; which are of 1 to 4."""
    answers, dimensions = answers_and_dimensions(data, scale)
    shares, few = {}, {}
    for dimension, items in dimensions.items():
        score = answers[items].dropna().mean(axis=1)
        ends = pd.DataFrame({"floor": score == 1, "ceiling": score == scale.response_format.points})
        shares[dimension] = ends.mean()
        few[dimension] = pd.Series(is_small(ends.sum()), ends.columns)
    return {"shares": pd.DataFrame(shares).T, "few": pd.DataFrame(few).T}


def _shown_versions(table):
    """Give the means of both versions in steps that five respondents make."""
    means = {f"mean_{name}": coarse(table[f"mean_{name}"], table[f"n_{name}"]) for name in ("old", "new")}
    return table.assign(**means)


def _structure(data, scale, seed):
    """Adequacy, number of factors, loadings as found, and the fit of the model as declared."""
    answers, dimensions = complete_dimensions(data, scale)
    adequacy, parallel = factor_adequacy(answers), parallel_analysis(answers, seed=seed)
    numbers = {"kmo": adequacy.kmo, "chisq": adequacy.chisq, "df": adequacy.df, "pvalue": adequacy.pvalue}
    numbers |= {"n_factors": parallel.n_factors, "n_components": parallel.n_components}
    found = efa(answers, len(dimensions), seed=seed)
    loadings = found.loadings.assign(communality=found.communalities)
    own, names = neutral_names(dimensions), item_names(answers)
    fit = cfa(factor_text(dimensions, names), answers.rename(columns=names), std_lv=True, estimator="MLR")
    measures = fit.fit_measures()
    names = reported_names(measures)
    row = {name: measures[names[name]] for name in FIT}
    row |= {"n": fit.n_obs, "problems": joined(named(fit.problems, own))}
    return {
        "adequacy": pd.DataFrame([numbers]),
        "loadings": loadings,
        "fit": pd.DataFrame([row]).astype({"df": int}),
    }


def _retest(data, again, scale):
    """Test-retest of each dimension's mean, for respondents who answered twice."""
    first, dimensions = answers_and_dimensions(data, scale)
    second, _ = answers_and_dimensions(again, scale)
    rows = {}
    for dimension, items in dimensions.items():
        scores = {"first": first[items].dropna().mean(axis=1), "second": second[items].dropna().mean(axis=1)}
        rows[dimension] = retest(pd.DataFrame(scores)).loc["agreement"].drop("icc_mean")
    return pd.DataFrame.from_dict(rows, orient="index")
