"""Every recognised kind of personal data in every place of a file: no output of any command holds any of it.

`test_privacy.py` looks at a whole run over one file; here are the kinds of files with places of their own, such as
sheets and SPSS's labels, what is said of a file that is refused, and the validation report.
"""

from itertools import cycle
from pathlib import Path

import pandas as pd
import pytest
from planting import CONTENTS, IN_FILE_NAMES, IN_SHEET_NAMES, NAMES, planted, traces, traces_in_file

import emolabor as el
from emolabor.cli import main

pytestmark = pytest.mark.slow

NAME = " ".join(IN_FILE_NAMES[::4])
LABELS = cycle(CONTENTS)


def write_workbook(folder):
    """A workbook with a sheet named after each, the answers in the last, personal notes beside them."""
    path = folder / f"{NAME}.xlsx"
    with pd.ExcelWriter(path) as book:
        for name in IN_SHEET_NAMES:
            pd.DataFrame({"note": [1]}).to_excel(book, sheet_name=name, index=False)
        planted().to_excel(book, sheet_name="answers", index=False)
        book.book.properties.creator = NAMES[1]
        book.book.properties.description = " ".join(CONTENTS)
    return path, ["--sheet", "answers"]


def write_sav(folder):
    """An SPSS file with personal data as title, notes, labels of columns and of values."""
    import pyreadstat

    path = folder / f"{NAME}.sav"
    staff = planted().drop(columns=[*CONTENTS, "姓名"]).astype({"rc1": str, "sa2": str, "mk3": str, "seconds": str})
    staff = staff.assign(**{f"extra_{place}": 1 for place in range(len(CONTENTS))}, respondent=range(1, len(staff) + 1))
    staff = staff.assign(**{key: staff[key].astype(str) for key in ("centre", "department", "dispatch_type")})
    labels = {column: next(LABELS) for column in staff if column.startswith("extra_")}
    pyreadstat.write_sav(
        staff,
        str(path),
        file_label="simulated " + CONTENTS[5],
        note=[" ".join(CONTENTS[place : place + 2]) for place in range(0, len(CONTENTS), 2)],
        column_labels=labels,
        variable_value_labels={column: {1: label} for column, label in labels.items()} | {"rc2": {9: CONTENTS[6]}},
    )
    return path, []


def write_folder(folder):
    """A folder of answers, each file of which and others besides have personal names."""
    path = folder / "answers"
    path.mkdir()
    for place, name in enumerate(IN_FILE_NAMES):
        if place < 2:
            planted().iloc[place::2].to_csv(path / f"{name}.csv", index=False)
        else:
            (path / f"{name}.txt").write_text("x")
    return path, []


FILES = {"workbook": write_workbook, "sav": write_sav, "folder": write_folder}


@pytest.fixture(scope="module", params=FILES)
def file(request, tmp_path_factory):
    return FILES[request.param](tmp_path_factory.mktemp("places"))


COMMANDS = [
    ["check", "--language", "en", "--report", "report.csv"],
    ["check", "--language", "zh"],
    ["check", "--write-mapping", "mapping.yaml"],
    ["screen"],
    ["score"],
    ["codebook", "--output", "book.md"],
    ["codebook", "--output", "book.html"],
    ["validate-scale", "--scale", "role_clarity", "--output", "v.md", "--output", "v.html", "--output", "v.docx"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_output_of_a_command_holds_what_a_file_hides_in_its_places(command, file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path, options = file
    name, *rest = command
    assert main([name, *(["--data"] if name == "codebook" else []), str(path), *options, *rest]) == 0
    told = capsys.readouterr()
    assert traces(told.out + told.err) == []
    assert {one.name: traces_in_file(one) for one in tmp_path.iterdir() if traces_in_file(one)} == {}


@pytest.mark.parametrize("place", ["centre", "dispatch_type", "rc1", "seconds", "respondent"])
def test_a_refusal_names_no_value_that_is_personal(place, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    staff = planted().astype(object)
    staff[place] = [CONTENTS[row % len(CONTENTS)] for row in range(len(staff))]
    staff.to_csv("answers.csv", index=False)
    for command in (["check", "answers.csv"], ["check", "answers.csv", "--write-mapping", "mapping.yaml"]):
        assert main(command) in (0, 2)
    told = capsys.readouterr()
    assert traces(told.out + told.err) == []
    assert not Path("mapping.yaml").exists() or traces_in_file(Path("mapping.yaml")) == []


def test_no_group_of_a_version_is_personal_in_the_validation_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    staff = el.simulate_staff(160, seed=5).assign(form=["A"] * 80 + [CONTENTS[6]] * 80)
    staff.to_csv("answers.csv", index=False)
    options = ["--scale", "role_clarity", "--version", "form", "--old", "A", "--output", "v.html"]
    assert main(["validate-scale", "answers.csv", *options]) in (0, 2)
    told = capsys.readouterr()
    assert traces(told.out + told.err) == []
    assert not Path("v.html").exists() or traces_in_file(Path("v.html")) == []
