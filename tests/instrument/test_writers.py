"""Each format read back by what reads it in the field, or by a small reader of its grammar where that is not free."""

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from small_instrument import small

from emolabor.instrument import load_instrument
from emolabor.instrument.form import make_form
from emolabor.simulation.folder import DATA_FILE

SIMULATED = Path(__file__).parents[2] / "data" / "simulated" / DATA_FILE
ITEMS = ["ca1", "ca2", "ti1", "pu1", "at1"]


@pytest.fixture(scope="module")
def staff():
    return load_instrument("window_staff")


@pytest.fixture
def written(tmp_path):
    """Write a questionnaire and return the path."""

    def write(instrument, name, language="zh", ending=""):
        return instrument.write(tmp_path / f"out{ending}", format=name, language=language).path

    return write


@pytest.mark.parametrize("language", ["zh", "en"])
def test_xlsform_converts_and_names_columns_and_codes_as_they_are_read(written, staff, language):
    from pyxform.xls2xform import convert

    form = convert(written(staff, "xlsform", language, ".xlsx"), validate=False)
    assert form.warnings == []
    bound = re.findall(r'<bind nodeset="/data/Page_\w+/(\w+)"', form.xform)
    asked = [question.key for question in make_form(staff).questions]
    assert [key for key in bound if key in staff.columns] == asked
    notes = {"Consent_text", "Introduction", *(f"Instruction_{table.key}" for table in make_form(staff).tables)}
    assert set(bound) - set(asked) == {"consent", *notes}
    codes = set(re.findall(r"<name>(\w+)</name>", form.xform))
    assert codes == {"1", "2", "3", "4", "5", "dispatched", "contract", "agency", "female", "male"}
    opened = re.search(r'<translation lang="([^"]+)" default="true', form.xform)
    assert opened.group(1).endswith(f"({language})")
    straight = str.maketrans("“”", '""')  # pyxform makes quotation marks straight, as the export says
    for text in staff.items("zh")["text"]:
        assert f"<value>{text.translate(straight)}</value>" in form.xform


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
def test_odk_validate_takes_the_xlsform(written):
    from pyxform.xls2xform import convert

    assert convert(written(small(), "xlsform", ending=".xlsx"), validate=True).warnings == []


def test_xlsform_keeps_texts_that_look_like_formulas_as_texts(written):
    import openpyxl

    sheet = openpyxl.load_workbook(written(small(), "xlsform", ending=".xlsx"))["survey"]
    cells = [cell for row in sheet for cell in row if cell.value == "=I am on time."]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def read_wjx(text):
    """Read the text as both readers of 问卷星 do: a numbered line opens a question, a blank line ends it."""
    head, *blocks = text.split("\n\n")
    questions = []
    for block in blocks:
        title, *body = block.strip().split("\n")
        if title == "[分页栏]":
            continue
        number, words, kind = re.fullmatch(r"(\d+)\. (.+?)\[(\S+题)\]", title).groups()
        assert int(number) == len(questions) + 1
        labels, rows = (body[0].split(" "), body[1:]) if kind == "矩阵量表题" else (body, [])
        questions.append({"title": words, "kind": kind, "labels": labels, "rows": rows})
    return head.split("\n"), questions


def test_wjx_text_holds_every_question_in_the_shape_that_is_read(written, staff):
    text = written(staff, "wjx").read_text(encoding="utf-8")
    head, questions = read_wjx(text)
    form = make_form(staff)
    assert head == [form.title["zh"], form.consent["zh"], form.introduction["zh"]]
    assert text.count("[分页栏]") == 1 + len(form.pages)
    assert "反向" not in text and "行：" not in text
    kinds = [question["kind"] for question in questions]
    assert kinds == ["单选题", "填空题", "填空题", *["单选题"] * 4, *["矩阵量表题"] * len(form.tables)]
    tables = questions[7:]
    assert [row for table in tables for row in table["rows"]] == [
        row.text["zh"] for table in form.tables for row in table.rows
    ]
    assert all(
        table["labels"] == [choice.names["zh"] for choice in asked.choices]
        for table, asked in zip(tables, form.tables, strict=True)
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_wjx_lines_hold_what_the_text_holds(written, staff, language):
    lines = written(staff, "wjx-jsonl", language).read_text(encoding="utf-8").splitlines()
    head, *entries = map(json.loads, lines)
    assert head["qtype"] == "问卷基础信息" and head["language"] == language and head["atype"] == 1
    questions = [entry for entry in entries if entry["qtype"] != "分页栏"]
    assert len(entries) - len(questions) == 1 + len(make_form(staff).pages)
    if language == "zh":
        _, texts = read_wjx(written(staff, "wjx").read_text(encoding="utf-8"))
        assert [(entry["title"], entry.get("select", []), entry.get("rowtitle", [])) for entry in questions] == [
            (text["title"], text["labels"], text["rows"]) for text in texts
        ]


def test_limesurvey_repeats_the_same_block_in_each_language(written, staff):
    content = written(staff, "limesurvey", "en", ".txt").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfclass\ttype/scale\tname\trelevance\ttext\thelp\tlanguage\t")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter="\t"))
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    assert (settings["language"], settings["additional_languages"]) == ("en", "zh-Hans")
    blocks = [
        [
            (row["class"], row["type/scale"], row["name"])
            for row in rows
            if row["language"] == one and row["class"] in "QSQA"
        ]
        for one in ("en", "zh-Hans")
    ]
    assert blocks[0] == blocks[1]
    for kind, _, name in blocks[0]:
        assert re.fullmatch(r"[0-9]" if kind == "A" else r"[a-zA-Z][a-zA-Z0-9]{0,19}", name)
    items = [name for kind, _, name in blocks[0] if kind == "SQ"]
    assert items == [row.key for table in make_form(staff).tables for row in table.rows]
    random = [row["name"] for row in rows if row["random_order"]]
    assert random == ["emotionallabor"]
    must = {row["name"] for row in rows if row["mandatory"] == "Y"}
    assert must == {"consent"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_qualtrics_tags_are_the_documented_ones(written, language):
    blocks = written(small(), "qualtrics", language).read_text(encoding="utf-8").strip().split("\n\n")
    assert blocks[0] == "[[AdvancedFormat]]"
    tags = {re.sub(r"(Question|ID):.*", r"\1", tag) for block in blocks for tag in re.findall(r"\[\[(.+?)\]\]", block)}
    assert tags == {"AdvancedFormat", "Block", "Question", "ID", "Choices", "Answers", "PageBreak"}
    matrix = next(block for block in blocks if "[[ID:Table_order]]" in block).split("\n")
    rows = matrix[matrix.index("[[Choices]]") + 1 : matrix.index("[[Answers]]")]
    form = make_form(small())
    assert rows == [row.text[language] for row in form.tables[1].rows]
    assert matrix[matrix.index("[[Answers]]") + 1 :] == [one.names[language] for one in form.tables[1].choices]
    assert blocks.count("[[PageBreak]]") == 1 + len(form.pages)


@pytest.mark.skipif(shutil.which("node") is None, reason="survey-core runs in node")
def test_survey_core_finds_no_mistake_in_the_json(written, staff):
    library = files("emolabor.instrument") / "page_files" / "survey.core.min.js"
    script = (
        "const { Model } = require(process.argv[1]);"
        "const survey = new Model(JSON.parse(require('fs').readFileSync(0, 'utf8')));"
        "const tables = survey.getAllQuestions().filter((one) => one.getType() === 'matrix');"
        "console.log(JSON.stringify({ errors: (survey.jsonErrors || []).map(String),"
        " rows: tables.flatMap((one) => one.rows.map((row) => row.value)), pages: survey.pages.length }));"
    )
    run = subprocess.run(
        ["node", "-e", script, str(library)],
        input=written(staff, "surveyjs").read_bytes(),
        capture_output=True,
        check=True,
    )
    told = json.loads(run.stdout)
    form = make_form(staff)
    rows = [row.key for table in form.tables for row in table.rows]
    assert told["errors"] == [] and told["pages"] == 2 + len(form.pages)
    assert sorted(told["rows"]) == sorted(rows)
    mixed = {row.key for table in form.tables if table.random_order for row in table.rows}
    assert [key for key in told["rows"] if key not in mixed] == [key for key in rows if key not in mixed]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_paper_holds_every_text_in_tables_whose_heads_repeat(written, staff, language):
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(written(staff, "docx", language, ".docx"))
    form = make_form(staff)
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for text in (form.title, form.consent, form.introduction, form.agreement.text):
        assert text[language] in words
    for question in form.background:
        assert question.text[language] in words
        assert all(choice.names[language] in words for choice in question.choices)
    assert len(document.tables) == len(form.tables)
    number = 0
    for grid, table in zip(document.tables, form.tables, strict=True):
        head, *rows = [[cell.text for cell in row.cells] for row in grid.rows]
        assert head[2:] == [choice.names[language] for choice in table.choices]
        for row, item in zip(rows, table.rows, strict=True):
            number += 1
            assert row == [str(number), item.text[language], *(str(choice.code) for choice in table.choices)]
        assert grid.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in grid.rows)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "SimSun"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_spss_file_holds_labels_measures_and_missing_values(written, language):
    data, meta = pyreadstat.read_sav(written(small(), "sav-codebook", language, ".sav"), user_missing=True)
    instrument = small()
    assert data.empty and tuple(data.columns) == instrument.columns
    table = instrument.codebook(language).set_index("key")
    assert meta.column_names_to_labels == table["text"].to_dict()
    assert meta.variable_value_labels["work_type"] == {
        "dispatched": table.loc["work_type", "values"].split("; ")[0].removeprefix("dispatched = "),
        "agency": table.loc["work_type", "values"].split("; ")[1].removeprefix("agency = "),
    }
    labels = {code: label for code, label in meta.variable_value_labels["ti1"].items() if code > 0}
    assert "; ".join(f"{code:.0f} = {label}" for code, label in labels.items()) == table.loc["ti1", "values"]
    assert all(meta.missing_ranges[key] == [{"lo": -3.0, "hi": -2.0}] for key in ITEMS)
    assert {key: meta.variable_measure[key] for key in ("ti1", "work_type", "seconds")} == {
        "ti1": "ordinal",
        "work_type": "nominal",
        "seconds": "scale",
    }
    assert meta.original_variable_types["centre"] == "A24"


def test_table_schema_takes_the_simulated_data_and_refuses_a_wrong_code(written, staff, tmp_path):
    from frictionless import Resource, Schema

    schema = json.loads(written(staff, "table-schema").read_text(encoding="utf-8"))
    answers = pd.read_csv(SIMULATED, dtype=str).head(50)

    def errors(table):
        table.to_csv(tmp_path / "answers.csv", index=False)
        resource = Resource(path="answers.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema))
        report = resource.validate()
        return [(error.type, error.row_number, error.field_name) for error in report.tasks[0].errors]

    assert errors(answers) == []
    answers.loc[3, "sa1"] = "6"
    assert errors(answers) == [("constraint-error", 5, "sa1")]
    names = {field["name"]: field for field in schema["fields"]}
    assert names["at1"]["expected"] == 4 and names["be3"]["reverse"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ddi_tables_become_a_valid_document(written, tmp_path, language):
    import ddi_l
    from ddi_l.tables import load_tables

    path = written(small(), "ddi", language, ".zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "tables")
    for source in (path, tmp_path / "tables"):
        tables = load_tables(source)
        assert [item.identifier for item in tables.variables] == [
            tables.get("variables", key).identifier for key in small().columns
        ]
    tables.to_fragment().save(str(tmp_path / "small.xml"))
    ddi_l.open_fragment(tmp_path / "small.xml", validate=True)
    text = (tmp_path / "small.xml").read_text(encoding="utf-8")
    assert "上班时我很平静。" in text and "At work I am calm." in text
