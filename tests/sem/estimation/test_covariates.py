"""Ordered and other outcomes of observed covariates, against lavaan (tests/r/covariates.R) and by hand.

lavaan's solutions are polished by Gauss-Newton steps; what remains is the 1e-8 that its optimiser leaves in the
residual correlations, carried into estimates and tests.
"""

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, options
from lavaan_reference import R, _table, measures, parameters
from scipy import stats
from scipy.optimize import minimize

import emolabor as el

pytestmark = pytest.mark.slow

CASES = case_table("covariates")
ORDERED = ["u1", "u2", "u3", "u4", "v1", "v2", "v3", "b1", "b2"]
# Of residuals lavaan 0.6-14 takes the mean over more moments than there are: it counts variances of covariates.
RESIDUAL = ("rmr", "rmr_nomean", "srmr", "srmr_bentler", "srmr_bentler_nomean", "crmr", "crmr_nomean")
MODEL = "f =~ u1 + u2 + u3 + u4; f ~ z + female"


@cache
def frame(name="covariates"):
    return pd.read_csv(R / "data" / {"covariates": "covariates.csv", "gaps": "covariates_gaps.csv"}[name])


def named(model):
    return [name for name in ORDERED if re.search(rf"\b{name}\b", model)]


@cache
def fitted(name):
    case = CASES[name]
    return el.sem(case["model"], frame(case["data"]), ordered=named(case["model"]), **options(case["options"]))


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    keys = ["lhs", "op", "rhs", "group"]
    theirs = parameters("covariates", name)
    theirs = theirs[~theirs.op.isin(["obs", "residual"])].set_index(keys)
    own = fitted(name).tidy().set_index(keys)
    assert set(own.index) == set(theirs.index)
    for what in ("est", "se", "std_lv", "std_all"):
        # A scale standardized is that of y* with variance 1 over the covariates too; lavaan writes 1 given them.
        kept = [key for key in theirs.index if what != "std_all" or key[1] != "~*~"]
        np.testing.assert_allclose(own.loc[kept, what], theirs.loc[kept, what], atol=2e-7, err_msg=what)


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    own = fitted(name).fit_measures()
    expected = measures("covariates", name).drop(list(RESIDUAL), errors="ignore")
    if name != "groups_equal":  # lavaan 0.7 frees intercepts where thresholds are equal
        newer = measures("covariates_0.7.2", name)
        expected = pd.concat([expected, newer[newer.index.isin(RESIDUAL)]])
    wrong = {
        measure: (own.get(measure), value)
        for measure, value in expected.items()
        if measure and not abs(own.get(measure, np.nan) - value) <= 1e-6 * max(1, abs(value))
    }
    assert not wrong


def test_the_baseline_is_the_model_of_no_association():
    # lavaan leaves its slopes free: it is not nested in this model then, whose CFI is 0 by it and whose TLI below.
    measures = fitted("probits").fit_measures()
    none = "b1 ~ 0*z + 0*female + 0*w + 0*post; u1 ~ 0*z + 0*female + 0*w + 0*post; b2 ~ 0*z + 0*female + 0*w + 0*post"
    alone = el.sem(f"{none}; b1 ~~ 0*u1 + 0*b2; u1 ~~ 0*b2", frame(), ordered=["b1", "u1", "b2"]).fit_measures()
    for name in ("chisq", "df", "chisq_scaled"):
        assert measures[f"baseline_{name}"] == pytest.approx(alone[name], rel=1e-9), name
    assert measures.baseline_df == 3 + 3 * 4 and 0 < measures.cfi < 1


@pytest.mark.parametrize("name", CASES)
def test_residual_slopes_equal_lavaan(name):
    theirs = _table("covariates").query("case == @name and op == 'residual'")
    for group, rows in theirs.groupby("group"):
        own = fitted(name).residual_slopes(group=int(group))
        gaps = [own.loc[row.lhs, row.rhs] - row.value for row in rows.itertuples()]
        assert np.abs(gaps).max() < 1e-7


@pytest.mark.parametrize("name", ["mimic", "mixed", "path_theta", "groups_equal", "mixed_path"])
def test_derivatives_are_those_of_the_discrepancy(name):
    fit = fitted(name)
    theta = fit.estimate.theta + 0.03 * np.random.default_rng(1).standard_normal(len(fit.estimate.theta))
    steps = 1e-5 * np.eye(len(theta))
    values = [(fit.model.value(theta + step) - fit.model.value(theta - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(fit.model.derivatives(theta)[1], values, atol=1e-8)


def test_ordered_mediators_in_delta_imply_what_theta_implies():
    delta = el.sem(CASES["path_theta"]["model"], frame(), ordered=["b1", "b2", "u1"])
    theta = fitted("path_theta")
    assert delta.fit_measures().chisq == pytest.approx(theta.fit_measures().chisq, rel=1e-6)
    paths = [fit.tidy().query("op == '~'").std_all.to_numpy() for fit in (delta, theta)]
    np.testing.assert_allclose(*paths, atol=1e-6)


def test_a_predictor_that_tells_nothing_has_no_slope():
    # w goes with z, and z alone matters: without a word about their covariance the slope of w would be z's in part.
    rng = np.random.default_rng(3)
    z = rng.normal(size=1500)
    w = 0.6 * z + 0.8 * rng.normal(size=1500)
    female = (rng.random(1500) < 0.3 + 0.2 * (z > 0)).astype(float)
    f = 0.5 * z + 0.5 * female + 0.8 * rng.normal(size=1500)
    data = pd.DataFrame({f"u{i}": np.digitize(0.8 * f + 0.6 * rng.normal(size=1500), [-0.8, 0, 0.7]) for i in range(4)})
    fit = el.sem("f =~ u0 + u1 + u2 + u3; f ~ z + w + female", data.assign(z=z, w=w, female=female), ordered=True)
    slopes = fit.tidy().query("op == '~'").set_index("rhs")
    assert abs(slopes.z["w"]) < 2
    # u0* has variance 1 given the covariates: 0.8 f over the root of (0.8 x 0.8)^2 + 0.6^2.
    truth = 0.8 / np.hypot(0.64, 0.6) * 0.5
    assert np.abs(slopes.est[["z", "female"]] - truth).max() < 3 * slopes.se["female"]
    assert not fit.warnings


def test_one_probit_is_the_ordinary_probit():
    data = frame()
    fit = el.sem("b1 ~ z + female", data, ordered=["b1"])

    def negative(parameters):
        predicted = data[["z", "female"]] @ parameters[1:] - parameters[0]
        return -np.where(data.b1 == 1, stats.norm.logcdf(predicted), stats.norm.logsf(predicted)).sum()

    found = minimize(negative, np.zeros(3), method="BFGS", options={"gtol": 1e-9}).x
    own = fit.tidy().set_index(["op", "rhs"]).est
    np.testing.assert_allclose([own["|", "t1"], own["~", "z"], own["~", "female"]], found, atol=1e-6)


@pytest.mark.parametrize("shift", [0.0, 50.0])
def test_units_of_covariates_do_not_matter(shift):
    data = frame().assign(z=lambda own: shift + own.z / 10)
    own, other = fitted("mimic"), el.sem(CASES["mimic"]["model"], data, ordered=named(CASES["mimic"]["model"]))
    assert other.fit_measures().chisq_scaled == pytest.approx(own.fit_measures().chisq_scaled, rel=1e-7)
    slopes = [fit.tidy().query("op == '~' and rhs == 'z'").est.item() for fit in (own, other)]
    assert slopes[1] == pytest.approx(10 * slopes[0], rel=1e-7)


def test_yes_or_no_columns_and_products_of_them():
    data = frame().assign(woman=frame().female == 1)
    fit = el.sem("f =~ u1 + u2 + u3 + u4; f ~ z + woman + z:woman", data, ordered=["u1", "u2", "u3", "u4"])
    own = el.sem(
        "f =~ u1 + u2 + u3 + u4; f ~ z + female + p",
        data.assign(p=data.z * data.female),
        ordered=["u1", "u2", "u3", "u4"],
    )
    np.testing.assert_allclose(fit.tidy().est, own.tidy().est, atol=1e-9)


def test_scores_are_the_modes_of_the_posterior_distribution():
    fit = fitted("direct")
    tidy = fit.tidy().set_index(["lhs", "op", "rhs"]).est
    scores, data = fit.factor_scores(), frame()
    items = {"f": ["u1", "u2", "u3", "u4"], "g": ["v1", "v2", "v3"]}
    for case in (0, 7, 100):
        row = data.iloc[case]
        mean_f = tidy["f", "~", "z"] * row.z + tidy["f", "~", "female"] * row.female

        def negative(eta, row=row, mean_f=mean_f):
            f, g = eta
            mean_g = tidy["g", "~", "f"] * f + tidy["g", "~", "w"] * row.w + tidy["g", "~", "post"] * row.post
            value = stats.norm.logpdf(f, mean_f, np.sqrt(tidy["f", "~~", "f"]))
            value += stats.norm.logpdf(g, mean_g, np.sqrt(tidy["g", "~~", "g"]))
            for factor, at in (("f", f), ("g", g)):
                for item in items[factor]:
                    cuts = np.array(
                        [
                            -np.inf,
                            *(tidy[item, "|", t] for _, o, t in tidy.index[tidy.index.get_loc(item)] if o == "|"),
                            np.inf,
                        ]
                    )
                    centre = tidy[factor, "=~", item] * at
                    centre += tidy["u2", "~", "female"] * row.female if item == "u2" else 0
                    lower, upper = (cuts[int(row[item]) - 1 : int(row[item]) + 1] - centre) / np.sqrt(
                        tidy[item, "~~", item]
                    )
                    value += np.log(stats.norm.cdf(upper) - stats.norm.cdf(lower))
            return -value

        found = minimize(negative, scores.iloc[case], method="BFGS", options={"gtol": 1e-9}).x
        np.testing.assert_allclose(scores.iloc[case], found, atol=1e-5)


def test_who_lacks_a_covariate_has_no_score():
    new = frame().head(3).assign(z=[np.nan, 1.0, 2.0])
    scores = fitted("mimic").factor_scores(newdata=new)
    assert scores.f.isna().tolist() == [True, False, False]


def test_answers_drawn_from_a_fit_have_its_slopes():
    fit = fitted("direct")
    again = el.sem(CASES["direct"]["model"], fit.simulate(6000, seed=1), ordered=named(CASES["direct"]["model"]))
    own, new = (f.tidy().query("op == '~'") for f in (fit, again))
    assert (np.abs(own.est - new.est) < 4 * new.se).all()


def test_resamples_vary_as_the_errors_say():
    fit = el.sem(MODEL, frame(), ordered=named(MODEL))
    found = fit.bootstrap(60, seed=1).ci().query("op == '~'")
    ratio = found.se / fit.tidy().query("op == '~'").se.to_numpy()
    assert ((ratio > 0.7) & (ratio < 1.4)).all()  # 60 resamples: the error of a standard error is a tenth


def test_nested_models_and_modification_indices():
    larger = fitted("mimic")
    restricted = el.sem("f =~ u1 + u2 + u3 + u4; f ~ z + 0*w + female", frame(), ordered=named(MODEL))
    test = el.lr_test(restricted, larger)
    wald = larger.tidy().query("rhs == 'w' and op == '~'").z.item() ** 2
    assert test.df_diff == 1 and test.chisq_diff == pytest.approx(wald, rel=0.2)
    found = restricted.modification_indices()
    assert not found.query("op == '~'").lhs.isin(["z", "w", "female"]).any()
    assert found.query("op == '~' and lhs == 'f' and rhs == 'w'").mi.item() > 0


def test_rows_without_a_covariate_are_left_out_and_told():
    fit = fitted("pairwise")
    assert fit.n_obs == 596
    said = next(str(notice) for notice in fit.warnings if notice.code == "exogenous_missing")
    assert said.startswith("4 of 600 rows were left out for a missing exogenous variable (z in 4)") and "~~" not in said


def test_zero_far_from_a_covariate_is_told_where_thresholds_are_held():
    data = frame().assign(z=lambda own: own.z + 2020)
    options = dict(ordered=["u1", "u2", "u3", "u4"], group="side")
    held = el.sem(MODEL, data, **options, group_equal=["thresholds", "loadings"])
    (notice,) = held.warnings
    assert notice.code == "far_covariates" and "z (mean 2022, standard deviation 0.97)" in notice
    near = el.sem(MODEL, frame(), **options, group_equal=["thresholds", "loadings"])
    se = [fit.tidy().query("op == '~' and rhs == 'z' and group == 2").se.item() for fit in (near, held)]
    assert near.warnings == () and se[1] > 5 * se[0]
    assert el.sem(MODEL, data, **options).warnings == ()


def test_the_ladder_of_groups():
    found = el.invariance(MODEL, frame(), "side", ordered=["u1", "u2", "u3", "u4"])
    assert found.table.df.is_monotonic_increasing and list(found.table.index)[:3] == [
        "configural",
        "thresholds",
        "metric",
    ]


DATA = frame()


@pytest.mark.parametrize(
    ("text", "changed", "declared", "said"),
    [
        (MODEL, {}, ["u1", "u2", "u3", "u4", "female"], "ordered: 'female' predicts and is predicted by nothing"),
        (MODEL, {"z": pd.Categorical(DATA.post, ordered=True)}, None, r"ordered: 'z' predicts .*pandas.get_dummies"),
        (
            MODEL,
            {"female": np.where(DATA.female == 1, "f", "m")},
            None,
            r"column 'female' holds '[fm]'; .*pandas.get_dummies",
        ),
        (MODEL, {"z": pd.Categorical(DATA.post)}, None, r"column 'z' holds categories; .*pandas.get_dummies"),
        (MODEL, {"z": np.nan}, None, "data: 'z' without any value"),
        (MODEL, {"female": 1}, None, "'female' does not vary"),
        (MODEL + " + post", {"post": 2 * DATA.female - 1}, None, "duplicated or summed variables"),
        (MODEL, {"female": (DATA.u1 > 3) * 1}, None, "'female' parts the answers to 'u1' so well"),
        ("u1 ~ z; y1 ~ z", {"y1": 3 * DATA.z}, ["u1"], "'y1' is a sum of the covariates"),
        ("u1 ~ z; y1 ~ w", {"y1": DATA.b1 + 1}, ["u1"], "'y1' takes two values only"),
    ],
)
def test_what_cannot_be_regressed_is_refused_by_name(text, changed, declared, said):
    with pytest.raises(el.EmolaborError, match=said):
        el.sem(text, DATA.assign(**changed), ordered=declared or ["u1", "u2", "u3", "u4"])


def test_a_covariate_that_is_constant_in_a_group_is_refused():
    data = DATA.assign(female=np.where(DATA.side == "east", 1, DATA.female))
    with pytest.raises(el.EmolaborError, match="data, group east: 'female' does not vary"):
        el.sem(MODEL, data, ordered=named(MODEL), group="side")


def test_covariates_alone_cannot_be_the_ordered_ones():
    with pytest.raises(el.EmolaborError, match="'female' predicts and is predicted by nothing"):
        el.sem("y1 ~ female", DATA, ordered=["female"])
