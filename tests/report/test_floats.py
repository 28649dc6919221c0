import pytest

from emolabor.errors import EmolaborError
from emolabor.report import load_results
from emolabor.report.floats import read_floats

NAMES = {"surface_acting": "Surface acting", "exhaustion": "Exhaustion", "proactive_service": "Proactive service"}


@pytest.fixture
def floats(run_folder, paper_folder, tmp_path):
    return read_floats(paper_folder / "floats.yaml", load_results(run_folder), NAMES, "en", tmp_path)


def test_a_table_shows_names_words_and_formatted_numbers(floats):
    table = floats.table("paths")
    assert list(table.columns) == ["Path", "Standardised", "95% CI", "Verdict"]
    assert table.iloc[1].tolist() == ["Exhaustion → Proactive service", "−.26", "[−0.60, 0.10]", "undecided"]


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
        ("C07", ["C07", "–"]),
        ("C02 surface_acting>exhaustion", ["C02", "Surface acting → Exhaustion"]),
        ("C18 surface_acting*exhaustion>proactive_service", ["C18", "Surface acting × Exhaustion → Proactive service"]),
        ("x exhaustion~surface_acting (total)", ["x", "Surface acting → Exhaustion (total)"]),
    ],
)
def test_row_keys_become_words(floats, key, cells):
    assert floats._labels(key, 2) == cells


def test_unknown_table_and_unknown_column_are_named(floats):
    with pytest.raises(EmolaborError, match="found no 'nothing', allowed: model, paths"):
        floats.table("nothing")
    floats.described["tables"]["paths"]["columns"][0]["column"] = "beta"
    with pytest.raises(EmolaborError, match="table paths: unknown column 'beta', allowed: std_all"):
        floats.table("paths")
