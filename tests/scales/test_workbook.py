"""The workbook of an adaptation, the forms of experts and interviews, and scales from a table of items."""

import docx
import openpyxl
import pandas as pd
import pytest
import yaml

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.scales import check_record

DAY = "2026-11-09"


@pytest.fixture
def hall(tmp_path):
    """A new version of a scale, begun from the library's."""
    from emolabor.scales import adapt_scale

    return adapt_scale("belonging", "hall", "2026-11-02", tmp_path / "hall.yaml")


def edit(path, changes):
    """Fill in cells of a workbook's first sheet or another: row name and heading to value."""
    book = openpyxl.load_workbook(path)
    for sheet, row, heading, value in changes:
        cells = book[sheet]
        column = next(cell.column for cell in cells[1] if cell.value == heading)
        line = next(cell.row for cell in cells["A"] if cell.value == row)
        cells.cell(line, column).value = value
    book.save(path)


def filled(hall, tmp_path, language="en", target="en"):
    words = {"en": ("Texts", "Steps"), "zh": ("文本", "步骤")}[language]
    path = el.write_workbook(el.load_scale(hall), tmp_path / "hall.xlsx", source="zh", target=target, language=language)
    return path, *words


def test_a_workbook_comes_back_as_texts_and_record(hall, tmp_path):
    path, texts, steps = filled(hall, tmp_path)
    edit(
        path,
        [
            (texts, "be1", "Forward translation A", "I belong here."),
            (texts, "be1", "Forward translation B", "I am one of them."),
            (texts, "be1", "Synthesis", "I am one of us."),
            (texts, "be1", "Back translation", "我是我们中的一员。"),
            (texts, "be1", "Committee", "I feel that I am one of us."),
            (texts, "be1", "Cognitive interviews", "Five of five understood it."),
            (texts, "be2", "Synthesis", "Not yet"),
            (texts, "be2", "Status", "open"),
            (texts, "response_format 1", "Committee", "Not at all"),
            (steps, "Forward translation A", "Date (YYYY-MM-DD)", "2026-11-04"),
        ],
    )
    reading = el.read_workbook(path, hall, DAY)
    assert (reading.texts, reading.entries, reading.open) == (2, 7, ("be2",))
    scale = check_record(hall)
    assert scale.items[0].text["en"] == "I feel that I am one of us."
    assert scale.response_format.labels["en"][0] == "Not at all"
    entries = [entry for entry in scale.adaptation if entry["part"] == "be1"]
    assert [entry["step"] for entry in entries] == [
        "forward_translation",
        "forward_translation",
        "synthesis",
        "back_translation",
        "committee",
        "cognitive_interview",
    ]
    assert entries[0]["date"] == "2026-11-04" and entries[1]["date"] == DAY
    assert entries[0]["roles"] == ["translator A"] and entries[4]["new"] == {"en": "I feel that I am one of us."}
    before = hall.read_text(encoding="utf-8")
    assert el.read_workbook(path, hall, DAY).entries == 0
    assert hall.read_text(encoding="utf-8") == before


def test_a_workbook_as_it_was_written_changes_nothing(hall, tmp_path):
    before = hall.read_text(encoding="utf-8")
    for language in ("zh", "en"):
        path, *_ = filled(hall, tmp_path, language)
        assert el.read_workbook(path, hall) == el.scales.WorkbookReading(0, 0, ())
    assert hall.read_text(encoding="utf-8") == before


def one_language(hall, keep):
    """Leave one language of a scale and its record, with a comment and the layout of hands."""
    data = yaml.safe_load(hall.read_text(encoding="utf-8"))

    def only(node):
        if isinstance(node, dict):
            return {key: only(value) for key, value in node.items() if key not in {"zh", "en"} - {keep}}
        return [only(value) for value in node] if isinstance(node, list) else node

    old = {**only(data), "key": "old", "adaptation": []}
    (hall.parent / "old.yaml").write_text(yaml.safe_dump(old, allow_unicode=True), encoding="utf-8")
    hall.unlink()
    from emolabor.scales import adapt_scale

    return adapt_scale(hall.parent / "old.yaml", "hall", "2026-11-02", hall)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_language_is_written_when_every_text_of_it_is_settled(hall, tmp_path, language):
    hall = one_language(hall, "zh")
    path, texts, _ = filled(hall, tmp_path, language)
    names = {"zh": ("委员会定稿", "状态", "定稿"), "en": ("Committee", "Status", "settled")}[language]
    rows = [cell.value for cell in openpyxl.load_workbook(path)[texts]["A"]][1:]
    settled = [(texts, row, names[0], f"English {row}") for row in rows]
    settled += [(texts, row, names[1], names[2]) for row in rows]
    edit(path, settled[:-1])
    with pytest.raises(
        EmolaborError, match=rf"found no settled text of {rows[-1]}; allowed: all of them, as en is a new"
    ):
        el.read_workbook(path, hall, DAY)
    edit(path, settled)
    assert el.read_workbook(path, hall, DAY).texts == len(rows)
    scale = check_record(hall)
    assert scale.languages == ("zh", "en")
    assert scale.response_format.labels["en"][1] == "English response_format 2"
    assert scale.items[2].text["en"] == "English be3"


def test_every_mistake_of_a_workbook_is_named_with_sheet_and_row(hall, tmp_path):
    path, texts, steps = filled(hall, tmp_path)
    edit(
        path,
        [
            (texts, "be1", "Status", "done"),
            (texts, "be2", "Synthesis", None),
            (texts, "be3", "Forward translation A", "draft"),
            (texts, "be3", "Part", "be9"),
            (texts, "construct", "Committee", "New words."),
            (steps, "Committee", "Who (roles, parted by ;)", None),
        ],
    )
    before = hall.read_text(encoding="utf-8")
    with pytest.raises(EmolaborError) as error:
        el.read_workbook(path, hall)
    told = str(error.value)
    assert "Texts, row 11: found the status 'done'; allowed: 待定/open, 定稿/settled" in told
    assert "Texts, row 12: found be2 settled without a text" in told
    assert "Texts, row 13: found the part 'be9'; allowed: names" in told
    assert "Steps, row 6: found nothing for Committee; allowed: who did it" in told
    assert hall.read_text(encoding="utf-8") == before


def test_what_is_no_workbook_of_the_scale_is_refused(hall, tmp_path):
    other, *_ = filled(hall, tmp_path)
    with pytest.raises(EmolaborError, match="no record; allowed: a file begun with emolabor scales adapt"):
        from emolabor.scales import new_scale

        el.read_workbook(other, new_scale("calm", tmp_path / "calm.yaml"))
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "plain.xlsx", index=False)
    with pytest.raises(EmolaborError, match="found no sheet texts, people, about"):
        el.read_workbook(tmp_path / "plain.xlsx", hall)
    (tmp_path / "broken.xlsx").write_bytes(b"PK no")
    with pytest.raises(EmolaborError, match=r"broken\.xlsx: found no whole file"):
        el.read_workbook(tmp_path / "broken.xlsx", hall)


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_ratings_come_back_from_the_forms(tmp_path, ending, language):
    scale, ratings = el.load_scale("belonging"), {"be1": (4, 3), "be2": (2, 4), "be3": (4, None)}
    paths = []
    for expert in (0, 1):
        path = el.write_rating_form(scale, tmp_path / f"expert-{expert}.{ending}", language)
        if ending == "docx":
            form = docx.Document(str(path))
            for row in form.tables[0].rows[1:]:
                row.cells[2].text = str(ratings[row.cells[0].text][expert] or "")
            form.save(str(path))
        else:
            book = openpyxl.load_workbook(path)
            for row in book.worksheets[0].iter_rows(min_row=2):
                row[2].value = ratings[row[0].value][expert]
            book.save(path)
        paths.append(path)
    read = el.read_ratings(paths, scale)
    assert read["be1"].tolist() == [4, 3] and read["be2"].tolist() == [2, 4] and read["be3"].isna().tolist() == [0, 1]


def test_a_wrong_rating_on_a_form_is_refused_with_its_row(tmp_path):
    path = el.write_rating_form(el.load_scale("belonging"), tmp_path / "form.xlsx", "en")
    edit(path, [("Items", "be2", "Relevance (1 not relevant - 4 highly relevant)", 7)])
    with pytest.raises(EmolaborError, match=r"form\.xlsx, Items, row 3, be2: found '7'; allowed: 1, 2, 3 or 4"):
        el.read_ratings(path, el.load_scale("belonging"))


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_interviews_become_steps_of_the_record(hall, tmp_path, ending):
    guides = []
    for number, answer in enumerate(("是", "no")):
        path = el.write_interview_guide(el.load_scale(hall), tmp_path / f"guide-{number}.{ending}", "zh")
        if ending == "docx":
            guide = docx.Document(str(path))
            guide.tables[0].rows[1].cells[3].text, guide.tables[0].rows[1].cells[4].text = answer, f"remark {number}"
            guide.save(str(path))
        else:
            edit(
                path, [("题目", "be1", "理解与本意一致（是/否）", answer), ("题目", "be1", "意见", f"remark {number}")]
            )
        guides.append(path)
    told = el.record_interviews(hall, guides, DAY)
    assert told == {"be1": "Understood as meant by 1 of 2. Remarks: remark 0; remark 1"}
    assert check_record(hall).adaptation[-1]["step"] == "cognitive_interview"


TABLE = {
    "构念": ["情绪耗竭", "情绪耗竭", "calm"],
    "题号": ["EE1", "ee2", "ca1"],
    "题目": ["我很累。", "我精力充沛。", "我很平静。"],
    "题目（英文）": ["I am tired.", "I am full of energy.", "I am calm."],
    "反向": [None, "是", 0],
    "选项": ["1=从不；2=有时；3=总是", None, "从不;总是"],
    "labels (en)": ["Never; Sometimes; Always", None, "Never | Always"],
}


def test_a_table_of_items_becomes_scales(tmp_path):
    table = pd.DataFrame(TABLE).assign(构念=["exhaustion", "exhaustion", "calm"], 名称=["情绪耗竭", None, "平静"])
    table.to_excel(tmp_path / "items.xlsx", index=False)
    assert [path.name for path in el.scales_from_table(tmp_path / "items.xlsx", tmp_path)] == [
        "exhaustion.yaml",
        "calm.yaml",
    ]
    scale = el.load_scale(tmp_path / "exhaustion.yaml")
    assert [(item.key, item.reverse) for item in scale.items] == [("ee1", False), ("ee2", True)]
    assert scale.items[1].text == {"zh": "我精力充沛。", "en": "I am full of energy."}
    assert scale.response_format.labels == {"zh": ["从不", "有时", "总是"], "en": ["Never", "Sometimes", "Always"]}
    assert scale.names == {"zh": "情绪耗竭", "en": "exhaustion"} and scale.unwritten == ("construct", "instruction")
    assert el.load_scale(tmp_path / "calm.yaml").response_format.points == 2


def test_constructs_of_one_scale_are_its_dimensions_in_one_language(tmp_path):
    table = pd.DataFrame(
        {
            "scale": "Work mood",
            "construct": ["Calm at work", "Calm at work", "Pride"],
            "key": ["c1", "c2", "p1"],
            "text": ["I am calm.", "I am tense.", "I am proud."],
            "reverse": ["no", "yes", ""],
            "labels": ["No\nYes", "", ""],
        }
    )
    table.to_excel(tmp_path / "items.xlsx", index=False)
    (path,) = el.scales_from_table(tmp_path / "items.xlsx", tmp_path, language="en")
    scale = el.load_scale(path)
    assert scale.key == "work_mood" and scale.languages == ("en",)
    assert [(dimension.key, dimension.names["en"]) for dimension in scale.dimensions] == [
        ("calm_at_work", "Calm at work"),
        ("pride", "Pride"),
    ]


def test_every_mistake_of_a_table_is_named_at_once_and_nothing_is_written(tmp_path):
    table = pd.DataFrame(TABLE | {"题号": ["1", "ee2", "ee2"], "反向": ["maybe", None, None]})
    table.loc[1, "题目"] = None
    table.loc[0, "选项"] = "1=从不；3=总是"
    with pd.ExcelWriter(tmp_path / "items.xlsx") as book:
        table.to_excel(book, sheet_name="量表题目", index=False)
    with pytest.raises(EmolaborError) as error:
        el.scales_from_table(tmp_path / "items.xlsx", tmp_path)
    told = str(error.value)
    for mistake in (
        "量表题目, row 2: found the construct '情绪耗竭'",
        "row 2: found the key '1'",
        "row 2: found 'maybe' for reverse",
        "row 2: found the labels '1=从不；3=总是'; allowed: a label for each code",
        "row 3: found no text (zh)",
        "row 4: found the key 'ee2' of",
    ):
        assert mistake in told, mistake
    assert [path.name for path in tmp_path.iterdir()] == ["items.xlsx"]


def test_a_table_without_its_columns_is_refused(tmp_path):
    pd.DataFrame({"key": ["a1"], "text": ["I am."]}).to_excel(tmp_path / "items.xlsx", index=False)
    with pytest.raises(
        EmolaborError, match="found no column construct, reverse, labels; allowed headings: construct: "
    ):
        el.scales_from_table(tmp_path / "items.xlsx", tmp_path)
    pd.DataFrame({"a": [1]}).to_excel(tmp_path / "other.xlsx", index=False)
    with pytest.raises(EmolaborError, match="found no table of items"):
        el.scales_from_table(tmp_path / "other.xlsx", tmp_path)


def test_a_whole_questionnaire_is_one_form_with_every_definition(tmp_path):
    instrument = el.load_instrument("window_staff")
    path = el.write_rating_form(instrument, tmp_path / "all.xlsx", "en")
    book = openpyxl.load_workbook(path)
    keys = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert keys == instrument.items("en")["key"].tolist()
    about = "\n".join(str(row[0].value) for row in book.worksheets[1].iter_rows())
    assert all(scale.construct["en"] in about for scale in instrument.scales)
    guide = el.write_interview_guide(instrument, tmp_path / "guide.docx", "zh")
    assert instrument.title["zh"] in "\n".join(part.text for part in docx.Document(guide).paragraphs)
