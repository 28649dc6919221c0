"""A table as a file of each kind: three lines, caption above, note below, the same bytes on repeat."""

import io
import zipfile

import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.report import write_table
from emolabor.report.page import TABLE_ENDINGS

pytestmark = pytest.mark.slow

FRAMES = {
    "en": pd.DataFrame(
        {"Scale": ["Belonging", "Exhaustion"], "α": [".81", ".87"], "95% CI": ["[.79, .83]", "[.85, .89]"]}
    ),
    "zh": pd.DataFrame(
        {"量表": ["归属感", "情绪耗竭"], "α": ["0.81", "0.87"], "95%置信区间": ["[0.79, 0.83]", "[0.85, 0.89]"]}
    ),
}
FRAMES["en"].columns = ["Scale", "α", "95% CI"]
FRAMES["zh"].columns = ["量表", "α", "95%置信区间"]
WORDS = {
    "en": ("Table 1. Reliability", "*N* = 1,151; simulated staff."),
    "zh": ("表1 信度", "*N* = 1151；窗口人员为模拟数据。"),
}
NOTE_BEGINS = {"en": "Note.", "zh": "注："}


def text_of(path):
    if path.suffix != ".docx":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as document:
        return document.read("word/document.xml").decode("utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ending", TABLE_ENDINGS)
def test_every_file_holds_caption_cells_and_note_and_is_the_same_on_repeat(ending, language, tmp_path):
    caption, note = WORDS[language]
    paths = [tmp_path / f"{name}{ending}" for name in ("one", "other")]
    for path in paths:
        assert write_table(FRAMES[language], path, caption, note, language) == path
    assert paths[0].read_bytes() == paths[1].read_bytes()
    text = text_of(paths[0])
    places = [text.index(part) for part in (caption, FRAMES[language].iloc[1, 0], NOTE_BEGINS[language])]
    if ending != ".typ":  # there the caption is an argument after the table
        assert places == sorted(places)
    assert FRAMES[language].iloc[1, 1] in text


def test_latex_has_three_rules(tmp_path):
    path = write_table(FRAMES["en"], tmp_path / "table.tex", *WORDS["en"])
    text = path.read_text(encoding="utf-8")
    assert all(rule in text for rule in (r"\toprule", r"\midrule", r"\bottomrule"))


@pytest.mark.parametrize(
    ("name", "language", "message"), [("t.xls", "en", "allowed: a file"), ("t.md", "fr", "zh, en")]
)
def test_another_ending_or_language_is_refused(name, language, message, tmp_path):
    with pytest.raises(EmolaborError, match=message):
        write_table(FRAMES["en"], tmp_path / name, *WORDS["en"], language)
    assert list(tmp_path.iterdir()) == []


def test_the_typst_part_compiles_with_the_caption_above(tmp_path):
    import typst

    path = write_table(FRAMES["zh"], tmp_path / "table.typ", *WORDS["zh"], "zh")
    assert "position: top" in path.read_text(encoding="utf-8")
    assert typst.compile(str(path)).startswith(b"%PDF")
