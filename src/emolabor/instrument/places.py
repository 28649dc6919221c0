"""Where in a user's files a key stands: looked up only when a message needs it."""

from emolabor.scales.checked import Document, read_document


def place(instrument, key, *entry):
    """Name the file, line and entry of a scale, item, check or background variable.

    Parameters
    ----------
    instrument : Instrument
        An instrument that was loaded from files, or one put together in Python.
    key : str
        The key looked for.
    entry : str or int
        Steps to an entry beside that key, e.g. ``"text", "zh"``; by default the key itself.

    Returns
    -------
    str
        ``file, line n, entry (key)`` for loaded instruments, else the key alone.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> place(load_instrument("window_staff"), "at1")
    'window_staff, line 38, attention_checks[0].key (at1)'
    """
    for file, path in instrument.files.items():
        document = read_document(path)
        found = [one for one in document.lines if one and one[-1] == "key" and _at(document.data, one) == key]
        if found:
            # A scale may be named like its only dimension: the scale stands higher.
            where = min(found, key=len)
            where = (*where[:-1], *entry) if entry else where
            return f"{file}, line {document.lines[where]}, {Document.place(where)} ({key})"
    return key


def _at(data, where):
    for step in where:
        data = data[step]
    return data
