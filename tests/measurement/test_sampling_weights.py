"""Sampling weights of scales: a respondent who stands for three is there three times."""

import numpy as np
import pandas as pd
import pytest

import emolabor as el

ITEMS = ["ex1", "ex2", "ex3", "ex4", "sa1", "sa2", "sa3"]
SCALE = {"exhaustion": ITEMS[:4], "surface": ITEMS[4:]}


@pytest.fixture
def staff():
    data = el.simulate_staff(n=500, seed=3)[ITEMS].astype(float)
    return data.assign(w=np.arange(len(data)) % 3 + 1.0).set_axis(np.arange(len(data)) // 2)  # an index with doubles


def repeated(data):
    return data.loc[np.repeat(True, len(data))].iloc[np.repeat(np.arange(len(data)), data.w.astype(int))]


def test_reliability_and_omega(staff):
    staff.iloc[::17, 1] = np.nan
    options = {"sampling_weights": "w"}
    own, copied = el.reliability(staff, SCALE, **options), el.reliability(repeated(staff), SCALE)
    names = ["alpha", "omega_total_ml", "ave"]
    assert own[names].to_numpy() == pytest.approx(copied[names].to_numpy(), abs=1e-8)
    complete = staff[SCALE["exhaustion"]].notna().all(axis=1).to_numpy()
    assert own.loc["exhaustion", "n"] == complete.sum()
    weights = staff.w[complete]
    assert own.loc["exhaustion", "n_effective"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert "n_effective" not in el.reliability(staff, SCALE)
    own = el.omega_coefficients(staff, SCALE, ordered=True, **options)
    copied = el.omega_coefficients(repeated(staff), SCALE, ordered=True)
    names = ["omega_total_ml", "omega_observed_ml"]
    assert own[names].to_numpy() == pytest.approx(copied[names].to_numpy(), abs=1e-8)
    # The least squares weigh the statistics by their errors, which are other ones.
    assert own.omega_categorical.to_numpy() == pytest.approx(copied.omega_categorical.to_numpy(), abs=2e-3)


@pytest.mark.parametrize("cor", ["pearson", "polychoric"])
def test_exploratory_factors_and_correlations(staff, cor):
    own, copied = el.efa(staff, 2, cor=cor, sampling_weights="w"), el.efa(repeated(staff)[ITEMS], 2, cor=cor)
    assert own.loadings.to_numpy() == pytest.approx(copied.loadings.to_numpy(), abs=1e-7)
    weights = staff.dropna().w
    assert list(own.loadings.index) == ITEMS and own.n == round(weights.sum() ** 2 / (weights**2).sum())


def test_polychoric_correlations(staff):
    own = el.polychoric_correlations(staff, sampling_weights="w")
    pd.testing.assert_frame_equal(own, el.polychoric_correlations(repeated(staff)[ITEMS]), atol=1e-9, rtol=0)
    mixed = el.polychoric_correlations(staff, ITEMS[:4], sampling_weights="w")
    pd.testing.assert_frame_equal(mixed, el.polychoric_correlations(repeated(staff)[ITEMS], ITEMS[:4]), atol=1e-7)


def test_invariance_takes_clusters_and_weights(staff):
    data = el.simulate_staff(n=600, seed=1).assign(w=lambda own: np.arange(len(own)) % 3 + 1.0)
    data["department"] = data.department.fillna("its own")
    model = "exhaustion =~ ex1 + ex2 + ex3 + ex4"
    found = el.invariance(model, data, "sex", sampling_weights="w", cluster=["centre", "department"])
    first = el.cfa(model, data, group="sex", sampling_weights="w", cluster=["centre", "department"])
    assert found.table.cfi.iloc[0] == pytest.approx(first.fit_measures().cfi_robust)


@pytest.mark.parametrize("function", [el.reliability, el.omega_coefficients])
def test_bad_weights_are_refused(staff, function):
    for w, said in ((0.0, "'w' is zero in row 1 and 499 more"), (np.nan, "'w' is missing in row 1")):
        with pytest.raises(el.EmolaborError, match=f"sampling_weights: column {said}"):
            function(staff.assign(w=w), SCALE, sampling_weights="w")
    with pytest.raises(el.EmolaborError, match="sampling_weights: 'weight' is no column"):
        function(staff, SCALE, sampling_weights="weight")


def test_a_matrix_has_no_weights(staff):
    with pytest.raises(el.EmolaborError, match="sampling_weights: a matrix has no cases"):
        el.efa(staff[ITEMS].corr(), 2, n_obs=500, sampling_weights="w")
