"""What cannot be written is refused with its place; what a format cannot carry is said; nothing is half-written."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest
import yaml
from small_instrument import FOLDER, small

from emolabor.common.errors import EmolaborError
from emolabor.instrument import FORMATS, load_instrument
from emolabor.instrument.form import make_form
from emolabor.instrument.losses import not_carried
from emolabor.scales import load_scale


@pytest.fixture
def changed(tmp_path):
    """Change texts in a copy of the small instrument's files and load it; each text must be there once."""

    def change(file, *changes):
        folder = tmp_path / "small"
        shutil.copytree(FOLDER / "small", folder, dirs_exist_ok=True)
        text = (folder / file).read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / file).write_text(text, encoding="utf-8")
        return load_instrument(folder / "small.yaml")

    return change


def refused(instrument, path, name, language="zh"):
    """The message of a refusal; nothing may be left on disk."""
    before = sorted(path.parent.iterdir())
    with pytest.raises(EmolaborError) as caught:
        instrument.write(path, format=name, language=language)
    assert sorted(path.parent.iterdir()) == before
    return str(caught.value)


@pytest.mark.parametrize("name", FORMATS)
def test_withheld_texts_are_refused_in_every_format(changed, tmp_path, name):
    instrument = changed(
        "calm.yaml",
        ('text: {zh: 上班时我很平静。, en: "At work I am calm."}', "text: null"),
        ('text: {zh: 上班时我很烦躁。, en: "At work I am \\"edgy\\", < often so."}', "text: null"),
        ("  text: own", "  text: withheld"),
        ("holder: emolabor contributors", "holder: A publisher"),
    )
    message = refused(instrument, tmp_path / "out", name)
    assert message.startswith("calm: found no wording of ca1, ca2, withheld because the rights are with A publisher")
    assert "`texts: {calm: my_texts.yaml}`" in message
    assert pd.isna(instrument.codebook("zh").set_index("key").loc["ca1", "text"])


@pytest.fixture
def with_published_scale(tmp_path):
    """An instrument that asks a published scale, and the wording that only its user has."""

    def make(texts=""):
        text = (FOLDER / "small" / "small.yaml").read_text(encoding="utf-8")
        text = text.replace(
            "scales:\n  - calm.yaml\n  - order.yaml\n", f"scales:\n  - psm_kim_2013\n  - order.yaml\n{texts}"
        )
        text = text.replace("random_order:\n  - calm\n", "")
        shutil.copy(FOLDER / "small" / "order.yaml", tmp_path)
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "mine.yaml"

    keys = [item.key for item in load_scale("psm_kim_2013").items]
    wording = {
        "scale": "psm_kim_2013",
        "instruction": {"zh": "您同意吗？", "en": "Do you agree?"},
        "labels": {"zh": list("一二三四五"), "en": list("abcde")},
        "items": {key: {"zh": f"题目{key}", "en": f"Text of {key}"} for key in keys},
    }
    (tmp_path / "wording.yaml").write_text(yaml.safe_dump(wording, allow_unicode=True), encoding="utf-8")
    return make


def test_a_published_scale_is_described_without_its_texts_and_written_with_the_users(with_published_scale, tmp_path):
    instrument = load_instrument(with_published_scale())
    assert "`texts: {psm_kim_2013: my_texts.yaml}`" in refused(instrument, tmp_path / "out", "xlsform")
    row = instrument.codebook("zh").iloc[5]
    assert pd.isna(row["text"]) and row["values"] == "1; 2; 3; 4; 5"
    instrument = load_instrument(with_published_scale("texts:\n  psm_kim_2013: wording.yaml\n"))
    content = instrument.write(tmp_path / "out", format="qualtrics", language="en").path.read_text(encoding="utf-8")
    assert f"Text of {instrument.scales[0].items[0].key}" in content


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ("texts:\n  belonging: wording.yaml\n", "line 15, texts.belonging: found a scale that is not asked"),
        ("texts:\n  psm_kim_2013: nowhere.yaml\n", "nowhere.yaml: found no readable file"),
        ("  - yang_2019\n", "line 14, scales[2]: found 'yang_2019'; allowed: a scale whose items have been looked up"),
    ],
)
def test_texts_and_scales_that_cannot_be_used_are_refused(with_published_scale, texts, told):
    with pytest.raises(EmolaborError) as caught:
        load_instrument(with_published_scale(texts))
    assert told in str(caught.value)


def test_a_label_with_a_blank_is_refused_for_wjx_and_taken_by_its_other_format(changed, tmp_path):
    instrument = changed("calm.yaml", ("比较不同意, 一般", "比较 不同意, 一般"))
    message = refused(instrument, tmp_path / "out", "wjx")
    file = tmp_path / "small" / "calm.yaml"
    assert message.startswith(f"{file}, line 9, response_format.labels.zh (calm): found the label '比较 不同意'")
    assert "wjx-jsonl" in message
    instrument.write(tmp_path / "out", format="wjx-jsonl", language="zh")


LABELS = {
    "zh": ": [非常不同意, 比较不同意, 一般, 比较同意, 非常同意]",
    "en": ": [Strongly disagree, Disagree, Neither, Agree, Strongly agree]",
}
CALM = "zh: 上班时我很平静。"
WJX = {
    # name: (file, changes, where and what is found)
    "two labels": (
        "calm.yaml",
        [("points: 5", "points: 2"), (LABELS["zh"], ": [否, 是]"), (LABELS["en"], ": [No, Yes]")],
        "labels.zh (calm): found 2 labels",
    ),
    "a digit first": (
        "calm.yaml",
        [(CALM, "zh: 8点上班时我很平静。")],
        "dimensions[0].items[0].text.zh (ca1): found the text '8点上班",
    ),
    "a bracket": (
        "small.yaml",
        [("zh: 中心代码", 'zh: "中心代码[单选题]"')],
        "background[1].names.zh (centre): found the text '中心代码[单选题]'",
    ),
    "an option": (
        "small.yaml",
        [("zh: 三十岁以上", "zh: 30岁以上")],
        "background[3].values[1].names.zh (age): found the text '30岁以上'",
    ),
}


@pytest.mark.parametrize("name", WJX)
def test_what_wjx_would_misread_is_refused(changed, tmp_path, name):
    file, changes, told = WJX[name]
    assert told in refused(changed(file, *changes), tmp_path / "out", "wjx")


def test_a_key_that_limesurvey_would_cut_off_is_refused_with_its_line(changed, tmp_path):
    key = "calm_in_the_long_working_day"
    message = refused(changed("calm.yaml", ("key: ca1", f"key: {key}")), tmp_path / "out", "limesurvey")
    file = tmp_path / "small" / "calm.yaml"
    assert message.startswith(f"{file}, line 15, dimensions[0].items[0].key ({key}): found a key of 23 letters")
    assert message.endswith("LimeSurvey takes 20; allowed: a shorter key, such as calminth")


def test_a_key_that_limesurvey_would_mistake_for_another_is_refused(changed, tmp_path):
    message = refused(changed("calm.yaml", ("key: ca1", "key: ca_2")), tmp_path / "out", "limesurvey")
    assert "(ca2): found a key that is ca2 without its underscores, as ca_2 is" in message


@pytest.mark.parametrize(
    ("name", "text", "told"), [("limesurvey", "在{中心}", "brace"), ("qualtrics", "[[ID:a]]", "tag")]
)
def test_a_text_that_a_platform_would_run_is_refused(changed, tmp_path, name, text, told):
    message = refused(changed("calm.yaml", (CALM, f'zh: "{text}"')), tmp_path / "out", name)
    assert told in message
    assert "calm.yaml, line 16, dimensions[0].items[0].text.zh (ca1)" in message


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"format": "qsf"}, "format: found 'qsf'; allowed: xlsform, wjx"),
        ({"format": "xlsform", "language": "fr"}, "language: found 'fr'; allowed: zh, en"),
    ],
)
def test_another_format_or_language_is_refused(tmp_path, options, told):
    with pytest.raises(EmolaborError) as caught:
        small().write(tmp_path / "out", **options)
    assert str(caught.value).startswith(told)


def test_a_folder_is_refused_as_a_file(tmp_path):
    assert refused(small(), tmp_path, "wjx").startswith(f"path: found the folder '{tmp_path}'")


@pytest.mark.parametrize("name", ["small.yaml", "calm.yaml"])
def test_the_files_of_the_questionnaire_are_not_written_over(changed, tmp_path, name):
    instrument, file = changed("small.yaml"), tmp_path / "small" / name
    before = file.read_bytes()
    assert "found a name of what this is made from; allowed: another file or folder" in refused(instrument, file, "wjx")
    assert file.read_bytes() == before


def test_what_a_format_cannot_carry_is_said(tmp_path):
    def told(name, language="zh"):
        return small().write(tmp_path / "out", format=name, language=language).not_carried

    assert told("html") == (
        "files: each respondent saves a file of one row; keep them in one folder, which is read as a whole",
    )
    assert told("xlsform") == (
        "random order: the items of calm are asked in the written order",
        "quotation marks: curly ones become straight ones, in at1",
    )
    assert told("limesurvey") == (
        "keys: work_type is worktype, as the format takes letters and digits only",
        "codes: answers come back as running numbers in work_type (1 is dispatched, 2 is agency)",
    )
    assert told("wjx")[0] == "languages: only Chinese; write another file for English"
    assert told("qualtrics", "en")[0] == "languages: only English; write another file for Chinese"
    assert any("Table_calm_1 is ca1" in sentence for sentence in told("qualtrics"))


def test_a_mapping_tells_how_changed_names_and_codes_come_back(changed, tmp_path):
    def mapping(name):
        return small().write(tmp_path / "out", format=name, language="zh").mapping

    codes = {"work_type": {"1": "dispatched", "2": "agency"}}
    assert mapping("html") == mapping("xlsform") == mapping("docx") == {}
    assert mapping("wjx") == {"values": codes}
    assert mapping("limesurvey") == {"columns": {"work_type": "worktype"}, "values": codes}
    renamed = changed("calm.yaml", ("key: ca1", "key: ca_1")).write(tmp_path / "out", format="limesurvey").mapping
    assert renamed["columns"] == {"work_type": "worktype", "ca_1": "calm[ca1]"}
    assert mapping("qualtrics") == {
        "columns": {
            "ca1": "Table_calm_1",
            "ca2": "Table_calm_2",
            "ti1": "Table_order_1",
            "pu1": "Table_order_2",
            "at1": "Table_order_3",
        },
        "values": codes,
    }


def test_nothing_is_said_of_what_a_questionnaire_does_not_have():
    plain = make_form(replace(small(), random_order=(), new_page_before=(), background=(), attention_checks=()))
    depends = {"random order", "pages", "patterns", "underscores", "codes", "quotation marks"}
    assert not_carried(plain, depends, "zh") == ()
    assert len(not_carried(make_form(small()), depends, "zh")) == len(depends)


@pytest.mark.parametrize("name", FORMATS)
def test_a_questionnaire_in_one_language_is_written_too(tmp_path, name):
    def only_chinese(entry):
        if isinstance(entry, dict):
            return {key: only_chinese(value) for key, value in entry.items() if key != "en"}
        return [only_chinese(value) for value in entry] if isinstance(entry, list) else entry

    for path in (FOLDER / "small").iterdir():
        content = only_chinese(yaml.safe_load(path.read_text(encoding="utf-8")))
        (tmp_path / path.name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    export = load_instrument(tmp_path / "small.yaml").write(tmp_path / "out", format=name)
    assert export.language == "zh"
    assert not any(sentence.startswith("languages:") for sentence in export.not_carried)


def test_the_form_joins_scales_that_are_asked_alike():
    instrument = load_instrument("window_staff")
    form = make_form(instrument)
    assert [table.key for table in form.tables if table.random_order] == ["emotional_labor"]
    keys = [question.key for question in form.questions]
    assert keys == [key for key in instrument.columns if key not in ("respondent", "seconds")]
    apart = make_form(replace(instrument, new_page_before=tuple(scale.key for scale in instrument.scales)))
    assert [len(page) for page in apart.pages] == [1] * len(instrument.scales)
