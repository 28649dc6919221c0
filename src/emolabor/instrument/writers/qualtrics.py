"""Qualtrics' advanced TXT format: one language, no logic."""

from emolabor.errors import EmolaborError
from emolabor.instrument.form import Table, make_form
from emolabor.instrument.places import place


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
        UTF-8 text. A question's ID is its key, a table's ID the key of its first scale; answers are numbered from 1.

    Raises
    ------
    EmolaborError
        A text holds ``[[``, which would be read as a tag, or a line break.
    """
    form = make_form(instrument)
    _check(form, instrument, language)
    blocks = ["[[AdvancedFormat]]", f"[[Block:{form.title[language]}]]"]
    blocks += [_text("consent_text", form.consent[language]), _question(form.agreement, language), "[[PageBreak]]"]
    blocks += [_text("introduction", form.introduction[language])]
    blocks += [_question(question, language) for question in form.background]
    for page in form.pages:
        blocks += ["[[PageBreak]]", *(_question(table, language) for table in page)]
    return ("\n\n".join(blocks) + "\n").encode()


def _text(key, words):
    return f"[[Question:DB]]\n[[ID:{key}]]\n{words}"


def _question(entry, language):
    labels = [choice.names[language] for choice in entry.choices]
    if isinstance(entry, Table):
        rows = [row.text[language] for row in entry.rows]
        lines = ["[[Question:Matrix]]", f"[[ID:{entry.key}]]", entry.instruction[language]]
        return "\n".join([*lines, "[[Choices]]", *rows, "[[Answers]]", *labels])
    kind = "MC:SingleAnswer" if labels else "TextEntry:SingleLine"
    lines = [f"[[Question:{kind}]]", f"[[ID:{entry.key}]]", entry.text[language]]
    return "\n".join([*lines, "[[Choices]]", *labels] if labels else lines)


def _check(form, instrument, language):
    texts = {(table.key, "instruction"): table.instruction for table in form.tables}
    texts |= {(question.key, "text"): question.text for question in form.questions}
    for (key, _), text in texts.items():
        if "[[" in text[language] or "\n" in text[language]:
            raise EmolaborError(
                f"{place(instrument, key)}: found the text {text[language]!r}, which Qualtrics would read as a tag or "
                "as two texts; allowed: one line without [["
            )
