import re
from dataclasses import replace

import numpy as np
import pytest
import yaml

from emolabor.instrument import load_instrument
from emolabor.simulation import draw_staff, truth
from emolabor.simulation.latent import dispatch_means, draw_latent, interaction_variance, latent_correlation
from emolabor.simulation.population import (
    disturbance_covariance,
    measurement_by_type,
    path_matrix,
    population_file,
)
from emolabor.theory import load_claims


def sources(node):
    """Yield every mapping of the file that holds values, with its source or None."""
    if isinstance(node, dict):
        if "value" in node or "source" in node:
            yield node.get("source")
        for child in node.values():
            yield from sources(child)
    elif isinstance(node, list):
        for child in node:
            yield from sources(child)


def test_every_section_and_every_path_names_its_source():
    content = yaml.safe_load(population_file().read_text(encoding="utf-8"))
    found = list(sources(content))
    assert len(found) >= len(content["paths"]) + len(content["interactions"])
    assert all(isinstance(source, str) and source for source in found)
    for name, section in content.items():
        assert isinstance(section, list) or "source" in section, name


def test_items_are_those_of_the_instrument(population):
    items = {key: name for name, keys in load_instrument("window_staff").dimensions().items() for key in keys}
    assert population.items["dimension"].to_dict() == items


def test_true_paths_are_those_that_the_claims_imply(population):
    implied = {step for claim in load_claims() for path in claim.paths for step in path.steps}
    table = truth(population)
    assert set(zip(population.paths["from"], population.paths["to"], strict=True)) == implied
    assert set(zip(table["rhs"], table["lhs"], strict=True)) < implied
    assert list(table.index) == [f"{row.lhs}~{row.rhs}" for row in table.itertuples()]


def test_zeros_are_those_of_the_lot(shipped):
    """A quarter of the paths without a published value, in alphabetical order, drawn once; none by choice."""
    paths = shipped.paths.assign(key=list(zip(shipped.paths["from"], shipped.paths["to"], strict=True)))
    published = paths["source"].str.contains("Hülsheger & Schewe 2011, Journal|ChinaXiv")
    # One path that no claim makes stands beside its product only; the lot was of claimed ones.
    claimed = {(path.source, path.to) for claim in load_claims() for path in claim.paths if path.kind == "path"}
    drawn_from = sorted(key for key in paths.loc[~published, "key"] if key in claimed)
    lot = np.random.default_rng(20261130).choice(len(drawn_from), size=round(len(drawn_from) / 4), replace=False)
    assert len(drawn_from) == 27
    assert set(paths.loc[paths["value"] == 0, "key"]) == {drawn_from[number] for number in lot}


def test_every_value_names_a_study_or_is_called_assumed(shipped):
    named = "assumed|zero by lot|[0-9]{4}"
    for source in sources(yaml.safe_load(population_file().read_text(encoding="utf-8"))):
        assert re.search(named, source), source


def test_there_are_departments_and_centres_and_neither_lies_within_the_other(shipped):
    staff = draw_staff(shipped, load_instrument("window_staff"), 3000, 1)[0]
    sent = staff[staff["dispatch_type"] == "dispatched"]
    assert sent["department"].notna().all() and staff.drop(sent.index)["department"].isna().all()
    assert sent.groupby("department")["centre"].nunique().min() > 1
    assert sent.groupby("centre")["department"].nunique().median() > 1


def test_the_method_factor_raises_answers_as_fielded_and_can_be_taken_out(shipped):
    """Items of scales that are unrelated: their mean correlation as fielded is the share; standard error .003."""
    instrument, items = load_instrument("window_staff"), ["mk1", "mk2", "mk3"]
    others = [item for name in ("surface_acting", "staffing_stability") for item in instrument.dimensions()[name]]
    found = {}
    for share in (0.0, 0.2):
        staff, careless = draw_staff(replace(shipped, method_share=share), instrument, 4000, 2)
        found[share] = staff[~careless].corr(numeric_only=True).loc[items, others].mean(axis=None)
    assert found[0.0] == pytest.approx(0, abs=0.02)
    assert 0.14 < found[0.2] < 0.2  # categories take some


def test_interactions_are_those_of_the_claims(population):
    claimed = {
        (path.source, path.moderator, path.to): path.sign
        for claim in load_claims()
        for path in claim.paths
        if path.moderator
    }
    assumed = {(row["from"], row["moderator"], row["to"]): row for row in population.interactions.to_dict("records")}
    assert set(assumed) == set(claimed)
    assert all((row["value"] > 0) == (claimed[key] == "+") for key, row in assumed.items())


def test_disturbances_give_every_latent_variable_variance_one(population):
    # 1e-11: the search stops when no variance is off by more than 1e-12
    np.testing.assert_allclose(latent_correlation(population).diagonal(), 1, atol=1e-11)
    assert np.linalg.eigvalsh(disturbance_covariance(population)).min() > 0


def test_constructs_without_paths_to_them_keep_the_correlations_of_the_file(population):
    free = ~path_matrix(population).any(axis=1)
    implied = latent_correlation(population)[np.ix_(free, free)]
    np.testing.assert_allclose(implied, population.correlations[np.ix_(free, free)], atol=1e-11)


def test_paths_that_explain_too_much_are_refused(population):
    too_strong = population.paths.assign(value=population.paths["value"] * 3)
    with pytest.raises(ArithmeticError, match="more than the whole variance"):
        disturbance_covariance(replace(population, paths=too_strong))


def test_dispatch_means_are_small_and_centred(population):
    means, covariance = dispatch_means(population)
    share = [entry["share"] for entry in population.settings["dispatch_types"]["types"].values()]
    np.testing.assert_allclose(share @ means, 0, atol=1e-15)
    assert covariance.diagonal().max() < 0.05  # those whom the centre employs have one master only, not two
    assert np.abs(means).max() <= 0.6


def test_measurement_differs_in_few_items_by_little(population):
    loading, shift = measurement_by_type(population)
    assert list(loading.index) == list(population.settings["dispatch_types"]["types"])
    base = population.items["loading"]
    moved, loaded = (table.columns[table.any()] for table in (shift, loading - base))
    assert 3 <= len(moved) <= 5 and 1 <= len(loaded) <= 2
    dimension = population.items["dimension"]
    assert dimension[[*moved, *loaded]].is_unique  # the other items of a dimension carry the comparison
    assert shift.abs().max(axis=None) <= 0.5 and (loading - base).abs().max(axis=None) <= 0.15 + 1e-12


def test_product_terms_add_little_variance_and_only_to_their_outcomes(population):
    added = dict(zip(population.constructs, interaction_variance(population), strict=True))
    assert {name for name, value in added.items() if value} == {"service_quality"}
    # value squared times 1 + r squared: .12 with r = .06
    assert 0.0144 < added["service_quality"] < 0.0146


def test_a_large_draw_has_the_moments_of_the_population(population):
    # 30,000 independent rows: the largest of 325 sampling errors, each up to .0082 (variances), stays below 4 of them;
    # 30,000 rows in 20,000 centres and units keep their shares from adding to it.
    rng = np.random.default_rng(7)
    shares = [entry["share"] for entry in population.settings["dispatch_types"]["types"].values()]
    n = 30_000
    centre, unit = rng.integers(20_000, size=(2, n))
    latent = draw_latent(population, centre, unit, rng.choice(3, size=n, p=shares), rng)
    np.testing.assert_allclose(latent.mean(axis=0), 0, atol=0.025)
    np.testing.assert_allclose(np.cov(latent.T), latent_correlation(population), atol=0.035)


def test_product_terms_bend_the_paths(population):
    # Service quality rises more with deep acting where exhaustion is high: slopes above and below its mean differ by
    # value * (E[z | z > 0] - E[z | z < 0]) = 2 * sqrt(2 / pi) * value = .19; the standard error of the difference
    # at 15,000 rows a side is about .011.
    rng = np.random.default_rng(8)
    n = 30_000
    latent = draw_latent(population, *rng.integers(2000, size=(2, n)), np.zeros(n, dtype=int), rng)
    place = population.constructs.index
    exhaustion, deep, quality = (latent[:, place(name)] for name in ("exhaustion", "deep_acting", "service_quality"))
    slopes = [np.polyfit(deep[side], quality[side], 1)[0] for side in (exhaustion > 0, exhaustion <= 0)]
    assert slopes[0] - slopes[1] == pytest.approx(0.19, abs=0.04)
