"""Answers as files hold them: read right, or refused with a mapping that, filled in as the truth says, reads right."""

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml

import emolabor as el

pytestmark = pytest.mark.slow

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


def test_a_background_question_of_numbers_is_refused_and_mended_or_left_out(truth, instrument, tmp_path):
    frame = truth.assign(shift=np.where(np.arange(80) % 3, "early", "late"))
    frame.assign(shift=np.where(np.arange(80) % 3, 1, 2)).to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.EmolaborError, match=r"shift \(early, late\): 80 of 80 cells, 1 \(53\), 2 \(27\)") as caught:
        el.read_responses(tmp_path / "mine.csv", instrument)
    empty = yaml.safe_load(caught.value.mapping)
    staff = el.read_responses(tmp_path / "mine.csv", instrument, empty)
    assert staff.data["shift"].isna().all() and "80 answers: shift (80)" in staff.report_text("en")
    staff = el.read_responses(tmp_path / "mine.csv", instrument, {"columns": {"shift": False}})
    assert "shift" not in staff.data
    named = {"values": {"shift": {1: "early", 2: "late"}}}
    assert_right(el.read_responses(tmp_path / "mine.csv", instrument, named), frame)


def test_a_mapping_explains_one_word_and_leaves_the_others(truth, instrument, tmp_path):
    path = written(truth, lambda code: "同意" if code == 4 else ZH[code - 1], tmp_path / "mine.csv")
    staff = el.read_responses(path, instrument, {"values": {"all_items": {"同意": 4}}})
    assert_right(staff, truth)
    assert "mixed" not in set(staff.report["kind"])


def test_a_mapping_of_numbers_that_leaves_one_out_reads_it_as_missing(truth, instrument, tmp_path):
    frame = truth.clip(lower=2)
    frame.iloc[:5] = 1
    path = written(frame, lambda code: code - 1, tmp_path / "mine.csv")
    mapping = {"values": {"all_items": {1: 2, 2: 3, 3: 4, 4: 5}}}
    with pytest.raises(el.EmolaborError, match=r"3 \(.*4 \(.*the mapping leaves them out"):
        el.read_responses(path, instrument, {"values": {"all_items": {0: 1, 1: 2, 2: 3}}})
    staff = el.read_responses(path, instrument, mapping)
    assert_right(staff, frame.iloc[5:].reset_index(drop=True))  # the five rows are left without an answer
    assert (staff.report["kind"] == "not_allowed").sum() == 20


def test_missing_may_be_said_of_single_items_and_is_counted(truth, instrument, tmp_path):
    frame = truth.copy()
    frame.loc[:11, ["t1", "t2"]] = 9
    frame.to_csv(tmp_path / "mine.csv", index=False)
    (tmp_path / "mapping.yaml").write_text("missing: {t1: [9], t2: ['9']}\n")
    staff = el.read_responses(tmp_path / "mine.csv", instrument, tmp_path / "mapping.yaml")
    assert_right(staff, truth.where(frame != 9))
    assert "24 answers: t1 (12), t2 (12)" in staff.report_text("en")


TURNED = "{1: 5, 2: 4, 3: 3, 4: 2, 5: 1}"


@pytest.mark.parametrize(
    "text",
    [
        f"all_items: {TURNED}",
        "all_items: {'1': 5, '2': 4, '3': 3, '4': 2, '5': 1}",
        f"t1: {TURNED}, all_items: {TURNED}",
    ],
)
def test_numbers_may_be_keys_of_a_mapping(text, truth, instrument, tmp_path):
    (tmp_path / "mapping.yaml").write_text(f"values: {{{text}}}")
    path = written(truth, lambda code: 6 - code, tmp_path / "mine.csv")
    assert_right(el.read_responses(path, instrument, tmp_path / "mapping.yaml"), truth)


TIMES = {
    "00:01:05": 65, "0:01:05": 65, "1:00:05": 3605, "2 days, 1:02:03": 176523, "1分5秒": 65, "1分05秒": 65,
    "2小时": 7200, "1天": 86400, "1天2小时3分5秒": 93785, "1小時5分鐘": 3900, "1 min 5 s": 65, "1h 5m": 3900,
    "65 sec": 65, "65.5秒": 65.5,
}  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_times_are_seconds_however_they_are_written(text, truth, instrument, tmp_path):
    truth.assign(seconds=text).to_csv(tmp_path / "mine.csv", index=False)
    staff = el.read_responses(tmp_path / "mine.csv", instrument)
    assert (staff.data["seconds"] == TIMES[text]).all()


@pytest.mark.parametrize("text", ["1:05", "soon", "1分5"])
def test_times_that_may_mean_two_things_are_missing_and_told(text, truth, instrument, tmp_path):
    truth.assign(seconds=text).to_csv(tmp_path / "mine.csv", index=False)
    staff = el.read_responses(tmp_path / "mine.csv", instrument)
    assert staff.data["seconds"].isna().all()
    assert (staff.report.query("column == 'seconds'")["kind"] == "not_allowed").sum() == 80


def test_a_few_stray_numbers_are_no_other_scale(truth, instrument, tmp_path):
    frame = truth.copy()
    frame.iloc[0, 0] = frame.iloc[1, 1] = 6
    frame.iloc[2, 2] = 0
    frame.to_csv(tmp_path / "mine.csv", index=False)
    staff = el.read_responses(tmp_path / "mine.csv", instrument)
    assert_right(staff, truth.where(frame.isin(range(1, 6))))


def test_a_scale_from_0_is_told_even_where_hardly_anybody_chose_0(truth, instrument, tmp_path):
    frame = truth.clip(lower=2) - 1
    frame.iloc[7, 1] = 0
    frame.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.EmolaborError, match="0 occurs and 5 never does"):
        el.read_responses(tmp_path / "mine.csv", instrument)


def test_the_refusal_shows_no_value_of_fewer_than_five_and_nothing_personal(truth, instrument, tmp_path):
    names = ["张三丰", "13800138000", "someone@example.org", "I think so, said Mr Wang"]
    frame = truth.astype(object)
    frame.loc[:7, "t1"] = "13800138000"
    frame.loc[8:15, "t1"] = "always"
    frame.loc[16:19, "t1"] = names
    frame.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.EmolaborError, match=r"t1 \(1 to 5\): 20 of 80 cells, always \(8\)") as caught:
        el.read_responses(tmp_path / "mine.csv", instrument)
    assert not [name for name in names if name in str(caught.value) + caught.value.mapping]


def test_where_nothing_is_placed_all_keys_headings_and_values_are_written_down(truth, instrument, tmp_path):
    renamed = (
        truth.set_axis(["V1", "V2", "V3", "V4"], axis=1).assign(name="王五", note=range(80)) - {"name": 0}.get("x", 0)
        if False
        else truth.set_axis(["V1", "V2", "V3", "V4"], axis=1).sub(1).assign(name="王五", note=range(80))
    )
    renamed.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.EmolaborError, match="found no column for t1") as caught:
        el.read_responses(tmp_path / "mine.csv", instrument)
    text = caught.value.mapping
    assert "王五" not in text and "#   1: V1   holds 0 (" in text
    mapping = yaml.safe_load(text)
    assert mapping["columns"] == dict.fromkeys(["shift", "seconds", *ITEMS])
    assert list(mapping["values"]["all_items"]) == ["0", "1", "2", "3", "4"]
    mapping["columns"] |= dict(zip(ITEMS, ["V1", "V2", "V3", "V4"], strict=True))
    mapping["values"]["all_items"] = {str(code - 1): code for code in range(1, 6)}
    assert_right(el.read_responses(tmp_path / "mine.csv", instrument, mapping), truth)


def test_check_writes_the_mapping(truth, instrument, tmp_path, monkeypatch):
    from emolabor import cli

    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(SCALE, encoding="utf-8")
    (tmp_path / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    (truth - 1).to_csv("mine.csv", index=False)
    assert cli.main(["check", "mine.csv", "--instrument", "survey.yaml"]) == 2
    assert cli.main(["check", "mine.csv", "--instrument", "survey.yaml", "--write-mapping", "mapping.yaml"]) == 0
    with pytest.raises(el.EmolaborError) as caught:
        el.read_responses("mine.csv", el.load_instrument("survey.yaml"))
    text = (tmp_path / "mapping.yaml").read_text(encoding="utf-8")
    assert text == caught.value.mapping
    (tmp_path / "mapping.yaml").write_text(
        text.replace('"0":', '"0": 1')
        .replace('"1":', '"1": 2')
        .replace('"2":', '"2": 3')
        .replace('"3":', '"3": 4')
        .replace('"4":', '"4": 5'),
        encoding="utf-8",
    )
    assert cli.main(["check", "mine.csv", "--instrument", "survey.yaml", "--mapping", "mapping.yaml"]) == 0


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
    assert "30 answers: t2 (30)" in staff.report_text("en") and "共 30 个：t2（30）" in staff.report_text("zh")


@pytest.mark.parametrize("word", ["NA", "n/a", "#N/A", "NULL", ".", "不适用", "拒答", "Prefer not to say"])
def test_words_for_no_answer_are_missing_and_counted(word, truth, instrument, tmp_path):
    frame = truth.astype(object)
    frame.loc[:24, "t3"] = word
    frame.to_csv(tmp_path / "mine.csv", index=False)
    staff = el.read_responses(tmp_path / "mine.csv", instrument)
    assert staff.data["t3"].isna().sum() == 25
    assert staff.report[["column", "found", "kind"]].to_numpy().tolist()[-1] == ["t3", "25", "declared"]


def test_a_column_without_labels_beside_labels_that_turn_the_codes_is_refused_and_mended(truth, instrument, tmp_path):
    turned = 6 - truth[ITEMS]
    labels = {"t1": {1: ZH[4], 5: ZH[0]}}
    pyreadstat.write_sav(truth.assign(**turned), tmp_path / "mine.sav", variable_value_labels=labels)
    with pytest.raises(el.MendableError, match=r"t2, t3, t4 .* give these numbers another meaning") as caught:
        el.read_responses(tmp_path / "mine.sav", instrument)
    mapping = filled_in(caught.value.mapping, truth, truth.assign(**turned))
    assert_right(el.read_responses(tmp_path / "mine.sav", instrument, mapping), truth)


def test_values_that_all_mean_no_answer_are_said_with_null(truth, instrument, tmp_path):
    silent = np.arange(80) % 5 == 3
    frame = truth.assign(**truth[ITEMS].map(lambda code: EN[code - 1]))
    frame.loc[silent, "t2"] = "Can't say"
    frame.to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.MendableError, match=r"t2 .*Can't say \(16\)") as caught:
        el.read_responses(tmp_path / "mine.csv", instrument)
    blank, said = tmp_path / "blank.yaml", tmp_path / "null.yaml"
    blank.write_text(caught.value.mapping, encoding="utf-8")
    with pytest.raises(el.MendableError):  # left as it was proposed, it says nothing
        el.read_responses(tmp_path / "mine.csv", instrument, blank)
    said.write_text(caught.value.mapping.replace('"Can\'t say":', '"Can\'t say": null'), encoding="utf-8")
    expected = truth.assign(t2=truth["t2"].where(~silent))
    for mapping in (said, {"values": {"t2": {"Can't say": None}}}):
        staff = el.read_responses(tmp_path / "mine.csv", instrument, mapping)
        pd.testing.assert_frame_equal(staff.data[ITEMS], expected[ITEMS], check_dtype=False)
        assert staff.report.query("kind == 'declared'")[["column", "found"]].to_numpy().tolist() == [["t2", "16"]]


def test_letters_of_nobody_are_not_understood_rather_than_empty(truth, instrument, tmp_path):
    truth.map(lambda code: "\ue6b6" if code == 3 else code).to_csv(tmp_path / "mine.csv", index=False)
    with pytest.raises(el.MendableError, match="not understood"):
        el.read_responses(tmp_path / "mine.csv", instrument)
