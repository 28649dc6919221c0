"""The columns that each survey platform exports: headings in one, two or three rows, and how cells are written.

Each function gives pairs of headings (a text, or a tuple of texts below each other) and cells. The form is the one that
our writers make, so that what comes back can be held against what was sent out.
"""

import json
import uuid

import pandas as pd

from emolabor.instrument.losses import short
from emolabor.instrument.words import WORDS


def wjx(form, answers, language, as_labels, invented, headings):
    """问卷星: numbered questions; a table's first row carries number and title, the others only their wording."""
    empty = "(空)" if as_labels else "-2"
    how = "label" if as_labels else "number"
    yield "序号", answers["respondent"]
    yield "提交答卷时间", invented["end"].dt.strftime("%Y/%m/%d %H:%M:%S")
    yield "所用时间", answers["seconds"].map("{:.0f}秒".format)
    yield "来源", _always("手机提交", answers)
    yield "来源详情", _always("直接访问", answers)
    yield "来自IP", invented["ip"]
    yield "姓名", invented["name"]
    yield "您的手机号码", invented["mobile"]
    yield "备注", invented["identity"]
    yield (
        f"1、{form.agreement.text[language]}",
        _always(form.agreement.choices[0].names[language] if as_labels else 1, answers),
    )
    for number, question in enumerate(form.background, start=2):
        hint = "" if question.choices else WORDS["code_or_none"][language]
        yield (
            f"{number}、{question.text[language]}{hint}",
            _filled(question, answers, language, how).astype(object).fillna(empty),
        )
    for number, table in enumerate(form.tables, start=len(form.background) + 2):
        for place, row in enumerate(table.rows):
            text = row.text[language]
            heading = text if place else f"{number}、{table.instruction[language]}—{text}"
            yield heading, _filled(row, answers, language, how).astype(object).fillna(empty)


def kobo(form, answers, language, as_labels, invented, headings):
    """KoboToolbox: groups in front of the keys, parted as the person who exports likes; notes are empty columns."""
    yield from _xlsform_answers(form, answers, language, as_labels, invented, headings or "/")
    yield f"Page_background{headings or '/'}phone", invented["mobile"]
    yield "_id", 700_000_000 + answers["respondent"]
    yield "_uuid", _uuids(answers)
    yield "_submission_time", invented["end"].dt.strftime("%Y-%m-%dT%H:%M:%S")
    yield "_submitted_by", invented["name"]
    yield "_index", pd.Series(range(1, len(answers) + 1), answers.index)


def odk(form, answers, language, as_labels, invented, headings):
    """ODK Central, and with a colon Aggregate: the submission's moment first, its key last."""
    parting = headings or "-"
    yield "SubmissionDate", invented["end"].dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    yield from _xlsform_answers(form, answers, language, as_labels, invented, parting)
    yield f"meta{parting}instanceID", "uuid:" + _uuids(answers)
    yield "KEY", "uuid:" + _uuids(answers)
    yield "SubmitterName", invented["name"]
    yield "AttachmentsPresent", _always(0, answers)
    yield "ReviewState", _always(None, answers)
    yield "FormVersion", _always("1", answers)


def _xlsform_answers(form, answers, language, as_labels, invented, parting):
    how = "label" if as_labels else "code"
    start = invented["end"] - pd.to_timedelta(answers["seconds"], unit="s")
    yield "start", start.dt.strftime("%Y-%m-%dT%H:%M:%S.000+08:00")
    yield "end", invented["end"].dt.strftime("%Y-%m-%dT%H:%M:%S.000+08:00")
    yield f"Page_consent{parting}Consent_text", _always(None, answers)
    yield f"Page_consent{parting}consent", _always(1, answers)
    for question in form.background:
        yield f"Page_background{parting}{question.key}", _filled(question, answers, language, how)
    for number, page in enumerate(form.pages, start=1):
        for table in page:
            yield f"Page_{number}{parting}Instruction_{table.key}", _always(None, answers)
            for row in table.rows:
                yield f"Page_{number}{parting}{row.key}", _filled(row, answers, language, how)


_LIMESURVEY_TEXTS = {
    "id": "Response ID", "submitdate": "Date submitted", "lastpage": "Last page", "startlanguage": "Start language",
    "ipaddr": "IP address", "email": "E-mail", "interviewtime": "Total time",
}  # fmt: skip


def limesurvey(form, answers, language, as_labels, invented, headings):
    """LimeSurvey: headings are codes, texts, or a code and its text; options are numbered."""

    def heading(code, text):
        return {"text": text, "code and text": f"{code}. {text}"}.get(headings, code)

    def own(code):
        return heading(code, _LIMESURVEY_TEXTS[code])

    how = "label" if as_labels else "number"
    yield own("id"), answers["respondent"]
    yield own("submitdate"), invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S")
    yield own("lastpage"), _always(4, answers)
    yield own("startlanguage"), _always({"zh": "zh-Hans"}.get(language, language), answers)
    yield own("ipaddr"), invented["ip"]
    yield own("email"), invented["email"]
    yield heading("consent", form.agreement.text[language]), _always(1, answers)
    for question in form.background:
        yield heading(short(question.key), question.text[language]), _filled(question, answers, language, how)
    for table in form.tables:
        for row in table.rows:
            text = f"{table.instruction[language]} [{row.text[language]}]"
            code = f"{short(table.key)}[{short(row.key)}]"
            yield heading(code, text), _filled(row, answers, language, how)
    yield own("interviewtime"), answers["seconds"].map("{:.2f}".format)


def qualtrics(form, answers, language, as_labels, invented, headings):
    """Qualtrics: names, texts and import numbers in three rows."""

    def column(name, text, cells):
        return (name, text, json.dumps({"ImportId": name})), cells

    how = "label" if as_labels else "number"
    start = invented["end"] - pd.to_timedelta(answers["seconds"], unit="s")
    yield column("StartDate", "Start Date", start.dt.strftime("%Y-%m-%d %H:%M:%S"))
    yield column("EndDate", "End Date", invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S"))
    yield column("Status", "Response Type", _always(0, answers))
    yield column("IPAddress", "IP Address", invented["ip"])
    yield column("Duration (in seconds)", "Duration (in seconds)", answers["seconds"].map("{:.0f}".format))
    yield column("Finished", "Finished", _always(1, answers))
    yield column("ResponseId", "Response ID", answers["respondent"].map("R_{:015d}".format))
    yield column("RecipientLastName", "Recipient Last Name", invented["name"])
    yield column("consent", form.agreement.text[language], _always(1, answers))
    for question in form.background:
        hint = "" if question.choices else f" ({WORDS['code_hint'][language]})"
        yield column(question.key, question.text[language] + hint, _filled(question, answers, language, how))
    for table in form.tables:
        for number, row in enumerate(table.rows, start=1):
            text = f"{table.instruction[language]} - {row.text[language]}"
            yield column(f"Table_{table.key}_{number}", text, _filled(row, answers, language, how))


def surveymonkey(form, answers, language, as_labels, invented, headings):
    """SurveyMonkey: the question once above its rows, labels only."""
    moments = invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S")
    yield ("Respondent ID", ""), 110_000_000_000 + answers["respondent"]
    yield ("Collector ID", ""), _always(400_000_001, answers)
    yield (
        ("Start Date", ""),
        (invented["end"] - pd.to_timedelta(answers["seconds"], unit="s")).dt.strftime("%Y-%m-%d %H:%M:%S"),
    )
    yield ("End Date", ""), moments
    yield ("IP Address", ""), invented["ip"]
    yield ("Email Address", ""), invented["email"]
    for question in form.background:
        below = "Response" if question.choices else "Open-Ended Response"
        yield (question.text[language], below), _filled(question, answers, language, "label")
    for table in form.tables:
        for place, row in enumerate(table.rows):
            above = "" if place else table.instruction[language]
            yield (above, row.text[language]), _filled(row, answers, language, "label")


def googleforms(form, answers, language, as_labels, invented, headings):
    """Google Forms: the moment first, rows of a grid in brackets after the question, labels only."""
    yield "Timestamp" if language == "en" else "时间戳记", invented["end"].dt.strftime("%Y/%m/%d %H:%M:%S")
    yield "Email Address" if language == "en" else "电子邮件地址", invented["email"]
    for question in form.background:
        yield question.text[language], _filled(question, answers, language, "label")
    for table in form.tables:
        for row in table.rows:
            yield f"{table.instruction[language]} [{row.text[language]}]", _filled(row, answers, language, "label")


def msforms(form, answers, language, as_labels, invented, headings):
    """Microsoft Forms: a statement a column, labels only."""
    words = ("ID", "Start time", "Completion time", "Email", "Name")
    if language == "zh":
        words = ("ID", "开始时间", "完成时间", "电子邮件", "姓名")
    start = invented["end"] - pd.to_timedelta(answers["seconds"], unit="s")
    yield words[0], answers["respondent"]
    yield words[1], start.dt.strftime("%Y-%m-%d %H:%M:%S")
    yield words[2], invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S")
    yield words[3], invented["email"]
    yield words[4], invented["name"]
    for question in (*form.background, *(row for table in form.tables for row in table.rows)):
        yield question.text[language], _filled(question, answers, language, "label")


def tencent(form, answers, language, as_labels, invented, headings):
    """腾讯问卷: numbered questions, the row of a table after a colon, labels only."""
    start = invented["end"] - pd.to_timedelta(answers["seconds"], unit="s")
    yield "编号", answers["respondent"]
    yield "开始答题时间", start.dt.strftime("%Y-%m-%d %H:%M:%S")
    yield "结束答题时间", invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S")
    yield "答题时长", answers["seconds"].map(lambda n: f"{n // 60:.0f}分{n % 60:.0f}秒")
    yield "昵称", invented["name"]
    for number, question in enumerate(form.background, start=1):
        yield f"{number}.{question.text[language]}", _filled(question, answers, language, "label")
    for number, table in enumerate(form.tables, start=len(form.background) + 1):
        for row in table.rows:
            heading = f"{number}.{table.instruction[language]}:{row.text[language]}"
            yield heading, _filled(row, answers, language, "label")


def redcap(form, answers, language, as_labels, invented, headings):
    """REDCap: variables by name with codes, or by label with labels."""

    def name(raw, label):
        return label if as_labels else raw

    how = "label" if as_labels else "code"
    yield name("record_id", "Record ID"), answers["respondent"]
    yield name("redcap_survey_identifier", "Survey Identifier"), _always(None, answers)
    yield name(f"{form.key}_timestamp", "Survey Timestamp"), invented["end"].dt.strftime("%Y-%m-%d %H:%M:%S")
    for question in (*form.background, *(row for table in form.tables for row in table.rows)):
        yield name(question.key, question.text[language]), _filled(question, answers, language, how)
    yield name("seconds", "seconds"), answers["seconds"]
    yield name(f"{form.key}_complete", "Complete?"), _always("Complete" if as_labels else 2, answers)


PLATFORMS = {
    "wjx": wjx,
    "tencent": tencent,
    "kobo": kobo,
    "odk": odk,
    "limesurvey": limesurvey,
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "googleforms": googleforms,
    "msforms": msforms,
    "redcap": redcap,
}


def _always(value, answers):
    return pd.Series(value, answers.index, dtype=object)


def _uuids(answers):
    return answers["respondent"].map(lambda number: str(uuid.UUID(int=int(number))))


def _filled(question, answers, language, how):
    """Write codes as text, as labels or as the numbers of the options; what is no code stays."""
    known = {
        choice.code: {"label": choice.names[language], "number": str(number), "code": str(choice.code)}[how]
        for number, choice in enumerate(question.choices, start=1)
    }

    def write(cell):
        return known.get(cell) or (cell if isinstance(cell, str) else str(int(cell)))

    return answers[question.key].astype(object).map(write, na_action="ignore")
