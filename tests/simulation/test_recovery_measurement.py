"""The measurement analyses find the truth of `population.yaml` again in a large draw of careful staff.

38,400 careful staff in 2,000 centres, 31,000 to 36,000 of them complete in what an analysis uses. Tolerances are four
standard errors at that size, plus what five-point answers do where it is not computed:

- alpha and omega: standard error .002 (Feldt), so .008 against what the thresholds and loadings imply for the codes;
- loadings by WLSMV: standard error .004; .016. Polychoric correlations undo the categories;
- loadings by ML on the codes: a one-factor fit to the covariances that the population implies for the codes, standard
  error .005; .02. Categories take about 5 in 100 of a loading;
- ICC(1): standard error sqrt(2) (1 + 19 rho) / sqrt(20 x 19 x 2000) = .004 at rho = .08; .016.
"""

import numpy as np
import pandas as pd
import pytest
from implied import alpha_of, code_correlation, code_covariance
from scipy.special import chdtri

import emolabor as el
from emolabor.sem.inference.score_test import release, untie
from emolabor.simulation.latent import dispatch_means
from emolabor.simulation.population import disturbance_covariance, measurement_by_type, path_matrix

pytestmark = pytest.mark.slow

STRATEGIES = ("surface_acting", "deep_acting", "natural_expression")
MANAGEMENT = ("staffing_stability", "divided_authority", "reward_say", "marginalisation")
WELLBEING = ("exhaustion", "role_clarity", "accomplishment", "belonging")


@pytest.fixture(scope="module")
def alike(population, instrument):
    """The dimensions whose items all dispatch types answer alike."""
    moved = set(population.measurement_differences["item"])
    return {name: items for name, items in instrument.dimensions().items() if not moved & set(items)}


def test_reliability_is_the_populations(careful, population, alike):
    found = el.reliability(careful, alike)
    for name, items in alike.items():
        covariance = code_covariance(population.items.loc[items])
        assert found.loc[name, "alpha"] == pytest.approx(alpha_of(covariance), abs=0.008), name
        loadings, unique = one_factor(items, covariance)
        omega = loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())
        assert found.loc[name, "omega_total_ml"] == pytest.approx(omega, abs=0.008), name


def one_factor(items, covariance):
    frame = el.cfa(
        f"f =~ {' + '.join(items)}", sample_cov=pd.DataFrame(covariance, items, items), n_obs=1000, std_lv=True
    ).tidy()
    return frame.loc[frame["op"] == "=~", "est"], frame.loc[frame["lhs"].isin(items) & (frame["op"] == "~~"), "est"]


def loadings_of(fit):
    rows = fit.tidy().query("op == '=~'")
    return rows.set_index("rhs")["std_all"]


def test_wlsmv_finds_the_loadings(careful, population, measure):
    fit = el.cfa(measure(*STRATEGIES, "exhaustion", "proactive_service"), careful, estimator="WLSMV", ordered=True)
    found = loadings_of(fit)
    assert fit.admissible and fit.fit_measures()["rmsea"] < 0.01
    expected = population.items.loc[found.index, "loading"]
    np.testing.assert_allclose(found, expected, atol=0.016)


def test_ml_on_codes_finds_the_loadings_less_what_categories_take(careful, population, measure, alike):
    found = loadings_of(el.cfa(measure(*alike), careful))
    for items in alike.values():
        covariance = code_covariance(population.items.loc[items])
        expected = one_factor(items, covariance)[0] / np.sqrt(covariance.diagonal())
        np.testing.assert_allclose(found[items], expected, atol=0.02)
    shrunk = found / population.items.loc[found.index, "loading"]
    assert 0.9 < shrunk.min() and shrunk.max() < 1 and 0.93 < shrunk.mean() < 0.96


def test_as_many_factors_as_dimensions(careful, instrument):
    dimensions = instrument.dimensions()
    strategies = [item for name in STRATEGIES for item in dimensions[name]]
    assert el.parallel_analysis(careful[strategies], draws=20).n_factors == 3
    everything = [item for items in dimensions.values() for item in items]
    # 81 items measure 25 scales; the weakest of so many correlated factors may be lost among those of random answers
    assert el.parallel_analysis(careful[everything], draws=5).n_factors in (len(dimensions) - 1, len(dimensions))


def test_exploratory_factors_are_the_dimensions(careful, population, instrument):
    dimensions = {name: instrument.dimensions()[name] for name in STRATEGIES}
    items = [item for keys in dimensions.values() for item in keys]
    pattern = el.efa(careful[items], n_factors=3, rotation="oblimin").loadings.abs()
    own = {item: name for name, keys in dimensions.items() for item in keys}
    factor = pattern.idxmax(axis=1)
    assert len({(factor[item], own[item]) for item in items}) == 3
    expected = population.items.loc[items, "loading"] * code_correlation(population.items.loc[items])
    # .03: beside the error of a loading, the rotation's preference for small cross-loadings
    np.testing.assert_allclose(pattern.max(axis=1), expected, atol=0.03)
    assert np.sort(pattern.to_numpy(), axis=1)[:, :2].max() < 0.03


def test_no_method_factor_and_no_marker_variance(careful, instrument):
    wanted = ("surface_acting", "deep_acting", "exhaustion", "proactive_service")
    dimensions = {name: instrument.dimensions()[name] for name in wanted}
    marked = {**dimensions, "music_preference": instrument.dimensions()["music_preference"]}
    table = el.marker_test(careful, marked, "music_preference").table
    # every test at p > .001, so that one in a thousand draws fails by chance
    assert (table.loc[["method-C", "method-U", "method-R"], "pvalue_diff"] > 0.001).all()
    table = el.method_factor(careful, dimensions).table
    assert table.loc["equal method loadings", "pvalue_diff"] > 0.001


def score_tests(fit, names):
    """Chi-square of releasing each tied parameter over the groups, the others held."""
    loose = untie(fit)
    return {
        name: release(loose, [k for k, (lhs, rhs, _) in enumerate(loose.names) if lhs == rhs == name])[0]
        for name in names
    }


def expected_items(population, of, items):
    rows = population.measurement_differences
    return set(rows.loc[rows["of"] == of, "item"]) & set(items)


@pytest.mark.parametrize("constructs", [MANAGEMENT, STRATEGIES, WELLBEING])
def test_exactly_the_planted_intercepts_differ(careful, population, measure, instrument, constructs):
    """With them free, no other intercept differs: the critical chi-square (df 2) is that of all items' tests at .05."""
    items = [item for name in constructs for item in instrument.dimensions()[name]]
    planted = expected_items(population, "shift", items)
    options = dict(group="dispatch_type", group_equal=("loadings", "intercepts"), std_lv=True)
    before = score_tests(el.cfa(measure(*constructs), careful, **options), [f"{item}~1" for item in items])
    ranked = sorted(before, key=before.get, reverse=True)
    assert set(ranked[: len(planted)]) == {f"{item}~1" for item in planted}
    free = [f"{item} ~1" for item in sorted(planted)]
    freed = el.cfa(measure(*constructs), careful, group_partial=free, **options)
    others = [f"{item}~1" for item in items if item not in planted]
    tests = sum(map(len, instrument.dimensions().values()))
    assert max(score_tests(freed, others).values()) < chdtri(2, 0.05 / tests)


def test_the_planted_loadings_differ_most(careful, measure, instrument):
    """Among equal loadings theirs resist most. A shift squeezes answers at one end, so shifted items come next."""
    for constructs, planted in ((WELLBEING[:2], "role_clarity=~rc5"), (WELLBEING[2:], "belonging=~be2")):
        fit = el.cfa(measure(*constructs), careful, group="dispatch_type", group_equal=("loadings",), std_lv=True)
        names = [f"{name}=~{item}" for name in constructs for item in instrument.dimensions()[name]]
        found = score_tests(fit, names)
        assert max(found, key=found.get) == planted and found[planted] > 30


def test_the_size_of_a_planted_shift_is_found(careful, population, measure):
    """Intercepts differ by the shift, in the spread of the codes, times r(code, latent answer); .05 of a point.

    Roughly so: a shift of .45 reaches thresholds that are not equally far apart. Standard error .014.
    """
    _, shift = measurement_by_type(population)
    fit = el.cfa(
        measure(*STRATEGIES),
        careful,
        group="dispatch_type",
        group_equal=("loadings", "intercepts"),
        group_partial=("sa2 ~1",),
        std_lv=True,
    )
    rows = fit.tidy().query("op == '~1' and lhs == 'sa2'")["est"].to_numpy()
    labels = [sample.label for sample in fit.model.samples]
    gap = rows[labels.index("agency")] - np.delete(rows, labels.index("agency")).mean()
    item = population.items.loc[["sa2"]]
    spread = np.sqrt(code_covariance(item)[0, 0])
    assert gap == pytest.approx(shift.loc["agency", "sa2"] * code_correlation(item)[0] * spread, abs=0.05)


@pytest.mark.parametrize("constructs", [MANAGEMENT, STRATEGIES, WELLBEING])
def test_the_ladder_frees_only_planted_items(careful, population, measure, instrument, constructs):
    """By the rule, on 6,000 staff: equal loadings hold, and planted intercepts are freed until the rule is kept."""
    some = careful.sample(6000, random_state=1)
    steps = ["configural", "metric", "scalar"]
    found = el.invariance(measure(*constructs), some, "dispatch_type", estimator="MLR", std_lv=True, steps=steps)
    items = [item for name in constructs for item in instrument.dimensions()[name]]
    planted = {f"{item}~1" for item in expected_items(population, "shift", items)}
    assert found.table.loc["metric", "decision"] == "holds"
    assert found.level == ("metric" if planted else "scalar")
    assert set(found.partial) <= planted and bool(found.partial) == bool(planted)


def test_centres_differ_as_much_as_planted(careful, population, instrument):
    """ICC(1) of scale means: the latent share between centres, times reliability.

    Latent values vary over centres by the planted share, by what the paths carry on, and by the mix of dispatch types,
    whose means vary by 1 / (evenness + 1) of their variance (Dirichlet).
    """
    carried = np.linalg.inv(np.eye(len(population.constructs)) - path_matrix(population))
    share = np.sqrt(population.centre_share)
    between = share[:, None] * disturbance_covariance(population) * share
    between = between + dispatch_means(population)[1] / (population.settings["dispatch_types"]["evenness"] + 1)
    latent = dict(zip(population.constructs, (carried @ between @ carried.T).diagonal(), strict=True))
    dimensions = instrument.dimensions()
    found = el.agreement(careful, dimensions, "centre", points=5).table
    alpha = el.reliability(careful, dimensions)["alpha"]
    for name in dimensions:
        assert found.loc[name, "icc1"] == pytest.approx(latent[name] * alpha[name], abs=0.016), name
    size = found["mean_size"]
    np.testing.assert_allclose(found["design_effect"], 1 + (size - 1) * found["icc1"], rtol=1e-12)
