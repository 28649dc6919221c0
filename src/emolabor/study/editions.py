"""A notebook in one language from top to bottom: the source holds both, an edition one.

A cell of prose is written in Chinese, the language of the committed notebook, and carries its English twin, line by
line, in its metadata under ``en``. So there is one source a notebook, which anybody can open and run, and nobody meets
two languages in one page.
"""

import copy
import json
import re

from emolabor.study.display import LANGUAGES

OWN = LANGUAGES[0]  # in which the sources are written
OTHERS = LANGUAGES[1:]


def edition(source, language):
    """Make the edition of a notebook in one language.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The notebook with both languages; it stays as it is.
    language : {"zh", "en"}
        Of the prose, and as the default of the notebook's own parameter, of tables and figures.

    Returns
    -------
    nbformat.NotebookNode
    """
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        twins = {other: cell.metadata.pop(other, None) for other in OTHERS}
        if twins.get(language):
            cell.source = "\n".join(twins[language])
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = re.sub(r'(?m)^language = "\w+"$', f'language = "{language}"', cell.source)
    return notebook


def as_source(executed, source):
    """Put the outputs of an executed edition in the sources' own language into its source.

    Parameters
    ----------
    executed, source : nbformat.NotebookNode
        The same cells in the same order.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, its prose with the other language again.
    """
    for cell, original in zip(executed.cells, source.cells, strict=True):
        if cell.cell_type == "markdown":
            cell.source, cell.metadata = original.source, original.metadata
    return executed


def edition_path(source, language):
    """Name the committed file of an edition: the source is that in its own language.

    Examples
    --------
    >>> from pathlib import Path
    >>> edition_path(Path("notebooks/07_structural_model.ipynb"), "en").name
    '07_structural_model.en.ipynb'
    """
    return source if language == OWN else source.with_suffix(f".{language}.ipynb")


def sources(folder):
    """List the notebooks of a folder without their editions in another language."""
    return [path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")) if "." not in path.stem]


def titles(folder):
    """Read the heading of each notebook of a folder in both languages.

    Parameters
    ----------
    folder : Path
        With the sources.

    Returns
    -------
    dict of str to dict
        Notebook's name -> language -> heading. A notebook without a heading in both is left out.
    """
    found = {}
    for path in sources(folder):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = next((cell for cell in cells if cell["cell_type"] == "markdown"), {"source": "", "metadata": {}})
        prose = {
            OWN: "".join(first["source"]),
            **{other: "\n".join(first["metadata"].get(other, [])) for other in OTHERS},
        }
        heads = {language: re.search(r"^# (.+)$", text, re.MULTILINE) for language, text in prose.items()}
        if all(heads.values()):
            found[path.stem] = {language: head[1] for language, head in heads.items()}
    return found
