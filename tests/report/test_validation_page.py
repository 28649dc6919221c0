import hashlib
import io
import re
import zipfile
from dataclasses import replace

import pytest
import yaml

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.report import write_validation
from emolabor.report.validation_page import _described, validation_markdown

pytestmark = pytest.mark.slow

SCALE = el.load_scale("emotional_labor")


@pytest.fixture(scope="module")
def report():
    answers = el.simulate_staff(500, seed=1)
    answers["sa2"] = 6 - answers["sa2"]
    answers["form"] = ["A", "B"] * 250
    again = answers.copy()
    return el.validation_report(
        answers, SCALE, screening=el.screen(answers, el.load_instrument("window_staff")), version="form", old="A",
        again=again, simulated=True, n_resamples=20,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("ending", ["md", "html", "docx"])
def test_pages_are_the_same_bytes_on_repeat_and_hold_the_fault(report, tmp_path, ending, language):
    first, second = (write_validation(report, tmp_path / f"{name}.{ending}", language) for name in ("one", "two"))
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
    assert digests[0] == digests[1]
    if ending == "docx":
        with zipfile.ZipFile(io.BytesIO(first.read_bytes())) as parts:
            text = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode("utf-8"))
    else:
        text = first.read_text(encoding="utf-8")
    words = {"zh": ("方向有误", "模拟数据", "分数等值"), "en": ("wrongly keyed", "simulated", "Equated scores")}
    assert all(word in text for word in words[language])
    assert "sa2" in text


def test_the_page_asks_for_no_other_file_and_names_no_folder(report, tmp_path):
    page = write_validation(report, tmp_path / "page.html", "en").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    assert str(tmp_path) not in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_cells_that_head_a_column_or_a_row_say_so(report, tmp_path, language):
    page = write_validation(report, tmp_path / "page.html", language).read_text(encoding="utf-8")
    assert len(re.findall("<th[ >]", page)) == len(re.findall('<th scope="(?:col|row)" style', page))
    assert re.search(r'<th scope="row"[^>]*>sa2</th>', page)
    fit = page[page.index("RMSEA") :]
    assert re.search(r"<tbody>\s*<tr>\s*<td[^>]*>\d+</td>", fit)  # a number heads nothing


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_narrow_screen_wide_tables_move_by_themselves(page, report, tmp_path, language):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(write_validation(report, tmp_path / "page.html", language).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    widest = page.locator(".table").evaluate_all("all => Math.max(...all.map(one => one.scrollWidth))")
    assert widest > 360


def test_chinese_pages_speak_chinese(report):
    text = validation_markdown(report, "zh")
    without = re.sub(r"`#text.*?`\{=typst\}|\{\.note[^}]*\}", "", text)
    words = set(re.findall(r"[A-Za-z]{4,}", without))
    # Names of the field, keys of files and items, and a function's argument.
    allowed = {"CFI", "HTMT", "RMSEA", "SRMR", "WLSMV", "Green", "Yang", "Chen", "oblimin", "emotional", "labor"}
    allowed |= {"Bartlett", "Feldt", "Welch", "Bootstrap", "CITC"}
    assert words - allowed - {"title", "Table", "typst"} == set()


def test_every_table_is_shown_with_its_number_and_respondents(report):
    text = validation_markdown(report, "en")
    assert set(report.tables) == set(_described()["tables"])
    for number in range(1, len(report.tables) + 1):
        assert f"Table {number}." in text
    assert text.count("Respondents: ") == len(report.tables)


def test_notes_say_how_many_answered_everything_where_only_they_count(report):
    text = validation_markdown(report, "en")
    complete = report.tables["fit"]["n"].iloc[0]
    assert complete < report.n < report.n_read
    assert text.count(f"Respondents: {complete}, who left out none of the items.") == 4
    assert text.count(f"Respondents: {report.n}, of each dimension those who left out none of its items.") == 3


def test_signs_of_users_stay_text(report, tmp_path):
    names = {"zh": '"A|B" <script>alert(1)</script>', "en": '"A|B" <script>alert(1)</script>'}
    dimension = replace(SCALE.dimensions[0], names=names)
    scale = replace(SCALE, names=names, dimensions=(dimension, *SCALE.dimensions[1:]))
    page = write_validation(replace(report, scale=scale), tmp_path / "page.html", "en").read_text(encoding="utf-8")
    assert "<script>" not in page and "&lt;script&gt;" in page
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    assert {len(re.findall(r"<t[dh]", row)) for row in rows if "A|B" in row} == {4, 6, 9, 11}


def test_words_of_both_languages_are_there():
    def walk(node, place):
        if isinstance(node, dict) and set(node) & {"en", "zh"}:
            assert node["en"] is not None and node["zh"] is not None, place
        elif isinstance(node, dict):
            for key, part in node.items():
                walk(part, f"{place}/{key}")

    walk(_described(), "")
    assert yaml.safe_dump(_described())


def test_another_ending_or_language_is_refused_before_anything_is_written(report, tmp_path):
    with pytest.raises(EmolaborError, match=r"path: found 'report.pdf'; allowed: a file that ends with .md, .html"):
        write_validation(report, tmp_path / "report.pdf")
    with pytest.raises(EmolaborError, match="language: found 'fr'; allowed: zh, en"):
        write_validation(report, tmp_path / "report.html", "fr")
    assert list(tmp_path.iterdir()) == []
