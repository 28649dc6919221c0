"""A small run and a small paper: made-up numbers, only to try the machinery."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STRUCTURAL = {
    "fit": {"cfi": 0.95312, "pvalue": 0.00001, "df": 84, "n_obs": 1200.0},
    "paths": {
        "exhaustion~surface_acting": {"std_all": 0.412, "std_lower": 0.3, "std_upper": 0.5, "verdict": "at_least"},
        "proactive_service~exhaustion": {
            "std_all": -0.256,
            "std_lower": -0.6,
            "std_upper": 0.1,
            "verdict": "open",
        },
        "proactive_service~surface_acting": {"std_all": 0.02, "std_lower": 0, "std_upper": 0.1, "verdict": "open"},
    },
    "r2": {"exhaustion": 0.17, "proactive_service": 0.08},
}
FLOATS = """
words:
  at_least: {zh: 达到, en: at least}
  open: {zh: 未决, en: open}
tables:
  paths:
    rows: structural.paths
    label: [{zh: 路径, en: Path}]
    columns:
      - {column: std_all, format: .2b, zh: 标准化系数, en: Standardised}
      - {column: [std_lower, std_upper], format: .2f, zh: 95% 置信区间, en: 95% CI}
      - {column: verdict, zh: 结论, en: Verdict}
    caption: {zh: 路径, en: Paths}
    note: {zh: "N = {{ structural.fit.n_obs:d }}，模拟数据。", en: "N = {{ structural.fit.n_obs:d }}; simulated data."}
figures:
  model:
    kind: paths
    from: {rows: structural.paths, r2: structural.r2}
    caption: {zh: 路径图, en: Path diagram}
    note: {zh: 模拟数据。, en: Simulated data.}
"""
MANUSCRIPT = """---
title: {title}
---

# {title}

CFI = {{{{ structural.fit.cfi:.3b }}}}, *p* {{{{ structural.fit.pvalue:p }}}} [@hulsheger2011]. {{{{ ref paths }}}}

{{{{ table paths }}}}

{{{{ figure model }}}}

::: {{#refs}}
:::
"""
BOOK = """@article{hulsheger2011,
  author = {Hülsheger, Ute R. and Schewe, Anna F.},
  title = {On the costs and benefits of emotional labor},
  journal = {Journal of Occupational Health Psychology},
  year = {2011}
}
"""


@pytest.fixture
def run_folder(tmp_path):
    """Return the folder of a run with one notebook's results."""
    folder = tmp_path / "results" / "small"
    folder.mkdir(parents=True)
    (folder / "07_structural_model.json").write_text(
        json.dumps({"parameters": {"n_boot": 5000}, "values": STRUCTURAL}), encoding="utf-8"
    )
    return folder


@pytest.fixture
def paper_folder(tmp_path):
    """Return a folder with two short manuscripts, dressed like the real ones."""
    folder = tmp_path / "paper"
    folder.mkdir()
    for name in ("csl", "page.typ", "page.css"):
        (folder / name).symlink_to(ROOT / "paper" / name)
    (folder / "floats.yaml").write_text(FLOATS, encoding="utf-8")
    (folder / "references.bib").write_text(BOOK, encoding="utf-8")
    for language, title in (("zh", "情绪劳动"), ("en", "Emotional labour")):
        (folder / f"manuscript.{language}.md").write_text(MANUSCRIPT.format(title=title), encoding="utf-8")
    return folder
