"""Latent profiles and three-step outcomes: mclust's numbers, known mixtures, and what must not change.

Tolerances: 1e-4 relative where mclust and we climb to the same maximum by EM, which stops when the log-likelihood rests
(it is flat there, so that estimates differ far more than it does); Monte Carlo bands are written beside each test.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.mixture import GaussianMixture

import emolabor as el
from emolabor.analysis.mixtures import best_mixture, bootstrap_p, expectation_maximization
from emolabor.analysis.three_step import bch_means, bch_weights, category_table, outcome_table
from emolabor.common.errors import EmolaborError

pytestmark = pytest.mark.slow

REFERENCE = Path(__file__).resolve().parents[1] / "r" / "profiles.csv"
HOLZINGER = Path(find_spec("semopy").origin).parent / "examples" / "holzinger_swineford39_data.csv"
SHARES = np.array([0.5, 0.3, 0.2])
CENTRES = np.array([[2.0, 3.6, 3.8], [3.4, 3.4, 2.4], [4.4, 2.0, 3.0]])
SDS = np.array([[0.5, 0.4, 0.5], [0.4, 0.6, 0.4], [0.3, 0.5, 0.5]])


def draw(n, seed, shares=SHARES, centres=CENTRES, sds=SDS):
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(shares), n, p=shares)
    values = centres[kind] + sds[kind] * rng.standard_normal((n, centres.shape[1]))
    return pd.DataFrame(values, columns=["surface", "deep", "natural"][: centres.shape[1]]), kind


def true_posterior(scores, shares, centres, sds):
    z = (scores.to_numpy()[:, None, :] - centres) / sds
    joint = np.log(shares) - np.log(sds).sum(axis=1) - 0.5 * (z**2).sum(axis=2)
    density = np.exp(joint - joint.max(axis=1, keepdims=True))
    return density / density.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def known():
    return draw(800, 11)


@pytest.fixture(scope="module")
def found(known):
    return el.profiles(known[0], k=[1, 2, 3, 4], n_boot=39, seed=3)


@pytest.fixture(scope="module")
def children():
    return pd.read_csv(HOLZINGER)


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(REFERENCE)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_maximum_is_mclust_s(k, children, reference):
    # The best log-likelihood of 3 lies in a profile of a few children; it is compared all the same.
    fitted = el.profiles(children[["x1", "x4", "x7"]], k=k if k == 1 else [1, k], n_boot=0, smallest=0, n_starts=200)
    own = reference[reference.k == k].set_index(["quantity", "profile", "variable"])["value"].sort_index()
    assert fitted.fit.loc[k, "loglik"] == pytest.approx(own.loc["loglik"].item(), abs=1e-4)
    assert fitted.fit.loc[k, "bic"] == pytest.approx(own.loc["bic"].item(), abs=2e-4)
    mixture = fitted.mixtures[k]
    scale, centre = fitted.scores.std(ddof=0).to_numpy(), fitted.scores.mean().to_numpy()
    assert mixture.weights_ == pytest.approx(own.loc["share"].to_numpy(), rel=2e-3)
    for place, name in enumerate(fitted.scores):
        for quantity, values in (("mean", mixture.means_ * scale + centre), ("sd", mixture.covariances_**0.5 * scale)):
            expected = own.loc[quantity].xs(name, level="variable").to_numpy()
            assert values[:, place] == pytest.approx(expected, rel=2e-3)


def test_three_steps_give_what_the_equations_and_a_weighted_regression_give(children, reference):
    fitted = el.profiles(children[["x1", "x4", "x7"]], k=[1, 2], n_boot=0, n_starts=200)
    assert fitted.k == 2
    means, tests = fitted.outcomes(children[["x3", "x9"]])
    own = reference[reference.k == 2]
    for name in ("x3", "x9"):
        rows = own[own.variable == name].set_index("quantity")["value"]
        ours = means[means.outcome == name]
        # EM's flat top moves the posterior by about 1e-4, and with it the weights.
        assert ours["mean"].to_numpy() == pytest.approx(rows["outcome"].to_numpy(), rel=1e-3)
        assert ours["se"].to_numpy() == pytest.approx(rows["outcome_se"].to_numpy(), rel=1e-3)
        assert tests.loc[name, "wald"] == pytest.approx(rows["outcome_wald"], rel=5e-3)
        assert tests.loc[name, ["n", "df"]].tolist() == [len(children), 1]


def test_quick_climbs_end_where_scikit_learn_ends(known):
    data = known[0].to_numpy()
    data = (data - data.mean(axis=0)) / data.std(axis=0)
    start = (np.full((1, 3), 1 / 3), data[None, :3], np.ones((1, 3, 3)))
    loglik, weights, means, variances = expectation_maximization(data, *start, tol=1e-13, max_iter=20_000)
    theirs = GaussianMixture(
        3, covariance_type="diag", weights_init=start[0][0], means_init=start[1][0], precisions_init=1 / start[2][0],
        init_params="random", reg_covar=0, tol=1e-13, max_iter=20_000,
    ).fit(data)  # fmt: skip
    assert loglik[0] == pytest.approx(theirs.score(data) * len(data), abs=1e-6)
    np.testing.assert_allclose(weights[0], theirs.weights_, atol=1e-5)
    np.testing.assert_allclose(means[0], theirs.means_, atol=1e-5)
    np.testing.assert_allclose(variances[0], theirs.covariances_, atol=1e-5)


def test_known_profiles_are_recovered(known, found):
    assert found.k == 3
    # Columns are in the order of the highest first score. Four standard errors of a mean of 160 with SD .6.
    np.testing.assert_allclose(found.means.to_numpy(), CENTRES[::-1], atol=0.2)
    np.testing.assert_allclose(found.sds.to_numpy(), SDS[::-1], atol=0.15)
    np.testing.assert_allclose(found.shares.to_numpy(), SHARES[::-1], atol=0.07)
    assigned = found.posterior.to_numpy().argmax(axis=1)
    assert (assigned == 2 - known[1]).mean() > 0.95
    assert found.fit.loc[3, "entropy"] > 0.8


def test_the_bootstrap_test_rejects_too_few_and_not_enough(found):
    assert found.fit.loc[[2, 3], "blrt_pvalue"].tolist() == [1 / 40, 1 / 40]
    assert found.fit.loc[4, "blrt_pvalue"] > 0.05
    assert not found.fit.loc[4, "eligible"]


def test_the_bootstrap_test_keeps_its_level():
    # 60 data sets without profiles: more than 8 p values of .05 would come up once in a thousand tests.
    small = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        data = rng.standard_normal((150, 2))
        data = (data - data.mean(axis=0)) / data.std(axis=0)
        tops = best_mixture(data, 2, rng, n_starts=20, n_final=4)[0][0]
        single = -0.5 * data.size * (np.log(2 * np.pi) + 1)
        null = (np.ones(1), np.zeros((1, 2)), np.ones((1, 2)))
        small += bootstrap_p(data, null, 2, 2 * (tops - single), rng, 19) <= 0.05
    assert small <= 8


def test_correction_removes_the_bias_that_assignment_brings():
    shares, centres, sds = np.array([0.6, 0.4]), np.array([[0.0, 0.0], [1.2, 1.2]]), np.ones((2, 2))
    scores, kind = draw(100_000, 5, shares, centres, sds)
    outcome = np.where(kind == 1, 1.0, -1.0) + np.random.default_rng(6).standard_normal(len(kind))
    posterior = pd.DataFrame(true_posterior(scores, shares, centres, sds), columns=["P1", "P2"])
    table, _ = outcome_table(posterior, pd.DataFrame({"y": outcome}))
    # Standard errors are about .01.
    assert table["mean"].to_numpy() == pytest.approx([-1, 1], abs=0.04)
    assert (np.abs(table["uncorrected"]) < 0.75).all()


def test_standard_errors_are_those_of_repeated_samples():
    shares, centres, sds = np.array([0.6, 0.4]), np.array([[0.0, 0.0], [1.5, 1.5]]), np.ones((2, 2))
    rng = np.random.default_rng(8)
    estimates, errors = [], []
    for seed in range(600):
        scores, kind = draw(400, 1000 + seed, shares, centres, sds)
        weights = bch_weights(true_posterior(scores, shares, centres, sds))
        means, covariance = bch_means(weights, kind + rng.standard_normal(400))
        estimates.append(means)
        errors.append(np.sqrt(covariance.diagonal()))
    estimates, errors = np.array(estimates), np.array(errors)
    # A standard deviation of 600 has an error of 3 %; the classification table is estimated too, which costs a little.
    np.testing.assert_allclose(errors.mean(axis=0), estimates.std(axis=0, ddof=1), rtol=0.12)
    covered = (np.abs(estimates - [0, 1]) < 1.96 * errors).mean(axis=0)
    assert ((covered > 0.92) & (covered < 0.98)).all()


def test_the_chosen_number_follows_the_rule(found):
    eligible = found.fit[found.fit.eligible]
    assert found.k == eligible["bic"].idxmin()
    assert (eligible["smallest_share"] >= 0.05).all()
    strict = el.profiles(found.scores, k=[1, 2, 3], n_boot=0, smallest=0.25, n_starts=20)
    assert strict.k < 3


def test_information_criteria_add_up(found):
    row, n = found.fit.loc[3], len(found.scores)
    assert row["parameters"] == 3 * 6 + 2
    assert row["aic"] == pytest.approx(-2 * row["loglik"] + 40)
    assert row["bic"] == pytest.approx(-2 * row["loglik"] + 20 * np.log(n))
    assert row["sabic"] == pytest.approx(-2 * row["loglik"] + 20 * np.log((n + 2) / 24))
    assert found.posterior.sum(axis=1).to_numpy() == pytest.approx(np.ones(n))
    assert found.fit["loglik"].is_monotonic_increasing


def test_units_rows_and_seeds_change_nothing_that_matters(known):
    scores = known[0]
    options = {"k": [1, 3], "n_boot": 0, "n_starts": 40}
    one = el.profiles(scores, **options)
    again = el.profiles(scores, **options)
    pd.testing.assert_frame_equal(one.fit, again.fit, check_exact=True)
    other = el.profiles((10 * scores + 5).sample(frac=1, random_state=1), **options, seed=9)
    # EM's flat top: see above.
    np.testing.assert_allclose(other.means, 10 * one.means + 5, rtol=2e-3)
    np.testing.assert_allclose(other.fit.loc[3, "entropy"], one.fit.loc[3, "entropy"], rtol=1e-3)
    expected = one.fit.loc[3, "loglik"] - scores.size * np.log(10)
    assert other.fit.loc[3, "loglik"] == pytest.approx(expected, abs=1e-3)


def test_missing_scores_leave_and_the_frame_stays(known):
    scores = known[0].copy()
    scores.iloc[::50, 1] = np.nan
    before = scores.copy()
    fitted = el.profiles(scores, k=[1, 3], n_boot=0, n_starts=20)
    pd.testing.assert_frame_equal(scores, before)
    assert len(fitted.scores) == len(fitted.posterior) == 784
    outcome = pd.DataFrame({"y": np.arange(800.0)})
    outcome.iloc[1] = np.nan
    means, tests = fitted.outcomes(outcome)
    assert tests.loc["y", "n"] == 783
    assert list(means["profile"]) == ["P1", "P2", "P3"]


def test_equal_answers_make_no_profile(known):
    scores = pd.concat([known[0], pd.DataFrame(1.0, index=range(900, 960), columns=known[0].columns)])
    fitted = el.profiles(scores, k=[1, 2, 3], n_boot=19, n_starts=60, seed=2)
    assert fitted.fit.loc[3, ["loglik", "blrt"]].isna().all() and not fitted.fit.loc[3, "eligible"]
    assert fitted.k == 2
    assert (fitted.sds.to_numpy() > 0.1 * scores.std().to_numpy()).all()


def test_names_follow_the_means(found):
    assert found.names("en", {"surface": "Surface acting"}) == {
        "P1": "P1: high surface acting, low deep",
        "P2": "P2: high surface acting, low natural",
        "P3": "P3: low surface acting, high natural",
    }
    assert found.names("zh", {"surface": "表层扮演"})["P3"] == "P3：低表层扮演、高natural"


def test_categories_hide_small_cells():
    posterior = pd.DataFrame(np.repeat([[0.9, 0.1], [0.1, 0.9]], 20, axis=0), columns=["P1", "P2"])
    column = pd.Series(["a"] * 10 + ["b"] * 10 + ["a"] * 16 + ["b"] * 4)
    table = category_table(posterior, column)
    assert table.loc["P1"].sum() == pytest.approx(1)
    assert table.loc["P2"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": [0, 1]}, "k: found"),
        ({"k": [2]}, "none eligible"),
        ({"n_boot": -1}, "n_boot: found -1"),
        ({"n_boot": 9}, "n_boot: found 9"),
        ({"n_starts": 1}, "n_starts: found 1"),
        ({"smallest": 1}, "smallest: found 1"),
        ({"seed": "a"}, "seed: found 'a'"),
        ({"k": range(1, 30)}, "complete rows"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    scores = pd.DataFrame(np.random.default_rng(2).standard_normal((200, 2)), columns=["a", "b"])
    with pytest.raises(EmolaborError, match=message):
        el.profiles(scores, **({"k": [1, 2], "n_boot": 0, "n_starts": 4, "smallest": 0.49} | arguments))


def test_scores_that_cannot_be_used_are_refused(found):
    with pytest.raises(EmolaborError, match="no numbers"):
        el.profiles(pd.DataFrame({"a": list("xy") * 50}))
    with pytest.raises(EmolaborError, match="one value only in b"):
        el.profiles(pd.DataFrame({"a": np.arange(100.0), "b": 1.0}))
    with pytest.raises(EmolaborError, match="outcomes: found other respondents"):
        found.outcomes(pd.DataFrame({"y": [1.0]}))
