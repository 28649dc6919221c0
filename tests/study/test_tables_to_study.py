import pandas as pd
import pytest

from emolabor.cli.program import main
from emolabor.common.errors import EmolaborError
from emolabor.study import load_design
from emolabor.study.frozen_plan import write_plan
from emolabor.study.new_study import write_study
from emolabor.study.rehearsal import rehearse

pytestmark = pytest.mark.slow

LABELS = "Never; Seldom; Sometimes; Often; Always"
CONSTRUCTS = {"Leadership": "le", "Engagement": "en", "Voice": "vo", "Trust": "tr"}
CLAIMS = [
    ("Leadership", "Engagement", "", "", "+", "Leadership goes with engagement."),
    ("engagement", "voice", "", "", "+", "Engagement carries leadership to voice."),
    ("leadership", "voice", "engagement", "", "+", "Engagement carries leadership to voice."),
    ("leadership", "voice", "", "trust", "-", "With trust, leadership matters less."),
]
HEADINGS = ["from", "to", "via", "moderator", "sign", "sentence"]


def tables(folder, claims=CLAIMS, headings=HEADINGS, kind="csv"):
    items = [
        {"construct": name, "key": f"{key}{i}", "text": f"{name} {i}.", "reverse": "", "labels": LABELS}
        for name, key in CONSTRUCTS.items()
        for i in (1, 2, 3)
    ]
    pd.DataFrame(items).to_excel(folder / "items.xlsx", index=False)
    frame = pd.DataFrame(claims, columns=headings)
    file = folder / f"claims.{kind}"
    frame.to_csv(file, index=False) if kind == "csv" else frame.to_excel(file, index=False)
    return file, folder / "items.xlsx"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_tables_become_a_study_that_can_be_planned_and_rehearsed(tmp_path, kind):
    claims, items = tables(tmp_path, kind=kind)
    told = main(["new-study", str(tmp_path / "mine"), "--claims", str(claims), "--items", str(items)])
    assert told == 0
    study = tmp_path / "mine" / "study.yaml"
    design = load_design(study)
    assert design.groups == {"group_1": ("leadership", "trust"), "group_2": ("engagement",), "group_3": ("voice",)}
    assert [claim.id for claim in design.claims] == ["H1", "H2", "H3"]
    assert [path.key for path in design.claims[1].paths] == ["engagement>voice", "leadership>engagement>voice"]
    assert design.claims[2].paths[0].key == "leadership*trust>voice" and design.roles.outcome == "voice"
    assert rehearse(tmp_path / "mine", 200, 1, study)[0].is_file()
    assert "H3" in write_plan(study, n=200).read_text(encoding="utf-8")


def test_chinese_headings_and_signs_are_taken(tmp_path):
    headings = ["自变量", "因变量", "中介变量", "调节变量", "方向", "论断"]
    rows = [("leadership", "voice", "", "", "负", "领导方式与建言负相关。")]
    claims, items = tables(tmp_path, rows, headings)
    write_study(tmp_path / "mine", "zh", claims, items)
    (claim,) = load_design(tmp_path / "mine" / "study.yaml").claims
    assert claim.paths[0].sign == "-" and claim.text["zh"].startswith("领导方式")


def test_all_mistakes_are_listed_at_once_in_the_words_of_the_file_and_nothing_is_written(tmp_path):
    rows = [
        ("leadership", "voise", "", "", "+", "A."),
        ("leadership", "voice", "engagement", "trust", "up", "B."),
        ("leadership", "leadership", "", "", "-", "C."),
        ("", "voice", "", "", "", ""),
    ]
    claims, items = tables(tmp_path, rows)
    with pytest.raises(EmolaborError) as error:
        write_study(tmp_path / "mine", "en", claims, items)
    told = str(error.value)
    assert "row 2, column to: found 'voise'; allowed: a construct of the items: leadership, engagement" in told
    assert "row 3, column moderator: found a moderator beside a via; allowed: one of the two" in told
    assert "row 3, column sign: found 'up'; allowed: + or -" in told
    assert "row 4, column to: found leadership > leadership; allowed: each construct once in a path" in told
    assert "row 5, column from: found nothing" in told and "row 5, column sentence: found nothing" in told
    assert not (tmp_path / "mine").exists()


def test_paths_in_a_circle_are_refused(tmp_path):
    rows = [("voice", "trust", "", "", "+", "A."), ("trust", "voice", "", "", "+", "B.")]
    with pytest.raises(EmolaborError, match="paths go in a circle: trust > voice, voice > trust"):
        write_study(tmp_path / "mine", "en", *tables(tmp_path, rows))


def test_a_column_that_lacks_and_a_table_without_the_other_are_told(tmp_path):
    claims, items = tables(tmp_path, [("leadership", "voice", "A.")], ["from", "to", "sentence"])
    with pytest.raises(EmolaborError, match=r"row 1: found no column sign; allowed: .*sign: sign or direction"):
        write_study(tmp_path / "mine", "en", claims, items)
    with pytest.raises(EmolaborError, match="claims, items: found one table without the other"):
        write_study(tmp_path / "mine", "en", claims)
