"""Two-level models against lavaan 0.6-14 (tests/r/two_level.R)."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import case_table, options
from lavaan_reference import R

from emolabor.sem import sem

CASES = case_table("two_level")
KEYS = ["lhs", "op", "rhs", "level", "group"]
# Of max(1, |value|). lavaan's estimates are polished by Newton steps with a numerical Hessian; its errors come from
# a Hessian by differences.
TOLERANCE = {"est": 1e-6, "se": 1e-5, "std_lv": 1e-6, "std_all": 1e-6}
EXACT = ("logl", "npar", "df", "baseline_df", "aic", "bic", "bic2", "ntotal")
# What rests on the saturated model: lavaan 0.6-14 ends its EM where a step gains less than 1e-4, up to 2e-2 below the
# maximum, which `saturated` finds by Newton steps.
MEASURES = 1e-2
# lavaan's fmin is not the discrepancy (3.7 for a chi-square of 8 of 2,500 cases).
APART = ("fmin",)
# Equalities over groups: lavaan 0.6-14 does not find the maximum (tests below), 0.7-2 does.
NO_MAXIMUM = ("groups_mlr",)
# With a covariate of the within level lavaan's cluster scores are not the gradients of the clusters' likelihoods.
OTHER_SCORES = ("covariates_mlr",)
# With holes lavaan, given the solution, leaves out the saturated model; of a fixed covariate it forgets the moments, on
# which standardized values and the log-likelihood rest.
HOLES = ("cfa_fiml", "covariates_fiml", "between_fiml")
FORGOTTEN = ("covariates_fiml",)


@cache
def reference():
    return pd.read_csv(R / "two_level.csv", keep_default_na=False)


@cache
def data(name):
    return pd.read_csv(R / "data" / f"{'two_level_gaps' if name == 'gaps' else name}.csv")


@cache
def fitted(name):
    case = CASES[name]
    return sem(case["model"], data(case["data"]), **options(case["options"]))


def expected(name):
    own = reference()
    own = own[own.case == name]
    rows = own[own.lhs != ""].pivot(index=KEYS, columns="what", values="value")
    return rows, own[own.lhs == ""].set_index("what")["value"].astype(float)


@pytest.mark.parametrize("name", [name for name in CASES if name not in NO_MAXIMUM])
def test_parameters_equal_lavaan(name):
    rows, _ = expected(name)
    own = fitted(name).tidy().set_index(KEYS)
    assert set(own.index) == set(rows.index)
    for column, tolerance in TOLERANCE.items():
        known = rows[column].dropna().astype(float)
        if name in FORGOTTEN and column in ("std_lv", "std_all"):
            continue
        if name in HOLES:
            known = known[[key[:3] not in (("hours", "~~", "hours"), ("hours", "~1", "")) for key in known.index]]
        gap = (own[column][known.index] - known).abs() / np.maximum(1, known.abs())
        allowed = 1e-3 if name in OTHER_SCORES and column == "se" else tolerance
        assert gap.max() <= allowed, (column, gap.idxmax(), gap.max())


@pytest.mark.parametrize("name", [name for name in CASES if name not in (*NO_MAXIMUM, *FORGOTTEN)])
def test_fit_measures_equal_lavaan(name):
    _, measures = expected(name)
    own = fitted(name).fit_measures()
    for measure, value in measures.items():
        if measure not in APART and (name not in HOLES or measure in ("logl", "npar", "aic", "bic", "ntotal")):
            tolerance = 1e-9 if measure in EXACT else MEASURES
            assert own[measure] == pytest.approx(value, rel=tolerance, abs=tolerance), measure


@pytest.mark.parametrize("name", CASES)
def test_no_likelihood_is_below_lavaans(name):
    _, measures = expected(name)
    own = fitted(name).fit_measures()
    for measure in ("logl", "unrestricted_logl")[: 1 if name in HOLES else 2]:
        assert own[measure] > measures[measure] - 1e-6


def test_the_saturated_model_is_lavaans_own_fit_of_it():
    _, measures = expected("saturated")
    for name in ("std_lv", "metric", "no_residuals"):
        assert fitted(name).fit_measures().unrestricted_logl == pytest.approx(measures["logl"], abs=1e-6)


def test_equalities_over_groups_reach_the_maximum():
    # lavaan 0.7-2: sem(model, two_level, group = "region", cluster = "centre", estimator = "MLR")
    fit = fitted("groups_mlr")
    assert fit.fit_measures().logl == pytest.approx(-2427.876637564, abs=1e-6)
    labels = fit.tidy().drop_duplicates("label").set_index("label").est
    assert labels[["l2", "l3"]].tolist() == pytest.approx([0.7605534266, 0.7993710765], abs=1e-5)
    _, measures = expected("groups_mlr")
    assert measures["logl"] < fit.fit_measures().logl - 0.01


def test_holes_leave_the_test_that_lavaan_has():
    # lavaan 0.6-14: sem(model, gaps[order(gaps$centre), ], cluster = "centre", missing = "ml"), its EM as above
    assert fitted("covariates_fiml").fit_measures().logl == pytest.approx(-3320.970055674, abs=1e-6)
    measures = fitted("cfa_fiml").fit_measures()
    found = measures[["unrestricted_logl", "chisq", "baseline_chisq"]]
    assert found.tolist() == pytest.approx([-2242.4577559, 0.84166643, 548.84496885], abs=2e-4)
    assert measures[["srmr_within", "srmr_between"]].tolist() == pytest.approx([0.0046028, 0.0200424], abs=1e-4)


def _log_likelihood_of_cluster(model, theta, cluster):
    """Of one cluster's answers at once, without the constant: a normal density of n q + r variables."""
    (pair,), (sample,) = model.pairs, model.samples
    within, between = pair.implied(theta)
    q, p, n = sample.n_within, len(sample.names), int(sample.sizes[cluster])
    last = int(np.cumsum(sample.sizes)[cluster])
    rows = sample.cases[last - n : last]
    both, mean = np.zeros((p, p)), np.zeros(p)
    both[np.ix_(sample.places, sample.places)] = between.sigma
    mean[:q] = within.mu
    mean[sample.places] += between.mu
    cov = np.zeros((n * q + p - q,) * 2)
    cov[: n * q, : n * q] = np.kron(np.ones((n, n)), both[:q, :q]) + np.kron(np.eye(n), within.sigma)
    cov[: n * q, n * q :] = np.tile(both[:q, q:], (n, 1))
    cov[n * q :, : n * q] = cov[: n * q, n * q :].T
    cov[n * q :, n * q :] = both[q:, q:]
    gap = np.concatenate([(rows[:, :q] - mean[:q]).ravel(), rows[0, q:] - mean[q:]])
    return -0.5 * (np.linalg.slogdet(cov)[1] + gap @ np.linalg.solve(cov, gap))


def test_cluster_scores_are_the_gradients_of_the_clusters_likelihoods():
    fit = fitted("covariates_mlr")
    theta, scores = fit.estimate.theta, fit.bound.cluster_scores(fit.estimate.theta)
    for cluster in (0, 19, 41, 59):
        slopes = [
            _log_likelihood_of_cluster(fit.bound, theta + step, cluster)
            - _log_likelihood_of_cluster(fit.bound, theta - step, cluster)
            for step in 1e-5 * np.eye(len(theta))
        ]
        assert np.array(slopes) / 2e-5 == pytest.approx(scores[cluster], abs=1e-6)


def test_value_is_the_likelihood_of_all_answers_at_once():
    fit = fitted("covariates")
    theta = fit.estimate.theta + 0.03
    whole = sum(_log_likelihood_of_cluster(fit.bound, theta, cluster) for cluster in range(fit.n_clusters))
    assert -fit.n_obs * fit.bound.value(theta) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("name", ["covariates", "groups", "one_one_one"])
def test_derivatives_are_those_of_the_value(name):
    model = fitted(name).bound
    theta = fitted(name).estimate.theta + 0.02
    _, gradient, hessian = model.derivatives(theta, observed=True)
    steps = 1e-5 * np.eye(len(theta))
    slopes = [(model.value(theta + step) - model.value(theta - step)) / 2e-5 for step in steps]
    assert gradient == pytest.approx(np.array(slopes), abs=1e-7)
    turns = [(model.derivatives(theta + s)[1] - model.derivatives(theta - s)[1]) / 2e-5 for s in steps]
    assert hessian == pytest.approx(np.array(turns), abs=1e-6)
