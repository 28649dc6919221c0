"""Random slopes: against lavaan 0.7-2 (tests/r/random_slopes.R), a plain normal density and statsmodels' MixedLM."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, options
from lavaan_reference import R

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.sem.implied.ram import implied_moments
from emolabor.sem.two_level.slopes import RandomSlopeFit

pytestmark = pytest.mark.slow

CASES = case_table("random_slopes")
KEYS = ["lhs", "op", "rhs", "level"]
# Of max(1, |value|): lavaan's search stops that far from the maximum; its errors come from a Hessian by differences.
TOLERANCE = {"est": 1e-5, "se": 1e-4}
# Predictions follow from several parameters, each of them up to 1e-5 from lavaan's.
PREDICTED = 5e-5
FILES = {"slopes": "random_slopes", "gaps": "random_slopes_gaps"}
ONE = 'level: 1; load ~ rv("s")*hours + support; level: 2; load + s ~ climate; load ~~ s'


@cache
def reference():
    return pd.read_csv(R / "random_slopes.csv", keep_default_na=False)


@cache
def data(name="slopes"):
    return pd.read_csv(R / "data" / f"{FILES[name]}.csv")


@cache
def fitted(name):
    case = CASES[name]
    return el.sem(case["model"], data(case["data"]), **options(case["options"]))


def expected(name, op="parameters"):
    own = reference()
    own = own[own.case == name]
    if op == "measures":
        return own[own.op == ""].set_index("what").value.astype(float)
    rows = own[(own.op != "") & ((own.op == "slope") == (op == "slope"))]
    return rows.pivot(index=KEYS, columns="what", values="value").astype(float)


@pytest.mark.parametrize("name", CASES)
def test_parameters_equal_lavaan(name):
    rows, own = expected(name), fitted(name).tidy().set_index(KEYS)
    assert {key for key in own.index if not own.label[key].startswith("rv(")} == set(rows.index)
    for column, tolerance in TOLERANCE.items():
        gap = (own[column][rows.index] - rows[column]).abs() / np.maximum(1, rows[column].abs())
        assert gap.max() <= tolerance, (column, gap.idxmax(), gap.max())


@pytest.mark.parametrize("name", CASES)
def test_fit_measures_equal_lavaan(name):
    own = fitted(name).fit_measures()
    assert "chisq" not in own
    for measure, value in expected(name, "measures").items():
        tolerance = 1e-4 if measure == "scaling_factor_h0" else 1e-6
        assert own[measure] == pytest.approx(value, rel=tolerance, abs=tolerance), measure


@pytest.mark.parametrize("name", CASES)
def test_slopes_of_clusters_equal_lavaan(name):
    rows = expected(name, "slope")
    own = fitted(name).slopes().set_index(["cluster", "slope"])
    for column in TOLERANCE:
        found = own[column][[(int(lhs), rhs) for lhs, _, rhs, _ in rows.index]].to_numpy()
        assert found == pytest.approx(rows[column].to_numpy(), abs=PREDICTED)


def _density_of_cluster(fit, theta, rows):
    """Log-density of one cluster's answers given its covariates, all of them at once; `rows` its cases."""
    (pair,), (within, between) = fit.bound.pairs, (table.variables for table in fit.tables.levels)
    inner, outer = implied_moments(pair.conditional, theta), implied_moments(pair.between, theta)
    names, outside = (*within.observed, *within.latent), (*between.observed, *between.latent)
    answers = [name for name in within.observed if name not in within.fixed_x]
    facts = [name for name in between.observed if name not in within.observed]
    residual = inner.covariance[: len(within.observed), : len(within.observed)]
    design, mean, values, kept = [], [], [], []
    for i, row in enumerate(rows.itertuples()):
        for name in answers:
            place, line = names.index(name), np.zeros(len(outside))
            centre = inner.means[place]
            if name in outside:
                line[outside.index(name)] += 1
            for x in within.fixed_x:
                centre += inner.total[place, names.index(x)] * getattr(row, x)
            for path in fit.tables.levels[0].rows:
                if path.slope:
                    line[outside.index(path.slope)] += inner.total[place, names.index(path.lhs)] * getattr(
                        row, path.rhs
                    )
            if not np.isnan(getattr(row, name)):
                design.append(line)
                mean.append(centre)
                values.append(getattr(row, name))
                kept.append((i, place))
    for name in facts:
        design.append(np.eye(len(outside))[outside.index(name)])
        mean.append(0.0)
        values.append(rows[name].iloc[0])
    design = np.array(design)
    cov = design @ outer.covariance @ design.T
    for a, (i, j) in enumerate(kept):
        for b, (k, m) in enumerate(kept):
            cov[a, b] += residual[j, m] * (i == k)
    gap = np.array(values) - mean - design @ outer.means
    return -0.5 * (np.linalg.slogdet(cov)[1] + gap @ np.linalg.solve(cov, gap))


SLOPE_PREDICTS = 'level: 1; load ~ rv("s")*hours + support; level: 2; load ~~ s; turnover ~ s + climate'


@pytest.mark.parametrize("name", ["latent", "mediation", "one_slope_twice", "holes", "holes_latent", "slope predicts"])
def test_likelihood_is_the_normal_density_of_every_cluster(name):
    fit = el.sem(SLOPE_PREDICTS, data(), cluster="centre") if name == "slope predicts" else fitted(name)
    answers = data("gaps" if name.startswith("holes") else "slopes")
    theta = fit.estimate.theta + 0.02
    used = [name for name in fit.tables.levels[0].variables.observed if name not in ("hours", "support")]
    answers = answers[answers[used].notna().any(axis=1)]
    total = sum(_density_of_cluster(fit, theta, rows) for _, rows in answers.groupby("centre"))
    assert -fit.n_obs * fit.bound.value(theta) == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("name", ["latent", "one_slope_twice", "holes_latent"])
def test_gradient_and_scores_are_the_slopes_of_the_likelihood(name):
    model, theta = fitted(name).bound, fitted(name).estimate.theta + 0.02
    step = 1e-5 * np.eye(len(theta))
    slopes = [(model.value(theta + own) - model.value(theta - own)) / 2e-5 for own in step]
    gradient = model.value_and_gradient(theta)[1]
    assert gradient == pytest.approx(np.array(slopes), abs=1e-8)
    assert -model.cluster_scores(theta).sum(axis=0) / model.n_obs == pytest.approx(gradient, abs=1e-12)


def test_the_plain_model_is_that_of_statsmodels():
    mixed = pytest.importorskip("statsmodels.formula.api").mixedlm(
        "load ~ hours + support", data(), groups="centre", re_formula="~hours"
    )
    other = mixed.fit(reml=False, method="lbfgs")
    fit = el.sem('level: 1; load ~ rv("s")*hours + support; level: 2; load ~~ s', data(), cluster="centre")
    est = fit.tidy().set_index(KEYS).est
    assert fit.fit_measures().logl == pytest.approx(other.llf, abs=1e-6)
    # statsmodels' search stops where a step gains little: a hundred times further from the maximum than lavaan's.
    assert est["s", "~1", "", 2] == pytest.approx(other.fe_params["hours"], abs=1e-4)
    assert est["load", "~", "support", 1] == pytest.approx(other.fe_params["support"], abs=1e-4)
    own = [est["load", "~~", "load", 2], est["s", "~~", "load", 2], est["s", "~~", "s", 2]]
    theirs = other.cov_re.to_numpy()[[0, 0, 1], [0, 1, 1]]
    assert own == pytest.approx(theirs, abs=1e-3)
    assert est["load", "~~", "load", 1] == pytest.approx(other.scale, abs=1e-3)


def test_a_slope_without_variance_is_a_fixed_one():
    held = fitted("no_variance")
    text = "level: 1; load ~ hours + support + hours:climate; level: 2; load ~ climate"
    fixed = el.sem(text, data(), cluster="centre")
    assert held.fit_measures().logl == pytest.approx(fixed.fit_measures().logl, abs=1e-8)


def test_the_unit_of_latent_variables_is_not_that_of_slopes():
    # lavaan 0.7-2 fixes the variance of slopes at 1 as well (std.lv=TRUE), which is a restriction and no unit.
    case = CASES["std_lv"]
    text = case["model"].replace("; s ~~ NA*s", "")
    fits = [el.sem(text, data(), cluster="centre", std_lv=own) for own in (False, True)]
    assert fits[0].fit_measures().logl == pytest.approx(fits[1].fit_measures().logl, abs=1e-8)
    tidy = fits[1].tidy().set_index(KEYS)
    assert tidy.est["f", "~~", "f", 1] == 1 and tidy.se["s", "~~", "s", 2] > 0


def test_order_of_rows_and_units_of_covariates_do_not_matter():
    fit = el.sem(ONE, data(), cluster="centre")
    shuffled = data().sample(frac=1, random_state=3).assign(hours=lambda d: d.hours * 1000)
    other = el.sem(ONE, shuffled, cluster="centre")
    assert other.converged
    gap = other.fit_measures().logl - fit.fit_measures().logl
    assert gap == pytest.approx(0, abs=1e-7)
    est, theirs = (own.tidy().set_index(KEYS) for own in (fit, other))
    for column in ("est", "se"):
        own = theirs[column]["s", "~1", "", 2] * 1000, theirs[column]["s", "~~", "s", 2] * 1e6
        assert own == pytest.approx((est[column]["s", "~1", "", 2], est[column]["s", "~~", "s", 2]), rel=1e-5)


def test_groups_apart_are_two_fits():
    both = el.sem(ONE, data(), cluster="centre", group="region")
    parts = [el.sem(ONE, own, cluster="centre") for _, own in data().groupby("region", sort=False)]
    assert both.fit_measures().logl == pytest.approx(sum(own.fit_measures().logl for own in parts), abs=1e-7)
    blocks = "; ".join(f"group: {region}; {ONE}" for region in data().region.unique())
    assert el.sem(blocks, data(), cluster="centre", group="region").tidy().est.equals(both.tidy().est)
    slopes = both.slopes()
    assert len(slopes) == 60 and slopes.groupby("group").cluster.nunique().tolist() == [30, 30]


def test_what_slopes_reach_has_no_value_within():
    tidy = fitted("latent").tidy()
    path = tidy[tidy.label == 'rv("s")'].iloc[0]
    assert (path.lhs, path.op, path.rhs, path.level) == ("f", "~", "hours", 1)
    assert np.isnan([path.est, path.se, path.std_lv, path.std_all]).all()
    within = tidy[(tidy.level == 1) & tidy.lhs.isin(["f", "e1"])]
    assert within.std_all.isna().all()
    assert tidy[tidy.level == 2].std_all.notna().all()
    assert "within" not in fitted("latent").r2().index.get_level_values(0)
    draws = fitted("latent").monte_carlo(50, seed=1).ci()
    assert draws[draws.label == 'rv("s")'].est.isna().all()


def test_what_rests_on_a_saturated_model_is_refused_by_name():
    fit = fitted("one")
    assert isinstance(fit, RandomSlopeFit)
    for name in ("level_fit", "icc", "reliability", "residuals", "implied_cov", "implied_mean"):
        with pytest.raises(EmolaborError, match=f"^fit: '{name}': with random slopes the covariances"):
            getattr(fit, name)
    with pytest.raises(EmolaborError, match="'factor_scores' is of fits of one level"):
        _ = fit.factor_scores
    assert "random slopes" in repr(fit) and "log-likelihood" in repr(fit)
    assert 'hours (rv("s"))' in fit.summary()


def test_resamples_of_clusters_give_errors_near_the_sandwich():
    fit = el.sem(ONE, data(), cluster="centre", estimator="MLR")
    draws = fit.bootstrap(60, seed=1)
    assert draws.n_failed == 0
    own = draws.ci().set_index(KEYS).se
    errors = fit.tidy().set_index(KEYS).se
    for key in (("s", "~1", "", 2), ("s", "~", "climate", 2), ("load", "~", "support", 1)):
        assert own[key] == pytest.approx(errors[key], rel=0.35)  # 60 resamples: 9 % of an error


def test_the_likelihood_ratio_of_random_slopes():
    data_, given = data(), {"cluster": "centre"}
    fixed = el.sem("level: 1; load ~ hours + support; level: 2; load ~ climate", data_, **given)
    plain = el.sem('level: 1; load ~ rv("s")*hours + support; level: 2; load ~ climate', data_, **given)
    joined = el.sem(ONE, data_, **given)
    test = el.lr_test(joined, plain)
    assert (test.df_diff, test.note) == (2, "")
    assert test.chisq_diff == pytest.approx(2 * (joined.fit_measures().logl - plain.fit_measures().logl))
    against = el.lr_test(fixed, plain)
    assert against.df_diff == 1 and "the p-value is too large" in against.note
    other = el.sem('level: 1; load ~ hours + rv("s")*support; level: 2; load ~ climate; s ~ climate', data_, **given)
    with pytest.raises(EmolaborError, match="that the models are nested is not to be seen"):
        el.lr_test(plain, other)
    with pytest.raises(EmolaborError, match="in one model only"):
        el.lr_test(plain, el.sem(ONE.replace("; load ~~ s", "").replace("load + s", "s"), data_, **given))


def test_the_scaled_likelihood_ratio():
    given = {"cluster": "centre", "estimator": "MLR"}
    plain = el.sem('level: 1; load ~ rv("s")*hours + support; level: 2; load ~ climate', data(), **given)
    joined = el.sem(ONE, data(), **given)
    own, other = plain.fit_measures(), joined.fit_measures()
    scale = (other.npar * other.scaling_factor_h0 - own.npar * own.scaling_factor_h0) / 2
    assert el.lr_test(plain, joined).chisq_diff == pytest.approx(2 * (other.logl - own.logl) / scale)


REFUSED = {
    "at level 2": ('level: 1; load ~ hours; level: 2; load ~ rv("s")*climate', "a random slope, at the between level"),
    "one level": ('load ~ rv("s")*hours', "in a model of one level"),
    "a column": ('level: 1; load ~ rv("region")*hours; level: 2; load ~~ load', "slope 'region' is a column of data"),
    "of both levels": ('level: 1; load ~ rv("s")*hours; level: 2; load ~ hours', "'hours' is of both levels"),
    "a latent covariate": ('level: 1; f =~ e1 + e2 + e3; load ~ rv("s")*f; level: 2; load ~~ load', "'f' is latent"),
    "an outcome": ('level: 1; load ~ rv("s")*hours; hours ~ support; level: 2; load ~~ load', "that predicts only"),
    "a variance": ('level: 1; load ~ rv("s")*hours; hours ~~ hours; level: 2; load ~~ load', "that predicts only"),
    "no variation within": ('level: 1; load ~ rv("s")*climate; level: 2; load ~~ load', "do(es) not vary inside"),
    "indicators": ('level: 1; load ~ rv("s")*hours; level: 2; s =~ load', "the random slope 's' has indicators"),
    "within too": ('level: 1; load ~ rv("s")*hours; s ~~ s; level: 2; load ~~ load', "a variable of level 1 as well"),
    "another modifier": ('level: 1; load ~ rv("s")*a*hours; level: 2; load ~~ load', "rv('s') alone"),
    "two terms": ('level: 1; load ~ rv("s")*hours + a*hours; level: 2; load ~~ load', "rv('s') alone"),
    "a loading": ('level: 1; load =~ rv("s")*e1 + e2; level: 2; e1 ~~ e1', "allowed: regressions"),
    "two names": ('level: 1; load ~ rv("s", "t")*hours; level: 2; load ~~ load', "one name for the slope"),
    "a number": ("level: 1; load ~ rv(2)*hours; level: 2; load ~~ load", "one name for the slope"),
    "no slope's name": ('level: 1; load ~ rv("s")*hours; level: 2; load ~~ t', "the model's variables 't' are no"),
    "a covariate of both levels beside": (
        'level: 1; load ~ rv("s")*hours + support; level: 2; load ~ support',
        "beside a random slope 'support' is exogenous at both levels",
    ),
    "a label": ('level: 1; load ~ rv("s")*hours; level: 2; load ~~ load; a := s * 2', "'s' is no label"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name(name):
    text, said = REFUSED[name]
    with pytest.raises(EmolaborError) as error:
        el.sem(text, data(), cluster="centre" if "level" in text else None)
    assert said in str(error.value)
