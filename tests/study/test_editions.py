from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from emolabor.study.editions import as_source, edition, edition_path, sources, titles


def source():
    prose = new_markdown_cell("# 标题\n\n正文。", metadata={"en": ["# Title", "", "Prose."]})
    parameters = new_code_cell('seed = 1\nlanguage = "zh"', metadata={"tags": ["parameters"]})
    return new_notebook(cells=[prose, parameters, new_code_cell('language = "zh"')])


def test_an_edition_has_the_prose_of_its_language_and_asks_for_tables_in_it():
    english, chinese = edition(source(), "en"), edition(source(), "zh")
    assert [cell.source for cell in english.cells] == [
        "# Title\n\nProse.",
        'seed = 1\nlanguage = "en"',
        'language = "zh"',  # no parameter
    ]
    assert [cell.source for cell in chinese.cells] == [cell.source for cell in source().cells]
    assert english.cells[0].metadata == chinese.cells[0].metadata == {}
    assert english.cells[1].metadata == {"tags": ["parameters"]}


def test_prose_without_a_twin_stays_as_it_is():
    notebook = new_notebook(cells=[new_markdown_cell("# My own")])
    assert edition(notebook, "en").cells[0].source == "# My own"


def test_an_executed_source_gets_its_other_language_back():
    executed = edition(source(), "zh")
    executed.cells[2].outputs = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    again = as_source(executed, source())
    assert again.cells[0].metadata == {"en": ["# Title", "", "Prose."]}
    assert again.cells[2].outputs


def test_sources_are_told_from_editions_and_give_the_titles(tmp_path):
    import nbformat

    for path in (
        tmp_path / "01_first.ipynb",
        edition_path(tmp_path / "01_first.ipynb", "en"),
        tmp_path / "notes.ipynb",
    ):
        nbformat.write(source(), path)
    nbformat.write(new_notebook(), tmp_path / "02_bare.ipynb")
    assert [path.name for path in sources(tmp_path)] == ["01_first.ipynb", "02_bare.ipynb"]
    assert titles(tmp_path) == {"01_first": {"zh": "标题", "en": "Title"}}
