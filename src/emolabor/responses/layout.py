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
    if separator is not None:
        separator = _SEPARATORS.get(separator, separator)
        if not isinstance(separator, str) or len(separator) != 1 or separator in '"\r\n':
            raise EmolaborError(say("layout_separator", found=separator))
    if encoding is not None:
        try:
            codecs.lookup(encoding)
            " ".encode(encoding)  # some codecs are not of text
        except (LookupError, TypeError, UnicodeError):
            raise EmolaborError(say("layout_encoding", found=encoding)) from None
    if header_row is not None and (isinstance(header_row, bool) or not isinstance(header_row, int) or header_row < 1):
        raise EmolaborError(say("layout_header_row", found=header_row))
    if sheet is not None and (isinstance(sheet, bool) or not isinstance(sheet, str | int)):
        raise EmolaborError(say("layout_sheet", found=sheet))
    return Layout(separator, encoding, sheet, header_row)


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
    for field in fields(layout):
        if field.name not in used and getattr(layout, field.name) is not None:
            facts = {"name": field.name, "found": getattr(layout, field.name), "what": say(field.name)}
            raise EmolaborError(say("layout_unused", path=path, **facts))
