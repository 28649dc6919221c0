"""XLSForm, for ODK and KoboToolbox: all languages in one workbook."""

import re

from emolabor.common.office import workbook_bytes
from emolabor.instrument.form import make_form
from emolabor.instrument.places import refuse_texts
from emolabor.instrument.words import WORDS

LANGUAGE_NAMES = {"zh": "中文 (zh)", "zh-Hant": "繁體中文 (zh-Hant)", "en": "English (en)"}
_TRANSLATED = ("label", "hint", "constraint_message")
_PLAIN = ("type", "name", "required", "appearance", "constraint")
_LONGEST_CELL = 32_767
# What ODK and KoboToolbox read in labels (docs.getodk.org, "Form styling"): a reference to a question, HTML, a link,
# and Markdown, which a backslash before the sign turns off; labels of choices are not everywhere read as Markdown.
_REFERENCE = re.compile(r"\$\{|instance\(")
_HTML = re.compile(r"<[A-Za-z/!]|&(#\w+|[A-Za-z]+);|\[[^\]]*\]\([^)]*\)")


def xlsform(instrument, language):
    """Write an XLSForm workbook.

    A page is a group with the appearance ``field-list``; items are named by their keys and answers by their codes, so
    that exported answers read back as they are. Names of our own begin with a capital, as no key does. Only the consent
    must be answered.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language that the form opens in and that names it.

    Returns
    -------
    bytes
        The XLSX file.

    Raises
    ------
    EmolaborError
        A text holds a reference to a question, a tag or a link, an answer's label Markdown, or a text is longer than a
        cell.
    """
    form = make_form(instrument)
    refuse_texts(form, instrument, _refusal)
    answer_lists = _answer_lists(form)
    survey = [{"type": "start", "name": "start"}, {"type": "end", "name": "end"}]
    survey += _page(
        "Page_consent",
        form.title,
        [
            _note("Consent_text", form.consent),
            _asked(form.agreement, answer_lists),
        ],
    )
    questions = [_asked(question, answer_lists) for question in form.background]
    survey += _page("Page_background", WORDS["background"], [_note("Introduction", form.introduction), *questions])
    for number, page in enumerate(form.pages, start=1):
        rows = []
        for table in page:
            rows.append(_note(f"Instruction_{table.key}", table.instruction))
            rows += [_asked(row, answer_lists, appearance="likert") for row in table.rows]
        survey += _page(f"Page_{number}", None, rows)
    choices = [
        {"list_name": name, "name": choice.code, "label": choice.names}
        for answers, name in answer_lists.items()
        for choice in answers
    ]
    settings = {"form_title": form.title[language], "form_id": form.key, "style": "pages"}
    settings["default_language"] = LANGUAGE_NAMES[language]
    return _workbook(
        {
            "survey": (survey, _PLAIN, _TRANSLATED),
            "choices": (choices, ("list_name", "name"), ("label",)),
            "settings": ([settings], tuple(settings), ()),
        },
        form.languages,
    )


def _refusal(text):
    if _REFERENCE.search(text.words):
        return "and ODK puts an answer in the place of such a reference", "a text without ${ and instance("
    if _HTML.search(text.words):
        return "and ODK takes it for a tag or a link", "a text without tags, codes of signs and [words](address)"
    if text.slot in ("label", "option") and _unstyled(text.words) != text.words:
        return "and ODK styles what stands between such signs", "an answer without pairs of * or _ and # at its head"
    if len(text.words) > _LONGEST_CELL:
        return f"longer than the {_LONGEST_CELL:,} characters of a cell", "a shorter text"
    return None


def _unstyled(words):
    """Put a backslash before the signs that Markdown would take for its own."""
    words = re.sub(r"\\(?=[\\*_#])", r"\\\\", words)
    for sign in "*_":
        if words.count(sign) > 1:
            words = words.replace(sign, f"\\{sign}")
    return re.sub(r"(?m)^(\s*)#", r"\1\\#", words)


def _answer_lists(form):
    """Name each different list of answers."""
    lists = {}
    for question in (form.agreement, *form.questions):
        if question.choices:
            lists.setdefault(_Answers(question.choices), f"answers_{len(lists) + 1}")
    return lists


class _Answers(tuple):
    """Choices that are one list where codes and labels are equal."""

    def _content(self):
        return tuple((choice.code, *sorted(choice.names.items())) for choice in self)

    def __eq__(self, other):
        return self._content() == other._content()

    def __hash__(self):
        return hash(self._content())


def _page(name, label, rows):
    page = {"type": "begin_group", "name": name, "appearance": "field-list"}
    if label:
        page["label"] = label
    return [page, *rows, {"type": "end_group"}]


def _note(name, text):
    return {"type": "note", "name": name, "label": text}


def _asked(question, answer_lists, **options):
    row = {"name": question.key, "label": question.text, **options}
    if question.required:
        row["required"] = "yes"
    if question.choices:
        return {"type": f"select_one {answer_lists[_Answers(question.choices)]}", **row}
    row |= {"hint": WORDS["code_hint"], "constraint": f"regex(., {_quoted(f'^({question.pattern})$')})"}
    example = {language: f"{word}: {question.pattern}" for language, word in WORDS["code_form"].items()}
    return {"type": "text", **row, "constraint_message": example}


def _quoted(pattern):
    """Write a text of XPath, which knows no escape: in the quotation marks that it does not hold."""
    return f'"{pattern}"' if "'" in pattern else f"'{pattern}'"


def _workbook(sheets, languages):
    """Write each sheet: a column for each plain key, and one a language for each that is translated."""
    tables = {}
    for title, (rows, plain, translated) in sheets.items():
        columns = [(key, None) for key in plain] + [(key, tag) for key in translated for tag in languages]
        headings = [f"{key}::{LANGUAGE_NAMES[tag]}" if tag else key for key, tag in columns]
        tables[title] = [headings, *([_cell(entry, key, tag) for key, tag in columns] for entry in rows)]
    return workbook_bytes(tables)


def _cell(entry, key, tag):
    value = entry.get(key)
    if tag is None or value is None:
        return value
    return value[tag] if key == "constraint_message" else _unstyled(value[tag])
