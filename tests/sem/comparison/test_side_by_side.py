"""Fits side by side."""

import numpy as np
import pytest
from lavaan_reference import public_data

from emolabor import EmolaborError
from emolabor.sem import sem
from emolabor.sem.comparison.side_by_side import compare

DATA = public_data("holzinger")
THREE = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
ONE = "g =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9"


def test_one_row_a_model_with_its_fit_measures():
    fits = {"three factors": sem(THREE, DATA), "one factor": sem(ONE, DATA)}
    table = compare(fits)
    assert table.index.tolist() == list(fits) and table.index.name == "model"
    for name, fit in fits.items():
        measures = fit.fit_measures()
        for column in ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea_ci_upper", "srmr", "aic", "bic", "npar"):
            assert table.loc[name, column] == measures[column]
    assert table.n_obs.tolist() == [301, 301] and table.admissible.all() and (table.note == "").all()
    assert not [column for column in table.columns if column.endswith(("_scaled", "_robust"))]


def test_robust_columns_stand_where_a_fit_has_them():
    table = compare({"plain": sem(THREE, DATA), "robust": sem(THREE, DATA, estimator="MLM")})
    measures = sem(THREE, DATA, estimator="MLM").fit_measures()
    for column in (
        "chisq_scaled",
        "pvalue_scaled",
        "cfi_robust",
        "tli_robust",
        "rmsea_robust",
        "rmsea_ci_lower_robust",
    ):
        assert np.isnan(table.loc["plain", column]) and table.loc["robust", column] == measures[column]
    columns = table.columns.tolist()
    assert columns.index("cfi_robust") == columns.index("cfi") + 1


def test_an_inadmissible_fit_says_why():
    table = compare({"main": sem(ONE, DATA), "two": sem("f =~ x1 + x2", DATA)})
    assert table.admissible.tolist() == [True, False]
    assert "not identified" in table.note["two"] and "other variables: x3" in table.note["two"]


OTHER = {
    "fewer cases": (dict(data=DATA[:200]), "other cases: 200 instead of 301"),
    "other answers": (dict(data=DATA.assign(x1=DATA.x1.iloc[::-1].to_numpy())), "(other data)"),
    "means": (dict(mean_structure=True), "means are parameters of one model only"),
    "least squares": (dict(estimator="GLS"), "least squares have none"),
    "covariates": (dict(model=ONE + "; g ~ ageyr"), "other variables: ageyr"),
    "free covariates": (dict(model=ONE + "; g ~ x9"), ""),
    "groups": (dict(group="school", mean_structure=True), "means are parameters of one model only"),
    "only the order": (dict(model="g =~ x9 + x8 + x7 + x6 + x5 + x4 + x3 + x2 + x1"), ""),
    "covariances": (dict(data=None, sample_cov=DATA.loc[:, "x1":"x9"].cov(), n_obs=301), ""),
}


@pytest.mark.parametrize("name", OTHER)
def test_information_criteria_of_different_data_are_marked(name):
    arguments, note = OTHER[name]
    other = sem(**{"model": THREE, "data": DATA, **arguments})
    found = compare({"first": sem(THREE, DATA), "other": other}).note["other"]
    assert ("AIC and BIC cannot be compared" in found) == bool(note)
    assert note in found


def test_fixed_and_free_covariates_have_different_likelihoods():
    fits = {"fixed": sem("x1 ~ x2 + x3", DATA), "free": sem("x1 ~ x2 + x3; x2 ~~ x2 + x3; x3 ~~ x3", DATA)}
    assert "other exogenous variables are fixed" in compare(fits).note["free"]


def test_groups_and_missing_answers_are_still_the_same_data():
    holes = DATA.mask(
        (np.add.outer(np.arange(len(DATA)), np.arange(DATA.shape[1])) % 17 == 0) & (DATA.columns != "school")
    )
    one, two = (sem(THREE, holes, missing="fiml", group=group) for group in (None, "school"))
    assert compare({"one": one, "two": two}).note.tolist() == ["", ""]


@pytest.mark.parametrize("fits", [{}, [1, 2], {"a": 1}])
def test_anything_but_named_fits_is_refused(fits):
    with pytest.raises(EmolaborError, match="a dict of names and fits"):
        compare(fits)
