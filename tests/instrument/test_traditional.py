"""Traditional Chinese beside Simplified and English, and a questionnaire in it alone."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.instrument import FORMATS
from emolabor.responses.scripts import simplified

pytestmark = pytest.mark.slow

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def folder(tmp_path):
    """The small questionnaire with its scales, converted."""
    pytest.importorskip("opencc")
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    for name in ("calm", "order", "small"):
        assert el.add_traditional(tmp_path / f"{name}.yaml") > 5
    return tmp_path


def alone(folder):
    """Leave Traditional Chinese alone."""

    def only(node):
        if isinstance(node, dict):
            return {key: only(value) for key, value in node.items() if key not in ("zh", "en")}
        return [only(value) for value in node] if isinstance(node, list) else node

    for path in folder.glob("*.yaml"):
        data = only(yaml.safe_load(path.read_text(encoding="utf-8")))
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def test_a_conversion_keeps_the_file_and_is_marked(folder):
    scale = el.load_scale(folder / "calm.yaml")
    assert scale.items[0].text["zh-Hant"] == "上班時我很平靜。" and scale.converted == ("zh-Hant",)
    assert scale.response_format.labels["zh-Hant"][1] == "比較不同意"
    before = (SMALL / "calm.yaml").read_text(encoding="utf-8").splitlines()
    after = (folder / "calm.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in before if "zh" not in line] == [line for line in after if "zh" not in line]
    with pytest.raises(EmolaborError, match="found texts in zh-Hant; allowed: a scale or an instrument in zh"):
        el.add_traditional(folder / "calm.yaml")


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_in_traditional_chinese(folder, name, only):
    instrument = el.load_instrument(alone(folder) / "small.yaml" if only else folder / "small.yaml")
    export = instrument.write(folder / "out", format=name, language="zh-Hant")
    assert export.not_carried[0].startswith("Traditional Chinese: converted by a program")
    if name not in ("xlsform", "docx", "ddi", "sav-codebook"):
        written = export.path.read_text(encoding="utf-8")
        assert "上班時我很平靜。" in written and ("上班时我很平静。" in written) == (
            not only and name in ("limesurvey", "surveyjs", "html")
        )


@pytest.mark.parametrize("only", [False, True])
def test_answers_in_traditional_chinese_are_read(folder, only):
    instrument = el.load_instrument(alone(folder) / "small.yaml" if only else folder / "small.yaml")
    labels = {scale.key: scale.response_format.labels["zh-Hant"] for scale in instrument.scales}
    texts = instrument.items("zh-Hant").set_index("key")
    answers = {row.text: [labels[row.scale][0], labels[row.scale][-1]] for row in texts.itertuples()}
    check = instrument.attention_checks[0]
    answers[check.text["zh-Hant"]] = [labels[check.after][2]] * 2
    pd.DataFrame(answers).to_csv(folder / "answers.csv", index=False)
    staff = el.read_responses(folder / "answers.csv", instrument)
    assert staff.data["ca1"].tolist() == [1, 5] and staff.data["ti1"].tolist() == [1, 4]
    assert (
        el.codebook(instrument)
        .write(folder / "book.md", "zh-Hant")
        .read_text(encoding="utf-8")
        .startswith("# 編碼手冊：")
    )


@pytest.mark.parametrize("name", FORMATS)
def test_our_questionnaire_is_written_in_traditional_chinese_and_its_files_stay(tmp_path, name):
    pytest.importorskip("opencc")
    instrument = el.load_instrument("window_staff")
    export = instrument.write(tmp_path / "out", format=name, language="zh-Hant")
    assert export.not_carried[0].endswith("read it before anybody is asked")
    assert instrument.languages == ("zh", "en") == el.load_instrument("window_staff").languages
    if name not in ("xlsform", "docx", "ddi", "sav-codebook"):
        assert "比較同意" in export.path.read_text(encoding="utf-8")


def test_answers_in_the_other_script_are_read_by_a_questionnaire_in_one(tmp_path, monkeypatch):
    pytest.importorskip("opencc")
    instrument = el.load_instrument("window_staff")
    traditional = el.in_traditional(instrument)
    data = el.simulate_staff(n=40, seed=3)
    labels = {scale.key: scale.response_format.labels["zh-Hant"] for scale in traditional.scales}
    texts = {row.key: (row.text, labels[row.scale]) for row in traditional.items("zh-Hant").itertuples()}
    checks = {one.key: (one.text["zh-Hant"], labels[one.after]) for one in traditional.attention_checks}
    answers = {
        text: ["" if pd.isna(code) else known[int(code) - 1] for code in data[key]]
        for key, (text, known) in (texts | checks).items()
    }
    for variable in traditional.background:
        names = {code: each["zh-Hant"] for code, each in (variable.values or {}).items()}
        answers[variable.names["zh-Hant"]] = ["" if pd.isna(one) else names.get(one, one) for one in data[variable.key]]
    pd.DataFrame(answers).to_csv(tmp_path / "answers.csv", index=False)
    staff = el.read_responses(tmp_path / "answers.csv", instrument)
    columns = [*texts, *checks, "dispatch_type", "tenure_band", "sex"]
    read, given = (frame[columns].astype(object).where(frame[columns].notna(), None) for frame in (staff.data, data))
    assert read.to_numpy().tolist() == given.to_numpy().tolist()

    simplified.cache_clear()
    monkeypatch.setitem(sys.modules, "opencc", None)
    with pytest.raises(EmolaborError, match=r"Traditional Chinese .* pip install 'emolabor\[traditional\]'"):
        el.read_responses(tmp_path / "answers.csv", instrument, language="en")
    simplified.cache_clear()


def test_what_is_not_written_in_chinese_has_no_traditional_form(folder):
    alone_in_english = replace(el.load_scale(folder / "calm.yaml"), names={"en": "Calm"})
    with pytest.raises(EmolaborError, match="language: found zh-Hant; allowed: en"):
        el.in_traditional(alone_in_english)
    scale = el.load_scale(folder / "calm.yaml")
    assert el.in_traditional(scale) is scale


def test_the_mark_names_a_language_of_the_file_and_goes_when_somebody_has_read_it(folder):
    source = (folder / "small.yaml").read_text(encoding="utf-8")
    for name in ("calm", "order", "small"):
        path = folder / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("converted: [zh-Hant]\n", ""), encoding="utf-8")
    told = el.load_instrument(folder / "small.yaml").write(folder / "out", format="surveyjs").not_carried
    assert not any("converted" in sentence for sentence in told)
    (folder / "small.yaml").write_text((SMALL / "small.yaml").read_text(encoding="utf-8") + "\nconverted: [zh-Hant]\n")
    with pytest.raises(
        EmolaborError, match=r"small\.yaml, line \d+, converted\[0\]: found 'zh-Hant'; allowed: a language"
    ):
        el.load_instrument(folder / "small.yaml")
    assert source


def test_a_record_tells_of_the_conversion(tmp_path):
    pytest.importorskip("opencc")
    from emolabor.scales import adapt_scale, check_record

    path = adapt_scale("belonging", "hall", "2026-11-02", tmp_path / "hall.yaml")
    with pytest.raises(EmolaborError, match="found a record; allowed: with the day"):
        el.add_traditional(path)
    el.add_traditional(path, "2026-11-20")
    assert check_record(path).languages == ("zh", "en", "zh-Hant")


def test_without_the_converter_one_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "opencc", None)
    path = shutil.copy(SMALL / "calm.yaml", tmp_path / "calm.yaml")
    with pytest.raises(EmolaborError, match=r"pip install 'emolabor\[traditional\]'"):
        el.add_traditional(path)


def test_a_study_in_traditional_chinese_alone_is_told_around_its_texts_in_chinese(folder):
    instrument = el.load_instrument(alone(folder) / "small.yaml")
    assert instrument.languages == ("zh-Hant",)
    for language in ("zh", "zh-Hant"):
        assert instrument.items(language)["text"].iloc[0] == "上班時我很平靜。"
        assert instrument.names(language) == {key: names for key, names in instrument.names("zh-Hant").items()}
        assert instrument.value_names("work_type", language)["dispatched"] == "派駐"
    with pytest.raises(EmolaborError, match="language: found 'en'; allowed: zh-Hant"):
        instrument.names("en")


def test_a_validation_report_quotes_a_scale_in_the_language_that_it_is_written_in(folder):
    shutil.copy(Path(el.__file__).parent / "scales" / "library" / "belonging.yaml", folder)
    el.add_traditional(folder / "belonging.yaml")
    scale = el.load_scale(alone(folder) / "belonging.yaml")
    answers = el.simulate_staff(n=120, seed=1)[[item.key for item in scale.items]]
    report = el.validation_report(answers, scale)
    for language in ("zh", "en"):
        assert scale.names["zh-Hant"] in "\n".join(report.sentences(language))
        page = el.write_validation(report, folder / f"{language}.md", language).read_text(encoding="utf-8")
        assert scale.items[0].text["zh-Hant"] in page
