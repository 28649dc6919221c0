"""One term is one word, wherever people read: docs/terms.yaml is the list."""

import re
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
TERMS = yaml.safe_load((ROOT / "docs" / "terms.yaml").read_text(encoding="utf-8"))
HAN = re.compile("[\u4e00-\u9fff]")
# Words of others: of exports of platforms, of published scales and papers, of what people may have typed.
OTHERS = {"responses", "published", "evidence"}


def read(path):
    """Return what people see of a file: of a notebook the prose, of code the texts and comments are read alike."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return path.read_text(encoding="utf-8")


def files():
    yield from sorted((ROOT / "notebooks").glob("*.ipynb"))
    yield from sorted((ROOT / "paper").glob("*.md"))
    yield ROOT / "paper" / "floats.yaml"
    yield from sorted(ROOT.glob("README*.md"))
    yield from sorted((ROOT / "docs").rglob("*.zh-CN.md"))
    for path in sorted((ROOT / "src" / "emolabor").rglob("*")):
        if path.suffix in {".yaml", ".py", ".html", ".js", ".md"} and not OTHERS & set(path.parts):
            yield path


FILES = list(files())


def test_the_list_gives_each_term_one_word_in_each_language():
    for key in ("en", "zh"):
        words = [term[key] for term in TERMS]
        assert len(words) == len(set(words))
    allowed = {term[key] for term in TERMS for key in ("en", "zh")}
    assert not [word for term in TERMS for word in term["not"] if word in allowed]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term["en"])
def test_a_term_is_one_word(term):
    found = [
        f"{path.relative_to(ROOT)}: {word}, for {term['zh'] if HAN.search(word) else term['en']}"
        for path in FILES
        for word in term["not"]
        if word in TEXTS[path]
    ]
    assert found == []


TEXTS = {path: read(path) for path in FILES}


def test_every_term_is_used():
    everything = "\n".join(TEXTS.values())
    assert [
        term for term in TERMS if term["zh"] not in everything or term["en"].lower() not in everything.lower()
    ] == []
