"""Exports of survey platforms read back as they come, and what is planted in them is found."""

import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.slow

PLATFORMS = ["wjx", "kobo", "limesurvey"]
INVENTED = ["测试", "1990000", "203.0.113.", "@example.org", "990000"]


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(150, seed=8)


def assert_same_answers(read, written):
    """Compare cell by cell; numbers come back as floats."""
    assert list(read) == list(written)
    for column in written:
        one, other = read[column].astype(object), written[column].astype(object)
        assert ((one == other) | (one.isna() & other.isna())).all(), column


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("as_labels", [False, True])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_export_gives_back_the_same_answers(tmp_path, staff, instrument, platform, as_labels, suffix):
    path = el.simulate_export(tmp_path / f"export{suffix}", staff, instrument, platform, as_labels)
    read = el.read_responses(path, instrument)
    assert_same_answers(read.data, staff)
    assert set(read.report["kind"]) <= {"platform", "added_column", "personal", "labels", "left_out"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_wordings_and_labels_are_known_in_both_languages(tmp_path, staff, instrument, language):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument, "wjx", True, language)
    assert_same_answers(el.read_responses(path, instrument).data, staff)


def test_a_chinese_encoding_is_known(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument, "wjx", True)
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gb18030"))
    assert_same_answers(el.read_responses(path, instrument).data, staff)


def test_older_headings_of_wjx_are_known(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument, as_labels=True)
    table = pd.read_csv(path, dtype=str)
    items = instrument.items("zh").set_index("key")["text"]
    older = {text: f"第{number}题({text})" for number, text in enumerate(items, start=7)}
    table = table.rename(columns=lambda name: older.get(name.rsplit("—", 1)[-1], name))
    table.to_csv(path, index=False)
    assert_same_answers(el.read_responses(path, instrument).data, staff)


def test_full_texts_of_limesurvey_are_known(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument, "limesurvey", True)
    table = pd.read_csv(path, dtype=str)
    items = instrument.items("zh").set_index("key")["text"]
    table = table.rename(
        columns=lambda name: f"<p>最近</p> [{items[k]}]" if (k := name.split("[")[-1][:-1]) in items else name
    )
    table.to_csv(path, index=False)
    assert_same_answers(el.read_responses(path, instrument).data, staff)


def test_answer_codes_of_limesurvey_are_known(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument, "limesurvey")
    table = pd.read_csv(path, dtype=str)
    items = [name for name in table if "[" in name]
    table[items] = table[items].map(lambda code: f"AO0{code}", na_action="ignore")
    table.columns = [name.replace("[", "_").rstrip("]") for name in table]
    table.to_csv(path, index=False)
    assert_same_answers(el.read_responses(path, instrument).data, staff)


def test_a_submission_of_kobo_sent_twice_is_dropped(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", pd.concat([staff, staff.iloc[[4]]]), instrument, "kobo")
    read = el.read_responses(path, instrument)
    assert len(read.data) == len(staff)
    assert read.report.query("kind == 'repeated'")[["row", "column"]].to_numpy().tolist() == [[152, "_uuid"]]


def test_times_are_seconds_however_they_are_written(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument)
    table = pd.read_csv(path, dtype=str)
    table.loc[:3, "所用时间"] = ["1分5秒", "1小时2分3秒", "2分钟", "约三分"]
    table.to_csv(path, index=False)
    read = el.read_responses(path, instrument)
    assert read.data["seconds"].head(3).tolist() == [65, 3723, 120]
    assert pd.isna(read.data.loc[3, "seconds"])
    assert read.report.query("column == 'seconds'")["found"].tolist() == ["text of 3 characters"]


def test_codes_of_wjx_for_missing_are_missing_only_there(tmp_path, staff, instrument):
    path = el.simulate_export(tmp_path / "export.csv", staff, instrument)
    table = pd.read_csv(path, dtype=str)
    table.iloc[0, -1] = "-3"
    table.to_csv(path, index=False)
    read = el.read_responses(path, instrument)
    assert pd.isna(read.data.loc[0, "mk3"])
    found = read.report.query("kind == 'left_out' and column == 'mk3'")["found"].tolist()
    assert found[0] == "cells marked as skipped: 1"
    plain = staff.astype({"mk3": object})
    plain.loc[0, "mk3"] = -3
    plain.to_csv(path, index=False)
    assert el.read_responses(path, instrument).report["kind"].tolist() == ["not_allowed"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_everything_planted_is_found(tmp_path, staff, instrument, platform):
    faulty, planted = el.plant_faults(
        staff, instrument, straight=4, wrong_key="da3", repeated=2, out_of_range=3, labels=3, seed=4
    )
    read = el.read_responses(el.simulate_export(tmp_path / "export.csv", faulty, instrument, platform), instrument)
    found = read.report.groupby("kind")
    cells = planted[planted["fault"].isin(["out_of_range", "label"])]
    reported = read.report[read.report["kind"].isin(["not_allowed", "mixed"])]
    assert {*zip(reported["row"], reported["column"], strict=True)} == {
        *zip(cells["position"] + 2, cells["column"], strict=True)
    }
    assert found.get_group("mixed")["found"].str.startswith("the label ").all()
    assert found.get_group("repeated")["row"].tolist() == [152, 153]
    assert found.get_group("keying")["column"].tolist() == ["da3"]
    straight = planted.loc[planted["fault"] == "straight", "position"]
    screening = el.screen(read)
    assert screening.loc[straight, "careless"].all()


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_personal_passes(tmp_path, staff, instrument, platform, suffix):
    path = el.simulate_export(tmp_path / f"export{suffix}", staff, instrument, platform)
    read = el.read_responses(path, instrument)
    passed = read.data.to_csv() + read.report.to_csv() + read.report_text("zh") + read.report_text("en") + repr(read)
    proposed = el.propose_mapping(path, instrument)
    passed += proposed.text() + proposed.unplaced.to_csv() + proposed.placed.to_csv()
    assert not [piece for piece in INVENTED if piece in passed.replace("\r", "")]
    assert (read.report["kind"] == "personal").sum() >= 2


def test_identity_numbers_are_found_under_any_heading(tmp_path, staff, instrument):
    read = el.read_responses(el.simulate_export(tmp_path / "export.csv", staff, instrument), instrument)
    found = read.report.set_index("column")["found"]
    assert found["备注"] == "looks like identity numbers"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"platform": "excel"}, "platform: found 'excel'; allowed: wjx, tencent, kobo"),
        ({"path": "export.sav"}, "path: found 'export.sav'; allowed: a file ending in .csv or .xlsx"),
    ],
)
def test_an_unknown_export_is_refused(staff, instrument, arguments, message):
    with pytest.raises(EmolaborError, match=message):
        el.simulate_export(**{"path": "export.csv", "answers": staff, "instrument": instrument, **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"), [({"straight": 151}, "found 151 rows"), ({"wrong_key": "xx"}, "wrong_key: found 'xx'")]
)
def test_faults_that_cannot_be_planted_are_refused(staff, instrument, arguments, message):
    with pytest.raises(EmolaborError, match=message):
        el.plant_faults(staff, instrument, **arguments)
