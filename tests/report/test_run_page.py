"""The page of a run: what it says, and what it does in a browser, opened from disk.

The number on the page and the one of `Levers.what_if` are the same sum, of stored numbers with 10 digits, written with
three decimals; so their texts must be the same.
"""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import emolabor as el
from emolabor.report import run_page, write_run_page
from emolabor.report.bilingual import described as page_words
from emolabor.report.run_figures import _counted
from emolabor.report.run_notebooks import Notebook, figure_keys
from emolabor.report.what_if_panel import what_if_content
from emolabor.study import Results
from emolabor.study.editions import sources

pytestmark = pytest.mark.slow

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="300"><rect width="600" height="300"/></svg>'
MODEL = """
institutional_clarity =~ ic1 + ic2 + ic3
unit_guidance =~ ug1 + ug3 + ug5
marginalisation =~ mg1 + mg3 + mg4
proactive_service =~ ps1 + ps2 + ps3
unit_guidance ~ institutional_clarity
proactive_service ~ unit_guidance + marginalisation
"""
VERDICTS = pd.DataFrame(
    {
        "section": ["abstract", "2.2", "3"],
        "expected": ["-", "-", None],
        "est": [-0.2, 0.01, np.nan],
        "ci_lower": [-0.3, -0.05, np.nan],
        "ci_upper": [-0.1, 0.04, np.nan],
        "verdict": ["at_least", "below", "not_testable"],
        "smallest": [0.01, 0.1, np.nan],
        "pvalue_adjusted": [0.0004, 0.62, np.nan],
        "wlsmv": ["at_least", "no_solution", "not_testable"],
    },
    index=["C03 surface_acting>exhaustion>proactive_service", "C14 marginalisation>proactive_service", "C07"],
)
SAMPLE = pd.Series({"data": "simulated", "respondents": 1200, "careless": 49, "kept": 1151}, dtype=object)
JUDGED = {"data_path": "simulated.csv"}
SMALLEST = pd.Series({"direct": 0.1, "indirect": 0.01, "product": 0.05})
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
HEADS = {
    "03_scale_quality": {"en": "Scales", "zh": "量表"},
    "06_management_factor": {"en": "Factor", "zh": "因素"},
    "07_structural_model": {"en": "Structural", "zh": "结构"},
    "10_levers": {"en": "Levers", "zh": "杠杆"},
}


@pytest.fixture(scope="module")
def levers():
    staff = el.scored_items(el.simulate_staff(n=600, seed=2), el.load_instrument("window_staff"))
    fit = el.sem(MODEL, staff)
    return el.levers(fit, draws=fit.monte_carlo(500, seed=1))


def store(folder, name, tables=None, figures=(), **parameters):
    """Leave in a folder what a notebook leaves there."""
    (folder / f"{name}.json").unlink(missing_ok=True)  # what other parameters gave is not overwritten
    results = Results(name.partition("-")[0], folder, "zh", **parameters)
    for key, table in (tables or {}).items():
        results.show(key, table)
    results.save()
    cells = [new_markdown_cell("# 自己的标题\n\n**问题？** 默认数据为**模拟数据**。")]
    cells += [new_code_cell(f'results.figure("{key}", figure)') for key in figures]
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), folder / "notebooks" / f"{name}.ipynb")
    (folder / "notebooks" / f"{name}.html").write_text("")
    (folder / "figures").mkdir(exist_ok=True)
    for key in figures:
        (folder / "figures" / f"{name}_{key}.svg").write_text(SVG)


def lever_tables(levers):
    table = levers.table
    return {
        "ranking": table[["gain", "gain_lower", "gain_upper", "rank", "best"]],
        "levels": table[["direction", "level", "lowest", "highest"]],
        "ways": levers.ways[["gain"]],
        "errors": table[["gain_se"]].join(levers.correlations),
    }


def closing(**rows):
    """Give the run's rows as `study` does: compared, equal, reason, differences, problem."""
    columns = ["compared", "equal", "reason", "differences", "problem", "skipped"]
    rows = {name[1:]: (*row, None)[:6] for name, row in rows.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


@pytest.fixture
def folder(tmp_path, levers):
    folder = tmp_path / "default"
    folder.mkdir()
    data = {"data_path": "simulated.csv"}
    store(
        folder,
        "06_management_factor-unit_guidance",
        {},
        ["answers"],
        factor="unit_guidance",
        **data,
    )
    store(
        folder,
        "07_structural_model",
        {"sample": SAMPLE, "verdicts": VERDICTS, "smallest": SMALLEST},
        [],
        **JUDGED,
    )
    store(folder, "10_levers", lever_tables(levers), ["ranking", "new"], **data)
    (folder / "paper").mkdir()
    return folder


ROWS = {
    "_06_management_factor-unit_guidance": (0, 0, "no reference", (), ""),
    "_07_structural_model": (40, 40, "", (), ""),
    "_10_levers": (20, 19, "", (SimpleNamespace(key="fit > cfi", reference=0.9, found=0.95),), ""),
}


def written(folder, paper=(), language="zh", **changes):
    return write_run_page(folder, closing(**ROWS | changes), paper, language, heads=HEADS)


def texts(path):
    """Return the page's texts by language, markup taken out."""
    page = re.sub(r"<(style|script).*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    own = {}
    for language, other in (("zh", "en"), ("en", "zh-CN")):
        without = re.sub(rf'<span class="t" lang="{other}">.*?</span>', "", page)
        own[language] = " ".join(unescape(re.sub("<[^>]+>", " ", without)).split())
    return own


def test_the_page_tells_what_the_run_gave_in_both_languages(folder):
    told = texts(written(folder))
    assert "作答为模拟数据，没有真人填写" in told["zh"]
    assert "59 equal" in told["en"]
    assert "受访者 1,200 人，保留 1,151 人" in told["zh"]
    assert (
        "1 at least as strong as the smallest association of interest, 1 below it, 0 open, 1 not testable" in told["en"]
    )
    assert (
        "Surface acting → Emotional exhaustion → Proactive service behaviour (expected −) "
        "this study's reading (abstract/s4) −0.20 [−0.30, −0.10]" in (told["en"])
    )
    assert "at least p (FDR) < .001; WLSMV: the same" in told["en"]
    assert "p（FDR）.620；WLSMV：无：没有可接受的解" in told["zh"]
    assert "not a forecast" in told["en"]
    assert "模拟作答" in told["zh"]


FIT = {
    "chisq_scaled": 301.5,
    "df": 120,
    "pvalue_scaled": 1e-9,
    "cfi_robust": 0.926,
    "tli_robust": 0.91,
    "rmsea_robust": 0.081,
}
FIT |= {"rmsea_ci_lower_robust": 0.07, "rmsea_ci_upper_robust": 0.09, "srmr": 0.092, "n_obs": 852, "admissible": True}
SCALES = pd.DataFrame(
    {"items": 3, "n": 840, "alpha": [0.67, 0.85], "alpha_lower": 0.6, "alpha_upper": 0.9, "omega_total_ml": 0.8},
    index=["belonging", "exhaustion"],
)


def test_the_page_begins_with_sample_reliability_and_fit_and_warns_of_what_is_poor(folder):
    sample = pd.concat([SAMPLE, pd.Series({"contrast": 0, "centre": 48, "complete": 900, "findings": 2}, dtype=object)])
    tables = {"sample": sample, "verdicts": VERDICTS, "smallest": SMALLEST, "fit": pd.Series(FIT, dtype=object)}
    store(folder, "07_structural_model", tables, [], **JUDGED)
    store(folder, "03_scale_quality", {"reliability": SCALES}, [])
    told = texts(written(folder, _03_scale_quality=(9, 9, "", (), "")))
    poor = "Structural: the model describes the answers poorly (CFI 0.926 (< 0.95), RMSEA 0.081 (> 0.06), SRMR 0.092"
    assert poor in told["en"].partition("On this page")[0]
    assert told["en"].index("Sample, reliability and fit 1,200 respondents") < told["en"].index(
        "Claims and verdicts An"
    )
    assert "900 of them answered everything · 48 groups by “Code of the service centre”" in told["en"]
    assert "contrast only" not in told["en"]
    assert "852 301.5 (120) < .001 0.926 0.910 0.081 [0.070, 0.090] 0.092" in told["en"]
    assert "信度偏低（α 小于 0.70）：归属感；" in told["zh"] and "归属感 3 840 0.67 [0.60, 0.90] 0.80" in told["zh"]


@pytest.mark.parametrize(("changes", "told"), [({"cfi_robust": 0.95, "rmsea_robust": 0.06, "srmr": 0.08}, None),
    ({"admissible": False, "cfi_robust": 0.99}, "Structural: the solution is not admissible")])  # fmt: skip
def test_a_model_at_the_marks_is_not_warned_of_and_one_that_is_no_solution_is(folder, changes, told):
    tables = {
        "sample": SAMPLE,
        "verdicts": VERDICTS,
        "smallest": SMALLEST,
        "fit": pd.Series(FIT | changes, dtype=object),
    }
    store(folder, "07_structural_model", tables, [], **JUDGED)
    page = texts(written(folder))["en"]
    assert (told in page) if told else ("describes the answers poorly" not in page)
    assert "describes the answers poorly" not in page


def test_the_factor_with_the_largest_association_is_named_at_the_top(folder, levers):
    first = levers.table.loc[levers.table["rank"].idxmin()]
    name = el.load_instrument("window_staff").names("en")[first["factor"]]
    gain, lower, upper = (f"{first[key]:.2f}" for key in ("gain", "gain_lower", "gain_upper"))
    summary = texts(written(folder))["en"].partition("On this page")[0]
    assert f"“{name}” has the largest association: {gain} points of proactive service behaviour" in summary
    assert f"(95% interval {lower} to {upper}). It comes first in {first['best']:.0%} of the resamples." in summary


def test_a_notebook_of_which_a_part_failed_is_shown_and_the_loss_told_at_the_top(folder):
    lost = (0, 0, "a part failed: 07_structural_model: cell [9]", (), "")
    told = texts(written(folder, _07_structural_model=lost))["en"]
    assert "Notebooks of which a part failed: 1" in told.partition("On this page")[0]
    assert "a part failed, the rest is there : 07_structural_model: cell [9]" in told and "Claims and verdicts" in told


def test_verdicts_and_levers_are_explained_where_they_stand(folder):
    told = texts(written(folder))
    assert "(direct 0.1, indirect 0.01, product 0.05)" in told["en"]
    assert "open the interval holds" not in told["en"]  # no path of this run is
    assert "并超过最小关注量（直接 0.1、间接 0.01、调节 0.05）" in told["zh"]
    assert "Guidance by the home unit 0.0 The home unit guides" in told["en"]
    assert "派驻单位业务指导 0.0 派驻单位对窗口业务给予指导" in told["zh"]


def test_a_study_of_one_s_own_gives_the_page_its_title(folder):
    instrument = replace(el.load_instrument("window_staff"), title={"en": "Teachers & pupils"})
    page = write_run_page(folder, closing(**ROWS), (), "zh", instrument).read_text(encoding="utf-8")
    assert "<title>Teachers &amp; pupils：结果报告</title>" in page


def test_all_words_are_there_in_both_languages():
    described = page_words()
    for part in described.keys() - {"script", "drawn"}:
        for key, own in described[part].items():
            assert set(own) == {"zh", "en"}, key
            places = [re.findall(r"{(\w+)}", own[language]) for language in ("zh", "en")]
            assert sorted(places[0]) == sorted(places[1]), key
    assert described["script"]["zh"].keys() == described["script"]["en"].keys()


def test_every_figure_of_the_committed_notebooks_has_a_caption_and_no_other():
    drawn = {f"{path.stem}.{key}" for path in sources(NOTEBOOKS) for key in figure_keys(nbformat.read(path, 4))}
    assert drawn == set(page_words()["captions"])
    assert drawn == set(page_words()["drawn"])


def test_every_figure_of_the_committed_notebooks_draws_tables_that_are_stored_and_counts_what_is_there():
    reference = NOTEBOOKS.parent / "results" / "reference"
    for place, drawn in page_words()["drawn"].items():
        stem, key = place.split(".")
        content = json.loads(next(reference.glob(f"{stem}*.json")).read_text(encoding="utf-8"))
        assert set(drawn["tables"]) <= content["values"].keys(), place
        one = Notebook(stem, {}, content["values"], {}, {key: ""})
        assert bool(_counted(one, key)) == ("n" in drawn), place


def test_every_notebook_has_a_row_with_its_counts_or_the_reason(folder):
    told = texts(written(folder))
    assert "因素：派驻单位业务指导 06_management_factor-unit_guidance – – 没有参照结果" in told["zh"]
    assert "Structural 07_structural_model 40 40 as the reference" in told["en"]
    assert "Levers 10_levers 20 19 values that differ: 1" in told["en"]
    assert "fit > cfi (10_levers): reference 0.9, found 0.95" in told["en"]


def test_figures_are_embedded_and_named(folder):
    page = written(folder).read_text(encoding="utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 3
    captions = re.findall("<figcaption>(.*?)</figcaption>", page)
    assert "派驻单位业务指导：各题作答的分布" in captions[0]
    assert [re.search("Figure (\\d)", caption)[1] for caption in captions] == ["1", "2", "3"]
    assert all("模拟数据。" in caption and "Simulated data." in caption for caption in captions)
    assert "Levers (new)" in captions[2]  # one that the page has no words for


def test_links_lead_to_files_that_are_there(folder):
    paper = [folder / "paper" / f"emolabor.{code}.{end}" for code in ("zh", "en") for end in ("html", "docx", "pdf")]
    for path in [*paper, folder / "environment.json"]:
        path.touch()
    page = written(folder, paper).read_text(encoding="utf-8")
    links = re.findall('href="(.*?)"', page)
    within = [link[1:] for link in links if link.startswith("#")]
    assert set(within) == set(re.findall('<(?:h2|figure) id="(.*?)"', page))
    # Three figures, each with its file and its place; a table of the ranking; three notebooks, as page and as file.
    assert len(links) - len(within) == 3 * 2 + 1 + 3 * 2 + 6 + 1
    assert [link for link in links if link[0] != "#" and not (folder / link.partition("#")[0]).is_file()] == []


def test_a_figure_says_whose_answers_it_shows_and_brings_its_data_and_its_lines(folder, levers):
    fit = pd.Series({"n_obs": 852, "cfi": 0.95})
    store(folder, "10_levers", {**lever_tables(levers), "fit": fit}, ["ranking"], data_path="simulated.csv")
    page = written(folder).read_text(encoding="utf-8")
    figure = re.search('<figure id="10_levers.ranking">.*?</figure>', page, re.DOTALL)[0]
    assert "N = 852" in figure and 'href="notebooks/10_levers.html#ranking"' in figure
    assert "results.figure(&#34;ranking&#34;, figure)" in figure
    rows = pd.read_csv(folder / re.search('href="(tables/.*?)"', figure)[1], index_col="row")
    assert rows["gain"].to_dict() == pytest.approx(levers.table["gain"].to_dict(), rel=1e-9)


def test_the_same_results_give_the_same_bytes(folder):
    first = written(folder).read_bytes()
    (folder / "environment.json").write_text('{"seconds": 3}')
    assert written(folder).read_bytes() == first


def test_a_notebook_that_failed_is_told_and_nothing_of_an_earlier_run_is_shown(folder):
    failed = (0, 0, "", (), "10_levers: cell [3] (x): E: m <b>")
    told = texts(written(folder, _10_levers=failed))
    assert "10_levers – – failed" in told["en"]
    assert "10_levers: cell [3] (x): E: m <b> (results of this name in the folder are an earlier run's)" in (told["en"])
    assert "Notebooks that failed: 1" in told["en"]
    assert "Move a slider" not in told["en"]
    assert "10_levers_ranking" not in written(folder, _10_levers=failed).read_text(encoding="utf-8")


def test_a_paper_that_failed_says_why_at_its_place_and_that_it_did_at_the_top(folder):
    assert "could not be built" not in texts(written(folder))["en"]
    reason = "/home/someone/a_study_with_a_long_name/paper/manuscript.zh.md, line 7: found 'fit > <b>'"
    page = write_run_page(folder, closing(**ROWS), (), "zh", paper_problem=reason)
    told = texts(page)
    for language, top, place in (
        ("zh", "论文没有生成，原因见“论文”一节", "论文没有生成，原因："),
        ("en", "The paper could not be built; the section “Paper” says why", "because of this:"),
    ):
        assert told[language].index(top) < told[language].index("On this page" if language == "en" else "本页内容")
        assert told[language].index(place) < told[language].index(reason)
    assert "<b>" not in page.read_text(encoding="utf-8").partition('<h2 id="paper">')[2].partition("</section>")[0]


def test_a_page_of_one_notebook_or_of_none_that_ended_well(folder):
    one = write_run_page(folder, closing(_10_levers=ROWS["_10_levers"]), (), "en")
    assert "This run built no paper: one is built only when all notebooks ran and ended well." in texts(one)["en"]
    assert "C03" not in texts(one)["en"]
    none = write_run_page(folder, closing(_99_x=(0, 0, "", (), "99_x: it broke")), (), "en")
    assert "99_x: it broke" in texts(none)["en"]


def test_a_skipped_notebook_says_why_and_shows_nothing_that_lies_there(folder):
    why = {"zh": "数据中没有中心一列", "en": "no column centre"}
    path = written(folder, _10_levers=(0, 0, "", (), "", why))
    assert "10_levers – – skipped: no column centre" in texts(path)["en"]
    assert "10_levers – – 跳过：数据中没有中心一列" in texts(path)["zh"]
    assert "10_levers_ranking" not in path.read_text(encoding="utf-8")


def test_claims_of_a_study_of_one_s_own_stand_in_place_of_the_essay_s(folder):
    claims = [replace(one, text={"zh": "我的论断", "en": "A claim of mine."}) for one in el.load_claims()]
    told = texts(write_run_page(folder, closing(**ROWS), (), "en", el.load_instrument("window_staff"), claims))
    assert "A claim of mine." in told["en"]


def test_answers_of_ones_own_are_not_called_simulated(folder, levers):
    collected = SAMPLE.where(SAMPLE != "simulated", "collected")
    store(
        folder,
        "07_structural_model",
        tables={"sample": collected, "verdicts": VERDICTS, "smallest": SMALLEST},
        **JUDGED | {"data_path": "mine.csv"},
    )
    store(folder, "10_levers", lever_tables(levers), ["ranking"], data_path="mine.csv")
    rows = closing(**{key: (0, 0, "your own data", (), "") for key in ("_07_structural_model", "_10_levers")})
    told = texts(write_run_page(folder, rows, (), "zh"))
    assert "simulated" not in told["en"].lower()
    assert "模拟" not in told["zh"]
    assert "您自己的数据" in told["zh"]
    assert "from cross-sectional answers, not a forecast" in told["en"]


def test_no_text_becomes_html(folder, monkeypatch):
    planted = "<script>alert(1)</script>{{script}}"
    own = el.load_instrument("window_staff")
    scales = [
        replace(
            scale,
            names=dict.fromkeys(("zh", "en"), planted),
            construct={"en": planted},
            dimensions=[replace(one, names=dict.fromkeys(("zh", "en"), planted)) for one in scale.dimensions],
        )
        for scale in own.scales
    ]
    instrument = replace(own, title=dict.fromkeys(("zh", "en"), planted), scales=tuple(scales))
    monkeypatch.setattr(run_page, "load_instrument", lambda key: instrument)
    monkeypatch.setitem(HEADS, "07_structural_model", dict.fromkeys(("zh", "en"), planted))
    store(folder, "07_structural_model", {"verdicts": VERDICTS, "smallest": SMALLEST}, [], **JUDGED)
    page = written(folder, _07_structural_model=(0, 0, f"other parameters: {planted}", (), "")).read_text("utf-8")
    assert "<script>alert" not in page
    assert page.count("<script") == 2
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{script}}" in page
    assert json.loads(re.search('id="content">(.*?)</script>', page)[1])["what_if"]["levers"][0]["names"]


def test_a_factor_is_moved_no_further_than_its_scale_allows(levers):
    stored = {key: table.to_dict("index") for key, table in lever_tables(levers).items()}
    stored["levels"]["unit_guidance"]["level"] = 4.66
    stored["levels"]["marginalisation"]["level"] = 1.3
    names = {code: el.load_instrument("window_staff").names(code) for code in ("zh", "en")}
    found = {lever["key"]: lever for lever in what_if_content(stored, names)["levers"]}
    assert (found["unit_guidance"]["lowest"], found["unit_guidance"]["highest"]) == (-1, 0.3)
    assert (found["marginalisation"]["lowest"], found["marginalisation"]["highest"]) == (-0.3, 1)


def sum_on(page):
    """Read the estimate and the ends of its interval from the page."""
    text = page.locator("#result").inner_text().replace("−", "-")
    return re.findall(r"[+-]?\d\.\d{3}", text)


def expected(levers, changes):
    found = levers.what_if(changes)
    return [f"{found['est']:+.3f}", f"{found['lower']:.3f}", f"{found['upper']:.3f}"]


@pytest.mark.parametrize(("language", "button"), [("zh", "中文"), ("en", "English")])
def test_a_slider_moved_with_the_keyboard_shows_what_python_computes(page, folder, levers, language, button):
    page.goto(written(folder).as_uri())
    page.get_by_role("button", name=button).click()
    names = el.load_instrument("window_staff").names(language)
    page.get_by_role("slider", name=names["unit_guidance"]).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert sum_on(page) == expected(levers, {"unit_guidance": 0.4})
    page.get_by_role("slider", name=names["marginalisation"]).focus()
    page.keyboard.press("Home")
    changes = {"unit_guidance": 0.4, "marginalisation": -1.0}
    assert sum_on(page) == expected(levers, changes)
    assert page.locator("output").filter(has_text="−1.0").count() == 1
    page.get_by_role("slider", name=names["institutional_clarity"]).focus()
    page.keyboard.press("ArrowLeft")
    assert sum_on(page) == expected(levers, changes | {"institutional_clarity": -0.1})
    page.locator("#reset").focus()
    page.keyboard.press("Enter")
    assert sum_on(page) == []
    assert page.get_by_role("slider", name=names["unit_guidance"]).input_value() == "0"


def test_the_switch_changes_texts_title_and_alternatives(page, folder):
    page.goto(written(folder, language="en").as_uri())
    for button, tag, title in (("中文", "zh-CN", "结果报告"), ("English", "en", "report")):
        page.get_by_role("button", name=button).click()
        assert page.locator("html").get_attribute("lang") == tag
        assert title in page.title()
        assert title in page.locator("h1").inner_text()
        assert page.get_by_role("button", name=button).get_attribute("aria-pressed") == "true"
        own = page.locator("figcaption").first.inner_text()
        assert page.locator("figure img").first.get_attribute("alt") == own.partition(" ")[2].partition(" ")[2]
    assert page.locator("#result").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("button", ["中文", "English"])
def test_a_narrow_screen_needs_no_sideways_scrolling(page, folder, button):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(written(folder).as_uri())
    page.get_by_role("button", name=button).click()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    widths = page.locator("table").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
    assert max(widths) <= 360
