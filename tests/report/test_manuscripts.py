"""What the real manuscripts may and may not say."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from emolabor.instrument import load_instrument
from emolabor.report import fill, load_results
from emolabor.report.floats import read_floats

ROOT = Path(__file__).parents[2]
LANGUAGES = ("zh", "en")
ENVIRONMENT = {
    "python": "3",
    "packages": dict.fromkeys(("emolabor", "numpy", "scipy", "pandas", "matplotlib"), "1"),
    "commit": "no_git",
    "data": {"file": "answers.csv", "sha256": "0"},
}


def manuscript(language):
    return (ROOT / "paper" / f"manuscript.{language}.md").read_text(encoding="utf-8")


def bare(language):
    """Return the text without its placeholders and citations."""
    return re.sub(r"\{\{.*?\}\}|\[[^\]]*@[^\]]*\]", "", manuscript(language))


def filled(language, tmp_path):
    run = tmp_path / "reference"
    shutil.copytree(ROOT / "results" / "reference", run)
    (run / "environment.json").write_text(json.dumps(ENVIRONMENT), encoding="utf-8")
    results = load_results(run)
    names = load_instrument("window_staff").names(language)
    floats = read_floats(ROOT / "paper" / "floats.yaml", results, names, language, tmp_path)
    return fill(manuscript(language), results, floats, language, f"manuscript.{language}.md")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_with_a_point_is_typed_by_hand(language):
    text = re.sub(r"^#+ \d\.\d+ ", "", bare(language), flags=re.MULTILINE)
    assert not re.findall(r".{0,30}\d?\.\d.{0,20}", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_placeholder_is_filled_from_the_reference(language, tmp_path):
    result = filled(language, tmp_path)
    assert "{{" not in result.text
    assert {"structural.verdicts", "structural.paths", "scale.reliability", "published.coefficients"} <= result.used


def test_both_languages_report_the_same_results(tmp_path):
    used = [filled(language, tmp_path / language).used for language in LANGUAGES]
    assert used[0] == used[1]


def test_cross_sectional_results_are_associations():
    words = re.findall(
        r"\b(?:caus\w+|effects? (?:of|on)|leads? to lower|impact\w*|influenc\w+|affect\w*)\b", bare("en")
    )
    assert not words
    assert not re.findall("导致|引起|造成|效应为|促进了|降低了", bare("zh"))


@pytest.mark.parametrize(("language", "words"), [("zh", "structural.sample.data"), ("en", "structural.sample.data")])
def test_the_abstract_says_first_that_the_data_are_simulated(language, words):
    abstract = manuscript(language).split("{.unnumbered}\n\n", 1)[1]
    first = re.split(r"[。;；]", abstract)[0]
    assert words in first


def test_a_run_on_collected_data_warns_under_the_title(tmp_path):
    from emolabor.report.build import _subtitle

    results = load_results(ROOT / "results" / "reference")
    floats = read_floats(ROOT / "paper" / "floats.yaml", results, {}, "en", tmp_path)
    assert not _subtitle(results, floats)
    results.values["structural"]["sample"]["data"] = "collected"
    assert "must be rewritten" in _subtitle(results, floats)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cited_work_is_in_the_bibliography(language):
    known = set(re.findall(r"@\w+\{(\w+),", (ROOT / "paper" / "references.bib").read_text(encoding="utf-8")))
    assert set(re.findall(r"@(\w+)", manuscript(language))) <= known


def test_every_work_in_the_bibliography_is_cited():
    known = set(re.findall(r"@\w+\{(\w+),", (ROOT / "paper" / "references.bib").read_text(encoding="utf-8")))
    assert known == {key for language in LANGUAGES for key in re.findall(r"@(\w+)", manuscript(language))}


def test_checklists_hold_no_number_with_a_point_typed_by_hand():
    lines = yaml.safe_load((ROOT / "paper" / "floats.yaml").read_text(encoding="utf-8"))["tables"]["checklist"]["lines"]
    texts = [re.sub(r"\{\{.*?\}\}", "", cell[language]) for line in lines for cell in line for language in LANGUAGES]
    assert not [text for text in texts if re.search(r"\d\.\d", re.sub(r"(section |见)\d\.\d+", "", text))]


def test_sentences_without_a_number_still_agree_with_the_reference():
    results = load_results(ROOT / "results" / "reference")
    structural, measurement = results.values["structural"], results.values["measurement"]
    management = [
        *("institutional_clarity", "staffing_stability", "role_clarity", "reward_fairness"),
        *("training_adequacy", "unit_support", "marginalisation", "role_pressure"),
    ]
    paths = {key: values["std_all"] for key, values in structural["paths"].items()}
    direct = {name: abs(paths.get(f"proactive_service~{name}", 0)) for name in management}
    assert max(direct, key=direct.get) == "training_adequacy"
    assert paths["exhaustion~surface_acting"] > 0 > paths["proactive_service~exhaustion"]
    rivals = {name: values["cfi"] for name, values in measurement["rivals"].items()}
    assert rivals["constructs"] > rivals["strategies_merged"] and rivals["constructs"] > rivals["one_factor"]
    assert abs(structural["fit"]["cfi"] - measurement["fit"]["cfi"]) < 0.01  # "about as well"
    assert (
        measurement["correlations"]["proactive_service"]["reward_fairness"]
        > 0
        > paths["proactive_service~reward_fairness"]
    )
    assert structural["fit"]["admissible"] and measurement["fit"]["admissible"]
    assert results.get('published.latent["deng2020 one burnout factor"].verdict') == "improper"
