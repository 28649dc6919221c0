import dataclasses
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.evidence import load_published

PUBLISHED = Path(__file__).parents[2] / "data" / "published"
SIZES = {  # as in the papers
    "deng2020": (10, 229),
    "guo2020": (9, 245),
    "jiang2020": (11, 254),
    "lu2019": (5, 386),
}


@pytest.fixture(scope="module")
def tables():
    return load_published(PUBLISHED)


@pytest.fixture
def folder(tmp_path):
    for path in PUBLISHED.glob("study-lu2019_*"):
        shutil.copy(path, tmp_path)
    return tmp_path


def edit(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_tables_have_their_sizes(tables):
    assert {key: (len(tables[key].cor), tables[key].n) for key in SIZES} == SIZES
    assert tables["lu2019"].groups == 50


@pytest.mark.parametrize("key", SIZES)
def test_every_table_is_cited_and_named_in_both_languages(tables, key):
    table = tables[key]
    assert key[:2] and re.search(r"\d{4}", key)[0] in table.citation
    assert list(table.labels.index) == list(table.cor.columns) == list(table.cor.index)
    assert (table.labels != "").all(axis=None) and table.notes["zh"] and table.notes["en"]


def test_numbers_stand_as_printed(tables):
    assert tables["deng2020"].cor.loc["work_burnout", "personal_burnout"] == 0.858
    assert tables["jiang2020"].sd["ostracism"] == 0.44
    assert np.isnan(tables["deng2020"].mean["hair_cortisol"])
    assert tables["guo2020"].sd.isna().all()
    assert tables["lu2019"].alpha["leader_openness"] == 0.73


@pytest.mark.parametrize("key", SIZES)
def test_printed_digits_fit_the_stated_rounding(key):
    header, *lines = (PUBLISHED / f"study-{key}_data.csv").read_text(encoding="utf-8").splitlines()
    rounding = load_published(PUBLISHED)[key].rounding
    for line in lines:
        cells = dict(zip(header.split(",")[1:], line.split(",")[1:], strict=True))
        for column, cell in cells.items():
            half_unit = rounding[column if column in ("mean", "sd", "alpha") else "correlation"] if cell else None
            assert cell == "" or 0.5 * 10.0 ** -len(cell.partition(".")[2]) == pytest.approx(half_unit)


def test_a_table_is_frozen(tables):
    with pytest.raises(dataclasses.FrozenInstanceError):
        tables["lu2019"].n = 1


LINE_3 = "ego_depletion,3.89,0.81,0.90,0.19,1.00,-0.28,0.21,0.02"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (
            "ego_depletion,3.89,0.81,0.90,0.18,1.00,-0.28,0.21,0.02",
            "line 3: not symmetric: ego_depletion with work_stress",
        ),
        (
            "ego_depletion,3.89,0.81,0.90,0.19,0.99,-0.28,0.21,0.02",
            "line 3: ego_depletion with itself is 0.99, must be 1",
        ),
        ("ego_depletion,3.89,0.81,0.90,1.19,1.00,-0.28,0.21,0.02", "line 3: ego_depletion with work_stress is 1.19"),
        ("ego_depletion,3.89,0.81,0.90,,1.00,-0.28,0.21,0.02", "line 3: ego_depletion with work_stress is nan"),
        ("ego_depletion,3.89,0.81,0.90,0.l9,1.00,-0.28,0.21,0.02", "line 3: column work_stress: found '0.l9'"),
    ],
)
def test_a_bad_table_is_named_with_file_and_line(folder, new, message):
    edit(folder, "study-lu2019_data.csv", LINE_3, new)
    with pytest.raises(EmolaborError, match=f"study-lu2019_data.csv {message}"):
        load_published(folder)


def test_a_matrix_that_is_not_positive_definite_is_refused(folder):
    edit(folder, "study-lu2019_data.csv", "1.00,0.19,-0.12", "1.00,0.95,-0.12")
    edit(folder, "study-lu2019_data.csv", "0.19,1.00,-0.28", "0.95,1.00,0.28")
    edit(folder, "study-lu2019_data.csv", "-0.12,-0.28,1.00", "-0.12,0.28,1.00")
    with pytest.raises(EmolaborError, match=r"line 4: with constructive_voice .* no longer positive definite"):
        load_published(folder)


def test_a_table_without_source_record_is_refused(folder):
    (folder / "study-lu2019_source.yaml").unlink()
    with pytest.raises(EmolaborError, match=r"study-lu2019_source\.yaml: not found"):
        load_published(folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("n: 386", "size: 386", "found no n"),
        ("n: 386", "n: many", "n is 'many'; allowed: a whole number above 1"),
        ("  sd: 0.005\n", "", "rounding: found no sd, which study-lu2019_data.csv prints"),
        ("work_stress: {", "stress: {", "variables must be those of study-lu2019_data.csv"),
    ],
)
def test_a_source_record_that_does_not_fit_is_refused(folder, old, new, message):
    edit(folder, "study-lu2019_source.yaml", old, new)
    with pytest.raises(EmolaborError, match=message):
        load_published(folder)


@pytest.mark.parametrize("header", ["name,mean,sd,alpha", "variable,sd,mean,alpha"])
def test_wrong_first_columns_are_refused(folder, header):
    edit(folder, "study-lu2019_data.csv", "variable,mean,sd,alpha", header)
    with pytest.raises(EmolaborError, match="line 1: found columns"):
        load_published(folder)


def test_columns_in_another_order_than_rows_are_refused(folder):
    edit(folder, "study-lu2019_data.csv", "work_stress,ego_depletion,", "ego_depletion,work_stress,")
    with pytest.raises(EmolaborError, match="line 1: the correlation columns"):
        load_published(folder)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(EmolaborError, match=r"found no file study-<key>_data\.csv"):
        load_published(tmp_path)
