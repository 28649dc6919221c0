"""What the real manuscripts may and may not say."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from fontTools.ttLib import TTFont

from emolabor.drawing.fonts import font_folder
from emolabor.instrument import load_instrument
from emolabor.report import fill, load_results
from emolabor.report.floats import read_floats

pytestmark = pytest.mark.slow

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


def test_every_sign_of_the_chinese_paper_is_in_the_fonts_of_its_print(tmp_path):
    text = filled("zh", tmp_path).text + (ROOT / "paper" / "references.bib").read_text(encoding="utf-8")
    signs = set(re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", text))
    for font in font_folder().glob("*.otf"):
        assert not signs - set(map(chr, TTFont(font).getBestCmap())), font.name


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


@pytest.fixture(scope="module")
def reference():
    return load_results(ROOT / "results" / "reference").values


def test_sentences_on_the_measurement_agree_with_the_reference(reference):
    scale, measurement, data = reference["scale"], reference["measurement"], reference["data"]
    assert scale["marks"]["constructs_n"] == len(scale["validity"])  # "all"
    assert max(row["htmt"] for row in scale["validity"].values()) < 0.85  # "far from"
    judged = {name for name, row in data["screening"].items() if row["judged"] == 0}
    assert judged == {"antonyms"} and len(data["screening"].keys() - {"careless"}) == 10
    rivals = {name: values["cfi_robust"] for name, values in measurement["rivals"].items()}
    assert max(rivals, key=rivals.get) == "constructs"
    assert measurement["fit"]["cfi_robust"] > 0.95 and measurement["fit"]["rmsea_robust"] < 0.05  # "fitted well"
    assert data["tests"]["incomplete"]["pvalue"] < 0.05


def test_sentences_on_the_models_agree_with_the_reference(reference):
    structural, robustness = reference["structural"], reference["robustness"]
    assert structural["fit"]["admissible"] and reference["measurement"]["fit"]["admissible"]
    assert abs(structural["fit"]["cfi_robust"] - reference["measurement"]["fit"]["cfi_robust"]) < 0.01  # "about as"
    assert robustness["rivals"]["reversed"]["bic_more"] > 0  # "a BIC above the main one"
    latent = [row for row in robustness["curve"].values() if row["measure"] == "latent"]
    slow = [row for row in latent if row["estimation"] in ("fiml", "wlsmv")]
    assert {row["covariates"] for row in slow} == {"none"}  # "without covariates only"
    assert {row["careless"] for row in slow if row["estimation"] == "fiml"} == {"default"}
    assert -1 < structural["confounding"]["rho_zero"] < structural["confounding"]["rho_not_significant"] < 0
    engine = reference["engine"]["differences"].values()
    assert {row[name] for row in engine for name in ("est", "se")} == {"< 1e-06"}  # "six decimals"
    assert len(engine) == 6 and not any(row["absent"] for row in engine)
    assert reference["published"]["latent"]["deng2020 one burnout factor"]["verdict"] == "improper"
    clusters = reference["centres"]["clusters"]
    assert clusters["clusters"] < clusters["parameters"]


def test_sentences_on_the_verdicts_agree_with_the_reference(reference):
    structural, claims = reference["structural"], reference["claims"]
    assert claims["origin_counts"].keys() == structural["by_origin"].keys() == {"essay", "inferred", "literature"}
    truth = structural["truth"].values()
    assert sum(row["covered"] for row in truth) < 0.95 * len(truth)  # "fewer than nineteen in twenty"
    zero = [key for key, row in structural["truth"].items() if row["truth"] == 0]
    said = {structural["verdicts"][key]["verdict"] for key in zero}
    assert zero and said != {"below"}  # "the verdicts do not all say so"
