"""Resamples and draws: the same for any number of workers, equal to single fits, intervals equal to lavaan's."""

import numpy as np
import pandas as pd
import pytest
from lavaan_cases import frame
from lavaan_reference import R, public_data

from emolabor.common.errors import EmolaborError
from emolabor.sem import sem
from emolabor.sem.estimation import estimate_many, optimize_many
from emolabor.sem.inference import bootstrap, resamples
from emolabor.sem.inference.bootstrap import _cases
from emolabor.sem.inference.intervals import interval_limits

pytestmark = pytest.mark.slow

CFA = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; textual ~ a*visual; twice := 2*a"
PATHS = "x4 ~ a*x1 + x2; x5 ~ b*x4 + x1; ab := a*b"


@pytest.fixture(scope="module")
def fit():
    return sem(CFA, public_data("holzinger"))


@pytest.fixture(scope="module")
def draws(fit):
    return fit.bootstrap(250, seed=7)


def test_numbers_do_not_depend_on_the_number_of_workers(fit, draws):
    shared = fit.bootstrap(250, seed=7, jobs=2)
    assert np.array_equal(draws.thetas, shared.thetas) and np.array_equal(draws.chisq, shared.chisq)
    assert not np.array_equal(draws.thetas, fit.bootstrap(250, seed=8).thetas)


@pytest.mark.parametrize(
    ("model", "options"),
    [(CFA, {}), (CFA, {"mean_structure": True}), (PATHS, {}), (CFA, {"group": "school", "group_equal": ("loadings",)})],
)
def test_a_resample_is_the_fit_of_its_cases(model, options):
    """The search in stacked arrays ends where a fit of the drawn cases ends, within 1e-5 of a standard error."""
    data = public_data("holzinger")
    fit = sem(model, data, **options)
    draws = fit.bootstrap(3, seed=2)
    rng = np.random.default_rng(np.random.SeedSequence(2).spawn(1)[0])
    counts = [rng.multinomial(s.n, np.full(s.n, 1 / s.n), size=3) for s in fit.model.samples]
    groups = [data] if "group" not in options else [part for _, part in data.groupby("school", sort=False)]
    drawn = pd.concat([g.loc[g.index.repeat(c[1])] for g, c in zip(groups, counts, strict=True)])
    own = sem(model, drawn, **options)
    errors = np.sqrt(np.diag(fit.vcov()))
    assert np.max(np.abs(draws.thetas[1] - own.estimate.theta) / errors) < 1e-5
    assert draws.chisq[1] == pytest.approx(own.fit_measures()["chisq"], abs=1e-6)


def test_standardized_defined_and_effects_come_from_the_same_draws(fit, draws):
    table = draws.ci("percentile").set_index(["op", "lhs", "rhs"])
    tidy = fit.tidy()
    assert np.allclose(table.est[: len(tidy)], tidy.est) and np.allclose(table.std_all[: len(tidy)], tidy.std_all)
    path, twice, total = (
        table.loc[("~", "textual", "visual")],
        table.loc[(":=", "twice", "2*a")],
        table.loc[("total", "textual", "visual")],
    )
    assert twice.ci_lower == pytest.approx(2 * path.ci_lower) and total.ci_upper == pytest.approx(path.ci_upper)
    assert path.std_all_ci_lower < path.std_all < path.std_all_ci_upper
    assert path.se == pytest.approx(tidy.se[6], rel=0.35)


def test_limits_equal_lavaans_on_given_resamples():
    values = pd.read_csv(R / "resample_values.csv").dropna()
    expected = pd.read_csv(R / "resamples.csv").query("case == 'intervals'")
    expected = expected.assign(name=expected.apply(lambda r: r.lhs + r.op + r.rhs, axis=1))
    wide = expected.pivot(index="name", columns="what", values="value")
    labels = {name: name for name in values.columns}
    rows = {label: next(n for n in wide.index if n == label or _is_labelled(n, label)) for label in labels}
    estimates = np.array([wide.est[rows[name]] for name in values])
    for kind, corrected in (("perc", False), ("bca_simple", True)):
        lower, upper = interval_limits(values.to_numpy(), estimates, 0.95, corrected)
        for k, name in enumerate(values):
            assert lower[k] == pytest.approx(wide[f"{kind}_lower"][rows[name]], abs=1e-9)
            assert upper[k] == pytest.approx(wide[f"{kind}_upper"][rows[name]], abs=1e-9)


def _is_labelled(name, label):
    return {"a": "x4~x1", "b": "x5~x4", "c": "x5~x1"}.get(label) == name


def test_bollen_stine_draws_from_data_in_which_the_model_holds(fit):
    structure, sample = fit.model.structures[0], fit.model.samples[0]
    turned = _cases(fit, structure, sample, "bollen_stine")
    assert np.allclose(np.cov(turned.T, bias=True), fit.implied_cov().to_numpy(), atol=1e-10)
    draws = fit.bootstrap(200, seed=1, kind="bollen_stine")
    assert 0 <= draws.pvalue <= 0.2 and fit.fit_measures()["pvalue"] < 0.05
    with pytest.raises(EmolaborError, match="for the test"):
        draws.ci()


def test_clusters_are_drawn_whole():
    fit = sem("f =~ s1 + s2 + s3", frame("clustered"), cluster="cluster")
    draws = fit.bootstrap(200, seed=1)
    ratio = draws.ci()["se"][1] / fit.tidy().se[1]
    assert draws.n_failed == 0 and 0.6 < ratio < 1.6


def test_incomplete_answers_are_resampled_too():
    fit = sem("visual =~ x1 + x2 + x3", frame("incomplete"), missing="fiml")
    draws = fit.bootstrap(60, seed=1)
    loadings = draws.ci()
    assert draws.n_failed == 0 and loadings["se"][1] == pytest.approx(fit.tidy().se[1], rel=0.5)


BOUNDED = {
    "complete": (CFA, "holzinger", {}),
    "groups": (CFA, "holzinger", {"group": "school"}),
    "clusters": ("f =~ s1 + s2 + s3", "clustered", {"cluster": "cluster"}),
    "incomplete": ("visual =~ x1 + x2 + x3", "incomplete", {"missing": "fiml"}),
}


@pytest.mark.parametrize("name", BOUNDED)
def test_a_bound_of_memory_changes_no_resample(name, monkeypatch):
    """Sums in another order agree to rounding. Groups draw in turns, so that for them a bound makes other draws."""
    model, data, options = BOUNDED[name]
    fit = sem(model, public_data(data) if data == "holzinger" else frame(data), **options)
    whole = fit.bootstrap(20, seed=1)
    monkeypatch.setattr(bootstrap, "NUMBERS", 2000)
    monkeypatch.setattr(estimate_many, "CACHED", 30)
    monkeypatch.setattr(resamples, "NUMBERS", 100)
    parts = fit.bootstrap(20, seed=1)
    assert parts.n_failed == whole.n_failed == 0
    if name != "groups":
        errors = np.sqrt(np.diag(fit.vcov()))
        assert np.max(np.abs(parts.thetas - whole.thetas) / errors) < 1e-9


HOLES = {
    "few": (CFA, 0.05, {}),
    "a third": (CFA, 0.3, {}),
    "paths among what is observed": (PATHS + "; x1 ~~ x1 + x2; x2 ~~ x2", 0.1, {}),
    "groups with equal loadings": (CFA, 0.1, {"group": "school", "group_equal": ("loadings",)}),
    "one group complete": (CFA, 0.0, {"group": "school"}),
}


@pytest.mark.parametrize("kind", HOLES)
def test_a_resample_of_incomplete_answers_is_the_fit_of_its_cases(kind):
    """Within 3e-5 of a standard error: what the search leaves before its last step."""
    model, share, options = HOLES[kind]
    data, rng = public_data("holzinger").reset_index(drop=True), np.random.default_rng(5)
    items = ["x1", "x3", "x4", "x5", "x6"]  # x2 has no holes, so that no row is empty
    data[items] = data[items].mask(rng.random((len(data), 5)) < share)
    data.loc[data.index[data["school"] == "Pasteur"][:20], "x1"] = np.nan
    fit = sem(model, data, missing="fiml", **options)
    draws = fit.bootstrap(3, seed=2)
    rng = np.random.default_rng(np.random.SeedSequence(2).spawn(1)[0])
    counts = [rng.multinomial(s.n, np.full(s.n, 1 / s.n), size=3) for s in fit.model.samples]
    groups = [data] if "group" not in options else [part for _, part in data.groupby("school", sort=False)]
    errors = np.sqrt(np.diag(fit.vcov()))
    for r in range(3):
        drawn = pd.concat([g.loc[g.index.repeat(c[r])] for g, c in zip(groups, counts, strict=True)])
        own = sem(model, drawn, missing="fiml", **options)
        assert np.max(np.abs(draws.thetas[r] - own.estimate.theta) / errors) < 3e-5


def test_a_search_in_few_e_steps_ends_where_one_at_every_step_ends(monkeypatch):
    """With a decrement of 1e-18 instead of 1e-12, which leaves 2e-8 of a standard error at 300 cases."""
    monkeypatch.setattr(optimize_many, "DECREMENT", 1e-18)
    monkeypatch.setattr(optimize_many.minimize_many, "__defaults__", (1e-18,))
    data = public_data("holzinger")
    data.loc[::7, "x1"] = data.loc[::5, "x6"] = np.nan
    fit = sem(CFA, data, missing="fiml")
    few, alone = fit.bootstrap(40, seed=1), []
    monkeypatch.setattr(estimate_many, "MOST_OPEN", 0.0)
    monkeypatch.setattr(estimate_many.Together, "alone", lambda together, samples: alone.append(1))
    every = fit.bootstrap(40, seed=1)
    assert not alone
    assert 0 < np.max(np.abs(few.thetas - every.thetas) / np.sqrt(np.diag(fit.vcov()))) < 1e-7


def test_failed_resamples_are_counted_and_left_out():
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.standard_normal((12, 4)), columns=list("abcd"))
    draws = sem("f =~ a + b + c + d", data).bootstrap(100, seed=1)
    assert draws.n_failed > 0 and draws.n_improper > 0
    assert repr(draws) == f"100 nonparametric draws: {draws.n_failed} failed, {draws.n_improper} improper"
    assert draws.ci().ci_lower.notna().all()


def test_monte_carlo_intervals_of_a_parameter_are_its_wald_interval(fit):
    """20,000 draws: the limits' Monte Carlo error is about 2 % of the standard error; 5 % is allowed."""
    table, tidy = fit.monte_carlo(20_000, seed=1).ci(), fit.tidy()
    for end in ("ci_lower", "ci_upper"):
        assert np.max(np.abs(table[end][: len(tidy)] - tidy[end]) / np.where(tidy.se > 0, tidy.se, 1)) < 0.05


def test_bias_correction_and_acceleration_move_the_limits(draws):
    limits = [draws.ci(kind).ci_lower.to_numpy() for kind in ("percentile", "bc", "bca")]
    assert not np.allclose(limits[0], limits[1]) and not np.allclose(limits[1], limits[2])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda fit: fit.bootstrap(0), "n_resamples: found 0"),
        (lambda fit: fit.bootstrap(10, jobs=0), "jobs: found 0"),
        (lambda fit: fit.bootstrap(10, seed=-1), "seed: found -1"),
        (lambda fit: fit.bootstrap(10, kind="bayes"), "kind: found 'bayes'; allowed: nonparametric"),
        (lambda fit: fit.bootstrap(10).ci("perc"), "interval: found 'perc'; allowed: percentile"),
        (lambda fit: fit.bootstrap(10).ci(level=95), "level: found 95"),
        (lambda fit: fit.bootstrap(10).pvalue, "allowed: bollen_stine"),
        (lambda fit: fit.monte_carlo(0), "n_draws: found 0"),
        (lambda fit: fit.monte_carlo(10).ci("bca"), "allowed: percentile for Monte Carlo draws"),
        (lambda fit: sem("f =~ x1 + x2", public_data("holzinger")).monte_carlo(10), "not identified"),
    ],
)
def test_bad_arguments_are_named(fit, call, message):
    with pytest.raises(EmolaborError) as error:
        call(fit)
    assert message in str(error.value)


def test_a_covariance_matrix_has_no_cases_to_draw():
    data = public_data("holzinger")[["x1", "x2", "x3"]]
    with pytest.raises(EmolaborError, match="monte_carlo"):
        sem("f =~ x1 + x2 + x3", sample_cov=data.cov(), n_obs=301).bootstrap(10)
