"""问卷星 (wjx.cn): the text of its web import, and the JSON lines of its programming interface. One language a file.

Matrix questions are written in the one shape that both readers of 问卷星 take: a line of labels parted by blanks, then
a line a row. Reversed question types are never used: answers stay as given and scoring turns them once.
"""

import json
import re

from emolabor.errors import EmolaborError
from emolabor.instrument.form import Table, make_form, texts
from emolabor.instrument.places import place
from emolabor.instrument.words import WORDS

_INSTEAD = "or write the format wjx-jsonl, which takes it"


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
        a digit or holds a square bracket.
    """
    form = make_form(instrument)
    _check(form, instrument, language)
    blocks = ["\n".join(part[language] for part in (form.title, form.consent, form.introduction))]
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
    """
    form = make_form(instrument)
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


def _check(form, instrument, language):
    for table in form.tables:
        _check_labels(table, instrument, language)
    for place_of, text in texts(form):
        line = text[language]
        if re.match(r"\s*[0-9]", line) or re.search(r"[\[\]\n]", line):
            raise EmolaborError(
                f"{place(instrument, *place_of, language)}: found the text {line!r}, which 问卷星 would read as the "
                "start or the kind of a question; allowed: one line without square brackets that does not begin with "
                f"a digit, {_INSTEAD}"
            )


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
