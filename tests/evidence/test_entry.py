"""Tables typed into a workbook give what those in the folder give; what is wrong with one is said at once."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import emolabor as el
from emolabor.cli import cli
from emolabor.common.errors import EmolaborError
from emolabor.common.files import write_bytes
from emolabor.common.office import workbook_bytes
from emolabor.evidence.entry import add_table

PUBLISHED = Path(__file__).parents[2] / "data" / "published"


def typed(key, path, change=lambda source, table: None, stars=False, as_numbers=False):
    """Type a table of the folder into a workbook, as a person would from print."""
    record = yaml.safe_load((PUBLISHED / f"study-{key}_source.yaml").read_text(encoding="utf-8"))
    data = pd.read_csv(PUBLISHED / f"study-{key}_data.csv", dtype=str, keep_default_na=False)
    source = {"key": key, "citation": record["citation"].strip(), "n": str(record["n"])}
    source |= {f"study_{language}": record["study"][language] for language in ("zh", "en")}
    source |= {f"notes_{language}": record["notes"][language] for language in ("zh", "en")}
    source |= {f"sample_{language}": record["sample"][language] for language in ("zh", "en")}
    source |= {name: str(record[name]) for name in ("doi", "table", "groups", "project") if record.get(name)}
    names = data["variable"].tolist()
    table = [["variable", "name_zh", "name_en", "mean", "sd", "alpha", *map(str, range(1, len(names) + 1))]]
    for i, row in data.iterrows():
        labels = record["variables"][row["variable"]]
        cells = [shown(row[other], record["n"], stars, as_numbers) if j < i else None for j, other in enumerate(names)]
        numbers = [
            float(row[kind]) if as_numbers and row[kind] else row[kind] or None for kind in ("mean", "sd", "alpha")
        ]
        table.append([row["variable"], labels["zh"], labels["en"], *numbers, *cells])
    change(source, table)
    sheets = {"source": [["field", "value"], *map(list, source.items())], "table": table}
    return write_bytes(path, workbook_bytes(sheets))


def shown(text, n, stars, as_numbers):
    if as_numbers:
        return float(text)
    r = float(text)
    t = abs(r) * np.sqrt((n - 2) / (1 - r**2))
    mark = "*" * sum(t > limit for limit in (1.9697, 2.5957, 3.3309)) if stars else ""  # about N = 250
    return text.replace("-0.", "-.").replace("0.", ".", text[0] == "0") + mark


@pytest.mark.parametrize("key", ["deng2020", "lu2019", "guo2020", "luo2019"])
@pytest.mark.parametrize("as_numbers", [True, False])
def test_a_table_that_was_typed_in_is_the_one_typed_by_hand(key, as_numbers, tmp_path):
    workbook = typed(key, tmp_path / "table.xlsx", as_numbers=as_numbers)
    add_table(workbook, tmp_path / "folder")
    name = f"study-{key}_data.csv"
    assert (tmp_path / "folder" / name).read_text() == (PUBLISHED / name).read_text()
    found, expected = (el.load_published(folder)[key] for folder in (tmp_path / "folder", PUBLISHED))
    for field in ("n", "groups", "project", "citation", "study", "sample", "rounding", "notes"):
        if field != "citation":
            assert getattr(found, field) == getattr(expected, field), field
    assert found.citation == expected.citation and found.labels.equals(expected.labels)


def test_stars_that_fit_are_no_fault(tmp_path):
    add_table(typed("luo2019", tmp_path / "table.xlsx", stars=True), tmp_path / "folder")


def test_stars_that_do_not_fit_are_named_or_marked(tmp_path):
    def change(source, table):
        table[2][6] = ".19***"
        table[3][6] = "-.12"

    workbook = typed("lu2019", tmp_path / "table.xlsx", change, stars=True)
    with pytest.raises(EmolaborError) as error:
        add_table(workbook, tmp_path / "folder")
    assert "constructive_voice with work_stress: 0 stars in print, but p = 0.018" in str(error.value)
    assert not (tmp_path / "folder").exists()
    _, told = add_table(workbook, tmp_path / "folder", keep_doubtful=True)
    table = el.load_published(tmp_path / "folder")["lu2019"]
    assert ["constructive_voice", "work_stress"] in [entry["cell"] for entry in table.doubtful]
    assert any("0 stars" in line for line in told)


def test_a_reliability_may_stand_on_the_diagonal(tmp_path):
    def change(source, table):
        for i, row in enumerate(table[1:]):
            row[5], row[6 + i] = None, f"({row[5]})"

    add_table(typed("lu2019", tmp_path / "table.xlsx", change), tmp_path / "folder")
    assert el.load_published(tmp_path / "folder")["lu2019"].alpha.tolist() == [0.86, 0.9, 0.9, 0.84, 0.73]


def test_all_faults_are_named_at_once(tmp_path):
    def change(source, table):
        del source["citation"]
        source |= {"n": "many", "pages": "3"}
        table[1][0] = "Work stress"
        table[2][6] = "o.19"
        table[3][4] = "0,86"

    with pytest.raises(EmolaborError) as error:
        add_table(typed("lu2019", tmp_path / "table.xlsx", change), tmp_path / "folder")
    lines = str(error.value).splitlines()
    assert len(lines) == 6 and all("table.xlsx, " in line for line in lines)
    for wanted in ("'pages'", "citation is missing", "n: found 'many'", "'Work stress'", "'o.19'", "'0,86'"):
        assert sum(wanted in line for line in lines) == 1, wanted


@pytest.mark.parametrize(
    ("row", "column", "text", "message"),
    [
        (2, 6, None, "ego_depletion with work_stress: found nothing"),
        (2, 6, "1.19", "allowed: between -1 and 1"),
        (1, 7, ".18", "not symmetric: found 0.19 below and 0.18 above"),
        (3, 7, ".99", "no longer positive definite"),
        (1, 5, "1.2", "alpha: found 1.2"),
        (1, 4, "-0.77", "sd: found -0.77"),
    ],
)
def test_numbers_that_cannot_be_are_refused(row, column, text, message, tmp_path):
    def change(source, table):
        table[row][column] = text
        if text == ".99":
            table[3][6], table[2][6] = "-.99", ".99"

    with pytest.raises(EmolaborError, match=message):
        add_table(typed("lu2019", tmp_path / "table.xlsx", change), tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_one_sample_does_not_count_twice(tmp_path):
    shutil.copytree(PUBLISHED, tmp_path / "folder")

    def change(source, table):
        source["key"] = "lu2019b"

    with pytest.raises(EmolaborError, match=r"10 of 10 correlations and N = 386 are those of lu2019"):
        add_table(typed("lu2019", tmp_path / "table.xlsx", change), tmp_path / "folder")
    with pytest.raises(EmolaborError, match="is there already"):
        add_table(typed("lu2019", tmp_path / "table.xlsx"), tmp_path / "folder")


def test_the_commands(tmp_path):
    run = CliRunner()
    form = tmp_path / "form.xlsx"
    assert run.invoke(cli, ["evidence", "form", "--output", str(form)]).exit_code == 0
    folder = tmp_path / "folder"
    found = run.invoke(cli, ["evidence", "add", str(form), "--folder", str(folder)])
    assert found.exit_code == 0 and "2 decimals" in found.output, found.output
    assert el.load_published(folder)["author2020"].cor.iloc[0, 1] == 0.19
    shutil.copytree(PUBLISHED, folder, dirs_exist_ok=True)
    pooled = run.invoke(cli, ["evidence", "pool", "--folder", str(folder), "--output", str(tmp_path / "cells.csv")])
    assert "cells are in no table" in pooled.output, pooled.output
    assert len(pd.read_csv(tmp_path / "cells.csv")) == 38
    figure = tmp_path / "map.svg"
    drawn = run.invoke(cli, ["evidence", "map", "--folder", str(folder), "--figure", str(figure), "--language", "en"])
    assert "36 of 41 paths" in drawn.output and figure.exists(), drawn.output


@pytest.mark.parametrize("arguments", [["add", "none.xlsx"], ["pool", "--folder", "none"], ["add", "pyproject.toml"]])
def test_what_is_not_there_is_a_mistake(arguments, tmp_path):
    found = CliRunner().invoke(cli, ["evidence", *arguments])
    assert isinstance(found.exception, EmolaborError)
