"""What careless respondents do to results, and that screening undoes it, in a large draw whose careless are known.

4 in 100 answer without reading: a third with one answer throughout, a third with any answer, a third in a pattern. One
answer throughout adds the same positive covariance to every pair of items as fielded; the other two kinds add none, and
all of them thin out what the careful say. Expected therefore: unrelated items correlate positively, paths move upwards,
reverse-worded items lose most, scales with one lose reliability. Sampling error cancels where the same careful staff
are compared with and without the careless; absolute bounds are half of what was measured (seed 1), or less.
"""

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.simulation import truth

pytestmark = pytest.mark.slow

LEFT = 0.1  # share of a bias that may remain after screening: it misses 2 in 1,000 of the careless


@pytest.fixture(scope="module")
def kinds(large, instrument):
    """Masks of the three kinds among the careless; alternating between equal answers is one answer throughout."""
    frame, careless = large
    answers = frame[list(instrument.points())].to_numpy()
    straight = (answers == answers[:, :1]).all(axis=1)
    alternating = (answers[:, 2:] == answers[:, :-2]).all(axis=1)
    diagonal = (answers[:, 5:] == answers[:, :-5]).all(axis=1)
    pattern = (alternating | diagonal) & ~straight
    return {"straight": careless & straight, "pattern": careless & pattern, "random": careless & ~straight & ~pattern}


@pytest.fixture(scope="module")
def called(large, instrument):
    return el.screen(large[0], instrument)["careless"].to_numpy(dtype=bool)


@pytest.fixture(scope="module")
def samples(everyone, careful, called):
    """The careful, all, and those whom screening keeps."""
    return {"careful": careful, "everyone": everyone, "screened": everyone[~called]}


def test_screening_finds_each_kind_and_spares_the_careful(large, kinds, called):
    assert all(mask.sum() > 400 for mask in kinds.values())
    for kind, mask in kinds.items():
        assert called[mask].mean() >= 0.98, kind
    assert called[~large[1]].mean() <= 0.003


def bias(values):
    """How far everyone and the screened are from the careful."""
    return values["everyone"] - values["careful"], values["screened"] - values["careful"]


def test_unrelated_scales_correlate(samples, instrument):
    with_marker = {}
    for name, sample in samples.items():
        means = pd.DataFrame({key: sample[items].mean(axis=1) for key, items in instrument.dimensions().items()})
        marker = means.pop("music_preference")
        with_marker[name] = means.corrwith(marker)
    all_in, screened = bias(with_marker)
    assert all_in.min() > 0 and all_in.mean() > 0.02
    assert abs(screened.mean()) < LEFT * all_in.mean()


def test_scales_lose_reliability_most_those_with_reverse_worded_items(samples, instrument):
    dimensions = instrument.dimensions()
    alpha = {name: el.reliability(sample, dimensions)["alpha"] for name, sample in samples.items()}
    all_in, screened = bias(alpha)
    reversed_in = [key for key, items in dimensions.items() if set(items) & instrument.reversed_items]
    assert all_in.mean() < -0.003
    assert all_in[reversed_in].max() < all_in.drop(reversed_in).min()
    assert abs(screened.mean()) < LEFT * abs(all_in.mean())


def test_reverse_worded_items_lose_their_loading(samples, instrument, measure):
    loading = {}
    for name, sample in samples.items():
        rows = el.cfa(measure("role_clarity", "proactive_service"), sample).tidy().query("op == '=~'")
        loading[name] = rows.set_index("rhs")["std_all"]
    all_in, screened = bias(loading)
    turned = all_in.index.isin(list(instrument.reversed_items))
    assert all_in[turned].max() < -0.05 and all_in[turned].max() < all_in[~turned].min()
    assert screened[turned].abs().max() < LEFT * all_in[turned].abs().min()


def test_a_method_factor_appears(samples, instrument):
    wanted = ("surface_acting", "deep_acting", "exhaustion", "proactive_service", "music_preference")
    dimensions = {key: instrument.dimensions()[key] for key in wanted}
    pvalue = {
        name: el.marker_test(sample, dimensions, "music_preference").table.loc["method-C", "pvalue_diff"]
        for name, sample in samples.items()
    }
    assert pvalue["everyone"] < 1e-6
    assert min(pvalue["careful"], pvalue["screened"]) > 0.001


def test_paths_move_upwards_and_the_model_fits_worse(samples, population, instrument):
    model, true = el.full_model(instrument.dimensions(), el.load_claims()), truth(population)["std_all"]
    paths, cfi = {}, {}
    for name, sample in samples.items():
        fit = el.sem(model, sample)
        rows = fit.tidy().query("op == '~'")
        paths[name] = rows.set_index(rows["lhs"] + "~" + rows["rhs"])["std_all"]
        cfi[name] = fit.fit_measures()["cfi"]
    all_in, screened = bias(paths)
    assert all_in.mean() > 0.015 and (all_in > 0).mean() > 0.75
    assert np.abs(screened).mean() < LEFT * np.abs(all_in).mean()
    np.testing.assert_allclose(paths["screened"][true.index], true, atol=0.03)  # as without the careless
    assert cfi["everyone"] < cfi["careful"] - 0.01 and cfi["screened"] > cfi["careful"] - 0.001


@pytest.mark.parametrize(("tenure_band", "place"), [(1, 0), (2, 1), (3, 2), (4, 3)])
def test_answers_are_missing_as_often_as_planted_for_each_tenure(large, population, instrument, tenure_band, place):
    """Share of missing items: skippers times what they skip. At 5,500 staff or more a band: standard error .0006."""
    frame, careless = large
    answering = population.settings["answering"]
    expected = answering["skippers_by_tenure"][place] * answering["skipped_items"]
    here = frame[~careless & (frame["tenure_band"] == tenure_band)]
    items = [item for keys in instrument.dimensions().values() for item in keys]
    assert len(here) > 5000
    assert here[items].isna().mean(axis=None) == pytest.approx(expected, abs=0.0025)


def test_missing_answers_go_with_tenure_not_with_what_is_answered(careful, large, population):
    """Longer tenure, more missing (correlation of band and share); exhaustion, among others, does not tell."""
    missing = careful[list(population.items.index)].isna().mean(axis=1)
    assert missing.corr(large[0].loc[careful.index, "tenure_band"]) > 0.08
    means = careful[["ex1", "ex2", "ug1", "ps1"]].corrwith(missing)
    assert means.abs().max() < 0.021  # four standard errors of 1 / sqrt(36,000)
