"""What the command line tells about a file of answers."""

from emolabor.common.checks import check_language
from emolabor.common.privacy import SMALLEST_CELL, is_small
from emolabor.responses.findings import listed
from emolabor.responses.screening import FAMILIES_NEEDED, FEWEST_ITEMS
from emolabor.responses.shown_screening import shown_summary

_ROWS_SHOWN, _COLUMNS_SHOWN = 60, 30
_HEADING_WIDTH = 40
_SILENT = {
    "no values": "nothing to compute it from",
    "few items": f"fewer than {FEWEST_ITEMS} items",
    "no spread": "no spread to take a cut-off from",
    "out of reach": "no answers can pass its cut-off",
}
_CONSEQUENCES = {
    "en": {
        "few": "Respondents: {n}, items: {items}; models of all items need more respondents than items.",
        "few_shown": f"Of fewer than {SMALLEST_CELL} respondents no statistics are shown.",
        "small_groups": f"Groups of fewer than {SMALLEST_CELL} respondents in {{columns}}: they are not shown by "
        "themselves, and not compared.",
    },
    "zh": {
        "few": "作答者 {n} 名，题目 {items} 道：包含全部题目的模型要求作答者多于题目。",
        "few_shown": f"作答者少于 {SMALLEST_CELL} 名，不显示统计量。",
        "small_groups": f"{{columns}} 中有不足 {SMALLEST_CELL} 人的组：不单独显示，也不作比较。",
    },
}


def tell_proposal(proposal):
    """Say which columns of a file have a place, and list those that have only a probable one or none.

    Parameters
    ----------
    proposal : ProposedMapping
        As `propose_mapping` returns it.

    Returns
    -------
    str
        Lines of text.
    """
    rules = proposal.placed.loc[proposal.placed["sure"], "rule"].value_counts()
    how = ", ".join(f"{count} by {rule}" for rule, count in sorted(rules.items())) or "none"
    lines = [f"columns placed: {how}"]
    probable = proposal.placed[~proposal.placed["sure"]]
    if len(probable):
        lines.append("columns only probably placed (read when a mapping file says so):")
        lines += [f"  {row.key:<16} {_short(row.column)}  ({row.rule})" for row in probable.itertuples()]
    if len(proposal.unplaced):
        lines.append("columns without a place:")
        lines += [
            f"  {_short(row.column)}" + (f"  ({row.why})" if row.why else "")
            for row in proposal.unplaced.head(_COLUMNS_SHOWN).itertuples()
        ]
        if len(proposal.unplaced) > _COLUMNS_SHOWN:
            lines.append(f"  ... and {len(proposal.unplaced) - _COLUMNS_SHOWN} more; --write-mapping lists all of them")
    if proposal.absent:
        lines.append(f"no column for: {', '.join(proposal.absent)}")
    return "\n".join(lines)


def tell_findings(staff, language):
    """Say what was found while reading, as sentences and row by row.

    Parameters
    ----------
    staff : Staff
        Answers that were read.
    language : str
        Language of the sentences.

    Returns
    -------
    str
        Lines of text; empty where nothing was found.
    """
    if not len(staff.report):
        return ""
    by_row = staff.report[staff.report["row"].notna()].drop(columns="kind")
    lines = [staff.report_text(language)]
    if len(by_row):
        lines.append(by_row.head(_ROWS_SHOWN).to_string(index=False, na_rep="-"))
    if len(by_row) > _ROWS_SHOWN:
        lines.append(f"... and {len(by_row) - _ROWS_SHOWN} more; --report writes all of them")
    return "\n".join(lines)


def tell_consequences(staff, language):
    """Say what the number of respondents and of those in each group will not carry.

    Parameters
    ----------
    staff : Staff
        Answers that were read.
    language : {"zh", "en"}
        Language of the sentences.

    Returns
    -------
    str
        Lines of text; empty where there is nothing to say.
    """
    check_language(language, tuple(_CONSEQUENCES))
    words, n = _CONSEQUENCES[language], len(staff.data)
    items = sum(map(len, staff.instrument.dimensions().values()))
    lines = [words["few"].format(n=n, items=items)] if n <= items else []
    lines += [words["few_shown"]] if n < SMALLEST_CELL else []
    groups = [variable.key for variable in staff.instrument.background if variable.kind in ("choice", "code")]
    small = [key for key in groups if key in staff.data and _smallest(staff.data[key]) < SMALLEST_CELL]
    if small:
        lines.append(words["small_groups"].format(columns=listed(small, ", " if language == "en" else "、")))
    return "\n".join(lines)


def _smallest(group):
    sizes = group.value_counts()
    return sizes.min() if len(sizes) else SMALLEST_CELL


def tell_screening(screening, sensitivity):
    """Say how many each index flags, what the rule is, and which results change most without those it calls careless.

    Parameters
    ----------
    screening : DataFrame
        As `screen` returns it.
    sensitivity : DataFrame or None
        As `screening_sensitivity` returns it; None where nobody would be left.

    Returns
    -------
    str
        Lines of text.
    """
    summary = shown_summary(screening)[:-1].astype({"judged": "Int64", "flagged": "Int64"}).reset_index()
    n_careless = int(screening["careless"].sum())
    told = f"fewer than {SMALLEST_CELL}" if is_small(n_careless) else n_careless
    lines = [
        summary.round({"cutoff": 3}).to_string(index=False, na_rep="-"),
        *(f"{key} cannot judge: {_SILENT[why]}" for key, why in screening.attrs["cannot_judge"].items()),
        f"careless: {told} of {len(screening)}, flagged by at least {FAMILIES_NEEDED} families of indices",
    ]
    if sensitivity is not None and sensitivity["difference"].notna().any() and n_careless:
        most = sensitivity["difference"].abs().sort_values(ascending=False, kind="stable").index[:10]
        lines += ["largest changes without them:", sensitivity.loc[most].round(3).to_string()]
    return "\n".join(lines)


def _short(heading):
    text = str(heading)
    return text if len(text) <= _HEADING_WIDTH else text[: _HEADING_WIDTH - 1] + "…"
