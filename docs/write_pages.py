"""Write what is made from the package itself; for maintainers: ``python docs/write_pages.py``.

- docs/reference.md: the public face, from the docstrings;
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
from importlib import import_module
from inspect import isfunction
from itertools import groupby
from pathlib import Path

import griffe
import yaml

import emolabor as el
from emolabor.common.files import write_text
from emolabor.report.claims_page import claims_page
from emolabor.study.display import load_words

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    "scales": "Scales: what is asked",
    "instrument": "Questionnaires",
    "responses": "Answers: reading, screening, scoring",
    "measurement": "How good the scales are",
    "sem": "Structural equation models",
    "theory": "Claims and the models built from them",
    "analysis": "What follows from a fit",
    "simulation": "Simulated staff",
    "report": "Pages",
    "common.errors": "Mistakes",
}
# Objects that calls return, and what these are made of: where each is defined.
RETURNED = {
    "scales": {
        **{name: "scales.scale" for name in ("Scale", "Dimension", "Item", "ResponseFormat")},
        "WorkbookReading": "scales.workbook",
    },
    "instrument": {
        "Instrument": "instrument.instrument",
        "AttentionCheck": "instrument.instrument",
        "Variable": "instrument.instrument",
        "Codebook": "instrument.codebook",
        "Export": "instrument.export",
    },
    "responses": {"Staff": "responses.staff", "ProposedMapping": "responses.proposing"},
    "measurement": {
        "Adequacy": "measurement.adequacy",
        "Agreement": "measurement.agreement",
        "ContentValidity": "measurement.content_validity",
        "FactorAnalysis": "measurement.factor_analysis",
        "Harman": "measurement.method_bias",
        "MethodBias": "measurement.method_bias",
        "ParallelAnalysis": "measurement.parallel",
        "ScaleInvariance": "measurement.scale_invariance",
        "ValidationReport": "measurement.validation",
        "Versions": "measurement.versions",
    },
    "sem": {
        "Fit": "sem.fit",
        "TwoLevelFit": "sem.two_level.fit",
        "RandomSlopeFit": "sem.two_level.slopes",
        "Draws": "sem.inference.draws",
        "TwoLevelDraws": "sem.inference.level_draws",
        "Interaction": "sem.moderation.product_indicators",
        "Invariance": "sem.comparison.invariance",
        "LikelihoodRatioTest": "sem.comparison.likelihood_ratio",
        "ScoreTest": "sem.inference.score_test",
        "SecondOpinion": "sem.evaluation.second_opinion",
        "WaldTest": "sem.inference.wald_test",
    },
    "theory": {
        "Claim": "theory.claims",
        "ClaimPath": "theory.claims",
        "CodingAgreement": "theory.coding",
        "ModeratedModel": "theory.moderation",
    },
    "analysis": {
        "Confounding": "analysis.confounding",
        "GroupLevers": "analysis.lever_groups",
        "Levers": "analysis.levers",
        "Profiles": "analysis.profiles",
    },
}
SUMMARIES = {
    "mean": "mean | 均值",
    "sd": "standard deviation | 标准差",
    "alpha": "Cronbach's alpha | 克龙巴赫 α 系数",
    "variable": "variable of the row | 该行的变量",
}


def reference():
    """Write the reference of the public face as Markdown."""
    package = griffe.load("emolabor", search_paths=[ROOT / "src"], docstring_parser="numpy", resolve_aliases=True)
    lines = [
        "# Reference",
        "Every public name of `emolabor` (`import emolabor as el`), made from the docstrings; `help(el.sem)` shows the "
        "same in Python. Every example runs as it stands, in the project's folder.",
        " · ".join(f"[{title}](#{_anchor(title)})" for title in ROOMS.values()),
    ]
    strange = set(el.ROOM_OF.values()) - set(ROOMS)
    if strange:
        raise SystemExit(f"ROOMS lacks {', '.join(sorted(strange))}")
    for room, title in ROOMS.items():
        names = sorted(name for name, home in el.ROOM_OF.items() if home == room)
        lines += [f"## {title}", _index(package, names, RETURNED.get(room, {}))]
        for name in names:
            found = _found(package, name)
            other = found.name if found.name != name else None
            lines += [f"### el.{name}", f"The same as `el.{other}`."] if other else _entry(f"el.{name}", found, "###")
        for name, module in RETURNED.get(room, {}).items():
            lines += _class(package, name, module)
    return "\n\n".join(lines) + "\n"


def _index(package, names, classes):
    """Write what a room offers, a line a name."""
    entries = [(f"el.{name}", _found(package, name)) for name in names]
    entries += [(name, package[module][name]) for name, module in classes.items()]
    lines = ["| name | what it is |", "|---|---|"]
    for title, found in entries:
        summary = _prose(found.docstring.value.strip().split("\n\n")[0].replace("\n", " ")).replace("|", "\\|")
        lines.append(f"| [{title}](#{_anchor(title)}) | {summary} |")
    return "\n".join(lines)


def _anchor(title):
    """Return what GitHub makes of a heading in links to it."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _found(package, name):
    found = getattr(el, name)
    found = getattr(found, name, found)  # a room that can be called stands for its function
    module = package[found.__module__.removeprefix("emolabor.")]
    return module[found.__name__]


def _entry(title, found, level):
    head = [f"```text\n{title}({_parameters(found, title)})\n```"] if found.is_function else []
    return [f"{level} {title}", *head, *_sections(found, title)]


def methods(name, module):
    """Return what a class offers: method -> function."""
    members = vars(getattr(import_module(f"emolabor.{module}"), name))
    return {name: member for name, member in members.items() if isfunction(member) and not name.startswith("_")}


def _class(package, name, module):
    found = package[module][name]
    lines = [f"### {name}", *_sections(found)]
    for method, function in methods(name, module).items():
        own = function.__qualname__ == f"{name}.{method}"
        member = found[method] if own else package[function.__module__.removeprefix("emolabor.")][function.__name__]
        lines += _entry(f"{name}.{method}", member, "####")
    for member in found.members.values():
        if member.is_attribute and "property" in member.labels and not member.name.startswith("_"):
            lines += [f"#### {name}.{member.name}", *_sections(member)]
    return lines


def _parameters(function, title):
    shown, star = [], False
    for parameter in function.parameters:
        if parameter.name == "self" or (title.startswith("Fit.") and parameter.name == "fit"):
            continue
        kind = parameter.kind.value
        if kind == "keyword-only" and not star:
            shown.append("*")
            star = True
        text = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "") + parameter.name
        star = star or kind == "variadic positional"
        default = kind in ("variadic positional", "variadic keyword") or parameter.default is None
        shown.append(text if default else f"{text}={parameter.default}")
    return ", ".join(shown)


def _sections(found, title=""):
    lines = []
    for section in found.docstring.parsed if found.docstring else []:
        kind = section.kind.value
        if kind == "text":
            lines.append(_prose(section.value))
        elif kind == "examples":
            blocks = [text if kind.value == "text" else f"```python\n{text}\n```" for kind, text in section.value]
            lines += ["**Examples**", *blocks]
        elif kind == "admonition":
            text = section.value.description
            lines += [f"**{section.title}**", _sources(text) if section.title == "References" else _prose(text)]
        else:
            of_object = kind == "parameters" and title.startswith("Fit.")
            own = [item for item in section.value if not (of_object and item.name == "fit")]
            items = _items(own, _types(found.docstring.value))
            lines += [f"**{kind.capitalize()}**", "\n".join(items)] if items else []
    return lines


def _sources(text):
    """Write one line for each source: it begins with a name where the one before it has its year and a full stop."""
    entries = [""]
    for line in text.strip().splitlines():
        is_whole = re.search(r"\(\d{4}\)", entries[-1]) and re.search(r"[^A-Z]\.$|\(.*\)\.?$|\.pdf$|\d$", entries[-1])
        if is_whole and re.match(r"(de |van )?[A-Z][\w'-]+( [A-Z][\w'-]+)*, [A-Z]\.", line):
            entries.append(line)
        else:
            entries[-1] = f"{entries[-1]} {line}".strip()
    return "\n".join(f"- {_prose(entry)}" for entry in entries)


def _types(docstring):
    """Return name -> type as the docstring has them, choices and "optional" included."""
    found = re.findall(r"^(\*{0,2}\w+(?:, \w+)*) : (.+)$", docstring, re.MULTILINE)
    return {name: text for names, text in found for name in names.split(", ")}


def _items(items, types):
    """Write one line for each, and one for neighbours that the docstring describes together."""
    lines = []
    for (annotation, description), together in groupby(items, key=lambda item: (item.annotation, item.description)):
        names = [item.name for item in together if getattr(item, "name", "")]
        named = [", ".join(f"`{name}`" for name in names)]
        annotation = types.get(names[0], annotation) if names else annotation
        typed = [f"*{annotation}*" if annotation else ""]
        text = _prose(" ".join(description.split()))
        lines.append(f"- {' '.join(filter(None, named + typed))}{': ' if text else ''}{text}")
    return lines


def _prose(text):
    return re.sub(r"``(.+?)``", r"`\1`", text.strip())


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
        "docs/reference.md": reference(),
        "docs/engine-agreement.md": engine_agreement(),
        "docs/claims.md": claims_page("en"),
        "docs/claims.zh-CN.md": claims_page("zh"),
        "codemeta.json": json.dumps(codemeta(), ensure_ascii=False, indent=2) + "\n",
        "data/dataset_description.json": json.dumps(dataset_description(), ensure_ascii=False, indent=1) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        print("written:", write_text(ROOT / path, text).relative_to(ROOT))
