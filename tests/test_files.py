"""Files are written whole or not at all, and tables so that spreadsheet programs take them as they are."""

import io
import os

import pandas as pd
import pytest

from emolabor.common.files import csv_text, write_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＠SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_would_be_a_formula_stays_a_text(text):
    frame = pd.DataFrame({text: [text, "plain", None], "number": [-1.5, 2, None]})
    written = pd.read_csv(io.StringIO(csv_text(frame).removeprefix("\ufeff")), keep_default_na=False)
    inert = "'" + text.replace("\r", "\n")
    assert written.columns.tolist() == [inert, "number"]
    assert written.iloc[:, 0].tolist() == [inert, "plain", ""]
    assert written["number"].tolist() == ["-1.5", "2.0", ""]
    assert frame.columns[0] == text and frame.iloc[0, 0] == text


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_write_that_is_stopped_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, stop):
    path = write_text(tmp_path / "mine.csv", "old")

    def stopped(*_):
        raise stop

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises((KeyboardInterrupt, OSError)):
        write_text(path, "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.csv"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_folder_that_takes_no_file_is_told_by_the_name_the_user_knows():
    with pytest.raises(OSError) as caught:
        write_text("/proc/mine.csv", "new")
    assert caught.value.filename == "/proc/mine.csv"
