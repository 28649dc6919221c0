"""Cells, findings and personal data: small rules."""

import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.responses.findings import Findings, sentences
from emolabor.responses.personal_contents import is_id_number, personal_content
from emolabor.responses.personal_headings import personal_heading
from emolabor.responses.suspicions import against_their_dimension
from emolabor.responses.words import say


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010519491231002X", "identity numbers"),
        ("身份证 11010519491231002x。", "identity numbers"),
        ("110105194912310021", None),
        ("110105194913310029", None),
        ("13800138000", "mobile numbers"),
        ("+86 138-0013-8000", "mobile numbers"),
        ("+86-13800138000", "mobile numbers"),
        ("12800138000", None),
        ("a.b+c@mail.example.cn", "e-mail addresses"),
        ("@all", None),
        ("192.168.1.254", "IP addresses"),
        ("2001:db8:0:0:0:0:2:1", "IP addresses"),
        ("1.2.3", None),
        ("256.1.1.1", None),
        ("12:30:00", None),
        ("3", None),
    ],
)
def test_personal_data_are_known_by_their_form(text, kind):
    assert personal_content(text) == kind


def test_the_check_character_is_the_only_one_that_fits():
    assert [last for last in "0123456789X" if is_id_number("11010519491231002" + last)] == ["X"]


@pytest.mark.parametrize(
    ("heading", "personal"),
    [("护照号码", True), ("Name", True), ("last_name", True), ("_submitted_by", True), ("用户ID", True), ("gps", True),
     ("IP Address", True), ("recipe", False), ("rename", False), ("编号", False), ("地区", False), ("dispatch", False)],
)  # fmt: skip
def test_personal_headings_in_both_languages(heading, personal):
    assert personal_heading(heading) is personal


def test_a_column_of_labels_with_some_numbers_is_read_as_each_cell_says(tmp_path, instrument):
    staff = el.simulate_staff(30, seed=1)
    scale = next(scale for scale in instrument.scales if "sa1" in [item.key for item in scale.items])
    labels = scale.response_format.labels["en"]
    written = staff["sa1"].map(lambda code: labels[int(code) - 1], na_action="ignore")
    written.iloc[:3] = ["3", "2.0", "nonsense"]
    staff.assign(sa1=written).to_csv(tmp_path / "mine.csv", index=False)
    read = el.read_responses(tmp_path / "mine.csv", instrument)
    assert read.data["sa1"].head(3).fillna(0).tolist() == [3, 2, 0]
    assert read.data["sa1"][3:].equals(staff["sa1"][3:].astype(float))
    kinds = read.report.query("column == 'sa1'")[["row", "kind"]].fillna(0).to_numpy().tolist()
    assert kinds == [[0, "labels"], [2, "mixed"], [3, "mixed"], [4, "not_allowed"]]


def test_wrong_reverse_keys_are_suspected_and_right_ones_are_not(instrument):
    staff = el.simulate_staff(400, seed=6)
    assert against_their_dimension(staff, instrument) == []
    wrong = staff.assign(rc4=6 - staff["rc4"], sa2=6 - staff["sa2"])
    assert [item for item, *_ in against_their_dimension(wrong, instrument)] == ["rc4", "sa2"]
    assert against_their_dimension(wrong.head(40), instrument) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", [key[9:] for key in say.texts if key.startswith("sentence_")])
def test_every_kind_of_finding_has_a_sentence(kind, language):
    findings = Findings()
    found = "7" if kind == "declared" else "what"  # what was declared missing is counted
    findings.add(kind, found, "then", "sa1", [2])
    findings.add(kind, found, "then", "sa1", range(5, 30))
    (sentence,) = sentences(findings.table(["sa1"]), language)
    assert "{" not in sentence and sentence[-1] in ".?。？"


def test_one_row_is_told_in_the_singular():
    findings = Findings()
    for kind in ("no_answer", "repeated", "same_answers"):
        findings.add(kind, "what", "then", rows=[7])
    assert sentences(findings.table([]), "en") == [
        "1 row holds no valid answer to any item (row 7); dropped.",
        "1 row repeats number and answers of a row that came before (row 7); dropped.",
        "1 row answers all as an earlier row does (row 7); kept: was it sent twice?",
    ]


def test_an_unknown_language_is_refused():
    with pytest.raises(EmolaborError, match="language: found 'fr'"):
        sentences(pd.DataFrame(), "fr")


def test_rows_that_are_nearly_constant_are_not_called_sent_twice(tmp_path, instrument):
    # Straight lines in a file that holds a reverse-worded item turned: all 5 but one.
    staff = el.simulate_staff(30, seed=9)
    straight = dict.fromkeys(instrument.points(), 5.0) | {"ps2": 1.0}
    rows = staff.iloc[[4, 4]].assign(respondent=[77, 78], **straight)
    pd.concat([staff, rows]).to_csv(tmp_path / "mine.csv", index=False)
    assert el.read_responses(tmp_path / "mine.csv", instrument).report.empty


def test_the_same_answers_sent_under_another_number_are_reported_and_kept(tmp_path, instrument):
    staff = el.simulate_staff(30, seed=9)
    again = staff.iloc[[4]].assign(respondent=77, seconds=1)
    pd.concat([staff, again]).to_csv(tmp_path / "mine.csv", index=False)
    read = el.read_responses(tmp_path / "mine.csv", instrument)
    assert len(read.data) == 31
    assert read.report[["row", "kind"]].to_numpy().tolist() == [[32, "same_answers"]]


def test_a_typed_no_for_a_code_is_missing(tmp_path, instrument):
    staff = el.simulate_staff(5, seed=9).assign(centre=["C01", "无", "none", "C02", "C03"])
    staff.to_csv(tmp_path / "mine.csv", index=False)
    read = el.read_responses(tmp_path / "mine.csv", instrument)
    assert read.report.empty and read.data["centre"].isna().sum() == 2
