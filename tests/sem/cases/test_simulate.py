"""Answers drawn from a fit: their moments, categories and holes."""

import numpy as np
import pandas as pd
import pytest
from lavaan_reference import R

import emolabor as el
from emolabor.common.errors import EmolaborError

N = 40_000
# Four standard errors of a correlation or standardized mean at this size.
CLOSE = 4 / np.sqrt(N)


@pytest.fixture(scope="module")
def fit():
    data = el.simulate_staff(n=600, seed=1)
    return el.sem("a =~ ex1 + ex2 + ex3; b =~ ps1 + ps2 + ps3; b ~ a", data, mean_structure=True)


def test_moments_are_the_implied_ones(fit):
    drawn, cov = fit.simulate(N, seed=5), fit.implied_cov()
    sd = np.sqrt(np.diag(cov))
    assert np.abs((drawn.cov() - cov) / np.outer(sd, sd)).to_numpy().max() < 1.5 * CLOSE  # a variance's error is larger
    assert np.abs((drawn.mean() - fit.implied_mean()) / sd).max() < CLOSE
    assert fit.simulate().shape == (fit.n_obs, 6)


def test_the_seed_decides(fit):
    pd.testing.assert_frame_equal(fit.simulate(50, seed=7, missing=0.2), fit.simulate(50, seed=7, missing=0.2))
    assert not fit.simulate(50, seed=7).equals(fit.simulate(50, seed=8))


def test_thresholds_make_categories(fit):
    mean, sd = fit.implied_mean()["ex1"], np.sqrt(fit.implied_cov().loc["ex1", "ex1"])
    drawn = fit.simulate(N, thresholds={"ex1": [mean - sd, mean, mean + sd]}).ex1
    shares = drawn.value_counts(normalize=True).sort_index()
    assert shares.index.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(shares, [0.158655, 0.341345, 0.341345, 0.158655], atol=CLOSE)


def test_holes_at_random_and_by_another_variable(fit):
    drawn = fit.simulate(N, missing={"ex1": 0.3})
    assert drawn.ex1.isna().mean() == pytest.approx(0.3, abs=CLOSE) and drawn.drop(columns="ex1").notna().all(axis=None)
    assert drawn.ps1.groupby(drawn.ex1.isna()).mean().diff().abs().iloc[1] < 0.05
    by = fit.simulate(N, missing=0.3, missing_by="ps1", missing_slope=2.0)
    assert by.ps1.notna().all() and by.ex1.isna().mean() == pytest.approx(0.3, abs=CLOSE)
    assert by.ps1.groupby(by.ex1.isna()).mean().diff().iloc[1] > 0.5
    # Full information undoes what the rule does to the mean; the mean of what is left does not.
    sd = np.sqrt(fit.implied_cov().loc["ps2", "ps2"])
    whole = el.sem(fit.text, by, missing="fiml").implied_mean()["ps2"]
    assert abs(whole - fit.implied_mean()["ps2"]) / sd < 2 * CLOSE < abs(by.ps2.mean() - fit.implied_mean()["ps2"]) / sd


def test_groups_have_their_labels_and_sizes():
    data = el.simulate_staff(n=600, seed=1)
    fit = el.sem("a =~ ex1 + ex2 + ex3", data, group="sex")
    drawn = fit.simulate([30, 20])
    assert drawn.group.value_counts(sort=False).tolist() == [30, 20]
    assert drawn.group.unique().tolist() == [sample.label for sample in fit.model.samples]


@pytest.mark.parametrize("options", [{}, {"parameterization": "theta"}, {"group_equal": ("loadings", "thresholds")}])
def test_a_fit_of_ordered_answers_gives_its_categories(options):
    data = pd.read_csv(R / "data" / "ordinal.csv")
    fit = el.sem("f =~ a1 + a2 + b1; z1 ~ f", data, ordered=["a1", "a2", "b1"], group="side", **options)
    drawn = fit.simulate([N, N], seed=3)
    for side in ("east", "west"):
        own, new = data[data.side == side], drawn[drawn.group == side]
        for name in ("a1", "a2", "b1"):
            shares = own[name].value_counts(normalize=True).sort_index()
            # The thresholds of a group reproduce its shares; held equal over groups they come near.
            within = 0.05 if options.get("group_equal") else CLOSE
            np.testing.assert_allclose(new[name].value_counts(normalize=True).sort_index(), shares, atol=within)
            assert sorted(new[name].unique()) == sorted(own[name].unique())
        assert new.z1.mean() == pytest.approx(own.z1.mean(), abs=0.05)
    assert fit.simulate([50, 50], missing={"a1": 0.5}).a1.isna().any()
    with pytest.raises(EmolaborError, match="thresholds: found 'a1'"):
        fit.simulate(thresholds={"a1": [0.0]})


def test_covariates_are_drawn_as_the_sampling_weights_have_them():
    rng = np.random.default_rng(5)
    woman = rng.permutation(np.repeat([0.0, 1.0], 200))
    data = pd.DataFrame({f"y{i}": np.digitize(woman + rng.normal(size=400), [0.0, 1.0]) for i in (1, 2, 3)})
    data = data.assign(woman=woman, w=np.where(woman == 1, 3.0, 1.0))
    fit = el.sem("f =~ y1 + y2 + y3; f ~ woman", data, ordered=True, sampling_weights="w")
    assert fit.simulate(N).woman.mean() == pytest.approx(0.75, abs=CLOSE)
    drawn = fit.simulate(N).y1.value_counts(normalize=True).sort_index()
    weighed = data.groupby("y1").w.sum() / data.w.sum()
    # Slopes of the items are free to differ in the data and not in the model: shares come near, not nearer than this.
    np.testing.assert_allclose(drawn, weighed, atol=0.02)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"n": 0}, "n: found 0"),
        ({"n": [5, 5]}, "n: found"),
        ({"seed": -1}, "seed: found -1"),
        ({"missing": 1.0}, "missing: found 1.0"),
        ({"missing": {"zz": 0.1}}, "missing: found 'zz'"),
        ({"missing_by": "zz"}, "missing_by: found 'zz'"),
        ({"thresholds": {"ex1": [1, 1]}}, "increasing"),
        ({"thresholds": {"zz": [1]}}, "thresholds: found 'zz'"),
    ],
)
def test_mistakes_are_named(fit, options, found):
    with pytest.raises(EmolaborError, match=found):
        fit.simulate(**options)
