"""Answers as files hold them: read right, or refused with a mapping that, filled in as the truth says, reads right."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml

import emolabor as el

SCALE = """\
key: tiny
names: {zh: 短量表, en: Short scale}
construct: {zh: 定义。, en: Definition.}
citations: [{source: own, use: source of the construct, verified: false}]
instruction: {zh: 您是否同意？, en: Do you agree?}
response_format:
  points: 5
  labels:
    zh: [完全不同意, 不太同意, 说不准, 比较同意, 完全同意]
    en: [Fully disagree, Rather disagree, Undecided, Rather agree, Fully agree]
dimensions:
  - key: tiny_score
    names: {zh: 短, en: Short}
    items:
      - {key: t1, text: {zh: 我每天都来。, en: I come every day.}, reverse: false}
      - {key: t2, text: {zh: 我认识大家。, en: I know everybody.}, reverse: false}
      - {key: t3, text: {zh: 我想走。, en: I want to go.}, reverse: true}
      - {key: t4, text: {zh: 我喜欢这里。, en: I like it here.}, reverse: false}
scoring: mean
rights: {status: own, holder: x, licence: CC BY 4.0, evidence: written afresh, checked_on: "2026-01-01", text: own}
status: not validated
adaptation: []
"""
SURVEY = """\
key: tiny_survey
title: {zh: 短问卷, en: Short survey}
consent: {zh: 自愿。, en: Voluntary.}
introduction: {zh: 请作答。, en: Please answer.}
scales: [tiny.yaml]
attention_checks: []
background:
  - key: shift
    kind: choice
    names: {zh: 班次, en: Shift}
    values:
      - {code: early, names: {zh: 早班, en: Early shift}}
      - {code: late, names: {zh: 晚班, en: Late shift}}
  - {key: seconds, kind: number, minimum: 0, names: {zh: 用时, en: Seconds}}
"""
ITEMS = ["t1", "t2", "t3", "t4"]
ZH = ["完全不同意", "不太同意", "说不准", "比较同意", "完全同意"]
EN = ["Fully disagree", "Rather disagree", "Undecided", "Rather agree", "Fully agree"]


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.yaml").write_text(SCALE, encoding="utf-8")
    (folder / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    return el.load_instrument(folder / "survey.yaml")


@pytest.fixture(scope="module")
def truth():
    """Eighty respondents; few choose the ends, and nobody the highest code of t1."""
    rng = np.random.default_rng(16)
    answers = pd.DataFrame(rng.choice(5, (80, 4), p=[0.08, 0.22, 0.35, 0.25, 0.1]) + 1, columns=ITEMS)
    return answers.assign(t1=answers["t1"].clip(upper=4))


def written(truth, write, path):
    """Write a file in which each answer stands as `write` writes its code."""
    truth.map(write).to_csv(path, index=False, encoding="utf-8-sig")
    return path


def labelled(truth, labels, path, number=lambda code: code):
    """Write an SPSS or Stata file with value labels (number to label), its numbers made from the codes."""
    frame = truth.map(number)
    write = pyreadstat.write_dta if path.suffix == ".dta" else pyreadstat.write_sav
    write(frame, path, variable_value_labels={item: labels for item in frame if item in ITEMS})
    return path


def assert_right(staff, truth):
    """Every answer is the true one, row by row."""
    pd.testing.assert_frame_equal(staff.data[list(truth)], truth, check_dtype=False)


def filled_in(text, path_truth, holds):
    """Fill in a mapping as the truth says: `holds` gives what the file writes for each key and row."""
    mapping = yaml.safe_load(text)
    for key, table in mapping["values"].items():
        keys = ITEMS if key == "all_items" else [key]
        for name in table or ():
            codes = {
                code
                for item in keys
                for cell, code in zip(holds[item], path_truth[item], strict=True)
                if str(cell) == name
            }
            if table[name] is None and len(codes) == 1:
                code = codes.pop()
                table[name] = code if isinstance(code, str) else int(code)
    return mapping


READ = {
    "full width": lambda code: "０１２３４５"[code],
    "zero-width and no-break spaces": lambda code: f"\u200b{code}\u00a0\ufeff",
    "an apostrophe": lambda code: f"'{code}",
    "a typographic apostrophe": lambda code: f"’{code}",
    "as a formula of text": lambda code: f'="{code}"',
    "entities": lambda code: f"&nbsp;{code}",
    "with a point": lambda code: f"{code}.0",
    "with a decimal comma": lambda code: f"{code},0",
    "a unit": lambda code: f"{code}分",
    "an English unit": lambda code: f"{code} points",
    "code and label": lambda code: f"{code}-{ZH[code - 1]}",
    "code, dash, label": lambda code: f"{code} – {EN[code - 1]}",
    "counted labels": lambda code: f"{code}. {EN[code - 1]}",
    "counted by circles": lambda code: "①②③④⑤"[code - 1] + ZH[code - 1],
    "counted by commas": lambda code: f"{code}、{ZH[code - 1]}",
    "code in brackets first": lambda code: f"({code}) {EN[code - 1]}",
    "code in brackets last": lambda code: f"{EN[code - 1]} ({code})",
    "code in wide brackets": lambda code: f"{ZH[code - 1]}（{code}）",
    "code = label": lambda code: f"{code}={EN[code - 1]}",
    "label: code": lambda code: f"{EN[code - 1]}: {code}",
    "counted by letters": lambda code: f"{'ABCDE'[code - 1]}.{ZH[code - 1]}",
    "both languages": lambda code: f"{ZH[code - 1]} {EN[code - 1]}",
    "both languages, parted": lambda code: f"{EN[code - 1]} / {ZH[code - 1]}",
    "code and both languages": lambda code: f"{code} {ZH[code - 1]}（{EN[code - 1]}）",
    "upper case labels": lambda code: EN[code - 1].upper(),
    "one label worded otherwise": lambda code: f"{code}. {'Agree' if code == 4 else EN[code - 1]}",
    "counted from 0 with labels": lambda code: f"{code - 1} - {EN[code - 1]}",
    "the other way round with labels": lambda code: f"{6 - code} = {EN[code - 1]}",
    "ends with labels": lambda code: f"{code} {EN[code - 1]}" if code in (1, 5) else str(code),
}


@pytest.mark.parametrize("case", READ)
def test_answers_as_people_and_programs_write_them(case, truth, instrument, tmp_path):
    path = written(truth, READ[case], tmp_path / "mine.csv")
    assert_right(el.read_responses(path, instrument), truth)


def test_labels_and_numbers_in_one_column_are_both_read_and_told(truth, instrument, tmp_path):
    frame = truth.astype(object)
    frame.iloc[:50] = truth.iloc[:50].map(lambda code: ZH[code - 1])
    frame.to_csv(tmp_path / "mine.csv", index=False)
    staff = el.read_responses(tmp_path / "mine.csv", instrument)
    assert_right(staff, truth)
    assert (staff.report["kind"] == "mixed").sum() == 30 * len(ITEMS)


REFUSED = {
    "from 0": lambda code: code - 1,
    "around 0": lambda code: code - 3,
    "tens": lambda code: 10 * code,
    "per cent": lambda code: 25 * (code - 1),
    "from 2": lambda code: code + 1,
    "every other of nine": lambda code: 2 * code - 1,
    "halves": lambda code: code + 0.5,
    "letters": lambda code: "EDCBA"[code - 1],
    "answer codes from 0": lambda code: f"A{code - 1}",
    "codes of two kinds": lambda code: ["D2", "D1", "N0", "A1", "A2"][code - 1],
    "words of another scale": lambda code: ["never", "seldom", "at times", "often", "always"][code - 1],
    "another language": lambda code: ["전혀 아니다", "아니다", "보통", "그렇다", "매우 그렇다"][code - 1],
    "synonyms": lambda code: ["Fully disagree", "Disagree", "Neutral", "Agree", "Fully agree"][code - 1],
    "numbers in Chinese": lambda code: "一二三四五"[code - 1],
    "true and false beside": lambda code: ["TRUE", "FALSE", "maybe", "yes", "no"][code - 1],
    "dates as text": lambda code: f"{code}-Jan",
    "Chinese dates": lambda code: f"1月{code}日",
    "a trailing comma": lambda code: f"{code},",
    "from 0 with other labels": lambda code: f"{code - 1} = {'abcde'[code - 1]} words",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_understood_is_refused_and_the_mapping_filled_in_reads_right(case, truth, instrument, tmp_path):
    holds = truth.map(REFUSED[case])
    holds.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.EmolaborError, match=r"not understood|no valid answer") as caught:
        el.read_responses(tmp_path / "mine.csv", instrument)
    with pytest.raises(el.EmolaborError):  # empty as it was written it says nothing
        el.read_responses(tmp_path / "mine.csv", instrument, yaml.safe_load(caught.value.mapping))
    mapping = filled_in(caught.value.mapping, truth, holds)
    assert_right(el.read_responses(tmp_path / "mine.csv", instrument, mapping), truth)
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    assert_right(el.read_responses(tmp_path / "mine.csv", instrument, tmp_path / "mapping.yaml"), truth)


def ends(low, high):
    """Labels at both ends only."""
    return {low: EN[0], high: EN[4]}


LABELLED = {
    "as asked": (dict(enumerate(EN, start=1)), lambda code: code),
    "turned": ({6 - code: label for code, label in enumerate(EN, start=1)}, lambda code: 6 - code),
    "turned, circles": ({6 - code: f"{'①②③④⑤'[5 - code]} {label}" for code, label in enumerate(ZH, start=1)},
                        lambda code: 6 - code),
    "turned, counted": ({6 - code: f"{6 - code}. {label}" for code, label in enumerate(EN, start=1)},
                        lambda code: 6 - code),
    "turned, one worded otherwise": ({1: EN[4], 2: "Agree", 3: EN[2], 4: EN[1], 5: EN[0]}, lambda code: 6 - code),
    "turned, ends known": ({1: EN[4], 2: "Agree", 3: "Neutral", 4: "Disagree", 5: EN[0]}, lambda code: 6 - code),
    "turned, ends only": (ends(5, 1), lambda code: 6 - code),
    "from 0, ends only": (ends(0, 4), lambda code: code - 1),
    "around 0, ends only": (ends(-2, 2), lambda code: code - 3),
    "as asked, ends only": (ends(1, 5), lambda code: code),
    "as asked, one worded otherwise": (dict(enumerate([*EN[:3], "Agree", EN[4]], start=1)), lambda code: code),
    "from 0": (dict(enumerate(EN)), lambda code: code - 1),
    "any order": (dict(zip([3, 1, 5, 2, 4], EN, strict=True)), lambda code: [3, 1, 5, 2, 4][code - 1]),
    "numbers as labels": ({code: str(code) for code in range(1, 6)}, lambda code: code),
    "numbers from 0 labelled with the codes": ({code - 1: str(code) for code in range(1, 6)}, lambda code: code - 1),
    "only what is missing": ({8: "Don't know", 9: "Refused"}, lambda code: code),
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
@pytest.mark.parametrize("case", LABELLED)
def test_value_labels_that_are_known_are_followed(case, suffix, truth, instrument, tmp_path):
    labels, number = LABELLED[case]
    staff = el.read_responses(labelled(truth, labels, tmp_path / f"mine{suffix}", number), instrument)
    assert_right(staff, truth)
    assert ("relabelled" in set(staff.report["kind"])) == (number(2) != 2)


UNCLEAR_LABELS = {
    "all worded otherwise": ({6 - code: f"word {'edcba'[code - 1]}" for code in range(1, 6)}, lambda code: 6 - code),
    "only the middle known": ({1: "yes", 2: "rather", 3: EN[2], 4: "hardly", 5: "no"}, lambda code: 6 - code),
    "seven points, ends known": (ends(1, 7), lambda code: [1, 2, 4, 6, 7][code - 1]),
    "ten points, ends known": (ends(0, 10), lambda code: [0, 2, 5, 8, 10][code - 1]),
}


@pytest.mark.parametrize("case", UNCLEAR_LABELS)
def test_value_labels_that_do_not_tell_the_codes_are_refused_with_a_mapping(case, truth, instrument, tmp_path):
    labels, number = UNCLEAR_LABELS[case]
    path = labelled(truth, labels, tmp_path / "mine.sav", number)
    with pytest.raises(el.EmolaborError, match=r"not understood|no valid answer") as caught:
        el.read_responses(path, instrument)
    mapping = filled_in(caught.value.mapping, truth, truth.map(number))
    assert_right(el.read_responses(path, instrument, mapping), truth)


def test_labels_of_no_answer_are_missing_and_counted(truth, instrument, tmp_path):
    frame = truth.copy()
    frame.loc[:19, "t2"], frame.loc[20:29, "t2"] = 8, 9
    labels = dict(enumerate(EN, start=1)) | {8: "Don't know", 9: "拒答"}
    staff = el.read_responses(labelled(frame, labels, tmp_path / "mine.sav"), instrument)
    assert staff.data["t2"].isna().sum() == 30 and staff.data["t2"].iloc[30:].tolist() == truth["t2"].iloc[30:].tolist()
    assert "30 answers: t2 (30)" in staff.report_text("en") and "共 30 个：t2 (30)" in staff.report_text("zh")


@pytest.mark.parametrize("word", ["NA", "n/a", "#N/A", "NULL", ".", "不适用", "拒答", "Prefer not to say"])
def test_words_for_no_answer_are_missing_and_counted(word, truth, instrument, tmp_path):
    frame = truth.astype(object)
    frame.loc[:24, "t3"] = word
    frame.to_csv(tmp_path / "mine.csv", index=False)
    staff = el.read_responses(tmp_path / "mine.csv", instrument)
    assert staff.data["t3"].isna().sum() == 25
    assert staff.report[["column", "found", "kind"]].to_numpy().tolist()[-1] == ["t3", "25", "declared"]
