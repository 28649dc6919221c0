r"""Text of users as data: whatever stands in it, pandoc reads it as that text and nothing else.

Everything that comes from a scale, a claim, an instrument, a file of answers or a result goes through `plain` before it
stands in Markdown; from there on it is text in pandoc's document, and each writer escapes what its format takes for
markup.
"""

import re

from emolabor.common.errors import HIDDEN

# Everything in ASCII that could be markup; a backslash before it makes it a sign (pandoc: all_symbols_escapable).
SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
BLANKS = re.compile("[ \t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")
APOSTROPHE = re.compile("(?<=[A-Za-z])'(?=[a-z ])")
EMPHASIS = re.compile(r"(\*\*|\*)(?=\S)([^*]*[^*\s])\1")


def plain(text):
    r"""Write a text in Markdown that reads back as this text, on one line.

    Parameters
    ----------
    text : object
        Its `str` is what is printed.

    Returns
    -------
    str
        Blanks and line ends are one blank, signs that cannot be printed are left out, and an apostrophe is set as
        printers set it.

    Examples
    --------
    >>> print(plain("*p* < .05 | <b>\n\n# @all"))
    \*p\* \< \.05 \| \<b\> \# \@all
    """
    line = HIDDEN.sub("", BLANKS.sub(" ", str(text))).strip(" ")
    return SIGNS.sub(r"\\\1", APOSTROPHE.sub("’", line))


def emphasised(text):
    r"""Write a text in Markdown of which ``*a*`` is set in italics and ``**a**`` bold, and nothing else is markup.

    Examples
    --------
    >>> print(emphasised("*N* = 9; **simulated**, 2 * 3 * 4 <b>"))
    *N* \= 9\; **simulated**\, 2 \* 3 \* 4 \<b\>
    """
    parts, end = [], 0
    text = BLANKS.sub(" ", str(text))
    for found in EMPHASIS.finditer(text):
        parts += [_piece(text[end : found.start()]), found[1], plain(found[2]), found[1]]
        end = found.end()
    return "".join([*parts, _piece(text[end:])]).strip(" ")


def printed(markdown):
    r"""Return what a cell prints as far as its width is concerned: without the backslashes of `plain`.

    Examples
    --------
    >>> printed(plain("a_b < c"))
    'a_b < c'
    """
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


def _piece(text):
    """What stands beside something in italics, with its blanks at both ends."""
    blank = text.strip(" ") and (text[:1] == " ", text[-1:] == " ")
    return f"{' ' * blank[0]}{plain(text)}{' ' * blank[1]}" if blank else text
