"""Our own form, come back from a platform that numbers options: only there are their numbers known."""

from itertools import pairwise

from emolabor.instrument.losses import short
from emolabor.responses.headings import number_in, own_tables
from emolabor.responses.written import same


def option_numbers(table, placement, instrument):
    """Return what the numbers of options mean, where the headings show that the form is the one our writers made.

    Parameters
    ----------
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.
    instrument : Instrument
        What was asked.

    Returns
    -------
    dict of str to dict
        Key of a background question to a table from option number to code, as in a mapping; empty for other forms.
    """
    tables, is_own = own_tables(instrument), _OWN.get(placement.platform)
    if not tables or not is_own or not is_own(table.columns, placement, tables, instrument):
        return {}
    return {
        variable.key: {str(number): code for number, code in enumerate(variable.values, start=1)}
        for variable in instrument.background
        if variable.kind == "choice" and variable.key in placement.columns
    }


def _limesurvey(columns, placement, tables, instrument):
    """Tell whether the array questions have our codes, or our instructions before the rows."""

    def is_ours(table, row):
        column = columns[placement.columns[row.key]]
        codes = tuple(f"{short(table.key)}{sign}{short(row.key)}".casefold() for sign in "[_")
        return column.name.casefold().startswith(codes) or _has_instruction(column, table)

    return all(is_ours(table, row) for table in tables for row in table.rows if row.key in placement.columns)


def _wjx(columns, placement, tables, instrument):
    """Tell whether questions and tables have our instructions and stand in our order, numbered one after the other."""
    asked = [variable.key for variable in instrument.background if variable.kind != "number"]
    heads = [
        columns[placement.columns[table.rows[0].key]] for table in tables if table.rows[0].key in placement.columns
    ]
    if not all(_has_instruction(column, table) for column, table in zip(heads, tables, strict=False)) or not heads:
        return False
    found = [columns[placement.columns[key]] for key in asked if key in placement.columns] + heads
    numbers = [number_in(column.name) for column in found]
    if None in numbers or len(found) < len(asked) + len(tables):
        return False
    return all(later - one == 1 for one, later in pairwise(numbers))


def _qualtrics(columns, placement, tables, instrument):
    """Tell whether the rows of tables have the names that our form gives them."""
    names = {column.name for column in columns}
    return all(f"Table_{table.key}_{number}" in names for table in tables for number in range(1, len(table.rows) + 1))


def _has_instruction(column, table):
    heading = same(f"{column.name} {column.label}")
    return any(same(text) in heading for text in table.instruction.values())


_OWN = {"limesurvey": _limesurvey, "wjx": _wjx, "qualtrics": _qualtrics}
