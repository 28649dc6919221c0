"""SurveyJS JSON: all languages in one file; also what jsPsych's survey plugin reads."""

import html
import json
import re

from emolabor.instrument.form import make_form
from emolabor.instrument.places import refuse_texts
from emolabor.instrument.words import words_in

LOCALES = {"zh": "zh-cn", "zh-Hant": "zh-tw", "en": "en"}


def surveyjs(instrument, language):
    """Write the questionnaire as SurveyJS JSON.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language it opens in.

    Returns
    -------
    bytes
        The JSON text. Answers to a table come nested under the table's name.

    Raises
    ------
    EmolaborError
        A text with a name in braces, in the place of which SurveyJS puts an answer.
    """
    form = make_form(instrument)
    refuse_texts(form, instrument, _refusal)
    return (json.dumps(survey(form, language), ensure_ascii=False, indent=1) + "\n").encode()


def _refusal(text):
    # What is written as HTML needs no refusal: there a brace can be escaped.
    if text.slot not in ("consent", "introduction") and re.search("{[^{}]+}", text.words):
        return (
            "and SurveyJS puts an answer in the place of a name in braces",
            "round brackets, or the format html, which takes it",
        )
    return None


def survey(form, language):
    """Describe a form as SurveyJS does.

    Parameters
    ----------
    form : Form
        The pages.
    language : str
        Language it opens in.

    Returns
    -------
    dict
        What SurveyJS calls a survey JSON.
    """
    consent = [_text("Consent_text", form.consent), _question(form.agreement, {})]
    pages = [{"name": "Page_consent", "elements": consent}]
    words = words_in(form.languages)
    first = [_text("Introduction", form.introduction), *(_question(one, words) for one in form.background)]
    pages.append({"name": "Page_background", "elements": first})
    for number, page in enumerate(form.pages, start=1):
        pages.append({"name": f"Page_{number}", "elements": list(map(_table, page))})
    return {
        "title": _words(form.title),
        "locale": LOCALES[language],
        "completedHtml": _words(words["thanks"]),
        "showQuestionNumbers": False,
        "showProgressBar": True,
        "progressBarType": "pages",
        "questionErrorLocation": "bottom",
        "pages": pages,
    }


def table_name(table):
    """Name a table; the capital keeps it apart from every key."""
    return f"Table_{table.key}"


def _words(translations):
    return {LOCALES[language]: text for language, text in translations.items()}


def _text(name, translations):
    return {"type": "html", "name": name, "html": _words({one: _html(text) for one, text in translations.items()})}


def _html(text):
    """Blank lines part paragraphs; a brace is escaped, as SurveyJS puts answers in the place of names in braces."""
    escaped = html.escape(text, quote=False).replace("{", "&#123;")
    paragraphs = (part.replace("\n", "<br>") for part in re.split(r"\n\s*\n", escaped))
    return "".join(f"<p>{part}</p>" for part in paragraphs)


def _choices(choices):
    return [{"value": choice.code, "text": _words(choice.names)} for choice in choices]


def _question(question, words):
    asked = {"name": question.key, "title": _words(question.text), "isRequired": question.required}
    if question.choices:
        return {"type": "radiogroup", **asked, "choices": _choices(question.choices)}
    form = {language: f"{word}: {question.pattern}" for language, word in words["code_form"].items()}
    check = {"type": "regex", "regex": f"^({question.pattern})$", "text": _words(form)}
    return {"type": "text", **asked, "description": _words(words["code_hint"]), "validators": [check]}


def _table(table):
    return {
        "type": "matrix",
        "name": table_name(table),
        "title": _words(table.instruction),
        "columns": _choices(table.choices),
        "rows": [{"value": row.key, "text": _words(row.text)} for row in table.rows],
        "rowOrder": "random" if table.random_order else "initial",
        "rowTitleWidth": "40%",
        "alternateRows": True,
    }
