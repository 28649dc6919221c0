"""Monte Carlo power against closed forms; samples, workers, sample sizes."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import emolabor as el
from emolabor.analysis.population import population_moments
from emolabor.common.errors import EmolaborError
from emolabor.sem.inference.replications import replicate
from emolabor.sem.inference.resamples import normal_moments

pytestmark = pytest.mark.slow

REGRESSION = "y ~ start(0.3)*x"
MEDIATION = """
X =~ start(0.8)*x1 + start(0.7)*x2 + start(0.6)*x3
M =~ start(0.8)*m1 + start(0.7)*m2 + start(0.6)*m3
Y =~ start(0.8)*y1 + start(0.7)*y2 + start(0.6)*y3
M ~ a*X + start(0.4)*X
Y ~ b*M + start(0.3)*M + start(0.1)*X
ab := a*b
"""


@pytest.fixture(scope="module")
def curve():
    return el.power(REGRESSION, n=[50, 100, 200], n_replications=1000, seed=4)


@pytest.fixture(scope="module")
def mediation():
    return el.power(MEDIATION, n=[150, 300], n_replications=200, seed=2, std_lv=True)


def slope_power(n, slope=0.3):
    """Of a standardized slope, by the normal distribution of its estimate."""
    z = slope * np.sqrt(n / (1 - slope**2))
    return norm.sf(norm.ppf(0.975) - z)


def test_power_is_that_of_the_closed_form(curve):
    own = curve[curve.op == "~"]
    # Four Monte Carlo errors, and what the normal approximation is off at 50 cases.
    np.testing.assert_allclose(own.power, slope_power(own.n.to_numpy()), atol=0.06)
    assert own.population.tolist() == pytest.approx([0.3] * 3)
    assert (np.abs(own["mean"] - 0.3) < 4 * own.width / 3.92 / np.sqrt(1000)).all()
    assert own.coverage.between(0.92, 0.98).all()


def test_sample_sizes_are_those_of_the_closed_form(curve):
    by_power = el.sample_size(curve, power=0.8).set_index("op").loc["~"]
    exact = (norm.ppf(0.8) + norm.ppf(0.975)) ** 2 * (1 - 0.3**2) / 0.3**2  # 79.4
    assert by_power.n == pytest.approx(exact, rel=0.08) and by_power.inside
    by_width = el.sample_size(curve, width=0.3).set_index("op").loc["~"]
    assert by_width.n == pytest.approx((2 * norm.ppf(0.975) / 0.3) ** 2 * (1 - 0.3**2), rel=0.05)
    assert el.sample_size(curve, width=0.1).inside.eq(False).all()


def test_no_power_without_an_effect():
    table = el.power("y ~ start(0)*x", n=[80, 160], n_replications=1000)
    own = table[table.op == "~"]
    assert own.power.between(0.03, 0.075).all()  # four Monte Carlo errors about .05


def test_indirect_effects(mediation):
    ab = mediation[mediation.op == ":="]
    assert ab.population.to_numpy() == pytest.approx(0.4 * 0.3)
    assert ab.power.is_monotonic_increasing and ab.power.between(0.2, 1).all()
    # The joint test of both steps is the benchmark of an indirect effect's power (Hayes & Scharkow, 2013).
    steps = mediation[mediation.label.isin(["a", "b"])].groupby("n").power.prod()
    np.testing.assert_allclose(ab.power, steps, atol=0.1)
    effects = mediation[mediation.op.isin(["total", "indirect", "specific"])]
    assert effects[["lhs", "op", "rhs"]].drop_duplicates().to_numpy().tolist() == [
        ["Y", "total", "X"],
        ["Y", "indirect", "X"],
    ]
    sobel = el.power(MEDIATION, n=150, n_replications=200, seed=2, std_lv=True, indirect="delta")
    assert sobel[sobel.op == ":="].power.iloc[0] <= ab.power.iloc[0]


def test_the_same_seed_gives_the_same_numbers_for_any_number_of_workers(mediation):
    again = el.power(MEDIATION, n=[150, 300], n_replications=200, seed=2, std_lv=True, jobs=2)
    pd.testing.assert_frame_equal(mediation, again)
    other = el.power(MEDIATION, n=150, n_replications=20, seed=3, std_lv=True)
    assert not other.power.equals(mediation.power[mediation.n == 150])


def test_a_replication_is_the_fit_of_its_moments():
    cov, _ = population_moments(MEDIATION, std_lv=True)
    truth = el.sem(MEDIATION, sample_cov=cov, n_obs=10**6, std_lv=True)
    found = replicate(truth, 250, 3, np.random.SeedSequence(9), 0.95, "delta")
    sigma = truth.model.samples[0].cov
    covs, _ = normal_moments(np.random.default_rng(np.random.SeedSequence(9)), sigma, None, 250, 3)
    for own, drawn in zip(found, covs, strict=True):
        frame = pd.DataFrame(drawn * 250 / 249, index=cov.index, columns=cov.columns)
        fit = el.sem(MEDIATION, sample_cov=frame, n_obs=250, std_lv=True)
        tidy = fit.tidy()
        tidy = tidy[tidy.se > 0]
        # The batch ends within 1e-6 of the optimum (a decrement of 1e-12).
        columns = ["est", "ci_lower", "ci_upper"]
        np.testing.assert_allclose(own[: len(tidy)], tidy[columns], atol=2e-5)
        effects = fit.effects()
        np.testing.assert_allclose(own[-1], effects[effects.kind == "indirect"][columns].iloc[0], atol=2e-5)


def test_moments_are_those_of_normal_samples():
    sigma = np.array([[1.0, 0.5], [0.5, 2.0]])
    covs, means = normal_moments(np.random.default_rng(1), sigma, np.array([1.0, -1.0]), 20, 40_000)
    np.testing.assert_allclose(covs.mean(axis=0), sigma * 19 / 20, atol=0.02)
    # var(s_ij) = (n - 1) (sigma_ii sigma_jj + sigma_ij^2) / n^2
    np.testing.assert_allclose(covs.var(axis=0), 19 / 400 * (np.outer([1, 2], [1, 2]) + sigma**2), rtol=0.05)
    np.testing.assert_allclose(np.cov(means.T), sigma / 20, atol=0.003)
    np.testing.assert_allclose(means.mean(axis=0), [1, -1], atol=0.01)


def test_fewer_cases_than_variables_are_refused():
    with pytest.raises(EmolaborError, match="n: found 9 for 9 variables; allowed: more cases than variables"):
        el.power(MEDIATION, n=[100, 9], n_replications=2)


def test_answers_of_one_s_own_making():
    cov, _ = population_moments(REGRESSION)
    pilot = el.sem("y ~ x", sample_cov=cov, n_obs=100)
    half = el.power(
        REGRESSION, [100], n_replications=100, draw=lambda n, seed: pilot.simulate(n, seed, missing={"y": 0.5})
    )
    own = half[half.op == "~"].iloc[0]
    assert own.population == pytest.approx(0.3)
    assert own.power == pytest.approx(slope_power(50), abs=0.2)  # half of the answers, four Monte Carlo errors
    robust = el.power(REGRESSION, 100, n_replications=5, draw=pilot.simulate, estimator="MLR", missing="fiml")
    assert robust.replications.eq(5).all()


def test_populations_have_variance_one_unless_told_otherwise():
    cov, mean = population_moments("f =~ 0.8*x1 + 0.6*x2; y ~ 0.5*f + 0.2*z; z ~~ 4*z; f ~~ 0*z", std_lv=True)
    sd = dict(zip(cov.index, np.sqrt(np.diag(cov)), strict=True))
    assert sd == pytest.approx({"x1": 1, "x2": 1, "y": 1, "z": 2})
    assert cov.loc["x1", "x2"] == pytest.approx(0.48) and cov.loc["y", "z"] == pytest.approx(0.8)
    assert (mean == 0).all()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("y ~ x", "'y ~ x' has no value"),
        ("f =~ x1 + x2", "'f =~ x2' has no value"),
        ("y ~ 1.2*x", "explain 1.44 of its variance"),
        ("x ~~ 2*y", "no positive definite"),
    ],
)
def test_populations_that_cannot_be_are_refused(text, found):
    with pytest.raises(EmolaborError, match=found):
        population_moments(text)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"n": 1}, "n: found 1"),
        ({"n": [50, 50]}, "each once"),
        ({"n_replications": 0}, "n_replications: found 0"),
        ({"jobs": 0}, "jobs: found 0"),
        ({"alpha": 1}, "alpha: found 1"),
        ({"indirect": "boot"}, "indirect: found 'boot'"),
        ({"estimator": "MLR"}, "estimator: not for power"),
    ],
)
def test_mistakes_are_named(options, found):
    with pytest.raises(EmolaborError, match=found):
        el.power(REGRESSION, **{"n": 50, **options})


def test_sample_size_needs_a_curve_and_one_aim(curve):
    with pytest.raises(EmolaborError, match="give one"):
        el.sample_size(curve)
    with pytest.raises(EmolaborError, match=r"found 1 size\(s\)"):
        el.sample_size(curve[curve.n == 50], power=0.8)
    with pytest.raises(EmolaborError, match="power: found 80"):
        el.sample_size(curve, power=80)
