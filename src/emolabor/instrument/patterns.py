"""Patterns of codes: only those that any text is held against in a moment."""

import re
from re import _constants as sre, _parser

LONGEST_CODE = 100  # characters; what is longer is no code
_MOST_WAYS = 1_000_000  # in which a text of that length may be parted among the repeats of a pattern
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_REMEDY = "a regular expression without a repeat or a choice inside a repeat, such as [A-Z]{1,3}[0-9-]+"


def pattern_problem(pattern):
    r"""Say why a pattern cannot be used: it is none, or there are texts that would be looked at for ever.

    Python's engine tries every way in which a text can be parted among repeats. Inside a repeat, another one or a
    choice makes these ways double with each character; side by side, they multiply.

    Parameters
    ----------
    pattern : str
        A regular expression.

    Returns
    -------
    str or None
        What is found and what is allowed, or None.

    Examples
    --------
    >>> pattern_problem("C[0-9]{2}"), pattern_problem("(a+)+$")[:28]
    (None, 'a repeat or a choice inside ')
    """
    try:
        re.compile(pattern)
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"no regular expression ({error}); allowed: {_REMEDY}"
    if _nested(tree):
        return f"a repeat or a choice inside a repeat; allowed: {_REMEDY}"
    if _ways(tree) > _MOST_WAYS:
        return f"too many repeats side by side; allowed: {_REMEDY}"
    return None


def _parts(tree):
    """Give every operation in a pattern with its arguments, those inside others too."""
    for operation, arguments in tree:
        yield operation, arguments
        for inner in _inside(arguments):
            yield from _parts(inner)


def _inside(arguments):
    if isinstance(arguments, _parser.SubPattern):
        yield arguments
    elif isinstance(arguments, tuple | list):
        for argument in arguments:
            yield from _inside(argument)


def _varies(operation, arguments):
    return operation is sre.BRANCH or (operation in _REPEATS and arguments[0] != arguments[1])


def _nested(tree):
    for operation, arguments in _parts(tree):
        if operation in _REPEATS and arguments[1] > 1:
            if any(_varies(*inner) for inner in _parts(arguments[2])):
                return True
    return False


def _ways(tree):
    ways = 1
    for operation, arguments in _parts(tree):
        if operation in _REPEATS:
            ways *= min(int(arguments[1]), LONGEST_CODE) - min(arguments[0], LONGEST_CODE) + 1
    return ways
