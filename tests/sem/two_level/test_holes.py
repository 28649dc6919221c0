"""Nested answers with holes: the likelihood by hand, the search, what is left out."""

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import R

import emolabor as el
from emolabor.common.errors import EmolaborError

GAPS, WHOLE = (pd.read_csv(R / "data" / f"{name}.csv") for name in ("two_level_gaps", "two_level"))
TEXT = "level: 1; dw =~ d1 + d2 + d3; ew =~ e1 + e2 + e3; ew ~ dw; level: 2; db =~ d1 + d2 + d3; climate ~ db; "
TEXT += "eb =~ e1 + e2 + e3"


@pytest.fixture(scope="module")
def fit():
    return el.sem(TEXT, GAPS, cluster="centre", missing="fiml", estimator="MLR")


def _log_likelihood(model, theta, cluster):
    """Of the answers that one cluster gave, at once and without the constant."""
    (pair,), (sample,) = model.pairs, model.samples
    within, between = pair.implied(theta)
    q, p, n, first = sample.n_within, len(sample.names), sample.sizes[cluster], sample.starts[cluster]
    both, mean = np.zeros((p, p)), np.zeros(p)
    both[np.ix_(sample.places, sample.places)] = between.sigma
    mean[:q] = within.mu
    mean[sample.places] += between.mu
    cov = np.zeros((n * q + p - q,) * 2)
    cov[: n * q, : n * q] = np.kron(np.ones((n, n)), both[:q, :q]) + np.kron(np.eye(n), within.sigma)
    cov[: n * q, n * q :] = np.tile(both[:q, q:], (n, 1))
    cov[n * q :, : n * q] = cov[: n * q, n * q :].T
    cov[n * q :, n * q :] = both[q:, q:]
    here = slice(first, first + n)
    gap = np.concatenate([(sample.values[here] - mean[:q]).ravel(), sample.means[cluster, q:] - mean[q:]])
    seen = np.flatnonzero(np.concatenate([sample.seen[here].ravel(), sample.seen_between[cluster]]))
    cov, gap = cov[np.ix_(seen, seen)], gap[seen]
    return -0.5 * (np.linalg.slogdet(cov)[1] + gap @ np.linalg.solve(cov, gap))


def test_value_is_the_likelihood_of_all_answers_at_once(fit):
    theta = fit.estimate.theta + 0.01
    whole = sum(_log_likelihood(fit.bound, theta, cluster) for cluster in range(fit.n_clusters))
    assert -fit.n_obs * fit.bound.value(theta) == pytest.approx(whole, rel=1e-12)


def test_scores_are_the_gradients_of_the_clusters_likelihoods(fit):
    theta, model = fit.estimate.theta + 0.01, fit.bound
    scores = model.cluster_scores(theta)
    for cluster in (0, 30, 59):
        slopes = [
            _log_likelihood(model, theta + s, cluster) - _log_likelihood(model, theta - s, cluster)
            for s in 1e-5 * np.eye(len(theta))
        ]
        assert np.array(slopes) / 2e-5 == pytest.approx(scores[cluster], abs=1e-6)
    assert -scores.sum(axis=0) / fit.n_obs == pytest.approx(model.value_and_gradient(theta)[1], abs=1e-12)


def test_complete_answers_give_the_complete_likelihood():
    both = [el.sem(TEXT, WHOLE, cluster="centre", missing=missing) for missing in ("fiml", "listwise")]
    pd.testing.assert_frame_equal(*(one.tidy() for one in both))


def test_one_hole_hardly_moves_what_complete_answers_say():
    one = WHOLE.copy()
    one.loc[3, "d2"] = np.nan
    full, holed = (el.sem(TEXT, data, cluster="centre", missing="fiml") for data in (WHOLE, one))
    assert holed.tidy().est.to_numpy() == pytest.approx(full.tidy().est.to_numpy(), abs=0.02)
    assert holed.tidy().se.to_numpy() == pytest.approx(full.tidy().se.to_numpy(), abs=0.01)


def test_groups_with_and_without_holes():
    data = WHOLE.copy()
    south = data.index[data.region == "south"]
    data.loc[south[::7], "d1"] = np.nan
    text = "level: 1; dw =~ d1 + d2 + d3; level: 2; db =~ d1 + d2 + d3"
    fit = el.sem(text, data, cluster="centre", group="region", missing="fiml")
    alone = [el.sem(text, own, cluster="centre", missing="fiml") for _, own in data.groupby("region")]
    assert fit.fit_measures().logl == pytest.approx(sum(one.fit_measures().logl for one in alone), abs=1e-6)


def test_a_cluster_level_value_in_any_row_is_that_of_the_cluster():
    data = WHOLE.copy()
    data.loc[data.index % 2 == 1, "climate"] = np.nan
    full = el.sem(TEXT, WHOLE, cluster="centre", missing="fiml")
    assert set(data.groupby("centre").climate.count() > 0) == {True}
    holed = el.sem(TEXT, data, cluster="centre", missing="fiml")
    assert holed.fit_measures().logl == pytest.approx(full.fit_measures().logl, abs=1e-6)


def test_what_is_left_out_is_said():
    text = "level: 1; dw =~ d1 + d2 + d3; dw ~ hours; level: 2; db =~ d1 + d2 + d3; db ~ climate"
    fit = el.sem(text, GAPS, cluster="centre", missing="fiml")
    left = int((GAPS.hours.isna() | GAPS.climate.isna()).sum())
    assert fit.n_obs == len(GAPS) - left and fit.n_clusters == 59
    (warning,) = [own for own in fit.warnings if own.code == "exogenous_missing"]
    assert f"{left} of {len(GAPS)} rows were left out" in warning
    assert "each at its level: 'hours ~~ hours; climate ~~ climate'" in warning
    assert "Number of missing patterns" in fit.summary()
    with pytest.raises(EmolaborError, match="'d1' without any value"):
        el.sem(text, GAPS.assign(d1=np.nan), cluster="centre", missing="fiml")


@pytest.mark.slow
def test_whole_clusters_are_drawn_with_their_holes(fit):
    draws = fit.bootstrap(8, seed=2)
    assert draws.n_failed < 3
    assert np.nanmean(draws.thetas, axis=0) == pytest.approx(fit.estimate.theta, abs=0.5)


def test_an_independence_model_without_a_solution_leaves_its_indices_out():
    # Within uncorrelated and between saturated the moments are driven to the end of the domain.
    text = "level: 1; dw =~ d1 + a*d2 + b*d3 + d4; level: 2; db =~ d1 + a*d2 + b*d3 + d4"
    fit = el.sem(text, GAPS, cluster="centre", group="region", missing="fiml")
    levels = fit.level_fit().set_index("level")
    assert np.isnan(levels.cfi["within"]) and np.isfinite(levels.cfi["between"])
    assert np.isfinite(levels[["chisq", "rmsea"]].to_numpy()).all()
