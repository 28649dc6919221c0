"""Tables for spreadsheet programs."""

import io

import pandas as pd
import pytest

from emolabor.files import csv_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_would_be_a_formula_stays_a_text(text):
    frame = pd.DataFrame({text: [text, "plain", None], "number": [-1.5, 2, None]})
    written = pd.read_csv(io.StringIO(csv_text(frame).removeprefix("\ufeff")), keep_default_na=False)
    inert = "'" + text.replace("\r", "\n")
    assert written.columns.tolist() == [inert, "number"]
    assert written.iloc[:, 0].tolist() == [inert, "plain", ""]
    assert written["number"].tolist() == ["-1.5", "2.0", ""]
    assert frame.columns[0] == text and frame.iloc[0, 0] == text
