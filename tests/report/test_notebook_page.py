import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from emolabor.report.notebook_page import notebook_page

pytestmark = pytest.mark.slow
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def result(**data):
    return [new_output("execute_result", {kind.replace("_", "/"): text for kind, text in data.items()})]


@pytest.fixture
def notebook():
    table = "<table><tr><td>a &lt; b</td></tr></table>"
    cells = [
        new_markdown_cell("# 结构 <i>\n\n**问题？**\n\n<script>alert(1)</script>"),
        new_code_cell('results.show("fit", table)', outputs=result(text_html=table)),
        new_code_cell(
            'results.show("paths", table)\nresults.figure("path_diagram", figure)',
            outputs=result(**{"image_png": PIXEL}),
        ),
        new_code_cell("print('</pre><b>')", outputs=[new_output("stream", name="stdout", text="</pre><b>")]),
    ]
    return new_notebook(cells=cells)


def test_code_is_folded_and_every_table_and_figure_has_a_place_and_its_data(notebook):
    page = notebook_page(notebook, "07_structural_model", "zh")
    assert page.count('<details class="code">') == 3
    assert re.findall(r'class="shown"(?: id="(\w+)")?', page) == ["fit", "path_diagram", ""]
    assert '<a href="../tables/07_structural_model_fit.csv">' in page
    assert '<a href="../tables/07_structural_model_paths.csv">' in page
    assert 'alt="结构模型的标准化路径' in page and "<figcaption>结构模型的标准化路径" in page
    assert "a &lt; b" in page and "&lt;/pre&gt;&lt;b&gt;" in page
    assert '<html lang="zh-CN">' in page


def test_prose_is_set_as_prose_and_what_is_no_prose_is_shown_as_text(notebook):
    page = notebook_page(notebook, "x", "zh")
    assert "<h1" in page and "<p><strong>问题？</strong></p>" in page
    assert "&lt;h1" not in page and "&lt;p&gt;" not in page
    assert "<script" not in page and "alert(1)" in page


def test_templates_are_found_where_nbconvert_is_of_another_environment(notebook, monkeypatch):
    here = notebook_page(notebook, "x", "zh")
    monkeypatch.setattr("nbconvert.exporters.templateexporter.jupyter_path", lambda *parts: [])
    assert notebook_page(notebook, "x", "zh") == here


def test_the_same_notebook_gives_the_same_bytes_and_is_not_changed(notebook):
    before = str(notebook)
    assert notebook_page(notebook, "x", "en") == notebook_page(notebook, "x", "en")
    assert str(notebook) == before


def test_nothing_is_loaded_from_anywhere_and_nothing_runs(notebook, page, tmp_path):
    path = tmp_path / "07.html"
    path.write_text(notebook_page(notebook, "07_structural_model", "en"), encoding="utf-8")
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(path.as_uri())
    assert dialogs == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("Code", exact=True).first.click()
    assert page.get_by_text("results.show").first.is_visible()
