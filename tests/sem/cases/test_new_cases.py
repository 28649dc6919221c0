"""Factor scores of cases that the fit has not seen."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el

MODEL = "a =~ ex1 + ex2 + ex3 + ex4; b =~ ps1 + ps2 + ps3; b ~ a"


@pytest.fixture(scope="module")
def staff():
    return el.simulate_staff(n=400, seed=1)


@pytest.mark.parametrize("method", ["regression", "Bartlett"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"missing": "fiml"},
        {"ordered": True},
        {"missing": "fiml", "group": "sex"},
        {"ordered": True, "group": "sex"},
    ],
)
def test_its_own_cases_have_their_own_scores(staff, options, method):
    fit = el.sem(MODEL, staff, **options)
    own = fit.factor_scores(method)
    again = fit.factor_scores(method, newdata=staff)
    assert again.index.equals(staff.index)
    pd.testing.assert_frame_equal(again.loc[own.index], own, check_exact=False, rtol=1e-9)


def test_new_cases_are_scored_one_by_one(staff):
    fit = el.sem(MODEL, staff, ordered=True, group="sex")
    new = staff.iloc[[5, 300]].set_index(pd.Index(["x", "y"]))
    together = fit.factor_scores(newdata=new)
    assert together.index.tolist() == ["x", "y"]
    alone = fit.factor_scores(newdata=new.iloc[[1]])
    np.testing.assert_allclose(alone, together.iloc[[1]])


def test_who_answered_nothing_has_no_score(staff):
    new = staff.head(2).copy()
    new[["ex1", "ex2", "ex3", "ex4", "ps1", "ps2", "ps3"]] = np.nan
    for options in ({"missing": "fiml"}, {"ordered": True}):
        assert el.sem(MODEL, staff, **options).factor_scores(newdata=new).isna().all(axis=None)


def test_means_of_a_covariance_matrix():
    names = ["ex1", "ex2", "ex3"]
    data = el.simulate_staff(n=300, seed=1)[names].dropna()
    given = dict(sample_cov=data.cov(), n_obs=len(data))
    with pytest.raises(el.EmolaborError, match="newdata: the fit knows no means"):
        el.cfa("f =~ ex1 + ex2 + ex3", **given).factor_scores(newdata=data)
    known = el.cfa("f =~ ex1 + ex2 + ex3", **given, sample_mean=data.mean()).factor_scores(newdata=data)
    full = el.cfa("f =~ ex1 + ex2 + ex3", data).factor_scores()
    np.testing.assert_allclose(known, full, atol=1e-8)


def test_what_the_fit_does_not_know_is_refused(staff):
    fit = el.sem(MODEL, staff, ordered=True, group="sex")
    for new, said in (
        (staff.assign(ex1=9), "newdata: 'ex1' holds 9; allowed: the answers of the fit: 1.0, 2.0"),
        (staff.assign(ex1="2"), "newdata: 'ex1' holds '2'; allowed: the answers of the fit: 1.0, 2.0"),
        (staff.assign(sex="other"), "newdata: column 'sex' holds 'other'; allowed: the groups of the fit"),
        (staff.drop(columns="sex"), "newdata: the model's variables 'sex' are no columns"),
        (staff.drop(columns="ps1"), "newdata: the model's variables 'ps1' are no columns"),
        ([1, 2], "newdata: found list"),
    ):
        with pytest.raises(el.EmolaborError, match=said):
            fit.factor_scores(newdata=new)
