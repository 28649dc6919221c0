"""What the command line tells about a file of answers."""

from emolabor.responses.screening import FAMILIES_NEEDED, screening_summary

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


def tell_screening(screening, sensitivity):
    """Say whom each index flags, what the rule is, and which results change most without those it calls careless.

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
    summary = screening_summary(screening)
    n_careless = int(screening["careless"].sum())
    lines = [
        summary[:-1].round({"cutoff": 3}).to_string(index=False, na_rep="-"),
        f"careless: {n_careless} of {len(screening)}, flagged by at least {FAMILIES_NEEDED} families of indices",
    ]
    if sensitivity is not None and n_careless:
        most = sensitivity["difference"].abs().sort_values(ascending=False, kind="stable").index[:10]
        lines += ["largest changes without them:", sensitivity.loc[most].round(3).to_string()]
    return "\n".join(lines)


def _short(heading):
    text = str(heading)
    return text if len(text) <= _HEADING_WIDTH else text[: _HEADING_WIDTH - 1] + "…"
