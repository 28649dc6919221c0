"""Our own forms, filled and exported by each platform's rules, read back equal; no platform is taken for another."""

import json
import re

import pandas as pd
import pyreadstat
import pytest

import emolabor as el
from emolabor.instrument.form import make_form
from emolabor.instrument.words import WORDS
from emolabor.responses.platforms import PLATFORMS, platform_of
from emolabor.simulation.platforms import PLATFORMS as IMITATIONS

pytestmark = pytest.mark.slow

# What a platform does not export, and so cannot come back.
NOT_EXPORTED = {
    "odk": {"respondent"},
    "qualtrics": {"respondent"},
    "surveymonkey": {"respondent"},
    "googleforms": {"respondent", "seconds"},
}
HEADINGS = {
    "kobo": ["/", ":", "-", ".", "__", " / ", "|"],
    "odk": ["-", ":", "/", "."],
    "limesurvey": ["code", "text", "code and text"],
}
PAIRS = [(platform, headings) for platform in IMITATIONS for headings in HEADINGS.get(platform, [None])]


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(40, seed=8)


def different(read, written):
    """Name the columns that did not come back cell by cell; numbers come back as floats."""

    def same(column):
        one, other = read[column].astype(object), written[column].astype(object)
        return ((one == other) | (one.isna() & other.isna())).all()

    return {column for column in written if column not in read or not same(column)}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("as_labels", [False, True])
@pytest.mark.parametrize(("platform", "headings"), PAIRS)
def test_an_export_comes_back(tmp_path, staff, instrument, platform, headings, as_labels, language):
    suffix = ".xlsx" if platform in ("surveymonkey", "msforms") else ".csv"
    path = el.simulate_export(
        tmp_path / f"export{suffix}", staff, instrument, platform, as_labels, language, headings=headings
    )
    read = el.read_responses(path, instrument)
    assert different(read.data, staff) == NOT_EXPORTED.get(platform, set())
    known = PLATFORMS["kobo" if platform == "odk" else platform].name
    assert read.report.query("kind == 'platform'")["found"].tolist() == [known]
    assert set(read.report["kind"]) <= {"platform", "added_column", "personal", "labels", "left_out", "absent"} | (
        {"unknown_column"} if platform == "redcap" and as_labels else set()
    )


@pytest.mark.parametrize("parting", [";", "\t"])
@pytest.mark.parametrize(("platform", "headings"), [("kobo", "/"), ("limesurvey", "text"), ("wjx", None)])
def test_another_separator_is_found(tmp_path, staff, instrument, platform, headings, parting):
    path = el.simulate_export(tmp_path / "a.csv", staff, instrument, platform, True, "en", headings=headings)
    pd.read_csv(path, dtype=str).to_csv(path, index=False, sep=parting)
    assert not different(el.read_responses(path, instrument).data, staff)


@pytest.mark.parametrize("as_labels", [False, True])
def test_the_spss_file_of_wjx_comes_back(tmp_path, staff, instrument, as_labels):
    columns, labels, meanings = {}, {}, {}
    form = make_form(instrument)
    for number, question in enumerate(form.background, start=2):
        name = f"Q{number}"
        columns[name], labels[name] = staff[question.key].astype(object), question.text["zh"]
        if question.choices:
            columns[name] = columns[name].map({choice.code: n for n, choice in enumerate(question.choices, start=1)})
            meanings[name] = {n: choice.names["zh"] for n, choice in enumerate(question.choices, start=1)}
    for number, table in enumerate(form.tables, start=len(form.background) + 2):
        for place, row in enumerate(table.rows, start=1):
            name = f"Q{number}_R{place}"
            columns[name], labels[name] = staff[row.key], f"{table.instruction['zh']}({row.text['zh']})"
            if as_labels:
                meanings[name] = {choice.code: choice.names["zh"] for choice in row.choices}
    labels |= {"index": "序号", "timetaken": "所用时间", "submittime": "提交答卷时间"}
    columns |= {"index": staff["respondent"], "timetaken": staff["seconds"].map("{:.0f}秒".format), "submittime": "x"}
    frame = pd.DataFrame(columns).rename(columns={"index": "idx"})
    labels["idx"] = labels.pop("index")
    path = tmp_path / "wjx.sav"
    pyreadstat.write_sav(frame, path, column_labels=labels, variable_value_labels=meanings)
    assert not different(el.read_responses(path, instrument).data, staff)


@pytest.mark.parametrize("background", ["text", "number"])  # what stands for options that have no score
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_scores_of_wjx_come_back(tmp_path, staff, instrument, suffix, background):
    form = make_form(instrument)
    columns = {
        "序号": staff["respondent"],
        "提交答卷时间": "2026/3/2 9:05:11",
        "所用时间": staff["seconds"].map("{:.0f}秒".format),
        "来源": "微信",
    }
    columns[f"1、{form.agreement.text['zh']}"] = form.agreement.choices[0].names["zh"] if background == "text" else 1
    for number, question in enumerate(form.background, start=2):
        cells = staff[question.key].astype(object)
        if question.choices:
            said = {
                c.code: c.names["zh"] if background == "text" else n for n, c in enumerate(question.choices, start=1)
            }
            cells = cells.map(said)
        columns[f"{number}、{question.text['zh']}{'' if question.choices else WORDS['code_or_none']['zh']}"] = cells
    for number, table in enumerate(form.tables, start=len(form.background) + 2):
        for place, row in enumerate(table.rows):
            heading = row.text["zh"] if place else f"{number}、{table.instruction['zh']}—{row.text['zh']}"
            columns[heading] = staff[row.key].astype("Int64").astype(object)
    frame = pd.DataFrame(columns).fillna("(空)")
    frame["总分"] = staff[list(instrument.points())].sum(axis=1)
    path = tmp_path / f"score{suffix}"
    frame.to_csv(path, index=False, encoding="gb18030") if suffix == ".csv" else frame.to_excel(path, index=False)
    assert not different(el.read_responses(path, instrument).data, staff)


def test_the_files_that_the_web_page_saves_come_back(tmp_path, staff, instrument):
    page = instrument.write(tmp_path / "page.html", format="html").path.read_text(encoding="utf-8")
    settings = json.loads(re.search(r'id="questionnaire"[^>]*>(.*?)</script>', page, re.DOTALL)[1])

    def cell(value):  # as the page's own script writes it
        text = "" if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
        text = f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
        return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text

    (tmp_path / "answers").mkdir()
    for number, row in enumerate(staff.assign(consent=1).to_dict("records")):
        cells = (cell(row[column]) for column in settings["columns"])
        text = "\ufeff" + ",".join(map(cell, settings["columns"])) + "\n" + ",".join(cells) + "\n"
        (tmp_path / "answers" / f"window_staff-{number:03}.csv").write_text(text, encoding="utf-8")
    read = el.read_responses(tmp_path / "answers", instrument)
    assert different(read.data, staff) == {"respondent"}  # the page numbers nobody
    assert set(read.report["kind"]) == {"files", "added_column", "absent"}


def test_json_of_surveyjs_comes_back(tmp_path, staff, instrument):
    form = make_form(instrument)

    def answer(row):
        given = {"consent": 1, "respondent": int(row["respondent"]), "seconds": float(row["seconds"])}
        given |= {question.key: row[question.key] for question in form.background if pd.notna(row[question.key])}
        for table in form.tables:
            cells = {one.key: int(row[one.key]) for one in table.rows if pd.notna(row[one.key])}
            given |= {f"Table_{table.key}": cells} if cells else {}
        return given

    answers = [answer(row) for row in staff.to_dict("records")]
    path = tmp_path / "answers.json"
    for content in (answers, {"data": answers}):
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        assert not different(el.read_responses(path, instrument).data, staff)
    path.write_text("\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers), encoding="utf-8")
    assert not different(el.read_responses(path, instrument).data, staff)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("{", "no JSON"),
        ("[1, 2]", "list"),
        ("[{}, {}]", "no answer"),
        ('[{"a": 1}]', "of one respondent"),
    ],
)
def test_json_that_is_no_list_of_answers_is_refused(tmp_path, instrument, content, found):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(el.EmolaborError, match=rf"a\.json: found .*{found}.*; allowed: a list of objects"):
        el.read_responses(tmp_path / "a.json", instrument)


@pytest.mark.parametrize(
    ("platform", "own"),
    [("wjx", "性别"), ("limesurvey", "sex"), ("qualtrics", "sex")],
)
def test_numbers_of_options_are_not_guessed_in_a_form_of_others(tmp_path, staff, instrument, platform, own):
    # The same platform, but not our form: instructions and names of tables are other ones.
    path = el.simulate_export(tmp_path / "a.csv", staff, instrument, platform)
    text = path.read_text(encoding="utf-8-sig")
    for table in make_form(instrument).tables:
        text = text.replace(table.instruction["zh"], "您怎么看").replace(f"Table_{table.key}_", f"QID_{table.key}_")
        text = text.replace(f"{table.key.replace('_', '')}[", f"G{table.key.replace('_', '')}[")
    path.write_text(text, encoding="utf-8")
    try:
        read = el.read_responses(path, instrument)
    except el.EmolaborError as error:
        assert "sex" in str(error) or "dispatch_type" in str(error)
    else:
        assert read.data["sex"].isna().all()
        assert "sex" in set(read.report.query("kind == 'not_allowed'")["column"])


@pytest.mark.parametrize(
    ("names", "platform"),
    [
        (["开始答题时间", "结束答题时间", "答题时长"], "tencent"),
        (["编号", "1.您的性别", "答题时长"], "tencent"),
        (["SubmissionDate", "a"], "kobo"),
        (["meta-instanceID", "a"], "kobo"),
        (["ResponseId", "StartDate", "Finished", "x"], "qualtrics"),
        (["ResponseID", "ResponseSet", "Q1"], "qualtrics"),
        (["Respondent ID", "Collector ID", "Start Date", "End Date"], "surveymonkey"),
        (["RespondentID", "Q1"], "surveymonkey"),
        (["Timestamp", "Question [Row]"], "googleforms"),
        (["时间戳记", "问题"], "googleforms"),
        (["ID", "Start time", "Completion time", "Email", "Name"], "msforms"),
        (["ID", "开始时间", "完成时间", "电子邮件", "姓名"], "msforms"),
        (["record_id", "survey_timestamp", "mn1", "survey_complete"], "redcap"),
        (["Record ID", "Survey Timestamp", "Complete?"], "redcap"),
        (["id. Response ID", "submitdate. Date submitted"], "limesurvey"),
        (["Response ID", "Date submitted", "Last page"], "limesurvey"),
        # Names that look like a platform's and are nobody's.
        (["respondent_id", "ic1"], None),
        (["timestamp", "ic1"], None),
        (["uuid", "ic1"], None),
        (["start", "end", "ic1"], None),
        (["record_id", "ic1"], None),
        (["id", "name", "email", "ic1"], None),
        (["Submission Date", "ic1"], None),
    ],
)
def test_no_platform_is_taken_for_another(names, platform):
    assert platform_of(names) == platform
