"""Personal data: columns that hold them are found by their heading or by what is in them."""

from weakref import WeakKeyDictionary

from emolabor.responses.personal_contents import digits_of, personal_content
from emolabor.responses.personal_headings import personal_heading
from emolabor.responses.words import say

_REASONS: WeakKeyDictionary = WeakKeyDictionary()  # of columns looked through before: each is asked about several times


def personal_column(column):
    """Say why a column looks like personal data, by its heading or by any of its cells.

    Parameters
    ----------
    column : Column
        A column of a file.

    Returns
    -------
    str or None
        The reason without any of the cells, or None.
    """
    if column not in _REASONS:
        _REASONS[column] = _reason(column)
    return _REASONS[column]


def _reason(column):
    if any(personal_heading(text) or personal_content(text) for text in (column.name, column.label)):
        return say("looks_like", kind=say("personal data"))
    for cell in (*column.cells, *column.value_labels.values()):
        if isinstance(cell, float) and cell.is_integer():
            cell = digits_of(cell)
        if isinstance(cell, str | int) and (kind := personal_content(str(cell))):
            return say("looks_like", kind=say(kind))
    return None


def shown_heading(name, position):
    """Write a column's heading for a message; one that itself holds personal data, or none, is shown by its place.

    Parameters
    ----------
    name : str
        The heading.
    position : int
        Which column it is, from 0.
    """
    if not name:
        return say("column_no_name", number=position + 1)
    return say("column_number", number=position + 1) if personal_content(name) else name
