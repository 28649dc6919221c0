"""The tutorials on answers and on designs: every command runs, and what the page shows is what comes out."""

import importlib

import pytest
from tutorial import DOCS, blocks, in_both_languages, not_printed, walk

pytestmark = pytest.mark.slow
PAGES_ON_DESIGNS = in_both_languages("which-of-these")
PAGES_ON_FUNCTIONS = in_both_languages("which-function")


@pytest.mark.parametrize("page", in_both_languages("from-answers-to-validation"))
def test_every_command_runs_and_shows_what_the_page_shows(page, tmp_path):
    shown = walk(page, tmp_path)
    assert not_printed(shown) == []
    assert len(shown) >= 9


@pytest.mark.parametrize("page", PAGES_ON_DESIGNS)
def test_every_design_is_fitted_and_shows_what_the_page_shows(page, tmp_path):
    shown = walk(page, tmp_path)
    assert not_printed(shown) == []
    assert len(shown) == 5


@pytest.mark.parametrize("page", PAGES_ON_FUNCTIONS)
def test_every_question_is_answered_as_the_page_shows(page, tmp_path):
    shown = walk(page, tmp_path)
    assert not_printed(shown) == []
    assert len(shown) == 9


@pytest.mark.parametrize("pages", [PAGES_ON_DESIGNS, PAGES_ON_FUNCTIONS])
def test_both_editions_run_the_same_code(pages):
    english, chinese = ([text for kind, _, text in blocks(page) if kind == "python"] for page in pages)
    assert [text.split("#")[0] for text in english] == [text.split("#")[0] for text in chinese]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_drawing_is_as_its_script_draws_it(language, monkeypatch):
    monkeypatch.syspath_prepend(DOCS)
    script = importlib.import_module("write_drawing")
    committed = (DOCS / "pictures" / f"nested_design.{language}.svg").read_text(encoding="utf-8")
    assert script.drawing(language) == committed, "draw it again: python docs/write_drawing.py"
