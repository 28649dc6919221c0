"""LimeSurvey's tab-separated survey structure: all languages in one file, the whole block repeated for each."""

import csv
import html
import io
import re

from emolabor.common.errors import EmolaborError
from emolabor.instrument.form import Table, make_form
from emolabor.instrument.losses import short
from emolabor.instrument.places import place, refuse_texts
from emolabor.instrument.words import WORDS

LANGUAGES = {"zh": "zh-Hans", "zh-Hant": "zh-Hant-TW", "en": "en"}
_COLUMNS = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other",
    "default", "same_default", "random_order",
)  # fmt: skip
# Lengths of the columns in LimeSurvey's data base.
_LONGEST_KEY, _LONGEST_TITLE = 20, 200


def limesurvey(instrument, language):
    """Write LimeSurvey's tab-separated structure, to be imported under the name .txt.

    A page is a group, a table an array question with the items as subquestions, named by their keys. LimeSurvey takes
    letters and digits only, so underscores are left out of keys, and codes of background questions are running numbers.

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        The survey's base language.

    Returns
    -------
    bytes
        UTF-8 with byte order mark.

    Raises
    ------
    EmolaborError
        A key that is longer than 20 characters or equal to another without its underscores, a title of more than 200
        characters, or a text with a brace, which LimeSurvey would run as an expression.
    """
    form = make_form(instrument)
    _check(form, instrument)
    languages = [language, *(other for other in form.languages if other != language)]
    others = " ".join(LANGUAGES[other] for other in languages[1:])
    settings = {"language": LANGUAGES[language], "additional_languages": others, "format": "G", "anonymized": "Y"}
    rows = [{"class": "S", "name": name, "text": text} for name, text in settings.items()]
    for one in languages:
        texts = {
            "surveyls_title": form.title[one],
            "surveyls_welcometext": form.introduction[one],
            "surveyls_endtext": WORDS["thanks"][one],
        }
        rows += [
            {"class": "SL", "name": name, "text": _html(text), "language": LANGUAGES[one]}
            for name, text in texts.items()
        ]
    for one in languages:
        for row in _block(form, one, base=one == language):
            rows.append({**row, "text": _html(row["text"]), "language": LANGUAGES[one]})
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, _COLUMNS, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return f"\ufeff{buffer.getvalue()}".encode()


def _html(text):
    """LimeSurvey takes texts as HTML. Its importer would take off quotation marks round a text, so none is left."""
    return html.escape(" ".join(text.split("\t"))).replace("\n", "<br />")


def _block(form, language, base):
    """The questionnaire in one language; attributes are of the question, so they are written once."""
    groups = [(WORDS["consent"][language], form.consent[language], [form.agreement])]
    if form.background:
        groups.append((WORDS["background"][language], "", form.background))
    for number, page in enumerate(form.pages, start=1):
        groups.append((WORDS["part"][language].format(number), "", page))
    for number, (name, text, entries) in enumerate(groups, start=1):
        yield {"class": "G", "type/scale": number, "name": name, "text": text}
        for entry in entries:
            yield from _question(entry, language, base)


def _question(entry, language, base):
    row = {"class": "Q", "name": short(entry.key), "relevance": 1, "mandatory": "N", "other": "N"}
    if isinstance(entry, Table):
        random = {"random_order": 1} if entry.random_order and base else {}
        yield {**row, "type/scale": "F", "text": entry.instruction[language], **random}
        for item in entry.rows:
            yield {"class": "SQ", "type/scale": 0, "name": short(item.key), "relevance": 1, "text": item.text[language]}
    else:
        row |= {"text": entry.text[language], "mandatory": "Y" if entry.required else "N"}
        if not entry.choices:
            hint = WORDS["code_hint"][language]
            yield {**row, "type/scale": "S", "help": hint, "validation": f"/^({_delimited(entry.pattern)})$/"}
            return
        yield {**row, "type/scale": "L"}
    for number, choice in enumerate(entry.choices, start=1):
        yield {"class": "A", "type/scale": 0, "name": number, "text": choice.names[language]}


def _check(form, instrument):
    named = {}
    for entry in (form.agreement, *form.background, *form.tables):
        _check_key(instrument, entry.key, named)
    for table in form.tables:
        rows = {}
        for row in table.rows:
            _check_key(instrument, row.key, rows)
    refuse_texts(form, instrument, _refusal)


def _refusal(text):
    if "{" in text.words:
        return "and LimeSurvey runs what stands in braces", "round brackets"
    if text.slot == "title" and len(_html(text.words)) > _LONGEST_TITLE:
        return f"{len(text.words)} characters long, and LimeSurvey keeps {_LONGEST_TITLE}", "a shorter title"
    return None


def _delimited(pattern):
    """A slash would end the expression; one that is escaped already stays so."""
    return re.sub(r"(\\.)|/", lambda found: found[1] or r"\/", pattern)


def _check_key(instrument, key, others):
    """Refuse a key that LimeSurvey would cut off or mistake for one of the others."""
    code = short(key)
    if len(code) > _LONGEST_KEY:
        raise EmolaborError(
            f"{place(instrument, key)}: found a key of {len(code)} letters and digits, and LimeSurvey takes "
            f"{_LONGEST_KEY}; allowed: a shorter key, such as {code[:8]}"
        )
    if code in others:
        raise EmolaborError(
            f"{place(instrument, key)}: found a key that is {code} without its underscores, as {others[code]} is, and "
            "LimeSurvey takes letters and digits only; allowed: keys that differ in letters and digits"
        )
    others[code] = key
