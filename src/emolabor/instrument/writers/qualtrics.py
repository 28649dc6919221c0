"""Qualtrics' advanced TXT format: one language, no logic."""

import html

from emolabor.instrument.form import Table, make_form
from emolabor.instrument.places import refuse_texts
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
        A text holds ``[[``, which would be read as a tag, or ``${``, in the place of which Qualtrics puts data.
    """
    form = make_form(instrument)
    refuse_texts(form, instrument, _refusal, [language])
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
    """Qualtrics takes texts as HTML; a line of the file is a text."""
    return html.escape(translations[language], quote=False).replace("\n", "<br>")


def _refusal(text):
    for code, meaning in (("[[", "reads as the beginning of a tag"), ("${", "replaces by data")):
        if code in text.words:
            return f"and {code} is what Qualtrics {meaning}", f"a text without {code}"
    return None
