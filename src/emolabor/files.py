"""Writing files whole: a reader never meets a half-written one."""

import os
import tempfile
from pathlib import Path


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
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path


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
