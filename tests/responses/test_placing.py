"""Columns find their items by key, code or wording; what is only probable is proposed and not read."""

import pandas as pd
import pytest
import yaml

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.responses.placing import platform_of


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(60, seed=4)


@pytest.fixture
def file(tmp_path):
    def file(frame):
        frame.to_csv(tmp_path / "mine.csv", index=False)
        return tmp_path / "mine.csv"

    return file


@pytest.mark.parametrize(
    ("names", "platform"),
    [
        (["序号", "提交答卷时间", "所用时间"], "wjx"),
        (["1、性别", "2、年龄"], "wjx"),
        (["第1题(性别)"], "wjx"),
        (["_uuid", "sa1"], "kobo"),
        (["page/sa1", "page/sa2"], "kobo"),
        (["Response ID", "x"], "limesurvey"),
        (["答复 ID", "x"], "limesurvey"),
        (["G01Q01[SQ001]"], "limesurvey"),
        (["ic1", "ic2", "序号"], None),
        ([], None),
    ],
)
def test_a_platform_is_known_by_its_headings(names, platform):
    assert platform_of(names) == platform


def test_a_mapping_reads_what_has_other_names(file, staff, instrument, tmp_path):
    path = file(staff.rename(columns={"sa1": "Q7", "sex": "gender"}).replace({"gender": {"female": 2, "male": 1}}))
    (tmp_path / "mapping.yaml").write_text(
        'columns: {sa1: Q7, sex: gender}\nvalues: {sex: {"2": female, "1": male}}\n', encoding="utf-8"
    )
    read = el.read_responses(path, instrument, tmp_path / "mapping.yaml")
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)
    assert read.report.empty


def test_a_mapping_can_name_a_column_by_its_number(file, staff, instrument):
    path = file(staff.rename(columns={"sa1": "Q", "sa2": "Q"}))
    first = staff.columns.get_loc("sa1") + 1
    path.write_text(path.read_text().replace("Q.1", "Q"))
    read = el.read_responses(path, instrument, {"sa1": first, "sa2": first + 1})
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)


def test_a_mapping_says_what_values_mean_and_which_are_missing(file, staff, instrument):
    points = list(instrument.points())
    coded = staff.assign(**{key: (staff[key] - 1).fillna(-99) for key in points})
    mapping = {"values": {"all_items": {str(code - 1): code for code in range(1, 6)}}, "missing": [-99]}
    read = el.read_responses(file(coded), instrument, mapping)
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)


def test_answers_turned_in_the_file_are_turned_back(file, staff, instrument):
    read = el.read_responses(file(staff.assign(ic4=6 - staff["ic4"])), instrument, {"turned": ["ic4"]})
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)
    assert read.report[["column", "kind"]].to_numpy().tolist() == [["ic4", "turned_back"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "columns: {sa9: Q7}",
            r"mapping\.yaml, line 1, columns\.sa9: found an unknown key; allowed: a column of window_staff",
        ),
        ("column: {sa1: Q7}", "found an unknown entry; allowed: columns, values, missing, turned"),
        ("columns: [sa1]", "found list; allowed: a table"),
        ("columns: {sa1: 0}", "found 0; allowed: the heading of a column"),
        ("columns: {sa1: [a]}", "found \\['a'\\]; allowed: the heading"),
        ("columns: {sa1: Q7, sa2: Q7}", "columns.sa2: found the column of sa1 again"),
        ('values: {sa1: {"0": 9}}', "found 9; allowed: a code of the questionnaire"),
        ('values: {sex: {"0": other}}', "found 'other'; allowed: a code"),
        ("values: {sa1: 3}", "found int; allowed: a table"),
        ('values: {sa9: {"0": 1}}', "found an unknown key; allowed: all_items"),
        ("missing: -9", "found int; allowed: a list"),
        ("missing: [[1]]", "found list; allowed: a text or a number"),
        ("turned: [sex]", "found 'sex'; allowed: an item"),
        ("- sa1", "found no table"),
        ("columns: {sa1: nowhere}", "found no column named 'nowhere' that the mapping gives for sa1"),
        ("columns: {sa1: 900}", "puts sa1 in column 900; allowed: 1 to"),
        ("columns: {", "found no YAML"),
    ],
)
def test_a_mistake_in_a_mapping_is_named(file, staff, instrument, tmp_path, text, message):
    (tmp_path / "mapping.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(EmolaborError, match=message):
        el.read_responses(file(staff), instrument, tmp_path / "mapping.yaml")


def test_an_empty_mapping_changes_nothing(file, staff, instrument, tmp_path):
    (tmp_path / "mapping.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert el.read_responses(file(staff), instrument, tmp_path / "mapping.yaml").report.empty


def test_a_heading_that_stands_twice_is_refused_in_a_mapping(staff, instrument, tmp_path):
    path = tmp_path / "mine.csv"
    lines = staff.to_csv(index=False).replace("sa1,sa2", "Q,Q", 1)
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(EmolaborError, match="found 2 columns named 'Q'"):
        el.read_responses(path, instrument, {"sa1": "Q"})


def test_a_proposal_written_down_reads_the_file(file, staff, instrument):
    wordings = instrument.items("zh").set_index("key")["text"]
    near = {key: wordings[key][:-2] + "啊。" for key in ("sa1", "da2", "ex3")}
    path = file(staff.rename(columns={**near, "mk1": "x1", "mk2": "x2"}).assign(电话="13800138000"))
    with pytest.raises(EmolaborError, match="found no column for sa1, da2, ex3, mk1, mk2"):
        el.read_responses(path, instrument)
    proposal = el.propose_mapping(path, instrument)
    unsure = proposal.placed[~proposal.placed["sure"]].set_index("key")
    assert unsure["column"].to_dict() == {**near, "mk1": "x1", "mk2": "x2"}
    assert unsure["rule"].to_dict() == {**dict.fromkeys(near, "similar wording"), "mk1": "order", "mk2": "order"}
    assert proposal.unplaced.to_dict("records") == [{"column": "电话", "why": "looks like personal data"}]
    assert proposal.absent == []
    read = el.read_responses(path, instrument, yaml.safe_load(proposal.text()))
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)


def test_wordings_that_two_items_share_are_placed_in_the_order_asked(staff, instrument, file):
    from dataclasses import replace

    scales = list(instrument.scales)
    place = next(i for i, scale in enumerate(scales) if scale.key == "emotional_labor")
    scale = scales[place]
    first, second, *rest = scale.dimensions[0].items
    same = replace(second, text=first.text)
    dimensions = (replace(scale.dimensions[0], items=(first, same, *rest)), *scale.dimensions[1:])
    scales[place] = replace(scale, dimensions=dimensions)
    twice = replace(instrument, scales=tuple(scales))
    path = file(staff.rename(columns={"sa1": "a", "sa2": "b"}))
    text = path.read_text(encoding="utf-8").replace(",a,b,", f",{first.text['zh']},{first.text['zh']},", 1)
    path.write_text(text, encoding="utf-8")
    pd.testing.assert_frame_equal(el.read_responses(path, twice).data, staff, check_dtype=False)


def test_a_file_without_header_is_shown_without_its_contents(staff, instrument, tmp_path):
    path = tmp_path / "mine.csv"
    staff.assign(mail="someone@example.org", phone=13800138000).to_csv(path, index=False, header=False)
    proposal = el.propose_mapping(path, instrument)
    assert proposal.placed.empty
    shown = proposal.unplaced.to_csv() + proposal.text()
    assert "someone@example.org" not in shown and "13800138000" not in shown
