"""What a heading says, among all that platforms and people write around a key or a wording."""

import pytest

import emolabor as el
from emolabor.responses.cells import same
from emolabor.responses.header import find_header
from emolabor.responses.headings import Keys, texts_in

ZH, EN = "我喜欢窗口工作。", "I like working at the window."


@pytest.mark.parametrize(
    "heading",
    [
        f"Q1. {EN}",
        f"5. {EN}",
        f"5.{EN}",
        f"5) {EN}",
        f"(3) {EN}",
        f"Q1_2: {EN}",
        f"A2b. {EN}",
        f"1 {EN}",
        f"a. {EN}",
        f"1、{ZH}",
        f"③{ZH}",
        f"一、{ZH}",
        f"第1题({ZH})",
        f"第 12 题：{ZH}",
        f"题目3：{ZH}",
        EN.upper(),
        f"  {EN}  ",
        EN.replace(" ", "."),
        EN.replace(" ", "\u00a0"),
        f"\u200b{EN}\ufeff",
        f"<p><b>{EN}</b>&nbsp;</p>",
        f"{ZH} [单选题]*",
        f"3、{ZH}（请选择）",
        f"{ZH}【量表题】（必答）",
        f"* {EN} *",
        f"{EN} (required)",
        f"您同意吗？—{ZH}",
        f"2、您同意吗？({ZH})",
        f"您同意吗（请选择）({ZH})",
        f"How far do you agree? - {EN}",
        f"How far do you agree?-{EN}",
        f"How far do you agree?.{EN}",
        f"How far do you agree? [{EN}]",
        f"[{EN}] How far do you agree?",
        f"How far do you agree?: {EN}",
        f"How far, on the whole, do you agree?/{EN}",
        f"Part 1 | Question 2 | {EN}",
        f"Group > {EN}",
        f"2.您同意吗_{ZH}",
        f"mini5[mn1]. How far do you agree? [{EN}]",
        f"mn1: {EN}",
        f"{ZH} / {EN}",
        f"{EN}\n{ZH}",
    ],
)
def test_a_wording_is_found_in_a_heading(heading):
    assert {same(ZH), same(EN)} & set(texts_in(heading))


@pytest.mark.parametrize("heading", ["", "   ", "…", "*", "[]", "((((", "—" * 3000, "a" * 5000])
def test_a_heading_without_words_is_no_trouble(heading):
    assert texts_in(heading) == tuple(filter(None, [same(heading[:2000])]))


@pytest.fixture(scope="module")
def keys():
    return Keys(el.load_instrument("window_staff"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("sa1", "sa1"),
        (" SA1 ", "sa1"),
        ("Sa_1", "sa1"),
        ("sa 1", "sa1"),
        ("Age_Band", "age_band"),
        ("AgeBand", "age_band"),
        ("ｓａ１", "sa1"),
        ("sa1.1", None),
        ("sa1_1", None),
        ("sa", None),
        ("", None),
    ],
)
def test_a_key_is_known_in_any_case(keys, name, key):
    assert keys.named(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Page_1/sa1", "sa1"),
        ("Page_1-sa1", "sa1"),
        ("Page_1:sa1", "sa1"),
        ("Page_1.sa1", "sa1"),
        ("Page_1__sa1", "sa1"),
        ("Page_1_sa1", "sa1"),
        ("Page_1 | sa1", "sa1"),
        ("survey/part a/sa1", "sa1"),
        ("survey-part_a-sa1", "sa1"),
        ("Page_background/age_band", "age_band"),
        ("Table_x.sa1", "sa1"),
        ("G1[sa1]", "sa1"),
        ("G1[ageband]", "age_band"),
        ("tasks/sa1", None),
        ("Mean of sa1", None),
        ("mean(sa1)", None),
        ("sa1,sa2", None),
        ("pre_sa1", None),
    ],
)
def test_a_key_is_found_behind_any_group(keys, name, key):
    assert keys.inside(name, {"tasks", name}, None) == key


def test_rows_of_headings():
    wanted = {"a1", "a2", "a3", "words of one", "words of two", "words of three"}

    def known(names, labels):
        return sum(bool({name, label} & wanted) for name, label in zip(names, labels, strict=True))

    def header(*rows, at=None):
        found = find_header([list(row) for row in rows], known, at)
        return found.names, found.labels, found.first, found.row

    data = ["1", "2", "3"]
    codes, texts = ["a1", "a2", "a3"], ["words of one", "words of two", "words of three"]
    numbers = ['{"ImportId":"QID1"}', '{"ImportId":"QID2"}', '{"ImportId":"QID3"}']
    blank = ["", "", ""]
    assert header(codes, data) == (codes, blank, 1, 1)
    assert header(["A title"], [], codes, data) == (codes, blank, 3, 3)
    assert header(codes, texts, data) == (codes, texts, 2, 1)
    assert header(["Q1", "Q2", "Q3"], texts, numbers, data) == (["Q1", "Q2", "Q3"], texts, 3, 1)
    spanning = header(["ID", "Agree?", "", ""], ["", *texts], ["7", *data])
    assert spanning == (["ID", *(f"Agree? - {text}" for text in texts)], ["", *texts], 2, 1)
    assert header(["Q1", "Q2", "Q3"], data, data) == (["Q1", "Q2", "Q3"], blank, 1, 1)
    assert header(["Report"], ["Q1", "Q2", "Q3"], data) == (["Q1", "Q2", "Q3"], blank, 2, 2)
    assert header(codes, texts, data, at=2) == (texts, blank, 2, 2)
    assert header() == ([], [], 0, 1)
