"""The codebook: every column in both languages, counts without small cells, no respondent's row."""

import re

import pandas as pd
import pytest
from small_instrument import small

import emolabor as el
from emolabor.common.errors import EmolaborError

# 40 made-up respondents: ca1 has 2 answers of code 1, ti1 has none of code 4.
DATA = pd.DataFrame(
    {
        "respondent": range(1, 41),
        "centre": ["C01"] * 36 + ["C02"] * 4,
        "work_type": ["dispatched"] * 30 + ["agency"] * 10,
        "age": [1] * 37 + [2] * 3,
        "seconds": [float(value) for value in range(100, 140)],
        "ca1": [1] * 2 + [2] * 6 + [3] * 10 + [4] * 12 + [5] * 8 + [None] * 2,
        "ca2": [None] * 37 + [3] * 3,
        "ti1": [1] * 20 + [2] * 10 + [3] * 10,
    }
)


def test_the_table_describes_every_column_in_the_files_order():
    table = el.codebook(small()).table("en")
    assert tuple(table["key"]) == small().columns
    assert list(table) == ["key", "scale", "dimension", "text", "values", "reverse", "expected"]
    rows = table.set_index("key")
    assert rows.loc["ti1", ["scale", "dimension", "text"]].tolist() == ["order", "tidy", "My desk is tidy."]
    assert rows.loc["ti1", "values"] == "1 = Never; 2 = Sometimes; 3 = Often; 4 = Always"
    assert rows.loc["centre", "values"] == "code C[0-9]{2}"
    assert rows.loc["respondent", "values"] == "number 1–9999"
    assert rows.loc["at1", "expected"] == 3 and rows["expected"].notna().sum() == 1
    assert rows.index[rows["reverse"]].tolist() == ["ca2"]
    pd.testing.assert_frame_equal(small().codebook("en"), table)


def test_without_a_language_it_holds_all():
    table = el.codebook(small()).table()
    assert {"text_zh", "text_en", "values_zh", "values_en"} <= set(table)
    assert "text" not in table


def test_counts_under_five_are_not_shown_and_cannot_be_worked_out():
    before = DATA.copy()
    rows = el.codebook(small(), DATA).table("en").set_index("key")
    pd.testing.assert_frame_equal(DATA, before)
    assert rows.loc["ca1", "counts"] == "1: –; 2: –; 3: –; 4: –; 5: –"
    assert rows.loc["ti1", "counts"] == "1: 20; 2: 10; 3: 10; 4: –"
    assert rows.loc["work_type", "counts"] == "dispatched: 30; agency: 10"
    assert rows.loc["age", "counts"] == "1: –; 2: –"
    assert rows.loc["ca1", "n"] == 40 and pd.isna(rows.loc["ca1", "missing"])
    assert rows.loc["ca1", ["mean", "sd"]].tolist() == [
        3.4,
        1.2,
    ]  # 3.47 and 1.18 in steps of 0.2, the least that is 5 / 38
    assert rows.loc["ca2", ["n", "missing", "mean", "sd", "counts"]].isna().all()  # three answers
    assert rows.loc["pu1", ["n", "counts"]].isna().all()  # no such column
    assert rows.loc["centre", "n"] == 40 and pd.isna(rows.loc["centre", "counts"])


def test_data_of_something_else_are_refused():
    with pytest.raises(EmolaborError, match="data: found no column of the instrument"):
        el.codebook(small(), pd.DataFrame({"x": [1]}))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("ending", [".md", ".html", ".csv"])
def test_it_is_written_for_people_and_for_machines(tmp_path, language, ending):
    book = el.codebook(small(), DATA)
    text = book.write(tmp_path / f"codebook{ending}", language).read_text(encoding="utf-8")
    assert text == book.write(tmp_path / f"again{ending}", language).read_text(encoding="utf-8")
    assert "C01" not in text
    item = {"zh": "我的桌面整齐。", "en": "My desk is tidy."}
    other = {"zh": "en", "en": "zh"}[language]
    assert item[language] in text
    assert (item[other] in text) == (ending == ".csv")
    if ending == ".csv":
        read = pd.read_csv(tmp_path / f"codebook{ending}")
        assert tuple(read["key"]) == small().columns
        assert read.set_index("key").loc["pu1", "text_en"] == "'=I am on time."  # no formula in a spreadsheet
    else:
        assert small().title[language] in text
        assert {"zh": "频数少于 5 的不显示", "en": "Counts under 5 are not shown"}[language] in text
    if ending == ".md":
        widths = {row.count(" | ") for row in text.splitlines() if row.startswith("| ")}
        assert len(widths) == 1
    if ending == ".html":
        assert ("<td>At work I am &#34;edgy&#34;, &lt; often so.</td>" in text) == (language == "en")
        assert ('lang="zh-CN"' in text) == (language == "zh")
        assert not re.search(r"https?://|<script", text)


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(EmolaborError, match=r"codebook\.pdf'; allowed: a name that ends in \.md, \.html or \.csv"):
        el.codebook(small()).write(tmp_path / "codebook.pdf")
    with pytest.raises(EmolaborError, match="language: found 'fr'"):
        el.codebook(small()).write(tmp_path / "codebook.md", "fr")
    assert list(tmp_path.iterdir()) == []
