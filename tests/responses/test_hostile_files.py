"""What people send in: each file against what they are told and what lies there afterwards, as they see it.

REFUSED, TOO_LARGE, MAPPINGS and UNWRITABLE end in one message and exit status 2, and leave every file as it was, from
`emolabor check` and from the whole run. What TOLD holds is read, and told.
"""

import datetime
import errno
import io
import os
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook
from tiny_project import PROJECT

import emolabor as el
from emolabor import cli
from emolabor.common.errors import EmolaborError
from emolabor.responses.personal_contents import personal_content

pytestmark = pytest.mark.slow

QUESTIONNAIRE = el.load_instrument("window_staff")
STAFF = el.simulate_staff(60, seed=3)
MANY = el.simulate_staff(600, seed=3)
WORDED = STAFF.rename(columns=QUESTIONNAIRE.items("zh").set_index("key")["text"])
ITEMS = [item for items in QUESTIONNAIRE.dimensions().values() for item in items]
LABELS = QUESTIONNAIRE.scales[0].response_format.labels


def csv(frame=STAFF, encoding="utf-8"):
    return ".csv", frame.to_csv(index=False).encode(encoding, "replace")


def changed(column, row, cell):
    frame = STAFF.astype({column: object})
    frame.loc[row, column] = cell
    return frame


def excel(frame):
    content = io.BytesIO()
    frame.to_excel(content, index=False)
    return ".xlsx", content.getvalue()


def spss():
    with TemporaryDirectory() as folder:
        pyreadstat.write_sav(STAFF, Path(folder) / "made.sav")
        return ".sav", (Path(folder) / "made.sav").read_bytes()


def cut_off(made):
    suffix, content = made
    return suffix, content[: 3 * len(content) // 5]


def two_languages():
    frame = STAFF.astype({"ic1": object})
    frame["ic1"] = [LABELS["zh" if i % 2 else "en"][int(code) - 1] for i, code in enumerate(STAFF["ic1"].fillna(1))]
    return frame


def mostly_missing():
    row, column = np.indices(STAFF[ITEMS].shape)
    return STAFF.assign(**STAFF[ITEMS].mask((row + column) % 5 < 3))


# File, what the one message says after "emolabor: FOLDER/mine": place, what was found, what is allowed.
REFUSED = {
    "one damaged byte": (
        (".csv", csv(WORDED)[1].replace("我".encode(), b"\xe6\x88", 1)),
        ".csv, line 1: found bytes that are neither UTF-8 nor GB18030; allowed: CSV saved as UTF-8",
    ),
    "wrong encoding": (
        csv(WORDED, "big5"),
        ".csv, row 1: found no column for ic1, ic2, ic3, ic4, ss1, ss2, ss3, rc1, rc4, rc5, rp1, rp3, … "
        "(80 of 81 items); allowed: a column for each item",  # most simplified signs are no signs of Big5
    ),
    "truncated workbook": (
        cut_off(excel(STAFF)),
        ".xlsx: found no whole file of this format (BadZipFile); allowed: a workbook saved as .xlsx",
    ),
    "truncated SPSS file": (
        cut_off(spss()),
        ".sav: found no whole file of this format (ReadstatError); allowed: a file as SPSS (.sav, .zsav)",
    ),
    "zero bytes": ((".sav", b""), ".sav: found an empty file; allowed: a row of column names, then a row a respondent"),
    "header only, text": (csv(STAFF[:0]), ".csv, row 2: found no row below the headings; allowed: a row a respondent"),
    "header only, workbook": (excel(STAFF[:0]), ".xlsx, row 2: found no row below the headings; allowed: a row"),
    "an item missing": (
        csv(STAFF.drop(columns="sa1")),
        ".csv, row 1: found no column for sa1 (1 of 81 items); allowed: a column for each item of window_staff",
    ),
    "a row cut off": (
        (".csv", csv()[1][:-9]),
        ".csv, row 61: found 88 fields; allowed: 91, as the header; was the file cut off",
    ),
    "no answers but words": (
        csv(STAFF.assign(**dict.fromkeys(QUESTIONNAIRE.points(), "好"))),
        ".csv: found no valid answer to any item; allowed: answers as codes, e.g. 1 to 5, or as the labels",
    ),
}

# File, what is told about it (English): the file is read, and nothing is guessed away.
TOLD = {
    "300 unknown columns": (
        csv(pd.concat([STAFF, pd.DataFrame(1, STAFF.index, [f"extra{i}" for i in range(300)])], axis=1)),
        ["  ... and 270 more; --write-mapping lists all of them", "Dropped, as they are not part of the questionnaire: "
         "extra0, extra1, extra2, extra3, extra4, extra5, extra6, extra7, extra8, extra9, extra10, extra11, …."],
    ),
    "duplicated respondents": (
        csv(pd.concat([STAFF, STAFF[:3]])),
        ["3 rows repeat number and answers of a row that came before (rows 62, 63, 64); dropped."],
    ),
    "labels in two languages": (csv(two_languages()), ["Labels of answers were read as codes: ic1."]),
    "labels among numbers": (
        csv(changed("ic1", 3, LABELS["zh"][0])),
        ["Column ic1 mixes labels and numbers: 1 cell is not written as most are (row 5); each was read as what "
         "it says."],
    ),
    "60 % missing": (
        csv(mostly_missing()),
        ["More than half of the respondents left out: ic1, ic2, ic3, ic4, ss1, ss2, ss3, rc1, rc4, rc5, rp1, rp3, …; "
         "kept, but analyses of complete answers lose these respondents."],
    ),
    "one respondent": (csv(STAFF[:1]), ["mine.csv: 1 respondent read, 0 findings"]),
    "a group of three": (
        csv(STAFF.assign(dispatch_type=["agency"] * 3 + ["contract"] * 57, centre="C01", department="D01")),
        ["Groups of fewer than 5 respondents in dispatch_type: they are not shown by themselves, and not compared."],
    ),
    "a whole dimension reversed": (
        csv(MANY.assign(**{item: 6 - MANY[item] for item in QUESTIONNAIRE.dimensions()["deep_acting"]})),
        ["All of deep_acting goes against what the claims expect of it (service_quality: r = -0.44, proactive_service: "
         "r = -0.24, accomplishment: r = -0.39, collegial_exchange: r = -0.28); nothing was changed: "
         "was the whole dimension coded in reverse? If so,"
         " "
         "its results have the wrong sign; a mapping file can turn it (turned)."],
    ),
    "constant item": (
        csv(STAFF.assign(sa1=3)),
        ["Every respondent gave the same answer: sa1; kept, but no model with it can be estimated: was it "
         "read rightly?"],
    ),
    "dates among answers": (
        excel(changed("sa1", 2, datetime.datetime(2026, 3, 4))),
        ["Column sa1: 1 cell holds something else than allowed (row 4); set to missing.",
         "   4    sa1 a date set to missing (allowed: 1 to 5)"],
    ),
    "a date as answering time": (
        excel(changed("seconds", 2, datetime.datetime(2026, 3, 4))),
        ["Column seconds: 1 cell holds something else than allowed (row 4); set to missing."],
    ),
    "a formula": (
        excel(changed("sa1", 2, "=1+1")),
        ["Column sa1: 1 cell holds a formula whose value the file does not store (row 4); set to missing."],
    ),
    "one item reversed": (
        csv(STAFF.assign(ex1=6 - STAFF["ex1"])),
        ["Column ex1 runs against the other items of its dimension; nothing was changed: is its reverse key "
         "right? A keying audit tells more."],
    ),
}  # fmt: skip

# Mapping, what the one message says.
MAPPINGS = {
    "a column that is not there": (
        "columns: {sa1: Q7}",
        "mine.csv: found no column named 'Q7' that the mapping gives for sa1; allowed: a heading that stands once",
    ),
    "a number too high": ("columns: {sa1: 300}", "mine.csv: the mapping puts sa1 in column 300; allowed: 1 to 91"),
    "an unknown key": (
        "columns:\n  sax: Q1",
        "mapping.yaml, line 2, columns.sax: found an unknown key; allowed: a col",
    ),
    "no YAML": ("columns: [", "mapping.yaml, line 2: found no YAML"),
}


# A limit lowered to what a small file passes, and what the one message says; the limits are those of a file of 2 GB.
TOO_LARGE = {
    "rows": ("table.MAX_ROWS", 30, ".csv: found more than 30 rows, 20,000 columns or"),
    "columns": ("table.MAX_COLUMNS", 30, ".csv: found more than 2,000,000 rows, 30 columns or"),
    "cells": (
        "table.MAX_CELLS",
        4_000,
        ".csv: found more than 2,000,000 rows, 20,000 columns or 4,000 cells; allowed: up",
    ),
    "texts": (
        "table.MAX_BYTES",
        20_000,
        ".csv, row 61: found more than 20,000 bytes of different cells; allowed: up to",
    ),
    "a line": (
        "csv_file._LONGEST_LINE",
        200,
        ".csv, line 1: found more than 200 characters; allowed: a line a respondent",
    ),
}

# What stands in the way of results, and what the one message says after the name of the file.
UNWRITABLE = {
    "a full disk": (errno.ENOSPC, "No space left on device; the disk that holds it is full; free some space, then"),
    "a quota": (errno.EDQUOT, "Disk quota exceeded; the disk that holds it is full; free some space, then"),
    "a read-only folder": (errno.EROFS, "Read-only file system; allowed: a file or folder that you have the right to"),
    "no right": (errno.EACCES, "Permission denied; allowed: a file or folder that you have the right to; mend its"),
}


def written(made, folder):
    suffix, content = made
    (folder / f"mine{suffix}").write_bytes(content)
    return f"mine{suffix}"


NOTEBOOK = new_notebook(
    cells=[
        new_code_cell(
            'data_path = "../own.csv"\nmapping_path = None\nlanguage = "zh"\nresults_dir = "../results/default"',
            metadata={"tags": ["parameters"]},
        )
    ],
    metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A project with a notebook, and what earlier commands left in it."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "02_data_screening.ipynb").write_text(nbformat.writes(NOTEBOOK))
    (tmp_path / "results" / "mine").mkdir(parents=True)
    for name in ("pyproject.toml", "own.csv", "earlier.csv", "results/mine/01_first.json", "results/mine/.lock"):
        (tmp_path / name).write_text("earlier")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def all_files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(arguments, folder, capsys):
    """Give a command that is refused: with one message, which is returned, and every file as it was."""
    before = all_files(folder)
    assert cli.main(arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert all_files(folder) == before
    assert len(lines) == 1
    return lines[0]


@pytest.fixture
def never_executed(monkeypatch):
    """Fail where a notebook would be executed."""
    monkeypatch.setattr("emolabor.study.runner._execute", lambda *_: pytest.fail("a notebook was executed"))


COMMANDS = {
    "check": ["--report", "earlier.csv"],
    "screen": ["--output", "earlier.csv"],
    "score": ["--output", "earlier.csv"],
    "validate-scale": ["--scale", "emotional_labor", "--instrument", "window_staff", "--output", "earlier.md"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_gets_one_message(case, command, folder, capsys):
    content, message = REFUSED[case]
    arguments = [command, written(content, folder), *COMMANDS[command]]
    assert refused(arguments, folder, capsys).startswith(f"emolabor: mine{message}")


@pytest.mark.usefixtures("never_executed")
@pytest.mark.parametrize(
    "case", [case for case in REFUSED if case != "an item missing"]
)  # a run leaves the scale short
def test_a_run_refuses_it_with_the_same_message_before_a_notebook_runs(case, folder, capsys):
    content, message = REFUSED[case]
    arguments = ["reproduce", "--data", written(content, folder)]
    assert refused(arguments, folder, capsys).startswith(f"emolabor: mine{message}")


@pytest.mark.usefixtures("never_executed")
@pytest.mark.parametrize("command", [["check"], ["reproduce", "--data"]])
@pytest.mark.parametrize("case", TOO_LARGE)
def test_a_file_larger_than_memory_gets_one_message(case, command, folder, capsys, monkeypatch):
    limit, value, message = TOO_LARGE[case]
    monkeypatch.setattr(f"emolabor.responses.{limit}", value)
    file = written(csv(STAFF.assign(note=[f"{row} {'x' * 200}" for row in range(60)])), folder)
    assert refused([*command, file], folder, capsys).startswith(f"emolabor: mine{message}")


def test_a_large_file_without_line_ends_is_never_taken_into_memory(folder):
    with open("mine.csv", "wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(EmolaborError, match=r"mine\.csv, line 1: found more than 1,000,000 characters"):
            el.read_responses("mine.csv", QUESTIONNAIRE)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", ["x", "a.", "a@", "1:", "1.", "1", "小时"])
def test_a_very_long_text_is_looked_through_in_time_that_grows_with_its_length(text):
    assert personal_content(text * 500_000 + " 13912345678") == "mobile numbers"  # never ends where it grows faster


@pytest.mark.parametrize("case", TOLD)
def test_what_does_not_fit_is_told(case, folder, capsys):
    content, lines = TOLD[case]
    assert cli.main(["check", written(content, folder)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line not in told] == []


@pytest.mark.usefixtures("never_executed")
@pytest.mark.parametrize("command", [["check"], ["reproduce", "--data"]])
@pytest.mark.parametrize("case", MAPPINGS)
def test_a_mapping_that_does_not_fit_gets_one_message(case, command, folder, capsys):
    text, message = MAPPINGS[case]
    (folder / "mapping.yaml").write_text(text, encoding="utf-8")
    arguments = [*command, written(csv(), folder), "--mapping", "mapping.yaml"]
    assert refused(arguments, folder, capsys).startswith(f"emolabor: {message}")


@pytest.mark.parametrize("command", ["check", "screen", "score"])
@pytest.mark.parametrize("case", UNWRITABLE)
def test_a_result_that_cannot_be_written_gets_one_message(case, command, folder, capsys, monkeypatch):
    code, message = UNWRITABLE[case]

    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fdopen", lambda handle, _: os.close(handle) or Full())
    arguments = [command, written(csv(), folder), *COMMANDS[command]]
    assert refused(arguments, folder, capsys).startswith(f"emolabor: earlier.csv: {message}")


@pytest.mark.usefixtures("never_executed")
def test_a_file_in_place_of_the_results_folder_gets_one_message(folder, capsys):
    (folder / "results" / "other").write_text("earlier")
    arguments = ["reproduce", "--data", written(csv(), folder), "--run", "other"]
    assert refused(arguments, folder, capsys) == (
        f"emolabor: {folder / 'results' / 'other'}: File exists; allowed: a folder; a file is in its place; rename the "
        "file, or name another folder"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (csv(STAFF[:1]), "found 1 respondents who answered all 4 items; allowed: more than 4"),
        (csv(STAFF.assign(sa1=3)), "sa1 is the same for every respondent; leave it out"),
    ],
)
def test_answers_that_cannot_be_validated_get_one_message(content, message, folder, capsys):
    file = written(content, folder)
    arguments = ["validate-scale", file, "--scale", "emotional_labor", "--instrument", "window_staff"]
    told = refused([*arguments, "--output", "report.html"], folder, capsys)
    assert told == f"emolabor: mine.csv: dimension surface_acting: {message}"


def test_half_of_a_dimension_reversed_is_found_and_left_to_the_wording(folder, capsys):
    half = {item: 6 - STAFF[item] for item in ("ex1", "ex2")}
    file = written(csv(STAFF.assign(**half)), folder)
    arguments = ["--scale", "emotional_exhaustion", "--instrument", "window_staff", "--language", "en"]
    assert cli.main(["validate-scale", file, *arguments]) == 0
    assert "half of the items run against the other half" in capsys.readouterr().out


def test_a_dimension_reversed_as_a_whole_is_turned_back_by_a_mapping(folder, capsys):
    exhaustion = QUESTIONNAIRE.dimensions()["exhaustion"]
    file = written(csv(MANY.assign(**{item: 6 - MANY[item] for item in exhaustion})), folder)
    (folder / "mapping.yaml").write_text(f"turned: [{', '.join(exhaustion)}]\n")
    assert cli.main(["check", file, "--mapping", "mapping.yaml"]) == 0
    assert "exhaustion goes against" not in capsys.readouterr().out
    data = el.read_responses(file, QUESTIONNAIRE, "mapping.yaml").data
    pd.testing.assert_frame_equal(data[exhaustion], MANY[exhaustion], check_dtype=False)


def test_of_a_few_respondents_no_distribution_is_printed(folder, capsys):
    assert cli.main(["score", written(csv(STAFF[:4]), folder)]) == 0
    assert capsys.readouterr().out == "found 4 respondents; distributions are shown from 5 on\n"


def test_a_scale_of_two_items_gets_one_message(folder, capsys):
    scale = yaml.safe_load((Path(el.__file__).parent / "scales" / "library" / "belonging.yaml").read_text("utf-8"))
    del scale["dimensions"][0]["items"][2:]
    (folder / "two.yaml").write_text(yaml.safe_dump(scale, allow_unicode=True), encoding="utf-8")
    arguments = ["validate-scale", written(csv(MANY), folder), "--scale", "two.yaml", "--output", "report.md"]
    assert refused(arguments, folder, capsys) == (
        "emolabor: mine.csv: dimension belonging: found 2 items and no other dimension, which identify no factor; "
        "allowed: three items, or a second dimension beside it"
    )
