"""Write what is made from the package itself; for maintainers: ``python docs/write_pages.py``.

- docs/engine-agreement.md: its two tables, from notebook 14 and from the tests' reference numbers;
- codemeta.json: from pyproject.toml and CITATION.cff;
- docs/claims.md and its Chinese twin: claims, origins of the paths, the essay in our words;
- data/dataset_description.json: every column of every data file (Psych-DS).

A test compares the committed files with what this writes.
"""

import csv
import json
import re
import tomllib
from pathlib import Path

import yaml

from emolabor.common.files import write_text
from emolabor.report.claims_page import claims_page
from emolabor.study.display import load_words

ROOT = Path(__file__).resolve().parents[1]
SUMMARIES = {
    "mean": "mean | 均值",
    "sd": "standard deviation | 标准差",
    "alpha": "Cronbach's alpha | 克龙巴赫 α 系数",
    "variable": "variable of the row | 该行的变量",
}


def engine_agreement():
    """Put the two tables into the page on agreement: what notebook 14 found, and how much the tests compare."""
    text = (ROOT / "docs" / "engine-agreement.md").read_text(encoding="utf-8")
    for name, table in {"models": _model_agreement(), "reference": _reference_numbers()}.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        text = text[: text.index(begin)] + begin + "\n" + "\n".join(table) + "\n\n" + text[text.index(end) :]
    return text


def _model_agreement():
    """Write what notebook 14 stored, a line a kind of model."""
    path = ROOT / "results" / "reference" / "14_engine_agreement.json"
    values, words = json.loads(path.read_text(encoding="utf-8"))["values"], load_words()["en"]
    lines = ["| model | parameters | estimates | standard errors | semopy |", "|---|---|---|---|---|"]
    with open(ROOT / "data" / "reference_lavaan" / "models.csv", encoding="utf-8", newline="") as file:
        cases = [row["case"] for row in csv.DictReader(file)]
    for case in cases:
        found, asked = values["differences"][case], values["semopy"][case]
        opinion = asked["est"] if asked["asked"] else f"not asked: {asked['reason']}"
        lines.append(f"| {words[case]} | {found['parameters']} | {found['est']} | {found['se']} | {opinion} |")
    return lines


def _reference_numbers():
    """Count the numbers that R wrote for the tests, a line a script with what it says of itself."""
    lines, total = ["| what | numbers | script |", "|---|--:|---|"], 0
    for path in sorted((ROOT / "tests" / "r").glob("*.R")):
        table = path.with_suffix(".csv")
        if table.is_file():
            with open(table, encoding="utf-8", newline="") as file:
                head, *rows = csv.reader(file)
            count = len(rows) * (1 if "value" in head else sum(_is_number(cell) for cell in rows[0]))
            total += count
            what = re.match(r"# (.+?): writes", path.read_text(encoding="utf-8")).group(1)
            lines.append(f"| {what} | {count:,} | [{path.name}](../tests/r/{path.name}) |")
    return [*lines, f"| all | {total:,} | |"]


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def codemeta():
    """Write codemeta.json from pyproject.toml and CITATION.cff."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": project["name"],
        "version": project["version"],
        "description": citation["abstract"].strip(),
        "license": f"https://spdx.org/licenses/{project['license']}",
        "datePublished": str(citation["date-released"]),
        "author": [{"@type": "Organization", "name": author["name"]} for author in citation["authors"]],
        "keywords": citation["keywords"],
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "softwareRequirements": project["dependencies"],
    }


def dataset_description():
    """Describe every column of the data files, as Psych-DS asks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with open(ROOT / "data" / "simulated" / "codebook.csv", encoding="utf-8-sig", newline="") as file:
        variables = [_simulated(row) for row in csv.DictReader(file)]
    gone = {
        "en": "An item of an earlier questionnaire, in reference_lavaan/ only",
        "zh": "旧版问卷的题目，只见于 reference_lavaan/",
    }
    unknown = {"values_en": "", "values_zh": "", "reverse": ""}
    variables.append(_simulated({"key": "ps5", "text_en": gone["en"], "text_zh": gone["zh"], **unknown}))
    for path in sorted((ROOT / "data" / "published").glob("*_data.csv")):
        variables += _published(path)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": "emolabor: simulated window staff answers and published correlation tables",
        "description": "Two kinds of data. simulated/ and reference_lavaan/: answers of window staff that a random "
        "generator drew from a stated population; nobody gave them. published/: correlation tables typed from "
        "published studies; real, of other samples. Cite the paper of each table.",
        "schemaVersion": "Psych-DS 1.0.0",
        "version": project["version"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "inLanguage": ["zh-Hans", "en"],
        "author": [{"@type": "Organization", "name": project["authors"][0]["name"]}],
        "keywords": project["keywords"],
        "variableMeasured": variables,
    }


def _simulated(row):
    entry = {
        "@type": "PropertyValue",
        "name": row["key"],
        "description": f"Simulated. {row['text_en']} | {row['text_zh']}",
    }
    values = {"unitText": f"{row['values_en']} | {row['values_zh']}"} if row["values_en"] else {}
    turned = {"disambiguatingDescription": "reverse-worded, not turned"} if row["reverse"] == "True" else {}
    return entry | values | turned


def _published(path):
    source = yaml.safe_load(path.with_name(path.name.replace("_data.csv", "_source.yaml")).read_text(encoding="utf-8"))
    study = path.name.removesuffix("_data.csv").removeprefix("study-")
    with open(path, encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    labels = {
        key: f"correlation with {words['en']} | 与{words['zh']}的相关" for key, words in source["variables"].items()
    }
    return [
        {
            "@type": "PropertyValue",
            "name": column,
            "description": f"{study} (N = {source['n']}): {labels.get(column) or SUMMARIES[column]}",
        }
        for column in columns
    ]


def pages():
    """Return path (from the project's folder) -> text of everything that is written."""
    return {
        "docs/engine-agreement.md": engine_agreement(),
        "docs/claims.md": claims_page("en"),
        "docs/claims.zh-CN.md": claims_page("zh"),
        "codemeta.json": json.dumps(codemeta(), ensure_ascii=False, indent=2) + "\n",
        "data/dataset_description.json": json.dumps(dataset_description(), ensure_ascii=False, indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        print("written:", write_text(ROOT / path, text).relative_to(ROOT))
