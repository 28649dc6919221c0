"""Every short form, fitted together, against one fit at a time.

Tolerances: chi-squares come from searches that end within 1e-12 of the minimum; 1e-6 leaves room for the sums.
"""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

import emolabor as el
from emolabor.common.errors import EmolaborError
from emolabor.measurement.short_forms import short_forms

pytestmark = pytest.mark.slow

DIMENSIONS = {name: [f"{name}{i}" for i in range(1, 6)] for name in "abc"}


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(3)
    root = np.linalg.cholesky([[1, 0.3, 0.3], [0.3, 1, 0.3], [0.3, 0.3, 1]])
    factors = rng.normal(size=(400, 3)) @ root.T
    loadings = rng.uniform(0.4, 0.9, (3, 5))
    columns = [factors[:, [k]] * loadings[k] + rng.normal(size=(400, 5)) * 0.7 for k in range(3)]
    return pd.DataFrame(np.hstack(columns), columns=[item for items in DIMENSIONS.values() for item in items])


@pytest.fixture(scope="module")
def table(answers):
    return short_forms(answers, DIMENSIONS, 3)


def model_of(items):
    return "\n".join(f"{name} =~ {' + '.join(i for i in items if i[0] == name)}" for name in DIMENSIONS)


def test_every_way_to_choose_is_there_once(table):
    every = {", ".join(sum(parts, ())) for parts in product(*(combinations(i, 3) for i in DIMENSIONS.values()))}
    assert len(table) == 1000
    assert set(table["items"]) == every


@pytest.mark.parametrize("place", [0, 1, 500, 998, 999])
def test_a_candidate_has_the_numbers_of_its_own_fit(table, answers, place):
    row = table.iloc[place]
    items = row["items"].split(", ")
    fit = el.sem(model_of(items), answers, std_lv=True)
    measures, tidy = fit.fit_measures(), fit.tidy()
    for name in ("chisq", "df", "cfi", "rmsea"):
        assert row[name] == pytest.approx(measures[name], abs=1e-6)
    omegas, correlations = [], []
    for name, long in DIMENSIONS.items():
        own = [item for item in items if item[0] == name]
        loadings = tidy.loc[(tidy.op == "=~") & (tidy.lhs == name), "est"].sum()
        residuals = tidy.loc[(tidy.op == "~~") & (tidy.lhs == tidy.rhs) & tidy.lhs.isin(own), "est"].sum()
        omegas.append(loadings**2 / (loadings**2 + residuals))
        correlations.append(answers[own].sum(axis=1).corr(answers[long].sum(axis=1)))
    assert row["omega"] == pytest.approx(np.mean(omegas), abs=1e-6)
    assert row["omega_lowest"] == pytest.approx(min(omegas), abs=1e-6)
    assert row["r_long"] == pytest.approx(np.mean(correlations), abs=1e-12)
    assert row["admissible"] == fit.admissible


def test_the_order_is_that_of_the_rule(table):
    assert table["score"].to_numpy() == pytest.approx((table["omega"] + table["r_long"]) / 2)
    within = (table["cfi"] >= 0.95) & (table["rmsea"] <= 0.08) & (table["omega_lowest"] >= 0.7)
    assert (table["keeps_limits"] == within & table["admissible"]).all()
    assert 0 < within.sum() < 1000  # both kinds are there
    first = table[table["keeps_limits"]]
    assert list(first.index) == list(range(len(first)))
    assert first["score"].is_monotonic_decreasing


def test_weights_and_limits_state_another_rule(answers):
    by_fit = short_forms(answers, DIMENSIONS, 3, weights={"rmsea": 1}, limits={"cfi": 0.99})
    kept = by_fit[by_fit["keeps_limits"]]
    assert kept["rmsea"].is_monotonic_increasing
    assert (kept["cfi"] >= 0.99).all()


def test_a_quota_a_dimension(answers):
    table = short_forms(answers, DIMENSIONS, {"a": 2, "b": 3, "c": 5})
    assert len(table) == 10 * 10 * 1
    assert all(sum(item[0] == "c" for item in items.split(", ")) == 5 for items in table["items"])


def test_a_just_identified_form_is_judged_without_fit(answers):
    table = short_forms(answers, {"a": DIMENSIONS["a"]}, 3)
    assert len(table) == 10
    assert table[["cfi", "rmsea"]].isna().all(axis=None)
    assert table["keeps_limits"].tolist() == (table["omega_lowest"] >= 0.7).tolist()


def test_a_scale_s_answers_are_taken_as_fielded():
    scale = el.load_scale("proactive_service")
    staff = el.simulate_staff(n=300, seed=2)
    fielded = short_forms(staff, scale, 4)
    turned = staff.assign(ps6=6 - staff["ps6"])
    by_hand = short_forms(turned, {"ps": [item.key for item in scale.items]}, 4)
    pd.testing.assert_frame_equal(fielded, by_hand)
    assert len(fielded) == 5


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"n_items": 6}, "n_items: found 6 for a; allowed: 2 to 5"),
        ({"n_items": 1}, "n_items: found 1 for a; allowed: 2 to 5"),
        ({"n_items": {"a": 3}}, "n_items: found a; allowed: a number for each of a, b, c"),
        ({"n_items": 3, "limits": {"tli": 0.9}}, "limits: found tli; allowed: cfi, rmsea"),
        ({"n_items": 3, "weights": {"chisq": 1}}, "weights: found chisq; allowed: cfi, rmsea"),
        ({"n_items": 3, "weights": {"cfi": 0}}, "weights: found none above 0"),
    ],
)
def test_a_wrong_request_is_refused(answers, options, found):
    with pytest.raises(EmolaborError, match=found):
        short_forms(answers, DIMENSIONS, **options)


def test_fit_cannot_rank_what_always_fits(answers):
    with pytest.raises(EmolaborError, match="found only measures of fit, but no degrees of freedom"):
        short_forms(answers, {"a": DIMENSIONS["a"]}, 3, weights={"rmsea": 1})


def test_too_many_candidates_are_refused_before_any_is_fitted(answers):
    wide = pd.DataFrame(np.random.default_rng(1).normal(size=(99, 40)), columns=[f"x{i}" for i in range(40)])
    with pytest.raises(EmolaborError, match=r"found 847,660,528 candidates; allowed: at most 200,000"):
        short_forms(wide, {"x": list(wide)}, 10)
