"""What is made from the package is as committed, and describes what is there.

`citation-file-format-1.2.0.json` is the schema of the Citation File Format (Druskat et al. 2021, CC BY 4.0), unchanged.
"""

import csv
import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTIONS = ["codemeta.json", "data/dataset_description.json"]
PAGES = ["docs/engine-agreement.md", "docs/claims.md", "docs/claims.zh-CN.md", *DESCRIPTIONS]


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("write_pages", ROOT / "docs" / "write_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_as_committed(name, pages):
    assert pages[name] == (ROOT / name).read_text(encoding="utf-8"), "write them again: python docs/write_pages.py"
    assert set(pages) == set(PAGES)


def test_every_column_of_every_data_file_is_described():
    description = json.loads((ROOT / "data" / "dataset_description.json").read_text(encoding="utf-8"))
    described = {variable["name"] for variable in description["variableMeasured"]}
    for path in sorted((ROOT / "data").glob("*/*_data.csv")):
        with open(path, encoding="utf-8-sig", newline="") as file:
            assert set(next(csv.reader(file))) <= described, path.name
    assert all(variable["description"].strip() for variable in description["variableMeasured"])


def test_the_citation_file_is_valid():
    schema = json.loads((ROOT / "tests" / "citation-file-format-1.2.0.json").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    citation["date-released"] = str(citation["date-released"])  # YAML reads a date
    jsonschema.Draft7Validator(schema).validate(citation)


def test_codemeta_and_description_have_the_version_of_the_citation():
    version = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    for name in DESCRIPTIONS:
        assert json.loads((ROOT / name).read_text(encoding="utf-8"))["version"] == version
