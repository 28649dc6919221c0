"""The form that a respondent meets: pages of questions and tables, the same for every format it is written in."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from emolabor.instrument.instrument import CONSENT
from emolabor.instrument.words import words_in


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen: the code it is stored as, and its label by language."""

    code: int | str
    names: dict


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    key : str
        Name of its column in a data file.
    text : dict of str to str
        Wording by language.
    choices : tuple of Choice
        The answers; empty where a code is typed in.
    pattern : str or None
        Regular expression that a typed code matches as a whole.
    required : bool
        Whether it must be answered.
    """

    key: str
    text: dict
    choices: tuple[Choice, ...]
    pattern: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Table:
    """Statements answered in the same way under one instruction.

    Attributes
    ----------
    key : str
        Key of its first scale.
    instruction : dict of str to str
        Words above the table, by language.
    rows : tuple of Question
        Items and attention checks in the order asked; all have the table's choices.
    random_order : bool
        Whether each respondent meets the rows in another order.
    """

    key: str
    instruction: dict
    rows: tuple[Question, ...]
    random_order: bool

    @property
    def choices(self):
        """The answers, the same for every row."""
        return self.rows[0].choices


@dataclass(frozen=True)
class Form:
    """A questionnaire as it is fielded.

    Attributes
    ----------
    key : str
        Key of the instrument.
    languages : tuple of str
        The languages it is written in.
    title, introduction : dict of str to str
        By language.
    consent : dict of str to str
        Text of the first page.
    agreement : Question
        The box to tick under the consent, the only question that must be answered.
    background : tuple of Question
        Questions of the second page: what is asked beside the scales.
    pages : tuple of tuple of Table
        The pages after that.
    """

    key: str
    languages: tuple[str, ...]
    title: dict
    introduction: dict
    consent: dict
    agreement: Question
    background: tuple[Question, ...]
    pages: tuple[tuple[Table, ...], ...]

    @property
    def tables(self):
        """All tables in the order asked."""
        return tuple(table for page in self.pages for table in page)

    @property
    def questions(self):
        """Every question but the consent, in the order asked."""
        return (*self.background, *(row for table in self.tables for row in table.rows))


def make_form(instrument):
    """Lay an instrument out as pages.

    Scales that stand side by side on a page, with the same instruction, labels and kind of order, are one table, so
    that respondents read each instruction once. Numbers of the background (running number, answering time) are not
    asked: who runs the survey fills them in.

    Parameters
    ----------
    instrument : Instrument
        What is asked; its texts are complete.

    Returns
    -------
    Form
        The pages.

    Examples
    --------
    >>> from emolabor.instrument import load_instrument
    >>> form = make_form(load_instrument("window_staff"))
    >>> [len(table.rows) for page in form.pages for table in page]
    [13, 13, 12, 11, 10, 9, 9, 3, 3]
    >>> [question.key for question in form.background]
    ['centre', 'department', 'dispatch_type', 'tenure_band', 'sex', 'age_band']
    """
    pages = []
    for number, scale in enumerate(instrument.scales):
        if number == 0 or scale.key in instrument.new_page_before:
            pages.append([])
        table = _table(scale, instrument)
        last = pages[-1][-1] if pages[-1] else None
        if last and _asked_alike(last, table):
            pages[-1][-1] = replace(last, rows=last.rows + table.rows)
        else:
            pages[-1].append(table)
    words = words_in(instrument.languages)
    return Form(
        key=instrument.key,
        languages=instrument.languages,
        title=instrument.title,
        introduction=instrument.introduction,
        consent=instrument.consent,
        agreement=Question(CONSENT, words["agree"], (Choice(1, words["agree_short"]),), required=True),
        background=tuple(_question(variable) for variable in instrument.background if variable.kind != "number"),
        pages=tuple(map(tuple, pages)),
    )


class Text(NamedTuple):
    """One text of a questionnaire in one language.

    Attributes
    ----------
    slot : str
        "title", "consent", "introduction", "instruction", "item", "label" (of a table's answers), "question" (of the
        background) or "option" (of such a question).
    key : str
        Key that the text's entry has in its file.
    steps : tuple
        Steps to the text beside that key (see `places.place`).
    language : str
        The language.
    words : str
        The text.
    """

    slot: str
    key: str
    steps: tuple
    language: str
    words: str


def texts(form, languages=None):
    """List every text that a respondent may meet, with its place in the files.

    Parameters
    ----------
    form : Form
        The questionnaire.
    languages : sequence of str, optional
        By default all it is written in.

    Returns
    -------
    list of Text
        In the order asked, language by language.
    """
    found = []
    for language in languages or form.languages:

        def add(slot, key, *steps, words, language=language):
            found.append(Text(slot, key, steps, language, words))

        for slot in ("title", "consent", "introduction"):
            add(slot, form.key, slot, language, words=getattr(form, slot)[language])
        for question in form.background:
            add("question", question.key, "names", language, words=question.text[language])
            for number, choice in enumerate(question.choices):
                add("option", question.key, "values", number, "names", language, words=choice.names[language])
        for table in form.tables:
            add("instruction", table.key, "instruction", language, words=table.instruction[language])
            for number, choice in enumerate(table.choices):
                steps = ("response_format", "labels", language, number)
                add("label", table.key, *steps, words=choice.names[language])
            for row in table.rows:
                add("item", row.key, "text", language, words=row.text[language])
    return found


def _table(scale, instrument):
    labels = scale.response_format.labels
    choices = tuple(
        Choice(code, {language: labels[language][code - 1] for language in labels})
        for code in scale.response_format.codes
    )
    checks = [check for check in instrument.attention_checks if check.after == scale.key]
    rows = tuple(Question(entry.key, entry.text, choices) for entry in (*scale.items, *checks))
    return Table(scale.key, scale.instruction, rows, scale.key in instrument.random_order)


def _asked_alike(first, second):
    return (first.instruction, first.choices, first.random_order) == (
        second.instruction,
        second.choices,
        second.random_order,
    )


def _question(variable):
    choices = tuple(Choice(code, names) for code, names in variable.values.items())
    return Question(variable.key, variable.names, choices, variable.pattern)
