from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from emolabor.errors import EmolaborError
from emolabor.instrument import load_instrument
from emolabor.sem import sem
from emolabor.simulation import draw_staff, load_population, simulate_staff, truth
from emolabor.theory import full_model, load_claims


@pytest.fixture(scope="module")
def population():
    return load_population()


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("window_staff")


@pytest.fixture(scope="module")
def staff():
    return simulate_staff()


@pytest.fixture(scope="module")
def large(population, instrument):
    """40,000 staff in 2,000 centres: so many that the centres' own sampling error does not count."""
    centres = {**population.settings["centres"], "count": 2000}
    return draw_staff(replace(population, settings={**population.settings, "centres": centres}), instrument, 40_000, 1)


@pytest.fixture(scope="module")
def careful(large, instrument):
    """The careful of the large draw, reverse-worded items turned."""
    frame, careless = large
    turned = sorted(instrument.reversed_items)
    return frame[~careless].assign(**{key: 6 - frame[key] for key in turned})


def items_of(instrument):
    return [key for keys in instrument.dimensions().values() for key in keys]


def test_columns_are_those_of_the_instrument(staff, instrument):
    assert list(staff.columns) == list(instrument.columns)
    assert len(staff) == 1200


def test_same_seed_same_frame_other_seed_other_frame(staff):
    pd.testing.assert_frame_equal(staff, simulate_staff(1200, seed=1))
    assert not staff.equals(simulate_staff(1200, seed=2))


def test_values_are_allowed_ones(staff, instrument):
    answers = staff[list(instrument.points())]
    assert set(np.unique(answers.to_numpy()[answers.notna().to_numpy()])) == {1, 2, 3, 4, 5}
    assert staff["respondent"].tolist() == list(range(1, 1201))
    for variable in instrument.background:
        if variable.kind == "choice":
            assert set(staff[variable.key]) == set(variable.values), variable.key
        if variable.kind == "code":
            assert staff[variable.key].str.fullmatch(variable.pattern).all(), variable.key
    assert (staff["seconds"] > 0).all()


def test_centres_and_dispatch_types_are_unequal(staff):
    sizes = staff["centre"].value_counts()
    assert len(sizes) == 48 and sizes.max() > 3 * sizes.min()
    assert staff["department"].nunique() == 12
    shares = staff["dispatch_type"].value_counts(normalize=True)
    assert list(shares.index) == ["dispatched", "contract", "agency"]
    assert shares["agency"] < 0.2


def test_reverse_worded_items_come_as_fielded(staff, instrument):
    for keys in instrument.dimensions().values():
        for key in set(keys) & instrument.reversed_items:
            assert staff[key].corr(staff[keys[0]]) < -0.2, key


def test_careless_are_four_in_a_hundred_and_fail_the_checks(large, instrument):
    frame, careless = large
    assert careless.sum() == 1600
    failed = np.any([frame[check.key] != check.expected for check in instrument.attention_checks], axis=0)
    # any answer at random passes both checks 1 time in 25; a straight line never passes both (4 and 2 are asked)
    assert failed[careless].mean() > 0.9
    assert failed[~careless].mean() == pytest.approx(1 - 0.98**2, abs=0.005)  # standard error .001
    assert frame["seconds"][careless].median() < frame["seconds"][~careless].median() / 2


def test_careless_are_of_three_kinds(large, instrument):
    frame, careless = large
    answers = frame.loc[careless, list(instrument.points())].to_numpy()
    straight = (answers == answers[:, :1]).all(axis=1)
    two_apart = (answers[:, 2:] == answers[:, :-2]).all(axis=1)
    five_apart = (answers[:, 5:] == answers[:, :-5]).all(axis=1)
    patterned = (two_apart | five_apart) & ~straight
    # thirds; a fifth of the alternating ones alternate between equal answers and count as straight
    assert straight.mean() == pytest.approx(1 / 3 + 1 / 30, abs=0.05)
    assert patterned.mean() == pytest.approx(1 / 3 - 1 / 30, abs=0.05)
    assert (~straight & ~patterned).mean() == pytest.approx(1 / 3, abs=0.05)  # four standard errors of .012


def test_answers_are_left_out_by_some_and_more_with_longer_tenure(staff, large, instrument):
    items = items_of(instrument)
    assert 0.02 < staff[items].isna().mean().mean() < 0.03
    assert staff[items].notna().all(axis=1).mean() > 0.75
    frame, careless = large
    by_tenure = frame[items].isna().mean(axis=1)[~careless].groupby(frame["tenure_band"]).mean()
    assert by_tenure.is_monotonic_increasing
    assert by_tenure[4] > 2 * by_tenure[1]


def test_management_scores_cluster_in_centres(population, instrument):
    """One-way ICC(1) of scale means; the latent share is .10, unreliable answers bring it to about .08."""
    frame, careless = draw_staff(population, instrument, 40_000, 3)
    frame = frame[~careless]
    icc = {}
    for name in ("institutional_clarity", "reward_fairness", "unit_support", "role_pressure", "surface_acting"):
        keys = instrument.dimensions()[name]
        score = frame[[key for key in keys if key not in instrument.reversed_items]].mean(axis=1)
        groups = score.groupby(frame["centre"])
        sizes = groups.count()
        typical = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1)
        within = ((score - groups.transform("mean")) ** 2).sum() / (sizes.sum() - len(sizes))
        between = (sizes * (groups.mean() - score.mean()) ** 2).sum() / (len(sizes) - 1)
        icc[name] = (between - within) / (between + (typical - 1) * within)
    management = [value for name, value in icc.items() if name != "surface_acting"]
    # 48 centres: the standard error of a share of .08 is about .08 * sqrt(2 / 47) = .016
    assert all(0.05 < value < 0.12 for value in management)
    assert icc["surface_acting"] < min(management)


def test_item_correlations_are_the_populations(careful, population, instrument):
    """Two items of a dimension correlate like two cut normal variables whose r is the product of the loadings.

    An answer is 1 + the number of thresholds passed, so E[xy] sums P(both pass) over pairs of thresholds (Olsson 1979,
    Psychometrika 44:443-460). Sampling error at 31,000 rows or more is .005; .02 is four of them.
    """
    items = population.items
    for first, second, *_ in instrument.dimensions().values():
        one, other = (items.loc[key, ["t1", "t2", "t3", "t4"]].to_numpy(dtype=float) for key in (first, second))
        r = items.loc[first, "loading"] * items.loc[second, "loading"]
        pairs = np.stack(np.meshgrid(one, other), axis=-1).reshape(-1, 2)
        both = multivariate_normal(cov=[[1, r], [r, 1]]).cdf(-pairs).sum()
        means, squares = zip(*((ndtr(-cut).sum(), ndtr(-cut) @ [1, 3, 5, 7]) for cut in (one, other)), strict=True)
        spread = [np.sqrt(square - mean**2) for mean, square in zip(means, squares, strict=True)]
        expected = (both - means[0] * means[1]) / (spread[0] * spread[1])
        assert careful[first].corr(careful[second]) == pytest.approx(expected, abs=0.02), (first, second)


def test_the_marker_is_unrelated(careful):
    others = careful.filter(regex=r"^(ps|sq|sa|us|ic)\d$")
    assert others.corrwith(careful["mk1"]).abs().max() < 0.02  # about three standard errors of .0056


def test_structural_paths_are_recovered(careful, population, instrument):
    """Maximum likelihood finds the true standardized paths again.

    Categories lower loadings, not the correlations of latent variables, and product terms are uncorrelated with what
    they multiply, so both leave the paths nearly alone. What remains is sampling error: standard errors at 31,000
    complete rows are .005 to .008, and .03 is about four of them.
    """
    fit = sem(full_model(instrument.dimensions(), load_claims()), careful)
    assert fit.converged and fit.admissible
    tidy = fit.tidy()
    paths = tidy[tidy["op"] == "~"]
    found = pd.Series(paths["std_all"].to_numpy(), index=paths["lhs"] + "~" + paths["rhs"])
    true = truth(population)["std_all"]
    assert set(found.index) == set(true.index)
    np.testing.assert_allclose(found[true.index], true, atol=0.03)
    assert fit.fit_measures()["rmsea"] < 0.01
    defined = tidy[tidy["op"] == ":="].set_index("lhs")["std_all"]
    for claim in load_claims():
        for path in (path for path in claim.paths if path.via):
            product = true[f"{path.via}~{path.source}"] * true[f"{path.to}~{path.via}"]
            assert defined[path.parameter] == pytest.approx(product, abs=0.015), path.key


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (1.5, 1), (True, 1), ("many", 1), (10, -1), (10, None)])
def test_what_is_no_number_of_staff_or_seed_is_refused(n, seed):
    with pytest.raises(EmolaborError, match=r"^(n|seed): found .*allowed: a whole number from"):
        simulate_staff(n, seed)


def test_one_respondent_is_enough():
    assert len(simulate_staff(1)) == 1


def test_an_instrument_with_some_of_the_scales_is_answered_as_the_whole_one():
    whole = load_instrument("window_staff")
    some = replace(whole, scales=whole.scales[8:10], attention_checks=(), background=whole.background[:2])
    staff = simulate_staff(40, seed=3, instrument=some)
    assert list(staff) == list(some.columns)
    assert len(staff) == 40


def test_an_instrument_that_asks_something_else_is_refused():
    whole = load_instrument("window_staff")
    item = replace(whole.scales[0].items[0], key="new1")
    dimension = replace(whole.scales[0].dimensions[0], items=(item,))
    other = replace(whole, scales=(replace(whole.scales[0], dimensions=(dimension,)),), attention_checks=())
    with pytest.raises(EmolaborError, match="instrument: found new1; allowed: items and background of window_staff"):
        simulate_staff(40, instrument=other)
