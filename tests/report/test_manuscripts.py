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


def verdict(reference, key):
    return reference["structural"]["verdicts"][key]["verdict"]


def test_sentences_on_the_measurement_agree_with_the_reference(reference):
    scale, measurement, data = reference["scale"], reference["measurement"], reference["data"]
    assert scale["marks"]["alpha_070"] == scale["marks"]["constructs_n"] == len(scale["validity"])  # "all"
    assert max(row["htmt"] for row in scale["validity"].values()) < 0.85  # "far from"
    assert sum(row["ave"] < 0.5 for row in scale["validity"].values()) == len(scale["validity"]) / 2  # "half of"
    judged = {name for name, row in data["screening"].items() if not row["judged"]}
    assert judged == {"synonyms", "antonyms"} and len(data["screening"].keys() - {"careless"}) == 10
    rivals = {name: values["cfi_robust"] for name, values in measurement["rivals"].items()}
    assert max(rivals, key=rivals.get) == "constructs"
    steps = {name: row["pvalue_diff"] for name, row in measurement["marker"].items()}
    assert steps["method-C"] > 0.05 > steps["method-U"] and steps["method-R"] > 0.05
    assert data["tests"]["incomplete"]["pvalue"] < 0.05 < data["tests"]["careless_share"]["pvalue"]
    freed = {part for row in reference["invariance"]["levels"].values() for part in row["freed"].split(", ") if part}
    assert freed and not [name for name in freed if "=~" in name]  # intercepts and residual variances only
    assert {row["decision"] for row in reference["invariance"]["ladder"].values()} == {"holds"}


def test_sentences_on_the_models_agree_with_the_reference(reference):
    structural, rivals = reference["structural"], reference["robustness"]["rivals"]
    assert structural["fit"]["admissible"] and reference["measurement"]["fit"]["admissible"]
    assert (
        abs(structural["fit"]["cfi_robust"] - reference["measurement"]["fit"]["cfi_robust"]) < 0.01
    )  # "about as well"
    assert min(rivals, key=lambda name: rivals[name]["bic"]) == "main"
    assert abs(rivals["reversed"]["cfi_robust"] - rivals["main"]["cfi_robust"]) < 0.002  # "nearly as well"
    assert reference["robustness"]["nested"]["direct_too"]["pvalue"] > 0.05
    assert all(row["est"] < 0 for row in reference["robustness"]["curve"].values())
    latent = [row for row in reference["robustness"]["curve"].values() if row["measure"] == "latent"]
    slow = [row for row in latent if row["estimation"] in ("fiml", "wlsmv")]
    assert {row["covariates"] for row in slow} == {"none"}  # "without covariates only"
    assert {row["careless"] for row in slow if row["estimation"] == "fiml"} == {"default"}
    changed = {
        key.split()[-1]: row["verdict_everyone"]
        for key, row in reference["robustness"]["careless"].items()
        if row["verdict_everyone"] != row["verdict_kept"]
    }
    assert changed == {
        "institutional_clarity>role_clarity>proactive_service": "supported",
        "reward_say>proactive_service": "contradicted",
        "staffing_stability>exhaustion": "undecided",
        "training_access>exhaustion": "undecided",
    }
    largest = reference["robustness"]["careless_counts"]["largest_difference"]
    assert largest > structural["parameters"]["smallest_effect"]
    way = structural["indirect_intervals"]["surface_acting>exhaustion>proactive_service"]
    assert all(way[name] < 0 for name in way if name.endswith("_upper"))  # "the same sign"
    assert -0.3 < structural["confounding"]["rho_zero"] < structural["confounding"]["rho_not_significant"] < 0
    engine = reference["engine"]["differences"].values()
    assert {row[name] for row in engine for name in ("est", "se")} == {"< 1e-06"}  # "six decimals"
    assert len(engine) == 6 and not any(row["absent"] for row in engine)
    assert reference["published"]["latent"]["deng2020 one burnout factor"]["verdict"] == "improper"


def test_sentences_on_the_hypotheses_agree_with_the_reference(reference):
    held = [key for key in reference["structural"]["verdicts"] if key[:3] in {"C18", "C19", "C20"}]
    assert len(held) == 5 and {verdict(reference, key) for key in held} == {"supported"}  # "H7 holds"
    assert verdict(reference, "C12 staffing_stability>proactive_service") == "undecided"  # "holds in part"
    supported = ("C14 marginalisation>proactive_service", "C15 training_access>proactive_service")
    assert {verdict(reference, key) for key in supported} == {"supported"}  # "two of its three"
    assert verdict(reference, "C16 reward_say>proactive_service") == "contradicted"
    way = reference["structural"]["verdicts"]["C11 institutional_clarity>role_clarity>proactive_service"]
    assert 0 < way["ci_lower"] and way["est"] < reference["structural"]["parameters"]["smallest_effect"]
    fairness = reference["measurement"]["correlations"]["proactive_service"]["reward_say"]
    assert fairness > 0 > reference["structural"]["verdicts"]["C16 reward_say>proactive_service"]["est"]
    truth = reference["structural"]["truth"]
    below, above = truth["C13 role_clarity>proactive_service"], truth["C13 role_clarity>surface_acting"]
    assert below["ci_upper"] < below["truth"] and above["ci_upper"] < above["truth"] < 0
    missed = [key for key, row in truth.items() if not row["covered"]]
    assert len(missed) == 3 and all("role_clarity" in key for key in missed)
    mark = reference["structural"]["parameters"]["smallest_effect"]
    put_in = {}
    for key, row in truth.items():
        claimed = row["truth"] * (1 if reference["structural"]["verdicts"][key]["expected"] == "+" else -1)
        put_in.setdefault(verdict(reference, key), []).append(claimed)
    assert min(put_in["supported"]) > mark and max(put_in["contradicted"]) < 0
    assert sorted(put_in["undecided"])[0] == pytest.approx(mark) and sorted(put_in["undecided"])[1] > mark
    assert verdict(reference, "C11 institutional_clarity>role_clarity") == "supported"  # "H3 holds in part"
    all_kept = [key for key in reference["structural"]["verdicts"] if key[:3] in {"C01", "C02", "C03", "C04", "C05"}]
    all_kept += [key for key in reference["structural"]["verdicts"] if key[:3] in {"C06", "C08", "C09", "C13"}]
    assert {verdict(reference, key) for key in all_kept} == {"supported"}  # "H1 holds", "H2 holds", "H5 holds"
    fit = reference["profiles"]["fit"]
    chosen = next(name for name in fit if fit[name]["chosen"])
    assert min(fit, key=lambda name: fit[name]["bic"]) == chosen == "2"
    assert min(fit, key=lambda name: fit[name]["sabic"]) > chosen and fit["3"]["blrt_pvalue"] < 0.05  # "further"
    profiles = {name: row["pvalue"] for name, row in reference["profiles"]["outcome_tests"].items()}
    assert max(profiles[name] for name in ("proactive_service", "belonging")) < 0.05
    assert min(profiles[name] for name in ("exhaustion", "health_complaints")) > 0.05


def test_sentences_on_the_levers_agree_with_the_reference(reference):
    ranking = reference["levers"]["ranking"]
    order = sorted(ranking, key=lambda name: -ranking[name]["gain"])
    assert order[:3] == ["training_access", "role_clarity", "marginalisation"]
    assert min(ranking[name]["rank_upper"] for name in order[:3]) >= 3  # the first three ranges overlap
    assert max(ranking[name]["rank_lower"] for name in order[:3]) == 1
    everyone = reference["levers"]["all_answers"]
    assert sorted(everyone, key=lambda name: -everyone[name]["gain"])[:4] == order[:4]
    assert reference["levers"]["paths_equal"]["pvalue"] > 0.05
    clusters = reference["centres"]["clusters"]
    assert clusters["clusters"] < clusters["parameters"]
