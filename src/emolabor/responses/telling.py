"""What the command line tells about a file of answers."""

from emolabor.common.privacy import SMALLEST_CELL, is_small
from emolabor.responses.findings import listed
from emolabor.responses.screening import FAMILIES_NEEDED, FEWEST_ITEMS
from emolabor.responses.shown_screening import shown_summary
from emolabor.responses.words import say

_ROWS_SHOWN, _COLUMNS_SHOWN = 60, 30
_HEADING_WIDTH = 40


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
    how = [say("placed_by", n=count, rule=_rule(rule)) for rule, count in sorted(rules.items())]
    lines = [say("columns_placed", how=say("comma").join(how) or say("none"))]
    probable = proposal.placed[~proposal.placed["sure"]]
    if len(probable):
        lines.append(say("probably_placed"))
        lines += [f"  {row.key:<16} {_short(row.column)}  ({_rule(row.rule)})" for row in probable.itertuples()]
    if len(proposal.unplaced):
        lines.append(say("without_place"))
        lines += [
            f"  {_short(row.column)}" + (f"  ({row.why})" if row.why else "")
            for row in proposal.unplaced.head(_COLUMNS_SHOWN).itertuples()
        ]
        if len(proposal.unplaced) > _COLUMNS_SHOWN:
            lines.append(say("more_columns", n=len(proposal.unplaced) - _COLUMNS_SHOWN))
    if proposal.absent:
        lines.append(say("no_column_for", keys=say("comma").join(proposal.absent)))
    return "\n".join(lines)


def tell_findings(staff):
    """Say what was found while reading, as sentences and row by row.

    Parameters
    ----------
    staff : Staff
        Answers that were read.

    Returns
    -------
    str
        Lines of text; empty where nothing was found.
    """
    if not len(staff.report):
        return ""
    by_row = staff.report[staff.report["row"].notna()].drop(columns="kind")
    lines = [staff.report_text()]
    if len(by_row):
        lines.append(by_row.head(_ROWS_SHOWN).to_string(index=False, na_rep="-"))
    if len(by_row) > _ROWS_SHOWN:
        lines.append(say("more_rows", n=len(by_row) - _ROWS_SHOWN))
    return "\n".join(lines)


def tell_consequences(staff):
    """Say what the number of respondents and of those in each group will not carry.

    Parameters
    ----------
    staff : Staff
        Answers that were read.

    Returns
    -------
    str
        Lines of text; empty where there is nothing to say.
    """
    n = len(staff.data)
    items = sum(map(len, staff.instrument.dimensions().values()))
    lines = [say("few_respondents", n=n, items=items)] if n <= items else []
    lines += [say("few_shown", n=SMALLEST_CELL)] if n < SMALLEST_CELL else []
    groups = [variable.key for variable in staff.instrument.background if variable.kind in ("choice", "code")]
    small = [key for key in groups if key in staff.data and _smallest(staff.data[key]) < SMALLEST_CELL]
    if small:
        lines.append(say("small_groups", columns=listed(small), n=SMALLEST_CELL))
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
        As `shown_sensitivity` returns it; None where nobody would be left.

    Returns
    -------
    str
        Lines of text.
    """
    summary = shown_summary(screening)[:-1].astype({"judged": "Int64", "flagged": "Int64"}).reset_index()
    silent, n_careless = screening.attrs["cannot_judge"], int(screening["careless"].sum())
    told = say("fewer_than", n=SMALLEST_CELL) if is_small(n_careless) else n_careless
    lines = [
        summary.round({"cutoff": 3}).to_string(index=False, na_rep="-"),
        *(say("cannot_judge", index=key, why=say(why, n=FEWEST_ITEMS)) for key, why in silent.items()),
        say("careless", told=told, n=len(screening), families=FAMILIES_NEEDED),
    ]
    if sensitivity is not None and sensitivity["difference"].notna().any() and n_careless:
        most = sensitivity["difference"].abs().sort_values(ascending=False, kind="stable").index[:10]
        lines += [say("largest_changes"), sensitivity.loc[most].round(3).to_string()]
    return "\n".join(lines)


def _rule(rule):
    return say(f"rule_{rule.split()[0]}")


def _short(heading):
    text = str(heading)
    return text if len(text) <= _HEADING_WIDTH else text[: _HEADING_WIDTH - 1] + "…"
