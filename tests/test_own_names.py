"""The essay's study is one study among others: no code knows the names of its constructs."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from emolabor.theory import CONSTRUCTS, MARKER

ROOT = Path(__file__).parents[1]
NAMES = {*CONSTRUCTS, MARKER}
CODE = [path for path in sorted((ROOT / "src").rglob("*.py")) if "theory" not in path.parts]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def named(source):
    """List the names of constructs in the texts of code; docstrings and examples of commands are for people."""
    tree = ast.parse(source)
    with_docstring = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, with_docstring) if _told(node)}
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [
        (node.lineno, word)
        for node in texts
        if id(node) not in docstrings and not node.value.startswith("emolabor ")
        for word in re.findall(r"\w+", node.value)
        if word in NAMES
    ]


def _told(node):
    return node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_module_names_a_construct(path):
    assert named(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_notebook_names_a_construct(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [
        cell.source for cell in cells if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", "")
    ]
    assert [found for source in code for found in named(source)] == []


def test_a_name_would_be_found():
    assert named('x = "a>exhaustion"') == [(1, "exhaustion")]
