"""What in the tables of a validation report a reader must not miss: rules, each with its limit."""

from dataclasses import dataclass

from emolabor.measurement.items import EXTREME

# Limits, with whose they are: Nunnally (1978) for alpha; Fornell & Larcker (1981) for AVE; Kaiser (1974) for KMO;
# Henseler et al. (2015) for HTMT; Ebel & Frisbie (1991) for item-rest correlations; Hu & Bentler's (1999) and older
# limits of poor fit; a difference of .20 is small (Cohen, 1988). The 15 % of floor and ceiling are of scale scores
# (Terwee et al., 2007): of an item with five answers nearly every end has more.
ALPHA, AVE, KMO, HTMT, ITEM_REST, LOADING = 0.70, 0.50, 0.60, 0.85, 0.30, 0.50
CFI, RMSEA, SRMR = 0.90, 0.08, 0.08
RETEST, DIFFERENCE, FEW = 0.70, 0.20, 100


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Attributes
    ----------
    code : str
        Key of its sentence in ``validation_words.yaml``.
    level : str
        "fault" (mend it before anything is concluded), "doubt" (look at it), "note".
    values : dict
        What the sentence names.
    """

    code: str
    level: str
    values: dict


def of_keys(keys, alphas):
    """Wrong, doubtful and ambiguous keys; `alphas` are those before and after turning, by dimension."""
    for dimension, part in keys.groupby("dimension", sort=False):
        wrong = part.index[part["verdict"] == "wrongly keyed"]
        if (part["note"] != "").any() and len(wrong):
            yield Finding("half_against_half", "fault", {"dimension": dimension, "items": list(wrong)})
        elif len(wrong):
            before, after = alphas[dimension]
            values = {"dimension": dimension, "items": list(wrong), "before": before, "after": after}
            yield Finding("wrongly_keyed", "fault", values)
        unclear = part.index[part["verdict"] == "unclear"]
        if len(unclear):
            yield Finding("unclear_key", "doubt", {"dimension": dimension, "items": list(unclear)})


def of_items(items):
    """Items apart from the rest, or the same in low and high groups."""
    for code, bad in (
        ("apart", items["item_rest_r"] < ITEM_REST),
        ("not_discriminating", ~(items["high_low_p"] < 0.05)),
    ):
        if bad.any():
            yield Finding(code, "doubt", {"items": list(items.index[bad])})


def of_scores(ends):
    """Dimensions with more than 15 % of the respondents at the lowest or the highest score that there can be."""
    for end in ("floor", "ceiling"):
        many = ends.index[ends[end] > EXTREME]
        if len(many):
            yield Finding(end, "note", {"dimensions": list(many)})


def of_reliability(table):
    """Dimensions that are not consistent enough or share too little variance; models that did not work."""
    for code, column, limit, level in (
        ("low_alpha", "alpha", ALPHA, "doubt"),
        ("low_ave", "ave", AVE, "note"),
        ("weak_loading", "smallest_loading", LOADING, "note"),
    ):
        low = table.index[table[column] < limit]
        if len(low):
            yield Finding(code, level, {"dimensions": list(low)})


def of_structure(adequacy, fit, loadings, dimensions):
    """Correlations not fit for factoring, another number of factors, misplaced items, a model that fits badly."""
    row = adequacy.iloc[0]
    if row["kmo"] < KMO:
        yield Finding("low_kmo", "doubt", {"value": row["kmo"]})
    if row["n_factors"] != len(dimensions):
        yield Finding("other_number", "doubt", {"found": int(row["n_factors"]), "declared": len(dimensions)})
    misplaced = _misplaced(loadings, dimensions)
    if misplaced:
        yield Finding("misplaced", "doubt", {"items": misplaced})
    row = fit.iloc[0]
    if row["problems"]:
        yield Finding("improper", "fault", {"problems": row["problems"]})
    elif row["df"] == 0:
        yield Finding("just_identified", "note", {})
    elif row["cfi"] < CFI or row["rmsea"] > RMSEA or row["srmr"] > SRMR:
        yield Finding("poor_fit", "doubt", {name: row[name] for name in ("cfi", "rmsea", "srmr")})


def of_discrimination(ratios):
    """Pairs of dimensions that are hardly told apart."""
    for row in ratios[ratios["ratio"] >= HTMT].itertuples():
        yield Finding("not_apart", "doubt", {"dimensions": [row.dimension, row.other], "value": row.ratio})


def of_versions(versions):
    """Versions that do not measure alike or differ in level."""
    if versions.level in (None, "configural"):
        yield Finding("not_metric", "fault", {"items": [item for item, _ in versions.partial]})
    elif versions.level == "metric":
        yield Finding("not_scalar", "doubt", {"items": [item for item, _ in versions.partial]})
    else:
        yield Finding("invariant", "note", {"level": versions.level})
    differ = versions.table.index[versions.table["d"].abs() >= DIFFERENCE]
    if len(differ):
        yield Finding("other_level", "note", {"dimensions": list(differ)})


def of_retest(table):
    """Dimensions whose scores do not come back."""
    low = table.index[table["icc"] < RETEST]
    if len(low):
        yield Finding("unstable", "doubt", {"dimensions": list(low)})


def _misplaced(loadings, dimensions):
    """Items that load most on another factor than most of their dimension."""
    if loadings.shape[1] != len(dimensions) or len(dimensions) < 2:
        return []
    strongest = loadings.abs().idxmax(axis=1)
    home = {dimension: loadings.loc[items].abs().mean().idxmax() for dimension, items in dimensions.items()}
    return [item for dimension, items in dimensions.items() for item in items if strongest[item] != home[dimension]]
