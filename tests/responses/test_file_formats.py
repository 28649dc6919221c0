"""Each kind of file: what was written is read, and a file that is broken is refused with its name, place and remedy."""

import datetime
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow
import pyreadstat
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.responses.files import _DESCRIBED, _LAID_OUT
from emolabor.responses.table import MAX_COLUMNS

pytestmark = pytest.mark.slow

SUFFIXES = [".csv", ".tsv", ".txt", ".xlsx", ".sav", ".zsav", ".dta", ".parquet"]


@pytest.fixture(scope="module")
def instrument():
    return el.load_instrument("window_staff")


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(40, seed=2)


def write(frame, path):
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False, encoding="utf-8-sig")
        case ".tsv":
            frame.to_csv(path, index=False, sep="\t", encoding="utf-16")
        case ".txt":
            frame.to_csv(path, index=False, sep=";", encoding="gb18030")
        case ".xlsx":
            frame.to_excel(path, index=False)
        case ".sav" | ".zsav":
            pyreadstat.write_sav(frame, path, compress=path.suffix == ".zsav")
        case ".dta":
            pyreadstat.write_dta(frame, path)
        case ".parquet":
            frame.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory, staff):
    folder = tmp_path_factory.mktemp("formats")
    return {suffix: write(staff, folder / f"mine{suffix}") for suffix in SUFFIXES}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_was_written_is_read(files, suffix, staff, instrument):
    read = el.read_responses(files[suffix], instrument)
    assert read.report.empty
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_upper_case_ending_is_the_same(files, suffix, instrument, tmp_path):
    path = tmp_path / f"MINE{suffix.upper()}"
    path.write_bytes(files[suffix].read_bytes())
    assert len(el.read_responses(path, instrument).data) == 40


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_refused(suffix, instrument, tmp_path):
    (tmp_path / f"mine{suffix}").touch()
    with pytest.raises(EmolaborError, match=rf"mine\{suffix}: found an empty file; allowed: .*download it again"):
        el.read_responses(tmp_path / f"mine{suffix}", instrument)


@pytest.mark.parametrize("share", [0.001, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_was_cut_off_is_refused(files, suffix, share, instrument, tmp_path):
    path = tmp_path / f"mine{suffix}"
    content = files[suffix].read_bytes()
    path.write_bytes(content[: max(1, int(share * len(content)))])
    with pytest.raises(EmolaborError, match=r"mine\..*: found .*; allowed: "):
        el.read_responses(path, instrument)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_kind_of_file_under_this_ending_is_refused(suffix, instrument, tmp_path):
    path = tmp_path / f"mine{suffix}"
    path.write_bytes(b"%PDF-1.4\n\x00\x01\xff\xfe" + bytes(range(256)) * 4)
    with pytest.raises(EmolaborError, match=r"mine\..*found"):
        el.read_responses(path, instrument)


def test_labels_of_another_order_are_read_by_their_words(staff, instrument, tmp_path):
    # The file counts from 0 and the other way round, but says what its numbers mean.
    path = tmp_path / "mine.sav"
    scale = next(scale for scale in instrument.scales if "sa1" in [item.key for item in scale.items])
    meaning = dict(enumerate(scale.response_format.labels["zh"], start=1))
    meanings = {item.key: meaning for item in scale.items}
    meanings["sa1"] = {float(5 - code): label for code, label in meaning.items()}
    pyreadstat.write_sav(staff.assign(sa1=5 - staff["sa1"]), path, variable_value_labels=meanings)
    read = el.read_responses(path, instrument)
    assert read.report[["column", "kind"]].to_numpy().tolist() == [["sa1", "relabelled"]]
    pd.testing.assert_series_equal(read.data["sa1"], staff["sa1"], check_dtype=False)


def test_variable_labels_place_columns(staff, instrument, tmp_path):
    path, items = tmp_path / "mine.sav", instrument.items("en").set_index("key")["text"]
    renamed = {key: f"Q{number}" for number, key in enumerate(items.index)}
    labels = {renamed[key]: f"{number}、{text}" for number, (key, text) in enumerate(items.items())}
    pyreadstat.write_sav(staff.rename(columns=renamed), path, column_labels=labels)
    pd.testing.assert_frame_equal(el.read_responses(path, instrument).data, staff, check_dtype=False)


def test_values_that_spss_declares_missing_are_missing(staff, instrument, tmp_path):
    path = tmp_path / "mine.sav"
    data = staff.assign(sa1=staff["sa1"].where(staff.index != 0, 99.0))
    pyreadstat.write_sav(data, path, missing_ranges={"sa1": [99]})
    read = el.read_responses(path, instrument)
    assert np.isnan(read.data.loc[0, "sa1"]) and read.report.empty


@pytest.fixture
def sheet(staff, tmp_path):
    """Open a workbook of answers, change its cells, and read it."""

    def read(change, instrument):
        path = write(staff, tmp_path / "mine.xlsx")
        book = openpyxl.load_workbook(path)
        change(book, dict(zip(staff.columns, range(1, 100), strict=False)))
        book.save(path)
        return el.read_responses(path, instrument)

    return read


@pytest.mark.parametrize(
    ("cell", "kind", "found"),
    [
        ("=1+2", "formula", "a formula without a stored value"),
        (datetime.datetime(2026, 3, 4), "not_allowed", "a date"),
        (datetime.time(3, 4), "not_allowed", "a date or time"),
        (True, "not_allowed", "text of 4 characters"),
        ("#REF!", "not_allowed", "text of 5 characters"),
        ("3 ", None, None),
        ("从不┋很少", "several", "several answers"),
        ("110105194912310021", "not_allowed", "a number of 18 characters"),
        ("11010519491231002X", "not_allowed", "what looks like identity numbers"),
    ],
)
def test_odd_cells_are_missing_and_reported(sheet, instrument, cell, kind, found):
    def change(book, place):
        book.active.cell(5, place["sa1"]).value = cell

    read = sheet(change, instrument)
    if kind is None:
        assert read.report.empty and read.data.loc[3, "sa1"] == 3
    else:
        assert np.isnan(read.data.loc[3, "sa1"])
        assert read.report[["row", "column", "kind", "found"]].to_numpy().tolist() == [[5, "sa1", kind, found]]


def test_a_formula_gives_the_value_stored_with_it(files, instrument, tmp_path):
    path = tmp_path / "mine.xlsx"
    with zipfile.ZipFile(files[".xlsx"]) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                value = content.index(b"<v>", content.index(b'r="I2"'))
                content = content[:value] + b"<f>1+1</f>" + content[value:]
            new.writestr(name, content)
    assert el.read_responses(path, instrument).report.empty


def test_further_sheets_are_counted_and_not_named(sheet, instrument):
    read = sheet(lambda book, place: book.create_sheet("张三 13800138000").append(["x"]), instrument)
    assert read.report[["kind", "found"]].to_numpy().tolist() == [["sheets", "1"]]


def test_a_value_beside_the_table_is_refused(sheet, instrument):
    def change(book, place):
        book.active.cell(4, 120).value = "note"

    with pytest.raises(EmolaborError, match=r"mine\.xlsx, row 4: found a value in column 120; allowed: [0-9]+ columns"):
        sheet(change, instrument)


def test_empty_rows_and_formats_beside_the_table_do_not_matter(sheet, instrument):
    def change(book, place):
        book.active.insert_rows(3, 2)
        book.active.cell(50, 120).number_format = "0.00"

    read = sheet(change, instrument)
    assert len(read.data) == 40 and read.report.empty


def test_nested_values_and_bytes_are_no_answers(staff, instrument, tmp_path):
    path = tmp_path / "mine.parquet"
    staff.assign(sa1=[[1, 2]] * 40, sa2=[b"3"] * 40).to_parquet(path)
    with pytest.raises(EmolaborError, match=r"sa1, sa2 \(1 to 5\): 80 of 80 cells, no text and no number; .* save it"):
        el.read_responses(path, instrument)
    staff.assign(sa3=staff["sa3"].astype("category")).to_parquet(path)
    assert el.read_responses(path, instrument).data["sa3"].equals(staff["sa3"].astype(float))


def test_a_file_larger_than_any_survey_is_refused(instrument, tmp_path, monkeypatch):
    (tmp_path / "wide.csv").write_text(",".join(f"c{n}" for n in range(MAX_COLUMNS + 1)) + "\n")
    with pytest.raises(EmolaborError, match=r"wide\.csv: found more than .* split the file"):
        el.read_responses(tmp_path / "wide.csv", instrument)


def workbook_with(path, staff, part, old, new):
    """Write a workbook one part of which is changed."""
    staff.to_excel(path.with_suffix(".whole.xlsx"), index=False)
    with zipfile.ZipFile(path.with_suffix(".whole.xlsx")) as whole, zipfile.ZipFile(path, "w", 8) as changed:
        for name in whole.namelist():
            content = whole.read(name)
            assert name != part or old in content
            changed.writestr(name, content.replace(old, new, 1) if name == part else content)
    return path


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
BOMBS = {
    "much when unpacked": (
        b"</sheetData>",
        b" " * 1_000_000_001 + b"</sheetData>",
        "more than 2,000,000 bytes when",
    ),
    "entities": (b"<worksheet", LAUGHS, r"a document type in xl/worksheets/sheet1\.xml; allowed: a workbook"),
    "a row of a high number": (b'<row r="2"', b'<row r="999999999999"', "more than 9,000 rows"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_workbook_made_to_fill_the_memory_is_refused(bomb, staff, instrument, tmp_path, monkeypatch):
    old, new, message = BOMBS[bomb]
    monkeypatch.setattr("emolabor.responses.spreadsheet._MAX_BYTES", 2_000_000)
    monkeypatch.setattr("emolabor.responses.table.MAX_ROWS", 9_000)
    path = workbook_with(tmp_path / "mine.xlsx", staff, "xl/worksheets/sheet1.xml", old, new)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(EmolaborError, match=rf"mine\.xlsx.*: found {message}"):
        el.read_responses(path, instrument)


def test_a_statistics_file_that_unpacks_to_more_than_memory_is_refused(staff, instrument, tmp_path, monkeypatch):
    pyreadstat.write_sav(staff.assign(note="x" * 2000), tmp_path / "mine.zsav", compress=True)
    monkeypatch.setattr("emolabor.responses.statistics_file._MAX_BYTES", 40 * 2000)
    with pytest.raises(EmolaborError, match=r"mine\.zsav: found more than 80,000 bytes when unpacked"):
        el.read_responses(tmp_path / "mine.zsav", instrument)


def test_a_repeated_text_of_a_parquet_file_is_held_once(staff, instrument, tmp_path):
    note = pd.Series(["x" * 200_000] * len(staff))
    staff.assign(note=note, **{"a.b": note, "时 间": note}).to_parquet(tmp_path / "mine.parquet")
    before = pyarrow.total_allocated_bytes()
    pyarrow.default_memory_pool().release_unused()
    el.read_responses(tmp_path / "mine.parquet", instrument)
    assert before + 6_000_000 > pyarrow.default_memory_pool().max_memory() - before


def test_reading_in_pieces_is_reading(files, staff, instrument, monkeypatch):
    monkeypatch.setattr("emolabor.responses.csv_file._ROWS_AT_ONCE", 7)
    monkeypatch.setattr("emolabor.responses.spreadsheet._ROWS_AT_ONCE", 7)
    for suffix in (".csv", ".xlsx"):
        pd.testing.assert_frame_equal(el.read_responses(files[suffix], instrument).data, staff, check_dtype=False)


def test_every_ending_has_a_test():
    elsewhere = {".xlsm", ".json", ".csv.gz", ".tsv.gz", ".txt.gz"}
    assert {*SUFFIXES, *elsewhere} == {*_LAID_OUT, *_DESCRIBED}


@pytest.fixture
def folder(tmp_path, staff):
    """A folder of one-row files, as the web page saves them, and what else gathers in a folder."""
    for number in range(len(staff)):
        staff.iloc[[number]].to_csv(tmp_path / f"answers-{number:03}.csv", index=False, encoding="utf-8-sig")
    (tmp_path / "._answers-000.csv").write_bytes(b"\x00\x05")
    (tmp_path / "~$answers-000.csv").write_bytes(b"\x00\x05")
    return tmp_path


def test_a_folder_of_files_is_read_as_one(folder, staff, instrument):
    read = el.read_responses(folder, instrument)
    pd.testing.assert_frame_equal(read.data, staff, check_dtype=False)
    assert read.report_text("en") == (
        "40 files were read in the order of their names, and their rows counted through; row 2 is the first."
    )
    assert read.report_text("zh").startswith("按文件名顺序读取了 40 个文件")
    assert len(el.propose_mapping(folder, instrument).placed) == len(instrument.columns)


def test_rows_of_a_folder_are_counted_through_and_so_is_what_is_not_read(folder, staff, instrument):
    (folder / "notes.docx").write_bytes(b"PK")
    (folder / "more").mkdir()
    staff.iloc[[7]].assign(sa1=9).to_csv(folder / "answers-007.csv", index=False)
    read = el.read_responses(folder, instrument)
    report = read.report.set_index("kind")
    assert report.loc["unread", "found"] == "2"
    assert report.loc["not_allowed", ["row", "column"]].tolist() == [9, "sa1"]
    assert pd.isna(read.data.loc[7, "sa1"])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("zz.csv", "respondent,centre\n1,C01\n", r"zz\.csv: found other headings than in answers-000\.csv: department"),
        ("zz.csv", "", r"zz\.csv: found an empty file"),
        ("zz.csv", '"a', r"zz\.csv, line 1: found unexpected end of data"),
    ],
)
def test_one_wrong_file_in_a_folder_is_named(folder, instrument, name, content, told):
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(EmolaborError, match=told):
        el.read_responses(folder, instrument)


def test_columns_in_another_order_are_refused(folder, staff, instrument):
    staff.iloc[[1], ::-1].to_csv(folder / "answers-001.csv", index=False)
    with pytest.raises(EmolaborError, match=r"answers-001\.csv: found other headings .*: another order; allowed"):
        el.read_responses(folder, instrument)


def test_a_folder_without_answers_is_refused(instrument, tmp_path):
    (tmp_path / "mine.csv").mkdir()
    for path in (tmp_path, tmp_path / "mine.csv"):
        with pytest.raises(EmolaborError, match=r"found a folder without \.csv files"):
            el.read_responses(path, instrument)
