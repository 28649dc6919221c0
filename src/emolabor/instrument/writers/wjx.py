"""问卷星 (wjx.cn): the text of its web import, and the JSON lines of its programming interface. One language a file.

Matrix questions are written in the one shape that both readers of 问卷星 take: a line of labels parted by blanks, then
a line a row. Reversed question types are never used: answers stay as given and scoring turns them once.
"""

import json
import re

from emolabor.common.errors import EmolaborError
from emolabor.instrument.form import Table, make_form
from emolabor.instrument.places import place, refuse_texts
from emolabor.instrument.words import WORDS

_INSTEAD = "or write the format wjx-jsonl, which takes it"
# Both readers take a number at the beginning of a line for the next question, brackets for a kind of question, a letter
# with a stop or a blank before an option for its number, and these signs for rows, ranges and page breaks.
_NUMBER = re.compile(r"\s*\d")
_BRACKET = re.compile(r"[\[\]【】［］]")
_OPTION_LETTER = re.compile(r"\s*[A-Za-zＡ-Ｚａ-ｚ]([.．、)）:：]|\s+\S)")
_SIGN = re.compile(r"\s*(- |=== |行[：:]|列[：:]|rows:|总分[：:])", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/!]|&(#\w+|[A-Za-z]+);|\{_\}")


def wjx(instrument, language):
    """Write the text of 问卷星's web import (文本导入).

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of the questionnaire.

    Returns
    -------
    bytes
        UTF-8 text: title, consent and introduction, then numbered questions parted by blank lines.

    Raises
    ------
    EmolaborError
        A text would be read as something else: a label with a blank, fewer than three labels, a line that begins with
        a digit or holds a square bracket or a tag.
    """
    form = make_form(instrument)
    for table in form.tables:
        _check_labels(table, instrument, language)
    refuse_texts(form, instrument, _refusal, [language])
    # A blank line would end the opening words: paragraphs become lines.
    head = "\n".join(part[language] for part in (form.title, form.consent, form.introduction))
    blocks = [re.sub(r"\n\s*\n", "\n", head)]
    number = 0
    for entry in _entries(form):
        if entry is None:
            blocks.append("[分页栏]")
            continue
        number += 1
        title, rows, labels = _parts(entry, language)
        if rows:
            kind, body = "矩阵量表题", [" ".join(labels), *rows]
        else:
            kind, body = ("单选题", labels) if labels else ("填空题", [])
        blocks.append("\n".join([f"{number}. {title}[{kind}]", *body]))
    return ("\n\n".join(blocks) + "\n").encode()


def wjx_jsonl(instrument, language):
    """Write the JSON lines of 问卷星's programming interface (create-by-json).

    Parameters
    ----------
    instrument : Instrument
        What is asked.
    language : str
        Language of the questionnaire.

    Returns
    -------
    bytes
        UTF-8 text, a JSON object a line: the questionnaire's head, then its questions and page breaks.

    Raises
    ------
    EmolaborError
        A text holds a tag: 问卷星 shows texts as HTML.
    """
    form = make_form(instrument)
    refuse_texts(form, instrument, _tag, [language])
    lines = [
        {
            "qtype": "问卷基础信息",
            "title": form.title[language],
            "introduction": f"{form.consent[language]}\n{form.introduction[language]}",
            "endpageinformation": WORDS["thanks"][language],
            "language": language,
            "atype": 1,
        }
    ]
    for entry in _entries(form):
        if entry is None:
            lines.append({"qtype": "分页栏"})
            continue
        title, rows, labels = _parts(entry, language)
        line = {"qtype": "矩阵量表" if rows else "单选" if labels else "单项填空", "title": title}
        if rows:
            line["rowtitle"] = rows
        if labels:
            line["select"] = labels
        lines.append({**line, "requir": True})
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _entries(form):
    """Questions and tables in the order asked; None is a page break."""
    entries = [form.agreement, *([None] if form.background else []), *form.background]
    for page in form.pages:
        entries += [None, *page]
    return entries


def _parts(entry, language):
    """Title, rows and labels of a question or table; what is not there is an empty list."""
    labels = [choice.names[language] for choice in entry.choices]
    if isinstance(entry, Table):
        return entry.instruction[language], [row.text[language] for row in entry.rows], labels
    hint = "" if labels else WORDS["code_or_none"][language]
    return entry.text[language] + hint, [], labels


def _refusal(text):
    many_lines = text.slot in ("consent", "introduction")
    if "\n" in text.words and not many_lines:
        return "which 问卷星 would read as several", f"one line, {_INSTEAD}"
    for line in text.words.split("\n"):
        if _NUMBER.match(line) or _BRACKET.search(line):
            allowed = "lines without square brackets that do not begin with a digit"
            return "which 问卷星 would read as the start or the kind of a question", f"{allowed}, {_INSTEAD}"
        if _SIGN.match(line):
            return "which 问卷星 would read as a row, a range or a page break", f"another beginning, {_INSTEAD}"
        if text.slot in ("label", "option") and _OPTION_LETTER.match(line):
            return "whose first letter 问卷星 would take for the letter of an option", f"other words, {_INSTEAD}"
    return _tag(text)


def _tag(text):
    if _TAG.search(text.words):
        return "and 问卷星 takes texts as HTML", "texts without tags and codes of signs"
    return None


def _check_labels(table, instrument, language):
    labels = [choice.names[language] for choice in table.choices]
    broken = next((label for label in labels if re.search(r"\s", label)), None)
    if broken is not None:
        found = f"the label {broken!r} with a blank in it, and 问卷星 parts the labels of a table at blanks"
        allowed = f"labels without blanks ({language})"
    elif len(labels) < 3:
        found = f"{len(labels)} labels, and 问卷星 reads a line as labels only if there are three or more"
        allowed = "three labels or more"
    else:
        return
    where = place(instrument, table.key, "response_format", "labels", language)
    raise EmolaborError(f"{where}: found {found}; allowed: {allowed}, {_INSTEAD}")
