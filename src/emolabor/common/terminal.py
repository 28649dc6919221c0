"""What reaches the terminal: the program's own words, and nothing that steers it."""

import io
import os
import sys

from emolabor.common.errors import printable


class Printable:
    """A stream of text on which no name or text of a file can move the cursor, colour or turn a line around.

    Parameters
    ----------
    stream : TextIO
        Where the text goes.
    """

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        """Write a text; bytes are refused, as by any stream of text."""
        return self._stream.write(printable(text))

    def __getattr__(self, name):
        return getattr(self._stream, name)


def keep_libraries_quiet():
    """Leave standard output to Python: LAPACK prints there about numbers that are no numbers, some of it at the end."""
    if sys.stdout is None:
        return
    sys.stdout.flush()
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    settings = {name: getattr(sys.stdout, name) for name in ("encoding", "errors", "line_buffering")}
    sys.stdout = io.TextIOWrapper(own, **settings)
