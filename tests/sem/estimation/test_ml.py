"""Maximum likelihood against lavaan 0.6-14 (tests/r/ml.R)."""

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import cases, measures, parameters, public_data

from emolabor.common.errors import EmolaborError
from emolabor.sem import cfa, sem

# lavaan's optimiser, set as tight as it goes, still leaves up to 7e-6 in estimates of size 10 (its gradient is not zero
# there, ours is below 1e-12), so estimates are compared at 1e-5 relative to max(1, |value|); measures depend on the
# estimates to second order only, except the raw residual mean square, which is unstandardized.
ESTIMATES, CHISQ, INDICES, RAW_RESIDUAL = 1e-5, 1e-6, 1e-7, 1e-5
ON_CHISQ_SCALE = {"chisq", "baseline_chisq", "logl", "unrestricted_logl", "aic", "bic", "bic2", "cn_05", "cn_01"}
CASES = {case["case"]: case for case in cases("ml")}


def fitted(name):
    case = CASES[name]
    options = {"mean_structure": True} if "meanstructure" in case["options"] else {}
    return sem(case["model"], public_data(case["data"]), std_lv="std.lv" in case["options"], **options)


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    tidy, expected = fitted(name).tidy(), parameters("ml", name)
    keys = ["lhs", "op", "rhs", "group"]
    assert tidy[keys].to_numpy().tolist() == expected[keys].to_numpy().tolist()
    for column in ("est", "se", "std_lv", "std_all"):
        known = expected[column].notna().to_numpy()
        gap = np.abs(tidy[column].to_numpy()[known] - expected[column].to_numpy()[known])
        assert np.all(gap <= ESTIMATES * np.maximum(1, np.abs(expected[column].to_numpy()[known]))), column


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    own, expected = fitted(name).fit_measures(), measures("ml", name)
    assert set(expected.index) <= set(own.index)
    for measure, value in expected.items():
        tolerance = CHISQ if measure in ON_CHISQ_SCALE else RAW_RESIDUAL if measure.startswith("rmr") else INDICES
        assert own[measure] == pytest.approx(value, abs=tolerance), measure


def test_known_numbers_of_holzinger_swineford():
    fit = fitted("hs")
    tidy = fit.tidy().set_index(["lhs", "op", "rhs"])
    assert fit.fit_measures()["chisq"] == pytest.approx(85.30552177, abs=1e-6)
    assert tidy.est["visual", "=~", "x3"] == pytest.approx(0.7293702098, abs=1e-5)
    assert fit.admissible and fit.converged and fit.problems == ()


def test_a_covariance_matrix_gives_what_the_data_give():
    data = public_data("holzinger")[["x1", "x2", "x3", "x4", "x5", "x6"]]
    model = "f =~ x1 + x2 + x3; g =~ x4 + x5 + x6; g ~ f"
    from_data = sem(model, data, mean_structure=True)
    from_cov = sem(model, sample_cov=data.cov(), sample_mean=data.mean(), n_obs=len(data))
    pd.testing.assert_frame_equal(from_data.tidy(), from_cov.tidy(), rtol=1e-9)
    pd.testing.assert_series_equal(from_data.fit_measures(), from_cov.fit_measures(), rtol=1e-9)
    without_means = cfa(model, sample_cov=data.cov(), n_obs=len(data))
    assert without_means.fit_measures()["chisq"] == pytest.approx(from_data.fit_measures()["chisq"], abs=1e-9)


def test_intervals_are_estimate_and_error():
    tidy = fitted("hs").tidy()
    free = tidy[tidy.se > 0]
    assert np.allclose(free.ci_upper - free.est, 1.959963984540054 * free.se)
    assert np.allclose(free.z, free.est / free.se)
    fixed = tidy[tidy.se == 0]
    assert fixed.z.isna().all() and (fixed.ci_lower == fixed.est).all()


def test_the_data_frame_is_not_changed():
    data = public_data("democracy").copy()
    before = data.copy()
    sem(CASES["pd"]["model"], data)
    pd.testing.assert_frame_equal(data, before)


def test_an_improper_solution_says_so():
    names = list("abcd")
    cov = pd.DataFrame(np.eye(4), index=names, columns=names)
    for first, second, value in (("a", "b", 0.9), ("a", "c", 0.9), ("b", "c", 0.65), ("a", "d", 0.1)):
        cov.loc[first, second] = cov.loc[second, first] = value
    fit = sem("f =~ a + b + c", sample_cov=cov, n_obs=200)
    assert not fit.admissible
    assert "variance of a is negative" in fit.problems[0]
    assert "NO: the variance of a is negative" in fit.summary()


def test_an_unidentified_model_says_so():
    fit = sem("f =~ x1 + x2", public_data("holzinger"))
    assert not fit.admissible
    assert any("not identified" in problem for problem in fit.problems)


def test_rows_with_missing_answers_are_left_out_and_counted():
    data = public_data("holzinger").copy()
    data.loc[3, "x1"] = np.nan
    fit = sem("visual =~ x1 + x2 + x3", data)
    assert fit.n_obs == 300
    assert "1 rows with missing answers left out" in fit.summary()


BAD = {
    "unknown column": (dict(model="f =~ x1 + x2 + zz"), "data: the model's variables 'zz' are no columns"),
    "no data": (dict(model="f =~ x1 + x2 + x3", data=None), "data, sample_cov: found neither"),
    "not a frame": (dict(model="f =~ x1 + x2 + x3", data=[1, 2]), "data: found list"),
    "estimator": (dict(model="f =~ x1 + x2 + x3", estimator="mle"), "estimator: found 'MLE'; allowed: ML, MLM"),
    "model type": (dict(model=3), "model: found int"),
    "two equal columns": (dict(model="f =~ x1 + x2 + copy"), "not positive definite"),
    "constant": (dict(model="f =~ x1 + x2 + one"), "'one' do(es) not vary"),
    "text": (dict(model="f =~ x1 + x2 + word"), "column 'word' holds 'many'; allowed: numbers"),
    "infinite": (dict(model="f =~ x1 + x2 + endless"), "column 'endless' is infinite in row 1"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named(name):
    arguments, message = BAD[name]
    data = public_data("holzinger").assign(one=1, word="many", endless=np.inf)
    data["copy"] = data.x1
    with pytest.raises(EmolaborError) as error:
        sem(**{"data": data, **arguments})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cov: cov.iloc[:2], "row names equal its column names"),
        (lambda cov: cov.assign(x2=[0.5, 1.0, 0.1]), "not symmetric: x1, x2 is 0.5 but x2, x1 is 0.3"),
        (lambda cov: cov * 0 + 1, "not positive definite"),
        (lambda cov: cov.where(cov != 0.3), "missing or infinite"),
        (
            lambda cov: cov.rename(index={"x3": "q"}, columns={"x3": "q"}),
            "variables 'x3' are missing; allowed: 'x1', 'x2', 'q'",
        ),
    ],
)
def test_a_bad_covariance_matrix_is_refused(change, message):
    names = ["x1", "x2", "x3"]
    cov = pd.DataFrame([[1, 0.3, 0.2], [0.3, 1, 0.1], [0.2, 0.1, 1]], index=names, columns=names)
    with pytest.raises(EmolaborError, match="sample_cov") as error:
        sem("f =~ x1 + x2 + x3", sample_cov=change(cov), n_obs=100)
    assert message in str(error.value)
    with pytest.raises(EmolaborError, match="n_obs: found 0"):
        sem("f =~ x1 + x2 + x3", sample_cov=cov, n_obs=0)
