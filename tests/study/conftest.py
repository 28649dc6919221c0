"""A tiny project in a temporary folder, with notebooks made on the spot."""

import pytest
from tiny_project import PROJECT


def _write_notebook(folder, name, parameters, *sources):
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), *map(new_code_cell, sources)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    path = folder / f"{name}.ipynb"
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    path.write_text(nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": kernel})), encoding="utf-8")
    return path


GOOD_PARAMETERS = 'seed = 1\nlanguage = "zh"\nresults_dir = "../results/default"'
GOOD = """import pandas as pd
from emolabor.study import Results
results = Results("{name}", results_dir, language, seed=seed)
results.show("fit", pd.Series({{"cfi": 0.9 + seed / 100}}))"""


@pytest.fixture(scope="session")
def write_notebook():
    """Give the function that writes a notebook: folder, name, parameters cell, further cells."""
    return _write_notebook


@pytest.fixture(scope="session")
def project(tmp_path_factory, write_notebook):
    """Two notebooks that work, one whose second cell fails, one that stores nothing."""
    root = tmp_path_factory.mktemp("project")
    (root / "pyproject.toml").write_text(PROJECT)
    notebooks = root / "notebooks"
    notebooks.mkdir()
    for name in ("01_first", "02_second"):
        write_notebook(notebooks, name, GOOD_PARAMETERS, GOOD.format(name=name), "results.save()")
    write_notebook(
        notebooks, "03_broken", 'results_dir = "../results/default"', "x = 1\nraise ValueError('no such thing')"
    )
    write_notebook(notebooks, "04_silent", 'results_dir = "../results/default"', "print('nothing stored')")
    return root
