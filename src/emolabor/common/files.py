"""Writing files whole: a reader never meets a half-written one."""

import os
import tempfile
from pathlib import Path

from emolabor.common.errors import refuse

# What begins a formula, in East Asian programs also as wide signs; see OWASP, CSV injection.
_FORMULA = tuple("=+-@＝＋－＠\t\n")


def write_bytes(path, data):
    """Write bytes under a temporary name in the same folder, then rename.

    Parameters
    ----------
    path : str or Path
        Where the file goes; missing folders are made.
    data : bytes
        The whole content.

    Returns
    -------
    Path
        The path written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary:
            os.unlink(temporary)
        if isinstance(error, OSError):
            error.filename = str(path)  # the name that the user knows
        raise
    return path


def refuse_overwriting(path, *read):
    """Refuse to write a result over one of the files that it is made from.

    Parameters
    ----------
    path : str or Path
        Where the result is to go.
    *read : str or Path
        The files and folders that are read; what is neither is passed over.

    Raises
    ------
    EmolaborError
        `path` is one of them, by whatever name, or lies in a folder that is read as a whole.
    """
    for source in map(Path, read):
        target = Path(path).parent if source.is_dir() else Path(path)
        if source.exists() and target.exists() and target.samefile(source):
            refuse(path, "a name of what this is made from", "another file or folder")


def refuse_endless(path):
    """Refuse a device, a pipe or a socket, which may never end, or make whoever reads it wait for ever.

    Parameters
    ----------
    path : str or Path
        What is to be read; one that is not there is left to the reader.

    Raises
    ------
    EmolaborError
        It is there and is neither a file nor a folder.
    """
    path = Path(path)
    try:
        is_other = path.exists() and not (path.is_file() or path.is_dir())
    except (OSError, ValueError):  # no right to look, or no name of a file: the reader says so
        return
    if is_other:
        refuse(path, "a device or a pipe", "a file that was saved")


def write_text(path, text):
    """Write text as UTF-8 with Unix line ends, whole or not at all.

    Parameters
    ----------
    path : str or Path
        Where the file goes; missing folders are made.
    text : str
        The whole content.

    Returns
    -------
    Path
        The path written.
    """
    return write_bytes(path, text.encode("utf-8"))


def csv_text(frame):
    """Write a table as CSV for spreadsheet programs.

    A text that begins with = + - @ (wide or not), a tabulator or a line break would be run as a formula when the file
    is opened; an apostrophe in front makes it a text. The byte order mark at the beginning lets Excel read Chinese.

    Parameters
    ----------
    frame : DataFrame
        Text, numbers and missing values; the index is left out.

    Returns
    -------
    str
        The CSV, beginning with a byte order mark.
    """
    safe = frame.copy()
    safe.columns = [_inert(name) for name in frame.columns]
    for place in range(frame.shape[1]):
        if frame.dtypes.iloc[place].kind not in "biuf":
            safe.isetitem(place, frame.iloc[:, place].map(_inert, na_action="ignore"))
    return "\ufeff" + safe.to_csv(index=False, lineterminator="\n")


def _inert(cell):
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")  # a lone \r would not be quoted, and would begin a row
    return f"'{cell}" if cell[:1] in _FORMULA else cell
