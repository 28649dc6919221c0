"""Where the table starts, what parts its fields, which sheet holds it; and what the user says goes before looking."""

import gzip

import openpyxl
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(12, seed=5)


@pytest.fixture
def lines(staff):
    return staff.to_csv(index=False).splitlines()


def same(path, instrument, staff, **layout):
    pd.testing.assert_frame_equal(el.read_responses(path, instrument, **layout).data, staff, check_dtype=False)


ABOVE = {
    "title": ["Results of the survey"],
    "title in fields": ["Results of the survey,,"],
    "blank": ["", ",,"],
    "title, date, blank": ["Survey 1", "exported,2026-03-02", ""],
    "excel": ["sep=,"],
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_what_stands_above_the_headings_is_passed_over(tmp_path, lines, staff, instrument, above):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*above, *lines]), encoding="utf-8")
    same(path, instrument, staff)
    proposed = el.propose_mapping(path, instrument)
    assert not len(proposed.unplaced) and not proposed.absent


def test_rows_keep_the_numbers_of_the_file(tmp_path, lines, instrument):
    path = tmp_path / "a.csv"
    bad = lines[3].rsplit(",", 1)[0] + ",9"
    path.write_text("\n".join(["Survey", "", *lines[:3], bad, *lines[4:]]), encoding="utf-8")
    assert el.read_responses(path, instrument).report["row"].tolist() == [6]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_separator_is_found_among_others(tmp_path, staff, instrument, separator):
    # Headings and a column of remarks are full of the other separators.
    wordings = instrument.items("en").set_index("key")["text"]
    remarks = staff.rename(
        columns=lambda key: f"How, on most days; in all | {wordings[key]}" if key in wordings else key
    )
    path = tmp_path / "a.csv"
    remarks.assign(note="one, two; three | four").to_csv(path, index=False, sep=separator)
    same(path, instrument, staff)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "gb18030", "utf-8"])
def test_an_encoding_without_a_mark_is_found(tmp_path, staff, instrument, encoding):
    path, wordings = tmp_path / "a.csv", instrument.items("zh").set_index("key")["text"]
    path.write_bytes(staff.rename(columns=wordings).to_csv(index=False).encode(encoding))
    same(path, instrument, staff)


def test_big5_is_told_from_gb18030_by_the_headings(tmp_path, staff, instrument):
    # Bytes of Big5 are letters of GB18030 too; among the wrong ones some are no letters at all.
    path = tmp_path / "a.csv"
    headings = [f"{key} 我常常想離開這裡，喜歡窗口工作" for key in staff]
    path.write_bytes(staff.set_axis(headings, axis=1).to_csv(index=False).encode("big5hkscs"))
    mapping = {"columns": dict(zip(staff, headings, strict=True))}
    pd.testing.assert_frame_equal(el.read_responses(path, instrument, mapping).data, staff, check_dtype=False)


def test_what_the_user_says_is_followed(tmp_path, lines, staff, instrument):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(line.replace(",", "~") for line in lines), encoding="utf-8")
    same(path, instrument, staff, separator="~")
    path.write_text("\n".join([lines[0], *lines]), encoding="utf-8")
    same(path, instrument, staff, header_row=2)
    headings = ",".join(f"{key} é" for key in staff)
    path.write_bytes("\n".join([headings, *lines[1:]]).encode("cp1252"))
    mapping = {key: f"{key} é" for key in staff}
    same_mapped = el.read_responses(path, instrument, mapping, encoding="cp1252").data
    pd.testing.assert_frame_equal(same_mapped, staff, check_dtype=False)


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ({"separator": "ab"}, "separator: found 'ab'; allowed: one character"),
        ({"encoding": "klingon"}, "encoding: found 'klingon'; allowed: a name such as utf-8"),
        ({"encoding": "rot13"}, "encoding: found 'rot13'"),
        ({"header_row": 0}, "header_row: found 0; allowed: the number of a row"),
        ({"sheet": 2.5}, "sheet: found 2.5; allowed: the name of a sheet"),
        ({"sheet": "x"}, r"sheet: found 'x' for .*a\.csv; allowed: none"),
        ({"encoding": "utf-16"}, r"a\.csv: found bytes that are not utf-16"),
        ({"header_row": 900}, r"a\.csv: found no text"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path, lines, instrument, layout, message):
    (tmp_path / "a.csv").write_text("\n".join(lines) + "x", encoding="utf-8")
    with pytest.raises(EmolaborError, match=message):
        el.read_responses(tmp_path / "a.csv", instrument, **layout)


def test_a_packed_file_is_read_and_half_of_it_refused(tmp_path, lines, staff, instrument):
    path = tmp_path / "a.csv.gz"
    packed = gzip.compress("\n".join(lines).encode(), mtime=0)
    path.write_bytes(packed)
    same(path, instrument, staff)
    for content in (packed[: len(packed) // 2], b"no gzip"):
        path.write_bytes(content)
        with pytest.raises(EmolaborError, match=r"a\.csv\.gz: found no whole gzip file"):
            el.read_responses(path, instrument)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda lines: [*lines[:-1], lines[-1].rsplit(",", 3)[0]], "was the file cut off?"),
        (lambda lines: [lines[0], lines[1] + ",5", *lines[2:]], "a quote or a separator missing"),
        (lambda lines: [lines[0], lines[1].rsplit(",", 3)[0], *lines[2:]], "a quote or a separator missing"),
        (lambda lines: [*lines[:-1], '"' + lines[-1]], "was the file cut off, or is a quote not closed?"),
        (lambda lines: [lines[0], '"a"b,' + lines[1], *lines[2:]], "a quote inside quotes is written twice"),
    ],
)
def test_a_file_is_called_cut_off_only_at_its_end(tmp_path, lines, instrument, change, hint):
    (tmp_path / "a.csv").write_text("\n".join(change(lines)), encoding="utf-8")
    with pytest.raises(EmolaborError) as caught:
        el.read_responses(tmp_path / "a.csv", instrument)
    assert hint in str(caught.value) and ("cut off" in hint) == ("cut off" in str(caught.value))


def test_commas_that_end_every_row_are_no_column(tmp_path, lines, staff, instrument):
    (tmp_path / "a.csv").write_text("\n".join([lines[0], *(line + "," for line in lines[1:])]), encoding="utf-8")
    same(tmp_path / "a.csv", instrument, staff)


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_of(staff):
    return [list(staff), *([None if pd.isna(cell) else cell for cell in row] for row in staff.itertuples(index=False))]


def test_the_sheet_with_the_answers_is_read(tmp_path, staff, instrument):
    sheets = {"Empty": [], "README": [["About this survey"], ["sex", "answers below"]], "Data": rows_of(staff)}
    path = workbook(tmp_path / "a.xlsx", sheets)
    read = el.read_responses(path, instrument)
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)
    assert read.report[["kind", "found"]].to_numpy().tolist() == [["sheet", "3"], ["sheets", "1"]]
    same(path, instrument, staff, sheet="Data")
    same(path, instrument, staff, sheet=3)
    same(path, instrument, staff, sheet="3")
    with pytest.raises(EmolaborError, match=r"sheet: found 'Answers'; allowed in .*: Empty, README, Data, or 1 to 3"):
        el.read_responses(path, instrument, sheet="Answers")
    with pytest.raises(EmolaborError, match="found no column for ic1"):
        el.read_responses(path, instrument, sheet="README")


def test_titles_blank_rows_and_merged_headings_of_a_sheet(tmp_path, staff, instrument):
    groups = [None] * len(staff.columns)
    groups[0], groups[9] = "Background", "Statements"
    above = [["Survey of windows"], [], groups]
    same(workbook(tmp_path / "a.xlsx", {"a": [*above, *rows_of(staff)]}), instrument, staff)


def test_texts_under_the_codes_are_headings_too(tmp_path, staff, instrument):
    # Codes that nobody knows above, wordings below: the mapping may name either.
    wordings = instrument.items("en").set_index("key")["text"]
    texts = [wordings.get(key, key) for key in staff]
    rows = [[f"V{number}" for number in range(len(texts))], texts, *rows_of(staff)[1:]]
    path = workbook(tmp_path / "a.xlsx", {"a": rows})
    same(path, instrument, staff)
    place = list(staff).index("ic1")
    for name in (f"V{place}", wordings["ic1"], place + 1):
        pd.testing.assert_frame_equal(el.read_responses(path, instrument, {"ic1": name}).data, staff, check_dtype=False)


def test_exports_of_two_centres_in_a_folder_lose_nobody(tmp_path, staff, instrument):
    one, other = staff.iloc[:6], staff.iloc[6:].assign(respondent=range(1, 7))
    for suffix in (".csv", ".xlsx"):
        folder = tmp_path / suffix[1:]
        folder.mkdir()
        for name, part in (("a", one), ("b", other)):
            el.simulate_export(folder / f"{name}{suffix}", part, instrument, "wjx")
        read = el.read_responses(folder, instrument)
        assert read.data["ic1"].tolist() == staff["ic1"].tolist()
        assert not {"repeated", "collision"} & set(read.report["kind"])


def test_exports_one_below_the_other_lose_nobody(tmp_path, staff, instrument):
    def read(name, *parts):
        path = el.simulate_export(tmp_path / name, pd.concat(parts, ignore_index=True), instrument)
        read = el.read_responses(path, instrument)
        return read.data["ic1"].tolist(), read.report.groupby("kind")["row"].nunique()

    # Another centre counts from 1 too: nobody goes, even who by chance answered as the same number did there.
    other = staff.iloc[::-1].assign(respondent=staff["respondent"].to_numpy())
    other.iloc[3] = staff.iloc[3]
    answers, kinds = read("a.csv", staff, other)
    assert answers == [*staff["ic1"], *other["ic1"]] and not {"repeated", "collision"} & set(kinds.index)
    # The same export as downloaded later, when more had answered and one had changed an answer.
    later = staff.copy()
    later.loc[later.index[2], "ic1"] = 6 - staff["ic1"].fillna(1).iloc[2]
    answers, kinds = read("b.csv", staff.iloc[:9], later)
    assert len(answers) == 13 and kinds["repeated"] == 8 and kinds["collision"] == 1
    # Both: the other centre's export, twice.
    answers, kinds = read("c.csv", staff, other, other)
    assert answers == [*staff["ic1"], *other["ic1"]] and kinds["repeated"] == 12


def test_a_submission_sent_again_is_told_from_one_that_was_changed(tmp_path, staff, instrument):
    twice = pd.concat([staff, staff.iloc[[3]], staff.iloc[[4]].assign(ic1=lambda one: 6 - one["ic1"].fillna(1))])
    read = el.read_responses(el.simulate_export(tmp_path / "a.csv", twice, instrument, "odk"), instrument)
    kinds = read.report[read.report["row"].notna()]
    assert kinds[kinds["kind"] == "repeated"]["row"].unique().tolist() == [14]
    assert kinds[kinds["kind"] == "collision"]["row"].unique().tolist() == [15]
    assert len(read.data) == 13


def test_the_mapping_says_how_the_file_is_laid_out_and_what_is_said_beside_it_goes_first(
    tmp_path, lines, staff, instrument
):
    path, mapping = tmp_path / "a.csv", {"layout": {"separator": "~", "header_row": 2}}
    path.write_text("\n".join(line.replace(",", "~") for line in [lines[0], *lines]), encoding="utf-8")
    read = el.read_responses(path, instrument, mapping).data
    pd.testing.assert_frame_equal(read, staff, check_dtype=False)
    proposed = el.propose_mapping(path, instrument, separator="~", header_row=2)
    (tmp_path / "mapping.yaml").write_text(proposed.text(), encoding="utf-8")
    read = el.read_responses(path, instrument, tmp_path / "mapping.yaml").data
    pd.testing.assert_frame_equal(read, staff, check_dtype=False)
    with pytest.raises(EmolaborError, match="found no column"):
        el.read_responses(path, instrument, mapping, separator=";")


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ("{separator: ';;'}", "mapping.yaml, line 1, layout.separator: found ';;'; allowed: one character"),
        (
            "{rows: 3}",
            "mapping.yaml, line 1, layout.rows: found an unknown entry; allowed: separator, encoding, sheet, ",
        ),
        ("{header_row: 0}", "mapping.yaml, line 1, layout.header_row: found 0; allowed: the number of a row, from 1"),
        ("[1]", "mapping.yaml, line 1, layout: found list; allowed: a table"),
        ("{sheet: 2}", "a.csv; allowed: none, the file has no sheet"),
    ],
)
def test_a_layout_that_is_none_is_refused_with_its_line(tmp_path, lines, instrument, layout, message):
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(f"layout: {layout}\n", encoding="utf-8")
    with pytest.raises(EmolaborError) as caught:
        el.read_responses(tmp_path / "a.csv", instrument, tmp_path / "mapping.yaml")
    assert message in str(caught.value)
