"""Content validity against published tables and the example of another program.

Tolerances: published values are compared within half a unit of their last printed digit. The table of kappas was made
from I-CVI rounded to two digits, which moves kappa by up to .005 / (1 - .375) = .008 more.
"""

import numpy as np
import pandas as pd
import pytest

from emolabor import content_validity
from emolabor.common.errors import EmolaborError
from emolabor.measurement import read_ratings
from emolabor.measurement.content_validity import critical_cvr, modified_kappa
from emolabor.scales import load_scale

# `cvi_example` of the R package contentValidity 0.1.0 (MIT licence): simulated ratings, six experts, ten items.
ROWS = ["4332343424", "4433243434", "4443342423", "4434333434", "4343443434", "4433244324"]
EXAMPLE = pd.DataFrame([[int(sign) for sign in row] for row in ROWS], columns=[f"item{i}" for i in range(1, 11)])


def test_the_example_of_contentvalidity_is_reproduced():
    found = content_validity(EXAMPLE)
    # Printed by that package: S-CVI/Ave, S-CVI/UA, mean kappa, and Aiken's V of the second item.
    assert found.scale["s_cvi_ave"] == pytest.approx(0.8833, abs=5e-5)
    assert found.scale["s_cvi_ua"] == pytest.approx(0.60, abs=5e-5)
    assert found.scale["mean_kappa"] == pytest.approx(0.8470, abs=5e-5)
    assert found.items.loc["item2", "aiken_v"] == pytest.approx(0.8889, abs=5e-5)
    assert found.items["i_cvi"].round(3).tolist() == [1, 1, 1, 0.833, 0.667, 1, 0.833, 1, 0.5, 1]


# Polit, Beck & Owen (2007), table 1: experts, agreeing, kappa, verdict.
POLIT = [
    (3, 3, 1.00, "excellent"),
    (3, 2, 0.47, "fair"),
    (4, 4, 1.00, "excellent"),
    (4, 3, 0.67, "good"),
    (5, 5, 1.00, "excellent"),
    (5, 4, 0.76, "excellent"),
    (6, 6, 1.00, "excellent"),
    (6, 5, 0.81, "excellent"),
    (6, 4, 0.56, "fair"),
    (7, 6, 0.85, "excellent"),
    (7, 5, 0.65, "good"),
    (8, 7, 0.88, "excellent"),
    (8, 6, 0.72, "good"),
    (9, 8, 0.89, "excellent"),
    (9, 7, 0.76, "excellent"),
]


@pytest.mark.parametrize(("experts", "agree", "kappa", "verdict"), POLIT)
def test_modified_kappa_is_that_of_the_paper(experts, agree, kappa, verdict):
    assert modified_kappa(np.array([agree]), np.array([experts]))[0] == pytest.approx(kappa, abs=0.013)
    ratings = pd.DataFrame({"a": [4] * agree + [1] * (experts - agree)})
    assert content_validity(ratings).items.loc["a", "verdict"] == verdict


# Ayre & Scally (2014), table 2: panel size and critical CVR.
AYRE = {
    5: 1.0,
    6: 1.0,
    7: 1.0,
    8: 0.75,
    9: 0.778,
    10: 0.8,
    11: 0.636,
    12: 0.667,
    13: 0.538,
    14: 0.571,
    15: 0.6,
    20: 0.5,
}


@pytest.mark.parametrize("experts", AYRE)
def test_critical_ratios_are_those_of_the_paper(experts):
    assert critical_cvr(experts) == pytest.approx(AYRE[experts], abs=0.0005)


def test_four_experts_are_too_few_for_a_critical_ratio():
    assert np.isnan(critical_cvr(4))


def test_the_interval_of_aikens_v_solves_the_score_equation():
    items = content_validity(EXAMPLE).items
    for row in items.itertuples():
        for end in (row.aiken_lower, row.aiken_upper):
            # The ends are where V is 1.96 standard errors away, with the standard error at the end itself.
            if 1e-12 < end < 1 - 1e-12:
                z = (row.aiken_v - end) / np.sqrt(end * (1 - end) / (row.experts * 3))
                assert abs(z) == pytest.approx(1.959964, abs=1e-5)
        assert 0 <= row.aiken_lower <= row.aiken_v <= row.aiken_upper <= 1


def test_a_missing_rating_counts_neither_way():
    ratings = EXAMPLE[["item4"]].astype(float)
    ratings.loc[0, "item4"] = np.nan  # the only rating of 2
    found = content_validity(ratings).items.loc["item4"]
    assert (found["experts"], found["relevant"], found["i_cvi"]) == (5, 5, 1.0)


def test_the_users_table_stays():
    before = EXAMPLE.copy()
    content_validity(EXAMPLE)
    pd.testing.assert_frame_equal(EXAMPLE, before)


@pytest.mark.parametrize(
    ("ratings", "options", "found"),
    [
        (pd.DataFrame({"a": [1, 5]}), {}, "other values than 1 to 4 in column a"),
        (pd.DataFrame({"a": [1, 2.5]}), {}, "other values than 1 to 4 in column a"),
        (pd.DataFrame({"a": ["4", "4"]}), {}, "other values than 1 to 4 in column a"),
        (pd.DataFrame({"a": [4]}), {}, "found 1 rating of a; allowed: at least 2 experts"),
        (pd.DataFrame(), {}, "found no table"),
        ([[4, 4]], {}, "found no table"),
        (pd.DataFrame({"a": [4, 4]}), {"relevant": 5}, "relevant: found 5; allowed: 2 to 4"),
    ],
)
def test_wrong_ratings_are_refused(ratings, options, found):
    with pytest.raises(EmolaborError, match=found):
        content_validity(ratings, **options)


def write(tmp_path, text):
    path = tmp_path / "ratings.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_ratings_are_read_in_the_order_of_the_scale(tmp_path):
    path = write(tmp_path, "expert,ps6,ps4,ps3,ps2,ps1\nA,1,2,3,4,\nB,4, 4,4,4,4\n")
    ratings = read_ratings(path, load_scale("proactive_service"))
    assert list(ratings) == ["ps1", "ps2", "ps3", "ps4", "ps6"]
    assert ratings["ps2"].tolist() == [4, 4]
    assert np.isnan(ratings.loc[0, "ps1"])


@pytest.mark.parametrize("kind", ["numbers.xlsx", "texts.xlsx", "gbk.csv", "wide.csv"])
def test_ratings_are_read_from_what_experts_send(tmp_path, kind):
    path, rows = tmp_path / kind, [["专家", "ps1", "ps2"], ["甲", 4, None], ["乙", 3, 1]]
    if kind == "numbers.xlsx":
        pd.DataFrame(rows[1:], columns=rows[0]).to_excel(path, index=False)
    elif kind == "texts.xlsx":
        pd.DataFrame([["甲", "4 ", ""], ["乙", "3", "1"]], columns=rows[0]).to_excel(path, index=False)
    else:
        text = "专家,ps1,ps2\n甲,4,\n乙,3,1\n"
        text, encoding = (text, "gbk") if kind == "gbk.csv" else (text.replace("4", "４"), "utf-8")
        path.write_text(text, encoding=encoding)
    ratings = read_ratings(path)
    assert ratings["ps1"].tolist() == [4, 3] and ratings["ps2"].tolist()[1] == 1 and np.isnan(ratings["ps2"][0])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("expert,ps1,ps2\nA,4,4\nB,4,5\n", r"ratings\.csv, row 3, ps2: found '5'; allowed: 1, 2, 3 or 4, or nothing"),
        ("expert,ps1\nA,four\n", r"row 2, ps1: found 'four'"),
        ("expert,ps1,ps1\nA,4,4\n", "row 1: found ps1 more than once"),
        ("", "found no text; allowed: a row of column names"),
        ("expert,ps1\nA,4\nB,4,4,4\n", "row 3: found 4 fields"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, found):
    with pytest.raises(EmolaborError, match=found):
        read_ratings(write(tmp_path, text))


@pytest.mark.parametrize(
    ("header", "found"),
    [("ps1,ps2,ps3,ps4,ps9", "the column ps9"), ("ps1,ps2,ps3,ps4", "no column ps6")],
)
def test_the_columns_are_the_items_of_the_scale(tmp_path, header, found):
    with pytest.raises(EmolaborError, match=f"row 1: found {found}; allowed: the items of proactive_service, ps1"):
        read_ratings(write(tmp_path, f"expert,{header}\n"), load_scale("proactive_service"))
