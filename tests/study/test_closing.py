from pathlib import Path

import pytest

from emolabor.common.text_width import text_width
from emolabor.common.words import speaking
from emolabor.study import closing_table
from emolabor.study.closing import write_page
from emolabor.study.design import load_design
from emolabor.study.execution import Execution
from emolabor.study.reference import Comparison, Difference
from emolabor.study.runner import Run

DIFFERENCE = Difference("03_scale_quality", "reliability > exhaustion > alpha", 0.83, 0.84)


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    monkeypatch.setenv("EMOLABOR_LANGUAGE", "en")


def table(**changes):
    run = {
        "folder": Path("/project/results/mine"),
        "executions": (
            Execution("03_scale_quality", 3.21),
            Execution("07_structural_model", 5.0, "07: cell [3] (x): E: m"),
        ),
        "comparisons": (Comparison("03_scale_quality", 153, (DIFFERENCE,)),),
        "paper": (Path("paper.zh.pdf"), Path("paper.en.pdf"), Path("paper.en.html")),
        "paper_problem": "",
        "seconds": 12.34,
    }
    return closing_table(Run(**run | changes), Path("/project")).splitlines()


def test_each_notebook_has_a_line_with_seconds_and_counts():
    lines = table()
    assert lines[1].split() == ["03_scale_quality", "3.2", "153", "152"]
    assert lines[2].split() == ["07_structural_model", "5.0", "failed"]
    assert lines[3].split() == ["all", "notebooks", "12.3", "153", "152"]


def test_every_difference_and_problem_is_listed():
    lines = table()
    assert "not equal: 03_scale_quality: reliability > exhaustion > alpha: reference 0.83, found 0.84" in lines
    assert "failed: 07: cell [3] (x): E: m" in lines


def test_what_a_failed_notebook_left_in_an_earlier_run_is_not_taken_for_this_one_s(tmp_path):
    (tmp_path / "07_structural_model.json").write_text("{}")
    told = "failed: 07: cell [3] (x): E: m (07_structural_model.json is an earlier run's)"
    assert told in table(folder=tmp_path)


def test_a_notebook_that_was_finished_before_says_so_and_long_names_keep_the_columns():
    name = "06_management_factor-institutional_clarity"
    lines = table(
        executions=(Execution(name, 0.0, earlier=True), Execution("07_structural_model", 5.0)),
        comparisons=(Comparison(name, 153, ()), Comparison("07_structural_model", 9, ())),
    )
    assert lines[1].split() == [name, "earlier", "153", "153"]
    assert len({len(line) for line in lines[:4]}) == 1


def test_what_was_skipped_stands_in_the_closing_table_with_its_reason():
    skipped = [
        Execution(name, 0.0, skipped={"zh": "没有中心", "en": "no column centre"})
        for name in ("08_centres", "09_profiles")
    ]
    lines = table(executions=tuple(skipped), comparisons=(), notes=("Scale x: short",))
    assert lines[1].split() == ["08_centres", "skipped"]
    assert "your data: Scale x: short" in lines
    assert "skipped (no column centre): 08_centres, 09_profiles" in lines


def test_paper_times_and_place_close_the_table():
    assert table()[-2:] == ["paper: 1 html, 2 pdf", "look in: results/mine/index.html"]


def test_a_paper_that_failed_says_why():
    assert "paper failed: unknown key" in table(paper=(), paper_problem="unknown key")
    assert "paper: not built" in table(paper=())


def test_the_page_of_a_run_tells_why_its_paper_failed(tmp_path):
    run = {"executions": (Execution("02_x", 1.0, "it broke"),), "comparisons": (), "paper": (), "seconds": 1.0}
    folder = tmp_path / "mine"
    (folder / "notebooks").mkdir(parents=True)
    page = write_page(Run(folder, paper_problem="unknown key", **run), "en", load_design(None), {})
    assert "unknown key" in page.read_text(encoding="utf-8")


def test_why_nothing_was_compared_is_said():
    lines = table(comparisons=(Comparison("03_scale_quality", 0, (), "no reference"),))
    assert lines[1].endswith("not compared (no reference)")


def test_a_run_succeeds_only_when_nothing_failed_and_nothing_differs():
    good = Execution("03_scale_quality", 3.2)
    equal = Comparison("03_scale_quality", 153, ())
    run = {"folder": Path(), "paper": (), "paper_problem": "", "seconds": 1.0}
    assert Run(executions=(good,), comparisons=(equal,), **run).succeeded
    assert not Run(executions=(good,), comparisons=(Comparison("03", 1, (DIFFERENCE,)),), **run).succeeded
    assert not Run(executions=(good,), comparisons=(equal,), **run | {"paper_problem": "x"}).succeeded


def test_the_table_is_told_in_the_language_of_the_run():
    skipped = Execution("08_centres", 0.0, skipped={"zh": "没有中心", "en": "no column centre"})
    own = Comparison("03_scale_quality", 0, (), "your own data")
    with speaking("zh"):
        lines = table(notes=("量表 x 较短",))
        others = table(executions=(skipped, Execution("03_scale_quality", 1.0)), comparisons=(own,), paper=())
    assert lines[0].split() == ["notebook", "秒", "比较", "相等"] and lines[2].split()[-1] == "失败"
    assert len({text_width(line) for line in (lines[0], lines[1], lines[3])}) == 1
    assert "您的数据：量表 x 较短" in lines and lines[-1] == "结果页面：results/mine/index.html"
    assert "不相等：03_scale_quality：reliability > exhaustion > alpha：参照值 0.83，本次 0.84" in lines
    assert others[1].split() == ["08_centres", "跳过"] and others[2].endswith("未比较（您自己的数据）")
    assert "跳过（没有中心）：08_centres" in others and "论文：未生成" in others
