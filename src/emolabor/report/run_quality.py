"""Sample, reliability and fit on the run's page: what every verdict rests on, with a warning where it is poor."""

from emolabor.drawing.formats import show
from emolabor.report.bilingual import TAGS, worded
from emolabor.report.results import reported_name

RELIABILITY = "03_scale_quality"
# Notebooks that fit a model, in the order shown.
MODELS = ("04_measurement_model", "07_structural_model", "15_correlation_table")
# Conventional marks of good fit (Hu & Bentler, 1999) and of reliability (Nunnally, 1978): measure, whether more is
# better, mark.
MARKS = (("cfi", True, 0.95), ("rmsea", False, 0.06), ("srmr", False, 0.08))
LOWEST_RELIABILITY = 0.70
# What the notebooks store of a sample; any other key is a column of clusters.
COUNTS = ("respondents", "careless", "contrast", "kept", "complete")


def quality_content(done, names, instrument, plan=None):
    """Lay out the sample, the reliability of each scale and the fit of each model.

    Parameters
    ----------
    done : dict of str to Notebook
        The notebooks that ended well.
    names : dict of str to dict
        Language -> code -> label.
    instrument : Instrument
        What was asked; it names the columns of clusters.
    plan : dict, optional
        How the run stands to the plan of its study, see `write_run_page`.

    Returns
    -------
    dict or None
        sample (sentences in both languages), reliability and fits (rows), warnings (sentences in both languages), plan;
        None where no notebook tells any of it.
    """
    sample = next((one.values["sample"] for one in done.values() if "sample" in one.values), {})
    scales = done[RELIABILITY].values["reliability"] if RELIABILITY in done else {}
    reliability = [_scale(key, row, names) for key, row in scales.items()]
    fits = [_fit(done[name]) for name in MODELS if name in done and "fit" in done[name].values]
    if not (sample or reliability or fits or plan):
        return None
    return {
        "sample": _counts(sample, {variable.key: variable.names for variable in instrument.background}),
        "reliability": reliability,
        "fits": fits,
        "plan": plan,
        "warnings": [*(row["warning"] for row in fits if row["warning"]), *_unreliable(reliability)],
    }


def _counts(sample, columns):
    told = [worded(f"count_{key}", number=show(sample[key], ",d")) for key in COUNTS if sample.get(key)]
    for column, number in sample.items():
        if column not in (*COUNTS, "data", "findings") and number:
            texts = columns.get(column, {})
            name = {language: texts.get(language) or next(iter(texts.values()), column) for language in TAGS}
            told.append(worded("count_clusters", name=name, number=show(number, ",d")))
    return told


def _scale(key, row, names):
    lower, upper = (show(row[end], ".2f") for end in ("alpha_lower", "alpha_upper"))
    return {
        "names": {language: names[language].get(key, key) for language in TAGS},
        "items": show(row["items"], "d"),
        "n": show(row["n"], ",d"),
        "alpha": show(row["alpha"], ".2f"),
        "interval": f"[{lower}, {upper}]",
        "omega": show(row.get("omega_total_ml"), ".2f"),
        "is_low": row["alpha"] is not None and row["alpha"] < LOWEST_RELIABILITY,
    }


def _fit(notebook):
    """One model: its measures as its estimator reports them, and what of them falls short of the usual marks."""
    values = notebook.values["fit"]
    found = {name: values.get(reported_name(values, name)) for name in ("chisq", "pvalue", "cfi", "tli", "rmsea")}
    found["srmr"] = values.get("srmr")
    ends = [values.get(reported_name(values, f"rmsea_ci_{end}")) for end in ("lower", "upper")]
    short = [
        f"{name.upper()} {show(found[name], '.3f')} ({'<' if more else '>'} {show(mark, '.2f')})"
        for name, more, mark in MARKS
        if found[name] is not None and (found[name] < mark if more else found[name] > mark)
    ]
    warning = worded("poor_fit", model=notebook.titles, measures=", ".join(short)) if short else None
    if not values.get("admissible", True):
        warning = worded("not_admissible", model=notebook.titles)
    return {
        "titles": notebook.titles,
        "n": show(values.get("n_obs"), ",d"),
        "chisq": show(found["chisq"], ",.1f"),
        "df": show(values.get("df"), ",.0f"),
        "pvalue": show(found["pvalue"], "p").removeprefix("= "),
        **{name: show(found[name], ".3f") for name in ("cfi", "tli", "rmsea", "srmr")},
        "interval": "" if None in ends else f"[{show(ends[0], '.3f')}, {show(ends[1], '.3f')}]",
        "warning": warning,
    }


def _unreliable(reliability):
    low = [row["names"] for row in reliability if row["is_low"]]
    if not low:
        return []
    listed = {language: ("、" if language == "zh" else ", ").join(one[language] for one in low) for language in TAGS}
    return [worded("low_reliability", scales=listed, mark=show(LOWEST_RELIABILITY, ".2f"))]
