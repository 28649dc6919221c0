"""The one exception for mistakes that a user can mend, and words for what the system refuses."""

import errno

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
    >>> raise EmolaborError("n_obs: found 0, allowed: a whole number above 1")
    Traceback (most recent call last):
    ...
    emolabor.errors.EmolaborError: n_obs: found 0, allowed: a whole number above 1
    """


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
