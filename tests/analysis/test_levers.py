"""Levers: gains against hand arithmetic, against each other under other markers, and against a population.

Tolerances: 1e-10 for the same arithmetic on the same estimates; 1e-5 where another marker makes another search, each
ending with a gradient of 1e-8; against the population four bootstrap standard errors (one in 16,000 falls outside).
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.analysis.lever_values import LeverModel
from emolabor.common.errors import EmolaborError
from emolabor.simulation import draw_staff, load_population, truth
from emolabor.theory import UNDESIRABLE

pytestmark = pytest.mark.slow

CONSTRUCTS = {
    "institutional_clarity": ["ic1", "ic2", "ic3", "ic4"],
    "unit_guidance": ["ug1", "ug3", "ug5"],
    "marginalisation": ["mg1", "mg3", "mg4"],
    "exhaustion": ["ex1", "ex2", "ex3", "ex4"],
    "proactive_service": ["ps1", "ps2", "ps3", "ps4", "ps6"],
}
PATHS = """
unit_guidance ~ institutional_clarity
exhaustion ~ unit_guidance + marginalisation
proactive_service ~ unit_guidance + marginalisation + exhaustion
unit_guidance ~~ marginalisation
"""
MODEL = el.measurement_model(CONSTRUCTS) + PATHS


@pytest.fixture(scope="module")
def data():
    staff = el.simulate_staff(n=900, seed=4)
    return el.scored_items(staff, el.load_instrument("window_staff")).join(staff["sex"])


@pytest.fixture(scope="module")
def fit(data):
    return el.sem(MODEL, data)


@pytest.fixture(scope="module")
def found(fit):
    return el.levers(fit, n_boot=300, seed=2)


def coefficients(fit):
    tidy = fit.tidy()
    est = {(row.lhs, row.rhs): row.est for row in tidy[tidy.op == "~"].itertuples()}
    loading = tidy[tidy.op == "=~"].groupby("lhs").est.mean()
    return est, loading


def test_a_gain_is_the_total_effect_in_the_units_of_item_means(fit, found):
    est, loading = coefficients(fit)
    exhaustion = est["proactive_service", "exhaustion"]
    role = est["proactive_service", "unit_guidance"] + est["exhaustion", "unit_guidance"] * exhaustion
    margin = est["proactive_service", "marginalisation"] + est["exhaustion", "marginalisation"] * exhaustion
    expected = {
        "institutional_clarity": est["unit_guidance", "institutional_clarity"] * role,
        "unit_guidance": role,
        "marginalisation": -margin,
    }
    for factor, effect in expected.items():
        gain = effect * loading["proactive_service"] / loading[factor]
        assert found.table.gain[factor] == pytest.approx(gain, abs=1e-10)


def test_std_is_the_standardized_total_effect_turned(fit, found):
    effects = fit.effects()
    totals = effects[(effects.kind == "total") & (effects.target == "proactive_service")].set_index("source").std_all
    expected = totals[found.table.index] * found.table.direction
    np.testing.assert_allclose(found.table["std"], expected, atol=1e-10)
    np.testing.assert_allclose(found.suppression.total, totals[found.table.index], atol=1e-10)


def test_no_choice_of_marker_changes_a_gain(data, fit, found):
    other = {name: items[::-1] for name, items in CONSTRUCTS.items()}
    turned = el.sem(el.measurement_model(other) + PATHS, data)
    gains = el.levers(turned, n_boot=2).table.gain
    np.testing.assert_allclose(gains, found.table.gain, atol=1e-5)
    raw = [one.tidy().query("op == '~'").est.to_numpy() for one in (fit, turned)]
    assert np.abs(raw[0] - raw[1]).max() > 0.01  # the raw paths do change


def test_the_ways_of_a_factor_add_up_to_its_gain(found):
    np.testing.assert_allclose(found.ways.groupby("factor").gain.sum()[found.table.index], found.table.gain, atol=1e-10)
    assert found.ways.via["institutional_clarity>unit_guidance>exhaustion>proactive_service"] == (
        "unit_guidance -> exhaustion"
    )
    assert found.ways.via["unit_guidance>proactive_service"] == ""


def test_intervals_are_those_of_the_draws(fit, found):
    ci = found.draws.ci().set_index(["op", "rhs", "lhs"])
    row = ci.loc[("total", "marginalisation", "proactive_service")]
    assert found.table.std_lower["marginalisation"] == pytest.approx(-row.std_all_ci_upper, abs=1e-10)
    assert found.table.std_upper["marginalisation"] == pytest.approx(-row.std_all_ci_lower, abs=1e-10)
    bca = el.levers(fit, draws=found.draws, interval="bca").suppression
    row = found.draws.ci("bca").set_index(["op", "rhs", "lhs"]).loc[("total", "marginalisation", "proactive_service")]
    assert bca.total_lower["marginalisation"] == pytest.approx(row.std_all_ci_lower, abs=1e-8)


def test_level_is_the_mean_answer_and_performance_is_turned(data, found):
    used = data[[item for items in CONSTRUCTS.values() for item in items]].dropna()
    mean = used[CONSTRUCTS["marginalisation"]].to_numpy().mean()
    assert found.table.level["marginalisation"] == pytest.approx(mean, abs=1e-10)
    assert found.table.performance["marginalisation"] == pytest.approx(100 * (5 - mean) / 4, abs=1e-8)
    mean = used[CONSTRUCTS["unit_guidance"]].to_numpy().mean()
    assert found.table.performance["unit_guidance"] == pytest.approx(100 * (mean - 1) / 4, abs=1e-8)


def test_shares_of_being_best_add_up_and_ranks_follow_the_gains(found):
    table = found.table
    assert table.best.sum() == pytest.approx(1)
    assert table.best_std.sum() == pytest.approx(1)
    assert table.sort_values("gain", ascending=False)["rank"].tolist() == [1, 2, 3]
    assert (table.rank_lower <= table["rank"]).all()
    assert (table["rank"] <= table.rank_upper).all()


def test_of_two_like_levers_each_is_best_in_about_half_of_the_samples():
    """Two predictors with equal paths: over samples, the mean share of the first is one half."""
    rng = np.random.default_rng(8)
    shares = []
    for _ in range(40):
        x = rng.standard_normal((300, 2))
        frame = pd.DataFrame(x, columns=["a", "b"]).assign(y=x @ [0.3, 0.3] + rng.standard_normal(300))
        one = el.sem("y ~ a + b", frame)
        shares.append(el.levers(one, "y", ["a", "b"], draws=one.monte_carlo(200)).table.best["a"])
    # A share has at most the variance 1/4, its mean over 40 samples a standard error of .08.
    assert np.mean(shares) == pytest.approx(0.5, abs=3 * 0.08)
    assert np.std(shares) > 0.1


def test_the_population_is_found():
    """A large sample of careful respondents against the total standardized effects of the population."""
    instrument, claims = el.load_instrument("window_staff"), el.load_claims()
    population = replace(load_population(), method_share=0.0)
    staff, careless = draw_staff(population, instrument, 8000, 3)
    fit = el.sem(el.full_model(instrument.dimensions(), claims), el.scored_items(staff[~careless], instrument))
    found = el.levers(fit, n_boot=200).table
    true = truth(load_population())

    def total(source):
        steps = true[true.rhs == source].set_index("lhs").std_all
        return sum(value * (1 if to == "proactive_service" else total(to)) for to, value in steps.items())

    for factor, row in found.iterrows():
        assert row["std"] == pytest.approx(row.direction * total(factor), abs=4 * row.std_se), factor


def test_suppression_is_told_by_both_numbers():
    """y = x1 - 0.4 x2 + e with r(x1, x2) = .7: x2's correlation with y is positive, its partial path negative."""
    rng = np.random.default_rng(1)
    x = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], size=2000)
    frame = pd.DataFrame(x, columns=["a", "b"]).assign(y=x @ [1, -0.4] + rng.standard_normal(2000))
    found = el.levers(el.sem("y ~ a + b", frame), "y", ["a", "b"], n_boot=200).suppression
    correlation = np.corrcoef(frame.b, frame.y)[0, 1]
    assert found.zero_order["b"] == pytest.approx(correlation, abs=1e-6)
    assert found.partial["b"] < 0 < found.zero_order["b"]
    assert found.reversed.to_dict() == {"a": False, "b": True}


def test_an_undesirable_outcome_turns_every_gain(fit):
    found = el.levers(fit, "exhaustion", n_boot=20).table
    effects = fit.effects().query("kind == 'total' and target == 'exhaustion'").set_index("source").std_all
    assert found["std"]["unit_guidance"] == pytest.approx(-effects["unit_guidance"], abs=1e-10)
    assert found["std"]["marginalisation"] == pytest.approx(effects["marginalisation"], abs=1e-10)
    assert found.gain["marginalisation"] > 0


def test_groups_have_rows_of_their_own_and_ranks_of_their_own(data):
    fit = el.sem(MODEL, data, group="sex", group_equal=("loadings",))
    found = el.levers(fit, draws=fit.monte_carlo(400, seed=1))
    assert found.table.index.tolist()[:1] == [f"{found.table.group.iloc[0]}>institutional_clarity"]
    assert found.table.groupby("group")["rank"].apply(sorted).tolist() == [[1, 2, 3]] * 2
    np.testing.assert_allclose(found.table.groupby("group").best.sum(), 1)
    alone = data[data.sex == found.table.group.iloc[0]]
    own = alone[[item for items in CONSTRUCTS.values() for item in items]].dropna()[CONSTRUCTS["unit_guidance"]]
    assert found.table.level.iloc[1] == pytest.approx(own.to_numpy().mean(), abs=1e-10)


def test_the_claims_agree_with_what_counts_as_better():
    """A claim expects a plus between two good or two bad things, a minus between a good and a bad one."""
    for claim in el.load_claims():
        for path in claim.paths:
            if path.kind != "moderation":
                alike = (path.source in UNDESIRABLE) == (path.to in UNDESIRABLE)
                assert path.sign == ("+" if alike else "-"), (claim.id, path.key)


def test_a_sum_of_differences_has_the_error_that_its_draws_have(fit, found):
    """The draws of the sum itself, against standard errors and correlations of its parts."""
    changes = {"unit_guidance": 0.5, "marginalisation": -1, "institutional_clarity": 0.2}
    model = LeverModel(fit, "proactive_service", tuple(changes), frozenset(UNDESIRABLE))
    weights = np.array([0.5, 1, 0.2])  # towards better: less marginalisation
    sums = found.draws.values_of(model.values)[:, model.places["gain"]] @ weights
    told = found.what_if(changes)
    assert told["est"] == pytest.approx(weights @ found.table.gain[list(changes)], abs=1e-10)
    assert told["se"] == pytest.approx(sums.std(ddof=1), abs=1e-10)
    assert told["upper"] - told["est"] == pytest.approx(1.959963984540054 * told["se"], abs=1e-10)
    assert found.what_if({})["se"] == 0


def test_a_gain_that_does_not_vary_goes_with_no_other():
    """A fixed path between observed variables has no error."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.standard_normal((200, 3)), columns=["a", "b", "y"])
    fit = el.sem("y ~ 0.5*a + b", frame)
    found = el.levers(fit, "y", ["a", "b"], draws=fit.monte_carlo(50))
    np.testing.assert_array_equal(found.correlations, np.eye(2))
    assert found.what_if({"a": 2})[["est", "se"]].tolist() == [1.0, 0.0]


def test_differences_of_what_is_no_lever_or_of_several_groups_are_refused(found, data):
    with pytest.raises(EmolaborError, match="changes: 'pay' is no lever; allowed: institutional_clarity, "):
        found.what_if({"pay": 1})
    fit = el.sem(MODEL, data, group="sex", group_equal=("loadings",))
    groups = el.levers(fit, draws=fit.monte_carlo(20))
    with pytest.raises(EmolaborError, match="factors of 2 groups; allowed: of one"):
        groups.what_if(dict.fromkeys(groups.table.index, 1))
    first = groups.table.index[0]
    assert groups.what_if({first: 1})["est"] == groups.table.gain[first]


def test_without_factors_of_the_essay_all_that_lead_to_the_outcome_are_levers():
    text = "guidance =~ ug1 + ug3 + ug5; surface =~ sa1 + sa2 + sa3; exhaustion =~ ex1 + ex2 + ex3"
    fit = el.sem(f"{text}; exhaustion ~ guidance + surface", el.simulate_staff(n=300, seed=1))
    found = el.levers(fit, "exhaustion", draws=fit.monte_carlo(100))
    assert sorted(found.table.index) == ["guidance", "surface"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"factors": "pay"}, "factors: 'pay' is not in the model"),
        ({"factors": ["unit_guidance"], "scale": {"exhaustion": (1, 5)}}, "scale: 'unit_guidance' is not in it"),
        ({"outcome": "service"}, "outcome: 'service' is not in the model"),
        ({"factors": ["pay"]}, "factors: 'pay' is not in the model"),
        ({"factors": ["proactive_service"]}, "no way leads from 'proactive_service'"),
        ({"outcome": "institutional_clarity"}, "found none that leads to 'institutional_clarity'"),
    ],
)
def test_what_cannot_be_asked_is_refused(fit, options, told):
    with pytest.raises(EmolaborError, match=told):
        el.levers(fit, n_boot=2, **options)


def test_draws_of_another_fit_are_refused(data, found):
    with pytest.raises(EmolaborError, match="another fit"):
        el.levers(el.sem(MODEL, data), draws=found.draws)


def test_a_construct_measured_by_constructs_has_no_unit(data):
    text = el.measurement_model(CONSTRUCTS) + "\nmanaged =~ unit_guidance + institutional_clarity + marginalisation\n"
    fit = el.sem(text + "proactive_service ~ managed", data)
    with pytest.raises(EmolaborError, match="managed: found the construct 'unit_guidance' as its indicator"):
        el.levers(fit, factors=["managed"], n_boot=2)


def test_what_is_shown_is_short(found):
    assert "institutional_clarity" in repr(found)
    assert len(repr(found).splitlines()) == 5


def test_levers_by_group_hold_the_loadings_equal_and_test_the_paths(data):
    found = el.levers_by_group(MODEL, data, "sex", n_draws=300)
    assert sorted(found.levers.table.group.unique()) == ["female", "male"]
    fit = found.levers.draws.fit
    loadings = fit.tidy().query("op == '=~'").pivot_table(index=["lhs", "rhs"], columns="group", values="est")
    np.testing.assert_allclose(loadings[1], loadings[2], atol=1e-10)
    equal = el.sem(MODEL, fit_data(data, fit), group="sex", group_equal=("loadings", "regressions"))
    chisq = equal.fit_measures().chisq - fit.fit_measures().chisq
    assert found.difference.chisq_diff == pytest.approx(chisq, abs=1e-6)
    assert found.difference.df_diff == 6


def fit_data(data, fit):
    """The complete cases, the same as the fit's."""
    return data.dropna(subset=list(fit.table.variables.observed))


@pytest.mark.parametrize("group", ["sex", "office"])
def test_without_two_large_groups_everyone_is_one_group(data, group):
    found = el.levers_by_group(MODEL, data.assign(sex="female"), group, n_draws=100)
    assert found.difference["groups"] == 1
    assert np.isnan(found.difference.chisq_diff)
    together = el.levers(el.sem(MODEL, data), n_boot=2)
    np.testing.assert_allclose(found.levers.table.gain, together.table.gain, atol=1e-5)


def test_levels_of_ordered_answers_are_mean_answers_and_beyond_the_scale_there_is_no_performance():
    staff = el.simulate_staff(n=400, seed=3).assign(w=lambda frame: np.where(frame.sex == "male", 2.0, 0.5))
    staff["woman"] = (staff.sex == "female") * 1.0
    text = "g =~ ug1 + ug3 + ug5; p =~ ps1 + ps2 + ps3; p ~ g + woman"
    fit = el.sem(text, staff, ordered=True, sampling_weights="w")
    draws = fit.monte_carlo(20)
    table = el.levers(fit, "p", np.array(["g", "woman"]), draws=draws).table
    known = staff.dropna(subset=["ug1", "ug3", "ug5", "ps1", "ps2", "ps3"])
    answers = np.average(known[["ug1", "ug3", "ug5"]].mean(axis=1), weights=known.w)
    assert table.level["g"] == pytest.approx(answers, abs=1e-12)
    assert table.performance["g"] == pytest.approx(25 * (answers - 1), abs=1e-10)
    assert np.isnan(table.performance["woman"])  # a share below 1, and the scale was not told
    told = el.levers(fit, "p", ["woman"], scale={"woman": (0, 1)}, draws=draws).table
    assert told.performance["woman"] == pytest.approx(100 * np.average(known.woman, weights=known.w), abs=1e-10)
