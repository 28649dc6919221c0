import pytest

from emolabor.common.errors import EmolaborError
from emolabor.report import load_results
from emolabor.report.floats import read_floats

NAMES = {"surface_acting": "Surface acting", "exhaustion": "Exhaustion", "proactive_service": "Proactive service"}


@pytest.fixture
def floats(run_folder, paper_folder, tmp_path):
    return read_floats(paper_folder / "floats.yaml", load_results(run_folder), NAMES, "en", tmp_path)


def test_a_table_shows_names_words_and_formatted_numbers(floats):
    table = floats.table("paths")
    assert list(table.columns) == ["Path", "Standardised", "95% CI", "Verdict"]
    assert table.iloc[1].tolist() == ["Exhaustion → Proactive service", "−.26", "[−0.60,\u00a00.10]", "open"]


def test_rows_of_constructs_stand_in_the_questionnaires_order(floats):
    floats.results.values["scale"] = {"n": {"exhaustion": {"n": 2}, "surface_acting": {"n": 1}}}
    floats.described["tables"]["n"] = {
        "rows": "scale.n",
        "label": [{"en": "Construct"}],
        "columns": [{"column": "n", "en": "N"}],
    }
    assert floats.table("n")["Construct"].tolist() == ["Surface acting", "Exhaustion"]


@pytest.mark.parametrize(
    ("key", "cells"),
    [
        ("C07", ["C07", ""]),
        ("C02 surface_acting>exhaustion", ["C02", "Surface acting → Exhaustion"]),
        ("C18 surface_acting*exhaustion>proactive_service", ["C18", "Surface acting × Exhaustion → Proactive service"]),
        ("x exhaustion~surface_acting (total)", ["x", "Surface acting → Exhaustion (total)"]),
    ],
)
def test_row_keys_become_words(floats, key, cells):
    assert floats._labels(key, {"label": [{}, {}]}) == cells


def test_tables_set_side_by_side_share_their_rows_and_may_be_sorted(floats):
    floats.results.values["levers"] = {
        "ranking": {"exhaustion": {"rank": 2, "low": 1, "high": 2}, "surface_acting": {"rank": 1, "low": 1, "high": 1}},
        "levels": {"exhaustion": {"level": 3.456}, "surface_acting": {"level": None}},
    }
    floats.described["tables"]["levers"] = {
        "rows": ["levers.ranking", "levers.levels"],
        "sort": "rank",
        "label": [{"en": "Factor"}],
        "columns": [{"column": "level", "format": ".2f", "en": "Level"}, {"column": ["low", "high"], "en": "Range"}],
    }
    assert floats.table("levers").to_numpy().tolist() == [
        ["Surface acting", "", "[1,\u00a01]"],
        ["Exhaustion", "3.46", "[1,\u00a02]"],
    ]
    assert floats.keys("levers") == ["levers.ranking", "levers.levels"]


def test_keys_of_several_parts_become_several_cells_in_the_order_given(floats):
    steps = {f"{group}>{step}": {"df": 1} for group in ("a", "b") for step in ("configural", "metric", "scalar")}
    floats.results.values["invariance"] = {"ladder": dict(sorted(steps.items(), reverse=True))}
    floats.described["tables"]["ladder"] = {
        "rows": "invariance.ladder",
        "split": ">",
        "order": ["b", "configural", "metric", "scalar"],
        "label": [{"en": "Groups"}, {"en": "Step"}],
        "columns": [{"column": "df", "en": "df"}],
    }
    rows = floats.table("ladder").to_numpy().tolist()
    assert rows[0] == ["a", "configural", "1"] and rows[-1] == ["b", "scalar", "1"]
    assert [step for _, step, _ in rows[3:]] == ["configural", "metric", "scalar"]


def test_a_triangle_has_numbered_heads_and_rows_below(floats):
    floats.results.values["scale"] = {
        "correlations": {
            "exhaustion": {"surface_acting": 0.404, "exhaustion": 0.8},
            "surface_acting": {"surface_acting": 0.75, "exhaustion": None},
        },
        "scores": {"exhaustion": {"mean": 3.0}, "surface_acting": {"mean": 2.456}},
    }
    floats.described["tables"]["triangle"] = {
        "rows": "scale.correlations",
        "below": "scale.scores",
        "format": ".2b",
        "label": [{"en": "Scale"}],
        "columns": [{"column": "mean", "format": ".2f", "en": "Mean"}],
    }
    table = floats.table("triangle")
    assert list(table.columns) == ["Scale", "1", "2"]
    assert table.to_numpy().tolist() == [
        ["1 Surface acting", ".75", ""],
        ["2 Exhaustion", ".40", ".80"],
        ["Mean", "2.46", "3.00"],
    ]


def test_a_checklist_is_filled_from_the_results(floats):
    floats.described["tables"]["check"] = {
        "label": [{"en": "Item"}, {"en": "Answer"}],
        "lines": [[{"en": "N"}, {"en": "{{ structural.fit.n_obs:,d }}"}]],
    }
    assert floats.table("check").to_numpy().tolist() == [["N", "1,200"]]
    assert floats.keys("check") == []


def test_a_short_table_stays_with_its_note_in_print(floats):
    assert "#place(auto, float: true" in floats.render("table", "paths", "Table 1")


def test_unknown_table_and_unknown_column_are_named(floats):
    with pytest.raises(EmolaborError, match="found no 'nothing'; allowed: model, paths"):
        floats.table("nothing")
    floats.described["tables"]["paths"]["columns"][0]["column"] = "beta"
    with pytest.raises(EmolaborError, match="table paths: unknown column 'beta'; allowed: std_all"):
        floats.table("paths")
