"""Answers read from CSV: what fits is kept, the rest is reported, nothing personal passes."""

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.responses import read_responses

pytestmark = pytest.mark.slow

TOLD = ["row", "column", "found", "action"]


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("window_staff")


@pytest.fixture
def answers(instrument):
    """Five respondents who filled in everything."""
    rng = np.random.default_rng(7)
    data = pd.DataFrame(
        {
            "respondent": range(1, 6),
            "centre": ["C01", "C01", "C02", "C02", "C48"],
            "department": ["D01", "D02", "D03", "D12", "D01"],
            "dispatch_type": ["dispatched", "contract", "agency", "dispatched", "agency"],
            "tenure_band": [1, 2, 3, 4, 1],
            "sex": ["female", "male", "female", "female", "male"],
            "age_band": [4, 3, 2, 1, 2],
            "seconds": [300.5, 250, 411, 198, 600],
        }
    )
    points = instrument.points()
    return data.join(pd.DataFrame(rng.integers(1, 6, (5, len(points))), columns=list(points)))


@pytest.fixture
def read(tmp_path, instrument):
    def read(data):
        path = tmp_path / "mine.csv"
        data.to_csv(path, index=False, encoding="utf-8-sig")
        return read_responses(path, instrument)

    return read


def findings(staff):
    return [tuple(None if pd.isna(value) else value for value in row) for row in staff.report[TOLD].to_numpy()]


def test_valid_answers_come_back_as_written(read, answers, instrument):
    staff = read(answers)
    assert staff.report.empty
    assert list(staff.report) == [*TOLD, "kind"]
    assert staff.instrument is instrument
    pd.testing.assert_frame_equal(staff.data, answers, check_dtype=False)


def test_reading_what_was_read_changes_nothing(read, answers):
    answers = answers.astype({"ic1": float})
    answers.loc[2, "ic1"] = np.nan
    once = read(answers)
    again = read(once.data)
    assert again.report.empty
    pd.testing.assert_frame_equal(again.data, once.data)


def test_columns_come_in_the_instruments_order(read, answers, instrument):
    staff = read(answers[list(reversed(answers.columns))])
    assert tuple(staff.data) == instrument.columns


def test_a_blank_answer_is_missing_and_no_finding(read, answers):
    answers = answers.astype({"sa1": object})
    answers.loc[0, "sa1"] = " "
    staff = read(answers)
    assert np.isnan(staff.data.loc[0, "sa1"])
    assert staff.report.empty


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("6", "6"),
        ("0", "0"),
        ("-3", "-3"),
        ("3.5", "3.5"),
        ("比较同意", "text of 4 characters"),
        ("张三", "text of 2 characters"),
        ("True", "text of 4 characters"),
        ("1e0", "text of 3 characters"),
        ("13800138000", "a number of 11 characters"),
    ],
)
def test_what_is_no_code_is_set_to_missing_and_reported(read, answers, cell, found):
    answers = answers.astype({"da2": object})
    answers.loc[3, "da2"] = cell
    staff = read(answers)
    assert np.isnan(staff.data.loc[3, "da2"])
    assert findings(staff) == [(5, "da2", found, "set to missing (allowed: 1 to 5)")]
    assert staff.data.drop(columns="da2").notna().all(axis=None)


def test_a_whole_number_written_with_a_point_is_a_code(read, answers):
    staff = read(answers.astype({"da2": float}))
    assert staff.report.empty


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("centre", "朝阳区中心"),
        ("centre", "C1"),
        ("department", "C01"),
        ("dispatch_type", "Dispatched"),
        ("sex", "1"),
        ("tenure_band", "5"),
        ("age_band", "26-35"),
        ("seconds", "-1"),
        ("seconds", "about 120"),
        ("respondent", "0"),
        ("respondent", "110105199001011234"),
    ],
)
def test_a_background_value_that_is_not_offered_is_set_to_missing(read, answers, column, cell):
    answers = answers.astype({column: object})
    answers.loc[0, column] = cell
    staff = read(answers)
    assert pd.isna(staff.data.loc[0, column])
    assert [(row, name) for row, name, *_ in findings(staff)] == [(2, column)]
    assert staff.data[column].notna().sum() == 4


@pytest.mark.parametrize(
    "column",
    [
        "姓名",
        "您的手机号码",
        "身份证号",
        "来自IP",
        "微信昵称",
        "E-mail",
        "Phone number",
        "user_name",
        "ip",
        "QQ",
        "家庭住址",
    ],
)
def test_a_personal_column_is_dropped_and_only_its_name_reported(read, answers, column):
    staff = read(answers.assign(**{column: "secret-4711"}))
    assert column not in staff.data
    assert findings(staff) == [(None, column, "looks like personal data", "column dropped")]
    assert "secret-4711" not in staff.report.to_csv() + repr(staff) + staff.data.to_csv()


@pytest.mark.parametrize("column", ["comment", "来源", "Unnamed: 3", "recipe", "tempname1", "hotel"])
def test_another_unknown_column_is_dropped(read, answers, column):
    staff = read(answers.assign(**{column: "secret-4711"}))
    assert findings(staff) == [(None, column, "not a column of the instrument", "column dropped")]
    assert "secret-4711" not in staff.report.to_csv() + staff.data.to_csv()


def test_an_absent_background_column_is_reported(read, answers):
    staff = read(answers.drop(columns=["age_band", "at2"]))
    assert findings(staff) == [
        (None, "age_band", "no such column", "left out of the data"),
        (None, "at2", "no such column", "left out of the data"),
    ]
    assert "age_band" not in staff.data


def test_the_later_row_of_a_repeated_number_is_dropped(read, answers):
    answers.loc[[2, 4]] = answers.loc[0].to_numpy()
    staff = read(answers)
    assert staff.data["respondent"].tolist() == [1, 2, 4]
    assert staff.data["sa1"].tolist() == answers.loc[[0, 1, 3], "sa1"].tolist()
    assert findings(staff) == [
        (4, "respondent", "number and answers of a row that came before", "row dropped"),
        (6, "respondent", "number and answers of a row that came before", "row dropped"),
    ]


def test_a_number_that_another_respondent_has_too_drops_nobody(read, answers):
    answers.loc[[2, 4], "respondent"] = 1
    staff = read(answers)
    assert staff.data["respondent"].tolist() == [1, 2, 1, 4, 1]
    assert findings(staff) == [
        (4, "respondent", "a number that came before, with other answers", "kept"),
        (6, "respondent", "a number that came before, with other answers", "kept"),
    ]


def test_rows_without_a_number_are_kept(read, answers):
    staff = read(answers.astype({"respondent": object}).assign(respondent=""))
    assert len(staff.data) == 5
    assert staff.report.empty


def test_a_row_without_answers_is_dropped_and_does_not_hide_a_later_one(read, answers, instrument):
    answers = answers.astype(object)
    answers.loc[1, list(instrument.points())] = ""
    answers.loc[3, "respondent"] = 2
    staff = read(answers)
    assert staff.data["respondent"].tolist() == [1, 3, 2, 5]
    assert findings(staff) == [(3, None, "no valid answer to any item", "row dropped")]


def test_findings_come_by_row_then_by_column(read, answers):
    answers = answers.astype({"ic1": object, "ic2": object, "mk3": object})
    answers.loc[0, ["mk3", "ic1"]] = answers.loc[3, "ic2"] = 9
    staff = read(answers.assign(comment="x"))
    assert [(row, column) for row, column, *_ in findings(staff)] == [
        (None, "comment"), (2, "ic1"), (2, "mk3"), (5, "ic2"),
    ]  # fmt: skip


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path, answers, instrument):
    path = tmp_path / "mine.csv"
    odd = dict(zip(["ic1", "ic2", "ic3", "ic4", "mk3"], np.where(np.eye(5), 9, 3), strict=True))
    lines = answers.assign(**odd).to_csv(index=False).splitlines()
    path.write_text("\n".join([lines[0], "", lines[1], "," * (len(answers.columns) - 1), *lines[2:], ""]))
    staff = read_responses(path, instrument)
    assert staff.report["row"].tolist() == [3, 5, 6, 7, 8]
    assert len(staff.data) == 5


def test_missing_item_columns_are_listed(read, answers):
    with pytest.raises(
        EmolaborError, match=r"mine\.csv, row 1: found no column for rc5, ps6 \(2 of 81 items\); allowed: a column"
    ):
        read(answers.drop(columns=["rc5", "ps6", "age_band"]))


def test_a_file_without_header_shows_no_answers_in_the_message(tmp_path, answers, instrument):
    path = tmp_path / "mine.csv"
    answers.assign(姓名="张三丰").to_csv(path, index=False, header=False)
    with pytest.raises(EmolaborError, match="found no column for ic1, ic2") as caught:
        read_responses(path, instrument)
    assert "张三丰" not in str(caught.value)


def test_a_column_given_twice_is_refused(tmp_path, answers, instrument):
    path = tmp_path / "mine.csv"
    pd.concat([answers, answers[["sa1"]]], axis=1).to_csv(path, index=False)
    with pytest.raises(
        EmolaborError, match=r"found several columns named as sa1 or with its wording, columns \d+, 92; allowed: one"
    ):
        read_responses(path, instrument)


def test_a_row_of_another_length_is_refused(tmp_path, answers, instrument):
    path = tmp_path / "mine.csv"
    lines = answers.to_csv(index=False).splitlines()
    lines[3] += ",5"
    path.write_text("\n".join(lines))
    with pytest.raises(EmolaborError, match=r"mine\.csv, row 4: found 92 fields; allowed: 91"):
        read_responses(path, instrument)


def test_texts_that_are_no_labels_are_refused(read, answers, instrument):
    with pytest.raises(EmolaborError, match="found no valid answer to any item; allowed: answers as codes"):
        read(answers.assign(**dict.fromkeys(instrument.points(), "好")))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "found an empty file"),
        (b"\xff\xff,ic1", "neither UTF-8 nor GB18030"),
        ("姓名,答案".encode("gb18030"), "found no column for ic1"),
        (b'ic1,"ic2\n1,2', "unexpected end of data"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, instrument, content, found):
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(EmolaborError, match=rf"mine\.csv.*{found}"):
        read_responses(path, instrument)


def test_a_header_without_rows_is_refused(read, answers):
    with pytest.raises(EmolaborError, match=r"mine\.csv, row 2: found no row below the headings; allowed: a row a"):
        read(answers.iloc[:0])


def test_a_missing_file_is_named(tmp_path, instrument):
    with pytest.raises(EmolaborError, match=r"none\.csv: found no readable file"):
        read_responses(tmp_path / "none.csv", instrument)


def test_another_kind_of_file_is_refused(tmp_path, instrument):
    with pytest.raises(EmolaborError, match=r"path: found '.*mine\.xls'; allowed: a file ending in \.csv.*save it as"):
        read_responses(tmp_path / "mine.xls", instrument)


def test_printing_shows_no_respondent(read, answers):
    assert repr(read(answers)) == "Staff(respondents=5, instrument='window_staff', findings=0)"


def test_a_file_may_hold_only_some_of_the_scales_when_that_is_said(tmp_path, answers, instrument):
    path = tmp_path / "mine.csv"
    kept = [*instrument.dimensions()["exhaustion"][:3], *instrument.dimensions()["role_clarity"], "be1", "at1", "sex"]
    answers[kept].to_csv(path, index=False)
    with pytest.raises(EmolaborError, match=r"found no column for ic1"):
        read_responses(path, instrument)
    staff = read_responses(path, instrument, partial=True)
    assert staff.instrument.dimensions() == {"role_clarity": ["rc1", "rc4", "rc5"], "exhaustion": kept[:3]}
    assert set(staff.data) == {"sex", *kept[:6]}
    told = staff.report_text("en").splitlines()
    assert told[0].startswith(
        "Scales without at least two of their items, left out of the study: institutional_clarity"
    )
    assert "Scale exhaustion: there is no column for ex4; it is used without." in told
    assert "belonging" in staff.report.loc[staff.report["kind"] == "scale_absent", "column"].tolist()
    assert "量表 exhaustion 缺少题目 ex4，按其余题目使用。" in staff.report_text("zh")


def test_a_file_without_two_items_of_any_scale_is_refused_all_the_same(tmp_path, answers, instrument):
    path = tmp_path / "mine.csv"
    answers[["ex1", "be1", "sex"]].to_csv(path, index=False)
    with pytest.raises(EmolaborError, match=r"found no column for ic1"):
        read_responses(path, instrument, partial=True)
