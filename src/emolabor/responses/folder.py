"""A folder of files with the same headings: exports of several centres, or the one-row files of the web page."""

from dataclasses import replace

import numpy as np

from emolabor.common.errors import EmolaborError
from emolabor.responses.personal_contents import redacted
from emolabor.responses.table import TableBuilder
from emolabor.responses.words import say

_KINDS = ((".csv", ".csv.gz"), (".xlsx",))  # the first kind that is there is read


def read_folder(path, read):
    """Read the .csv files of a folder, or where there are none its workbooks, one below the other.

    Parameters
    ----------
    path : Path
        The folder. Hidden files are passed over; folders in it and files of another kind are counted as not read.
    read : callable
        Reads one file into a table.

    Returns
    -------
    Table
        The files stand in the order of their names, and rows are counted through.

    Raises
    ------
    EmolaborError
        No such file in it, one that cannot be read, or one with other headings than the first.
    """
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith((".", "~$")))
    files = next(filter(None, ([one for one in entries if _is_of(one, kind)] for kind in _KINDS)), None)
    if not files:
        raise EmolaborError(say("folder_empty", path=path))
    builder, ends, encoding = None, [1], ""
    for file in files:
        table = read(file)
        header = [column.name for column in table.columns]
        builder = builder or TableBuilder(path, header, [column.label for column in table.columns])
        if header != builder.header:
            other = [name for name in (*header, *builder.header) if (name in header) != (name in builder.header)]
            names = ", ".join(map(redacted, other)) or say("another_order")
            raise EmolaborError(say("folder_headings", path=file, first=redacted(files[0].name), names=names))
        encoding = encoding or table.encoding
        rows = table.as_rows()
        builder.add(range(ends[-1] + 1, ends[-1] + 1 + len(rows)), rows)
        ends.append(ends[-1] + len(rows))
    whole = builder.table()
    unread = len(entries) - len(files)  # a name of a file may be a respondent's
    sources = np.searchsorted(ends, whole.rows)
    return replace(whole, encoding=encoding, files=len(files), unread=unread, sources=sources)


def _is_of(entry, endings):
    return entry.is_file() and entry.name.lower().endswith(endings)
