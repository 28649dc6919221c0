"""Inputs that never end, or are small and become large: one message at once."""

import errno
import os
import time
import zipfile

import pytest

import emolabor as el
from emolabor import cli
from emolabor.common.documents import parse_document
from emolabor.common.errors import EmolaborError, system_message
from emolabor.instrument.patterns import pattern_problem
from emolabor.responses.mapping import load_mapping

pytestmark = pytest.mark.slow

PARTS = {
    "answers": lambda path: ["check", str(path)],
    "mapping": lambda path: ["check", "answers.csv", "--mapping", str(path)],
    "instrument": lambda path: ["check", "answers.csv", "--instrument", str(path)],
    "scale": lambda path: ["scales", "show", str(path)],
    "model": lambda path: ["fit", str(path), "answers.csv"],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    el.simulate_staff(30, seed=1).to_csv("answers.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", ["pipe", "device", "link to a device"])
def test_a_pipe_or_a_device_is_refused_at_once(part, kind, folder, capsys):
    path = folder / ("x.csv" if part == "answers" else "x.yaml")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = path.with_suffix(path.suffix)
        os.symlink("/dev/zero", path)
    else:
        os.symlink("/dev/zero", folder / "first")
        os.symlink(folder / "first", path)
    started = time.monotonic()
    assert cli.main(PARTS[part](path)) == 2
    assert time.monotonic() - started < 20  # reading it would never end
    assert "found a device or a pipe; allowed: a file that was saved" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["xl/styles.xml", "[Content_Types].xml", "xl/theme/theme1.xml", "xl/sharedStrings.xml"]
)
def test_a_small_workbook_that_becomes_large_is_refused_before_it_does(name, folder, capsys):
    el.simulate_staff(5, seed=1).to_excel("first.xlsx", index=False)
    with zipfile.ZipFile("first.xlsx") as old, zipfile.ZipFile("x.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part) + b" " * (50_000_000 if part == name else 0))
    if name not in zipfile.ZipFile("x.xlsx").namelist():
        with zipfile.ZipFile("x.xlsx", "a", zipfile.ZIP_DEFLATED) as new:
            new.writestr(name, b" " * 50_000_000)
    assert os.path.getsize("x.xlsx") < 200_000
    assert cli.main(["check", "x.xlsx"]) == 2
    assert f"in {name} when unpacked; allowed" in capsys.readouterr().err


def test_a_document_type_behind_a_long_comment_is_found(folder, capsys):
    el.simulate_staff(5, seed=1).to_excel("first.xlsx", index=False)
    long = b"<!--" + os.urandom(100_000).hex().encode() + b"--><!DOCTYPE worksheet [<!ENTITY a 'b'>]><worksheet"
    with zipfile.ZipFile("first.xlsx") as old, zipfile.ZipFile("x.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(b"<worksheet", long, 1) if "sheet1" in part else content)
    assert cli.main(["check", "x.xlsx"]) == 2
    assert "found a document type in xl/worksheets/sheet1.xml" in capsys.readouterr().err


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(x+x+)+y", "(a|ab)*c", "((a*)*)*", "(.*)*", "(?=(a+)+)b", "(?>(a+)+)", "(a?){30}a{30}", "a*a*a*a*a*b",
     "a{99999999999}", "(", "(?i:(a+)+)", "x(?!(y+)+z)"],
)  # fmt: skip
def test_patterns_that_could_be_tried_for_ever_are_refused(pattern):
    assert "; allowed: a regular expression without" in pattern_problem(pattern)


@pytest.mark.parametrize(
    "pattern", ["C[0-9]{2}", "[A-Za-z-]+", ".{1,40}", "(A-)?[0-9]+", "(?:AB|CD)[0-9]{3}", "([A-Z]{2})+"]
)
def test_patterns_of_codes_are_taken(pattern):
    assert pattern_problem(pattern) is None


@pytest.mark.parametrize(
    "number", ["9" * 5_000, "0x" + "f" * 5_000, "1" + ":59" * 3_000, "9" * 5_000 + ".0", "-" + "9" * 5_000]
)
def test_a_number_of_thousands_of_digits_is_no_number(number):
    with pytest.raises(EmolaborError, match=r"x\.yaml, line 1: found no YAML \(a number that is none\)"):
        parse_document(f"columns: {{sa1: {number}}}", "x.yaml")


def test_very_many_unknown_keys_are_told_in_few_lines(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text("columns:\n" + "".join(f"  k{number}: c{number}\n" for number in range(100_000)))
    started = time.process_time()
    with pytest.raises(EmolaborError, match="and 99,950 more") as caught:
        load_mapping(path, el.load_instrument("window_staff"))
    assert time.process_time() - started < 30  # quadratic work takes minutes
    assert len(str(caught.value).splitlines()) == 51


def test_too_many_open_files_and_too_little_memory_are_named(monkeypatch, capsys):
    assert "allows no more open files" in system_message(OSError(errno.EMFILE, "Too many open files", "a.csv"))
    assert "too little memory" in system_message(OSError(errno.ENOMEM, "Cannot allocate memory"))
    monkeypatch.setattr(cli.cli, "main", lambda *_, **__: (_ for _ in ()).throw(MemoryError))
    assert cli.main([]) == 2
    assert "there is too little memory" in capsys.readouterr().err
