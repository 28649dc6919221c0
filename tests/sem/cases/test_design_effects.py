"""Design effects of means against robust errors of intercepts, and where they are known."""

import numpy as np
import pandas as pd
import pytest
from designed_data import ITEMS, designed

import emolabor as el

MODEL = "support =~ s1 + s2 + s3; service =~ p1 + p2 + p3"


@pytest.mark.parametrize(
    "options", [{"cluster": "cluster"}, {"sampling_weights": "w"}, {"cluster": ["cluster", "shift"]}]
)
def test_they_are_the_variance_of_the_mean_over_that_of_cases_drawn_one_by_one(options):
    data = designed("numbers").assign(shift=lambda own: np.arange(len(own)) ** 2 % 29)
    found = el.cfa(MODEL, data, **options).design_effects().set_index("variable")
    for item in ITEMS:
        own = el.sem(f"{item} ~ 1", data, **options)
        tidy = own.tidy().set_index("op")
        expected = tidy.se["~1"] ** 2 / (tidy.est["~~"] / len(data))
        assert found.design_effect[item] == pytest.approx(expected, rel=1e-7)
        assert found.n_effective[item] == pytest.approx(len(data) / expected, rel=1e-7)


def test_answers_that_are_the_same_within_clusters_are_worth_a_case_each():
    rng = np.random.default_rng(1)
    one = pd.DataFrame(rng.normal(size=(50, 1)) + rng.normal(size=(50, 3)), columns=["a", "b", "c"]).assign(
        unit=range(50)
    )
    fit = el.cfa("f =~ a + b + c", one.loc[np.repeat(range(50), 6)].reset_index(drop=True), cluster="unit")
    assert fit.design_effects().n_effective.to_numpy() == pytest.approx(49, rel=1e-9)  # of 50, as J / (J - 1) has it


def test_missing_answers_groups_and_ordered_answers():
    data = designed("holes").sample(frac=1, random_state=1)
    fit = el.cfa(MODEL, data, ordered=ITEMS, missing="pairwise", cluster="cluster", group="side")
    found = fit.design_effects()
    assert found.groupby("group").size().tolist() == [8, 8] and found.notna().all(axis=None)
    assert found.n.to_numpy()[:6].tolist() == data[data.side == fit.model.samples[0].label][ITEMS].count().tolist()
    scores = fit.factor_scores("EBM")["support"]
    first = data[data.side == fit.model.samples[0].label]
    own = el.sem("y ~ 1", first.assign(y=scores), cluster="cluster").tidy().set_index("op")
    assert found.design_effect[6] == pytest.approx(own.se["~1"] ** 2 / (own.est["~~"] / len(first)), rel=1e-7)


def test_a_fit_of_cases_drawn_one_by_one_has_none():
    with pytest.raises(el.EmolaborError, match="neither clusters nor weights"):
        el.cfa(MODEL, designed("numbers")).design_effects()
