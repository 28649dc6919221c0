"""How a file is laid out, where the user says so: separator, encoding, sheet, row of headings."""

import codecs
from dataclasses import dataclass, fields

from emolabor.common.errors import EmolaborError
from emolabor.responses.words import say

_SEPARATORS = {"tab": "\t", "\\t": "\t", "space": " "}


@dataclass(frozen=True)
class Layout:
    """What a user says about a file; None is found by looking.

    Attributes
    ----------
    separator : str or None
        The character between fields of a text file.
    encoding : str or None
        How a text file writes its letters.
    sheet : str, int or None
        Name of a workbook's sheet, or its number from 1.
    header_row : int or None
        Number of the row of headings, from 1.
    """

    separator: str | None = None
    encoding: str | None = None
    sheet: str | int | None = None
    header_row: int | None = None

    def said(self):
        """Return what is said, by name."""
        return {name: getattr(self, name) for name in NAMES if getattr(self, name) is not None}

    def over(self, other):
        """Return the layout that says what this one says, and of the rest what the other says."""
        return Layout(**(other.said() | self.said()))


NAMES = tuple(field.name for field in fields(Layout))


def make_layout(separator=None, encoding=None, sheet=None, header_row=None):
    r"""Check what a user says about a file.

    Parameters
    ----------
    separator, encoding : str, optional
        See `Layout`; a separator may also be called tab or space.
    sheet : str or int, optional
        See `Layout`.
    header_row : int, optional
        See `Layout`.

    Returns
    -------
    Layout
        Checked.

    Raises
    ------
    EmolaborError
        An unknown encoding, a separator of several characters, or a row below 1.

    Examples
    --------
    >>> make_layout(separator="tab").separator
    '\t'
    """
    if isinstance(separator, str):
        separator = _SEPARATORS.get(separator, separator)
    layout = Layout(separator, encoding, sheet, header_row)
    for name, found in layout.said().items():
        if not fits(name, found):
            raise EmolaborError(say("layout", name=name, found=found, allowed=say(f"layout_{name}")))
    return layout


def fits(name, found):
    """Tell whether a value can be what a user says of a separator, an encoding, a sheet or a row of headings."""
    is_number = isinstance(found, int) and not isinstance(found, bool)
    if name == "separator":
        return isinstance(found, str) and len(_SEPARATORS.get(found, found)) == 1 and found not in '"\r\n'
    if name == "encoding":
        return isinstance(found, str) and _is_encoding(found)
    if name == "sheet":
        return isinstance(found, str) or is_number
    return is_number and found >= 1


def _is_encoding(name):
    try:
        codecs.lookup(name)
        " ".encode(name)  # some codecs are not of text
    except (LookupError, TypeError, UnicodeError, ValueError):
        return False
    return True


def refuse_unused(path, layout, used):
    """Refuse to pass over what the user said about a file that has no such thing.

    Parameters
    ----------
    path : Path
        The file.
    layout : Layout
        What was said.
    used : tuple of str
        What concerns this kind of file.
    """
    for name, found in layout.said().items():
        if name not in used:
            raise EmolaborError(say("layout_unused", path=path, name=name, found=found, what=say(name)))
