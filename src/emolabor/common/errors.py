"""The one exception for mistakes that a user can mend, and words for refusals of the system and faults of our own."""

import errno
import os
import platform
import re
import tempfile
import traceback
from collections.abc import Iterable
from typing import Any, NoReturn

# Controls but line ends and tabulators, halves of characters, no characters at all, and what turns a line around.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_FULL = "the disk that holds it is full; free some space, then give the command again; earlier results are whole"
_FORBIDDEN = "allowed: a file or folder that you have the right to; mend its permissions, or name another"
_IN_THE_WAY = "allowed: a folder; a file is in its place; rename the file, or name another folder"
_MANY_FILES = "the system allows no more open files; close programs, or raise the limit (`ulimit -n 1024`)"
NO_MEMORY = "there is too little memory; close programs, or give fewer `--jobs`"
_REMEDIES = {
    errno.EMFILE: _MANY_FILES,
    errno.ENFILE: _MANY_FILES,
    errno.ENOMEM: NO_MEMORY,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
}


class EmolaborError(ValueError):
    """A user's mistake: the message names the place, what was found and what is allowed.

    Examples
    --------
    >>> raise EmolaborError("n_obs: found 0; allowed: a whole number above 1")
    Traceback (most recent call last):
    ...
    emolabor.common.errors.EmolaborError: n_obs: found 0; allowed: a whole number above 1
    """


class MendableError(EmolaborError):
    """A mistake in a file of answers that a mapping mends.

    Attributes
    ----------
    mapping : str
        The mapping file, YAML, with everything that is known; what is missing stays empty, to be filled in.

    Examples
    --------
    >>> import pandas as pd, emolabor as el
    >>> from tempfile import TemporaryDirectory
    >>> instrument = el.load_instrument("window_staff")
    >>> with TemporaryDirectory() as folder:
    ...     pd.DataFrame({"Q7": [3, 4]}).to_csv(f"{folder}/mine.csv", index=False)
    ...     try:
    ...         el.read_responses(f"{folder}/mine.csv", instrument)
    ...     except el.MendableError as error:
    ...         print(error.mapping.splitlines()[2])
    columns:
    """

    def __init__(self, message, mapping):
        super().__init__(message)
        self.mapping = mapping


LONGEST = 80  # signs of a value that a message shows; what was found altogether may be five times as long


def refuse(argument: str, found: object, allowed: str | Iterable[object]) -> NoReturn:
    """Refuse what was given: the one voice of a message made by hand.

    Parameters
    ----------
    argument : str
        The argument, or the file and line.
    found : object
        In words; what is no text is shown as `shown` shows it.
    allowed : str or iterable
        In words, or the choices.

    Raises
    ------
    EmolaborError
        Always.

    Examples
    --------
    >>> refuse("missing", shown("drop"), ("listwise", "fiml"))
    Traceback (most recent call last):
    ...
    emolabor.common.errors.EmolaborError: missing: found 'drop'; allowed: listwise, fiml
    """
    refuse_because(argument, f"found {found if isinstance(found, str) else shown(found)}", allowed)


def refuse_because(argument: str, reason: str, allowed: str | Iterable[object]) -> NoReturn:
    """Refuse what was given for a reason that takes a sentence, in the punctuation of `refuse`.

    Examples
    --------
    >>> refuse_because("factor_scores", "the model has no latent variable", "a model with one or more")
    Traceback (most recent call last):
    ...
    emolabor.common.errors.EmolaborError: factor_scores: the model has no latent variable; allowed: a model with one \
or more
    """
    choices = allowed if isinstance(allowed, str) else ", ".join(map(str, allowed))
    raise EmolaborError(f"{argument}: {_cut(reason.removesuffix('.'), 5 * LONGEST)}; allowed: {choices}") from None


def shown(value: Any) -> str:
    """Write a value for a message: as Python writes it, shortened; of what holds data only the kind and the shape.

    Examples
    --------
    >>> shown("drop"), shown(10**400)
    ("'drop'", '10000000000000000000000000000000000000000000000000000 ... 0000000000000000000000')
    """
    shape = getattr(value, "shape", None)
    if shape == () and hasattr(value, "item"):
        value = value.item()  # a number of numpy's looks like one
    elif isinstance(shape, tuple):
        return f"{type(value).__name__} of shape {shape}"
    try:
        return _cut(repr(value), LONGEST)
    except Exception:  # such as a whole number of more digits than Python writes
        return f"a value of type {type(value).__name__} that cannot be written"


def _cut(text, most):
    """The beginning and the end of what is too long to be read."""
    tail = most * 2 // 7
    return text if len(text) <= most else f"{text[: most - tail - 5]} ... {text[-tail:]}"


def system_message(error):
    """Write what the operating system refused, where, and what to do.

    Parameters
    ----------
    error : OSError
        As it was raised.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> system_message(OSError(errno.EROFS, "Read-only file system", "results"))[:34]
    'results: Read-only file system; al'
    """
    remedy = _REMEDIES.get(error.errno)
    return f"{error.filename or 'a file'}: {error.strerror or error}" + (f"; {remedy}" if remedy else "")


def printable(text):
    r"""Write a text for a terminal: what would move its cursor, colour it or turn a line around is spelled out.

    Examples
    --------
    >>> print(printable("a\x1b[31mb"))
    a\x1b[31mb
    """
    return HIDDEN.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text)


def fault_message(error):
    """Write the traceback of a fault of the program into a file of its own, and say so in one line.

    Parameters
    ----------
    error : Exception
        That nothing expected.

    Returns
    -------
    str
    """
    reason = printable(" ".join(f"{type(error).__name__}: {error}".split()))[:200]
    told = f"a fault of emolabor itself, not of what was given ({reason})"
    lines = [f"Python {platform.python_version()} on {platform.platform(terse=True)}\n"]
    try:
        handle, path = tempfile.mkstemp(prefix="emolabor-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines([*lines, *traceback.format_exception(error)])
    except OSError:
        return told
    return f"{told}; the traceback, which may hold a value of your data, is in {path}; please report it"
