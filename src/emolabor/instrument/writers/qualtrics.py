"""Qualtrics' advanced TXT format: one language, no logic."""

import html

from emolabor.errors import EmolaborError
from emolabor.instrument.form import Table, make_form, texts
from emolabor.instrument.places import place
from emolabor.instrument.words import WORDS


def qualtrics(instrument, language):
    """Write Qualtrics' advanced TXT format.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of the questionnaire.

    Returns
    -------
    bytes
        UTF-8 text. A question's ID is its key, a table's ``Table_`` and the key of its first scale; answers are
        numbered from 1.

    Raises
    ------
    EmolaborError
        A text holds ``[[``, which would be read as a tag, or a line break.
    """
    form = make_form(instrument)
    _check(form, instrument, language)
    blocks = ["[[AdvancedFormat]]", "[[Block]]"]
    blocks += [_text("Consent_text", form.consent, language), _question(form.agreement, language), "[[PageBreak]]"]
    blocks += [_text("Introduction", form.introduction, language)]
    blocks += [_question(question, language) for question in form.background]
    for page in form.pages:
        blocks += ["[[PageBreak]]", *(_question(table, language) for table in page)]
    return ("\n\n".join(blocks) + "\n").encode()


def _text(key, translations, language):
    return f"[[Question:DB]]\n[[ID:{key}]]\n{_words(translations, language)}"


def _question(entry, language):
    labels = [_words(choice.names, language) for choice in entry.choices]
    if isinstance(entry, Table):
        rows = [_words(row.text, language) for row in entry.rows]
        lines = ["[[Question:Matrix]]", f"[[ID:Table_{entry.key}]]", _words(entry.instruction, language)]
        return "\n".join([*lines, "[[Choices]]", *rows, "[[Answers]]", *labels])
    kind = "MC:SingleAnswer" if labels else "TextEntry:SingleLine"
    lines = [f"[[Question:{kind}]]", f"[[ID:{entry.key}]]", _words(entry.text, language)]
    if labels:
        return "\n".join([*lines, "[[Choices]]", *labels])
    return "\n".join([*lines[:-1], f"{lines[-1]} ({_words(WORDS['code_hint'], language)})"])


def _words(translations, language):
    """Qualtrics takes texts as HTML."""
    return html.escape(translations[language], quote=False)


def _check(form, instrument, language):
    for place_of, text in texts(form):
        if "[[" in text[language] or "\n" in text[language]:
            raise EmolaborError(
                f"{place(instrument, *place_of, language)}: found the text {text[language]!r}, which Qualtrics would "
                "read as a tag or as two texts; allowed: one line without [["
            )
