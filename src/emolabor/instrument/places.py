"""Where in a user's files a text or a key stands: looked up only when a message needs it."""

from emolabor.common.documents import Document, read_document
from emolabor.common.errors import EmolaborError
from emolabor.instrument.form import texts


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
    'window_staff, line 45, attention_checks[0].key (at1)'
    """
    for file, path in instrument.files.items():
        document = read_document(path)
        where = _wording(document, key, entry) if "scale" in document.data else _beside_key(document, key, entry)
        if where in document.lines:
            return f"{file}, line {document.lines[where]}, {Document.place(where)} ({key})"
    return key


def refuse_texts(form, instrument, rule, languages=None):
    """Refuse, all at once, the texts of a questionnaire that a format would take for something else.

    Parameters
    ----------
    form : Form
        The questionnaire.
    instrument : Instrument
        What it was made of, for the places.
    rule : callable
        Takes a `Text`; returns None, or what is wrong with it and what is allowed.
    languages : sequence of str, optional
        The languages written, by default all.

    Raises
    ------
    EmolaborError
        A line for each text that the rule does not take: file and line, the text, the reason, the remedy.
    """
    problems = []
    for text in texts(form, languages):
        if refusal := rule(text):
            found, allowed = refusal
            where = place(instrument, text.key, *text.steps)
            problems.append(f"{where}: found the text {text.words!r}, {found}; allowed: {allowed}")
    if problems:
        raise EmolaborError("\n".join(problems))


def _beside_key(document, key, entry):
    """Path of an entry beside a key in an instrument's or a scale's file."""
    found = [one for one in document.lines if one and one[-1] == "key" and _at(document.data, one) == key]
    if not found:
        return None
    # A scale may be named like its only dimension: the scale stands higher.
    where = min(found, key=len)
    return (*where[:-1], *entry) if entry else where


def _wording(document, key, entry):
    """Path of a text in a file of wording that is kept apart from its scale."""
    if entry and key == document.data["scale"]:
        return entry[1:] if entry[0] == "response_format" else entry
    return ("items", key, *entry[1:]) if entry else None


def _at(data, where):
    for step in where:
        data = data[step]
    return data
