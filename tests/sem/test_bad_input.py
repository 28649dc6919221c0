"""Bad data, bad arguments, models that cannot be estimated: a clear error or a warning, never a silent number.

Each table names a case and what is expected of it. Warnings of numpy or pandas are errors here.
"""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from emolabor.common.errors import EmolaborError
from emolabor.sem import compare, invariance, lr_test, sem

pytestmark = pytest.mark.filterwarnings("error")

N = 200
ITEMS = ["x1", "x2", "x3", "x4", "x5", "x6"]
ONE = "F =~ x1 + x2 + x3"
TWO = "F =~ x1 + x2 + x3; G =~ x4 + x5 + x6"


def _answers():
    rng = np.random.default_rng(0)
    f = rng.normal(size=(N, 1))
    g = 0.5 * f + rng.normal(size=(N, 1))
    frame = pd.DataFrame(np.hstack([f, f, f, g, g, g]) + 0.8 * rng.normal(size=(N, 6)), columns=ITEMS)
    return frame.assign(side=np.where(np.arange(N) % 2, "left", "right"))


DATA = _answers()
COV = DATA[ITEMS].cov()
POINTS = DATA[ITEMS].mul(1.2).add(3).round().clip(1, 5).astype("int64").assign(side=DATA.side)


def with_columns(**columns):
    """The answers with some columns replaced."""
    return DATA.assign(**columns)


def first(value, name="x1"):
    """A column whose first answer is `value`."""
    return [value, *DATA[name][1:]]


def holes(share):
    """The answers with a share of them missing at random."""
    gone = np.random.default_rng(1).random((N, 6)) < share
    return DATA.assign(**DATA[ITEMS].mask(gone))


def apart():
    """x1 and x2 are never observed together."""
    return with_columns(x1=DATA.x1.where(np.arange(N) < 100), x2=DATA.x2.where(np.arange(N) >= 100))


def renamed(*names):
    """The answers under other column names."""
    return DATA.set_axis(names, axis=1)


# Case: (model, data, options, what the message says).
REFUSED = {
    "constant column": (ONE, with_columns(x1=3.3), {}, "data: 'x1' do(es) not vary"),
    "constant column, large": (ONE, with_columns(x1=1e8 + 0.1), {}, "data: 'x1' do(es) not vary"),
    "constant column, GLS": (ONE, with_columns(x1=3.3), {"estimator": "GLS"}, "'x1' do(es) not vary"),
    "constant column, FIML": (ONE, with_columns(x1=first(np.nan), x2=2), {"missing": "fiml"}, "'x2' do(es) not vary"),
    "constant predictor": (ONE + "; F ~ x4", with_columns(x4=0.0), {}, "'x4' do(es) not vary"),
    "constant in one group": (
        TWO,
        with_columns(x1=DATA.x1.where(DATA.side == "left", 0.0)),
        {"group": "side"},
        "data, group right: 'x1' do(es) not vary",
    ),
    "duplicate column": (ONE, with_columns(x2=DATA.x1), {}, "look for duplicated or summed variables among 'x1'"),
    "nearly duplicate column": (ONE, with_columns(x2=DATA.x1 + 1e-6 * DATA.x4), {}, "not positive definite"),
    "a column that is a sum": (ONE + " + x4", with_columns(x4=DATA.x1 + DATA.x2), {}, "not positive definite"),
    "three rows over and over": (TWO, pd.concat([DATA.head(3)] * 70), {}, "not positive definite"),
    "fewer rows than variables": (TWO, DATA.head(5), {}, "5 complete rows for 6 variables"),
    "as many rows as variables": (TWO, DATA.head(6), {}, "allowed: more rows than variables"),
    "fewer complete rows": (TWO, holes(0.8), {}, "complete rows for 6 variables"),
    "no rows": (TWO, DATA.head(0), {}, "0 complete rows for 6 variables"),
    "no columns": (TWO, pd.DataFrame(), {}, "the model's variables 'x1', 'x2'"),
    "column without answers": (TWO, with_columns(x1=np.nan), {"missing": "fiml"}, "'x1' without any value"),
    "never observed together": (TWO, apart(), {"missing": "fiml"}, "'x1' and 'x2' are never observed together"),
    "never observed together, listwise": (TWO, apart(), {}, "0 complete rows for 6 variables (200 rows left out)"),
    "80 % missing": (TWO, holes(0.8), {"missing": "fiml"}, "moments of the incomplete answers were not found in 5000"),
    "70 % missing": (TWO, holes(0.7), {"missing": "fiml"}, "duplicated or summed variables and too many missing"),
    "text": (ONE, with_columns(x1="often"), {}, "column 'x1' holds 'often'; allowed: numbers"),
    "one text among numbers": (ONE, with_columns(x1=first("n/a")), {}, "column 'x1' holds 'n/a'"),
    "numbers as text": (ONE, with_columns(x1=POINTS.x1.astype(str)), {}, "allowed: numbers"),
    "category of numbers": (ONE, POINTS.astype({"x1": "category"}), {}, "values of type category; allowed: numbers"),
    "category of texts": (ONE, with_columns(x1=pd.Categorical(DATA.side)), {}, "holds 'right'; allowed: numbers"),
    "dates": (ONE, with_columns(x1=pd.date_range("2020-01-01", periods=N)), {}, "column 'x1' holds Timestamp"),
    "complex numbers": (ONE, with_columns(x1=DATA.x1 + 1j), {}, "column 'x1' holds"),
    "decimals": (ONE, with_columns(x1=[Decimal(int(x)) for x in POINTS.x1]), {}, "column 'x1' holds Decimal"),
    "infinite": (ONE, with_columns(x1=first(np.inf)), {}, "column 'x1' is infinite in row 1"),
    "minus infinite, FIML": (ONE, with_columns(x1=first(-np.inf)), {"missing": "fiml"}, "is infinite in row 1"),
    "numbers too large": (ONE, with_columns(x1=DATA.x1 * 1e150), {}, "column 'x1' is -1.62622e+149 in row 1"),
    "numbers too small": (ONE, with_columns(x1=DATA.x1 * 1e-100), {}, "'x1' has a standard deviation of 1.2"),
    "unknown column": (TWO + " + q", DATA, {}, "the model's variables 'q' are no columns"),
    "column twice": (ONE, renamed("x1", "x1", "x2", "x3", "x5", "x6", "side"), {}, "'x1' is there 2 times"),
    "columns named by numbers": (
        ONE,
        renamed(1, 2, 3, 4, 5, 6, "side"),
        {},
        "'x1', 'x2', 'x3' are no columns; allowed: ",
    ),
    "columns in levels": (ONE, DATA.set_axis(pd.MultiIndex.from_product([["a"], DATA]), axis=1), {}, "are no columns"),
    "not a frame": (ONE, DATA[ITEMS].to_numpy(), {}, "data: found ndarray; allowed: a pandas DataFrame"),
    "latent variable is a column": ("x4 =~ x1 + x2 + x3", DATA, {}, "the latent variable 'x4' is a column of data"),
    "group is a variable": (TWO, with_columns(x6=np.arange(N) % 2), {"group": "x6"}, "'x6' is a variable of the model"),
    "group of one row": (TWO, with_columns(side=first("alone", "side")), {"group": "side"}, "group alone: 1 complete"),
    "group emptied by missing answers": (
        TWO,
        with_columns(x1=DATA.x1.where(DATA.side == "left")),
        {"group": "side"},
        "data, group right: 'x1' without any value",
    ),
    "one group only": (TWO, with_columns(side="left"), {"group": "side"}, "has one value only (left)"),
    "group missing": (TWO, with_columns(side=first(None, "side")), {"group": "side"}, "'side' is missing in row 1"),
    "group unknown": (TWO, DATA, {"group": "team"}, "group: 'team' is no column"),
    "group in a list": (TWO, DATA, {"group": ["side"]}, "group: ['side'] is no column"),
    "lists as groups": (TWO, with_columns(side=[[1], [2]] * 100), {"group": "side"}, "'side' holds lists or dicts"),
    "one cluster only": (TWO, with_columns(side=1), {"cluster": "side"}, "cluster: data has one cluster only"),
    "cluster within one group": (TWO, DATA, {"cluster": "side", "group": "side"}, "has one cluster only"),
    "cluster missing": (TWO, with_columns(side=first(None, "side")), {"cluster": "side"}, "is missing in row 1"),
    "empty text": ("", DATA, {}, "model: no formula was found"),
    "blank text": ("  \n ;; \n", DATA, {}, "model: no formula was found"),
    "only comments": ("# F =~ x1 + x2\n! x1 ~ x2", DATA, {}, "model: no formula was found"),
    "only definitions": ("a := 1", DATA, {}, "line 1, column 3: a ':=' line stands alone"),
    "text is bytes": (b"F =~ x1 + x2 + x3", DATA, {}, "model: found bytes"),
    "variable on itself": ("x1 ~ x1", DATA, {}, "line 1, column 6: 'x1' stands on both sides"),
    "latent variables of each other": ("F =~ G; G =~ F + x1 + x2 + x3", DATA, {}, "not positive definite at the start"),
    "indicator twice": ("F =~ x1 + x2 + x1", DATA, {}, "line 1, column 16: 'F =~ x1' is given a second time"),
    "one path in two words": (ONE + "; x1 ~ F", DATA, {}, "column 25: 'x1 ~ F' is the path of 'F =~ x1' once more"),
    "thresholds": (ONE + "; x1 | t1", DATA, {}, "has 200 categories; allowed: up to 20"),
    "fixed value beyond all": ("F =~ x1 + 1e300*x2 + x3", DATA, {}, "column 11: '1e300' is 1e+300"),
    "fixed value without value": ("F =~ x1 + log(-1)*x2 + x3", DATA, {}, "column 11: 'log(-1)' is nan"),
    "start without value": ("F =~ x1 + start(0/0)*x2 + x3", DATA, {}, "column 17: '0/0' is nan"),
    "unknown label": (ONE + "; d := a", DATA, {}, "'a' is no label of the model"),
    "label defined twice": ("F =~ x1 + a*x2 + x3; d := a; d := 2*a", DATA, {}, "'d' is a label already"),
    "constraints contradict": ("F =~ x1 + a*x2 + x3; a == 1; a == 2", DATA, {}, "constraints contradict each other"),
    "bounds that contradict": ("F =~ x1 + a*x2 + x3; a > 2; a < 1", DATA, {}, "constraints contradict each other"),
    "constraint of constants": (ONE + "; 1 == 2", DATA, {}, "constraints contradict each other"),
    "values for groups without groups": ("F =~ x1 + c(a, b)*x2 + x3", DATA, {}, "c() has 2 values for 1 group(s)"),
    "estimator": (ONE, DATA, {"estimator": "mlf"}, "estimator: found 'MLF'; allowed: ML"),
    "estimator in a list": (ONE, DATA, {"estimator": ["ML"]}, "estimator: found ['ML']"),
    "std_lv as text": (ONE, DATA, {"std_lv": "no"}, "std_lv: found 'no'; allowed: True, False"),
    "mean_structure as text": (ONE, DATA, {"mean_structure": "no"}, "mean_structure: found 'no'"),
    "group_equal without groups": (
        ONE,
        DATA,
        {"group_equal": ["loadings"]},
        "group_equal, group_partial: found without",
    ),
    "group_equal unknown": (ONE, DATA, {"group": "side", "group_equal": "loading"}, "group_equal: found 'loading'"),
    "group_partial unknown": (ONE, DATA, {"group": "side", "group_partial": "F=~q"}, "'F=~q' is no parameter"),
    "no cases given": (ONE, None, {"sample_cov": COV}, "n_obs: found None"),
    "no cases": (ONE, None, {"sample_cov": COV, "n_obs": 0}, "n_obs: found 0"),
    "fewer than no cases": (ONE, None, {"sample_cov": COV, "n_obs": -5}, "n_obs: found -5"),
    "half a case": (ONE, None, {"sample_cov": COV, "n_obs": 10.5}, "n_obs: found 10.5"),
    "endless cases": (ONE, None, {"sample_cov": COV, "n_obs": np.inf}, "n_obs: found inf"),
    "cases as text": (ONE, None, {"sample_cov": COV, "n_obs": "200"}, "n_obs: found '200'"),
    "fewer cases than variables": (ONE, None, {"sample_cov": COV, "n_obs": 3}, "n_obs: found 3 for 3 variables"),
    "covariances without names": (ONE, None, {"sample_cov": COV.to_numpy(), "n_obs": 200}, "allowed: a DataFrame"),
    "covariances as text": (ONE, None, {"sample_cov": COV.astype(str), "n_obs": 200}, "sample_cov: column 'x1' holds"),
    "covariances all one": (
        ONE,
        None,
        {"sample_cov": COV * 0 + 1, "n_obs": 200},
        "sample_cov: the covariance matrix is",
    ),
    "negative variance": (
        ONE,
        None,
        {"sample_cov": -COV, "n_obs": 200},
        "sample_cov: 'x1', 'x2', 'x3' do(es) not vary",
    ),
    "means without names": (
        ONE,
        None,
        {"sample_cov": COV, "sample_mean": [0, 0, 0], "n_obs": 200},
        "sample_mean: no value for 'x1', 'x2', 'x3'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    model, data, options, message = REFUSED[case]
    before = data.copy(deep=True) if isinstance(data, pd.DataFrame) else None
    with pytest.raises(EmolaborError) as error:
        sem(model, data, **options)
    assert message in str(error.value)
    if before is not None:
        pd.testing.assert_frame_equal(data, before)


# Case: (model, data, options, what `problems` says). The fit can be had, but is not admissible.
INADMISSIBLE = {
    "no marker": ("F =~ NA*x1 + x2 + x3", DATA, {}, "it has 1 more parameters than moments"),
    "no marker, two factors": (
        "F =~ NA*x1 + x2 + x3; G =~ x4 + x5 + x6",
        DATA,
        {},
        "the information matrix is singular",
    ),
    "no marker, MLR": ("F =~ NA*x1 + x2 + x3", DATA, {"estimator": "MLR"}, "the information matrix is singular"),
    "no marker, ULS": ("F =~ NA*x1 + x2 + x3", DATA, {"estimator": "ULS"}, "the information matrix is singular"),
    "no marker, FIML": ("F =~ NA*x1 + x2 + x3", DATA, {"missing": "fiml"}, "the information matrix is singular"),
    "two indicators alone": ("F =~ x1 + x2", DATA, {}, "it has 1 more parameters than moments"),
    "too many covariances": (ONE + "; x1 ~~ x2 + x3; x2 ~~ x3", DATA, {}, "it has 3 more parameters than moments"),
    "too many covariances, MLM": (ONE + "; x1 ~~ x2", DATA, {"estimator": "MLM"}, "more parameters than moments"),
    "regressions in a circle": ("x1 ~ x2; x2 ~ x1", DATA, {}, "the information matrix is singular"),
    "factors in a circle": (TWO + "; F ~ G; G ~ F", DATA, {}, "the information matrix is singular"),
    "latent mean beside intercepts": (ONE + "; F ~ 1", DATA, {}, "the information matrix is singular"),
    "loadings all zero": ("F =~ 0*x1 + 0*x2", DATA, {}, "the information matrix is singular"),
    "residual variance fixed below zero": (ONE + "; x1 ~~ -1*x1", DATA, {}, "the variance of x1 is negative (-1.000)"),
    "correlation beyond one": (TWO + "; F ~~ 1*F; G ~~ 1*G; F ~~ 1.5*G", DATA, {}, "beyond 1 (1.500)"),
    "constraint nothing can meet": ("F =~ x1 + a*x2 + x3; a^2 == -1", DATA, {}, "constraints could not be met"),
    "few complete rows": (TWO, holes(0.4), {}, "the search did not converge"),
}


@pytest.mark.parametrize("case", INADMISSIBLE)
def test_inadmissible(case):
    model, data, options, reason = INADMISSIBLE[case]
    fit = sem(model, data, **options)
    assert not fit.admissible
    assert any(reason in problem for problem in fit.problems)
    assert "Admissible solution: NO" in fit.summary() and reason in fit._repr_html_()
    if "singular" in reason:
        assert fit.tidy().se[fit.tidy().se != 0].isna().all()


# Case: (model, data, options, what `warnings` says). The fit can be had with a grain of salt.
WARNED = {
    "one row more than variables": (TWO, DATA.head(7), {}, "7 cases are fewer than the 13 free parameters"),
    "one row more, MLR": (TWO, DATA.head(7), {"estimator": "MLR"}, "7 cases are fewer than"),
    "40 % missing": (TWO, holes(0.4), {"missing": "fiml"}, "40% of the answers are missing"),
    "40 % missing, MLR": (TWO, holes(0.4), {"missing": "fiml", "estimator": "MLR"}, "40% of the answers are missing"),
    "75 % missing": (TWO, holes(0.75), {"missing": "fiml"}, "x1 and x4 are observed together in 8.5% of the rows"),
    "half the rows incomplete": (ONE, holes(0.2), {}, "89 rows with missing answers (44%) were left out"),
    "one scale huge": (TWO, with_columns(x1=DATA.x1 * 1e8), {}, "take similar scales"),
    "one scale tiny": (TWO, with_columns(x1=DATA.x1 * 1e-8), {}, "times that of x1: take similar scales"),
    "two clusters": (TWO, DATA, {"cluster": "side"}, "2 clusters are fewer than the 19 free parameters"),
    "few cases by table": (TWO, None, {"sample_cov": COV, "n_obs": 9}, "9 cases are fewer than"),
    "division by zero": ("F =~ x1 + a*x2 + x3; d := a/0", DATA, {}, "d := a/0 has no finite value"),
    "zero by zero": ("F =~ x1 + a*x2 + x3; d := 0/0 + a", DATA, {}, "d := 0/0+a has no finite value"),
    "log of a negative number": ("F =~ x1 + a*x2 + x3; d := log(-a)", DATA, {}, "d := log(-a) has no finite value"),
    "beyond all numbers": ("F =~ x1 + a*x2 + x3; d := exp(1000*a)", DATA, {}, "has no finite value"),
    "no slope": ("F =~ x1 + a*x2 + x3; d := sqrt(a - a)", DATA, {}, "d := sqrt(a-a) has no finite standard error"),
}


@pytest.mark.parametrize("case", WARNED)
def test_warned(case):
    model, data, options, warning = WARNED[case]
    fit = sem(model, data, **options)
    assert any(warning in said for said in fit.warnings)
    assert f"Warning: {fit.warnings[0]}" in fit.summary()
    tidy = fit.tidy()
    assert np.isfinite(tidy.est[tidy.op != ":="]).all()


# Case: what makes the same numbers as the plain data, within `relative` (float32 keeps seven digits).
SAME = {
    "integers of one byte": (POINTS, POINTS.astype(dict.fromkeys(ITEMS, "int8")), 1e-12),
    "nullable integers": (POINTS, POINTS.astype(dict.fromkeys(ITEMS, "Int64")), 1e-12),
    "nullable numbers": (DATA, DATA.astype(dict.fromkeys(ITEMS, "Float64")), 1e-12),
    "arrow numbers": (DATA, DATA.astype(dict.fromkeys(ITEMS, "float64[pyarrow]")), 1e-12),
    "numbers among objects": (DATA, DATA.astype(dict.fromkeys(ITEMS, "object")), 1e-12),
    "short numbers": (DATA, DATA.astype(dict.fromkeys(ITEMS, "float32")), 1e-5),
    "yes and no": (
        with_columns(x1=(DATA.x1 > 0).astype(float)),
        with_columns(x1=DATA.x1 > 0),
        1e-12,
    ),
    "yes, no and missing": (
        with_columns(x1=first(np.nan)).iloc[1:].assign(x1=(DATA.x1[1:] > 0).astype(float)),
        with_columns(x1=pd.array([None, *(DATA.x1[1:] > 0)], dtype="boolean")),
        1e-12,
    ),
    "other columns are odd": (
        DATA,
        with_columns(**{"a b": "text"}).assign(y=1).set_axis([*DATA, 7, "side"], axis=1),
        1e-12,
    ),
    "far from zero": (DATA, DATA.assign(x1=DATA.x1 + 1e8), 1e-6),
}


@pytest.mark.parametrize("case", SAME)
def test_the_same_answers_in_another_form(case):
    plain, other, relative = SAME[case]
    expected, own = sem(TWO, plain), sem(TWO, other)
    assert own.admissible
    np.testing.assert_allclose(own.tidy().est, expected.tidy().est, rtol=relative, atol=relative)
    np.testing.assert_allclose(own.tidy().se, expected.tidy().se, rtol=relative, atol=relative)


@pytest.mark.parametrize("scale", [1e-20, 1e-8, 1e8, 1e20])
@pytest.mark.parametrize(
    "options", [{}, {"estimator": "MLR"}, {"estimator": "GLS"}, {"missing": "fiml", "estimator": "MLR"}]
)
def test_units_of_measurement_do_not_matter(scale, options):
    data = holes(0.05) if "missing" in options else DATA
    plain, scaled = (sem(TWO, frame, **options) for frame in (data, data.assign(**data[ITEMS] * scale)))
    assert scaled.admissible
    np.testing.assert_allclose(scaled.tidy().std_all, plain.tidy().std_all, rtol=1e-7)
    np.testing.assert_allclose(
        scaled.fit_measures()[["chisq", "cfi"]], plain.fit_measures()[["chisq", "cfi"]], rtol=1e-7
    )


def test_a_level_without_cases_is_no_group():
    levels = pd.Categorical(DATA.side, categories=["nobody", "left", "right"])
    fit = sem(TWO, with_columns(side=levels), group="side")
    assert [sample.label for sample in fit.model.samples] == ["left", "right"]
    np.testing.assert_allclose(fit.fit_measures(), sem(TWO, DATA, group="side").fit_measures(), atol=1e-7)


FIT = sem("F =~ x1 + a*x2 + x3; G =~ x4 + x5 + x6; G ~ F", DATA)
UNIDENTIFIED = sem("F =~ a*x1 + x2", DATA)

# Case: (call, what the message says).
CALLS = {
    "level": (lambda: FIT.tidy(level=95), "level: found 95"),
    "level of effects": (lambda: FIT.effects(level=0), "level: found 0"),
    "group of implied_cov": (lambda: FIT.implied_cov(2), "group: found 2; allowed: a whole number of at most 1"),
    "no resamples": (lambda: FIT.bootstrap(0), "n_resamples: found 0"),
    "kind of resamples": (lambda: FIT.bootstrap(10, kind="jackknife"), "kind: found 'jackknife'"),
    "seed": (lambda: FIT.bootstrap(10, seed=-1), "seed: found -1"),
    "jobs": (lambda: FIT.bootstrap(10, jobs=0), "jobs: found 0"),
    "one resample": (lambda: FIT.bootstrap(1).ci(), "no interval can be made of fewer than two draws"),
    "resamples of a table": (lambda: sem(ONE, sample_cov=COV, n_obs=N).bootstrap(10), "the fit has no cases"),
    "resamples, not identified": (lambda: UNIDENTIFIED.bootstrap(10), "bootstrap: the model is not identified"),
    "draws, not identified": (lambda: UNIDENTIFIED.monte_carlo(10), "monte_carlo: the model is not identified"),
    "no draws": (lambda: FIT.monte_carlo(0), "n_draws: found 0"),
    "seed of draws": (lambda: FIT.monte_carlo(10, seed="one"), "seed: found 'one'"),
    "Wald, no text": (lambda: FIT.wald_test(None), "constraints: found None"),
    "Wald, unknown label": (lambda: FIT.wald_test("q == 1"), "'q' is no label of the model; allowed: a"),
    "Wald, said twice": (lambda: FIT.wald_test("a == 1; a == 1"), "says something twice"),
    "Wald, no value": (lambda: FIT.wald_test("a/0 == 1"), "a constraint has no value"),
    "Wald, not identified": (lambda: UNIDENTIFIED.wald_test("a == 1"), "the model is not identified"),
    "score test of nothing": (lambda: FIT.score_test(), "the model has no equality constraint"),
    "ratio test of no fit": (lambda: lr_test(FIT, None), "lr_test: found NoneType"),
    "ratio test of a fit with itself": (lambda: lr_test(FIT, FIT), "both models have 8 degrees of freedom"),
    "ratio test, other variables": (lambda: lr_test(FIT, UNIDENTIFIED), "models are of different variables"),
    "compare nothing": (lambda: compare({}), "fits: found {}; allowed: a dict"),
    "invariance without groups": (lambda: invariance(TWO, DATA, group="team"), "group: 'team' is no column"),
}


@pytest.mark.parametrize("case", CALLS)
def test_calls_that_are_refused(case):
    call, message = CALLS[case]
    with pytest.raises(EmolaborError) as error:
        call()
    assert message in str(error.value)


def test_what_has_no_solution_is_said_by_who_is_asked():
    assert "not identified" in str(UNIDENTIFIED.second_opinion())
    assert invariance("F =~ x1 + x2", DATA, group="side").level is None
