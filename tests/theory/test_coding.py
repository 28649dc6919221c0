import numpy as np
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.theory import claim_paths, coding_agreement, coding_sheet, cohen_kappa, load_claims, read_coding


def test_kappa_is_that_of_psych():
    # psych 2.2.9: cohen.kappa(cbind(one, other)); the interval is cut at 1 by both.
    kappa, lower, upper = cohen_kappa(list("aabbbb"), list("abbbba"))
    assert (kappa, upper) == (pytest.approx(0.25), 1)
    assert lower == pytest.approx(-0.56, abs=0.005)


def test_kappa_by_hand():
    # 20 + 15 of 50 agree; by chance 25 * 30 / 2500 + 25 * 20 / 2500 = .5 (Cohen 1960): (.7 - .5) / .5.
    one = ["yes"] * 25 + ["no"] * 25
    other = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(one, other)[0] == pytest.approx(0.4)
    assert cohen_kappa(one, one) == (1, 1, 1)
    assert np.isnan(cohen_kappa(["a", "a"], ["a", "a"])).all()


def test_a_blank_sheet_does_not_show_how_the_paths_were_coded():
    sheet = coding_sheet(language="zh")
    assert len(sheet) == len(claim_paths(load_claims()))
    assert (sheet[["origin", "place"]] == "").all(axis=None)
    assert not sheet.astype(str).apply(lambda column: column.str.contains("literature|inferred")).any(axis=None)


def test_a_filled_sheet_agrees_with_itself_and_tells_what_another_coded_otherwise(tmp_path):
    sheet = coding_sheet(filled=True)
    sheet.to_csv(tmp_path / "a.csv", index=False)
    other = sheet.copy()
    other.loc[0, ["origin", "place"]] = ["essay", "2.1/s1"]
    other.loc[1, "origin"] = ""
    other.iloc[::-1].to_csv(tmp_path / "b.csv", index=False, sep=";", encoding="gb18030")
    first, second = read_coding(tmp_path / "a.csv"), read_coding(tmp_path / "b.csv")
    assert coding_agreement(first, first).summary["kappa"].tolist() == [1, 1]
    found = coding_agreement(first, second)
    assert found.summary.loc["origin", ["n", "blank"]].tolist() == [len(sheet) - 1, 1]
    assert found.counts.loc["inferred", "essay"] == 1
    assert found.disagreements.index.tolist() == sheet.loc[[0, 1], "row"].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda sheet: sheet.drop(columns="place"), "second: found no column place; allowed"),
        (lambda sheet: sheet.assign(origin="maybe"), "second, C01 .*: origin is 'maybe'; allowed: essay"),
        (lambda sheet: sheet.iloc[1:], "second: found 'C01 .*in one sheet only"),
        (lambda sheet: sheet.iloc[[0, *range(len(sheet))]], "second: found 'C01 .*twice"),
        (lambda sheet: sheet.assign(origin=""), "second: found no path whose origin both coded"),
    ],
)
def test_a_sheet_that_cannot_be_compared_is_refused(change, message):
    sheet = coding_sheet(filled=True)
    with pytest.raises(EmolaborError, match=message):
        coding_agreement(sheet, change(sheet))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\xd8"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content):
    file = tmp_path / "sheet.csv"
    file.write_bytes(content)
    with pytest.raises(EmolaborError, match=r"sheet\.csv: found no readable"):
        read_coding(file)
