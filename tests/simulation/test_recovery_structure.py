"""The structural analyses find the truth of `population.yaml` again in a large draw of careful staff.

Maximum likelihood on five-point codes: categories lower loadings, not the correlations of latent variables, and product
terms are uncorrelated with what they multiply, so both leave the paths nearly alone. What remains is sampling error:
standard errors at 31,000 complete rows are .005 to .008, and .03 is about four of them; products of two paths have
smaller ones (.004 or less; .015).
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from implied import code_correlation
from sklearn.mixture import GaussianMixture

import emolabor as el
from emolabor.responses import scored_items
from emolabor.simulation import draw_staff, total_truth, truth
from emolabor.simulation.latent import draw_latent, latent_correlation
from emolabor.simulation.population import disturbance_covariance

pytestmark = pytest.mark.slow

STRATEGIES = ("surface_acting", "deep_acting", "natural_expression")
INTERACTIONS = {
    "service_quality": ("deep_acting", "exhaustion", ("natural_expression", "accomplishment", "passive_attitude")),
}


@pytest.fixture(scope="module")
def fit(careful, instrument):
    return el.sem(el.full_model(instrument.dimensions(), el.load_claims()), careful)


def true_paths(population):
    """Every claimed path, those that are zero included."""
    table = population.paths
    return pd.Series(table["value"].to_numpy(), index=table["to"] + "~" + table["from"])


def paths_of(fit):
    rows = fit.tidy().query("op == '~'")
    return pd.Series(rows["std_all"].to_numpy(), index=rows["lhs"] + "~" + rows["rhs"])


def test_paths_are_recovered(fit, population):
    assert fit.converged and fit.admissible and fit.fit_measures()["rmsea"] < 0.01
    found, true = paths_of(fit), true_paths(population)
    assert set(found.index) == set(true.index)
    np.testing.assert_allclose(found[true.index], true, atol=0.03)


def test_indirect_paths_of_the_claims_are_recovered(fit, population):
    true = true_paths(population)
    defined = fit.tidy().query("op == ':='").set_index("lhs")["std_all"]
    indirect = [path for claim in el.load_claims() for path in claim.paths if path.via]
    assert len(indirect) >= 3
    for path in indirect:
        product = true[f"{path.via}~{path.source}"] * true[f"{path.to}~{path.via}"]
        assert defined[path.parameter] == pytest.approx(product, abs=0.015), path.key


def test_total_effects_are_recovered(fit, population):
    """What levers are ranked by: every pair that the fit lists, mediators' own effects included where it does."""
    found = fit.effects().query("kind == 'total'").set_index(["source", "target"])["std_all"]
    true = total_truth(population).set_index(["source", "target"])["total"]
    assert len(found) > 25
    np.testing.assert_allclose(found, true.reindex(found.index, fill_value=0), atol=0.03)


def test_a_total_effect_is_the_path_and_the_ways_around(population):
    path = truth(population)["std_all"]
    true = total_truth(population).set_index(["source", "target"]).loc[("marginalisation", "proactive_service")]
    assert true["direct"] == path["proactive_service~marginalisation"]
    ways = ("training_access", "passive_attitude")
    way = sum(path[f"{one}~marginalisation"] * path[f"proactive_service~{one}"] for one in ways)
    assert true["indirect"] == pytest.approx(way, abs=1e-12)
    assert true["total"] == pytest.approx(true["direct"] + way, abs=1e-12)


def test_explained_variance_is_recovered(fit, population):
    """R^2 of the latent variables is 1 less the disturbance's variance; product terms are in the disturbance here."""
    psi = dict(zip(population.constructs, disturbance_covariance(population).diagonal(), strict=True))
    r2 = fit.r2()
    for name in set(population.paths["to"]):
        assert r2[name] == pytest.approx(1 - psi[name], abs=0.03), name


def test_latent_correlations_are_recovered_with_answers_missing(careful, population, measure):
    """FIML on the careful of 6,000, incomplete rows included; standard error .015 without, .06 is four of them."""
    some = careful.sample(6000, random_state=2)
    constructs = ("surface_acting", "deep_acting", "exhaustion", "proactive_service")
    fit = el.cfa(measure(*constructs), some, missing="fiml", estimator="MLR", std_lv=True)
    assert fit.n_obs == len(some)
    true = pd.DataFrame(latent_correlation(population), population.constructs, population.constructs)
    for row in fit.tidy().query("op == '~~' and lhs != rhs").itertuples():
        assert row.est == pytest.approx(true.loc[row.lhs, row.rhs], abs=0.06), (row.lhs, row.rhs)


def moderated(data, outcome, measure):
    predictor, moderator, others = INTERACTIONS[outcome]
    constructs = (predictor, moderator, *others)
    text = measure(outcome, *constructs) + f"{outcome} ~ {' + '.join(constructs)}"
    prepared = el.interaction(text, data, predictor, moderator, outcome)
    return prepared, el.sem(prepared.model, prepared.data, estimator="MLR")


@pytest.mark.parametrize("outcome", INTERACTIONS)
def test_interactions_are_recovered_from_codes(careful, population, measure, outcome):
    """Product indicators find the moderation and, with it, the slopes one SD below and above the moderator's mean.

    std_all of the product is the value times the product's standard deviation, sqrt(1 + r^2). Five-point codes bend at
    their ends, which takes 13 % of the first interaction (support leans to agreement, so high values are squeezed) and
    adds 5 % to the second (four draws of 40,000); a sixth of .15 is .025, and with it goes sampling error of .008.
    """
    predictor, moderator, _ = INTERACTIONS[outcome]
    value = population.interactions.set_index("to").loc[outcome, "value"]
    prepared, fit = moderated(careful, outcome, measure)
    row = fit.tidy().query(f"op == '~' and rhs == '{prepared.term}'").iloc[0]
    r = np.array(latent_correlation(population))[
        population.constructs.index(predictor), population.constructs.index(moderator)
    ]
    assert row["std_all"] == pytest.approx(value * np.sqrt(1 + r**2), abs=0.033)
    assert abs(row["std_all"]) > 0.1 and row["pvalue"] < 1e-6
    slopes = el.simple_slopes(fit, prepared)["std_slope"]
    path = truth(population).loc[f"{outcome}~{predictor}", "std_all"]
    np.testing.assert_allclose(slopes, [path - value, path, path + value], atol=0.05)


def test_interactions_of_latent_values_are_exact(many_centres, population):
    """Without questionnaire, least squares on all causes finds value and paths; standard error .005, so .02."""
    n, rng = 40_000, np.random.default_rng(3)
    latent = draw_latent(many_centres, *rng.integers(2000, size=(2, n)), np.zeros(n, dtype=int), rng)
    frame = pd.DataFrame(latent - latent.mean(axis=0), columns=population.constructs)
    for row in population.interactions.itertuples(index=False):
        causes = population.paths.loc[population.paths["to"] == row.to]
        product = frame[row[0]] * frame[row.moderator]
        design = frame[list(causes["from"])].assign(product=product - product.mean())
        found = np.linalg.lstsq(design.to_numpy(), frame[row.to].to_numpy(), rcond=None)[0]
        np.testing.assert_allclose(found, [*causes["value"], row.value], atol=0.02)


def test_no_classes_are_planted(many_centres, population):
    """Of normal mixtures over the three strategies one component is best: there is a continuum, not profiles."""
    n, rng = 10_000, np.random.default_rng(4)
    latent = draw_latent(
        many_centres, *rng.integers(2000, size=(2, n)), rng.choice(3, size=n, p=[0.74, 0.15, 0.11]), rng
    )
    three = latent[:, [population.constructs.index(name) for name in STRATEGIES]]
    bic = [GaussianMixture(k, random_state=1, n_init=3).fit(three).bic(three) for k in (1, 2, 3)]
    assert np.argmin(bic) == 0


def test_power_is_what_draws_of_the_population_show(population, instrument, measure):
    """`el.power` from true values against the share of 80 studies of 300 staff that find a path.

    The population of the power analysis has the true correlations of the latent variables and the loadings that
    categories leave. Standard error of the share .05, so .15; of mean estimates .01, so .03. Missing answers are not
    drawn here: they would need the same treatment in both.
    """
    names = ["passive_attitude", "after_hours_training", "divided_authority"]
    free = f"{measure(*names)}passive_attitude ~ after_hours_training + divided_authority"
    place = [population.constructs.index(name) for name in names]
    r = latent_correlation(population)[np.ix_(place, place)]
    slopes = np.linalg.solve(r[1:, 1:], r[1:, 0])
    items = population.items.assign(left=population.items["loading"] * code_correlation(population.items))
    lines = [
        f"{name} =~ " + " + ".join(f"{items.loc[key, 'left']}*{key}" for key in instrument.dimensions()[name])
        for name in names
    ]
    lines.append(f"passive_attitude ~ {slopes[0]}*after_hours_training + {slopes[1]}*divided_authority")
    lines.append(f"after_hours_training ~~ {r[1, 2]}*divided_authority")
    path = "lhs == 'passive_attitude' and op == '~' and rhs == 'after_hours_training'"
    planned = el.power(free, 300, population="\n".join(lines), n_replications=300).query(path).iloc[0]

    complete = {**population.settings["answering"], "skipped_items": 0.0, "careless": 0.0}
    quiet = replace(population, settings={**population.settings, "answering": complete})
    studies = [
        el.sem(free, scored_items(draw_staff(quiet, instrument, 300, seed)[0], instrument)).tidy().query(path).iloc[0]
        for seed in range(80)
    ]
    found = pd.DataFrame(studies)
    assert 0.4 < planned["power"] < 0.9
    assert (found["pvalue"] < 0.05).mean() == pytest.approx(planned["power"], abs=0.15)
    assert found["std_all"].mean() == pytest.approx(slopes[0], abs=0.03)
    # the standard deviation of 80 estimates has a standard error of 8 %
    assert found["est"].std() == pytest.approx(found["se"].mean(), rel=0.3)
